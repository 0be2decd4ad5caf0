"""What words are labeled once they are shown: learned from entities alone."""

from pathlib import Path

import pytest

from labeler import nlp
from labeler.schema import Entity
from labeler.suggest.mentions import Labeled
from labeler.suggest.naming import NamingModel, train
from labeler.suggest.reading import Reading

TOOLS = ("Varn", "Zorb", "Quux", "Plim", "Trosk", "Fleb")


def read(text: str) -> Reading:
    """Return a text with its tokens."""
    [tokens] = nlp.tokenize([text], "en")
    return Reading(text, tokens)


def corpus() -> list[Labeled]:
    """Return texts on tools with their versions."""
    texts = []
    for number, tool in enumerate(TOOLS):
        text = f"We ran {tool} {number}.1 on mice."
        end = 7 + len(tool)
        ends = [Entity("t", 7, end, "TOOL"), Entity("v", end + 1, end + 4, "VERSION")]
        texts.append((read(text), ends))
    return texts


def test_new_words_are_named_by_their_form_and_by_those_around() -> None:
    """A number is a version wherever it stands, a word after “ran” a tool; chances add up to 1."""
    model = train(corpus())
    assert model is not None
    reading = read("They ran blim for days; version 7.9 did it.")
    for place, label in (((2, 3), "TOOL"), ((7, 8), "VERSION"), ((1, 4), "TOOL")):
        chances = model.likely(reading, place, [])
        assert max(chances, key=chances.__getitem__) == label
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5)


def test_a_model_is_kept(tmp_path: Path) -> None:
    """What was saved says the same; where nothing is labeled there is nothing to learn."""
    model = train(corpus())
    assert model is not None
    model.save(tmp_path / "naming.npz")
    kept = NamingModel.load(tmp_path / "naming.npz")
    reading = read("They ran blim.")
    assert kept.likely(reading, (2, 3), ["TOOL"]) == pytest.approx(
        model.likely(reading, (2, 3), ["TOOL"]), abs=1e-3
    )
    assert train([(reading, [])]) is None


def test_the_whole_sentence_tells_how_a_name_is_used(tmp_path: Path) -> None:
    """Where labels say how a name is used, far words of its sentence count, and no others."""
    amid = "for many of these quite large and long lasting problems in the field at hand"
    texts = []
    for tool in TOOLS:
        for verb, label in (("developed", "MADE"), ("ran", "USED")):
            text = f"We {verb} {amid} and later on {tool} as such."
            start = text.index(tool)
            texts.append((read(text), [Entity("t", start, start + len(tool), label)]))
    model = train(texts, by_use=True)
    assert model is not None
    model.save(tmp_path / "naming.npz")
    for verb, other, label in (("developed", "ran", "MADE"), ("ran", "developed", "USED")):
        reading = read(f"They {other} it. We {verb} {amid} and later on Blim as such.")
        place = reading.words.index("Blim"), reading.words.index("Blim") + 1
        for each in (model, NamingModel.load(tmp_path / "naming.npz")):
            chances = each.likely(reading, place, [])
            assert max(chances, key=chances.__getitem__) == label
