"""Let PostgreSQL search texts fast that came in a moment ago."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the list of new words short, in kB: every search reads what was not sorted in yet."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX ix_document_text_words SET (gin_pending_list_limit = 512)")
