"""People: who they are, how they sign in, and what they may do where."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import and_, delete, select
from sqlalchemy.exc import IntegrityError

from labeler import audit
from labeler.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from labeler.models import (
    ApiToken,
    Document,
    Layer,
    Membership,
    Project,
    SigninLink,
    User,
    db,
    transaction,
)
from labeler.models.database import now as present
from labeler.models.database import rows_changed

SiteRole = Literal["admin", "member"]
ProjectRole = Literal["annotator", "curator", "manager"]
ROLES: tuple[ProjectRole, ...] = ("annotator", "curator", "manager")
"""What people may be in a project; each may do all that those before it may."""

_NAME = re.compile(r"[\w.@+-]{1,80}")
MIN_PASSWORD = 10
MAX_PASSWORD = 200
_LINK_LIFETIME = timedelta(hours=24)


def check_name(name: str) -> None:
    """Raise Invalid unless this can be the name of a person."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} cannot be a name: use 1 to 80 letters, digits and . _ @ + - only.",
            [Problem("Use letters, digits and . _ @ + - only.", "name")],
        )


def add_user(name: str, *, role: str = "member", password: str | None = None) -> User:
    """Add a person; without a password they cannot sign in until they are given one."""
    check_name(name)
    if role not in ("admin", "member"):
        raise Invalid(f"{role!r} is no role of the site: use admin or member.")
    password_hash = _hashed(name, password) if password is not None else None
    try:
        with transaction() as session:
            user = User(name=name, role=role, password_hash=password_hash, active=True)
            session.add(user)
            session.flush()
            audit.record("person.add", name, details={"role": role})
    except IntegrityError:
        raise Conflict(f"There is a person named {name!r} already.") from None
    return user


def find_user(name: str) -> User:
    """Return the person of this name; raises NotFound."""
    user = db.session.scalar(select(User).where(User.name == name))
    if user is None:
        raise NotFound(f"There is nobody named {name!r}. Add them with: labeler user add {name}")
    return user


def user_by_id(user_id: int) -> User:
    """Return the person of this id; raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such person.")
    return user


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of people by their ids."""
    wanted = select(User.id, User.name).where(User.id.in_({key for key in ids if key is not None}))
    return dict(db.session.execute(wanted).all())


def ensure_user(name: str, role: str = "member") -> User:
    """Return the person of this name; a new one cannot sign in until given a password."""
    user = db.session.scalar(select(User).where(User.name == name))
    return user or add_user(name, role=role)


def users(after: str = "", limit: int | None = None) -> list[User]:
    """Return everybody by name, or so many of those after a name."""
    wanted = select(User).where(User.name > after).order_by(User.name)
    return list(db.session.scalars(wanted.limit(limit)))


def choose_keys(user: User, keys: dict[str, list[str]]) -> None:
    """Keep a person's keys for commands of the annotation screen, in place of those before."""
    with transaction():
        user.keys = keys


def change_user(user: User, *, role: str, active: bool) -> None:
    """Change what a person is on this site and whether they may sign in.

    Raises Invalid when nobody would be left to run the site.
    """
    if role not in ("admin", "member"):
        raise Invalid(f"{role!r} is no role of the site: use admin or member.")
    resigns = user.is_admin and user.active and not (role == "admin" and active)
    with transaction() as session:
        others = select(User.id).where(User.role == "admin", User.active, User.id != user.id)
        if resigns and session.scalar(others.limit(1)) is None:
            raise Invalid("This is the last admin. Make somebody else an admin first.")
        user.role, user.active = role, active
        audit.record("person.change", user.name, details={"role": role, "active": active})


# ---- passwords -------------------------------------------------------------------------------


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _decoy() -> str:
    """Return the hash that a password is checked against when nobody has the name.

    Both answers then take as long, and tell nothing about who exists.
    """
    return _hasher().hash(secrets.token_hex())


