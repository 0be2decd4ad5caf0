"""The relation component: what it learns from related entities, and what it makes of new ones."""

from collections.abc import Sequence
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labeler import nlp
from labeler.schema import Entity, Relation, parse_scheme
from labeler.suggest.pairs import REACH
from labeler.suggest.reading import Reading
from labeler.suggest.relating import Example, RelationModel, train

SCHEME = parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "GPE"}],
        "relations": [
            {"name": "LEADER_OF", "head": ["PERSON"], "tail": ["GPE"]},
            {"name": "BORN_IN", "head": ["PERSON"], "tail": ["GPE"]},
        ],
    }
)
PEOPLE = ("Ada", "Bob", "Cyd", "Dan", "Eve", "Fay")
TOWNS = ("Varn", "Lund", "Oslo", "Rome", "Bern", "Kyiv")


def sentence(person: str, town: str, words: str, label: str | None) -> Example:
    """Return a text in which a person and a town are related, or not."""
    text = words.format(person=person, town=town)
    [tokens] = nlp.tokenize([text], "en")
    entities = [
        Entity("p", text.index(person), text.index(person) + len(person), "PERSON"),
        Entity("t", text.index(town), text.index(town) + len(town), "GPE"),
    ]
    relations = [Relation("r", "p", "t", label)] if label else []
    return Reading(text, tokens), entities, relations


def corpus() -> list[Example]:
    """Return sentences that lead, were born, and only stand side by side."""
    kinds = (
        ("{person} is the mayor of {town}.", "LEADER_OF"),
        ("In {town} the mayor, {person}, spoke.", "LEADER_OF"),
        ("{person} was born in {town}.", "BORN_IN"),
        ("{person} saw a film about {town}.", None),
    )
    pairs = zip(PEOPLE, TOWNS, strict=True)
    return [sentence(person, town, *kind) for person, town in pairs for kind in kinds]


def found(model: RelationModel, example: Example) -> list[tuple[str, str, str]]:
    """Return head, label and tail of what the model proposes."""
    reading, entities, _ = example
    made = model.relations(reading, entities, SCHEME)
    return [(head.id, label, tail.id) for head, tail, label, _ in made]


def test_new_names_in_known_words_are_related() -> None:
    """Names never seen are related by the words around them, the person as the head either way."""
    model = train(corpus(), SCHEME)
    assert model is not None
    new = "Zoe", "Turku"
    leads = sentence(*new, "{person} is the mayor of {town}.", None)
    reversed_ = sentence(*new, "In {town} the mayor, {person}, spoke.", None)
    born = sentence(*new, "{person} was born in {town}.", None)
    neither = sentence(*new, "{person} saw a film about {town}.", None)
    assert found(model, leads) == [("p", "LEADER_OF", "t")]
    assert found(model, reversed_) == [("p", "LEADER_OF", "t")]
    assert found(model, born) == [("p", "BORN_IN", "t")]
    assert found(model, neither) == []


def test_a_corpus_without_relations_teaches_none() -> None:
    """Where nothing is related there is no model."""
    assert train([sentence("Ada", "Varn", "{person} saw {town}.", None)], SCHEME) is None


def test_what_does_not_stand_in_the_words_is_not_proposed(tmp_path: Path) -> None:
    """Where relations follow no rule, proposing would cost more than it saves, and none is made."""
    chance = np.random.default_rng(0)
    told = [
        sentence(person, town, "{person} saw {town}.", "LEADER_OF" if chance.random() < 0.4 else "")
        for person in PEOPLE
        for town in TOWNS
    ]
    model = train(told, SCHEME)
    assert model is not None
    model.save(tmp_path / "relations.npz")
    for each in (model, RelationModel.load(tmp_path / "relations.npz")):
        assert [found(each, example) for example in told] == [[]] * len(told)


def test_training_and_files_repeat(tmp_path: Path) -> None:
    """The same corpus gives the same weights, and a saved model proposes the same."""
    first, second = train(corpus(), SCHEME), train(corpus(), SCHEME)
    assert first is not None
    assert second is not None
    assert np.array_equal(first.weights, second.weights)
    first.save(tmp_path / "relations.npz")
    kept = RelationModel.load(tmp_path / "relations.npz")
    assert [found(kept, example) for example in corpus()] == [
        found(first, example) for example in corpus()
    ]


