"""What can be chosen on this site: formats, suggesters with their pipelines, templates."""

from typing import Any

from flask.typing import ResponseReturnValue

from labeler import nlp, projects, schema
from labeler.formats import exporters, importers
from labeler.registry import Registry
from labeler.suggest import chosen, suggesters
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow
from labeler.web.openapi import gives
from labeler.web.shapes import Sent

__all__ = ["blueprint"]

_NAMED: dict[str, Any] = {"name": str, "title": str}


@blueprint.get("/formats")
@allow("member")
@gives({"importers": [{**_NAMED, "suffixes": list[str]}], "exporters": [_NAMED]})
def get_formats() -> ResponseReturnValue:
    """Return the formats that can be imported, with the endings of their files, and exported."""
    told = [
        {**_named(importers, name), "suffixes": importers[name].suffixes}
        for name in importers.names()
    ]
    return answer(
        {"importers": told, "exporters": [_named(exporters, name) for name in exporters.names()]}
    )


@blueprint.get("/suggesters")
@allow("member")
@gives({"suggesters": [_NAMED], "pipelines": list[str]})
def get_suggesters() -> ResponseReturnValue:
    """Return the suggesters that a project can have, and the spaCy pipelines installed here."""
    known = [_named(suggesters, name) for name in chosen()]
    return answer({"suggesters": known, "pipelines": nlp.pipelines()})


@blueprint.get("/templates")
@allow("member")
@gives({"templates": [{"name": str, "scheme": Sent(schema.Scheme), "guidelines": str}]})
def get_templates() -> ResponseReturnValue:
    """Return the schemes with guidelines that a project can start from."""
    return answer(
        {
            "templates": [
                {
                    "name": each.name,
                    "scheme": schema.scheme_json(each.scheme),
                    "guidelines": each.guidelines,
                }
                for each in projects.templates()
            ]
        }
    )


def _named(registry: Registry[Any], name: str) -> dict[str, str]:
    return {"name": name, "title": registry[name].title}
