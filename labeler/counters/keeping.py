"""The counters as they are kept: always the sum of what the layers remember that they count as."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from labeler import schema
from labeler.counters.counting import Counted, count_labels, count_layers
from labeler.errors import Problem
from labeler.models import CounterEntry, Layer, Project, WorkCounter, db


def recount(session: Session, layers: Iterable[Layer]) -> None:
    """Bring the counters in line with these layers, within the transaction that changed them."""
    changes: Counter[tuple[int, int, str]] = Counter()
    rows, listed = [], list(layers)
    before = _remembered(session, listed)
    done = [layer for layer in listed if layer.status == "done" and not layer.gold]
    after = count_layers(session, done)
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
            counted = count_labels(
                (item.label for item in record.entities), (item.label for item in record.relations)
            )
            rows.append({"id": layer_id, "counted": dict(counted)})
            for name, amount in counted.items():
                changes[project_id, annotator_id, name] += amount
    if rows:
        session.execute(update(Layer), rows)
        _add(session, changes)


def _remembered(session: Session, layers: Sequence[Layer]) -> dict[int, Counted]:
    """Return what layers were counted as."""
    wanted = select(Layer.id, Layer.counted).where(Layer.id.in_([layer.id for layer in layers]))
    return {key: counted or {} for key, counted in session.execute(wanted)}


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
