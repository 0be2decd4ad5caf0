"""The likeliest label of what is shown: whom it believes, and where it says nothing."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler import nlp, schema
from labeler.schema import Entity, Relation, parse_scheme
from labeler.suggest.likely import LEAST, LONGEST, Evidence, Surroundings, likeliest
from labeler.suggest.reading import ENTITY, Counts, Key, Reading
from tests.texts import annotated

SCHEME = parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "ORG"}, {"name": "OLD", "retired": True}],
        "relations": [
            {"name": "MET", "head": ["PERSON"], "tail": ["PERSON"]},
            {"name": "MEMBER", "head": ["PERSON"], "tail": ["ORG"]},
            {"name": "LEADS", "head": ["PERSON"], "tail": ["ORG"]},
        ],
    }
)
TEXT = "Varn met Ada of Varn.\nThe Lantern and Ada went on."


def entity(words: str, label: str, nth: int = 0, **origin: Any) -> Entity:
    """Return the entity of words of the text."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Entity(f"{words}{nth}", start, start + len(words), label, origin or None)


def around(
    labeled: Sequence[Entity] = (),
    related: Sequence[Relation] = (),
    counts: dict[str, dict[str, int]] | None = None,
    text: str = TEXT,
    **more: Any,
) -> Surroundings:
    """Return a text as far as it is labeled, with counts of the words of entities."""
    [tokens] = nlp.tokenize([text], "en")

    def look_up(keys: Collection[Key]) -> Counts:
        known = counts or {}
        return {k: known[k.words] for k in keys if k.kind == ENTITY and k.words in known}

    told: dict[str, Any] = {"scheme": SCHEME, "proposed": {}, "links": (), **more}
    return Surroundings(
        reading=Reading(text, tokens), labeled=labeled, related=related, look_up=look_up, **told
    )


def asked(known: Surroundings, words: str, nth: int = 0) -> tuple[str, str] | None:
    """Return the label and the reason for words of the text."""
    span = entity(words, "", nth)
    found = known.entity(span.start, span.end)
    return (found.label, found.reason) if found else None


def test_words_are_labeled_as_they_are_elsewhere_in_the_text() -> None:
    """What the person decided here outweighs what is proposed and what others decided."""
    proposed = {"rulers": [entity("Varn", "ORG", 1, score=0.9, reason="known company")]}
    known = around([entity("Varn", "PERSON")], counts={"Varn": {"ORG": 3}}, proposed=proposed)
    assert asked(known, "Varn", 1) == ("PERSON", "labeled PERSON here")
    assert asked(replace(known, labeled=()), "Varn", 1) == ("ORG", "labeled ORG 3 of 3 times")
    alone = replace(known, labeled=(), look_up=around().look_up)
    assert asked(alone, "Varn", 1) == ("ORG", "known company")


def test_a_proposal_with_other_borders_says_what_the_words_are() -> None:
    """A drag over the right words of a suggestion has its label."""
    known = around(proposed={"rulers": [entity("The Lantern", "ORG", score=0.8)]})
    assert asked(known, "Lantern") == ("ORG", "proposed by somebody")


def test_what_nothing_is_known_of_has_no_label() -> None:
    """Without evidence, with evidence that contradicts itself, and for retired labels: none."""
    assert asked(around(), "Lantern") is None
    split = {"Lantern": {"ORG": 2, "PERSON": 2}, "Ada": {"OLD": 5}, "Varn": {"": 7}}
    for words in split:
        assert asked(around(counts=split), words) is None


@pytest.mark.parametrize("words", [".", "Varn.\nThe", TEXT])
def test_what_nobody_would_label_has_none(words: str) -> None:
    """Punctuation, words over the end of a line, and very many words are not asked about."""
    known = around(counts={" ".join(words.split()): {"ORG": 9}})
    assert asked(known, words) is None


def test_very_long_spans_have_none() -> None:
    """A span has as many tokens as entities have, and no more."""
    text = " ".join(["word"] * (LONGEST + 1))
    counts = {text: {"ORG": 9}, text[:-5]: {"ORG": 9}}
    known = around(text=text, counts=counts)
    assert known.entity(0, len(text)) is None
    assert known.entity(0, len(text) - 5) is not None


