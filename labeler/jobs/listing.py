"""The jobs there are, as people and programs read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from labeler.errors import NotFound
from labeler.models import Job, JobPart, db, newest_first

UNFINISHED = ("queued", "running")
FINISHED = ("done", "failed", "cancelled")
QUIET: set[str] = set()
"""The kinds of which nobody needs to hear unless they fail: they stand in no list."""


def latest(project_id: int, kind: str) -> Job | None:
    """Return the last job of a kind in a project."""
    wanted = select(Job).where(Job.project_id == project_id, Job.kind == kind)
    return db.session.scalar(wanted.order_by(Job.id.desc()).limit(1))


def find(job_id: int) -> Job:
    """Return a job as it is now; raises NotFound."""
    job = db.session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise NotFound(f"There is no job {job_id}. List them with: labeler jobs list")
    return job


def listed(project_id: int | None, before: int | None = None, limit: int = 50) -> list[Job]:
    """Return jobs of a project, or of all, newest first: those before an id.

    Quiet ones are left out unless they failed.
    """
    told = or_(Job.kind.not_in(QUIET), Job.state == "failed")
    wanted = newest_first(select(Job).where(told), Job.id, before, limit)
    if project_id is not None:
        wanted = wanted.where(Job.project_id == project_id)
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def as_json(job: Job) -> dict[str, Any]:
    """Return a job as the API and the command line tell it."""
    names = ("id", "kind", "title", "state", "done", "total", "error", "result")
    moments = {
        name: at.isoformat() if (at := getattr(job, name)) else None
        for name in ("created", "started", "finished")
    }
    heard = heartbeats([job]).get(job.id)
    plain = {name: getattr(job, name) for name in names}
    return {**plain, **moments, "heartbeat": heard.isoformat() if heard else None}


def heartbeats(jobs: Sequence[Job]) -> dict[int, datetime]:
    """Return when a worker was last heard of each of these jobs that some worker took."""
    last = select(JobPart.job_id, func.max(JobPart.heartbeat)).group_by(JobPart.job_id)
    found = db.session.execute(last.where(JobPart.job_id.in_([job.id for job in jobs])))
    return {key: at for key, at in found if at is not None}
