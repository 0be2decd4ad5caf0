"""What layers hold: now, at an earlier revision folded from the log, and whether the two agree."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, exists, select
from sqlalchemy.orm import Session

from labeler import schema
from labeler.errors import NotFound, Problem
from labeler.models import (
    Category,
    Decision,
    Edit,
    Entity,
    Layer,
    Project,
    Relation,
    User,
    Verdict,
    db,
)
from labeler.schema import Annotation, Op

MODELS: dict[
    type, type[Entity] | type[Relation] | type[Category] | type[Verdict] | type[Decision]
] = {
    schema.Entity: Entity,
    schema.Relation: Relation,
    schema.Category: Category,
    schema.Verdict: Verdict,
    schema.Decision: Decision,
}
"""The rows that hold each kind of annotation now."""
TABLES = {kind: cast(Table, model.__table__) for kind, model in MODELS.items()}


def load(layers: Sequence[Layer]) -> list[schema.Layer]:
    """Return the current state of layers as records, entities in the order of the text.

    Labels have their present names, also where the rows still have those they had formerly.
    """
    items = items_of(db.session(), [layer.id for layer in layers])
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


def items_of(session: Session, layer_ids: Sequence[int]) -> dict[int, dict[str, Annotation]]:
    """Return what layers hold by their ids, and by those of annotations."""
    found: dict[int, dict[str, Annotation]] = {layer_id: {} for layer_id in layer_ids}
    for kind, table in TABLES.items():
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


def untold(layer: Layer) -> list[Problem]:
    """Return the required attributes that a layer lacks; it is read only where there are such."""
    scheme = db.session.get_one(Project, layer.project_id).scheme
    if not scheme.requires_attributes:
        return []
    [held] = load([layer])
    return list(schema.untold((*held.entities, *held.relations), scheme))


# ---- proof -----------------------------------------------------------------------------------


def prove(layer: Layer, scheme: schema.Scheme, text: str) -> Iterator[Problem]:
    """Yield what is wrong with a layer: its log against its rows, its rows against the rules."""
    items = items_of(db.session(), [layer.id])[layer.id]
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
