"""The sample articles and scheme templates that the demo loads."""

import json
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import spacy
import yaml
from flask import Flask

from labeler import accounts, demonstration, projects, reliability
from labeler.formats import Imported, importers
from labeler.models import Layer, db
from labeler.schema import EntityLabel, RelationLabel, Scheme, check, parse_scheme

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = sorted((ROOT / "seeds" / "articles").glob("*.txt"))
LAYERS = sorted((ROOT / "seeds" / "layers").glob("*.jsonl"))
SCHEMES = sorted((ROOT / "seeds" / "schemes").glob("*.yaml"))
FOREIGN = ROOT.parent / "shared" / "seeds"
RUN = 8
"""Words in a row that two texts have in common only where one copied the other."""

WHITE, BLACK, DARK_PAPER = (255, 255, 255), (0, 0, 0), (0x1B, 0x1F, 0x24)
Rgb = tuple[float, ...]


def _scheme(path: Path) -> Scheme:
    return parse_scheme(yaml.safe_load(path.read_text("utf-8")))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of words of that length, without case and punctuation."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def _mix(color: Rgb, share: float, other: Rgb) -> Rgb:
    return tuple(a * share + b * (1 - share) for a, b in zip(color, other, strict=True))


def _luminance(color: Rgb) -> float:
    """Return the relative luminance (WCAG 2.2) of an sRGB colour with channels from 0 to 255."""
    scaled = [channel / 255 for channel in color]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in scaled)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(first: Rgb, second: Rgb) -> float:
    """Return the contrast ratio (WCAG 2.2) of two sRGB colours, from 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_there_is_something_to_label() -> None:
    """The demo has at least a dozen articles and the four templates."""
    assert len(ARTICLES) >= 12
    assert [path.stem for path in SCHEMES] == ["biomedical", "empty", "legal", "news"]


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_template_is_a_scheme_with_guidelines(path: Path) -> None:
    """A template parses, every label says what it means, and its guidelines stand beside it."""
    scheme = _scheme(path)
    labels: list[EntityLabel | RelationLabel] = [*scheme.entities, *scheme.relations]
    for label in labels:
        assert re.fullmatch(r"[A-Z][^.]+(\.[^.]+)*\.", label.description), label.name
        assert re.fullmatch(r"[0-9]", label.key), label.name
    assert len(path.with_suffix(".md").read_text("utf-8").split()) > 100


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_relation_keys_follow_their_order(path: Path) -> None:
    """The key of a relation is its place, so that Shift and the number shown agree."""
    relations = _scheme(path).relations
    assert [label.key for label in relations] == [str(i + 1) for i in range(len(relations))]


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_label_colours_can_be_read(path: Path) -> None:
    """A label in its colour has a contrast of 4.5 on paper and on its tint, in light and dark."""
    colors = [label.color for label in _scheme(path).entities]
    assert len(set(colors)) == len(colors)
    for color in colors:
        pure = tuple(bytes.fromhex(color[1:]))
        for paper, ink in ((WHITE, BLACK), (DARK_PAPER, WHITE)):
            tint = _mix(pure, 0.16, paper)
            assert _contrast(_mix(pure, 0.80, ink), paper) >= 4.5, color
            assert _contrast(_mix(pure, 0.75, ink), tint) >= 4.5, color


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_is_plain_text(path: Path) -> None:
    """An article is UTF-8 with LF line ends, without NUL or byte order mark, and holds words."""
    text = path.read_bytes().decode("utf-8")
    assert len(text.split()) >= 50
    assert not {"\0", "\r", "\ufeff"} & set(text)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.txt", path.name)


def test_articles_differ_in_length() -> None:
    """There is a bulletin, a feature, and something at every length between."""
    lengths = sorted(len(path.read_text("utf-8").split()) for path in ARTICLES)
    assert lengths[0] <= 70
    assert lengths[-1] >= 1900
    assert all(longer <= 2.5 * shorter for shorter, longer in pairwise(lengths))


def test_articles_are_written_anew() -> None:
    """No article has eight words in a row in common with an article that somebody else wrote."""
    foreign = sorted(FOREIGN.glob("*.txt"))
    if not foreign:
        pytest.skip("no article by somebody else to compare with")
    theirs = set().union(*(_runs(path.read_text("utf-8")) for path in foreign))
    for path in ARTICLES:
        assert not _runs(path.read_text("utf-8")) & theirs, path.name


# ---- layers ----------------------------------------------------------------------------------


def _imported(name: str) -> str:
    """Return the text of an article as it is brought in, without a date before it."""
    path = ROOT / "seeds" / "articles" / f"{name}.txt"
    with path.open("rb") as stream:
        [article] = importers["text"]().read(stream, path.name)
    assert isinstance(article, Imported)
    return article.document.text


@pytest.mark.parametrize("path", LAYERS, ids=lambda path: path.stem)
def test_a_sample_layer_fits_its_article(path: Path) -> None:
    """Each line has the text of an article, spans on whole words, and keeps the scheme's rules."""
    scheme = _scheme(ROOT / "seeds" / "schemes" / "news.yaml")
    with path.open("rb") as stream:
        found = list(importers["jsonl"]().read(stream, path.name))
    for article in found:
        assert isinstance(article, Imported), article
        assert article.layer is not None
        text, layer = article.document.text, article.layer
        assert layer.annotator == path.stem
        assert text == _imported(article.document.id)
        assert check({item.id: item for item in layer.annotations()}, scheme, len(text)) == []
        for entity in layer.entities:
            words = text[entity.start : entity.end]
            assert words.strip() == words
            assert not re.search(r"\w$", text[: entity.start]) or not words[0].isalnum(), words
            assert not re.match(r"\w", text[entity.end :]) or not words[-1].isalnum(), words
    assert len(found) >= 8


