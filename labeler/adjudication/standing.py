"""Which questions of a document a gold layer answers, and which are open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from labeler.adjudication.slots import (
    Comparison,
    Link,
    Slot,
    Span,
    Tag,
    Version,
    attributes_of,
    core,
    span_of,
)
from labeler.schema import Annotation, Category, Decision, Entity, Relation, Scheme

REFUSED = "0" * 16
"""The fingerprint of a decision that a rule of the scheme made: it settles nothing."""
TAKEN = "q:agreed"
"""The id of the decision that lists what was taken because all agreed on it."""
AnySlot = Slot[Any]
Placed = Entity | Relation | Category


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with a slot.

    `state` is "agreed" (taken, all said so), "new" (agreed, to be taken), "open", "settled",
    "waiting" (a relation that all agree on, whose ends are open) or "moot" (a relation whose end is
    not in gold). `held` is what gold has there, `decision` what was decided, now or before.
    """

    slot: AnySlot
    state: str
    held: Placed | None
    decision: Decision | None

    @property
    def reopened(self) -> bool:
        """Tell whether it was settled before the annotators changed something."""
        return self.state == "open" and self.decision is not None

    @property
    def direct(self) -> bool:
        """Tell whether a curator labeled by hand what gold has there."""
        return self.held is not None and is_direct(self.held)


def decision_id(key: str) -> str:
    """Return the id of the decision on a slot."""
    return f"q:{key}"


def is_direct(item: Placed) -> bool:
    """Tell whether a curator made or changed this in gold by hand."""
    curation = (item.origin or {}).get("curation")
    if not isinstance(curation, dict) or (item.origin or {}).get("changed"):
        return True
    return curation.get("how") == "direct"


