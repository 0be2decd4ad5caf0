"""The agreement of a corpus as one JSON value, and the annotations behind each number in it.

Counts are pooled over the documents that a pair of annotators shares, and values averaged over the
pairs that have one (Artstein and Poesio 2008 call for saying so): a mean over documents would let
short ones weigh as much as long ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from labeler.agreement.advice import advice
from labeler.agreement.categories import category_report
from labeler.agreement.coding import NO_OVERLAP
from labeler.agreement.columns import Booleans
from labeler.agreement.competence import entity_competence
from labeler.agreement.corpus import Alignment, Corpus, align
from labeler.agreement.evidence import (
    CATEGORIES,
    ENTITIES,
    ONLY_A,
    ONLY_B,
    ONLY_ONE,
    RELATIONS,
    Difference,
    Labels,
    Listing,
    Question,
    RelationDifference,
    differences,
    number_of,
)
from labeler.agreement.matching import IDENTICAL, KINDS, Integers
from labeler.agreement.measure import Measure, Values, values
from labeler.agreement.relations import (
    COLUMNS,
    RELATION_KINDS,
    RelationBoundsF1,
    RelationF1,
    RelationGivenEntitiesF1,
    RelationGivenOverlapF1,
    RelationLabelF1,
    RelationUnlabelledF1,
    align_relations,
    relation_confusion,
    relation_counts,
    relation_label_kinds,
)
from labeler.agreement.resampling import Score, mean, score
from labeler.agreement.spans import (
    BoundaryF1,
    Confusion,
    LabelF1,
    OverlapF1,
    PartialF1,
    StrictF1,
    TypeF1,
    confusion,
    f1,
    label_kinds,
)
from labeler.agreement.tokens import TokenAlpha, UnitizingAlpha

Json = dict[str, Any]
Group = tuple[int, ...]

F1 = {
    "strict": StrictF1(),
    "boundary": BoundaryF1(),
    "type": TypeF1(),
    "overlap": OverlapF1(),
    "partial": PartialF1(),
}
ALPHA = {"token_alpha": TokenAlpha(), "u_alpha": UnitizingAlpha()}
LABEL_F1 = LabelF1()
ENTITY_MEASURES: list[Measure] = [*F1.values(), *ALPHA.values(), LABEL_F1]

RELATION_F1 = {
    "f1": RelationF1(),
    "bounds": RelationBoundsF1(),
    "unlabelled": RelationUnlabelledF1(),
    "given_entities": RelationGivenEntitiesF1(),
    "given_overlap": RelationGivenOverlapF1(),
}
RELATION_LABEL_F1 = RelationLabelF1()
RELATION_MEASURES: list[Measure] = [*RELATION_F1.values(), RELATION_LABEL_F1]
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

    def by_document(self, part: str = "entities") -> list[Json]:
        """Return for each shared document its strict F1 and differences over all pairs, the one
        with the most differences first."""
        if part == "relations":
            return _by_document(_RELATIONS, self.relations)
        return _by_document(_ENTITIES, self.entities)


def _report(result: Result) -> Json:
    entities, others = result.entities, result.others
    everybody = tuple(range(len(entities.annotators)))
    drawn = result.bootstraps, result.seed
    found = values(entities, [*ENTITY_MEASURES, *others], *drawn)
    linked = values(result.relations, RELATION_MEASURES, *drawn)
    body: Json = {
        "documents": len(entities.shared(everybody)),
        "annotators": list(entities.annotators),
        "entities": {**_part(_ENTITIES, found), "competence": entity_competence(entities)},
        "relations": _part(_RELATIONS, linked),
        "categories": category_report(result.relations, *drawn),
    }
    if others:
        body["measures"] = {
            measure.name: {"title": measure.title, **found.score(measure, everybody).to_json()}
            for measure in others
        }
    return {**body, "warnings": advice(body)}


def held(result: Result, pairs: Sequence[tuple[str, str]]) -> Json:
    """Return for entities and relations how far each of these pairs agrees, with its kinds; the
    second of a pair is what the first is held against."""
    body: Json = {}
    for part, side, corpus in (
        ("entities", _ENTITIES, result.entities),
        ("relations", _RELATIONS, result.relations),
    ):
        groups = [(number_of(corpus, a), number_of(corpus, b)) for a, b in pairs]
        found = values(corpus, [side.headline], result.bootstraps, result.seed, groups)
        body[part] = [_held(side, found, group) for group in groups]
    return body


def _held(side: "_Side", found: Values, group: tuple[int, int]) -> Json:
    corpus = found.corpus
    matched = corpus.derived(side.align, *group)
    return {
        "a": corpus.annotators[group[0]],
        "b": corpus.annotators[group[1]],
        "documents": len(matched.documents),
        **found.score(side.headline, group).to_json(),
        "kinds": _pair_kinds(side, matched),
    }


def _pair_kinds(side: "_Side", matched: Alignment) -> dict[str, int]:
    counts = np.bincount(matched.kind, minlength=len(side.kinds)).tolist()
    return {
        **dict(zip(side.kinds, counts, strict=True)),
        ONLY_A: len(matched.only_first),
        ONLY_B: len(matched.only_second),
    }


# ---- entities and relations --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """What entities and relations are each compared by."""

    scores: Callable[[Values, Group], Json]
    headline: Measure
    by_label: Measure
    align: Callable[[Corpus, int, int], Alignment]
    kinds: tuple[str, ...]
    confusion: Callable[[Corpus, int, int], Confusion]
    label_kinds: Callable[[Corpus, int, int], Integers]
    labels: Callable[[Corpus], tuple[str, ...]]
    items: Callable[[Corpus, int], tuple[Integers, Integers, Booleans]]


def _entity_scores(found: Values, group: Group) -> Json:
    return {
        "f1": {name: found.score(measure, group).to_json() for name, measure in F1.items()},
        **{name: found.score(measure, group).to_json() for name, measure in ALPHA.items()},
    }


def _relation_scores(found: Values, group: Group) -> Json:
    body: Json = {
        name: found.score(measure, group).to_json() for name, measure in RELATION_F1.items()
    }
    pairs = [pair for pair in found.corpus.pairs() if set(pair) <= set(group)]
    counts = sum(found.corpus.derived(relation_counts, *pair).sum(axis=0) for pair in pairs)
    column = dict(zip(COLUMNS, np.broadcast_to(counts, len(COLUMNS)).tolist(), strict=True))
    total = column["a"] + column["b"]
    for name, prefix in (("given_entities", "exact"), ("given_overlap", "overlapping")):
        covered = column[f"{prefix}_a"] + column[f"{prefix}_b"]
        body[name] |= {
            "coverage": covered / total if total else None,
            "compared": int(covered),
            "of": int(total),
        }
    return body


_ENTITIES = _Side(
    _entity_scores,
    F1["strict"],
    LABEL_F1,
    align,
    KINDS,
    confusion,
    label_kinds,
    lambda corpus: corpus.labels,
    lambda corpus, by: (corpus.spans[by].document, corpus.spans[by].label, corpus.suggested[by]),
)
_RELATIONS = _Side(
    _relation_scores,
    RELATION_F1["f1"],
    RELATION_LABEL_F1,
    align_relations,
    RELATION_KINDS,
    relation_confusion,
    relation_label_kinds,
    lambda corpus: corpus.relation_labels,
    lambda corpus, by: (
        corpus.links[by].document,
        corpus.links[by].label,
        corpus.linked_suggested[by],
    ),
)


def _part(side: _Side, found: Values) -> Json:
    corpus = found.corpus
    everybody = tuple(range(len(corpus.annotators)))
    pairs = [_pair(side, found, a, b) for a, b in corpus.pairs()]
    kinds = {
        kind: sum(pair["kinds"][kind] for pair in pairs) for kind in (*side.kinds, ONLY_A, ONLY_B)
    }
    return {
        **side.scores(found, everybody),
        **_amounts(side, corpus),
        "kinds": _one_sided(kinds),
        "by_label": _by_label(side, found),
        "by_annotator": _by_annotator(side, found, pairs),
        "pairs": pairs,
    }


def _one_sided(kinds: dict[str, int]) -> dict[str, int]:
    """Return kinds over many pairs, where neither annotator is the first."""
    both = {name: count for name, count in kinds.items() if name not in (ONLY_A, ONLY_B)}
    return {**both, ONLY_ONE: kinds[ONLY_A] + kinds[ONLY_B]}


def _pair(side: _Side, found: Values, a: int, b: int) -> Json:
    corpus = found.corpus
    matched = corpus.derived(side.align, a, b)
    return {
        "a": corpus.annotators[a],
        "b": corpus.annotators[b],
        "documents": len(corpus.shared((a, b))),
        **side.scores(found, (a, b)),
        "kinds": _pair_kinds(side, matched),
        "confusion": side.confusion(corpus, a, b).to_json(),
    }


def _amounts(side: _Side, corpus: Corpus) -> Json:
    """Return how many annotations the shared documents have, and how many were suggested first."""
    shared = corpus.worked.sum(axis=1) > 1
    count = accepted = 0
    for by in range(len(corpus.annotators)):
        document, _, suggested = side.items(corpus, by)
        kept = shared[document]
        count += int(kept.sum())
        accepted += int(suggested[kept].sum())
    return {"n": count, "from_suggestions": accepted}


def _by_label(side: _Side, found: Values) -> Json:
    corpus = found.corpus
    labels = side.labels(corpus)
    shared = corpus.worked.sum(axis=1) > 1
    everybody = tuple(range(len(corpus.annotators)))
    documents = int(shared.sum())
    if not documents:
        return {}
    columns = found.of(side.by_label, everybody)
    often = np.zeros(len(labels), dtype=np.int64)
    for by in everybody:
        document, label, _ = side.items(corpus, by)
        often += np.bincount(label[shared[document]], minlength=len(labels))
    kinds = sum(side.label_kinds(corpus, *pair) for pair in corpus.pairs())
    names = (*side.kinds, ONLY_ONE)
    return {
        label: {
            **score(columns[:, at], documents, side.by_label.undefined).to_json(),
            "n": int(often[at]),
            "kinds": dict(zip(names, np.asarray(kinds)[at].tolist(), strict=True)),
        }
        for at, label in enumerate(labels)
    }


def _by_annotator(side: _Side, found: Values, pairs: Sequence[Json]) -> Json:
    """Return for each annotator the mean headline value of the pairs with anybody else, and how
    many annotations only they have (`extra`) or only another (`missing`), over all pairs."""
    corpus = found.corpus
    body: Json = {}
    for by, name in enumerate(corpus.annotators):
        shared = corpus.worked[:, by] & (corpus.worked.sum(axis=1) > 1)
        own = Score(None, reason=NO_OVERLAP)
        if shared.any():
            columns = mean([found.of(side.headline, pair) for pair in corpus.pairs() if by in pair])
            own = score(columns, int(shared.sum()), side.headline.undefined)
        document, _, _ = side.items(corpus, by)
        first = [pair["kinds"] for pair in pairs if pair["a"] == name]
        second = [pair["kinds"] for pair in pairs if pair["b"] == name]
        body[name] = {
            **own.to_json(),
            "documents": int(shared.sum()),
            "n": int(shared[document].sum()),
            "extra": sum(k[ONLY_A] for k in first) + sum(k[ONLY_B] for k in second),
            "missing": sum(k[ONLY_B] for k in first) + sum(k[ONLY_A] for k in second),
        }
    return body


def _by_document(side: _Side, corpus: Corpus) -> list[Json]:
    identical, matched, alone = np.zeros((3, len(corpus.documents)), dtype=np.int64)
    for a, b in corpus.pairs():
        found = corpus.derived(side.align, a, b)
        first, second = side.items(corpus, a)[0], side.items(corpus, b)[0]
        size = len(corpus.documents)
        identical += np.bincount(first[found.first[found.kind == IDENTICAL]], minlength=size)
        matched += np.bincount(first[found.first], minlength=size)
        alone += np.bincount(first[found.only_first], minlength=size)
        alone += np.bincount(second[found.only_second], minlength=size)
    strict = f1(identical.astype(float), (2 * matched + alone).astype(float), np.zeros(1))
    differences = matched - identical + alone
    shared = np.flatnonzero(corpus.worked.sum(axis=1) > 1)
    order = shared[np.argsort(-differences[shared], kind="stable")]
    return [
        {
            "document": corpus.documents[at],
            "annotators": int(corpus.worked[at].sum()),
            "value": None if np.isnan(strict[at]) else float(strict[at]),
            "compared": int(matched[at] + alone[at]),
            "differences": int(differences[at]),
        }
        for at in order.tolist()
    ]
