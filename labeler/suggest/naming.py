"""As what words are labeled, once it is known that they are an entity.

A tagger learns to find entities among all words. This learns from entities alone what tells one
label from another: the words themselves, those around, and how the same words were labeled before.
Where labels say how a name is used, the words of the whole sentence tell that: “we developed”.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeler.suggest import mentions
from labeler.suggest.mentions import Labeled, Place
from labeler.suggest.reading import Reading
from labeler.suggest.regression import Features, Regression, Weights
from labeler.suggest.tagging import of_word, sentences, shape

_REGRESSION = Regression(bits=16, rate=0.2, first=0.1, settled=2, dropped=0.2)

_AROUND = 60
"""Tokens to either side of which the words of a sentence are told of."""


def _features(
    reading: Reading, place: Place, before: Sequence[str], sentence: Sequence[str]
) -> Features:
    """Return the hashed features of words at a place with the labels that they had before."""
    words = reading.words[slice(*place)]
    first, last = shape(words[0]), shape(words[-1])
    left, right = _beside(reading, place)
    names = [
        *mentions.told(reading, place, before),
        *(f"first {each}" for each in of_word(words[0])),
        *(f"last {each}" for each in of_word(words[-1])),
        *(f"within {word.casefold()}" for word in words),
        f"shapes {' '.join(map(shape, words))}",
        f"left {left} {first}",
        f"right {right} {last}",
        *(f"sentence {word.casefold()}" for word in sentence if word.isalpha()),
    ]
    return _REGRESSION.features(names)


def _beside(reading: Reading, place: Place) -> tuple[str, str]:
    """Return the words just before and just after a place."""
    first, last = place
    before = reading.words[first - 1].casefold() if first else "^"
    return before, reading.words[last].casefold() if last < len(reading.words) else "$"


@dataclass(frozen=True)
class NamingModel:
    """The weights of each label, features by labels."""

    labels: tuple[str, ...]
    weights: Weights
    by_use: bool = False
    """Whether labels say how a name is used, which the whole sentence tells."""

    def likely(self, reading: Reading, place: Place, before: Sequence[str]) -> dict[str, float]:
        """Return how likely each label is for words at a place; the chances add up to 1.

        `before` are the labels that the same words had before in the text.
        """
        sentence = _sentence(reading, place) if self.by_use else []
        chances = _REGRESSION.likely(self.weights, _features(reading, place, before, sentence))
        return dict(zip(self.labels, chances.tolist(), strict=True))

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        with path.open("wb") as file:
            weights = self.weights.astype(np.float16)
            labels, by_use = np.array(self.labels), np.bool_(self.by_use)
            np.savez_compressed(file, labels=labels, weights=weights, by_use=by_use)

    @classmethod
    def load(cls, path: Path) -> "NamingModel":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            labels = tuple(map(str, kept["labels"]))
            by_use = "by_use" in kept and bool(kept["by_use"])
            return cls(labels, kept["weights"].astype(np.float32), by_use)


def _sentence(reading: Reading, place: Place) -> list[str]:
    """Return the words of the sentence in which a place begins, as far as they are near."""
    start = max(0, place[0] - _AROUND)
    near = reading.words[start : place[0] + _AROUND]
    return near[next(each for each in sentences(near) if each.stop > place[0] - start)]


def train(texts: Iterable[Labeled], *, by_use: bool = False, seed: int = 0) -> NamingModel | None:
    """Return a model trained on gold entities; None where there are none.

    `by_use` says that labels tell how a name is used.
    """
    examples = [
        (_features(text[0], place, before, _sentence(text[0], place) if by_use else []), label)
        for text in texts
        for place, label, before in mentions.mentions(text)
    ]
    labels = tuple(sorted({label for _, label in examples}))
    if not labels:
        return None
    return NamingModel(labels, _REGRESSION.fitted(examples, labels, seed), by_use)
