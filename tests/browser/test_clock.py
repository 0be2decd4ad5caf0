"""Time spent on a document, measured with a clock that the test turns."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Does to the page what putting its tab away and bringing it up does."""


def test_only_time_at_work_is_counted(screen: Open) -> None:
    """Idle time and time with the tab put away are left out; the rest arrives in seconds."""
    page = screen(more=("Next.",))
    page.page.clock.install()
    page.open()
    page.page.clock.run_for(20_000)
    page.press("ArrowRight")
    page.page.clock.run_for(600_000)  # away from the desk, the page in view
    page.press("ArrowRight")
    page.page.clock.run_for(30_000)
    page.page.evaluate(HIDE, True)
    page.page.clock.run_for(50_000)  # in another tab
    page.page.evaluate(HIDE, False)
    page.page.clock.run_for(5_000)
    page.press("Enter")
    page.page.clock.run_for(1_000)
    expect(page.page.locator("#article")).to_have_text("Next.")
    assert 55 <= page.layer()["seconds"] <= 57
