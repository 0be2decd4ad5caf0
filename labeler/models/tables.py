"""The tables. Annotations are typed rows, so that people can query them with SQL."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Dialect,
    Float,
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
from sqlalchemy.types import TypeDecorator

from labeler import schema
from labeler.models.database import Base, Instant, now
from labeler.models.words import title_words

_ID = String(100)
# In the order of code points on both databases, so that those that begin alike are found by index.
_NAME = String(200).with_variant(String(200, collation="C"), "postgresql")
_LABEL = String(100)
Label = schema.EntityLabel | schema.RelationLabel | schema.CategoryLabel


class User(Base):
    """A person who can be given work; without a password they cannot sign in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="member")
    active: Mapped[bool] = mapped_column(default=True)
    created: Mapped[datetime] = mapped_column(Instant, default=now)

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
    scope: Mapped[str] = mapped_column(String(10), default="write")
    """`read` for asking only, `write` for changing as well."""
    expires: Mapped[datetime | None] = mapped_column(Instant)
    created: Mapped[datetime] = mapped_column(Instant, default=now)


class Project(Base):
    """A corpus with its scheme, its guidelines and its people."""

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(20), default="en")
    guidelines: Mapped[str] = mapped_column(Text, default="")
    overlap: Mapped[str] = mapped_column(String(10), default="allow")
    scheme_version: Mapped[int] = mapped_column(default=0)
    suggester: Mapped[str] = mapped_column(String(60), default="rulers")
    suggester_options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    train_every: Mapped[int] = mapped_column(default=20)
    """Finished documents after which a version is trained anew; 0 for never."""
    train_component: Mapped[str] = mapped_column(String(20), default="spancat")
    created: Mapped[datetime] = mapped_column(Instant, default=now)

    entity_labels: Mapped[list["EntityLabel"]] = relationship(
        order_by="EntityLabel.position", cascade="all, delete-orphan"
    )
    relation_labels: Mapped[list["RelationLabel"]] = relationship(
        order_by="RelationLabel.position", cascade="all, delete-orphan"
    )
    category_labels: Mapped[list["CategoryLabel"]] = relationship(
        order_by="CategoryLabel.position", cascade="all, delete-orphan"
    )

    @property
    def scheme(self) -> schema.Scheme:
        """Return the labels and rules of the project."""
        return schema.Scheme(
            tuple(label.record() for label in self.entity_labels),
            tuple(label.record() for label in self.relation_labels),
            self.overlap,  # type: ignore[arg-type]
            tuple(label.record() for label in self.category_labels),
        )

    @scheme.setter
    def scheme(self, scheme: schema.Scheme) -> None:
        self.scheme_version = (self.scheme_version or 0) + 1
        self.overlap = scheme.overlap
        self.entity_labels = [
            EntityLabel.among(self.entity_labels, label, position)
            for position, label in enumerate(scheme.entities)
        ]
        self.relation_labels = [
            RelationLabel.among(self.relation_labels, label, position)
            for position, label in enumerate(scheme.relations)
        ]
        self.category_labels = [
            CategoryLabel.among(self.category_labels, label, position)
            for position, label in enumerate(scheme.categories)
        ]


class Membership(Base):
    """What a person may do in a project: manager, curator or annotator."""

    __tablename__ = "membership"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), default="annotator")


class _Label:
    """What the labels of entities, relations and documents have in common."""

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(_LABEL)
    key: Mapped[str] = mapped_column(String(1), default="")
    color: Mapped[str] = mapped_column(String(7))
    description: Mapped[str] = mapped_column(Text, default="")

    @classmethod
    def among(cls, known: Sequence[Self], record: Label, position: int) -> Self:
        """Return the row of that name with these values, a new one where there is none."""
        row = next((row for row in known if row.name == record.name), None) or cls()
        row.name, row.key, row.color = record.name, record.key, record.color
        row.description, row.position = record.description, position
        return row


class EntityLabel(_Label, Base):
    """An entity label of a project's scheme."""

    __tablename__ = "entity_label"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    def record(self) -> schema.EntityLabel:
        """Return the label as the scheme has it."""
        return schema.EntityLabel(self.name, self.key, self.color, self.description)


class RelationLabel(_Label, Base):
    """A relation label of a project's scheme, with the labels allowed at its ends."""

    __tablename__ = "relation_label"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    head: Mapped[list[str]] = mapped_column(JSON, default=list)
    tail: Mapped[list[str]] = mapped_column(JSON, default=list)
    symmetric: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def among(cls, known: Sequence[Self], record: Label, position: int) -> Self:
        """Return the row of that name with these values and ends."""
        row = super().among(known, record, position)
        assert isinstance(record, schema.RelationLabel)
        row.head, row.tail = list(record.head), list(record.tail)
        row.symmetric = record.symmetric
        return row

    def record(self) -> schema.RelationLabel:
        """Return the label as the scheme has it."""
        return schema.RelationLabel(
            self.name,
            self.key,
            self.color,
            self.description,
            tuple(self.head),
            tuple(self.tail),
            self.symmetric,
        )


