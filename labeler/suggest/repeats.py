"""What people decided in a text holds for the same words elsewhere in it."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from labeler import nlp
from labeler.schema import Entity
from labeler.suggest import entity_suggestion, suggested_place
from labeler.suggest.finds import Find, standing
from labeler.suggest.reading import LONGEST, Reading

HERE = 0.6
"""The score of a proposal to label words as they were labeled elsewhere in the same text."""
UNSURE = 0.3
"""The same where they were labeled in several ways: what knows the words around may know better."""
NAMED = 0.45
"""The score of a proposal for an abbreviation of what is labeled or proposed, and the other way."""
_SHORT = 4
"""Letters below which words in another spelling are others."""
_FULL = 120
"""Code points before an abbreviation in brackets in which what it stands for is looked for."""
_IN_BRACKETS = re.compile(r" \(((?=[\w-]*[A-Z])\w[\w-]{1,9})[);,]")

Place = tuple[int, int]
"""Tokens `[first, last)`."""
Given = tuple[Place, str]
"""Where words are labeled, and as what."""
LabelAgain = Callable[[Reading, Place, Sequence[str]], str | None]
"""Says as what words are labeled at a place, given the labels that they had before in the text."""


def occurrences(
    reading: Reading, labeled: Sequence[Entity], label: LabelAgain | None = None
) -> list[Entity]:
    """Return proposals to label the same words everywhere in a text.

    `label` says as what; where it does not know, they are labeled alike. Of several labels the one
    given most times counts then, or else the last: to change it takes no more actions than to label
    what nobody proposes.
    """
    given = _given(reading, labeled)
    places = {place for found in given.values() for place, _ in found}
    taken = {token for first, last in places for token in range(first, last)}
    alike: dict[str, list[str]] = defaultdict(list)
    for words in given:
        alike[_stem(words)].append(words)
    finds = [
        _again(reading, (first, last), given[words], label)
        if words in given
        else _varied(words, (first, last), {each: given[each] for each in alike[_stem(words)]})
        for words, first, last in _places(reading, places, alike)
        if taken.isdisjoint(range(first, last))
    ]
    return [_proposal(reading, find) for find in standing(filter(None, finds))]


def abbreviations(reading: Reading, entities: Iterable[Entity]) -> list[Entity]:
    """Return proposals for the abbreviations of entities, and for what abbreviations stand for.

    Both are labeled alike, wherever they stand in the text.
    """
    pairs = list(_introduced(reading))
    if not pairs:
        return []
    labels = {place: item.label for item in entities if (place := reading.range(item))}
    known = {reading.slice(*place) for place in labels}
    finds = [
        Find(*place, label, NAMED, f"{told} “{reading.slice(*one)}”")
        for long, short in pairs
        for one, other, told in ((long, short, "short for"), (short, long, "in full for"))
        if (label := _label_of(one, labels)) and reading.slice(*other) not in known
        for place in _same_words(reading, other)
    ]
    return [_proposal(reading, find) for find in standing(finds)]


def _label_of(place: Place, labels: Mapping[Place, str]) -> str | None:
    """Return the label of a place, also where one word more before it is labeled, as an article."""
    first, last = place
    return labels.get(place) or labels.get((first - 1, last)) or labels.get((first - 2, last))


def _introduced(reading: Reading) -> Iterator[tuple[Place, Place]]:
    """Yield where abbreviations in brackets are introduced: what they stand for, and they.

    By the algorithm of Schwartz and Hearst (2003).
    """
    for match in _IN_BRACKETS.finditer(reading.text):
        before = reading.text[max(0, match.start() - _FULL) : match.start()].rpartition("\n")[2]
        words = before.rstrip()
        start = _beginning(words, match[1])
        if start is None or len(words[start:].split()) > 2 * len(match[1]):
            continue
        first = match.start() - len(before)
        long = nlp.align(reading.tokens, first + start, first + len(words))
        short = nlp.align(reading.tokens, *match.span(1))
        if long and short and long[1] - long[0] <= LONGEST:
            yield long, short


def _beginning(words: str, short: str) -> int | None:
    """Return where what an abbreviation stands for begins, None where its letters are not there.

    Each is looked for from the right; the first has to begin a word.
    """
    place = len(words)
    for index in range(len(short) - 1, -1, -1):
        if not short[index].isalnum():
            continue
        place -= 1
        while place >= 0 and not (
            words[place].casefold() == short[index].casefold()
            and (index or not place or not words[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
    return place


def _same_words(reading: Reading, place: Place) -> Iterator[Place]:
    words = reading.slice(*place)
    for found, first, last in _places(reading, [place], {_stem(words)}):
        if found == words:
            yield first, last


def _proposal(reading: Reading, find: Find) -> Entity:
    start, end = reading.tokens.starts[find.start], reading.tokens.ends[find.end - 1]
    why: dict[str, Any] = {"suggester": "dictionary", "version": "this text"}
    why |= {"score": find.score, "reason": find.reason}
    return entity_suggestion(start, end, find.label, why)


def _again(
    reading: Reading, place: Place, given: Sequence[Given], label: LabelAgain | None
) -> Find:
    """Return the proposal for words that were labeled elsewhere in the text."""
    before = [name for other, name in given if other < place] or [name for _, name in given]
    found = label(reading, place, before) if label else None
    if found is not None:
        return Find(*place, found, HERE, told_again(found, before[-1]))
    labels = _by_number(given)
    sure = HERE if len(labels) == 1 else UNSURE
    return Find(*place, labels[-1], sure, f"labeled {labels[-1]} here")


def told_again(label: str, latest: str) -> str:
    """Return in words why words have a label again, or another one after their latest."""
    reason = f"labeled {latest} here"
    return reason if label == latest else f"{reason}, and then mostly {label}"


def _varied(words: str, place: Place, given: Mapping[str, Sequence[Given]]) -> Find | None:
    """Return the proposal for words that were labeled in another spelling: case or number."""
    told = next((each for each in given if is_spelled_like(words, each)), None)
    if told is None:
        return None
    label = _by_number(given[told])[-1]
    return Find(*place, label, UNSURE, f"“{told}” is labeled {label} here")


def is_spelled_like(words: str, labeled: str) -> bool:
    """Tell whether words are labeled ones in another spelling: case or number.

    A name says nothing of words without capitals, nor of many: Turkey, turkey; Apache, Apaches.
    """
    if len(words) < _SHORT or _stem(words) != _stem(labeled):
        return False
    if words.casefold() != labeled.casefold():
        return labeled.islower() or labeled.isupper() or words.isupper()
    return labeled.islower() or not words.islower()


@lru_cache(maxsize=10_000)
def _stem(words: str) -> str:
    """Return what spellings of the same words have in common."""
    folded = words.casefold()
    plural = len(folded) >= _SHORT and folded[-1] == "s" and folded[-2] not in "sui"
    return folded[:-1] if plural else folded


def unopposed(
    reading: Reading,
    proposed: Iterable[Entity],
    labeled: Sequence[Entity],
    rejected: Collection[str],
    again: Sequence[Entity] = (),
) -> list[Entity]:
    """Return the proposals that nothing decided in this text speaks against.

    Against them speak the same words labeled otherwise here, each time alike, or `rejected`, by
    the ids of proposals, with this label. What is proposed `again` for a place says it there,
    unless another spelling of it was rejected.
    """
    alike = _alike(reading, labeled)
    said = {
        (item.start, item.end): item.label
        for item in again
        if (item.origin or {}).get("score") == HERE
    }
    repeated = {item.id for item in again}
    against = {
        (reading.text[start:end], label)
        for id_ in rejected
        for start, end, label in [suggested_place(id_) or (0, 0, "")]
    }
    spelled = {(_stem(words), label) for words, label in against}

    def stands(item: Entity) -> bool:
        words = reading.text[item.start : item.end]
        meant = said.get((item.start, item.end)) or alike.get(words, item.label)
        stem = (_stem(words), item.label)
        refused = stem in spelled if item.id in repeated else (words, item.label) in against
        return meant == item.label and not refused

    return [item for item in proposed if stands(item)]


def _alike(reading: Reading, labeled: Iterable[Entity]) -> dict[str, str]:
    """Return the labels of words that have one label in a text."""
    given = _given(reading, labeled).items()
    return {words: found[0][1] for words, found in given if len(_by_number(found)) == 1}


def _given(reading: Reading, labeled: Iterable[Entity]) -> dict[str, list[Given]]:
    """Return where words are labeled in a text, and as what, in order."""
    found: dict[str, list[Given]] = defaultdict(list)
    for words, place, label in reading.named(labeled):
        found[words].append((place, label))
    return found


def _by_number(given: Sequence[Given]) -> list[str]:
    """Return the labels that words have, the one given most times last."""
    labels = [label for _, label in given]
    return sorted(set(labels), key=lambda label: (labels.count(label), _last(labels, label)))


def _last(labels: Sequence[str], label: str) -> int:
    """Return where a label stands last."""
    return len(labels) - 1 - labels[::-1].index(label)


def _places(
    reading: Reading, samples: Iterable[tuple[int, int]], wanted: Collection[str]
) -> Iterator[tuple[str, int, int]]:
    """Yield where words with `wanted` stems stand like `samples`, found by their first tokens."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for first, last in samples:
        lengths[_stem(reading.words[first])].add(last - first)
    for first, word in enumerate(reading.words):
        for length in lengths.get(_stem(word), ()):
            last = first + length
            if last <= len(reading.words):
                words = reading.slice(first, last)
                if _stem(words) in wanted:
                    yield words, first, last
