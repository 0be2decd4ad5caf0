"""Commands for background work: workers, and the jobs they do."""

import os
import time
from contextlib import suppress
from typing import Any

import click
from tqdm import tqdm

from labeler.cli.frame import find_project, main, print_json, with_instance
from labeler.config import Settings


def know_jobs() -> None:
    """Let this process know every kind of job: importing what does them registers them."""
    from labeler import (  # noqa: F401
        label_changes,
        reliability,
        settling,
        transfer,
        webhooks,
        work,
    )


@main.command()
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--nice", type=click.IntRange(0, 19), default=0, help="How much they give way.")
def worker(processes: int, nice: int) -> None:
    """Do background work here until stopped, on as many machines as you want."""
    from labeler.instance import open_instance
    from labeler.jobs import broker, supervise

    with open_instance(Settings.from_env()).app_context():
        if broker.url():
            broker.celery(broker.url())
    click.echo("Working - stop it with Ctrl+C.")
    with suppress(KeyboardInterrupt), supervise.workers(processes, nice):
        while True:
            time.sleep(3600)


@main.command("worker-process", hidden=True)
@click.argument("name")
@click.option("--nice", type=int, default=0)
@click.option("--lane", type=click.Choice(["any", "short", "long"]), default="any")
def worker_process(name: str, nice: int, lane: str) -> None:
    """Be one worker process; `serve` and `worker` start these."""
    from labeler.instance import open_instance
    from labeler.jobs.worker import work

    know_jobs()
    if hasattr(os, "nice"):
        os.nice(nice)
    work(open_instance(Settings.from_env()), name, lane)  # type: ignore[arg-type]


# ---- jobs ------------------------------------------------------------------------------------


@main.group()
def jobs() -> None:
    """Show background work, cancel it, try it again."""
    know_jobs()


@jobs.command("list")
@click.argument("slug", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@with_instance
def jobs_list(slug: str | None, as_json: bool) -> None:
    """List the last jobs, of a project or of all: id, state, progress, title."""
    from labeler import jobs

    found = jobs.listed(find_project(slug).id if slug else None)
    if as_json:
        print_json([jobs.as_json(job) for job in found])
        return
    for job in found:
        of = f"/{job.total}" if job.total is not None else ""
        click.echo(f"{job.id}\t{job.state}\t{job.done}{of}\t{job.title}")
    if not jobs.workers() and any(job.state in jobs.UNFINISHED for job in found):
        click.echo("No worker is there. Start one: labeler serve, or labeler worker.", err=True)


@jobs.command("show")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_instance
def jobs_show(number: int, as_json: bool) -> None:
    """Show a job: state, progress, log, and what did not fit; waits with a bar while it runs."""
    from labeler import jobs

    job = jobs.find(number)
    if as_json:
        print_json({**jobs.as_json(job), "log": [line.words for line in jobs.lines(number)]})
        return
    job = _watched(job)
    click.echo(f"{job.title}: {job.state}.")
    if job.error:
        click.echo(job.error)
    for line in jobs.lines(number):
        click.echo(f"  {line.at:%Y-%m-%d %H:%M:%S}  {line.words}")
    for problem in jobs.problems(number):
        click.echo(f"  {problem.as_problem()}", err=True)


def _watched(job: Any) -> Any:
    """Return the job when it has ended; on a pipe as it is now."""
    from labeler import jobs
    from labeler.models import db

    with tqdm(desc=job.title, total=job.total, disable=None, leave=False) as bar:
        while job.state in jobs.UNFINISHED and not bar.disable:
            bar.total = job.total
            bar.update(job.done - bar.n)
            time.sleep(0.5)
            db.session.rollback()
            job = jobs.find(job.id)
    return job


@jobs.command("forget")
@click.option("--days", type=click.IntRange(0), default=30, show_default=True)
@with_instance
def jobs_forget(days: int) -> None:
    """Delete jobs that ended so many days ago, with their logs and uploads."""
    from labeler import jobs

    click.echo(f"{jobs.forget(days)} jobs were deleted.")


@jobs.command("cancel")
@click.argument("number", type=int)
@with_instance
def jobs_cancel(number: int) -> None:
    """End a job; what it has done stays."""
    from labeler import jobs

    jobs.find(number)
    jobs.cancel(number)
    click.echo("Cancelled.")


@jobs.command("retry")
@click.argument("number", type=int)
@with_instance
def jobs_retry(number: int) -> None:
    """Try a job again that failed or was cancelled; it goes on where it stopped."""
    from labeler import jobs

    jobs.find(number)
    jobs.retry(number)
    click.echo("Queued again.")
