"""The description of the API is that of its routes."""

import re
from typing import Any

from flask import Flask

from labeler import schema
from labeler.web.openapi import PREFIX


def described(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document as anybody gets it."""
    answer = app.test_client().get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json or {})


def test_every_route_is_described_and_nothing_else(app: Flask) -> None:
    """Paths and methods of the document are those of the app, each with who may use it."""
    document = described(app)
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(PREFIX)
    }
    told = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert told == routes
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"].endswith(".")
            assert operation["x-who"]


def test_every_reference_leads_somewhere(app: Flask) -> None:
    """No `$ref` of the document hangs in the air."""
    document = described(app)
    for reference in re.findall(r"'\$ref': '#/([^']+)'", repr(document)):
        place: Any = document
        for part in reference.split("/"):
            place = place[part]


def test_annotations_are_described_as_they_travel(app: Flask) -> None:
    """What the document requires of an entity is what an edit with one needs."""
    entity = described(app)["components"]["schemas"]["Entity"]
    assert entity["required"] == ["start", "end", "label"]
    after = {"start": 0, "end": 3, "label": "PERSON"}
    op = {"id": "e", "before": None, "after": after}
    _, [edit] = schema.parse_edits({"base": 0, "edits": [{"key": "k", "ops": [op]}]})
    assert edit.ops[0].after == schema.Entity("e", 0, 3, "PERSON")
