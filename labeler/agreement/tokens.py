"""Agreement token by token: the value of a token is the set of labels on it.

Long spans weigh more here than short ones, spans of one label that touch melt into one, and tokens
without a label count. Instead of tokens, runs are compared: stretches on which nobody's labels
change, each weighing as many tokens as it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from labeler.agreement.coding import NO_VARIATION, Floats, table_of
from labeler.agreement.corpus import Corpus
from labeler.agreement.matching import Integers, Spans, ranges

Scheme = Literal["IO", "BIO"]


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs as columns, in the order of the documents.

    `tokens` counts the tokens of each; `values` is annotators × runs: a number for each set of
    labels below `size`, 0 for none, -1 where the annotator did not work. `marks[annotator]` lists
    the (run, label) pairs once each, as run * labels + label, sorted.
    """

    document: Integers
    tokens: Integers
    values: Integers
    size: int
    marks: tuple[Integers, ...]


def runs(corpus: Corpus, scheme: Scheme = "IO") -> Runs:
    """Return the runs of a corpus; with BIO the first token of a span has a value of its own."""
    line = _Line.of(corpus)
    painted = [_painted(*line.covered(spans), scheme) for spans in corpus.spans]
    borders = np.unique(np.concatenate([line.begins, *(row for own in painted for row in own[:2])]))
    document = np.searchsorted(line.begins, borders[:-1], side="right") - 1
    labels = max(1, 2 * len(corpus.labels))
    marks = tuple(
        _marks(np.searchsorted(borders, first), np.searchsorted(borders, last), label, labels)
        for first, last, label in painted
    )
    values, size = _label_sets(marks, labels, len(document))
    values[~corpus.worked.T[:, document]] = -1
    return Runs(document, np.diff(borders), values, size, marks)


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
        known = [tokens for tokens in corpus.tokens if tokens is not None]
        tokenized = np.array([tokens is not None for tokens in corpus.tokens], dtype=np.bool_)
        sizes = np.zeros(len(corpus.documents), dtype=np.int64)
        sizes[tokenized] = [len(tokens.starts) for tokens in known]
        offsets = corpus.offsets[:-1]
        shift = np.repeat(offsets, sizes)
        return cls(
            _begins(np.where(tokenized, sizes, corpus.lengths)),
            offsets,
            tokenized,
            _flat([tokens.starts for tokens in known]) + shift,
            _flat([tokens.ends for tokens in known]) + shift,
            _begins(sizes)[:-1],
        )

    def covered(self, spans: Spans) -> tuple[Integers, Integers, Integers]:
        """Return the first token of each span, the one after its last, and its label.

        A token that a span covers in part is covered; a span that covers none is left out.
        """
        own, offset, before = (
            spans.document,
            self.offsets[spans.document],
            self.before[spans.document],
        )
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


def _flat(columns: Sequence[Sequence[int]]) -> Integers:
    return np.fromiter(chain.from_iterable(columns), np.int64, sum(map(len, columns)))


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
    return np.unique(ranges(low, high) * labels + np.repeat(label, high - low))


def _label_sets(marks: Sequence[Integers], labels: int, size: int) -> tuple[Integers, int]:
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


class TokenAlpha:
    """Krippendorff's alpha over tokens; those without a label count as well."""

    name: ClassVar[str] = "token_alpha"
    title: ClassVar[str] = "Token-level alpha, unlabeled tokens count"
    pairwise: ClassVar[bool] = False
    undefined: ClassVar[str] = NO_VARIATION

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document how often values agree, and how often each occurs."""
        documents = corpus.shared(annotators)
        found = corpus.derived(runs)
        kept = np.flatnonzero(np.isin(found.document, documents))
        row = np.searchsorted(documents, found.document[kept])
        values, tokens = found.values[list(annotators)][:, kept], found.tokens[kept]
        raters = corpus.worked[documents][:, list(annotators)].sum(axis=1)[row]
        agreeing = sum(
            (values[a] == values[b]) & (values[a] >= 0)
            for a, b in combinations(range(len(annotators)), 2)
        )
        agreed = np.bincount(row, 2 * tokens * agreeing / (raters - 1), minlength=len(documents))
        chosen = values >= 0
        cell = (row * found.size + values)[chosen]
        weight = np.broadcast_to(tokens, values.shape)[chosen]
        often = np.bincount(cell, weight, minlength=len(documents) * found.size)
        return np.column_stack([agreed, often.reshape(len(documents), found.size)])

    def value(self, pooled: Floats) -> Floats:
        """Return alpha of pooled counts (Krippendorff 2011, nominal)."""
        often = pooled[..., 1:]
        total = often.sum(axis=-1)
        chance = total**2 - (often**2).sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = 1 - (total - pooled[..., 0]) * (total - 1) / chance
        return np.where(chance > 0, value, np.nan)
