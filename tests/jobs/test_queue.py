"""The rows of jobs: who takes what, what counts, and how a job ends."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from labeler import jobs
from labeler.errors import Conflict, LabelerError, NotFound, Problem
from labeler.jobs import journal, queue, work
from labeler.models import Job, JobPart, User, db, transaction
from labeler.models.database import now


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], str]:
    """Return a function that registers what the jobs of the kind "count" do, for one test."""

    def register(run: Callable[..., Any]) -> str:
        monkeypatch.setitem(work._kinds, "count", run)
        return "count"

    return register


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[timedelta], None]]:
    """Return a function that moves the clock of the queue forward."""
    passed = timedelta()

    def later(by: timedelta) -> None:
        nonlocal passed
        passed += by

    monkeypatch.setattr(queue, "now", lambda: now() + passed)
    return later


def add_person(name: str) -> None:
    """Have an effect that can be counted."""
    db.session.add(User(name=name))


def one(name: str = "ada") -> Callable[[jobs.JobWork], dict[str, Any]]:
    """Return what adds one person in one chunk."""

    def run(working: jobs.JobWork) -> dict[str, Any]:
        if working.cursor is None:
            with working.chunk() as chunk:
                add_person(name)
                chunk.done, chunk.cursor = 1, {"made": name}
        return {"made": name}

    return run


def take(worker: str = "w") -> jobs.Claim:
    """Return the next claim, which must be there."""
    claim = queue.claim(worker)
    assert claim is not None
    return claim


def test_a_job_is_done_once(any_app: Flask, kind: Callable[..., str]) -> None:
    """What was queued is taken by one worker, done, and not there for another."""
    job = jobs.enqueue(kind(one()), "Add")
    claim = take()
    assert queue.claim("other") is None
    jobs.perform(jobs.JobWork(claim))
    done = jobs.find(job.id)
    assert (done.state, done.done, done.result) == ("done", 1, {"made": "ada"})
    assert done.started is not None
    assert done.finished is not None
    assert queue.claim("other") is None
    assert db.session.query(User).count() == 1


def test_a_job_is_queued_with_what_needs_it(any_app: Flask) -> None:
    """A transaction that is undone leaves no job."""

    def fail() -> None:
        with transaction():
            jobs.enqueue("count", "Add")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert jobs.listed(None) == []


def test_of_a_key_one_waits_and_one_runs(any_app: Flask) -> None:
    """Asked for again while it waits, a job is the same; while it runs, the next one waits."""
    first = jobs.enqueue("count", "Train", key="train 1")
    assert jobs.enqueue("count", "Train", key="train 1").id == first.id
    assert jobs.enqueue("count", "Train", key="train 2").id != first.id
    running = take()
    assert running.job_id == first.id
    second = jobs.enqueue("count", "Train", key="train 1")
    assert second.id != first.id
    assert take().job_id != second.id
    assert queue.claim("w") is None
    queue.finish(running, None)
    assert take().job_id == second.id


def test_a_lease_that_runs_out_hands_the_job_on(
    any_app: Flask, kind: Callable[..., str], clock: Callable[[timedelta], None]
) -> None:
    """Another worker goes on after the last chunk, and the first can write no more."""
    job = jobs.enqueue(kind(one()), "Add")
    slow = jobs.JobWork(take("slow"))
    with slow.chunk() as chunk:
        add_person("bob")
        chunk.done, chunk.cursor = 1, {"made": "bob"}
    assert queue.claim("fast") is None
    clock(jobs.LEASE + timedelta(seconds=1))
    taken = take("fast")
    assert (taken.cursor, taken.attempt) == ({"made": "bob"}, 2)
    with pytest.raises(jobs.Lost), slow.chunk():
        add_person("cy")
    queue.fail(slow.claim, "I was slow.")
    with pytest.raises(jobs.Lost):
        queue.finish(slow.claim, None)
    jobs.perform(jobs.JobWork(taken))
    assert jobs.find(job.id).state == "done"
    assert [user.name for user in db.session.query(User)] == ["bob"]


def test_a_heartbeat_keeps_the_lease(any_app: Flask, clock: Callable[[timedelta], None]) -> None:
    """A worker that is heard of keeps its part; once it is another's, it is told so."""
    jobs.enqueue("count", "Add")
    claim = take()
    for _ in range(5):
        clock(jobs.LEASE * 0.9)
        assert queue.beat("w", claim)
        assert queue.claim("other") is None
    clock(jobs.LEASE * 1.1)
    take("other")
    assert not queue.beat("w", claim)


def test_what_makes_workers_die_fails_in_the_end(
    any_app: Flask, clock: Callable[[timedelta], None]
) -> None:
    """A job that no worker survives is given up after three attempts, with a sentence."""
    job = jobs.enqueue("count", "Add")
    for _ in range(queue.MAX_FRUITLESS):
        take()
        clock(jobs.LEASE + timedelta(seconds=1))
    assert queue.claim("w") is None
    failed = jobs.find(job.id)
    assert failed.state == "failed"
    assert "ended 3 times" in (failed.error or "")


