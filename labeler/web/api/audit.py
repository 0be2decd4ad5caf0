"""Who did what, in a project or on the whole site."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from labeler import audit
from labeler.models import Project
from labeler.web import paging
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow
from labeler.web.openapi import MAX_ID, gives, takes

__all__ = ["blueprint"]

_STRING = {"type": "string"}
_QUERY: dict[str, dict[str, Any]] = {
    "by": {**_STRING, "description": "The name of who did it."},
    "action": {**_STRING, "description": "What was done: one of the actions, as it is told."},
    **paging.BY_NUMBER,
}
_ENTRIES = paging.listed("entries", audit.Entry)


@blueprint.get("/projects/<slug>/audit")
@allow("manager")
@takes(**_QUERY)
@gives(_ENTRIES)
def get_audit(project: Project) -> ResponseReturnValue:
    """Return who did what in a project, newest first."""
    return _entries(project)


@blueprint.get("/audit")
@allow("admin")
@takes(**_QUERY)
@gives(_ENTRIES)
def get_site_audit() -> ResponseReturnValue:
    """Return who did what on the whole site, newest first."""
    return _entries(None)


def _entries(project: Project | None) -> ResponseReturnValue:
    actor, action = request.args.get("by", "").strip(), request.args.get("action", "")
    place, limit = paging.after(MAX_ID), paging.limit()
    found = audit.entries(project, actor=actor, action=action, before=place, limit=limit)
    return answer({"entries": found.rows, "next": found.older})
