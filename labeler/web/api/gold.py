"""What is to be settled in a project, and settling what needs no person."""

from dataclasses import dataclass
from typing import Any, Literal

from flask import request
from flask.typing import ResponseReturnValue

from labeler import settling
from labeler.models import Project
from labeler.models.database import now
from labeler.web import paging
from labeler.web.adjudicate import COUNTED
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.api.consistency import Undone
from labeler.web.api.jobs import JOB, job_json
from labeler.web.auth import allow, me
from labeler.web.openapi import NUMBER, Whole, gives, takes, whole
from labeler.web.shapes import Lean

__all__ = ["blueprint"]

_COUNTS: dict[str, Any] = {"documents": int, "questions": int, "left": int, "complete": int}


@dataclass(frozen=True, slots=True)
class Automatic:
    """How to settle: what a share of at least `threshold` percent says; counted only in preview.

    `accept` takes the gold of documents in which nothing is open then as done.
    """

    by: Literal["vote", "competence"]
    threshold: Whole
    preview: bool = False
    accept: bool = False


@blueprint.get("/projects/<slug>/adjudication")
@allow("curator")
@takes(**paging.BY_NUMBER, state={"enum": list(settling.STATES)})
@gives(paging.listed("documents", settling.Row))
def get_to_settle(project: Project) -> ResponseReturnValue:
    """Return documents that several finished with their questions."""
    state = request.args.get("state")
    found, following = settling.documents(
        project,
        after=paging.after(0),
        state=state if state in settling.STATES else None,
        limit=paging.limit(),
    )
    return answer({"documents": found, "next": following})


@blueprint.get("/projects/<slug>/adjudication/next")
@allow("curator")
@takes(after=NUMBER)
@gives({"document": int | None})
def get_next_to_settle(project: Project) -> ResponseReturnValue:
    """Return the next document with something to settle, from `after` on and round."""
    found = settling.next_to_settle(project, request.args.get("after", 0, type=whole))
    return answer({"document": found})


@blueprint.post("/projects/<slug>/adjudication/automatic")
@allow("curator")
@takes(Automatic)
@gives(Lean({**_COUNTS, "job": JOB}))
def post_automatic(project: Project) -> ResponseReturnValue:
    """Settle what needs no person, and return the `job`; or count it, up to 500 documents."""
    sent = sent_as(Automatic)
    share = sent.threshold / 100
    if not sent.preview:
        job = settling.queue_settling(project, sent.by, share, me(), accepting=sent.accept)
        return answer({"job": job_json(job)})
    found = settling.settle_all(
        project, me(), now(), by=sent.by, threshold=share, preview=True, most=COUNTED
    )
    return answer({name: getattr(found, name) for name in _COUNTS})


@blueprint.post("/projects/<slug>/adjudication/undo")
@allow("curator")
@takes(Undone)
@gives(JOB)
def undo_settled(project: Project) -> ResponseReturnValue:
    """Take back what was settled at once, by its key, and return the job."""
    return answer(job_json(settling.queue_undo(project, sent_as(Undone).undone, me())))
