"""What finished layers teach: counts by words, kept up to date with every submit and reopening.

The dictionary of a project is the sum of the lessons of its finished layers, and a lesson is kept
with its layer, so that it can be taken back.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    TextClause,
    any_,
    delete,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from labeler import borders, editing, schema
from labeler.models import (
    ContestedWords,
    DictionaryEntry,
    Document,
    Layer,
    Lesson,
    Suggestion,
    db,
    transaction,
    upserting,
)
from labeler.suggest import dictionary
from labeler.suggest.reading import Counts, Key, LookUp, Reading

_PAGE = 50
"""Layers learned at a time when many wait."""
MOST_COUNTED = 10_000
"""Learned layers beyond which nobody asks how many there are: every document opened would wait."""


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
        before = _taken_back(session, layer)
        counts = [
            [key.kind, key.words, outcome, count]
            for key, outcomes in lesson.items()
            for outcome, count in outcomes.items()
        ]
        session.add(Lesson(layer_id=layer.id, project_id=layer.project_id, counts=counts, at=now))
        session.execute(update(Layer).where(Layer.id == layer.id).values(taught=True))
        session.flush()
        _add(session, layer.project_id, [*before, *counts])


def forget(layer: Layer) -> None:
    """Take back what a layer taught, as when it is opened again."""
    with transaction() as session:
        _add(session, layer.project_id, _taken_back(session, layer))
        taught = update(Layer).where(Layer.id == layer.id, Layer.taught)
        session.execute(taught.values(taught=False))


def _taken_back(session: Session, layer: Layer) -> list[list[Any]]:
    """Delete the lesson that a layer gave, and return what takes its counts back."""
    held = session.scalar(select(Lesson.counts).where(Lesson.layer_id == layer.id)) or []
    session.execute(delete(Lesson).where(Lesson.layer_id == layer.id))
    return [[kind, words, outcome, -count] for kind, words, outcome, count in held]


def _add(session: Session, project_id: int, counts: Sequence[list[Any]]) -> None:
    """Add to the dictionary, in an order in which no two writers wait for each other."""
    changes: Counter[tuple[str, str, str]] = Counter()
    for kind, words, outcome, count in counts:
        changes[kind, words, outcome] += count
    rows = [
        {"project_id": project_id, "kind": kind, "words": words, "outcome": outcome, "count": count}
        for (kind, words, outcome), count in sorted(changes.items())
        if count
    ]
    if not rows:
        return
    adding = upserting(DictionaryEntry)
    kept = DictionaryEntry.count + adding.excluded.count
    columns = ["project_id", "kind", "words", "outcome"]
    session.execute(
        adding.on_conflict_do_update(index_elements=columns, set_={"count": kept}), rows
    )
    entities = {words for kind, words, _ in changes if kind == "entity"}
    _contest(session, project_id, sorted(entities))


def _contest(session: Session, project_id: int, words: Sequence[str]) -> None:
    """Bring in line how often these words are not what they mostly are.

    Their rows are taken first, one by one in order: who waited for another sees what they counted.
    """
    if not words:
        return
    contested = ContestedWords
    taking = upserting(contested)
    rows = [{"project_id": project_id, "words": each, "deviations": 0} for each in words]
    same = {"deviations": contested.deviations}
    session.execute(
        taking.on_conflict_do_update(index_elements=["project_id", "words"], set_=same), rows
    )
    entry = DictionaryEntry
    deviations = (
        select(func.coalesce(func.sum(entry.count) - func.max(entry.count), 0))
        .where(entry.project_id == project_id, entry.kind == "entity", entry.count > 0)
        .where(entry.words == contested.words)
        .scalar_subquery()
    )
    mine = (contested.project_id == project_id, contested.words.in_(words))
    session.execute(update(contested).where(*mine).values(deviations=deviations))
    session.execute(delete(contested).where(*mine, contested.deviations == 0))


def catch_up(project_id: int, now: datetime, limit: int = _PAGE) -> int:
    """Learn finished layers that came in without a lesson, oldest first; return how many."""
    untaught = select(Layer).where(*_untaught(project_id))
    layers = db.session.scalars(untaught.order_by(Layer.id).limit(limit)).all()
    for layer in layers:
        teach(layer, prepare(layer), now)
    return len(layers)


def waiting(project_id: int) -> int:
    """Return how many finished layers were not learned yet."""
    found = select(func.count()).select_from(Layer).where(*_untaught(project_id))
    return db.session.scalar(found) or 0


def _untaught(project_id: int) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """Return the conditions for these, in the words by which SQLite knows their index."""
    return Layer.project_id == project_id, text("status = 'done'"), text("NOT taught")


def count(project_id: int) -> int:
    """Return how many finished layers have been learned, `MOST_COUNTED` at most."""
    some = select(Lesson.layer_id).where(Lesson.project_id == project_id).limit(MOST_COUNTED)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
