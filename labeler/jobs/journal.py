"""What jobs tell: the lines of their logs, and what did not fit."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from labeler.errors import Problem
from labeler.models import JobLine, JobProblem, db, insert_rows, transaction

_LINE = 4000
"""Characters that a line of a log may have."""


def log(job_id: int, words: str) -> None:
    """Add a line to a job's log."""
    with transaction() as session:
        write(session, job_id, words)


def write(session: Session, job_id: int, words: str) -> None:
    """Add a line to a job's log, in the transaction under way."""
    session.add(JobLine(job_id=job_id, words=words[:_LINE]))


def tell(job_id: int, told: Iterable[Problem]) -> None:
    """Keep what did not fit."""
    names = ("job_id", "file", "line", "path", "message", "code")
    rows = [(job_id, p.file, p.line, p.path, p.message, p.code) for p in told]
    with transaction() as session:
        insert_rows(session, JobProblem, names, rows)


def lines(job_id: int, limit: int = 200) -> list[JobLine]:
    """Return the last lines of a job's log, oldest first."""
    wanted = select(JobLine).where(JobLine.job_id == job_id).order_by(JobLine.id.desc())
    return list(db.session.scalars(wanted.limit(limit)))[::-1]


def problems(job_id: int, after: int = 0, limit: int = 1000) -> list[JobProblem]:
    """Return what did not fit, in the order in which it was met: those after an id."""
    wanted = select(JobProblem).where(JobProblem.job_id == job_id, JobProblem.id > after)
    return list(db.session.scalars(wanted.order_by(JobProblem.id).limit(limit)))
