"""Settling in a real browser: by the keyboard alone, with nothing lost and nothing forgotten."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route, expect

from labeler import editing, schema, settling
from labeler.models import Document, Project, db
from tests.browser.conftest import SCHEME, TEXT, Site
from tests.conftest import NOW

pytestmark = pytest.mark.browser
OKAFOR = TEXT.index("Ines Okafor")
DAY = TEXT.index("on Wednesday")


@pytest.fixture
def document(site: Site) -> Document:
    """Return an article that three finished: they differ in a label, a boundary and a relation."""
    slug = f"p{uuid.uuid4().hex[:10]}"
    people = dict.fromkeys(("ben", "chloe", "dev"), "annotator")
    project = site.corpus.project(slug, SCHEME, ana="curator", **people)
    made = site.corpus.document(project, TEXT, "d0")
    for name, port, day in (("ben", "SPOT", 3), ("chloe", "BODY", 0), ("dev", "SPOT", 0)):
        spans = [
            ("a", OKAFOR, OKAFOR + 11, "ACTOR"),
            ("b", TEXT.index("Port Ellery met"), TEXT.index(" met"), port),
            ("c", DAY + day, DAY + len("on Wednesday"), "DAY"),
        ]
        entities = tuple(schema.Entity(*span) for span in spans)
        links = (schema.Relation("r", "a", "b", "RULES"),) if name != "dev" else ()
        layer = schema.Layer(annotator=name, status="done", entities=entities, relations=links)
        user = site.corpus.person(name)
        new = editing.NewLayer(project.id, made.id, user.id, layer)
        editing.create([new], actor_id=user.id, now=NOW, key="made")
    return made


@pytest.fixture
def page(context: BrowserContext, site: Site, cookies: Any, document: Document) -> Iterator[Page]:
    """Return the page that settles the article."""
    context.add_cookies(cookies)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address(site, document))
    expect(page.locator("#questions > li")).to_have_count(3)
    yield page
    assert errors == []


def address(site: Site, document: Document, more: str = "") -> str:
    """Return where an article is settled."""
    slug = db.session.get_one(Project, document.project_id).slug
    return f"{site.server.url}/projects/{slug}/adjudicate/{document.id}{more}"


def gold(site: Site, page: Page, document: Document) -> dict[str, Any]:
    """Return how the server has it, once the page says that all is saved."""
    expect(page.locator("#saving")).to_have_text("✓ All changes saved")
    path = f"{site.server.url}/api/v1/documents/{document.id}/adjudication"
    found: dict[str, Any] = page.request.get(path).json()
    return found


def words(case: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the entities of gold in words."""
    return {(TEXT[e["start"] : e["end"]], e["label"]) for e in case["gold"]["entities"]}


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def test_settling_by_the_keyboard_alone(site: Site, page: Page, document: Document) -> None:
    """One key a question, a reason with one more, undo, and acceptance when nothing is open."""
    expect(page.locator("#counts")).to_have_text("0 of 3 settled · 1 agreed and taken")
    expect(page.locator("#spoken")).to_contain_text("Question 1 of 3: Port Ellery, label.")
    press(page, "Enter")
    expect(page.locator("#toast")).to_contain_text("Settle them first")
    press(page, "1")
    expect(page.locator("#spoken")).to_contain_text("Port Ellery: SPOT. 2 questions left.")
    press(page, "0", "1")
    case = gold(site, page, document)
    assert case["open"] == 0
    assert words(case) == {
        ("Ines Okafor", "ACTOR"), ("Port Ellery", "SPOT"), ("on Wednesday", "DAY"),
    }  # fmt: skip
    press(page, "Control+z")
    assert gold(site, page, document)["open"] == 1
    press(page, "2", "r")
    page.keyboard.type("Slip")
    press(page, "Escape", "n")
    page.keyboard.type("Never the preposition")
    press(page, "Enter")
    case = gold(site, page, document)
    [day] = [e for e in case["gold"]["entities"] if e["label"] == "DAY"]
    assert day["origin"]["curation"]["reason"] == "slip"
    assert day["origin"]["curation"]["note"] == "Never the preposition"
    press(page, "Enter")
    page.wait_for_url("**/adjudicate")
    expect(page.get_by_role("row", name="d0")).to_contain_text("Accepted")


def test_gold_is_accepted_once_all_that_is_required_was_given(
    context: BrowserContext, site: Site, cookies: Any
) -> None:
    """What all annotators left out is asked for, and given where gold is labeled by hand."""
    declared = [{"name": "certainty", "values": ["sure", "no"], "required": True}]
    scheme = schema.parse_scheme({"entities": [{"name": "ACTOR", "attributes": declared}]})
    people = dict.fromkeys(("ben", "chloe"), "annotator")
    project = site.corpus.project(f"p{uuid.uuid4().hex[:10]}", scheme, ana="curator", **people)
    document = site.corpus.document(project, TEXT, "d0")
    for name in people:
        site.corpus.layer(document, name, "done", ACTOR=[(OKAFOR, OKAFOR + 11)])
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address(site, document))
    expect(page.locator("#nothing")).to_be_visible()
    press(page, "Enter")
    expect(page.locator("#toast")).to_contain_text("certainty of ACTOR must be given")
    press(page, "e")
    expect(page.locator("#panels [role=tab]").first).to_be_visible()
    press(page, "Enter")
    expect(page.locator("#toast")).to_contain_text("“Ines Okafor” ACTOR must have its certainty")
    press(page, "q", "1")
    expect(page.locator("#toast")).to_contain_text("certainty is sure")
    press(page, "Escape", "Enter")
    page.wait_for_url("**/adjudicate/*")
    expect(page.locator("#counts")).to_contain_text("1 agreed and taken")
    press(page, "Enter")
    page.wait_for_url("**/adjudicate")
    expect(page.get_by_role("row", name="d0")).to_contain_text("Accepted")


