"""Organisations, events and places in English news, by the words their names start or end with."""

import re
from collections.abc import Iterator

from labeler.suggest import english, gazetteer
from labeler.suggest.capitals import Capitals
from labeler.suggest.finds import Find


def _heads() -> dict[str, tuple[str, float]]:
    tables = (
        (english.places.FAC_HEADS, "FAC", 0.75),
        (english.places.LOC_HEADS, "LOC", 0.8),
        (english.places.GPE_HEADS, "GPE", 0.75),
        (english.places.EVENT_HEADS, "EVENT", 0.85),
        (english.bodies.ORG_HEADS, "ORG", 0.85),
        (english.bodies.COMPANY_ENDS, "ORG", 0.95),
    )
    return {word: (label, score) for words, label, score in tables for word in words}


HEADS = _heads()
"""What a name is whose last word this is, and how surely."""

_STARTS = {
    **dict.fromkeys(english.bodies.ORG_STARTS, ("ORG", 0.88)),
    **dict.fromkeys(english.places.EVENT_OF, ("EVENT", 0.8)),
    **dict.fromkeys(english.places.LOC_OF, ("LOC", 0.85)),
}
_FIRST_WORDS = {
    **dict.fromkeys(english.places.EVENT_STARTS, ("EVENT", 0.85)),
    **dict.fromkeys(english.places.LOC_STARTS, ("LOC", 0.85)),
    "Radio": ("ORG", 0.75),
}
LONGEST = 9
"""Words that a name may have."""

_REPORTED = "place of the report"
_SETTLEMENTS = ("town", "city", "village", "port", "province", "region", "capital", "suburb")
_REALMS = (*_SETTLEMENTS, "republic", "kingdom", "emirate", "state", "district", "municipality")
_AROUND = ("in", "near", "at", "from", "to", "outside", "around", "across", "between", "through")
_SHORES = ("island", "coast", "bay", "river", "lake", "sea", "mountains", "valley", "peninsula")
_ROMAN = re.compile(r"[IVXLC]+$")
_CAMEL = re.compile(r"(?!Ma?c|De|La|Le|Di|Fitz|Van|Von)[^\W\d_a-z][^\W\d_A-Z]+[A-Z][a-z]{2,}$")
_DATELINE = re.compile(
    r"^[ \t]*(?P<place>[^\W\d_a-z][^\d_\n(),:—–/-]{1,40}?)"
    r"(?:, (?P<land>[^\W\d_][^\n(),:—–]{2,25}))?"
    r"(?:, [^\n(:—–]{3,14})? ?"
    r"(?:(?P<agency>\([^()\n]{2,30}\))\s?(?::|—|–|--?)?|(?::|—|–|\s--?)"
    r"|(?<=[\w.]),? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z.]* \d\d?)(?=\s)",
    re.MULTILINE,
)


def bodies(capitals: Capitals) -> Iterator[Find]:
    """Yield names that their first or last word explains."""
    for start, end in capitals.runs:
        if end - start > LONGEST:
            continue
        yield from _by_last_word(capitals, start, end)
        yield from _by_first_word(capitals, start, end)
        yield from _partners(capitals, start, end)
        yield from _camel(capitals, start, end)
        yield from _described(capitals, start, end)


def acronyms(capitals: Capitals) -> Iterator[Find]:
    """Yield unknown words in capitals that stand for an organisation."""
    seen: dict[str, int] = {}
    for unit in capitals.units:
        seen[unit.text] = seen.get(unit.text, 0) + 1
    explained = {}
    for index in range(len(capitals.units)):
        word = capitals[index]
        if (
            _is_acronym(capitals, index)
            and capitals[index - 1] == "("
            and capitals[index + 1] == ")"
        ):
            start = _spelled_out(capitals, index)
            if start is not None:
                explained[word] = capitals.string(start, index - 1)
                yield capitals.find(start, index - 1, "ORG", 0.9, f"explains {word}")
    for index in range(len(capitals.units)):
        word = capitals[index]
        if not _is_acronym(capitals, index):
            continue
        if word in explained:
            yield capitals.find(index, index + 1, "ORG", 0.95, f"short for {explained[word]}")
        elif (
            seen[word] > 1
            or capitals[index + 1] in english.people.ORG_SPEECH
            or capitals[index - 1].lower() == "the"
        ):
            yield capitals.find(index, index + 1, "ORG", 0.65, "capitals that stand for a name")


