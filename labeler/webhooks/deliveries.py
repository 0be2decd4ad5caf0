"""What is told: kept in the transaction that it tells of, sent by workers, tried again."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from labeler import audit, jobs
from labeler.errors import Conflict, NotFound
from labeler.models import Delivery, Job, Project, Webhook, db, newest_first, transaction
from labeler.models.database import now
from labeler.webhooks.register import drop_waiting
from labeler.webhooks.sending import Outcome, send

PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800)
)
"""How long to wait after each failed attempt; after the last of them a delivery has failed."""
PATIENCE = timedelta(days=3)
"""How long a webhook may fail before it is switched off."""
KEPT = timedelta(days=30)
"""How long deliveries stay on record."""
_GONE = 410
"""What a receiver answers that wants to be told no more."""


# ---- what happens ----------------------------------------------------------------------------


def tell(event: str, project: Project, data: Callable[[], dict[str, Any]]) -> None:
    """Tell the webhooks of a project what happened, within the transaction that does it.

    `data` is asked for only where somebody listens.
    """
    with transaction() as session:
        _tell(session, event, project, Webhook.project_id == project.id, data)


@jobs.on_end
def _tell_of_job(session: Session, job: Job) -> None:
    """Tell of a job that has ended: its project's webhooks, and those of the site."""
    project = session.get(Project, job.project_id) if job.project_id else None
    listens = or_(Webhook.project_id.is_(None), Webhook.project_id == job.project_id)
    _tell(session, "job.finished", project, listens, lambda: {"job": jobs.as_json(job)})


def _tell(
    session: Session,
    event: str,
    project: Project | None,
    listens: Any,
    data: Callable[[], dict[str, Any]],
) -> None:
    active = select(Webhook).where(listens, Webhook.active)
    wanted = [hook for hook in session.scalars(active) if event in hook.events]
    told = data() if wanted else {}
    for webhook in wanted:
        _queue(session, webhook, event, project, told)


def say_hello(project: Project | None, webhook: Webhook) -> Delivery:
    """Send a webhook something to try it with; raises Conflict where it is switched off."""
    _require_active(webhook)
    with transaction() as session:
        audit.record("webhook.deliver", webhook.url, project=project)
        webhook.due = None
        return _queue(session, webhook, "test", project, {"message": "It works."})


def _queue(
    session: Session, webhook: Webhook, event: str, project: Project | None, data: dict[str, Any]
) -> Delivery:
    key, at = f"msg_{uuid.uuid4().hex}", now()
    slug = project.slug if project else None
    body = {"id": key, "type": event, "timestamp": at, "project": slug, "data": data}
    delivery = Delivery(
        webhook_id=webhook.id, key=key, event=event, body=orjson.dumps(body).decode(), due=at
    )
    session.add(delivery)
    session.flush()
    _call_worker(webhook, webhook.due)
    return delivery


def _call_worker(webhook: Webhook, due: datetime | None) -> None:
    jobs.enqueue(
        "webhook",
        f"Tell {webhook.url}",
        project_id=webhook.project_id,
        parameters={"webhook": webhook.id},
        key=f"webhook {webhook.id}",
        due=due,
    )


# ---- sending ---------------------------------------------------------------------------------


@jobs.kind("webhook", quiet=True)
def _deliver(work: jobs.JobWork) -> None:
    """Send what waits for a webhook, until one attempt fails: then it is left alone for a while.

    What was never tried comes first, so nothing waits behind what a receiver refuses.
    """
    webhook_id = int(work.parameters["webhook"])
    _forget(webhook_id)
    while found := _next(webhook_id):
        webhook, delivery = found
        outcome = send(webhook.url, webhook.secret, delivery.key, delivery.body.encode())
        with work.chunk() as chunk:
            chunk.done = 1
            _keep(chunk.session, webhook, delivery, outcome)
        if not outcome.delivered:
            break
    _come_again(webhook_id)


