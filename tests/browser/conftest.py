"""A real server and a real browser, with one person signed in."""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from labeler import accounts, editing, schema, transfer
from labeler.app import create_app
from labeler.models import Document, Project, User, db, transaction
from tests.conftest import NOW, Corpus, settings
from tests.serving import Server

SCHEME = schema.parse_scheme(
    {
        "entities": [
            {"name": "ACTOR", "description": "Who acts."},
            {"name": "BODY"},
            {"name": "SPOT"},
            {"name": "DAY"},
        ],
        "relations": [
            {"name": "RULES", "head": ["ACTOR"], "tail": ["BODY", "SPOT"]},
            {"name": "MEETS", "head": ["ACTOR"], "tail": ["ACTOR"], "symmetric": True},
            {"name": "HELPS", "head": ["ACTOR"], "tail": ["ACTOR"]},
        ],
    }
)
"""Labels of its own, so that no suggester has anything to say."""

TEXT = (
    "PORT ELLERY: Mayor Ines Okafor of Port Ellery met Tomas Lind on Wednesday, "
    "the Ellery Courier reported.\n\n"
    "Okafor and Lind spoke candidly. Okafor left early; Okafor's office gave no reason.\n\n"
    "Some 2,000 commuters cross the strait each day, and Tomas Lind is one of them."
)


@dataclass
class Site:
    """A running server, with what fills its database."""

    app: Flask
    server: Server
    folder: Path
    corpus: Corpus = field(default_factory=Corpus)

    def document(
        self,
        text: str = TEXT,
        *,
        scheme: schema.Scheme = SCHEME,
        suggested: dict[str, list[str]] | None = None,
        labeled: Sequence[tuple[int, int] | schema.Entity] | None = None,
        more: tuple[str, ...] = (),
        language: str = "en",
    ) -> Document:
        """Return a document in a project of its own.

        `suggested` holds words by label, `labeled` spans that are ACTOR
        already, or entities.
        """
        slug = f"p{uuid.uuid4().hex[:10]}"
        project = self.corpus.project(slug, scheme, ana="manager")
        with transaction():
            project.language = language
        if suggested is not None:
            self._import(project, text, suggested)
        else:
            self.corpus.document(project, text, "d0")
        for number, other in enumerate(more, start=1):
            self.corpus.document(project, other, f"d{number}")
        made = db.session.query(Document).filter_by(project_id=project.id, name="d0").one()
        if labeled is not None:
            self._label(made, labeled)
        return made

    def _label(self, document: Document, spans: Sequence[tuple[int, int] | schema.Entity]) -> None:
        ana = self.corpus.person("ana")
        entities = tuple(
            span if isinstance(span, schema.Entity) else schema.Entity(f"e{number}", *span, "ACTOR")
            for number, span in enumerate(spans)
        )
        layer = schema.Layer(annotator="ana", entities=entities)
        new = editing.NewLayer(document.project_id, document.id, ana.id, layer)
        editing.create([new], actor_id=ana.id, now=NOW, key="made")

    def _import(self, project: Any, text: str, suggested: dict[str, list[str]]) -> None:
        entities = [
            {
                "id": f"{label}-{words}",
                "start": text.index(words),
                "end": text.index(words) + len(words),
                "label": label,
            }
            for label, several in suggested.items()
            for words in several
        ]
        path = self.folder / f"{project.slug}.jsonl"
        path.write_text(json.dumps({"id": "d0", "text": text, "entities": entities}))
        report = transfer.import_paths(project, [path], actor=self.corpus.person("ana"))
        assert not report.problems, report


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a server that runs on a new database, and the app on the same one."""
    folder = tmp_path_factory.mktemp("site")
    app = create_app(settings(folder))
    with app.app_context():
        with Server(folder, env={"LABELER_EXPORTS": str(folder / "exports")}) as server:
            yield Site(app, server, folder)
        db.session.remove()
        db.engine.dispose()


class Screen:
    """The annotation screen of one document, as a person and as the server see it."""

    def __init__(self, page: Page, site: Site, document: Document) -> None:
        self.page = page
        self.site = site
        self.document_id = document.id
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        slug = db.session.get_one(Project, document.project_id).slug
        self.path = f"/projects/{slug}/documents/{document.id}/label"

    def open(self) -> "Screen":
        """Open the document and wait until it can be worked on."""
        self.page.goto(self.site.server.url + self.path)
        # The first opening of all waits for spaCy to load.
        expect(self.page.locator("#panels [role=tab]").first).to_be_visible(timeout=30_000)
        return self

    def patiently(self) -> "Screen":
        """Open it again so that it waits longer for a label: machines are slow at times."""
        self.page.add_init_script(_PATIENT)
        return self.open()

    def stop_clock(self) -> None:
        """Let no time pass by the clock of the page: machines are slow at times."""
        self.page.evaluate("() => { const now = performance.now(); performance.now = () => now; }")

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def box(self, words: str, nth: int = 0) -> dict[str, float]:
        """Return where words stand on the page, in pixels."""
        found: dict[str, float] = self.page.evaluate(_FIND, [words, nth])
        assert found, f"{words!r} is not on the page"
        return found

    def drawn(self) -> None:
        """Wait until what has changed by now has been drawn."""
        self.page.evaluate(_DRAWN)

    def drag(self, words: str, nth: int = 0, *, inset: float = 2) -> None:
        """Drag the mouse over words."""
        box = self.box(words, nth)
        middle = (box["top"] + box["bottom"]) / 2
        self.page.mouse.move(box["left"] + inset, middle)
        self.page.mouse.down()
        self.page.mouse.move(box["right"] - inset, middle, steps=4)
        self.page.mouse.up()

    def mark(self, words: str, nth: int = 0) -> Any:
        """Return the mark of the entity or suggestion with these words."""
        marks = self.page.locator("#article mark")
        return marks.filter(has_text=words).nth(nth)

    def relate(self, head: str, tail: str) -> None:
        """Drag from the label of one entity to another entity."""
        self.drawn()
        tag = self.mark(head).locator(".tag")
        expect(tag).to_be_visible()
        start = tag.bounding_box()
        end = self.mark(tail).evaluate("mark => mark.getClientRects()[0].toJSON()")
        assert start
        self.page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(end["x"] + 8, end["y"] + end["height"] / 2, steps=6)
        self.page.mouse.up()

    def saved(self) -> None:
        """Wait until the page says that all is saved."""
        expect(self.page.locator("#saving")).to_have_text("✓ All changes saved")

    def layer(self) -> dict[str, Any]:
        """Return the layer as the server has it, once the page says that it is saved."""
        self.saved()
        site = f"{self.site.server.url}/api/v1"
        work = self.page.request.get(f"{site}/documents/{self.document_id}/work").json()
        layer: dict[str, Any] = self.page.request.get(f"{site}/layers/{work['layer']['id']}").json()
        return layer

    def entities(self) -> list[tuple[str, str]]:
        """Return words and label of each entity that the server has, in the order of the text."""
        text = db.session.get_one(Document, self.document_id).text
        found = self.layer()["entities"]
        return [(text[each["start"] : each["end"]], each["label"]) for each in found]

    def relations(self) -> list[tuple[str, str, str]]:
        """Return head, label and tail of each relation that the server has, in words."""
        text = db.session.get_one(Document, self.document_id).text
        layer = self.layer()
        words = {each["id"]: text[each["start"] : each["end"]] for each in layer["entities"]}
        return [
            (words[each["head"]], each["label"], words[each["tail"]]) for each in layer["relations"]
        ]

    def says(self, words: str) -> None:
        """Wait for a message."""
        expect(self.page.locator("#toast")).to_contain_text(words)


_PATIENT = """
  window.patience = 20000;
  const wait = window.setTimeout;
  window.setTimeout = (then, time, ...rest) =>
    wait(then, time === 400 ? window.patience : time, ...rest);
