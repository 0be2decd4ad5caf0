"""Suggestions in the background: how fast, at what cost for those who save, in how much memory.

The pipeline is a small trained one. Throughput stands beside `nlp.pipe` alone on the same texts, in
as many processes at once as there are workers, each with one thread as those have: what two cores
give to two processes is not twice what one gives to one. Both are told in articles a second and in
processor time, which says the same on a machine that is busy. Saving stands beside saving without
a worker, with 20 clients at once as in the benchmark `saving`. Memory is the highest that a worker
had.
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
from labeler.models.database import now
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
print(flush=True)
sys.stdin.readline()
start, used = time.perf_counter(), time.process_time()
deque(nlp.pipe(texts, batch_size=32), maxlen=0)
print(time.perf_counter() - start, time.process_time() - used)
"""


@dataclass(frozen=True)
class Run:
    """What was watched of one job, or of the pipeline alone.

    Articles a second, milliseconds of processor time an article, and a worker's memory in MB.
    """

    rate: float
    cost: float
    memory: float = 0.0


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
    runs: dict[str, list[Run]] = {"pipe 1": [], "pipe 2": [], "work 1": [], "work 2": []}
    for _ in range(ROUNDS):
        for processes in (1, 2):
            runs[f"pipe {processes}"].append(_pipe_alone(pipeline, texts, count, processes))
            runs[f"work {processes}"].append(_run(processes, _queue()))
    print(f"suggesting in the background, {count} articles of 350 tokens")
    for processes in (1, 2):
        alone, ours = (_middle(runs[f"{what} {processes}"]) for what in ("pipe", "work"))
        told = f"{processes} at once"
        print(f"  {told}: nlp.pipe alone {alone.rate:5.0f}/s, {alone.cost:5.2f} ms of processor")
        print(f"  {told}: workers        {ours.rate:5.0f}/s, {ours.cost:5.2f} ms of processor")
        ratios = f"{ours.rate / alone.rate:.2f}, of processor time {alone.cost / ours.cost:.2f}"
        print(f"  {told}: ratio {ratios} (wanted: at least 0.9)")
    one, two, bare = (_middle(runs[name]).rate for name in ("pipe 1", "work 2", "pipe 2"))
    print(f"  two workers to one nlp.pipe: {two / one:.2f} (wanted: at least 1.8)")
    print(f"  two nlp.pipe to one:         {bare / one:.2f}, what this machine gives")


def _middle(runs: list[Run]) -> Run:
    return Run(
        *(statistics.median(getattr(run, name) for run in runs) for name in ("rate", "cost"))
    )


def _pipe_alone(pipeline: Path, texts: Path, count: int, processes: int) -> Run:
    """Run the pipeline over all texts in each of so many processes at once."""
    command = [sys.executable, "-c", _FLOOR, str(pipeline), str(texts)]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    begun = [subprocess.Popen(command, env=env, text=True, **pipes) for _ in range(processes)]
    for process in begun:
        process.stdout.readline()  # it has loaded
    for process in begun:
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate()[0].split() for process in begun]
    rate = sum(count / float(wall) for wall, _ in told)
    return Run(rate, 1000 * sum(float(used) for _, used in told) / (count * processes))


def _run(workers: int, job_id: int) -> Run:
    """Do the job with this many workers; what they need to start and to end is left out."""
    begun, first, used, memory = None, 0, 0.0, 0.0
    with supervise.workers(workers):
        while (job := _seen(job_id)).state in jobs.UNFINISHED:
            processes = [worker.process for worker in jobs.workers()]
            if begun is None and _at_work(job_id) == workers:
                begun, first, used = now(), job.done, _used(processes)
            memory = max([memory, *map(_peak, processes)])
            time.sleep(0.5)
        used = _used([worker.process for worker in jobs.workers()]) - used
    assert job.state == "done", job.error
    if begun is None:  # too few articles to say more than what memory they took
        return Run(0.0, 0.0, memory)
    done, seconds = job.done - first, (job.finished - begun).total_seconds()
    return Run(done / seconds, 1000 * used / done, memory)


def _used(processes: list[int]) -> float:
    """Return the seconds of processor time that processes had so far."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


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
