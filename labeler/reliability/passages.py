"""Compared annotations in their context, as pages and programs show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from labeler.agreement.columns import Integers
from labeler.agreement.comparisons import Ends
from labeler.agreement.evidence import Item, Place
from labeler.models import Document, db
from labeler.schema import Category, Entity

CONTEXT = 32
"""Code points shown before and after what is marked."""
_NEAR = 16
"""Code points between two passages that are shown rather than left out."""
_LONGEST = 300
"""Code points shown of words that are marked."""

Piece = tuple[str, str | None]
"""Words, and the label that they have, None for none."""


@dataclass(frozen=True, slots=True)
class Version:
    """What one annotator has in a place; `label` is None when they have nothing there."""

    who: str
    label: str | None
    pieces: tuple[Piece, ...]
    head: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison to show: where it is, what differs, and both versions."""

    place: tuple[int, ...]
    document_id: int
    title: str
    start: int
    kind: str
    versions: tuple[Version, Version]


def show(items: Sequence[Item], document_ids: Integers) -> list[Shown]:
    """Return comparisons in their context; the texts of their documents are read at once."""
    wanted = {int(document_ids[item.place[0]]) for item in items}
    read = select(Document.id, Document.name, Document.meta, Document.text)
    rows = {row.id: row for row in db.session.execute(read.where(Document.id.in_(wanted)))}
    return [_shown(item, rows[int(document_ids[item.place[0]])], document_ids) for item in items]


def _shown(item: Item, document: Any, document_ids: Integers) -> Shown:
    found = item.found
    spans = [span for own in (found.a, found.b) for span in _spans(own)]
    begin = min((span.start for span in spans), default=0)
    versions = (
        _version(item.a, found.a, spans, document.text),
        _version(item.b, found.b, spans, document.text),
    )
    title = str(document.meta.get("title") or document.name)
    place = tuple(outside(item.place, document_ids))
    return Shown(place, document.id, title, begin, found.kind, versions)


def _spans(own: Entity | Ends | Category | None) -> list[Entity]:
    if own is None or isinstance(own, Category):
        return []
    return [own] if isinstance(own, Entity) else [own.head, own.tail]


def _version(
    who: str, own: Entity | Ends | Category | None, spans: Iterable[Entity], text: str
) -> Version:
    pieces = tuple(_pieces(text, spans, _spans(own)))
    if own is None:
        return Version(who, None, pieces)
    if isinstance(own, Entity | Category):
        return Version(who, own.label, pieces)
    ends = (_shortened(text[end.start : end.end]) for end in (own.head, own.tail))
    return Version(who, own.relation.label, pieces, *ends)


def _pieces(text: str, every: Iterable[Entity], own: Iterable[Entity]) -> list[Piece]:
    """Return the text around all spans, cut where one's own begin and end.

    Of spans that overlap, the first is marked. What is far from any span is left out.
    """
    marked = sorted({(span.start, span.end, span.label) for span in own})
    pieces: list[Piece] = []
    for begin, end in _stretches(text, every):
        place = begin
        pieces.append(("… " if begin else "", None))
        for start, stop, label in marked:
            if begin <= start and stop <= end and start >= place:
                pieces += [(text[place:start], None), (_shortened(text[start:stop]), label)]
                place = stop
        pieces.append((text[place:end], None))
    if pieces and end < len(text):
        pieces.append((" …", None))
    return [piece for piece in pieces if piece[0]]


def _shortened(words: str) -> str:
    if len(words) <= _LONGEST:
        return words
    return f"{words[: _LONGEST // 2]} … {words[-_LONGEST // 2 :]}"


def _stretches(text: str, spans: Iterable[Entity]) -> list[tuple[int, int]]:
    """Return the stretches of text around spans, joined where they lie near each other."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: span.start):
        begin = _word_start(text, max(0, span.start - CONTEXT))
        end = _word_end(text, min(len(text), span.end + CONTEXT))
        if found and begin <= found[-1][1] + _NEAR:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def _word_start(text: str, place: int) -> int:
    """Return where the first whole word from a place on begins, a few characters further on."""
    if place == 0:
        return 0
    blank = text.find(" ", place, place + 12)
    return place if blank < 0 else blank + 1


def _word_end(text: str, place: int) -> int:
    if place == len(text):
        return place
    blank = text.rfind(" ", max(0, place - 12), place)
    return place if blank < 0 else blank


def outside(place: tuple[int, ...], document_ids: Integers) -> list[int]:
    """Return the place of an item with its document's id, as addresses have it."""
    return [int(document_ids[place[0]]), *place[1:]]


def place_of(document_ids: Integers, words: str) -> Place | None:
    """Return the place of an item that an address names, None for none."""
    parts = words.split(".")
    if len(parts) != 4 or not all(part.isdecimal() and len(part) < 19 for part in parts):
        return None
    document, *rest = map(int, parts)
    index = int(document_ids.searchsorted(document))
    return (index, rest[0], rest[1], rest[2])
