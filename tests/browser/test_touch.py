"""The annotation screen by finger on a tablet, and at twice the size of type."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, expect

from tests.browser.conftest import Screen, Site

pytestmark = pytest.mark.browser
LYING, UPRIGHT = {"width": 1024, "height": 768}, {"width": 768, "height": 1024}


_ANSWERED = """(names) => {
  window.answered = new Promise((done) => {
    const heard = () => setTimeout(done);
    for (const name of names.split(" ")) addEventListener(name, heard, { capture: true });
  });
}"""
"""Promises that an event of one of these names has been heard by all that listen to it.

The browser tells that a touch was sent before the page has heard of it.
"""


class Tablet(Screen):
    """The screen of a tablet, worked on with one finger."""

    cdp: CDPSession

    def open(self) -> "Tablet":
        """Open the document; fingers are sent as the browser's own touch events."""
        super().open()
        self.cdp = self.page.context.new_cdp_session(self.page)
        return self

    def tap(self, words: str, nth: int = 0) -> None:
        """Tap on words of the text, and wait until the page has answered."""
        box = self.box(words, nth)
        self.page.evaluate(_ANSWERED, "pointerup")
        self.page.touchscreen.tap(
            (box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2
        )
        self.page.evaluate("answered")

    def tap_on(self, control: Locator) -> None:
        """Tap on a control, and wait until the page has answered: its click comes after the tap."""
        self.page.evaluate(_ANSWERED, "click")
        control.tap()
        self.page.evaluate("answered")

    def choose(self, label: str) -> None:
        """Tap on a label in the menu."""
        self.tap_on(self.page.locator(".chooser [role=option]", has_text=label))

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        """Put the finger down, move or lift it."""
        spots = [{"x": x, "y": y} for x, y in points]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    def slide(self, path: list[tuple[float, float]], *, rest: int = 0) -> None:
        """Put the finger down, rest for so many milliseconds, follow a path and lift it."""
        (x, y), *others = path
        self.page.evaluate(_ANSWERED, "pointerup pointercancel")
        self.touch("touchStart", (x, y))
        self.page.wait_for_timeout(rest)
        for to_x, to_y in others:
            for step in range(1, 7):
                self.touch("touchMove", (x + (to_x - x) * step / 6, y + (to_y - y) * step / 6))
            x, y = to_x, to_y
        self.touch("touchEnd")
        self.page.evaluate("answered")

    def press_over(self, first: str, last: str) -> None:
        """Rest on one word, and move on to another."""
        ends = [self.box(words) for words in (first, last)]
        path = [((e["left"] + e["right"]) / 2, (e["top"] + e["bottom"]) / 2) for e in ends]
        self.slide(path, rest=600)


@pytest.fixture(params=[LYING, UPRIGHT], ids=["lying", "upright"])
def tablet(
    request: pytest.FixtureRequest, browser: Browser, site: Site, cookies: Any
) -> Iterator[Callable[..., Tablet]]:
    """Return a function that opens a new document on a tablet, lying or upright."""
    context = browser.new_context(has_touch=True, is_mobile=True, viewport=request.param)
    context.add_cookies(cookies)

    def open_tablet(*arguments: Any, **options: Any) -> Tablet:
        return Tablet(context.new_page(), site, site.document(*arguments, **options)).open()

    yield open_tablet
    context.close()


def test_a_word_is_tapped_and_labeled(tablet: Callable[..., Tablet]) -> None:
    """A tap selects a word and offers the labels; a second tap labels it: two actions."""
    page = tablet()
    page.tap("Wednesday")
    page.choose("DAY")
    assert page.entities() == [("Wednesday", "DAY")]
    page.tap_on(page.page.locator(".chip", has_text="SPOT"))
    assert page.entities() == [("Wednesday", "SPOT")]


def test_a_tapped_word_gets_its_likeliest_label_at_once(tablet: Callable[..., Tablet]) -> None:
    """One tap labels a word as it is labeled elsewhere in the article; another tap changes it."""
    page = tablet()
    page.patiently()
    page.tap("Okafor", 1)
    page.choose("ACTOR")
    page.saved()
    page.tap("Okafor", 2)
    expect(page.page.locator("mark.focus")).to_contain_text("Okafor")
    assert page.entities() == [("Okafor", "ACTOR")] * 2
    page.tap_on(page.page.locator(".chip", has_text="SPOT"))
    assert page.entities() == [("Okafor", "ACTOR"), ("Okafor", "SPOT")]


def test_a_finger_that_rests_selects_words_and_one_that_moves_scrolls(
    tablet: Callable[..., Tablet],
) -> None:
    """Resting, then moving, selects whole words without scrolling; moving at once scrolls."""
    page = tablet("Ines Okafor of Port Ellery spoke.\n\n" + "More of the same.\n\n" * 60)
    page.press_over("Ines", "kafor")
    page.choose("ACTOR")
    assert page.entities() == [("Ines Okafor", "ACTOR")]
    assert page.page.evaluate("document.getElementById('viewport').scrollTop") == 0
    box = page.box("More", 2)
    page.slide([(box["left"], box["top"]), (box["left"], box["top"] - 120)])
    page.page.wait_for_function("document.getElementById('viewport').scrollTop > 40")
    assert len(page.entities()) == 1
    expect(page.page.locator(".chooser")).to_have_count(0)


def test_a_held_label_needs_one_tap_a_word(tablet: Callable[..., Tablet]) -> None:
    """With a label held, each tap labels a word."""
    page = tablet()
    page.tap_on(page.page.locator(".chip", has_text="ACTOR"))
    page.tap("Ines")
    expect(page.mark("Ines")).to_be_visible()  # its label moves the words behind it
    page.tap("Tomas")
    assert page.entities() == [("Ines", "ACTOR"), ("Tomas", "ACTOR")]


def test_relations_are_drawn_by_finger(tablet: Callable[..., Tablet]) -> None:
    """Dragging from a label to an entity relates them, and so do the buttons below an entity."""
    page = tablet()
    for words, label in (("Wednesday", "BODY"), ("Ines", "ACTOR"), ("Tomas", "ACTOR")):
        page.tap(words)
        page.choose(label)
    expect(page.mark("Tomas")).to_be_visible()
    tag = page.mark("Ines").locator(".tag").bounding_box()
    end = page.box("Wednesday")
    assert tag
    start = (tag["x"] + tag["width"] / 2, tag["y"] + tag["height"] / 2)
    page.slide([start, ((end["left"] + end["right"]) / 2, (end["top"] + end["bottom"]) / 2)])
    assert page.relations() == [("Ines", "RULES", "Wednesday")]
    page.tap("Ines")
    page.tap_on(
        page.page.locator(".actions").get_by_role("button", name="Relate", include_hidden=True)
    )
    page.tap("Tomas")
    page.choose("HELPS")
    assert ("Ines", "HELPS", "Tomas") in page.relations()
    page.tap_on(page.page.locator(".actions").get_by_text("Turn round"))
    assert ("Tomas", "HELPS", "Ines") in page.relations()
    page.tap_on(page.page.locator(".actions").get_by_text("Delete"))
    assert page.relations() == [("Ines", "RULES", "Wednesday")]


def test_nothing_is_cut_off_or_covers_another(tablet: Callable[..., Tablet]) -> None:
    """Tick and cross stay on the paper at the end of a line; the tabs of the panel stand apart."""
    words = [f"Day{number}" for number in range(40)]
    page = tablet(" ".join(words), suggested={"DAY": words})
    page.tap(max(words, key=lambda word: page.box(word)["right"]))
    paper = page.page.locator("#paper").bounding_box()
    for name in ("Accept", "Reject"):
        box = page.page.locator(".verdict").get_by_label(name).bounding_box()
        assert paper
        assert box
        assert box["x"] + box["width"] <= paper["x"] + paper["width"]
    tabs = page.page.get_by_role("tab")
    wide = "tabs => tabs.filter((tab) => tab.scrollWidth > tab.clientWidth).length"
    assert tabs.evaluate_all(wide) == 0


def test_suggestions_are_settled_and_the_document_submitted_by_finger(
    tablet: Callable[..., Tablet],
) -> None:
    """Tick and cross appear at a tapped suggestion; submitting is a button."""
    page = tablet(suggested={"ACTOR": ["Tomas Lind"], "DAY": ["Wednesday"]}, more=("Next one.",))
    page.tap("Wednesday")
    page.tap_on(page.page.locator(".verdict").get_by_label("Accept"))
    page.tap("Tomas Lind")
    page.tap_on(page.page.locator(".verdict").get_by_label("Reject"))
    expect(page.page.locator("mark.suggestion")).to_have_count(0)
    assert page.entities() == [("Wednesday", "DAY")]
    page.tap("Wednesday")
    page.tap_on(page.page.locator(".actions").get_by_text("Delete"))
    assert page.entities() == []
    page.tap_on(page.page.locator("#undo"))
    assert page.entities() == [("Wednesday", "DAY")]
    page.tap_on(page.page.get_by_role("button", name="Submit and next"))
    expect(page.page.locator("#article")).to_contain_text("Next one.")


def test_an_end_is_moved_by_finger(tablet: Callable[..., Tablet]) -> None:
    """The handles of an entity follow a finger."""
    page = tablet()
    page.tap("Ines")
    page.choose("ACTOR")
    grip = page.page.locator(".grip.end").bounding_box()
    target = page.box("Okafor")
    assert grip
    middle = (target["top"] + target["bottom"]) / 2
    start = (grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.slide([start, (target["right"] - 8, middle)])
    assert page.entities() == [("Ines Okafor", "ACTOR")]


SMALL = """() => [...document.querySelectorAll(
    "button, a, summary, label, input:not(label input), [role=option], .act, .tag, .grip")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches(".skip"))
  .map((each) => [each.id || each.className || each.textContent, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
"""Names what is smaller than a finger needs: 24 by 24 pixels (WCAG 2.2, 2.5.8)."""


def test_targets_are_large_enough(tablet: Callable[..., Tablet]) -> None:
    """Everything that can be tapped is at least 24 pixels wide and high."""
    page = tablet(suggested={"ACTOR": ["Tomas Lind"], "DAY": ["Wednesday"]})
    page.tap("PORT")
    assert page.page.evaluate(SMALL) == []
    page.choose("SPOT")
    for tab in ("Entities", "Relations", "Suggested", "Comments", "History"):
        page.page.get_by_role("tab", name=tab).click()
        assert page.page.evaluate(SMALL) == [], tab


CUT = """() => [...document.querySelectorAll("button, a, h1, h2, #position, #saving, .chip")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches(".skip"))
  .filter((each) => {
    const box = each.getBoundingClientRect();
    return box.left < -1 || box.right > innerWidth + 1 || each.scrollWidth > each.clientWidth + 1;
  })
  .map((each) => each.id || each.className || each.textContent)"""


def test_at_twice_the_size_nothing_is_cut_off(tablet: Callable[..., Tablet], request: Any) -> None:
    """At 200 % zoom the page fits its width, and every control can be reached and read."""
    page = tablet(suggested={"DAY": ["Wednesday"]})
    page.page.set_viewport_size({"width": 640, "height": 512})
    widths = "[document.documentElement.scrollWidth, innerWidth]"
    scroll, inner = page.page.evaluate(widths)
    assert scroll <= inner
    assert page.page.evaluate(CUT) == []
    page.tap("PORT")
    page.choose("SPOT")
    assert page.entities() == [("PORT", "SPOT")]
    assert page.page.evaluate(CUT) == []
    button = page.page.get_by_role("tab", name="History")
    button.scroll_into_view_if_needed()
    button.click()
    expect(page.page.locator(".history li")).to_have_count(1)
