"""The first hours of annotators and of those who lead: their pages are followed, step by step."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Document, db
from tests.browser.conftest import Screen, Site
from tests.serving import Server

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return the demo as it starts, on an instance of its own."""
    folder = tmp_path_factory.mktemp("hours")
    with Server(folder, command=("demo", "--no-browser")) as server:
        app = create_app(Settings.from_env({"LABELER_INSTANCE": str(folder / "instance")}))
        with app.app_context():
            yield Site(app, server, folder)
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def enter(site: Site, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Return a function that opens the link beside a name, in a window of its own."""
    windows: list[BrowserContext] = []
    printed = (site.folder / "server.log").read_text(encoding="utf-8")

    def open_window(name: str) -> Page:
        found = re.search(rf"\b{name}\b.*\s+(http\S+)", printed)
        assert found, printed
        windows.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        page = windows[-1].new_page()
        page.goto(found[1])
        return page

    yield open_window
    for window in windows:
        window.close()


class Reader:
    """Somebody who reads a page of the documentation beside the program."""

    def __init__(self, name: str) -> None:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        self.text = re.sub(r"[*`]", "", text)

    def reads(self, sentence: str) -> None:
        """The page still says what is done next; else this test has to follow it anew."""
        assert sentence in self.text, sentence


def test_a_leads_first_hour_is_as_told(site: Site, enter: Callable[[str], Page]) -> None:
    """Somebody who leads sees the numbers that the page tells, settles, and makes a project."""
    reader, page = Reader("first-hour-lead.md"), enter("ana")
    page.get_by_role("link", name="World news").first.click()
    _overview(reader, page)
    _agreement(reader, page)
    _settle(reader, page)
    _new_project(reader, page)
    _invite(reader, page)


def _overview(reader: Reader, page: Page) -> None:
    reader.reads("A person's name opens their page. Every number opens the list that it counts.")
    page.get_by_role("link", name="ben", exact=True).first.click()
    expect(page.get_by_role("heading", name="ben")).to_be_visible()
    page.go_back()


def _agreement(reader: Reader, page: Page) -> None:
    page.get_by_role("link", name="Agreement", exact=True).click()
    reader.reads("Of the ten articles that two or more have finished, strict F1")
    expect(page.locator("[data-documents]")).to_have_text("10")
    reader.reads("of the entities is 0.80")
    expect(page.locator(".cards")).to_contain_text("0.80")
    reader.reads("60 % of what is compared were suggestions first")
    expect(page.locator(".notice").first).to_contain_text(
        "60 % of what is compared were suggestions first"
    )
    reader.reads("Click a cell under Who agrees with whom")
    card = page.locator("section.card", has_text="Who agrees with whom")
    card.locator("table a").first.click()
    expect(page.locator("main mark").first).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Relations", exact=True).first.click()
    expect(page.locator(".cards")).to_be_visible()


def _settle(reader: Reader, page: Page) -> None:
    page.get_by_role("link", name="Adjudicate", exact=True).click()
    page.get_by_role("link", name="Settle the next").click()
    reader.reads("bridge-trial opens with 21 questions; 28 annotations are agreed and taken")
    expect(page.locator("#name")).to_have_text("bridge-trial")
    questions = page.locator("#questions > li")
    expect(questions).to_have_count(21)
    expect(page.locator("#counts")).to_contain_text("28")
    reader.reads("The first question is whether LINDENAU is a place")
    expect(questions.first).to_contain_text("LINDENAU")
    for done in range(1, 22):
        page.keyboard.press("1")
        expect(page.locator("#counts")).to_contain_text(f"{done} of 21 settled")
    reader.reads("Ctrl+Z takes the last answer back")
    page.keyboard.press("Control+z")
    expect(page.locator("#counts")).to_contain_text("20 of 21 settled")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#saving")).to_have_text("✓ All changes saved")
    reader.reads("Enter accepts gold and goes on to the next article")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).not_to_have_text("bridge-trial")
    page.get_by_role("link", name="Adjudicate", exact=True).click()
    reader.reads("Consistency, a tab on the page Adjudicate, lists words")
    page.get_by_role("link", name="Consistency", exact=True).click()
    reader.reads("North Korean, six times NORP and four times GPE")
    row = page.get_by_role("listitem").filter(has_text="North Korean").first
    expect(row).to_contain_text("NORP 6×")


def _new_project(reader: Reader, page: Page) -> None:
    reader.reads("Click labeler on the left above, then New project")
    page.locator("a.brand").click()
    page.get_by_role("link", name="New project").click()
    reader.reads("Write a title. Address follows from it")
    page.get_by_label("Title").fill("Harbour papers")
    expect(page.get_by_label("Address")).to_have_value("harbour-papers")
    page.get_by_role("button", name="Make the project").click()
    reader.reads("You are on Import")
    expect(page.get_by_role("heading", name="Import")).to_be_visible()
    articles = sorted((ROOT / "seeds" / "articles").glob("*.txt"))[:3]
    page.locator("input[name=files]").set_input_files(articles)
    page.get_by_role("button", name="Import", exact=True).click()
    reader.reads("The next page says what came in")
    expect(page.locator("main")).to_contain_text(re.compile(r"New articles\s*3"))


def _invite(reader: Reader, page: Page) -> None:
    reader.reads("Settings, then People: under Invite by link choose Annotator")
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("Invitation link")).to_have_value(re.compile("http"))
    reader.reads("Settings, then Handing out: say how many annotators each document gets")
    page.get_by_role("link", name="Handing out", exact=True).click()
    page.get_by_role("button", name="Save rules").click()
    expect(page.get_by_role("status").first).to_be_visible()


def test_an_annotators_first_hour_is_as_told(site: Site, enter: Callable[[str], Page]) -> None:
    """Ben's keys do in the demo what the page says, and his article is handed in."""
    reader, page = Reader("first-hour-annotator.md"), enter("ben")
    reader.reads("choose World news, then Go on labeling")
    page.get_by_role("link", name="World news").first.click()
    page.get_by_role("link", name="Go on labeling").click()
    reader.reads("in the demo it is cup-final")
    expect(page.locator("#name")).to_have_text("cup-final")
    document = db.session.query(Document).filter_by(name="cup-final").one()
    screen = Screen(page, site, document)
    screen.saved()
    _answer(reader, screen)
    _label(reader, screen)
    _link(reader, screen)
    reader.reads("press Enter: Submit and next. The next article opens")
    screen.press("Escape", "Enter")
    expect(page.locator("#name")).not_to_have_text("cup-final")
    assert screen.errors == []


def _answer(reader: Reader, screen: Screen) -> None:
    reader.reads("The first suggestion, Harbour Cup as EVENT, is framed")
    screen.press("Tab")
    expect(screen.page.locator("mark.focus")).to_contain_text("Harbour Cup")
    reader.reads("accept CARDIFF and Saturday as well")
    screen.press("a", "a", "a")
    accepted = {("Harbour Cup", "EVENT"), ("CARDIFF", "GPE"), ("Saturday", "DATE")}
    assert accepted <= set(screen.entities())
    reader.reads("press X, and it is rejected")
    screen.press("x", "Escape")
    screen.saved()
    expect(screen.page.locator("mark.suggestion", has_text=re.compile("^twenty$"))).to_have_count(0)


def _label(reader: Reader, screen: Screen) -> None:
    reader.reads("Double-click Ardmore in the title")
    box = screen.box("Ardmore")
    middle = (box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2
    screen.page.mouse.dblclick(*middle)
    reader.reads("the line below says that the word appears five more times")
    screen.press("2")
    screen.says("5 more")
    reader.reads("Press P: the five are labeled, too")
    screen.press("p")
    screen.saved()
    assert screen.entities().count(("Ardmore", "ORG")) == 6


def _link(reader: Reader, screen: Screen) -> None:
    reader.reads("Click Jakub Wrona in the third paragraph and accept it with A")
    third = screen.page.locator("#article > p", has_text="captain").locator("mark")
    third = third.filter(has_text="Jakub Wrona")
    third.click()
    screen.press("a")
    screen.saved()
    third.click()
    reader.reads("Tab goes to the nearest, Ardmore; Enter takes it")
    screen.press("r", "Tab", "Enter")
    reader.reads("press 1 for LEADER_OF")
    screen.drawn()
    screen.press("1")
    assert ("Jakub Wrona", "LEADER_OF", "Ardmore") in screen.relations()
