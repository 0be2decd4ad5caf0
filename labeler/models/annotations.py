"""What layers hold, as typed rows, and the log of edits that they are folded from."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from labeler.models.columns import CLUSTERED, ID, LABEL, Instant, Parts
from labeler.models.database import Base


class Entity(Base):
    """A current entity of a layer: the fold of the layer's edits."""

    __tablename__ = "entity"
    __table_args__ = (CheckConstraint('0 <= start AND start < "end"', name="span"), CLUSTERED)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    start: Mapped[int]
    end: Mapped[int]
    label: Mapped[str] = mapped_column(LABEL)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    parts: Mapped[tuple[tuple[int, int], ...]] = mapped_column(Parts, nullable=True)
    attributes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Relation(Base):
    """A current relation of a layer: the fold of the layer's edits."""

    __tablename__ = "relation"
    __table_args__ = (CLUSTERED,)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    head: Mapped[str] = mapped_column(ID)
    tail: Mapped[str] = mapped_column(ID)
    label: Mapped[str] = mapped_column(LABEL)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    attributes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Category(Base):
    """A current category of a layer, a label of the whole document: the fold of its edits."""

    __tablename__ = "category"
    __table_args__ = (CLUSTERED,)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    label: Mapped[str] = mapped_column(LABEL)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Verdict(Base):
    """A suggestion that an annotator rejected: the fold of the layer's edits."""

    __tablename__ = "verdict"
    __table_args__ = (CLUSTERED,)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20))


class Decision(Base):
    """What a curator settled in a gold layer: the fold of the layer's edits."""

    __tablename__ = "decision"
    __table_args__ = (CLUSTERED,)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    answer: Mapped[str] = mapped_column(String(200))
    seen: Mapped[str] = mapped_column(String(16))
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Edit(Base):
    """One gesture of an annotator. A trigger refuses to change or delete what stands here."""

    __tablename__ = "edit"
    __table_args__ = (UniqueConstraint("layer_id", "key"),)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(ID)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    ops: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
