"""Workers, server and broker are killed at random: each job has its effects once, and ends."""

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from labeler import accounts, jobs, transfer
from labeler.app import create_app
from labeler.models import (
    Document,
    Evaluation,
    Export,
    Job,
    JobPart,
    JobProblem,
    Project,
    SuggesterRun,
    Suggestion,
    TrainedModel,
    db,
    transaction,
)
from labeler.models.database import Base, now
from labeler.models.documents import text_sha256
from labeler.transfer.evaluation import queue_evaluation
from tests.conftest import Corpus, settings
from tests.jobs.brokers import Broker, RabbitMQ, Redis
from tests.jobs.counting import CHUNKS
from tests.jobs.workers import Workers
from tests.serving import ALONE, Client, Server
from tests.test_training import label

JOBS = 6
KILLS = 8
ARTICLES = 200


@pytest.fixture(params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """Return a running broker of each kind."""
    made = Broker(Redis() if request.param == "redis" else RabbitMQ(tmp_path))
    try:
        made.start()
        yield made
    finally:
        made.kill()


def queue_jobs(count: int = JOBS) -> list[int]:
    """Queue what is to be counted."""
    return [jobs.enqueue("count", f"Count {number}").id for number in range(count)]


def left() -> int:
    """Return how many jobs have not ended."""
    db.session.rollback()
    return db.session.query(Job).filter(Job.state.in_(jobs.UNFINISHED)).count()


def effects() -> Counter[tuple[int, str]]:
    """Return how often each effect of each job was had."""
    db.session.rollback()
    return Counter((row.job_id, row.message) for row in db.session.query(JobProblem))


def expected(ids: list[int]) -> Counter[tuple[int, str]]:
    """Return what each job is to have done, once."""
    return Counter((i, f"{part}-{n}") for i in ids for part in range(2) for n in range(CHUNKS))


def wait_until_done(workers: Workers, seconds: float = 180) -> None:
    """Wait until every job has ended."""
    end = time.monotonic() + seconds
    while left():
        assert time.monotonic() < end, workers.told()
        time.sleep(0.1)


def test_killed_workers_double_and_lose_nothing(any_app: Flask, tmp_path: Path) -> None:
    """Two workers are killed at random moments; each effect is there once, on both databases."""
    deal = dealt()
    url = any_app.config["LABELER"].database_url
    with Workers(tmp_path, "w0", "w1", LABELER_DATABASE_URL=url) as workers:
        ids = queue_jobs()
        for _ in range(KILLS):
            wait_for_effects()
            time.sleep(deal.random() * 0.15)
            workers.renew(deal.choice(["w0", "w1"]))
        wait_until_done(workers)
    assert {jobs.find(i).state for i in ids} == {"done"}
    assert effects() == expected(ids)


def test_what_was_killed_for_good_is_taken_up_at_once(any_app: Flask, tmp_path: Path) -> None:
    """Whoever comes to the same machine goes on, however long the lease of the killed still is."""
    url = any_app.config["LABELER"].database_url
    ids = queue_jobs()
    with Workers(tmp_path, "w0", "here", LABELER_DATABASE_URL=url) as workers:
        wait_for_effects()
        workers.kill("w0")
        workers.kill("here")
        held = JobPart.state == "running"
        with transaction() as session:
            session.execute(update(JobPart).where(held).values(lease=now() + timedelta(days=1)))
        workers.start("w1")
        wait_until_done(workers)
        assert {worker.name for worker in jobs.workers()} == {"w1"}
    assert effects() == expected(ids)


BROKERS = [(kind, url) for kind in ("redis", "rabbitmq") for url in ("sqlite", "postgres")]


@pytest.mark.parametrize(("broker", "database_url"), BROKERS, indirect=True)
def test_whatever_is_killed_each_job_has_its_effects_once(
    tmp_path: Path, broker: Broker, database_url: str
) -> None:
    """Workers, server and broker are killed at random, and messages are doubled and lost."""
    deal = dealt()
    app = create_app(replace(settings(tmp_path, database_url), jobs_url=broker.url))
    env = {"LABELER_JOBS_URL": broker.url, "LABELER_DATABASE_URL": database_url}
    with app.app_context():
        Corpus().layer(Corpus().document(Corpus().project(ana="manager")), status="done")
        token = accounts.api_token(Corpus().person("ana"))
        server = Server(tmp_path, env, command=ALONE)
        with server, Workers(tmp_path, "w0", "w1", **env) as workers:
            ids = queue_jobs()
            for job_id in ids:
                broker.double(job_id)
            asking = Asking(Client(server, token))
            asking.start()
            victims = [
                (server.kill, server.start),
                (broker.kill, broker.start),
                *((partial(workers.kill, w), partial(workers.start, w)) for w in ("w0", "w1")),
            ]
            for kill, start in deal.sample(victims, len(victims)):
                wait_for_effects()
                time.sleep(deal.random() * 0.3)
                kill()
                ids += queue_jobs(1)  # where it was the broker, nobody hears of it
                start()
            asking.join()
            wait_until_done(workers)
        assert {jobs.find(i).state for i in ids} == {"done"}
        assert effects() == expected(ids)
        assert sorted(export.name for export in db.session.query(Export)) == sorted(asking.names)
        db.session.remove()
        db.engine.dispose()


class Asking(threading.Thread):
    """Asks a server for snapshots, one after the other, until each is there."""

    names = tuple(f"s{number}" for number in range(8))

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.client = client

    def run(self) -> None:
        """Ask for each; what had been made when its answer was lost is refused."""
        for name in self.names:
            body = {"format": "jsonl", "name": name}
            answer = self.client.send("POST", "/projects/news/exports", body)
            assert answer.status_code in (200, 409), answer.text
        self.client.close()


def dealt() -> random.Random:
    """Return what says when and what is killed: another each time, told where a test fails."""
    seed = random.SystemRandom().randrange(1_000_000)
    logging.getLogger(__name__).warning("Dealt by %s.", seed)
    return random.Random(seed)


def wait_for_effects() -> None:
    """Wait until more was done than before, or all."""
    before, end = sum(effects().values()), time.monotonic() + 120
    while left() and sum(effects().values()) == before:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_real_jobs_have_their_effects_once(any_app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Trainings, evaluations, exports and suggestions are killed midway; each makes one of it."""
    project = corpus.project()
    label(corpus, project)
    settings_ = any_app.config["LABELER"]
    ids = [
        transfer.queue_training(project).id,
        queue_evaluation(project, "rulers").id,
        transfer.queue_export(project, "docbin", actor=corpus.person(), name="frozen").id,
        transfer.queue_suggestions(project).id,
    ]
    settings_.exports.mkdir()
    url = settings_.database_url
    with Workers(tmp_path, "w0", "w1", LABELER_DATABASE_URL=url) as workers:
        for made in (SuggesterRun, TrainedModel):
            wait_for_row(made, workers)
            for name in ("w0", "w1"):
                workers.renew(name)
        wait_until_done(workers)
    assert {(job.kind, job.state, job.error) for job in map(jobs.find, ids)} == {
        (kind, "done", None) for kind in ("train", "evaluate", "export", "suggest")
    }
    assert [(one.number, one.component) for one in db.session.query(TrainedModel)] == [
        (1, "spancat")
    ]
    assert [one.suggester for one in db.session.query(Evaluation)] == ["rulers"]
    [export] = db.session.query(Export)
    assert [str(each) for each in settings_.exports.iterdir()] == [export.folder]


def test_a_killed_server_doubles_and_loses_nothing(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """A server is killed twice amid a job and started again; each article is counted once."""
    deal = dealt()
    project = corpus.project()
    with transaction() as session:
        session.add_all(article(project, number) for number in range(ARTICLES))
    job_id = transfer.queue_suggestions(project).id
    url = any_app.config["LABELER"].database_url
    with Server(tmp_path, {"LABELER_DATABASE_URL": url}) as server:
        for _ in range(2):
            wait_for_progress(job_id)
            time.sleep(deal.random() * 0.2)
            server.kill()
            server.start()
        end = time.monotonic() + 120
        while left():
            assert time.monotonic() < end, (tmp_path / "server.log").read_text()[-3000:]
            time.sleep(0.1)
    ended = jobs.find(job_id)
    assert (ended.error, ended.state, ended.done) == (None, "done", ARTICLES)
    [run] = db.session.query(SuggesterRun)
    found = db.session.query(Suggestion.document_id).filter_by(run_id=run.id).all()
    assert sorted(found) == sorted(db.session.query(Document.id).all())


def article(project: Project, number: int) -> Document:
    """Return one of the articles that a server proposes for when it is killed."""
    text = f"Ada Lovelace met Bob Stone in France on 1 May 2020 for {number} minutes. " * 3
    name, sha256 = f"d{number}", text_sha256(text)
    return Document(project_id=project.id, name=name, text=text, sha256=sha256, meta={})


def wait_for_progress(job_id: int) -> None:
    """Wait until more of a job is done than now, or all."""
    before, end = jobs.find(job_id).done, time.monotonic() + 60
    while left() and jobs.find(job_id).done == before:
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_for_row(made: type[Base], workers: Workers) -> None:
    """Wait until there is a row of a kind."""
    end = time.monotonic() + 60
    while not db.session.query(made).count():
        assert time.monotonic() < end, workers.told()
        time.sleep(0.02)
        db.session.rollback()
