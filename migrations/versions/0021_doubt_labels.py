"""Keep what a model trained on the other documents doubts."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("project_id", "project"),
        _key("layer_id", "layer"),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("entity", sa.String(length=100), nullable=True),
        *_place(""),
        *_place("new_"),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        _key("settled_by", "user", nullable=True),
        sa.CheckConstraint("state IN ('open', 'fixed', 'kept')", name="state"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_doubt_state", "doubt", ["project_id", "state", "score", "id"])
    op.create_index("ix_doubt_layer", "doubt", ["layer_id"])


def _key(name: str, target: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _place(prefix: str) -> list[sa.Column]:
    return [
        sa.Column(f"{prefix}start", sa.Integer(), nullable=True),
        sa.Column(f"{prefix}end", sa.Integer(), nullable=True),
        sa.Column(f"{prefix}label", sa.String(length=100), nullable=True),
    ]
