"""Let exports have names."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "export", sa.Column("name", sa.String(length=80), nullable=False, server_default="")
    )
