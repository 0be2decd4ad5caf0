"""Agreement on fixed items: every rater puts each item into one category.

Items come as `counts`, an array items × categories that says how many raters chose what, or as a
`table`, categories × categories, with a row for what the first of two raters chose and a column for
the second. `weights` says how many items a row of counts stands for.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeler.errors import Invalid

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NO_OVERLAP = "no_overlap"
NO_ANNOTATIONS = "no_annotations"
NO_VARIATION = "no_variation"
REASONS = {
    NO_OVERLAP: "No shared documents",
    NO_ANNOTATIONS: "Nothing to compare",
    NO_VARIATION: "Only one label used",
}
"""Why a value is undefined, and how that is said to people."""

Z95 = 1.959963984540054
_ONE = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Agreement corrected for chance: `po` observed, `pe` expected; value None has a reason."""

    value: float | None
    po: float | None = None
    pe: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha: disagreement `observed` and `expected` over `pairable` values."""

    value: float | None
    observed: float | None = None
    expected: float | None = None
    pairable: float = 0
    reason: str | None = None


def categories(rows: Iterable[Iterable[Any]], declared: Iterable[Any] = ()) -> list[Any]:
    """Return the declared categories and then the others that occur, numbers by size."""
    known = list(declared)
    others = {value for row in rows for value in row if value is not None} - set(known)
    return known + sorted(others, key=_order)


def _order(value: Any) -> tuple[int, float, str]:
    try:
        return (0, float(value), "")
    except (TypeError, ValueError):
        return (1, 0.0, str(value))


def codes_of(rows: Sequence[Sequence[Any]], known: Sequence[Any]) -> Integers:
    """Return items × raters with the place of each value among the known ones, -1 for None."""
    place = {value: code for code, value in enumerate(known)} | {None: -1}
    raters = max((len(row) for row in rows), default=0)
    padded = [[place[value] for value in row] + [-1] * (raters - len(row)) for row in rows]
    return np.array(padded, dtype=np.int64).reshape(len(rows), raters)


def counts_of(codes: Integers, size: int) -> Floats:
    """Return items × categories from items × raters; -1 is not counted."""
    items, raters = codes.shape
    flat = np.arange(items).repeat(raters) * (size + 1) + codes.ravel() + 1
    counts = np.bincount(flat, minlength=items * (size + 1)).astype(float)
    return counts.reshape(items, size + 1)[:, 1:]


def table_of(first: Integers, second: Integers, size: int, weights: ArrayLike = 1.0) -> Floats:
    """Return the table of two raters' codes; an item that either did not rate (-1) is left out."""
    both = (first >= 0) & (second >= 0)
    cell = first[both] * size + second[both]
    share = np.broadcast_to(np.asarray(weights, dtype=float), first.shape)[both]
    table = np.bincount(cell, share, minlength=size * size).astype(float)
    return table.reshape(size, size)


def items_of(table: Floats) -> tuple[Floats, Floats]:
    """Return a table of two raters as counts with weights."""
    first, second = np.nonzero(table)
    one = np.eye(len(table))
    return one[first] + one[second], table[first, second]


# ---- raters who rate every item ----------------------------------------------------------------


def corrected(po: float, pe: float) -> Coefficient:
    """Return (po - pe) / (1 - pe), undefined where chance alone agrees on everything."""
    if pe >= _ONE:
        return Coefficient(None, po, pe, NO_VARIATION)
    return Coefficient((po - pe) / (1 - pe), po, pe)


def cohen_kappa(table: Floats) -> Coefficient:
    """Return kappa of two raters with margins of their own (Cohen 1960)."""
    total = table.sum()
    if not total:
        return Coefficient(None, reason=NO_OVERLAP)
    share = table / total
    return corrected(float(np.trace(share)), float(share.sum(axis=1) @ share.sum(axis=0)))


def cohen_kappa_error(table: Floats) -> float | None:
    """Return the standard error of Cohen's kappa (Fleiss, Cohen and Everitt 1969, eq. 13)."""
    kappa = cohen_kappa(table)
    if kappa.value is None or kappa.pe is None:
        return None
    total = table.sum()
    share = table / total
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    rest = 1 - kappa.value
    agreed = np.diag(share) @ (1 - (rows + columns) * rest) ** 2
    off = share - np.diag(np.diag(share))
    differed = rest**2 * (off * (columns[:, None] + rows[None, :]) ** 2).sum()
    bias = (kappa.value - kappa.pe * rest) ** 2
    return math.sqrt(max(0.0, agreed + differed - bias) / total) / (1 - kappa.pe)


def cohen_kappa_interval(table: Floats, z: float = Z95) -> tuple[float, float] | None:
    """Return kappa's interval from its standard error, 95 % by default."""
    kappa, error = cohen_kappa(table).value, cohen_kappa_error(table)
    if kappa is None or error is None:
        return None
    return kappa - z * error, kappa + z * error


# ---- any number of raters, some of whom may be missing -----------------------------------------


