"""Labels that a model doubts: listed, fixed in gold or in one's own layer, or kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import joinedload

from labeler import editing, schema
from labeler.errors import NotFound
from labeler.models import Document, Doubt, Layer, Project, User, db, transaction
from labeler.settling.cases import draft_of, gold_layer, undo, undo_own, write
from labeler.settling.fixes import fixes

_PAGE = 25
"""Doubts on one page."""
_CONTEXT = 60
"""Code points shown on either side."""
_BEGINNING = 160
"""Code points shown of a document whose own label is doubted."""
_MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Doubted:
    """A doubt with the words it is about and what surrounds them."""

    row: Doubt
    document: Document
    annotator: str
    gold: bool
    before: str
    words: str
    after: str
    labeled: str
    proposed: str


def doubts(
    project: Project, after: int | None = None, limit: int = _PAGE
) -> tuple[list[Doubted], int | None]:
    """Return doubts nobody has looked at, the surest first, and what asks for the next."""
    wanted = _open(project).order_by(Doubt.score.desc(), Doubt.id.desc()).limit(limit + 1)
    last = db.session.get(Doubt, after) if after else None
    if last is not None:
        wanted = wanted.where(tuple_(Doubt.score, Doubt.id) < (last.score, last.id))
    loads = joinedload(Doubt.layer)
    options = (loads.joinedload(Layer.document), loads.joinedload(Layer.annotator))
    found = list(db.session.scalars(wanted.options(*options)))
    rows = found[:limit]
    return [_told(row) for row in rows], rows[-1].id if len(found) > limit else None


def count_doubts(project: Project) -> int:
    """Return how many doubts nobody has looked at, 100 at most."""
    rows = _open(project).limit(_MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _open(project: Project) -> Select[Doubt]:
    return select(Doubt).where(Doubt.project_id == project.id, Doubt.state == "open")


def _told(row: Doubt) -> Doubted:
    document, text = row.layer.document, row.layer.document.text
    spans = [
        (row.start, row.end), (row.new_start, row.new_end), (row.tail_start, row.tail_end)
    ]  # fmt: skip
    places = [(start, end) for start, end in spans if start is not None and end is not None]
    places = places or [(0, min(len(text), _BEGINNING))]  # of the document as a whole
    start, end = min(place[0] for place in places), max(place[1] for place in places)
    return Doubted(
        row,
        document,
        row.layer.annotator.name,
        row.layer.gold,
        text[max(0, start - _CONTEXT) : start],
        text[start:end],
        text[end : end + _CONTEXT],
        *_SAID[row.about](row, text),
    )


def _said_of_entity(row: Doubt, text: str) -> tuple[str, str]:
    """Return in words what is labeled, and what the model has."""
    sides = ((row.label, row.start, row.end), (row.new_label, row.new_start, row.new_end))
    labeled, proposed = (
        f"{label} “{text[start:end]}”" if label else "not labeled" for label, start, end in sides
    )
    return labeled, proposed


def _said_of_relation(row: Doubt, text: str) -> tuple[str, str]:
    head, tail = text[row.start : row.end], text[row.tail_start : row.tail_end]
    turned = (row.new_start, row.new_end) != (row.start, row.end)
    first, second = (tail, head) if turned else (head, tail)
    return (
        f"“{head}” {row.label} “{tail}”" if row.label else "not related",
        f"“{first}” {row.new_label} “{second}”" if row.new_label else "not related",
    )


def _said_of_category(row: Doubt, _: str) -> tuple[str, str]:
    return row.label or "not labeled", row.new_label or "not labeled"


_SAID: Mapping[str, Callable[[Doubt, str], tuple[str, str]]] = {
    "entity": _said_of_entity,
    "relation": _said_of_relation,
    "category": _said_of_category,
}


# ---- what is done about it -------------------------------------------------------------------


def find_doubt(project: Project, number: int) -> Doubt:
    """Return a doubt that nobody has looked at; raises NotFound."""
    found = db.session.scalar(_open(project).where(Doubt.id == number))
    if found is None:
        raise NotFound("This was looked at already.")
    return found


def keep_doubted(doubt: Doubt, actor: User) -> None:
    """Say that a label is right as it is: it is not doubted again."""
    with transaction():
        doubt.state, doubt.settled_by = "kept", actor.id


def fix_doubted(doubt: Doubt, token: str, actor: User, now: datetime) -> bool:
    """Label as the model has it, by one edit that has its token; tell whether that was in gold.

    It is one's own layer where it is one's own that is doubted, else gold. Raises Conflict when the
    label was changed meanwhile, and Invalid when a rule of the scheme stands against it.
    """
    own = _is_own(doubt, actor)
    with transaction():
        (_fix_own if own else _fix_gold)(doubt, _key(doubt, token), actor, now)
        doubt.state, doubt.settled_by = "fixed", actor.id
    return not own


def ask_again(project: Project, number: int, token: str, actor: User, now: datetime) -> None:
    """Ask about a doubt again that the actor settled, and take back the fix that has this token.

    Raises NotFound, and Conflict when what was fixed was changed again since.
    """
    wanted = select(Doubt).where(Doubt.project_id == project.id, Doubt.id == number)
    doubt = db.session.scalar(wanted.where(Doubt.settled_by == actor.id, Doubt.state != "open"))
    if doubt is None:
        raise NotFound("There is nothing to take back: you did not settle this.")
    with transaction():
        if doubt.state == "fixed":
            undone = _key(doubt, token)
            if _is_own(doubt, actor):
                undo_own(doubt.layer, undone, f"undo-{undone}", actor, now)
            else:
                undo(doubt.layer.document, undone, f"undo-{undone}", actor, now)
        doubt.state, doubt.settled_by = "open", None


def _is_own(doubt: Doubt, actor: User) -> bool:
    return not doubt.layer.gold and doubt.layer.annotator_id == actor.id


def _key(doubt: Doubt, token: str) -> str:
    return f"doubt-{doubt.id}-{token}"


def _fix_own(doubt: Doubt, key: str, actor: User, now: datetime) -> None:
    layer = doubt.layer
    editing.hold(layer.id)
    db.session.refresh(layer)
    [record] = editing.load([layer])
    ops = tuple(fixes({item.id: item for item in record.annotations()}, doubt, None))
    editing.apply(layer.id, layer.revision, [schema.Edit(key, ops)], actor_id=actor.id, now=now)


def _fix_gold(doubt: Doubt, key: str, actor: User, now: datetime) -> None:
    document = doubt.layer.document
    gold = gold_layer(document, actor, now)
    draft = draft_of(document, gold, actor)
    draft.take_agreed()
    origin: dict[str, Any] = {"curation": {"how": "direct", "from": [], "by": actor.name}}
    draft.change(tuple(fixes(draft.saved(), doubt, origin)))
    write(gold, draft, key, actor, now)
