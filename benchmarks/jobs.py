"""Suggestions in the background: how fast, at what cost for those who save, in how much memory.

The pipeline is a small trained one. Throughput stands beside `nlp.pipe` alone in one process on
the same texts, with one thread as the workers have; saving beside saving without a worker, with
20 clients at once as in the benchmark `saving`. Memory is the highest that a worker had.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import saving
from benchmarks.corpus import articles, project_with_articles
from benchmarks.suggesting import train_pipeline
from labeler import accounts, jobs, transfer
from labeler.app import create_app
from labeler.config import Settings
from labeler.jobs import supervise
from labeler.models import (
    Document,
    Job,
    JobPart,
    Layer,
    Project,
    SuggesterRun,
    Suggestion,
    db,
    transaction,
)
from labeler.models.documents import text_sha256

ARTICLES = 2_000
LONGEST = 100_000
"""Tokens of the longest articles."""
ROUNDS = 2
_FLOOR = """
import json, sys, time, spacy
from collections import deque
texts = json.load(open(sys.argv[2]))
nlp = spacy.load(sys.argv[1])
deque(nlp.pipe(texts[:50], batch_size=32), maxlen=0)
start = time.perf_counter()
deque(nlp.pipe(texts, batch_size=32), maxlen=0)
print(len(texts) / (time.perf_counter() - start))
"""


@dataclass
class Run:
    """One job as it was watched: articles a second once it ran, and the workers' memory in MB."""

    rate: float
    memory: float


def main(count: int = ARTICLES) -> None:
    """Print throughput, the cost for those who save, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "instance"
        os.environ["LABELER_INSTANCE"] = str(instance)
        pipeline = train_pipeline(Path(folder) / "pipeline")
        app = create_app(Settings.from_env({"LABELER_INSTANCE": str(instance)}))
        with app.app_context():
            _prepare(pipeline, count)
            _throughput(pipeline, Path(folder), count)
            _cost(instance)
            _memory()
            db.session.remove()
            db.engine.dispose()


def _prepare(pipeline: Path, count: int) -> None:
    project = project_with_articles(count)
    with transaction():
        project = db.session.get_one(Project, project.id)
        project.suggester = "spacy"
        project.suggester_options = {"pipeline": str(pipeline)}


def _queue() -> int:
    """Forget what was proposed, and queue it anew."""
    with transaction() as session:
        session.query(Suggestion).delete()
        session.query(SuggesterRun).delete()
    return transfer.queue_suggestions(db.session.query(Project).one()).id


# ---- throughput ------------------------------------------------------------------------------


def _throughput(pipeline: Path, folder: Path, count: int) -> None:
    texts = folder / "texts.json"
    texts.write_text(json.dumps([article["text"] for article in articles(count)]))
    floors, ones, twos = [], [], []
    for _ in range(ROUNDS):
        floors.append(_pipe_alone(pipeline, texts))
        ones.append(_run(1, _queue()).rate)
        twos.append(_run(2, _queue()).rate)
    floor, one, two = map(statistics.median, (floors, ones, twos))
    print(f"suggesting in the background, {count} articles of 350 tokens")
    print(f"  nlp.pipe alone {floor:7.0f}/s")
    print(f"  one worker     {one:7.0f}/s  ratio {one / floor:.2f} (wanted: at least 0.9)")
    print(f"  two workers    {two:7.0f}/s  ratio {two / floor:.2f} (wanted: at least 1.8)")


def _pipe_alone(pipeline: Path, texts: Path) -> float:
    command = [sys.executable, "-c", _FLOOR, str(pipeline), str(texts)]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _run(workers: int, job_id: int) -> Run:
    """Do the job with this many workers; what they need to start is left out of the rate."""
    begun, first, memory = 0.0, 0, 0.0
    with supervise.workers(workers):
        while (job := _seen(job_id)).state in jobs.UNFINISHED:
            if not begun and _at_work(job_id) == workers:
                begun, first = time.perf_counter(), job.done
            memory = max([memory, *(_peak(worker.process) for worker in jobs.workers())])
            time.sleep(0.25)
    assert job.state == "done", job.error
    return Run((job.done - first) / (time.perf_counter() - begun) if begun else 0.0, memory)


def _seen(job_id: int) -> Job:
    db.session.rollback()
    return jobs.find(job_id)


def _at_work(job_id: int) -> int:
    """Return how many workers have done a chunk."""
    begun = select(func.count(JobPart.worker.distinct())).where(
        JobPart.job_id == job_id, JobPart.number > 0, JobPart.cursor.is_not(None)
    )
    return db.session.scalar(begun) or 0


def _peak(process: int) -> float:
    """Return the highest resident memory that a process had, in MB."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024


# ---- saving ----------------------------------------------------------------------------------


def _cost(instance: Path) -> None:
    taken: dict[str, list[float]] = {"alone": [], "beside": []}
    token = accounts.api_token(accounts.find_user("ana"))
    layers = db.session.scalars(select(Layer.id).order_by(Layer.id).limit(saving.CLIENTS)).all()
    requests = [saving.save(token, layer) for layer in layers]
    with saving.served(str(instance)) as port:
        for _ in range(ROUNDS):
            taken["alone"] += saving.load(port, requests)
            job_id = _queue()
            with supervise.workers(1, nice=supervise.NICE):
                while not _seen(job_id).done:
                    time.sleep(0.1)
                taken["beside"] += saving.load(port, requests)
                if _seen(job_id).state in jobs.UNFINISHED:
                    jobs.cancel(job_id)
                else:
                    print("  (the job ended too soon: take more articles)")
    p95 = {name: statistics.quantiles(times, n=20)[-1] * 1000 for name, times in taken.items()}
    print(f"saving with {saving.CLIENTS} clients while suggestions are made")
    print(f"  p95 alone {p95['alone']:6.1f} ms, beside a worker {p95['beside']:6.1f} ms")
    print(f"  ratio {p95['beside'] / p95['alone']:.2f} (wanted: below 1.5)")


# ---- memory ----------------------------------------------------------------------------------


def _memory() -> None:
    _run(1, transfer.queue_suggestions(db.session.query(Project).one()).id)
    with transaction() as session:
        project = session.query(Project).one()
        for number, article in enumerate(articles(10, LONGEST, 100, 0)):
            text = article["text"]
            names = {"project_id": project.id, "name": f"long-{number}", "meta": {}}
            session.add(Document(**names, text=text, sha256=text_sha256(text)))
    memory = _run(1, transfer.queue_suggestions(db.session.query(Project).one()).id).memory
    print(f"memory of a worker at ten articles of {LONGEST} tokens")
    print(f"  {memory:.0f} MB (wanted: below 1500)")
