"""Who did what: an append-only record, written in the transaction of what it tells of."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from labeler.models import Audit, Project, User, db, newest_first, transaction
from labeler.models.database import now

ACTIONS = {
    "person.sign_in": "signed in",
    "person.sign_in_failed": "failed to sign in",
    "person.add": "added a person",
    "person.change": "changed what a person may do on the site",
    "person.password": "gave a password",
    "person.link": "made a sign-in link",
    "token.add": "made an API token",
    "token.revoke": "revoked an API token",
    "member.change": "gave a role in the project",
    "member.remove": "removed a member",
    "invitation.add": "made an invitation",
    "invitation.withdraw": "withdrew an invitation",
    "invitation.accept": "joined by an invitation",
    "project.add": "made the project",
    "project.reasons": "changed the reasons to flag and skip",
    "project.settings": "changed the settings",
    "project.suggester": "chose a suggester",
    "scheme.change": "changed the scheme",
    "label.rename": "renamed a label",
    "label.merge": "merged a label into another",
    "label.retire": "retired a label",
    "label.restore": "offered a label again",
    "label.undo": "took back a change of a label",
    "patterns.change": "changed the patterns",
    "model.use": "chose a trained model",
    "project.handing_out": "changed the rules of handing out",
    "work.give": "gave documents by hand",
    "work.take_back": "took documents back",
    "work.reopen": "opened documents again",
    "work.train": "marked training documents",
    "work.untrain": "unmarked training documents",
    "work.admit": "let a newcomer on",
    "gold.accept": "accepted gold",
    "gold.automatic": "settled without a person",
    "gold.alike": "settled the same words alike",
    "gold.relabel": "labeled the same words alike in gold",
    "gold.undo": "took back what was settled at once",
    "layer.relabel": "labeled the same words alike in their own layers",
    "layer.undo": "took back what they labeled alike in their own layers",
    "guidelines.change": "changed the guidelines",
    "webhook.add": "added a webhook",
    "webhook.change": "changed a webhook",
    "webhook.remove": "removed a webhook",
    "webhook.deliver": "sent a webhook again",
    "webhook.give_up": "switched a webhook off that failed for long",
    "job.start": "started work in the background",
    "job.cancel": "cancelled work in the background",
    "job.retry": "tried work in the background again",
    "site.backup": "wrote a backup",
    "site.restore": "restored a backup",
    "corpus.import": "imported",
    "corpus.export": "exported",
}
"""What can be recorded, and how people are told of it: “ana imported”."""

MAX_SUBJECT = 200
_actor: ContextVar[int | None] = ContextVar("actor", default=None)


@contextmanager
def acting(user_id: int | None) -> Iterator[None]:
    """Let what is recorded in this block be this person's doing; None is the command line."""
    token = _actor.set(user_id)
    try:
        yield
    finally:
        _actor.reset(token)


def record(
    action: str,
    subject: str = "",
    *,
    project: Project | None = None,
    actor: User | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record that somebody did something, in the transaction under way or one of its own.

    `action` is one of ACTIONS, `subject` whom or what it was done to, `details` plain JSON values.
    The actor is who is `acting`, unless another is named. Never put a secret into it.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is no action: add it to ACTIONS.")
    with transaction() as session:
        session.add(
            Audit(
                at=now(),
                actor_id=actor.id if actor else _actor.get(),
                project_id=project.id if project else None,
                action=action,
                subject=subject[:MAX_SUBJECT],
                details=dict(details or {}),
            )
        )


# ---- reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the record; `actor` is empty for the command line, `project` for the site."""

    id: int
    at: datetime
    actor: str
    project: str
    action: str
    subject: str
    details: Mapping[str, Any]

    @property
    def words(self) -> str:
        """Return what was done, for people."""
        return ACTIONS.get(self.action, self.action)


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of the record, newest first; `older` is what asks for the next one."""

    rows: list[Entry]
    older: int | None


def entries(
    project: Project | None = None,
    *,
    actor: str = "",
    action: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Entries:
    """Return a page of the record of a project, or of the whole site, newest first.

    `before` is the id that the last page ended with. Each page is found by an index.
    """
    columns = (Audit.id, Audit.at, User.name, Project.slug, Audit.action, Audit.subject)
    query = (
        select(*columns, Audit.details)
        .outerjoin(User, User.id == Audit.actor_id)
        .outerjoin(Project, Project.id == Audit.project_id)
    )
    if project is not None:
        query = query.where(Audit.project_id == project.id)
    if actor:
        by = select(User.id).where(User.name == actor).scalar_subquery()
        query = query.where(Audit.actor_id == by)
    if action:
        query = query.where(Audit.action == action)
    found = db.session.execute(newest_first(query, Audit.id, before, limit + 1)).all()
    rows = [Entry(r[0], r[1], r[2] or "", r[3] or "", *r[4:]) for r in found[:limit]]
    return Entries(rows, rows[-1].id if len(found) > limit else None)