def observed_agreement(counts: Floats, weights: ArrayLike = 1.0) -> float | None:
    """Return the mean share of agreeing pairs of raters over items that two or more rated."""
    raters = counts.sum(axis=1)
    pairable = raters > 1
    share = np.broadcast_to(np.asarray(weights, dtype=float), raters.shape)[pairable]
    if not share.sum():
        return None
    counts, raters = counts[pairable], raters[pairable]
    agreeing = (counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))
    return float(agreeing @ share / share.sum())


def prevalence(counts: Floats, weights: ArrayLike = 1.0) -> Floats:
    """Return the mean share of each category over the items that anybody rated."""
    raters = counts.sum(axis=1)
    rated = raters > 0
    share = np.broadcast_to(np.asarray(weights, dtype=float), raters.shape)[rated]
    means: Floats = share @ (counts[rated] / raters[rated, None]) / share.sum()
    return means


def fleiss_kappa(counts: Floats, weights: ArrayLike = 1.0) -> Coefficient:
    """Return kappa with pooled margins: Scott's pi for two raters, else Fleiss 1971.

    Items rated by fewer raters count as Gwet 2014 (section 2.5) has it: agreement over items with
    two ratings or more, prevalence over all items.
    """
    po = observed_agreement(counts, weights)
    if po is None:
        return Coefficient(None, reason=NO_OVERLAP)
    return corrected(po, float((prevalence(counts, weights) ** 2).sum()))


def fleiss_kappa_by_category(counts: Floats, weights: ArrayLike = 1.0) -> list[float | None]:
    """Return kappa of each category against all others (Fleiss 1971, eq. 13 to 15)."""
    raters = counts.sum(axis=1)
    pairable = raters > 1
    if not pairable.any():
        return [None] * counts.shape[1]
    share = np.broadcast_to(np.asarray(weights, dtype=float), raters.shape)[pairable]
    chosen, rated = counts[pairable], raters[pairable, None]
    pairs = share @ (chosen * (chosen - 1) / (rated - 1))
    total = share @ chosen
    chance = prevalence(counts, weights)
    return [
        float((agree / n - p) / (1 - p)) if n and p < _ONE else None
        for agree, n, p in zip(pairs, total, chance, strict=True)
    ]


def gwet_ac1(counts: Floats, weights: ArrayLike = 1.0) -> Coefficient:
    """Return AC1 (Gwet 2008, eq. 5 and 14); each column of counts is a category on offer."""
    po = observed_agreement(counts, weights)
    if po is None:
        return Coefficient(None, reason=NO_OVERLAP)
    size = counts.shape[1]
    if size < 2:
        return Coefficient(None, po, 1.0, NO_VARIATION)
    share = prevalence(counts, weights)
    return corrected(po, float((share * (1 - share)).sum() / (size - 1)))


# ---- Krippendorff's alpha ----------------------------------------------------------------------


def krippendorff_alpha(
    counts: Floats,
    weights: ArrayLike = 1.0,
    *,
    metric: str = "nominal",
    values: Sequence[Any] | None = None,
) -> Alpha:
    """Return alpha for any number of raters and missing values (Krippendorff 2011).

    `values` are the numbers behind the categories, for the interval and ratio metrics; their order
    is that of the columns.
    """
    together = coincidences(counts, weights)
    margins = together.sum(axis=1)
    total = float(margins.sum())
    if not total:
        return Alpha(None, reason=NO_OVERLAP)
    distance = squared_difference(metric, margins, values)
    observed = float((together * distance).sum() / total)
    chance = float(margins @ distance @ margins)
    if chance <= 0:
        return Alpha(None, observed, 0.0, total, NO_VARIATION)
    expected = chance / (total * (total - 1))
    return Alpha(1 - observed / expected, observed, expected, total)


def coincidences(counts: Floats, weights: ArrayLike = 1.0) -> Floats:
    """Return categories × categories: how often two values met in an item, each item counted as
    many times as it has values (Krippendorff 2011, step 2)."""
    raters = counts.sum(axis=1)
    pairable = raters > 1
    share = np.broadcast_to(np.asarray(weights, dtype=float), raters.shape)[pairable]
    counts, share = counts[pairable], share / (raters[pairable] - 1)
    together: Floats = (counts * share[:, None]).T @ counts - np.diag(share @ counts)
    return together


def squared_difference(metric: str, margins: Floats, values: Sequence[Any] | None) -> Floats:
    """Return the squared difference of each two categories (Krippendorff 2011, metrics)."""
    if metric == "nominal":
        return 1 - np.eye(len(margins))
    if metric == "ordinal":
        rank = np.cumsum(margins) - margins / 2
        return np.asarray((rank[:, None] - rank[None, :]) ** 2)
    if metric not in ("interval", "ratio"):
        raise Invalid(f"Alpha has no metric {metric!r}.")
    if values is None:
        raise Invalid(f"The {metric} metric needs the numbers that were given.")
    number = np.array([float(value) for value in values])
    apart = (number[:, None] - number[None, :]) ** 2
    if metric == "interval":
        return np.asarray(apart)
    both = (number[:, None] + number[None, :]) ** 2
    return np.divide(apart, both, out=np.zeros_like(apart), where=both > 0)
