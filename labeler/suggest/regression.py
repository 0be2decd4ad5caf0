"""Multinomial logistic regression over hashed features: small, and trained in seconds.

Trained by AdaGrad (Duchi, Hazan and Singer 2011): each weight has a rate of its own, which falls as
it is moved.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.int64]
"""The features that an example has, as rows of the weights in order, each once."""
Weights = NDArray[np.float32]
"""What each feature says for each answer: features by answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """How examples are read and learned from."""

    bits: int
    """Features are hashed to so many bits."""
    rate: float
    """How far the first example that has a feature moves its weights."""
    first: float
    """What squared gradients sum to before the first: more of it calms the first steps."""
    rounds: int = 12
    """How often each example is learned from."""
    settled: int
    """Rounds after which weights count: they are the mean of those after each later round."""
    dropped: float = 0.0
    """The share of an example's features that a round leaves out, so that none is relied on."""
    shared: bool = False
    """Whether the features of an example share its say: many then weigh no more than few."""

    def features(self, names: Iterable[str]) -> Features:
        """Return the features of these names."""
        rows = {zlib.crc32(name.encode()) & ((1 << self.bits) - 1) for name in names}
        return np.fromiter(sorted(rows), np.int64)

    def likely(self, weights: Weights, features: Features) -> Weights:
        """Return how likely each answer is; they add up to 1."""
        scores = weights[features].sum(axis=0)
        if self.shared:
            scores = scores / np.sqrt(len(features), dtype=np.float32)
        raised: Weights = np.exp(scores - scores.max())
        return raised / raised.sum()

    def fitted(
        self, examples: Sequence[tuple[Features, str]], answers: Sequence[str], seed: int
    ) -> Weights:
        """Return the weights by which these examples have their answers."""
        weights = np.zeros((1 << self.bits, len(answers)), np.float32)
        squares, mean = np.full_like(weights, self.first), np.zeros_like(weights)
        chance = np.random.default_rng(seed)
        for number in range(self.rounds):
            for index in chance.permutation(len(examples)):
                features, answer = examples[index]
                if self.dropped:
                    features = features[chance.random(len(features)) >= self.dropped]
                self._step(weights, squares, features, answers.index(answer))
            if number >= self.settled:
                mean += weights / (self.rounds - self.settled)
        return mean

    def _step(self, weights: Weights, squares: Weights, features: Features, right: int) -> None:
        """Move the weights of one example's features against the gradient of its loss."""
        gradient = self.likely(weights, features)
        gradient[right] -= 1
        if self.shared:
            gradient /= np.sqrt(len(features), dtype=np.float32)
        squares[features] += gradient**2
        weights[features] -= self.rate * gradient / np.sqrt(squares[features])
