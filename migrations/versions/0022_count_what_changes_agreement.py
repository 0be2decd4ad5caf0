"""Count what changes in finished layers and in suggestions for them, so that a report knows at once
whether it still holds."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BUCKET = 4096
"""Documents whose suggestions are counted together: those who suggest at once do not wait for each
other."""


def upgrade() -> None:
    """Add the counts, fill them from what is there, and let triggers keep them from now on."""
    op.create_table(
        "report_source",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "source"),
    )
    op.execute(
        "INSERT INTO report_source (project_id, source, changes) "
        f"SELECT project_id, {_layers('layer')}, count(*) FROM layer WHERE status = 'done' "
        "GROUP BY project_id, annotator_id, gold"
    )
    dialect = op.get_bind().dialect.name
    for name, event, table, when, body in _TRIGGERS:
        for statement in _made(dialect, name, event, table, when, body):
            op.execute(statement)


def _layers(row: str) -> str:
    """Return the source of a layer as SQL."""
    return f"CASE WHEN {row}.gold THEN 'gold ' ELSE 'layers ' END || {row}.annotator_id"


_MORE = "ON CONFLICT (project_id, source) DO UPDATE SET changes = report_source.changes + 1;"


def _layer_counts(row: str) -> str:
    return (
        "INSERT INTO report_source (project_id, source, changes) "
        f"VALUES ({row}.project_id, {_layers(row)}, 1) {_MORE}"
    )


_SUGGESTION_COUNTS = (
    "INSERT INTO report_source (project_id, source, changes) "
    f"SELECT project_id, 'suggestions ' || (document_id / {_BUCKET}), 1 FROM queue_entry "
    f"WHERE document_id = NEW.document_id AND finished > 0 {_MORE}"
)
_TRIGGERS = (
    ("layer_informs", "INSERT", "layer", "NEW.status = 'done'", _layer_counts("NEW")),
    (
        "layer_informs_anew",
        "UPDATE OF status, revision, changed, blind",
        "layer",
        "OLD.status = 'done' OR NEW.status = 'done'",
        _layer_counts("NEW"),
    ),
    ("layer_informs_no_more", "DELETE", "layer", "OLD.status = 'done'", _layer_counts("OLD")),
    ("suggestion_informs", "INSERT", "suggestion", "", _SUGGESTION_COUNTS),
)


def _made(dialect: str, name: str, event: str, table: str, when: str, body: str) -> list[str]:
    """Return the statements that make a trigger."""
    if dialect == "sqlite":
        condition = f"WHEN {when} " if when else ""
        return [f"CREATE TRIGGER {name} AFTER {event} ON {table} {condition}BEGIN {body} END"]
    condition = f"WHEN ({when}) " if when else ""
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {condition}"
        f"EXECUTE FUNCTION {name}()",
    ]
