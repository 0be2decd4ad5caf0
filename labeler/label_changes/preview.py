"""What a change of a label would do: counted, and shown in context, before anything is done.

What is finished is counted exactly by counters that are kept. The rest is looked at up to a bound,
so that a corpus of any size is asked about at once; a number that may be higher says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from labeler import counters, schema
from labeler.label_changes import revising
from labeler.label_changes.labeled import TABLES
from labeler.label_changes.revising import Revision
from labeler.models import (
    CounterEntry,
    Export,
    Layer,
    Project,
    TrainedModel,
    db,
)
from labeler.transfer import patterns

LOOKED_AT = 2000
"""Layers of a kind that are looked at where no counter knows."""
MOST_DOCUMENTS = 10_000
"""Documents that are counted one by one."""
_PLACE = {"entities": ("start", "end"), "relations": ("head", "tail"), "categories": ()}
"""What two annotations have in common that say the same under one label."""
_COUNTER = {"entities": "entity", "relations": "relation"}


@dataclass(frozen=True, slots=True)
class Affected:
    """Annotations of one sort of layers that have a label; `more` tells that there may be more."""

    layers: str
    annotations: int
    documents: int
    more: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a revision would do. `notes` are sentences on the scheme, `kept` on what stays as it is.

    `twins` are annotations that would become one with another, found in the documents looked at.
    """

    revision: Revision
    scheme: schema.Scheme
    affected: Sequence[Affected]
    twins: int
    more_twins: bool
    notes: Sequence[str]
    kept: Sequence[str]

    @property
    def annotations(self) -> int:
        """Return how many annotations are known to have the label."""
        return sum(each.annotations for each in self.affected)

    @property
    def more(self) -> bool:
        """Tell whether there may be more."""
        return any(each.more for each in self.affected)


def preview(project: Project, revision: Revision) -> Preview:
    """Return what a revision would do, and change nothing; raises what doing it would raise."""
    scheme = revising.revised(project.scheme, revision)
    twins, more = _twins(project, revision) if revision.action == "merge" else (0, False)
    return Preview(
        revision,
        scheme,
        [_finished(project, revision), *_others(project, revision)],
        twins,
        more,
        list(_notes(project.scheme, scheme, revision)),
        list(_kept(project, revision)),
    )


# ---- counts ----------------------------------------------------------------------------------


def _finished(project: Project, revision: Revision) -> Affected:
    """Return what annotators finished, by the counters that are kept of it."""
    if revision.kind == "categories":
        return _looked_at(project, revision, "finished", _layers("done"))
    name = f"{_COUNTER[revision.kind]} {revision.label}"
    listed = select(CounterEntry.document_id).where(
        CounterEntry.project_id == project.id, CounterEntry.name == name
    )
    some = listed.limit(MOST_DOCUMENTS + 1).subquery()
    columns = (func.count(), func.count(some.c.document_id.distinct()))
    layers, documents = db.session.execute(select(*columns)).one()
    amount = counters.total(project, [name])
    return Affected("finished", amount, documents, layers > MOST_DOCUMENTS)


def _others(project: Project, revision: Revision) -> Iterator[Affected]:
    yield _looked_at(project, revision, "open", _layers("open"), _layers("skipped"))
    yield _looked_at(project, revision, "gold", (Layer.gold.is_(True),))


