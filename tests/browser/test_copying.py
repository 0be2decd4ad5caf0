"""Annotating identical passages alike, in a real browser on a real server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]

REFRAIN = "Ines Okafor of Port Ellery met Tomas Lind."
TEXT = f"{REFRAIN}\n\nNobody else did.\n\n{REFRAIN}\n\nThe end: {REFRAIN} Again."


def label_refrain(page: Screen) -> None:
    """Label the first refrain, with a relation."""
    for words, key in (("Ines Okafor", "1"), ("Tomas Lind", "1"), ("Port Ellery", "3")):
        page.drag(words)
        page.press(key)
    page.relate("Ines Okafor", "Port Ellery")
    page.saved()


def test_a_paragraph_is_copied_to_identical_passages_as_one_edit(screen: Open) -> None:
    """= copies entities and relations to each place of the same words; one undo takes all back."""
    page = screen(TEXT)
    label_refrain(page)
    page.press("=")
    page.says("Copied to 2 passages: 6 entities, 2 relations.")
    assert len(page.entities()) == 9
    assert page.relations() == [("Ines Okafor", "RULES", "Port Ellery")] * 3
    page.press("Control+z")
    assert len(page.entities()) == 3
    page.press("Control+Shift+z", "=")
    page.says("Nothing is left to copy")


def test_what_clashes_is_left_out_and_told(screen: Open) -> None:
    """Labels that differ stay as they are, and the message counts what was left out for them."""
    page = screen(TEXT)
    page.drag("Ines Okafor of", 1)
    page.press("2")
    label_refrain(page)
    page.press("=")
    page.says("Left out, since they clash with what is there: 2.")
    assert ("Ines Okafor of", "BODY") in page.entities()
    assert len(page.relations()) == 2


def test_a_selection_is_copied_alone(screen: Open) -> None:
    """With words selected, = copies what lies in them, and says when nothing reads like them."""
    page = screen(TEXT)
    label_refrain(page)
    page.drag("Tomas Lind")
    page.press("Escape", "=")
    page.says("Copied to 2 passages: 2 entities, 0 relations.")
    assert page.entities().count(("Tomas Lind", "ACTOR")) == 3
    page.drag("Nobody else did.")
    page.press("Escape", "=")
    page.says("Nothing is labeled in this selection, nor by you in the same words")


def test_a_passage_is_annotated_as_in_another_document(screen: Open) -> None:
    """Where nothing is labeled, = brings what the same words have in another document of theirs."""
    page = screen(TEXT, more=(f"Once more.\n\n{REFRAIN}\n\nNothing else.",))
    label_refrain(page)
    page.press("Alt+PageDown")
    page.page.wait_for_url("**/label")
    expect(page.page.locator("#name")).to_have_text("d1")
    page.press("Control+ArrowDown", "Control+ArrowDown", "=")
    page.says("Copied from d0: 3 entities, 1 relation.")
    expect(page.page.locator(".arcs .arc")).to_have_count(1)
    expect(page.page.locator("#article mark")).to_have_count(3)
    page.press("Control+z")
    expect(page.page.locator("#article mark")).to_have_count(0)
    page.press("Control+ArrowDown", "=")
    page.says("Nothing is labeled in this paragraph, nor by you in the same words")
