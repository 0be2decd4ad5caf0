"""Learn from what was labeled: lessons of layers, and the dictionary that they add up to."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables; layers finished before are learned when they are needed."""
    op.create_table(
        "lesson",
        sa.Column("layer_id", sa.Integer(), sa.ForeignKey("layer.id"), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_lesson_project_id", "lesson", ["project_id"])
    op.create_table(
        "dictionary_entry",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("kind", sa.String(length=10), primary_key=True),
        sa.Column("words", sa.String(length=300), primary_key=True),
        sa.Column("outcome", sa.String(length=100), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