def _layers(status: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for annotators' layers, in words by which the index is used."""
    return Layer.gold.is_(False), Layer.status == status


def _looked_at(
    project: Project, revision: Revision, name: str, *kinds: Sequence[ColumnElement[bool]]
) -> Affected:
    """Count in the layers of these kinds, as many as are looked at."""
    table = TABLES[revision.kind]
    annotations, documents, more = 0, 0, False
    for conditions in kinds:
        looked = select(Layer.id, Layer.document_id).where(
            Layer.project_id == project.id, *conditions
        )
        some = looked.limit(LOOKED_AT + 1).subquery()
        count = func.count(some.c.document_id.distinct())
        found = select(func.count(), count).join(table, table.layer_id == some.c.id)
        number, held = db.session.execute(found.where(table.label == revision.label)).one()
        annotations, documents = annotations + number, documents + held
        more = more or db.session.scalar(select(func.count()).select_from(some)) == LOOKED_AT + 1
    return Affected(name, annotations, documents, more)


def _twins(project: Project, revision: Revision) -> tuple[int, bool]:
    """Return how many annotations would become one with another, in the layers that have both."""
    table = TABLES[revision.kind]
    mine, other = aliased(table), aliased(table)
    layers = _with_both(project, revision).limit(LOOKED_AT + 1).subquery()
    same = and_(
        mine.layer_id == other.layer_id,
        *(getattr(mine, name) == getattr(other, name) for name in _PLACE[revision.kind]),
    )
    found = (
        select(func.count())
        .select_from(layers)
        .join(mine, (mine.layer_id == layers.c.id) & (mine.label == revision.label))
        .join(other, same & (other.label == revision.into))
    )
    looked = db.session.scalar(select(func.count()).select_from(layers)) or 0
    return db.session.scalar(found) or 0, looked > LOOKED_AT


def _with_both(project: Project, revision: Revision) -> Select[int]:
    """Select layers that have both labels: by the counters' index, else those looked at."""
    if revision.kind == "categories":
        return select(Layer.id).where(Layer.project_id == project.id)
    one, two = aliased(CounterEntry), aliased(CounterEntry)
    kind = _COUNTER[revision.kind]
    return (
        select(Layer.id)
        .join(
            one, (one.document_id == Layer.document_id) & (one.annotator_id == Layer.annotator_id)
        )
        .join(
            two,
            (two.project_id == one.project_id)
            & (two.annotator_id == one.annotator_id)
            & (two.document_id == one.document_id),
        )
        .where(one.project_id == project.id, one.name == f"{kind} {revision.label}")
        .where(two.name == f"{kind} {revision.into}", Layer.gold.is_(False))
    )


# ---- words -----------------------------------------------------------------------------------


def _notes(before: schema.Scheme, after: schema.Scheme, revision: Revision) -> Iterator[str]:
    """Yield what a merger lets the labels of the scheme do that they could not do before."""
    if revision.action != "merge":
        return
    was = {label.name: label for label in before.relations}
    for label in after.relations:
        yield from _wider_ends(was[label.name], label)
    if revision.kind == "relations":
        gone, into = was[revision.label], was[revision.into]
        if gone.symmetric != into.symmetric:
            way = "in both directions" if into.symmetric else "in one direction"
            yield f"{into.name} is read {way}, unlike {gone.name}."
    if revision.kind != "categories":
        yield from _freed(before, after, revision)


def _wider_ends(was: schema.RelationLabel, label: schema.RelationLabel) -> Iterator[str]:
    for end, words in (("head", "lead from"), ("tail", "lead to")):
        old, listed = getattr(was, end), getattr(label, end)
        new = [name for name in listed if name not in old]
        if old and not listed:
            yield f"{label.name} may {words} any entity."
        elif old and new:
            yield f"{label.name} may {words} {', '.join(new)}."


def _freed(before: schema.Scheme, after: schema.Scheme, revision: Revision) -> Iterator[str]:
    """Yield the attributes that take any value since only one of two labels said which."""

    def declared(scheme: schema.Scheme, name: str) -> dict[str, tuple[str, ...]]:
        [label] = [each for each in scheme.labels(revision.kind) if each.name == name]
        return {each.name: each.values for each in label.attributes}  # type: ignore[union-attr]

    one, two = declared(before, revision.label), declared(before, revision.into)
    for name, values in declared(after, revision.into).items():
        if not values and (one.get(name) or two.get(name)):
            yield f"The attribute {name} of {revision.into} takes any value."


def _kept(project: Project, revision: Revision) -> Iterator[str]:
    """Yield what stays as it is, or is read by the new name."""
    if not revision.rewrites:
        return
    mine = Export.project_id == project.id
    exports = db.session.scalar(select(func.count()).where(mine).select_from(Export)) or 0
    if exports == 1:
        yield "1 export stays as it is, under the old name."
    elif exports:
        yield f"{exports:,} exports stay as they are, under the old name."
    yield "Suggestions, and decisions on them, count under the new name."
    if revision.kind == "entities":
        written = patterns.of_version(patterns.latest(project))
        count = sum(pattern.label == revision.label for pattern in written)
        if count == 1:
            yield "1 pattern of this label proposes under the new name."
        elif count:
            yield f"{count:,} patterns of this label propose under the new name."
    current = (TrainedModel.project_id == project.id, TrainedModel.current)
    if db.session.scalar(select(TrainedModel.id).where(*current)) is not None:
        yield "The trained version proposes under the new name until it is trained anew."
    yield "Imports that say the old name are taken under the new one, and that is told."
