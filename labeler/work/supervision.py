"""What managers see of everybody's work.

A filter names its documents by one index, the rarest first; what else it asks is looked up for
each of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    TextClause,
    exists,
    false,
    select,
    text,
    true,
    union,
)

from labeler import accounts, schema
from labeler.errors import Invalid, NotFound, Problem
from labeler.models import Assignment, Document, Layer, Project, QueueEntry, User, db, own_layers
from labeler.work.listing import (
    MATCHES,
    UNOPENED,
    Page,
    named,
    opened_to,
    paged,
    raise_opened_to,
    titled_ids,
)
from labeler.work.rules import Rules, draw, rules_of

MARKS = ("flagged", "skipped", "training", "control")
HELD = ("taken", "given")
STATES = (UNOPENED, *schema.STATUSES, *HELD)
"""What a document can be for one person, in lists."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents of a project: all that is given must hold."""

    words: str = ""
    """The beginning of a name, or of words of the title."""
    person: str = ""
    state: str = ""
    """What the document is for that person: one of `STATES`."""
    finished: int | None = None
    """How many people have finished it."""
    mark: str = ""
    """One of `MARKS`; with a person, what they flagged or skipped."""


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part in a document: the status of their layer, or how they hold it."""

    name: str
    state: str
    flag: str | None = None
    reason: str | None = None
    layer: int | None = None
    """The id of their layer, once they have one."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """A document with everybody's part in it; `wanted` is None where everybody gets it."""

    id: int
    name: str
    title: str
    date: str
    finished: int
    wanted: int | None
    training: bool
    control: bool
    parts: list[Part]


# ---- filters ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Criterion:
    """One thing that a filter asks: a select led by an index, and the same as a condition."""

    ids: Select[Any]
    key: Any
    holds: Callable[[Any], ColumnElement[bool]]


def _criteria(project: Project, wanted: Filter, most: int | None) -> list[_Criterion]:
    """Return what a filter asks, the rarest first; every document where it asks nothing."""
    found = []
    if wanted.words.strip():
        found.append(_with_words(project, wanted.words.strip(), most))
    if wanted.mark:
        found.append(_marked(project, wanted.mark, wanted.person))
    if wanted.state:
        found.append(_in_state(project, person_of(wanted.person), wanted.state))
    if wanted.finished is not None:
        found.append(_entries(project, QueueEntry.finished == wanted.finished))
    return found or [_documents(project)]


def person_of(name: str) -> User:
    """Return the person whose state a filter asks for; raises Invalid."""
    try:
        return accounts.find_user(name)
    except NotFound:
        message = "Whose? Choose a person of the project."
        raise Invalid(message, [Problem(message, "person")]) from None


def _entries(project: Project, *conditions: ColumnElement[bool] | TextClause) -> _Criterion:
    ids = select(QueueEntry.document_id).where(QueueEntry.project_id == project.id, *conditions)
    return _Criterion(
        ids,
        QueueEntry.document_id,
        lambda key: exists().where(QueueEntry.document_id == key, *conditions),
    )


def _documents(
    project: Project, holds: Callable[[Any], ColumnElement[bool]] = lambda _: true()
) -> _Criterion:
    ids = select(Document.id).where(Document.project_id == project.id, holds(Document.id))
    return _Criterion(ids, Document.id, holds)


def _with_words(project: Project, words: str, most: int | None) -> _Criterion:
    by_name = select(Document.id).where(Document.project_id == project.id, *named(words))
    found = [by_name.limit(most).subquery()]
    titled = titled_ids(project, words)
    if titled is not None:
        found.append(titled.limit(most).subquery())
    either = union(*(select(part.c[0].label("id")) for part in found)).subquery()
    return _Criterion(select(either.c.id), either.c.id, either.c.id.__eq__)  # always the first


def _layers(project: Project, *conditions: ColumnElement[bool], several: bool) -> _Criterion:
    ids = select(Layer.document_id).where(Layer.project_id == project.id, *conditions)
    return _Criterion(
        ids.group_by(Layer.document_id) if several else ids,
        Layer.document_id,
        lambda key: exists().where(Layer.document_id == key, *conditions),
    )


