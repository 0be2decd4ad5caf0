"""JSON in and out of requests."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

import orjson
from flask import Response, request
from pydantic import TypeAdapter, ValidationError

from labeler.errors import Invalid, Problem
from labeler.schema import validation_problems

T = TypeVar("T")


def sent() -> Any:
    """Return the JSON that was sent; raises Invalid."""
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The body is not JSON: {error}.") from None


def sent_object() -> Mapping[str, Any]:
    """Return the JSON object that was sent; raises Invalid."""
    body = sent()
    if not isinstance(body, Mapping):
        raise Invalid("A JSON object is needed.")
    return body


def sent_as(kind: type[T]) -> T:
    """Return what was sent as a record of this kind; raises Invalid with the path of each fault."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    told = f"There is no such field. There are: {', '.join(sorted(known))}."
    unknown = [Problem(told, name) for name in sent_object() if name not in known]
    if unknown:
        raise Invalid("What was sent does not fit.", unknown)
    _refuse_nul(sent_object())
    try:
        adapter: TypeAdapter[T] = _adapter(kind)  # type: ignore[arg-type]
        return adapter.validate_json(request.get_data(), strict=True)
    except ValidationError as error:
        raise Invalid("What was sent does not fit.", validation_problems(error)) from None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _refuse_nul(value: object, path: str = "") -> None:
    """Refuse the one character that a database cannot hold, wherever it is sent."""
    if isinstance(value, str) and "\0" in value:
        raise Invalid("A NUL character cannot be kept.", [Problem("Take it out.", path)])
    inside = value.items() if isinstance(value, Mapping) else ()
    for name, part in inside or enumerate(value if isinstance(value, list) else ()):
        _refuse_nul(name)
        _refuse_nul(part, f"{path}.{name}".removeprefix("."))


def answer(value: object) -> Response:
    """Return a value as JSON."""
    return Response(orjson.dumps(value), mimetype="application/json")
