"""The rows of jobs: queued in the transaction that needs them, taken by a lease, ended once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from labeler import audit
from labeler.errors import Conflict, NotFound, Problem
from labeler.jobs import broker
from labeler.models import (
    Job,
    JobLine,
    JobPart,
    JobProblem,
    Project,
    Worker,
    db,
    insert_rows,
    transaction,
)
from labeler.models.database import now, writing

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
Pace = Literal["quick", "patient", "long"]
PACES: dict[str, Pace] = {}
"""How long the jobs of a kind take, where somebody does not wait for them: "patient" ones go on
between two parts only when nothing else waits, and "long" ones, which cannot be cut into parts,
have a worker to themselves."""
Lane = Literal["any", "short", "long"]
"""Which jobs a worker takes: all of them, all but long ones, or long ones only."""
UNFINISHED = ("queued", "running")
FINISHED = ("done", "failed", "cancelled")
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


# ---- for those who want work done ------------------------------------------------------------


def enqueue(
    kind: str,
    title: str,
    *,
    project_id: int | None = None,
    parameters: dict[str, Any] | None = None,
    key: str | None = None,
    created_by: int | None = None,
) -> Job:
    """Queue a job within the transaction under way, and return its row.

    Of one `key` a single job waits at a time, and a single one runs: where one waits already, that
    one is returned.
    """
    values = {
        "kind": kind,
        "title": title[:200],
        "project_id": project_id,
        "parameters": parameters or {},
        "key": key,
        "created_by": created_by,
    }
    with transaction() as session:
        job = None
        while job is None:  # the one that waited may be taken between the two looks
            job = _inserted(session, values) or _waiting(session, key)
    return job


def _inserted(session: Session, values: dict[str, Any]) -> Job | None:
    """Return the new job with its first part, or None where one of its key waits."""
    job = Job(**values, announced=now())
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
        changed = update(Job).where(Job.id == job_id, Job.state.in_(UNFINISHED))
        if not _count(session, changed.values(state="cancelled", finished=now())):
            raise Conflict("This job has ended already.")
        _log(session, job_id, "Cancelled.")
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
            values = {"state": "queued", "error": None, "finished": None, "announced": now()}
            if not _count(session, changed.values(**values)):
                raise Conflict("Only a job that failed or was cancelled can be tried again.")
            _log(session, job_id, "Queued again.")
            _record(session, "job.retry", job_id)
            broker.announce(session, job_id)
    except IntegrityError:
        raise Conflict("Another job that does the same is waiting already.") from None


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
    """Return jobs of a project, or of all, newest first: those before an id."""
    wanted = select(Job).order_by(Job.id.desc()).limit(limit)
    if project_id is not None:
        wanted = wanted.where(Job.project_id == project_id)
    if before is not None:
        wanted = wanted.where(Job.id < before)
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


def lines(job_id: int, limit: int = 200) -> list[JobLine]:
    """Return the last lines of a job's log, oldest first."""
    wanted = select(JobLine).where(JobLine.job_id == job_id).order_by(JobLine.id.desc())
    return list(db.session.scalars(wanted.limit(limit)))[::-1]


def problems(job_id: int, after: int = 0, limit: int = 1000) -> list[JobProblem]:
    """Return what did not fit, in the order in which it was met: those after an id."""
    wanted = select(JobProblem).where(JobProblem.job_id == job_id, JobProblem.id > after)
    return list(db.session.scalars(wanted.order_by(JobProblem.id).limit(limit)))


def workers() -> list[Worker]:
    """Return the workers that were heard of a moment ago."""
    there = select(Worker).where(Worker.heartbeat > now() - HELD).order_by(Worker.name)
    return list(db.session.scalars(there, execution_options={"populate_existing": True}))


# ---- for workers -----------------------------------------------------------------------------


