"""The one write path for annotations: checks edits, logs them, and keeps the current state.

Every change is an edit in the append-only log, and the rows of entities, relations, categories and
verdicts are the fold of that log, written in the same transaction.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from labeler import schema, sudden
from labeler.errors import Invalid, NotFound, Problem, Stale
from labeler.models import (
    Category,
    Decision,
    Document,
    Edit,
    Entity,
    Layer,
    Project,
    Relation,
    User,
    Verdict,
    db,
    insert_rows,
    transaction,
)
from labeler.models.database import writing
from labeler.schema import Annotation, Op

_MODELS: dict[
    type, type[Entity] | type[Relation] | type[Category] | type[Verdict] | type[Decision]
] = {
    schema.Entity: Entity,
    schema.Relation: Relation,
    schema.Category: Category,
    schema.Verdict: Verdict,
    schema.Decision: Decision,
}
_TABLES = {kind: cast(Table, model.__table__) for kind, model in _MODELS.items()}
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
        state = _state(session, layer_id)
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
        _remember(layer_id, replace(state, revision=revision, items=items))
    return revision


@dataclass(frozen=True, slots=True)
class _State:
    """A layer at a revision, and what checking an edit of it needs; `length` in code points."""

    revision: int
    scheme_version: int
    scheme: schema.Scheme
    length: int
    items: Mapping[str, Annotation]


# A layer at a revision never changes, and a scheme at a version: the last ones need not be read
# again, whoever else writes.
_recent: OrderedDict[tuple[str, int], _State] = OrderedDict()
_recent_lock = threading.Lock()
_RECENT = 128
"""Layers remembered."""


def _place(layer_id: int) -> tuple[str, int]:
    return str(db.engine.url), layer_id


def _remember(layer_id: int, state: _State) -> None:
    with _recent_lock:
        _recent[_place(layer_id)] = state
        _recent.move_to_end(_place(layer_id))
        while len(_recent) > _RECENT:
            _recent.popitem(last=False)


def _state(session: Session, layer_id: int) -> _State:
    """Return the layer as it is, and keep others from changing it until the transaction ends."""
    columns = (Layer.revision, Layer.project_id, Layer.document_id, Project.scheme_version)
    found = select(*columns).join(Project, Project.id == Layer.project_id)
    row = session.execute(found.where(Layer.id == layer_id).with_for_update(of=Layer)).one_or_none()
    if row is None:
        raise NotFound(f"There is no layer {layer_id}.")
    known = _recent.get(_place(layer_id))
    if known and (known.revision, known.scheme_version) == (row.revision, row.scheme_version):
        return known
    length = select(func.length(Document.text)).where(Document.id == row.document_id)
    return _State(
        row.revision,
        row.scheme_version,
        session.get_one(Project, row.project_id, populate_existing=True).scheme,
        session.scalar(length) or 0,
        _load(session, [layer_id])[layer_id],
    )


def ready(layers: Sequence[Layer]) -> dict[int, dict[str, Annotation]]:
    """Return what many layers of a project hold, by id, and let `apply` find it at hand.

    They must be held by the transaction under way, and not yet be changed in it.
    """
    session, documents = db.session(), [layer.document_id for layer in layers]
    held = _load(session, [layer.id for layer in layers])
    measured = select(Document.id, func.length(Document.text)).where(Document.id.in_(documents))
    lengths: dict[int, int] = dict(session.execute(measured).all())
    for project_id in {layer.project_id for layer in layers}:
        project = session.get_one(Project, project_id)
        version, scheme = project.scheme_version, project.scheme
        for layer in layers:
            length = lengths[layer.document_id]
            state = _State(layer.revision, version, scheme, length, held[layer.id])
            _remember(layer.id, state)
    return held


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
    for kind, table in _TABLES.items():
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


# ---- new layers ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewLayer:
    """A layer that comes from outside, for a document in the database that lacks it."""

    project_id: int
    document_id: int
    annotator_id: int
    layer: schema.Layer
    gold: bool = False


def create(news: Sequence[NewLayer], *, actor_id: int, now: datetime, key: str) -> list[int]:
    """Create layers whose annotations were checked already, each by one edit; return their ids.

    An edit carries the revision that the layer had where it came from, so that what was exported
    and comes in again is the same layer. `key` names the edit.
    """
    with transaction() as session:
        _insert_layers(session, news, now)
        keys = _layer_keys(session, news)
        edits: list[tuple[Any, ...]] = []
        rows: dict[type, list[tuple[Any, ...]]] = {kind: [] for kind in _TABLES}
        for key_of_layer, new in zip(keys, news, strict=True):
            items = list(new.layer.annotations())
            if items:
                ops = schema.creation_json(items)
                edits.append((key_of_layer, _revision(new), key, actor_id, now, ops))
            for item in items:
                rows[type(item)].append((key_of_layer, *_VALUES[type(item)](item)))
        insert_rows(session, Edit, _EDIT, edits)
        for kind, model in _MODELS.items():
            insert_rows(session, model, ("layer_id", *kind.__slots__), rows[kind])  # type: ignore[attr-defined]
        return keys


_EDIT = ("layer_id", "revision", "key", "actor_id", "at", "ops")
_VALUES = {kind: attrgetter(*kind.__slots__) for kind in _TABLES}  # type: ignore[attr-defined]


def _insert_layers(session: Session, news: Sequence[NewLayer], now: datetime) -> None:
    names = (
        "project_id", "document_id", "annotator_id", "gold", "status", "flag", "revision",
        "seconds", "read_to", "reason", "blind", "created", "changed",
    )  # fmt: skip
    rows = [
        (
            new.project_id,
            new.document_id,
            new.annotator_id,
            new.gold,
            new.layer.status,
            new.layer.flag,
            _revision(new),
            0,
            new.layer.read_to,
            new.layer.reason,
            new.layer.blind,
            now,
            now,
        )
        for new in news
    ]
    insert_rows(session, Layer, names, rows)


def _layer_keys(session: Session, news: Sequence[NewLayer]) -> list[int]:
    """Return the ids that the database gave to new layers, in their order."""
    columns = (Layer.id, Layer.document_id, Layer.annotator_id, Layer.gold)
    found = select(*columns).where(Layer.document_id.in_({new.document_id for new in news}))
    keys = {tuple(place): key for key, *place in session.execute(found)}
    return [keys[new.document_id, new.annotator_id, new.gold] for new in news]


def _revision(new: NewLayer) -> int:
    return max(new.layer.revision, 1 if any(new.layer.annotations()) else 0)


# ---- reading ---------------------------------------------------------------------------------


def load(layers: Sequence[Layer]) -> list[schema.Layer]:
    """Return the current state of layers as records, entities in the order of the text.

    Labels have their present names, also where the rows still have those they had formerly.
    """
    items = _load(db.session(), [layer.id for layer in layers])
    schemes = _with_former({layer.project_id for layer in layers})
    return [
        _record(layer, _renewed(schemes.get(layer.project_id), items[layer.id])) for layer in layers
    ]


def _with_former(project_ids: Iterable[int]) -> dict[int, schema.Scheme]:
    """Return the schemes of those projects in which a label was called otherwise."""
    projects = [db.session.get_one(Project, key) for key in project_ids]
    return {project.id: project.scheme for project in projects if project.has_former_names}


def _renewed(
    scheme: schema.Scheme | None, items: Mapping[str, Annotation]
) -> Mapping[str, Annotation]:
    if scheme is None:
        return items
    return {name: scheme.renewed(item) for name, item in items.items()}


def load_at(revisions: Sequence[tuple[Layer, int]]) -> list[schema.Layer]:
    """Return layers as they were at earlier revisions, folded from the log.

    Status and what was read are not in the log: they are those of now. Raises NotFound for a
    revision that a layer never had.
    """
    wanted = {layer.id: revision for layer, revision in revisions}
    rows = select(Edit.layer_id, Edit.revision, Edit.ops).where(Edit.layer_id.in_(wanted))
    logs: dict[int, list[tuple[Op, ...]]] = {layer_id: [] for layer_id in wanted}
    for layer_id, revision, ops in db.session.execute(rows.order_by(Edit.layer_id, Edit.revision)):
        if revision <= wanted[layer_id]:
            logs[layer_id].append(schema.ops_from_json(ops))
    records = []
    for layer, revision in revisions:
        if revision > layer.revision:
            raise NotFound(f"Layer {layer.id} is at revision {layer.revision}, not {revision}.")
        items = dict(sorted(schema.fold(logs[layer.id]).items()))
        records.append(replace(_record(layer, items), revision=revision))
    return records


def _record(layer: Layer, items: Mapping[str, Annotation]) -> schema.Layer:
    values = list(items.values())
    entities = [item for item in values if isinstance(item, schema.Entity)]
    return schema.Layer(
        annotator=layer.annotator.name,
        status=layer.status,  # type: ignore[arg-type]
        revision=layer.revision,
        entities=tuple(sorted(entities, key=lambda e: (e.start, -e.end, e.label, e.id))),
        relations=tuple(item for item in values if isinstance(item, schema.Relation)),
        verdicts=tuple(item for item in values if isinstance(item, schema.Verdict)),
        decisions=tuple(item for item in values if isinstance(item, schema.Decision)),
        read_to=layer.read_to,
        flag=layer.flag,
        reason=layer.reason,
        categories=tuple(item for item in values if isinstance(item, schema.Category)),
        blind=layer.blind,
    )


def _load(session: Session, layer_ids: Sequence[int]) -> dict[int, dict[str, Annotation]]:
    found: dict[int, dict[str, Annotation]] = {layer_id: {} for layer_id in layer_ids}
    for kind, table in _TABLES.items():
        names = kind.__slots__  # type: ignore[attr-defined]
        columns = [table.c.layer_id, *(table.c[name] for name in names)]
        wanted = select(*columns).where(table.c.layer_id.in_(layer_ids))
        rows = session.execute(wanted.order_by(table.c.layer_id, table.c.id))
        for layer_id, name, *rest in rows.all():  # at once: row by row takes twice the time
            found[layer_id][name] = kind(name, *rest)
    return found


def history(layer_id: int, since: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield the edits of a layer after revision `since`, oldest first, as the API tells them."""
    columns = (Edit.revision, Edit.key, User.name, Edit.at, Edit.ops)
    query = (
        select(*columns)
        .join(User, User.id == Edit.actor_id)
        .where(Edit.layer_id == layer_id, Edit.revision > since)
        .order_by(Edit.revision)
        .limit(limit)
    )
    for revision, key, actor, at, ops in db.session.execute(query):
        yield {"revision": revision, "key": key, "actor": actor, "at": at.isoformat(), "ops": ops}


