"""Parts of jobs in the hands of workers: taken by a lease, done in chunks, ended once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from labeler.jobs import broker, journal
from labeler.jobs.ending import delete_jobs, end
from labeler.jobs.listing import FINISHED, UNFINISHED
from labeler.models import Job, JobPart, Worker, db, insert_rows, transaction
from labeler.models.database import now, rows_changed, writing

LEASE = timedelta(seconds=30)
"""How long a part is a worker's without a word from it."""
HELD = LEASE
"""How old the heartbeat of a worker may be that is there."""
MAX_FRUITLESS = 3
"""Attempts that may end without a word or a chunk before the job has failed."""
_RESEND = timedelta(seconds=10)
"""After which a job that nobody took is announced to the broker again."""
_FORGOTTEN = timedelta(days=1)
"""After which a worker that fell silent leaves the list."""
Pace = Literal["quick", "patient", "idle", "long"]
PACES: dict[str, Pace] = {}
"""How much the jobs of a kind give way: "patient" ones are taken, and gone on with, only when no
quick one waits, "idle" ones only when nothing else does; "long" ones, which cannot be left and
taken up again, have a worker to themselves."""
Lane = Literal["any", "short", "long"]
"""Which jobs a worker takes: all of them, all but long ones, or long ones only."""
_GAVE_UP = (
    "The worker ended {} times while it worked on this, without getting on. "
    "Most often the memory was too small, or somebody stopped it. See the log, then retry."
)


class Lost(Exception):
    """The part is no longer this worker's: cancelled, or handed to another."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A part of a job in the hands of one worker; only the last attempt may write."""

    job_id: int
    number: int
    attempt: int
    kind: str
    project_id: int | None
    created_by: int | None
    parameters: dict[str, Any]
    """Those of the job, and over them those of the part."""
    cursor: dict[str, Any] | None


def arrive(worker: str, host: str, process: int) -> None:
    """Put a worker on the list; leases of an earlier process of that name run out at once."""
    with transaction() as session:
        session.execute(delete(Worker).where(Worker.heartbeat < now() - _FORGOTTEN))
        session.merge(
            Worker(name=worker, host=host, process=process, started=now(), heartbeat=now())
        )
        _end_leases(session, worker)


def leave(worker: str) -> None:
    """Take a worker off the list; what it held is free, and others are called to it."""
    with transaction() as session:
        session.execute(delete(Worker).where(Worker.name == worker))
        for job_id in _end_leases(session, worker):
            broker.announce(session, job_id)


def _end_leases(session: Session, worker: str) -> list[int]:
    """Let what a worker held be taken at once; return the jobs that it is of."""
    held = and_(JobPart.worker == worker, JobPart.state == "running")
    ids = list(session.scalars(select(JobPart.job_id).where(held).distinct()))
    session.execute(update(JobPart).where(held).values(lease=now()))
    return ids


def workers() -> list[Worker]:
    """Return the workers that were heard of a moment ago."""
    there = select(Worker).where(Worker.heartbeat > now() - HELD).order_by(Worker.name)
    return list(db.session.scalars(there, execution_options={"populate_existing": True}))


def claim(worker: str, job_id: int | None = None, lane: Lane = "any") -> Claim | None:
    """Take the next part that is free, or one of this job, by a lease; None when there is none.

    A part that was taken too often without getting on makes its job fail.
    """
    wanted = _free(job_id, lane)
    # Looking first costs no write transaction: most looks find nothing.
    if not db.session.execute(wanted.with_only_columns(JobPart.job_id).limit(1)).first():
        if not writing():
            db.session.commit()
        return None
    with transaction() as session:
        locked = wanted.limit(1).with_for_update(of=JobPart, skip_locked=True)
        while found := session.execute(
            locked, execution_options={"populate_existing": True}
        ).first():
            part, job = found
            if part.fruitless < MAX_FRUITLESS:
                return _taken(session, part, job, worker)
            end(session, job.id, "failed", _GAVE_UP.format(part.fruitless))
    return None


def _free(job_id: int | None = None, lane: Lane = "any") -> Any:
    """Select the parts that may be taken now, with their jobs: quick ones first, oldest first."""
    ran_out = and_(JobPart.state == "running", JobPart.lease < now())
    other = aliased(Job)
    same_runs = exists().where(other.key == Job.key, other.state == "running")
    open_ = or_(Job.state == "running", and_(Job.state == "queued", ~same_runs))
    wanted = (
        select(JobPart, Job)
        .join(Job, Job.id == JobPart.job_id)
        .where(or_(JobPart.state == "queued", ran_out), open_, Job.state.in_(UNFINISHED))
        .where(or_(Job.due.is_(None), Job.due <= now()))
        .order_by(Job.kind.in_(_paced("idle")), Job.kind.in_(_paced("patient")))
        .order_by(Job.id, JobPart.number)
    )
    if lane != "any":
        is_long = Job.kind.in_(_paced("long"))
        wanted = wanted.where(is_long if lane == "long" else ~is_long)
    return wanted if job_id is None else wanted.where(Job.id == job_id)


def _paced(pace: Pace) -> list[str]:
    return [kind for kind, known in PACES.items() if known == pace]


def _taken(session: Session, part: JobPart, job: Job, worker: str) -> Claim:
    at = now()
    if part.state == "running":
        journal.write(session, job.id, f"Taken over from {part.worker}, which fell silent.")
    part.state, part.worker, part.heartbeat, part.lease = "running", worker, at, at + LEASE
    part.attempts, part.fruitless = part.attempts + 1, part.fruitless + 1
    session.flush()
    values = {"state": "running", "started": job.started or at}
    running = update(Job).where(Job.id == job.id, _unfinished()).values(**values)
    if not rows_changed(session, running):
        raise Lost  # cancelled since it was found
    return Claim(
        job.id,
        part.number,
        part.attempts,
        job.kind,
        job.project_id,
        job.created_by,
        {**job.parameters, **part.parameters},
        part.cursor,
    )