def places(capitals: Capitals, persons: list[Find]) -> Iterator[Find]:
    """Yield unknown names that the text itself calls a place or puts into a country."""
    named = {find.end for find in persons}
    for start, end in capitals.runs:
        if end - start > 3 or not _is_unknown(capitals, start, end):
            continue
        before, ahead = capitals[start - 1], capitals[start - 2]
        if before in _SETTLEMENTS and capitals.units[start].joined:
            yield capitals.find(start, end, "GPE", 0.8, f"after the word {before}")
        elif before == "of" and ahead in _REALMS:
            yield capitals.find(start, end, "GPE", 0.85, f"after “{ahead} of”")
        elif before == "of" and ahead in _SHORES:
            yield capitals.find(start, end, "LOC", 0.8, f"after “{ahead} of”")
        elif before == "of" and capitals.units[start - 1].start in named:
            yield capitals.find(start, end, "GPE", 0.7, "after a person and “of”")
        elif capitals[end] == "," and _is_land(capitals, end + 1):
            yield capitals.find(start, end, "GPE", 0.8, f"before {capitals[end + 1]}")
        elif before in _AROUND and capitals.string(start, end) in gazetteer.towns():
            yield capitals.find(start, end, "GPE", 0.7, f"a town, after the word {before}")
        elif before in ("in", "near") and not capitals[start].isupper():
            yield capitals.find(start, end, "GPE", 0.55, f"after the word {before}")


def datelines(capitals: Capitals) -> Iterator[Find]:
    """Yield the place that a report comes from: `SEOUL:`, `GENEVA (AFP) —`."""
    text = capitals.text
    for match in _DATELINE.finditer(text.text):
        place = match["place"]
        if not (place.isupper() or match["agency"]) or len(place) < 3:
            continue
        tokens = text.tokens(*match.span("place"))
        if tokens:
            yield Find(*tokens, "GPE", 0.92, _REPORTED)
        land = text.tokens(*match.span("land")) if match["land"] else None
        if land and tokens and not any(token.isdigit() for token in text.words[slice(*land)]):
            known = capitals.known_at(land[0])
            if known and known.label == "GPE":
                yield known


def _partners(capitals: Capitals, start: int, end: int) -> Iterator[Find]:
    """Yield a firm named for two: Haldane & Roth."""
    if capitals[start - 1] in ("of", "for"):
        return
    if capitals.continues(end, "&") and capitals.continues(end + 1):
        stop = next((stop for begin, stop in capitals.runs if begin == end + 1), None)
        if stop and stop - end < 4:
            yield capitals.find(start, stop, "ORG", 0.8, "joined by “&”")


def _described(capitals: Capitals, start: int, end: int) -> Iterator[Find]:
    """Yield names that the text itself calls a firm, a party, a club."""
    if end - start > 4 or not _is_unknown(capitals, start, end):
        return
    before = capitals[start - 1]
    if before in english.bodies.BODIES and capitals.units[start].joined:
        yield capitals.find(start, end, "ORG", 0.8, f"after the word {before}")
    elif before == "the" and capitals.continues(end, *english.bodies.BODIES):
        yield capitals.find(start, end, "ORG", 0.75, f"before the word {capitals[end]}")
    elif capitals[end] == "," and capitals[end + 1] in ("the", "a", "an"):
        kind = next(
            (
                word
                for word in (capitals[end + 2], capitals[end + 3])
                if word in english.bodies.BODIES
            ),
            "",
        )
        if kind:
            yield capitals.find(start, end, "ORG", 0.8, f"before the word {kind}")


def _camel(capitals: Capitals, start: int, end: int) -> Iterator[Find]:
    """Yield single words with a capital inside, as firms like them: BlackRock."""
    word = capitals[start]
    alone = end - start == 1 or capitals.title_length(start + 1) > 0
    if alone and _CAMEL.match(word) and capitals.known(start) is None:
        yield capitals.find(start, start + 1, "ORG", 0.6, "a capital inside the word")


def _by_last_word(capitals: Capitals, start: int, end: int) -> Iterator[Find]:
    for last in range(end - 1, start - (_with_owner(capitals, start) < start), -1):
        word = capitals[last]
        if word not in HEADS:
            continue
        label, score = HEADS[word]
        if word in english.people.SURNAMES_TOO and capitals[start] in english.people.GIVEN_NAMES:
            return
        stop = last + 1
        if stop == end and word in english.bodies.ORG_STARTS:
            stop = _of(capitals, end) or stop
        begin = _with_owner(capitals, start) if label == "ORG" else start
        yield capitals.find(begin, stop, label, score, f"ends in “{word}”")
        return


def _with_owner(capitals: Capitals, start: int) -> int:
    """Return where a name starts that goes on after `People's`, `Workers'` and the like."""
    joint, owner = capitals[start - 1], capitals[start - 2]
    if start < 2 or not capitals.units[start].joined:
        return start
    owned = (joint in ("'s", "’s") and owner in english.bodies.OWNERS) or (
        joint in ("'", "’") and owner.endswith("s") and capitals.known(start - 2) is None
    )
    if not owned and joint != "&":
        return start
    return next((begin for begin, end in capitals.runs if begin <= start - 2 < end), start)


