"""The tables of background work: jobs, their parts, what they told, and the workers there are."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from labeler.errors import Problem
from labeler.models.columns import Instant
from labeler.models.database import Base, now


def _once_while(name: str, state: str) -> Index:
    """Return the rule that of a key one job at most is in this state."""
    where = text(f"state = '{state}'")
    return Index(name, "key", unique=True, sqlite_where=where, postgresql_where=where)


class Job(Base):
    """Work that goes on in the background; this row is the truth about it."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state", "state", "id"),
        Index("ix_job_project", "project_id", "id"),
        _once_while("ix_job_waiting", "queued"),
        _once_while("ix_job_running", "running"),
        CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    started: Mapped[datetime | None] = mapped_column(Instant)
    finished: Mapped[datetime | None] = mapped_column(Instant)
    due: Mapped[datetime | None] = mapped_column(Instant)
    """Before which nobody takes it."""
    announced: Mapped[datetime | None] = mapped_column(Instant)
    """When its number was last handed to the broker, where there is one."""


class JobPart(Base):
    """A part of a job: what one worker takes, by a lease that runs out when the worker dies."""

    __tablename__ = "job_part"
    __table_args__ = (
        Index("ix_job_part_state", "state", "job_id", "number"),
        CheckConstraint("state IN ('queued', 'running', 'done')", name="state"),
    )

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    cursor: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Where the next chunk begins, in the words of the job's kind."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker took it; the last one to do so is the one whose writing counts."""
    fruitless: Mapped[int] = mapped_column(default=0)
    """Attempts since the last chunk that was done."""
    worker: Mapped[str | None] = mapped_column(String(200))
    lease: Mapped[datetime | None] = mapped_column(Instant)
    heartbeat: Mapped[datetime | None] = mapped_column(Instant)


class JobLine(Base):
    """A line of a job's log."""

    __tablename__ = "job_line"
    __table_args__ = (Index("ix_job_line_job_id", "job_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    words: Mapped[str] = mapped_column(Text)


class JobProblem(Base):
    """One thing that did not fit in what a job worked on, and where."""

    __tablename__ = "job_problem"
    __table_args__ = (Index("ix_job_problem_job_id", "job_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    file: Mapped[str] = mapped_column(Text, default="")
    line: Mapped[int | None]
    path: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(60), default="")

    def as_problem(self) -> Problem:
        """Return what was told."""
        return Problem(self.message, self.path, self.file, self.line, self.code)


class Worker(Base):
    """A process that takes jobs; one whose heartbeat is old is gone."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    host: Mapped[str] = mapped_column(String(200))
    process: Mapped[int]
    started: Mapped[datetime] = mapped_column(Instant, default=now)
    heartbeat: Mapped[datetime] = mapped_column(Instant, default=now)
