"""Let labels be renamed, merged and retired, and keep what was changed so that it can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what labels were called formerly, none so far, and the table of changes."""
    for table in ("entity_label", "relation_label", "category_label"):
        retired = sa.Column("retired", sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column(table, retired)
        former = sa.Column("formerly", sa.JSON(), nullable=False, server_default="[]")
        op.add_column(table, former)
    op.create_table(
        "label_change",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("into", sa.String(100), nullable=False),
        sa.Column("key", sa.String(100), nullable=False, unique=True),
        sa.Column("undo_key", sa.String(100), nullable=False, unique=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Integer(), sa.ForeignKey("user.id"), nullable=True),
        sa.Column("undone", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('entities', 'relations', 'categories')", name="kind"),
        sa.CheckConstraint("action IN ('rename', 'merge', 'retire', 'restore')", name="action"),
        sa.CheckConstraint("state IN ('running', 'done', 'undoing', 'undone')", name="state"),
    )
    op.create_index("ix_label_change_project", "label_change", ["project_id", "id"])
