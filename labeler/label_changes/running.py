"""The jobs by which annotations follow a change of a label: forth, and back.

They go through the layers in order, a portion in one transaction, so that nobody who labels waits
long. An annotation that still has the old name meanwhile is read by every rule as if it had the
new one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from labeler import counters, editing, jobs, schema
from labeler.errors import Invalid, Problem
from labeler.label_changes import revising
from labeler.label_changes.labeled import has_decisions, has_label
from labeler.label_changes.requests import CHANGE, UNDO, revision_of
from labeler.label_changes.rewriting import Rewriting, rewritten, taken_back
from labeler.models import (
    Decision,
    Edit,
    LabelChange,
    Layer,
    Project,
    Settlement,
    db,
)
from labeler.models.database import now
from labeler.projects import broken, hold_writers
from labeler.transfer import queue_lessons

_READ = 5000
"""Layers looked through for a label at a time."""
_CHUNK = 100
"""Layers changed in one transaction."""
Counts = dict[str, int]
Rewrite = Callable[[int, dict[str, schema.Annotation]], Iterator[Rewriting]]
"""Yields what a layer may become, best first: the next is tried where a rule is against one."""


@jobs.kind(CHANGE)
def _change(work: jobs.JobWork) -> dict[str, Any]:
    """Give all that has a label its new one."""
    change = _asked(work)
    revision = revision_of(change)

    def rewrite(_: int, items: dict[str, schema.Annotation]) -> Iterator[Rewriting]:
        yield rewritten(items, revision)

    touched = or_(
        has_label(revision.kind, revision.label),
        has_decisions(change.project_id, revision.label),
        _decided(),
    )
    counts = _go_through(work, change, touched, change.key, rewrite)
    with work.chunk():
        change = _asked(work)
        if change.state == "running":
            change.state, change.counts = "done", counts
            _relearn(change)
    return counts


@jobs.kind(UNDO)
def _undo(work: jobs.JobWork) -> dict[str, Any]:
    """Bring back what a change made of annotations, where nobody has changed it since."""
    change = _asked(work)
    revision = revision_of(change)

    def rewrite(layer_id: int, items: dict[str, schema.Annotation]) -> Iterator[Rewriting]:
        logged = editing.edit_of(layer_id, change.key) or ()
        yield taken_back(items, logged, revision)
        yield taken_back(items, logged, revision, folded=False)

    touched = or_(
        editing.has_edit(Layer, change.key), has_decisions(change.project_id, revision.into)
    )
    if revision.action == "rename":
        touched = or_(touched, has_label(revision.kind, revision.into), _decided())
    counts = _go_through(work, change, touched, change.undo_key, rewrite)
    with work.chunk():
        change = _asked(work)
        if change.state == "undoing":
            _narrow(change)
            change.state = "undone"
            _relearn(change)
    return counts


def _asked(work: jobs.JobWork) -> LabelChange:
    wanted = select(LabelChange).where(LabelChange.id == work.parameters["change"])
    return db.session.execute(wanted.execution_options(populate_existing=True)).scalar_one()


def _relearn(change: LabelChange) -> None:
    """Let the dictionary learn what has another label by now."""
    queue_lessons(db.session.get_one(Project, change.project_id))


# ---- which layers ----------------------------------------------------------------------------


def _decided() -> ColumnElement[bool]:
    """Return the condition that decisions were made in a layer: their answers name labels."""
    return and_(Layer.gold, exists().where(Decision.layer_id == Layer.id))


def _go_through(
    work: jobs.JobWork,
    change: LabelChange,
    touched: ColumnElement[bool],
    key: str,
    rewrite: Rewrite,
) -> Counts:
    """Rewrite the layers that are touched, as far as that was not done; return what was done."""
    mine = Layer.project_id == change.project_id
    if work.cursor is None:
        work.expect(db.session.scalar(select(func.count()).select_from(Layer).where(mine)) or 0)
    cursor = work.cursor or {"after": 0, "counts": {"layers": 0, "annotations": 0, "folded": 0}}
    counts: Counts = dict(cursor["counts"])
    for portion in _portions(mine, touched, cursor["after"]):
        with work.chunk() as chunk:
            work.tell(_rewrite_all(change, portion.touched, key, rewrite, counts))
            chunk.done = portion.passed
            chunk.cursor = {"after": portion.last, "counts": dict(counts)}
    return counts


@dataclass(frozen=True, slots=True)
class _Portion:
    """Layers to be changed in one transaction, by their ids in order."""

    touched: Sequence[int]
    last: int
    """The last layer that is passed with them, whether or not it is touched."""
    passed: int
    """How many layers are passed with them."""


def _portions(
    mine: ColumnElement[bool], touched: ColumnElement[bool], after: int
) -> Iterator[_Portion]:
    """Yield the layers of a project that are touched, those after an id, page by page."""
    while True:
        ids = select(Layer.id).where(mine, Layer.id > after).order_by(Layer.id)
        page = list(db.session.scalars(ids.limit(_READ)))
        if not page:
            return
        keys = list(db.session.scalars(ids.where(Layer.id <= page[-1], touched)))
        portions = [keys[at : at + _CHUNK] for at in range(0, len(keys), _CHUNK)]
        for portion in [*portions, []]:  # the last passes what is left of the page
            last = portion[-1] if portion else page[-1]
            yield _Portion(portion, last, sum(after < each <= last for each in page))
            after = last


# ---- a portion of them -----------------------------------------------------------------------


def _rewrite_all(
    change: LabelChange, keys: Sequence[int], key: str, rewrite: Rewrite, counts: Counts
) -> list[Problem]:
    """Rewrite layers within the transaction under way; return what has to be told."""
    if not keys:
        return []
    wanted = select(Layer).where(Layer.id.in_(keys)).order_by(Layer.id).with_for_update()
    layers = list(db.session.scalars(wanted.execution_options(populate_existing=True)))
    states, held = _settlements(layers), editing.ready(layers)
    told: list[Problem] = []
    for layer in layers:
        items = held[layer.id]
        made = _apply(change, layer, items, key, rewrite(layer.id, items), told)
        if made is not None:
            counts["layers"] += 1
            counts["annotations"] += made.changed
            counts["folded"] += made.folded
    _follow(layers, key)
    _settle_as(states)
    return told


def _apply(
    change: LabelChange,
    layer: Layer,
    items: dict[str, schema.Annotation],
    key: str,
    ways: Iterator[Rewriting],
    told: list[Problem],
) -> Rewriting | None:
    """Append what a rewriting changes to a layer as one edit; None where it is left as it is."""
    actor_id = change.actor_id if key == change.key else change.undone_by or change.actor_id
    problem = ""
    for made in ways:
        ops = made.ops(items)
        if not ops:
            return None
        try:
            edit = schema.Edit(key, ops)
            editing.apply(
                layer.id, layer.revision, [edit], actor_id=actor_id, now=now(), of_scheme=True
            )
        except Invalid as error:
            problem = error.problems[0].message if error.problems else error.message
            continue
        told += [_problem(layer, f"Given up: {what}.", "folded") for what in made.lost]
        if problem:
            told.append(_problem(layer, f"What became one stays one. {problem}", "left"))
        return made
    told.append(_problem(layer, f"It was left as it is. {problem}", "left"))
    return None


def _problem(layer: Layer, message: str, code: str) -> Problem:
    whose = "gold" if layer.gold else layer.annotator.name
    return Problem(message, file=f"{layer.document.name} ({whose})", code=code)


def _follow(layers: Sequence[Layer], key: str) -> None:
    """Bring what is counted and learned of finished layers in line with what they hold."""
    done = [layer for layer in layers if layer.status == "done" and not layer.gold]
    counters.recount(db.session(), done)
    edited = select(Edit.layer_id).where(
        Edit.layer_id.in_([layer.id for layer in layers if layer.taught]), Edit.key == key
    )
    taught = list(db.session.scalars(edited))
    if taught:
        db.session.execute(update(Layer).where(Layer.id.in_(taught)).values(taught=False))


def _settlements(layers: Sequence[Layer]) -> dict[int, str]:
    """Return how far the documents of layers are settled: a change of the scheme is no news."""
    documents = {layer.document_id for layer in layers}
    wanted = select(Settlement.document_id, Settlement.state)
    return dict(db.session.execute(wanted.where(Settlement.document_id.in_(documents))).all())


def _settle_as(states: dict[int, str]) -> None:
    """Put documents back to how far they were settled."""
    for state in set(states.values()):
        keys = [key for key, each in states.items() if each == state]
        other = and_(Settlement.document_id.in_(keys), Settlement.state != state)
        db.session.execute(update(Settlement).where(other).values(state=state))


# ---- when a merger was taken back ------------------------------------------------------------


def _narrow(change: LabelChange) -> None:
    """Have labels allow no more than before they were merged, where nothing needs it by now."""
    if change.action != "merge":
        return
    project = db.session.get_one(Project, change.project_id)
    hold_writers(db.session())
    db.session.refresh(project)
    before, after = (schema.parse_scheme(each) for each in (change.before, change.after))
    kinds: tuple[schema.Kind, ...] = ("entities", "relations")
    for kind in kinds:
        for label in project.scheme.labels(kind):
            narrow = revising.narrowed(project.scheme, before, after, kind, label.name)
            if narrow != project.scheme and not broken(project, narrow):
                project.scheme = narrow
