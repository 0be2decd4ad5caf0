"""The guidelines of a project, and every version of them."""

from dataclasses import asdict, dataclass
from typing import Any

from flask.typing import ResponseReturnValue

from labeler import guidelines as kept
from labeler import projects, settling
from labeler.models import Project
from labeler.web import paging
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import MAX_ID, gives, takes

__all__ = ["blueprint"]


@dataclass(frozen=True, slots=True)
class Text:
    """The guidelines, in Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line for the end of the guidelines."""

    line: str


_GUIDELINES = {"number": int, "text": str}


@blueprint.get("/projects/<slug>/guidelines")
@allow("annotator")
@gives(_GUIDELINES)
def get_guidelines(project: Project) -> ResponseReturnValue:
    """Return the guidelines, and the number of their version; 0 where there are none yet."""
    return _told(project)


@blueprint.put("/projects/<slug>/guidelines")
@allow("manager")
@takes(Text)
@gives(_GUIDELINES)
def put_guidelines(project: Project) -> ResponseReturnValue:
    """Give a project other guidelines, as a new version; the same ones change nothing."""
    projects.change_guidelines(project, sent_as(Text).text, me())
    return _told(project)


@blueprint.post("/projects/<slug>/guidelines/lines")
@allow("curator")
@takes(NewLine)
@gives(_GUIDELINES)
def post_line(project: Project) -> ResponseReturnValue:
    """Add a line at the end of the guidelines, as a new version."""
    projects.add_guideline(project, sent_as(NewLine).line, me())
    return _told(project)


@blueprint.get("/projects/<slug>/guidelines/lines")
@allow("curator")
@gives({"lines": [settling.Line]})
def get_lines(project: Project) -> ResponseReturnValue:
    """Return what was settled alike so often that the guidelines could say it."""
    return answer({"lines": settling.proposed_lines(project)})


@blueprint.get("/projects/<slug>/guidelines/versions/<int:number>")
@allow("annotator")
@gives(_GUIDELINES)
def get_version(project: Project, number: int) -> ResponseReturnValue:
    """Return the guidelines as they were in a version."""
    return answer({"number": number, "text": kept.find(project, number).text})


def _told(project: Project) -> ResponseReturnValue:
    last = kept.latest(project)
    return answer({"number": last.number if last else 0, "text": project.guidelines})


@blueprint.get("/projects/<slug>/guidelines/versions")
@allow("annotator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("versions", kept.Version))
def get_versions(project: Project) -> ResponseReturnValue:
    """Return versions of the guidelines, newest first, with the lines that each changed."""
    found = kept.versions(project, paging.after(MAX_ID), paging.wanted())
    return answer(paging.page("versions", found, lambda one: one.number, _version_json))


def _version_json(version: kept.Version) -> dict[str, Any]:
    return {**asdict(version), "at": version.at.isoformat()}
