"""One key reads an article through: it accepts what is in view, goes on, and submits at the end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from labeler import schema
from labeler.models import Layer, db
from tests.browser.conftest import TEXT, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]

FILLED = "\n\n".join(f"Paragraph {n} tells nothing of note to anybody at all." for n in range(40))
END = "At the very end, Nora Quill came to Gullhaven."
FAR = f"{TEXT}\n\n{FILLED}\n\nHalfway, Abel Marsh came to Lund.\n\n{FILLED}\n\n{END}"
SUGGESTED = {
    "ACTOR": ["Ines Okafor", "Tomas Lind", "Abel Marsh", "Nora Quill"],
    "SPOT": ["Lund", "Gullhaven"],
}


def read_on(page: Screen) -> None:
    """Press the key once what is in view can have been read."""
    page.drawn()
    page.page.wait_for_timeout(350)
    page.press("Shift+Enter")


def top(page: Screen) -> float:
    """Return how far the view has been scrolled, in pixels."""
    found: float = page.page.evaluate("document.getElementById('viewport').scrollTop")
    return found


_GONE_ON = """(seen) => document.getElementById("viewport").scrollTop > seen
  || document.getElementById("article").textContent.includes("Next words.")"""


def status(page: Screen) -> str:
    """Return how far the layer is by the server."""
    db.session.rollback()
    return db.session.query(Layer.status).filter_by(document_id=page.document_id).scalar()


def test_a_short_article_is_accepted_and_submitted_by_one_key(screen: Open) -> None:
    """All that is suggested is in view, and so is the end: one key does both."""
    page = screen(suggested={"ACTOR": ["Ines Okafor"], "DAY": ["Wednesday"]}, more=("Next words.",))
    read_on(page)
    expect(page.page.locator("#article")).to_contain_text("Next words.")
    assert status(page) == "done"
    layer = page.page.request.get(
        f"{page.site.server.url}/api/v1/documents/{page.document_id}/work"
    ).json()["layer"]
    assert [each["label"] for each in layer["entities"]] == ["ACTOR", "DAY"]
    expect(page.page.locator("#toast.shown")).to_have_count(0)


def test_a_long_article_is_walked_view_by_view_to_its_end(screen: Open) -> None:
    """Nothing is accepted before it was in view, no view is left out, and the end comes last."""
    page = screen(FAR, suggested=SUGGESTED, more=("Next words.",))
    page.page.route("**/documents/*/suggestions", lambda _: None)  # nothing is suggested anew
    page.mark("Ines Okafor").click()  # what is focused is no hindrance
    seen, height = 0.0, page.page.locator("#viewport").bounding_box()
    assert height
    for _ in range(20):
        read_on(page)
        page.page.wait_for_function(_GONE_ON, arg=seen)
        if page.page.locator("#article", has_text="Next words.").count():
            break
        assert seen < top(page) < seen + height["height"], "the next view begins where this ended"
        seen = top(page)
        assert status(page) == "open"
        held = [words for words, _ in page.entities()]
        assert ("Abel Marsh" in held) <= (seen > 0)
        assert "Nora Quill" not in held
    expect(page.page.locator("#article")).to_contain_text("Next words.")
    assert status(page) == "done"


def test_what_was_leapt_over_is_gone_to_first(screen: Open) -> None:
    """At the end of an article whose middle was never in view, the key goes back to it."""
    page = screen(FAR, suggested=SUGGESTED, more=("Next words.",))
    page.page.locator("#viewport").evaluate("view => view.scrollTo(0, view.scrollHeight)")
    read_on(page)
    page.says("Further up something is left to read")
    assert [words for words, _ in page.entities()] == ["Nora Quill", "Gullhaven"]
    assert status(page) == "open"
    expect(page.mark("Gullhaven")).not_to_be_in_viewport()


def test_a_suggestion_that_nobody_answered_is_gone_to_before_the_end(screen: Open) -> None:
    """Read without accepting, then at the end: the key goes to what still waits further up."""
    page = screen(FAR, suggested=SUGGESTED, more=("Next words.",))
    page.page.route("**/documents/*/suggestions", lambda _: None)  # nothing is suggested anew
    page.page.locator("#viewport").evaluate(
        """async (view) => {
          while (view.scrollTop + view.clientHeight < view.scrollHeight - 2) {
            view.scrollBy(0, view.clientHeight - 120);
            await new Promise((done) => setTimeout(done, 250));
          }
        }"""
    )
    read_on(page)
    page.says("Further up something is left")
    expect(page.mark("Ines Okafor")).to_be_in_viewport()
    read_on(page)
    expect(page.mark("Abel Marsh")).to_be_in_viewport()
    read_on(page)
    expect(page.page.locator("#article")).to_contain_text(END[:20])
    assert len(page.entities()) == 6
    assert status(page) == "open", "the end is gone to before it is submitted"
    read_on(page)
    expect(page.page.locator("#article")).to_contain_text("Next words.")


def test_nothing_is_accepted_that_came_into_view_just_now(screen: Open) -> None:
    """The key pressed twice at once does not accept what nobody can have read."""
    page = screen(FAR, suggested=SUGGESTED)
    page.page.wait_for_timeout(350)
    page.stop_clock()
    page.press("Shift+Enter")
    page.page.wait_for_function("document.getElementById('viewport').scrollTop > 0")
    here = top(page)
    page.press("Shift+Enter")
    page.says("into view just now")
    assert top(page) == here


def test_what_must_be_told_stops_it(screen: Open) -> None:
    """An attribute that must be given is gone to, as when Enter submits."""
    entities = [{"name": "ACTOR", "attributes": [{"name": "role", "required": True}]}]
    page = screen(
        scheme=schema.parse_scheme({"entities": entities}),
        suggested={"ACTOR": ["Ines Okafor"]},
        more=("Next words.",),
    )
    read_on(page)
    page.says("must have its role")
    assert status(page) == "open"
    expect(page.page.locator("mark.focus")).to_contain_text("Ines Okafor")
