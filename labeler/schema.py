"""The records everything else speaks in, how they are read, and the rules they keep.

Offsets are half-open `[start, end)` in Unicode code points of the document's text.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from labeler.errors import Invalid, Problem

Status = Literal["open", "done", "skipped"]
STATUSES = ("open", "done", "skipped")
Overlap = Literal["allow", "nest", "forbid"]
Id = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
# Short enough that the id of a suggestion, which holds it, is an id.
LabelName = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Key = Annotated[str, StringConstraints(max_length=1)]
Offset = Annotated[int, Field(ge=0, strict=True)]

PALETTE = (
    "#d1495b", "#2f6fde", "#2a9d5c", "#8a5cd6", "#b8860b", "#e07a1f", "#4f7d8c", "#c2448f",
    "#5f8a1d", "#3a4fb8", "#a0522d", "#0f8f8f",
)  # fmt: skip
"""Colours given to labels that name none, in this order."""

MAX_TEXT = 1_000_000
"""Code points that a document may have: the most that spaCy's pipelines take at once."""


@dataclass(frozen=True, slots=True)
class EntityLabel:
    """A kind of entity."""

    name: LabelName
    key: Key = ""
    color: Color = PALETTE[0]
    description: str = ""


@dataclass(frozen=True, slots=True)
class RelationLabel:
    """A kind of relation; no `head` or no `tail` means that any entity may stand there."""

    name: LabelName
    key: Key = ""
    color: Color = "#49566b"
    description: str = ""
    head: tuple[LabelName, ...] = ()
    tail: tuple[LabelName, ...] = ()
    symmetric: bool = False

    def allows(self, head: str, tail: str) -> bool:
        """Tell whether entities of these labels may be head and tail."""
        return (not self.head or head in self.head) and (not self.tail or tail in self.tail)


@dataclass(frozen=True)
class Scheme:
    """What may be labeled in a project, and whether entities may overlap."""

    entities: tuple[EntityLabel, ...] = ()
    relations: tuple[RelationLabel, ...] = ()
    overlap: Overlap = "allow"

    def entity(self, name: str) -> EntityLabel | None:
        """Return the entity label of that name, if there is one."""
        return self._entities.get(name)

    def relation(self, name: str) -> RelationLabel | None:
        """Return the relation label of that name, if there is one."""
        return self._relations.get(name)

    @cached_property
    def _entities(self) -> dict[str, EntityLabel]:
        return {label.name: label for label in self.entities}

    @cached_property
    def _relations(self) -> dict[str, RelationLabel]:
        return {label.name: label for label in self.relations}


@dataclass(frozen=True, slots=True)
class Entity:
    """A labeled span of text; `origin` tells what proposed it, None when a person made it."""

    id: Id
    start: Offset
    end: Offset
    label: LabelName
    origin: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A labeled link from one entity to another of the same layer, both by id."""

    id: Id
    head: Id
    tail: Id
    label: LabelName
    origin: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about the suggestion of this id other than accepting it."""

    id: Id
    verdict: Literal["rejected"]


Annotation = Entity | Relation | Verdict
Suggestion = Entity | Relation
"""A proposal: its id is made from its content, its origin names suggester, version and score."""


@dataclass(frozen=True, slots=True)
class Op:
    """A change of one annotation: `before` None creates it, `after` None deletes it."""

    id: str
    before: Annotation | None
    after: Annotation | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One gesture of an annotator; `key` is made by the client and makes sending twice harmless."""

    key: str
    ops: tuple[Op, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """An article: its text never changes. `id` is the name it has outside the database."""

    id: Annotated[
        str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
    ]
    text: str
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layer:
    """One annotator's annotations of one document.

    `read_to` is the code point up to which the document has been read, None for nothing said.
    """

    annotator: str
    status: Status = "open"
    revision: int = 0
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    read_to: int | None = None

    def annotations(self) -> Iterator[Annotation]:
        """Yield every annotation, entities before the relations that need them."""
        yield from self.entities
        yield from self.relations
        yield from self.verdicts


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token borders: token i is `text[starts[i]:ends[i]]`; white space tokens count as well.

    `tokenizer` names what computed them, with its version.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    tokenizer: str

    def pack(self) -> bytes:
        """Return the borders as 32-bit unsigned integers, all starts and then all ends."""
        return array("I", (*self.starts, *self.ends)).tobytes()

    @classmethod
    def unpack(cls, packed: bytes, tokenizer: str) -> "Tokens":
        """Read what `pack` wrote."""
        borders = array("I", packed).tolist()
        half = len(borders) // 2
        return cls(tuple(borders[:half]), tuple(borders[half:]), tokenizer)


T = TypeVar("T")


def parse(adapter: TypeAdapter[T], value: object, what: str) -> T:
    """Read plain JSON values as records; raises Invalid with the path of each fault."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise Invalid(f"This is not {what}.", validation_problems(error)) from None


