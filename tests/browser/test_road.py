"""The whole road: the demo, a real article labeled in the browser, a corpus, a trained pipeline."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import spacy
from playwright.sync_api import BrowserContext, expect
from spacy.tokens import Doc, DocBin

from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Document, Project, db
from tests.browser.conftest import Screen, Site
from tests.serving import Server

pytestmark = pytest.mark.browser
ARTICLE = "ferry-accord"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Site, str]]:
    """Return the demo on an empty instance, and the link that it prints."""
    (tmp_path / "exports").mkdir()
    with Server(tmp_path, command=("demo", "--no-browser")) as server:
        printed = (tmp_path / "server.log").read_text(encoding="utf-8")
        link = next(word for word in printed.split() if "/sign-in/" in word)
        app = create_app(Settings.from_env({"LABELER_INSTANCE": str(tmp_path / "instance")}))
        with app.app_context():
            yield Site(app, server, tmp_path), link
            db.session.remove()
            db.engine.dispose()


def test_from_the_demo_to_a_trained_pipeline(
    demo: tuple[Site, str], context: BrowserContext
) -> None:
    """Ten entities and four relations by mouse and keyboard are what spaCy reads and trains on."""
    site, link = demo
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_text("World news").first).to_be_visible()
    document = db.session.query(Document).filter_by(name=ARTICLE).one()
    screen = Screen(page, site, document).open()
    expect(page.locator("mark.suggestion").first).to_be_visible()

    _label(screen)
    _relate(screen)
    before = screen.entities(), screen.relations()
    assert len(before[0]) >= 10
    assert len(before[1]) >= 4
    screen.press(*["Control+z"] * 3)
    assert len(screen.relations()) < len(before[1])
    screen.press(*["Control+Shift+z"] * 3)
    assert (screen.entities(), screen.relations()) == before
    page.reload()
    assert (screen.entities(), screen.relations()) == before
    layer = screen.layer()
    assert screen.errors == []

    folder = _export(page, site)
    assert_same(layer, document.text, folder)
    _train(folder)


BY_MOUSE = (
    ("Aoife Lindqvist-Barr", "1"),
    ("Calder Point", "3"),
    ("Jonas Brekke", "1"),
    ("Sandvåg", "3"),
    ("Calder Point Gazette", "2"),
    ("North Skerry Ferries", "2"),
    ("Fishermen's League", "2"),
    ("Maritime Court", "2"),
)


_TARGET = """way => {
  const { scrollTop, scrollHeight, clientHeight } = document.getElementById("viewport");
  return Math.max(0, Math.min(scrollTop + way, scrollHeight - clientHeight));
}"""
_THERE = "target => Math.abs(document.getElementById('viewport').scrollTop - target) < 2"


def _bring(screen: Screen, words: str) -> None:
    """Scroll until the words stand in the middle of the page."""
    box = screen.box(words)
    height = screen.page.evaluate("innerHeight")
    screen.page.mouse.move(400, height / 2)
    way = box["top"] - height / 2
    target = screen.page.evaluate(_TARGET, way)
    screen.page.mouse.wheel(0, way)
    screen.page.wait_for_function(_THERE, arg=target)


def _label(screen: Screen) -> None:
    """Take suggestions by key, label by mouse, and extend a selection by the keyboard."""
    screen.press("Tab", "a", "a", "a", "Escape")
    for words, key in BY_MOUSE:
        _bring(screen, words)
        screen.drag(words)
        screen.press(key)
    _bring(screen, "hands")
    box = screen.box("hands")
    screen.page.mouse.click((box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2)
    screen.press("Shift+ArrowRight", "8", "Escape")
    screen.saved()


def _relate(screen: Screen) -> None:
    """Draw two relations by dragging and two by the keyboard, of labels that nobody suggests."""
    screen.press("Shift+l")  # nor guesses
    for head, tail in (
        ("Aoife Lindqvist-Barr", "Calder Point"),
        ("Jonas Brekke", "Sandvåg"),
    ):
        _bring(screen, head)
        screen.relate(head, tail)
        _choose(screen, "ALLIED_WITH")
    screen.mark("Aoife Lindqvist-Barr").click()
    screen.press("r", "Tab", "Enter")
    _choose(screen, "REPORTED_BY")
    screen.mark("Jonas Brekke").click()
    screen.press("Shift+Digit5", "Enter")
    screen.saved()


def _choose(screen: Screen, label: str) -> None:
    screen.page.locator(".chooser [role=option]", has_text=label).click()
    screen.saved()


def _export(page: Any, site: Site) -> Path:
    """Export one's own work by page and return the folder."""
    slug = db.session.query(Project).one().slug
    page.goto(f"{site.server.url}/projects/{slug}/export")
    page.locator("[name=layer]").select_option("ana")
    page.get_by_role("button", name="Export", exact=True).click()
    page.wait_for_url("**/exports/*")
    [folder] = (site.folder / "exports").glob("news-docbin-*")
    return folder


def assert_same(layer: dict[str, Any], text: str, folder: Path) -> None:
    """The DocBin holds exactly the entities and relations that were labeled."""
    vocab = spacy.blank("en").vocab
    if not Doc.has_extension("rel"):
        Doc.set_extension("rel", default={})
    [doc] = DocBin().from_disk(folder / "train.spacy").get_docs(vocab)
    assert doc.text == text
    spans = {(s.start_char, s.end_char, s.label_, s.id_) for s in doc.spans["sc"]}
    assert spans == {(e["start"], e["end"], e["label"], e["id"]) for e in layer["entities"]}
    assert {(e.start_char, e.end_char, e.label_) for e in doc.ents} == {span[:3] for span in spans}
    told = {(r["id"], r["head"], r["tail"], r["label"]) for r in doc.user_data["relations"]}
    assert told == {(r["id"], r["head"], r["tail"], r["label"]) for r in layer["relations"]}
    first = {span.id_: span.start for span in doc.spans["sc"]}
    for relation in layer["relations"]:
        pair = (first[relation["head"]], first[relation["tail"]])
        assert doc._.rel[pair][relation["label"]] == 1.0


def _train(folder: Path) -> None:
    """Run `spacy train` on the export as it is, shortened, to a saved pipeline."""
    command = [sys.executable, "-m", "spacy", "train", "config.cfg", "--output", "model"]
    short = ["--training.max_steps", "4", "--training.eval_frequency", "2"]
    done = subprocess.run(
        [*command, *short], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    nlp = spacy.load(folder / "model" / "model-last")
    assert nlp("Mayor Ines Okafor spoke.").text
