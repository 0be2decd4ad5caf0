"""Let each project say why documents are flagged and skipped."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

USUAL = {
    "flag_reasons": [
        "The guidelines do not say",
        "A second opinion is needed",
        "The text is broken",
        "It should not be in this project",
        "It names what must stay private",
    ],
    "skip_reasons": [
        "Too hard for now",
        "The text is broken",
        "The language is another",
        "It is not what this project is about",
    ],
}


def upgrade() -> None:
    """Add both lists, filled with what all projects offered so far."""
    for name, usual in USUAL.items():
        column = sa.Column(name, sa.JSON(), nullable=False, server_default=json.dumps(usual))
        op.add_column("project", column)
