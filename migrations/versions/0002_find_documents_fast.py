"""Find documents by title, and progress without reading layers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PROGRESS = ["project_id", "annotator_id", "status", "document_id"]


def upgrade() -> None:
    """Add what the list of documents and the progress of people are read from."""
    op.add_column("document", sa.Column("title_key", sa.String(length=300), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE document SET title_key = left(lower(meta ->> 'title'), 300)")
        op.execute('ALTER TABLE document ALTER COLUMN name TYPE varchar(200) COLLATE "C"')
    else:
        op.execute("UPDATE document SET title_key = substr(lower(meta ->> 'title'), 1, 300)")
    op.create_index(
        "ix_document_title", "document", ["project_id", "title_key", "id"], unique=False
    )
    op.drop_index("ix_layer_progress", table_name="layer")
    op.create_index("ix_layer_progress", "layer", [*PROGRESS, "gold"], unique=False)
