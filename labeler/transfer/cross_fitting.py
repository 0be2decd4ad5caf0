"""Relations and labels of documents judged by models fitted to other documents only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from labeler import borders, editing, schema
from labeler.models import Document, Layer, Project, db
from labeler.suggest import relating, topics
from labeler.suggest.contradictions import (
    CategoryDoubt,
    Opinion,
    RelationDoubt,
    contradicted,
    judged_category,
    judged_relations,
)
from labeler.suggest.reading import Reading
from labeler.transfer import selection

MOST = 2_000
"""Documents that such a model is fitted to, the last ones: it holds them in memory."""
Chosen = Mapping[int, Sequence[int]]
"""Documents with their layers."""
Row = tuple[tuple[Any, ...], float]
"""What a doubt is, as its columns, and its score."""


def doubted_relations(project: Project, rest: Chosen, judged: Chosen) -> Iterator[Row]:
    """Yield what a model of the relations in the rest doubts in the documents judged."""
    examples = (_example(document, layer) for _, document, layer in _read(_last(rest)))
    model = relating.train(examples, project.scheme)
    if model is None:
        return
    layers: list[int] = []
    told: list[tuple[Opinion, RelationDoubt]] = []
    for layer_id, document, layer in _read(judged):
        found = list(judged_relations(model, _example(document, layer), project.scheme))
        layers += [layer_id] * len(found)
        told += found
    counts = contradicted([opinion for opinion, _ in told])
    for layer_id, (_, doubt), doubtful in zip(layers, told, counts, strict=True):
        if doubtful:
            yield _relation_row(layer_id, doubt)


def doubted_categories(project: Project, rest: Chosen, judged: Chosen) -> Iterator[Row]:
    """Yield what models of the texts in the rest doubt of the labels of the documents judged; each
    group of labels is a question by itself."""
    for _, labels in project.scheme.groups:
        model = topics.train(
            (document.text, chosen.label if chosen else topics.NOTHING)
            for _, document, layer in _read(_last(rest))
            for chosen in [_chosen(layer, labels)]
        )
        if model is None:
            continue
        layers: list[int] = []
        told: list[tuple[Opinion, CategoryDoubt]] = []
        for layer_id, document, layer in _read(judged):
            layers.append(layer_id)
            told.append(judged_category(model, document.text, _chosen(layer, labels)))
        counts = contradicted([opinion for opinion, _ in told])
        for layer_id, (_, doubt), doubtful in zip(layers, told, counts, strict=True):
            if doubtful:
                yield _category_row(layer_id, doubt)


def _last(rest: Chosen) -> Chosen:
    return {key: rest[key] for key in sorted(rest)[-MOST:]}


def _read(chosen: Chosen) -> Iterator[tuple[int, Document, schema.Layer]]:
    """Yield layers with their documents, a page in memory at a time."""
    for page in selection.pages(list(chosen)):
        wanted = select(Document).where(Document.id.in_(page)).order_by(Document.id)
        documents = {document.id: document for document in db.session.scalars(wanted)}
        keys = [key for name in page for key in chosen[name]]
        rows = list(db.session.scalars(select(Layer).where(Layer.id.in_(keys)).order_by(Layer.id)))
        for row, record in zip(rows, editing.load(rows), strict=True):
            yield row.id, documents[row.document_id], record
        for document in documents.values():
            db.session.expunge(document)


def _example(document: Document, layer: schema.Layer) -> relating.Example:
    [tokens] = borders.tokens([document])
    return Reading(document.text, tokens), layer.entities, layer.relations


def _chosen(layer: schema.Layer, labels: Sequence[str]) -> schema.Category | None:
    return next((item for item in layer.categories if item.label in labels), None)


def _relation_row(layer_id: int, doubt: RelationDoubt) -> Row:
    head, tail = doubt.head, doubt.tail
    name, label = (doubt.labeled.id, doubt.labeled.label) if doubt.labeled else (None, None)
    said = (name, head.start, head.end, tail.start, tail.end, label)
    new = doubt.proposed
    after = (new[0].start, new[0].end, new[2]) if new else (None, None, None)
    return (layer_id, "relation", doubt.kind, *said, *after), doubt.score


def _category_row(layer_id: int, doubt: CategoryDoubt) -> Row:
    name, label = (doubt.labeled.id, doubt.labeled.label) if doubt.labeled else (None, None)
    said = (name, None, None, None, None, label)
    return (layer_id, "category", doubt.kind, *said, None, None, doubt.proposed), doubt.score
