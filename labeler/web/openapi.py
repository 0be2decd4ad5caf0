"""The API described as OpenAPI 3.1, made from the routes themselves."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

from flask import Flask, request
from pydantic import Field, TypeAdapter
from werkzeug.routing import Rule

from labeler import __version__, schema
from labeler.errors import Invalid, Problem
from labeler.web.shapes import Shapes, example_of

PREFIX = "/api/v1"
MAX_ID = 2**31 - 1
"""Larger numbers name nothing, and PostgreSQL would refuse them."""
Whole = Annotated[int, Field(ge=0, le=MAX_ID)]
"""A number in a body that may name something."""
_WHOLE = re.compile(r"[0-9]{1,10}")
JSON = "application/json"
KEY_HEADER = "Idempotency-Key"
"""The header by which a POST that is sent again is done once."""
F = TypeVar("F", bound=Callable[..., Any])

_STRING = {"type": "string"}
_NUMBER = {"type": "integer"}
NUMBER = {"type": "integer", "minimum": 0}
"""A number of a query, such as an id after which a page begins."""
_ID = {**_NUMBER, "minimum": 0, "maximum": MAX_ID}
_NAMES = {"slug": _STRING, "name": _STRING, "token": _STRING}
_ANNOTATION = {
    "anyOf": [
        {"$ref": "#/components/schemas/Entity"},
        {"$ref": "#/components/schemas/Relation"},
        {"$ref": "#/components/schemas/Category"},
        {"$ref": "#/components/schemas/Verdict"},
        {"$ref": "#/components/schemas/Decision"},
        {"type": "null"},
    ]
}
FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
"""A body that is the file itself."""


def whole(sent: str) -> int:
    """Read a number of an address; raises ValueError where no table could hold it."""
    if abs(value := int(sent)) > MAX_ID:
        raise ValueError(sent)
    return value


def takes(body: Any = None, **query: dict[str, Any]) -> Callable[[F], F]:
    """Say which body and which query a route takes: a record's type, a schema, or a `FILE`."""

    def mark(view: F) -> F:
        view.takes = (body, query)  # type: ignore[attr-defined]
        return view

    return mark


def gives(shape: Any = None, kind: str = JSON) -> Callable[[F], F]:
    """Say what a route answers with: JSON of a shape, or a file of a kind.

    A shape is a record's type, or for an object a dict of the shapes of its values.
    """

    def mark(view: F) -> F:
        view.gives = (shape, kind)  # type: ignore[attr-defined]
        return view

    return mark


def comes_later(view: F) -> F:
    """Say that a route answers 202 with the job, as long as a worker computes what it gives."""
    view.comes_later = True  # type: ignore[attr-defined]
    return view


def check_query(view: Callable[..., Any]) -> None:
    """Raise Invalid for a number in the query that is none, or not within its bounds."""
    query: dict[str, dict[str, Any]] = getattr(view, "takes", (None, {}))[1]
    numbers = {name: given for name, given in query.items() if given.get("type") == "integer"}
    problems = [
        Problem("Use a whole number from {} to {}.".format(*_bounds(numbers[name])), name)
        for name in numbers
        if (sent := request.args.get(name)) is not None and not _fits(sent, numbers[name])
    ]
    if problems:
        raise Invalid(f"`{problems[0].path}` is not a number that can be meant.", problems)


def _fits(sent: str, given: dict[str, Any]) -> bool:
    least, most = _bounds(given)
    return _WHOLE.fullmatch(sent) is not None and least <= int(sent) <= most


def _bounds(given: dict[str, Any]) -> tuple[int, int]:
    return given.get("minimum", 0), given.get("maximum", MAX_ID)


def _bounded(given: dict[str, Any]) -> dict[str, Any]:
    return {"maximum": MAX_ID, **given} if given.get("type") == "integer" else given


