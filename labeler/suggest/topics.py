"""What a document is about, learned from its words: one answer for each group of labels."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from labeler.suggest.dictionary import NOTHING
from labeler.suggest.regression import Features, Regression, Weights

_REGRESSION = Regression(bits=17, rate=0.3, first=1e-6, settled=11, shared=True)
_READ = 20_000
"""Code points of a text that are read: what it is about is said before."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class TopicModel:
    """The weights of each answer to one question, features by answers."""

    answers: tuple[str, ...]
    weights: Weights

    def likely(self, text: str) -> dict[str, float]:
        """Return how likely each answer is, NOTHING being that for none of the labels."""
        found = _REGRESSION.likely(self.weights, _features(text)).tolist()
        return dict(zip(self.answers, found, strict=True))


def train(examples: Iterable[tuple[str, str]], seed: int = 0) -> TopicModel | None:
    """Return a model of texts with their answers; None where all have the same."""
    pairs = [(_features(text), answer) for text, answer in examples]
    answers = tuple(sorted({answer for _, answer in pairs}))
    if len(answers) < 2:
        return None
    return TopicModel(answers, _REGRESSION.fitted(pairs, answers, seed))


def _features(text: str) -> Features:
    """Return the words of a text and the pairs of words that follow each other, hashed."""
    words = _WORD.findall(text[:_READ].casefold())
    return _REGRESSION.features(["", *words, *(" ".join(two) for two in pairwise(words))])


__all__ = ["NOTHING", "TopicModel", "train"]
