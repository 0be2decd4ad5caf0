"""Compares what several annotators did in the documents they share."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from labeler import borders, editing
from labeler.agreement import Result, Work, agreement
from labeler.models import Document, Layer, Project, db

_PAGE = 200
"""Documents read at a time."""


def agreement_of(
    project: Project,
    *,
    annotators: Sequence[str] | None = None,
    labels: Collection[str] | None = None,
) -> Result:
    """Return how far the annotators of a project agree in what they finished.

    Unfinished and skipped layers do not count, nor does gold; a finished one without entities
    found nothing, which counts.
    """
    symmetric = [label.name for label in project.scheme.relations if label.symmetric]
    return agreement(_shared(project), annotators=annotators, labels=labels, symmetric=symmetric)


def _shared(project: Project) -> Iterator[Work]:
    """Yield the documents that two or more finished, a page in memory at a time."""
    keys = list(db.session.scalars(_finished_by_several(project)))
    for first in range(0, len(keys), _PAGE):
        page = keys[first : first + _PAGE]
        documents = list(db.session.scalars(select(Document).where(Document.id.in_(page))))
        wanted = select(Layer).where(
            Layer.document_id.in_(page), Layer.status == "done", ~Layer.gold
        )
        layers = list(db.session.scalars(wanted.options(joinedload(Layer.annotator))))
        records = dict(zip((layer.id for layer in layers), editing.load(layers), strict=True))
        for document, tokens in zip(documents, borders.tokens(documents), strict=True):
            own = [records[layer.id] for layer in layers if layer.document_id == document.id]
            by_annotator = {record.annotator: record for record in own}
            yield document.name, len(document.text), tokens, by_annotator
        for row in (*documents, *layers):
            db.session.expunge(row)


def _finished_by_several(project: Project) -> Select[int]:
    finished = select(Layer.document_id).where(
        Layer.project_id == project.id, Layer.status == "done", ~Layer.gold
    )
    return finished.group_by(Layer.document_id).having(func.count() > 1).order_by(Layer.document_id)
