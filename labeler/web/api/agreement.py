"""Agreement: how far annotators agree, and the very annotations that each number is made of."""

from dataclasses import asdict
from typing import Any

from flask.typing import ResponseReturnValue

from labeler import jobs, reliability
from labeler.agreement import shapes
from labeler.errors import Unavailable
from labeler.models import Project
from labeler.web import paging
from labeler.web.agreement.listed import CHOICES, Listed, documents_of, listed
from labeler.web.agreement.scope import SCOPE, STRING, asked
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import comes_later, gives, takes

__all__ = ["blueprint"]

_PARAMETERS = dict.fromkeys((*CHOICES, "part", "name"), STRING)

EVIDENCE: dict[str, Any] = {
    "count": int,
    "annotations": int,
    "kinds": dict[str, int],
    "items": [reliability.Shown],
    "next": str | None,
}
"""The shape of a page of comparisons, as it is answered."""


@blueprint.get("/projects/<slug>/agreement")
@allow("curator")
@takes(**SCOPE)
@comes_later
@gives(shapes.Report)
def get_agreement(project: Project) -> ResponseReturnValue:
    """Return how far annotators agree: what `labeler agreement --json` prints.

    Of a large corpus a worker computes it: until then the answer is 202, with how far that is.
    """
    found, job = reliability.latest(project, asked(project).scope, me().id)
    if job is None and found is not None:
        return answer(found.report)
    if job is None or job.state not in jobs.UNFINISHED:
        raise Unavailable("The last computation ended without numbers. A manager can try it again.")
    told = {name: getattr(job, name) for name in ("id", "title", "state", "done", "total")}
    later = answer({"job": told})
    later.status_code, later.headers["Retry-After"] = 202, "2"
    return later


@blueprint.get("/projects/<slug>/agreement/evidence")
@allow("curator")
@takes(**SCOPE, **_PARAMETERS, **paging.BY_WORDS, document={"type": "integer"})
@gives(EVIDENCE)
def get_agreement_evidence(project: Project) -> ResponseReturnValue:
    """Return the comparisons that a number is made of."""
    return answer(evidence_json(listed(project, asked(project), paging.limit())))


def evidence_json(found: Listed) -> dict[str, Any]:
    """Return a page of comparisons as plain JSON values."""
    return {
        "count": found.count,
        "annotations": found.annotations,
        "kinds": found.counts,
        "items": [asdict(one) for one in found.shown],
        "next": found.after,
    }


@blueprint.get("/projects/<slug>/agreement/documents")
@allow("curator")
@takes(**SCOPE, part=STRING, a=STRING, **paging.BY_WORDS)
@gives(paging.listed("documents", shapes.Compared, count=int))
def get_agreement_documents(project: Project) -> ResponseReturnValue:
    """Return the shared documents, the one with the most differences first."""
    rows, total, after = documents_of(project, asked(project), paging.limit())
    return answer({"count": total, "documents": rows, "next": after})
