"""Tell by index whether a document has a word."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_document_word_document", "document_word", ["document_id", "word"])
