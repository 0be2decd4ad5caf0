"""Changes to a gold layer that settle questions, as one edit: nothing here writes anything."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from labeler import schema
from labeler.adjudication.slots import NONE, Attributes, Comparison, Link, Span, Tag
from labeler.adjudication.standing import (
    REFUSED,
    TAKEN,
    AnySlot,
    Placed,
    Standing,
    Standings,
    decision_id,
)
from labeler.errors import Conflict, Invalid, NotFound
from labeler.schema import Annotation, Category, Decision, Entity, Op, Relation, Scheme


class Draft:
    """A gold layer as it would be, begun from what it is; `length` of the text in code points."""

    def __init__(
        self,
        comparison: Comparison,
        items: Mapping[str, Annotation],
        scheme: Scheme,
        length: int,
        by: str,
    ) -> None:
        self.comparison, self.scheme, self.length, self.by = comparison, scheme, length, by
        self._before = dict(items)
        self._items = dict(items)
        self._standings: Standings | None = None

    @property
    def standings(self) -> Standings:
        """Return how the questions stand with the changes so far."""
        if self._standings is None:
            self._standings = Standings(self.comparison, dict(self._items), self.scheme)
        return self._standings

    @property
    def lacks_attributes(self) -> bool:
        """Tell whether an attribute that is required was not given."""
        return any(schema.untold(self._items.values(), self.scheme))

    def ops(self) -> tuple[Op, ...]:
        """Return what leads from the layer that is to this draft."""
        names = dict.fromkeys((*self._before, *self._items))
        pairs = ((name, self._before.get(name), self._items.get(name)) for name in names)
        return tuple(Op(name, was, is_) for name, was, is_ in pairs if was != is_)

    def saved(self) -> dict[str, Annotation]:
        """Return what `restore` goes back to."""
        return dict(self._items)

    def restore(self, saved: dict[str, Annotation]) -> None:
        """Go back to how the draft was."""
        self._items, self._standings = dict(saved), None

    # ---- what is done ------------------------------------------------------------------------

    def look(self) -> "Draft":
        """Do what opening a document does by itself: take what all agree on, note what a curator
        labeled by hand. What counts its questions without opening it counts these."""
        self.take_agreed()
        self.note_direct()
        return self

    def take_agreed(self) -> None:
        """Take in what all annotators agree on and was not taken before.

        Relations follow once their ends are there. What a rule keeps out becomes a question.
        """
        while new := [standing.slot for standing in self.standings if standing.state == "new"]:
            made = {slot.key: self._made(slot) for slot in new}
            names = {item.id for item in made.values()}
            self._items.update({item.id: item for item in made.values()})
            problems = schema.check(self._items, self.scheme, self.length, names)
            refused = {problem.path for problem in problems}
            for slot in new:
                if made[slot.key].id in refused:
                    del self._items[made[slot.key].id]
                    self._put(Decision(decision_id(slot.key), NONE, REFUSED))
            kept = [slot for slot in new if made[slot.key].id not in refused]
            self._list_taken(str(slot.contents[0]) for slot in kept)

    def decide(self, key: str, answer: str, *, how: str = "decided", **why: str) -> None:
        """Settle a question: take the version that `answer` names, or none.

        A relation brings those of its ends that gold lacks. Raises NotFound for a question that
        there is not, and Invalid where a rule stands against the version.
        """
        standing = self.standings.find(key)
        if standing is None:
            raise NotFound("There is no such question in this document any more.")
        slot = standing.slot
        if answer not in slot.said and answer == self.standings.by_hand(standing):
            self._note(slot, answer, self._direct(why))
            return
        content = _version(slot, answer)
        if content is None:
            self._drop(standing)
        elif slot.kind != "stray":
            self._bring_ends(slot, content, how, why)
            self._place(slot, content, self._origin(how, slot, content, **why))
        origin = self._origin(how, slot, content, **why)
        self._note(slot, answer, origin)
        self.take_agreed()

    def change(self, ops: Iterable[Op]) -> None:
        """Take in what a curator changed by hand."""
        for op in ops:
            self._items.pop(op.id, None)
            if op.after is not None:
                self._items[op.id] = op.after
        self._standings = None
        self.note_direct()

    def note_direct(self) -> None:
        """Note what annotators said where a curator labeled by hand, so that news opens it again.

        What was noted before stays, but for what a curator changed by hand since; where that was
        undone, what was decided before counts again.
        """
        for standing in list(self.standings):
            answer, known = self.standings.by_hand(standing), standing.decision
            if standing.state == "settled" and answer and (not known or known.answer != answer):
                self._note(standing.slot, answer, self._direct({}))
            elif known is not None and standing.state == "open" and not standing.direct:
                self._renew(standing, known)

    def _renew(self, standing: Standing, known: Decision) -> None:
        """Note anew what gold had there before a curator labeled it by hand."""
        origin = known.origin or {}
        answer = self.standings.content_of(standing.held)
        by_hand = origin.get("curation", {}).get("how") == "direct"
        curation = ((standing.held and standing.held.origin) or {}).get("curation")
        told = answer is not None and answer in standing.slot.said and answer != known.answer
        if by_hand and curation and told:
            self._put(replace(known, answer=str(answer), origin={**origin, "curation": curation}))

    def _direct(self, why: Mapping[str, str]) -> dict[str, Any]:
        return {"curation": {"how": "direct", "from": [], "by": self.by, **_told(why)}}

    def _note(self, slot: AnySlot, answer: str, origin: dict[str, Any]) -> None:
        """Keep the answer to a question with what each annotator said when it was given."""
        saw = {said: list(names) for said, names in slot.said.items()}
        self._put(Decision(decision_id(slot.key), answer, slot.seen, {**origin, "saw": saw}))

    def reopen(self, key: str) -> None:
        """Open a question again and take back what was decided; raises NotFound."""
        standing = self.standings.find(key)
        if standing is None:
            raise NotFound("There is no such question in this document any more.")
        if not standing.slot.agreed and standing.slot.kind != "stray":
            self._drop(standing)
        self._remove(decision_id(key))

    # ---- parts -------------------------------------------------------------------------------

    def _put(self, item: Annotation) -> None:
        self._items[item.id] = item
        self._standings = None

    def _remove(self, name: str) -> None:
        if self._items.pop(name, None) is not None:
            self._standings = None

    def _origin(
        self, how: str, slot: AnySlot, content: Span | Link | Tag | None = None, **why: str
    ) -> dict[str, Any]:
        chosen = slot.contents[0] if how == "agreed" else content
        holders = slot.holders(chosen) if chosen is not None else slot.absent
        return {"curation": {"how": how, "from": list(holders), "by": self.by, **_told(why)}}

    def _made(self, slot: AnySlot) -> Placed:
        """Return what all agree on as gold has it; the ends of a relation are there."""
        return self._item(self._free(slot.key), slot.contents[0], self._origin("agreed", slot))

    def _item(self, name: str, content: Any, origin: dict[str, Any]) -> Placed:
        if isinstance(content, Tag):
            return Category(name, content.label, origin)
        more, label = _plain(content.attributes), content.label
        if isinstance(content, Span):
            return Entity(name, content.start, content.end, label, origin, content.parts, more)
        head, tail = (self.standings.entities[key].id for key in (content.head, content.tail))
        return Relation(name, head, tail, label, origin, more)

    def _place(self, slot: AnySlot, content: Any, origin: dict[str, Any]) -> None:
        """Put a version in the place of what gold has there, under the same id."""
        held = self._held(slot)
        item = self._item(held.id if held else self._free(slot.key), content, origin)
        self._put(item)
        if isinstance(item, Entity):
            self._drop_unfit(item)
        self._check(item)

    def _held(self, slot: AnySlot) -> Placed | None:
        if isinstance(slot.contents[0], Tag):
            return self.standings.categories.get(slot.key)
        if isinstance(slot.contents[0], Span):
            return self.standings.entities.get(slot.key)
        return self.standings.relations.get(slot.key)

    def _free(self, key: str) -> str:
        """Return the key, or where gold uses it for something else, one like it."""
        name = key
        while name in self._items:
            name += "'"
        return name

    def _drop(self, standing: Standing) -> None:
        """Take out of gold what it has in a slot, with the relations that lean on it."""
        held = standing.held
        if held is None:
            return
        if isinstance(held, Entity):
            for relation in self._leaning(held.id):
                self._drop_relation(relation)
        self._remove(held.id)

    def _leaning(self, name: str) -> list[Relation]:
        return [
            item
            for item in self._items.values()
            if isinstance(item, Relation) and name in (item.head, item.tail)
        ]

    def _drop_unfit(self, entity: Entity) -> None:
        """Take out the relations that the scheme does not allow at what an entity became."""
        for relation in self._leaning(entity.id):
            head, tail = self._items[relation.head], self._items[relation.tail]
            label = self.scheme.relation(relation.label)
            assert isinstance(head, Entity)
            assert isinstance(tail, Entity)
            if label is None or not label.allows(head.label, tail.label):
                self._drop_relation(relation)

    def _drop_relation(self, relation: Relation) -> None:
        """Take out a relation that lost an end: whether it was agreed or decided, it is open."""
        standings = self.standings
        key = next((k for k, held in standings.relations.items() if held.id == relation.id), None)
        link = standings.link_of(relation)
        self._remove(relation.id)
        if key is not None:
            self._remove(decision_id(key))
        if link is not None:
            self._list_taken([], without=str(link))

    def _bring_ends(self, slot: AnySlot, content: Any, how: str, why: Mapping[str, str]) -> None:
        """Have gold hold both ends of a relation: those it lacks come from who holds it."""
        if not isinstance(content, Link):
            return
        holders = set(slot.holders(content))
        for key in dict.fromkeys((content.head, content.tail)):
            if key in self.standings.entities:
                continue
            end = self.comparison.spans[key]
            span = max(end.versions, key=lambda version: len(holders & {*version.holders})).content
            if end.agreed:
                self._place(end, span, self._origin(how, end, span, **why))
                self._list_taken([str(span)])
            else:
                self.decide(key, str(span), how=how, **why)

    def _check(self, item: Placed) -> None:
        """Raise Invalid where a rule stands against what was just put in."""
        touched = {item.id, *(relation.id for relation in self._leaning(item.id))}
        problems = schema.check(self._items, self.scheme, self.length, touched)
        if problems:
            raise Invalid(f"This cannot be taken. {problems[0].message}", problems)

    def _list_taken(self, answers: Iterable[str], without: str = "") -> None:
        """Note what was taken since all agree, so that it is not taken twice."""
        taken = sorted({*self.standings.taken, *answers} - {without})
        seen = hashlib.sha256("\n".join(taken).encode()).hexdigest()[:16]
        self._put(Decision(TAKEN, "taken", seen, {"taken": taken}))


def _plain(attributes: Attributes) -> dict[str, Any] | None:
    """Return attributes as an annotation has them."""
    return {name: json.loads(value) for name, value in attributes} or None


def _told(why: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in why.items() if value}


def _version(slot: AnySlot, answer: str) -> Any:
    if answer == NONE:
        return None
    found = (content for content in slot.contents if str(content) == answer)
    content = next(found, None)
    if content is None:
        raise Conflict("This version is not held by anybody any more. Look at the question again.")
    return content


def questions(standings: Iterable[Standing]) -> Iterator[Standing]:
    """Yield what a person has to look at: all but what was agreed and taken."""
    for standing in standings:
        if standing.state not in ("agreed", "new", "waiting"):
            yield standing
