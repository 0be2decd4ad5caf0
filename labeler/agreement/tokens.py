"""Agreement token by token: the value of a token is the set of labels on it.

Long spans weigh more here than short ones, spans of one label that touch melt into one, and tokens
without a label count. Instead of tokens, runs are compared: stretches on which nobody's labels
change, each weighing as many tokens as it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from labeler.agreement.coding import NO_VARIATION, Floats, table_of
from labeler.agreement.corpus import Corpus
from labeler.agreement.matching import Integers, Spans, distinct, ranges

Scheme = Literal["IO", "BIO"]


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs as columns, in the order of the documents.

    `tokens` counts the tokens of each; `values` is annotators × runs: a number for each set of
    labels below `size`, 0 for none, -1 where the annotator did not work. `marks[annotator]` lists
    the (run, label) pairs once each, as run * labels + label, sorted. `squares` is annotators ×
    documents: the squared lengths of their units, in tokens, summed.
    """

    document: Integers
    tokens: Integers
    values: Integers
    size: int
    marks: tuple[Integers, ...]
    squares: Integers


def runs(corpus: Corpus, scheme: Scheme = "IO") -> Runs:
    """Return the runs of a corpus; with BIO the first token of a span has a value of its own."""
    line = _Line.of(corpus)
    covered = [line.covered(spans) for spans in corpus.spans]
    painted = [_painted(*own, scheme) for own in covered]
    borders = distinct(line.begins, *(edge for own in painted for edge in own[:2]))
    document = np.searchsorted(line.begins, borders[:-1], side="right") - 1
    labels = max(1, 2 * len(corpus.labels))
    marks = tuple(
        _marks(np.searchsorted(borders, first), np.searchsorted(borders, last), label, labels)
        for first, last, label in painted
    )
    values, size = label_sets(marks, labels, len(document))
    values[~corpus.worked.T[:, document]] = -1
    squares = [_squares(first, last, line.begins) for first, last, _ in covered]
    squares_of = np.array(squares, dtype=np.int64).reshape(len(covered), len(corpus.documents))
    return Runs(document, np.diff(borders), values, size, marks, squares_of)


@dataclass(frozen=True, slots=True)
class _Line:
    """The tokens of all documents, counted through.

    `begins` holds the first token of each document, and the end. `starts` and `ends` are the token
    borders of those documents that have any, `before` how many of those tokens precede a document.
    """

    begins: Integers
    offsets: Integers
    tokenized: NDArray[np.bool_]
    starts: Integers
    ends: Integers
    before: Integers

    @classmethod
    def of(cls, corpus: Corpus) -> "_Line":
        borders, offsets = corpus.borders, corpus.offsets[:-1]
        tokenized = borders.sizes >= 0
        sizes = np.where(tokenized, borders.sizes, 0)
        starts = borders.starts + np.repeat(offsets, sizes)
        ends = borders.ends + np.repeat(offsets, sizes)
        begins = _begins(np.where(tokenized, sizes, corpus.lengths))
        return cls(begins, offsets, tokenized, starts, ends, _begins(sizes)[:-1])

    def covered(self, spans: Spans) -> tuple[Integers, Integers, Integers]:
        """Return the first token of each span, the one after its last, and its label.

        A token that a span covers in part is covered; a span that covers none is left out.
        """
        own = spans.document
        offset, before = self.offsets[own], self.before[own]
        after = np.searchsorted(self.ends, spans.start, side="right") - before
        until = np.searchsorted(self.starts, spans.end, side="left") - before
        begin = self.begins[own]
        first = begin + np.where(self.tokenized[own], after, spans.start - offset)
        last = begin + np.where(self.tokenized[own], until, spans.end - offset)
        last = np.minimum(last, self.begins[own + 1])
        some = first < last
        return first[some], last[some], spans.label[some]


def _begins(sizes: Integers) -> Integers:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])


def _painted(
    first: Integers, last: Integers, label: Integers, scheme: Scheme
) -> tuple[Integers, Integers, Integers]:
    """Return the stretches to paint, with a number for each label and one for where it begins."""
    if scheme == "IO":
        return first, last, 2 * label
    inside = first + 1 < last
    return (
        np.concatenate([first, first[inside] + 1]),
        np.concatenate([first + 1, last[inside]]),
        np.concatenate([2 * label + 1, 2 * label[inside]]),
    )


def _marks(low: Integers, high: Integers, label: Integers, labels: int) -> Integers:
    """Return the (run, label) pairs of labels that lie on half-open ranges of runs."""
    return distinct(ranges(low, high) * labels + np.repeat(label, high - low))


def _squares(first: Integers, last: Integers, begins: Integers) -> Integers:
    """Return the squared lengths of one annotator's units, summed by document.

    Where spans overlap, each piece between two borders is a unit.
    """
    edges = distinct(first, last)
    opened = np.bincount(np.searchsorted(edges, first), minlength=len(edges))
    closed = np.bincount(np.searchsorted(edges, last), minlength=len(edges))
    units = np.flatnonzero(np.cumsum(opened - closed))
    document = np.searchsorted(begins, edges[units], side="right") - 1
    length = edges[units + 1] - edges[units]
    squares = np.bincount(document, length**2, minlength=len(begins) - 1)
    return squares.astype(np.int64)


