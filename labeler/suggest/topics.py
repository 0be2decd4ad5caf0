"""What a document is about, learned from its words: one answer for each group of labels.

A multinomial logistic regression over hashed words and pairs of words, trained by AdaGrad (Duchi,
Hazan and Singer 2011): each weight has a rate of its own, which falls as it is moved.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labeler.suggest.dictionary import NOTHING

_BITS = 17
"""Features are hashed to so many bits."""
_READ = 20_000
"""Code points of a text that are read: what it is about is said before."""
_EPOCHS, _RATE = 12, 0.3
_WORD = re.compile(r"\w+")
Features = NDArray[np.int64]
Weights = NDArray[np.float32]


@dataclass(frozen=True)
class TopicModel:
    """The weights of each answer to one question, features by answers."""

    answers: tuple[str, ...]
    weights: Weights

    def likely(self, text: str) -> dict[str, float]:
        """Return how likely each answer is, NOTHING being that for none of the labels."""
        found = _chances(self.weights, _features(text)).tolist()
        return dict(zip(self.answers, found, strict=True))


def train(examples: Iterable[tuple[str, str]], seed: int = 0) -> TopicModel | None:
    """Return a model of texts with their answers; None where all have the same."""
    pairs = [(_features(text), answer) for text, answer in examples]
    answers = tuple(sorted({answer for _, answer in pairs}))
    return TopicModel(answers, _fitted(pairs, answers, seed)) if len(answers) > 1 else None


def _features(text: str) -> Features:
    """Return the words of a text and the pairs of words that follow each other, hashed."""
    words = _WORD.findall(text[:_READ].casefold())
    names = ["", *words, *(" ".join(two) for two in pairwise(words))]
    return np.fromiter(
        sorted({zlib.crc32(name.encode()) & ((1 << _BITS) - 1) for name in names}), np.int64
    )


def _chances(weights: Weights, features: Features) -> Weights:
    """Return how likely each answer is, long texts weighing no more than short ones."""
    scores = weights[features].sum(axis=0) / np.sqrt(len(features), dtype=np.float32)
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()


def _fitted(pairs: Sequence[tuple[Features, str]], answers: Sequence[str], seed: int) -> Weights:
    """Return the weights by which these texts have their answers."""
    weights = np.zeros((1 << _BITS, len(answers)), np.float32)
    squares = np.full_like(weights, 1e-6)
    order = np.random.default_rng(seed)
    for _ in range(_EPOCHS):
        for index in order.permutation(len(pairs)):
            features, answer = pairs[index]
            gradient = _chances(weights, features)
            gradient[answers.index(answer)] -= 1
            gradient /= np.sqrt(len(features), dtype=np.float32)
            squares[features] += gradient**2
            weights[features] -= _RATE * gradient / np.sqrt(squares[features])
    return weights


__all__ = ["NOTHING", "TopicModel", "train"]