def password_problem(name: str, password: str) -> str | None:
    """Return why this cannot be the person's password, in a sentence, or None when it can."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists take a moment to load

    if len(password) < MIN_PASSWORD:
        return f"A password needs at least {MIN_PASSWORD} characters."
    if len(password) > MAX_PASSWORD:
        return f"A password may have at most {MAX_PASSWORD} characters."
    # The estimate grows quadratically with the length, and is settled long before 72 characters.
    if zxcvbn(password[:72], user_inputs=[name])["score"] < 3:
        return "This password is easy to guess. Use a few unrelated words."
    return None


def _hashed(name: str, password: str) -> str:
    problem = password_problem(name, password)
    if problem:
        raise Invalid(problem, [Problem(problem, "password")])
    return _hasher().hash(password)


def set_password(user: User, password: str) -> None:
    """Give a person a new password, which ends their other sessions; raises Invalid."""
    password_hash = _hashed(user.name, password)
    with transaction() as session:
        session.get_one(User, user.id).password_hash = password_hash
        audit.record("person.password", user.name)


def sign_in(name: str, password: str) -> User | None:
    """Return whom this name and password sign in, if anybody, and record the try."""
    user = verify(name, password)
    if user is not None:
        audit.record("person.sign_in", user.name, actor=user, details={"by": "password"})
    elif db.session.scalar(select(User.id).where(User.name == name)):
        audit.record("person.sign_in_failed", name)
    return user


def verify(name: str, password: str) -> User | None:
    """Return the person who has this name and password, if they may sign in."""
    user = db.session.scalar(select(User).where(User.name == name))
    try:
        _hasher().verify(user.password_hash if user and user.password_hash else _decoy(), password)
    except (VerificationError, InvalidHashError):
        return None
    return user if user and user.active and user.password_hash else None


def fingerprint(user: User) -> str:
    """Return what a session remembers of the password, so that a new one ends old sessions."""
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()[:16]


# ---- links and tokens ------------------------------------------------------------------------


Scope = Literal["read", "annotate", "manage"]
SCOPES: tuple[Scope, ...] = ("read", "annotate", "manage")
"""What a token may do: ask, label and settle, or all that its person may; each as those before."""


def as_scope(name: str) -> Scope:
    """Return the scope of a name; raises Invalid."""
    if name not in SCOPES:
        raise Invalid(
            f"{name!r} is no scope of a token: use {', '.join(SCOPES)}.",
            [Problem(f"Use one of {', '.join(SCOPES)}.", "scope")],
        )
    return name


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def signin_token(user_id: int, now: datetime | None = None) -> str:
    """Return a token that signs this person in once, within a day."""
    token = secrets.token_urlsafe(24)
    expires = (now or present()) + _LINK_LIFETIME
    with transaction() as session:
        session.add(SigninLink(token_hash=_hash(token), user_id=user_id, expires=expires))
        audit.record("person.link", session.get_one(User, user_id).name)
    return token


def use_signin_token(token: str, now: datetime | None = None) -> User:
    """Return whom this token signs in, and use it up; raises Forbidden."""
    with transaction() as session:
        link = session.get(SigninLink, _hash(token), with_for_update=True)
        user = session.get(User, link.user_id) if link else None
        valid = link is not None and link.expires > (now or present())
        if link is not None:
            session.execute(delete(SigninLink).where(SigninLink.token_hash == link.token_hash))
            session.expunge(link)
        if valid and user is not None and user.active:
            audit.record("person.sign_in", user.name, actor=user, details={"by": "link"})
    if not valid or user is None or not user.active:
        raise Forbidden("This sign-in link was used already or is too old. Ask for a new one.")
    return user


def api_token(
    user: User,
    *,
    title: str = "",
    scope: Scope = "manage",
    days: int | None = None,
    now: datetime | None = None,
) -> str:
    """Return a new token for programs that act for this person; it is not kept in clear.

    `scope` is one of SCOPES; `days` after which it ends, None for never.
    """
    token = f"lab_{secrets.token_urlsafe(32)}"
    expires = (now or present()) + timedelta(days=days) if days else None
    with transaction() as session:
        row = ApiToken(
            token_hash=_hash(token), user_id=user.id, title=title, scope=scope, expires=expires
        )
        session.add(row)
        audit.record("token.add", user.name, details={"title": title, "scope": scope})
    return token


def tokens_of(user: User) -> list[ApiToken]:
    """Return the tokens that act for this person, newest first."""
    mine = select(ApiToken).where(ApiToken.user_id == user.id)
    return list(db.session.scalars(mine.order_by(ApiToken.created.desc())))


def revoke_token(user: User, token_hash: str) -> None:
    """End one of this person's tokens; one that is not theirs stays."""
    own = (ApiToken.user_id == user.id, ApiToken.token_hash == token_hash)
    with transaction() as session:
        if rows_changed(session, delete(ApiToken).where(*own)):
            audit.record("token.revoke", user.name)


