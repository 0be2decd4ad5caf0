"""How good a version is: precision, recall and F1 on documents that it was not trained on."""

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from labeler import nlp
from labeler.borders import spacy_lock
from labeler.schema import Scheme
from labeler.suggest.relating import Example as RelatedExample
from labeler.suggest.relating import RelationModel
from labeler.suggest.tagging import Example, Tagger

Scores = dict[str, Any]


def pipeline_scores(pipeline: Path, corpus: Path) -> Scores:
    """Return the scores of a pipeline's entities on `dev.spacy` of a corpus."""
    with spacy_lock:
        return nlp.judge(nlp.load_once(str(pipeline)), corpus / "dev.spacy")


def tagger_scores(tagger: Tagger, examples: Iterable[Example]) -> Scores:
    """Return the scores of a tagger's entities."""
    counts, documents = _Counts(), 0
    for reading, entities, proposed in examples:
        gold = {(*place, item.label) for item in entities if (place := reading.range(item))}
        counts.add(gold, {span[:3] for span in tagger.spans(reading, proposed)})
        documents += 1
    if not documents:
        return {"documents": 0}
    return {"documents": documents, "entities": counts.wanted, **counts.scores()}


def is_worse(scores: Scores, before: Scores) -> bool:
    """Tell whether F1 is lower by more than chance makes of so few entities: a standard error."""
    f1, entities = before["f1"] or 0.0, max(1, before["entities"])
    return (scores["f1"] or 0.0) < f1 - math.sqrt(f1 * (1 - f1) / entities)


def relation_scores(
    model: RelationModel, examples: Iterable[RelatedExample], scheme: Scheme
) -> Scores:
    """Return the scores of relations between gold entities."""
    counts = _Counts()
    for reading, entities, relations in examples:
        gold = {(item.head, item.tail, item.label) for item in relations}
        found = model.relations(reading, entities, scheme)
        counts.add(gold, {(head.id, tail.id, label) for head, tail, label, _ in found})
    return counts.scores()


class _Counts:
    """What was right, made and wanted, by label: the last of what is counted."""

    def __init__(self) -> None:
        self._right, self._made, self._wanted = Counter[str](), Counter[str](), Counter[str]()

    def add(self, gold: set[tuple[Any, Any, str]], found: set[tuple[Any, Any, str]]) -> None:
        self._wanted.update(label for *_, label in gold)
        self._made.update(label for *_, label in found)
        self._right.update(label for *_, label in gold & found)

    @property
    def wanted(self) -> int:
        return self._wanted.total()

    def scores(self) -> Scores:
        labels = sorted({*self._wanted, *self._made})
        by_label = {
            label: _prf(self._right[label], self._made[label], self._wanted[label])
            for label in labels
        }
        overall = _prf(self._right.total(), self._made.total(), self._wanted.total())
        names = {"precision": overall["p"], "recall": overall["r"], "f1": overall["f"]}
        return {**names, "by_label": by_label}


def _prf(right: int, made: int, wanted: int) -> dict[str, float | None]:
    precision = right / made if made else None
    recall = right / wanted if wanted else None
    f1 = 2 * right / (made + wanted) if made + wanted else None
    return {"p": precision, "r": recall, "f": f1}
