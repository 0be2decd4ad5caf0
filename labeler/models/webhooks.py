"""The tables of webhooks: who is told of what, and how each telling went."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from labeler.models.columns import Instant
from labeler.models.database import Base, now

_WAITS = text("state = 'waiting'")


class Webhook(Base):
    """An address that is told when something happens in a project, or on the whole site."""

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_project_id", "project_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    """None for the whole site."""
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(80))
    """What deliveries are signed with: it has to be known in clear, here and to the receiver."""
    events: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    """Attempts in a row that failed."""
    failing: Mapped[datetime | None] = mapped_column(Instant)
    """Since when nothing got through."""
    due: Mapped[datetime | None] = mapped_column(Instant)
    """Until when it is left alone after a failure."""
    gave_up: Mapped[datetime | None] = mapped_column(Instant)
    """When it was switched off because it failed for long; None where a person did it."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created: Mapped[datetime] = mapped_column(Instant, default=now)


class Delivery(Base):
    """One thing that a webhook is told, and how that went."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_webhook_id", "webhook_id", "id"),
        Index(
            "ix_delivery_waiting",
            "webhook_id",
            "attempts",
            "id",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """By which a receiver knows what it was told already."""
    event: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    """What is sent, byte for byte the same each time."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due: Mapped[datetime] = mapped_column(Instant, default=now)
    status: Mapped[int | None]
    """What the receiver answered last."""
    error: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    tried: Mapped[datetime | None] = mapped_column(Instant)
