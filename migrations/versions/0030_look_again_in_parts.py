"""Know up to where the queue was looked through again for each person."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queue_floor", sa.Column("again_place", sa.Double(), nullable=True))
    op.add_column("queue_floor", sa.Column("again_document", sa.Integer(), nullable=True))
