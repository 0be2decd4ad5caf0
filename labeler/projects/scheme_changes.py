"""A project's scheme, changed without harm to what is labeled."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from labeler import audit, schema
from labeler.errors import Conflict, Invalid, Problem
from labeler.models import (
    Category,
    Entity,
    LabelChange,
    Layer,
    Project,
    Relation,
    WorkCounter,
    db,
    transaction,
)
from labeler.models.label_changes import MOVING
from labeler.schema import KINDS


def change_scheme(project: Project, scheme: schema.Scheme) -> None:
    """Give a project another scheme, unless what is labeled would break it.

    Raises Invalid with a problem for each label or rule in the way; its path is such as
    `entities.PERSON`, and Conflict while a label is on its way to another name. Nothing that was
    labeled is ever changed or deleted.
    """
    with transaction() as session:
        hold_writers(session)
        session.refresh(project)
        _wait_for_labels(session, project)
        scheme = _with_history(project.scheme, scheme)
        problems = broken(project, scheme)
        if problems:
            raise Invalid("The scheme was not changed: what is labeled would break it.", problems)
        before, after = (set().union(*_names(each).values()) for each in (project.scheme, scheme))
        project.scheme = scheme
        details = {
            "version": project.scheme_version,
            "added": sorted(after - before),
            "removed": sorted(before - after),
        }
        audit.record("scheme.change", project=project, details=details)


def _wait_for_labels(session: Session, project: Project) -> None:
    """Raise Conflict while a label is renamed or merged: some annotations have its old name."""
    moving = LabelChange.state.in_(MOVING)
    wanted = select(LabelChange.id).where(LabelChange.project_id == project.id, moving)
    if session.scalar(wanted.limit(1)) is not None:
        raise Conflict("A label is being changed just now. Change the scheme when that is done.")


def broken(project: Project, scheme: schema.Scheme) -> list[Problem]:
    """Return what that is labeled would break another scheme of a project.

    Each part of it reads all that is labeled, and none where the change cannot break it.
    """
    return [
        *_lost_labels(project, scheme),
        *_broken_ends(project, scheme),
        *_broken_overlap(project, scheme),
        *_broken_groups(project, scheme),
        *_broken_attributes(project, scheme),
    ]


def _with_history(before: schema.Scheme, scheme: schema.Scheme) -> schema.Scheme:
    """Return a scheme whose labels keep what became of them; a new label takes its name anew."""
    kept: dict[str, tuple[schema.Label, ...]] = {}
    for kind in schema.KINDS:
        known = {label.name: label for label in before.labels(kind)}
        names = {label.name for label in scheme.labels(kind)}
        kept[kind] = tuple(
            replace(
                label,
                retired=known.get(label.name, label).retired,
                formerly=tuple(n for n in known.get(label.name, label).formerly if n not in names),
            )
            for label in scheme.labels(kind)
        )
    return replace(scheme, **kept)  # type: ignore[arg-type]


def _names(scheme: schema.Scheme) -> dict[str, set[str]]:
    return {kind: {label.name for label in getattr(scheme, kind)} for kind in _TABLES}


_TABLES: dict[str, type[Entity] | type[Relation] | type[Category]] = {
    "entities": Entity,
    "relations": Relation,
    "categories": Category,
}


def hold_writers(session: Session) -> None:
    """Wait until edits under way are in, and keep others out: SQLite has one writer anyway."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE layer IN EXCLUSIVE MODE"))


