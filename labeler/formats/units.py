"""UTF-16 units, in which browsers and Java count, against code points."""

from bisect import bisect_left
from itertools import accumulate


class Units:
    """Converts between code points and UTF-16 units in one text."""

    def __init__(self, text: str) -> None:
        self._wide = not text.isascii() and max(text) > "\uffff"
        if self._wide:
            widths = (1 + (character > "\uffff") for character in text)
            self._units = list(accumulate(widths, initial=0))

    def point(self, unit: int) -> int:
        """Return the code point at a unit; within a pair, its beginning."""
        if not self._wide or not 0 <= unit <= self._units[-1]:
            return unit
        place = bisect_left(self._units, unit)
        return place if self._units[place] == unit else place - 1

    def unit(self, point: int) -> int:
        """Return the unit at a code point."""
        return self._units[point] if self._wide else point