def arrive(worker: str, host: str, process: int) -> None:
    """Put a worker on the list; leases of an earlier process of that name run out at once."""
    with transaction() as session:
        session.execute(delete(Worker).where(Worker.heartbeat < now() - _FORGOTTEN))
        session.merge(
            Worker(name=worker, host=host, process=process, started=now(), heartbeat=now())
        )
        left = update(JobPart).where(JobPart.worker == worker, JobPart.state == "running")
        session.execute(left.values(lease=now()))


def leave(worker: str) -> None:
    """Take a worker off the list."""
    with transaction() as session:
        session.execute(delete(Worker).where(Worker.name == worker))


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
            _fail(session, job.id, _GAVE_UP.format(part.fruitless))
    return None


def _free(job_id: int | None = None, lane: Lane = "any") -> Any:
    """Select the parts that may be taken now, with their jobs: patient ones last, oldest first."""
    ran_out = and_(JobPart.state == "running", JobPart.lease < now())
    other = aliased(Job)
    same_runs = exists().where(other.key == Job.key, other.state == "running")
    open_ = or_(Job.state == "running", and_(Job.state == "queued", ~same_runs))
    wanted = (
        select(JobPart, Job)
        .join(Job, Job.id == JobPart.job_id)
        .where(or_(JobPart.state == "queued", ran_out), open_, Job.state.in_(UNFINISHED))
        .order_by(Job.kind.in_(_paced("patient")), Job.id, JobPart.number)
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
        _log(session, job.id, f"Taken over from {part.worker}, which fell silent.")
    part.state, part.worker, part.heartbeat, part.lease = "running", worker, at, at + LEASE
    part.attempts, part.fruitless = part.attempts + 1, part.fruitless + 1
    session.flush()
    running = {"state": "running", "started": job.started or at}
    if not _count(session, update(Job).where(Job.id == job.id, _unfinished()).values(**running)):
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
    if not _count(session, counted.values(done=Job.done + done)):
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
        values: dict[str, Any] = {} if result is None else {"result": result}
        if not session.scalar(select(left)):
            values |= {"state": "done", "finished": now()}
        if values:
            session.execute(update(Job).where(Job.id == claim.job_id).values(**values))


def fail(claim: Claim, error: str, told: str = "") -> None:
    """End the job as failed, with a sentence that says why; no word when it is not ours."""
    with transaction() as session:
        held = select(JobPart.job_id).where(_mine(claim)).with_for_update()
        if session.scalar(held) is None:
            return
        _fail(session, claim.job_id, error)
        if told:
            _log(session, claim.job_id, told)


def _fail(session: Session, job_id: int, error: str) -> None:
    failed = update(Job).where(Job.id == job_id, _unfinished())
    session.execute(failed.values(state="failed", error=error, finished=now()))


def release(claim: Claim) -> None:
    """Give the part back: another worker may take it at once."""
    with transaction() as session:
        values = {"lease": now(), "fruitless": JobPart.fruitless - 1}
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
        return bool(_count(session, still.values(heartbeat=at, lease=at + LEASE)))


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
        keys = [job.id for job in old]
        for table in (JobPart, JobLine, JobProblem):
            session.execute(delete(table).where(table.job_id.in_(keys)))
        session.execute(delete(Job).where(Job.id.in_(keys)))
        for job in old:
            session.expunge(job)
    return old


def log(job_id: int, words: str) -> None:
    """Add a line to a job's log."""
    with transaction() as session:
        _log(session, job_id, words)


def tell(job_id: int, told: Iterable[Problem]) -> None:
    """Keep what did not fit."""
    names = ("job_id", "file", "line", "path", "message", "code")
    rows = [(job_id, p.file, p.line, p.path, p.message, p.code) for p in told]
    with transaction() as session:
        insert_rows(session, JobProblem, names, rows)


def _log(session: Session, job_id: int, words: str) -> None:
    session.add(JobLine(job_id=job_id, words=words[:_LINE]))


_LINE = 4000
"""Characters that a line of a log may have."""


def _count(session: Session, statement: Any) -> int:
    """Run a statement and return how many rows it changed."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
