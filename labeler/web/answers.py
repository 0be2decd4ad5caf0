"""JSON in and out of requests."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, request

from labeler.errors import Invalid


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


def answer(value: object) -> Response:
    """Return a value as JSON."""
    return Response(orjson.dumps(value), mimetype="application/json")