def test_every_sample_layer_has_its_time() -> None:
    """The file of timings names just the layers there are, and a person does one at a time."""
    timings = list(demonstration.timings())
    lines = [json.loads(line) for path in LAYERS for line in path.read_text("utf-8").splitlines()]
    timed = sorted((timing.annotator, timing.article) for timing in timings)
    assert timed == sorted((line["annotator"], line["id"]) for line in lines)
    for one, other in combinations(timings, 2):
        if (one.annotator, one.days_ago) == (other.annotator, other.days_ago):
            first, second = sorted((one, other), key=lambda timing: timing.started)
            gap = (second.started.hour - first.started.hour) * 60
            gap += second.started.minute - first.started.minute
            assert gap * 60 >= first.seconds


def test_the_demo_shows_differences_of_every_kind(app: Flask) -> None:
    """Three people agree well but not wholly; labels, borders, ends, directions and topics differ,
    some work was done without suggestions, and one person looked again."""
    demonstration.prepare()
    project = projects.find(demonstration.SLUG)
    told = reliability.compute(project).to_json()
    assert told["annotators"] == list(demonstration.ANNOTATORS)
    assert all(0.75 <= pair["f1"]["strict"]["value"] <= 0.95 for pair in told["entities"]["pairs"])
    assert all(told["entities"]["kinds"][kind] for kind in ("label", "boundary", "only_one"))
    kinds = told["relations"]["kinds"]
    assert all(kinds[kind] for kind in ("label", "direction", "only_one")), kinds
    control = told["entities"]["control"]
    assert control["f1_blind"]["value"] is not None
    assert control["f1_shown"]["value"] is not None
    topic, unconfirmed = told["categories"]
    assert sum(pair["kinds"]["label"] for pair in topic["pairs"])
    assert 0 < unconfirmed["observed"]["value"] < 1
    held = reliability.overview(project).report["against"]["suggestions"]
    assert held["entities"]
    assert held["categories"] == []  # the built-in rules suggest no topics
    own = reliability.own_agreement(project, accounts.find_user("ben"))
    assert 0.9 < own["themselves"]["entities"]["value"] < 1
    layers = db.session.query(Layer).all()
    assert len(layers) == len(list(demonstration.timings()))
    assert {layer.status for layer in layers} == {"open", "done", "skipped"}
    assert any(layer.flag for layer in layers)
    assert any(layer.read_to and layer.status == "open" for layer in layers)
    assert all(layer.seconds > 0 for layer in layers)


@pytest.mark.parametrize("path", LAYERS, ids=lambda path: path.stem)
def test_every_sample_entity_fits_the_tokens_of_spacy(path: Path) -> None:
    """What the demo exports as gold is complete: spaCy can be trained on each entity."""
    tokenizer = spacy.blank("en").tokenizer
    for line in path.read_text("utf-8").splitlines():
        layer = json.loads(line)
        doc = tokenizer(layer["text"])
        spans = [(entity["start"], entity["end"]) for entity in layer["entities"]]
        assert [span for span in spans if doc.char_span(*span) is None] == [], layer["id"]