"""
"""Stretches the time that the page waits for the likeliest label."""
_DRAWN = """async () => {
  for (let turn = 0; turn < 2; turn += 1) await new Promise(requestAnimationFrame);
}"""
_FIND = """async ([words, nth]) => {
  for (let turn = 0; turn < 2; turn += 1) await new Promise(requestAnimationFrame); // drawn by now
  const article = document.getElementById("article");
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let whole = "";
  while (walker.nextNode()) {
    nodes.push([whole.length, walker.currentNode]);
    whole += walker.currentNode.data;
  }
  let at = -1;
  for (let turn = 0; turn <= nth; turn += 1) at = whole.indexOf(words, at + 1);
  if (at < 0) return null;
  const place = (unit, end) => {
    const [from, node] = nodes.findLast(([from]) => (end ? from < unit : from <= unit));
    return [node, unit - from];
  };
  const range = document.createRange();
  range.setStart(...place(at, false));
  range.setEnd(...place(at + words.length, true));
  const box = range.getBoundingClientRect();
  return { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
}"""


@pytest.fixture
def screen(context: BrowserContext, site: Site, cookies: Any) -> Iterator[Callable[..., Screen]]:
    """Return a function that opens a new document for a person who is signed in."""
    opened: list[Screen] = []
    context.add_cookies(cookies)

    def open_screen(*arguments: Any, **options: Any) -> Screen:
        opened.append(Screen(context.new_page(), site, site.document(*arguments, **options)).open())
        return opened[-1]

    yield open_screen
    for each in opened:
        assert each.errors == []


def sign_in(context: BrowserContext, site: Site) -> None:
    """Sign ana in with a link that works once."""
    site.corpus.person("ana")
    user = db.session.query(User).filter_by(name="ana").one()
    page = context.new_page()
    page.goto(f"{site.server.url}/sign-in/{accounts.signin_token(user.id)}")
    page.close()


@pytest.fixture(scope="session")
def cookies(browser: Browser, site: Site) -> Any:
    """Return the cookies of a person who signed in once: signing in is limited in rate."""
    context = browser.new_context()
    sign_in(context, site)
    kept = context.cookies()
    context.close()
    return kept


@pytest.fixture
def another(browser: Browser, site: Site, cookies: Any) -> Iterator[Callable[[Screen], Screen]]:
    """Return a function that opens the same document in a browser of its own."""
    contexts: list[BrowserContext] = []

    def open_again(screen: Screen) -> Screen:
        context = browser.new_context()
        contexts.append(context)
        context.add_cookies(cookies)
        document = db.session.get_one(Document, screen.document_id)
        return Screen(context.new_page(), site, document).open()

    yield open_again
    for context in contexts:
        context.close()
