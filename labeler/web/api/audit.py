"""Who did what, in a project or on the whole site."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from labeler import audit
from labeler.models import Project
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow
from labeler.web.openapi import NUMBER, gives, takes, whole

__all__ = ["blueprint"]

_STRING = {"type": "string"}
_QUERY: dict[str, dict[str, Any]] = {
    "by": {**_STRING, "description": "The name of who did it."},
    "action": {**_STRING, "description": "What was done: one of the actions, as it is told."},
    "before": NUMBER,
}
_ENTRIES = {"entries": [audit.Entry], "next": int | None}


@blueprint.get("/projects/<slug>/audit")
@allow("manager")
@takes(**_QUERY)
@gives(_ENTRIES)
def get_audit(project: Project) -> ResponseReturnValue:
    """Return who did what in a project, newest first, a page at a time: those before `before`."""
    return _entries(project)


@blueprint.get("/audit")
@allow("admin")
@takes(**_QUERY)
@gives(_ENTRIES)
def get_site_audit() -> ResponseReturnValue:
    """Return who did what on the whole site, newest first: those before `before`."""
    return _entries(None)


def _entries(project: Project | None) -> ResponseReturnValue:
    actor, action = request.args.get("by", "").strip(), request.args.get("action", "")
    before = request.args.get("before", type=whole)
    found = audit.entries(project, actor=actor, action=action, before=before)
    return answer({"entries": found.rows, "next": found.older})
