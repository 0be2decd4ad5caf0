"""The records: frozen, and all that other levels speak in."""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

Status = Literal["open", "done", "skipped"]
STATUSES = ("open", "done", "skipped")
Overlap = Literal["allow", "nest", "forbid"]
Id = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
MAX_LABEL = 60
"""Characters of a label's name: the id of a suggestion, which holds it, is an id."""
LabelName = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_LABEL, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Key = Annotated[str, StringConstraints(max_length=1)]
Answer = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Offset = Annotated[int, Field(ge=0, strict=True)]
AttributeName = LabelName
MAX_ATTRIBUTES = 50
"""Attributes that an entity or relation may have."""
MAX_ATTRIBUTE = 2000
"""Characters that the value of one may have."""
MAX_NUMBER = 2**53
"""What numbers among them stay below: browsers count no further."""
AttributeValue = (
    Annotated[str, StringConstraints(strict=True, max_length=MAX_ATTRIBUTE)]
    | Annotated[bool, Field(strict=True)]
    | Annotated[int, Field(strict=True, gt=-MAX_NUMBER, lt=MAX_NUMBER)]
    | Annotated[float, Field(strict=True, gt=-MAX_NUMBER, lt=MAX_NUMBER)]
)
_WORD = r"^[^\s:;,\x00-\x1f\x7f]([^:;,\x00-\x1f\x7f]*[^\s:;,\x00-\x1f\x7f])?$"
AttributeWord = Annotated[str, StringConstraints(max_length=MAX_LABEL, pattern=_WORD)]
MAX_DECLARED = 20
"""Attributes that a label may declare."""
MAX_VALUES = 50
"""Values that one of them may list."""
Attributes = Annotated[
    dict[AttributeName, AttributeValue], Field(min_length=1, max_length=MAX_ATTRIBUTES)
]

PALETTE = (
    "#d1495b", "#2f6fde", "#2a9d5c", "#8a5cd6", "#b8860b", "#e07a1f", "#4f7d8c", "#c2448f",
    "#5f8a1d", "#3a4fb8", "#a0522d", "#0f8f8f",
)  # fmt: skip
"""Colours given to labels that name none, in this order."""

MAX_TEXT = 1_000_000
"""Code points that a document may have: the most that spaCy's pipelines take at once."""


def is_attribute_word(text: str) -> bool:
    """Tell whether a label can declare this as the name or a value of an attribute."""
    return len(text) <= MAX_LABEL and re.fullmatch(_WORD, text) is not None


@dataclass(frozen=True, slots=True)
class DeclaredAttribute:
    """What annotations of a label may tell: one of `values`, or anything where there are none.

    A `required` one must be told before the document is said to be done, not before: an annotation
    is made first, and described then. Neither its name nor a value has a colon, semicolon or comma,
    and no name ends with a star, so that all stand on one line.
    """

    name: AttributeWord
    values: Annotated[tuple[AttributeWord, ...], Field(max_length=MAX_VALUES)] = ()
    required: bool = False

    def takes(self, value: object) -> bool:
        """Tell whether this may be its value."""
        return not self.values or (isinstance(value, str) and value in self.values)


DeclaredAttributes = Annotated[tuple[DeclaredAttribute, ...], Field(max_length=MAX_DECLARED)]
MAX_FORMER = 100
"""Names that a label may have had before."""
Former = Annotated[tuple[LabelName, ...], Field(max_length=MAX_FORMER)]


@dataclass(frozen=True, slots=True)
class EntityLabel:
    """A kind of entity, with the attributes that it declares; others are free."""

    name: LabelName
    key: Key = ""
    color: Color = PALETTE[0]
    description: str = ""
    attributes: DeclaredAttributes = ()
    retired: bool = False
    formerly: Former = ()


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
    attributes: DeclaredAttributes = ()
    retired: bool = False
    formerly: Former = ()

    def allows(self, head: str, tail: str) -> bool:
        """Tell whether entities of these labels may be head and tail."""
        return (not self.head or head in self.head) and (not self.tail or tail in self.tail)


@dataclass(frozen=True, slots=True)
class CategoryLabel:
    """A kind of document; of those that share a `group` a document has one at most."""

    name: LabelName
    key: Key = ""
    color: Color = "#49566b"
    description: str = ""
    group: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    retired: bool = False
    formerly: Former = ()


Label = EntityLabel | RelationLabel | CategoryLabel
Kind = Literal["entities", "relations", "categories"]
KINDS: tuple[Kind, ...] = ("entities", "relations", "categories")
"""The lists of a scheme, one for each kind of annotation that has a label."""


