"""What annotators said of each place of a document, in words: what the counts of a list open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labeler.adjudication import Comparison, Draft, Link, Span, Standing, Tag, questions
from labeler.models import Document
from labeler.schema import Scheme
from labeler.settling.cases import comparison_of, finished_layers, gold_of, items_of

STANDS = ("agreed", "settled", "open")
"""How a place can stand: taken since all agree, decided, or still a question."""


@dataclass(frozen=True, slots=True)
class Said:
    """One version of a place: the words it marks and who holds it; `words` is empty for a label of
    the whole document."""

    words: str
    label: str
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a document: where it begins in code points, what differs there, its versions, who
    marked nothing, and what was decided in words, None where nothing was."""

    start: int
    kind: str
    versions: tuple[Said, ...]
    absent: tuple[str, ...]
    decided: str | None


def by_stand(standings: Iterable[Standing]) -> Mapping[str, list[Standing]]:
    """Return the places of a document by how they stand."""
    every = list(standings)
    asked = list(questions(every))
    return {
        "agreed": [each for each in every if each.state in ("agreed", "new")],
        "settled": [each for each in asked if each.state != "open"],
        "open": [each for each in asked if each.state == "open"],
    }


def places(document: Document, scheme: Scheme, stand: str) -> list[Place]:
    """Return the places of a document that stand so, in the order of the text."""
    comparison = comparison_of(finished_layers(document), scheme)
    gold = gold_of(document)
    items = items_of(gold) if gold is not None else {}
    draft = Draft(comparison, items, scheme, len(document.text), "").look()
    found = by_stand(draft.standings)[stand]
    listed = [_place(each, comparison, document.text) for each in found]
    return sorted(listed, key=lambda place: place.start)


def _place(standing: Standing, comparison: Comparison, text: str) -> Place:
    slot, decision = standing.slot, standing.decision
    said = {
        str(version.content): Said(
            *_in_words(version.content, version.holders, comparison, text), version.holders
        )
        for version in slot.versions
    }
    decided = None
    if decision is not None and standing.state != "open":
        taken = said.get(decision.answer)
        decided = _decided(taken, said.values(), by_hand=standing.direct)
    return Place(
        _start(slot.versions[0].content, comparison),
        slot.kind,
        tuple(said.values()),
        slot.absent,
        decided,
    )


def _decided(taken: Said | None, said: Iterable[Said], *, by_hand: bool) -> str:
    """Return a decision in words, with those of the text where the versions differ in them."""
    if taken is None:
        return "labeled by hand" if by_hand else "none of these"
    several = len({each.words for each in said}) > 1
    return f"{taken.label} “{taken.words}”" if several else taken.label


def _start(content: Any, comparison: Comparison) -> int:
    """Return where a version begins; labels of the document come first."""
    if isinstance(content, Span):
        return content.start
    ends = (comparison.spans.get(content.head),) if isinstance(content, Link) else ()
    return max((slot.versions[0].content.start for slot in ends if slot), default=0)


def _in_words(
    content: Span | Link | Tag, holders: tuple[str, ...], comparison: Comparison, text: str
) -> tuple[str, str]:
    """Return the words that a version marks, and its label."""
    if isinstance(content, Span):
        return text[content.start : content.end], content.label
    if isinstance(content, Tag):
        return "", content.label
    head, tail = (_end(key, holders, comparison, text) for key in (content.head, content.tail))
    return f"{head} → {tail}", content.label


def _end(key: str, holders: tuple[str, ...], comparison: Comparison, text: str) -> str:
    """Return an end of a relation as those who hold it have it."""
    slot = comparison.spans.get(key)
    if slot is None:
        return "…"
    span = max(slot.versions, key=lambda version: len({*holders} & {*version.holders})).content
    return text[span.start : span.end]
