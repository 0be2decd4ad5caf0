"""The beginning of a document as the page carries it, and files that browsers keep."""

import json
import random
import re
import subprocess
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from labeler import schema
from labeler.config import ROOT
from labeler.models import Document
from labeler.web.opening import LENGTH, opening
from tests.conftest import NEWS, Corpus
from tests.test_js import NODE

HOSTILE = '<img src=x onerror=alert(1)> & Ada "met" Bob.\r\n\r\n<b>Done</b>'


def test_the_page_carries_the_beginning_with_its_entities(corpus: Corpus, signed_in: Any) -> None:
    """Before a script has run the page holds the first lines and the person's own entities."""
    document = corpus.document(
        corpus.project(ana="annotator"), "Ada met Bob.\n\nThey talked.", "a1"
    )
    corpus.layer(document, "ana", "open", PERSON=[(0, 3)])
    page = signed_in("ana").get(f"/projects/news/documents/{document.id}/label").text
    mark = r'<mark data-color="#\w{6}" data-label="PERSON">Ada</mark>'
    assert re.search(rf'<p class="block gap" dir="auto">{mark}', page)
    assert "They talked.</p>" in page


def test_a_long_document_is_asked_for_at_once(corpus: Corpus, signed_in: Any) -> None:
    """The browser fetches a long document beside the page; a short one after the first frame."""
    project = corpus.project(ana="annotator")
    client = signed_in("ana")
    for text, hurries in (("Ada met Bob.", False), ("Ada met Bob. " * 2000, True)):
        document = corpus.document(project, text, f"{len(text)} characters")
        page = client.get(f"/projects/news/documents/{document.id}/label").text
        assert ('rel="preload"' in page, "data-hurries>" in page) == (hurries, hurries)


def test_what_is_left_out_on_the_way_is_put_back(corpus: Corpus, signed_in: Any) -> None:
    """The screen completes what the server sends to the whole layer and the whole scheme."""
    document = corpus.document(corpus.project(ana="annotator"), "Ada met Bob.", "a1")
    client = signed_in("ana")
    sent = client.get(f"/api/v1/documents/{document.id}/work").json
    assert "flag" not in sent["layer"]
    script = ROOT / "tests" / "js" / "complete.mjs"
    ran = subprocess.run(
        [NODE, script], input=json.dumps(sent), capture_output=True, text=True, check=True
    )
    work = json.loads(ran.stdout)
    assert work["layer"] == client.get(f"/api/v1/layers/{work['layer']['id']}").json
    assert work["scheme"] == client.get("/api/v1/projects/news").json["scheme"]


def test_hostile_text_is_only_text(corpus: Corpus, signed_in: Any) -> None:
    """What looks like HTML in a document is escaped in the page."""
    document = corpus.document(corpus.project(ana="annotator"), HOSTILE, "a1")
    page = signed_in("ana").get(f"/projects/news/documents/{document.id}/label").text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=200), st.data())
def test_lines_hold_the_text_but_its_breaks(text: str, data: st.DataObject) -> None:
    """Whatever the text and its entities, the lines in a row are the text without line breaks."""
    borders = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(borders, borders).filter(lambda s: s[0] < s[1])))
    entities = [schema.Entity(str(n), *span, "PERSON") for n, span in enumerate(sorted(spans))]
    made = opening(Document(text=text, meta={}), entities, NEWS)
    shown = "".join(piece.words for line in made.lines for piece in line.pieces)
    assert shown == re.sub(r"[\n\r\u2028\u2029]", "", text)


HARD = (
    *(
        "a",
        "é",
        "e\u0301",
        "\U0001f469\u200d\U0001f467",
        "\U0001d518",
        "\u05e9\u05dc",
        "\u65e5",
        "<b>",
    ),
    *(" ", "\t", "\r\n", "\n", "\n\n", "\r", "\v", "\f", "\x1c", "\x1f", "\x85", "\xa0"),
    *("\u180e", "\u200b", "\u2028", "\u2029", "\u3000", "\ufeff"),
)
"""Breaks and white space, which programs disagree about, and odd letters."""


def test_python_and_the_browser_cut_the_same_lines() -> None:
    """Lines that the page carries have the words and classes that the scripts give them."""
    deal = random.Random(1)
    texts = ["".join(deal.choices(HARD, k=deal.randint(0, 12))) for _ in range(2000)]
    titled = [(text, deal.choice(["", "a", "é\ufeff", text.split("\n")[0]])) for text in texts]
    script = ROOT / "tests" / "js" / "lines.mjs"
    ran = subprocess.run(
        [NODE, script], input=json.dumps(titled), capture_output=True, text=True, check=True
    )
    for (text, title), wanted in zip(titled, json.loads(ran.stdout), strict=True):
        made = opening(Document(text=text, meta={"title": title}), [], NEWS)
        found = [[line.classes, "".join(p.words for p in line.pieces)] for line in made.lines]
        assert found == wanted, (text, title)


def test_only_the_beginning_of_a_long_text_is_carried() -> None:
    """A page stays small however long its document is."""
    made = opening(Document(text="word " * 100_000, meta={}), [], NEWS)
    assert sum(len(piece.words) for line in made.lines for piece in line.pieces) == LENGTH


def test_files_are_kept_by_their_version(app: Flask) -> None:
    """A script asked for by its version is kept for good; by another, it is asked for again."""
    client = app.test_client()
    page = client.get("/sign-in").text
    found = re.search(r"/static/v-\w+/css/base\.css", page)
    assert found
    with client.get(found[0]) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "--ink: light-dark(" in answer.text
        assert "@import" not in answer.text
    with client.get("/static/v-old/css/tokens.css") as answer:
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["Cache-Control"]
    assert client.get("/static/v-old/../../pyproject.toml").status_code == 404
