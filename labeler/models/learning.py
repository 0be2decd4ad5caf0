"""What suggesters said, and what was learned from finished layers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from labeler.models.columns import CLUSTERED, LABEL, Instant
from labeler.models.database import Base, now


class SuggesterRun(Base):
    """A suggester at one version, with its options, as it was run over a project."""

    __tablename__ = "suggester_run"
    __table_args__ = (Index("ix_suggester_run_project_id", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    suggester: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(200))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created: Mapped[datetime] = mapped_column(Instant, default=now)


class Suggestion(Base):
    """All that one run proposes for one document: read whole, never changed."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_run_id", "run_id"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("suggester_run.id"), primary_key=True)
    proposals: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Lesson(Base):
    """What a finished layer taught: `[kind, words, outcome, count]` in a list."""

    __tablename__ = "lesson"
    __table_args__ = (Index("ix_lesson_project_id", "project_id"),)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    counts: Mapped[list[list[Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Instant)


class DictionaryEntry(Base):
    """How often words had an outcome in a project: the sum of its lessons."""

    __tablename__ = "dictionary_entry"
    __table_args__ = (CLUSTERED,)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    words: Mapped[str] = mapped_column(String(300), primary_key=True)
    outcome: Mapped[str] = mapped_column(LABEL, primary_key=True)
    count: Mapped[int]


class ContestedWords(Base):
    """In how many of the places where words occur they are not what they mostly are."""

    __tablename__ = "contested_words"
    __table_args__ = (Index("ix_contested_words", "project_id", "deviations", "words"), CLUSTERED)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    words: Mapped[str] = mapped_column(String(300), primary_key=True)
    deviations: Mapped[int]


class TrainedModel(Base):
    """A version of the suggester trained on a project's layers; the current one proposes."""

    __tablename__ = "trained_model"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_trained_model_current", "project_id", unique=True, sqlite_where=text("current"),
              postgresql_where=text("current")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    component: Mapped[str] = mapped_column(String(20))
    folder: Mapped[str] = mapped_column(String(500))
    documents: Mapped[int]
    """Finished documents that it was trained on."""
    finished: Mapped[int]
    """Layers finished in the project when it was trained."""
    scores: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    current: Mapped[bool] = mapped_column(default=False)
    seconds: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime] = mapped_column(Instant, default=now)


class PatternVersion(Base):
    """The patterns of a project as they were from a moment on, as lines of a file."""

    __tablename__ = "pattern_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    patterns: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Evaluation(Base):
    """How a suggester did beside gold, and the places where they differ."""

    __tablename__ = "evaluation"
    __table_args__ = (Index("ix_evaluation_project_id", "project_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    suggester: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(200))
    documents: Mapped[int]
    left_out: Mapped[int]
    """Documents with gold that it was trained on."""
    scores: Mapped[dict[str, Any]] = mapped_column(JSON)
    evidence: Mapped[list[list[Any]]] = mapped_column(JSON)
    """Differences: entity or relation, name of the document, start, end, gold, proposed."""
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class Split(Base):
    """The part of a plan ("80,10,10/0") that a document belongs to, for good."""

    __tablename__ = "split"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    plan: Mapped[str] = mapped_column(String(60), primary_key=True)
    part: Mapped[str] = mapped_column(String(10))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
