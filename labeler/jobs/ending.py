"""How jobs end: once, and with a word to whoever wants to hear of it."""

from collections.abc import Callable

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from labeler.jobs.listing import QUIET, UNFINISHED
from labeler.models import Job, JobLine, JobPart, JobProblem
from labeler.models.database import now, rows_changed

Ended = Callable[[Session, Job], None]
_listeners: list[Ended] = []


def on_end(listener: Ended) -> Ended:
    """Call this with each job that ends, however it ends, in the transaction that ends it.

    Quiet jobs end unheard, and are gone where they were done.
    """
    _listeners.append(listener)
    return listener


def end(session: Session, job_id: int, state: str, error: str | None = None) -> bool:
    """End a job; tell whether it had not ended before."""
    ended = update(Job).where(Job.id == job_id, Job.state.in_(UNFINISHED))
    if not rows_changed(session, ended.values(state=state, error=error, finished=now())):
        return False
    job = session.get_one(Job, job_id, populate_existing=True)
    if job.kind not in QUIET:
        for listener in _listeners:
            listener(session, job)
    elif state == "done":
        delete_jobs(session, [job_id])
    return True


def delete_jobs(session: Session, ids: list[int]) -> None:
    """Delete jobs with all they told."""
    for table in (JobPart, JobLine, JobProblem):
        session.execute(delete(table).where(table.job_id.in_(ids)))
    session.execute(delete(Job).where(Job.id.in_(ids)))
