"""Words that one person labeled in more than one way."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

from labeler.models import Document, Entity, Layer, Project, User, db, own_layers

RECENT = 200
"""Finished layers that are looked at for words labeled differently."""
CONTEXT = 60
"""Code points shown on either side of words."""


@dataclass(frozen=True, slots=True)
class Variation:
    """Words that one person labeled in more than one way; `document_id` has the rarest label."""

    words: str
    labels: Mapping[str, int]
    document_id: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person labeled words in one way, with what surrounds them."""

    document_id: int
    title: str
    start: int
    before: str
    after: str


def _recent(project: Project, annotator: User) -> Select[int]:
    """Select the layers that a person finished last."""
    theirs = (Layer.project_id == project.id, Layer.status == "done", *own_layers(annotator.id))
    return select(Layer.id).where(*theirs).order_by(Layer.document_id.desc()).limit(RECENT)


def _words() -> ColumnElement[str]:
    """Return the words that an entity marks."""
    return func.substr(Document.text, Entity.start + 1, Entity.end - Entity.start)


def places(project: Project, annotator: User, words: str, label: str) -> list[Place]:
    """Return where a person labeled words so in what they finished last."""
    wanted = (
        select(Document, Entity.start, Entity.end)
        .join(Layer, Layer.document_id == Document.id)
        .join(Entity, Entity.layer_id == Layer.id)
        .where(Entity.layer_id.in_(_recent(project, annotator)))
        .where(Entity.label == label, _words() == words)
        .order_by(Document.id, Entity.start)
    )
    return [
        Place(
            document.id,
            document.title,
            start,
            document.text[max(0, start - CONTEXT) : start],
            document.text[end : end + CONTEXT],
        )
        for document, start, end in db.session.execute(wanted)
    ]


def variations(project: Project, annotator: User, limit: int = 20) -> list[Variation]:
    """Return the words that a person labeled differently in what they finished last.

    The same words may rightly have two labels: these are places to look at, not mistakes.
    """
    query = (
        select(_words(), Entity.label, Layer.document_id)
        .join(Layer, Layer.id == Entity.layer_id)
        .join(Document, Document.id == Layer.document_id)
        .where(Entity.layer_id.in_(_recent(project, annotator)))
    )
    labels: dict[str, Counter[str]] = {}
    places: dict[tuple[str, str], int] = {}
    for found, label, document_id in db.session.execute(query):
        labels.setdefault(found, Counter())[label] += 1
        places.setdefault((found, label), document_id)
    varied = [
        Variation(found, dict(counts.most_common()), places[found, counts.most_common()[-1][0]])
        for found, counts in labels.items()
        if len(counts) > 1
    ]
    return sorted(varied, key=lambda one: (-sum(one.labels.values()), one.words))[:limit]
