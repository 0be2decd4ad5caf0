"""Which span of one annotator stands for which span of another: one-to-one, the same whoever comes
first and in whatever order the spans were stored.

The best matching has the most identical pairs, then the most with the same bounds, then the most
with the same label that overlap, then the most others that overlap, then the most overlap.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

KINDS = ("identical", "label", "boundary", "both")
"""What differs between two matched spans, by the number that `Matching.kind` holds."""
IDENTICAL, LABEL, BOUNDARY, BOTH = range(4)


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of spans as columns, sorted by place and then by label.

    The documents lie end to end on one line without touching, and `start` and `end` are places on
    it. `extent` numbers the places (start, end), `identity` the places with their label; both rise
    and mean the same in every column of one corpus.
    """

    document: Integers
    start: Integers
    end: Integers
    label: Integers
    extent: Integers
    identity: Integers

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, rows: Integers | slice) -> "Spans":
        return Spans(
            self.document[rows],
            self.start[rows],
            self.end[rows],
            self.label[rows],
            self.extent[rows],
            self.identity[rows],
        )


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs of rows, one of the first spans and one of the second, and what differs in each."""

    first: Integers
    second: Integers
    kind: Integers


@dataclass(frozen=True, slots=True)
class _Edges:
    """Pairs of overlapping spans that are not identical, sorted by row."""

    first: Integers
    second: Integers
    kind: Integers
    overlap: Integers

    def __getitem__(self, rows: Integers) -> "_Edges":
        return _Edges(self.first[rows], self.second[rows], self.kind[rows], self.overlap[rows])


def match(first: Spans, second: Spans) -> Matching:
    """Return the best one-to-one matching of two sets of spans, sorted by row of the first.

    Spans form a set, so each has at most one identical one, and taking all of those is no greed.
    What is left is solved exactly in each cluster of spans that overlap one another.
    """
    same = common(first.identity, second.identity)
    rest = np.delete(np.arange(len(first)), same[0]), np.delete(np.arange(len(second)), same[1])
    edges = _overlapping(first, second, *rest)
    chosen = _best(first, second, edges)
    rows = np.concatenate([same[0], edges.first[chosen]])
    order = np.argsort(rows)
    others = np.concatenate([same[1], edges.second[chosen]])
    kinds = np.concatenate([np.zeros(len(same[0]), dtype=np.int64), edges.kind[chosen]])
    return Matching(rows[order], others[order], kinds[order])


def common(first: Integers, second: Integers) -> tuple[Integers, Integers]:
    """Return the rows at which two sorted columns without repeats hold the same value."""
    if not len(second):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    place = np.searchsorted(second, first)
    place[place == len(second)] = 0
    found = np.flatnonzero(second[place] == first)
    return found, place[found]


def _overlapping(first: Spans, second: Spans, rows: Integers, others: Integers) -> _Edges:
    """Return the pairs of these rows that overlap.

    Ends are not sorted where spans nest, but the furthest end so far is: it bounds the search.
    """
    one, two = first[rows], second[others]
    furthest = np.maximum.accumulate(two.end)
    low = np.searchsorted(furthest, one.start, side="right")
    high = np.maximum(low, np.searchsorted(two.start, one.end, side="left"))
    left = np.repeat(np.arange(len(one)), high - low)
    right = ranges(low, high)
    overlap = np.minimum(one.end[left], two.end[right]) - np.maximum(
        one.start[left], two.start[right]
    )
    meets = overlap > 0
    left, right = left[meets], right[meets]
    same_label = one.label[left] == two.label[right]
    kind = np.where(same_label, BOUNDARY, BOTH)
    kind[one.extent[left] == two.extent[right]] = LABEL
    return _Edges(rows[left], others[right], kind, overlap[meets])


def ranges(low: Integers, high: Integers) -> Integers:
    """Return the numbers of each half-open range, one range after the other."""
    sizes = high - low
    begin = np.cumsum(sizes) - sizes
    return np.arange(sizes.sum()) - np.repeat(begin - low, sizes)


def distinct(*columns: Integers) -> Integers:
    """Return the values that occur, sorted; sorting beats hashing at these sizes."""
    ordered = np.sort(np.concatenate(columns))
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


def _best(first: Spans, second: Spans, edges: _Edges) -> Integers:
    """Return the rows of the edges that the best matching has."""
    alone = (np.bincount(edges.first, minlength=1)[edges.first] == 1) & (
        np.bincount(edges.second, minlength=1)[edges.second] == 1
    )
    chosen = [np.flatnonzero(alone)]
    rest = np.flatnonzero(~alone)
    cluster = _clusters(first, second, edges)[rest]
    borders = np.flatnonzero(np.diff(cluster)) + 1
    for rows in np.split(rest, borders) if len(rest) else []:
        chosen.append(rows[_solve(first, second, edges[rows])])
    return np.concatenate(chosen)


def _clusters(first: Spans, second: Spans, edges: _Edges) -> Integers:
    """Return for each edge a number that edges of touching spans share; it rises with the row."""
    start = np.minimum(first.start[edges.first], second.start[edges.second])
    end = np.maximum(first.end[edges.first], second.end[edges.second])
    order = np.argsort(start, kind="stable")
    reach = np.maximum.accumulate(end[order])
    fresh = np.concatenate([[False], start[order][1:] >= reach[:-1]])[: len(order)]
    cluster = np.empty(len(order), dtype=np.int64)
    cluster[order] = np.cumsum(fresh)
    return cluster


def _solve(first: Spans, second: Spans, edges: _Edges) -> list[int]:
    """Return the edges of one cluster that the best matching has.

    Whose span comes first on the line goes left, so that equally good matchings do not depend on
    who is called first.
    """
    left, right = edges.first.tolist(), edges.second.tolist()
    if first.identity[left].min() > second.identity[right].min():
        left, right = right, left
    gain = _gains(edges)
    rows = {pair: row for row, pair in enumerate(zip(left, right, strict=True))}
    weights = {pair: gain[rows[pair]] for pair in sorted(rows)}
    return [rows[pair] for pair in assign(weights).items()]


def _gains(edges: _Edges) -> list[int]:
    """Return a weight for each edge: one of a better kind outweighs all of the worse kinds."""
    overlap = edges.overlap.tolist()
    more = 1 + sum(overlap)
    most = 1 + len(overlap)
    worth = {BOTH: more, BOUNDARY: more * most, LABEL: more * most**2}
    return [worth[kind] + size for kind, size in zip(edges.kind.tolist(), overlap, strict=True)]


def assign(weights: dict[tuple[int, int], int]) -> dict[int, int]:
    """Return the one-to-one pairs (left, right) of the greatest total weight.

    Weights are positive. Successive augmenting paths of the greatest gain (Edmonds and Karp 1972).
    """
    right_of: dict[int, int] = {}
    left_of: dict[int, int] = {}
    edges: dict[int, dict[int, int]] = {}
    for (left, right), weight in weights.items():
        edges.setdefault(left, {})[right] = weight
    while True:
        gain, via = _reach(edges, right_of, left_of)
        free = [right for right in gain if right not in left_of]
        best = max(free, key=gain.__getitem__, default=None)
        if best is None or gain[best] <= 0:
            return right_of
        step: int | None = best
        while step is not None:
            left = via[step]
            before = right_of.get(left)
            right_of[left], left_of[step] = step, left
            step = before


def _reach(
    edges: dict[int, dict[int, int]], right_of: dict[int, int], left_of: dict[int, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return what each right node gains when a path from a free left node ends there, and the left
    node before it."""
    gain: dict[int, int] = {}
    via: dict[int, int] = {}
    total = {left: 0 for left in edges if left not in right_of}
    queue = deque(total)
    while queue:
        left = queue.popleft()
        for right, weight in edges[left].items():
            if right_of.get(left) == right or total[left] + weight <= gain.get(right, -1 << 200):
                continue
            gain[right], via[right] = total[left] + weight, left
            holder = left_of.get(right)
            if holder is not None:
                total[holder] = gain[right] - edges[holder][right]
                queue.append(holder)
    return gain, via