def test_a_chunk_done_makes_attempts_count_anew(
    any_app: Flask, clock: Callable[[timedelta], None]
) -> None:
    """A long job outlives any number of workers as long as each gets on."""
    jobs.enqueue("count", "Add")
    for number in range(queue.MAX_FRUITLESS * 3):
        working = jobs.JobWork(take())
        assert working.cursor == ({"at": number} if number else None)
        with working.chunk() as chunk:
            chunk.done, chunk.cursor = 1, {"at": number + 1}
        clock(jobs.LEASE + timedelta(seconds=1))


def test_a_cancelled_job_stops_at_its_next_chunk(any_app: Flask, kind: Callable[..., str]) -> None:
    """What was done before stays, what comes after is undone; it can be queued again."""
    job = jobs.enqueue(kind(one()), "Add")
    working = jobs.JobWork(take())
    jobs.cancel(job.id)
    assert not queue.beat("w", working.claim)
    with pytest.raises(jobs.Lost), working.chunk():
        add_person("ada")
    with pytest.raises(Conflict):
        jobs.cancel(job.id)
    assert queue.claim("w") is None
    jobs.retry(job.id)
    jobs.perform(jobs.JobWork(take()))
    assert jobs.find(job.id).state == "done"
    assert [line.words for line in jobs.lines(job.id)] == ["Cancelled.", "Queued again."]


def test_an_error_is_told_in_words(any_app: Flask, kind: Callable[..., str]) -> None:
    """A known error is the job's sentence; an unknown one says what to do, and is in the log."""

    def refuse(_: jobs.JobWork) -> None:
        raise LabelerError("The pipeline is missing.", [Problem("Install it.", file="x")])

    def break_(working: jobs.JobWork) -> None:
        with working.chunk():
            add_person("ada")
            raise ZeroDivisionError("a fault")

    refused, broken = jobs.enqueue(kind(refuse), "Refuse"), jobs.enqueue("count", "Break")
    jobs.perform(jobs.JobWork(take()))
    kind(break_)
    jobs.perform(jobs.JobWork(take()))
    assert jobs.find(refused.id).error == "The pipeline is missing."
    assert [line.words for line in jobs.lines(refused.id)] == ["x: Install it."]
    assert "a fault" in (jobs.find(broken.id).error or "")
    assert "ZeroDivisionError" in jobs.lines(broken.id)[0].words
    assert db.session.query(User).count() == 0


def test_a_kind_that_is_not_known_fails(any_app: Flask) -> None:
    """A worker of another version does not do what it does not know, and says so."""
    job = jobs.enqueue("dance", "Dance")
    jobs.perform(jobs.JobWork(take()))
    assert "does not know jobs of the kind 'dance'" in (jobs.find(job.id).error or "")


def test_a_job_that_cannot_be_tried_again_says_why(any_app: Flask) -> None:
    """Only what failed or was cancelled, and waits nowhere else, can be queued again."""
    job = jobs.enqueue("count", "Add", key="k")
    with pytest.raises(Conflict, match="Only a job that failed"):
        jobs.retry(job.id)
    jobs.cancel(job.id)
    jobs.enqueue("count", "Add", key="k")
    with pytest.raises(Conflict, match="waiting already"):
        jobs.retry(job.id)
    with pytest.raises(NotFound):
        jobs.find(999)


def test_parts_are_shared_and_the_last_one_ends_the_job(
    any_app: Flask, kind: Callable[..., str]
) -> None:
    """Several workers hold parts of one job; it is done when all parts are."""

    def run(working: jobs.JobWork) -> None:
        if "part" not in working.parameters and working.cursor is None:
            with working.chunk() as chunk:
                working.expect(3)
                working.split(chunk, [{"part": part} for part in range(3)])
                chunk.cursor = {"split": True}
        elif "part" in working.parameters:
            with working.chunk() as chunk:
                chunk.done = 1

    job = jobs.enqueue(kind(run), "Share", parameters={"all": 1})
    jobs.perform(jobs.JobWork(take()))
    held = [take(f"w{number}") for number in range(3)]
    assert [claim.parameters for claim in held] == [{"all": 1, "part": n} for n in range(3)]
    for claim in held:
        assert jobs.find(job.id).state == "running"
        jobs.perform(jobs.JobWork(claim))
    ended = jobs.find(job.id)
    assert (ended.state, ended.done, ended.total) == ("done", 3, 3)


def test_two_last_parts_that_end_at_once_end_the_job(
    any_app: Flask, kind: Callable[..., str]
) -> None:
    """Parts that end in the same moment do not take each other for unfinished."""
    for _ in range(5):
        job = jobs.enqueue(kind(lambda _: None), "Share")
        with transaction() as session:
            session.add(JobPart(job_id=job.id, number=1, parameters={}))
        claims = [take("a"), take("b")]
        barrier = threading.Barrier(2)

        def end(claim: jobs.Claim, barrier: threading.Barrier = barrier) -> None:
            with any_app.app_context():
                barrier.wait()
                queue.finish(claim, None)

        threads = [threading.Thread(target=end, args=[claim]) for claim in claims]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert jobs.find(job.id).state == "done"