def edit_of(layer_id: int, key: str) -> tuple[Op, ...] | None:
    """Return the ops of the edit of a layer that has this key; None where there is none."""
    wanted = select(Edit.ops).where(Edit.layer_id == layer_id, Edit.key == key)
    found = db.session.scalar(wanted)
    return None if found is None else schema.ops_from_json(found)


def has_edit(layer: type[Layer], key: str) -> ColumnElement[bool]:
    """Return the condition that a layer has an edit of this key."""
    return exists().where(Edit.layer_id == layer.id, Edit.key == key)


def hold(layer_id: int) -> None:
    """Keep others from changing a layer until the transaction under way ends."""
    db.session.execute(select(Layer.id).where(Layer.id == layer_id).with_for_update())


# ---- proof -----------------------------------------------------------------------------------


def prove(layer: Layer, scheme: schema.Scheme, text: str) -> Iterator[Problem]:
    """Yield what is wrong with a layer: its log against its rows, its rows against the rules."""
    items = _load(db.session(), [layer.id])[layer.id]
    name = f"layer {layer.id}"
    edits = list(history(layer.id))
    if schema.fold(schema.ops_from_json(edit["ops"]) for edit in edits) != items:
        yield Problem("The fold of the log is not the current state.", file=name, code="fold")
    if edits and edits[-1]["revision"] != layer.revision:
        yield Problem("The revision is not that of the last edit.", file=name, code="revision")
    if any(count > 1 for count in Counter(edit["key"] for edit in edits).values()):
        yield Problem("An edit stands in the log twice.", file=name, code="twice")
    for problem in schema.check(items, scheme, len(text)):
        yield replace(problem, file=name)
