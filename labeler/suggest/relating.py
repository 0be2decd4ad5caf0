"""The relation component trained here: which of two entities near each other is related how.

A multinomial logistic regression over hashed features of the pair and the words around it, trained
by AdaGrad (Duchi, Hazan and Singer 2011). Small enough to train in seconds, with direction.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeler.schema import Entity, Relation, Scheme
from labeler.suggest.dictionary import NOTHING
from labeler.suggest.reading import Reading

REACH = 60
"""Tokens between two entities that may be related."""
FOLLOWING = 12
"""Entities after one that it is paired with."""
_BITS = 15
"""Features are hashed to so many bits."""
_WORDS = 12
"""Words between that count as features, from either end."""
_EPOCHS, _RATE, _DECAY = 12, 0.3, 1e-5


class Candidate(NamedTuple):
    """Two entities in the order of the text that may be related, with their features."""

    first: Entity
    second: Entity
    features: NDArray[np.int64]


Example = tuple[Reading, Sequence[Entity], Sequence[Relation]]
"""A text with its gold entities and relations."""


def candidates(reading: Reading, entities: Iterable[Entity]) -> Iterator[Candidate]:
    """Yield the pairs of entities within reach, in the order of the text."""
    placed = sorted(
        ((*place, item) for item in entities if (place := reading.range(item))),
        key=lambda item: (item[0], item[1], item[2].label),
    )
    for index, one in enumerate(placed):
        for step, other in enumerate(placed[index + 1 : index + 1 + FOLLOWING]):
            if other[0] - one[1] <= REACH:
                yield Candidate(one[2], other[2], _features(reading, one, other, step))


Placed = tuple[int, int, Entity]


def _features(reading: Reading, one: Placed, other: Placed, step: int) -> NDArray[np.int64]:
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
    hashed = {zlib.crc32(name.encode()) & ((1 << _BITS) - 1) for name in names}
    return np.fromiter(sorted(hashed), np.int64)


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
    weights: NDArray[np.float32]

    def relations(
        self, reading: Reading, entities: Sequence[Entity], scheme: Scheme
    ) -> Iterator[tuple[Entity, Entity, str, float]]:
        """Yield head, tail, label and probability of what is more likely related than not."""
        for first, second, features in candidates(reading, entities):
            chances = _softmax(self.weights[features].sum(axis=0))
            best = int(chances.argmax())
            outcome = self.outcomes[best]
            if outcome == NOTHING:
                continue
            head, tail = (second, first) if outcome.endswith("<") else (first, second)
            label = scheme.relation(outcome[:-1])
            if label and label.allows(head.label, tail.label):
                yield head, tail, label.name, float(chances[best])

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        with path.open("wb") as file:
            np.savez_compressed(
                file, outcomes=np.array(self.outcomes), weights=self.weights.astype(np.float16)
            )

    @classmethod
    def load(cls, path: Path) -> "RelationModel":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            outcomes = tuple(str(name) for name in kept["outcomes"])
            return cls(outcomes, kept["weights"].astype(np.float32))


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()


def train(examples: Iterable[Example], seed: int = 0) -> RelationModel | None:
    """Return a model trained on gold entities and relations; None where nothing is related."""
    pairs: list[tuple[NDArray[np.int64], str]] = []
    for reading, entities, relations in examples:
        outcomes = _outcomes(relations)
        pairs += [
            (features, outcomes.get((first.id, second.id), NOTHING))
            for first, second, features in candidates(reading, entities)
        ]
    counts = Counter(outcome for _, outcome in pairs if outcome)
    if not counts:
        return None
    names = (NOTHING, *sorted(counts))
    weights = np.zeros((1 << _BITS, len(names)), np.float32)
    squares = np.full_like(weights, 1e-6)
    order = np.random.default_rng(seed)
    for _ in range(_EPOCHS):
        for index in order.permutation(len(pairs)):
            features, outcome = pairs[index]
            _step(weights, squares, features, names.index(outcome))
    return RelationModel(names, weights)


def _step(
    weights: NDArray[np.float32],
    squares: NDArray[np.float32],
    features: NDArray[np.int64],
    right: int,
) -> None:
    """Move the weights of one example's features against the gradient of its loss."""
    gradient = _softmax(weights[features].sum(axis=0))
    gradient[right] -= 1
    squares[features] += gradient**2
    own = weights[features]
    weights[features] = own - _RATE * (gradient + _DECAY * own) / np.sqrt(squares[features])
