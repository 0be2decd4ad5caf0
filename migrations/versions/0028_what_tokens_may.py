"""Tokens that could write may do all that their person may, as before: scopes have got finer."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE api_token SET scope = 'manage' WHERE scope = 'write'")
