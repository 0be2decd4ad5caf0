"""List by an index what counters count, which words are contested, and what was not learned."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, fill it from what layers remember, and let triggers keep it from now on."""
    op.create_table(
        "counter_entry",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("name", sa.String(length=221), nullable=False),
        sa.Column("annotator_id", sa.Integer(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("document_id", sa.Integer(), sa.ForeignKey("document.id"), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "name", "annotator_id", "document_id"),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "layer", sa.Column("taught", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(
        "UPDATE layer SET taught = true WHERE EXISTS "
        "(SELECT 1 FROM lesson WHERE lesson.layer_id = layer.id)"
    )
    where = sa.text("status = 'done' AND NOT taught")
    op.create_index(
        "ix_layer_untaught",
        "layer",
        ["project_id", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    _create_contested_words()
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES if postgres else _SQLITE:
        op.execute(statement)


def _create_contested_words() -> None:
    op.create_table(
        "contested_words",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("deviations", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "words"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO contested_words (project_id, words, deviations) "
        "SELECT project_id, words, sum(count) - max(count) FROM dictionary_entry "
        "WHERE kind = 'entity' AND count > 0 GROUP BY project_id, words HAVING count(*) > 1"
    )
    op.create_index("ix_contested_words", "contested_words", ["project_id", "deviations", "words"])


_INSERT = "INSERT INTO counter_entry (project_id, name, annotator_id, document_id) "
_DELETE = (
    "DELETE FROM counter_entry WHERE project_id = OLD.project_id "
    "AND annotator_id = OLD.annotator_id AND document_id = OLD.document_id "
)


def _names(layer: str, names: str) -> str:
    return f"SELECT {layer}.project_id, {names}, {layer}.annotator_id, {layer}.document_id"


_SQLITE = [
    f"{_INSERT} {_names('layer', 'key')} FROM layer, json_each(layer.counted)",
    "CREATE TRIGGER counts_enter AFTER INSERT ON layer WHEN NEW.counted IS NOT NULL BEGIN "
    f"{_INSERT} {_names('NEW', 'key')} FROM json_each(NEW.counted); END",
    "CREATE TRIGGER counts_change AFTER UPDATE OF counted ON layer "
    "WHEN NEW.counted IS NOT OLD.counted BEGIN "
    f"{_DELETE} AND name IN (SELECT key FROM json_each(OLD.counted)); "
    f"{_INSERT} {_names('NEW', 'key')} FROM json_each(NEW.counted); END",
    "CREATE TRIGGER counts_leave AFTER DELETE ON layer WHEN OLD.counted IS NOT NULL BEGIN "
    f"{_DELETE} AND name IN (SELECT key FROM json_each(OLD.counted)); END",
]


def _postgres(name: str, event: str, body: str, when: str) -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON layer FOR EACH ROW WHEN ({when}) "
        f"EXECUTE FUNCTION {name}()",
    ]


_ENTER = f"{_INSERT} {_names('NEW', 'key')} FROM json_object_keys(NEW.counted) AS key;"
_LEAVE = f"{_DELETE} AND name IN (SELECT json_object_keys(OLD.counted));"
_POSTGRES = [
    f"{_INSERT} {_names('layer', 'key')} FROM layer, json_object_keys(layer.counted) AS key",
    *_postgres("counts_enter", "INSERT", _ENTER, "NEW.counted IS NOT NULL"),
    *_postgres(
        "counts_change",
        "UPDATE OF counted",
        f"{_LEAVE} {_ENTER}",
        "NEW.counted::text IS DISTINCT FROM OLD.counted::text",
    ),
    *_postgres("counts_leave", "DELETE", _LEAVE, "OLD.counted IS NOT NULL"),
]
