"""How words that were labeled in a text are labeled where they come again.

Names mostly keep their label within a text. Some labels say how a name is used at a place: the same
words are then now one, now another, by the words around them and by what they were before.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeler.schema import Entity
from labeler.suggest.reading import Reading
from labeler.suggest.regression import Features, Regression, Weights

NEAR = 8
"""Tokens around words that are told of."""
KEPT = 0.9
"""The share of repeated words of a label that keep it from which all are taken to."""
LEAST = 12
"""Repeated words below which nothing is learned."""
_REGRESSION = Regression(bits=15, rate=0.2, first=1e-3, settled=2, dropped=0.1)

Place = tuple[int, int]
"""Tokens `[first, last)`."""
Labeled = tuple[Reading, Sequence[Entity]]
"""A text with its gold entities."""


def told(reading: Reading, place: Place, before: Sequence[str]) -> list[str]:
    """Return what is told of words at a place, by name, with the labels that they had before."""
    first, last = place
    words = [word.casefold() for word in reading.words[max(0, first - NEAR) : last + NEAR]]
    start = min(first, NEAR)
    end = start + last - first
    padded = ["^", "^", *words, "$", "$"]
    two_left, left = padded[start : start + 2]
    right, two_right = padded[end + 2 : end + 4]
    latest = before[-1] if before else ""
    return [
        "any",
        f"latest {latest}",
        f"first {before[0] if before else ''}",
        f"all {' '.join(sorted(set(before)))}",
        f"times {min(len(before), 4)}",
        f"quarter {4 * first // len(reading.words)}",
        f"left {left}", f"right {right}", f"two left {two_left}", f"two right {two_right}",
        f"around {left} {right}", f"left {two_left} {left}", f"right {right} {two_right}",
        f"left {left} {latest}", f"right {right} {latest}",
        f"words {' '.join(words[start:end])}", f"last {words[end - 1]}",
        *(f"near left {word}" for word in words[:start]),
        *(f"near right {word}" for word in words[end:]),
    ]  # fmt: skip


def _features(reading: Reading, place: Place, before: Sequence[str]) -> Features:
    return _REGRESSION.features(told(reading, place, before))


def mentions(text: Labeled) -> Iterator[tuple[Place, str, list[str]]]:
    """Yield where entities stand, their labels, and those that the same words had before."""
    reading, entities = text
    given: dict[str, list[str]] = defaultdict(list)
    for words, place, label in reading.named(entities):
        yield place, label, list(given[words])
        given[words].append(label)


@dataclass(frozen=True)
class MentionModel:
    """The weights of each label, features by labels, and the labels that words may have in turn."""

    labels: tuple[str, ...]
    weights: Weights
    varying: frozenset[str]

    def label(self, reading: Reading, place: Place, before: Sequence[str]) -> str | None:
        """Return the likeliest label of words at a place, given those they had before in the text.

        None where they keep the label they had.
        """
        if self.varying.isdisjoint(before):
            return None
        chances = _REGRESSION.likely(self.weights, _features(reading, place, before))
        return self.labels[int(chances.argmax())]

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                labels=np.array(self.labels),
                varying=np.array(sorted(self.varying)),
                weights=self.weights.astype(np.float16),
            )

    @classmethod
    def load(cls, path: Path) -> "MentionModel":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            labels, varying = (tuple(map(str, kept[name])) for name in ("labels", "varying"))
            return cls(labels, kept["weights"].astype(np.float32), frozenset(varying))


def train(texts: Iterable[Labeled], seed: int = 0) -> MentionModel | None:
    """Return a model trained on gold entities; None where words keep their labels, or few repeat.

    It learns from what comes first, too: what is said around a label.
    """
    examples: list[tuple[Features, str]] = []
    kept, repeated = Counter[str](), Counter[str]()
    for text in texts:
        for place, label, before in mentions(text):
            examples.append((_features(text[0], place, before), label))
            if before:
                repeated[before[-1]] += 1
                kept[before[-1]] += label == before[-1]
    varying = {label for label in repeated if kept[label] < KEPT * repeated[label]}
    if repeated.total() < LEAST or not varying:
        return None
    labels = tuple(sorted({label for _, label in examples}))
    weights = _REGRESSION.fitted(examples, labels, seed)
    return MentionModel(labels, weights, frozenset(varying))
