"""Schemes as files have them."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from labeler.errors import Invalid, Problem
from labeler.schema.reading import parse
from labeler.schema.records import KINDS, PALETTE, EntityLabel, Label, RelationLabel, Scheme

_SCHEME = TypeAdapter(Scheme)


def parse_scheme(value: object) -> Scheme:
    """Read a scheme from plain JSON or YAML values; raises Invalid.

    Labels without a colour get one from the palette; two labels or keys of one name are refused,
    and so are a head or tail that is no entity label, attributes or values declared twice, and
    attributes whose names end with a star.
    """
    scheme = parse(_SCHEME, _with_colors(value), "a scheme")
    problems = [*_repeated(scheme), *_unknown_ends(scheme), *_faulty_attributes(scheme)]
    if problems:
        raise Invalid("The scheme contradicts itself.", problems)
    return scheme


def scheme_json(scheme: Scheme) -> dict[str, Any]:
    """Return a scheme as plain JSON values, in the form of a scheme file."""
    return {
        "entities": [_label_json(label) for label in scheme.entities],
        "relations": [_label_json(label) for label in scheme.relations],
        "overlap": scheme.overlap,
        "categories": [_label_json(label) for label in scheme.categories],
    }


def _label_json(label: Label) -> dict[str, Any]:
    """Return a label without what came to labels later and it has not: older files lack it too."""
    plain = asdict(label)
    for name in ("attributes", "retired", "formerly"):
        if name in plain and not plain[name]:
            del plain[name]
    for declared in plain.get("attributes", ()):
        if not declared["required"]:
            del declared["required"]
    return plain


def _with_colors(value: object) -> object:
    if not isinstance(value, dict) or not isinstance(value.get("entities"), list):
        return value
    entities = [
        {"color": PALETTE[index % len(PALETTE)], **label} if isinstance(label, dict) else label
        for index, label in enumerate(value["entities"])
    ]
    return {**value, "entities": entities}


def _repeated(scheme: Scheme) -> Iterator[Problem]:
    for kind in KINDS:
        labels = scheme.labels(kind)
        for attribute in ("name", "key"):
            seen: set[str] = set()
            for index, label in enumerate(labels):
                value = getattr(label, attribute)
                if attribute == "key" and label.retired:
                    continue  # nobody presses it
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


def _faulty_attributes(scheme: Scheme) -> Iterator[Problem]:
    declaring: dict[str, tuple[EntityLabel | RelationLabel, ...]] = {
        "entities": scheme.entities,
        "relations": scheme.relations,
    }
    for kind, labels in declaring.items():
        for index, label in enumerate(labels):
            path = f"{kind}[{index}].attributes"
            names = [declared.name for declared in label.attributes]
            if len(set(names)) < len(names):
                yield Problem(f"{label.name} declares an attribute twice.", path)
            for declared in label.attributes:
                if declared.name.endswith("*"):
                    message = (
                        f"{declared.name} of {label.name} ends with a star, which no name does."
                    )
                    yield Problem(message, path)
                if len(set(declared.values)) < len(declared.values):
                    yield Problem(f"{declared.name} of {label.name} has a value twice.", path)
