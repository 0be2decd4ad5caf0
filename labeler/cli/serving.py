"""Commands that serve the pages."""

import gc
import logging
import os
import sys
import threading
import webbrowser
from pathlib import Path

import click
from flask import Flask

from labeler.cli.frame import main, progress
from labeler.config import Settings
from labeler.errors import LabelerError

_CONNECTIONS = 2000
"""Connections open at once. Browsers keep up to six each; who comes after the last one waits."""


def _serve(app: Flask, host: str, port: int, workers: int) -> None:
    """Serve until stopped; the first article opened should not wait for spaCy to load.

    Background work is done by `workers` processes that live as long as this one.
    """
    import waitress  # type: ignore[import-untyped]

    from labeler.jobs import supervise

    # Its word on every request that waits for a thread helps nobody.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    threading.Thread(target=_warm_up, args=[app], daemon=True).start()
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=8,
            connection_limit=_CONNECTIONS,
            asyncore_use_poll=True,  # select() knows no more than 1,024 files
            max_request_body_size=2**30,
            ident="labeler",
        )
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise LabelerError(
            f"Port {port} of {host} cannot be used: {reason}. Choose another with --port."
        ) from None
    with supervise.workers(workers, nice=supervise.NICE):
        server.run()


def _warm_up(app: Flask) -> None:
    from labeler import transfer
    from labeler.models import Project, db

    with app.app_context():
        project = db.session.query(Project).order_by(Project.id).first()
        if project is not None:
            transfer.warm_up(project)
    gc.collect()
    gc.freeze()  # what stays for good need not be looked through whenever a long document is read


def _make_app(instance: Path | None = None) -> Flask:
    """Return the application; reading the code of its pages waits until they are served."""
    from labeler.app import create_app

    if instance is not None:
        os.environ["LABELER_INSTANCE"] = str(instance)
    return create_app(Settings.from_env())


_WORKERS = "Processes for background work; 1 if not given, 0 where LABELER_JOBS_URL is set."


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(0, 64), help=_WORKERS)
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve the pages, and do what runs in the background."""
    app = _make_app()
    if workers is None:
        workers = 0 if app.config["LABELER"].jobs_url else 1
    click.echo(f"labeler listens on http://{host}:{port}/ - stop it with Ctrl+C.")
    _serve(app, host, port, workers)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--no-browser", is_flag=True, help="Don't open a browser.")
@click.option("--instance", type=click.Path(path_type=Path), help="Folder for the demo's data.")
def demo(host: str, port: int, no_browser: bool, instance: Path | None) -> None:
    """Serve sample articles for labeling, and print a link that signs you in once."""
    from labeler import demonstration

    app = _make_app(instance or Path(os.environ.get("LABELER_INSTANCE", "instance/demo")))
    with app.app_context(), progress("Preparing the sample articles") as told:
        tokens = demonstration.prepare(told)
    links = {name: f"http://{host}:{port}/sign-in/{token}" for name, token in tokens.items()}
    (lead, link), *annotators = links.items()
    click.echo(f"Open this link to sign in as {lead}, who leads the project; it works once:\n")
    click.echo(
        f"  {link}\n\nOr be one of the annotators, in another browser or a private window:\n"
    )
    for name, other in annotators:
        click.echo(f"  {name:<6} {other}")
    click.echo("")
    click.echo("Stop with Ctrl+C. What you label is kept for the next time.")
    sys.stdout.flush()
    if not no_browser and sys.stdout.isatty():
        threading.Timer(1.0, webbrowser.open, [link]).start()
    _serve(app, host, port, 1)
