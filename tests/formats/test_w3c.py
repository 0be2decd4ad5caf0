"""W3C Web Annotation: how others point into a text, and what goes out."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import Exported, Imported, archive
from labeler.formats.w3c import W3CExporter, W3CImporter
from labeler.schema import Document, Entity, Layer, Relation, Scheme

TEXT = "😀 Ada met Bob, and Ada left."


def _read(page: Any, text: str | None = TEXT) -> tuple[list[Imported], list[Problem]]:
    content = page if isinstance(page, bytes) else json.dumps(page).encode()

    def beside(name: str) -> io.BytesIO | None:
        return io.BytesIO(text.encode()) if text and name == "a.txt" else None

    items = list(W3CImporter().read(io.BytesIO(content), "set/a.jsonld", beside))
    return [i for i in items if isinstance(i, Imported)], [
        i for i in items if isinstance(i, Problem)
    ]


def _tag(label: str, *selectors: dict[str, Any], **about: Any) -> dict[str, Any]:
    body = [{"type": "TextualBody", "value": label, "purpose": "tagging"}]
    target = {"selector": list(selectors)}
    return {"type": "Annotation", "body": body, "target": target, **about}


def _at(start: int, end: int) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end}


def _quote(exact: str, prefix: str = "", suffix: str = "") -> dict[str, Any]:
    return {"type": "TextQuoteSelector", "exact": exact, "prefix": prefix, "suffix": suffix}


@pytest.mark.parametrize(
    "selectors",
    [
        (_at(2, 5),),
        (_at(2, 5), _quote("Ada")),
        (_at(3, 6), _quote("Ada")),
        (_quote("Ada", suffix=" met"),),
        ({"type": "FragmentSelector", "value": "char=2,5"},),
    ],
)
def test_a_place_is_found_however_it_is_said(selectors: tuple[dict[str, Any], ...]) -> None:
    """In code points, in UTF-16 units where the quote says so, by fragment or by quote alone."""
    [article], problems = _read(_tag("PER", *selectors))
    assert problems == []
    assert article.document == Document("set/a", TEXT)
    assert [(e.start, e.end, e.label) for e in article.suggestions] == [(2, 5, "PER")]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "selectors",
    [
        (_quote("Ada"),),
        (_at(2, 5), _quote("Bob")),
        (_at(2, 500),),
        ({"type": "X"},),
        ({**_at(2, 13), "refinedBy": _at(0, 3)},),
    ],
)
def test_a_place_that_is_none_is_told(selectors: tuple[dict[str, Any], ...]) -> None:
    """A quote that stands twice or reads otherwise, and what is beyond the text or within."""
    [article], [_] = _read({"type": "AnnotationPage", "items": [_tag("PER", *selectors)]})
    assert article.suggestions == ()


def test_each_creator_has_a_layer() -> None:
    """Links are relations in it, other bodies attributes, bare targets categories."""
    page = {
        "type": "AnnotationCollection",
        "first": {"type": "AnnotationPage", "items": [
            _tag("PER", _at(2, 5), id="#one", creator={"name": "ana"}),
            _tag("PER", _at(10, 13), id="http://x/2", creator="ana"),
            {"type": "Annotation", "motivation": "linking", "creator": "ana",
             "body": [{"value": "MET", "purpose": "tagging"},
                      {"value": "sure", "purpose": "commenting"}],
             "target": [{"id": "#one"}, {"id": "http://x/2"}]},
            {"type": "Annotation", "creator": "ben", "body": "NEWS", "target": "a.txt"},
            {"type": "Annotation", "creator": "ben", "motivation": "highlighting",
             "target": {"selector": _at(2, 5)}},
        ]},
    }  # fmt: skip
    [ana, ben], [problem] = _read(page)
    assert (ana.layer and ana.layer.annotator, ben.layer and ben.layer.annotator) == ("ana", "ben")
    assert ana.layer is not None
    assert ben.layer is not None
    [link] = ana.layer.relations
    assert (link.head, link.tail, link.label) == ("one", "http://x/2", "MET")
    assert link.attributes == {"commenting": "sure"}
    assert [category.label for category in ben.layer.categories] == ["NEWS"]
    assert "no body that tags" in problem.message


@pytest.mark.parametrize("page", [b"{", b'"x"', b"[1, {}]", b"\xff"])
def test_what_is_no_page_is_told_or_empty(page: bytes) -> None:
    """Nothing is raised."""
    articles, problems = _read(page)
    assert len(articles) + len(problems) == 1
    assert _read(page, None)[1][0].code == "missing"


def test_what_goes_out_points_with_both_selectors(tmp_path: Path) -> None:
    """Ids are fragments of the page; what comes back is the layer."""
    [tokens] = nlp.tokenize([TEXT], "en")
    entities = (
        Entity("e 1", 2, 5, "PER", attributes={"sure": True}),
        Entity("e#2", 10, 23, "PER", None, ((10, 13), (19, 23))),
    )
    layer = Layer("ana", "done", 0, entities, (Relation("r1", "e 1", "e#2", "MET"),))
    record = Exported(Document("news/a 1", TEXT), layer, tokens)
    W3CExporter().write([record], tmp_path, scheme=Scheme(), language="en", options={})
    page = json.loads((tmp_path / "news" / "a 1.jsonld").read_bytes())
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert page["items"][0]["target"] == {
        "source": "a%201.txt",
        "selector": [_at(2, 5), _quote("Ada", "😀 ", TEXT[5:])],
    }
    [article] = archive.read([tmp_path / "news"])
    assert isinstance(article, Imported)
    assert (article.document.text, article.layer) == (TEXT, layer)
