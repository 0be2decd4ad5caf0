"""Who labels what next, what they say of it, and how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import IntegrityError

from labeler import schema
from labeler.errors import Invalid, Problem
from labeler.models import Document, Layer, Project, User, db, transaction

MAX_FLAG = 500
MAX_SECONDS = 24 * 3600
"""What one report of time spent may add."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one annotator is: documents of the project, and those of them finished."""

    total: int
    done: int


def open_layer(document: Document, user: User, now: datetime) -> Layer:
    """Return the person's layer of a document, made when they open it for the first time."""
    mine = select(Layer).where(
        Layer.document_id == document.id, Layer.annotator_id == user.id, ~Layer.gold
    )
    found = db.session.scalar(mine)
    if found is not None:
        return found
    try:
        with transaction() as session:
            layer = Layer(
                project_id=document.project_id,
                document_id=document.id,
                annotator_id=user.id,
                created=now,
                changed=now,
            )
            session.add(layer)
    except IntegrityError:  # another window was faster
        return db.session.scalars(mine).one()
    return layer


def set_state(layer: Layer, changes: Mapping[str, Any], now: datetime) -> None:
    """Change what a layer says of the work on it: status, flag, read_to; adds `seconds`.

    Raises Invalid naming each value that does not fit.
    """
    problems = [
        Problem(message, name)
        for name, value in changes.items()
        if (message := _state_problem(layer, name, value))
    ]
    if problems:
        raise Invalid("The state of the document was not changed.", problems)
    values: dict[str, Any] = {**changes, "changed": now}
    if "seconds" in values:
        values["seconds"] = Layer.seconds + values["seconds"]
    with transaction() as session:
        session.execute(update(Layer).where(Layer.id == layer.id).values(**values))
        session.refresh(layer)


def _state_problem(layer: Layer, name: str, value: object) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if name == "status":
        return None if value in schema.STATUSES else f"Use one of {', '.join(schema.STATUSES)}."
    if name == "flag":
        fits = value is None or (isinstance(value, str) and 0 < len(value) <= MAX_FLAG)
        return None if fits else f"Use a reason of at most {MAX_FLAG} characters, or null."
    if name == "seconds":
        fits = is_number and 0 <= value <= MAX_SECONDS  # type: ignore[operator]
        return None if fits else f"Use 0 to {MAX_SECONDS} seconds."
    if name == "read_to":
        length = len(layer.document.text)
        fits = value is None or (is_number and 0 <= value <= length)  # type: ignore[operator]
        return None if fits else f"Use 0 to {length}, or null."
    return "This cannot be changed."


def next_document(project: Project, user: User, after: int = 0) -> int | None:
    """Return the next document that this person has not finished, from `after` on and round."""
    finished = exists().where(
        Layer.document_id == Document.id,
        Layer.annotator_id == user.id,
        ~Layer.gold,
        Layer.status != "open",
    )
    todo = select(Document.id).where(Document.project_id == project.id, ~finished)
    first = todo.order_by(Document.id).limit(1)
    return db.session.scalar(first.where(Document.id > after)) or db.session.scalar(
        first.where(Document.id < after)
    )


def neighbours(document: Document) -> tuple[int | None, int | None]:
    """Return the documents before and after this one in its project."""
    same = select(Document.id).where(Document.project_id == document.project_id).limit(1)
    before = same.where(Document.id < document.id).order_by(Document.id.desc())
    after = same.where(Document.id > document.id).order_by(Document.id)
    return db.session.scalar(before), db.session.scalar(after)


def progress(project: Project, user: User) -> Progress:
    """Return how far this person is."""
    total = select(func.count()).select_from(Document).where(Document.project_id == project.id)
    done = select(func.count()).where(
        Layer.project_id == project.id,
        Layer.annotator_id == user.id,
        Layer.status != "open",
        ~Layer.gold,
    )
    return Progress(db.session.scalar(total) or 0, db.session.scalar(done) or 0)


def position(document: Document) -> int:
    """Return the place of a document in its project, from 1."""
    earlier = select(func.count()).where(
        Document.project_id == document.project_id, Document.id <= document.id
    )
    return db.session.scalar(earlier) or 0


def documents(project: Project, after: int, limit: int) -> list[dict[str, Any]]:
    """Return the documents after an id, without their texts."""
    page = (
        select(Document.id, Document.name, Document.meta)
        .where(Document.project_id == project.id, Document.id > after)
        .order_by(Document.id)
        .limit(limit)
    )
    return [{"id": key, "name": name, "meta": meta} for key, name, meta in db.session.execute(page)]
