"""The road of a team: three people label in browsers, a curator settles by keys, spaCy reads it."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import spacy
from playwright.sync_api import Browser, BrowserContext, Page, expect
from spacy.tokens import Doc, DocBin

from labeler import accounts, projects
from labeler.models import Document, Project, db
from tests.browser.conftest import SCHEME, TEXT, Screen, Site

pytestmark = pytest.mark.browser
ARTICLES = {
    "d0": TEXT,
    "d1": "Nothing of note happened today.",
    "d2": "Tomas Lind was in Port Ellery.",
}
KINDS = ("entities", "relations", "decisions")
PEOPLE = ("ben", "chloe", "dev")


@pytest.fixture
def project(site: Site) -> Project:
    """Return a project of three annotators, a curator and a manager, without articles."""
    people = dict.fromkeys(PEOPLE, "annotator")
    slug = f"p{uuid.uuid4().hex[:10]}"
    return site.corpus.project(slug, SCHEME, lena="curator", ana="manager", **people)


@pytest.fixture
def browser_of(browser: Browser, site: Site) -> Iterator[Callable[[str], BrowserContext]]:
    """Return a function that gives somebody who is signed in a browser of their own."""
    contexts: list[BrowserContext] = []

    def open_browser(name: str) -> BrowserContext:
        context = browser.new_context()
        contexts.append(context)
        user = site.corpus.person(name)
        page = context.new_page()
        page.goto(f"{site.server.url}/sign-in/{accounts.signin_token(user.id)}")
        page.close()
        return context

    yield open_browser
    for context in contexts:
        context.close()


def test_from_import_over_three_annotators_to_gold_in_spacy(
    site: Site, project: Project, browser_of: Callable[[str], BrowserContext]
) -> None:
    """The .spacy files hold the gold that was settled, and the export names what was not."""
    manager = browser_of("ana").new_page()
    _import(manager, site, project)
    for name in PEOPLE:
        _label(Screen(browser_of(name).new_page(), site, _document(project, "d0")).open(), name)
    curator = browser_of("lena").new_page()
    gold = _settle(curator, site, project)
    assert {(TEXT[e["start"] : e["end"]], e["label"]) for e in gold["entities"]} == {
        ("Ines Okafor", "ACTOR"),
        ("Port Ellery", "SPOT"),
        ("office", "BODY"),
    }
    assert [each["label"] for each in gold["relations"]] == ["RULES"]
    folder = _export(manager, site, project)
    docs = _docs(folder)
    assert set(docs) == {TEXT, ARTICLES["d1"]}
    assert_gold(docs[TEXT], gold)
    assert not docs[ARTICLES["d1"]].user_data["entities"]


def _document(project: Project, name: str) -> Document:
    return db.session.query(Document).filter_by(project_id=project.id, name=name).one()


def _import(page: Page, site: Site, project: Project) -> None:
    """Bring the articles in by the page."""
    path = site.folder / f"{project.slug}.jsonl"
    lines = (json.dumps({"id": name, "text": text}) for name, text in ARTICLES.items())
    path.write_text("\n".join(lines))
    page.goto(f"{site.server.url}/projects/{project.slug}/import")
    page.locator("input[name=files]").set_input_files(path)
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/jobs/*")
    expect(page.locator("main")).to_contain_text("3")
    db.session.rollback()


def _label(screen: Screen, name: str) -> None:
    """Label as this person does: they differ in a label, in a boundary and in a relation."""
    labels = (
        ("Ines Okafor", "1", "ACTOR"),
        ("Port Ellery", "2", "BODY") if name == "chloe" else ("Port Ellery", "3", "SPOT"),
        ("Okafor's office" if name == "ben" else "office", "2", "BODY"),
    )
    for words, key, _ in labels:
        screen.drag(words)
        screen.press(key)
        expect(screen.mark(words)).to_be_visible()
        screen.press("Escape")
    if name != "dev":
        screen.relate("Ines Okafor", "Port Ellery")
        assert [label for _, label, _ in screen.relations()] == ["RULES"]
    assert screen.entities() == [(words, label) for words, _, label in labels]
    _submit(screen, "Nothing of note")
    _submit(screen, "Tomas Lind was in")
    if name == "ben":
        screen.drag("Tomas Lind")
        screen.press("1")
        screen.saved()
    screen.press("Escape", "Enter")
    expect(screen.page.locator("main")).to_contain_text("· done")
    screen.saved()
    assert screen.errors == []


def _submit(screen: Screen, following: str) -> None:
    screen.press("Escape", "Enter")
    expect(screen.page.locator("#article")).to_contain_text(following)


def _settle(page: Page, site: Site, project: Project) -> dict[str, Any]:
    """Settle the first two articles by keys, and return the gold of the first one."""
    page.goto(f"{site.server.url}/projects/{project.slug}/adjudicate")
    page.get_by_role("link", name="Settle the next").click()
    questions = page.locator("#questions > li")
    expect(questions).to_have_count(3)
    for _ in range(3):  # the most held of each: a label, a relation, a boundary
        page.keyboard.press("1")
    expect(page.locator("#counts")).to_contain_text("3 of 3 settled")
    expect(page.locator("#saving")).to_have_text("✓ All changes saved")
    path = f"{site.server.url}/api/v1/documents/{_document(project, 'd0').id}/adjudication"
    gold: dict[str, Any] = page.request.get(path).json()["gold"]
    for name, count in (("d1", 0), ("d2", 1)):
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/adjudicate/{_document(project, name).id}")
        expect(questions).to_have_count(count)
        expect(page.locator("#saving")).to_have_text("✓ All changes saved")
    return gold


def _export(page: Page, site: Site, project: Project) -> Path:
    """Export by the page, which names the article that is not settled."""
    page.goto(f"{site.server.url}/projects/{project.slug}/export")
    page.get_by_role("button", name="Export", exact=True).click()
    page.wait_for_url("**/exports/*")
    row = page.get_by_role("row", name="d2")
    expect(row).to_contain_text("Settle it under Adjudicate.")
    expect(page.get_by_role("row", name="d0")).to_have_count(0)
    db.session.rollback()
    [export] = projects.exports(project)
    return Path(export.folder)


def _docs(folder: Path) -> dict[str, Doc]:
    """Return the documents of all parts by their texts."""
    vocab = spacy.blank("en").vocab
    if not Doc.has_extension("rel"):
        Doc.set_extension("rel", default={})
    files = folder.glob("*.spacy")
    return {doc.text: doc for file in files for doc in DocBin().from_disk(file).get_docs(vocab)}


def assert_gold(doc: Doc, gold: dict[str, Any]) -> None:
    """Spans, relations, and who decided what and on whose word, are those of gold."""
    spans = {(s.start_char, s.end_char, s.label_, s.id_) for s in doc.spans["sc"]}
    assert spans == {(e["start"], e["end"], e["label"], e["id"]) for e in gold["entities"]}
    assert {(e.start_char, e.end_char, e.label_) for e in doc.ents} == {s[:3] for s in spans}
    first = {span.id_: span.start for span in doc.spans["sc"]}
    [relation] = gold["relations"]
    assert doc._.rel[first[relation["head"]], first[relation["tail"]]]["RULES"] == 1.0
    told = json.loads(json.dumps({kind: doc.user_data[kind] for kind in KINDS}))  # tuples to lists
    for kind in ("entities", "relations"):
        assert {e["id"]: e["origin"] for e in told[kind]} == {
            e["id"]: e["origin"] for e in gold[kind]
        }
    by_words = {doc.text[e["start"] : e["end"]]: e["origin"]["curation"] for e in told["entities"]}
    assert by_words["Ines Okafor"]["how"] == "agreed"
    decided = {"how": "decided", "from": ["ben", "dev"], "by": "lena"}
    assert by_words["Port Ellery"] == decided
    answers = {decision["id"]: decision for decision in told["decisions"]}
    start, end = TEXT.index("Port Ellery met"), TEXT.index(" met")
    assert answers[f"q:e:{start}-{end}"]["answer"] == f"{start}-{end}:SPOT"