class CategoryLabel(_Label, Base):
    """A category of a project's scheme: a label of whole documents."""

    __tablename__ = "category_label"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    group: Mapped[str] = mapped_column(_LABEL, default="")

    @classmethod
    def among(cls, known: Sequence[Self], record: Label, position: int) -> Self:
        """Return the row of that name with these values and its group."""
        row = super().among(known, record, position)
        assert isinstance(record, schema.CategoryLabel)
        row.group = record.group
        return row

    def record(self) -> schema.CategoryLabel:
        """Return the label as the scheme has it."""
        return schema.CategoryLabel(self.name, self.key, self.color, self.description, self.group)


def _title_words(context: Any) -> list[str]:
    return title_words(context.get_current_parameters()["meta"] or {})


class Document(Base):
    """An article. Its text never changes; its token borders are kept once they were needed."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        Index("ix_document_project_id_id", "project_id", "id"),
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

    document: Mapped[Document] = relationship()
    annotator: Mapped[User] = relationship()


class Parts(TypeDecorator[tuple[tuple[int, int], ...]]):
    """The parts of a discontinuous entity; those of a continuous one, none, are null."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Keep no parts as null."""
        return value or None

    def process_result_value(
        self,
        value: Sequence[Any] | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> tuple[tuple[int, int], ...]:
        """Give records what they are made of."""
        return tuple((start, end) for start, end in value) if value else ()


# Without row ids, the rows of one layer lie side by side: a layer is read in one go.
_CLUSTERED = {"sqlite_with_rowid": False}


class Entity(Base):
    """A current entity of a layer: the fold of the layer's edits."""

    __tablename__ = "entity"
    __table_args__ = (CheckConstraint('0 <= start AND start < "end"', name="span"), _CLUSTERED)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    start: Mapped[int]
    end: Mapped[int]
    label: Mapped[str] = mapped_column(_LABEL)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    parts: Mapped[tuple[tuple[int, int], ...]] = mapped_column(Parts, nullable=True)
    attributes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Relation(Base):
    """A current relation of a layer: the fold of the layer's edits."""

    __tablename__ = "relation"
    __table_args__ = (_CLUSTERED,)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    head: Mapped[str] = mapped_column(_ID)
    tail: Mapped[str] = mapped_column(_ID)
    label: Mapped[str] = mapped_column(_LABEL)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    attributes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Category(Base):
    """A current category of a layer, a label of the whole document: the fold of its edits."""

    __tablename__ = "category"
    __table_args__ = (_CLUSTERED,)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    label: Mapped[str] = mapped_column(_LABEL)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Verdict(Base):
    """A suggestion that an annotator rejected: the fold of the layer's edits."""

    __tablename__ = "verdict"
    __table_args__ = (_CLUSTERED,)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20))


class GuidelineVersion(Base):
    """The guidelines of a project as they were from a moment on."""

    __tablename__ = "guideline_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Decision(Base):
    """What a curator settled in a gold layer: the fold of the layer's edits."""

    __tablename__ = "decision"
    __table_args__ = (_CLUSTERED,)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    answer: Mapped[str] = mapped_column(String(200))
    seen: Mapped[str] = mapped_column(String(16))
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Edit(Base):
    """One gesture of an annotator. A trigger refuses to change or delete what stands here."""

    __tablename__ = "edit"
    __table_args__ = (UniqueConstraint("layer_id", "key"),)

    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(_ID)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    ops: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


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
    key: Mapped[str] = mapped_column(_ID)
    start: Mapped[int | None]
    end: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    resolved: Mapped[datetime | None] = mapped_column(Instant)
    resolver_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    author: Mapped[User] = relationship(foreign_keys=[author_id])
    resolver: Mapped[User | None] = relationship(foreign_keys=[resolver_id])


class AgreementReport(Base):
    """What was computed of agreement for one question, and the fingerprint of what it came from."""

    __tablename__ = "agreement_report"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    computed: Mapped[datetime] = mapped_column(Instant)
    seconds: Mapped[float] = mapped_column(Float)


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
    __table_args__ = (_CLUSTERED,)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    words: Mapped[str] = mapped_column(String(300), primary_key=True)
    outcome: Mapped[str] = mapped_column(_LABEL, primary_key=True)
    count: Mapped[int]


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


class Split(Base):
    """The part of a plan ("80,10,10/0") that a document belongs to, for good."""

    __tablename__ = "split"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    plan: Mapped[str] = mapped_column(String(60), primary_key=True)
    part: Mapped[str] = mapped_column(String(10))
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class Export(Base):
    """An export that was made, and where it lies."""

    __tablename__ = "export"
    __table_args__ = (Index("ix_export_project_id", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(80), default="")
    format: Mapped[str] = mapped_column(String(60))
    folder: Mapped[str] = mapped_column(String(500))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_by: Mapped[str] = mapped_column(String(80), default="")
    created: Mapped[datetime] = mapped_column(Instant, default=now)


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


class WorkCounter(Base):
    """How much one annotator submitted, by measure and key: `documents` of a day, an `entity`."""

    __tablename__ = "work_counter"
    __table_args__ = (_CLUSTERED,)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(20), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    amount: Mapped[int]


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