def _marked(project: Project, mark: str, person: str) -> _Criterion:
    if mark in _BY_LAYER:
        theirs = [Layer.annotator_id == person_of(person).id, ~Layer.gold] if person else []
        return _layers(project, _BY_LAYER[mark], *theirs, several=True)
    if mark == "training":
        return _entries(project, text("queue_entry.training"))  # SQLite knows its index so only
    control = rules_of(project).control
    if not control:
        return _entries(project, false())
    is_control = QueueEntry.control_draw < draw(control)
    return _documents(
        project, lambda key: exists().where(QueueEntry.document_id == key, is_control)
    )


_BY_LAYER = {"flagged": Layer.flag.is_not(None), "skipped": Layer.status == "skipped"}


def _in_state(project: Project, user: User, state: str) -> _Criterion:
    mine = (Layer.annotator_id == user.id, ~Layer.gold)
    if state in schema.STATUSES:
        return _layers(project, Layer.status == state, *own_layers(user.id), several=False)
    if state == UNOPENED:
        floor = opened_to(project, user.id)
        return _documents(
            project, lambda key: (key > floor) & ~exists().where(Layer.document_id == key, *mine)
        )
    held = (Assignment.annotator_id == user.id, Assignment.state == state)
    return _Criterion(
        select(Assignment.document_id).where(Assignment.project_id == project.id, *held),
        Assignment.document_id,
        lambda key: exists().where(Assignment.document_id == key, *held),
    )


def matching(project: Project, wanted: Filter, most: int | None) -> tuple[Select[Any], Any]:
    """Return the select of a filter's documents, and the column by which it is paged."""
    first, *others = _criteria(project, wanted, most)
    return first.ids.where(*(other.holds(first.key) for other in others)), first.key


# ---- lists -----------------------------------------------------------------------------------


def supervise(
    project: Project,
    wanted: Filter,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = 50,
) -> Page:
    """Return a page of the documents of a filter, with everybody's part; raises Invalid.

    With words, the first `MATCHES` that have them are looked at.
    """
    query, key = matching(project, wanted, MATCHES)
    page = paged(query, key, after=after, before=before, limit=limit)
    keys = [row[0] for row in page.rows]
    if wanted == Filter(person=wanted.person, state=UNOPENED) and before is None and after == 0:
        person = person_of(wanted.person)
        floor = opened_to(project, person.id)
        raise_opened_to(project, person.id, floor, keys[0] if keys else None)
    return Page(_supervised(project, keys), page.before, page.after)


def _supervised(project: Project, keys: Sequence[int]) -> list[Supervised]:
    rules, parts = rules_of(project), _parts(keys)
    query = select(Document.id, Document.name, Document.meta, QueueEntry).join(
        QueueEntry, QueueEntry.document_id == Document.id
    )
    rows = db.session.execute(query.where(Document.id.in_(keys)).order_by(Document.id))
    return [
        Supervised(
            key,
            name,
            str(meta.get("title") or name),
            str(meta.get("date") or ""),
            entry.finished,
            _wanted(rules, entry),
            entry.training,
            rules.is_blind(entry) and not entry.training,
            parts.get(key, []),
        )
        for key, name, meta, entry in rows
    ]


def _wanted(rules: Rules, entry: QueueEntry) -> int | None:
    return None if rules.is_shared(entry) else rules.overlap


def _parts(keys: Sequence[int]) -> dict[int, list[Part]]:
    """Return everybody's part in these documents, by document and name."""
    found: dict[int, dict[str, Part]] = {}
    held = select(Assignment.document_id, User.name, Assignment.state).join(
        User, User.id == Assignment.annotator_id
    )
    for key, name, state in db.session.execute(held.where(Assignment.document_id.in_(keys))):
        found.setdefault(key, {})[name] = Part(name, state)
    columns = (Layer.document_id, User.name, Layer.status, Layer.flag, Layer.reason, Layer.id)
    layers = select(*columns).join(User, User.id == Layer.annotator_id)
    for key, name, status, flag, reason, layer_id in db.session.execute(
        layers.where(Layer.document_id.in_(keys), ~Layer.gold)
    ):
        found.setdefault(key, {})[name] = Part(name, status, flag, reason, layer_id)
    return {key: [parts[name] for name in sorted(parts)] for key, parts in found.items()}
