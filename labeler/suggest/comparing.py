"""How good proposals are beside what people settled: precision, recall and F1, and differences."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labeler.schema import Entity, Relation, Suggestion

Place = tuple[Any, ...]
"""What two annotations have in common that say the same, but for the label."""


class Difference(NamedTuple):
    """Where a proposal and gold differ: code points `[start, end)` and both labels, "" for none."""

    start: int
    end: int
    gold: str
    proposed: str


@dataclass(slots=True)
class Tally:
    """Counts by label, over all texts that are added. The last of what is counted is its label."""

    right: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)

    def add(self, made: Set[tuple[Any, ...]], wanted: Set[tuple[Any, ...]]) -> None:
        """Count the proposals for a text and what is gold there: right is what is the same."""
        self.made.update(label for *_, label in made)
        self.wanted.update(label for *_, label in wanted)
        self.right.update(label for *_, label in made & wanted)

    def scores(self) -> dict[str, Any]:
        """Return precision, recall and F1, overall and by label; None where nothing was counted."""
        labels = sorted({*self.wanted, *self.made})
        overall = _prf(self.right.total(), self.made.total(), self.wanted.total())
        names = {"precision": overall["p"], "recall": overall["r"], "f1": overall["f"]}
        return {**names, "by_label": {label: self._of(label) for label in labels}}

    def as_json(self) -> list[dict[str, int]]:
        """Return the counts, as `Tally.of_json` takes them."""
        return [dict(self.right), dict(self.made), dict(self.wanted)]

    @classmethod
    def of_json(cls, counts: Sequence[Mapping[str, int]]) -> "Tally":
        """Return the tally whose `as_json` these are."""
        return cls(*map(Counter, counts))

    def _of(self, label: str) -> dict[str, Any]:
        counts = {"right": self.right[label], "made": self.made[label]}
        counts["wanted"] = self.wanted[label]
        return {**_prf(*counts.values()), **counts}


def _prf(right: int, made: int, wanted: int) -> dict[str, float | None]:
    precision = right / made if made else None
    recall = right / wanted if wanted else None
    f1 = 2 * right / (made + wanted) if made + wanted else None
    return {"p": precision, "r": recall, "f": f1}


def entity_places(items: Sequence[Suggestion]) -> set[tuple[Place, str]]:
    """Return entities as places with labels."""
    return {
        ((item.start, item.end, item.parts), item.label)
        for item in items
        if isinstance(item, Entity)
    }


def relation_places(items: Sequence[Suggestion]) -> set[tuple[Place, str]]:
    """Return relations as the places of head and tail, which need not have the right labels."""
    ends = {item.id: (item.start, item.end) for item in items if isinstance(item, Entity)}
    return {
        ((ends[item.head], ends[item.tail]), item.label)
        for item in items
        if isinstance(item, Relation) and item.head in ends and item.tail in ends
    }


def differences(
    made: set[tuple[Place, str]], wanted: set[tuple[Place, str]]
) -> Iterator[Difference]:
    """Yield where proposals and gold differ, by place; two labels of one place are told once."""
    lost, extra = _by_place(wanted - made), _by_place(made - wanted)
    for place in sorted({*lost, *extra}):
        gold, proposed = lost.get(place, []), extra.get(place, [])
        start, end = _extent(place)
        for number in range(max(len(gold), len(proposed))):
            yield Difference(
                start,
                end,
                gold[number] if number < len(gold) else "",
                proposed[number] if number < len(proposed) else "",
            )


def _by_place(items: set[tuple[Place, str]]) -> dict[Place, list[str]]:
    found: dict[Place, list[str]] = {}
    for place, label in sorted(items):
        found.setdefault(place, []).append(label)
    return found


def _extent(place: Place) -> tuple[int, int]:
    """Return the code points from the beginning to the end of an entity, or of both ends."""
    if isinstance(place[0], int):
        return place[0], place[1]
    (head, head_end), (tail, tail_end) = place
    return min(head, tail), max(head_end, tail_end)
