"""Keep the versions of suggesters that were trained here."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of versions, and when a project trains the next."""
    op.create_table(
        "trained_model",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=20), nullable=False),
        sa.Column("folder", sa.String(length=500), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("project_id", "number"),
    )
    op.create_index(
        "ix_trained_model_current",
        "trained_model",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.add_column(
        "project", sa.Column("train_every", sa.Integer(), nullable=False, server_default="20")
    )
    op.add_column(
        "project",
        sa.Column("train_component", sa.String(20), nullable=False, server_default="spancat"),
    )
