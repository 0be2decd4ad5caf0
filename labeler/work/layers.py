"""A person's layer of a document: opening it, and what they say of the work on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labeler import accounts, counters, editing, lessons, schema, webhooks
from labeler.errors import Forbidden, Invalid, Problem
from labeler.models import (
    Assignment,
    Document,
    Entity,
    Layer,
    Project,
    QueueEntry,
    User,
    db,
    transaction,
)
from labeler.work import training
from labeler.work.assignments import entry_of, hold, in_turn, put_back, sweep
from labeler.work.rules import Rules, rules_of

MAX_FLAG = 500
MAX_SECONDS = 24 * 3600
"""What one report of time spent may add."""


def layer_of(document: Document, user: User) -> Layer | None:
    """Return the person's layer of a document, if they have one."""
    mine = select(Layer).where(
        Layer.document_id == document.id, Layer.annotator_id == user.id, ~Layer.gold
    )
    return db.session.scalar(mine)


def is_blind(document: Document, layer: Layer | None) -> bool:
    """Tell whether the document is shown without suggestions: as its layer says, if any."""
    if layer is not None:
        return layer.blind
    project = db.session.get_one(Project, document.project_id)
    return rules_of(project).is_blind(db.session.get_one(QueueEntry, document.id))


# ---- opening ---------------------------------------------------------------------------------


def open_layer(document: Document, user: User, now: datetime) -> Layer:
    """Return the person's layer of a document, made when they open it for the first time.

    Where not everybody gets each document, opening it takes it. Raises Forbidden when it is not
    theirs to take; what they have begun, and those who curate, are always let in.
    """
    project = db.session.get_one(Project, document.project_id)
    rules = rules_of(project)
    found = layer_of(document, user)
    if found is not None and (found.status != "open" or rules.overlap is None):
        return found
    try:
        with transaction() as session:
            _admit(session, project, document, user, found, now)
            if found is None:
                found = _new(rules, document, user, now)
                session.add(found)
    except IntegrityError:  # another window was faster
        found = layer_of(document, user)
        assert found is not None
    return found


def _new(rules: Rules, document: Document, user: User, now: datetime) -> Layer:
    return Layer(
        project_id=document.project_id,
        document_id=document.id,
        annotator_id=user.id,
        blind=rules.is_blind(db.session.get_one(QueueEntry, document.id)),
        created=now,
        changed=now,
    )


def _admit(
    session: Session,
    project: Project,
    document: Document,
    user: User,
    layer: Layer | None,
    now: datetime,
) -> None:
    """Reserve the document for the person, or raise Forbidden with the reason."""
    rules = rules_of(project)
    in_turn(session, project.id)
    held = session.get(Assignment, (document.id, user.id), populate_existing=True)
    always = layer is not None or held is not None or accounts.may(project, user, "curator")
    entry = entry_of(session, document.id)
    step = training.step(project, user, rules)
    if step is not None and not always:
        if step.reason is not None:
            raise Forbidden(step.reason)
        if not entry.training:
            raise Forbidden("Finish the training documents first. Choose Label to go on with them.")
    if rules.overlap is None or (entry.training and step is not None):
        return
    sweep(session, project.id, rules, now)
    if not hold(session, rules, entry, user.id, now) and not always:
        raise Forbidden(_full(rules.overlap))


def _full(overlap: int) -> str:
    if overlap == 0:
        return "Documents here are given by hand, and this one was not given to you. Ask a manager."
    has = "One annotator has" if overlap == 1 else f"{overlap} annotators have"
    return (
        f"{has} this document already, as many as are wanted. "
        "Choose Label for your next one, or ask a manager to give you this one."
    )


# ---- the state of the work -------------------------------------------------------------------


def first_entities(layer: Layer, end: int) -> list[schema.Entity]:
    """Return the entities of a layer that begin before a code point, longer ones first.

    They are in the order of the text.
    """
    wanted = (
        select(Entity.id, Entity.start, Entity.end, Entity.label)
        .where(Entity.layer_id == layer.id, Entity.start < end)
        .order_by(Entity.start, Entity.end.desc())
    )
    return [schema.Entity(*values) for values in db.session.execute(wanted)]


