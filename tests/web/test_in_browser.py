"""The pages in a real browser: readable by everybody, and nicer where scripts run."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import waitress
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from labeler import accounts, editing, invitations, jobs, projects, schema, transfer
from labeler.config import ROOT
from labeler.jobs import queue
from labeler.models import Doubt, Layer, db
from labeler.models.database import now
from tests.conftest import Corpus
from tests.web.pages import PAGES, changed_suddenly, doubted, evaluated, relabeled, told

pytestmark = pytest.mark.browser


@dataclass
class Site:
    """A served site, and what signs its admin in."""

    url: str
    browser: Browser
    app: Flask

    def page(self, *, scripts: bool = True) -> Page:
        """Return a new browser's page, with the admin signed in."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": 1280, "height": 800},
            java_script_enabled=scripts,
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        with self.app.app_context():
            token = accounts.signin_token(accounts.find_user("root").id)
        page.goto(f"/sign-in/{token}")
        return page


@pytest.fixture
def site(app: Flask, corpus: Corpus, browser: Browser) -> Iterator[Site]:
    """Return a served site with a project of sample articles and one without any."""
    root = corpus.person("root", role="admin")
    project = projects.from_template("news", "news", title="World news")
    accounts.add_member(project, root, "manager")
    transfer.import_paths(project, [ROOT / "seeds" / "articles" / "ferry-accord.txt"], actor=root)
    document = corpus.document(project)
    layer = corpus.layer(document, "root", "done", PERSON=[(0, 3), (1, 3)], ORG=[(2, 9)])
    corpus.layer(document, "ben", "done", PERSON=[(0, 3)], GPE=[(2, 9)])
    transfer.export(project, "docbin", layer="root", made_by="root")
    transfer.export(project, "docbin", layer="ben", made_by="root", name="Ben, first round")
    projects.from_template("empty", "empty", title="Empty")
    changed_suddenly(layer)
    relabeled(project)
    doubted(layer, (9, 11))
    doubted(layer, (11, 12))
    transfer.queue_suggestions(projects.find("news"))
    told(project)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", browser, app)
    for context in browser.contexts:
        context.close()

    def stop() -> None:
        """Close what the server waits on; in its own thread, which may be waiting on it."""
        server.close()
        server.trigger.close()

    server.trigger.pull_trigger(stop)
    thread.join(timeout=10)
    server.task_dispatcher.shutdown()


ADDRESSES = (
    "/",
    "/projects/new",
    "/projects/news",
    "/projects/news/documents",
    "/projects/news/documents?q=nothing",
    "/projects/news/assignments",
    "/projects/news/guidelines",
    "/projects/news/guidelines/versions",
    "/projects/news/adjudicate",
    "/projects/news/adjudicate/1/agreed",
    "/projects/news/adjudicate/1/open",
    "/projects/news/adjudicate/automatic",
    "/projects/news/adjudicate/automatic?by=vote&threshold=66",
    "/projects/news/consistency",
    "/projects/news/consistency?words=the",
    "/projects/news/consistency/outcomes?words=the&label=",
    "/projects/news/consistency/sudden",
    "/projects/news/consistency/doubts",
    "/projects/news/consistency/doubts?settled=1&how=gold&token=a",
    "/projects/news/patterns",
    "/projects/news/suggestions",
    "/projects/news/progress/counted?counter=submitted",
    "/projects/news/import",
    "/projects/news/export",
    "/projects/news/exports/1",
    "/projects/news/exports/2/compare?with=1",
    "/projects/news/jobs",
    "/projects/news/jobs/1",
    "/jobs",
    "/projects/news/scheme",
    "/projects/news/scheme/label?kind=entities&action=merge&label=ORG",
    "/projects/news/scheme/label?kind=entities&action=merge&label=PERSON&into=ORG",
    "/projects/news/scheme/label?kind=entities&action=retire&label=ORG",
    "/projects/news/settings",
    "/projects/news/progress/1",
    "/projects/news/progress/1/varied?words=the&label=ORG",
    "/projects/news/people",
    "/projects/news/webhooks",
    "/projects/news/webhooks/1",
    "/webhooks",
    "/webhooks/2",
    "/projects/news/audit",
    "/projects/news/layers/1/history",
    "/audit",
    "/projects/news/agreement",
    "/projects/news/agreement?part=relations",
    "/projects/news/agreement/evidence",
    "/projects/news/agreement/documents",
    "/projects/empty/agreement",
    "/projects/empty",
    "/projects/empty/scheme",
    "/projects/empty/adjudicate",
    "/projects/empty/consistency",
    "/projects/empty/consistency/sudden",
    "/projects/empty/consistency/doubts",
    "/projects/empty/patterns",
    "/projects/empty/label",
    "/users",
    "/users/1",
    "/projects/news/documents/2/label",
    "/projects/news/handing-out",
    "/projects/news/adjudicate/2",
    "/projects/news/adjudicate/2/gold",
    "/projects/news/suggestions/evaluations/1",
    "/projects/news/progress/1/agreement",
    "/join/{invitation}",
    "/api",
    "/account",
    "/sign-in",
    "/nothing",
)


