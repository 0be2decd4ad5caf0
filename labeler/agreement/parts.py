"""What a report has of entities and of relations: values, kinds of difference, who with whom.

Counts are pooled over the documents that a pair of annotators shares, and values averaged over the
pairs that have one (Artstein and Poesio 2008 call for saying so): a mean over documents would let
short ones weigh as much as long ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from labeler.agreement.coding import NO_ANNOTATIONS, NO_OVERLAP
from labeler.agreement.columns import Booleans
from labeler.agreement.corpus import Alignment, Corpus, align
from labeler.agreement.evidence import ONLY_A, ONLY_B, ONLY_ONE, number_of
from labeler.agreement.labels import (
    CandidateKappa,
    LabelAgreement,
    LabelKappa,
    RelationLabelAgreement,
    RelationLabelKappa,
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
from labeler.agreement.resampling import Score, mean, needed, pool, score
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
    kind_counts,
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
SAME_SPAN = {"agreement": LabelAgreement(), "kappa": LabelKappa()}
ENTITY_MEASURES: list[Measure] = [*F1.values(), *ALPHA.values(), LABEL_F1, *SAME_SPAN.values()]

RELATION_F1 = {
    "f1": RelationF1(),
    "bounds": RelationBoundsF1(),
    "unlabelled": RelationUnlabelledF1(),
    "given_entities": RelationGivenEntitiesF1(),
    "given_overlap": RelationGivenOverlapF1(),
}
RELATION_LABEL_F1 = RelationLabelF1()
SAME_PAIR = {"agreement": RelationLabelAgreement(), "kappa": RelationLabelKappa()}
CANDIDATES = {"kappa": CandidateKappa()}
RELATION_MEASURES: list[Measure] = [
    *RELATION_F1.values(),
    RELATION_LABEL_F1,
    *SAME_PAIR.values(),
    *CANDIDATES.values(),
]
SHOWN = {measure.name for measure in (*ENTITY_MEASURES, *RELATION_MEASURES)}
"""Measures that have a place of their own in the report."""


# ---- entities and relations --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
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
        "same_span": _given_both(found, SAME_SPAN, group),
    }


def _relation_scores(found: Values, group: Group) -> Json:
    body: Json = {
        name: found.score(measure, group).to_json() for name, measure in RELATION_F1.items()
    }
    pairs = combinations(group, 2)
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
    return {
        **body,
        "same_pair": _given_both(found, SAME_PAIR, group),
        "candidates": _given_both(found, CANDIDATES, group),
    }


def _given_both(found: Values, measures: Mapping[str, LabelAgreement], group: Group) -> Json:
    """Return agreement on labels, and how many both have to be labeled."""
    compared = next(iter(measures.values())).compared(found.corpus, group)
    body: Json = {"compared": compared}
    for name, measure in measures.items():
        body[name] = found.score(measure, group).to_json()
        if not compared and body[name].get("reason") != NO_OVERLAP:
            body[name]["reason"] = NO_ANNOTATIONS
    return body


ENTITY_PART = Part(
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
RELATION_PART = Part(
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


def part_report(part: Part, found: Values) -> Json:
    """Return what a report has of entities or of relations."""
    corpus = found.corpus
    everybody = tuple(range(len(corpus.annotators)))
    pairs = [_pair(part, found, a, b) for a, b in corpus.pairs()]
    kinds = {
        kind: sum(pair["kinds"][kind] for pair in pairs) for kind in (*part.kinds, ONLY_A, ONLY_B)
    }
    scores = part.scores(found, everybody)
    return {
        **scores,
        "needed": needed(found.score(part.headline, everybody), len(corpus.shared(everybody))),
        **_amounts(part, corpus),
        "kinds": _one_sided(kinds),
        "by_label": _by_label(part, found),
        "by_annotator": _by_annotator(part, found, pairs),
        "pairs": pairs,
    }


def _one_sided(kinds: dict[str, int]) -> dict[str, int]:
    """Return kinds over many pairs, where neither annotator is the first."""
    both = {name: count for name, count in kinds.items() if name not in (ONLY_A, ONLY_B)}
    return {**both, ONLY_ONE: kinds[ONLY_A] + kinds[ONLY_B]}


def _pair(part: Part, found: Values, a: int, b: int) -> Json:
    corpus = found.corpus
    matched = corpus.derived(part.align, a, b)
    return {
        "a": corpus.annotators[a],
        "b": corpus.annotators[b],
        "documents": len(corpus.shared((a, b))),
        **part.scores(found, (a, b)),
        "kinds": _pair_kinds(part, matched),
        "confusion": part.confusion(corpus, a, b).to_json(),
    }


def _amounts(part: Part, corpus: Corpus) -> Json:
    """Return how many annotations the shared documents have, and how many were suggested first."""
    shared = corpus.worked.sum(axis=1) > 1
    count = accepted = 0
    for by in range(len(corpus.annotators)):
        document, _, suggested = part.items(corpus, by)
        kept = shared[document]
        count += int(kept.sum())
        accepted += int(suggested[kept].sum())
    return {"n": count, "from_suggestions": accepted}


def _by_label(part: Part, found: Values) -> Json:
    corpus = found.corpus
    labels = part.labels(corpus)
    shared = corpus.worked.sum(axis=1) > 1
    everybody = tuple(range(len(corpus.annotators)))
    documents = int(shared.sum())
    if not documents:
        return {}
    columns = found.of(part.by_label, everybody)
    often = np.zeros(len(labels), dtype=np.int64)
    for by in everybody:
        document, label, _ = part.items(corpus, by)
        often += np.bincount(label[shared[document]], minlength=len(labels))
    kinds = sum(part.label_kinds(corpus, *pair) for pair in corpus.pairs())
    names = (*part.kinds, ONLY_ONE)
    return {
        label: {
            **score(columns[:, at], documents, part.by_label.undefined).to_json(),
            "n": int(often[at]),
            "kinds": dict(zip(names, np.asarray(kinds)[at].tolist(), strict=True)),
        }
        for at, label in enumerate(labels)
    }


def _by_annotator(part: Part, found: Values, pairs: Sequence[Json]) -> Json:
    """Return for each annotator the mean headline value of the pairs with anybody else, and how
    many annotations only they have (`extra`) or only another (`missing`), over all pairs."""
    corpus = found.corpus
    body: Json = {}
    for by, name in enumerate(corpus.annotators):
        shared = corpus.worked[:, by] & (corpus.worked.sum(axis=1) > 1)
        own = Score(None, reason=NO_OVERLAP)
        if shared.any():
            columns = mean([found.of(part.headline, pair) for pair in corpus.pairs() if by in pair])
            own = score(columns, int(shared.sum()), part.headline.undefined)
        document, _, _ = part.items(corpus, by)
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


def by_document(part: Part, corpus: Corpus, annotator: int | None = None) -> list[Json]:
    """Return the shared documents, the one with the most differences over all pairs first; only
    those of an annotator, if one is given."""
    identical, matched, alone = np.zeros((3, len(corpus.documents)), dtype=np.int64)
    for a, b in corpus.pairs():
        found = corpus.derived(part.align, a, b)
        first, second = part.items(corpus, a)[0], part.items(corpus, b)[0]
        size = len(corpus.documents)
        identical += np.bincount(first[found.first[found.kind == IDENTICAL]], minlength=size)
        matched += np.bincount(first[found.first], minlength=size)
        alone += np.bincount(first[found.only_first], minlength=size)
        alone += np.bincount(second[found.only_second], minlength=size)
    strict = f1(identical.astype(float), (2 * matched + alone).astype(float), np.zeros(1))
    differences = matched - identical + alone
    wanted = corpus.worked.sum(axis=1) > 1
    if annotator is not None:
        wanted &= corpus.worked[:, annotator]
    shared = np.flatnonzero(wanted)
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


# ---- held against, and without suggestions in sight --------------------------------------------


def held_pairs(
    part: Part, corpus: Corpus, pairs: Sequence[tuple[str, str]], bootstraps: int, seed: int
) -> list[Json]:
    """Return how far each of these pairs agrees, with its kinds; the second of a pair is what the
    first is held against."""
    groups = [(number_of(corpus, a), number_of(corpus, b)) for a, b in pairs]
    found = values(corpus, [part.headline], bootstraps, seed, groups)
    return [_held(part, found, group) for group in groups]


def _held(part: Part, found: Values, group: tuple[int, int]) -> Json:
    corpus = found.corpus
    matched = corpus.derived(part.align, *group)
    return {
        "a": corpus.annotators[group[0]],
        "b": corpus.annotators[group[1]],
        "documents": len(matched.documents),
        **found.score(part.headline, group).to_json(),
        "kinds": _pair_kinds(part, matched),
    }


def _pair_kinds(part: Part, matched: Alignment) -> dict[str, int]:
    counts = np.bincount(matched.kind, minlength=len(part.kinds)).tolist()
    return {
        **dict(zip(part.kinds, counts, strict=True)),
        ONLY_A: len(matched.only_first),
        ONLY_B: len(matched.only_second),
    }


def blind_control(corpus: Corpus, bootstraps: int, seed: int) -> Json:
    """Return how many layers were made without suggestions in sight, and strict F1 of the documents
    that both of a pair labeled so, beside that of those that neither did."""
    shared = corpus.worked & (corpus.worked.sum(axis=1) > 1)[:, None]
    blind = shared & corpus.blind
    body: Json = {"layers": int(shared.sum()), "blind": int(blind.sum())}
    for name, rows in (("f1_blind", blind), ("f1_shown", shared & ~corpus.blind)):
        body[name] = _strict_within(corpus, rows, bootstraps, seed)
    return body


def _strict_within(corpus: Corpus, rows: Booleans, bootstraps: int, seed: int) -> Json:
    """Return strict F1 over these documents × annotators, and how many documents that are."""
    measure, groups = F1["strict"], []
    for a, b in corpus.pairs():
        documents = corpus.shared((a, b))
        kept = rows[documents, a] & rows[documents, b]
        groups.append((documents[kept], corpus.derived(kind_counts, a, b)[kept]))
    documents = np.unique(np.concatenate([own for own, _ in groups] or [np.zeros(0, np.int64)]))
    found = Score(None, reason=NO_OVERLAP)
    if len(documents):
        pooled = pool(groups, documents, bootstraps, seed)
        found = score(
            mean([measure.value(sums) for sums in pooled]), len(documents), NO_ANNOTATIONS
        )
    return {"documents": len(documents), **found.to_json()}
