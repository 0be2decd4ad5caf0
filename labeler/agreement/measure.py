"""What a measure is, and its values with their intervals over a corpus."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from labeler.agreement.coding import NO_OVERLAP, Floats
from labeler.agreement.corpus import Corpus
from labeler.agreement.resampling import Score, mean, pool, score


class Measure(Protocol):
    """A coefficient made of counts that add up over documents, so that they can be resampled.

    One that is `pairwise` is computed for two annotators and averaged over pairs; any other takes
    as many as there are. `undefined` is the reason when documents are shared and there is no value.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    pairwise: ClassVar[bool]
    undefined: ClassVar[str]

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return counts, a row for each of `corpus.shared(annotators)`."""

    def value(self, pooled: Floats) -> Floats:
        """Return the value for each row of summed counts, not a number where it has none."""


@dataclass(frozen=True)
class Values:
    """Each measure's value and its resampled ones, by group of annotators."""

    corpus: Corpus
    found: dict[tuple[str, tuple[int, ...]], Floats]

    def of(self, measure: Measure, group: Sequence[int]) -> Floats:
        """Return (1 + bootstraps) values, or as many × labels; those of all pairs are averaged."""
        if measure.pairwise and len(group) != 2:
            pairs = [pair for pair in self.corpus.pairs() if set(pair) <= set(group)]
            return mean([self.found[measure.name, pair] for pair in pairs])
        return self.found[measure.name, tuple(group)]

    def score(self, measure: Measure, group: Sequence[int]) -> Score:
        """Return the value of a measure with its interval, or why it has none."""
        documents = len(self.corpus.shared(group))
        if not documents:
            return Score(None, reason=NO_OVERLAP)
        return score(self.of(measure, group), documents, measure.undefined)


def values(corpus: Corpus, measures: Sequence[Measure], bootstraps: int, seed: int) -> Values:
    """Compute measures for each pair of annotators, and for all of them together."""
    everybody = tuple(range(len(corpus.annotators)))
    groups = list(dict.fromkeys([*corpus.pairs(), everybody]))
    tables = [_tables(corpus, measures, group) for group in groups]
    joined = [
        (corpus.shared(group), np.hstack([np.zeros((len(corpus.shared(group)), 0)), *own.values()]))
        for group, own in zip(groups, tables, strict=True)
    ]
    found: dict[tuple[str, tuple[int, ...]], Floats] = {}
    pooled = pool(joined, corpus.shared(everybody), bootstraps, seed)
    for group, own, sums in zip(groups, tables, pooled, strict=True):
        column = 0
        for measure in measures:
            if measure.name in own:
                width = own[measure.name].shape[1]
                found[measure.name, group] = measure.value(sums[:, column : column + width])
                column += width
    return Values(corpus, found)


def _tables(corpus: Corpus, measures: Sequence[Measure], group: Sequence[int]) -> dict[str, Floats]:
    return {
        measure.name: measure.tabulate(corpus, group)
        for measure in measures
        if len(group) == 2 or not measure.pairwise
    }
