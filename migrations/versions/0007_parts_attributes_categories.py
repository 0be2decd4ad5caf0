"""Keep discontinuous entities, free attributes, and labels of whole documents."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what entities and relations may carry, and the tables of categories."""
    op.add_column("entity", sa.Column("parts", sa.JSON(none_as_null=True), nullable=True))
    for table in ("entity", "relation"):
        op.add_column(table, sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "category_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=1), nullable=False),
        sa.Column("color", sa.String(length=7), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("group", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "name"),
    )
    op.create_table(
        "category",
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("origin", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["layer_id"], ["layer.id"]),
        sa.PrimaryKeyConstraint("layer_id", "id"),
        sqlite_with_rowid=False,
    )