def _lost_labels(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    was, kept = _names(project.scheme), _names(scheme)
    for kind, table in _TABLES.items():
        lost = was[kind] - kept[kind]
        counts = _used(project, table, lost) if lost else {}
        for name, count in counts.items():
            message = (
                f"{name} is used by {_counted(count, kind)}. "
                "Rename it, merge it into another label, or retire it."
            )
            yield Problem(message, f"{kind}.{name}", code="used")


def _broken_ends(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    before = {label.name: (label.head, label.tail) for label in project.scheme.relations}
    changed = [
        label.name
        for label in scheme.relations
        if before.get(label.name, (label.head, label.tail)) != (label.head, label.tail)
    ]
    broken: Counter[str] = Counter()
    for name, head, tail, count in _ends(project, changed) if changed else ():
        label = scheme.relation(name)
        if label is not None and not label.allows(head, tail):
            broken[name] += count
    for name, count in broken.items():
        message = (
            f"{_counted(count, 'relations')} {name} lead between other labels. "
            "Allow those, or change the relations first."
        )
        yield Problem(message, f"relations.{name}", code="ends")


def _ends(project: Project, names: Collection[str]) -> Iterable[Any]:
    """Return label, head label, tail label and count of relations of a project."""
    head, tail = aliased(Entity), aliased(Entity)
    columns = (Relation.label, head.label, tail.label)
    query = (
        select(*columns, func.count())
        .join(Layer, Layer.id == Relation.layer_id)
        .join(head, (head.layer_id == Relation.layer_id) & (head.id == Relation.head))
        .join(tail, (tail.layer_id == Relation.layer_id) & (tail.id == Relation.tail))
        .where(Layer.project_id == project.id, Relation.label.in_(names))
        .group_by(*columns)
    )
    return db.session.execute(query).all()


def _broken_overlap(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    """Yield a problem where a stricter rule on overlap would be broken already.

    The gaps in discontinuous entities count as theirs here.
    """
    strictness = ("allow", "nest", "forbid")
    if strictness.index(scheme.overlap) <= strictness.index(project.overlap):
        return
    first, second = aliased(Entity), aliased(Entity)
    meet = (first.start < second.end) & (second.start < first.end)
    if scheme.overlap == "nest":
        # Of two that cross, one starts first and ends within the other.
        meet = (first.start < second.start) & (second.start < first.end) & (first.end < second.end)
    query = (
        select(func.count(first.layer_id.distinct()))
        .join(second, (second.layer_id == first.layer_id) & (second.id != first.id))
        .join(Layer, Layer.id == first.layer_id)
        .where(Layer.project_id == project.id, meet)
    )
    count = db.session.scalar(query)
    if count:
        verb = "cross" if scheme.overlap == "nest" else "overlap"
        message = (
            f"Entities {verb} in {_counted(count, 'layers')}. Keep the rule, or change those first."
        )
        yield Problem(message, "overlap", code="overlap")


def _broken_groups(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    """Yield the groups of which some layers have two categories already."""
    if _groups(scheme).items() <= _groups(project.scheme).items():
        return
    first, second = aliased(Category), aliased(Category)
    columns = (first.label, second.label)
    query = (
        select(*columns, func.count())
        .join(second, (second.layer_id == first.layer_id) & (first.label < second.label))
        .join(Layer, Layer.id == first.layer_id)
        .where(Layer.project_id == project.id)
        .group_by(*columns)
    )
    for one, other, count in db.session.execute(query):
        group = _group(scheme, one)
        if group and group == _group(scheme, other):
            message = f"{_counted(count, 'layers')} have both {one} and {other}, of one group."
            yield Problem(message, f"categories.{one}", code="group")


def _broken_attributes(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    """Yield the attributes whose values, as they were given, are none of those declared."""
    tables: dict[str, type[Entity] | type[Relation]] = {"entities": Entity, "relations": Relation}
    for kind, labels in _declaring(scheme).items():
        was = {label.name: label.attributes for label in _declaring(project.scheme)[kind]}
        closed = {
            label.name: label
            for label in labels
            if label.attributes != was.get(label.name) and any(a.values for a in label.attributes)
        }
        broken: Counter[tuple[str, str]] = Counter()
        for name, told in _told(project, tables[kind], closed):
            for declared in closed[name].attributes:
                if declared.name in told and not declared.takes(told[declared.name]):
                    broken[name, declared.name] += 1
        for (name, attribute), count in broken.items():
            message = (
                f"{attribute} has other values in {_counted(count, kind)} {name}. "
                "Declare these too, or change those first."
            )
            yield Problem(message, f"{kind}.{name}", code="attributes")


def _declaring(
    scheme: schema.Scheme,
) -> dict[str, tuple[schema.EntityLabel | schema.RelationLabel, ...]]:
    return {"entities": scheme.entities, "relations": scheme.relations}


def _told(
    project: Project, table: type[Entity] | type[Relation], names: Collection[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield label and attributes of all annotations of these labels that have some."""
    if not names:
        return
    query = (
        select(table.label, table.attributes)
        .join(Layer, Layer.id == table.layer_id)
        .where(Layer.project_id == project.id, table.label.in_(list(names)))
        .where(table.attributes.is_not(None))
    )
    for name, told in db.session.execute(query).yield_per(1000):
        yield name, told or {}


def _group(scheme: schema.Scheme, category: str) -> str:
    return _groups(scheme).get(category, "")


def _groups(scheme: schema.Scheme) -> dict[str, str]:
    return {label.name: label.group for label in scheme.categories if label.group}


def _counted(count: int, plural: str) -> str:
    singular = {"entities": "entity", "categories": "category"}.get(
        plural, plural.removesuffix("s")
    )
    return f"{count:,} {singular if count == 1 else plural}"


COUNTED = 2_000
"""Layers whose labels are counted one by one, so that the answer takes as long in any project."""


def usage(project: Project) -> dict[str, dict[str, int]]:
    """Return how often each label stands in the layers of a project, most used first.

    Where there are more than COUNTED layers these are the finished ones, whose labels are counted
    as they are submitted; what else is told is how often at least: of labels of documents, and of
    those that only gold and unfinished layers have. What has an old name still, while its label is
    renamed, counts under the new one.
    """
    some = select(Layer.id).where(Layer.project_id == project.id).limit(COUNTED + 1)
    layers = list(db.session.scalars(some))
    if len(layers) <= COUNTED:
        return {kind: _renewed(project, kind, _used(project, _TABLES[kind])) for kind in KINDS}
    return {
        kind: _most_first(
            _renewed(project, kind, _submitted(project, kind)),
            _renewed(project, kind, _used(project, _TABLES[kind], layers=layers)),
        )
        for kind in KINDS
    }


def _renewed(project: Project, kind: schema.Kind, found: Mapping[str, int]) -> dict[str, int]:
    """Return counts by the present names of labels, the most used first."""
    former = project.scheme.former(kind)
    counts: Counter[str] = Counter()
    for name, count in found.items():
        counts[former.get(name, name)] += count
    return _most_first(counts, {})


def _submitted(project: Project, kind: str) -> dict[str, int]:
    """Return how often each label stands in finished layers, as the counters have it."""
    measure = {"entities": "entity", "relations": "relation"}.get(kind, "")
    total = func.sum(WorkCounter.amount)
    mine = (WorkCounter.project_id == project.id, WorkCounter.measure == measure)
    query = select(WorkCounter.key, total).where(*mine).group_by(WorkCounter.key)
    return dict(db.session.execute(query.having(total > 0)).all())


def _most_first(submitted: Mapping[str, int], seen: Mapping[str, int]) -> dict[str, int]:
    counts = {**seen, **submitted}
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _used(
    project: Project,
    table: type[Entity] | type[Relation] | type[Category],
    names: Collection[str] | None = None,
    layers: Collection[int] | None = None,
) -> dict[str, int]:
    count = func.count()
    query = (
        select(table.label, count)
        .join(Layer, Layer.id == table.layer_id)
        .where(Layer.project_id == project.id)
        .group_by(table.label)
        .order_by(count.desc(), table.label)
    )
    if names is not None:
        query = query.where(table.label.in_(names))
    if layers is not None:
        query = query.where(table.layer_id.in_(layers))
    return dict(db.session.execute(query).all())