class Standings:
    """A comparison held against the annotations of a gold layer, by id."""

    def __init__(
        self, comparison: Comparison, items: Mapping[str, Annotation], scheme: Scheme
    ) -> None:
        self.comparison, self.items, self.scheme = comparison, items, scheme
        self.symmetric = {label.name for label in scheme.relations if label.symmetric}
        listed = items.get(TAKEN)
        told = (listed.origin or {}).get("taken", []) if isinstance(listed, Decision) else []
        self.taken = {answer for answer in told if isinstance(answer, str)}

    # ---- what gold has where -----------------------------------------------------------------

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Return the gold entity of each slot that has one: the same words, or much like them."""
        free = {item.id: item for item in self.items.values() if isinstance(item, Entity)}
        by_span = {span_of(entity): entity for entity in free.values()}
        found: dict[str, Entity] = {}

        def claim(slot: Slot[Span], entity: Entity | None) -> None:
            if entity is not None and slot.key not in found and entity.id in free:
                found[slot.key] = free.pop(entity.id)

        slots = self.comparison.entities
        for slot in slots:
            own = free.get(slot.key)
            if own is not None and span_of(own) in slot.contents:
                claim(slot, own)
            for span in slot.contents:
                claim(slot, by_span.get(span))
        for slot in slots:
            own = free.get(slot.key)
            claim(slot, own if own is not None and _shares(own, slot) else None)
        for slot in slots:
            if slot.key not in found and not slot.agreed:
                claim(slot, min(_alike(free.values(), slot), key=_place, default=None))
        return found

    @cached_property
    def slot_of(self) -> dict[str, str]:
        """Return the slot of each gold entity that has one, by id."""
        return {entity.id: key for key, entity in self.entities.items()}

    def link_of(self, relation: Relation) -> Link | None:
        """Return what a gold relation says; None where an end stands in no slot."""
        head, tail = self.slot_of.get(relation.head), self.slot_of.get(relation.tail)
        if head is None or tail is None:
            return None
        if relation.label in self.symmetric:
            head, tail = sorted((head, tail))
        return Link(head, tail, relation.label, attributes_of(relation))

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """Return the gold relation of each slot that has one."""
        links = {
            item.id: (item, self.link_of(item))
            for item in self.items.values()
            if isinstance(item, Relation)
        }
        by_link = {link: item for item, link in links.values() if link is not None}
        found: dict[str, Relation] = {}
        for slot in self.comparison.relations:
            exact = (by_link.get(link) for link in slot.contents)
            chosen = next((item for item in exact if item and item.id in links), None)
            if chosen:
                found[slot.key] = links.pop(chosen.id)[0]
        for slot in self.comparison.relations:
            if slot.key not in found and not slot.agreed:
                ends = {slot.contents[0].head, slot.contents[0].tail}
                same = (i for i, link in links.values() if link and {link.head, link.tail} == ends)
                other = min(same, key=lambda item: item.id, default=None)
                if other:
                    found[slot.key] = links.pop(other.id)[0]
        return found

    @cached_property
    def categories(self) -> dict[str, Category]:
        """Return the gold category of each slot that has one."""
        found = (item for item in self.items.values() if isinstance(item, Category))
        return {f"c:{item.label}": item for item in found}

    # ---- where each question stands ----------------------------------------------------------

    def __iter__(self) -> Iterator[Standing]:
        """Yield how things stand with each slot: entities, relations, and what nobody holds."""
        for slot in self.comparison.entities:
            yield self.of_entity(slot)
        for link in self.comparison.relations:
            yield self._of_relation(link)
        for tag in self.comparison.categories:
            yield self._of_category(tag)
        yield from self._strays()

    def find(self, key: str) -> Standing | None:
        """Return how things stand with the slot of this key."""
        return next((standing for standing in self if standing.slot.key == key), None)

    def of_entity(self, slot: Slot[Span]) -> Standing:
        """Return how things stand with an entity slot."""
        held, decision = self.entities.get(slot.key), self._decision(slot)
        if not slot.agreed:
            return Standing(slot, self._answered(slot, held, decision), held, decision)
        said = held is not None and span_of(held) == slot.contents[0]
        return self._of_agreed(slot, held, decision, said)

    def _of_relation(self, slot: Slot[Link]) -> Standing:
        held, decision = self.relations.get(slot.key), self._decision(slot)
        link = slot.contents[0]
        ends = {self._end(key) for key in (link.head, link.tail)}
        if not slot.agreed:
            state = self._answered(slot, held, decision)
            gone = state != "settled" and "gone" in ends
            return Standing(slot, "moot" if gone else state, held, decision)
        if held is None and "gone" in ends:
            return Standing(slot, "moot", None, decision)
        if held is None and "open" in ends:
            return Standing(slot, "waiting", None, decision)
        if held is None and str(link) not in self.taken and not self.allows(link):
            return self._revised(slot, "ends", None, decision)
        said = held is not None and self.link_of(held) == link
        return self._of_agreed(slot, held, decision, said)

    def _of_category(self, slot: Slot[Tag]) -> Standing:
        held, decision = self.categories.get(slot.key), self._decision(slot)
        if slot.agreed:
            return self._of_agreed(slot, held, decision, held is not None)
        return Standing(slot, self._answered(slot, held, decision), held, decision)

    def _of_agreed(
        self, slot: AnySlot, held: Placed | None, decision: Decision | None, said: bool
    ) -> Standing:
        """Return how things stand with what all agree on: `said` tells that gold has just that."""
        if said or str(slot.contents[0]) in self.taken:
            return Standing(slot, "agreed", held, decision)
        if held is None and decision is None:
            return Standing(slot, "new", None, None)
        kind = "clash" if decision is not None and decision.seen == REFUSED else "revised"
        return self._revised(slot, kind, held, decision)

    def _revised(
        self, slot: AnySlot, kind: str, held: Placed | None, decision: Decision | None
    ) -> Standing:
        """Return the standing of what all agree on, but that gold lacks: a question as well."""
        asked: AnySlot = replace(slot, kind=kind)
        return Standing(asked, self._answered(asked, held, decision), held, decision)

    def _answered(self, slot: AnySlot, held: Placed | None, decision: Decision | None) -> str:
        by_hand = held is not None and is_direct(held)
        if decision is None:
            return "settled" if by_hand else "open"
        told = decision.answer == self.content_of(held) or not (
            by_hand or _how(decision) == "direct"
        )
        if not told:  # labeled by hand after it was decided, or no more as it was by hand
            return "settled" if by_hand else "open"
        return "settled" if _stands(decision, slot) else "open"

    def by_hand(self, standing: Standing) -> str | None:
        """Return the answer that a curator labeled by hand there, if one did."""
        return self.content_of(standing.held) if standing.direct else None

    def content_of(self, held: Placed | None) -> str | None:
        """Return the answer that what gold has amounts to; None where it can be none."""
        if isinstance(held, Entity):
            return str(span_of(held))
        if isinstance(held, Relation):
            link = self.link_of(held)
            return None if link is None else str(link)
        return None if held is None else str(Tag(held.label))

    def _decision(self, slot: AnySlot) -> Decision | None:
        found = self.items.get(decision_id(slot.key))
        return found if isinstance(found, Decision) else None

    def _end(self, key: str) -> str:
        """Return whether the end of a relation is "there", "open", or "gone" for good."""
        if key in self.entities:
            return "there"
        state = self.of_entity(self.comparison.spans[key]).state
        return "open" if state in ("open", "new") else "gone"

    def allows(self, link: Link) -> bool:
        """Tell whether the scheme lets the relation lead between what gold has at its ends."""
        head, tail = self.entities.get(link.head), self.entities.get(link.tail)
        label = self.scheme.relation(link.label)
        return bool(head and tail and label and label.allows(head.label, tail.label))

    def _strays(self) -> Iterator[Standing]:
        """Yield what was taken into gold and nobody holds any more."""
        for item in self.items.values():
            if isinstance(item, Entity) and item.id not in self.slot_of and not is_direct(item):
                yield self._stray(item, span_of(item))
        placed = {relation.id for relation in self.relations.values()}
        for item in self.items.values():
            if isinstance(item, Relation) and item.id not in placed and not is_direct(item):
                yield self._stray(item, Link(item.head, item.tail, item.label))
        known = self.comparison.by_key
        for item in self.categories.values():
            if f"c:{item.label}" not in known and not is_direct(item):
                yield self._stray(item, Tag(item.label))

    def _stray(self, item: Placed, content: Span | Link | Tag) -> Standing:
        absent = self.comparison.annotators
        slot = Slot(f"s:{item.id[:90]}", "stray", (Version(content, ()),), absent)
        decision = self._decision(slot)
        return Standing(slot, self._answered(slot, None, decision), item, decision)


def _how(decision: Decision) -> str | None:
    curation = (decision.origin or {}).get("curation")
    return curation.get("how") if isinstance(curation, dict) else None


def _stands(decision: Decision, slot: AnySlot) -> bool:
    """Tell whether a decision still answers a question: nobody said anything new since.

    Somebody more who says what was decided is nothing new; nor is, where a person decided and not
    all say the same by now, somebody more with what that person saw and did not take.
    """
    saw = (decision.origin or {}).get("saw")
    if decision.seen == slot.seen or not isinstance(saw, dict):
        return decision.seen == slot.seen
    looked_at = set(saw) if len(slot.said) > 1 and _how(decision) == "decided" else set()
    return all(
        answer == decision.answer or answer in looked_at or set(names) <= {*saw.get(answer, ())}
        for answer, names in slot.said.items()
    )


def _shares(entity: Entity, slot: Slot[Span]) -> bool:
    start, end = core(slot.contents)
    return entity.start < end and start < entity.end


def _alike(entities: Iterable[Entity], slot: Slot[Span]) -> Iterator[Entity]:
    """Yield the entities that could stand for a version: its bounds, or its label and place."""
    for entity in entities:
        for span in slot.contents:
            same_bounds = (entity.start, entity.end) == (span.start, span.end)
            if same_bounds or (entity.label == span.label and _shares(entity, slot)):
                yield entity
                break


def _place(entity: Entity) -> tuple[int, int, str, str]:
    return entity.start, -entity.end, entity.label, entity.id
