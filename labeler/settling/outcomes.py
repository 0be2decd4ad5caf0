"""Which finished layers labeled words in one way: what a count of the dictionary is made of."""

import time
from dataclasses import dataclass

from sqlalchemy import select

from labeler.models import DictionaryEntry, Document, Layer, Lesson, Project, User, db, texts

_READ = 100
"""Documents whose layers are looked at together."""
_PATIENCE = 0.02
"""Seconds after which no more documents are looked at for one page."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often a finished layer labeled words in one way, and where those words are first."""

    document_id: int
    title: str
    annotator: str
    count: int
    start: int


def counted(project: Project, words: str, label: str) -> int:
    """Return how often words have a label in finished layers, "" for not labeled."""
    entry = db.session.get(DictionaryEntry, (project.id, "entity", words, label))
    return entry.count if entry is not None else 0


def outcomes(
    project: Project, words: str, label: str, after: int = 0, limit: int = 50
) -> tuple[list[Outcome], int | None]:
    """Return the layers that `counted` adds up, and the document after which the next page begins.

    A page has `limit` layers and the others of its last document. The index tells which documents
    may hold the words; there may be nothing so far, and more later.
    """
    found: list[Outcome] = []
    until = time.monotonic() + _PATIENCE
    while keys := texts.may_hold(project.id, words, after, _READ):
        found += _of_documents(keys, words, label)
        after = keys[-1]
        if len(found) > limit:
            last = found[limit - 1].document_id
            kept = [each for each in found if each.document_id <= last]
            return kept, last if len(kept) < len(found) or len(keys) == _READ else None
        if len(keys) < _READ:
            return found, None
        if time.monotonic() >= until:
            return found, after
    return found, None


def _of_documents(keys: list[int], words: str, label: str) -> list[Outcome]:
    taught = (
        select(Document.id, Document.name, Document.meta, User.name, Lesson.counts)
        .join(Layer, Layer.document_id == Document.id)
        .join(Lesson, Lesson.layer_id == Layer.id)
        .join(User, User.id == Layer.annotator_id)
        .where(Document.id.in_(keys), ~Layer.gold)
        .order_by(Document.id, User.name)
    )
    rows = [
        (key, str(meta.get("title") or name), who, sum(amounts))
        for key, name, meta, who, counts in db.session.execute(taught)
        if (amounts := [row[3] for row in counts if row[:3] == ["entity", words, label]])
    ]
    return [Outcome(*row, start) for row, start in zip(rows, _starts(rows, words), strict=True)]


def _starts(rows: list[tuple[int, str, str, int]], words: str) -> list[int]:
    """Return where the words are first in the document of each row, 0 where a line breaks them."""
    wanted = select(Document.id, Document.text).where(Document.id.in_({row[0] for row in rows}))
    first = {key: max(text.find(words), 0) for key, text in db.session.execute(wanted)}
    return [first[row[0]] for row in rows]
