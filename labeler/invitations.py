"""Links by which people join a project: for a role, a time and a number of people."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from labeler import accounts, audit
from labeler.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from labeler.models import Invitation, InvitationUse, Membership, Project, User, db, transaction

MAX_DAYS = 90
MAX_USES = 500


def invite(
    project: Project, role: str, *, days: int, uses: int, creator: User, now: datetime
) -> str:
    """Return the token of a new invitation; only its hash is kept. Raises Invalid.

    It makes up to `uses` people members with this role, for `days` from now.
    """
    problems = [
        Problem(f"Use a number from 1 to {most}.", name)
        for name, value, most in (("days", days, MAX_DAYS), ("uses", uses, MAX_USES))
        if not 1 <= value <= most
    ]
    if role not in accounts.ROLES:
        problems.append(Problem(f"Use one of {', '.join(accounts.ROLES)}.", "role"))
    if problems:
        raise Invalid("The invitation was not made.", problems)
    token = secrets.token_urlsafe(24)
    with transaction() as session:
        session.add(
            Invitation(
                token_hash=_hash(token),
                project_id=project.id,
                role=role,
                uses=uses,
                creator_id=creator.id,
                created=now,
                expires=now + timedelta(days=days),
            )
        )
        details = {"role": role, "days": days, "uses": uses}
        audit.record("invitation.add", project=project, details=details)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Listed:
    """An invitation as managers see it, with whom it brought in."""

    invitation: Invitation
    creator: str
    joined: list[str]


def listed(project: Project, now: datetime) -> list[Listed]:
    """Return the invitations of a project that still work, newest first."""
    query = (
        select(Invitation, User.name)
        .join(User, User.id == Invitation.creator_id)
        .where(
            Invitation.project_id == project.id,
            Invitation.expires > now,
            ~Invitation.withdrawn,
            Invitation.used < Invitation.uses,
        )
        .order_by(Invitation.id.desc())
    )
    rows = db.session.execute(query).all()
    joined: dict[int, list[str]] = {}
    uses = select(InvitationUse.invitation_id, User.name).join(User)
    wanted = uses.where(InvitationUse.invitation_id.in_([row[0].id for row in rows]))
    for invitation_id, name in db.session.execute(wanted.order_by(User.name)):
        joined.setdefault(invitation_id, []).append(name)
    return [Listed(found, creator, joined.get(found.id, [])) for found, creator in rows]


def withdraw(project: Project, invitation_id: int) -> None:
    """End an invitation; who joined by it stays. Raises NotFound."""
    with transaction() as session:
        found = session.get(Invitation, invitation_id)
        if found is None or found.project_id != project.id:
            raise NotFound("There is no such invitation in this project.")
        found.withdrawn = True
        audit.record("invitation.withdraw", project=project, details={"role": found.role})


# ---- joining ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation offers: a role in a project."""

    project: Project
    role: str


def offer(token: str, now: datetime) -> Offer:
    """Return what an invitation offers; raises Forbidden when it no longer works."""
    found = _valid(db.session(), token, now)
    return Offer(db.session.get_one(Project, found.project_id), found.role)


def _valid(session: Session, token: str, now: datetime, *, lock: bool = False) -> Invitation:
    query = select(Invitation).where(Invitation.token_hash == _hash(token))
    if lock:
        query = query.with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None or found.withdrawn or found.expires <= now or found.used >= found.uses:
        raise Forbidden(
            "This invitation does not work any more: it is too old, used up or withdrawn. "
            "Ask a manager of the project for a new one."
        )
    return found


def accept(token: str, user: User, now: datetime) -> Project:
    """Make a person a member by an invitation, once; raises Forbidden, and Conflict for members."""
    with transaction() as session:
        found = _valid(session, token, now, lock=True)
        project = session.get_one(Project, found.project_id)
        if session.get(Membership, (project.id, user.id)) is not None:
            raise Conflict(f"You are in {project.title} already.")
        if session.get(InvitationUse, (found.id, user.id)) is not None:
            raise Forbidden("You have used this invitation before. Ask a manager for a new one.")
        session.add(InvitationUse(invitation_id=found.id, user_id=user.id, at=now))
        found.used += 1
        accounts.add_member(project, user, found.role)
        audit.record("invitation.accept", project=project, actor=user, details={"role": found.role})
    return project


def register(token: str, name: str, password: str, now: datetime) -> User:
    """Add a person who was invited and make them a member.

    Raises Forbidden when the invitation no longer works, Invalid and Conflict for a name or a
    password that cannot be; nothing has changed then.
    """
    with transaction() as session:
        _valid(session, token, now, lock=True)
        user = accounts.add_user(name, password=password)
        accept(token, user, now)
    return user
