"""Edits as they travel and are kept, and the annotations that they lead to."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from labeler.errors import Invalid, Problem
from labeler.schema.reading import validation_problems
from labeler.schema.records import (
    Annotation,
    Category,
    Decision,
    Edit,
    Entity,
    Op,
    Relation,
    Verdict,
)

_ANNOTATIONS: dict[str, TypeAdapter[Any]] = {
    "start": TypeAdapter(Entity),
    "head": TypeAdapter(Relation),
    "verdict": TypeAdapter(Verdict),
    "answer": TypeAdapter(Decision),
    "label": TypeAdapter(Category),
}
"""Each kind by the field that tells it from those below."""
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
            Problem(
                "This is no entity (start, end), relation (head, tail), verdict, answer or "
                "category (label).",
                path,
            )
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
    """Return an annotation as plain JSON values, leaving out what is empty."""
    if annotation is None:
        return None
    body = _BODIES[type(annotation)](annotation)
    return {"id": annotation.id, **body} if with_id else body


def _entity_body(entity: Entity) -> dict[str, Any]:
    body: dict[str, Any] = {"start": entity.start, "end": entity.end, "label": entity.label}
    if entity.origin is not None:
        body["origin"] = entity.origin
    if entity.parts:
        body["parts"] = entity.parts
    if entity.attributes:
        body["attributes"] = entity.attributes
    return body


def _relation_body(relation: Relation) -> dict[str, Any]:
    body: dict[str, Any] = {"head": relation.head, "tail": relation.tail, "label": relation.label}
    if relation.origin is not None:
        body["origin"] = relation.origin
    if relation.attributes:
        body["attributes"] = relation.attributes
    return body


def _category_body(category: Category) -> dict[str, Any]:
    body: dict[str, Any] = {"label": category.label}
    if category.origin is not None:
        body["origin"] = category.origin
    return body


def _verdict_body(verdict: Verdict) -> dict[str, Any]:
    return {"verdict": verdict.verdict}


def _decision_body(decision: Decision) -> dict[str, Any]:
    body: dict[str, Any] = {"answer": decision.answer, "seen": decision.seen}
    if decision.origin is not None:
        body["origin"] = decision.origin
    return body


_BODIES: dict[type, Callable[[Any], dict[str, Any]]] = {
    Entity: _entity_body,
    Relation: _relation_body,
    Category: _category_body,
    Verdict: _verdict_body,
    Decision: _decision_body,
}


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
    return [{"id": item.id, "before": None, "after": _BODIES[type(item)](item)} for item in items]


def ops_from_json(ops: Iterable[Mapping[str, Any]]) -> tuple[Op, ...]:
    """Read ops that `edit_json` wrote."""
    return tuple(
        Op(op["id"], trusted(op["id"], op["before"]), trusted(op["id"], op["after"])) for op in ops
    )


def trusted(annotation_id: str, body: Mapping[str, Any] | None) -> Annotation | None:
    """Return the annotation of a body that was checked before, as it was kept; None for none."""
    if body is None:
        return None
    if "verdict" in body:
        return Verdict(annotation_id, body["verdict"])
    if "answer" in body:
        return Decision(annotation_id, body["answer"], body["seen"], body.get("origin"))
    label, origin, attributes = body["label"], body.get("origin"), body.get("attributes")
    if "start" in body:
        parts = tuple((start, end) for start, end in body.get("parts", ()))
        return Entity(annotation_id, body["start"], body["end"], label, origin, parts, attributes)
    if "head" in body:
        return Relation(annotation_id, body["head"], body["tail"], label, origin, attributes)
    return Category(annotation_id, label, origin)


def fold(edits: Iterable[Iterable[Op]]) -> dict[str, Annotation]:
    """Return the annotations that a log of edits leads to, by id."""
    items: dict[str, Annotation] = {}
    for ops in edits:
        for op in ops:
            items.pop(op.id, None)
            if op.after is not None:
                items[op.id] = op.after
    return items