NO_PAGES = {
    "auth.sign_in_by_link",
    "adjudicate.following",
    "learning.download",
    "learning.download_wheel",
    "patterns.download",
    "manage.download",
    "jobs.problems",
    "scheme.download",
    "agreement.download",
}
"""Addresses in PAGES that lead elsewhere, or give a file."""


def test_every_page_is_held_against_the_rules(app: Flask) -> None:
    """The addresses that axe looks at are those of every page there is."""
    routes = app.url_map.bind("localhost")
    paths = {address.partition("?")[0] for address in ADDRESSES} - {"/nothing"}
    assert {routes.match(path)[0] for path in paths} == set(PAGES) - NO_PAGES


def settled(app: Flask) -> str:
    """Give the sample project gold, an evaluation and an invitation; return the latter's token."""
    with app.app_context():
        project, root = projects.find("news"), accounts.find_user("root")
        record = schema.Layer("root", "done", entities=(schema.Entity("e", 0, 3, "PERSON"),))
        gold = editing.NewLayer(project.id, 2, root.id, record, gold=True)
        editing.create([gold], actor_id=root.id, now=now(), key="gold")
        assert evaluated(project) == 1
        made = invitations.invite(project, "annotator", days=9, uses=9, creator=root, now=now())
        db.session.rollback()
        return str(made)


RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.mark.parametrize("half", [0, 1])  # two workers share the longest test of all
def test_no_page_shuts_anybody_out(site: Site, half: int) -> None:
    """Axe finds no fault by WCAG 2.2 AA on any page, in light and in dark."""
    page, axe = site.page(), Axe().axe_script
    blocked: list[str] = []
    page.on("console", lambda m: blocked.append(m.text) if "Content Security" in m.text else None)
    token = settled(site.app)
    for address in ADDRESSES[half::2]:
        page.goto(address.format(invitation=token))
        if re.search(r"documents/\d|adjudicate/\d+(/gold)?$", address):  # drawn by scripts
            page.wait_for_load_state("networkidle")
        # A bar at the foot of the window covers what is yet to be scrolled to: go to the end.
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.evaluate(axe)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("async rules => (await axe.run(rules)).violations", RULES)
            told = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found]
            assert told == [], (address, scheme)
        assert blocked == [], address


def test_labels_are_added_and_moved_at_once(site: Site) -> None:
    """With scripts, several new labels are added and moved before the form is sent once."""
    page = site.page()
    page.goto("/projects/empty/scheme")
    for number, name in enumerate(("ONE", "TWO", "THREE")):
        if number:
            page.locator("#entities").get_by_role("button", name="Add a label").click()
        page.locator("#entities").get_by_label("Name", exact=True).last.fill(name)
    page.locator("#entities").get_by_role("button", name="down").first.click()
    page.get_by_role("button", name="Save scheme").last.click()
    expect(page.get_by_text("The scheme was saved.")).to_be_visible()
    with site.app.app_context():
        labels = projects.find("empty").scheme.entities
    assert [label.name for label in labels] == ["TWO", "ONE", "THREE"]
    assert len({label.color for label in labels}) == 3


def test_the_scheme_can_be_changed_without_scripts(site: Site) -> None:
    """The plain form adds a label at a time, and its arrows move labels."""
    page = site.page(scripts=False)
    for name in ("ONE", "TWO"):
        page.goto("/projects/empty/scheme")
        page.locator("#entities").get_by_label("Name", exact=True).last.fill(name)
        page.get_by_role("button", name="Save scheme").last.click()
    page.get_by_role("button", name="Move TWO up").click()
    with site.app.app_context():
        labels = projects.find("empty").scheme.entities
    assert [label.name for label in labels] == ["TWO", "ONE"]


def test_enter_in_a_field_saves_the_scheme(site: Site) -> None:
    """Enter presses Save, not the first arrow of the form."""
    page = site.page()
    page.goto("/projects/news/scheme")
    page.get_by_label("Name", exact=True).first.press("Enter")
    expect(page.get_by_text("The scheme was saved.")).to_be_visible()
    with site.app.app_context():
        saved, before = projects.find("news").scheme, projects.template("news").scheme
    assert saved.entities == before.entities
    assert [(r.name, set(r.head), set(r.tail)) for r in saved.relations] == [
        (r.name, set(r.head), set(r.tail)) for r in before.relations
    ]


