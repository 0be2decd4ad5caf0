"""Relations that stand in the words between two neighbours: "X President NAME", "CITY, COUNTRY"."""

import re
from collections.abc import Iterator, Sequence

from labeler.suggest.finds import Find, Link, Words
from labeler.suggest.gazetteer import SHORTENED

_LEADS = (
    "president|prime minister|first minister|chief minister|premier|chancellor|leader"
    "|supreme leader|king|queen|emperor|emir|sultan|pope|governor|mayor|lord mayor"
    "|secretary[- ]general|head|chief"
    "|director[- ]general|chairman|chairwoman|chairperson|chief executive(?: officer)?|ceo|boss"
    "|executive director|managing director|director|founder|captain|head coach|coach|manager"
)
_LEADING = re.compile(rf"(?:{_LEADS})$", re.IGNORECASE)
_APPOSITION = re.compile(rf", (?:the )?(?:[a-z-]+ )?(?:{_LEADS}) of (?:the )?$", re.IGNORECASE)
_MEMBER = re.compile(
    r", (?:an? |the )?(?:[a-z-]+ )?(?:spokes(?:man|woman|person)|researcher|analyst|economist"
    r"|professor|scientist|member|official|adviser|engineer|lawyer) (?:for|of|at|with) (?:the )?$"
)
_MET = re.compile(
    r" (?:has |had |have |will |is to |later |also |then |first )?(?:met|meets?|met with|meeting"
    r"|held talks with|spoke (?:to|with)|talked (?:to|with)|shook hands with|hosted|received"
    r"|welcomed|telephoned|called on|visited) (?:with )?(?:the )?$"
)
_TOGETHER = re.compile(
    r"(?: \w+)? (?:met|meet|held (?:a meeting|talks)|discussed|signed|shook hands)\b"
)
_OWNER = re.compile(r" $|['’]s? $")
_LISTED = re.compile(r",? and |, (?:the )?[^\W\d_a-z]")
_LANDS = ("country name", "state of the United States", SHORTENED)
_SEATED = re.compile(r"University|College|School|Hospital|Museum|Institute|Academy|Court|Church")
_LED = ("GPE", "ORG", "NORP", "LOC")


def links(text: Words, finds: Sequence[Find]) -> Iterator[Link]:
    """Yield relations between finds that follow one another, by place."""
    for index in range(len(finds) - 1):
        yield from _leaders(text, finds, index)
        yield from _places(text, finds, index)
        yield from _members(text, finds, index)
        yield from _meetings(text, finds, index)


def _leaders(text: Words, finds: Sequence[Find], index: int) -> Iterator[Link]:
    first, second = finds[index], finds[index + 1]
    third = finds[index + 2] if index + 2 < len(finds) else None
    gap = _between(text, first, second)
    if first.label == "PERSON" and second.label in _LED:
        title = (
            finds[index - 1] if index and _between(text, finds[index - 1], first) == " " else None
        )
        if _APPOSITION.match(gap):
            yield Link(index, index + 1, "LEADER_OF", 0.85, "role after the name")
        elif gap == " of " and title and _is_leading(text, title):
            yield Link(index, index + 1, "LEADER_OF", 0.8, "title before the name")
    if third is None or third.label != "PERSON":
        return
    ahead = _between(text, second, third)
    if first.label in _LED and _is_leading(text, second) and _OWNER.match(gap) and ahead == " ":
        yield Link(index + 2, index, "LEADER_OF", 0.85, "title before the name")
    led = second.label in _LED and gap in (" of ", " of the ") and ahead in (" ", ", ")
    if led and _is_leading(text, first):
        yield Link(index + 2, index + 1, "LEADER_OF", 0.8, "title before the name")


def _places(text: Words, finds: Sequence[Find], index: int) -> Iterator[Link]:
    first, second = finds[index], finds[index + 1]
    if second.label != "GPE":
        return
    gap = _between(text, first, second)
    after = text.text[text.ends[second.end - 1] :][:12]
    before = text.text[: text.starts[first.start]][-5:]
    listed = before.endswith((", ", " and ", "the ")) or _LISTED.match(after)
    if gap == ", " and first.label in ("GPE", "FAC") and second.reason in _LANDS:
        if first.reason not in _LANDS and not listed:
            yield Link(index, index + 1, "LOCATED_IN", 0.85, "place before its country")
    elif gap in (" in ", " in the ") and _is_somewhere(text, first):
        yield Link(index, index + 1, "LOCATED_IN", 0.75, "“in” between the two")


def _members(text: Words, finds: Sequence[Find], index: int) -> Iterator[Link]:
    first, second = finds[index], finds[index + 1]
    if first.label != "PERSON" or second.label != "ORG":
        return
    gap = _between(text, first, second)
    title = finds[index - 1] if index and _between(text, finds[index - 1], first) == " " else None
    plain = gap in (" of ", " of the ", " from ", " from the ") and not (
        title and _is_leading(text, title)
    )
    if plain or _MEMBER.match(gap):
        yield Link(index, index + 1, "MEMBER_OF", 0.75, "the body that the person belongs to")


def _meetings(text: Words, finds: Sequence[Find], index: int) -> Iterator[Link]:
    first, second = finds[index], finds[index + 1]
    if first.label != "PERSON":
        return
    gap = _between(text, first, second)
    if second.label == "PERSON" and gap == " and ":
        after = text.text[text.ends[second.end - 1] :][:40]
        if _TOGETHER.match(after):
            yield Link(index, index + 1, "MET_WITH", 0.8, "both together")
    elif _MET.match(gap):
        for other in range(index + 1, min(index + 4, len(finds))):
            if finds[other].label == "PERSON":
                yield Link(index, other, "MET_WITH", 0.8, "a word for meeting between the two")
                return
            ahead = finds[other + 1] if other + 1 < len(finds) else None
            joined = ahead and _OWNER.match(_between(text, finds[other], ahead))
            if finds[other].label not in ("NORP", "GPE", "TITLE") or not joined:
                return


def _between(text: Words, first: Find, second: Find) -> str:
    return text.text[text.ends[first.end - 1] : text.starts[second.start]]


def _is_leading(text: Words, find: Find) -> bool:
    return find.label == "TITLE" and _LEADING.match(text.slice(find.start, find.end)) is not None


def _is_somewhere(text: Words, find: Find) -> bool:
    name = text.slice(find.start, find.end)
    if find.label == "EVENT":
        return find.reason != "known event" and not name.endswith("War")
    return find.label == "FAC" or (find.label == "ORG" and _SEATED.search(name) is not None)
