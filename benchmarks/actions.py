"""How many keys, clicks and drags it takes to label an article to a given standard in Chromium.

The standard is the layer that a person of the demo has finished. One key, click or drag is one
action; a modifier belongs to its key, and looking, scrolling and waiting are none. The scripted
annotator knows the standard, so it never errs: this measures the tool, not people. What it ends
with is compared with the standard, and any difference is an error.

Labels are chosen *after* each selection in the order of the text, or *held* label by label. With
suggestions each of them is answered in order; or all in view are accepted at once (*screenfuls*),
and the wrong ones deleted. What is missing then is labeled with labels held. Or what is missing or
wrong comes first, since it corrects other suggestions too: what is missing is dragged over and gets
its likeliest label, what is wrong is pointed at and gets a key. Then one key accepts the rest view
by view, and submits at the end.
Next to it stand what the same standard costs where an entity takes two actions, a relation four or
seven, and submitting one: as measured in other tools.
"""

import json
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import waitress
from flask import Flask
from playwright.sync_api import Page, sync_playwright

from benchmarks.scripted import Annotator, Gold, gold_of, work_on
from labeler import accounts, projects, transfer, work
from labeler.app import create_app
from labeler.config import ROOT, Settings
from labeler.models import Document, db

ARTICLES = ("council-election",)
STANDARD = ROOT / "seeds" / "layers" / "ben.jsonl"
OTHERS = {"doccano": 4, "Label Studio": 7}
"""Actions for a labeled relation in other tools, as measured; an entity takes two in each."""
QUIET = ("--no-sandbox", "--disable-background-networking")


def standard(article: str) -> Gold:
    """Return what the standard says of an article."""
    lines = map(json.loads, STANDARD.read_text(encoding="utf-8").splitlines())
    found = next(line for line in lines if line["id"] == article)
    return gold_of(found["text"], found)


STRATEGIES: dict[str, tuple[bool, tuple[Callable[[Annotator], None], ...]]] = {
    "label after": (False, (Annotator.label_after, Annotator.submit)),
    "label held": (False, (Annotator.label_held, Annotator.submit)),
    "each answered": (True, (Annotator.answer_each, Annotator.label_held, Annotator.submit)),
    "screenfuls": (True, (Annotator.accept_screenfuls, Annotator.label_held, Annotator.submit)),
    "corrected first": (True, (Annotator.correct_first, Annotator.read_through)),
}
"""Whether there are suggestions, and what is done in turn."""


# ---- the run -----------------------------------------------------------------------------------


def prepare(folder: Path) -> tuple[Flask, str, dict[tuple[str, str], str]]:
    """Return an app, a link that signs in, and the address of each article in each project."""
    app = create_app(Settings.from_env({"LABELER_INSTANCE": str(folder)}))
    addresses = {}
    with app.app_context():
        ana = accounts.ensure_user("ana")
        paths = [ROOT / "seeds" / "articles" / f"{name}.txt" for name in ARTICLES]
        for number, (strategy, (suggested, _)) in enumerate(STRATEGIES.items()):
            project = projects.from_template(f"p{number}", "news", title=strategy)
            accounts.add_member(project, ana, "annotator")
            work.change_rules(project, {"control": 0 if suggested else 100})
            transfer.import_paths(project, paths, actor=ana)
            rows = db.session.query(Document).filter_by(project_id=project.id)
            for each in rows:
                addresses[strategy, each.name] = f"/projects/p{number}/documents/{each.id}/label"
        return app, accounts.signin_token(ana.id), addresses


def measure(page: Page, address: str, article: str, strategy: str) -> Counter[str]:
    """Label an article to its standard and submit it; return the actions by kind."""
    page.goto(address)
    page.wait_for_selector("#panels [role=tab]", timeout=60_000)
    scheme = work_on(page)["scheme"]
    keys = {each["name"]: each["key"] for each in scheme["entities"]}
    keys |= {each["name"]: f"Shift+Digit{each['key']}" for each in scheme["relations"]}
    annotator = Annotator(page, standard(article), keys)
    for step in STRATEGIES[strategy][1]:
        step(annotator)
    assert work_on(page)["layer"]["status"] == "done"
    found = annotator.found()
    if found != annotator.gold:
        missing = annotator.gold.entities.items() ^ found.entities.items()
        raise AssertionError((missing, annotator.gold.relations ^ found.relations))
    return annotator.done


def main() -> None:
    """Print the actions that each article takes, by strategy, beside those of other tools."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app, link, addresses = prepare(Path(folder))
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
        Thread(target=server.run, daemon=True).start()
        site = f"http://127.0.0.1:{server.effective_port}"
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{site}/sign-in/{link}")
        for article in ARTICLES:
            _print(article)
            for strategy in STRATEGIES:
                done = measure(page, site + addresses[strategy, article], article, strategy)
                parts = ", ".join(f"{count} {kind}" for kind, count in sorted(done.items()))
                print(f"  {strategy:14} {done.total():4}  ({parts})")
        browser.close()
        server.close()


def _print(article: str) -> None:
    gold = standard(article)
    entities, relations = len(gold.entities), len(gold.relations)
    words = len(gold.text.split())
    print(f"{article}: {words} words, {entities} entities, {relations} relations")
    for tool, each in OTHERS.items():
        print(f"  {tool:14} {2 * entities + each * relations + 1:4}  (computed)")
