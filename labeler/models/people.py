"""The people of a site, how they come in, and who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from labeler.models.columns import Instant
from labeler.models.database import Base, now


class User(Base):
    """A person who can be given work; without a password they cannot sign in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="member")
    active: Mapped[bool] = mapped_column(default=True)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    keys: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    """Keys chosen for commands of the annotation screen; None where none ever were."""

    @property
    def is_admin(self) -> bool:
        """Tell whether this person runs the whole instance."""
        return self.role == "admin"


class SigninLink(Base):
    """A link that signs one person in, once."""

    __tablename__ = "signin_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    expires: Mapped[datetime] = mapped_column(Instant)


class ApiToken(Base):
    """A token for a program that acts for a person; only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    title: Mapped[str] = mapped_column(String(80), default="")
    scope: Mapped[str] = mapped_column(String(10), default="manage")
    """`read` to ask, `annotate` to label and settle as well, `manage` for all its person may."""
    expires: Mapped[datetime | None] = mapped_column(Instant)
    created: Mapped[datetime] = mapped_column(Instant, default=now)


class KeyedRequest(Base):
    """A request that somebody sent under a key of their own, with its answer once it has one.

    Neither the key nor the answer can be read from here: see labeler/repeating.py.
    """

    __tablename__ = "keyed_request"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(Instant, index=True)
    status: Mapped[int | None]
    salt: Mapped[bytes]
    answer: Mapped[bytes | None]


class Membership(Base):
    """What a person may do in a project: manager, curator or annotator."""

    __tablename__ = "membership"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), default="annotator")


class Invitation(Base):
    """A link by which people join a project; only the hash of its token is kept."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_project_id", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    role: Mapped[str] = mapped_column(String(20))
    uses: Mapped[int]
    """How many people may join by it."""
    used: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    creator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created: Mapped[datetime] = mapped_column(Instant)
    expires: Mapped[datetime] = mapped_column(Instant)


class InvitationUse(Base):
    """That a person joined by an invitation: each may once."""

    __tablename__ = "invitation_use"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class Audit(Base):
    """Who did what. A trigger refuses to change or delete what stands here."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_project", "project_id", "id"),
        Index("ix_audit_project_action", "project_id", "action", "id"),
        Index("ix_audit_actor", "actor_id", "id"),
        Index("ix_audit_action", "action", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
