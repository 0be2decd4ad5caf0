"""Words that come again in a text: as what they are labeled there."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import nlp
from labeler.schema import Entity
from labeler.suggest import repeats
from labeler.suggest.mentions import Labeled, MentionModel, train
from labeler.suggest.reading import Reading

TOOLS = ("Varn", "Zorb", "Quux", "Plim", "Trosk", "Fleb", "Grint", "Hask")


def read(text: str) -> Reading:
    """Return a text with its tokens."""
    [tokens] = nlp.tokenize([text], "en")
    return Reading(text, tokens)


def labeled(text: str, words: str, labels: Sequence[str]) -> Labeled:
    """Return a text in which the places of words have these labels, in order."""
    entities, start = [], 0
    for number, label in enumerate(labels):
        start = text.index(words, start)
        entities.append(Entity(f"e{number}", start, start + len(words), label))
        start += len(words)
    return read(text), entities


def used_in_turn() -> list[Labeled]:
    """Return texts in which a tool is made first, then used, then offered."""
    return [
        labeled(
            f"We present {tool}, a tool. We ran {tool} on mice. Get {tool} at our site.",
            tool,
            ("CREATION", "USAGE", "OFFER"),
        )
        for tool in TOOLS
    ]


def test_a_label_that_says_how_a_name_is_used_follows_the_words_around() -> None:
    """A name never seen is labeled again by what was learned of others."""
    model = train(used_in_turn())
    assert model is not None
    reading = read("We present Blim, a tool. Get Blim at our site. We ran Blim on mice.")
    places = [index for index, word in enumerate(reading.words) if word == "Blim"]
    found = [model.label(reading, (place, place + 1), ["CREATION"]) for place in places[1:]]
    assert found == ["OFFER", "USAGE"]


def test_words_that_keep_their_labels_teach_nothing() -> None:
    """Nor do texts in which hardly any words come again."""
    kept = [labeled(text.text, text.words[2], ("ORG",) * 3) for text, _ in used_in_turn()]
    assert train(kept) is None
    assert train(used_in_turn()[:2]) is None
    mixed = train([*used_in_turn(), *kept])
    assert mixed is not None
    assert mixed.label(kept[0][0], (5, 6), ["ORG"]) is None


def test_training_and_files_repeat(tmp_path: Path) -> None:
    """The same texts teach the same, and a model says the same after a file."""
    first, second = train(used_in_turn()), train(used_in_turn())
    assert first is not None
    assert second is not None
    assert np.array_equal(first.weights, second.weights)
    first.save(tmp_path / "mentions.npz")
    kept = MentionModel.load(tmp_path / "mentions.npz")
    assert (kept.labels, kept.varying) == (first.labels, first.varying)
    reading, entities = used_in_turn()[0]
    place = reading.range(entities[1])
    assert place is not None
    assert kept.label(reading, place, ["CREATION"]) == first.label(reading, place, ["CREATION"])


def test_what_is_learned_stands_against_other_proposals_for_the_place() -> None:
    """Also where the words have one label so far, which all others had to have before."""
    reading, [made, *_] = used_in_turn()[0]
    again = repeats.occurrences(reading, [made], lambda *_: "USAGE")
    assert [(item.start, item.label) for item in again] == [(32, "USAGE"), (50, "USAGE")]
    others = [Entity("a", 32, 36, "CREATION"), Entity("b", 32, 36, "USAGE")]
    assert repeats.unopposed(reading, others, [made], (), again) == others[1:]
    assert repeats.unopposed(reading, others, [made], ()) == others[:1]


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["Varn", "Zorb", "met", "the", "\n"]), min_size=1, max_size=20))
def test_words_are_proposed_again_at_all_other_places_and_there_only(words: list[str]) -> None:
    """Each once, as the words before it in the text were labeled."""
    text = " ".join(["Varn", *words])
    reading = read(text)
    again = repeats.occurrences(reading, [Entity("e", 0, 4, "ORG")])
    assert {text[item.start : item.end] for item in again} <= {"Varn"}
    assert len(again) == text.count("Varn") - 1
    assert {item.label for item in again} <= {"ORG"}


def again(text: str, words: str, label: str = "X") -> list[str]:
    """Return what is proposed where the first place of words is labeled."""
    start = text.index(words)
    entity = Entity("e", start, start + len(words), label)
    return [text[item.start : item.end] for item in repeats.occurrences(read(text), [entity])]


def test_other_spellings_of_words_are_proposed_too() -> None:
    """Number and case, but no word without capitals for a name with them, and no short ones."""
    assert again("We saw seizures. A seizure is rare. Seizures end.", "seizures") == [
        "seizure",
        "Seizures",
    ]
    assert again("Some NSAIDs help. An NSAID may not.", "NSAIDs") == ["NSAID"]
    assert again("VARN FALLS. Varn is down.", "VARN") == ["Varn"]
    assert again("An Apache spoke. The Apaches left.", "Apache") == []
    assert again("Turkey votes. A turkey is a bird.", "Turkey") == []
    assert again("It is here. IT is there.", "IT") == []


def named(text: str, words: str) -> list[tuple[str, str]]:
    """Return what abbreviations bring where the first place of words is labeled X."""
    start = text.index(words)
    entity = Entity("e", start, start + len(words), "X")
    found = repeats.abbreviations(read(text), [entity])
    return [(text[item.start : item.end], item.label) for item in found]


def test_an_abbreviation_is_labeled_as_what_it_stands_for() -> None:
    """Everywhere in the text and both ways, an article before it or not."""
    text = "The placental alkaline phosphatase (PLAP) was low. PLAP rose."
    assert named(text, "placental alkaline phosphatase") == [("PLAP", "X"), ("PLAP", "X")]
    assert named(text, "The placental alkaline phosphatase") == [("PLAP", "X"), ("PLAP", "X")]
    assert named(text, "PLAP") == [("placental alkaline phosphatase", "X")]


def test_what_stands_in_brackets_need_not_be_an_abbreviation() -> None:
    """The letters have to be in the words before, and the first has to begin one."""
    for text in ("Varn moved to Zorb (USA) in May.", "The alkaline wash (PW) was low."):
        assert named(text, text.split(" (", maxsplit=1)[0].split()[-1]) == []


@settings(max_examples=50)
@given(st.text("ABab (),-\n", max_size=60))
def test_abbreviations_lie_on_tokens_of_the_text(text: str) -> None:
    """Whatever stands in brackets: each proposal is at tokens, and repeats its words."""
    reading = read(text)
    entities = [
        Entity(f"e{start}", start, end, "X")
        for start, end in zip(reading.tokens.starts, reading.tokens.ends, strict=True)
    ]
    for item in repeats.abbreviations(reading, entities[::2]):
        assert item.start in reading.tokens.starts
        assert item.end in reading.tokens.ends
