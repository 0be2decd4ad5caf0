"""How good a version is: precision, recall and F1 on documents that it was not trained on."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from labeler import nlp
from labeler.borders import spacy_lock
from labeler.schema import Layer, Scheme
from labeler.suggest.comparing import Tally, entity_places
from labeler.suggest.reading import Reading
from labeler.suggest.relating import Example as RelatedExample
from labeler.suggest.relating import RelationModel
from labeler.suggest.trained import TrainedSuggester

Scores = dict[str, Any]


def pipeline_scores(pipeline: Path, corpus: Path) -> Scores:
    """Return the scores of a pipeline's entities on `dev.spacy` of a corpus."""
    with spacy_lock:
        return nlp.judge(nlp.load_once(str(pipeline)), corpus / "dev.spacy")


def version_scores(
    version: TrainedSuggester, layers: Iterable[tuple[Reading, Layer]], scheme: Scheme
) -> Scores:
    """Return the scores of what a version proposes for entities."""
    counts, documents = Tally(), 0
    for reading, layer in layers:
        with spacy_lock:
            made = version.entities(reading, scheme)
        counts.add(entity_places(made), entity_places(layer.entities))
        documents += 1
    if not documents:
        return {"documents": 0}
    return {"documents": documents, "entities": counts.wanted.total(), **counts.scores()}


def is_worse(scores: Scores, before: Scores) -> bool:
    """Tell whether F1 is lower by more than chance makes of so few entities: a standard error."""
    f1, entities = before["f1"] or 0.0, max(1, before["entities"])
    return (scores["f1"] or 0.0) < f1 - math.sqrt(f1 * (1 - f1) / entities)


def relation_scores(
    model: RelationModel, examples: Iterable[RelatedExample], scheme: Scheme
) -> Scores:
    """Return the scores of relations between gold entities."""
    counts = Tally()
    for reading, entities, relations in examples:
        gold = {(item.head, item.tail, item.label) for item in relations}
        found = model.relations(reading, entities, scheme)
        counts.add({(head.id, tail.id, label) for head, tail, label, _ in found}, gold)
    return counts.scores()
