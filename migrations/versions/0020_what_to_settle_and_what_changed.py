"""Know which documents are to be settled, and which finished layers changed suddenly."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, fill the first from what is there, and let triggers keep it from now on."""
    op.create_table(
        "settlement",
        _key("document_id", "document"),
        _key("project_id", "project"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'changed')", name="state"),
        sa.PrimaryKeyConstraint("document_id"),
    )
    _create_sudden_changes()
    op.execute(_FILL)
    op.create_index("ix_settlement_document", "settlement", ["project_id", "document_id"])
    op.create_index("ix_settlement_state", "settlement", ["project_id", "state", "document_id"])
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES if postgres else _SQLITE:
        op.execute(statement)


def _key(name: str, target: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _create_sudden_changes() -> None:
    numbers = ("since", "revision", "held", "lost", "changed")
    op.create_table(
        "sudden_change",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("project_id", "project"),
        _key("layer_id", "layer"),
        _key("actor_id", "user"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=True),
        _key("seen_by", "user", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sudden_change_layer", "sudden_change", ["layer_id", "id"])
    op.create_index("ix_sudden_change_project", "sudden_change", ["project_id", "id"])
    where = sa.text("seen IS NULL")
    op.create_index(
        "ix_sudden_change_unseen",
        "sudden_change",
        ["project_id", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )


# ---- what is to be settled -------------------------------------------------------------------

_FILL = """
INSERT INTO settlement (document_id, project_id, state)
SELECT l.document_id, l.project_id,
  CASE
    WHEN NOT EXISTS (SELECT 1 FROM layer g
                     WHERE g.document_id = l.document_id AND g.gold AND g.status = 'done')
      THEN 'open'
    WHEN EXISTS (SELECT 1 FROM layer g JOIN layer o ON o.document_id = g.document_id
                 JOIN edit e ON e.layer_id = o.id AND e.revision = o.revision
                 WHERE g.document_id = l.document_id AND g.gold AND NOT o.gold
                   AND e.at > g.changed)
      THEN 'changed'
    ELSE 'done'
  END
FROM layer l WHERE NOT l.gold AND l.status = 'done'
GROUP BY l.document_id, l.project_id HAVING count(*) > 1
"""


def _several(row: str) -> str:
    """Return the condition that two or more finished the document of a layer."""
    return (
        f"(SELECT count(*) FROM (SELECT 1 FROM layer WHERE document_id = {row}.document_id "
        "AND status = 'done' AND NOT gold LIMIT 2) AS finished) > 1"
    )


_ENTER = (
    "INSERT INTO settlement (document_id, project_id, state) "
    "SELECT NEW.document_id, NEW.project_id, CASE WHEN EXISTS (SELECT 1 FROM layer "
    "WHERE document_id = NEW.document_id AND gold AND status = 'done') "
    "THEN 'changed' ELSE 'open' END "
    f"WHERE NEW.status = 'done' AND {_several('NEW')} "
    "ON CONFLICT (document_id) DO UPDATE SET state = 'changed' WHERE settlement.state = 'done';"
)
_LEAVE = f"DELETE FROM settlement WHERE document_id = OLD.document_id AND NOT {_several('OLD')};"
_EDITED = (
    "UPDATE settlement SET state = 'changed' "
    "WHERE document_id = NEW.document_id AND state = 'done';"
)
_GOLD = (
    "UPDATE settlement SET state = CASE NEW.status WHEN 'done' THEN 'done' ELSE 'open' END "
    "WHERE document_id = NEW.document_id;"
)
_TRIGGERS = (
    ("settlement_enters", "INSERT", "NOT NEW.gold AND NEW.status = 'done'", _ENTER),
    (
        "settlement_changes",
        "UPDATE OF status",
        "NOT NEW.gold AND NEW.status <> OLD.status",
        f"{_LEAVE} {_ENTER}",
    ),
    (
        "settlement_edited",
        "UPDATE OF revision",
        "NOT NEW.gold AND NEW.status = 'done' AND NEW.revision <> OLD.revision",
        _EDITED,
    ),
    ("settlement_begins", "INSERT", "NEW.gold", _GOLD),
    ("settlement_settles", "UPDATE OF status, changed", "NEW.gold", _GOLD),
    ("settlement_leaves", "DELETE", "NOT OLD.gold", _LEAVE),
)
_SQLITE = [
    f"CREATE TRIGGER {name} AFTER {event} ON layer WHEN {when} BEGIN {body} END"
    for name, event, when, body in _TRIGGERS
]
_POSTGRES = [
    statement
    for name, event, when, body in _TRIGGERS
    for statement in (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON layer FOR EACH ROW WHEN ({when}) "
        f"EXECUTE FUNCTION {name}()",
    )
]
