"""Workers, server and broker are killed at random: each job has its effects once, and ends."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask

from labeler import jobs, transfer
from labeler.app import create_app
from labeler.jobs.broker import celery
from labeler.models import (
    Document,
    Evaluation,
    Export,
    Job,
    JobProblem,
    Project,
    SuggesterRun,
    Suggestion,
    TrainedModel,
    db,
    transaction,
)
from labeler.models.database import Base
from labeler.models.documents import text_sha256
from labeler.transfer.evaluation import queue_evaluation
from tests.conftest import Corpus, settings
from tests.jobs.counting import CHUNKS
from tests.serving import Server, free_port
from tests.test_training import label

JOBS = 6
KILLS = 8
ARTICLES = 250
ROOT = Path(__file__).resolve().parents[2]


class Redis:
    """A Redis that keeps nothing: killed, it has lost every message."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> tuple[list[str], dict[str, str]]:
        """Return what starts the server, and its environment."""
        server = shutil.which("redis-server")
        if server is None:
            pytest.skip("no Redis on this machine: install the package `redis-server`")
        return [server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""], {}


class RabbitMQ:
    """A RabbitMQ that keeps its messages in a folder of its own; it needs Erlang's name server."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder / "rabbitmq", free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> tuple[list[str], dict[str, str]]:
        """Return what starts the server, and its environment."""
        server = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        if not server.is_file():
            pytest.skip("no RabbitMQ on this machine: install the package `rabbitmq-server`")
        self.folder.mkdir(exist_ok=True)
        own = {"MNESIA_BASE": "data", "LOG_BASE": "log", "ENABLED_PLUGINS_FILE": "plugins"}
        env = {f"RABBITMQ_{name}": str(self.folder / place) for name, place in own.items()}
        env |= {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"labeler{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
        }
        # The name server would outlive the broker as a daemon: it is the broker's child here.
        return ["sh", "-c", f"epmd & exec {server}"], env


@dataclass
class Broker:
    """A broker as the tests start it and kill it."""

    kind: Redis | RabbitMQ
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the broker."""
        return self.kind.url

    def start(self) -> None:
        """Start the server and wait until it listens."""
        command, env = self.kind.command()
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + 60
        while not _listens(self.kind.port):
            assert time.monotonic() < end
            assert self.process.poll() is None
            time.sleep(0.1)

    def kill(self) -> None:
        """End it and all that it started at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """Return a running broker of each kind."""
    made = Broker(Redis() if request.param == "redis" else RabbitMQ(tmp_path))
    made.start()
    yield made
    made.kill()


class Workers:
    """Worker processes that can be killed; each is started again under its name, as it would be."""

    def __init__(self, folder: Path, count: int, **env: str) -> None:
        self.folder, self.env = folder, env
        self.running = {f"w{number}": self._spawn(f"w{number}") for number in range(count)}

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.counting", name],
                cwd=self.folder,  # where exports land
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "LABELER_INSTANCE": str(self.folder / "instance"),
                    **self.env,
                },
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """Kill a worker and start another in its place."""
        self._end(name)
        self.running[name] = self._spawn(name)

    def _end(self, name: str) -> None:
        process = self.running[name]
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdin is not None
        process.stdin.close()

    def end(self) -> None:
        """Kill all."""
        for name in self.running:
            self._end(name)

    def told(self) -> str:
        """Return the ends of what they wrote."""
        return "\n".join(p.read_text()[-3000:] for p in sorted(self.folder.glob("w*.log")))


def queue_jobs() -> list[int]:
    """Queue what is to be counted."""
    return [jobs.enqueue("count", f"Count {number}").id for number in range(JOBS)]


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


def wait_until_done(workers: Workers, seconds: float = 60) -> None:
    """Wait until every job has ended."""
    end = time.monotonic() + seconds
    while left():
        assert time.monotonic() < end, workers.told()
        time.sleep(0.1)


def test_killed_workers_double_and_lose_nothing(any_app: Flask, tmp_path: Path) -> None:
    """Two workers are killed at random moments; each effect is there once, on both databases."""
    deal = random.Random(7)
    url = any_app.config["LABELER"].database_url
    workers = Workers(tmp_path, 2, LABELER_DATABASE_URL=url)
    try:
        ids = queue_jobs()
        for _ in range(KILLS):
            before = sum(effects().values())
            end = time.monotonic() + 30
            while left() and sum(effects().values()) == before and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(deal.random() * 0.15)
            workers.kill(deal.choice(["w0", "w1"]))
        wait_until_done(workers)
    finally:
        workers.end()
    assert {jobs.find(i).state for i in ids} == {"done"}
    assert effects() == expected(ids)


BROKERS = [("redis", "sqlite"), ("redis", "postgres"), ("rabbitmq", "sqlite")]


@pytest.mark.parametrize(("broker", "database_url"), BROKERS, indirect=True)
def test_a_broker_that_loses_its_messages_loses_no_job(
    tmp_path: Path, broker: Broker, database_url: str
) -> None:
    """Workers and the broker are killed, messages doubled and lost; each effect is there once."""
    app = create_app(replace(settings(tmp_path, database_url), jobs_url=broker.url))
    env = {"LABELER_JOBS_URL": broker.url, "LABELER_DATABASE_URL": database_url}
    with app.app_context():
        workers = Workers(tmp_path, 2, **env)
        try:
            ids = queue_jobs()
            for job_id in ids:
                celery(broker.url).send_task("labeler.job", args=[job_id])
            wait_for_effects()
            workers.kill("w0")
            broker.kill()
            ids += queue_jobs()  # nobody hears of these
            broker.start()
            workers.kill("w1")
            wait_until_done(workers)
        finally:
            workers.end()
        assert {jobs.find(i).state for i in ids} == {"done"}
        assert effects() == expected(ids)
        db.session.remove()
        db.engine.dispose()


def wait_for_effects() -> None:
    """Wait until something was done."""
    end = time.monotonic() + 30
    while not effects():
        assert time.monotonic() < end
        time.sleep(0.05)


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
    workers = Workers(tmp_path, 2, LABELER_DATABASE_URL=settings_.database_url)
    try:
        for made in (SuggesterRun, TrainedModel):
            wait_for_row(made, workers)
            for name in ("w0", "w1"):
                workers.kill(name)
        wait_until_done(workers, 120)
    finally:
        workers.end()
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
    deal = random.Random(8)
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
    text = f"Ada Lovelace met Bob Stone in France on 1 May 2020 for {number} minutes. " * 8
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