def test_a_theme_is_kept(site: Site) -> None:
    """The choice of a theme holds on the next page, and can go back to the system's."""
    page = site.page()
    for choice, expected in (("Dark", "dark"), ("Light", "light"), ("System", None)):
        page.get_by_text("root", exact=True).click()
        page.get_by_label(choice).check()
        page.goto("/account")
        assert page.evaluate("document.documentElement.dataset.theme ?? null") == expected
    page.get_by_text("root", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.get_by_text("root", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_an_address_is_suggested_from_the_title(site: Site) -> None:
    """The address follows the title until it is written by hand; what is chosen shows its field."""
    page = site.page()
    page.goto("/projects/new")
    page.get_by_label("Title").fill("Ökologie & Recht 2025!")
    expect(page.get_by_label("Address")).to_have_value("okologie-recht-2025")
    page.get_by_label("Address").fill("mine")
    page.get_by_label("Title").fill("Other")
    expect(page.get_by_label("Address")).to_have_value("mine")
    expect(page.get_by_label("Scheme file", exact=True)).to_be_hidden()
    page.get_by_label("A scheme file").check()
    expect(page.get_by_label("Scheme file", exact=True)).to_be_visible()


def test_removing_somebody_asks_first(site: Site) -> None:
    """A dismissed question changes nothing."""
    page = site.page()
    page.goto("/projects/news/people")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("cell", name="root")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("root was removed. Their layers stay.")).to_be_visible()


def test_keys_fix_keep_and_undo_the_first_doubt(site: Site) -> None:
    """F labels as the model has it, K keeps, U takes back the last; the next doubt moves up."""
    page = site.page()
    page.goto("/projects/news/consistency/doubts")
    rows, told = page.locator("#doubts li"), page.get_by_role("status")
    expect(rows).to_have_count(2)
    for key, words, left in (
        ("f", "Fixed in your layer", 1),
        ("u", "Taken back", 2),
        ("k", "Kept", 1),
        ("f", "Fixed in your layer", 0),
        ("u", "Taken back", 1),
    ):
        page.keyboard.press(key)
        expect(told).to_contain_text(words)
        expect(rows).to_have_count(left)
    with site.app.app_context():
        assert sorted(each.state for each in db.session.query(Doubt)) == ["kept", "open"]
        [layer] = db.session.query(Layer).join(Layer.annotator).filter_by(name="root")
        assert {(9, 11), (11, 12)}.isdisjoint(
            (entity.start, entity.end) for entity in editing.load([layer])[0].entities
        )


def test_arrows_choose_the_doubt_that_keys_act_on(site: Site) -> None:
    """Down and K keep the second doubt; after that the one nearest to its place has the focus."""
    page = site.page()
    page.goto("/projects/news/consistency/doubts")
    rows = page.locator("#doubts li")
    expect(rows).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    second = rows.nth(1).inner_text()
    page.keyboard.press("k")
    expect(rows).to_have_count(1)
    assert second not in rows.all_inner_texts()
    expect(rows.nth(0)).to_be_focused()


def test_all_occurrences_are_chosen_at_once(site: Site) -> None:
    """One box chooses all of a page, shows when some are, and the usual label is offered first."""
    page = site.page()
    page.goto("/projects/news/consistency?words=the")
    every, boxes = page.get_by_label("Choose all of this page"), page.locator("[name=at]")
    every.check()
    assert boxes.count() > 1
    expect(page.locator("[name=at]:checked")).to_have_count(boxes.count())
    boxes.first.uncheck()
    expect(every).not_to_be_checked()
    assert every.evaluate("box => box.indeterminate")
    page.goto("/projects/news/consistency?words=Ada")
    expect(page.locator("#label")).to_have_value("PERSON")


def test_rare_words_are_looked_for_until_they_are_found(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a page has read some texts in vain, the browser goes on by itself, or with a link."""
    monkeypatch.setattr("labeler.settling.consistency._READ", 1)
    monkeypatch.setattr("labeler.settling.consistency._PATIENCE", 0)
    with site.app.app_context():
        last = db.session.query(Layer).order_by(Layer.id.desc()).first().document.text
    words = last.split()[0]
    for scripts in (True, False):
        page = site.page(scripts=scripts)
        page.goto(f"/projects/news/consistency?words={words}")
        if not scripts:
            page.get_by_role("link", name="Look further").click()
        expect(page.get_by_role("checkbox", name="Choose occurrence 1")).to_be_visible()


def test_a_job_shows_how_far_it_is_without_a_reload(site: Site) -> None:
    """The page follows the job by itself, and keeps the focus of whoever stands on it."""
    page = site.page()
    page.goto("/projects/news/jobs")
    page.evaluate("window.same = true")
    expect(page.get_by_role("alert")).to_contain_text("No worker is there")
    page.get_by_role("button", name="Cancel").focus()
    claim = queue.claim("w")
    assert claim is not None
    working = jobs.JobWork(claim)
    with working.chunk() as chunk:
        working.expect(40)
        chunk.done = 10
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "10")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.get_by_role("link", name="Suggestions by").click()
    page.evaluate("window.same = true")
    with working.chunk() as chunk:
        chunk.done = 30
    queue.finish(claim, None)
    expect(page.get_by_role("status")).to_have_text("Done")
    assert page.evaluate("window.same")
