"""Which addresses are told of what: added, changed and removed by those who run a project."""

import base64
import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select, update

from labeler import audit
from labeler.errors import Conflict, Invalid, NotFound, Problem
from labeler.models import Delivery, Project, User, Webhook, db, transaction
from labeler.webhooks.sending import check_address

EVENTS = {
    "document.submitted": "A document is submitted",
    "job.finished": "A job has ended",
}
"""What can be told, and how people are told of it."""
MAX_URL = 2000
MAX_HOOKS = 20
"""Webhooks of one project: each costs a row for whatever happens."""


def events_of(project: Project | None) -> list[str]:
    """Return what a webhook of a project, or of the whole site, can be told."""
    return list(EVENTS) if project else ["job.finished"]


def listed(project: Project | None) -> list[Webhook]:
    """Return the webhooks of a project, or of the site, oldest first."""
    wanted = select(Webhook).where(_of(project)).order_by(Webhook.id)
    return list(db.session.scalars(wanted))


def find(project: Project | None, webhook_id: int) -> Webhook:
    """Return a webhook of this project, or of the site; raises NotFound."""
    found = db.session.scalar(select(Webhook).where(_of(project), Webhook.id == webhook_id))
    if found is None:
        raise NotFound("There is no such webhook here.")
    return found


def _of(project: Project | None) -> ColumnElement[bool]:
    return Webhook.project_id.is_(None) if project is None else Webhook.project_id == project.id


def add(project: Project | None, url: str, events: Sequence[str], creator: User) -> Webhook:
    """Add a webhook, with a new secret; raises Invalid and Conflict."""
    _check(project, url, events)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    with transaction() as session:
        count = session.scalar(select(func.count()).select_from(Webhook).where(_of(project)))
        if (count or 0) >= MAX_HOOKS:
            raise Conflict(f"There are {MAX_HOOKS} webhooks already. Remove one first.")
        made = Webhook(
            project_id=project.id if project else None,
            url=url,
            secret=secret,
            events=sorted(set(events)),
            created_by=creator.id,
        )
        session.add(made)
        session.flush()
        audit.record("webhook.add", url, project=project, details={"events": made.events})
    return made


def change(
    project: Project | None,
    webhook: Webhook,
    *,
    url: str | None = None,
    events: Sequence[str] | None = None,
    active: bool | None = None,
) -> None:
    """Change where a webhook leads, what it is told of, and whether at all; raises Invalid.

    Switched off, it forgets what waits; switched on, it starts as if it had never failed.
    """
    url = webhook.url if url is None else url
    events = webhook.events if events is None else sorted(set(events))
    active = webhook.active if active is None else active
    _check(project, url, events)
    values = {"url": url, "events": events, "active": active}
    with transaction() as session:
        fresh = {"failures": 0, "failing": None, "due": None, "gave_up": None}
        if active and not webhook.active:
            values |= fresh
        if not active:
            drop_waiting(webhook.id)
        session.execute(update(Webhook).where(Webhook.id == webhook.id).values(**values))
        session.refresh(webhook)
        audit.record(
            "webhook.change", url, project=project, details={"events": events, "active": active}
        )


def drop_waiting(webhook_id: int) -> None:
    """Let what waits fail: its webhook was switched off."""
    waiting = update(Delivery).where(Delivery.webhook_id == webhook_id, Delivery.state == "waiting")
    with transaction() as session:
        session.execute(waiting.values(state="failed", error="The webhook was switched off."))


def remove(project: Project | None, webhook: Webhook) -> None:
    """Remove a webhook and the record of its deliveries."""
    with transaction() as session:
        session.execute(delete(Delivery).where(Delivery.webhook_id == webhook.id))
        session.execute(delete(Webhook).where(Webhook.id == webhook.id))
        audit.record("webhook.remove", webhook.url, project=project)


def _check(project: Project | None, url: str, events: Sequence[str]) -> None:
    known = events_of(project)
    problems = []
    if problem := check_address(url) if len(url) <= MAX_URL else f"Use at most {MAX_URL} letters.":
        problems.append(Problem(problem, "url"))
    if not events or not set(events) <= set(known):
        problems.append(Problem(f"Choose at least one of {', '.join(known)}.", "events"))
    if problems:
        raise Invalid(problems[0].message, problems)
