"""The documents of a project, each annotator's layer of each, and what is said about them."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labeler import schema
from labeler.models.columns import CLUSTERED, ID, Instant
from labeler.models.database import Base, now
from labeler.models.people import User
from labeler.models.words import title_words

# In the order of code points on both databases, so that those that begin alike are found by index.
_NAME = String(200).with_variant(String(200, collation="C"), "postgresql")


def _title_words(context: Any) -> list[str]:
    return title_words(context.get_current_parameters()["meta"] or {})


class Document(Base):
    """An article. Its text never changes; its token borders are kept once they were needed."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        Index("ix_document_project_id_id", "project_id", "id"),
        Index("ix_document_text", "project_id", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(_NAME)
    words: Mapped[list[str]] = mapped_column(JSON, default=_title_words)
    """The words of its title; a trigger makes rows of them, which searches read."""
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    meta: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    tokens: Mapped[bytes | None] = mapped_column(LargeBinary)
    tokenizer: Mapped[str | None] = mapped_column(String(60))
    created: Mapped[datetime] = mapped_column(Instant, default=now)

    def record(self) -> schema.Document:
        """Return the document as files have it."""
        return schema.Document(self.name, self.text, self.meta)

    @property
    def title(self) -> str:
        """Return what to call the document on a page: its title where it has one."""
        return str(self.meta.get("title") or self.name)


def text_sha256(content: str) -> str:
    """Return the checksum by which two texts are told apart."""
    return hashlib.sha256(content.encode()).hexdigest()


class Layer(Base):
    """One annotator's annotations of one document; gold is the layer of the curator."""

    __tablename__ = "layer"
    __table_args__ = (
        UniqueConstraint("document_id", "annotator_id", "gold"),
        Index("ix_layer_gold", "document_id", unique=True, sqlite_where=text("gold"),
              postgresql_where=text("gold")),
        Index("ix_layer_progress", "project_id", "annotator_id", "status", "document_id", "gold"),
        Index("ix_layer_seconds", "project_id", "annotator_id", "seconds",
              sqlite_where=text("finished IS NOT NULL"),
              postgresql_where=text("finished IS NOT NULL")),
        Index("ix_layer_finished", "project_id", "gold", "status", "document_id"),
        Index("ix_layer_flag", "project_id", "document_id", sqlite_where=text("flag IS NOT NULL"),
              postgresql_where=text("flag IS NOT NULL")),
        Index("ix_layer_skipped", "project_id", "document_id",
              sqlite_where=text("status = 'skipped'"),
              postgresql_where=text("status = 'skipped'")),
        Index("ix_layer_untaught", "project_id", "id",
              sqlite_where=text("status = 'done' AND NOT taught"),
              postgresql_where=text("status = 'done' AND NOT taught")),
        CheckConstraint("status IN ('open', 'done', 'skipped')", name="status"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    annotator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    gold: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(10), default="open")
    flag: Mapped[str | None] = mapped_column(String(500))
    revision: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    read_to: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    """Why it was skipped."""
    blind: Mapped[bool] = mapped_column(server_default=false())
    """Whether it was made without suggestions in sight, as a control."""
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    changed: Mapped[datetime] = mapped_column(Instant, default=now)
    finished: Mapped[datetime | None] = mapped_column(Instant)
    """When it was submitted; None also where it came from a file, finished."""
    submissions: Mapped[int] = mapped_column(server_default="0")
    """How often it was submitted; again only after it was reopened."""
    first_submitted: Mapped[int | None]
    """The revision that it had when it was submitted first."""
    counted: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    """What the counters of work hold of it."""
    taught: Mapped[bool] = mapped_column(server_default=false())
    """Whether the dictionary has learned it as it was finished."""

    document: Mapped[Document] = relationship()
    annotator: Mapped[User] = relationship()


def own_layers(annotator_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for a person's layers, gold left out, where they are many.

    Gold is asked for in a way that leads SQLite to the index of each person's progress; with that
    of all finished layers it would read those of everybody.
    """
    return Layer.annotator_id == annotator_id, Layer.gold.is_not(True)


class Comment(Base):
    """What somebody says of a document or of a span of it, or an answer to that."""

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("document_id", "author_id", "key"),
        CheckConstraint('("start" IS NULL) = ("end" IS NULL)', name="span"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(ID)
    start: Mapped[int | None]
    end: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    resolved: Mapped[datetime | None] = mapped_column(Instant)
    resolver_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    author: Mapped[User] = relationship(foreign_keys=[author_id])
    resolver: Mapped[User | None] = relationship(foreign_keys=[resolver_id])


class WorkCounter(Base):
    """How much one annotator submitted, by measure and key: `documents` of a day, an `entity`."""

    __tablename__ = "work_counter"
    __table_args__ = (CLUSTERED,)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(20), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    amount: Mapped[int]


class CounterEntry(Base):
    """That a layer adds to a counter, named like `entity ORG`; triggers keep it in step."""

    __tablename__ = "counter_entry"
    __table_args__ = (CLUSTERED,)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(221), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
