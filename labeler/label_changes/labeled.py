"""Which layers have a label, and what has it there, in context."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload

from labeler import editing, schema
from labeler.counters import DECISIONS
from labeler.label_changes.revising import Revision
from labeler.label_changes.rewriting import rewritten
from labeler.models import (
    Category,
    CounterEntry,
    Entity,
    Layer,
    Project,
    Relation,
    WorkCounter,
    db,
)

EXAMPLES = 8
"""Layers with the label that one page shows."""
_WINDOW = 5000
"""Layers that are looked through for one page."""
_SHOWN = 2
"""Annotations of one layer that are shown."""
_CONTEXT = 48
"""Code points shown on either side."""
TABLES: dict[str, type[Entity] | type[Relation] | type[Category]] = {
    "entities": Entity,
    "relations": Relation,
    "categories": Category,
}


def has_label(kind: str, label: str) -> ColumnElement[bool]:
    """Return the condition that a layer has something of a label."""
    table = TABLES[kind]
    return exists().where(table.layer_id == Layer.id, table.label == label)


def has_decisions(project_id: int, label: str) -> ColumnElement[bool]:
    """Return the condition that suggestions of a label were decided on in a finished layer."""
    counted = select(WorkCounter.measure, WorkCounter.key).where(
        WorkCounter.project_id == project_id, WorkCounter.measure.in_(DECISIONS)
    )
    rows = db.session.execute(counted.distinct())
    names = [f"{measure} {key}" for measure, key in rows if key.partition(" ")[2] == label]
    return exists().where(
        CounterEntry.project_id == project_id,
        CounterEntry.name.in_(names),
        CounterEntry.annotator_id == Layer.annotator_id,
        CounterEntry.document_id == Layer.document_id,
        Layer.gold.is_(False),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """One annotation with the label, what stands around it, and what comes of it."""

    document: int
    title: str
    annotator: str
    """Whose it is; empty for gold."""
    before: str
    words: str
    after: str
    becomes: str
    """The sentence on what it becomes one with; empty where it just changes its name."""


def examples(
    project: Project, revision: Revision, after: int = 0
) -> tuple[list[Example], int | None]:
    """Return annotations with the label in context, by layer, and what asks for the next.

    Looked through are 5,000 layers a page: there may be nothing so far, and more later.
    """
    ids = select(Layer.id).where(Layer.project_id == project.id, Layer.id > after)
    window = list(db.session.scalars(ids.order_by(Layer.id).limit(_WINDOW)))
    if not window:
        return [], None
    wanted = (
        select(Layer)
        .where(Layer.project_id == project.id, Layer.id.between(window[0], window[-1]))
        .where(has_label(revision.kind, revision.label))
        .options(joinedload(Layer.document), joinedload(Layer.annotator))
        .order_by(Layer.id)
    )
    layers = list(db.session.scalars(wanted.limit(EXAMPLES + 1)))
    shown = layers[:EXAMPLES]
    following = None
    if len(layers) > EXAMPLES:
        following = shown[-1].id
    elif len(window) == _WINDOW:
        following = window[-1]
    records = zip(shown, editing.load(shown), strict=True)
    return [e for layer, record in records for e in _in_layer(layer, record, revision)], following


def _in_layer(layer: Layer, record: schema.Layer, revision: Revision) -> Iterator[Example]:
    items = {item.id: item for item in record.annotations()}
    made = rewritten(items, revision).items if revision.rewrites else items
    mine = [
        item
        for item in items.values()
        if schema.KIND_OF.get(type(item)) == revision.kind and item.label == revision.label  # type: ignore[union-attr]
    ]
    for item in mine[:_SHOWN]:
        becomes = "" if item.id in made else f"becomes one with {revision.into} here"
        before, words, after = _in_context(layer.document.text, item, items)
        whose = "" if layer.gold else layer.annotator.name
        title = layer.document.title
        yield Example(layer.document_id, title, whose, before, words, after, becomes)


def _in_context(
    text: str, item: schema.Annotation, items: dict[str, schema.Annotation]
) -> tuple[str, str, str]:
    """Return what stands before an annotation, its words, and what stands after."""
    if isinstance(item, schema.Category):
        return "", text[: 2 * _CONTEXT].strip(), ""
    ends: list[schema.Annotation] = [item]
    if isinstance(item, schema.Relation):
        ends = [items[item.head], items[item.tail]]
    first, last = (e for e in (ends[0], ends[-1]) if isinstance(e, schema.Entity))
    if isinstance(item, schema.Relation):
        words = " → ".join(text[e.start : e.end][:60] for e in (first, last))
        return "", words, ""
    before = text[max(0, first.start - _CONTEXT) : first.start]
    return before, text[first.start : first.end], text[first.end : first.end + _CONTEXT]
