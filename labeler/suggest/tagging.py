"""The tagger trained here in seconds: what is an entity, by all that is known of each token.

It learns from a handful of documents, and how far to trust those who propose: what they propose is
what it believes at first, and it learns where they err.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from labeler.schema import Entity
from labeler.suggest.chains import Chain, Ints, Span, Told, rows, table
from labeler.suggest.reading import LONGEST as LONGEST_ENTITY
from labeler.suggest.reading import Reading

LONGEST = 120
"""Tokens of a sentence; what is longer is cut."""
_ENDS = re.compile(r"[.!?…。]+")
_BELIEF = 6.0
"""The weight that what others propose has before anything is learned, where they know all labels:
a label that they never propose takes its share off, since their silence says little then."""
_ELSEWHERE = 6
"""Other places of the same word that a token is told of."""

Place = tuple[int, int, str]
"""First token, token behind the last, label."""


class Example(NamedTuple):
    """A text, what is right in it, and what others propose for it."""

    reading: Reading
    entities: Sequence[Entity]
    proposed: Sequence[Entity]


def places(reading: Reading, entities: Iterable[Entity]) -> list[Place]:
    """Return the tokens of entities that fit and do not overlap, longer ones first."""
    found: list[Place] = []
    taken: set[int] = set()
    fitting = ((*place, item.label) for item in entities if (place := reading.range(item)))
    for first, last, label in sorted(fitting, key=lambda each: (each[0] - each[1], each)):
        if taken.isdisjoint(range(first, last)):
            taken.update(range(first, last))
            found.append((first, last, label))
    return found


# ---- features --------------------------------------------------------------------------------


def sentences(words: Sequence[str]) -> Iterator[slice]:
    """Yield the tokens of each sentence: up to a line's end, or a full stop before a capital."""
    first = 0
    for index, word in enumerate(words):
        after = words[index + 1][:1] if index + 1 < len(words) else ""
        ends = "\n" in word or (_ENDS.fullmatch(word) and not after.islower())
        if ends or index + 1 - first == LONGEST:
            yield slice(first, index + 1)
            first = index + 1
    if first < len(words):
        yield slice(first, len(words))


@lru_cache(maxsize=100_000)
def shape(word: str) -> str:
    """Return a word with `X`, `x` and `d` for its letters and digits, runs cut to two."""
    kinds = (
        "X" if sign.isupper() else "x" if sign.islower() else "d" if sign.isdigit() else sign
        for sign in word[:30]
    )
    return re.sub(r"(.)\1{2,}", r"\1\1", "".join(kinds))


@lru_cache(maxsize=100_000)
def of_word(word: str) -> tuple[str, ...]:
    """Return the features of a word alone."""
    low = word.casefold()
    sizes = range(1, min(5, len(low)))
    return (
        "any",
        f"word {low}",
        f"as {word}",
        f"shape {shape(word)}",
        *(f"starts {low[:size]}" for size in sizes),
        *(f"ends {low[-size:]}" for size in sizes),
        *(["digit"] if any(map(str.isdigit, word)) else ()),
        *(["capitals"] if word.isupper() and len(word) > 1 else ()),
        *(["hyphen"] if "-" in word else ()),
    )


class _Text:
    """A text as its features: of each token, its neighbours, and the same word elsewhere."""

    def __init__(self, words: Sequence[str], proposed: Iterable[Place]) -> None:
        self._words = words
        self._low = ["^", "^", *(word.casefold() for word in words), "$", "$"]
        self._shapes = ["^", *map(shape, words), "$"]
        self._hints = ["^", *_hints(len(words), proposed), "$"]
        self._opening = {each.start for each in sentences(words)}
        self._capitals: dict[str, list[int]] = defaultdict(list)
        for token, word in enumerate(words):
            if word[:1].isupper() and token not in self._opening:
                self._capitals[word].append(token)

    def rows(self, part: slice = slice(None)) -> Ints:
        """Return the rows of the features of each token, or of each in a part."""
        return table([rows(self._of(token)) for token in range(len(self._words))[part]])

    def _of(self, token: int) -> Iterator[str]:
        yield from of_word(self._words[token])
        yield from self._beside(token)
        yield from self._elsewhere(token)
        yield from self._hinted(token)

    def _beside(self, token: int) -> Iterator[str]:
        two_before, before, own, after, two_after = self._low[token : token + 5]
        left, form, right = self._shapes[token : token + 3]
        yield from (f"-1 {before}", f"+1 {after}", f"-2 {two_before}", f"+2 {two_after}")
        yield from (f"-1 0 {before} {own}", f"0 +1 {own} {after}")
        yield from (f"-2 -1 {two_before} {before}", f"+1 +2 {after} {two_after}")
        yield from (f"-1 shape {before} {form}", f"shape +1 {form} {after}")
        yield from (f"-1 ends {before[-3:]}", f"+1 ends {after[-3:]}")
        yield from (f"left {left}", f"right {right}", f"shapes {left} {form} {right}")

    def _elsewhere(self, token: int) -> Iterator[str]:
        word = self._words[token]
        others = [place for place in self._capitals.get(word, ())[:_ELSEWHERE] if place != token]
        for place in others:
            yield f"elsewhere -1 {self._low[place + 1]}"
            yield f"elsewhere +1 {self._low[place + 3]}"
        if token in self._opening:
            yield from ("opens", f"opens {self._shapes[token + 1]}")
            yield "a capital elsewhere" if others else "no capital elsewhere"

    def _hinted(self, token: int) -> Iterator[str]:
        left, own, right = self._hints[token : token + 3]
        yield from (f"hint {own}", f"left hint {left}", f"right hint {right}")
        yield f"hint {own} {self._shapes[token + 1]}"


