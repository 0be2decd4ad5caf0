"""Projects: which there are, what they are called, how suggestions come about, how far they are."""

from flask import current_app
from flask.typing import ResponseReturnValue

from labeler import schema
from labeler.models import Project
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow
from labeler.web.openapi import describe

__all__ = ["blueprint"]


@blueprint.get("/openapi.json")
@allow("public")
def openapi() -> ResponseReturnValue:
    """Return the description of this API."""
    return answer(describe(current_app))


@blueprint.get("/projects/<slug>")
@allow("annotator")
def get_project(project: Project) -> ResponseReturnValue:
    """Return a project with its scheme."""
    names = {"slug": project.slug, "title": project.title, "language": project.language}
    return answer({**names, "scheme": schema.scheme_json(project.scheme)})
