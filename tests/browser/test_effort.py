"""How many actions a gesture costs, and an article labeled to the end without a mouse."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]

SUGGESTED = {"ACTOR": ["Ines Okafor", "Tomas Lind"], "DAY": ["Wednesday"]}


class Count:
    """Counts what a hand does: keys, clicks and drags, one each; modifiers belong to their key."""

    def __init__(self, page: Screen) -> None:
        self.page = page
        self.actions = 0

    def key(self, *keys: str) -> None:
        """Press keys."""
        self.page.press(*keys)
        self.actions += len(keys)

    def click(self, target: Any) -> None:
        """Click on something."""
        target.click()
        self.actions += 1

    def drag(self, words: str, nth: int = 0) -> None:
        """Drag over words."""
        self.page.drag(words, nth)
        self.actions += 1

    def relate(self, head: str, tail: str) -> None:
        """Drag from one entity to another."""
        self.page.relate(head, tail)
        self.actions += 1

    def spent(self) -> int:
        """Return the actions since this was asked last, once all is saved."""
        self.page.saved()
        spent, self.actions = self.actions, 0
        return spent


def test_each_gesture_costs_what_was_promised(screen: Open) -> None:
    """The counts of the design hold: entity 2 or 1, correction 1, all others 1, relation 1 to 2."""
    page = screen(more=("Next.",))
    hand = Count(page)
    hand.drag("Ines Okafor")
    hand.key("1")
    assert hand.spent() == 2, "an entity, its label chosen after"
    hand.key("2")
    assert hand.spent() == 1, "another label"
    hand.key("Backspace")
    assert hand.spent() == 1, "deleting"
    page.press("Escape")
    page.page.locator(".chip", has_text="ACTOR").click()
    hand.drag("Ines Okafor")
    hand.drag("Tomas Lind")
    assert hand.spent() == 2, "two entities with a label held"
    page.press("3")
    hand.drag("Port Ellery")
    assert hand.spent() == 1, "an entity with a label held"
    page.press("Escape", "Escape")
    hand.relate("Ines Okafor", "Port Ellery")
    assert hand.spent() == 1, "a relation where one label is allowed"
    hand.relate("Ines Okafor", "Tomas Lind")
    hand.key("Shift+Digit3")
    assert hand.spent() == 2, "a relation where several are allowed"
    assert sorted(page.relations()) == [
        ("Ines Okafor", "HELPS", "Tomas Lind"),
        ("Ines Okafor", "RULES", "Port Ellery"),
    ]
    page.press("Escape")
    page.drag("Okafor", 1)
    page.press("1")
    hand.key("p")
    assert hand.spent() == 1, "all other occurrences of a string"
    assert page.entities().count(("Okafor", "ACTOR")) == 3
    hand.key("Enter")
    expect(page.page.locator("#article")).to_contain_text("Next.")
    assert hand.actions == 1, "submit and next"


def test_suggestions_and_relations_by_key_cost_what_was_promised(screen: Open) -> None:
    """Accepting and rejecting are one key each; a relation by key is two or three."""
    page = screen(suggested=SUGGESTED)
    hand = Count(page)
    page.press("Tab")
    hand.key("a")
    assert hand.spent() == 1, "accepting"
    hand.key("x")
    assert hand.spent() == 1, "rejecting"
    hand.key("a")
    assert hand.spent() == 1, "accepting"
    assert page.entities() == [("Ines Okafor", "ACTOR"), ("Wednesday", "DAY")]
    for words, key in (("Tomas Lind", "1"), ("Port Ellery", "3")):
        page.drag(words)
        page.press(key)
    page.mark("Ines Okafor").click()
    hand.key("Shift+Digit1", "Enter")
    assert hand.spent() == 2, "a relation to the nearest target, its label in the key"
    page.mark("Ines Okafor").click()
    hand.key("Shift+Digit2", "Enter")
    assert hand.spent() == 2
    assert len(page.relations()) == 2


GOLD: dict[str, Any] = {
    "entities": [
        ("PORT ELLERY", "SPOT"),
        ("Ines Okafor", "ACTOR"),
        ("Port Ellery", "SPOT"),
        ("Tomas Lind", "ACTOR"),
        ("Wednesday", "DAY"),
        ("Ellery Courier", "BODY"),
        ("Okafor", "ACTOR"),
        ("Lind", "ACTOR"),
        ("Okafor", "ACTOR"),
        ("Okafor", "ACTOR"),
        ("Tomas Lind", "ACTOR"),
    ],
    "relations": [
        ("Ines Okafor", "RULES", "Port Ellery"),
        ("Ines Okafor", "MEETS", "Tomas Lind"),
        ("Okafor", "HELPS", "Lind"),
    ],
}


def test_an_article_is_labeled_to_gold_without_a_mouse(screen: Open) -> None:
    """Labels, sizes, suggestions, relations, lists and the next document, by keys alone."""
    page = screen(suggested=SUGGESTED, more=("Second text here.",))
    # What is suggested anew in a pause never comes: a slow machine pauses where it likes.
    page.page.route("**/documents/*/suggestions", lambda _: None)
    hand = Count(page)
    hand.key("ArrowRight", "Shift+ArrowRight", "3")  # PORT ELLERY, at the start of the text
    hand.key("Tab", "a", "a", "a", "Escape")  # all that is suggested, up to Wednesday
    hand.key(*["ArrowRight"] * 3, "Shift+ArrowRight", "2")  # Ellery Courier
    hand.key("[", "[", "[", "Escape", *["ArrowRight"] * 2, "3")  # Port, after Ines Okafor of
    expect(page.page.locator("mark.focus")).to_have_text("Port")
    hand.key("Alt+ArrowRight")  # Port Ellery
    hand.key("Control+ArrowDown", "1", "p")  # Okafor, and the others of that name
    hand.key("Escape", *["ArrowRight"] * 2, "1")  # Lind
    hand.key("[", "r", "Tab", "Enter", "Shift+Digit3")  # Okafor helps Lind
    hand.key("F6", "Tab")  # on to the lists
    expect(page.page.get_by_role("listbox", name="Annotations")).to_be_focused()
    hand.key("Home", "ArrowDown", "p", "Enter")  # the other Tomas Lind; back to the text
    hand.key("[", "[", "Shift+Digit1", "Enter")  # Ines Okafor rules Port Ellery
    hand.key("[", "Shift+Digit2", "Enter")  # and meets Tomas Lind
    assert page.entities() == GOLD["entities"]
    assert sorted(page.relations()) == sorted(GOLD["relations"])
    hand.key("Enter")
    expect(page.page.locator("#article")).to_contain_text("Second text here.")
    expect(page.page.locator("#viewport")).to_be_focused()
    assert hand.actions <= 3 * (len(GOLD["entities"]) + len(GOLD["relations"])) + 10