def test_workers_that_ask_at_once_take_different_jobs(any_app: Flask) -> None:
    """No job is given to two workers, whatever their number."""
    for number in range(12):
        jobs.enqueue("count", f"Job {number}")
    taken: list[int] = []

    def ask(name: str) -> None:
        with any_app.app_context():
            while claim := queue.claim(name):
                taken.append(claim.job_id)

    threads = [threading.Thread(target=ask, args=[f"w{n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(job.id for job in jobs.listed(None))
    assert len(taken) == 12


def test_a_worker_that_comes_back_takes_up_its_part_at_once(any_app: Flask) -> None:
    """A process started in the place of one that died need not wait for the lease to run out."""
    job = jobs.enqueue("count", "Add")
    queue.arrive("w", "here", 1)
    take("w")
    assert queue.claim("w") is None
    queue.arrive("w", "here", 2)
    assert take("w").job_id == job.id
    assert [(worker.name, worker.process) for worker in jobs.workers()] == [("w", 2)]
    queue.leave("w")
    assert jobs.workers() == []


def test_a_worker_told_to_stop_gives_its_part_back(
    any_app: Flask, kind: Callable[..., str]
) -> None:
    """What it has not done is taken by another at once, and no attempt is held against the job."""
    job = jobs.enqueue(kind(one()), "Add")
    stopping = threading.Event()
    stopping.set()
    jobs.perform(jobs.JobWork(take("w"), stopping))
    part = db.session.query(JobPart).filter_by(job_id=job.id).one()
    db.session.refresh(part)
    assert part.fruitless == 0
    jobs.perform(jobs.JobWork(take("other")))
    assert jobs.find(job.id).state == "done"


def test_work_in_a_request_is_kept_like_any_other(any_app: Flask, kind: Callable[..., str]) -> None:
    """A job that is done at once has its row, its result and what did not fit."""

    def run(working: jobs.JobWork) -> dict[str, Any]:
        with working.chunk():
            working.tell([Problem("Not this.", file="a.txt", line=3)])
        return {"documents": 0}

    kind(run)
    job = jobs.do_now(lambda: jobs.enqueue("count", "Count"))
    assert (job.state, job.result) == ("done", {"documents": 0})
    assert [str(p.as_problem()) for p in jobs.problems(job.id)] == ["a.txt:3: Not this."]


def test_jobs_are_listed_newest_first_a_page_at_a_time(any_app: Flask) -> None:
    """A page ends where the next begins."""
    made = [jobs.enqueue("count", f"Job {number}").id for number in range(5)]
    page = jobs.listed(None, limit=3)
    assert [job.id for job in page] == made[:1:-1]
    assert [job.id for job in jobs.listed(None, before=page[-1].id)] == made[1::-1]
    assert db.session.query(Job).count() == 5


def test_long_jobs_leave_workers_to_the_others(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker for short jobs passes long ones over, one for long jobs takes nothing else."""
    monkeypatch.setitem(queue.PACES, "train", "long")
    training = jobs.enqueue("train", "Train")
    export = jobs.enqueue("export", "Export")
    assert queue.claim("w", training.id, "short") is None
    taken = queue.claim("w", lane="short")
    assert taken is not None
    assert taken.job_id == export.id
    taken = queue.claim("l", lane="long")
    assert taken is not None
    assert taken.job_id == training.id
    assert queue.claim("l", lane="long") is None


def test_patient_jobs_let_others_go_first(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts of a patient job wait for what was queued after it."""
    monkeypatch.setitem(queue.PACES, "suggest", "patient")
    jobs.enqueue("suggest", "Suggest")
    export = jobs.enqueue("export", "Export")
    assert take("w").job_id == export.id


def test_jobs_that_ended_long_ago_are_forgotten(
    any_app: Flask, kind: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go with their lines, problems and what they left; the others stay."""
    left: list[dict[str, Any]] = []
    monkeypatch.setitem(work._clears, "count", left.append)
    old = jobs.enqueue(kind(one()), "Add", parameters={"folder": "here"}).id
    jobs.perform(jobs.JobWork(take("w")))
    journal.log(old, "A line.")
    journal.tell(old, [Problem("A problem.")])
    with transaction():
        jobs.find(old).finished = now() - timedelta(days=31)
    recent, waiting = jobs.enqueue("other", "Cancelled").id, jobs.enqueue("other", "Waits").id
    jobs.cancel(recent)
    assert jobs.forget(30) == 1
    assert [job.id for job in jobs.listed(None)] == [waiting, recent]
    assert left == [{"folder": "here"}]
    assert jobs.forget(30) == 0
