"""Takes the pictures of the documentation from the running demo, with the real browser."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
QUIET = ["--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-background-networking"]
PORT = "8765"


def main() -> None:
    """Start the demo, label a little, and take each picture."""
    with tempfile.TemporaryDirectory() as instance:
        command = [sys.executable, "-m", "labeler", "demo", "--no-browser", "--port", PORT]
        server = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--instance", instance], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            link = next(
                found[0] for line in server.stdout if (found := re.search(r"http\S+", line))
            )
            with sync_playwright() as playwright:
                chromium = shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.goto(link)
                _annotate(page)
        finally:
            server.kill()
            server.wait()


def _annotate(page: Page) -> None:
    """Accept what is suggested but for the last, relate the mayors to their towns."""
    documents = page.request.get(f"http://127.0.0.1:{PORT}/api/v1/projects/news/documents").json()
    key = next(d["id"] for d in documents["documents"] if d["name"] == "ferry-accord")
    page.goto(f"http://127.0.0.1:{PORT}/projects/news/documents/{key}/label")
    page.locator("mark.suggestion").first.wait_for()
    page.keyboard.press("Tab")
    for _ in range(14):
        page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.locator("mark", has_text="Jonas Brekke").first.click()
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("Enter")
    page.locator("mark", has_text="Aoife Lindqvist-Barr").first.click()
    page.keyboard.press("Shift+Digit2")
    page.locator("mark", has_text="Jonas Brekke").first.click()
    page.locator("mark", has_text="Aoife Lindqvist-Barr").first.click()
    page.wait_for_timeout(7000)  # until the last message has gone
    page.screenshot(path=IMAGES / "annotate.png")


main()