def _unfinished() -> ColumnElement[bool]:
    return Job.state.in_(UNFINISHED)


def _mine(claim: Claim) -> ColumnElement[bool]:
    return and_(
        JobPart.job_id == claim.job_id,
        JobPart.number == claim.number,
        JobPart.attempts == claim.attempt,
        JobPart.state == "running",
    )


def quicker_waits() -> bool:
    """Tell whether a quick job waits for a worker that does not take long ones alone."""
    quick = _free(lane="short").where(Job.kind.not_in([*_paced("patient"), *_paced("idle")]))
    return db.session.execute(quick.with_only_columns(JobPart.job_id).limit(1)).first() is not None


def hold(session: Session, claim: Claim) -> None:
    """Keep the part from others until the transaction ends; raises Lost when it is not ours."""
    held = select(JobPart.job_id).where(_mine(claim)).with_for_update()
    if session.scalar(held) is None:
        raise Lost


def advance(session: Session, claim: Claim, done: int, cursor: dict[str, Any] | None) -> None:
    """Record a chunk in the transaction that did it; raises Lost when the job was cancelled."""
    at = now()
    values = {"cursor": cursor, "fruitless": 0, "heartbeat": at, "lease": at + LEASE}
    session.execute(update(JobPart).where(_mine(claim)).values(**values))
    counted = update(Job).where(Job.id == claim.job_id, Job.state == "running")
    if not rows_changed(session, counted.values(done=Job.done + done)):
        raise Lost


def split(session: Session, claim: Claim, parts: Sequence[dict[str, Any]]) -> None:
    """Add parts to the job, which any worker may take."""
    last = select(func.max(JobPart.number)).where(JobPart.job_id == claim.job_id)
    first = (session.scalar(last) or 0) + 1
    rows = [(claim.job_id, n, part, "queued", 0, 0) for n, part in enumerate(parts, first)]
    names = ("job_id", "number", "parameters", "state", "attempts", "fruitless")
    insert_rows(session, JobPart, names, rows)
    for _ in parts[:_HELPERS]:
        broker.announce(session, claim.job_id)


_HELPERS = 16
"""Workers that are called at once to the parts of a job."""


def expect(claim: Claim, total: int) -> None:
    """Say how much there is to do, from the beginning."""
    with transaction() as session:
        session.execute(update(Job).where(Job.id == claim.job_id).values(total=total, done=0))


def finish(claim: Claim, result: dict[str, Any] | None) -> None:
    """End the part, and with the last one the job; raises Lost when it is no longer ours."""
    with transaction() as session:
        hold(session, claim)
        session.execute(update(JobPart).where(_mine(claim)).values(state="done", lease=None))
        # Two last parts that end at once wait for each other here, else each would see the other.
        job = session.scalar(select(Job.state).where(Job.id == claim.job_id).with_for_update())
        if job != "running":
            raise Lost
        left = exists().where(JobPart.job_id == claim.job_id, JobPart.state != "done")
        if result is not None:
            session.execute(update(Job).where(Job.id == claim.job_id).values(result=result))
        if not session.scalar(select(left)):
            end(session, claim.job_id, "done")


def fail(claim: Claim, error: str, told: str = "") -> None:
    """End the job as failed, with a sentence that says why; no word when it is not ours."""
    with transaction() as session:
        held = select(JobPart.job_id).where(_mine(claim)).with_for_update()
        if session.scalar(held) is None:
            return
        end(session, claim.job_id, "failed", error)
        if told:
            journal.write(session, claim.job_id, told)


def release(claim: Claim) -> None:
    """Give the part back: another worker may take it at once."""
    with transaction() as session:
        values = {"state": "queued", "lease": None, "fruitless": JobPart.fruitless - 1}
        session.execute(update(JobPart).where(_mine(claim)).values(**values))
        broker.announce(session, claim.job_id)


def beat(worker: str, held: Claim | None) -> bool:
    """Say that the worker is alive, and tell whether the part it holds still is its own."""
    at = now()
    with transaction() as session:
        session.execute(update(Worker).where(Worker.name == worker).values(heartbeat=at))
        if held is None:
            return True
        runs = exists().where(Job.id == held.job_id, Job.state == "running")
        still = update(JobPart).where(_mine(held), runs)
        return bool(rows_changed(session, still.values(heartbeat=at, lease=at + LEASE)))


def sweep() -> int:
    """Announce again the jobs that wait for a message that may be lost; return their number."""
    with transaction() as session:
        ids = _free(lane="short").with_only_columns(Job.id, maintain_column_froms=True).distinct()
        late = or_(Job.announced.is_(None), Job.announced < now() - _RESEND)
        waiting = list(session.scalars(ids.where(late).order_by(None).limit(100)))
        session.execute(update(Job).where(Job.id.in_(waiting)).values(announced=now()))
        for job_id in waiting:
            broker.announce(session, job_id)
    return len(waiting)


def forget(before: datetime, limit: int = 100) -> list[Job]:
    """Delete jobs that ended before a moment, oldest first, with all they told; return them."""
    with transaction() as session:
        ended = select(Job).where(Job.state.in_(FINISHED), Job.finished < before)
        old = list(session.scalars(ended.order_by(Job.id).limit(limit)))
        delete_jobs(session, [job.id for job in old])
        for job in old:
            session.expunge(job)
    return old
