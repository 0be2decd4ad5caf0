"""Find articles by their text, for those that files give no ids."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_document_text", "document", ["project_id", "sha256"])
