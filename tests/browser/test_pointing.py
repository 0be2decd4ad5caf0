"""Keys act on the suggestion that shows tick and cross: the last gesture says which one does."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from labeler import schema
from tests.browser.conftest import TEXT, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]

SUGGESTED = {
    "ACTOR": ["Ines Okafor", "Tomas Lind"],
    "BODY": ["Ellery Courier"],
    "DAY": ["Wednesday", "each day"],
}
LONG = TEXT + "\n\nA paragraph tells nothing of note." * 60


def point(page: Screen, words: str) -> None:
    """Move the mouse onto a suggestion and wait until its tick and cross are there."""
    box = page.box(words)
    page.page.mouse.move(box["left"] + 6, box["top"] - 60)
    page.page.mouse.move(box["left"] + 6, (box["top"] + box["bottom"]) / 2, steps=3)
    barred(page, words)


def barred(page: Screen, words: str) -> None:
    """Wait until tick and cross stand at these words."""
    bar = page.page.locator(".verdict")
    expect(bar).to_be_visible()
    page.page.wait_for_function(
        """(id) => {
          const mark = document.querySelector(`mark[data-id="${id}"]`).getBoundingClientRect();
          const bar = document.querySelector(".verdict").getBoundingClientRect();
          return bar.top < mark.bottom + 4 && bar.bottom > mark.top
            && bar.left < mark.right && bar.right > mark.left;
        }""",
        arg=page.mark(words).get_attribute("data-id"),
    )


def focused(page: Screen) -> str:
    """Return the words that are focused, "" for none."""
    page.drawn()
    marks = page.page.locator("mark.focus")
    return re.sub(r"\s+", " ", marks.first.inner_text()) if marks.count() else ""


def test_the_key_of_a_label_takes_what_is_pointed_at_with_that_label(screen: Open) -> None:
    """One action: point, and press the key; the same label accepts it as it was proposed."""
    page = screen(suggested=SUGGESTED)
    point(page, "Wednesday")
    expect(page.page.locator(".verdict")).to_contain_text("1–4")
    page.press("3")
    page.says("Accepted “Wednesday” SPOT, changed")
    assert focused(page) == "Wednesday"
    point(page, "Tomas Lind")
    page.press("1")
    page.says("Accepted “Tomas Lind” ACTOR.")
    assert page.entities() == [("Tomas Lind", "ACTOR"), ("Wednesday", "SPOT")]
    origins = [each["origin"].get("changed", False) for each in page.layer()["entities"]]
    assert origins == [False, True]
    page.press("2", "Control+z", "Control+z")
    assert page.entities() == [("Wednesday", "SPOT")]


def test_a_and_x_answer_what_is_pointed_at_and_nothing_jumps_away(screen: Open) -> None:
    """Accepted by pointing, it stays focused; rejected, nothing is; the view does not move."""
    page = screen(LONG, suggested=SUGGESTED)
    point(page, "Ellery Courier")
    page.press("a")
    page.says("Accepted “Ellery Courier” BODY")
    assert focused(page) == "Ellery Courier"
    point(page, "Ines Okafor")
    page.press("x")
    page.says("Rejected “Ines Okafor” ACTOR")
    assert focused(page) == ""
    page.press("2")
    page.says("Every selection becomes BODY")  # nothing is pointed at: a key holds its label
    page.press("Escape")
    point(page, "Wednesday")
    page.page.locator(".verdict").get_by_label("Accept").click()
    assert focused(page) == "Wednesday"
    assert page.entities() == [("Wednesday", "DAY"), ("Ellery Courier", "BODY")]
    assert page.page.evaluate("document.getElementById('viewport').scrollTop") == 0


def test_the_last_gesture_says_which_one_keys_act_on(screen: Open) -> None:
    """Tab takes the keys from a resting mouse, which takes them back by moving, not trembling."""
    page = screen(suggested=SUGGESTED)
    point(page, "each day")
    page.press("Tab")
    barred(page, "Ines Okafor")
    page.press("2")
    assert page.entities() == [("Ines Okafor", "BODY")]
    page.press("Tab")
    barred(page, "Tomas Lind")
    box = page.box("each day")
    x, y = box["left"] + 6, (box["top"] + box["bottom"]) / 2
    page.page.mouse.move(x + 1, y + 1)
    page.page.wait_for_timeout(200)  # longer than the mouse must stay
    barred(page, "Tomas Lind")
    page.page.mouse.move(x + 12, y)
    barred(page, "each day")
    page.press("3")
    assert page.entities() == [("Ines Okafor", "BODY"), ("each day", "SPOT")]


def test_what_comes_under_a_resting_mouse_claims_no_key(screen: Open) -> None:
    """Neither scrolling the text nor drawing it anew under the mouse is pointing."""
    page = screen(LONG, suggested=SUGGESTED)
    box = page.box("Wednesday")
    x, y = box["left"] + 8, (box["top"] + box["bottom"]) / 2
    page.page.mouse.move(x, y + 42)  # a line below
    page.page.mouse.wheel(0, -30)
    page.page.locator("#viewport").evaluate("view => view.scrollBy(0, 1)")
    page.press("ArrowRight", "Shift+ArrowRight")  # something else that keys act on
    page.page.locator("#article").evaluate(
        "(article, up) => article.style.setProperty('margin-block-start', `${up}px`)", 42
    )
    under = "([x, y]) => document.elementFromPoint(x, y).closest('mark')?.textContent"
    page.page.wait_for_function(f"([x, y]) => ({under})([x, y]) === 'Wednesday'", arg=[x, y + 42])
    page.page.wait_for_timeout(300)
    expect(page.page.locator(".verdict")).to_be_hidden()
    page.press("3")
    assert page.entities() == [("PORT ELLERY", "SPOT")]


_PASSED = """(mark) => { // in one go: a slow machine must not make it a stay
  const { left, top } = mark.getBoundingClientRect();
  const place = { clientX: left + 9, clientY: top + 9, pointerType: "mouse", bubbles: true };
  for (const name of ["pointerover", "pointermove"]) {
    mark.dispatchEvent(new PointerEvent(name, place));
  }
  const key = { key: "2", code: "Digit2", bubbles: true };
  document.getElementById("viewport").dispatchEvent(new KeyboardEvent("keydown", key));
}"""


def test_passing_over_is_not_pointing(screen: Open) -> None:
    """A key that is pressed while the mouse is on its way holds the label, as it always did."""
    page = screen(suggested=SUGGESTED)
    page.mark("Wednesday").evaluate(_PASSED)
    page.says("Every selection becomes BODY")
    assert page.entities() == []


def test_a_selection_and_what_was_just_labeled_come_before_the_mouse(screen: Open) -> None:
    """After a drag the mouse lies on a suggestion: the key means what was dragged over."""
    page = screen(suggested={"ACTOR": ["Ines Okafor"]})
    page.drag("Mayor Ines Okafor", inset=5)
    page.page.wait_for_timeout(200)  # longer than the mouse must stay
    page.press("2")
    page.says("BODY")  # guessed before or not
    page.press("3")
    assert page.entities() == [("Mayor Ines Okafor", "SPOT")]
    box = page.box("Mayor Ines Okafor")
    page.page.mouse.move(box["right"] - 7, (box["top"] + box["bottom"]) / 2 + 1)  # a trembling hand
    page.page.wait_for_timeout(200)
    page.press("4")
    assert page.entities() == [("Mayor Ines Okafor", "DAY")]


def test_the_menu_of_labels_means_what_is_pointed_at(screen: Open) -> None:
    """L over a suggestion finds its label by typing."""
    page = screen(suggested=SUGGESTED)
    point(page, "Wednesday")
    page.press("l")
    page.page.keyboard.type("SPO")
    page.press("Enter")
    assert page.entities() == [("Wednesday", "SPOT")]


RELATED = schema.parse_scheme(
    {
        "entities": [{"name": name} for name in ("PERSON", "GPE", "DATE")],
        "relations": [
            {"name": "LEADER_OF", "head": ["PERSON"], "tail": ["GPE"]},
            {"name": "LIVES_IN", "head": ["PERSON"], "tail": ["GPE"]},
        ],
    }
)
LED = "President Ilian Dovrek of Norway left on 1 July 2024."


def test_a_suggested_arc_is_pointed_at_as_well(screen: Open) -> None:
    """Tick and cross stand beside its label; the key of a relation takes it with that one."""
    page = screen(LED, scheme=RELATED)
    arc = page.page.locator(".arcs .pill.open", has_text="LEADER_OF")
    expect(arc).to_have_count(1)
    page.page.mouse.move(400, 600)
    arc.hover()
    bar = page.page.locator(".verdict")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("⇧1–⇧2")
    page.press("Shift+Digit2")
    assert page.relations() == [("Ilian Dovrek", "LIVES_IN", "Norway")]
    page.press("Control+z")
    assert page.relations() == []
    page.page.mouse.move(400, 600)
    arc.hover()
    expect(bar).to_be_visible()
    bar.get_by_label("Accept").click()
    assert page.relations() == [("Ilian Dovrek", "LEADER_OF", "Norway")]
