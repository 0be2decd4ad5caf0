"""Finished layers that changed suddenly: what was lost or changed, looked at, and brought back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from labeler import editing, schema, sudden
from labeler.errors import NotFound
from labeler.models import (
    Document,
    Layer,
    Project,
    SuddenChange,
    User,
    db,
    newest_first,
    transaction,
)
from labeler.settling.restoring import named, restore

_PAGE = 20
"""Changes on one page."""
_SHOWN = 8
"""Annotations that are shown of each."""
_MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """An annotation that was there, in words, and what it is now; None where it is gone."""

    words: str
    start: int | None
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Sudden:
    """A sudden change with the first of what was lost or changed."""

    row: SuddenChange
    document: Document
    annotator: str
    gold: bool
    shown: Sequence[Difference]


def sudden_changes(
    project: Project, *, before: int | None = None, of: User | None = None, limit: int = _PAGE
) -> tuple[list[Sudden], int | None]:
    """Return changes that nobody has looked at, newest first, and what asks for the earlier ones.

    `of` names the only person whose layers are looked at; gold is nobody's then.
    """
    wanted = newest_first(_unseen(project, of), SuddenChange.id, before, limit + 1)
    loads = joinedload(SuddenChange.layer)
    options = (loads.joinedload(Layer.document), loads.joinedload(Layer.annotator))
    found = list(db.session.scalars(wanted.options(*options, joinedload(SuddenChange.actor))))
    rows = found[:limit]
    return [_told(row) for row in rows], rows[-1].id if len(found) > limit else None


def count_sudden_changes(project: Project, of: User | None = None) -> int:
    """Return how many changes nobody has looked at, 100 at most."""
    rows = _unseen(project, of).limit(_MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _unseen(project: Project, of: User | None) -> Select[SuddenChange]:
    wanted = select(SuddenChange).where(
        SuddenChange.project_id == project.id, SuddenChange.seen.is_(None)
    )
    if of is None:
        return wanted
    return wanted.join(Layer).where(Layer.annotator_id == of.id, ~Layer.gold)


def _told(row: SuddenChange) -> Sudden:
    layer = row.layer
    was, is_ = (editing.load_at([(layer, at)])[0] for at in (row.since, row.revision))
    differences = list(_differences(layer.document.text, was, is_))[:_SHOWN]
    return Sudden(row, layer.document, layer.annotator.name, layer.gold, differences)


def _differences(text: str, was: schema.Layer, is_: schema.Layer) -> Iterator[Difference]:
    then, now = ({item.id: item for item in each.annotations()} for each in (was, is_))
    lost, changed = sudden.differing(then, now)
    for name in (*lost, *changed):
        item, left = then[name], now.get(name)
        words, label = named(text, item, then)
        start = item.start if isinstance(item, schema.Entity) else None
        after = _after(words, label, *named(text, left, now)) if left else None
        yield Difference(words, start, label, after)


def _after(words: str, label: str, words_now: str, label_now: str) -> str:
    """Return what an annotation is now, in as many words as tell it from what it was."""
    if words != words_now:
        return f"{label_now} “{words_now}”"
    return label_now if label != label_now else f"{label_now}, other attributes"


# ---- what is done about it -------------------------------------------------------------------


def find_change(project: Project, number: int, of: User | None = None) -> SuddenChange:
    """Return a change that nobody has looked at; raises NotFound."""
    found = db.session.scalar(_unseen(project, of).where(SuddenChange.id == number))
    if found is None:
        raise NotFound("There is no such change any more: it was looked at, or taken back.")
    return found


def keep_change(change: SuddenChange, actor: User, now: datetime) -> None:
    """Say that a change is right: it is not listed any more."""
    with transaction():
        change.seen, change.seen_by = now, actor.id


def ask_about_change(project: Project, number: int, actor: User) -> None:
    """List a change again of which the actor said that it is right; raises NotFound."""
    wanted = select(SuddenChange).where(
        SuddenChange.project_id == project.id, SuddenChange.id == number
    )
    change = db.session.scalar(wanted.where(SuddenChange.seen_by == actor.id))
    if change is None:
        raise NotFound("There is nothing to take back: you did not say that this is right.")
    with transaction():
        change.seen = change.seen_by = None


def bring_back(change: SuddenChange, token: str, actor: User, now: datetime) -> None:
    """Bring a layer back to what it was before a change, by one edit, which `token` takes back.

    Raises Invalid when a rule of the scheme stands against it by now.
    """
    restore(change.layer, change.since, token, actor, now)


def layer_of(project: Project, layer_id: int) -> Layer:
    """Return a layer of a project; raises NotFound."""
    wanted = select(Layer).where(Layer.project_id == project.id, Layer.id == layer_id)
    layer = db.session.scalar(wanted)
    if layer is None:
        raise NotFound("There is no such layer in this project.")
    return layer
