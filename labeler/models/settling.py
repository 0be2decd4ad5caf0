"""What settling and consistency keep beside the layers: what to settle, what changed suddenly."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labeler.models.columns import ID, LABEL, Instant
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


class Doubt(Base):
    """A label of a finished layer that a model trained on other documents contradicts."""

    __tablename__ = "doubt"
    __table_args__ = (
        Index("ix_doubt_state", "project_id", "state", "score", "id"),
        Index("ix_doubt_layer", "layer_id"),
        CheckConstraint("state IN ('open', 'fixed', 'kept')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    about: Mapped[str] = mapped_column(String(10), default="entity", server_default="entity")
    """entity, relation or category."""
    kind: Mapped[str] = mapped_column(String(10))
    """label, boundary, both, direction, missing or extra."""
    entity: Mapped[str | None] = mapped_column(ID)
    """The id of what is labeled; None where nothing is."""
    start: Mapped[int | None]
    """Of the entity, or of the head of a relation: as labeled, or else as the model has it."""
    end: Mapped[int | None]
    tail_start: Mapped[int | None]
    """Of the tail of a relation."""
    tail_end: Mapped[int | None]
    label: Mapped[str | None] = mapped_column(LABEL)
    new_start: Mapped[int | None]
    """What the model has instead, of a relation the head; None for nothing."""
    new_end: Mapped[int | None]
    new_label: Mapped[str | None] = mapped_column(LABEL)
    score: Mapped[float] = mapped_column(Double)
    state: Mapped[str] = mapped_column(String(10), default="open")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    layer: Mapped[Layer] = relationship()
