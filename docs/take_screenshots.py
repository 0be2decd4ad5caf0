"""Takes the pictures of the documentation from the running demo, with the real browser.

All are 1280 pixels wide and have 128 colours, which keeps each below 150 kB.
`python docs/take_screenshots.py annotate progress` takes those two only.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

IMAGES = Path(__file__).parent / "images"
QUIET = ["--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-background-networking"]
PORT = "28765"
SITE = f"http://127.0.0.1:{PORT}"
NEWS = f"{SITE}/projects/news"


def main() -> None:
    """Start the demo, and take each picture, or those that are named."""
    wanted = sys.argv[1:] or list(PICTURES)
    with tempfile.TemporaryDirectory() as instance:
        os.environ["LABELER_INSTANCE"] = instance
        with _demo() as links, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=QUIET
            )
            page = _signed_in(browser, next(links))
            for name in wanted:
                dark = name.endswith("-dark")
                page.emulate_media(color_scheme="dark" if dark else "light")
                PICTURES[name](page)
                _keep(page, name)


@contextmanager
def _demo() -> Iterator[Iterator[str]]:
    """Serve the demo; give the links that sign in, that of the lead first."""
    command = [sys.executable, "-m", "labeler", "demo", "--no-browser", "--port", PORT]
    server = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, text=True, cwd=os.environ["LABELER_INSTANCE"]
    )
    try:
        assert server.stdout is not None
        yield (found[0] for line in server.stdout if (found := re.search(r"http\S+", line)))
    finally:
        server.terminate()
        server.wait()


def _signed_in(browser: Browser, link: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(link)
    return page


def _keep(page: Page, name: str) -> None:
    """Take the picture with few colours: text stays sharp, and a clone of the project small."""
    picture = Image.open(BytesIO(page.screenshot()))
    few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(IMAGES / f"{name}.png", optimize=True)


# ---- the annotation screen -------------------------------------------------------------------


def _annotate(page: Page) -> None:
    """Accept what is suggested but for the last, relate the mayors to their towns."""
    _open(page, "ferry-accord")
    if not page.locator("#article mark:not(.suggestion)").count():
        page.keyboard.press("Tab")
        for _ in range(14):
            page.keyboard.press("a")
        page.keyboard.press("Escape")
        _relate(page, "Jonas Brekke", "Shift+Digit1")
        page.keyboard.press("Enter")
        _relate(page, "Aoife Lindqvist-Barr", "Shift+Digit2")
    page.locator("mark", has_text="Jonas Brekke").first.click()
    page.locator("mark", has_text="Aoife Lindqvist-Barr").first.click()
    expect(page.locator("#toast")).to_be_hidden(timeout=15_000)


def _relations(page: Page) -> None:
    """While a relation is drawn: what may be its tail is lit."""
    _open(page, "ferry-accord")
    page.locator("mark", has_text="Aoife Lindqvist-Barr").first.click()
    page.keyboard.press("r")
    page.keyboard.press("Tab")


def _open(page: Page, name: str) -> None:
    documents = page.request.get(f"{SITE}/api/v1/projects/news/documents").json()["documents"]
    key = next(document["id"] for document in documents if document["name"] == name)
    page.goto(f"{NEWS}/documents/{key}/label")
    expect(page.locator("#saving")).to_contain_text("All changes saved")
    page.locator("mark").first.wait_for()


def _relate(page: Page, head: str, chord: str) -> None:
    page.locator("mark", has_text=head).first.click()
    page.keyboard.press(chord)


# ---- the other pages -------------------------------------------------------------------------


def _progress(page: Page) -> None:
    """How everybody gets on."""
    page.goto(NEWS)


def _agreement(page: Page) -> None:
    """How far annotators agree."""
    page.goto(f"{NEWS}/agreement")


def _adjudicate(page: Page) -> None:
    """The open questions of a document."""
    page.goto(f"{NEWS}/adjudicate/next")
    page.locator("#accept").wait_for()


def _import(page: Page) -> None:
    """Where files come in."""
    page.goto(f"{NEWS}/import")


def _export(page: Page) -> None:
    """What the export of one person's work says of itself."""
    page.goto(f"{NEWS}/export")
    page.locator("[name=layer]").select_option("ben")
    page.get_by_role("button", name="Export", exact=True).click()
    page.wait_for_url("**/exports/*")


def _learning(page: Page) -> None:
    """A trained version with its scores; training takes a minute or two."""
    train = [sys.executable, "-m", "labeler", "train", "news"]
    subprocess.run(train, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    page.goto(f"{NEWS}/suggestions")


PICTURES: dict[str, Callable[[Page], None]] = {
    "annotate": _annotate,
    "annotate-dark": _annotate,
    "relations": _relations,
    "progress": _progress,
    "agreement": _agreement,
    "adjudicate": _adjudicate,
    "import": _import,
    "export": _export,
    "learning": _learning,
}

main()
