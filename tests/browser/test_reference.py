"""The page of the API: endpoints are found, tried and read in the browser."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from labeler.models import Document
from tests.browser.conftest import Site


@pytest.fixture
def page(context: BrowserContext, cookies: Any) -> Page:
    """Return a page of somebody who is signed in."""
    context.add_cookies(cookies)
    return context.new_page()


def opened(site: Site, page: Page, endpoint: str) -> Any:
    """Open the page at an endpoint, and return its details."""
    page.goto(f"{site.server.url}/api")
    one = page.locator(f"#{endpoint}")
    one.locator("summary").first.click()
    return one


def test_an_endpoint_is_tried(site: Site, page: Page) -> None:
    """A form sends what its fields say as the person who is signed in, and shows the answer."""
    document: Document = site.document()
    one = opened(site, page, "get-get_document")
    one.get_by_label("document_id").fill(str(document.id))
    one.get_by_role("button", name="Send").click()
    expect(one.get_by_role("status")).to_have_text("200 OK")
    expect(one.locator("[data-answer]")).to_contain_text('"text": "PORT ELLERY')
    one = opened(site, page, "post-post_comment")
    one.get_by_label("document_id").fill(str(document.id))
    one.get_by_label("Body").fill('{"key": "k", "body": "Who is this?"}')
    one.get_by_role("button", name="Send").click()
    expect(one.get_by_role("status")).to_have_text("200 OK")
    one.get_by_label("Body").fill("{")
    one.get_by_role("button", name="Send").click()
    expect(one.get_by_role("status")).to_contain_text("422")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(site: Site, page: Page, scheme: Any) -> None:
    """axe finds nothing, with an endpoint open."""
    page.emulate_media(color_scheme=scheme)
    site.document()
    opened(site, page, "post-post_export")
    assert Axe().run(page).response["violations"] == []
