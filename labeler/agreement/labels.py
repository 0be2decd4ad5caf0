"""Agreement on labels alone, given what two annotators both have.

Spans have no fixed items, so kappa is not for them. What both have has: entities with the same
span, the same two entities that both linked, any two entities that either could have linked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from labeler.agreement.coding import NO_ANNOTATIONS, NO_VARIATION, Floats, table_of
from labeler.agreement.corpus import Corpus, align, keys
from labeler.agreement.matching import IDENTICAL, KINDS, Integers, distinct
from labeler.agreement.tokens import label_sets


@dataclass(frozen=True, slots=True)
class Judged:
    """Items that two annotators judged, in columns: the document, a number below `size` for what
    each said, and how many items a row stands for."""

    document: Integers
    first: Integers
    second: Integers
    weight: Integers
    size: int

    def table(self) -> Floats:
        """Return what the first said × what the second said, in items."""
        return table_of(self.first, self.second, self.size, self.weight)


Judge = Callable[[Corpus, int, int], Judged]


def same_span(corpus: Corpus, a: int, b: int) -> Judged:
    """Return the labels of matched entities with the same span."""
    found = corpus.derived(align, a, b)
    same = np.isin(found.kind, (IDENTICAL, KINDS.index("label")))
    first, second = found.first[same], found.second[same]
    one, two = corpus.spans[a], corpus.spans[b]
    alike = np.ones(len(first), dtype=np.int64)
    return Judged(
        one.document[first], one.label[first], two.label[second], alike, len(corpus.labels)
    )


def same_pair(corpus: Corpus, a: int, b: int) -> Judged:
    """Return the labels of two entities that both linked; entities are the same by place and label.

    Several relations of one pair count as one label, made of them all.
    """
    return _linked_by_both(corpus, a, b, "identity")


def same_places(corpus: Corpus, a: int, b: int) -> Judged:
    """Return the same for entities that are the same by place alone."""
    return _linked_by_both(corpus, a, b, "extent")


def candidates(corpus: Corpus, a: int, b: int) -> Judged:
    """Return the labels over all ordered pairs of entities that both annotators have.

    Most pairs are linked by nobody: that is a label of its own.
    """
    found = corpus.derived(align, a, b)
    same = found.first[found.kind == IDENTICAL]
    shared = corpus.spans[a].identity[same]
    linked = _links(corpus, a, b, "identity")
    known = np.isin(linked.head, shared) & np.isin(linked.tail, shared)
    rows = np.flatnonzero(known & (linked.head != linked.tail))
    entities = np.bincount(corpus.spans[a].document[same], minlength=len(corpus.documents))
    often = np.bincount(linked.document[rows], minlength=len(corpus.documents))
    rest = entities * (entities - 1) - often
    nobody = np.flatnonzero(rest)
    none = np.zeros(len(nobody), dtype=np.int64)
    return Judged(
        np.concatenate([linked.document[rows], nobody]),
        np.concatenate([linked.values[0, rows], none]),
        np.concatenate([linked.values[1, rows], none]),
        np.concatenate([np.ones(len(rows), dtype=np.int64), rest[nobody]]),
        linked.size,
    )


@dataclass(frozen=True, slots=True)
class _Linked:
    """Pairs of entities that either annotator linked; `values` is 2 × pairs: a number for each set
    of labels below `size`, 0 for none."""

    document: Integers
    head: Integers
    tail: Integers
    values: Integers
    size: int


def _links(corpus: Corpus, a: int, b: int, column: str) -> _Linked:
    """Return the pairs that were linked; `column` says by what entities are the same."""
    both = [corpus.links[own] for own in (a, b)]
    places = [getattr(corpus.spans[own], column) for own in (a, b)]
    head = np.concatenate([own[links.head] for own, links in zip(places, both, strict=True)])
    tail = np.concatenate([own[links.tail] for own, links in zip(places, both, strict=True)])
    document = np.concatenate([links.document for links in both])
    _, first, place = np.unique(keys(head, tail), return_index=True, return_inverse=True)
    labels = max(1, len(corpus.relation_labels))
    own_place = np.split(place.astype(np.int64), [len(both[0])])
    marks = [
        distinct(own * labels + links.label) for own, links in zip(own_place, both, strict=True)
    ]
    values, size = label_sets(marks, labels, len(first))
    return _Linked(document[first], head[first], tail[first], values, size)


def _linked_by_both(corpus: Corpus, a: int, b: int, column: str) -> Judged:
    linked = _links(corpus, a, b, column)
    rows = np.flatnonzero((linked.values > 0).all(axis=0))
    alike = np.ones(len(rows), dtype=np.int64)
    first, second = linked.values[:, rows]
    return Judged(linked.document[rows], first, second, alike, linked.size)


# ---- measures ----------------------------------------------------------------------------------


def label_tallies(corpus: Corpus, judge: Judge, a: int, b: int) -> Floats:
    """Return shared documents × counts: items that agree, all items, and how often the first and
    the second said each."""
    documents, judged = corpus.shared((a, b)), judge(corpus, a, b)
    row = np.searchsorted(documents, judged.document)
    size = len(documents)
    agreeing = np.where(judged.first == judged.second, judged.weight, 0)
    counts = [np.bincount(row, weights, minlength=size) for weights in (agreeing, judged.weight)]
    for said in (judged.first, judged.second):
        cells = np.bincount(row * judged.size + said, judged.weight, minlength=size * judged.size)
        counts += list(cells.reshape(size, judged.size).T)
    return np.column_stack(counts).astype(float)


class LabelAgreement:
    """How often two annotators gave the same label to entities with the same span."""

    name: ClassVar[str] = "label_agreement"
    title: ClassVar[str] = "Same label, given the same span"
    pairwise: ClassVar[bool] = True
    undefined: ClassVar[str] = NO_ANNOTATIONS

    def judge(self) -> Judge:
        """Return what finds the items."""
        return same_span

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document what agrees, all of it, and what each said."""
        a, b = annotators
        return corpus.derived(label_tallies, self.judge(), a, b)

    def value(self, pooled: Floats) -> Floats:
        """Return the share that agrees."""
        return _shares(pooled[..., 0], pooled[..., 1])

    def compared(self, corpus: Corpus, annotators: Sequence[int]) -> int:
        """Return how many items there are, over all pairs of these annotators."""
        pairs = combinations(annotators, 2)
        tables = [corpus.derived(label_tallies, self.judge(), *pair) for pair in pairs]
        return int(sum(table[:, 1].sum() for table in tables))