def _hints(count: int, proposed: Iterable[Place]) -> list[str]:
    """Return for each token what others take it for."""
    hints = ["nothing"] * count
    for first, last, label in proposed:
        hints[first] = f"B {label}"
        hints[first + 1 : last] = [f"I {label}"] * (last - first - 1)
    return hints


# ---- the tagger ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tagger:
    """What was learned, and the suggester whose proposals it was told: its name and options."""

    chain: Chain
    hears: Mapping[str, Any]
    nested: bool = False
    """Whether what a pipeline finds within and around the tagger's entities is proposed too."""
    known: float = 0.0
    """The share, 0 to 1, of what it learned from whose label the heard suggester proposes."""
    longest: int = LONGEST_ENTITY
    """Tokens of the longest entity that it learned from."""

    def spans(
        self, reading: Reading, proposed: Iterable[Entity], told: Told | None = None
    ) -> Iterator[Span]:
        """Yield what is likely an entity in a text, given what others propose for it.

        `told` tells labels apart, too.
        """
        if not reading.words:
            return
        features = _Text(reading.words, places(reading, proposed)).rows()
        for sentence in sentences(reading.words):
            start = sentence.start
            own = partial(_shifted, told, start) if told else None
            for first, last, label, score in self.chain.spans(features[sentence], own):
                yield Span(first + start, last + start, label, score)

    def naming(
        self, reading: Reading, proposed: Iterable[Entity], place: tuple[int, int]
    ) -> dict[str, float]:
        """Return how likely each label is for tokens `[first, last)`, given that they are one span.

        Empty where they are more than a sentence, or parts of two.
        """
        first, last = place
        for sentence in sentences(reading.words):
            if sentence.start <= first < sentence.stop:
                if last > sentence.stop:
                    return {}
                features = _Text(reading.words, places(reading, proposed)).rows(sentence)
                return self.chain.naming(features, first - sentence.start, last - sentence.start)
        return {}

    def save(self, path: Path) -> None:
        """Write the tagger to a file."""
        used = np.flatnonzero(self.chain.weights.any(axis=1))
        told = {"labels": self.chain.labels, "hears": self.hears, "nested": self.nested}
        told["longest"] = self.longest
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                told=np.frombuffer(json.dumps(told).encode(), np.uint8),
                rows=used.astype(np.int32),
                weights=self.chain.weights[used].astype(np.float16),
                following=self.chain.following,
            )

    @classmethod
    def load(cls, path: Path) -> "Tagger":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            told = json.loads(kept["told"].tobytes())
            chain = Chain.empty(told["labels"], {})
            chain.weights[kept["rows"]] = kept["weights"]
            chain.following[:] = kept["following"]
        options = {name: told[name] for name in ("nested", "longest") if name in told}
        return cls(chain, told["hears"], **options)


def _shifted(told: Told, start: int, first: int, last: int) -> Mapping[str, float]:
    return told(first + start, last + start)


def train(
    examples: Iterable[Example],
    hears: Mapping[str, Any],
    tell: Callable[[str], None] = lambda _: None,
) -> Tagger | None:
    """Return a tagger that learned from examples; None where nothing in them is labeled.

    `hears` names what made the proposals in them. `tell` gets each round, and ends the training
    by raising.
    """
    texts = [
        (example.reading.words, places(example.reading, example.entities),
         places(example.reading, example.proposed))
        for example in examples
    ]  # fmt: skip
    labels = sorted({label for _, found, _ in texts for *_, label in found})
    if not labels:
        return None
    known = _known(texts)
    chain = Chain.empty(labels, _beliefs(labels, known))
    read: list[tuple[Ints, Ints]] = []
    for words, found, proposed in texts:
        features, tags = _Text(words, proposed).rows(), _tags(chain, len(words), found)
        read += [(features[each], tags[each]) for each in sentences(words)]
    chain.fit(read, tell)
    longest = max(last - first for _, found, _ in texts for first, last, _ in found)
    return Tagger(chain, hears, known=known, longest=longest)


def _known(texts: Iterable[tuple[Sequence[str], Sequence[Place], Sequence[Place]]]) -> float:
    """Return the share of what is right whose label others propose anywhere, 0 to 1."""
    right, proposed = Counter[str](), set[str]()
    for _, found, theirs in texts:
        right.update(label for *_, label in found)
        proposed.update(label for *_, label in theirs)
    return sum(right[label] for label in proposed) / right.total()


def _beliefs(labels: Sequence[str], known: float) -> dict[str, dict[int, float]]:
    """Return what is believed before anything is learned: that proposals are right."""
    believed = {"hint nothing": {0: _BELIEF * known}}
    for number, label in enumerate(labels):
        believed[f"hint B {label}"] = {2 * number + 1: _BELIEF}
        believed[f"hint I {label}"] = {2 * number + 2: _BELIEF}
    return believed


def _tags(chain: Chain, count: int, found: Iterable[Place]) -> Ints:
    tags = np.zeros(count, np.int64)
    for first, last, label in found:
        tags[first] = chain.tag(label, inside=False)
        tags[first + 1 : last] = chain.tag(label, inside=True)
    return tags
