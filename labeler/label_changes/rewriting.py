"""The annotations of a layer as a revision leaves them, and as they were before it.

Nothing here knows tables. Two annotations that would say the same become one, which keeps what
either has: the one that had the label already stays, and the relations of the other lead to it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from labeler import schema
from labeler.label_changes.revising import Revision
from labeler.schema import Annotation, Category, Decision, Entity, Op, Relation

Items = dict[str, Annotation]


@dataclass
class Rewriting:
    """What becomes of a layer: its annotations, how many were changed, and what became one.

    `lost` names the attributes whose values were given up in favour of others, and the relations
    that led from an annotation to what it became one with.
    """

    items: Items
    changed: int = 0
    folded: int = 0
    lost: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._contents = {_content(item): item.id for item in self.items.values()}

    def ops(self, before: Mapping[str, Annotation]) -> tuple[Op, ...]:
        """Return what leads here from what a layer holds."""
        names = dict.fromkeys((*before, *self.items))
        made = (Op(name, before.get(name), self.items.get(name)) for name in names)
        return tuple(op for op in made if op.before != op.after)

    def put(self, item: Annotation) -> None:
        """Have this annotation, in the place of the one of its id."""
        self.drop(item.id)
        self.items[item.id] = item
        self._contents[_content(item)] = item.id

    def drop(self, name: str) -> None:
        """Have the annotation of this id no more."""
        gone = self.items.pop(name, None)
        if gone is not None and self._contents.get(_content(gone)) == name:
            del self._contents[_content(gone)]

    def says(self, item: Annotation) -> Annotation | None:
        """Return the annotation that says the same, if there is one."""
        name = self._contents.get(_content(item))
        return None if name is None else self.items[name]


def _content(item: Annotation) -> tuple[object, ...]:
    if isinstance(item, Entity):
        return (item.start, item.end, item.label, tuple(item.parts))
    if isinstance(item, Relation):
        return (item.head, item.tail, item.label)
    return ("category", item.label) if isinstance(item, Category) else (item.id,)


def rewritten(items: Mapping[str, Annotation], revision: Revision) -> Rewriting:
    """Return what a layer holds after a label was renamed or merged."""
    made = Rewriting(dict(items))
    for item in items.values():
        if isinstance(item, Decision):
            _decide(made, item, revision)
        elif schema.KIND_OF.get(type(item)) == revision.kind and _label(item) == revision.label:
            made.changed += 1
            held = made.items.get(item.id)  # a relation may lead elsewhere by now
            if held is not None:
                _give(made, _labeled(held, revision.into))
    return made


def _labeled(item: Any, label: str) -> Annotation:
    """Return an annotation under another label."""
    anew: Annotation = replace(item, label=label)
    return anew


def _label(item: Annotation) -> str:
    return item.label if isinstance(item, Entity | Relation | Category) else ""


def _give(made: Rewriting, item: Annotation) -> None:
    """Put an annotation in its place under its new label, or let it become one with its twin."""
    twin = made.says(item)
    if twin is None or twin.id == item.id:
        made.put(item)
        return
    made.folded += 1
    made.drop(item.id)
    if not isinstance(twin, Category):
        _take_over(made, twin, item)
    if isinstance(item, Entity):
        _lead_over(made, item.id, twin.id)


def _take_over(made: Rewriting, twin: Any, item: Any) -> None:
    """Give what stays the attributes of what goes, where it says nothing itself."""
    held, more = twin.attributes or {}, item.attributes or {}
    given_up = (name for name in more if held.get(name, more[name]) != more[name])
    made.lost += [f"{name}: {more[name]}" for name in given_up]
    if more:
        made.put(replace(twin, attributes={**more, **held}))


def _lead_over(made: Rewriting, gone: str, stays: str) -> None:
    """Let the relations of an entity lead from and to the one that it became one with."""
    leaning = [
        item
        for item in made.items.values()
        if isinstance(item, Relation) and gone in (item.head, item.tail)
    ]
    for relation in leaning:
        head, tail = (stays if end == gone else end for end in (relation.head, relation.tail))
        made.drop(relation.id)
        if head == tail and relation.head != relation.tail:
            made.lost.append(f"{relation.label} between the two")
        else:
            _give(made, replace(relation, head=head, tail=tail))


# ---- what was decided in gold ----------------------------------------------------------------

_PLACE = re.compile(r"^\d+-\d+:")
_MARK = re.compile(r"(~[0-9a-f]{8})?$")


def _decide(made: Rewriting, decision: Decision, revision: Revision) -> None:
    """Put a decision in terms of the new label: its answers name labels."""
    anew = decided(decision, revision)
    if anew == decision:
        return
    made.drop(decision.id)
    if revision.action == "rename" or anew.id not in made.items:
        made.put(anew)


def decided(decision: Decision, revision: Revision) -> Decision:
    """Return a decision as it reads when a label is called otherwise."""

    def read(answer: str) -> str:
        return _answer(answer, revision)

    origin = dict(decision.origin or {})
    if isinstance(origin.get("saw"), dict):
        origin["saw"] = _held(origin["saw"], read)
    if isinstance(origin.get("taken"), list):
        origin["taken"] = sorted({read(answer) for answer in origin["taken"]})
    name = decision.id
    if revision.kind == "categories" and name == f"q:c:{revision.label}":
        name = f"q:c:{revision.into}"
    return replace(decision, id=name, answer=read(decision.answer), origin=origin or None)


def _held(saw: Mapping[str, Sequence[str]], read: Callable[[str], str]) -> dict[str, list[str]]:
    """Return who held which answer, those who held two that are one by now together."""
    held: dict[str, list[str]] = {}
    for answer, names in saw.items():
        held[read(answer)] = sorted({*held.get(read(answer), ()), *names})
    return held


def _answer(answer: str, revision: Revision) -> str:
    """Return an answer such as `0-5:ORG` by the new name; see `labeler.adjudication`."""
    label, into = revision.label, revision.into
    kind = "entities" if _PLACE.match(answer) else "relations" if ">" in answer else "categories"
    mark = _MARK.search(answer)
    end = mark.start() if mark else len(answer)
    if kind != revision.kind:
        return answer
    if kind == "categories":
        return into if answer == label else answer
    place, found, name = answer[:end].rpartition(f":{label}")
    return f"{place}:{into}{answer[end:]}" if found and not name else answer


# ---- taking back -----------------------------------------------------------------------------


def taken_back(
    items: Mapping[str, Annotation],
    logged: Iterable[Op],
    revision: Revision,
    *,
    folded: bool = True,
) -> Rewriting:
    """Return what a layer holds once the edit of a revision is taken back.

    What somebody changed since keeps that change, and what they deleted stays deleted. Without
    `folded` what became one with another stays so. Where a label was renamed, what was given the
    new name since has the old one as well.
    """
    made = Rewriting(dict(items))
    for op in reversed(list(logged)):
        _take_back(made, op, revision, folded=folded)
    if revision.action == "rename":
        again = rewritten(
            made.items, Revision(revision.kind, "rename", revision.into, revision.label)
        )
        again.changed += made.changed
        made = again
    _drop_loose(made, items)
    return made


def _take_back(made: Rewriting, op: Op, revision: Revision, *, folded: bool) -> None:
    held = made.items.get(op.id)
    if op.after is None:
        back = op.before if folded and held is None else None
        if back is not None and _stands(made, back, revision):
            made.put(back)
            made.changed += 1
    elif held == op.after:
        made.drop(op.id)
        if op.before is not None:
            made.put(op.before)
        made.changed += 1
    elif held is not None and type(held) is type(op.before) is type(op.after):
        made.put(_field_by_field(held, op))
        made.changed += 1


def _field_by_field(held: Any, op: Op) -> Annotation:
    """Return an annotation with each field as before an op, where nobody changed it since."""
    values = {
        each.name: getattr(op.before, each.name)
        for each in fields(held)
        if getattr(held, each.name) == getattr(op.after, each.name)
    }
    anew: Annotation = replace(held, **values)
    return anew


def _stands(made: Rewriting, gone: Annotation, revision: Revision) -> bool:
    """Tell whether what an annotation became one with is there still, under either label."""
    if isinstance(gone, Relation | Decision):
        return True  # the ends of relations are looked at when all is back
    return any(made.says(_labeled(gone, name)) for name in (revision.into, revision.label))


def _drop_loose(made: Rewriting, items: Mapping[str, Annotation]) -> None:
    """Leave relations as they are that would lead to what did not come back."""
    for item in list(made.items.values()):
        if isinstance(item, Relation) and not {item.head, item.tail} <= made.items.keys():
            made.drop(item.id)
            held = items.get(item.id)
            if held is not None:
                made.put(held)
