"""The index of the words of texts, as each of the two databases has it.

It tells which documents may hold given words; whether they do, and where, is seen in their texts.
"""

import re
import unicodedata

from sqlalchemy import func, select, text

from labeler.models.database import db
from labeler.models.documents import Document

_STRETCH = 15
"""Bits of a document id that the stretch leaves out, of which PostgreSQL searches one at a time."""
_LETTERS = unicodedata.ucd_3_2_0
"""What every version of either database knows as letters, numbers and marks."""


def may_hold(project_id: int, words: str, after: int, limit: int) -> list[int]:
    """Return the first documents after an id whose texts may hold these words, by id.

    None that holds them as whole words is left out. Where nothing in `words` is in the index, such
    as in "%", every document may hold them.
    """
    known = _indexed(words)
    if not known:
        return following(project_id, after, limit)
    by_index = _in_sqlite if db.engine.dialect.name == "sqlite" else _in_postgres
    return by_index(project_id, known, after, limit)


def following(project_id: int, after: int, limit: int) -> list[int]:
    """Return the first documents after an id, by id: any may hold words that are frequent."""
    mine = select(Document.id).where(Document.project_id == project_id, Document.id > after)
    return list(db.session.scalars(mine.order_by(Document.id).limit(limit)))


def _indexed(words: str) -> list[str]:
    """Return the words that are in the index as they stand here."""
    parts = re.split(r"\s+", "".join(c if is_of_word(c) else " " for c in words))
    return [part for part in dict.fromkeys(parts) if part and all(map(_is_old, part))]


def is_of_word(character: str) -> bool:
    """Tell whether a character goes on with a word: letters, numbers, marks and "_"."""
    return character == "_" or unicodedata.category(character)[0] in "LNM"


def _is_old(character: str) -> bool:
    return character == "_" or _LETTERS.category(character)[0] in "LNM"


def _in_sqlite(project_id: int, words: list[str], after: int, limit: int) -> list[int]:
    found = text(
        "SELECT rowid FROM text_index WHERE text_index MATCH :words AND rowid > :after "
        "ORDER BY rowid LIMIT :limit"
    )
    wanted = " AND ".join(f'"{word}"' for word in (_marker(project_id), *words))
    values = {"words": wanted, "after": after, "limit": limit}
    return list(db.session.scalars(found, values))


def _in_postgres(project_id: int, words: list[str], after: int, limit: int) -> list[int]:
    """Search stretch by stretch, more of them at a time where words are rare.

    The index gives its answers at once, and in no order.
    """
    last = select(func.max(Document.id)).where(Document.project_id == project_id)
    first, end = after >> _STRETCH, (db.session.scalar(last) or 0) >> _STRETCH
    found: list[int] = []
    together = 1
    while first <= end and len(found) < limit:
        several = range(first, min(first + together, end + 1))
        values = {"words": " ".join(words), "stretches": [f"#{project_id}/{n}" for n in several]}
        found += sorted(key for key in db.session.scalars(_HOLDING, values) if key > after)
        first, together = several.stop, min(2 * together, _MOST)
    return found[:limit]


_MOST = 8
"""Stretches that are searched together at most."""
_HOLDING = text(
    "SELECT id FROM document WHERE text_words(project_id, id, text) && :stretches AND "
    "text_words(project_id, id, text) @> array_remove((text_words(0, 0, :words))[2:], '')"
)


def unindexed(project_id: int) -> int:
    """Return how many documents of a project the index lacks; PostgreSQL lets it lack none."""
    if db.engine.dialect.name != "sqlite":
        return 0
    there = select(func.count()).where(Document.project_id == project_id)
    indexed = text("SELECT count(*) FROM text_index WHERE text_index MATCH :words")
    held = db.session.scalar(indexed, {"words": _marker(project_id)})
    return (db.session.scalar(there) or 0) - (held or 0)


def _marker(project_id: int) -> str:
    """Return the word by which SQLite finds the texts of a project."""
    return f"labelerproject{project_id}"
