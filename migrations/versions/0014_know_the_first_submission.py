"""Know how often a layer was submitted, and its revision when it first was."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; of layers submitted before, the first submission is not known."""
    submissions = sa.Column("submissions", sa.Integer(), nullable=False, server_default="0")
    op.add_column("layer", submissions)
    op.add_column("layer", sa.Column("first_submitted", sa.Integer(), nullable=True))
