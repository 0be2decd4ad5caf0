"""Agreement on entities: F1 of two annotators, whose spans are matched one to one.

With neither annotator called right, precision and recall are two directions of one F1, which needs
no count of what nobody marked (Hripcsak and Rothschild 2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from labeler.agreement.coding import NO_ANNOTATIONS, Floats
from labeler.agreement.corpus import Alignment, Corpus, align
from labeler.agreement.matching import IDENTICAL, KINDS, Integers

NOTHING = "∅"
"""Stands in a confusion for what the other left unmarked."""


def f1(matches: Floats, first: Floats, second: Floats) -> Floats:
    """Return 2 · matches / (first + second), not a number where there is nothing."""
    total = np.asarray(first + second, dtype=float)
    return np.divide(2 * matches, total, out=np.full(total.shape, np.nan), where=total > 0)


def kind_counts(corpus: Corpus, a: int, b: int) -> Floats:
    """Return shared documents × 6: pairs of each kind, then the spans of each annotator."""
    found = corpus.derived(align, a, b)
    document = corpus.spans[a].document
    pairs = [_by_document(found, document[found.first[found.kind == k]]) for k in range(len(KINDS))]
    matched = sum(pairs)
    first = matched + _by_document(found, document[found.only_first])
    second = matched + _by_document(found, corpus.spans[b].document[found.only_second])
    return np.column_stack([*pairs, first, second]).astype(float)


def label_counts(corpus: Corpus, a: int, b: int) -> Floats:
    """Return shared documents × labels × 3: identical pairs, and the spans of each annotator."""
    found = corpus.derived(align, a, b)
    first, second = corpus.spans[a], corpus.spans[b]
    rows = (
        (first, found.first[found.kind == IDENTICAL]),
        (first, np.concatenate([found.first, found.only_first])),
        (second, np.concatenate([found.second, found.only_second])),
    )
    size, labels = len(found.documents), len(corpus.labels)
    counts = []
    for spans, own in rows:
        place = np.searchsorted(found.documents, spans.document[own])
        cell = place * labels + spans.label[own]
        counts.append(np.bincount(cell, minlength=size * labels).reshape(size, labels))
    return np.stack(counts, axis=-1).astype(float)


def _by_document(found: Alignment, documents: Integers) -> Integers:
    place = np.searchsorted(found.documents, documents)
    return np.bincount(place, minlength=len(found.documents))


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a label of one annotator met a label of another: labels + 1 squared, the last row
    and column for what the other left unmarked."""

    labels: tuple[str, ...]
    counts: Integers

    def to_json(self) -> dict[str, int]:
        """Return the cells that are not empty, by "label of one|label of the other"."""
        names = (*self.labels, NOTHING)
        rows, columns = np.nonzero(self.counts)
        return {
            f"{names[row]}|{names[column]}": int(self.counts[row, column])
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        }


def confusion(corpus: Corpus, a: int, b: int) -> Confusion:
    """Return which labels two annotators gave to matched spans."""
    columns = corpus.spans[a].label, corpus.spans[b].label
    return confused(corpus.derived(align, a, b), columns, corpus.labels)


def confused(
    found: Alignment, columns: tuple[Integers, Integers], labels: tuple[str, ...]
) -> Confusion:
    """Return the confusion of matched annotations, given the label of each row."""
    none, (first, second) = len(labels), columns
    row = [first[found.first], first[found.only_first], np.full(len(found.only_second), none)]
    column = [second[found.second], np.full(len(found.only_first), none), second[found.only_second]]
    cell = np.concatenate(row) * (none + 1) + np.concatenate(column)
    counts = np.bincount(cell, minlength=(none + 1) ** 2).reshape(none + 1, none + 1)
    return Confusion(labels, counts)


def label_kinds(corpus: Corpus, a: int, b: int) -> Integers:
    """Return labels × 5: in how many matched pairs of each kind a label takes part, and how many of
    its spans only one annotator has."""
    columns = corpus.spans[a].label, corpus.spans[b].label
    return kinds_by_label(corpus.derived(align, a, b), columns, len(corpus.labels))


def kinds_by_label(found: Alignment, columns: tuple[Integers, Integers], labels: int) -> Integers:
    """Return labels × 5 for matched annotations, given the label of each row; there are 4 kinds."""
    width, (first, second) = len(KINDS) + 1, columns
    one, other = first[found.first], second[found.second]
    differs = one != other
    alone = np.concatenate([first[found.only_first], second[found.only_second]])
    cell = [
        one * width + found.kind,
        (other * width + found.kind)[differs],
        alone * width + len(KINDS),
    ]
    return np.bincount(np.concatenate(cell), minlength=labels * width).reshape(labels, width)


class EntityF1:
    """F1 of two annotators with a credit for each kind of matched pair (SemEval-2013 task 9.1)."""

    name: ClassVar[str]
    title: ClassVar[str]
    pairwise: ClassVar[bool] = True
    undefined: ClassVar[str] = NO_ANNOTATIONS
    credit: ClassVar[tuple[float, float, float, float]]

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document the pairs of each kind and the spans of both."""
        a, b = annotators
        return corpus.derived(kind_counts, a, b)

    def value(self, pooled: Floats) -> Floats:
        """Return F1 of pooled counts."""
        matches = pooled[..., : len(KINDS)] @ np.array(self.credit)
        return f1(matches, pooled[..., -2], pooled[..., -1])


class StrictF1(EntityF1):
    """The same span with the same label."""

    name = "f1_strict"
    title = "F1, exact span and label"
    credit = (1, 0, 0, 0)


class BoundaryF1(EntityF1):
    """The same span, whatever its label."""

    name = "f1_boundary"
    title = "F1, exact span, any label"
    credit = (1, 1, 0, 0)


class TypeF1(EntityF1):
    """The same label on spans that overlap."""

    name = "f1_type"
    title = "F1, overlapping span, same label"
    credit = (1, 0, 1, 0)


class OverlapF1(EntityF1):
    """Spans that overlap, whatever their labels."""

    name = "f1_overlap"
    title = "F1, overlapping span, any label"
    credit = (1, 1, 1, 1)


class PartialF1(EntityF1):
    """The same span whatever its label, and half of a span that overlaps."""

    name = "f1_partial"
    title = "F1, exact span, half for an overlapping one"
    credit = (1, 1, 0.5, 0.5)


class LabelF1:
    """Strict F1 of each label by itself; its value has a column for each label."""

    name: ClassVar[str] = "f1_by_label"
    title: ClassVar[str] = "F1, exact span and label, by label"
    pairwise: ClassVar[bool] = True
    undefined: ClassVar[str] = NO_ANNOTATIONS

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document and label the identical pairs and the spans of both."""
        a, b = annotators
        counts = self.counts(corpus, a, b)
        return counts.reshape(len(counts), counts.shape[1] * counts.shape[2])

    def counts(self, corpus: Corpus, a: int, b: int) -> Floats:
        """Return shared documents × labels × 3: matches, and what each annotator has."""
        return label_counts(corpus, a, b)

    def value(self, pooled: Floats) -> Floats:
        """Return F1 of pooled counts, by label."""
        counts = pooled.reshape(*pooled.shape[:-1], -1, 3)
        return f1(counts[..., 0], counts[..., 1], counts[..., 2])
