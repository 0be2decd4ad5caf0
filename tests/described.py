"""Every answer of the API in any test is what the description says, and nothing beside it."""

from functools import cache
from typing import Any

import jsonschema_rs
import orjson
from flask import Response, current_app, request

from labeler.web.openapi import PREFIX, describe

Json = dict[str, Any]


def conforms(answer: Response) -> Response:
    """Fail unless an answer of the API has exactly the values that its description names."""
    rule = request.url_rule
    if rule is None or not rule.rule.startswith(PREFIX) or answer.mimetype != "application/json":
        return answer
    name, status = rule.endpoint.rpartition(".")[2], str(answer.status_code)
    validator = _validators().get((name, status)) or _validators()[name, "default"]
    told = orjson.loads(answer.get_data())
    faults = [f"{each.instance_path}: {each.message[:300]}" for each in validator.iter_errors(told)]
    assert not faults, f"{name} answers otherwise than it is described: {faults[:5]}"
    return answer


@cache
def _validators() -> dict[tuple[str, str], Any]:
    """Return what checks the answers of each operation, by status."""
    document = describe(current_app)
    schemas = closed(document["components"]["schemas"])
    return {
        (operation["operationId"], status): jsonschema_rs.validator_for(
            {**closed(schema), "components": {"schemas": schemas}}
        )
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, told in operation["responses"].items()
        if (schema := told.get("content", {}).get("application/json", {}).get("schema"))
    }


def closed(schema: Any) -> Any:
    """Return a schema whose objects allow no values that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(each) for name, each in schema.items()}
    if made.get("type") == "object" and "properties" in made:
        made.setdefault("additionalProperties", False)
    return made
