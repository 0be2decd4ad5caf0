"""Two entities near each other that may be related, and what is told of them.

The words between and around, and where the two stand among the others: a version number belongs to
the name before it, whatever stands between, and not to one beyond another name of that label.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from labeler.schema import Entity
from labeler.suggest.reading import Reading
from labeler.suggest.regression import Features, Regression
from labeler.suggest.tagging import sentences

REACH = 60
"""Tokens between two entities that may be related."""
FOLLOWING = 12
"""Entities after one that it is paired with."""
REGRESSION = Regression(bits=15, rate=0.2, first=1e-3, settled=2, dropped=0.1)
"""What learns from the features."""
_WORDS = 12
"""Words between that count as features, from either end."""
_RIVALS = 5
"""Entities beyond either end that may be nearer to the other one."""


class Candidate(NamedTuple):
    """Two entities in the order of the text that may be related, with their features."""

    first: Entity
    second: Entity
    features: Features

    def ends(self, outcome: str) -> tuple[Entity, Entity]:
        """Return head and tail of an outcome such as `LEADER_OF<`, which turns them round."""
        return (self.second, self.first) if outcome.endswith("<") else (self.first, self.second)


class _Placed(NamedTuple):
    """An entity with its tokens `[first, last)`, and the number of its sentence."""

    first: int
    last: int
    sentence: int
    entity: Entity

    @property
    def label(self) -> str:
        return self.entity.label


def candidates(reading: Reading, entities: Iterable[Entity]) -> Iterator[Candidate]:
    """Yield the pairs of entities within reach, in the order of the text."""
    placed = _in_order(reading, entities)
    for index, one in enumerate(placed):
        for number in range(index + 1, min(index + 1 + FOLLOWING, len(placed))):
            if placed[number].first - one.last <= REACH:
                yield _candidate(reading, placed, index, number)


def shown(
    reading: Reading, entities: Iterable[Entity], ends: Collection[Entity]
) -> Candidate | None:
    """Return two of the entities as a pair, however far apart; None where they cannot be one."""
    placed = _in_order(reading, entities)
    numbers = [number for number, each in enumerate(placed) if each.entity in ends]
    return _candidate(reading, placed, *numbers) if len(numbers) == 2 else None


def _candidate(reading: Reading, placed: Sequence[_Placed], index: int, number: int) -> Candidate:
    features = _features(reading, placed, index, number)
    return Candidate(placed[index].entity, placed[number].entity, features)


def _in_order(reading: Reading, entities: Iterable[Entity]) -> list[_Placed]:
    begins = [each.start for each in sentences(reading.words)]
    placed = (
        _Placed(*place, bisect_right(begins, place[0]), item)
        for item in entities
        if (place := reading.range(item))
    )
    return sorted(placed, key=lambda each: (each.first, each.last, each.label))


def _features(reading: Reading, placed: Sequence[_Placed], index: int, number: int) -> Features:
    """Return the hashed features of a pair: with the labels of both, of one, and of none."""
    one, other = placed[index], placed[number]
    between = _between(reading, one, other)
    standing, said = _standing(placed, index, number), _said(reading, one, other, between)
    standing += [f"far {min(len(between), 20) // 3}", f"lines {between.count(chr(10))}"]
    both, left, right = f"{one.label}>{other.label}", f"{one.label}>", f">{other.label}"
    names = [both, *(f"{both} {each}" for each in (*standing, *said)), *said]
    names += [left, *(f"{left} {each}" for each in standing)]
    names += [right, *(f"{right} {each}" for each in standing)]
    names += [f"head {_last(reading, one)}", f"tail {_last(reading, other)}"]
    names.append(f"pair {_words(reading, one)}\t{_words(reading, other)}")
    return REGRESSION.features(names)


def _standing(placed: Sequence[_Placed], index: int, number: int) -> list[str]:
    """Return where two entities stand among the others."""
    one, other = placed[index], placed[number]
    amid = [each.label for each in placed[index + 1 : number]]
    behind = placed[number + 1 : number + 1 + _RIVALS]
    ahead = placed[max(0, index - _RIVALS) : index]
    gap, apart = other.first - one.last, min(other.sentence - one.sentence, 3)
    rivals = (
        any(_rival(one, each, other) and each.first - other.last < gap for each in behind),
        any(_rival(other, each, one) and one.first - each.last < gap for each in ahead),
    )
    near = [each.label for each in placed[max(0, index - FOLLOWING) : number + FOLLOWING]
            if each.sentence in (one.sentence, other.sentence)]  # fmt: skip
    same = min(amid.count(one.label), 3), min(amid.count(other.label), 3)
    alike = min(near.count(one.label), 3), min(near.count(other.label), 3)
    return [
        f"step {min(number - index - 1, 4)}",
        f"apart {apart}",
        f"amid {' '.join(sorted(set(amid)))}",
        f"same left {same[0]}",
        f"same right {same[1]}",
        f"rivals {rivals}",
        f"rank {apart} {same} {rivals}",
        f"alike {apart} {alike}",
    ]


def _rival(one: _Placed, other: _Placed, end: _Placed) -> bool:
    """Tell whether another of one's label stands in the sentence of the end that they share."""
    return other.label == one.label and other.sentence == end.sentence


def _between(reading: Reading, one: _Placed, other: _Placed) -> list[str]:
    words = (word.casefold() for word in reading.words[one.last : max(one.last, other.first)])
    return [word if word.strip() else "\n" * ("\n" in word) for word in words]


def _said(reading: Reading, one: _Placed, other: _Placed, words: list[str]) -> list[str]:
    """Return the words between and just around two entities."""
    near = words if len(words) <= 2 * _WORDS else [*words[:_WORDS], *words[-_WORDS:]]
    before = reading.words[one.first - 1].casefold() if one.first else ""
    after = reading.words[other.last].casefold() if other.last < len(reading.words) else ""
    return [
        f"before {before}",
        f"after {after}",
        f"first {' '.join(words[:1])}",
        f"last {' '.join(words[-1:])}",
        f"brackets {words.count('(')} {words.count(')')} {before == '('} {after == ')'}",
        *(f"word {word}" for word in near),
        *(f"two {a} {b}" for a, b in pairwise(near)),
        *([f"all {' '.join(words)}"] if len(words) <= 6 else []),
    ]


def _last(reading: Reading, placed: _Placed) -> str:
    """Return the last word of an entity with its label."""
    return f"{placed.label} {reading.words[placed.last - 1].casefold()}"


def _words(reading: Reading, placed: _Placed) -> str:
    return reading.slice(placed.first, placed.last).casefold()
