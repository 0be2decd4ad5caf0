"""The relation component trained here: which of two entities near each other is related how.

A regression over features of the pair and the words around it, with direction. How sure it must be
to propose is learned too, on texts that it did not learn from: some relations stand in the words,
some do not, and a wrong one costs an annotator more than a missing one saves.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from labeler.schema import Entity, Relation, Scheme
from labeler.suggest.dictionary import NOTHING
from labeler.suggest.reading import Reading
from labeler.suggest.regression import Features, Regression, Weights

REACH = 60
"""Tokens between two entities that may be related."""
FOLLOWING = 12
"""Entities after one that it is paired with."""
_WORDS = 12
"""Words between that count as features, from either end."""
_REGRESSION = Regression(bits=15, rate=0.2, first=1e-3, settled=2, dropped=0.1)
_FOLDS = 5
"""Parts of the texts, each judged by what was learned from the others."""
_JUDGED = 150
"""Texts by which this is judged, the last ones."""
_NEVER = 2.0
"""More than any probability: nothing is proposed."""
_SURE = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Probabilities from which relations may be proposed."""
_SAVED, _WASTED = 2, 2.5
"""What a right proposal saves of actions, and what one between unrelated entities costs, a little
more than counted: where both are even, none is better. A wrong label is changed in as many actions
as a missing relation takes."""


class Candidate(NamedTuple):
    """Two entities in the order of the text that may be related, with their features."""

    first: Entity
    second: Entity
    features: Features

    def ends(self, outcome: str) -> tuple[Entity, Entity]:
        """Return head and tail of an outcome such as `LEADER_OF<`, which turns them round."""
        return (self.second, self.first) if outcome.endswith("<") else (self.first, self.second)


Example = tuple[Reading, Sequence[Entity], Sequence[Relation]]
"""A text with its gold entities and relations."""


def candidates(
    reading: Reading, entities: Iterable[Entity], ends: Collection[Entity] = ()
) -> Iterator[Candidate]:
    """Yield the pairs of entities within reach, in the order of the text; of `ends` only theirs."""
    placed = sorted(
        ((*place, item) for item in entities if (place := reading.range(item))),
        key=lambda item: (item[0], item[1], item[2].label),
    )
    for index, one in enumerate(placed):
        for step, other in enumerate(placed[index + 1 : index + 1 + FOLLOWING]):
            wanted = not ends or (one[2] in ends and other[2] in ends)
            if wanted and other[0] - one[1] <= REACH:
                yield Candidate(one[2], other[2], _features(reading, one, other, step))


Placed = tuple[int, int, Entity]


def _features(reading: Reading, one: Placed, other: Placed, step: int) -> Features:
    """Return the hashed features of a pair, each with the labels of both and some without."""
    words = [word.casefold() for word in reading.words[one[1] : max(one[1], other[0])]]
    words = [word if word.strip() else "\n" * ("\n" in word) for word in words]
    near = words if len(words) <= 2 * _WORDS else [*words[:_WORDS], *words[-_WORDS:]]
    before = reading.words[one[0] - 1].casefold() if one[0] else ""
    after = reading.words[other[1]].casefold() if other[1] < len(reading.words) else ""
    labels = f"{one[2].label}>{other[2].label}"
    told = [
        "",
        f"step {min(step, 4)}",
        f"far {min(len(words), 20) // 3}",
        f"before {before}",
        f"after {after}",
        f"first {' '.join(words[:1])}",
        f"last {' '.join(words[-1:])}",
        f"lines {sum(word == chr(10) for word in words)}",
        *(f"word {word}" for word in near),
        *(f"two {a} {b}" for a, b in pairwise(near)),
    ]
    if len(words) <= 6:
        told.append(f"all {' '.join(words)}")
    names = [f"{labels} {feature}" for feature in told]
    names += told[3:]
    names += [f"head {_last(reading, one)}", f"tail {_last(reading, other)}"]
    return _REGRESSION.features(names)


def _last(reading: Reading, placed: Placed) -> str:
    """Return the last word of an entity with its label."""
    return f"{placed[2].label} {reading.words[placed[1] - 1].casefold()}"


def _outcomes(relations: Iterable[Relation]) -> dict[tuple[str, str], str]:
    """Return what each ordered pair is related as: a label, and which of the two is the head."""
    items = list(relations)
    found = {(item.tail, item.head): f"{item.label}<" for item in items}
    return found | {(item.head, item.tail): f"{item.label}>" for item in items}


