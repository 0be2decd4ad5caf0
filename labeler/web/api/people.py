"""The people of a project: members with their roles, and invitations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from labeler import accounts, invitations, projects
from labeler.errors import NotFound
from labeler.models import Project
from labeler.models.database import now
from labeler.web import paging
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import MAX_ID, Whole, gives, takes

__all__ = ["blueprint"]

_MEMBER: dict[str, Any] = {"id": int, "name": str, "role": accounts.ProjectRole, "active": bool}
_INVITATION: dict[str, Any] = {
    "id": int,
    "role": accounts.ProjectRole,
    "uses": int,
    "used": int,
    "creator": str,
    "created": datetime,
    "expires": datetime,
    "joined": list[str],
}


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is to be in a project."""

    role: accounts.ProjectRole


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A link by which `uses` people join with a role, within so many `days`."""

    role: accounts.ProjectRole
    days: Whole
    uses: Whole


@blueprint.get("/projects/<slug>/people")
@allow("manager")
@takes(**paging.BY_WORDS)
@gives(paging.listed("people", _MEMBER))
def get_people(project: Project) -> ResponseReturnValue:
    """Return the members of a project, by name."""
    found = projects.members(project, paging.after_words(), paging.wanted())
    rows = [
        {"id": user.id, "name": user.name, "role": role, "active": user.active}
        for user, role in found
    ]
    return answer(paging.page("people", rows, lambda row: str(row["name"])))


@blueprint.put("/projects/<slug>/people/<name>")
@allow("manager")
@takes(Role)
@gives({"name": str, "role": accounts.ProjectRole})
def put_person(project: Project, name: str) -> ResponseReturnValue:
    """Make somebody a member, or change what they are; sent twice, nothing changes."""
    role = sent_as(Role).role
    accounts.add_member(project, accounts.find_user(name), role)
    return answer({"name": name, "role": role})


@blueprint.delete("/projects/<slug>/people/<name>")
@allow("manager")
@gives({})
def delete_person(project: Project, name: str) -> ResponseReturnValue:
    """End a membership; what the person labeled stays."""
    found = next((user for user, _ in projects.members(project) if user.name == name), None)
    if found is None:
        raise NotFound("This person is not in the project.")
    accounts.remove_member(project, found)
    return answer({})


@blueprint.get("/projects/<slug>/invitations")
@allow("manager")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("invitations", _INVITATION))
def get_invitations(project: Project) -> ResponseReturnValue:
    """Return the invitations that hold, newest first, without their links."""
    begin, holding = paging.after(MAX_ID), invitations.listed(project, now())
    found = paging.beyond(holding, lambda one: one.invitation.id >= begin)
    return answer(paging.page("invitations", found, lambda one: one.invitation.id, _told))


@blueprint.post("/projects/<slug>/invitations")
@allow("manager")
@takes(NewInvitation)
@gives({"link": str})
def post_invitation(project: Project) -> ResponseReturnValue:
    """Make a link by which people join the project, and return it, this once."""
    sent = sent_as(NewInvitation)
    token = invitations.invite(
        project, sent.role, days=sent.days, uses=sent.uses, creator=me(), now=now()
    )
    return answer({"link": url_for("joining.join", token=token, _external=True)})


@blueprint.delete("/projects/<slug>/invitations/<int:invitation_id>")
@allow("manager")
@gives({})
def delete_invitation(project: Project, invitation_id: int) -> ResponseReturnValue:
    """Withdraw an invitation; who joined by it stays."""
    invitations.withdraw(project, invitation_id)
    return answer({})


def _told(listed: invitations.Listed) -> dict[str, Any]:
    names = ("id", "role", "uses", "used", "created", "expires")
    told = {name: getattr(listed.invitation, name) for name in names}
    return {**told, "creator": listed.creator, "joined": listed.joined}
