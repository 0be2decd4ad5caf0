"""Charts as plain SVG: only numbers become places here, the look is in the style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 640, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 16, 10, 24
_GAP = 0.28
"""Share of a column's place that stays empty."""
_LABELS = 9
"""Words below the columns that fit side by side."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its words, its number, and where it stands."""

    words: str
    value: float
    x: float
    y: float
    width: float
    height: float
    told: bool
    """Whether its words fit below it."""
    counters: tuple[str, ...] = ()
    """The counters that its number is the sum of, see `labeler.counters`."""

    @property
    def middle(self) -> float:
        """Return where its words stand."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart with its number."""

    value: float
    y: float


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of columns, with what says the same in words and numbers."""

    name: str
    summary: str
    columns: list[Column]
    ticks: list[Tick]
    base: float = HEIGHT - _BOTTOM
    left: float = _LEFT
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def total(self) -> float:
        """Return the sum of all columns."""
        return sum(column.value for column in self.columns)


def columns(
    name: str,
    summary: str,
    values: Sequence[tuple[str, float]],
    counters: Sequence[tuple[str, ...]] = (),
) -> Columns:
    """Return a chart of these values by their words; `summary` says in a sentence what it shows.

    `counters` has for each value the counters that it is the sum of.
    """
    top, step = _scale(max((value for _, value in values), default=0))
    room = HEIGHT - _TOP - _BOTTOM
    place = (WIDTH - _LEFT - _RIGHT) / max(len(values), 1)
    every = ceil(len(values) / _LABELS)
    drawn = [
        Column(
            words,
            value,
            round(_LEFT + place * (number + _GAP / 2), 1),
            round(HEIGHT - _BOTTOM - room * value / top, 1),
            round(place * (1 - _GAP), 1),
            round(room * value / top, 1),
            (len(values) - 1 - number) % every == 0,
            counters[number] if counters else (),
        )
        for number, (words, value) in enumerate(values)
    ]
    ticks = [
        Tick(step * number, round(HEIGHT - _BOTTOM - room * step * number / top, 1))
        for number in range(1, round(top / step) + 1)
    ]
    return Columns(name, summary, drawn, ticks)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a curve: its numbers, and where it stands."""

    amount: float
    value: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares, 0 to 1, by an amount, with what says the same in words."""

    name: str
    summary: str
    points: list[Point]
    ticks: list[Tick]
    marks: list[Point]
    """Places on the base line, with the amounts that stand below them."""
    base: float = HEIGHT - _BOTTOM
    left: float = _LEFT
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def line(self) -> str:
        """Return the points as SVG has them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def curve(name: str, summary: str, values: Sequence[tuple[float, float]]) -> Curve:
    """Return a curve through pairs of an amount and a share, in the order of the amounts."""
    room, place = HEIGHT - _TOP - _BOTTOM, WIDTH - _LEFT - _RIGHT
    top, step = _scale(max((amount for amount, _ in values), default=0))

    def point(amount: float, share: float) -> Point:
        x = round(_LEFT + place * amount / top, 1)
        return Point(amount, share, x, round(HEIGHT - _BOTTOM - room * share, 1))

    quarters = [number / 4 for number in range(1, 5)]
    ticks = [Tick(share, point(0, share).y) for share in quarters]
    marks = [point(step * number, 0) for number in range(round(top / step) + 1)]
    return Curve(name, summary, [point(*value) for value in sorted(values)], ticks, marks)


def _scale(most: float) -> tuple[float, float]:
    """Return the top of the scale and the step of its lines: 1, 2 or 5 times a power of ten."""
    if most <= 0:
        return 1, 1
    rough = max(most / 3, 1)
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return ceil(most / step) * step, step
