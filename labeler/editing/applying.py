"""`apply`, the one way annotations change: checks edits, logs them, and keeps the current state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from labeler import schema, sudden
from labeler.editing.reading import TABLES, history
from labeler.editing.states import hold_state, remember
from labeler.errors import Invalid, Problem, Stale
from labeler.models import Edit, Layer, transaction
from labeler.models.database import writing
from labeler.schema import Annotation, Op

_CHUNK = 500
"""Ids in one DELETE: databases limit the parameters of a statement."""


def apply(
    layer_id: int,
    base: int,
    edits: Sequence[schema.Edit],
    *,
    actor_id: int,
    now: datetime,
    of_scheme: bool = False,
) -> int:
    """Append edits made on revision `base` of a layer and return its new revision.

    Edits whose key is known are skipped, so sending them again is harmless. A label by a name that
    it had formerly is taken as what it is called by now. With `of_scheme` they follow a change of
    the scheme and are nobody's work on the layer; rows that are loaded do not follow then. Raises
    Stale with the edits missed when somebody else's came in between, Invalid when a `before` does
    not hold or the result breaks a rule; then nothing is changed.
    """
    with transaction() as session:
        state = hold_state(session, layer_id)
        fresh = _unknown(session, layer_id, state.revision, base, edits)
        if not fresh:
            return state.revision
        items = dict(state.items)
        logged = _replay(state.scheme, state.length, fresh, items)
        _append(session, layer_id, state.revision, logged, actor_id, now)
        _project(session, layer_id, state.items, items)
        revision = state.revision + len(fresh)
        changed = {"revision": revision} if of_scheme else {"revision": revision, "changed": now}
        # Of many in one transaction, each would be held against all that the session knows.
        in_step = {"synchronize_session": False if of_scheme else "auto"}
        session.execute(
            update(Layer).where(Layer.id == layer_id).values(**changed), execution_options=in_step
        )
        if not of_scheme:
            sudden.notice(session, layer_id, logged, items, actor_id=actor_id, now=now)
    if not writing():  # as part of a longer transaction it may still be undone
        remember(layer_id, replace(state, revision=revision, items=items))
    return revision


def _unknown(
    session: Session, layer_id: int, revision: int, base: int, edits: Sequence[schema.Edit]
) -> list[schema.Edit]:
    """Return the edits not yet in the log; raises Stale when it holds foreign ones after `base`."""
    if base > revision:
        raise Stale(f"The layer is at revision {revision}.", revision=revision, missed=[])
    sent = {edit.key for edit in edits}
    logged = select(Edit.key).where(Edit.layer_id == layer_id, Edit.key.in_(sent))
    known = set(session.scalars(logged))
    if base < revision:
        missed = list(history(layer_id, since=base))
        if any(edit["key"] not in sent for edit in missed):
            message = "Somebody else, or another window, has changed this layer meanwhile."
            raise Stale(message, revision=revision, missed=missed)
    return [edit for edit in edits if edit.key not in known]


def _replay(
    scheme: schema.Scheme,
    length: int,
    edits: Sequence[schema.Edit],
    items: dict[str, Annotation],
) -> list[schema.Edit]:
    """Apply edits to the items and return them as logged; raises Invalid naming each fault."""
    problems: list[Problem] = []
    logged = []
    for index, edit in enumerate(edits):
        path = f"edits[{index}]"
        ops, refused = _step(scheme, edit.ops, items, path)
        problems += refused
        positions = {op.id: position for position, op in enumerate(ops)}
        for problem in schema.check(items, scheme, length, _touched(ops, items)):
            place = positions.get(problem.path)
            where = path if place is None else f"{path}.ops[{place}].after"
            problems.append(replace(problem, path=where))
        logged.append(replace(edit, ops=tuple(ops)))
    if problems:
        raise Invalid("Nothing was saved, since an edit breaks a rule.", problems)
    return logged


def _step(
    scheme: schema.Scheme, ops: Iterable[Op], items: dict[str, Annotation], path: str
) -> tuple[list[Op], list[Problem]]:
    """Apply ops to the items; return them with the `before` that really was, and those refused."""
    applied, refused = [], []
    for position, op in enumerate(ops):
        current = items.get(op.id)
        after = op.after and scheme.renewed(op.after)
        if not _same(current and scheme.renewed(current), op.before and scheme.renewed(op.before)):
            message = f"{op.id!r} is not what this edit takes it to be."
            refused.append(Problem(message, f"{path}.ops[{position}].before", code="before"))
        items.pop(op.id, None)
        if after is not None:
            items[op.id] = after
        applied.append(replace(op, before=current, after=after))
    return applied, refused


def _same(current: Annotation | None, claimed: Annotation | None) -> bool:
    """Tell whether a claimed `before` holds; a program may leave out the origin."""
    plain = schema.Verdict | None
    if isinstance(claimed, plain) or isinstance(current, plain):
        return current == claimed
    if claimed.origin is None and type(current) is type(claimed):
        return replace(current, origin=None) == claimed
    return current == claimed


def _touched(ops: Iterable[Op], items: Mapping[str, Annotation]) -> set[str]:
    """Return what must be checked again: what changed, and the relations that lean on it."""
    changed = {op.id for op in ops}
    leaning = {
        item.id
        for item in items.values()
        if isinstance(item, schema.Relation) and (item.head in changed or item.tail in changed)
    }
    return changed | leaning


def _append(
    session: Session,
    layer_id: int,
    revision: int,
    edits: Sequence[schema.Edit],
    actor_id: int,
    now: datetime,
) -> None:
    rows = [
        {
            "layer_id": layer_id,
            "revision": revision + number,
            "key": edit.key,
            "actor_id": actor_id,
            "at": now,
            "ops": schema.edit_json(edit),
        }
        for number, edit in enumerate(edits, start=1)
    ]
    session.execute(insert(Edit.__table__), rows)  # type: ignore[arg-type]


def _project(
    session: Session,
    layer_id: int,
    before: Mapping[str, Annotation],
    after: Mapping[str, Annotation],
) -> None:
    """Bring the rows of the current state from `before` to `after`."""
    changed = [name for name in {*before, *after} if before.get(name) != after.get(name)]
    for kind, table in TABLES.items():
        gone = [name for name in changed if isinstance(before.get(name), kind)]
        for first in range(0, len(gone), _CHUNK):
            chunk = gone[first : first + _CHUNK]
            session.execute(
                delete(table).where(table.c.layer_id == layer_id, table.c.id.in_(chunk))
            )
        rows = [
            _row(layer_id, after[name]) for name in changed if isinstance(after.get(name), kind)
        ]
        if rows:
            session.execute(insert(table), rows)


def _row(layer_id: int, item: Annotation) -> dict[str, Any]:
    return {"layer_id": layer_id, **{name: getattr(item, name) for name in item.__slots__}}
