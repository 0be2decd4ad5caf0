"""The tables of handing out: its rules, what may be handed out, who holds what.

Triggers keep `QueueEntry`, `Tally` and `DocumentWord` in step with documents, layers and
assignments, in the transaction that changes these; `labeler check` proves that they did.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from labeler.models.columns import CLUSTERED, Instant
from labeler.models.database import Base, now

DRAWS = 65536
"""A document's draws are 0 to this, from its checksum: the same wherever the text is imported."""


class HandingOut(Base):
    """How a project hands its documents out; a project without a row gives all to everybody."""

    __tablename__ = "handing_out"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    overlap: Mapped[int | None]
    """Annotators that a document gets; None: everybody; 0: only those it is given to by hand."""
    shared: Mapped[int] = mapped_column(default=0)
    """Percent of the documents that go to everybody all the same."""
    control: Mapped[int] = mapped_column(default=0)
    """Percent of the documents that are shown without suggestions."""
    ordering: Mapped[str] = mapped_column(String(10), default="imported")
    lease: Mapped[int] = mapped_column(default=120)
    """Minutes that a document taken and left stays with whom took it."""
    annotators_only: Mapped[bool] = mapped_column(default=False)
    training: Mapped[int] = mapped_column(default=0)
    """Training documents that a newcomer finishes before any others."""
    pass_mark: Mapped[int | None]
    """Percent of F1 that a newcomer needs; None: any will do."""


class QueueEntry(Base):
    """A document as work: its place in each order, and how many people have it."""

    __tablename__ = "queue_entry"
    __table_args__ = (
        UniqueConstraint("project_id", "position"),
        Index("ix_queue_entry_lot", "project_id", "lot", "document_id"),
        Index("ix_queue_entry_score", "project_id", "score", "document_id"),
        Index("ix_queue_entry_slots", "project_id", "slots", "position", "document_id"),
        Index("ix_queue_entry_slots_lot", "project_id", "slots", "lot", "document_id"),
        Index("ix_queue_entry_slots_score", "project_id", "slots", "score", "document_id"),
        Index("ix_queue_entry_finished", "project_id", "finished", "document_id"),
        Index("ix_queue_entry_returned", "project_id", "document_id", sqlite_where=text("returned"),
              postgresql_where=text("returned")),
        Index("ix_queue_entry_training", "project_id", "document_id", sqlite_where=text("training"),
              postgresql_where=text("training")),
    )  # fmt: skip

    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id"), primary_key=True, autoincrement=False
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    position: Mapped[int]
    """The number of the document in its project, from 1, as imported."""
    lot: Mapped[int]
    """Its place in the random order."""
    score: Mapped[float] = mapped_column(default=1.0)
    """1 less how useful labeling it would be, 0 to 1: the lowest first. The queue orders by it."""
    shared_draw: Mapped[int]
    control_draw: Mapped[int]
    slots: Mapped[int] = mapped_column(default=0)
    """People who have finished it or hold it."""
    finished: Mapped[int] = mapped_column(default=0)
    """People who have finished it."""
    returned: Mapped[bool] = mapped_column(default=False)
    """Whether somebody gave it back, so that those who were past it must look again."""
    training: Mapped[bool] = mapped_column(default=False)


class Assignment(Base):
    """A document that somebody holds and has not finished: taken in turn, or given by hand."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_annotator", "project_id", "annotator_id", "state", "document_id"),
        Index("ix_assignment_expires", "project_id", "expires"),
        CheckConstraint("state IN ('taken', 'given')", name="state"),
    )

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    state: Mapped[str] = mapped_column(String(10), default="taken")
    since: Mapped[datetime] = mapped_column(Instant, default=now)
    expires: Mapped[datetime | None] = mapped_column(Instant)
    """When it goes back; None: when a manager takes it back."""


class QueueFloor(Base):
    """How far one person is in the order: nothing before it is theirs to do, if not returned."""

    __tablename__ = "queue_floor"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    ordering: Mapped[str] = mapped_column(String(10))
    place: Mapped[float]
    document_id: Mapped[int]
    documents: Mapped[int]
    """Documents that there were: new ones may lie before the floor in other orders."""
    again_place: Mapped[float | None]
    """Where what lies before the floor is looked through again: up to here it was."""
    again_document: Mapped[int | None]
    opened_to: Mapped[int] = mapped_column(default=0)
    """A document id up to which the person has a layer of every document."""


class Tally(Base):
    """How many layers of one status a person has in a project."""

    __tablename__ = "tally"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    status: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class TrainingResult(Base):
    """What a newcomer reached in the training documents, each F1 from 0 to 1."""

    __tablename__ = "training_result"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    documents: Mapped[int] = mapped_column(default=0)
    entities: Mapped[float | None]
    relations: Mapped[float | None]
    admitted: Mapped[bool] = mapped_column(default=False)
    """Whether a manager lets the person go on whatever they reached."""
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class DocumentWord(Base):
    """A word of a document's title, to find the document by."""

    __tablename__ = "document_word"
    __table_args__ = (Index("ix_document_word_document", "document_id", "word"), CLUSTERED)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    word: Mapped[str] = mapped_column(
        String(40).with_variant(String(40, collation="C"), "postgresql"), primary_key=True
    )
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
