"""Everybody on the site, for admins; and one's own name and tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field, StringConstraints

from labeler import accounts
from labeler.models import ApiToken, User
from labeler.web import paging
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import Whole, gives, takes
from labeler.web.shapes import Either, Every

__all__ = ["blueprint"]

_USER: dict[str, Any] = {
    "id": int,
    "name": str,
    "role": accounts.SiteRole,
    "active": bool,
    "created": datetime,
}
_TOKEN: dict[str, Any] = {
    "id": str,
    "title": str,
    "scope": accounts.Scope,
    "created": datetime,
    "expires": datetime | None,
}


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody new: without a password they cannot sign in until they get one, or a link."""

    name: str
    role: accounts.SiteRole = "member"
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is on the site, and whether they may sign in."""

    role: accounts.SiteRole
    active: bool


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password in the place of another."""

    password: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token for a program; it ends after so many `days`, 0 for never."""

    title: str = ""
    scope: accounts.Scope = "read"
    days: Whole = 90


_Chord = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_Command = Annotated[str, StringConstraints(min_length=1, max_length=80)]


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """Keys by command, such as `{"relate": ["K"]}`: those that differ from the usual ones."""

    keys: Annotated[
        dict[_Command, Annotated[list[_Chord], Field(max_length=4)]], Field(max_length=200)
    ]


@blueprint.get("/users")
@allow("admin")
@takes(**paging.BY_WORDS)
@gives(paging.listed("users", _USER))
def get_users() -> ResponseReturnValue:
    """Return everybody on the site, by name."""
    found = accounts.users(paging.after_words(), paging.wanted())
    return answer(paging.page("users", found, lambda user: user.name, _told))


@blueprint.post("/users")
@allow("admin")
@takes(NewUser)
@gives(_USER)
def post_user() -> ResponseReturnValue:
    """Add somebody; 409 where there is one of this name."""
    sent = sent_as(NewUser)
    return answer(_told(accounts.add_user(sent.name, role=sent.role, password=sent.password)))


@blueprint.get("/users/<int:user_id>")
@allow("admin")
@gives(_USER)
def get_user(user_id: int) -> ResponseReturnValue:
    """Return somebody, by their id."""
    return answer(_told(accounts.user_by_id(user_id)))


@blueprint.patch("/users/<int:user_id>")
@allow("admin")
@takes(Standing)
@gives(_USER)
def patch_user(user_id: int) -> ResponseReturnValue:
    """Change what somebody is on the site, and whether they may sign in."""
    user, sent = accounts.user_by_id(user_id), sent_as(Standing)
    accounts.change_user(user, role=sent.role, active=sent.active)
    return answer(_told(user))


@blueprint.put("/users/<int:user_id>/password")
@allow("admin")
@takes(NewPassword)
@gives({})
def put_password(user_id: int) -> ResponseReturnValue:
    """Give somebody a password, which ends their sessions."""
    accounts.set_password(accounts.user_by_id(user_id), sent_as(NewPassword).password)
    return answer({})


@blueprint.post("/users/<int:user_id>/link")
@allow("admin")
@gives({"link": str})
def post_link(user_id: int) -> ResponseReturnValue:
    """Make a link that signs somebody in once, and return it, this once."""
    token = accounts.signin_token(accounts.user_by_id(user_id).id)
    return answer({"link": url_for("auth.sign_in_by_link", token=token, _external=True)})


@blueprint.get("/account")
@allow("member")
@gives({"name": str, "role": accounts.SiteRole, "scope": accounts.Scope | None})
def get_account() -> ResponseReturnValue:
    """Return who is asking, and what their token may do; no scope for a session."""
    return answer({"name": me().name, "role": me().role, "scope": g.get("scope")})


@blueprint.get("/account/keys")
@allow("member")
@gives({"keys": Either((Every([str]), None))})
def get_keys() -> ResponseReturnValue:
    """Return the keys that one chose for commands of the annotation screen, by command."""
    return answer({"keys": me().keys})


@blueprint.put("/account/keys")
@allow("member")
@takes(OwnKeys)
@gives({"keys": Every([str])})
def put_keys() -> ResponseReturnValue:
    """Keep one's own keys in place of those before; none at all brings back the usual ones."""
    accounts.choose_keys(me(), sent_as(OwnKeys).keys)
    return answer({"keys": me().keys})


@blueprint.get("/account/tokens")
@allow("member")
@takes(**paging.BY_WORDS)
@gives(paging.listed("tokens", _TOKEN))
def get_tokens() -> ResponseReturnValue:
    """Return the tokens that act for the person, by their `id`, which revokes one."""
    begin = paging.after_words()
    mine = sorted(accounts.tokens_of(me()), key=lambda token: token.token_hash)
    found = paging.beyond(mine, lambda token: token.token_hash <= begin)
    return answer(paging.page("tokens", found, lambda token: token.token_hash, _token_told))


@blueprint.post("/account/tokens")
@allow("member")
@takes(NewToken)
@gives({"token": str})
def post_token() -> ResponseReturnValue:
    """Make a token that acts for the person, and return it, this once."""
    sent = sent_as(NewToken)
    token = accounts.api_token(me(), title=sent.title, scope=sent.scope, days=sent.days or None)
    return answer({"token": token})


@blueprint.delete("/account/tokens/<token>")
@allow("member")
@gives({})
def delete_token(token: str) -> ResponseReturnValue:
    """End a token by its `id`; one that is not there, or not theirs, changes nothing."""
    accounts.revoke_token(me(), token)
    return answer({})


def _told(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in _USER}


def _token_told(token: ApiToken) -> dict[str, Any]:
    names = ("title", "scope", "created", "expires")
    return {"id": token.token_hash, **{name: getattr(token, name) for name in names}}
