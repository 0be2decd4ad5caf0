"""Token borders of documents: computed when first needed, then kept with them."""

import threading
from collections.abc import Sequence

from labeler import nlp, schema
from labeler.models import Document, Project, db, transaction

spacy_lock = threading.RLock()
"""Held while spaCy works: its vocabularies are not made for several threads."""


def tokens(documents: Sequence[Document]) -> list[schema.Tokens]:
    """Return the token borders of documents of one project."""
    lacking = [document for document in documents if document.tokens is None]
    if lacking:
        _compute(lacking)
    return [
        schema.Tokens.unpack(document.tokens or b"", document.tokenizer or "")
        for document in documents
    ]


def _compute(documents: Sequence[Document]) -> None:
    project = db.session.get_one(Project, documents[0].project_id)
    with spacy_lock:
        found = list(nlp.tokenize([document.text for document in documents], project.language))
    with transaction():
        for document, borders in zip(documents, found, strict=True):
            document.tokens, document.tokenizer = borders.pack(), borders.tokenizer