def test_a_relation_that_is_shown_gets_its_label_by_its_direction() -> None:
    """Of the labels only those count that lead from this head to this tail."""
    model = train(corpus(), SCHEME)
    assert model is not None
    reading, entities, _ = sentence("Zoe", "Turku", "{person} saw {town}, born in it.", None)
    person, town = entities
    chances = model.naming(reading, entities, (person, town))
    assert max(chances, key=chances.__getitem__) == "BORN_IN"
    backwards = model.naming(reading, entities, (town, person))
    assert max(backwards.values(), default=0) < chances["BORN_IN"], "a town never was a head"
    assert model.naming(reading, [person], (person, town)) == {}


def test_a_relation_is_shown_over_any_distance() -> None:
    """What is too far apart to be proposed has a label once it is drawn."""
    model = train(corpus(), SCHEME)
    assert model is not None
    words = "{person} saw many." + " It rained." * REACH + " Born in {town}."
    reading, entities, _ = sentence("Zoe", "Turku", words, None)
    assert list(model.judged(reading, entities)) == []
    person, town = entities
    assert set(model.naming(reading, entities, (person, town))) == {"BORN_IN", "LEADER_OF"}


NUMBERED = parse_scheme(
    {
        "entities": [{"name": "PRODUCT"}, {"name": "VERSION"}],
        "relations": [{"name": "VERSION_OF"}, {"name": "PART_OF"}],
    }
)
_TOOLS = ("Alpine", "Bracket", "Cedar", "Dune", "Ember", "Fathom", "Garnet", "Harbor")


def numbered(words: Sequence[str]) -> Example:
    """Return a text of words, `+` for a number that belongs to the last name before it."""
    entities: list[Entity] = []
    relations = []
    text = ""
    for number, word in enumerate(words):
        told = f"{number}.1" if word == "+" else word
        start = len(text)
        text += f"{told} "
        if word == "+" or word in _TOOLS:
            label = "VERSION" if word == "+" else "PRODUCT"
            entities.append(Entity(f"e{number}", start, start + len(told), label))
        names = [item for item in entities if item.label == "PRODUCT"]
        if word == "+" and names:
            relations.append(Relation(f"r{number}", f"e{number}", names[-1].id, "VERSION_OF"))
    [tokens] = nlp.tokenize([text], "en")
    return Reading(text, tokens), entities, relations


@cache
def of_numbers() -> RelationModel:
    """Return a model of texts in which a number belongs to the name before it."""
    kinds = (
        "we used {} version + and {} for it",
        "both {} or {} ( + ) run",
        "{} + then {} v. + ran",
    )
    told = [kind.format(one, other) for one, other in permutations(_TOOLS[:4], 2) for kind in kinds]
    model = train([numbered(each.split()) for each in told], NUMBERED)
    assert model is not None
    return model


def proposed(example: Example, model: RelationModel) -> set[tuple[str, str, str]]:
    """Return head, label and tail of what is proposed."""
    made = model.relations(example[0], example[1], NUMBERED)
    return {(head.id, label, tail.id) for head, tail, label, _ in made}


def test_what_has_one_relation_at_most_gets_it_to_the_nearest(tmp_path: Path) -> None:
    """A number belongs to the name before it, not to others near it, also by a saved model."""
    of_numbers().save(tmp_path / "relations.npz")
    for model in (of_numbers(), RelationModel.load(tmp_path / "relations.npz")):
        for words in ("they ran Harbor and then Garnet version + on it", "Ember + met Fathom v. +"):
            example = numbered(words.split())
            meant = {(item.head, item.label, item.tail) for item in example[2]}
            assert proposed(example, model) == meant


@given(st.lists(st.sampled_from([*_TOOLS, "+", "version", "and", "(", ")", "."]), max_size=25))
def test_no_end_that_has_one_relation_at_most_is_proposed_two(words: list[str]) -> None:
    """However names and numbers stand, a number is proposed one name at most."""
    model = of_numbers()
    assert any(kind.startswith("VERSION_OF>") for kind in model.single)
    made = proposed(numbered(words), model)
    heads = [head for head, _, _ in made]
    assert len(heads) == len(set(heads))
