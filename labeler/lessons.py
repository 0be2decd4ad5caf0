"""What finished layers teach: counts by words, kept up to date with every submit and reopening.

The dictionary of a project is the sum of the lessons of its finished layers, and a lesson is kept
with its layer, so that it can be taken back.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ARRAY, ColumnElement, String, any_, delete, exists, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from labeler import borders, editing, schema
from labeler.models import DictionaryEntry, Document, Layer, Lesson, Suggestion, db, transaction
from labeler.suggest import dictionary
from labeler.suggest.reading import Counts, Key, LookUp, Reading

_PAGE = 50
"""Layers learned at a time when many wait."""


def look_up(project_id: int) -> LookUp:
    """Return what tells how often each key had each outcome in this project."""

    def counts(keys: Collection[Key]) -> Counts:
        found: dict[Key, dict[str, int]] = {}
        for kind in {key.kind for key in keys}:
            words = [key.words for key in keys if key.kind == kind]
            for key, outcome, count in _rows(project_id, kind, words):
                found.setdefault(Key(kind, key), {})[outcome] = count
        return found

    return counts


def _rows(project_id: int, kind: str, words: Sequence[str]) -> Iterable[Any]:
    """Read the counts of these words by the index; the words travel as one parameter."""
    entry = DictionaryEntry
    among: ColumnElement[bool]
    if db.engine.dialect.name == "sqlite":
        listed = func.json_each(orjson.dumps(words).decode()).table_valued("value")
        among = entry.words.in_(select(listed.c.value))
    else:
        among = entry.words == any_(literal(list(words), ARRAY(String)))
    query = select(entry.words, entry.outcome, entry.count)
    return db.session.execute(
        query.where(entry.project_id == project_id, entry.kind == kind, entry.count > 0, among)
    )


def prepare(layer: Layer) -> dictionary.Lesson:
    """Return what a layer teaches as it is now; slow enough to stay out of a transaction."""
    document = db.session.get_one(Document, layer.document_id)
    [record] = editing.load([layer])
    [tokens] = borders.tokens([document])
    rows = db.session.scalars(
        select(Suggestion.proposals).where(Suggestion.document_id == document.id)
    )
    proposed = (
        schema.Entity(item["id"], item["start"], item["end"], item["label"])
        for proposals in rows
        for item in proposals
        if "start" in item
    )
    reading = Reading(document.text, tokens)
    return dictionary.learn(
        reading, record.entities, record.relations, proposed, look_up(layer.project_id)
    )


def teach(layer: Layer, lesson: dictionary.Lesson, now: datetime) -> None:
    """Put a finished layer's lesson in the place of the one it gave before."""
    with transaction() as session:
        forget(layer)
        counts = [
            [key.kind, key.words, outcome, count]
            for key, outcomes in lesson.items()
            for outcome, count in outcomes.items()
        ]
        session.add(Lesson(layer_id=layer.id, project_id=layer.project_id, counts=counts, at=now))
        session.flush()
        _add(session, layer.project_id, counts, 1)


def forget(layer: Layer) -> None:
    """Take back what a layer taught, as when it is opened again."""
    with transaction() as session:
        held = session.scalar(select(Lesson.counts).where(Lesson.layer_id == layer.id))
        if held is not None:
            _add(session, layer.project_id, held, -1)
            session.execute(delete(Lesson).where(Lesson.layer_id == layer.id))


def _add(session: Session, project_id: int, counts: Sequence[list[Any]], sign: int) -> None:
    rows = [
        {"project_id": project_id, "kind": kind, "words": words, "outcome": outcome,
         "count": sign * count}
        for kind, words, outcome, count in sorted(counts)
    ]  # fmt: skip
    if not rows:
        return
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    adding = insert(DictionaryEntry.__table__)  # type: ignore[arg-type]
    kept = DictionaryEntry.count + adding.excluded.count
    columns = ["project_id", "kind", "words", "outcome"]
    session.execute(
        adding.on_conflict_do_update(index_elements=columns, set_={"count": kept}), rows
    )


def catch_up(project_id: int, now: datetime, limit: int = _PAGE) -> int:
    """Learn finished layers that came in without a lesson, oldest first; return how many."""
    learned = exists().where(Lesson.layer_id == Layer.id)
    waiting = select(Layer).where(Layer.project_id == project_id, Layer.status == "done", ~learned)
    layers = db.session.scalars(waiting.order_by(Layer.id).limit(limit)).all()
    for layer in layers:
        teach(layer, prepare(layer), now)
    return len(layers)


def count(project_id: int) -> int:
    """Return how many finished layers have been learned."""
    query = select(func.count()).where(Lesson.project_id == project_id)
    return db.session.scalar(query) or 0
