"""Texts that are hard on offsets, and annotations of them."""

import json
from typing import Any

import pytest
from hypothesis import strategies as st

from labeler.schema import Entity, Relation
from tests.conftest import SHARED

_PIECES = (
    *("Ada Lovelace", "U.N.", "don't", "Inc.", "20-year-old", "$3.5m", "(sic)", "“So,”", "a.m."),
    *("José", "Jose\u0301", "naïve", "ﬁn", "e\u0301\u0323", "\u200d", "\u200b", "\ufeff"),
    *("😀", "👨‍👩‍👧‍👦", "🇩🇪", "💩x", "\U00020000\U00020001"),
    *("שלום", "مرحبا", "\u202eabc\u202c", "日本語", "สวัสดี", "नमस्ते", "한국어"),
    *(" ", "  ", "\n", "\r\n", "\n\n", "\t", "\u00a0", "\u2003", "\u2028", "\x85", "\x1c", "\v"),
    *("<b>", "&amp;", "((", "]]", "--", "…", "http://a.example/b?c=d", "@ada", "#tag", ":-)"),
)
_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def texts(max_size: int = 12) -> st.SearchStrategy[str]:
    """Return texts of awkward pieces and any characters, with more than white space in them."""
    piece = st.one_of(st.sampled_from(_PIECES), st.text(_CHARACTERS, max_size=6))
    return st.lists(piece, min_size=1, max_size=max_size).map("".join).filter(str.strip)


@st.composite
def annotated(
    draw: st.DrawFn, labels: tuple[str, ...] = ("PERSON", "ORG"), links: tuple[str, ...] = ("MET",)
) -> tuple[str, tuple[Entity, ...], tuple[Relation, ...]]:
    """Draw a text with entities anywhere in it, on and off token borders, and relations of them."""
    text = draw(texts())
    place = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)), st.booleans())
    spans = draw(st.lists(place.map(lambda p: _span(text, *p)), max_size=8))
    named = dict.fromkeys((*span, draw(st.sampled_from(labels))) for span in spans)
    entities = tuple(Entity(f"e{i}", *content) for i, content in enumerate(named))
    relations: dict[tuple[str, str, str], None] = {}
    if entities:
        end = st.sampled_from([entity.id for entity in entities])
        link = st.tuples(end, end, st.sampled_from(links))
        relations = dict.fromkeys(draw(st.lists(link, max_size=8)))
    return text, entities, tuple(Relation(f"r{i}", *link) for i, link in enumerate(relations))


def _span(text: str, start: int, end: int, word: bool) -> tuple[int, int]:
    """Return a span of at least one character; a whole run without white space where `word`."""
    start, end = min(start, end - 1), max(start + 1, end)
    while word and start > 0 and not text[start - 1].isspace():
        start -= 1
    while word and end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def hard_cases() -> list[Any]:
    """Return the cases of hard text that lie beside the project, as parameters of a test."""
    path = SHARED / "data" / "hard-text" / "cases.jsonl"
    if not path.exists():
        skipped = pytest.mark.skip(reason=f"there is no {path.name} beside this checkout")
        return [pytest.param({}, marks=skipped)]
    lines = path.read_text(encoding="utf-8").split("\n")
    cases = [json.loads(line) for line in lines if line]
    return [pytest.param(case, id=case["id"]) for case in cases]
