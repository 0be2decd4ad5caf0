"""The agreement of a corpus as one JSON value, and the annotations behind each number in it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from labeler.agreement.advice import advice
from labeler.agreement.categories import category_report, held_categories
from labeler.agreement.comparisons import (
    CATEGORIES,
    ENTITIES,
    RELATIONS,
    Difference,
    RelationDifference,
    all_suggested,
)
from labeler.agreement.competence import entity_competence
from labeler.agreement.corpus import Corpus
from labeler.agreement.evidence import Labels, Listing, Question, differences, number_of
from labeler.agreement.measure import Measure, values
from labeler.agreement.parts import (
    ENTITY_MEASURES,
    ENTITY_PART,
    RELATION_MEASURES,
    RELATION_PART,
    blind_control,
    by_document,
    held_pairs,
    part_report,
)

Json = dict[str, Any]

SHOWN = {measure.name for measure in (*ENTITY_MEASURES, *RELATION_MEASURES)}
"""Measures that have a place of their own in the report."""


@dataclass(frozen=True)
class Result:
    """The agreement of a corpus, and the way from its numbers to the annotations.

    The numbers are computed when they are first asked for.
    """

    entities: Corpus
    relations: Corpus
    bootstraps: int
    seed: int
    others: Sequence[Measure]

    @cached_property
    def _body(self) -> Json:
        return _report(self)

    def to_json(self) -> Json:
        """Return what `labeler agreement --json` prints."""
        return self._body

    def differences(
        self, a: str, b: str, *, kind: str | None = None, labels: Labels | None = None
    ) -> list[Difference]:
        """Return the entities behind a number of two annotators; raises NotFound, Invalid.

        `kind` keeps one kind (`identical` as well, `only_one` for both sides) and `labels` one cell
        of the confusion; with neither, all that differ are there.
        """
        return differences(ENTITIES, self.entities, Question(a, b, kind), labels)

    def relation_differences(
        self, a: str, b: str, *, kind: str | None = None, labels: Labels | None = None
    ) -> list[RelationDifference]:
        """Return the relations behind a number of two annotators; raises NotFound, Invalid."""
        return differences(RELATIONS, self.relations, Question(a, b, kind), labels)

    def listing(self, part: str, asked: Question) -> Listing:
        """Return the compared entities or relations that are asked for; raises NotFound, Invalid.

        `part` is "entities", "relations" or "categories".
        """
        if part == "categories":
            return Listing(CATEGORIES, self.relations, asked)
        if part == "relations":
            return Listing(RELATIONS, self.relations, asked)
        return Listing(ENTITIES, self.entities, asked)

    def labels(self, part: str) -> tuple[str, ...]:
        """Return the labels that occur in a part, those of documents in the order of the scheme."""
        if part == "categories":
            return tuple(name for name in self.relations.answers.names if name is not None)
        return self.relations.relation_labels if part == "relations" else self.entities.labels

    def by_document(self, part: str = "entities", annotator: str | None = None) -> list[Json]:
        """Return for each shared document its strict F1 and differences over all pairs, the one
        with the most differences first; of those that an annotator shares, if one is named."""
        side, corpus = ENTITY_PART, self.entities
        if part == "relations":
            side, corpus = RELATION_PART, self.relations
        return by_document(
            side, corpus, None if annotator is None else number_of(corpus, annotator)
        )


def _report(result: Result) -> Json:
    entities, others = result.entities, result.others
    everybody = tuple(range(len(entities.annotators)))
    drawn = result.bootstraps, result.seed
    found = values(entities, [*ENTITY_MEASURES, *others], *drawn)
    linked = values(result.relations, RELATION_MEASURES, *drawn)
    body: Json = {
        "documents": len(entities.shared(everybody)),
        "annotators": list(entities.annotators),
        "entities": {
            **part_report(ENTITY_PART, found),
            "competence": entity_competence(entities),
            "suggested": sum(int(all_suggested(entities, *two).sum()) for two in entities.pairs()),
            "control": blind_control(entities, *drawn),
        },
        "relations": part_report(RELATION_PART, linked),
        "categories": category_report(result.relations, *drawn),
    }
    if others:
        body["measures"] = {
            measure.name: {"title": measure.title, **found.score(measure, everybody).to_json()}
            for measure in others
        }
    told = advice(body)
    opens = [[asdict(one) for one in sentence.opens] for sentence in told]
    return {**body, "warnings": [str(sentence) for sentence in told], "opened_by_warnings": opens}


def held(result: Result, pairs: Sequence[tuple[str, str]]) -> Json:
    """Return for entities, relations and labels of documents how far each of these pairs agrees,
    with its kinds; the second of a pair is what the first is held against."""
    drawn = result.bootstraps, result.seed
    numbers = [(number_of(result.relations, a), number_of(result.relations, b)) for a, b in pairs]
    return {
        "entities": held_pairs(ENTITY_PART, result.entities, pairs, *drawn),
        "relations": held_pairs(RELATION_PART, result.relations, pairs, *drawn),
        "categories": held_categories(result.relations, numbers, *drawn),
    }
