"""Gamma: how far the units of several annotators lie from their best alignment, against chance.

Mathet, Widlöcher and Métivier 2015, "The unified and holistic method gamma". The alignment is found
exactly, which is for small inputs: with three annotators or more the alignments explode in number.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise, product
from math import comb, prod

import numpy as np

from labeler.agreement.coding import NO_ANNOTATIONS, NO_OVERLAP, NO_VARIATION
from labeler.agreement.matching import assign
from labeler.errors import Invalid

MAX_TUPLES = 2_000_000
"""Alignments of one unit of each annotator that are tried at most."""
_SCALE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit of one annotator; units may overlap."""

    start: float
    end: float
    category: str


@dataclass(frozen=True, slots=True)
class Dissimilarity:
    """What two units differ by: `alpha` weighs their places, `beta` their categories, and `empty`
    is what a unit without a counterpart costs."""

    alpha: float = 1.0
    beta: float = 1.0
    empty: float = 1.0

    def of(self, one: Piece | None, other: Piece | None) -> float:
        """Return the combined dissimilarity (Mathet et al. 2015, section 4.2)."""
        if one is None or other is None:
            return self.empty
        category = 0.0 if one.category == other.category else self.empty
        return self.alpha * positional(one, other, self.empty) + self.beta * category

    def among(self, units: Sequence[Piece | None]) -> float:
        """Return the mean over all pairs of one unit, or none, of each annotator."""
        return sum(self.of(*pair) for pair in combinations(units, 2)) / comb(len(units), 2)


@dataclass(frozen=True, slots=True)
class Gamma:
    """1 - disorder / expected; value None has a reason."""

    value: float | None
    disorder: float | None = None
    expected: float | None = None
    reason: str | None = None


def positional(one: Piece, other: Piece, empty: float = 1.0) -> float:
    """Return the squared share by which two units' borders differ (section 4.2.1)."""
    apart = abs(one.start - other.start) + abs(one.end - other.end)
    return (apart / (one.end - one.start + other.end - other.start)) ** 2 * empty


def gamma(
    annotators: Sequence[Sequence[Piece]],
    how: Dissimilarity | None = None,
    *,
    samples: int = 200,
    seed: int = 0,
) -> Gamma:
    """Return gamma, its chance disorder the mean over random annotations like these ones."""
    how = how or Dissimilarity()
    if len(annotators) < 2:
        return Gamma(None, reason=NO_OVERLAP)
    if not any(annotators):
        return Gamma(None, reason=NO_ANNOTATIONS)
    found = disorder(annotators, how)
    random = np.random.default_rng(seed)
    habits = _Habits.of(annotators)
    expected = float(
        np.mean([disorder(habits.sample(random, len(annotators)), how) for _ in range(samples)])
    )
    if expected <= 0:
        return Gamma(None, found, expected, NO_VARIATION)
    return Gamma(1 - found / expected, found, expected)


# ---- the best alignment ------------------------------------------------------------------------


def disorder(annotators: Sequence[Sequence[Piece]], how: Dissimilarity) -> float:
    """Return the disorder of the best alignment (section 4.3): what its tuples cost, divided by the
    mean number of units of an annotator."""
    units = sum(map(len, annotators))
    if not units:
        return 0.0
    saved = (_saved_by_two if len(annotators) == 2 else _saved)(annotators, how)
    return (units * how.empty - saved) * len(annotators) / units


def _saved_by_two(annotators: Sequence[Sequence[Piece]], how: Dissimilarity) -> float:
    """Return how much aligning units saves over leaving each of them alone."""
    first, second = annotators
    weights = {
        (i, j): round((2 * how.empty - how.of(one, other)) * _SCALE)
        for i, one in enumerate(first)
        for j, other in enumerate(second)
    }
    weights = {pair: weight for pair, weight in weights.items() if weight > 0}
    return sum(weights[pair] for pair in assign(weights).items()) / _SCALE


def _saved(annotators: Sequence[Sequence[Piece]], how: Dissimilarity) -> float:
    """Return the same for any number of annotators, trying all tuples that save anything."""
    if prod(len(units) + 1 for units in annotators) > MAX_TUPLES:
        raise Invalid("Gamma is computed for small inputs only, and this one is too large.")
    by_unit: dict[tuple[int, int], list[tuple[frozenset[tuple[int, int]], float]]] = defaultdict(
        list
    )
    for members, saving in _tuples(annotators, how):
        by_unit[min(members)].append((members, saving))
    everything = sorted(
        {unit for own in by_unit.values() for members, _ in own for unit in members}
    )

    @cache
    def best(left: frozenset[tuple[int, int]]) -> float:
        if not left:
            return 0.0
        unit = min(left)
        rest = left - {unit}
        fitting = ((m, s) for m, s in by_unit[unit] if m <= left)
        return max([best(rest), *(s + best(left - m) for m, s in fitting)])

    return best(frozenset(everything))


def _tuples(
    annotators: Sequence[Sequence[Piece]], how: Dissimilarity
) -> Iterator[tuple[frozenset[tuple[int, int]], float]]:
    """Yield each tuple of two units or more that costs less than its units alone."""
    choices = [[None, *range(len(units))] for units in annotators]
    for picks in product(*choices):
        members = frozenset((who, at) for who, at in enumerate(picks) if at is not None)
        if len(members) > 1:
            chosen = [None if at is None else annotators[who][at] for who, at in enumerate(picks)]
            saving = len(members) * how.empty - how.among(chosen)
            if saving > 0:
                yield members, saving


# ---- chance ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Habits:
    """How annotators cut: mean and standard deviation of units, gaps and lengths, and how often
    each category is used."""

    units: tuple[float, float]
    gap: tuple[float, float]
    length: tuple[float, float]
    categories: list[str]

    @classmethod
    def of(cls, annotators: Sequence[Sequence[Piece]]) -> "_Habits":
        ordered = [sorted(units, key=lambda u: (u.start, u.end)) for units in annotators]
        gaps = [units[0].start for units in ordered if units and units[0].start > 0]
        gaps += [b.start - a.end for units in ordered for a, b in pairwise(units)]
        flat = [unit for units in ordered for unit in units]
        return cls(
            _spread([len(units) for units in ordered]),
            _spread(gaps or [0.0]),
            _spread([unit.end - unit.start for unit in flat]),
            [unit.category for unit in flat],
        )

    def sample(self, random: np.random.Generator, annotators: int) -> list[list[Piece]]:
        """Return random units with the same habits, category and place independent."""
        return [self._one(random) for _ in range(annotators)]

    def _one(self, random: np.random.Generator) -> list[Piece]:
        units, place = [], 0.0
        for _ in range(max(1, int(random.normal(*self.units)))):
            start = place + random.normal(*self.gap)
            place = start + max(abs(random.normal(*self.length)), 1e-9)
            units.append(
                Piece(start, place, self.categories[random.integers(len(self.categories))])
            )
        return units


def _spread(values: Sequence[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values))
