"""The tagger: what it learns from a few texts, and from those who propose."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from labeler import nlp
from labeler.schema import Entity
from labeler.suggest.chains import Chain, _chances, _likeliest, rows, table
from labeler.suggest.reading import Reading
from labeler.suggest.tagging import LONGEST, Example, Tagger, places, sentences, train

PEOPLE = ("Ada Byron", "Bob", "Cyd Lake", "Dan", "Eve Wood", "Fay")
TOWNS = ("Varn", "Lund", "Old Turku", "Rome", "Bern", "Kyiv")
WORDS = ("{person} is the mayor of {town}.", "The mayor of {town} saw {person} today.")


def example(words: str, person: str, town: str, *, proposed: str = "") -> Example:
    """Return a text with a person and a town, and what is proposed for the person."""
    text = words.format(person=person, town=town)
    [tokens] = nlp.tokenize([text], "en")
    start, other = text.index(person), text.index(town)
    gold = [
        Entity("p", start, start + len(person), "PERSON"),
        Entity("t", other, other + len(town), "GPE"),
    ]
    told = [Entity("s", start, start + len(person), proposed)] if proposed else []
    return Example(Reading(text, tokens), gold, told)


def corpus(*, proposed: str = "") -> list[Example]:
    """Return short texts on mayors and their towns."""
    pairs = list(zip(PEOPLE, TOWNS, strict=True))
    return [example(words, *pair, proposed=proposed) for pair in pairs for words in WORDS]


def found(tagger: Tagger | None, asked: Example) -> list[tuple[int, int, str]]:
    """Return the places that the tagger finds."""
    assert tagger is not None
    return [span[:3] for span in tagger.spans(asked.reading, asked.proposed)]


def test_new_names_in_known_words_are_found() -> None:
    """Names never seen are labeled by the words around them, with scores between 0 and 1."""
    tagger = train(corpus(), {})
    asked = example(WORDS[0], "Zoe Hill", "Uppsala")
    assert found(tagger, asked) == [(0, 2, "PERSON"), (6, 7, "GPE")]
    assert tagger is not None
    assert all(0 < span.score <= 1 for span in tagger.spans(asked.reading, ()))


def test_what_others_propose_is_believed_until_it_proves_wrong() -> None:
    """After one text a proposal counts where nothing else is known; one always wrong does not."""
    asked = example(
        "Nobody wrote to {person} about {town}.", "Gus Moor", "Ystad", proposed="PERSON"
    )
    assert (3, 5, "PERSON") in found(train(corpus(proposed="PERSON")[:1], {}), asked)
    misled = train(corpus(proposed="GPE"), {})
    again = example(WORDS[0], "Zoe Hill", "Uppsala", proposed="GPE")
    assert found(misled, again)[0] == (0, 2, "PERSON")


def test_silence_says_little_where_others_know_none_of_the_labels() -> None:
    """Labels that nobody proposes are found after as few texts as where nobody is heard."""
    told = corpus()[:4]
    asked = example(WORDS[0], "Zoe Hill", "Uppsala")
    assert found(train(told, {}), asked) == [(0, 2, "PERSON"), (6, 7, "GPE")]


def test_a_tagger_is_the_same_after_a_file(tmp_path: Path) -> None:
    """What is saved and read again finds the same, and knows whom it heard; no code is in it."""
    tagger = train(corpus(proposed="PERSON"), {"name": "rulers", "options": {}})
    assert tagger is not None
    tagger.save(tmp_path / "tagger.npz")
    read = Tagger.load(tmp_path / "tagger.npz")
    assert read.hears == {"name": "rulers", "options": {}}
    asked = example(WORDS[1], "Zoe Hill", "Uppsala", proposed="PERSON")
    assert found(read, asked) == found(tagger, asked)


def test_without_labels_there_is_no_tagger() -> None:
    """Texts in which nothing is labeled teach nothing; an empty text has nothing in it."""
    unlabeled = [each._replace(entities=()) for each in corpus()]
    assert train(unlabeled, {}) is None
    [tokens] = nlp.tokenize([""], "en")
    tagger = train(corpus(), {})
    assert tagger is not None
    assert list(tagger.spans(Reading("", tokens), ())) == []


def test_nested_entities_teach_the_longer() -> None:
    """Of entities that overlap the longest is learned; one off the token borders is none."""
    [tokens] = nlp.tokenize(["University of Oslo"], "en")
    reading = Reading("University of Oslo", tokens)
    nested = [
        Entity("a", 14, 18, "GPE"),
        Entity("b", 0, 18, "ORG"),
        Entity("c", 0, 4, "GPE"),
    ]
    assert places(reading, nested) == [(0, 3, "ORG")]


def test_sentences_hold_every_token_once() -> None:
    """Sentences end after full stops before a capital, at lines, and where they are too long."""
    words = ["It", "ended", ".", "It", "cost", "3", ".", "or", "4", "\n", *["so"] * (LONGEST + 1)]
    cut = list(sentences(words))
    assert [word for each in cut for word in words[each]] == words
    assert [each.stop for each in cut] == [3, 10, 10 + LONGEST, 11 + LONGEST]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_chances_are_those_of_all_paths(count: int) -> None:
    """Forward-backward and Viterbi agree with going through every path of tags."""
    chance = np.random.default_rng(count)
    scores = chance.normal(size=(count, 3)).astype(np.float32)
    steps = chance.normal(size=(3, 3)).astype(np.float32)
    paths = list(np.ndindex(*[3] * count))
    weights = [
        sum(scores[token, tag] for token, tag in enumerate(path))
        + steps[0, path[0]]
        + sum(steps[one, two] for one, two in pairwise(path))
        for path in paths
    ]
    shares = np.exp(weights) / np.exp(weights).sum()
    wanted = np.zeros((count, 3))
    for path, share in zip(paths, shares, strict=True):
        wanted[np.arange(count), list(path)] += share
    chances, _ = _chances(scores, steps)
    assert np.allclose(chances, wanted, atol=1e-5)
    assert tuple(_likeliest(scores, steps)) == paths[int(np.argmax(weights))]


@pytest.mark.parametrize(("first", "last"), [(0, 1), (0, 4), (1, 2), (1, 3), (2, 4), (3, 4)])
def test_labels_of_a_span_are_as_likely_as_all_paths_through_it(first: int, last: int) -> None:
    """The label of given tokens is judged by every path in which just these are one entity."""
    chance = np.random.default_rng(first + 10 * last)
    chain = Chain.empty(["GPE", "PERSON"], {})
    features = np.arange(1, 5)[:, None]
    chain.weights[1:5] = chance.normal(size=(4, 5))
    chain.following[:] = chance.normal(size=(5, 5))
    sums = dict.fromkeys(chain.labels, 0.0)
    for path in np.ndindex(5, 5, 5, 5):
        goes_on = [(token, tag) for token, tag in enumerate(path) if tag and not tag % 2]
        if any(not token or path[token - 1] not in (tag - 1, tag) for token, tag in goes_on):
            continue
        begun, after = path[first], path[last] if last < 4 else 0
        one = begun % 2 and set(path[first + 1 : last]) <= {begun + 1} and after != begun + 1
        if one:
            weight = sum(chain.weights[token + 1, tag] for token, tag in enumerate(path))
            weight += chain.following[0, path[0]]
            weight += sum(chain.following[pair] for pair in pairwise(path))
            sums[chain.labels[begun // 2]] += float(np.exp(weight))
    wanted = {label: value / sum(sums.values()) for label, value in sums.items()}
    assert chain.naming(features, first, last) == pytest.approx(wanted, abs=1e-5)


def test_words_that_are_shown_are_named_by_what_is_around_them() -> None:
    """Any words of a sentence get a label, others with other borders than proposed ones, too."""
    tagger = train(corpus(), {})
    assert tagger is not None
    asked = example("The mayor of {town} saw {person} today.\nBob left.", "her aunt", "the town")
    for place, label in (((3, 5), "GPE"), ((4, 5), "GPE"), ((6, 8), "PERSON")):
        chances = tagger.naming(asked.reading, asked.proposed, place)
        assert max(chances, key=chances.__getitem__) == label
        assert sum(chances.values()) == pytest.approx(1)
    assert tagger.naming(asked.reading, (), (7, 12)) == {}, "of two sentences"


def test_no_label_is_gone_on_with_where_it_did_not_begin() -> None:
    """Whatever the weights, an entity begins before it goes on."""
    chain = Chain.empty(["GPE"], {"any": {2: 50.0}})
    [span] = chain.spans(table([rows(["any"])] * 3))
    assert span[:3] == (0, 3, "GPE")


def test_who_else_tells_labels_apart_changes_labels_and_no_places() -> None:
    """A label that another is sure of is taken; one that the tagger never learned is not."""
    tagger = train(corpus(), {})
    assert tagger is not None
    asked = example(WORDS[0], "Zoe", "Turku")
    alone = list(tagger.spans(asked.reading, asked.proposed))
    assert {each.label for each in alone} == {"PERSON", "GPE"}
    for told, labels in (
        ({"GPE": 1.0}, {"GPE"}),
        ({"PERSON": 1.0}, {"PERSON"}),
        ({"GPE": 0.5, "PERSON": 0.5}, {"PERSON", "GPE"}),
        ({"TOOL": 1.0}, {"PERSON", "GPE"}),
        ({}, {"PERSON", "GPE"}),
    ):
        spans = list(tagger.spans(asked.reading, asked.proposed, lambda *_, told=told: told))
        assert [each[:2] for each in spans] == [each[:2] for each in alone]
        assert {each.label for each in spans} == labels