@dataclass(frozen=True)
class RelationModel:
    """The weights of each outcome, features by outcomes; the first outcome is nothing."""

    outcomes: tuple[str, ...]
    weights: Weights
    sure: float = 0.0
    """The probability from which a relation is proposed; above 1 none is."""

    def judged(
        self, reading: Reading, entities: Iterable[Entity]
    ) -> Iterator[tuple[Candidate, dict[str, float]]]:
        """Yield the pairs within reach with how likely each outcome is."""
        for candidate in candidates(reading, entities):
            likely = _REGRESSION.likely(self.weights, candidate.features).tolist()
            yield candidate, dict(zip(self.outcomes, likely, strict=True))

    def relations(
        self, reading: Reading, entities: Sequence[Entity], scheme: Scheme
    ) -> Iterator[tuple[Entity, Entity, str, float]]:
        """Yield head, tail, label and probability of what is likely enough to be related."""
        for candidate, likely in self.judged(reading, entities):
            outcome = max(likely, key=likely.__getitem__)
            if outcome == NOTHING or likely[outcome] < self.sure:
                continue
            head, tail = candidate.ends(outcome)
            label = scheme.relation(scheme.offered("relations", outcome[:-1]) or "")
            if label and label.allows(head.label, tail.label):
                yield head, tail, label.name, likely[outcome]

    def naming(
        self, reading: Reading, entities: Iterable[Entity], ends: tuple[Entity, Entity]
    ) -> dict[str, float]:
        """Return what speaks for each label of a relation from head to tail.

        Empty where these two of the entities are not within reach of each other.
        """
        for candidate in candidates(reading, entities, ends):
            likely = _REGRESSION.likely(self.weights, candidate.features).tolist()
            way = ">" if candidate.first == ends[0] else "<"
            chances = zip(self.outcomes, likely, strict=True)
            return {each[:-1]: chance for each, chance in chances if each.endswith(way)}
        return {}

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                outcomes=np.array(self.outcomes),
                weights=self.weights.astype(np.float16),
                sure=np.float32(self.sure),
            )

    @classmethod
    def load(cls, path: Path) -> "RelationModel":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            outcomes = tuple(str(name) for name in kept["outcomes"])
            sure = float(kept["sure"]) if "sure" in kept else 0.0
            return cls(outcomes, kept["weights"].astype(np.float32), sure)


_Pair = tuple[Features, str]
"""The features of a pair of entities, and what they are related as."""


def train(examples: Iterable[Example], scheme: Scheme, seed: int = 0) -> RelationModel | None:
    """Return a model trained on gold entities and relations; None where nothing is related."""
    texts = list(examples)
    pairs = [_pairs(text) for text in texts]
    model = _fitted(chain.from_iterable(pairs), seed)
    if model is None:
        return None
    return replace(model, sure=_least(texts[-_JUDGED:], pairs[-_JUDGED:], scheme, seed))


def _least(
    texts: Sequence[Example], pairs: Sequence[Sequence[_Pair]], scheme: Scheme, seed: int
) -> float:
    """Return the probability from which proposals save most, on texts not learned from."""
    sums = Counter[float]()
    for part in range(min(_FOLDS, len(texts))):
        others = (each for number, each in enumerate(pairs) if number % _FOLDS != part)
        judge = _fitted(chain.from_iterable(others), seed)
        if judge is not None:
            for text in texts[part::_FOLDS]:
                sums.update(_saved(judge, text, scheme))
    best = max(_SURE, key=lambda least: (sums[least], least))
    return best if sums[best] > 0 else _NEVER


def _pairs(text: Example) -> list[_Pair]:
    reading, entities, relations = text
    outcomes = _outcomes(relations)
    return [
        (features, outcomes.get((first.id, second.id), NOTHING))
        for first, second, features in candidates(reading, entities)
    ]


def _saved(model: RelationModel, text: Example, scheme: Scheme) -> Counter[float]:
    """Return the actions saved on a text, by the probability from which relations are proposed."""
    reading, entities, relations = text
    right = {(item.head, item.tail): item.label for item in relations}
    right |= {(item.tail, item.head): "" for item in relations if item.head != item.tail}
    sums = Counter[float]()
    for head, tail, label, chance in model.relations(reading, entities, scheme):
        wanted = right.get((head.id, tail.id))
        value = -_WASTED if wanted is None else _SAVED if wanted == label else 0
        sums.update({least: value for least in _SURE if chance >= least})
    return sums


def _fitted(examples: Iterable[_Pair], seed: int) -> RelationModel | None:
    """Return the model that pairs teach; None where nothing is related."""
    pairs = list(examples)
    names = (NOTHING, *sorted({outcome for _, outcome in pairs if outcome}))
    if len(names) == 1:
        return None
    return RelationModel(names, _REGRESSION.fitted(pairs, names, seed))
