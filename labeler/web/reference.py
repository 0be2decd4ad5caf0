"""The API as a page: every endpoint with what it takes, and a form to try it."""

from itertools import groupby
from typing import Any

import orjson
from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from labeler.web.auth import allow
from labeler.web.openapi import PREFIX, describe

blueprint = Blueprint("reference", __name__)


@blueprint.get("/api")
@allow("member")
def endpoints() -> ResponseReturnValue:
    """Show the endpoints of the API, grouped by what their addresses begin with."""
    told = describe(current_app)
    rows = [
        _row(path, method, operation, told["components"]["schemas"])
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    groups = {name: list(each) for name, each in groupby(rows, key=lambda row: row["group"])}
    shapes = {name: _pretty(shape) for name, shape in told["components"]["schemas"].items()}
    return render_template("reference.html", groups=groups, shapes=shapes, prefix=PREFIX)


def _row(
    path: str, method: str, operation: dict[str, Any], shapes: dict[str, Any]
) -> dict[str, Any]:
    """Return an endpoint as the page shows it."""
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    body = content.get(kind, {})
    is_json = kind == "application/json"
    shape = body.get("schema", {})
    shape = shapes.get(shape.get("$ref", "").rpartition("/")[2], shape)
    return {
        "id": f"{method}-{operation['operationId']}",
        "group": path.removeprefix(PREFIX).split("/")[1].removesuffix(".json"),
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "who": operation["x-who"],
        "scope": operation["x-scope"],
        "parameters": operation["parameters"],
        "kind": kind,
        "schema": _pretty(shape) if is_json else "",
        "example": _pretty(_example(shape)) if is_json else "",
    }


def _example(shape: dict[str, Any]) -> dict[str, Any]:
    """Return what must be sent at least, to be filled in."""
    blank: dict[str, Any] = {"array": [], "object": {}, "integer": 0, "boolean": True, "string": ""}
    known = shape.get("properties", {})
    needed = {name: known[name] for name in shape.get("required", ())}
    return {
        name: given["enum"][0] if "enum" in given else blank.get(given.get("type", ""))
        for name, given in needed.items()
    }


def _pretty(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