def test_a_label_that_is_there_is_not_the_likeliest() -> None:
    """What is labeled already gets another label or none; overlapping only as the scheme lets."""
    counts = {"Ada": {"PERSON": 8, "ORG": 2}}
    there = [entity("Ada", "PERSON")]
    assert asked(around(there, counts=counts), "Ada") == (
        "ORG",
        "labeled ORG 2 of 10 times; PERSON 8 times",
    )
    assert (
        asked(around(there, counts=counts, scheme=replace(SCHEME, overlap="forbid")), "Ada") is None
    )


def test_a_relation_is_labeled_as_others_here() -> None:
    """Between the same labels the label given most in the text is the likeliest, if it may be."""
    varn, ada, other = entity("Varn", "ORG"), entity("Ada", "PERSON"), entity("Ada", "PERSON", 1)
    lantern = entity("Lantern", "ORG")
    known = around([varn, ada, other, lantern], [Relation("r", ada.id, varn.id, "LEADS")])
    found = known.relation(other, lantern)
    assert found is not None
    assert (found.label, found.reason) == ("LEADS", "labeled LEADS 1 of 1 times here")
    assert known.relation(ada, varn) is None, "it is there already"
    assert known.relation(lantern, other) is None, "none may lead so"


def test_a_proposed_relation_says_what_one_drawn_there_is() -> None:
    """Whoever draws over a suggestion gets its label."""
    ada, lantern = entity("Ada", "PERSON", 1), entity("Lantern", "ORG", reason="x")
    link = Relation("s", ada.id, lantern.id, "MEMBER", {"score": 0.8, "reason": "“of” between"})
    known = around(proposed={"rulers": [ada, lantern]}, links=[link])
    found = known.relation(replace(ada, id="mine"), lantern)
    assert found is not None
    assert (found.label, found.reason) == ("MEMBER", "“of” between")


def problems(entities: Sequence[Entity], scheme: schema.Scheme, text: str) -> list[Any]:
    """Return what breaks a rule."""
    items: dict[str, schema.Annotation] = {item.id: item for item in entities}
    return list(schema.check(items, scheme, len(text)))


LABELS = st.dictionaries(st.sampled_from(["A", "B", "C"]), st.floats(0, 50), max_size=3)


@given(st.lists(LABELS, max_size=5), st.sets(st.sampled_from(["A", "B", "C"])))
def test_the_likeliest_is_what_most_speaks_for(
    worths: list[dict[str, float]], allowed: set[str]
) -> None:
    """It is allowed, at least as sure as is asked for, and nothing allowed has more behind it."""
    found = likeliest((Evidence(each, str) for each in worths), allowed.__contains__)
    sums = Counter[str]()
    for each in worths:
        sums.update({label: worth for label, worth in each.items() if label in allowed})
    if found is None:
        even = list(sums.values()).count(max(sums.values(), default=0)) > 1
        assert even or all(sums[label] <= sums.total() * LEAST + 0.1 for label in sums)
    else:
        assert found.label in allowed
        assert LEAST <= found.score <= 1
        assert sums[found.label] == max(sums.values())


@given(annotated(), st.data(), st.sampled_from(["allow", "nest", "forbid"]))
def test_whatever_is_guessed_may_be_made(
    drawn: tuple[str, tuple[Entity, ...], tuple[Relation, ...]], data: st.DataObject, rule: Any
) -> None:
    """An entity with the likeliest label stands beside what is labeled, in any text."""
    text, entities, _ = drawn
    scheme = replace(SCHEME, overlap=rule)
    labeled: list[Entity] = []
    for item in entities:
        if not problems([*labeled, item], scheme, text):
            labeled.append(item)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(0, len(text) + 2))
    known = around(labeled, text=text, scheme=scheme, proposed={"any": list(entities)})
    found = known.entity(start, end)
    if found is not None:
        assert "\n" not in text[start:end]
        made = Entity("new", start, end, found.label)
        assert not problems([*labeled, made], scheme, text)
