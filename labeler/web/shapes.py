"""The shapes of what the API answers, made from the records that it answers with."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

Mode = Literal["serialization", "validation"]
_REFERENCE = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Known:
    """What the document describes under a name already."""

    name: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A record's type whose empty values are left out, as they may be where it is sent."""

    kind: Any


class Lean(dict[str, Any]):
    """The shapes of values of an object that leaves out what is empty."""


@dataclass(frozen=True, slots=True)
class Every:
    """An object of any names, all of whose values have a shape."""

    kind: Any


@dataclass(frozen=True, slots=True)
class Either:
    """Shapes of which a value has one."""

    kinds: tuple[Any, ...]


class Shapes:
    """JSON schemas by name, each described once."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = dict(known)

    def of(self, shape: Any, mode: Mode = "serialization") -> dict[str, Any]:
        """Return the schema of a record's type, or of a dict of the shapes of values."""
        made: dict[str, Any]
        match shape:
            case dict():
                made = self._object(shape)
            case [kind]:
                made = {"type": "array", "items": self.of(kind)}
            case Known(name):
                made = {"$ref": _REFERENCE + name}
            case Sent(kind):
                made = self.of(kind, "validation")
            case Every(kind):
                made = {"type": "object", "additionalProperties": self.of(kind)}
            case Either(kinds):
                made = {"anyOf": [self.of(kind) for kind in kinds]}
            case _:
                made = self._record(shape, mode)
        return made

    def _object(self, shape: dict[str, Any]) -> dict[str, Any]:
        if not shape:
            return {"type": "object", "maxProperties": 0}
        properties = {name: self.of(value) for name, value in shape.items()}
        required = [] if isinstance(shape, Lean) else list(shape)
        return {"type": "object", "required": required, "properties": properties}

    def _record(self, shape: Any, mode: Mode) -> dict[str, Any]:
        made = TypeAdapter(shape).json_schema(mode=mode, ref_template=_REFERENCE + "{model}")
        parts = made.pop("$defs", {})
        if any(self.known.get(name, part) != part for name, part in parts.items()):
            place = _REFERENCE + _place(shape)  # another record has one of the names
            made = TypeAdapter(shape).json_schema(mode=mode, ref_template=place + "{model}")
            parts = {_place(shape) + name: part for name, part in made.pop("$defs").items()}
        self.known.update(parts)
        if made.get("type") == "object" and "title" in made and "properties" in made:
            return {"$ref": _REFERENCE + self._named(shape, made)}
        return made

    def _named(self, kind: type, made: dict[str, Any]) -> str:
        """Keep a record's schema, and return its name, with its place where another has it."""
        name = kind.__name__
        if self.known.get(name, made) != made:
            name = _place(kind) + name
        self.known[name] = made
        return name


def _place(kind: type) -> str:
    """Return the package of a record as the beginning of a name."""
    return kind.__module__.split(".")[1].title()


# ---- examples --------------------------------------------------------------------------------

_USUAL: dict[str, Any] = {
    "slug": "news",
    "title": "World news",
    "name": "ana",
    "annotator": "ana",
    "language": "en",
    "label": "PERSON",
    "text": "Ada Lovelace met Charles Babbage in London.",
    "seen": "0123456789abcdef",
    "color": "#d1495b",
    "key": "1",
    "undone": "1",
    "url": "https://example.org/hook",
}
"""What values of these names are like."""
_MOMENT = "2026-01-02T03:04:05Z"
_BLANK: dict[str, Any] = {"string": "…", "integer": 1, "number": 0.5, "boolean": True, "null": None}


def example_of(schema: dict[str, Any], known: dict[str, Any], name: str = "") -> Any:
    """Return a value that a schema allows."""
    other = known.get(schema.get("$ref", "").removeprefix(_REFERENCE))
    if other := other or next(iter(schema.get("anyOf", ())), None):
        return example_of(other, known, name)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        free = schema.get("patternProperties", {}).values() if "minProperties" in schema else ()
        parts = schema.get("properties", dict(zip(("kind",), free, strict=False)))
        return {part: example_of(each, known, part) for part, each in parts.items()}
    if kind == "array":
        places = schema.get("prefixItems") or [schema.get("items", {})]
        places = places * max(schema.get("minItems", 1) // len(places), 1)
        return [example_of(each, known, name) for each in places]
    usual = _MOMENT if "format" in schema else _USUAL.get(name, _BLANK["string"])
    return usual if kind == "string" else _BLANK.get(kind or "")
