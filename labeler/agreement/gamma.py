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
    """1 - disorder / expected, and the same for categories alone; value None has a reason."""

    value: float | None
    disorder: float | None = None
    expected: float | None = None
    categories: float | None = None
    reason: str | None = None


Units = tuple[Piece | None, ...]
"""An alignment's tuple: one unit, or none, of each annotator."""


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
    best = align(annotators, how)
    random, habits = np.random.default_rng(seed), _Habits.of(annotators)
    drawn = [align(habits.sample(random, len(annotators)), how) for _ in range(samples)]
    found, expected = disorder(best, how), float(np.mean([disorder(one, how) for one in drawn]))
    confused = categorial(best, how)
    by_chance = float(np.mean([categorial(one, how) for one in drawn]))
    return Gamma(
        1 - found / expected if expected else None,
        found,
        expected,
        1 - confused / by_chance if by_chance else None,
        None if expected else NO_VARIATION,
    )


def disorder(alignment: Sequence[Units], how: Dissimilarity) -> float:
    """Return what the tuples of an alignment cost, divided by the mean number of units that an
    annotator has (section 4.3)."""
    units = sum(unit is not None for members in alignment for unit in members)
    if not units:
        return 0.0
    return sum(map(how.among, alignment)) * len(alignment[0]) / units


def categorial(alignment: Sequence[Units], how: Dissimilarity) -> float:
    """Return how much aligned units differ in category, each pair weighing the more the closer its
    places are (Mathet 2017, gamma-cat)."""
    total = weights = 0.0
    for members in alignment:
        real = [unit for unit in members if unit is not None]
        for one, other in combinations(real, 2):
            weight = max(0.0, 1 - positional(one, other, how.empty)) / (len(real) - 1)
            weights += weight
            total += weight * (0.0 if one.category == other.category else how.empty)
    return total / weights if weights else 0.0


# ---- the best alignment ------------------------------------------------------------------------


def align(annotators: Sequence[Sequence[Piece]], how: Dissimilarity) -> list[Units]:
    """Return the alignment of the least disorder: each unit is in one tuple, maybe alone."""
    chosen = (_pairs if len(annotators) == 2 else _tuples)(annotators, how)
    taken = {unit for members in chosen for unit in members}
    alone = [
        frozenset([(who, at)])
        for who, units in enumerate(annotators)
        for at in range(len(units))
        if (who, at) not in taken
    ]
    return [_units(annotators, members) for members in (*chosen, *alone)]


Members = frozenset[tuple[int, int]]
"""Units by annotator and place, at most one of each annotator."""


def _units(annotators: Sequence[Sequence[Piece]], members: Members) -> Units:
    place = dict(members)
    return tuple(
        units[place[who]] if who in place else None for who, units in enumerate(annotators)
    )


def _saving(annotators: Sequence[Sequence[Piece]], members: Members, how: Dissimilarity) -> float:
    """Return how much less units cost in one tuple than each of them alone."""
    return len(members) * how.empty - how.among(_units(annotators, members))


def _pairs(annotators: Sequence[Sequence[Piece]], how: Dissimilarity) -> list[Members]:
    """Return the pairs of the best alignment of two annotators."""
    first, second = annotators
    places = product(range(len(first)), range(len(second)))
    weights = {
        (i, j): round(_saving(annotators, frozenset([(0, i), (1, j)]), how) * _SCALE)
        for i, j in places
    }
    kept = {pair: weight for pair, weight in weights.items() if weight > 0}
    return [frozenset([(0, i), (1, j)]) for i, j in assign(kept).items()]


def _tuples(annotators: Sequence[Sequence[Piece]], how: Dissimilarity) -> list[Members]:
    """Return the tuples of two units or more of the best alignment, trying all that save."""
    if prod(len(units) + 1 for units in annotators) > MAX_TUPLES:
        raise Invalid("Gamma is computed for small inputs only, and this one is too large.")
    by_unit: dict[tuple[int, int], list[tuple[float, Members]]] = defaultdict(list)

    def leftmost(units: Members) -> tuple[int, int]:
        # Going from left to right, few units are open at a time, so few states are tried.
        return min(units, key=lambda unit: (annotators[unit[0]][unit[1]].start, unit))

    for members in _all_members(annotators):
        saving = _saving(annotators, members, how)
        if saving > 0:
            by_unit[leftmost(members)].append((saving, members))

    @cache
    def best(left: Members) -> tuple[float, tuple[Members, ...]]:
        if not left:
            return 0.0, ()
        unit = leftmost(left)
        options = [best(left - {unit})]
        for saving, members in by_unit[unit]:
            if members <= left:
                rest, others = best(left - members)
                options.append((saving + rest, (members, *others)))
        return max(options, key=lambda option: option[0])

    everything = {unit for own in by_unit.values() for _, members in own for unit in members}
    return list(best(frozenset(everything))[1])


def _all_members(annotators: Sequence[Sequence[Piece]]) -> Iterator[Members]:
    for picks in product(*([None, *range(len(units))] for units in annotators)):
        members = frozenset((who, at) for who, at in enumerate(picks) if at is not None)
        if len(members) > 1:
            yield members


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
