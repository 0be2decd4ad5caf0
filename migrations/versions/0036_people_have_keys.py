"""Keep the keys that a person chose for commands of the annotation screen."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them to people: null for those who never chose any."""
    op.add_column("user", sa.Column("keys", sa.JSON(none_as_null=True), nullable=True))
