"""Celery, where a broker is named: its messages carry a job's number, and decide nothing."""

import logging
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from labeler.config import Settings
from labeler.errors import Invalid, Unavailable

_TASK = "labeler.job"
_PATIENCE = 2
"""Seconds that a request waits for a broker that does not answer."""
_KNOWN = ("redis", "rediss", "amqp", "amqps")
_log = logging.getLogger("labeler.jobs")


def url() -> str:
    """Return the address of the broker, or nothing where workers look for jobs themselves."""
    settings: Settings = current_app.config["LABELER"]
    return settings.jobs_url


def announce(session: Session, job_id: int) -> None:
    """Hand a job's number to the broker once the transaction is committed.

    A message that is lost is sent again by the sweep; one that was sent twice finds the job taken.
    """
    address = url()
    if address:
        event.listen(session, "after_commit", lambda _: _send(address, job_id), once=True)


def _send(address: str, job_id: int) -> None:
    try:
        celery(address).send_task(_TASK, args=[job_id], retry=False)
    except Exception as error:  # noqa: BLE001 - brokers fail in many ways, and none may lose a save
        _log.warning("The broker does not answer (%s): job %s is sent again later.", error, job_id)


@lru_cache(maxsize=2)
def celery(address: str) -> Any:
    """Return the Celery application of this address; raises when it cannot be used."""
    if address.partition("://")[0] not in _KNOWN:
        raise Invalid(f"LABELER_JOBS_URL is {address!r}: use redis://... or amqp://...")
    try:
        from celery import Celery  # noqa: PLC0415 - an extra that few need
    except ImportError:
        message = "LABELER_JOBS_URL is set, and Celery is missing: pip install 'labeler[celery]'"
        raise Unavailable(message) from None
    app = Celery("labeler", broker=address, set_as_current=False)
    app.conf.update(
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=_PATIENCE,
        broker_heartbeat=0,  # a worker is silent while it works
        broker_transport_options={"socket_connect_timeout": _PATIENCE, "max_retries": 1},
        task_acks_late=True,
        task_default_queue="labeler",
        task_ignore_result=True,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
    )
    return app


def consume(address: str, take: Callable[[int], None], stopping: threading.Event) -> None:
    """Call `take` with each number that comes, one at a time, until told to stop."""
    app = celery(address)
    app.task(name=_TASK)(take)
    worker = app.Worker(
        pool="solo",
        concurrency=1,
        loglevel="WARNING",
        without_gossip=True,
        without_heartbeat=True,
        without_mingle=True,
    )
    threading.Thread(target=_end, args=[worker, stopping], daemon=True).start()
    worker.start()


def _end(worker: Any, stopping: threading.Event) -> None:
    stopping.wait()
    worker.stop()
