"""What people and programs ask of jobs: to be queued, cancelled, tried again."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labeler import audit
from labeler.errors import Conflict
from labeler.jobs import broker, journal
from labeler.jobs.ending import end
from labeler.models import Job, JobPart, Project, transaction
from labeler.models.database import now, rows_changed


def enqueue(
    kind: str,
    title: str,
    *,
    project_id: int | None = None,
    parameters: dict[str, Any] | None = None,
    key: str | None = None,
    created_by: int | None = None,
    due: datetime | None = None,
) -> Job:
    """Queue a job within the transaction under way, and return its row.

    Of one `key` a single job waits at a time, and a single one runs: where one waits already, that
    one is returned, `due` at the earlier of the two moments; None is at once.
    """
    values = {
        "kind": kind,
        "title": title[:200],
        "project_id": project_id,
        "parameters": parameters or {},
        "key": key,
        "created_by": created_by,
        "due": due,
    }
    with transaction() as session:
        job = None
        while job is None:  # the one that waited may be taken between the two looks
            job = _inserted(session, values) or _waiting(session, key)
        if job.due is not None and (due is None or due < job.due):
            job.due = due
    return job


def _inserted(session: Session, values: dict[str, Any]) -> Job | None:
    """Return the new job with its first part, or None where one of its key waits."""
    job = Job(**values, announced=None if values["due"] else now())
    try:
        with session.begin_nested():
            session.add(job)
            session.flush()
    except IntegrityError:
        return None
    session.add(JobPart(job_id=job.id, number=0, parameters={}))
    session.flush()
    if job.created_by is not None:
        _record(session, "job.start", job.id)
    if job.due is None:  # otherwise the sweep announces it in time
        broker.announce(session, job.id)
    return job


def _waiting(session: Session, key: str | None) -> Job | None:
    waiting = select(Job).where(Job.key == key, Job.state == "queued")
    return session.scalar(waiting.with_for_update())


def _record(session: Session, action: str, job_id: int) -> None:
    """Record what somebody did about a job; what starts by itself is nobody's doing."""
    job = session.get_one(Job, job_id)
    project = session.get(Project, job.project_id) if job.project_id else None
    audit.record(action, job.title, project=project, details={"job": job.id})


def cancel(job_id: int) -> None:
    """End a job that is not finished; what it has done stays. Raises Conflict when it has ended."""
    with transaction() as session:
        if not end(session, job_id, "cancelled"):
            raise Conflict("This job has ended already.")
        journal.write(session, job_id, "Cancelled.")
        _record(session, "job.cancel", job_id)


def retry(job_id: int) -> None:
    """Queue a job again that failed or was cancelled; it goes on after its last chunk.

    Raises Conflict when it has not failed, or when another of its key waits already.
    """
    try:
        with transaction() as session:
            again = update(JobPart).where(JobPart.job_id == job_id, JobPart.state != "done")
            session.execute(again.values(state="queued", lease=None, fruitless=0))
            changed = update(Job).where(Job.id == job_id, Job.state.in_(("failed", "cancelled")))
            values = {"state": "queued", "error": None, "finished": None, "due": None}
            if not rows_changed(session, changed.values(**values, announced=now())):
                raise Conflict("Only a job that failed or was cancelled can be tried again.")
            journal.write(session, job_id, "Queued again.")
            _record(session, "job.retry", job_id)
            broker.announce(session, job_id)
    except IntegrityError:
        raise Conflict("Another job that does the same is waiting already.") from None
