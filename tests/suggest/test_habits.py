"""Where entities begin and end: learned from edges, used for what others propose."""

from collections import Counter
from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from labeler import nlp
from labeler.schema import Entity
from labeler.suggest import habits
from labeler.suggest.reading import Counts, Key, Reading

TEXT = "The Red Cross and the Blue Cross met Dr Ada Byron of the Green Party.\nThe Sea Club too."


def read(text: str = TEXT) -> Reading:
    """Return a text with its tokens."""
    [tokens] = nlp.tokenize([text], "en")
    return Reading(text, tokens)


def entity(words: str, label: str = "ORG") -> Entity:
    """Return an entity at the first occurrence of these words."""
    start = TEXT.index(words)
    return Entity(f"s:{start}", start, start + len(words), label, {"reason": "a rule"})


def nothing(_: Collection[Key]) -> Counts:
    """Return no counts."""
    return {}


def known(**words: tuple[int, int]) -> Counts:
    """Return counts for words before an ORG: how often within, how often outside."""
    return {
        Key(habits.EDGE, f"ORG\t<\t{word}"): {habits.WITHIN: within, habits.OUTSIDE: outside}
        for word, (within, outside) in words.items()
    }


def moved(proposal: Entity, labeled: Collection[Entity] = (), counts: Counts | None = None) -> str:
    """Return the words of a proposal where it is after what people did."""
    counts = counts or {}
    [made] = habits.moved(read(), [proposal], labeled, lambda _: counts)
    return TEXT[made.start : made.end]


def test_one_label_with_the_article_moves_the_others_of_its_kind() -> None:
    """What was labeled in this text counts at once, for the same label only."""
    labeled = [entity("The Red Cross")]
    assert moved(entity("Blue Cross"), labeled) == "the Blue Cross"
    assert moved(entity("Blue Cross", "GPE"), labeled) == "Blue Cross"
    assert moved(entity("Blue Cross")) == "Blue Cross"


def test_one_label_without_the_article_narrows_the_others() -> None:
    """A word that people leave out is left out; a single word is never taken away."""
    assert moved(entity("the Blue Cross"), [entity("Green Party")]) == "Blue Cross"
    assert moved(entity("The"), [entity("Green Party")]) == "The"


def test_what_people_did_in_both_ways_moves_nothing() -> None:
    """Half within and half outside is no habit; most of the time is."""
    assert moved(entity("Blue Cross"), counts=known(the=(3, 3))) == "Blue Cross"
    assert moved(entity("Blue Cross"), counts=known(the=(6, 2))) == "the Blue Cross"
    assert moved(entity("the Blue Cross"), counts=known(the=(2, 6))) == "Blue Cross"


def test_titles_and_ends_are_learned_as_articles_are() -> None:
    """Any word counts, at both ends; a proposal says why it is not where it was."""
    title = Key(habits.EDGE, "PERSON\t<\tdr")
    proposal = entity("Ada Byron", "PERSON")
    [made] = habits.moved(read(), [proposal], [], lambda _: {title: {habits.WITHIN: 2}})
    assert TEXT[made.start : made.end] == "Dr Ada Byron"
    assert made.origin == {"reason": "a rule; begins and ends as others did"}
    assert made.id == f"s:{made.start}-{made.end}:PERSON"


def test_no_edge_moves_over_the_end_of_a_line() -> None:
    """What stands on the line before is no neighbour."""
    full_stop = Key(habits.EDGE, "ORG\t<\t.")
    counts = {full_stop: {habits.WITHIN: 9}, Key(habits.EDGE, "ORG\t<\tparty"): {habits.WITHIN: 9}}
    assert moved(entity("The Sea Club"), counts=counts) == "The Sea Club"


def test_a_lesson_counts_words_outside_only_where_they_may_be_parts() -> None:
    """“The” was left out of a proposal; the verb behind an entity is nobody's part."""
    reading = read()
    red, proposed = entity("Red Cross"), entity("The Red Cross")
    places = {place: item for item in (red, proposed) if (place := reading.range(item)) is not None}
    labeled = {place: item for place, item in places.items() if item is red}
    told = habits.lesson(reading, labeled, [(place, places[place]) for place in places], nothing)
    assert told[Key(habits.EDGE, "ORG\t<\tthe")] == Counter({habits.OUTSIDE: 1})
    assert Key(habits.EDGE, "ORG\t>\tand") not in told


@given(
    place=st.tuples(st.integers(0, 15), st.integers(1, 6)),
    within=st.integers(0, 3),
    outside=st.integers(0, 3),
)
def test_a_moved_proposal_is_still_one(place: tuple[int, int], within: int, outside: int) -> None:
    """It covers whole tokens, keeps its label, and moves two words at each end at most."""
    reading = read()
    first, last = place[0], min(sum(place), len(reading.words))
    start, end = reading.tokens.starts[first], reading.tokens.ends[last - 1]
    proposal = Entity("p", start, end, "ORG")

    def look_up(keys: Collection[Key]) -> Counts:
        return {key: {habits.WITHIN: within, habits.OUTSIDE: outside} for key in keys}

    [made] = habits.moved(reading, [proposal], [], look_up)
    found = reading.range(made)
    assert made.label == "ORG"
    assert found is not None or reading.range(proposal) is None
    if found is not None:
        assert found[0] < found[1]
        assert abs(found[0] - first) <= 4
        assert abs(found[1] - last) <= 4