class LabelKappa(LabelAgreement):
    """Cohen's kappa of the labels of entities with the same span (Cohen 1960)."""

    name = "label_kappa"
    title = "Cohen’s κ of labels, given the same span"
    undefined = NO_VARIATION

    def value(self, pooled: Floats) -> Floats:
        """Return kappa of pooled counts."""
        observed, total = super().value(pooled), pooled[..., 1]
        first, second = np.split(pooled[..., 2:], 2, axis=-1)
        chance = _shares((first * second).sum(axis=-1), total**2)
        return _shares(observed - chance, np.where(np.isnan(chance), 0, 1 - chance))


class RelationLabelAgreement(LabelAgreement):
    """How often two annotators gave the same label to two entities that both linked."""

    name = "relation_label_agreement"
    title = "Same label, given the same two entities linked"

    def judge(self) -> Judge:
        """Return what finds the items."""
        return same_pair


class RelationLabelKappa(LabelKappa):
    """Cohen's kappa of the labels of two entities that both linked."""

    name = "relation_label_kappa"
    title = "Cohen’s κ of labels, given the same two entities linked"

    def judge(self) -> Judge:
        """Return what finds the items."""
        return same_pair


class CandidateKappa(LabelKappa):
    """Cohen's kappa over all ordered pairs of entities that both have, linked or not."""

    name = "relation_candidate_kappa"
    title = "Cohen’s κ over all links there could be"

    def judge(self) -> Judge:
        """Return what finds the items."""
        return candidates


def _shares(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, not a number where the whole is nothing."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=np.abs(whole) > _TINY)


_TINY = 1e-12
