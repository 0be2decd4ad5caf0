"""The scheme of a project: labels, their ends, the rule on overlap."""

from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue

from labeler import projects, schema
from labeler.errors import Conflict
from labeler.models import Project
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.auth import allow
from labeler.web.openapi import gives, takes
from labeler.web.shapes import Sent

__all__ = ["blueprint"]

_SCHEME: dict[str, Any] = {
    "scheme": Sent(schema.Scheme),
    "seen": str,
    "usage": dict[str, dict[str, int]],
}


@dataclass(frozen=True, slots=True)
class NewScheme:
    """A scheme in the place of another; `seen` is that of the scheme it was made from."""

    scheme: dict[str, Any]
    seen: str | None = None


@blueprint.get("/projects/<slug>/scheme")
@allow("annotator")
@gives(_SCHEME)
def get_scheme(project: Project) -> ResponseReturnValue:
    """Return the scheme, and how often each label is used."""
    return _told(project)


@blueprint.put("/projects/<slug>/scheme")
@allow("manager")
@takes(NewScheme)
@gives(_SCHEME)
def put_scheme(project: Project) -> ResponseReturnValue:
    """Change the scheme, where nothing labeled would break it; 409 when it is not as `seen`."""
    sent = sent_as(NewScheme)
    if sent.seen is not None and sent.seen != projects.fingerprint(project.scheme):
        raise Conflict("Somebody changed the scheme meanwhile. Ask for it again.")
    projects.change_scheme(project, schema.parse_scheme(sent.scheme))
    return _told(project)


def _told(project: Project) -> ResponseReturnValue:
    scheme = project.scheme
    return answer(
        {
            "scheme": schema.scheme_json(scheme),
            "seen": projects.fingerprint(scheme),
            "usage": projects.usage(project),
        }
    )