@dataclass(frozen=True)
class Scheme:
    """What may be labeled in a project, and whether entities may overlap.

    A label that is `retired` is kept by what has it, and not offered for anything new. A label
    stands also for the names that it had `formerly`, as long as none else is called so.
    """

    entities: tuple[EntityLabel, ...] = ()
    relations: tuple[RelationLabel, ...] = ()
    overlap: Overlap = "allow"
    categories: tuple[CategoryLabel, ...] = ()

    def entity(self, name: str) -> EntityLabel | None:
        """Return the entity label of that name, if there is one."""
        return self._entities.get(name)

    def relation(self, name: str) -> RelationLabel | None:
        """Return the relation label of that name, if there is one."""
        return self._relations.get(name)

    @property
    def groups(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return the categories that exclude each other, by the name of their group; one that
        excludes no other is a group by itself."""
        groups: dict[tuple[str, str], list[str]] = {}
        for label in self.categories:
            alone = "" if label.group else label.name
            groups.setdefault((label.group, alone), []).append(label.name)
        return [(group or alone, tuple(labels)) for (group, alone), labels in groups.items()]

    @cached_property
    def requires_attributes(self) -> bool:
        """Tell whether any label has an attribute that must be given."""
        declared = [told for label in self.entities for told in label.attributes]
        declared += [told for label in self.relations for told in label.attributes]
        return any(told.required for told in declared)

    def category(self, name: str) -> CategoryLabel | None:
        """Return the category of that name, if there is one."""
        return self._categories.get(name)

    def labels(self, kind: Kind) -> tuple[Label, ...]:
        """Return the labels of a kind."""
        found: tuple[Label, ...] = getattr(self, kind)
        return found

    def current(self, kind: Kind, name: str) -> str:
        """Return what a label of this name is called by now: the name itself unless it changed."""
        return self._former[kind].get(name, name)

    def former(self, kind: Kind) -> Mapping[str, str]:
        """Return the names that labels of a kind had formerly, each with the present one."""
        return self._former[kind]

    def offered(self, kind: Kind, name: str) -> str | None:
        """Return the present name of a label, None where there is none or it is retired."""
        return self._offered[kind].get(self.current(kind, name))

    def renewed(self, item: "Annotation") -> "Annotation":
        """Return an annotation with its label by its present name."""
        if isinstance(item, Verdict | Decision):
            return item
        former = self._former[KIND_OF[type(item)]]
        return replace(item, label=former[item.label]) if item.label in former else item

    @cached_property
    def _former(self) -> dict[Kind, dict[str, str]]:
        return {kind: _former_names(self.labels(kind)) for kind in KINDS}

    @cached_property
    def _offered(self) -> dict[Kind, dict[str, str]]:
        return {k: {e.name: e.name for e in self.labels(k) if not e.retired} for k in KINDS}

    @cached_property
    def _entities(self) -> dict[str, EntityLabel]:
        return {label.name: label for label in self.entities}

    @cached_property
    def _relations(self) -> dict[str, RelationLabel]:
        return {label.name: label for label in self.relations}

    @cached_property
    def _categories(self) -> dict[str, CategoryLabel]:
        return {label.name: label for label in self.categories}


def _former_names(labels: Iterable[Label]) -> dict[str, str]:
    """Return former names with present ones; a present name is never a former one as well."""
    found = list(labels)
    former = {old: label.name for label in found for old in label.formerly}
    return {old: name for old, name in former.items() if old not in {e.name for e in found}}


@dataclass(frozen=True, slots=True)
class Entity:
    """A labeled span of text; `origin` tells what proposed it, None when a person made it.

    A discontinuous entity has `parts`, two or more in the order of the text, apart from each
    other; it starts with the first and ends with the last. `attributes` are free but for those that
    its label declares with values.
    """

    id: Id
    start: Offset
    end: Offset
    label: LabelName
    origin: dict[str, Any] | None = None
    parts: tuple[tuple[Offset, Offset], ...] = ()
    attributes: Attributes | None = None

    def extents(self) -> tuple[tuple[int, int], ...]:
        """Return the stretches of text it consists of, one unless it is discontinuous."""
        return self.parts or ((self.start, self.end),)


@dataclass(frozen=True, slots=True)
class Relation:
    """A labeled link from one entity to another of the same layer, both by id."""

    id: Id
    head: Id
    tail: Id
    label: LabelName
    origin: dict[str, Any] | None = None
    attributes: Attributes | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A label of the document as a whole."""

    id: Id
    label: LabelName
    origin: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about the suggestion of this id other than accepting it."""

    id: Id
    verdict: Literal["rejected"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a curator settled in a gold layer: the answer to the question of this id.

    `answer` names the version taken, "" for none of them. `seen` is the fingerprint of the versions
    that were on offer: when they change, the question is open again. `origin` tells how and why.
    """

    id: Id
    answer: Answer
    seen: Fingerprint
    origin: dict[str, Any] | None = None


Annotation = Entity | Relation | Category | Verdict | Decision
KIND_OF: dict[type, Kind] = {Entity: "entities", Relation: "relations", Category: "categories"}
Suggestion = Entity | Relation | Category
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

    `read_to` is the code point up to which the document has been read, None for nothing said;
    `flag` is why it was flagged for the lead, `reason` why it was skipped; `blind` tells that it
    was made without suggestions in sight, where others had some.
    """

    annotator: str
    status: Status = "open"
    revision: int = 0
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    read_to: int | None = None
    categories: tuple[Category, ...] = ()
    decisions: tuple[Decision, ...] = ()
    flag: str | None = None
    reason: str | None = None
    blind: bool = False

    def annotations(self) -> Iterator[Annotation]:
        """Yield every annotation, entities before the relations that need them."""
        yield from self.entities
        yield from self.relations
        yield from self.categories
        yield from self.verdicts
        yield from self.decisions


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
