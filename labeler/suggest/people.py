"""People in English news: after titles and roles, by given name, by what they say, named again."""

from collections.abc import Iterator

from labeler.suggest import english, institutions
from labeler.suggest.capitals import Capitals
from labeler.suggest.finds import Find

LONGEST = 4
"""Words that a name may have."""

_NO_NAME = english.words.NOT_NAMES | english.words.STARTERS


def named(capitals: Capitals, figures: list[Find]) -> Iterator[Find]:
    """Yield people named in full and their titles."""
    ages = {find.start for find in figures if find.label == "AGE"}
    for start, end in capitals.runs:
        titled = list(_titled(capitals, start, end))
        yield from titled
        if not any(find.label == "PERSON" for find in titled):
            yield from _untitled(capitals, start, end, ages)


def again(capitals: Capitals, people: list[Find]) -> Iterator[Find]:
    """Yield mentions of people by the family name alone, and full names in headlines."""
    text = capitals.text
    names = {text.slice(find.start, find.end) for find in people}
    surnames = {name: full for full in sorted(names) for name in _surnames(full)}
    for index, unit in enumerate(capitals.units):
        if unit.capital and unit.text in surnames and _stands_alone(capitals, index):
            reason = f"family name of {surnames[unit.text]}"
            yield capitals.find(index, index + 1, "PERSON", 0.96, reason)
    for start, end in capitals.runs:
        if (
            2 <= end - start <= 3
            and capitals[end - 1] in surnames
            and _is_plain(capitals, start, end)
        ):
            reason = f"family name as {surnames[capitals[end - 1]]}"
            yield capitals.find(start, end, "PERSON", 0.85, reason)
    yield from _full_again(capitals, names)


def surnames_alone(capitals: Capitals) -> Iterator[Find]:
    """Yield names of two words whose second stands alone elsewhere, as papers name people."""
    alone = {
        capitals[start]
        for start, end in capitals.runs
        if end - start == 1 and capitals.known(start) is None and capitals[start - 1] != "the"
    }
    leading = {capitals[start] for start, end in capitals.runs if end - start > 1}
    for start, end in capitals.runs:
        if end - start == 2 and capitals[start - 1] != "the" and _is_plain(capitals, start, end):
            first, last = capitals[start], capitals[start + 1]
            if last in alone - leading and first not in alone and first.isalpha() and len(last) > 2:
                yield capitals.find(start, end, "PERSON", 0.75, f"{last} is named alone elsewhere")


def _titled(capitals: Capitals, start: int, end: int) -> Iterator[Find]:
    index = start
    while index < end:
        length = capitals.title_length(index)
        after = index + length
        if length:
            end = next((stop for begin, stop in capitals.runs if begin <= after < stop), end)
            name_end = _name_end(capitals, after, end)
            title = capitals.string(index, after)
            if name_end > after:
                yield capitals.find(after, name_end, "PERSON", 0.93, f"after the title {title}")
            office = (
                title[0].isupper()
                and title.lower() not in english.people.ROLES - english.people.OFFICES
            )
            if office and (name_end > after or _is_office(capitals, after)):
                yield capitals.find(index, after, "TITLE", 0.85, "title")
            index = max(name_end, after)
        else:
            index += 1


def _is_office(capitals: Capitals, index: int) -> bool:
    """Tell whether a title without a name is followed by what is led: "President of France"."""
    step = index + 1 + capitals.continues(index + 1, "the")
    return capitals.continues(index, "of") and capitals.continues(step)


def _untitled(capitals: Capitals, start: int, end: int, ages: set[int]) -> Iterator[Find]:
    if capitals[start - 1].lower() in english.people.ROLES and capitals.units[start].joined:
        name_end = _name_end(capitals, start, end)
        if name_end > start and capitals.known(start) is None:
            begin = start - 1 - (capitals[start - 2].lower() in english.people.ROLE_STARTS)
            role = capitals.string(begin, start)
            yield capitals.find(start, name_end, "PERSON", 0.88, f"after the word {role}")
            if capitals[start - 1].lower() in english.people.OFFICES:
                yield capitals.find(begin, start, "TITLE", 0.6, "office before a name")
            return
    for index in range(start, end):
        found = _by_name(capitals, index, end)
        if found:
            yield found
            return
    end -= end - start > 2 and capitals[end - 1] in english.people.HONOURS
    if 2 <= end - start <= 3 and _is_plain(capitals, start, end):
        yield from _by_context(capitals, start, end, ages)


def _by_name(capitals: Capitals, index: int, end: int) -> Find | None:
    """Return the person whose given name, or Asian family name, this unit is."""
    first = capitals[index].partition("-")[0]
    known = capitals.known(index)
    if known and known.end > capitals.units[index].end:
        return None
    name_end = _name_end(capitals, index, end)
    length = name_end - index
    if first in english.people.GIVEN_NAMES and length > 0:
        if length > 1:
            return capitals.find(index, name_end, "PERSON", 0.9, f"given name {first}")
        if not capitals.units[index].opens and end - index == 1 and known is None:
            return capitals.find(index, name_end, "PERSON", 0.6, f"given name {first}")
    if first in english.people.FAMILY_FIRST and 2 <= length <= 3 and name_end == end and not known:
        return capitals.find(index, name_end, "PERSON", 0.85, f"family name {first}")
    return None


