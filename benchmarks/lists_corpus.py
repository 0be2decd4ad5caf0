"""A project of a million documents with work in it, that `lists` reads.

Texts have 60 words of a vocabulary like that of real texts: few are frequent, most are rare. Ana
has finished the first tenth of the documents, ben every second one of those, gold is accepted in a
fiftieth of what both finished; one layer in 10,000 has the label RARE.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from sqlalchemy import select, text

from labeler import accounts, editing, schema
from labeler.models import (
    Audit,
    ContestedWords,
    DictionaryEntry,
    Document,
    Doubt,
    Layer,
    Project,
    SuddenChange,
    User,
    db,
    insert_rows,
    transaction,
)
from labeler.models.database import now
from labeler.models.documents import text_sha256
from labeler.models.words import title_words

PEOPLE = ("ana", "ben", "eva")
RARE = "RARE"
"""A label that one layer in 10,000 has."""
_SCHEME = schema.parse_scheme({"entities": [{"name": "ORG"}, {"name": "GPE"}, {"name": RARE}]})
_PORTION = 10_000
_TITLES = ("harbour", "council", "accord", "ferry", "mayor", "storm", "court", "school", "river")
_COLUMNS = ("project_id", "name", "words", "text", "sha256", "meta", "created")
_VOCABULARY = [f"w{number:x}" for number in range(50_000)]
_WEIGHTS = list(accumulate(1 / rank for rank in range(2, 50_002)))


def corpus(size: int) -> tuple[Project, dict[str, User]]:
    """Return the project of this many documents and its people, made where it is not there yet."""
    found = db.session.scalar(select(Project).where(Project.slug == f"bench-{size}"))
    if found is not None:
        return found, {name: accounts.find_user(name) for name in PEOPLE}
    with transaction() as session:
        project = Project(slug=f"making-{size}", title="Bench")
        session.add(project)
        project.scheme = _SCHEME
    people = {name: accounts.ensure_user(name) for name in PEOPLE}
    for user in people.values():
        accounts.add_member(project, user, "annotator")
    for first in range(0, size, _PORTION):
        with transaction() as session:
            rows = [_row(project.id, number) for number in range(first, first + _PORTION)]
            insert_rows(session, Document, _COLUMNS, rows)
    _label(project, people, size)
    _notice(project, people["ana"], size)
    _analyze()
    with transaction():
        project.slug = f"bench-{size}"  # only now: one that was not finished is not read
    return project, people


def _row(project_id: int, number: int) -> tuple[Any, ...]:
    words = (_TITLES[number % 9], _TITLES[number // 9 % 9], _TITLES[number // 81 % 9])
    meta = {"title": f"{' '.join(words).capitalize()} {number:06}"}
    text = _text(number)
    name = f"article-{number:07}"
    return project_id, name, title_words(meta), text, text_sha256(text), meta, now()


def _text(number: int) -> str:
    """Return 60 words; one document in 100 has "Port Ellery", one in 100,000 "Castle Varn"."""
    deal = random.Random(number)
    words = deal.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=58)
    place = "Castle Varn" if number % 100_000 == 99_999 else "Port Ellery"
    words.insert(30, place if number % 100 == 99 else "harbour council")
    return f"Article {number}. {' '.join(words)}."


def first_keys(project: Project, count: int) -> Any:
    """Select the ids of the first documents."""
    mine = select(Document.id).where(Document.project_id == project.id)
    return mine.order_by(Document.id).limit(count)


def _label(project: Project, people: dict[str, User], size: int) -> None:
    keys = list(db.session.scalars(first_keys(project, size // 10)))
    for first in range(0, len(keys), _PORTION):
        portion = list(enumerate(keys[first : first + _PORTION], first))
        news = list(_layers(project.id, people, portion))
        editing.create(news, actor_id=people["ana"].id, now=now(), key="made")


def _layers(
    project_id: int, people: dict[str, User], portion: Sequence[tuple[int, int]]
) -> Iterator[editing.NewLayer]:
    for index, key in portion:
        label = RARE if index % 10_000 == 9_999 else "ORG"
        entities = (schema.Entity("e1", 0, 7, label), schema.Entity("e2", 8, 9, "GPE"))
        for name in ("ana", "ben") if index % 2 else ("ana",):
            status = "skipped" if index % 50 == 48 else "done"
            layer = schema.Layer(annotator=name, status=status, entities=entities)
            yield editing.NewLayer(project_id, key, people[name].id, layer)
        if index % 100 == 1:
            gold = schema.Layer(annotator="ana", status="done", entities=entities)
            yield editing.NewLayer(project_id, key, people["ana"].id, gold, gold=True)


def _notice(project: Project, user: User, size: int) -> None:
    """Add what stands on the lists beside the documents, as far as it is rows of tables."""
    layers = select(Layer.id).where(Layer.project_id == project.id).order_by(Layer.id)
    keys = list(db.session.scalars(layers.limit(size // 20)))
    span = (0, 7, "ORG", 0, 7, "GPE")
    doubts = [
        (project.id, key, "label", "e1", *span, 0.5 + index % 50 / 100, state)
        for index, key in enumerate(keys)
        for state in (("kept", "open") if index % 2 else ("kept",))
    ]
    changes = [(project.id, key, user.id, 1, 1, 5, 3, 0, now()) for key in keys[: size // 100]]
    entries = [
        (project.id, "entity", f"Name {number}", outcome, 1 + number % 7)
        for number in range(size // 4)
        for outcome in (("ORG", "GPE") if number % 50 == 0 else ("ORG",))
    ]
    contested = [(project.id, f"Name {number}", 1) for number in range(0, size // 4, 50)]
    records = [
        (now(), user.id, project.id, "project.settings", "Bench", {}) for _ in range(size // 10)
    ]
    with transaction() as session:
        insert_rows(session, Doubt, _DOUBT, doubts)
        insert_rows(session, SuddenChange, _CHANGE, changes)
        insert_rows(session, DictionaryEntry, _ENTRY, entries)
        insert_rows(session, ContestedWords, ("project_id", "words", "deviations"), contested)
        insert_rows(session, Audit, _RECORD, records)
        session.execute(
            text("UPDATE queue_entry SET score = (lot % 1000) / 1000.0 WHERE project_id = :key"),
            {"key": project.id},
        )


_DOUBT = (
    "project_id", "layer_id", "kind", "entity", "start", "end", "label", "new_start", "new_end",
    "new_label", "score", "state",
)  # fmt: skip
_CHANGE = (
    "project_id", "layer_id", "actor_id", "since", "revision", "held", "lost", "changed", "at",
)  # fmt: skip
_ENTRY = ("project_id", "kind", "words", "outcome", "count")
_RECORD = ("at", "actor_id", "project_id", "action", "subject", "details")


def _analyze() -> None:
    """Let the database look at its tables, as PostgreSQL does by itself after a while."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