def _by_first_word(capitals: Capitals, start: int, end: int) -> Iterator[Find]:
    last = capitals[end - 1]
    owned = last == "Office" and end - start == 1 and capitals[start - 1] in ("'s", "’s")
    if last in _STARTS and not owned:
        label, score = _STARTS[last]
        stop = _of(capitals, end)
        if stop:
            yield capitals.find(start, stop, label, score, f"starts with “{last} {capitals[end]}”")
    if capitals[start] in _FIRST_WORDS and 2 <= end - start <= 3 and capitals[start - 1] != "the":
        label, score = _FIRST_WORDS[capitals[start]]
        yield capitals.find(start, end, label, score, f"starts with “{capitals[start]}”")


def again(capitals: Capitals, finds: list[Find]) -> Iterator[Find]:
    """Yield further mentions of names that were found once, a dateline's in small letters too."""
    names: dict[str, Find] = {}
    for find in sorted(finds, key=lambda find: find.score):
        name = capitals.text.slice(find.start, find.end)
        names[name.title() if find.reason == _REPORTED else name] = find
    longest = max((name.count(" ") + 1 for name in names), default=0)
    for index, unit in enumerate(capitals.units):
        for length in range(longest if unit.capital else 0, 0, -1):
            if index + length > len(capitals.units):
                continue
            named = names.get(capitals.string(index, index + length))
            if named and not any(capitals.beside(capitals.find(index, index + length, "", 0, ""))):
                score = min(named.score, 0.8)
                yield capitals.find(
                    index, index + length, named.label, score, f"as elsewhere: {named.reason}"
                )
                break


def peoples(capitals: Capitals, lands: list[Find]) -> Iterator[Find]:
    """Yield unknown words that the name of a place in the same text is the stem of."""
    names = {capitals.text.slice(find.start, find.end) for find in lands if find.label == "GPE"}
    stems = {_stem(name): name for name in sorted(names) if name.isalpha() and len(name) > 3}
    for index, unit in enumerate(capitals.units):
        if not unit.capital or capitals.known(index) or unit.text in names:
            continue
        for ending in english.places.DEMONYM_ENDS:
            land = stems.get(_stem(unit.text.removesuffix(ending)))
            if land and unit.text.endswith(ending):
                yield capitals.find(index, index + 1, "NORP", 0.7, f"people of {land}")
                break


def _stem(name: str) -> str:
    return name.casefold().rstrip("aeiouy")


def _of(capitals: Capitals, index: int) -> int | None:
    """Return the end of `of X`, `for the X`, `of X and Y` that starts at this unit, if it does."""
    if not capitals.continues(index, "of", "for"):
        return None
    stop = index + 1
    if capitals.continues(stop, "the"):
        stop += 1
    if not capitals.continues(stop):
        return None
    ministry = capitals[index - 1] in ("Ministry", "Department", "Office", "Institute", "Centre")
    joints = ("and", "&") if ministry else ("&",)
    while stop - index < LONGEST and (
        capitals.continues(stop)
        or (capitals.continues(stop, *joints) and capitals.continues(stop + 1))
    ):
        stop += 1
    return stop


def _is_acronym(capitals: Capitals, index: int) -> bool:
    unit = capitals.units[index]
    word = unit.text
    return (
        unit.capital
        and 2 <= len(word) <= 7
        and word.isalpha()
        and word.isupper()
        and not unit.headline
        and word not in english.bodies.NOT_ACRONYMS
        and not _ROMAN.match(word)
        and capitals.known(index) is None
        and not capitals.continues(index + 1)
        and not (capitals.continues(index) and capitals.units[index - 1].capital)
    )


def _spelled_out(capitals: Capitals, index: int) -> int | None:
    """Return where the name starts before `(ABC)` whose capitals spell the acronym there."""
    letters: list[str] = []
    wanted = list(capitals[index].upper())
    for start in range(index - 2, max(-1, index - 14), -1):
        unit = capitals.units[start]
        if unit.capital:
            letters[:0] = [part[0].upper() for part in unit.text.split("-") if part]
            if letters == wanted:
                return start
        elif not unit.joined or unit.text not in ("of", "for", "and", "the", "&", "on", "in", "to"):
            return None
    return None


def _is_unknown(capitals: Capitals, start: int, end: int) -> bool:
    return not any(
        capitals.known(index)
        or capitals[index] in english.words.NOT_NAMES
        or capitals[index] in HEADS
        or capitals[index] in english.people.GIVEN_NAMES
        or capitals[index] in english.words.STARTERS
        or (capitals[index].isupper() and len(capitals[index]) < 7)
        for index in range(start, end)
    )


def _is_land(capitals: Capitals, index: int) -> bool:
    known = capitals.known(index) if index < len(capitals.units) else None
    return known is not None and known.label == "GPE" and known.score >= 0.85
