"""Let relations and labels of documents be doubted, too."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say what a doubt is about, and where the tail of a relation is."""
    about = sa.Column("about", sa.String(10), nullable=False, server_default="entity")
    op.add_column("doubt", about)
    for name in ("tail_start", "tail_end"):
        op.add_column("doubt", sa.Column(name, sa.Integer(), nullable=True))
