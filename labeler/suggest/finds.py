"""What a rule found in a text, and which finds stand where several claim one place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Find(NamedTuple):
    """Tokens `[start, end)` that a rule takes for a `label`, how sure it is and why, in words."""

    start: int
    end: int
    label: str
    score: float
    reason: str


class Link(NamedTuple):
    """A relation that a rule sees between the finds at two places in the list of finds."""

    head: int
    tail: int
    label: str
    score: float
    reason: str


@dataclass
class Words:
    """A text and its tokens in order, with white space between them at most."""

    text: str
    words: Sequence[str]
    starts: list[int] = field(init=False)
    ends: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.starts, self.ends, end = [], [], 0
        for word in self.words:
            start = self.text.index(word, end)
            end = start + len(word)
            self.starts.append(start)
            self.ends.append(end)
        self._at_start = {start: token for token, start in enumerate(self.starts)}
        self._at_end = {end: token + 1 for token, end in enumerate(self.ends)}

    def __len__(self) -> int:
        return len(self.words)

    def tokens(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the tokens that cover exactly these code points; None off token borders."""
        first, last = self._at_start.get(start), self._at_end.get(end)
        return None if first is None or last is None else (first, last)

    def slice(self, start: int, end: int) -> str:
        """Return the text of the tokens `[start, end)`."""
        return self.text[self.starts[start] : self.ends[end - 1]]

    def gap(self, token: int) -> str:
        """Return the text between this token and the one before it; `\\n` before the first."""
        if token == 0:
            return "\n"
        return self.text[self.ends[token - 1] : self.starts[token]]


def standing(finds: Iterable[Find]) -> list[Find]:
    """Return finds of which no two overlap, by place: the longest wins, then the surest."""
    taken: set[int] = set()
    chosen = []
    for find in sorted(finds, key=lambda find: (find.start - find.end, -find.score, find)):
        place = range(find.start, find.end)
        if taken.isdisjoint(place):
            taken.update(place)
            chosen.append(find)
    return sorted(chosen)
