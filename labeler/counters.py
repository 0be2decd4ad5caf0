"""Counts of what was submitted, kept as it is submitted, so that progress is read at once.

A layer remembers what it was counted as. When it is submitted again or opened again, just that is
taken back: the counters are always the sum of what the layers remember.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, exists, func, select, tuple_, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from labeler import schema
from labeler.errors import Problem
from labeler.models import (
    CounterEntry,
    Document,
    Entity,
    Layer,
    Project,
    Relation,
    Suggestion,
    User,
    Verdict,
    WorkCounter,
    db,
)

DURATION_EDGES = (15, 30, 60, 120, 240, 480, 960, 1920)
"""Seconds at which one class of time spent on a document ends and the next begins."""
DECISIONS = ("accepted", "corrected", "rejected")
"""What people make of suggestions."""
TIMED = tuple(f"duration {number}" for number in range(len(DURATION_EDGES) + 1))
"""Counters that count each layer once whose time is known."""
BLIND = "blind documents"
"""The counter that counts each layer once that was submitted without suggestions in sight."""
AIDED = "aided documents"
"""What counts each of the others once: those timed but for the blind ones. It stands alone."""
UNKNOWN = "unknown"
"""The suggester of a suggestion that is no longer known."""
Item = TypeVar("Item", schema.Entity, schema.Relation)
Counted = dict[str, int]
"""Amounts by measure and key, such as `{"entities 2026-01-31": 12, "entity ORG": 3}`."""


def recount(session: Session, layers: Iterable[Layer]) -> None:
    """Bring the counters in line with these layers, within the transaction that changed them."""
    changes: Counter[tuple[int, int, str]] = Counter()
    rows, listed = [], list(layers)
    before = _remembered(session, listed)
    done = [layer for layer in listed if layer.status == "done" and not layer.gold]
    after = _counted(session, done)
    for layer in listed:
        was, counted = before[layer.id], after.get(layer.id, {})
        if counted != was:
            place = (layer.project_id, layer.annotator_id)
            for name in {*counted, *was}:
                changes[*place, name] += counted.get(name, 0) - was.get(name, 0)
            rows.append({"id": layer.id, "counted": counted or None})
            set_committed_value(layer, "counted", counted or None)
    if rows:
        session.execute(update(Layer), rows)
    _add(session, changes)


def count_imported(session: Session, news: Sequence[tuple[int, int, int, schema.Layer]]) -> None:
    """Count the labels of finished layers that came in: project, annotator, layer id and record.

    Nobody submitted them here, so that they say nothing about pace.
    """
    changes: Counter[tuple[int, int, str]] = Counter()
    rows = []
    for project_id, annotator_id, layer_id, record in news:
        if record.status == "done":
            counted = _labels(
                (item.label for item in record.entities), (item.label for item in record.relations)
            )
            rows.append({"id": layer_id, "counted": dict(counted)})
            for name, amount in counted.items():
                changes[project_id, annotator_id, name] += amount
    if rows:
        session.execute(update(Layer), rows)
        _add(session, changes)


def duration_class(seconds: int) -> int:
    """Return into which class a time spent on a document falls, from 0."""
    return sum(seconds >= edge for edge in DURATION_EDGES)


# ---- one layer -------------------------------------------------------------------------------


def _labels(entities: Iterable[str], relations: Iterable[str]) -> Counter[str]:
    counted = Counter(f"entity {label}" for label in entities)
    counted.update(f"relation {label}" for label in relations)
    return counted


def _remembered(session: Session, layers: Sequence[Layer]) -> dict[int, Counted]:
    """Return what layers were counted as."""
    wanted = select(Layer.id, Layer.counted).where(Layer.id.in_([layer.id for layer in layers]))
    return {key: counted or {} for key, counted in session.execute(wanted)}


def _counted(session: Session, layers: Sequence[Layer]) -> dict[int, Counted]:
    """Return what finished layers count as."""
    entities = _items(session, schema.Entity, layers)
    relations = _items(session, schema.Relation, layers)
    projects = {layer.project_id for layer in layers}
    schemes = {key: session.get_one(Project, key).scheme for key in projects}
    return {
        layer.id: _counted_as(
            session, schemes[layer.project_id], layer, entities[layer.id], relations[layer.id]
        )
        for layer in layers
    }


def _items(session: Session, kind: type[Item], layers: Sequence[Layer]) -> dict[int, list[Item]]:
    """Return the entities, or the relations, of layers."""
    table: Any = Entity if kind is schema.Entity else Relation
    columns = [getattr(table, name) for name in kind.__slots__]
    mine = table.layer_id.in_([layer.id for layer in layers])
    found: dict[int, list[Item]] = {layer.id: [] for layer in layers}
    for layer_id, *values in session.execute(select(table.layer_id, *columns).where(mine)).all():
        found[layer_id].append(kind(*values))
    return found


def _counted_as(
    session: Session,
    scheme: schema.Scheme,
    layer: Layer,
    entities: Sequence[schema.Entity],
    relations: Sequence[schema.Relation],
) -> Counted:
    counted = _labels((e.label for e in entities), (r.label for r in relations))
    if layer.finished is not None:
        counted.update(_day(layer, layer.finished, len(entities), len(relations)))
        counted[f"duration {duration_class(layer.seconds)}"] += 1
        if layer.blind:
            counted.update(_blind(layer, len(entities), len(relations)))
        counted.update(_decision(item, scheme) for item in entities if _was_suggested(item))
        counted.update(_decision(item, scheme) for item in relations if _was_suggested(item))
        counted.update(_rejected(session, layer, scheme))
    return {name: amount for name, amount in counted.items() if amount}


def _day(layer: Layer, finished: datetime, entities: int, relations: int) -> Counted:
    day = finished.date().isoformat()
    return {
        f"documents {day}": 1,
        f"seconds {day}": layer.seconds,
        f"entities {day}": entities,
        f"relations {day}": relations,
    }


def _blind(layer: Layer, entities: int, relations: int) -> Counted:
    """Return what a layer made without suggestions counts as, to be compared with the others."""
    return {
        "blind documents": 1,
        "blind seconds": layer.seconds,
        "blind entities": entities,
        "blind relations": relations,
    }


def _was_suggested(item: schema.Entity | schema.Relation) -> bool:
    return "suggester" in (item.origin or {})


def _decision(item: schema.Entity | schema.Relation, scheme: schema.Scheme) -> str:
    """Name the decision on the suggestion that became this; its id tells what was proposed.

    What was proposed counts by its present name: nobody corrected what was renamed.
    """
    suggester = str((item.origin or {})["suggester"])
    proposed = item.id.rpartition(":")[2] if item.id.startswith("s:") else item.label
    proposed = scheme.current(
        "entities" if isinstance(item, schema.Entity) else "relations", proposed
    )
    moved = isinstance(item, schema.Entity) and item.id.startswith("s:") and not _in_place(item)
    decision = "corrected" if moved or proposed != item.label else "accepted"
    return f"{decision} {_name(suggester)} {proposed}"


def _in_place(item: schema.Entity) -> bool:
    return item.id.startswith(f"s:{item.start}-{item.end}:")


def _name(suggester: str) -> str:
    return suggester.replace(" ", "_") or UNKNOWN


def _rejected(session: Session, layer: Layer, scheme: schema.Scheme) -> Counter[str]:
    """Count the suggestions rejected by who proposed them, and as what."""
    verdicts = session.scalars(select(Verdict.id).where(Verdict.layer_id == layer.id)).all()
    if not verdicts:
        return Counter()
    rows = select(Suggestion.proposals).where(Suggestion.document_id == layer.document_id)
    proposed: dict[str, Mapping[str, object]] = {}
    for proposals in session.scalars(rows):
        proposed.update({str(proposal["id"]): proposal for proposal in proposals})
    return Counter(_rejection(name, proposed.get(name), scheme) for name in verdicts)


def _rejection(name: str, proposal: Mapping[str, object] | None, scheme: schema.Scheme) -> str:
    if proposal is None:
        label = scheme.current("entities", name.rpartition(":")[2])
        return f"rejected {UNKNOWN} {label}"
    origin = proposal.get("origin")
    suggester = str(origin.get("suggester", "")) if isinstance(origin, Mapping) else ""
    kind: schema.Kind = "relations" if "head" in proposal else "entities"
    return f"rejected {_name(suggester)} {scheme.current(kind, str(proposal['label']))}"


# ---- the counters ----------------------------------------------------------------------------


def _add(session: Session, changes: Mapping[tuple[int, int, str], int]) -> None:
    """Add to the counters, in an order in which no two writers wait for each other."""
    rows = []
    for (project_id, annotator_id, name), amount in sorted(changes.items()):
        measure, _, key = name.partition(" ")
        place = {"project_id": project_id, "annotator_id": annotator_id}
        if amount:
            rows.append({**place, "measure": measure, "key": key, "amount": amount})
    if not rows:
        return
    postgres = session.connection().dialect.name == "postgresql"
    statement = (postgresql if postgres else sqlite).insert(WorkCounter)
    added = WorkCounter.amount + statement.excluded.amount
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["project_id", "measure", "annotator_id", "key"],
            set_={"amount": added},
        ),
        rows,
    )


# ---- what a counter counts -------------------------------------------------------------------


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


# ---- proof -----------------------------------------------------------------------------------


def prove(project: Project) -> Iterator[Problem]:
    """Yield each counter of a project that is not the sum of what its layers remember."""
    remembered, layers_of = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    layers = select(Layer.annotator_id, Layer.counted).where(
        Layer.project_id == project.id, Layer.counted.is_not(None)
    )
    for annotator_id, counted in db.session.execute(layers.execution_options(yield_per=1000)):
        for name, amount in (counted or {}).items():
            remembered[annotator_id, name] += amount
            layers_of[annotator_id, name] += 1
    kept = _kept(project)
    for annotator_id, name in sorted({*remembered, *kept}):
        place = (annotator_id, name)
        if remembered[place] != kept[place]:
            message = (
                f"{name!r} stands at {kept[place]}, where its layers hold {remembered[place]}."
            )
            yield Problem(message, file=_whose(project, annotator_id), code="counter")
    listed = _listed(project)
    for annotator_id, name in sorted({*layers_of, *listed}):
        if layers_of[annotator_id, name] != listed[annotator_id, name]:
            message = f"The list of {name!r} has not the layers that hold it."
            yield Problem(message, file=_whose(project, annotator_id), code="counter")


def _whose(project: Project, annotator_id: int) -> str:
    return f"counters of person {annotator_id} in {project.slug}"


def _kept(project: Project) -> Counter[tuple[int, str]]:
    """Return what the counters of a project hold, by annotator and name."""
    columns = (WorkCounter.annotator_id, WorkCounter.measure, WorkCounter.key, WorkCounter.amount)
    rows = db.session.execute(select(*columns).where(WorkCounter.project_id == project.id))
    return Counter({(person, f"{measure} {key}"): amount for person, measure, key, amount in rows})


def _listed(project: Project) -> Counter[tuple[int, str]]:
    """Return how many layers are listed for each counter, by annotator and name."""
    columns = (CounterEntry.annotator_id, CounterEntry.name)
    mine = select(*columns, func.count()).where(CounterEntry.project_id == project.id)
    rows = db.session.execute(mine.group_by(*columns))
    return Counter({(person, name): count for person, name, count in rows})