def _by_context(capitals: Capitals, start: int, end: int, ages: set[int]) -> Iterator[Find]:
    before, after = capitals[start - 1], capitals[end]
    if before.lower() in ("the", "in", "at", "near"):
        return
    score, reason = 0.0, ""
    if after == "," and _is_described(capitals, end + 1, ages):
        score, reason = 0.9, "an age or a role stands after the name"
    elif before == "," and capitals[start - 2].lower() in english.people.ROLES:
        score, reason = 0.85, f"after the word {capitals[start - 2]}"
    elif before in english.people.SPEECH and capitals[start - 2][-1:] in (",", "”", '"', "’"):
        score, reason = 0.8, f"after the word {before}"
    elif after in english.people.SPEECH:
        score, reason = 0.75, f"before the word {after}"
    elif after == "," and capitals[end + 1] == "who":
        score, reason = 0.75, "before the word who"
    if reason:
        yield capitals.find(start, end, "PERSON", score, reason)


def _is_described(capitals: Capitals, index: int, ages: set[int]) -> bool:
    """Tell whether an age or a role follows: ", 45,", ", a 34-year-old nurse", ", the mayor"."""
    for step in range(index, min(index + 5, len(capitals.units))):
        unit = capitals.units[step]
        if unit.start in ages or (step > index and unit.text in english.people.ROLES):
            return True
        if unit.capital or not (unit.text[0].isalpha() or unit.text == "-"):
            return False
        if step == index and unit.text not in ("a", "an", "the", "aged", "now"):
            return False
    return False


def _name_end(capitals: Capitals, start: int, end: int) -> int:
    """Return the end of the person's name that starts at this unit; `start` when none does."""
    index = start
    while index < min(end, start + LONGEST) and _may_be_name(capitals, index, start, end):
        index += 1
    if index < end and capitals[index] in institutions.HEADS:
        return end if _is_surname_too(capitals, index, start, end) else start
    while index == end and start < index and index - start < LONGEST + 2:
        step = index
        while capitals.continues(step, *english.people.PARTICLES):
            step += 1
        if step == index or not capitals.continues(step):
            break
        index = end = step + 1
    return index


def _may_be_name(capitals: Capitals, index: int, start: int, end: int) -> bool:
    """Tell whether this unit can be part of the name that starts at `start` of a run."""
    word, known = capitals[index], capitals.known(index)
    if index == start and known is None and word in english.people.FAMILY_FIRST:
        return True
    if (
        (word in _NO_NAME and not _is_bill(capitals, index))
        or word in english.people.HONOURS
        or word in institutions.HEADS
    ):
        return False
    if capitals.title_length(index):
        return False
    if known is None:
        return True
    if index == start:
        return word in english.people.GIVEN_NAMES or word in english.people.FAMILY_FIRST
    return known.label == "GPE" and _is_surname_too(capitals, index, start, end)


def _is_bill(capitals: Capitals, index: int) -> bool:
    """Tell whether a unit is the given name Bill and not a law: a name follows."""
    follows = capitals[index] == "Bill" and capitals.continues(index + 1)
    return follows and capitals.known(index + 1) is None


def _is_surname_too(capitals: Capitals, index: int, start: int, end: int) -> bool:
    """Tell whether a place's name ends a person's name here: Michael Jordan, Timothy J. Wall."""
    given = capitals[start] in english.people.GIVEN_NAMES and index == end - 1
    return given and index - start < 3 and capitals[index] in english.people.SURNAMES_TOO


def _is_plain(capitals: Capitals, start: int, end: int) -> bool:
    """Tell whether nothing is known of these units that would make them other than a person."""
    return all(
        capitals.known(index) is None
        and capitals[index] not in _NO_NAME
        and capitals[index] not in institutions.HEADS
        and not (
            len(capitals[index]) > 2 and capitals[index].isupper() and capitals[index].isalpha()
        )
        and not capitals.title_length(index)
        for index in range(start, end)
    )


def _surnames(full: str) -> list[str]:
    words = full.split()
    if len(words) < 2:
        return []
    if words[0] in english.people.FAMILY_FIRST:
        return [words[0]]
    last = words[-2] if words[-1].strip(".") in ("Jr", "Sr", "II", "III", "IV") else words[-1]
    return [last] if len(last) > 2 and last not in _NO_NAME else []


def _stands_alone(capitals: Capitals, index: int) -> bool:
    """Tell whether a unit is no part of a longer name, titles and headlines aside."""
    if capitals.units[index].headline:
        return True
    after = capitals.continues(index + 1) and not capitals.title_length(index + 1)
    if after or not capitals.continues(index):
        return not after
    before = capitals.units[index - 1]
    return (
        not before.capital
        or before.text in english.words.STARTERS
        or before.text in english.people.HONORIFICS
    )


def _full_again(capitals: Capitals, names: set[str]) -> Iterator[Find]:
    lengths = sorted({name.count(" ") + 1 for name in names}, reverse=True)
    for index, unit in enumerate(capitals.units):
        if not unit.capital:
            continue
        for length in lengths:
            if index + length <= len(capitals.units):
                name = capitals.string(index, index + length)
                if name in names and length > 1:
                    yield capitals.find(index, index + length, "PERSON", 0.9, "named again")
                    break
