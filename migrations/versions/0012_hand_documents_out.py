"""Hand documents out, find them by the words of their titles, and count layers as they change."""

import json

import sqlalchemy as sa
from alembic import op

from labeler.models.words import title_words

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PAGE = 2000


def upgrade() -> None:
    """Add the tables, fill them from what is there, and let triggers keep them from now on."""
    _change_documents_and_layers()
    _create_rules()
    _create_queue()
    _create_counts()
    _fill()
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES if postgres else _SQLITE:
        op.execute(statement)


def _change_documents_and_layers() -> None:
    op.drop_index("ix_document_title", table_name="document")
    op.drop_column("document", "title_key")
    op.add_column(
        "document", sa.Column("words", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column("layer", sa.Column("reason", sa.String(length=500), nullable=True))
    op.add_column(
        "layer", sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for name, condition in (("flag", "flag IS NOT NULL"), ("skipped", "status = 'skipped'")):
        where = sa.text(condition)
        op.create_index(
            f"ix_layer_{name}",
            "layer",
            ["project_id", "document_id"],
            sqlite_where=where,
            postgresql_where=where,
        )


def _key(name: str, target: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{target}.id"), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _create_rules() -> None:
    op.create_table(
        "handing_out",
        _key("project_id", "project"),
        _number("overlap", nullable=True),
        _number("shared"),
        _number("control"),
        sa.Column("ordering", sa.String(length=10), nullable=False),
        _number("lease"),
        sa.Column("annotators_only", sa.Boolean(), nullable=False),
        _number("training"),
        _number("pass_mark", nullable=True),
        sa.PrimaryKeyConstraint("project_id"),
    )
    op.create_table(
        "training_result",
        _key("project_id", "project"),
        _key("annotator_id", "user"),
        _number("documents"),
        sa.Column("entities", sa.Double(), nullable=True),
        sa.Column("relations", sa.Double(), nullable=True),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "annotator_id"),
    )


def _create_queue() -> None:
    op.create_table(
        "queue_entry",
        _key("document_id", "document"),
        _key("project_id", "project"),
        _number("position"),
        _number("lot"),
        sa.Column("score", sa.Double(), nullable=False),
        _number("shared_draw"),
        _number("control_draw"),
        _number("slots"),
        _number("finished"),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("document_id"),
        sa.UniqueConstraint("project_id", "position"),
    )
    for name, columns in {
        "lot": ("lot",),
        "score": ("score",),
        "slots": ("slots", "position"),
        "slots_lot": ("slots", "lot"),
        "slots_score": ("slots", "score"),
        "finished": ("finished",),
    }.items():
        op.create_index(
            f"ix_queue_entry_{name}", "queue_entry", ["project_id", *columns, "document_id"]
        )
    for name in ("returned", "training"):
        op.create_index(
            f"ix_queue_entry_{name}",
            "queue_entry",
            ["project_id", "document_id"],
            sqlite_where=sa.text(name),
            postgresql_where=sa.text(name),
        )
    op.create_table(
        "assignment",
        _key("document_id", "document"),
        _key("annotator_id", "user"),
        _key("project_id", "project"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('taken', 'given')", name="state"),
        sa.PrimaryKeyConstraint("document_id", "annotator_id"),
    )
    op.create_index(
        "ix_assignment_annotator",
        "assignment",
        ["project_id", "annotator_id", "state", "document_id"],
    )
    op.create_index("ix_assignment_expires", "assignment", ["project_id", "expires"])
    op.create_table(
        "queue_floor",
        _key("project_id", "project"),
        _key("annotator_id", "user"),
        sa.Column("ordering", sa.String(length=10), nullable=False),
        sa.Column("place", sa.Double(), nullable=False),
        _number("document_id"),
        _number("documents"),
        _number("opened_to"),
        sa.PrimaryKeyConstraint("project_id", "annotator_id"),
    )


def _create_counts() -> None:
    op.create_table(
        "tally",
        _key("project_id", "project"),
        _key("annotator_id", "user"),
        sa.Column("status", sa.String(length=10), nullable=False),
        _number("count"),
        sa.PrimaryKeyConstraint("project_id", "annotator_id", "status"),
    )
    word = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
    op.create_table(
        "document_word",
        _key("project_id", "project"),
        sa.Column("word", word, nullable=False),
        _key("document_id", "document"),
        sa.PrimaryKeyConstraint("project_id", "word", "document_id"),
        sqlite_with_rowid=False,
    )


# ---- what was there before -------------------------------------------------------------------


def _fill() -> None:
    """Make the rows of the documents and layers that are there."""
    draws = _draws("d.sha256", op.get_bind().dialect.name)
    done = "(SELECT count(*) FROM layer l WHERE l.document_id = d.id AND l.status = 'done'"
    done += " AND NOT l.gold)"
    op.execute(
        f"INSERT INTO queue_entry ({_ENTRY}) "
        "SELECT d.id, d.project_id, row_number() OVER (PARTITION BY d.project_id ORDER BY d.id), "
        f"{draws}, 1.0, {done}, {done}, false, false FROM document d"
    )
    op.execute(
        "INSERT INTO tally (project_id, annotator_id, status, count) "
        "SELECT project_id, annotator_id, status, count(*) FROM layer WHERE NOT gold "
        "GROUP BY project_id, annotator_id, status"
    )
    _fill_words()


def _fill_words() -> None:
    connection = op.get_bind()
    page = sa.text(
        "SELECT id, project_id, meta FROM document WHERE id > :last ORDER BY id LIMIT :size"
    ).columns(id=sa.Integer, project_id=sa.Integer, meta=sa.JSON)
    last = 0
    while rows := connection.execute(page, {"last": last, "size": _PAGE}).all():
        last = rows[-1].id
        found = [(row, title_words(row.meta or {})) for row in rows]
        found = [(row, words) for row, words in found if words]
        if not found:
            continue
        connection.execute(
            sa.text("UPDATE document SET words = :words WHERE id = :id"),
            [{"id": row.id, "words": json.dumps(words)} for row, words in found],
        )
        connection.execute(
            sa.text(
                "INSERT INTO document_word (project_id, word, document_id) VALUES (:p, :word, :d)"
            ),
            [
                {"p": row.project_id, "d": row.id, "word": word}
                for row, words in found
                for word in words
            ],
        )


# ---- triggers --------------------------------------------------------------------------------

_ENTRY = (
    "document_id, project_id, position, lot, shared_draw, control_draw, score, slots, finished, "
    "returned, training"
)


def _draws(checksum: str, dialect: str) -> str:
    """Return lot and draws as SQL: digits of the checksum read as numbers."""
    return ", ".join(
        _hex(checksum, first, count, dialect) for first, count in ((1, 7), (8, 4), (12, 4))
    )


def _hex(column: str, first: int, count: int, dialect: str) -> str:
    if dialect == "postgresql":
        return f"('x' || lpad(substr({column}, {first}, {count}), 8, '0'))::bit(32)::int"
    digits = (
        f"(instr('0123456789abcdef', substr({column}, {first + place}, 1)) - 1)"
        f" * {16 ** (count - 1 - place)}"
        for place in range(count)
    )
    return f"({' + '.join(digits)})"


def _count(status: str, row: str, step: int) -> str:
    """Return the statement that counts a layer in, or out."""
    return (
        "INSERT INTO tally (project_id, annotator_id, status, count) "
        f"VALUES ({row}.project_id, {row}.annotator_id, {status}, {step}) "
        "ON CONFLICT (project_id, annotator_id, status) "
        f"DO UPDATE SET count = tally.count + ({step});"
    )


def _finish(row: str, step: int) -> str:
    """Return the statement that counts a finished layer of a document in, or out."""
    return (
        f"UPDATE queue_entry SET finished = finished + ({step}), slots = slots + ({step}) "
        f"WHERE document_id = {row}.document_id AND {row}.status = 'done';"
    )


def _slot(row: str, step: int) -> str:
    return f"UPDATE queue_entry SET slots = slots + ({step}) WHERE document_id = {row}.document_id;"


_LET_GO = (
    "DELETE FROM assignment WHERE document_id = NEW.document_id "
    "AND annotator_id = NEW.annotator_id AND NEW.status <> 'open';"
)
_LAYER_IN = _count("NEW.status", "NEW", 1) + _finish("NEW", 1)
_LAYER_OUT = _count("OLD.status", "OLD", -1) + _finish("OLD", -1)
_NEXT_POSITION = (
    "(SELECT coalesce(max(position), 0) + 1 FROM queue_entry WHERE project_id = NEW.project_id)"
)

_SQLITE = [
    "CREATE TRIGGER document_enters AFTER INSERT ON document BEGIN "
    f"INSERT INTO queue_entry ({_ENTRY}) VALUES (NEW.id, NEW.project_id, {_NEXT_POSITION}, "
    f"{_draws('NEW.sha256', 'sqlite')}, 1.0, 0, 0, false, false); "
    "INSERT OR IGNORE INTO document_word (project_id, word, document_id) "
    "SELECT NEW.project_id, value, NEW.id FROM json_each(NEW.words); END",
    f"CREATE TRIGGER layer_enters AFTER INSERT ON layer WHEN NOT NEW.gold "
    f"BEGIN {_LAYER_IN} {_LET_GO} END",
    "CREATE TRIGGER layer_changes AFTER UPDATE OF status ON layer "
    f"WHEN NOT NEW.gold AND NEW.status <> OLD.status BEGIN {_LAYER_OUT} {_LAYER_IN} {_LET_GO} END",
    f"CREATE TRIGGER layer_leaves AFTER DELETE ON layer WHEN NOT OLD.gold BEGIN {_LAYER_OUT} END",
    f"CREATE TRIGGER assignment_enters AFTER INSERT ON assignment BEGIN {_slot('NEW', 1)} END",
    f"CREATE TRIGGER assignment_leaves AFTER DELETE ON assignment BEGIN {_slot('OLD', -1)} END",
]


def _postgres(name: str, event: str, table: str, body: str, when: str = "") -> list[str]:
    condition = f"WHEN ({when}) " if when else ""
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {condition}"
        f"EXECUTE FUNCTION {name}()",
    ]


_POSTGRES = [
    # Imports at once wait for each other here, so that no two documents get one position.
    *_postgres(
        "document_enters",
        "INSERT",
        "document",
        "PERFORM pg_advisory_xact_lock(1001, NEW.project_id); "
        f"INSERT INTO queue_entry ({_ENTRY}) VALUES (NEW.id, NEW.project_id, {_NEXT_POSITION}, "
        f"{_draws('NEW.sha256', 'postgresql')}, 1.0, 0, 0, false, false); "
        "INSERT INTO document_word (project_id, word, document_id) "
        "SELECT NEW.project_id, value, NEW.id FROM json_array_elements_text(NEW.words) AS value "
        "ON CONFLICT DO NOTHING;",
    ),
    *_postgres("layer_enters", "INSERT", "layer", f"{_LAYER_IN} {_LET_GO}", "NOT NEW.gold"),
    *_postgres(
        "layer_changes",
        "UPDATE OF status",
        "layer",
        f"{_LAYER_OUT} {_LAYER_IN} {_LET_GO}",
        "NOT NEW.gold AND NEW.status <> OLD.status",
    ),
    *_postgres("layer_leaves", "DELETE", "layer", _LAYER_OUT, "NOT OLD.gold"),
    *_postgres("assignment_enters", "INSERT", "assignment", _slot("NEW", 1)),
    *_postgres("assignment_leaves", "DELETE", "assignment", _slot("OLD", -1)),
]