def label_sets(marks: Sequence[Integers], labels: int, size: int) -> tuple[Integers, int]:
    """Return annotators × runs with a number for each set of labels, and how many there are.

    One label is added to the sets at a time, and each new set gets the next number.
    """
    values = np.zeros((len(marks), size), dtype=np.int64)
    flat = values.ravel()
    where = np.concatenate(
        [own // labels + by * size for by, own in enumerate(marks)] or [values[0:0].ravel()]
    )
    label = np.concatenate([own % labels for own in marks] or [where])
    known = 1
    while len(where):
        fresh = np.ones(len(where), dtype=np.bool_)
        fresh[1:] = where[1:] != where[:-1]
        seen, number = np.unique(flat[where[fresh]] * labels + label[fresh], return_inverse=True)
        flat[where[fresh]] = known + number
        known += len(seen)
        where, label = where[~fresh], label[~fresh]
    return values, known


# ---- measures ----------------------------------------------------------------------------------


def pair_table(corpus: Corpus, a: int, b: int, scheme: Scheme = "IO") -> Floats:
    """Return the table of two annotators' token values, for Cohen's kappa."""
    found = runs(corpus, scheme)
    return table_of(found.values[a], found.values[b], found.size, found.tokens)


def token_matches(corpus: Corpus, found: Runs, a: int, b: int) -> tuple[float, float, float]:
    """Return the (token, label) pairs that two annotators share and that each of them has, in the
    documents that both worked on."""
    labels = max(1, 2 * len(corpus.labels))
    both = (found.values[a] >= 0) & (found.values[b] >= 0)
    tokens = np.where(both, found.tokens, 0)
    shared = np.intersect1d(found.marks[a], found.marks[b], assume_unique=True)
    one, other, same = (
        float(tokens[marks // labels].sum()) for marks in (found.marks[a], found.marks[b], shared)
    )
    return same, one, other


def token_counts(corpus: Corpus, *annotators: int) -> Floats:
    """Return for each shared document how many tokens agree, how many there are of each value, and
    the squared lengths of units.

    A token counts once for each annotator who worked on it. Agreement counts for each annotator the
    share of the others who have the same value.
    """
    documents, chosen = corpus.shared(annotators), list(annotators)
    found = corpus.derived(runs)
    kept = np.flatnonzero(np.isin(found.document, documents))
    row = np.searchsorted(documents, found.document[kept])
    values, tokens = found.values[chosen][:, kept], found.tokens[kept]
    worked = corpus.worked[documents][:, chosen]
    agreeing = np.zeros(len(kept), dtype=np.int64)
    for one, other in combinations(values, 2):
        agreeing += (one == other) & (one >= 0)
    agreed = 2 * tokens * agreeing / (worked.sum(axis=1)[row] - 1)
    often = np.zeros(len(documents) * found.size)
    for own in values:
        seen = own >= 0
        often += np.bincount((row * found.size + own)[seen], tokens[seen], minlength=len(often))
    squares = (found.squares[chosen][:, documents].T * worked).sum(axis=1)
    return np.column_stack(
        [
            np.bincount(row, agreed, minlength=len(documents)),
            squares,
            often.reshape(len(documents), found.size),
        ]
    )


class TokenAlpha:
    """Krippendorff's alpha over tokens; those without a label count as well."""

    name: ClassVar[str] = "token_alpha"
    title: ClassVar[str] = "Token-level alpha, unlabeled tokens count"
    pairwise: ClassVar[bool] = False
    undefined: ClassVar[str] = NO_VARIATION

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document what agrees, the units and how often a value occurs."""
        return corpus.derived(token_counts, *annotators)

    def value(self, pooled: Floats) -> Floats:
        """Return alpha of pooled counts (Krippendorff 2011, nominal)."""
        agreed, often = pooled[..., 0], pooled[..., 2:]
        return _alpha(agreed, often, often.sum(axis=-1))


class UnitizingAlpha(TokenAlpha):
    """Krippendorff's newer alpha for units, so that abutting spans are told apart.

    The continuum is that of all tokens. Where spans of one annotator overlap, each piece is a unit
    whose value is the set of labels on it.
    """

    name = "u_alpha"
    title = "Unitizing alpha, boundaries count"

    def value(self, pooled: Floats) -> Floats:
        """Return alpha of pooled counts (Krippendorff 2019, eq. 34): a token of a unit meets any
        but those of the unit, a token of a gap any but itself."""
        agreed, squares, often = pooled[..., 0], pooled[..., 1], pooled[..., 2:]
        return _alpha(agreed, often, squares + often[..., 0])


def _alpha(agreed: Floats, often: Floats, itself: Floats) -> Floats:
    """Return 1 - observed / expected disagreement, given how many pairs are of one thing with
    itself and can meet by no chance."""
    total = often.sum(axis=-1)
    unlike = total**2 - (often**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 1 - (1 - agreed / total) * (total**2 - itself) / unlike
    return np.where(unlike > 0, value, np.nan)
