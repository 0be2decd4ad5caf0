"""A text as what is counted in it: its words, and the keys by which counts know them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from labeler import nlp
from labeler.schema import Entity, Tokens

LONGEST = 8
"""Tokens that an entity may have to be learned."""
MAX_KEY = 300
"""Characters of a key; what is longer is not learned."""
ENTITY = "entity"
"""The kind of keys that are the words of entities."""


class Key(NamedTuple):
    """What is counted: its kind and its words."""

    kind: str
    words: str


Counts = Mapping[Key, Mapping[str, int]]
"""How often each key had each outcome."""
LookUp = Callable[[Collection[Key]], Counts]


@dataclass(frozen=True)
class Reading:
    """A text with its tokens, seen as words; token numbers count white space tokens too."""

    text: str
    tokens: Tokens

    @cached_property
    def words(self) -> list[str]:
        """Return the words of all tokens."""
        pairs = zip(self.tokens.starts, self.tokens.ends, strict=True)
        return [self.text[start:end] for start, end in pairs]

    def range(self, entity: Entity) -> tuple[int, int] | None:
        """Return the tokens that an entity covers, None where it is too long or does not fit."""
        found = nlp.align(self.tokens, entity.start, entity.end)
        return found if found and found[1] - found[0] <= LONGEST else None

    def covering(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the tokens that share code points with a span, None where none does."""
        widened = nlp.expand(self.tokens, start, end)
        return nlp.align(self.tokens, *widened) if widened else None

    def slice(self, first: int, last: int) -> str:
        """Return the words of tokens `[first, last)` with single spaces where there was space."""
        return " ".join(self.text[self.tokens.starts[first] : self.tokens.ends[last - 1]].split())

    def named(self, entities: Iterable[Entity]) -> Iterator[tuple[str, tuple[int, int], str]]:
        """Yield the words of entities, where they stand and their labels, in order of the text.

        Left out are those in parts, and those that are too long or do not fit.
        """
        for item in sorted(entities, key=lambda each: (each.start, each.end)):
            place = self.range(item)
            if place and not item.parts:
                yield self.slice(*place), place, item.label

    def runs(self) -> Iterator[tuple[Key, int, int]]:
        """Yield every run of tokens on one line that could be an entity, with its key."""
        words, count = self.words, len(self.words)
        for first in range(count):
            if not words[first][0].isalnum():
                continue
            for last in range(first + 1, min(first + LONGEST, count) + 1):
                if words[last - 1].isspace():
                    if "\n" in words[last - 1]:
                        break
                    continue
                key = self.slice(first, last)
                if len(key) > MAX_KEY:
                    break
                yield Key(ENTITY, key), first, last
