"""Reports of large corpora are computed in the background: nobody's request waits for them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from labeler import jobs
from labeler.models import Job, Project, db
from labeler.reliability.reading import Scope, amount, people
from labeler.reliability.results import (
    STEPS,
    Overview,
    fingerprint,
    kept,
    overview,
    question_of,
)

LARGE = 6_000
"""Finished layers from which a report takes more than a second, and is computed by a worker."""
MANY = 25
"""Annotators from which it does as well: each two of them are a pair."""


def latest(
    project: Project, scope: Scope, created_by: int | None = None
) -> tuple[Overview | None, Job | None]:
    """Return the report at once, or the one before it and the job that computes it anew.

    A small corpus is computed here and now, as is any where no worker is there.
    """
    found = kept(project, scope)
    if found is not None and found.fresh:
        return found, None
    if not is_large(project, scope) or not jobs.workers():
        return overview(project, scope), None
    return found, _queued(project, scope, created_by)


def is_large(project: Project, scope: Scope) -> bool:
    """Tell whether a report takes too long for somebody to wait within a request."""
    return amount(project) >= LARGE or len(scope.annotators or people(project)) >= MANY


def _queued(project: Project, scope: Scope, created_by: int | None) -> Job:
    """Return the job that computes a report; one that failed on the same layers is not repeated."""
    key, now = f"agreement {project.id} {question_of(scope)}", fingerprint(project)
    known = select(Job).where(Job.project_id == project.id, Job.key == key)
    last = db.session.scalar(known.order_by(Job.id.desc()).limit(1))
    unfinished = last is not None and last.state in jobs.UNFINISHED
    if last is not None and (unfinished or _gave_up(last, now)):
        return last
    parameters = {"scope": _as_json(scope), "fingerprint": now}
    return jobs.enqueue(
        "agreement",
        "Agreement",
        project_id=project.id,
        parameters=parameters,
        key=key,
        created_by=created_by,
    )


def _gave_up(last: Job, fingerprint_now: str) -> bool:
    return last.state != "done" and last.parameters["fingerprint"] == fingerprint_now


def _as_json(scope: Scope) -> dict[str, Any]:
    since = scope.since.isoformat() if scope.since else None
    return {**asdict(scope), "since": since}


def _scope(body: dict[str, Any]) -> Scope:
    annotators, labels = (tuple(body[key]) if body[key] else None for key in _NAMES)
    since = datetime.fromisoformat(body["since"]) if body["since"] else None
    return Scope(annotators, labels, since, training=body["training"])


_NAMES = ("annotators", "labels")


@jobs.kind("agreement")
def _compute(work: jobs.JobWork) -> None:
    """Compute a report and keep it; what was computed before an interruption is computed again."""
    project = db.session.get_one(Project, work.claim.project_id)
    work.expect(STEPS)
    overview(project, _scope(work.parameters["scope"]), work.tick)
