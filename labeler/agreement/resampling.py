"""How sure a number is: documents are resampled whole, and their counts pooled anew.

Tokens or spans of one document are not independent, so they are never resampled one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeler.agreement.coding import Floats
from labeler.agreement.matching import Integers

_CHUNK = 1_000_000
"""Weights held at a time."""


@dataclass(frozen=True, slots=True)
class Score:
    """A value with its 95 % interval; None has a reason."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, float | str | None]:
        """Return the value and its limits, and why there is none."""
        body: dict[str, float | str | None] = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
        }
        return body if self.reason is None else {**body, "reason": self.reason}


def pool(
    groups: Sequence[tuple[Integers, Floats]], documents: Integers, bootstraps: int, seed: int
) -> list[Floats]:
    """Return for each table its counts summed over documents, 1 + bootstraps × columns.

    A table comes with the document of each row. The first row of the result is the sum as it is,
    each other one that of as many of the `documents` drawn with replacement (Efron 1979); the same
    seed draws the same.
    """
    pooled = [np.empty((1 + bootstraps, counts.shape[1])) for _, counts in groups]
    places = [np.searchsorted(documents, rows) for rows, _ in groups]
    for (_, counts), sums in zip(groups, pooled, strict=True):
        sums[0] = counts.sum(axis=0)
    random = np.random.default_rng(seed)
    size = len(documents)
    step = max(1, _CHUNK // max(1, size))
    for begin in range(1, 1 + bootstraps, step):
        drawn = _draw(random, min(step, 1 + bootstraps - begin), size)
        for (_, counts), place, sums in zip(groups, places, pooled, strict=True):
            weights = drawn if len(place) == size else drawn[:, place]
            sums[begin : begin + len(drawn)] = weights @ counts
    return pooled


def _draw(random: np.random.Generator, times: int, size: int) -> Floats:
    """Return times × size: how often each of `size` documents is drawn, `size` draws a time."""
    if not size:
        return np.zeros((times, 0))
    drawn = random.integers(size, size=(times, size)) + np.arange(times)[:, None] * size
    return np.bincount(drawn.ravel(), minlength=times * size).reshape(times, size).astype(float)


def interval(values: Floats, level: float = 0.95) -> tuple[float, float] | None:
    """Return the percentile interval of resampled values, leaving out undefined ones."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def score(values: Floats, documents: int, undefined: str) -> Score:
    """Return the first value with the interval of the others.

    One document says nothing of how documents differ: then there is no interval.
    """
    if np.isnan(values[0]):
        return Score(None, reason=undefined)
    limits = interval(values[1:]) if documents > 1 else None
    low, high = limits or (None, None)
    return Score(float(values[0]), low, high)


def mean(values: Sequence[Floats]) -> Floats:
    """Return the mean over pairs, leaving out those that have no value."""
    columns = np.stack(values)
    known = ~np.isnan(columns)
    total = np.where(known, columns, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def documents_needed(documents: int, low: float, high: float, width: float) -> int:
    """Return how many shared documents an interval of that width would take, given the limits that
    this many give: the width falls with the square root of their number."""
    return int(np.ceil(documents * ((high - low) / width) ** 2))


WIDTHS = (0.01, 0.02, 0.03, 0.05, 0.1)
"""How sure of a value one may want to be: the value plus or minus this."""


def needed(found: Score, documents: int) -> dict[str, int | None]:
    """Return how many more shared documents would make a value so sure, 0 where it is; None where
    nobody can tell."""
    low, high = found.low, found.high
    if low is None or high is None:
        return dict.fromkeys(map(str, WIDTHS))
    return {
        str(width): max(0, documents_needed(documents, low, high, 2 * width) - documents)
        for width in WIDTHS
    }
