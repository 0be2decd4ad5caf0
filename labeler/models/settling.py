"""What settling and consistency keep beside the layers: what to settle, what changed suddenly."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labeler.models.columns import Instant
from labeler.models.database import Base
from labeler.models.documents import Layer
from labeler.models.people import User


class Settlement(Base):
    """Where gold stands in a document that two or more finished; triggers keep it in step.

    It is open while gold is not accepted, and changed when somebody who finished it edited it after
    gold was accepted, or finished it only then.
    """

    __tablename__ = "settlement"
    __table_args__ = (
        Index("ix_settlement_document", "project_id", "document_id"),
        Index("ix_settlement_state", "project_id", "state", "document_id"),
        CheckConstraint("state IN ('open', 'done', 'changed')", name="state"),
    )

    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id"), primary_key=True, autoincrement=False
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    state: Mapped[str] = mapped_column(String(10))


class SuddenChange(Base):
    """A finished layer that lost or changed much of what it held within a short time."""

    __tablename__ = "sudden_change"
    __table_args__ = (
        Index("ix_sudden_change_layer", "layer_id", "id"),
        Index("ix_sudden_change_project", "project_id", "id"),
        Index("ix_sudden_change_unseen", "project_id", "id", sqlite_where=text("seen IS NULL"),
              postgresql_where=text("seen IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    since: Mapped[int]
    """The revision before it."""
    revision: Mapped[int]
    """The last revision of it."""
    held: Mapped[int]
    """Annotations there were."""
    lost: Mapped[int]
    changed: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    seen: Mapped[datetime | None] = mapped_column(Instant)
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    layer: Mapped[Layer] = relationship()
    actor: Mapped[User] = relationship(foreign_keys=[actor_id])
