"""Words that one person labeled in more than one way."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from labeler.models import Document, Entity, Layer, Project, User, db, own_layers

RECENT = 200
"""Finished layers that are looked at for words labeled differently."""


@dataclass(frozen=True, slots=True)
class Variation:
    """Words that one person labeled in more than one way; `document_id` has the rarest label."""

    words: str
    labels: Mapping[str, int]
    document_id: int


def variations(project: Project, annotator: User, limit: int = 20) -> list[Variation]:
    """Return the words that a person labeled differently in what they finished last.

    The same words may rightly have two labels: these are places to look at, not mistakes.
    """
    last = (
        select(Layer.id)
        .where(Layer.project_id == project.id, Layer.status == "done", *own_layers(annotator.id))
        .order_by(Layer.document_id.desc())
        .limit(RECENT)
    )
    words = func.substr(Document.text, Entity.start + 1, Entity.end - Entity.start)
    query = (
        select(words, Entity.label, Layer.document_id)
        .join(Layer, Layer.id == Entity.layer_id)
        .join(Document, Document.id == Layer.document_id)
        .where(Entity.layer_id.in_(last))
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
