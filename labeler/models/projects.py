"""A project with the labels of its scheme and the versions of its guidelines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labeler import schema
from labeler.models.columns import LABEL, Instant
from labeler.models.database import Base, now

FLAG_REASONS = (
    "The guidelines do not say",
    "A second opinion is needed",
    "The text is broken",
    "It should not be in this project",
    "It names what must stay private",
)
"""What a project offers for flagging a document until its lead says otherwise."""
SKIP_REASONS = (
    "Too hard for now",
    "The text is broken",
    "The language is another",
    "It is not what this project is about",
)
"""What a project offers for skipping one."""


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
    flag_reasons: Mapped[list[str]] = mapped_column(JSON, default=lambda: list(FLAG_REASONS))
    """What annotators choose from when they flag a document; a digit each."""
    skip_reasons: Mapped[list[str]] = mapped_column(JSON, default=lambda: list(SKIP_REASONS))
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
    def has_former_names(self) -> bool:
        """Tell whether a label was called otherwise once."""
        kinds: tuple[list[Any], ...] = (
            self.entity_labels,
            self.relation_labels,
            self.category_labels,
        )
        return any(label.formerly for labels in kinds for label in labels)

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


class _Label:
    """What the labels of entities, relations and documents have in common."""

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(LABEL)
    key: Mapped[str] = mapped_column(String(1), default="")
    color: Mapped[str] = mapped_column(String(7))
    description: Mapped[str] = mapped_column(Text, default="")
    retired: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """Whether it is not offered any more for anything new."""
    formerly: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The names that it had before, which still mean it."""

    @classmethod
    def among(cls, known: Sequence[Self], record: schema.Label, position: int) -> Self:
        """Return the row of that name with these values, a new one where there is none."""
        row = next((row for row in known if row.name == record.name), None) or cls()
        row.name, row.key, row.color = record.name, record.key, record.color
        row.description, row.position = record.description, position
        row.retired, row.formerly = record.retired, list(record.formerly)
        return row

    def _history(self) -> dict[str, Any]:
        """Return what became of the label, as its record has it."""
        return {"retired": self.retired, "formerly": tuple(self.formerly)}


class _Declaring(_Label):
    """What entity and relation labels have in common: they declare attributes."""

    attributes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    @classmethod
    def among(cls, known: Sequence[Self], record: schema.Label, position: int) -> Self:
        """Return the row of that name with these values and attributes."""
        row = super().among(known, record, position)
        assert isinstance(record, schema.EntityLabel | schema.RelationLabel)
        row.attributes = [
            {"name": told.name, "values": list(told.values), "required": told.required}
            for told in record.attributes
        ]
        return row

    def declared(self) -> tuple[schema.DeclaredAttribute, ...]:
        """Return the attributes as the scheme has them."""
        return tuple(
            schema.DeclaredAttribute(
                told["name"], tuple(told["values"]), told.get("required", False)
            )
            for told in self.attributes
        )


class EntityLabel(_Declaring, Base):
    """An entity label of a project's scheme."""

    __tablename__ = "entity_label"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    def record(self) -> schema.EntityLabel:
        """Return the label as the scheme has it."""
        return schema.EntityLabel(
            self.name,
            self.key,
            self.color,
            self.description,
            self.declared(),
            **self._history(),
        )


class RelationLabel(_Declaring, Base):
    """A relation label of a project's scheme, with the labels allowed at its ends."""

    __tablename__ = "relation_label"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    head: Mapped[list[str]] = mapped_column(JSON, default=list)
    tail: Mapped[list[str]] = mapped_column(JSON, default=list)
    symmetric: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def among(cls, known: Sequence[Self], record: schema.Label, position: int) -> Self:
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
            self.declared(),
            **self._history(),
        )


class CategoryLabel(_Label, Base):
    """A category of a project's scheme: a label of whole documents."""

    __tablename__ = "category_label"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    group: Mapped[str] = mapped_column(LABEL, default="")

    @classmethod
    def among(cls, known: Sequence[Self], record: schema.Label, position: int) -> Self:
        """Return the row of that name with these values and its group."""
        row = super().among(known, record, position)
        assert isinstance(record, schema.CategoryLabel)
        row.group = record.group
        return row

    def record(self) -> schema.CategoryLabel:
        """Return the label as the scheme has it."""
        values = (self.name, self.key, self.color, self.description, self.group)
        return schema.CategoryLabel(*values, **self._history())


class GuidelineVersion(Base):
    """The guidelines of a project as they were from a moment on."""

    __tablename__ = "guideline_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
