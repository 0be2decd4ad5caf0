"""The shapes of what the API answers, made from the records that it answers with."""

from dataclasses import fields
from typing import Annotated, Any, TypeVar

from pydantic import TypeAdapter, WithJsonSchema

R = TypeVar("R")
_REFERENCE = "#/components/schemas/"


def known(name: str) -> Any:
    """Return the type of what is described in the document under this name."""
    return Annotated[dict[str, Any], WithJsonSchema({"$ref": f"{_REFERENCE}{name}"})]


def record(kind: type[R], row: object) -> R:
    """Return what a row of a table tells, as a record: the attributes of the same names."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})  # type: ignore[arg-type]


class Shapes:
    """JSON schemas by name, each described once."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = dict(known)

    def of(self, shape: Any) -> dict[str, Any]:
        """Return the schema of a record's type, or of a dict of the shapes of values."""
        if isinstance(shape, dict):
            properties = {name: self.of(value) for name, value in shape.items()}
            return {"type": "object", "required": list(shape), "properties": properties}
        made = TypeAdapter(shape).json_schema(
            mode="serialization", ref_template=_REFERENCE + "{model}"
        )
        for name, part in made.pop("$defs", {}).items():
            self.known.setdefault(name, part)
        title = made.get("title")
        if made.get("type") == "object" and title and "properties" in made:
            self.known.setdefault(title, made)
            return {"$ref": f"{_REFERENCE}{title}"}
        return made


# ---- examples --------------------------------------------------------------------------------

_USUAL: dict[str, Any] = {
    "slug": "news",
    "title": "World news",
    "name": "ana",
    "annotator": "ana",
    "language": "en",
    "label": "PERSON",
    "text": "Ada Lovelace met Charles Babbage in London.",
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
    if kind == "object":
        parts = schema.get("properties", {})
        return {part: example_of(each, known, part) for part, each in parts.items()}
    if kind == "array":
        places = schema.get("prefixItems") or [schema.get("items", {})]
        return [example_of(each, known, name) for each in places]
    usual = _MOMENT if "format" in schema else _USUAL.get(name, _BLANK["string"])
    return usual if kind == "string" else _BLANK.get(kind or "")
