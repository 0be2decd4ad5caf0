"""One worker process: takes parts of jobs one after the other, and says that it is alive."""

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from types import FrameType

from flask import Flask
from sqlalchemy.exc import OperationalError

from labeler.config import Settings
from labeler.jobs import broker, presence, queue
from labeler.jobs.queue import Lane, Lost
from labeler.jobs.work import JobWork, forget, perform

_POLL = 0.5
"""Seconds between two looks for a job."""
_LONG_POLL = 2.0
"""The same for a worker that takes long jobs only, for which nobody waits."""
_TIDY = 600.0
"""Seconds between two looks for jobs that are old enough to be forgotten."""
_BEAT = 5.0
"""Seconds between two heartbeats."""
_GRACE = 5.0
"""Seconds that a worker may take to end its chunk when it is told to stop."""
_log = logging.getLogger("labeler.jobs")


def work(app: Flask, name: str, lane: Lane = "any") -> None:
    """Work until told to stop, by a signal or by the end of standard input.

    `name` is this worker's: what an earlier process of that name held is taken up again at once.
    One that takes long jobs only looks for them in the database, also where there is a broker.
    """
    _Worker(app, name, lane).run()


class _Worker:
    def __init__(self, app: Flask, name: str, lane: Lane) -> None:
        self._app, self._name, self._lane = app, name, lane
        self._settings: Settings = app.config["LABELER"]
        self._stopping = threading.Event()
        self._work: JobWork | None = None

    def run(self) -> None:
        """Take jobs until told to stop."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches us through our parent
        signal.signal(signal.SIGTERM, self._on_signal)
        presence.enter(self._settings.instance, self._name)
        with self._app.app_context():
            address = broker.url() if self._lane != "long" else ""
            queue.arrive(self._name, socket.gethostname(), os.getpid())
            self._bury()
        gc.freeze()  # what stays for good need not be looked through with every batch of documents
        sweeping = [self._sweep] if address else []
        for task in (self._watch_parent, self._beat, self._forget, *sweeping):
            threading.Thread(target=task, daemon=True).start()
        if address:
            broker.consume(address, self._take_all, self._stopping)
        else:
            self._poll()
        with self._app.app_context():
            queue.leave(self._name)

    # ---- taking jobs -------------------------------------------------------------------------

    def _poll(self) -> None:
        while not self._stopping.is_set():
            if not self._take():
                self._stopping.wait(_POLL if self._lane != "long" else _LONG_POLL)

    def _take_all(self, job_id: int) -> None:
        """Take parts of a job as long as there are any."""
        while not self._stopping.is_set() and self._take(job_id):
            pass

    def _take(self, job_id: int | None = None) -> bool:
        """Take a part and do it; tell whether there was one."""
        try:
            with self._app.app_context():
                claim = queue.claim(self._name, job_id, self._lane)
                if claim is None:
                    return False
                self._work = JobWork(claim, self._stopping)
                perform(self._work)
        except Lost:
            return True
        except OperationalError as error:
            _log.warning("The database does not answer: %s", error.orig)
            self._stopping.wait(_BEAT)
        finally:
            self._work = None
        return True

    # ---- being there -------------------------------------------------------------------------

    def _beat(self) -> None:
        while not self._stopping.wait(_BEAT):
            held = self._work
            try:
                with self._app.app_context():
                    if not queue.beat(self._name, held.claim if held else None) and held:
                        held.lost.set()
                    self._bury()
            except OperationalError as error:
                _log.warning("The database does not answer: %s", error.orig)

    def _bury(self) -> None:
        """Let what workers of this machine held that were killed be taken up."""
        for worker in presence.gone(self._settings.instance):
            queue.leave(worker)

    def _sweep(self) -> None:
        while not self._stopping.wait(_BEAT):
            try:
                with self._app.app_context():
                    queue.sweep()
            except OperationalError as error:
                _log.warning("The database does not answer: %s", error.orig)

    def _forget(self) -> None:
        """Delete old jobs now and then: from a worker, so that no request has to wait for it."""
        days = self._settings.keep_jobs
        while days and not self._stopping.wait(_TIDY):
            try:
                with self._app.app_context():
                    forget(days)
            except OperationalError as error:
                _log.warning("The database does not answer: %s", error.orig)

    # ---- ending ------------------------------------------------------------------------------

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _watch_parent(self) -> None:
        """End with the process that started us: its end closes our standard input."""
        while os.read(sys.stdin.fileno(), 1):  # without a lock that would be missed at the end
            pass
        self._stopping.set()
        time.sleep(_GRACE)
        os._exit(0)
