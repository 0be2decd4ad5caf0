"""Let entity and relation labels declare attributes."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the lists, empty: attributes are free until a scheme says otherwise."""
    for table in ("entity_label", "relation_label"):
        column = sa.Column("attributes", sa.JSON(), nullable=False, server_default="[]")
        op.add_column(table, column)
