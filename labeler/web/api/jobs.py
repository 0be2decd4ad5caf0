"""Work in the background: how far it is, what it told, cancel and retry."""

from typing import Any, Literal

from flask.typing import ResponseReturnValue

from labeler import jobs, transfer
from labeler.models import Job, Project
from labeler.web import paging
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.jobs import job_of
from labeler.web.openapi import MAX_ID, gives, takes

__all__ = ["blueprint"]

JOB_ROW: dict[str, Any] = {
    "id": int,
    "kind": str,
    "title": str,
    "state": Literal["queued", "running", "done", "failed", "cancelled"],
    "done": int,
    "total": int | None,
    "error": str | None,
    "result": dict[str, Any] | None,
    "created": str,
    "started": str | None,
    "finished": str | None,
    "heartbeat": str | None,
}
"""The shape of a job in a list; its `result` is as its kind tells."""
JOB: dict[str, Any] = {**JOB_ROW, "log": list[str]}
"""The shape of a job with its log, as it is answered."""
_JOBS = paging.listed("jobs", JOB_ROW, workers=int)


@blueprint.get("/jobs")
@allow("admin")
@takes(**paging.BY_NUMBER)
@gives(_JOBS)
def get_site_jobs() -> ResponseReturnValue:
    """Return the jobs of all projects and of the site, newest first."""
    return _list(None)


@blueprint.get("/projects/<slug>/jobs")
@allow("manager")
@takes(**paging.BY_NUMBER)
@gives(_JOBS)
def get_jobs(project: Project) -> ResponseReturnValue:
    """Return the jobs of a project, newest first."""
    return _list(project)


def _list(project: Project | None) -> ResponseReturnValue:
    key = project.id if project else None
    found = jobs.listed(key, paging.after(MAX_ID), paging.wanted())
    page = paging.page("jobs", found, lambda job: job.id, jobs.as_json)
    return answer({**page, "workers": len(jobs.workers())})


@blueprint.get("/projects/<slug>/jobs/<int:job_id>")
@allow("manager")
@gives(JOB)
def get_job(project: Project, job_id: int) -> ResponseReturnValue:
    """Return a job with its log."""
    return _answer(job_of(project, job_id))


@blueprint.post("/projects/<slug>/jobs/<int:job_id>/cancel")
@allow("manager")
@gives(JOB)
def cancel_job(project: Project, job_id: int) -> ResponseReturnValue:
    """End a job; what it has done stays."""
    jobs.cancel(job_of(project, job_id).id)
    return _answer(jobs.find(job_id))


@blueprint.post("/projects/<slug>/jobs/<int:job_id>/retry")
@allow("manager")
@gives(JOB)
def retry_job(project: Project, job_id: int) -> ResponseReturnValue:
    """Try a job again that failed or was cancelled."""
    jobs.retry(job_of(project, job_id).id)
    return _answer(jobs.find(job_id))


@blueprint.post("/projects/<slug>/suggestions")
@allow("manager")
@gives(JOB)
def post_suggestions(project: Project) -> ResponseReturnValue:
    """Queue suggestions for all documents that lack them, and return the job."""
    return _answer(transfer.queue_suggestions(project, me().id))


def _answer(job: Job) -> ResponseReturnValue:
    return answer(job_json(job))


def job_json(job: Job) -> dict[str, Any]:
    """Return a job with its log as plain JSON values."""
    return {**jobs.as_json(job), "log": [line.words for line in jobs.lines(job.id)]}
