"""Keep what people say of documents and of spans in them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the comments."""
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("document_id", sa.Integer(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("comment.id")),
        sa.Column("author_id", sa.Integer(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("start", sa.Integer()),
        sa.Column("end", sa.Integer()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved", sa.DateTime(timezone=True)),
        sa.Column("resolver_id", sa.Integer(), sa.ForeignKey("user.id")),
        sa.UniqueConstraint("document_id", "author_id", "key"),
        sa.CheckConstraint('("start" IS NULL) = ("end" IS NULL)', name="span"),
    )
    op.create_index("ix_comment_parent_id", "comment", ["parent_id"], unique=False)