def validation_problems(error: ValidationError, line: int | None = None) -> list[Problem]:
    """Return each fault that the parser found, with its path."""
    return [
        Problem(fault["msg"], path=_path(fault["loc"]), line=line)
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _path(location: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")


# ---- schemes ---------------------------------------------------------------------------------

_SCHEME = TypeAdapter(Scheme)


def parse_scheme(value: object) -> Scheme:
    """Read a scheme from plain JSON or YAML values; raises Invalid.

    Labels without a colour get one from the palette; two labels or keys of one name are refused,
    and so is a head or tail that is no entity label.
    """
    scheme = parse(_SCHEME, _with_colors(value), "a scheme")
    problems = [*_repeated(scheme), *_unknown_ends(scheme)]
    if problems:
        raise Invalid("The scheme contradicts itself.", problems)
    return scheme


def scheme_json(scheme: Scheme) -> dict[str, Any]:
    """Return a scheme as plain JSON values, in the form of a scheme file."""
    return {
        "entities": [asdict(label) for label in scheme.entities],
        "relations": [asdict(label) for label in scheme.relations],
        "overlap": scheme.overlap,
    }


def _with_colors(value: object) -> object:
    if not isinstance(value, dict) or not isinstance(value.get("entities"), list):
        return value
    entities = [
        {"color": PALETTE[index % len(PALETTE)], **label} if isinstance(label, dict) else label
        for index, label in enumerate(value["entities"])
    ]
    return {**value, "entities": entities}


def _repeated(scheme: Scheme) -> Iterator[Problem]:
    for kind, labels in (("entities", scheme.entities), ("relations", scheme.relations)):
        for attribute in ("name", "key"):
            seen: set[str] = set()
            for index, label in enumerate(labels):
                value = getattr(label, attribute)
                if value and value in seen:
                    path = f"{kind}[{index}].{attribute}"
                    yield Problem(f"Another label has the {attribute} {value!r} already.", path)
                seen.add(value)


def _unknown_ends(scheme: Scheme) -> Iterator[Problem]:
    names = {label.name for label in scheme.entities}
    for index, relation in enumerate(scheme.relations):
        for end in ("head", "tail"):
            for name in getattr(relation, end):
                if name not in names:
                    path = f"relations[{index}].{end}"
                    yield Problem(f"{name!r} is not an entity label of this scheme.", path)


# ---- edits -----------------------------------------------------------------------------------

_ANNOTATIONS: dict[str, TypeAdapter[Any]] = {
    "start": TypeAdapter(Entity),
    "head": TypeAdapter(Relation),
    "verdict": TypeAdapter(Verdict),
}
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
MAX_OPS = 100_000
"""Ops that one request may carry."""


def parse_edits(value: object) -> tuple[int, tuple[Edit, ...]]:
    """Read `{"base": 41, "edits": [...]}`; raises Invalid with the path of each fault."""
    problems: list[Problem] = []
    body = value if isinstance(value, dict) else {}
    base, edits = body.get("base"), body.get("edits")
    if not isinstance(base, int) or isinstance(base, bool) or base < 0:
        problems.append(Problem("The revision that the edits were made on is missing.", "base"))
    if not isinstance(edits, list) or not edits:
        problems.append(Problem("At least one edit is needed.", "edits"))
        edits = []
    parsed = tuple(_parse_edit(edit, f"edits[{i}]", problems) for i, edit in enumerate(edits))
    if len({edit.key for edit in parsed}) != len(parsed):
        problems.append(Problem("Two edits of one request have the same key.", "edits"))
    if problems:
        raise Invalid("These edits cannot be read.", problems)
    return int(base or 0), parsed


def _parse_edit(value: object, path: str, problems: list[Problem]) -> Edit:
    body = value if isinstance(value, dict) else {}
    key, ops = body.get("key"), body.get("ops")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        problems.append(
            Problem("A key of 1 to 100 printable ASCII characters is needed.", f"{path}.key")
        )
    if not isinstance(ops, list) or not 0 < len(ops) <= MAX_OPS:
        problems.append(Problem(f"1 to {MAX_OPS:,} ops are needed.", f"{path}.ops"))
        ops = []
    parsed = tuple(_parse_op(op, f"{path}.ops[{i}]", problems) for i, op in enumerate(ops))
    if len({op.id for op in parsed}) != len(parsed):
        problems.append(Problem("Two ops of one edit change the same annotation.", f"{path}.ops"))
    return Edit(key if isinstance(key, str) else "", parsed)


def _parse_op(value: object, path: str, problems: list[Problem]) -> Op:
    body = value if isinstance(value, dict) else {}
    op_id = body.get("id")
    if not isinstance(op_id, str):
        problems.append(Problem("The id of an annotation is needed.", f"{path}.id"))
        op_id = ""
    before = _parse_annotation(op_id, body.get("before"), f"{path}.before", problems)
    after = _parse_annotation(op_id, body.get("after"), f"{path}.after", problems)
    if body.get("before") is None and body.get("after") is None:
        problems.append(Problem("An op needs a before, an after or both.", path))
    return Op(op_id, before, after)


def _parse_annotation(
    annotation_id: str, value: object, path: str, problems: list[Problem]
) -> Annotation | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        problems.append(Problem("An annotation is a JSON object.", path))
        return None
    kind = next((name for name in _ANNOTATIONS if name in value), None)
    if kind is None:
        problems.append(
            Problem("This is no entity (start, end), relation (head, tail) or verdict.", path)
        )
        return None
    try:
        annotation: Annotation = _ANNOTATIONS[kind].validate_python({**value, "id": annotation_id})
    except ValidationError as error:
        for fault in validation_problems(error):
            problems.append(Problem(fault.message, f"{path}.{fault.path}"))
        return None
    return annotation


def annotation_json(
    annotation: Annotation | None, *, with_id: bool = True
) -> dict[str, Any] | None:
    """Return an annotation as plain JSON values, leaving out an empty origin."""
    if annotation is None:
        return None
    body: dict[str, Any] = {"id": annotation.id} if with_id else {}
    if isinstance(annotation, Verdict):
        body["verdict"] = annotation.verdict
        return body
    if isinstance(annotation, Entity):
        body["start"], body["end"] = annotation.start, annotation.end
    else:
        body["head"], body["tail"] = annotation.head, annotation.tail
    body["label"] = annotation.label
    if annotation.origin is not None:
        body["origin"] = annotation.origin
    return body


def edit_json(edit: Edit) -> list[dict[str, Any]]:
    """Return the ops of an edit as plain JSON values."""
    return [
        {
            "id": op.id,
            "before": annotation_json(op.before, with_id=False),
            "after": annotation_json(op.after, with_id=False),
        }
        for op in edit.ops
    ]


def creation_json(items: Iterable[Annotation]) -> list[dict[str, Any]]:
    """Return the ops that create these annotations, as `edit_json` would."""
    return [
        {"id": item.id, "before": None, "after": annotation_json(item, with_id=False)}
        for item in items
    ]


def ops_from_json(ops: Iterable[Mapping[str, Any]]) -> tuple[Op, ...]:
    """Read ops that `edit_json` wrote."""
    return tuple(
        Op(op["id"], _trusted(op["id"], op["before"]), _trusted(op["id"], op["after"]))
        for op in ops
    )


def _trusted(annotation_id: str, body: Mapping[str, Any] | None) -> Annotation | None:
    if body is None:
        return None
    if "start" in body:
        return Entity(annotation_id, body["start"], body["end"], body["label"], body.get("origin"))
    if "head" in body:
        return Relation(
            annotation_id, body["head"], body["tail"], body["label"], body.get("origin")
        )
    return Verdict(annotation_id, body["verdict"])


def fold(edits: Iterable[Iterable[Op]]) -> dict[str, Annotation]:
    """Return the annotations that a log of edits leads to, by id."""
    items: dict[str, Annotation] = {}
    for ops in edits:
        for op in ops:
            items.pop(op.id, None)
            if op.after is not None:
                items[op.id] = op.after
    return items


# ---- rules -----------------------------------------------------------------------------------


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
