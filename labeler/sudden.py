"""Finished layers that lose or change much at once: noticed in the very transaction of the edit.

A layer is finished once somebody submitted it, or when it came in so; gold, while it is accepted.
What counts is what is gone or different in the end: who takes it back within the time, or later
while nobody has looked, leaves no trace here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from labeler import schema
from labeler.models import Edit, LabelChange, Layer, SuddenChange

WITHIN = timedelta(minutes=10)
"""What happens within this time is one change."""
LEAST = 5
"""Annotations that are lost or changed at the least."""
SHARE = 1 / 3
"""Share of the annotations there were that is lost or changed at the least."""

_Items = Mapping[str, schema.Annotation]


def notice(
    session: Session,
    layer_id: int,
    edits: Sequence[schema.Edit],
    items: _Items,
    *,
    actor_id: int,
    now: datetime,
) -> None:
    """Keep, or take back, that a finished layer changed suddenly by the last of these edits.

    `items` is what the layer holds now.
    """
    columns = (Layer.project_id, Layer.status, Layer.first_submitted, Layer.revision)
    layer = session.execute(select(*columns).where(Layer.id == layer_id)).one()
    if layer.status != "done" and layer.first_submitted is None:
        return
    known = _unseen(session, layer_id)
    if known is None and not _takes_away(edits):
        return
    since = known.since if known else _since(session, layer_id, layer.first_submitted, now)
    before = _before(session, layer_id, since, items)
    held = sum(isinstance(item, _COUNTED) for item in before.values())
    lost, changed = (len(names) for names in differing(before, items))
    if lost + changed < max(LEAST, SHARE * held):
        if known:
            session.delete(known)
        return
    told = known or SuddenChange(project_id=layer.project_id, layer_id=layer_id, since=since)
    told.held, told.lost, told.changed = held, lost, changed
    told.revision, told.actor_id, told.at = layer.revision, actor_id, now
    session.add(told)


def _takes_away(edits: Iterable[schema.Edit]) -> bool:
    return any(isinstance(op.before, _COUNTED) for edit in edits for op in edit.ops)


def differing(before: _Items, after: _Items) -> tuple[list[str], list[str]]:
    """Return the ids of the annotations that were there and are gone, and of those different now.

    Where an annotation came from is no difference.
    """
    held = {name: item for name, item in before.items() if isinstance(item, _COUNTED)}
    lost = [name for name in held if name not in after]
    changed = [name for name in held if name in after and _plain(after[name]) != _plain(held[name])]
    return lost, changed


_COUNTED = (schema.Entity, schema.Relation, schema.Category)


def _plain(item: schema.Annotation) -> schema.Annotation:
    """Return an annotation without where it came from."""
    return replace(item, origin=None) if isinstance(item, _COUNTED) else item


def _unseen(session: Session, layer_id: int) -> SuddenChange | None:
    wanted = select(SuddenChange).where(
        SuddenChange.layer_id == layer_id, SuddenChange.seen.is_(None)
    )
    return session.scalar(wanted.order_by(SuddenChange.id.desc()).limit(1))


def _since(session: Session, layer_id: int, submitted: int | None, now: datetime) -> int:
    """Return the revision that a change now counts from: no earlier than the first submission."""
    log = select(Edit.revision).where(Edit.layer_id == layer_id).order_by(Edit.revision)
    first = submitted or session.scalar(log.limit(1)) or 0
    recent = session.scalar(log.where(Edit.at >= now - WITHIN).limit(1)) or 0
    return max(first, recent - 1)


def _before(session: Session, layer_id: int, since: int, items: _Items) -> _Items:
    """Return what a layer held at a revision, by taking back what came after it.

    What followed from a change of the scheme is left: nobody did that to the layer.
    """
    before = dict(items)
    of_scheme = select(LabelChange.key).union_all(select(LabelChange.undo_key))
    later = select(Edit.ops).where(
        Edit.layer_id == layer_id, Edit.revision > since, Edit.key.not_in(of_scheme)
    )
    for ops in session.scalars(later.order_by(Edit.revision.desc())):
        for op in reversed(schema.ops_from_json(ops)):
            before.pop(op.id, None)
            if op.before is not None:
                before[op.id] = op.before
    return before
