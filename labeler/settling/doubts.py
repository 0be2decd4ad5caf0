"""Labels that a model doubts: listed, fixed in gold or in one's own layer, or kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import joinedload

from labeler import editing, schema
from labeler.errors import Conflict, NotFound
from labeler.models import Document, Doubt, Layer, Project, User, db, transaction
from labeler.settling.cases import draft_of, gold_layer, undo, undo_own, write

_PAGE = 25
"""Doubts on one page."""
_CONTEXT = 60
"""Code points shown on either side."""
_MOST_COUNTED = 100
_Items = Mapping[str, schema.Annotation]


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
    spans = [(row.start, row.end), (row.new_start, row.new_end)]
    places = [(start, end) for start, end in spans if start is not None and end is not None]
    start, end = min(place[0] for place in places), max(place[1] for place in places)
    return Doubted(
        row,
        document,
        row.layer.annotator.name,
        row.layer.gold,
        text[max(0, start - _CONTEXT) : start],
        text[start:end],
        text[end : end + _CONTEXT],
        _said(text, row.start, row.end, row.label),
        _said(text, row.new_start, row.new_end, row.new_label),
    )


def _said(text: str, start: int | None, end: int | None, label: str | None) -> str:
    return f"{label} “{text[start:end]}”" if label else "not labeled"


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
    ops = tuple(_ops({item.id: item for item in record.annotations()}, doubt, None))
    editing.apply(layer.id, layer.revision, [schema.Edit(key, ops)], actor_id=actor.id, now=now)


def _fix_gold(doubt: Doubt, key: str, actor: User, now: datetime) -> None:
    document = doubt.layer.document
    gold = gold_layer(document, actor, now)
    draft = draft_of(document, gold, actor)
    draft.take_agreed()
    origin: dict[str, Any] = {"curation": {"how": "direct", "from": [], "by": actor.name}}
    draft.change(tuple(_ops(draft.saved(), doubt, origin)))
    write(gold, draft, key, actor, now)


def _ops(items: _Items, doubt: Doubt, origin: dict[str, Any] | None) -> Iterator[schema.Op]:
    """Yield what brings a layer from what is doubted to what the model has."""
    there = _held(items, doubt)
    new = _new(items, doubt, there, origin)
    if there is None and (new is None or any(schema.overlap(e, new) for e in _entities(items))):
        raise Conflict("It is labeled otherwise by now. Look at it in the document, or keep it.")
    if there is not None and new is None:
        for item in items.values():
            if isinstance(item, schema.Relation) and there.id in (item.head, item.tail):
                yield schema.Op(item.id, item, None)
    yield schema.Op((there or new).id, there, new)  # type: ignore[union-attr]


def _entities(items: _Items) -> Sequence[schema.Entity]:
    return [item for item in items.values() if isinstance(item, schema.Entity)]


def _extent(entity: schema.Entity) -> tuple[int, int, str]:
    return entity.start, entity.end, entity.label


def _held(items: _Items, doubt: Doubt) -> schema.Entity | None:
    """Return what a layer has where something is doubted."""
    was = (doubt.start, doubt.end, doubt.label)
    return next((item for item in _entities(items) if _extent(item) == was), None)


def _new(
    items: _Items,
    doubt: Doubt,
    there: schema.Entity | None,
    origin: dict[str, Any] | None,
) -> schema.Entity | None:
    if doubt.new_start is None or doubt.new_end is None or doubt.new_label is None:
        return None
    name = there.id if there else f"e:{doubt.new_start}-{doubt.new_end}"
    while there is None and name in items:
        name += "'"
    return schema.Entity(name, doubt.new_start, doubt.new_end, doubt.new_label, origin)
