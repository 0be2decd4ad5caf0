"""What brings a layer from what is doubted in it to what a model has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from labeler import schema
from labeler.errors import Conflict
from labeler.models import Doubt

Items = Mapping[str, schema.Annotation]
Origin = dict[str, Any] | None


def fixes(items: Items, doubt: Doubt, origin: Origin) -> Iterator[schema.Op]:
    """Yield the ops of a fix, what is new having this origin.

    Raises Conflict where the layer no longer has what is doubted.
    """
    return _FIXES[doubt.about](items, doubt, origin)


def _changed() -> Conflict:
    return Conflict("It is labeled otherwise by now. Look at it in the document, or keep it.")


def _free(items: Items, name: str) -> str:
    """Return an id that no annotation has."""
    while name in items:
        name += "'"
    return name


# ---- entities --------------------------------------------------------------------------------


def _of_entity(items: Items, doubt: Doubt, origin: Origin) -> Iterator[schema.Op]:
    there = _held(items, doubt)
    new = _new(items, doubt, there, origin)
    if there is None and (new is None or any(schema.overlap(e, new) for e in _entities(items))):
        raise _changed()
    if there is not None and new is None:
        for item in items.values():
            if isinstance(item, schema.Relation) and there.id in (item.head, item.tail):
                yield schema.Op(item.id, item, None)
    yield schema.Op((there or new).id, there, new)  # type: ignore[union-attr]


def _entities(items: Items) -> Sequence[schema.Entity]:
    return [item for item in items.values() if isinstance(item, schema.Entity)]


def _extent(entity: schema.Entity) -> tuple[int, int, str]:
    return entity.start, entity.end, entity.label


def _held(items: Items, doubt: Doubt) -> schema.Entity | None:
    """Return what a layer has where something is doubted."""
    was = (doubt.start, doubt.end, doubt.label)
    return next((item for item in _entities(items) if _extent(item) == was), None)


def _new(
    items: Items,
    doubt: Doubt,
    there: schema.Entity | None,
    origin: Origin,
) -> schema.Entity | None:
    if doubt.new_start is None or doubt.new_end is None or doubt.new_label is None:
        return None
    name = there.id if there else _free(items, f"e:{doubt.new_start}-{doubt.new_end}")
    return schema.Entity(name, doubt.new_start, doubt.new_end, doubt.new_label, origin)


def _without(there: schema.Relation | schema.Category | None) -> Iterator[schema.Op]:
    if there is not None:
        yield schema.Op(there.id, there, None)


# ---- relations -------------------------------------------------------------------------------


def _of_relation(items: Items, doubt: Doubt, origin: Origin) -> Iterator[schema.Op]:
    there = _related(items, doubt) if doubt.label else None
    if doubt.label and there is None:
        raise _changed()
    if doubt.new_label is None:
        yield from _without(there)
        return
    head, tail = _ends(items, doubt, there)
    if (doubt.new_start, doubt.new_end) != (doubt.start, doubt.end):
        head, tail = tail, head
    new: dict[str, Any] = {"head": head, "tail": tail, "label": doubt.new_label, "origin": origin}
    if there is not None:
        yield schema.Op(there.id, there, replace(there, **new))
    else:
        name = _free(items, f"r:{head}:{tail}"[:60])
        yield schema.Op(name, None, schema.Relation(name, **new))


def _related(items: Items, doubt: Doubt) -> schema.Relation | None:
    """Return the relation of a layer that is doubted; where the model sees no other direction, the
    two may come the other way round, as in gold where direction means nothing."""
    wanted = [((doubt.start, doubt.end), (doubt.tail_start, doubt.tail_end))]
    if doubt.kind in ("label", "extra"):
        wanted.append(wanted[0][::-1])
    for item in items.values():
        if isinstance(item, schema.Relation) and item.label == doubt.label:
            ends = (items.get(item.head), items.get(item.tail))
            places = tuple((e.start, e.end) for e in ends if isinstance(e, schema.Entity))
            if places in wanted:
                return item
    return None


def _ends(items: Items, doubt: Doubt, there: schema.Relation | None) -> tuple[str, str]:
    """Return the two entities in the order in which the doubt has them."""
    if there is not None:
        first = items[there.head]
        turned = isinstance(first, schema.Entity) and first.start != doubt.start
        return (there.tail, there.head) if turned else (there.head, there.tail)
    places = {(entity.start, entity.end): entity.id for entity in _entities(items)}
    head = places.get((doubt.start, doubt.end))  # type: ignore[arg-type]
    tail = places.get((doubt.tail_start, doubt.tail_end))  # type: ignore[arg-type]
    if head is None or tail is None or _linked(items, {head, tail}):
        raise _changed()
    return head, tail


def _linked(items: Items, ends: set[str]) -> bool:
    return any(
        isinstance(item, schema.Relation) and {item.head, item.tail} == ends
        for item in items.values()
    )


# ---- labels of documents ---------------------------------------------------------------------


def _of_category(items: Items, doubt: Doubt, origin: Origin) -> Iterator[schema.Op]:
    there = next(
        (i for i in items.values() if isinstance(i, schema.Category) and i.label == doubt.label),
        None,
    )
    if doubt.label and there is None:
        raise _changed()
    if doubt.new_label is None:
        yield from _without(there)
        return
    name = there.id if there else _free(items, f"c:{doubt.new_label}")
    yield schema.Op(name, there, schema.Category(name, doubt.new_label, origin))


_FIXES = {"entity": _of_entity, "relation": _of_relation, "category": _of_category}
