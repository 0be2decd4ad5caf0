"""The sample articles and scheme templates that the demo loads."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from labeler.schema import EntityLabel, RelationLabel, Scheme, parse_scheme

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = sorted((ROOT / "seeds" / "articles").glob("*.txt"))
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
