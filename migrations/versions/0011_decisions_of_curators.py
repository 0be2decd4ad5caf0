"""Keep what curators settled in gold layers, and find finished layers by document."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the decisions, and the index that documents to settle are found by."""
    op.create_table(
        "decision",
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("seen", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["layer_id"], ["layer.id"]),
        sa.PrimaryKeyConstraint("layer_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_layer_finished", "layer", ["project_id", "gold", "status", "document_id"], unique=False
    )
