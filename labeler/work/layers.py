"""A person's layer of a document: opening it, and what they say of the work on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from labeler import counters, lessons, schema
from labeler.errors import Invalid, Problem
from labeler.models import Document, Entity, Layer, User, db, transaction

MAX_FLAG = 500
MAX_SECONDS = 24 * 3600
"""What one report of time spent may add."""


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


def first_entities(document: Document, user: User, end: int) -> list[schema.Entity]:
    """Return the entities of the person's layer that begin before a code point, longer ones first.

    They are in the order of the text; there are none before the layer is made.
    """
    columns = (Entity.id, Entity.start, Entity.end, Entity.label)
    wanted = (
        select(*columns)
        .join(Layer, Layer.id == Entity.layer_id)
        .where(Layer.document_id == document.id, Layer.annotator_id == user.id, ~Layer.gold)
        .where(Entity.start < end)
        .order_by(Entity.start, Entity.end.desc())
    )
    return [schema.Entity(*values) for values in db.session.execute(wanted)]


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
    if "status" in values:
        submitted = func.coalesce(Layer.finished, now)
        values["finished"] = submitted if values["status"] == "done" else None
    status = changes.get("status", layer.status)
    lesson = lessons.prepare(layer) if status == "done" != layer.status else None
    with transaction() as session:
        session.execute(update(Layer).where(Layer.id == layer.id).values(**values))
        session.refresh(layer)
        if {"status", "seconds"} & changes.keys():
            counters.recount(session, [layer])
        if lesson is not None:
            lessons.teach(layer, lesson, now)
        elif status != "done":
            lessons.forget(layer)


def _state_problem(layer: Layer, name: str, value: object) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if name == "status":
        return None if value in schema.STATUSES else f"Use one of {', '.join(schema.STATUSES)}."
    if name == "flag":
        is_text = isinstance(value, str) and "\0" not in value
        fits = value is None or (is_text and 0 < len(value) <= MAX_FLAG)  # type: ignore[arg-type]
        return None if fits else f"Use a reason of at most {MAX_FLAG} characters, or null."
    if name == "seconds":
        fits = is_number and 0 <= value <= MAX_SECONDS  # type: ignore[operator]
        return None if fits else f"Use 0 to {MAX_SECONDS} seconds."
    if name == "read_to":
        length = len(layer.document.text)
        fits = value is None or (is_number and 0 <= value <= length)  # type: ignore[operator]
        return None if fits else f"Use 0 to {length}, or null."
    return "This cannot be changed."
