"""Let tokens say what they are for, what they may do, and when they end."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add title, scope and end; tokens made before may write, and do not end."""
    op.add_column("api_token", sa.Column("title", sa.String(80), nullable=False, server_default=""))
    scope = sa.Column("scope", sa.String(10), nullable=False, server_default="write")
    op.add_column("api_token", scope)
    op.add_column("api_token", sa.Column("expires", sa.DateTime(timezone=True), nullable=True))
