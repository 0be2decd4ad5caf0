"""The beginning of a document as HTML: what is read while the scripts that do the rest come."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labeler import schema
from labeler.models import Document

LENGTH = 3000
"""Code points that are sent as HTML: more than a large screen shows."""
LONG = 20_000
"""Code points from which the rest takes longer to come than the beginning to be painted."""
ROW = 1069
"""Pixels that a row of labels has at least where static/css/first.css counts on one row."""
_GROUP, _CHIP, _LETTER = 98, 63, 10
"""Pixels that the title of a group takes, a label with its key, and a letter of its name."""
_LINE = re.compile(r"([^\n\r\u2028\u2029]*)([\n\r\u2028\u2029]+|$)")
"""A line and its breaks, as static/js/text.js cuts them."""
_SPACE = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What browsers trim from a line; Python's `strip` takes other characters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words; `label` is None outside of entities."""

    words: str
    label: schema.EntityLabel | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line in pieces, with the classes that the style sheet knows."""

    classes: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """The first lines of a document; `title` is empty where the first line is the title.

    `hurries` where the document is asked for at once, not after the first frame: what the server
    does for a short one would only delay that frame. `one_row` where the labels surely take one row
    of a wide window: its room is known before they are drawn.
    """

    title: str
    lines: tuple[Line, ...]
    hurries: bool
    one_row: bool


def opening(
    document: Document, entities: Sequence[schema.Entity], scheme: schema.Scheme
) -> Opening:
    """Return how a document begins, with those entities that lie within a line and in no other.

    `entities` are in the order of the text, longer ones first.
    """
    given = document.meta.get("title")
    title = "" if given is None else str(given).strip(_SPACE)
    beginning = document.text[:LENGTH]
    found = _LINE.match(beginning)
    first = found[1].strip(_SPACE) if found else ""
    lines = tuple(_lines(beginning, title, entities, scheme))
    hurries = len(document.text) >= LONG
    return Opening("" if title == first else title, lines, hurries, _fit_one_row(scheme))


def _fit_one_row(scheme: schema.Scheme) -> bool:
    """Return whether a row of `ROW` pixels has room for all labels, each taken too wide."""
    groups: tuple[Sequence[schema.Label], ...] = (
        scheme.entities,
        scheme.relations,
        scheme.categories,
    )
    kept = [[each.name for each in group if not each.retired] for group in groups]
    chips = [sum(_CHIP + _LETTER * len(name) for name in names) for names in kept]
    return sum(_GROUP + width for width in chips if width) <= ROW


def _lines(
    text: str, title: str, entities: Sequence[schema.Entity], scheme: schema.Scheme
) -> Iterator[Line]:
    for found in _LINE.finditer(text):
        line, breaks = found.groups()
        if not found.group():
            return
        names = ["block"]
        names += ["gap"] if len(breaks.replace("\r\n", "\n")) > 1 else []
        words = line.strip(_SPACE)
        names += ["title"] if words and found.start() == 0 and words == title else []
        names += [] if words else ["empty"]
        pieces = _pieces(text, found.start(1), found.end(1), entities, scheme)
        yield Line(" ".join(names), tuple(pieces))


def _pieces(
    text: str, start: int, end: int, entities: Sequence[schema.Entity], scheme: schema.Scheme
) -> Iterator[Piece]:
    for entity in entities:
        if start <= entity.start and entity.end <= end:
            yield Piece(text[start : entity.start])
            yield Piece(text[entity.start : entity.end], scheme.entity(entity.label))
            start = entity.end
    yield Piece(text[start:end])
