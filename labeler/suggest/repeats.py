"""What people decided in a text holds for the same words elsewhere in it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from labeler.schema import Entity
from labeler.suggest import entity_suggestion, suggested_place
from labeler.suggest.finds import Find, standing
from labeler.suggest.reading import Reading

HERE = 0.6
"""The score of a proposal to label words as they were labeled elsewhere in the same text."""
UNSURE = 0.3
"""The same where they were labeled in several ways: what knows the words around may know better."""

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
    finds = [
        _again(reading, (first, last), given[words], label)
        for words, first, last in _places(reading, places, given)
        if taken.isdisjoint(range(first, last))
    ]
    return [_proposal(reading, find) for find in standing(finds)]


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
        reason = f"labeled {before[-1]} here"
        reason += f", and then mostly {found}" if found != before[-1] else ""
        return Find(*place, found, HERE, reason)
    labels = _by_number(given)
    sure = HERE if len(labels) == 1 else UNSURE
    return Find(*place, labels[-1], sure, f"labeled {labels[-1]} here")


def unopposed(
    reading: Reading,
    proposed: Iterable[Entity],
    labeled: Sequence[Entity],
    rejected: Collection[str],
    again: Iterable[Entity] = (),
) -> list[Entity]:
    """Return the proposals that nothing decided in this text speaks against.

    Against them speak the same words labeled otherwise here, each time alike, or `rejected`, by
    the ids of proposals, with this label. What is proposed `again` for a place says it there.
    """
    alike = _alike(reading, labeled)
    said = {
        (item.start, item.end): item.label
        for item in again
        if (item.origin or {}).get("score") == HERE
    }
    against = {
        (reading.text[start:end], label)
        for id_ in rejected
        for start, end, label in [suggested_place(id_) or (0, 0, "")]
    }

    def stands(item: Entity) -> bool:
        words = reading.text[item.start : item.end]
        meant = said.get((item.start, item.end)) or alike.get(words, item.label)
        return (words, item.label) not in against and meant == item.label

    return [item for item in proposed if stands(item)]


def _alike(reading: Reading, labeled: Iterable[Entity]) -> dict[str, str]:
    """Return the labels of words that have one label in a text."""
    given = _given(reading, labeled).items()
    return {words: found[0][1] for words, found in given if len(_by_number(found)) == 1}


def _given(reading: Reading, labeled: Iterable[Entity]) -> dict[str, list[Given]]:
    """Return where words are labeled in a text, and as what, in order."""
    found: dict[str, list[Given]] = defaultdict(list)
    for item in sorted(labeled, key=lambda item: item.start):
        place = reading.range(item)
        if place and not item.parts:
            found[reading.slice(*place)].append((place, item.label))
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
    """Yield where the `wanted` words of `samples` stand, found by their first tokens."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for first, last in samples:
        lengths[reading.words[first]].add(last - first)
    for first, word in enumerate(reading.words):
        for length in lengths.get(word, ()):
            last = first + length
            if last <= len(reading.words) and (words := reading.slice(first, last)) in wanted:
                yield words, first, last
