"""The worker that nobody has to know of: it comes and goes with the server."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from labeler import transfer
from labeler.app import create_app
from labeler.jobs import FINISHED, find, workers
from labeler.models import Document, Suggestion, db
from tests.conftest import Corpus, settings
from tests.serving import Server


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    db.session.rollback()  # to see what others have written since the last look
    while not what():
        assert time.monotonic() < end, "It did not come true in time."
        time.sleep(0.05)
        db.session.rollback()


def processes() -> list[int]:
    """Return the process numbers of the workers that are there."""
    return [worker.process for worker in workers()]


def is_alive(process: int) -> bool:
    """Tell whether a process runs; one that has ended and was not asked for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def suggest(app: Flask, name: str) -> int:
    """Bring an article in and queue suggestions for it; return the job's number."""
    with app.app_context():
        project = Corpus().project(name)
        Corpus().document(project, "Ada Lovelace met Bob in France on 1 May 2020.")
        return transfer.queue_suggestions(project).id


def test_a_server_does_what_is_queued(tmp_path: Path) -> None:
    """Jobs are done with nobody starting a worker, also after the worker or the server is killed.

    With the server its worker ends; no process is left.
    """
    app = create_app(settings(tmp_path))
    server = Server(tmp_path)
    with app.app_context(), server:
        first = suggest(app, "first")
        wait_for(lambda: find(first).state in FINISHED)
        assert find(first).state == "done"
        there = processes()
        for worker in there:
            os.kill(worker, signal.SIGKILL)
        second = suggest(app, "second")
        wait_for(lambda: find(second).state in FINISHED)
        assert find(second).state == "done"
        wait_for(lambda: len(set(processes()) - set(there)) == 2)
        there = processes()
        server.kill()
        wait_for(lambda: not any(is_alive(worker) for worker in there))
        third = suggest(app, "third")
        server.start()
        wait_for(lambda: find(third).state in FINISHED)
        assert find(third).state == "done"
        assert db.session.query(Suggestion).count() == db.session.query(Document).count() == 3
        db.engine.dispose()
