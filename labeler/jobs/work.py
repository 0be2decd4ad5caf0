"""What a job's kind is given to work with: chunks, a log, and a place for what did not fit."""

import os
import threading
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from labeler.config import Settings
from labeler.errors import LabelerError, Problem
from labeler.jobs import journal, listing, presence, queue
from labeler.jobs.listing import QUIET
from labeler.jobs.queue import PACES, Claim, Lost, Pace
from labeler.models import Job, db, transaction
from labeler.models.database import now

_TRACE = 3500
"""Characters of a traceback that a log keeps: its end says what failed."""


class Stopped(Exception):
    """The worker is to end, or to do something else first: what is left goes to whoever is free."""


@dataclass(slots=True)
class Chunk:
    """One transaction's worth of work: how much it did, and where the next one begins."""

    session: Session
    done: int = 0
    cursor: dict[str, Any] | None = None


class Work:
    """Work that is done here and now: only its effects are kept.

    `progress` is told how much each chunk did.
    """

    cursor: dict[str, Any] | None = None
    """Where to go on: what the last chunk left; None at the beginning."""

    def __init__(self, progress: Callable[[int], None] = lambda _: None) -> None:
        self._progress = progress

    @contextmanager
    def chunk(self) -> Iterator[Chunk]:
        """Run a block as one transaction; say in the chunk how much was done and where to go on."""
        with transaction() as session:
            chunk = Chunk(session, cursor=self.cursor)
            yield chunk
        self.cursor = chunk.cursor
        self._progress(chunk.done)

    def expect(self, total: int) -> None:
        """Say how much there is to do, from the beginning."""

    def tick(self, done: int) -> None:
        """Say between two chunks that something was done; what is being read stays as it is."""
        self._progress(done)

    def give_way(self) -> None:
        """Let others go first where they are waited for; the cursor says where to go on."""

    def log(self, words: str) -> None:
        """Add a line to the log."""

    def tell(self, problems: Iterable[Problem]) -> None:
        """Keep what did not fit; within a chunk, so that it is kept once."""


class JobWork(Work):
    """A part of a job that a worker holds.

    `chunk` raises Lost when the part has gone to another or the job was cancelled, and Stopped when
    the worker is to end; both leave the work to others and need not be caught.
    """

    def __init__(self, claim: Claim, stopping: threading.Event | None = None) -> None:
        super().__init__()
        self.claim = claim
        self.parameters = claim.parameters
        self.cursor = claim.cursor
        self.lost = threading.Event()
        self._stopping = stopping or threading.Event()

    @contextmanager
    def chunk(self) -> Iterator[Chunk]:
        """Run a block and the record of its progress as one transaction."""
        self.check()
        with super().chunk() as chunk:
            queue.hold(chunk.session, self.claim)
            yield chunk
            chunk.session.flush()
            queue.advance(chunk.session, self.claim, chunk.done, chunk.cursor)

    def check(self) -> None:
        """Raise Lost or Stopped when there is no use in going on: for long computations."""
        if self.lost.is_set():
            raise Lost
        if self._stopping.is_set():
            raise Stopped

    def split(self, chunk: Chunk, parts: Sequence[dict[str, Any]]) -> None:
        """Cut the rest of the job into parts that workers share: their parameters."""
        queue.split(chunk.session, self.claim, parts)

    def expect(self, total: int) -> None:
        """Say how much there is to do, from the beginning."""
        queue.expect(self.claim, total)

    def tick(self, done: int) -> None:
        """Say between two chunks that something was done; raises Lost and Stopped as chunks do."""
        self.check()
        # A session of its own: the other one may be reading, and is to go on with what it sees.
        with current_app.app_context(), transaction() as session:
            queue.hold(session, self.claim)
            queue.advance(session, self.claim, done, self.cursor)

    def give_way(self) -> None:
        """Raise Stopped where a quicker job waits: this part goes on afterwards, at its cursor."""
        with current_app.app_context():  # its own session, as above
            if queue.quicker_waits():
                raise Stopped

    def log(self, words: str) -> None:
        """Add a line to the job's log."""
        journal.log(self.claim.job_id, words)

    def tell(self, problems: Iterable[Problem]) -> None:
        """Keep what did not fit with the job."""
        journal.tell(self.claim.job_id, problems)


Run = Callable[[JobWork], dict[str, Any] | None]
Clear = Callable[[dict[str, Any]], None]
_kinds: dict[str, Run] = {}
_clears: dict[str, Clear] = {}


def kind(
    name: str, pace: Pace = "quick", clear: Clear | None = None, *, quiet: bool = False
) -> Callable[[Run], Run]:
    """Register the function that does the jobs of a kind.

    It is given the work in hand, and may return the job's result. It can be ended anywhere and is
    then called anew with the cursor of its last chunk: what it does must be done in chunks.
    `clear` is given a job's parameters when the job is forgotten, to remove what it left in files.
    Of `quiet` jobs nobody hears unless they fail: they are forgotten once they are done.
    """

    def register(run: Run) -> Run:
        _kinds[name], PACES[name] = run, pace
        if clear is not None:
            _clears[name] = clear
        if quiet:
            QUIET.add(name)
        return run

    return register


def forget(days: int) -> int:
    """Delete jobs that ended so many days ago, with what they told and left; return how many."""
    count, before = 0, now() - timedelta(days=days)
    while gone := queue.forget(before):
        count += len(gone)
        for job in gone:
            if job.kind in _clears:
                _clears[job.kind](job.parameters)
    return count


def perform(work: JobWork) -> None:
    """Do a part of a job; what goes wrong is told in words on the job.

    Raises OperationalError when the database does not answer: the lease will run out.
    """
    try:
        result = _run_of(work.claim.kind)(work)
        queue.finish(work.claim, result)
    except Lost:
        return
    except Stopped:
        queue.release(work.claim)
    except OperationalError:
        raise
    except LabelerError as error:
        _fail(work, error.message, "\n".join(str(problem) for problem in error.problems))
    except Exception as error:  # noqa: BLE001 - a worker outlives whatever a job does
        reason = str(error).strip() or type(error).__name__
        words = f"Something went wrong here: {reason} The log has the details. Retry; if it stays"
        _fail(work, f"{words}, tell whoever runs this site.", traceback.format_exc()[-_TRACE:])
    finally:
        db.session.rollback()


def _run_of(name: str) -> Run:
    if name not in _kinds:
        raise LabelerError(
            f"This worker does not know jobs of the kind {name!r}: it may run another version of "
            "labeler. Install the same version everywhere, then retry."
        )
    return _kinds[name]


def _fail(work: JobWork, error: str, told: str) -> None:
    db.session.rollback()
    queue.fail(work.claim, error, told)


def do_now(job: Callable[[], Job]) -> Job:
    """Queue a job and do it here, and return it as it then is; one that takes long goes on.

    `job` queues it. Where this process ends, a worker takes over.
    """
    settings: Settings = current_app.config["LABELER"]
    worker = _worker_here(settings.instance, os.getpid())
    with transaction():
        queued = job()
        claim = queue.claim(worker, queued.id)
    if claim is not None:
        perform(JobWork(claim))
    return listing.find(queued.id)


@lru_cache(maxsize=2)
def _worker_here(instance: Path, process: int) -> str:
    """Return the name under which a process does jobs that somebody waits for."""
    name = f"request-{process}-{uuid.uuid4()}"
    presence.enter(instance, name)
    return name
