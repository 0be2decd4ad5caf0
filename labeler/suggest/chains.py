"""Labels for the tokens of a sentence, each depending on the one before it.

A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) over hashed features,
trained by AdaGrad (Duchi, Hazan and Singer 2011). A label is begun or gone on with: IOB2.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.integer]

_SIZE = 1 << 17
"""Rows that features are hashed to; the first stands for none."""
_ROUNDS = 10
"""How often each sentence is learned from."""
_SETTLED = 2
"""Rounds after which weights count: they are the mean of those after each later round."""
_RATE = 0.12
"""How far the first sentence that has a feature moves its weights."""
_DECAY = 1e-3
"""By how much weights are drawn to nothing each time they are moved."""
_DROPPED = 0.1
"""The share of features that a round leaves out, so that none is relied on."""
_EAGER = 0.8
"""By how much a token is taken for nothing less readily than is likely: what is proposed in vain
takes an annotator one action, what is not proposed two."""
_BEGUN = 1.2
"""By how much a label is begun more readily than is likely, for the same reason: names that were
never seen are missed most. It does not make what is proposed longer."""
Told = Callable[[int, int], Mapping[str, float]]
"""Says how likely each label is for tokens `[first, last)`, given that they are one span."""
_NEVER = -1e4
"""The weight of a step between tags that cannot follow each other."""


class Span(NamedTuple):
    """Tokens `[first, last)` taken for a label, and how sure that is, 0 to 1."""

    first: int
    last: int
    label: str
    score: float


def rows(features: Iterable[str]) -> list[int]:
    """Return the rows of features."""
    return [zlib.crc32(name.encode()) % (_SIZE - 1) + 1 for name in features]


def table(features: Sequence[Sequence[int]]) -> Ints:
    """Return the rows of the features of each token as one array, filled up with 0."""
    found = np.zeros((len(features), max(map(len, features), default=1)), np.int32)
    for index, own in enumerate(features):
        found[index, : len(own)] = own
    return found


@dataclass
class Chain:
    """Weights of features and of neighbours, each by tag: nothing, then two tags a label."""

    labels: tuple[str, ...]
    weights: Floats
    following: Floats
    """Row: the tag before; the first row is also that of the start of a sentence."""

    @classmethod
    def empty(cls, labels: Sequence[str], believed: Mapping[str, Mapping[int, float]]) -> "Chain":
        """Return a chain that has learned nothing but what is `believed`: weights of tags."""
        tags = 2 * len(labels) + 1
        made = cls(
            tuple(labels), np.zeros((_SIZE, tags), np.float32), np.zeros((tags, tags), np.float32)
        )
        for feature, weights in believed.items():
            for tag, weight in weights.items():
                made.weights[rows([feature])[0], tag] += weight
        return made

    def tag(self, label: str, *, inside: bool) -> int:
        """Return the tag that begins a label, or goes on with it."""
        return 2 * self.labels.index(label) + 1 + inside

    def spans(self, features: Ints, told: Told | None = None) -> Iterator[Span]:
        """Yield the spans of the likeliest tags of a sentence, slightly eager.

        Where somebody else tells labels apart, too, a span has the one that is likeliest by both.
        """
        scores = self.weights[features].sum(axis=1)
        scores[:, 0] -= _EAGER
        scores[:, 1::2] += _BEGUN
        steps = self._steps()
        path = _likeliest(scores, steps)
        sums = _sums(scores, steps)
        chances = np.exp(sum(sums) - _log_sum(sums[0][-1], 0))
        first = 0
        while first < len(path):
            tag, last = path[first], first + 1
            while tag and last < len(path) and path[last] == tag + tag % 2:
                last += 1
            if tag:
                sure = min(float(chances[token, path[token]]) for token in range(first, last))
                label = self.labels[(tag - 1) // 2]
                if told:
                    own = self._named(scores, steps, sums, (first, last))
                    label = likeliest_by_both(own, told(first, last), label)
                yield Span(first, last, label, sure)
            first = last

    def naming(self, features: Ints, first: int, last: int) -> dict[str, float]:
        """Return how likely each label is for tokens `[first, last)`, given that they are one span.

        Whatever the tags of the other tokens are: their sums, by the forward-backward algorithm.
        """
        scores = self.weights[features].sum(axis=1)
        steps = self._steps()
        return self._named(scores, steps, _sums(scores, steps), (first, last))

    def _named(
        self, scores: Floats, steps: Floats, around: tuple[Floats, Floats], place: tuple[int, int]
    ) -> dict[str, float]:
        """Return how likely each label is for a place, by the sums over all tags around it."""
        (forward, backward), (first, last) = around, place
        begun, on = slice(1, None, 2), slice(2, None, 2)
        before = _log_sum(forward[first - 1][:, None] + steps, 0) if first else steps[0]
        sums = before[begun] + scores[first, begun] + scores[first + 1 : last, on].sum(axis=0)
        ends = steps[begun]
        if last - first > 1:
            sums += steps.diagonal(1)[begun] + (last - first - 2) * steps.diagonal()[on]
            ends = steps[on]
        if last < len(scores):
            after = ends + (scores[last] + backward[last])[None, :]
            goes_on = np.arange(len(self.labels))
            after[goes_on, 2 * goes_on + 2] = _NEVER
            sums += _log_sum(after, 1)
        chances = np.exp(sums - _log_sum(sums, 0))
        return dict(zip(self.labels, chances.tolist(), strict=True))

    def _steps(self) -> Floats:
        """Return the weights of neighbours; a label is gone on with only where it began."""
        steps = self.following.copy()
        for tag in range(2, len(steps), 2):
            others = [each for each in range(len(steps)) if each not in (tag - 1, tag)]
            steps[others, tag] = _NEVER
        return steps

    def fit(
        self,
        sentences: Sequence[tuple[Ints, Ints]],
        tell: Callable[[str], None] = lambda _: None,
        seed: int = 0,
    ) -> None:
        """Learn from sentences, each the rows of its tokens' features and their tags.

        The weights are the mean of those after the later rounds (Polyak and Juditsky 1992).
        `tell` gets each round, and ends the learning by raising.
        """
        chance = np.random.default_rng(seed)
        squares = np.full_like(self.weights, 1e-2)
        step_squares = np.full_like(self.following, 1e-2)
        mean, mean_steps = np.zeros_like(self.weights), np.zeros_like(self.following)
        for number in range(_ROUNDS):
            tell(f"Tagger: round {number + 1} of {_ROUNDS}")
            for index in chance.permutation(len(sentences)):
                features, tags = sentences[index]
                kept = np.where(chance.random(features.shape) < _DROPPED, 0, features)
                self._learn(kept, tags, squares, step_squares)
            if number >= _SETTLED:
                mean += self.weights / (_ROUNDS - _SETTLED)
                mean_steps += self.following / (_ROUNDS - _SETTLED)
        if _ROUNDS > _SETTLED:
            self.weights, self.following = mean, mean_steps

    def _learn(self, features: Ints, tags: Ints, squares: Floats, step_squares: Floats) -> None:
        """Move the weights of one sentence against the gradient of its loss."""
        slope, steps = _chances(self.weights[features].sum(axis=1), self._steps())
        slope[np.arange(len(tags)), tags] -= 1
        np.add.at(steps, (tags[:-1], tags[1:]), -1)
        steps[0] += slope[0]
        step_squares += steps * steps
        self.following -= _RATE * steps / np.sqrt(step_squares)
        used, sums = _by_row(features, slope)
        sums += _DECAY * self.weights[used]
        squares[used] += sums * sums
        self.weights[used] -= _RATE * sums / np.sqrt(squares[used])


def likeliest_by_both(one: Mapping[str, float], other: Mapping[str, float], known: str) -> str:
    """Return the label that is likeliest by two who do not know of each other, else one `known`."""
    both = {label: chance * other.get(label, 0.0) for label, chance in one.items()}
    found = max(both, key=both.__getitem__, default=known)
    return found if both.get(found) else known


def _by_row(features: Ints, slope: Floats) -> tuple[Ints, Floats]:
    """Return the rows that a sentence uses and the sum of the slopes of their tokens."""
    flat = features.ravel()
    order = np.argsort(flat, kind="stable")
    order = order[np.searchsorted(flat[order], 1) :]  # row 0 is none
    begins = np.flatnonzero(np.diff(flat[order], prepend=0))
    tokens = order // features.shape[1]
    return flat[order][begins], np.add.reduceat(slope[tokens], begins, axis=0)


def _log_sum(values: Floats, axis: int) -> Floats:
    top = values.max(axis=axis, keepdims=True)
    summed = np.log(np.exp(values - top).sum(axis=axis, keepdims=True)) + top
    found: Floats = summed.squeeze(axis)
    return found


def _chances(scores: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """Return how likely each tag of each token is, and how often each step is expected.

    By the forward-backward algorithm.
    """
    forward, backward = _sums(scores, steps)
    total = _log_sum(forward[-1], 0)
    ahead = (scores[1:] + backward[1:])[:, None, :]
    pairs = np.exp(forward[:-1, :, None] + steps[None] + ahead - total).sum(axis=0)
    return np.exp(forward + backward - total), pairs


def _sums(scores: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """Return the logarithms of the sums over all tags before and over all after each token's tag.

    Those before include the token itself.
    """
    count = len(scores)
    forward, backward = np.empty_like(scores), np.zeros_like(scores)
    forward[0] = scores[0] + steps[0]
    for token in range(1, count):
        forward[token] = scores[token] + _log_sum(forward[token - 1][:, None] + steps, 0)
    for token in range(count - 2, -1, -1):
        backward[token] = _log_sum(steps + (scores[token + 1] + backward[token + 1])[None, :], 1)
    return forward, backward


def _likeliest(scores: Floats, steps: Floats) -> list[int]:
    """Return the likeliest tags of a sentence, by the Viterbi algorithm."""
    best, back = scores[0] + steps[0], []
    for own in scores[1:]:
        ways = best[:, None] + steps
        back.append(ways.argmax(axis=0))
        best = own + ways.max(axis=0)
    path = [int(best.argmax())]
    for before in reversed(back):
        path.append(int(before[path[-1]]))
    return path[::-1]
