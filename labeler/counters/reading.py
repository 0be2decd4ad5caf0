"""What a counter stands at, and the layers that it is the sum of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select, tuple_, union_all
from sqlalchemy.orm import aliased

from labeler.counters.counting import AIDED, BLIND, TIMED, Counted
from labeler.models import CounterEntry, Document, Layer, Project, User, WorkCounter, db


@dataclass(frozen=True, slots=True)
class Share:
    """How much one layer adds to a counter."""

    document_id: int
    name: str
    title: str
    annotator_id: int
    annotator: str
    amount: int
    seconds: int
    """Spent on the layer, without pauses."""
    entities: int
    relations: int


Place = tuple[int, int]
"""A document and an annotator: where a page of shares ended."""


def total(project: Project, names: Sequence[str], annotator: User | None = None) -> int:
    """Return the sum of counters such as `entity ORG`, of everybody or of one person."""
    if AIDED in names:
        return total(project, TIMED, annotator) - total(project, [BLIND], annotator)
    parts = [name.partition(" ") for name in names]
    query = select(func.sum(WorkCounter.amount)).where(
        WorkCounter.project_id == project.id,
        tuple_(WorkCounter.measure, WorkCounter.key).in_([(part[0], part[2]) for part in parts]),
    )
    if annotator is not None:
        query = query.where(WorkCounter.annotator_id == annotator.id)
    return db.session.scalar(query) or 0


def shares(
    project: Project,
    names: Sequence[str],
    annotator: User | None = None,
    after: Place = (0, 0),
    limit: int = 50,
) -> list[Share]:
    """Return the layers that add to these counters with how much, in order, those after a place.

    The amounts of all pages together are the `total`. The index has the documents of each counter
    and person in order; the first of each hold the first of all.
    """
    without = BLIND if AIDED in names else None
    names = TIMED if without else names
    places = sorted(set(_places(project, names, annotator, after, limit, without)))[:limit]
    columns = (
        Document.id,
        Document.name,
        Document.meta,
        User.id,
        User.name,
        Layer.counted,
        Layer.seconds,
    )
    query = (
        select(*columns)
        .select_from(Layer)
        .join(Document, Document.id == Layer.document_id)
        .join(User, User.id == Layer.annotator_id)
        .where(tuple_(Layer.document_id, Layer.annotator_id).in_(places), ~Layer.gold)
        .order_by(Layer.document_id, Layer.annotator_id)
    )
    return [
        Share(
            key,
            name,
            str(meta.get("title") or name),
            person,
            who,
            _amount(counted, names),
            spent,
            _labeled(counted, "entity"),
            _labeled(counted, "relation"),
        )
        for key, name, meta, person, who, counted, spent in db.session.execute(query)
    ]


def _amount(counted: Counted, names: Iterable[str]) -> int:
    return sum(counted.get(name, 0) for name in set(names))


def _labeled(counted: Counted, kind: str) -> int:
    return sum(amount for name, amount in counted.items() if name.startswith(f"{kind} "))


def _places(
    project: Project,
    names: Sequence[str],
    annotator: User | None,
    after: Place,
    limit: int,
    without: str | None,
) -> Iterator[Place]:
    """Yield the first places of each counter and person."""
    kept = _kept_by(project, names, annotator)
    for begin in range(0, len(kept), _TOGETHER):
        several = kept[begin : begin + _TOGETHER]
        parts = [_first(project, name, person, after, limit, without) for name, person in several]
        yield from ((row[0], row[1]) for row in db.session.execute(union_all(*parts)))


_TOGETHER = 400
"""Counters read by one statement: SQLite takes 500 at most."""


def _kept_by(
    project: Project, names: Sequence[str], annotator: User | None
) -> list[tuple[str, int]]:
    """Return the names of these counters that hold something, each with whose it is."""
    parts = [name.partition(" ") for name in names]
    columns = (WorkCounter.measure, WorkCounter.key, WorkCounter.annotator_id)
    query = select(*columns).where(
        WorkCounter.project_id == project.id,
        tuple_(WorkCounter.measure, WorkCounter.key).in_([(part[0], part[2]) for part in parts]),
        WorkCounter.amount != 0,
    )
    if annotator is not None:
        query = query.where(WorkCounter.annotator_id == annotator.id)
    return [(f"{measure} {key}", person) for measure, key, person in db.session.execute(query)]


def _first(
    project: Project, name: str, person: int, after: Place, limit: int, without: str | None
) -> Select[int, int]:
    """Select the first places of one counter of one person, without those of another counter."""
    entry = CounterEntry
    first = entry.document_id > after[0] if person <= after[1] else entry.document_id >= after[0]
    mine = (entry.project_id == project.id, entry.name == name, entry.annotator_id == person)
    found = select(entry.document_id, entry.annotator_id).where(*mine, first)
    if without is not None:
        other = aliased(CounterEntry)
        same = (other.annotator_id == person, other.document_id == entry.document_id)
        found = found.where(
            ~exists().where(other.project_id == project.id, other.name == without, *same)
        )
    return select(found.order_by(entry.document_id).limit(limit).subquery())
