"""Faults while somebody works: each keeps the work or says clearly what to do."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Route, expect

from labeler import accounts, label_changes, schema
from labeler.models import Document, LabelChange, Project, User, db
from labeler.models.database import now
from tests.browser.conftest import Screen, Site

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
PEOPLE = [("Ines Okafor", "ACTOR"), ("Tomas Lind", "ACTOR")]
FILL = """() => {
  for (const size of [1e6, 1e5, 1e4, 1e3, 100, 10, 1]) {
    const piece = "x".repeat(size);
    try { for (let turn = 0; ; turn += 1) localStorage.setItem(`${size} ${turn}`, piece); }
    catch { /* full for pieces of this size */ }
  }
}"""
"""Fills the storage of the page to its very end."""


def label_people(page: Screen) -> None:
    """Label two people: two edits."""
    for words, _ in PEOPLE:
        page.drag(words)
        page.press("1")


def unreachable(page: Screen) -> None:
    """Wait until the page says that it cannot save."""
    expect(page.page.locator("#saving")).to_contain_text("Not saved: the server cannot be reached")


def again(context: BrowserContext, screen: Screen) -> Screen:
    """Open the same document in a new page."""
    document = db.session.get_one(Document, screen.document_id)
    return Screen(context.new_page(), screen.site, document).open()


def test_a_tab_closed_with_unsent_edits_loses_none(screen: Open) -> None:
    """The browser asks before the tab goes; closed all the same, the next one sends the edits."""
    page = screen()
    context = page.page.context
    context.set_offline(True)
    label_people(page)
    unreachable(page)
    asked: list[str] = []
    page.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.page.close(run_before_unload=True)
    page.page.wait_for_event("close")
    assert asked == ["beforeunload"]
    context.set_offline(False)
    assert again(context, page).entities() == PEOPLE


WITHOUT = """(() => {
  window.without = 0;
  const look = () => {
    const article = document.getElementById("article");
    const shown = article?.checkVisibility({ visibilityProperty: true });
    const drawn = shown && article.querySelector("[data-block]");
    if (drawn && !article.querySelector("mark")) window.without += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
"""Counts the frames in which the scripts show the text without any entity."""


def test_edits_that_wait_are_drawn_with_the_text(screen: Open) -> None:
    """Opened again, the document shows at once what the server does not have yet."""
    page = screen()
    page.page.route("**/edits", lambda route: route.abort())
    page.drag("Ines Okafor")
    page.press("1")
    unreachable(page)
    page.page.on("dialog", lambda dialog: dialog.accept())
    page.page.add_init_script(WITHOUT)
    page.open()
    expect(page.mark("Ines Okafor")).to_be_visible()
    assert page.page.evaluate("without") == 0
    page.page.unroute("**/edits")
    page.open()
    assert [words for words, _ in page.entities()] == ["Ines Okafor"]


def test_keys_pressed_before_the_scripts_are_there_count(screen: Open) -> None:
    """What is pressed while the document opens is done once it is open, in the same order."""
    page = screen()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.page.route("**/js/main.js", hold)
    page.page.goto(page.site.server.url + page.path)
    expect(page.page.locator("html")).not_to_have_class("opening")
    page.press("ArrowRight", "1", "Shift+ArrowRight")
    assert not page.page.locator("#panels [role=tab]").count()
    [route] = held
    route.continue_()
    expect(page.page.locator("#article mark")).to_have_count(1)
    assert len(page.entities()) == 1


def test_a_tab_closed_at_once_loses_nothing(screen: Open) -> None:
    """An edit made just before the tab is closed arrives, or waits for the next one."""
    page = screen()
    context = page.page.context
    label_people(page)
    page.page.close()
    assert again(context, page).entities() == PEOPLE


@pytest.fixture
def durable(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], site: Site, tmp_path: Path
) -> Iterator[Callable[[], BrowserContext]]:
    """Return a function that starts a browser of its own, always on the same profile, signed in."""
    opened: list[BrowserContext] = []

    def start() -> BrowserContext:
        for lock in (tmp_path / "profile").glob("Singleton*"):
            lock.unlink()
        context = browser_type.launch_persistent_context(
            tmp_path / "profile", **browser_type_launch_args
        )
        opened.append(context)
        site.corpus.person("ana")
        user = db.session.query(User).filter_by(name="ana").one()
        context.pages[0].goto(f"{site.server.url}/sign-in/{accounts.signin_token(user.id)}")
        return context

    yield start
    for context in opened[-1:]:
        context.close()


def kill(profile: Path) -> None:
    """End every process of the browser on a profile at once, as a power cut would."""
    doomed = pids("-f", f"user-data-dir={profile}")
    for parent in doomed:
        doomed += [child for child in pids("-P", parent) if child not in doomed]
    for number in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(number), signal.SIGKILL)


def pids(*wanted: str) -> list[str]:
    """Return the numbers of the processes that `pgrep` finds."""
    found = subprocess.run(["pgrep", *wanted], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_a_browser_that_is_killed_loses_nothing(
    durable: Callable[[], BrowserContext], site: Site, tmp_path: Path
) -> None:
    """Edits that wait outlive `kill -9` of the whole browser a moment after they were made."""
    context = durable()
    page = Screen(context.new_page(), site, site.document()).open()
    context.set_offline(True)
    label_people(page)
    unreachable(page)
    kill(tmp_path / "profile")
    assert again(durable(), page).entities() == PEOPLE


def test_a_server_that_is_killed_and_started_again_gets_everything(
    screen: Open, site: Site
) -> None:
    """The page goes on without a server, and sends what was made meanwhile when it is back."""
    page = screen()
    page.drag("Port Ellery")
    page.press("3")
    page.saved()
    site.server.kill()
    try:
        label_people(page)
        unreachable(page)
        page.press("Enter")
        page.says("The server cannot be reached. Your changes are kept here")
    finally:
        site.server.start()
    # "Try now" is gone where a try of the page's own was faster.
    page.page.evaluate("document.querySelector('#saving button')?.click()")
    assert sorted(page.entities()) == sorted([*PEOPLE, ("Port Ellery", "SPOT")])
    assert page.layer()["revision"] == 3


def test_a_network_that_is_gone_for_a_while_costs_nothing(screen: Open) -> None:
    """Without a network everything but opening documents goes on; it is sent when it is back."""
    page = screen()
    page.page.context.set_offline(True)
    label_people(page)
    page.mark("Ines Okafor").click()
    page.press("Shift+Digit2", "Enter")
    page.press("Control+z", "Control+Shift+z")
    unreachable(page)
    page.page.context.set_offline(False)
    assert page.relations() == [("Ines Okafor", "MEETS", "Tomas Lind")]


def test_two_tabs_show_the_same(screen: Open) -> None:
    """What is done in one tab appears in another of the same browser, undo included."""
    one = screen()
    two = again(one.page.context, one)
    label_people(one)
    expect(two.page.locator("#article mark:not(.suggestion)")).to_have_count(2)
    two.page.bring_to_front()
    two.drag("Port Ellery")
    two.press("3")
    expect(one.page.locator("#article mark:not(.suggestion)")).to_have_count(3)
    one.page.bring_to_front()
    one.press("Control+z")
    expect(two.page.locator("#article mark:not(.suggestion)")).to_have_count(2)
    assert one.entities() == two.entities() == [PEOPLE[0], ("Port Ellery", "SPOT")]


def test_two_computers_that_were_both_offline_are_put_together(
    screen: Open, another: Callable[[Screen], Screen]
) -> None:
    """What two computers did without a network is joined, and the same thing twice is one."""
    one = screen()
    two = another(one)
    for side in (one, two):
        side.page.context.set_offline(True)
        side.drag("Ines Okafor")
        side.press("1")
        unreachable(side)
    one.drag("Tomas Lind")
    one.press("1")
    two.drag("Port Ellery")
    two.press("3")
    for side in (one, two):
        side.page.context.set_offline(False)
        side.saved()
    wanted = [PEOPLE[0], ("Port Ellery", "SPOT"), PEOPLE[1]]
    assert two.entities() == wanted
    one.page.reload()
    assert one.entities() == wanted


def test_a_session_that_ended_keeps_the_work_over_signing_in(screen: Open, site: Site) -> None:
    """Signed out, even after a reload leads to the sign-in page, the pending work is kept."""
    page = screen()
    page.page.context.clear_cookies()
    label_people(page)
    expect(page.page.locator("#saving")).to_contain_text("you are signed out")
    page.page.once("dialog", lambda dialog: dialog.accept())
    page.page.goto(site.server.url + page.path)
    expect(page.page).to_have_url(re.compile(r"/sign-in\?next="))
    user = db.session.query(User).filter_by(name="ana").one()
    page.page.goto(f"{site.server.url}/sign-in/{accounts.signin_token(user.id)}?next={page.path}")
    assert page.entities() == PEOPLE


def test_work_on_another_document_that_waits_is_told(screen: Open) -> None:
    """Opening any document tells that edits of another one wait, and leads to it."""
    page = screen(more=("Another text.",))
    page.page.route("**/edits", lambda route: route.abort())
    label_people(page)
    unreachable(page)
    page.page.unroute("**/edits")
    page.page.once("dialog", lambda dialog: dialog.accept())
    following = page.path.replace(f"/{page.document_id}/", f"/{page.document_id + 1}/")
    page.page.goto(site_url(page) + following)
    page.page.get_by_role("link", name="Open it to save them").click()
    assert page.entities() == PEOPLE


def site_url(page: Screen) -> str:
    """Return the address of the server."""
    return page.site.server.url


def test_a_full_storage_loses_nothing(screen: Open) -> None:
    """With the storage filled to its end, edits wait in the browser's database."""
    page = screen()
    context = page.page.context
    page.page.evaluate(FILL)
    context.set_offline(True)
    label_people(page)
    unreachable(page)
    expect(page.page.locator("#saving")).not_to_contain_text("no room")
    page.page.close()
    context.set_offline(False)
    assert again(context, page).entities() == PEOPLE


def test_a_browser_that_keeps_nothing_says_what_to_do(screen: Open) -> None:
    """Where neither storage nor database takes an edit, the page says to leave it open."""
    page = screen()
    page.page.context.add_init_script(
        "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })"
    )
    page.open()
    page.page.evaluate(FILL)
    page.page.context.set_offline(True)
    label_people(page)
    expect(page.page.locator("#saving")).to_contain_text("no room to keep it: leave this page open")
    page.page.context.set_offline(False)
    assert page.entities() == PEOPLE


def test_an_answer_lost_after_the_server_committed_doubles_nothing(screen: Open) -> None:
    """Whatever answers are lost, each edit is in the log once and the page shows what is saved."""
    page = screen()
    lost: list[int] = []

    def lose(route: Route) -> None:
        answer = route.fetch()
        if len(lost) < 3:
            lost.append(answer.status)
            route.abort()
        else:
            route.fulfill(response=answer)

    page.page.route("**/edits", lose)
    label_people(page)
    page.press("Backspace")
    page.page.get_by_role("button", name="Try now").click()
    assert page.entities() == [PEOPLE[0]]
    assert page.layer()["revision"] == 3
    assert lost == [200] * 3


def test_faults_of_every_kind_in_turn(screen: Open, site: Site) -> None:
    """A scripted annotator works on while requests fail, are lost and stall: all is kept once."""
    page = screen(" ".join(f"Name{number} spoke." for number in range(24)))
    turn = [0]

    def fault(route: Route) -> None:
        turn[0] += 1
        kind = turn[0] % 4
        if kind == 1:
            route.abort()
        elif kind == 2:
            route.fulfill(status=503, body="{}")
        elif kind == 3:
            route.fetch()
            route.abort()
        else:
            route.fallback()

    page.page.route("**/edits", fault)
    for number in range(24):
        page.drag(f"Name{number} ".strip(), 0)
        page.press("1")
        if number % 8 == 7:
            page.page.reload()
            expect(page.mark(f"Name{number}")).to_be_visible()  # what waits comes after the text
    page.page.unroute("**/edits")
    page.page.reload()
    assert page.entities() == [(f"Name{number}", "ACTOR") for number in range(24)]
    assert page.layer()["revision"] == 24


def test_edits_of_another_document_are_told_once_they_really_wait(screen: Open) -> None:
    """What another window is just saving is not told; what stays unsaved is, until saved."""
    page = screen()
    page.page.clock.install()
    waiting = {"ops": [], "base": 0, "at": 1, "page": "/projects/other/documents/7/label"}
    put = "waiting => localStorage.setItem('labeler.edit.7.key', JSON.stringify(waiting))"
    page.page.evaluate(put, waiting)
    page.open()
    note = page.page.locator("#waiting")
    expect(note).to_be_hidden()
    page.page.clock.fast_forward(6500)
    expect(note).to_be_visible()
    expect(page.page.locator("#waiting-link")).to_have_attribute("href", waiting["page"])
    page.page.evaluate("localStorage.removeItem('labeler.edit.7.key')")
    page.page.clock.fast_forward(6500)
    expect(note).to_be_hidden()


def rename(page: Screen, label: str, into: str, kind: schema.Kind = "entities") -> LabelChange:
    """Rename a label of the project of an open page, as its lead does elsewhere."""
    document = db.session.get_one(Document, page.document_id)
    project = db.session.get_one(Project, document.project_id)
    lead = db.session.query(User).filter_by(name="ana").one()
    revision = label_changes.Revision(kind, "rename", label, into)
    return label_changes.change_label(project, revision, lead)


def test_a_label_renamed_meanwhile_loses_nothing(screen: Open) -> None:
    """What an open page says by the old name is kept by the new one, and the page learns it."""
    page = screen()
    label_people(page)
    page.saved()
    change = rename(page, "ACTOR", "PERSONA")
    page.mark("Ines Okafor").click()
    page.press("2")
    page.says("The labels of this project were changed")
    expect(page.page.locator("#palette")).to_contain_text("PERSONA")
    page.drawn()  # else the words move while they are dragged over
    page.drag("Port Ellery")
    page.press("1")
    page.saved()
    kept = [("Ines Okafor", "BODY"), ("Port Ellery", "PERSONA"), ("Tomas Lind", "PERSONA")]
    assert sorted(page.entities()) == kept
    assert page.page.locator("#clashes, .clash").count() == 0
    project = db.session.get_one(Project, change.project_id)
    lead = db.session.query(User).filter_by(name="ana").one()
    label_changes.undo_change(project, change, lead, now())
    page.drag("Wednesday")
    page.press("1")
    expect(page.page.locator("#palette")).to_contain_text("ACTOR")
    page.saved()
    assert ("Wednesday", "ACTOR") in page.entities()
    assert ("Tomas Lind", "ACTOR") in page.entities()


def test_edits_made_offline_follow_a_renamed_label(screen: Open) -> None:
    """Edits of the same entity that wait while its label is renamed fit, without a question."""
    page = screen()
    label_people(page)
    page.saved()
    context = page.page.context
    context.set_offline(True)
    page.mark("Ines Okafor").click()
    page.press("3")
    page.drag("Okafor and Lind")
    page.press("1")
    unreachable(page)
    rename(page, "ACTOR", "PERSONA")
    rename(page, "SPOT", "PLACE")
    context.set_offline(False)
    expect(page.page.locator("#palette")).to_contain_text("PERSONA")
    page.saved()
    kept = [("Ines Okafor", "PLACE"), ("Okafor and Lind", "PERSONA"), ("Tomas Lind", "PERSONA")]
    assert sorted(page.entities()) == kept