def set_state(layer: Layer, changes: Mapping[str, Any], now: datetime) -> None:
    """Change what a layer says of the work on it: status, flag, reason, read_to; adds `seconds`.

    A document skipped goes back to the queue; one opened again is reserved again. Raises Invalid
    naming each value that does not fit, and for one that is done each required attribute that was
    not given.
    """
    problems = _problems(layer, changes)
    if problems:
        raise Invalid("The state of the document was not changed.", problems)
    values: dict[str, Any] = {**changes, "changed": now}
    if "seconds" in values:
        values["seconds"] = Layer.seconds + values["seconds"]
    if "status" in values:
        submitted = func.coalesce(Layer.finished, now)
        values["finished"] = submitted if values["status"] == "done" else None
    if values.get("status") == "done":
        again = case((Layer.finished.is_(None), 1), else_=0)
        values["submissions"] = Layer.submissions + again
        values["first_submitted"] = func.coalesce(Layer.first_submitted, Layer.revision)
    status = changes.get("status", layer.status)
    lesson = lessons.prepare(layer) if status == "done" != layer.status else None
    if values.get("status", "skipped") != "skipped":
        values["reason"] = None
    with transaction() as session:
        before = session.scalar(select(Layer.status).where(Layer.id == layer.id))
        session.execute(update(Layer).where(Layer.id == layer.id).values(**values))
        session.refresh(layer)
        if {"status", "seconds"} & changes.keys():
            counters.recount(session, [layer])
        if lesson is not None:
            lessons.teach(layer, lesson, now)
        elif status != "done":
            lessons.forget(layer)
        if layer.status != before and not layer.gold:
            _follow(session, layer, now)


def _problems(layer: Layer, changes: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with changes: the values, and what must be given before it is done."""
    problems = [
        Problem(message, name)
        for name, value in changes.items()
        if (message := _state_problem(layer, name, value))
    ]
    return problems + (editing.untold(layer) if changes.get("status") == "done" else [])


def _submitted(layer: Layer) -> dict[str, Any]:
    """Return what webhooks are told of a layer that was submitted."""
    annotator = db.session.get_one(User, layer.annotator_id)
    document = {"id": layer.document_id, "name": layer.document.name}
    told = {name: getattr(layer, name) for name in ("id", "revision", "flag", "submissions")}
    return {"document": document, "layer": {**told, "annotator": annotator.name}}


def _follow(session: Session, layer: Layer, now: datetime) -> None:
    """Let queue and webhooks follow a new status; the slots themselves are counted by triggers."""
    project = session.get_one(Project, layer.project_id)
    if layer.status == "done":
        webhooks.tell("document.submitted", project, lambda: _submitted(layer))
    rules = rules_of(project)
    entry = entry_of(session, layer.document_id)
    if layer.status == "skipped":
        put_back(session, rules, project.id, [layer.document_id])
    if layer.status == "open" and rules.overlap is not None:
        in_turn(session, project.id)
        hold(session, rules, entry, layer.annotator_id, now)
    if entry.training and layer.status != "open":
        training.record(project, session.get_one(User, layer.annotator_id), now)


def reopen(project: Project, document_ids: list[int], user: User, now: datetime) -> int:
    """Open documents again that somebody finished or skipped; return how many."""
    wanted = select(Layer).where(
        Layer.project_id == project.id,
        Layer.document_id.in_(document_ids),
        Layer.annotator_id == user.id,
        Layer.status != "open",
        ~Layer.gold,
    )
    with transaction() as session:
        layers = list(session.scalars(wanted.order_by(Layer.id)))
        for layer in layers:
            set_state(layer, {"status": "open"}, now)
    return len(layers)


def _state_problem(layer: Layer, name: str, value: object) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if name == "status":
        return None if value in schema.STATUSES else f"Use one of {', '.join(schema.STATUSES)}."
    if name in ("flag", "reason"):
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
