"""Agreement on how a continuum is cut into units, and on what the units are.

Offsets are half-open `[start, end)`; what lies between the units of a rater is a gap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from labeler.agreement.coding import NO_ANNOTATIONS, NO_OVERLAP, NO_VARIATION
from labeler.errors import Invalid


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the continuum; `value` None is a gap."""

    start: int
    end: int
    value: str | None

    @property
    def length(self) -> int:
        """Return how long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Unitizing:
    """An alpha with its disagreements, as a whole and by category; value None has a reason."""

    value: float | None
    observed: float | None = None
    expected: float | None = None
    by_category: Mapping[str, "Unitizing"] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class UAlpha:
    """The newer family: `value` for units and their values together, `binary` for units against
    gaps, `cu` for the values where units meet."""

    value: float | None
    binary: float | None = None
    cu: float | None = None
    reason: str | None = None


def cut(units: Iterable[Unit], begin: int, length: int) -> list[Unit]:
    """Return the units in order with the gaps between them; raises Invalid when two overlap."""
    pieces, place, end = [], begin, begin + length
    for unit in sorted(units, key=lambda unit: (unit.start, unit.end)):
        if unit.start < place or unit.end > end:
            raise Invalid("The units of a rater may not overlap or leave the continuum.")
        if unit.start > place:
            pieces.append(Unit(place, unit.start, None))
        pieces.append(unit)
        place = unit.end
    if place < end:
        pieces.append(Unit(place, end, None))
    return pieces


# ---- alpha_U, 2004 -----------------------------------------------------------------------------


def alpha_u(raters: Sequence[Sequence[Unit]], begin: int, length: int) -> Unitizing:
    """Return alpha_U (Krippendorff 2004, chapter 11.6), one list of units for each rater.

    It is meant for two raters; with more, `u_alpha` has replaced it.
    """
    if len(raters) < 2:
        return Unitizing(None, reason=NO_OVERLAP)
    values = sorted({unit.value for units in raters for unit in units if unit.value is not None})
    parts = {value: _alpha_u_of(value, raters, begin, length) for value in values}
    observed = sum(part.observed or 0 for part in parts.values())
    expected = sum(part.expected or 0 for part in parts.values())
    if expected <= 0:
        reason = NO_VARIATION if values else NO_ANNOTATIONS
        return Unitizing(None, observed, expected, parts, reason)
    return Unitizing(1 - observed / expected, observed, expected, parts)


def _alpha_u_of(value: str, raters: Sequence[Sequence[Unit]], begin: int, length: int) -> Unitizing:
    pieces = [cut((u for u in units if u.value == value), begin, length) for units in raters]
    observed = _observed_2004(pieces, length)
    expected = _expected_2004(pieces, length)
    if expected <= 0:
        return Unitizing(None, observed, expected, reason=NO_VARIATION)
    return Unitizing(1 - observed / expected, observed, expected)


def _observed_2004(pieces: Sequence[Sequence[Unit]], length: int) -> float:
    raters = len(pieces)
    total = sum(
        _difference_2004(one, other)
        for first, second in permutations(pieces, 2)
        for one in first
        for other in second
    )
    return total / (raters * (raters - 1) * length**2)


def _difference_2004(one: Unit, other: Unit) -> int:
    """Return the squared difference of two pieces: of their borders when both are units and
    meet, of the whole length when a unit lies in a gap."""
    if one.value is not None and other.value is not None:
        if one.start < other.end and other.start < one.end:
            return (one.start - other.start) ** 2 + (one.end - other.end) ** 2
        return 0
    if one.value is not None and other.start <= one.start and one.end <= other.end:
        return one.length**2
    if other.value is not None and one.start <= other.start and other.end <= one.end:
        return other.length**2
    return 0


def _expected_2004(pieces: Sequence[Sequence[Unit]], length: int) -> float:
    units = [piece.length for rater in pieces for piece in rater if piece.value is not None]
    gaps = [piece.length for rater in pieces for piece in rater if piece.value is None]
    total = 0.0
    for own in units:
        overlapping = (len(units) - 1) / 3 * (2 * own**3 - 3 * own**2 + own)
        within = own**2 * sum(gap - own + 1 for gap in gaps if gap >= own)
        total += overlapping + within
    line = len(pieces) * length
    places = line * (line - 1) - sum(own * (own - 1) for own in units)
    return 2 / length * total / places if places > 0 else 0.0


# ---- the u-alpha family, 2016 ------------------------------------------------------------------


def u_alpha(raters: Sequence[Sequence[Unit]], begin: int, length: int) -> UAlpha:
    """Return the family of Krippendorff et al. 2016 (Krippendorff 2019, eq. 32 to 37).

    Values are compared by the length on which two raters' pieces meet; by chance any two stretches
    may meet but those of one unit. A gap is not a unit: each of its positions stands alone.
    """
    if len(raters) < 2 or length <= 0:
        return UAlpha(None, reason=NO_OVERLAP)
    meetings = _meetings([cut(units, begin, length) for units in raters])
    kinds = [(_kind(one), _kind(other), one, meet) for one, other, meet in meetings]
    inner = [
        (one.value, other.value, one, meet)
        for one, other, meet in meetings
        if one.value is not None and other.value is not None
    ]
    value = _from_lengths([(one.value, other.value, one, meet) for one, other, meet in meetings])
    reason = None if value is not None else NO_VARIATION if inner else NO_ANNOTATIONS
    return UAlpha(value, _from_lengths(kinds), _from_lengths(inner), reason)


def _kind(piece: Unit) -> str | None:
    return None if piece.value is None else "unit"


def _meetings(pieces: Sequence[Sequence[Unit]]) -> list[tuple[Unit, Unit, float]]:
    """Return each two pieces of different raters that meet, and on what length; a length is
    divided by the number of other raters, so that each position counts once for each rater."""
    found = []
    for first, second in permutations(range(len(pieces)), 2):
        start = 0
        for one in pieces[first]:
            while start < len(pieces[second]) and pieces[second][start].end <= one.start:
                start += 1
            for other in pieces[second][start:]:
                meet = min(one.end, other.end) - max(one.start, other.start)
                if meet <= 0:
                    break
                found.append((one, other, meet / (len(pieces) - 1)))
    return found


def _from_lengths(meetings: Sequence[tuple[str | None, str | None, Unit, float]]) -> float | None:
    lengths: dict[str | None, float] = {}
    units: dict[tuple[int, str | None], float] = {}
    agreed = 0.0
    for value, other, unit, meet in meetings:
        lengths[value] = lengths.get(value, 0.0) + meet
        agreed += meet if value == other else 0.0
        if unit.value is not None:
            units[id(unit), value] = units.get((id(unit), value), 0.0) + meet
    itself = dict.fromkeys(lengths, 0.0)
    for (_, value), covered in units.items():
        itself[value] += covered**2
    if None in lengths:
        itself[None] = lengths[None]
    total, own = sum(lengths.values()), sum(itself.values())
    same = sum(lengths[value] ** 2 - itself[value] for value in lengths)
    if total**2 - own <= 0 or same >= total**2 - own - 1e-9:
        return None
    return 1 - (1 - agreed / total) / (1 - same / (total**2 - own))