def _next(webhook_id: int) -> tuple[Webhook, Delivery] | None:
    """Return what to send now, and end the reading: no transaction is open while it is sent."""
    wanted = (
        select(Webhook, Delivery)
        .join(Delivery, Delivery.webhook_id == Webhook.id)
        .where(Webhook.id == webhook_id, Webhook.active)
        .where(Delivery.state == "waiting", Delivery.due <= now())
        .order_by(Delivery.attempts, Delivery.id)
        .limit(1)
    )
    row = db.session.execute(wanted, execution_options={"populate_existing": True}).first()
    db.session.commit()
    return (row[0], row[1]) if row else None


def _keep(session: Session, webhook: Webhook, delivery: Delivery, outcome: Outcome) -> None:
    """Keep how an attempt went, with the delivery and with its webhook."""
    at, attempts = now(), delivery.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "tried": at, "state": "delivered"}
    standing: dict[str, Any] = {"failures": 0, "failing": None, "due": None}
    if not outcome.delivered:
        values["state"] = "waiting" if attempts <= len(PAUSES) else "failed"
        values["due"] = at + PAUSES[min(attempts, len(PAUSES)) - 1]
        failures = webhook.failures + 1
        pause = PAUSES[min(failures, len(PAUSES)) - 1]
        standing = {"failures": failures, "failing": webhook.failing or at, "due": at + pause}
    told = {"status": outcome.status, "error": outcome.error}
    kept = update(Delivery).where(Delivery.id == delivery.id, Delivery.state == "waiting")
    session.execute(kept.values(**values, **told))
    session.execute(update(Webhook).where(Webhook.id == webhook.id).values(**standing))
    since = standing["failing"]
    if outcome.status == _GONE or (since and at - since >= PATIENCE):
        _give_up(session, webhook, at)


def _give_up(session: Session, webhook: Webhook, at: datetime) -> None:
    """Switch a webhook off; the overview of its project tells its managers."""
    off = update(Webhook).where(Webhook.id == webhook.id)
    session.execute(off.values(active=False, gave_up=at))
    drop_waiting(webhook.id)
    project = session.get(Project, webhook.project_id) if webhook.project_id else None
    audit.record("webhook.give_up", webhook.url, project=project)


def _come_again(webhook_id: int) -> None:
    """Call a worker for the time at which something waits again."""
    with transaction() as session:
        webhook = session.get(Webhook, webhook_id, populate_existing=True)
        waiting = select(func.min(Delivery.due)).where(
            Delivery.webhook_id == webhook_id, Delivery.state == "waiting"
        )
        due = session.scalar(waiting)
        if webhook is not None and webhook.active and due is not None:
            _call_worker(webhook, max(due, webhook.due) if webhook.due else due)


def _forget(webhook_id: int) -> None:
    """Take deliveries off the record that are old."""
    with transaction() as session:
        old = delete(Delivery).where(Delivery.webhook_id == webhook_id)
        session.execute(old.where(Delivery.state != "waiting", Delivery.created < now() - KEPT))


# ---- what is on record -----------------------------------------------------------------------


def told(webhook: Webhook, before: int | None = None, limit: int = 50) -> list[Delivery]:
    """Return what a webhook was told, newest first: those before an id."""
    mine = select(Delivery).where(Delivery.webhook_id == webhook.id)
    wanted = newest_first(mine, Delivery.id, before, limit)
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def deliver_again(project: Project | None, webhook: Webhook, delivery_id: int) -> Delivery:
    """Send something again under its id, also what was delivered; raises NotFound and Conflict."""
    _require_active(webhook)
    with transaction() as session:
        delivery = session.get(Delivery, delivery_id, with_for_update=True)
        if delivery is None or delivery.webhook_id != webhook.id:
            raise NotFound("There is no such delivery of this webhook.")
        delivery.state, delivery.due, delivery.attempts = "waiting", now(), 0
        webhook.due = None
        session.flush()
        audit.record("webhook.deliver", webhook.url, project=project)
        _call_worker(webhook, None)
    return delivery


def _require_active(webhook: Webhook) -> None:
    if not webhook.active:
        raise Conflict("This webhook is switched off. Switch it on first.")


def given_up(project: Project) -> list[Webhook]:
    """Return the webhooks of a project that were switched off because they failed for long."""
    off = select(Webhook).where(Webhook.project_id == project.id, Webhook.gave_up.is_not(None))
    return list(db.session.scalars(off.order_by(Webhook.id)))
