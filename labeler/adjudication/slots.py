"""What several annotators said of the same places, the same in whatever order they come.

A slot is a place that each annotator marked at most once: an entity that overlaps those of the
others, a relation between two such places, or a category of the document. What all said alike is
agreed; any other slot is one question with its versions.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Generic, TypeVar

from labeler.schema import Entity, Layer, Relation

Content = TypeVar("Content", bound=Hashable)
NONE = ""
"""The answer that takes none of the versions."""


Attributes = tuple[tuple[str, str], ...]
"""Names with values as JSON, by name."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """An entity without its id: the code points `[start, end)`, a label, and what it has beside."""

    start: int
    end: int
    label: str
    parts: tuple[tuple[int, int], ...] = ()
    attributes: Attributes = ()

    @property
    def bounds(self) -> tuple[object, ...]:
        """Return where it lies."""
        return (self.start, self.end, self.parts)

    def __str__(self) -> str:
        return f"{self.start}-{self.end}:{self.label}{_mark(self.parts, self.attributes)}"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A relation without its id: its ends are keys of entity slots."""

    head: str
    tail: str
    label: str
    attributes: Attributes = ()

    def __str__(self) -> str:
        return f"{self.head}>{self.tail}:{self.label}{_mark(self.attributes)}"


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A category of the document without its id."""

    label: str

    def __str__(self) -> str:
        return self.label


def _mark(*more: tuple[object, ...]) -> str:
    """Return what tells versions apart that differ in parts or attributes only."""
    if not any(more):
        return ""
    return "~" + hashlib.sha256(repr(more).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Version(Generic[Content]):
    """One answer to a question, and the annotators who hold it, by name."""

    content: Content
    holders: tuple[str, ...]


@dataclass(frozen=True)
class Slot(Generic[Content]):
    """A place, the versions of it with the most held first, and who marked nothing there.

    `kind` says what differs: "label", "boundary", "both", "attributes" or "missing" for entities;
    "direction", "type", "both", "attributes" or "missing" for relations; "missing" for categories;
    "agreed" where nothing does.
    """

    key: str
    kind: str
    versions: tuple[Version[Content], ...]
    absent: tuple[str, ...] = ()

    @property
    def agreed(self) -> bool:
        """Tell whether everybody said the same."""
        return self.kind == "agreed"

    @property
    def contents(self) -> list[Content]:
        """Return what was said, the most held first."""
        return [version.content for version in self.versions]

    @cached_property
    def seen(self) -> str:
        """Return the fingerprint of the versions and their holders."""
        told = sorted((str(v.content), *v.holders) for v in self.versions)
        return hashlib.sha256(repr((told, sorted(self.absent))).encode()).hexdigest()[:16]

    @cached_property
    def said(self) -> Mapping[str, tuple[str, ...]]:
        """Return who gave each answer, NONE included."""
        said = {str(version.content): version.holders for version in self.versions}
        return {**said, NONE: self.absent} if self.absent else said

    def holders(self, content: Content) -> tuple[str, ...]:
        """Return who said this."""
        found = (version.holders for version in self.versions if version.content == content)
        return next(found, ())


@dataclass(frozen=True)
class Comparison:
    """The slots of a document, those of entities in the order of the text."""

    annotators: tuple[str, ...]
    entities: tuple[Slot[Span], ...]
    relations: tuple[Slot[Link], ...]
    categories: tuple[Slot[Tag], ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Slot[Any]]:
        """Return the slots by their keys."""
        slots: tuple[Slot[Any], ...] = (*self.entities, *self.relations, *self.categories)
        return {slot.key: slot for slot in slots}

    @cached_property
    def spans(self) -> Mapping[str, Slot[Span]]:
        """Return the slots of entities by their keys."""
        return {slot.key: slot for slot in self.entities}


def compare(layers: Sequence[Layer], *, symmetric: Collection[str] = ()) -> Comparison:
    """Return what the annotators of these layers say of a document, one layer each.

    `symmetric` names the relation labels whose direction means nothing.
    """
    names = sorted(layer.annotator for layer in layers)
    entities = _entity_slots(layers, names)
    place = _places(layers, entities)
    links: dict[Link, set[str]] = {}
    for layer in layers:
        for relation in layer.relations:
            link = _link(relation, place[layer.annotator], symmetric)
            links.setdefault(link, set()).add(layer.annotator)
    return Comparison(
        tuple(names),
        tuple(entities),
        tuple(_relation_slots(links, names)),
        tuple(_category_slots(layers, names)),
    )


# ---- entities --------------------------------------------------------------------------------


def span_of(entity: Entity) -> Span:
    """Return what an entity says."""
    attributes = attributes_of(entity)
    parts = tuple((start, end) for start, end in entity.parts)
    return Span(entity.start, entity.end, entity.label, parts, attributes)


def attributes_of(item: Entity | Relation) -> Attributes:
    """Return the attributes of an annotation, in order."""
    told = item.attributes or {}
    return tuple((name, json.dumps(told[name])) for name in sorted(told))


def _entity_slots(layers: Sequence[Layer], names: Sequence[str]) -> list[Slot[Span]]:
    held: dict[Span, set[str]] = {}
    for layer in layers:
        for entity in layer.entities:
            held.setdefault(span_of(entity), set()).add(layer.annotator)
    whole = [span for span, holders in held.items() if len(holders) == len(names)]
    open_ = {span: holders for span, holders in held.items() if len(holders) < len(names)}
    groups = [[span] for span in whole] + _clusters(open_, _pairs(open_))
    groups = sorted((sorted(group) for group in groups), key=lambda group: (core(group), group))
    keys = _numbered("e:{}-{}".format(*core(group)) for group in groups)
    return [
        _slot(key, group, held, names, _entity_kind)
        for key, group in zip(keys, groups, strict=True)
    ]


def core(spans: Iterable[Span]) -> tuple[int, int]:
    """Return the code points that spans have in common."""
    found = list(spans)
    return max(span.start for span in found), min(span.end for span in found)


def _pairs(held: Mapping[Span, set[str]]) -> list[tuple[Span, Span]]:
    """Return the pairs that may be versions of one thing, the likeliest first.

    Those with the same bounds come first, then the same label, then the share in common.
    """
    ordered, running = sorted(held), list[Span]()
    ranked = []
    for span in ordered:
        running = [other for other in running if other.end > span.start]
        for other in running:
            if not held[other] & held[span]:
                ranked.append((*_unlikeness(other, span), other, span))
        running.append(span)
    return [(first, second) for *_, first, second in sorted(ranked)]


def _unlikeness(first: Span, second: Span) -> tuple[int, float]:
    shared = min(first.end, second.end) - max(first.start, second.start)
    whole = max(first.end, second.end) - min(first.start, second.start)
    same_bounds = first.bounds == second.bounds
    rank = 0 if same_bounds else 1 if first.label == second.label else 2
    return rank, -shared / whole


def _clusters(
    held: Mapping[Span, set[str]], pairs: Iterable[tuple[Span, Span]]
) -> list[list[Span]]:
    """Group spans so that none of a group share an annotator, and all share a code point."""

    def fits(group: list[Span]) -> bool:
        start, end = core(group)
        return start < end

    return _merged(held, pairs, fits)


def _merged(
    held: Mapping[Content, set[str]],
    pairs: Iterable[tuple[Content, Content]],
    fits: Callable[[list[Content]], bool],
) -> list[list[Content]]:
    """Merge what makes likely pairs, in their order, where no annotator would come in twice."""
    group_of = {content: [content] for content in held}
    for first, second in pairs:
        one, two = group_of[first], group_of[second]
        names = [{name for content in group for name in held[content]} for group in (one, two)]
        if one is two or names[0] & names[1] or not fits([*one, *two]):
            continue
        one.extend(two)
        group_of.update(dict.fromkeys(two, one))
    return list({id(group): group for group in group_of.values()}.values())


def _entity_kind(spans: Sequence[Span]) -> str:
    if len({span.bounds for span in spans}) == 1:
        return "attributes" if len({span.label for span in spans}) == 1 else "label"
    return "boundary" if len({span.label for span in spans}) == 1 else "both"


def _slot(
    key: str,
    group: Sequence[Content],
    held: Mapping[Content, set[str]],
    names: Sequence[str],
    kind_of: Callable[[Sequence[Content]], str],
) -> Slot[Content]:
    versions = [Version(content, tuple(sorted(held[content]))) for content in group]
    versions.sort(key=lambda version: -len(version.holders))  # the group is sorted already
    saying = {name for version in versions for name in version.holders}
    absent = tuple(name for name in names if name not in saying)
    kind = kind_of(group) if len(group) > 1 else "missing" if absent else "agreed"
    return Slot(key, kind, tuple(versions), absent)


def _numbered(keys: Iterable[str]) -> Iterator[str]:
    """Yield keys, those that come again with a number."""
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
        yield key if counts[key] == 1 else f"{key}#{counts[key]}"


def _places(layers: Sequence[Layer], slots: Sequence[Slot[Span]]) -> dict[str, dict[str, str]]:
    """Return the slot of each entity, by annotator and by id."""
    of_span: dict[tuple[str, Span], str] = {
        (name, version.content): slot.key
        for slot in slots
        for version in slot.versions
        for name in version.holders
    }
    return {
        layer.annotator: {
            entity.id: of_span[layer.annotator, span_of(entity)] for entity in layer.entities
        }
        for layer in layers
    }


# ---- relations -------------------------------------------------------------------------------


def _link(relation: Relation, place: Mapping[str, str], symmetric: Collection[str]) -> Link:
    ends = place[relation.head], place[relation.tail]
    head, tail = sorted(ends) if relation.label in symmetric else ends
    return Link(head, tail, relation.label, attributes_of(relation))


def _relation_slots(held: Mapping[Link, set[str]], names: Sequence[str]) -> list[Slot[Link]]:
    between: dict[tuple[str, str], list[Link]] = {}
    for link in sorted(held):
        first, second = sorted((link.head, link.tail))
        between.setdefault((first, second), []).append(link)
    groups = []
    for ends in sorted(between):
        whole = [[link] for link in between[ends] if len(held[link]) == len(names)]
        rest = {link: held[link] for link in between[ends] if len(held[link]) < len(names)}
        merged = _merged(rest, _link_pairs(rest), lambda _: True)
        groups += sorted(sorted(group) for group in (*whole, *merged))
    keys = _numbered("r:{}|{}".format(*sorted((g[0].head, g[0].tail))) for g in groups)
    return [
        _slot(key, group, held, names, _link_kind) for key, group in zip(keys, groups, strict=True)
    ]


def _link_pairs(held: Mapping[Link, set[str]]) -> list[tuple[Link, Link]]:
    """Return the pairs that may be versions of one relation: same direction first, then label."""
    ranked = [
        (0 if first.head == second.head else 1 if first.label == second.label else 2, first, second)
        for first, second in combinations(sorted(held), 2)
        if not held[first] & held[second]
    ]
    return [(first, second) for _, first, second in sorted(ranked)]


def _link_kind(links: Sequence[Link]) -> str:
    if len({(link.head, link.tail) for link in links}) == 1:
        return "attributes" if len({link.label for link in links}) == 1 else "type"
    return "direction" if len({link.label for link in links}) == 1 else "both"


# ---- categories ------------------------------------------------------------------------------


def _category_slots(layers: Sequence[Layer], names: Sequence[str]) -> list[Slot[Tag]]:
    held: dict[Tag, set[str]] = {}
    for layer in layers:
        for category in layer.categories:
            held.setdefault(Tag(category.label), set()).add(layer.annotator)
    return [
        _slot(f"c:{tag.label}", [tag], held, names, lambda _: "missing") for tag in sorted(held)
    ]
