"""Differences that are alike: of one kind, about the same words, with the same labels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from labeler.agreement.columns import Integers
from labeler.agreement.corpus import keys
from labeler.agreement.evidence import Listing, Marks, Place
from labeler.models import Document, db

_PAGE = 500
"""Texts held at a time."""


@dataclass(frozen=True, slots=True)
class Group:
    """How often two annotators differ in one way about the same words, and the first of those."""

    count: int
    place: Place


def most_frequent(listing: Listing, document_ids: Integers, limit: int) -> list[Group]:
    """Return the groups of alike items, the largest first, those of one text by their order."""
    if not len(listing):
        return []
    alike = signatures(listing.marks(), document_ids)
    _, first, often = np.unique(alike, return_index=True, return_counts=True)
    order = np.lexsort((first, -often))[:limit]
    return [Group(int(often[at]), listing.place(int(first[at]))) for at in order.tolist()]


def like(listing: Listing, document_ids: Integers, place: Place | None) -> Listing:
    """Return the items that are like the one at a place; none where that is gone."""
    at = None if place is None else listing.find(place)
    if at is None:
        return listing.only(np.zeros(len(listing), dtype=np.bool_))
    alike = signatures(listing.marks(), document_ids)
    return listing.only(alike == alike[at])


def signatures(marks: Marks, document_ids: Integers) -> Integers:
    """Return a number for each item that alike ones share, whoever of the two comes first."""
    words = _words(marks, document_ids)
    columns = [marks.labels.ravel() + 1, *words.reshape(-1, words.shape[2]).T]
    sides = keys(*columns).reshape(-1, 2)
    sides[marks.labels < 0] = 0
    sides.sort(axis=1)
    return keys(marks.kind, sides[:, 0], sides[:, 1])


def _words(marks: Marks, document_ids: Integers) -> Integers:
    """Return items × 2 × marked spans: a number for the words of each."""
    spans = marks.ends.reshape(-1, 2)
    documents = np.repeat(marks.document, spans.shape[0] // max(1, len(marks.document)))
    key = keys(documents, spans[:, 0], spans[:, 1])
    _, first, where = np.unique(key, return_index=True, return_inverse=True)
    known: dict[str, int] = {}
    codes = np.fromiter(
        (
            known.setdefault(text[start:end], len(known))
            for text, start, end in _with_texts(
                document_ids, documents[first], spans[first].tolist()
            )
        ),
        np.int64,
        len(first),
    )
    size = marks.ends.shape[2] // 2
    return codes[where].reshape(len(marks.document), 2, size)


def _with_texts(
    document_ids: Integers, documents: Integers, spans: Iterable[list[int]]
) -> Iterator[tuple[str, int, int]]:
    """Yield each span with the text of its document; documents rise."""
    wanted = document_ids[np.unique(documents)].tolist()
    texts: dict[int, str] = {}
    begin = 0
    for document, (start, end) in zip(document_ids[documents].tolist(), spans, strict=True):
        if document not in texts:
            begin = wanted.index(document, begin)
            page = select(Document.id, Document.text).where(
                Document.id.in_(wanted[begin : begin + _PAGE])
            )
            texts = dict(db.session.execute(page).all())
        yield texts[document], start, end
