"""The rules that the annotations of a layer keep."""

from collections.abc import Iterable, Iterator, Mapping

from labeler.errors import Problem
from labeler.schema.records import Annotation, Entity, Overlap, Relation, Scheme


def check(
    items: Mapping[str, Annotation],
    scheme: Scheme,
    length: int,
    touched: Iterable[str] | None = None,
) -> list[Problem]:
    """Return what breaks a rule among the `touched` annotations (all when None), path = id.

    `items` must hold the touched ones, the entities at the ends of their relations, the relations
    of touched entities, and the entities that overlap them. `length` is that of the text, in code
    points.
    """
    chosen = [items[name] for name in (items if touched is None else touched) if name in items]
    problems: list[Problem] = []
    for item in chosen:
        # Most fit: only for those that do not is it worked out why.
        if isinstance(item, Entity):
            if not item.start < item.end <= length or scheme.entity(item.label) is None:
                problems += _entity_problems(item, scheme, length)
        elif isinstance(item, Relation):
            problems += _relation_problems(item, items, scheme)
    problems += _repeated_annotations(items, chosen)
    if scheme.overlap != "allow":
        entities = [item for item in items.values() if isinstance(item, Entity)]
        problems += _overlap_problems(entities, {item.id for item in chosen}, scheme.overlap)
    return problems


def _entity_problems(entity: Entity, scheme: Scheme, length: int) -> Iterator[Problem]:
    if not entity.start < entity.end <= length:
        span = f"[{entity.start}, {entity.end})"
        yield Problem(
            f"{span} does not fit a text of {length} characters.", entity.id, code="bounds"
        )
    if scheme.entity(entity.label) is None:
        yield Problem(f"The scheme has no entity label {entity.label!r}.", entity.id, code="label")


def _relation_problems(
    relation: Relation, items: Mapping[str, Annotation], scheme: Scheme
) -> Iterator[Problem]:
    head, tail = items.get(relation.head), items.get(relation.tail)
    if not isinstance(head, Entity) or not isinstance(tail, Entity):
        missing = relation.tail if isinstance(head, Entity) else relation.head
        yield Problem(f"Its end {missing!r} is no entity of this layer.", relation.id, code="end")
        return
    label = scheme.relation(relation.label)
    if label is None:
        yield Problem(
            f"The scheme has no relation label {relation.label!r}.", relation.id, code="label"
        )
    elif not label.allows(head.label, tail.label):
        message = f"{label.name} may not lead from {head.label} to {tail.label}."
        yield Problem(message, relation.id, code="ends")


def _content(item: Annotation) -> tuple[object, ...]:
    if isinstance(item, Entity):
        return (item.start, item.end, item.label)
    if isinstance(item, Relation):
        return (item.head, item.tail, item.label)
    return (item.id,)


def _repeated_annotations(
    items: Mapping[str, Annotation], chosen: Iterable[Annotation]
) -> Iterator[Problem]:
    contents = [_content(item) for item in items.values()]
    if len(set(contents)) == len(contents):
        return
    holders: dict[tuple[object, ...], list[str]] = {}
    for content, item in zip(contents, items.values(), strict=True):
        holders.setdefault(content, []).append(item.id)
    for item in chosen:
        others = [name for name in holders[_content(item)] if name != item.id]
        if others:
            message = f"The same annotation is there already, as {others[0]!r}."
            yield Problem(message, item.id, code="twice")


def overlap(first: Entity, second: Entity) -> bool:
    """Tell whether two entities share at least one code point."""
    return first.start < second.end and second.start < first.end


def crosses(first: Entity, second: Entity) -> bool:
    """Tell whether two entities overlap and neither lies within the other."""
    nested = (first.start <= second.start and second.end <= first.end) or (
        second.start <= first.start and first.end <= second.end
    )
    return overlap(first, second) and not nested


def _overlap_problems(entities: list[Entity], chosen: set[str], rule: Overlap) -> Iterator[Problem]:
    clashes = overlap if rule == "forbid" else crosses
    ordered = sorted(entities, key=lambda entity: (entity.start, entity.end))
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if second.start >= first.end:
                break
            if clashes(first, second) and (first.id in chosen or second.id in chosen):
                verb = "overlap" if rule == "forbid" else "cross"
                named, other = (first, second) if first.id in chosen else (second, first)
                message = f"It would {verb} {other.label} at [{other.start}, {other.end})."
                yield Problem(message, named.id, code="overlap")
