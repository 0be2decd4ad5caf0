"""Comments on a document and on its spans, in a real browser on a real server."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from labeler import accounts, comments
from labeler.models import Document, Project, User, db
from tests.browser.conftest import Screen, Site
from tests.conftest import NOW

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]


def said(page: Screen) -> list[tuple[str, str | None]]:
    """Return what the server keeps: each comment, and the words that it is on."""
    address = f"{page.site.server.url}/api/v1/documents/{page.document_id}/comments"
    text = db.session.get_one(Document, page.document_id).text
    return [
        (each["body"], None if each["start"] is None else text[each["start"] : each["end"]])
        for each in page.page.request.get(address).json()["comments"]
    ]


def test_comments_are_written_by_keyboard_on_a_span_and_on_the_document(screen: Open) -> None:
    """C writes on the entity, the selection or the document; sending goes back to the text."""
    page = screen()
    page.drag("Ines Okafor")
    page.press("1", "c")
    page.page.keyboard.type("a mayor, x p 1?")
    page.press("Control+Enter")
    page.says("Your comment is kept")
    expect(page.page.locator("#viewport")).to_be_focused()
    page.drag("Ellery Courier")
    page.press("c")
    page.page.keyboard.type("A paper?")
    page.press("Control+Enter")
    expect(page.page.locator(".threads li")).to_have_count(2)
    page.press("Escape", "Escape", "c")
    page.page.keyboard.type("Odd text.")
    page.press("Control+Enter")
    expect(page.page.locator(".threads li")).to_have_count(3)
    assert said(page) == [
        ("a mayor, x p 1?", "Ines Okafor"),
        ("A paper?", "Ellery Courier"),
        ("Odd text.", None),
    ]
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_commented_words_are_tinted_and_have_a_sign_that_opens_the_thread(screen: Open) -> None:
    """The sign in the margin leads to the comment, and the quotation in it to the words."""
    page = screen()
    page.drag("Okafor and Lind")
    page.press("c")
    page.page.keyboard.type("Two people?")
    page.press("Control+Enter")
    sign = page.page.locator(".margin button")
    expect(sign).to_have_count(1)
    tinted = "[...CSS.highlights.get('commented')].map((range) => range.toString())"
    assert page.page.evaluate(tinted) == ["Okafor and Lind"]
    page.page.get_by_role("tab", name="Entities").click()
    sign.click()
    expect(page.page.locator(".threads .quote")).to_be_focused()
    page.press("Enter")
    assert page.page.evaluate("getSelection().toString()") == "Okafor and Lind"
    page.page.get_by_role("button", name="Resolve").click()
    expect(sign).to_have_count(0)
    expect(page.page.locator("#tab-comments em")).to_have_text("0")


def test_an_annotator_and_a_curator_talk(screen: Open, site: Site, browser: Browser) -> None:
    """An answer is read by who asked, another annotator sees neither; settling is told."""
    page = screen()
    document = db.session.get_one(Document, page.document_id)
    project = db.session.get_one(Project, document.project_id)
    for name, role in (("bo", "annotator"), ("eve", "annotator")):
        accounts.add_member(project, site.corpus.person(name), role)
    bo = comments.Reader(site.corpus.person("bo"), "annotator")
    sent = {"key": "k", "body": "Is that one?", "start": 0, "end": 4}
    comments.add(document, sent, bo, NOW)
    page.page.get_by_role("tab", name="Comments").click()
    page.page.get_by_role("button", name="Answer: Is that one?").click()
    page.page.keyboard.type("It is.")
    page.press("Control+Enter")
    expect(page.page.locator(".said")).to_have_count(2)
    page.page.get_by_role("button", name="Resolve: Is that one?").click()
    page.says("The comment is resolved")
    expect(page.page.locator(".threads summary")).to_have_text("1 resolved")
    for name, seen in (("bo", ["Is that one?", "It is."]), ("eve", [])):
        context = browser.new_context()
        user = db.session.query(User).filter_by(name=name).one()
        theirs = Screen(context.new_page(), site, document)
        theirs.page.goto(f"{site.server.url}/sign-in/{accounts.signin_token(user.id)}")
        theirs.open()
        theirs.page.get_by_role("tab", name="Comments").click()
        assert theirs.page.locator(".said p").all_text_contents() == seen
        context.close()


def test_a_comment_of_somebody_else_is_told_as_it_comes(screen: Open, site: Site) -> None:
    """The page says who wrote, and the tab counts it and says that it is new until it is opened."""
    page = screen()
    document = db.session.get_one(Document, page.document_id)
    project = db.session.get_one(Project, document.project_id)
    accounts.add_member(project, site.corpus.person("bo"), "curator")
    bo = comments.Reader(site.corpus.person("bo"), "curator")
    comments.add(document, {"key": "k", "body": "Look again.", "start": 0, "end": 4}, bo, NOW)
    page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.says("bo wrote a comment on this document")
    tab = page.page.get_by_role("tab", name="Comments")
    expect(tab).to_contain_text("1 new")
    tab.click()
    expect(page.page.locator(".said p")).to_have_text("Look again.")
    page.page.get_by_role("tab", name="Entities").click()
    expect(tab).not_to_contain_text("new")


def test_what_was_not_sent_is_kept(screen: Open) -> None:
    """Without a network the words stay, over a reload too, and are sent once when it is back."""
    page = screen()
    page.page.route("**/comments", lambda route: route.abort())
    page.press("c")
    page.page.keyboard.type("Do not lose me")
    page.press("Control+Enter")
    expect(page.page.locator(".compose .problem")).to_contain_text("Your words are kept here")
    page.page.unroute("**/comments")
    page.open()
    page.press("c")
    expect(page.page.locator(".compose textarea")).to_have_value("Do not lose me")
    page.press("Control+Enter")
    page.says("Your comment is kept")
    assert said(page) == [("Do not lose me", None)]


def test_an_answer_that_was_lost_doubles_no_comment(screen: Open) -> None:
    """When the server has kept a comment but its answer is lost, sending again adds nothing."""
    page = screen()
    lost: list[Any] = []

    def lose_once(route: Any) -> None:
        if route.request.method != "POST" or lost:
            return route.fallback()
        lost.append(route.fetch())
        return route.abort()

    page.page.route("**/comments", lose_once)
    page.press("c")
    page.page.keyboard.type("Once")
    page.press("Control+Enter")
    expect(page.page.locator(".compose .problem")).to_contain_text("cannot be reached")
    page.press("Control+Enter")
    page.says("Your comment is kept")
    assert said(page) == [("Once", None)]
    assert len(lost) == 1


def test_ones_own_comment_is_deleted_and_the_list_of_documents_counts_the_open(
    screen: Open,
) -> None:
    """The list of documents tells how many threads are open; deleting takes one's own away."""
    page = screen()
    page.press("c")
    page.page.keyboard.type("<b>Bold</b> & odd")
    page.page.get_by_role("button", name="Send").click()
    page.says("Your comment is kept")
    expect(page.page.locator(".said p")).to_have_text("<b>Bold</b> & odd")
    listed = page.site.server.url + page.path.rpartition("/documents/")[0] + "/documents"
    page.page.goto(listed)
    expect(page.page.locator("table")).to_contain_text("1 open comment")
    page.open()
    page.page.get_by_role("tab", name="Comments").click()
    page.page.get_by_role("button", name="Delete").click()
    page.says("The comment is deleted")
    assert said(page) == []
    page.page.goto(listed)
    expect(page.page.locator("table")).not_to_contain_text("comment")


def test_comments_are_accessible(screen: Open) -> None:
    """axe finds nothing in the list of comments and its form, light and dark."""
    from axe_playwright_python.sync_playwright import Axe

    page = screen()
    for words in ("Ines Okafor", "Tomas Lind"):
        page.drag(words)
        page.press("c")
        page.page.keyboard.type("Who?")
        page.press("Control+Enter")
    expect(page.page.locator(".threads li")).to_have_count(2)
    page.page.get_by_role("button", name="Resolve").first.click()
    page.says("resolved")
    page.page.locator("summary", has_text="1 resolved").click()
    for scheme in ("light", "dark"):
        page.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page.page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
