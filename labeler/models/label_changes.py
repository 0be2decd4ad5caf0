"""The table of label changes: what was renamed, merged or retired in a scheme, and taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labeler.models.columns import ID, LABEL, Instant
from labeler.models.database import Base, now
from labeler.models.people import User

MOVING = ("running", "undoing")
"""The states of a change whose annotations are on their way."""


class LabelChange(Base):
    """A label that was renamed, merged into another, retired or offered again."""

    __tablename__ = "label_change"
    __table_args__ = (
        Index("ix_label_change_project", "project_id", "id"),
        CheckConstraint("kind IN ('entities', 'relations', 'categories')", name="kind"),
        CheckConstraint("action IN ('rename', 'merge', 'retire', 'restore')", name="action"),
        CheckConstraint("state IN ('running', 'done', 'undoing', 'undone')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(LABEL)
    into: Mapped[str] = mapped_column(LABEL, default="")
    """What it is called by now, or was merged into."""
    key: Mapped[str] = mapped_column(ID, unique=True)
    """The key of the edits that it made."""
    undo_key: Mapped[str] = mapped_column(ID, unique=True)
    """The key of the edits that take it back."""
    state: Mapped[str] = mapped_column(String(10))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The scheme that was changed."""
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The scheme that came of it."""
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """What was changed in which layers; while nothing is undone, what the change made."""
    job_id: Mapped[int | None]
    """The job that does it or takes it back; jobs are forgotten in time."""
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    undone: Mapped[datetime | None] = mapped_column(Instant)

    actor: Mapped[User] = relationship(foreign_keys=[actor_id])
    undoer: Mapped[User | None] = relationship(foreign_keys=[undone_by])
