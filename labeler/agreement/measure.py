"""What a measure is, and its values with their intervals over a corpus."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
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
            pairs = combinations(group, 2)
            return mean([self.found[measure.name, pair] for pair in pairs])
        return self.found[measure.name, tuple(group)]

    def score(self, measure: Measure, group: Sequence[int]) -> Score:
        """Return the value of a measure with its interval, or why it has none."""
        documents = len(self.corpus.shared(group))
        if not documents:
            return Score(None, reason=NO_OVERLAP)
        return score(self.of(measure, group), documents, measure.undefined)


def values(
    corpus: Corpus,
    measures: Sequence[Measure],
    bootstraps: int,
    seed: int,
    groups: Sequence[tuple[int, ...]] | None = None,
) -> Values:
    """Compute measures for groups of annotators, by default each pair and all of them together."""
    everybody = tuple(range(len(corpus.annotators)))
    if groups is None:
        groups = list(dict.fromkeys([*corpus.pairs(), everybody]))
    tables = [_side_by_side(corpus, measures, group) for group in groups]
    rows = [
        (corpus.shared(group), joined) for group, (joined, _) in zip(groups, tables, strict=True)
    ]
    pooled = pool(rows, corpus.shared(everybody), bootstraps, seed)
    return Values(
        corpus,
        {
            (measure.name, group): measure.value(sums[:, places[measure.name]])
            for group, (_, places), sums in zip(groups, tables, pooled, strict=True)
            for measure in measures
            if measure.name in places
        },
    )


def _side_by_side(
    corpus: Corpus, measures: Sequence[Measure], group: Sequence[int]
) -> tuple[Floats, dict[str, slice]]:
    """Return the tables of all measures that fit a group as one, and the columns of each measure.

    A table that several measures share is there once.
    """
    tables = [np.zeros((len(corpus.shared(group)), 0))]
    places: dict[str, slice] = {}
    columns: dict[int, slice] = {}
    for measure in measures:
        if len(group) == 2 or not measure.pairwise:
            table = measure.tabulate(corpus, group)
            if id(table) not in columns:
                begin = sum(other.shape[1] for other in tables)
                columns[id(table)] = slice(begin, begin + table.shape[1])
                tables.append(table)
            places[measure.name] = columns[id(table)]
    return np.hstack(tables), places
