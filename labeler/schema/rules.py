"""The rules that the annotations of a layer keep."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, product

from labeler.errors import Problem
from labeler.schema.records import (
    MAX_ATTRIBUTE,
    MAX_ATTRIBUTES,
    MAX_LABEL,
    Annotation,
    Attributes,
    Category,
    Entity,
    EntityLabel,
    Overlap,
    Relation,
    RelationLabel,
    Scheme,
)


def check(
    items: Mapping[str, Annotation],
    scheme: Scheme,
    length: int,
    touched: Iterable[str] | None = None,
) -> list[Problem]:
    """Return what breaks a rule among the `touched` annotations (all when None), path = id.

    `items` must hold the touched ones, the entities at the ends of their relations, the relations
    of touched entities, the entities that overlap them, and the categories. A label may go by a
    name that it had formerly. `length` is that of the text, in code points.
    """
    chosen = [items[name] for name in (items if touched is None else touched) if name in items]
    problems: list[Problem] = []
    for item in chosen:
        # Most fit: only for those that do not is it worked out why.
        if isinstance(item, Entity):
            fits = item.start < item.end <= length and not item.parts and not item.attributes
            if not fits or scheme.entity(item.label) is None:
                problems += _entity_problems(item, scheme, length)
        elif isinstance(item, Relation):
            problems += _relation_problems(item, items, scheme)
        elif isinstance(item, Category):
            problems += _category_problems(item, items, scheme)
    problems += _repeated_annotations(items, chosen)
    if scheme.overlap != "allow":
        entities = [item for item in items.values() if isinstance(item, Entity)]
        problems += _overlap_problems(entities, {item.id for item in chosen}, scheme.overlap)
    return problems


def _entity_problems(entity: Entity, scheme: Scheme, length: int) -> Iterator[Problem]:
    for code, message in entity_faults(entity, length):
        yield Problem(message, entity.id, code=code)
    label = scheme.entity(scheme.current("entities", entity.label))
    if label is None:
        yield Problem(f"The scheme has no entity label {entity.label!r}.", entity.id, code="label")
    else:
        yield from _undeclared(entity, label)


def _undeclared(item: Entity | Relation, label: EntityLabel | RelationLabel) -> Iterator[Problem]:
    """Yield the attributes whose values are none of those that the label declares."""
    told = item.attributes or {}
    for declared in label.attributes:
        if declared.name in told and not declared.takes(told[declared.name]):
            values = ", ".join(declared.values)
            message = (
                f"{declared.name} of {label.name} is one of {values}, not {told[declared.name]!r}."
            )
            yield Problem(message, item.id, code="attributes")


def untold(items: Iterable[Annotation], scheme: Scheme) -> Iterator[Problem]:
    """Yield the required attributes that were not given, path = id; they break no rule of edits."""
    for item in items if scheme.requires_attributes else ():
        if isinstance(item, Entity | Relation):
            find = scheme.entity if isinstance(item, Entity) else scheme.relation
            label = find(item.label)
            for declared in label.attributes if label else ():
                if declared.required and declared.name not in (item.attributes or {}):
                    message = f"{declared.name} of {item.label} must be given."
                    yield Problem(message, item.id, code="untold")


def entity_faults(entity: Entity, length: int) -> Iterator[tuple[str, str]]:
    """Yield code and sentence for what is wrong with an entity in a text of so many code points."""
    if not 0 <= entity.start < entity.end <= length:
        span = f"[{entity.start}, {entity.end})"
        yield "bounds", f"{span} does not fit a text of {length} characters."
    if entity.parts and not _are_parts(entity):
        yield "parts", "Its parts are not two or more, in order, apart, from its start to its end."
    for message in _attribute_faults(entity.attributes):
        yield "attributes", message


def _are_parts(entity: Entity) -> bool:
    borders = [border for part in entity.parts for border in part]
    ordered = all(first < second for first, second in pairwise(borders))
    return len(borders) > 2 and ordered and (borders[0], borders[-1]) == (entity.start, entity.end)


def _attribute_faults(attributes: Attributes | None) -> Iterator[str]:
    if not attributes:
        return
    if len(attributes) > MAX_ATTRIBUTES:
        yield f"It has {len(attributes)} attributes; {MAX_ATTRIBUTES} are possible."
    for name, value in attributes.items():
        if not 0 < len(name) <= MAX_LABEL or not name.isprintable():
            yield f"An attribute has a name of 1 to {MAX_LABEL} characters, unlike {name[:80]!r}."
        if isinstance(value, str) and len(value) > MAX_ATTRIBUTE:
            yield f"Its attribute {name!r} has more than {MAX_ATTRIBUTE:,} characters."


def _relation_problems(
    relation: Relation, items: Mapping[str, Annotation], scheme: Scheme
) -> Iterator[Problem]:
    head, tail = items.get(relation.head), items.get(relation.tail)
    if not isinstance(head, Entity) or not isinstance(tail, Entity):
        missing = relation.tail if isinstance(head, Entity) else relation.head
        yield Problem(f"Its end {missing!r} is no entity of this layer.", relation.id, code="end")
        return
    label = scheme.relation(scheme.current("relations", relation.label))
    ends = [scheme.current("entities", entity.label) for entity in (head, tail)]
    if label is None:
        yield Problem(
            f"The scheme has no relation label {relation.label!r}.", relation.id, code="label"
        )
    elif not label.allows(*ends):
        message = f"{label.name} may not lead from {ends[0]} to {ends[1]}."
        yield Problem(message, relation.id, code="ends")
    else:
        yield from _undeclared(relation, label)
    for message in _attribute_faults(relation.attributes):
        yield Problem(message, relation.id, code="attributes")


def _category_problems(
    category: Category, items: Mapping[str, Annotation], scheme: Scheme
) -> Iterator[Problem]:
    label = scheme.category(scheme.current("categories", category.label))
    if label is None:
        message = f"The scheme has no category {category.label!r}."
        yield Problem(message, category.id, code="label")
    elif label.group:
        for other in items.values():
            if isinstance(other, Category) and other.label != category.label:
                known = scheme.category(scheme.current("categories", other.label))
                if known is label:  # they are on their way to become one
                    continue
                if known and known.group == label.group:
                    message = f"The document is {other.label} already: of {label.group} it has one."
                    yield Problem(message, category.id, code="group")


def _content(item: Annotation) -> tuple[object, ...]:
    if isinstance(item, Entity):
        return (item.start, item.end, item.label, item.parts)
    if isinstance(item, Relation):
        return (item.head, item.tail, item.label)
    return ("category", item.label) if isinstance(item, Category) else (item.id,)


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
    meet = first.start < second.end and second.start < first.end
    if not meet or not (first.parts or second.parts):
        return meet
    extents = product(first.extents(), second.extents())
    return any(start < other_end and other < end for (start, end), (other, other_end) in extents)


def crosses(first: Entity, second: Entity) -> bool:
    """Tell whether two entities overlap and neither lies within the other."""
    return overlap(first, second) and not (_within(first, second) or _within(second, first))


def _within(inner: Entity, outer: Entity) -> bool:
    if not (outer.start <= inner.start and inner.end <= outer.end):
        return False
    return all(
        any(first <= start and end <= last for first, last in outer.extents())
        for start, end in inner.extents()
    )


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