def use_token(token: str, now: datetime | None = None) -> tuple[User, Scope] | None:
    """Return whom a token acts for and what it may do; None for one that holds no longer."""
    owner = select(User, ApiToken.scope, ApiToken.expires).join(
        ApiToken, ApiToken.user_id == User.id
    )
    found = db.session.execute(owner.where(ApiToken.token_hash == _hash(token))).one_or_none()
    if found is None:
        return None
    user, scope, expires = found
    ended = expires is not None and expires <= (now or present())
    return None if ended or not user.active else (user, cast(Scope, scope))


# ---- projects --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reached:
    """What an address names, and what the person is in its project."""

    project: Project
    role: ProjectRole | None
    document: Document | None
    layer: Layer | None


def reach(
    user: User,
    *,
    slug: str | None = None,
    document_id: int | None = None,
    layer_id: int | None = None,
) -> Reached | None:
    """Return what these name, in one query; None where they name nothing, or do not belong."""
    mine = and_(Membership.project_id == Project.id, Membership.user_id == user.id)
    query = select(Project, Membership.role).outerjoin(Membership, mine)
    if slug is not None:
        query = query.where(Project.slug == slug)
    found: list[str] = []
    for name, table, key in (("document", Document, document_id), ("layer", Layer, layer_id)):
        if key is not None:
            query = query.join(table, table.project_id == Project.id).add_columns(table)
            query = query.where(table.id == key)
            found.append(name)
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    project, role = row[:2]
    named: dict[str, Any] = dict(zip(found, row[2:], strict=True))
    held = "manager" if user.is_admin else cast(ProjectRole | None, role)
    return Reached(project, held, named.get("document"), named.get("layer"))


def role_in(project: Project, user: User) -> ProjectRole | None:
    """Return what this person is in the project; admins of the site manage them all."""
    if user.is_admin:
        return "manager"
    member = db.session.get(Membership, (project.id, user.id))
    return member.role if member else None  # type: ignore[return-value]


def may(project: Project, user: User, role: ProjectRole) -> bool:
    """Tell whether this person may do what the role may do in the project."""
    own = role_in(project, user)
    return own is not None and ROLES.index(own) >= ROLES.index(role)


def add_member(project: Project, user: User, role: str) -> None:
    """Make a person a member of a project, or change what they are there."""
    if role not in ROLES:
        raise Invalid(f"{role!r} is no role of a project: use {', '.join(ROLES)}.")
    with transaction() as session:
        session.merge(Membership(project_id=project.id, user_id=user.id, role=role))
        audit.record("member.change", user.name, project=project, details={"role": role})


def remove_member(project: Project, user: User) -> None:
    """End a person's membership; their layers stay."""
    own = (Membership.project_id == project.id, Membership.user_id == user.id)
    with transaction() as session:
        if rows_changed(session, delete(Membership).where(*own)):
            audit.record("member.remove", user.name, project=project)
