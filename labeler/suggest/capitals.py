"""The words with a capital in a text and the runs they form: where English names are looked for."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from labeler.suggest import english
from labeler.suggest.finds import Find, Words

_OPENS = frozenset('.!?:;"“”„«‘([—–-•…*|/')
_ARTICLE_NAME = re.compile(r"(?:al|el|ad|an|as|ash|ul|bin|ibn|d|de|O)[-'’][A-Z]")


class Unit(NamedTuple):
    """A token, or tokens joined by hyphens: Jong-un, Jean-Paul."""

    text: str
    start: int
    end: int
    capital: bool
    joined: bool
    """Whether one space and nothing else stands between it and the unit before."""
    opens: bool
    """Whether a sentence, a quotation or a line starts with it."""
    headline: bool
    """Whether its line writes most words with a capital, so that a capital says nothing."""


class Capitals:
    """The units of a text, its runs of capitals, and what is known of each unit already.

    `known` are names found in the gazetteer, `busy` the tokens of figures: no name holds those.
    """

    def __init__(self, text: Words, known: Iterable[Find], busy: set[int]) -> None:
        self.text = text
        self._by_token = {token: find for find in known for token in range(find.start, find.end)}
        self.units = list(self._read(busy))
        self._starting_at = {unit.start: index for index, unit in enumerate(self.units)}
        self.runs = [run for run in self._runs() if not self.units[run[0]].headline]

    def __getitem__(self, index: int) -> str:
        """Return the text of a unit; empty before the first and after the last."""
        return self.units[index].text if 0 <= index < len(self.units) else ""

    def known(self, index: int) -> Find | None:
        """Return the gazetteer's find that covers the start of a unit."""
        return self._by_token.get(self.units[index].start)

    def known_at(self, token: int) -> Find | None:
        """Return the gazetteer's find that covers a token."""
        return self._by_token.get(token)

    def beside(self, find: Find) -> Iterator[int]:
        """Yield the units with a capital that stand directly before and after a find."""
        index = self._starting_at.get(find.start)
        if index and self.units[index].joined and self._is_beside(index - 1):
            yield index - 1
        index = self._starting_at.get(find.end)
        if index and self.units[index].joined and self._is_beside(index):
            yield index

    def _is_beside(self, index: int) -> bool:
        unit = self.units[index]
        opener = unit.opens and unit.text in english.words.STARTERS
        return unit.capital and not unit.headline and not opener

    def continues(self, index: int, *words: str) -> bool:
        """Tell whether the unit follows on one space, being one of `words` (none: a capital)."""
        if not 0 < index < len(self.units):
            return False
        unit = self.units[index]
        return unit.joined and (unit.text in words if words else unit.capital)

    def title_length(self, index: int) -> int:
        """Return how many units the title or honorific that starts at this unit has, or 0."""
        for title in _titles().get(self[index], ()):
            rest = enumerate(title[1:], start=index + 1)
            if all(self.continues(step, word) for step, word in rest):
                return len(title)
        if self.continues(index + 1, "Minister") and self.units[index].capital:
            return 2 if self.known(index) is None else 0
        # At the start of a sentence a role has a capital too: "Striker Ana Ruiz".
        opens = 0 <= index < len(self.units) and self.units[index].opens
        return int(
            opens and self[index].lower() in english.people.ROLES and self.continues(index + 1)
        )

    def find(self, start: int, end: int, label: str, score: float, reason: str) -> Find:
        """Return a find that covers these units."""
        first, last = self.units[start], self.units[end - 1]
        return Find(first.start, last.end, label, score, reason)

    def string(self, start: int, end: int) -> str:
        """Return the text of these units."""
        return self.text.slice(self.units[start].start, self.units[end - 1].end)

    def _read(self, busy: set[int]) -> Iterator[Unit]:
        text, token, last, headline = self.text, 0, "", False
        headlines = _headlines(text.text)
        while token < len(text):
            end = self._unit_end(token)
            gap = text.gap(token)
            if "\n" in gap or "\r" in gap or "\n" in last:
                headline = _line_of(text, token) in headlines
            word = text.slice(token, end)
            opens = not last or last[-1] in _OPENS or "\n" in gap or "\n" in last
            capital = token not in busy and self._is_capital(word, token, end)
            yield Unit(word, token, end, capital, gap in (" ", "\u00a0"), opens, headline)
            token, last = end, word

    def _unit_end(self, token: int) -> int:
        words, end = self.text.words, token + 1
        if not words[token][0].isalpha():
            return end
        if end < len(words) and words[end] == "." and not self.text.gap(end):
            return end + (words[token] + "." in english.people.ABBREVIATIONS)
        while end + 1 < len(words) and words[end] == "-" and words[end + 1][0].isalpha():
            if self.text.gap(end) or self.text.gap(end + 1):
                break
            end += 2
        return end

    def _is_capital(self, word: str, start: int, end: int) -> bool:
        if not ((word[0].isupper() and word != "I") or _ARTICLE_NAME.match(word)):
            return False
        if end - start == 1 or start not in self._by_token:
            return True
        # "Russia-Ukraine" and "Beijing-based" are no names, but "Asia-Pacific" is one whole.
        return self._by_token[start].end >= end

    def _runs(self) -> Iterator[tuple[int, int]]:
        start = None
        for index, unit in enumerate((*self.units, None)):
            if start is not None and not (unit and unit.capital and unit.joined):
                trimmed = self._without_starter(start, index)
                if trimmed < index:
                    yield trimmed, index
                start = None
            if start is None and unit and unit.capital:
                start = index

    def _without_starter(self, start: int, end: int) -> int:
        """Return where a run starts when the word that only opens the sentence is left out."""
        while start < end and self[start] in english.words.STARTERS:
            opening = self.units[start].opens or start == 0 or self[start] in ("The", "A", "An")
            known = self.known(start)
            if not opening or (known and known.end > self.units[start].end):
                break
            start += 1
            if start < end and self[start] not in english.words.STARTERS:
                break
        return start


@cache
def _titles() -> dict[str, list[tuple[str, ...]]]:
    """Return titles and honorifics by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    titles = [
        tuple(title.split()) for title in (*english.people.TITLES, *english.people.HONORIFICS)
    ]
    for title in sorted(titles, key=lambda title: (-len(title), title)):
        found.setdefault(title[0], []).append(title)
    return found


def _headlines(text: str) -> frozenset[int]:
    """Return the code points at which lines start that write most of their words large."""
    starts, position = set(), 0
    for line in text.splitlines(keepends=True):
        words = [word for word in re.findall(r"[^\W\d_]+", line[:400]) if len(word) > 3]
        large = sum(word[0].isupper() for word in words)
        if (
            len(line) < 120
            and len(words) > 3
            and large > 0.7 * len(words)
            and not line.rstrip().endswith((".", "”", '"'))
        ):
            starts.add(position)
        position += len(line)
    return frozenset(starts)


def _line_of(text: Words, token: int) -> int:
    """Return the code point at which the line of a token starts."""
    place = text.starts[token]
    return max(text.text.rfind("\n", 0, place), text.text.rfind("\r", 0, place)) + 1