def describe(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of the routes below `/api/v1`."""
    paths: dict[str, dict[str, Any]] = {}
    shapes = Shapes(_schemas())
    for rule in sorted(_rules(app), key=lambda rule: rule.rule):
        path = re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            view = app.view_functions[rule.endpoint]
            paths.setdefault(path, {})[method.lower()] = _operation(rule, method, view, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "labeler", "version": __version__},
        "paths": paths,
        "components": {"schemas": shapes.known, "securitySchemes": _SECURITY},
    }


def _rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX))


_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "From `labeler token NAME`."},
    "session": {"type": "apiKey", "in": "cookie", "name": "session"},
}


def _operation(rule: Rule, method: str, view: Callable[..., Any], shapes: Shapes) -> dict[str, Any]:
    body, query = getattr(view, "takes", (None, {}))
    path = [
        {"name": name, "in": "path", "required": True, "schema": _NAMES.get(name, _ID)}
        for name in sorted(rule.arguments)
    ]
    who, scope = getattr(view, "who", ""), scope_of(view, method)
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": (inspect.getdoc(view) or "").splitlines()[0],
        "x-who": who,
        "x-scope": scope,
        "security": [] if who == "public" else [{"token": [scope]}, {"session": []}],
        "parameters": [
            *path,
            *([_KEY] if method == "POST" else []),
            *({"name": n, "in": "query", "schema": _bounded(s)} for n, s in query.items()),
        ],
        "responses": {
            "200": {"description": "Done.", "content": _answered(view, shapes)},
            **(_LATER if getattr(view, "comes_later", False) else {}),
            **{
                str(status): {"description": _REFUSALS[status], "content": _ERROR}
                for status in _refusals(who, rule, bool(body or query or method == "POST"))
            },
            "default": {"description": "Refused, with the reason.", "content": _ERROR},
        },
    }
    if body is not None and method != "GET":
        schema = body if isinstance(body, dict) else shapes.of(body, mode="validation")
        kind = schema.get("contentMediaType", JSON)
        example = {} if kind != JSON else {"example": example_of(schema, shapes.known)}
        operation["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": schema, **example}},
        }
    return operation


_FAR: dict[str, Any] = {
    "id": _NUMBER,
    "title": _STRING,
    "state": _STRING,
    "done": _NUMBER,
    "total": {"type": ["integer", "null"]},
}
"""What a job tells of itself while what it computes is waited for."""
_KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "description": "Your own name for this request: sent again within a day, it is done once.",
    "schema": {**_STRING, "minLength": 16, "maxLength": 100, "pattern": "^[\\x21-\\x7e]+$"},
}
_JOB = {
    "type": "object",
    "required": ["job"],
    "properties": {"job": {"type": "object", "required": list(_FAR), "properties": _FAR}},
}
_LATER = {"202": {"description": "Being computed. Ask again.", "content": {JSON: {"schema": _JOB}}}}


def scope_of(view: Callable[..., Any], method: str) -> str:
    """Return the scope that a token needs for a route, as it says, or as its method does."""
    own: str | None = getattr(view, "scope", None)
    if own is not None or method in ("GET", "HEAD"):
        return own or "read"
    return "annotate" if getattr(view, "who", "") in ("annotator", "curator") else "manage"


def _answered(view: Callable[..., Any], shapes: Shapes) -> dict[str, Any]:
    shape, kind = getattr(view, "gives", (None, JSON))
    if kind != JSON or shape is None:
        return {kind: {}}
    made = shapes.of(shape)
    return {kind: {"schema": made, "example": example_of(made, shapes.known)}}


_REFUSALS = {
    401: "Nobody is signed in, or the token holds no longer.",
    403: "The person, or this token, may not do this.",
    404: "There is no such thing, or it is not theirs to know of.",
    422: "What was sent breaks a rule: `problems` say which and where.",
    429: "The token asked too often: wait as long as `Retry-After` says.",
}


def _refusals(who: str, rule: Rule, takes_something: bool) -> list[int]:
    """Return the statuses with which a route may refuse, but for those that few have."""
    if who == "public":
        return []
    named = [404] if rule.arguments else []
    return [401, 403, *named, *([422] if takes_something else []), 429]


_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}


def _schemas() -> dict[str, Any]:
    """Return the schemas of what travels: annotations without ids, ops, edits and errors."""
    kinds = (schema.Entity, schema.Relation, schema.Category, schema.Verdict, schema.Decision)
    whole = {kind.__name__: TypeAdapter(kind).json_schema() for kind in kinds}
    made = {name: _without_id(each) for name, each in whole.items()}
    kept = {f"Kept{name}": each for name, each in whole.items()}
    op = {"id": _STRING, "before": _ANNOTATION, "after": _ANNOTATION}
    ops = {"type": "array", "items": {"$ref": "#/components/schemas/Op"}, "minItems": 1}
    where = {"path": _STRING, "file": _STRING, "line": _NUMBER}
    problem = {"message": _STRING, **where, "code": _STRING}
    problems = {"type": "array", "items": {"type": "object", "properties": problem}}
    missed = {"type": "array", "items": {"$ref": "#/components/schemas/LoggedEdit"}}
    moved = {"revision": _NUMBER, "missed": missed, "scheme_version": _NUMBER}
    return {
        **made,
        **kept,
        "Op": {"type": "object", "required": ["id", "before", "after"], "properties": op},
        "Edit": {
            "type": "object",
            "required": ["key", "ops"],
            "properties": {"key": _STRING, "ops": ops},
        },
        "LoggedEdit": {
            "type": "object",
            "required": ["revision", "key", "actor", "at", "ops"],
            "properties": {
                "revision": _NUMBER,
                "key": _STRING,
                "actor": _STRING,
                "at": {**_STRING, "format": "date-time"},
                "ops": ops,
            },
        },
        "Error": {
            "type": "object",
            "required": ["code", "message", "problems"],
            "properties": {"code": _STRING, "message": _STRING, "problems": problems, **moved},
        },
    }


def _without_id(made: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an annotation as an op has it: its id stands beside, not in it."""
    properties = {name: value for name, value in made["properties"].items() if name != "id"}
    required = [name for name in made["required"] if name != "id"]
    return {"type": "object", "properties": properties, "required": required}
