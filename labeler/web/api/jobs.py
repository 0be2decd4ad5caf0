"""Work in the background: how far it is, what it told, cancel and retry."""

from typing import Any, Literal

from flask import request
from flask.typing import ResponseReturnValue

from labeler import jobs, transfer
from labeler.models import Job, Project
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.jobs import job_of
from labeler.web.openapi import MAX_ID, NUMBER, gives, takes, whole

__all__ = ["blueprint"]

_PAGE = 50
"""Jobs in one answer."""
_ROW: dict[str, Any] = {
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
JOB: dict[str, Any] = {**_ROW, "log": list[str]}
"""The shape of a job with its log, as it is answered."""
_JOBS = {"jobs": [_ROW], "workers": int, "next": int | None}


@blueprint.get("/jobs")
@allow("admin")
@takes(before=NUMBER)
@gives(_JOBS)
def get_site_jobs() -> ResponseReturnValue:
    """Return the jobs of all projects and of the site, newest first: those before `before`."""
    return _list(None)


@blueprint.get("/projects/<slug>/jobs")
@allow("manager")
@takes(before=NUMBER)
@gives(_JOBS)
def get_jobs(project: Project) -> ResponseReturnValue:
    """Return the jobs of a project, newest first: those before the id `before`."""
    return _list(project)


def _list(project: Project | None) -> ResponseReturnValue:
    before = request.args.get("before", MAX_ID, type=whole)
    found = jobs.listed(project.id if project else None, before, _PAGE)
    following = found[-1].id if len(found) == _PAGE else None
    rows = [jobs.as_json(job) for job in found]
    return answer({"jobs": rows, "workers": len(jobs.workers()), "next": following})


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
