"""Where people let entities begin and end: whether “the”, a title or “Inc.” belongs to them.

Corpora differ in this, and a suggester that does not know a corpus errs the same way each time. So
the words just within and just outside the ends of what was labeled are counted, by label, and
proposals are widened or narrowed to what was done most of the time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from labeler.schema import Entity
from labeler.suggest import entity_suggestion
from labeler.suggest.reading import LONGEST, MAX_KEY, Counts, Key, LookUp, Reading

EDGE = "edge"
WITHIN, OUTSIDE = "within", "outside"
"""What became of a word at an edge of entities of a label."""
SURE = 0.6
"""Share of what became of a word from which an edge is moved: a single time is enough."""
_STEPS = 2
"""Words by which an edge is moved at most."""

Place = tuple[int, int]
"""Tokens `[first, last)`."""
Placed = tuple[Place, Entity]


class _Edge(NamedTuple):
    """A side of an entity, "<" or ">", with its last token there and the next one, -1 for none."""

    side: str
    end: int
    beside: int


def _edges(reading: Reading, place: Place) -> tuple[_Edge, _Edge]:
    first, last = place
    before, after = _beside(reading, first - 1, -1), _beside(reading, last, 1)
    return _Edge("<", first, before), _Edge(">", last - 1, after)


def _beside(reading: Reading, token: int, step: int) -> int:
    """Return the word there, behind a space on the same line as well; -1 where there is none."""
    words = reading.words
    if 0 <= token < len(words) and words[token].isspace() and "\n" not in words[token]:
        token += step
    return token if 0 <= token < len(words) and words[token].strip("'’")[:1].isalnum() else -1


def _key(reading: Reading, label: str, side: str, token: int) -> Key:
    return Key(EDGE, f"{label}\t{side}\t{reading.words[token].casefold()}"[:MAX_KEY])


def _became(reading: Reading, placed: Iterable[Placed]) -> Iterator[tuple[Key, str]]:
    """Yield what became of the words at the edges of entities."""
    for place, entity in placed:
        for side, end, beside in _edges(reading, place):
            if place[1] - place[0] > 1:
                yield _key(reading, entity.label, side, end), WITHIN
            if beside >= 0:
                yield _key(reading, entity.label, side, beside), OUTSIDE


def lesson(
    reading: Reading,
    labeled: Mapping[Place, Entity],
    proposed: Iterable[Placed],
    look_up: LookUp,
) -> dict[Key, Counter[str]]:
    """Return what a finished layer teaches of edges.

    A word outside counts only where some take it for a part: in this text, in the counts that
    `look_up` gives, or in what was `proposed`.
    """
    found = list(_became(reading, labeled.items()))
    parts = {key for key, became in found if became == WITHIN}
    parts |= {key for key, became in _became(reading, proposed) if became == WITHIN}
    others = {key for key, _ in found} - parts
    parts |= set(look_up(others)) if others else set()
    told: dict[Key, Counter[str]] = {}
    for key, became in found:
        if key in parts:
            told.setdefault(key, Counter())[became] += 1
    return told


def moved(
    reading: Reading, proposals: Sequence[Entity], labeled: Iterable[Entity], look_up: LookUp
) -> list[Entity]:
    """Return proposals with their edges where people have them, in the project and in this text.

    What is `labeled` in this text counts beside what `look_up` knows of finished ones.
    """
    fitting = [(place, item) for item in labeled if (place := reading.range(item))]
    here: dict[Key, Counter[str]] = {}
    for key, became in _became(reading, fitting):
        here.setdefault(key, Counter())[became] += 1
    places = [None if item.parts else reading.range(item) for item in proposals]
    for _ in range(_STEPS):
        pairs = zip(places, proposals, strict=True)
        keys = {key for key, _ in _became(reading, [(p, item) for p, item in pairs if p])}
        habits = _Habits(reading, here, look_up(keys) if keys else {})
        before = places
        places = [
            place and habits.moved(place, item.label)
            for place, item in zip(before, proposals, strict=True)
        ]
        if places == before:
            break
    return [
        _at(reading, item, place) if place else item
        for place, item in zip(places, proposals, strict=True)
    ]


class _Habits:
    """What became of words at edges, in this text and in finished ones."""

    def __init__(self, reading: Reading, here: Counts, finished: Counts) -> None:
        self._reading, self._here, self._finished = reading, here, finished

    def moved(self, place: Place, label: str) -> Place:
        """Return a place with each edge moved by a word at most."""
        (left, first, before), (right, end, after) = _edges(self._reading, place)
        start, last = first, end
        if self._is(label, left, before, WITHIN):
            start = before
        elif first < end and self._is(label, left, first, OUTSIDE):
            start = first + 1
        if self._is(label, right, after, WITHIN):
            last = after
        elif start < end and self._is(label, right, end, OUTSIDE):
            last = end - 1
        return (start, last + 1) if last - start < LONGEST else place

    def _is(self, label: str, side: str, token: int, became: str) -> bool:
        """Tell whether this mostly became of a word at this side of entities of a label."""
        if token < 0:
            return False
        key = _key(self._reading, label, side, token)
        sums = Counter(self._finished.get(key, {})) + Counter(self._here.get(key, {}))
        return (sums[became] + 0.3) / (sums.total() + 0.6) >= SURE


def _at(reading: Reading, entity: Entity, place: Place) -> Entity:
    """Return a proposal at these tokens, with the reason why it is there and not where it was."""
    start, end = reading.tokens.starts[place[0]], reading.tokens.ends[place[1] - 1]
    if (start, end) == (entity.start, entity.end) or reading.range(entity) == place:
        return entity
    origin = dict(entity.origin or {})
    reason = "begins and ends as others did"
    origin["reason"] = "; ".join(filter(None, (origin.get("reason"), reason)))
    return entity_suggestion(start, end, entity.label, origin)
