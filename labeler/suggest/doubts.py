"""Labels that a model which never saw their document contradicts, as sure as where it agrees.

The rule is that of confident learning (Northcutt, Jiang and Chuang 2021): what a model says counts
from its mean score for that label where it agrees with the people.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from labeler.schema import Entity, overlap

LEAST = 0.5
"""The least score that counts, whatever the mean."""
FOUND = 0.8
"""Share of a label's entities a model must find, so that one it does not find is doubted."""
ENOUGH = 5
"""Entities of a label from which that share is told."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is labeled, what a model has instead, each None for nothing, and how sure it is.

    `kind` is label, boundary, both, missing (not labeled) or extra (labeled, and not found).
    """

    kind: str
    labeled: Entity | None
    proposed: Entity | None
    score: float


Pair = tuple[Sequence[Entity], Sequence[Entity]]
"""What is labeled in a layer, and what a model finds in its text."""


def doubts(
    pairs: Sequence[Pair], findable: Callable[[Entity], bool] = lambda _: True
) -> list[list[Doubt]]:
    """Return what is doubted in each layer; all models were trained alike on the others.

    `findable` tells whether a model of this kind could have found an entity at all. Where a model
    gives no scores, the share of its finds of that label that are labeled just so takes their
    place.
    """
    known = _Known(pairs)
    return [list(_Compared(pair, known, findable).doubts()) for pair in pairs]


def _extent(entity: Entity) -> tuple[int, int, str]:
    return entity.start, entity.end, entity.label


class _Known:
    """How far a model can be believed, by label."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        right, made, wanted, met = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        scores: dict[str, list[float]] = defaultdict(list)
        for labeled, found in pairs:
            extents = {_extent(entity) for entity in labeled}
            for entity in found:
                made[entity.label] += 1
                if _extent(entity) in extents:
                    right[entity.label] += 1
                    score = (entity.origin or {}).get("score")
                    scores[entity.label] += [] if score is None else [float(score)]
            for entity in labeled:
                wanted[entity.label] += 1
                met[entity.label] += any(overlap(entity, other) for other in found)
        self.precision = {label: right[label] / made[label] for label in made}
        self.mean = {label: sum(each) / len(each) for label, each in scores.items() if each}
        self.recall = {
            label: met[label] / count for label, count in wanted.items() if count >= ENOUGH
        }

    def score(self, entity: Entity) -> float:
        """Return how sure a model is of what it found."""
        score = (entity.origin or {}).get("score")
        return self.precision.get(entity.label, 0.0) if score is None else float(score)

    def counts(self, entity: Entity) -> bool:
        """Tell whether what it found counts against people."""
        least = self.mean.get(entity.label, LEAST)
        agreed = self.precision.get(entity.label, 0.0) > 0
        return agreed and self.score(entity) >= max(least, LEAST)


class _Compared:
    """One layer held against what a model finds."""

    def __init__(self, pair: Pair, known: _Known, findable: Callable[[Entity], bool]) -> None:
        self.labeled, self.found = pair
        self.known, self.findable = known, findable
        both = {_extent(e) for e in self.labeled} & {_extent(e) for e in self.found}
        self.left = [entity for entity in self.labeled if _extent(entity) not in both]
        self.against = [entity for entity in self.found if _extent(entity) not in both]

    def doubts(self) -> Iterator[Doubt]:
        """Yield one doubt for each entity at most, the surest."""
        made = [self._of(found) for found in self.against if self.known.counts(found)]
        seen: set[str] = set()
        for doubt in sorted((each for each in made if each), key=lambda each: -each.score):
            name = doubt.labeled.id if doubt.labeled else f"+{doubt.proposed and doubt.proposed.id}"
            if name not in seen:
                seen.add(name)
                yield doubt
        for entity in self.left:
            share = self.known.recall.get(entity.label, 0.0)
            alone = not any(overlap(entity, other) for other in self.found)
            if alone and share >= FOUND and self.findable(entity):
                yield Doubt("extra", entity, None, share)

    def _of(self, found: Entity) -> Doubt | None:
        """Return what a find says against what is labeled there, if it does."""
        score = self.known.score(found)
        there = [entity for entity in self.labeled if overlap(entity, found)]
        if not there:
            return Doubt("missing", None, found, score)
        against = [entity for entity in there if entity in self.left]
        if not against:
            return None
        place = (found.start, found.end)
        nearest = min(
            against,
            key=lambda e: ((e.start, e.end) != place, e.label != found.label, e.start, e.id),
        )
        if (nearest.start, nearest.end) == place:
            return Doubt("label", nearest, found, score)
        kind = "boundary" if nearest.label == found.label else "both"
        return Doubt(kind, nearest, found, score)
