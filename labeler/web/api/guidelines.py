"""The guidelines of a project, and every version of them."""

from dataclasses import asdict
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from labeler import guidelines as kept
from labeler.models import Project
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow
from labeler.web.openapi import takes, whole

__all__ = ["blueprint"]


@blueprint.get("/projects/<slug>/guidelines/versions")
@allow("annotator")
@takes(before={"type": "integer", "minimum": 1})
def get_versions(project: Project) -> ResponseReturnValue:
    """Return versions of the guidelines, newest first, with the lines that each changed."""
    before = request.args.get("before", type=whole)
    found = kept.versions(project, None if before is None else max(before, 1))
    following = found[-1].number if found and found[-1].number > 1 else None
    return answer({"versions": [_version_json(each) for each in found], "next": following})


def _version_json(version: kept.Version) -> dict[str, Any]:
    return {**asdict(version), "at": version.at.isoformat()}