def test_settling_everywhere_is_counted_first(site: Site, page: Page, document: Document) -> None:
    """With shift a version is taken for the same words everywhere, after a word on how many."""
    press(page, "Shift+Digit1")
    expect(page.get_by_role("dialog")).to_contain_text("1 open question in 1 document")
    press(page, "Enter")
    expect(page.locator("#counts")).to_contain_text("1 of 3 settled")
    press(page, "Control+z")
    expect(page.locator("#counts")).to_contain_text("0 of 3 settled")


def test_a_relation_brings_its_ends(site: Site, page: Page, document: Document) -> None:
    """Taking a relation first settles the end that was open, as those who hold it have it."""
    press(page, "Shift+Tab", "Shift+Tab")
    expect(page.locator("[aria-current]")).to_contain_text("RULES")
    press(page, "1")
    case = gold(site, page, document)
    assert [each["label"] for each in case["gold"]["relations"]] == ["RULES"]
    assert ("Port Ellery", "BODY") in words(case) or ("Port Ellery", "SPOT") in words(case)


def test_nothing_is_lost_without_a_server(site: Site, page: Page, document: Document) -> None:
    """What was settled while the server is away shows at once, is kept, and saved afterwards."""

    def away(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/**", away)
    press(page, "1")
    expect(page.locator(".layer.gold [data-label=SPOT]")).to_be_visible()
    press(page, "1")
    expect(page.locator("#saving")).to_contain_text("Not saved")
    page.unroute("**/api/v1/**")
    page.reload()
    case = gold(site, page, document)
    assert case["settled"] == 2
    assert case["gold"]["revision"] == 3


def test_an_answer_that_came_too_late_is_told(site: Site, page: Page, document: Document) -> None:
    """When an annotator changes what the page shows, the page says so and shows what is now."""
    layer = next(each for each in layers(document) if each.annotator.name == "chloe")
    before = schema.Entity("b", TEXT.index("Port Ellery met"), TEXT.index(" met"), "BODY")
    after = schema.Entity("b", before.start, before.end, "DAY")
    link = schema.Relation("r", "a", "b", "RULES")
    edit = schema.Edit("k", (schema.Op("r", link, None), schema.Op("b", before, after)))
    editing.apply(layer.id, 1, [edit], actor_id=layer.annotator_id, now=NOW)
    press(page, "2")
    expect(page.locator("#toast")).to_contain_text("An annotator changed this meanwhile")
    expect(page.locator("#questions")).to_contain_text("DAY")


def layers(document: Document) -> list[Any]:
    """Return the layers of the annotators."""
    from labeler.models import Layer

    return db.session.query(Layer).filter_by(document_id=document.id, gold=False).all()


def test_gold_is_labeled_directly_on_the_annotation_screen(
    site: Site, page: Page, document: Document
) -> None:
    """The same editor works on gold, and what is made there settles its question."""
    press(page, "e")
    page.wait_for_url("**/gold")
    expect(page.locator("#panels [role=tab]").first).to_be_visible(timeout=30_000)
    expect(page.locator("#article mark")).to_have_count(1)
    page.locator("#article mark").first.click()
    press(page, "2")
    expect(page.locator("#article")).to_match_aria_snapshot("- mark: Ines OkaforBODY")
    expect(page.locator("#saving")).to_have_text("✓ All changes saved")
    press(page, "Escape", "Escape", "Enter")
    page.wait_for_url(f"**/adjudicate/{document.id}")
    [entity] = gold(site, page, document)["gold"]["entities"]
    assert entity["label"] == "BODY"
    assert entity["origin"]["curation"]["how"] == "direct"


def test_an_address_leads_to_a_place(site: Site, page: Page, document: Document) -> None:
    """`at` opens the question at a code point."""
    page.goto(address(site, document, f"?at={DAY + 4}"))
    expect(page.locator("[aria-current]")).to_contain_text("Wednesday")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(page: Page, scheme: Any) -> None:
    """axe finds nothing, with open and settled questions."""
    page.emulate_media(color_scheme=scheme)
    press(page, "1", "Tab")
    expect(page.locator("#saving")).to_have_text("✓ All changes saved")
    assert Axe().run(page).response["violations"] == []


def test_tab_can_leave_the_questions(page: Page) -> None:
    """After Escape, Tab goes on through the page as everywhere."""
    press(page, "Escape", "Tab")
    assert page.evaluate("document.activeElement !== document.body")


def test_finished_documents_wait_for_the_curator(
    site: Site, page: Page, document: Document, screen: Callable[..., Any]
) -> None:
    """The list counts what is open, and opens it."""
    page.goto(address(site, document).rpartition("/")[0])
    row = page.get_by_role("row", name="d0")
    expect(row).to_contain_text("To settle")
    page.get_by_role("link", name="Settle the next").click()
    expect(page.locator("#questions > li")).to_have_count(3)
    assert settling.next_to_settle(db.session.get_one(Project, document.project_id)) == document.id
