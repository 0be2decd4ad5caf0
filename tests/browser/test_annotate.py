"""Journeys through the annotation screen in a real browser, on a real server."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from labeler import editing, reasons, schema
from labeler.models import Document, Layer, Project, db
from tests.browser.conftest import SCHEME, Screen, Site
from tests.conftest import NOW, SHARED

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]


# ---- entities ---------------------------------------------------------------------------------


def test_dragging_snaps_to_words_and_a_key_labels_them(screen: Open) -> None:
    """A drag over a part of two words selects both, and one key labels them: two actions."""
    page = screen()
    page.drag("nes Okafo")
    page.press("1")
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_a_held_label_needs_one_action_an_entity(screen: Open) -> None:
    """With a label held each drag or double click labels at once, until another is held."""
    page = screen()
    page.page.locator(".chip", has_text="ACTOR").click()
    page.drag("Ines Okafor")
    page.drag("Tomas Lind")
    page.press("3")
    page.drag("Port Ellery")
    page.press("Escape", "Escape")
    page.drag("Wednesday")
    page.page.locator(".chooser [role=option]", has_text="DAY").click()
    assert page.entities() == [
        ("Ines Okafor", "ACTOR"),
        ("Port Ellery", "SPOT"),
        ("Tomas Lind", "ACTOR"),
        ("Wednesday", "DAY"),
    ]


def test_a_label_can_be_held_while_a_cursor_stands_somewhere(screen: Open) -> None:
    """After a click into the text a label clicked is held, and a click on a word then labels it."""
    page = screen()
    words = [page.box(each) for each in ("candidly", "Wednesday", "strait")]
    spots = [((box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2) for box in words]
    page.page.mouse.click(*spots[0])
    page.page.locator(".chip", has_text="DAY").click()
    page.says("Every selection becomes DAY")
    page.page.mouse.click(*spots[1])
    assert page.entities() == [("Wednesday", "DAY")]
    page.page.mouse.dblclick(*spots[2])
    assert page.entities() == [("Wednesday", "DAY"), ("strait", "DAY")]


def test_a_key_labels_the_word_at_the_cursor(screen: Open) -> None:
    """With the cursor on a word and nothing selected, one key labels that word."""
    page = screen()
    box = page.box("candidly")
    page.page.mouse.click((box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2)
    page.press("2")
    assert page.entities() == [("candidly", "BODY")]


def test_a_double_click_takes_a_word(screen: Open) -> None:
    """A double click selects a token, wherever in it the pointer is."""
    page = screen()
    box = page.box("Wednesday")
    page.page.mouse.dblclick((box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2)
    page.press("4")
    assert page.entities() == [("Wednesday", "DAY")]


def test_a_drag_may_begin_in_what_is_selected(screen: Open) -> None:
    """Who has selected too little drags again from the same word."""
    page = screen()
    page.drag("Ines")
    page.drag("Ines Okafor")
    page.press("1")
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_alt_takes_single_characters(screen: Open) -> None:
    """Holding Alt while dragging labels exactly what was passed over, and says that it is off."""
    page = screen()
    page.page.keyboard.down("Alt")
    page.drag("ednes", inset=0)
    page.page.keyboard.up("Alt")
    page.press("4")
    assert page.entities() == [("ednes", "DAY")]
    expect(page.page.locator("mark.misfit")).to_have_count(1)
    page.press("m")
    assert page.entities() == [("Wednesday", "DAY")]


def test_everything_by_keyboard(screen: Open) -> None:
    """The cursor goes by tokens, Shift extends, keys label, relabel, resize and delete."""
    page = screen()
    page.press("ArrowRight", *["ArrowRight"] * 4, "Shift+ArrowRight", "1")
    assert page.entities() == [("Ines Okafor", "ACTOR")]
    page.press("Alt+ArrowRight", "Alt+Shift+ArrowLeft")
    assert page.entities() == [("Mayor Ines Okafor of", "ACTOR")]
    page.press("Alt+ArrowLeft", "Alt+Shift+ArrowRight", "2")
    assert page.entities() == [("Ines Okafor", "BODY")]
    page.press("ArrowDown", "3", "[", "Backspace")
    assert len(page.entities()) == 1


def test_an_end_is_dragged_to_another_word(screen: Open) -> None:
    """The handles of an entity move its ends, token by token, as one edit."""
    page = screen()
    page.drag("Okafor of")
    page.press("1")
    page.saved()
    grip = page.page.locator(".grip.end").bounding_box()
    target = page.box("Port Ellery")
    assert grip
    page.page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.page.mouse.down()
    page.page.mouse.move(target["right"] - 20, (target["top"] + target["bottom"]) / 2, steps=6)
    page.page.mouse.up()
    assert page.entities() == [("Okafor of Port Ellery", "ACTOR")]
    page.press("Control+z")
    assert page.entities() == [("Okafor of", "ACTOR")]


def test_nested_and_crossing_entities_are_kept_and_seen(screen: Open) -> None:
    """Entities may lie within one another or cross; each is drawn and each can be chosen."""
    page = screen()
    for words, key in (
        ("Mayor Ines Okafor", "1"),
        ("Ines Okafor of Port Ellery", "2"),
        ("Port Ellery", "3"),
    ):
        page.drag(words)
        page.press(key)
        page.saved()
    assert sorted(page.entities()) == [
        ("Ines Okafor of Port Ellery", "BODY"),
        ("Mayor Ines Okafor", "ACTOR"),
        ("Port Ellery", "SPOT"),
    ]
    expect(page.page.locator("#article .tag")).to_have_count(3)
    page.press("Escape", "]")
    expect(page.page.locator("mark.focus").first).to_have_text(re.compile("^Mayor"))


def test_other_occurrences_are_labeled_in_one_step(screen: Open) -> None:
    """P labels the other places of the same words, and one undo takes all of them back."""
    page = screen()
    page.drag("Okafor", 1)
    page.press("1")
    page.says("appears 3 more times")
    page.press("p")
    assert page.entities() == [("Okafor", "ACTOR")] * 4
    page.press("Control+z")
    assert page.entities() == [("Okafor", "ACTOR")]


def test_each_other_occurrence_can_be_left_out_for_good(screen: Open) -> None:
    """⇧P shows the others; one left out is not labeled, and not offered again."""
    page = screen()
    page.drag("Okafor", 1)
    page.press("1", "Shift+P")
    expect(page.page.locator(".preview")).to_have_count(3)
    page.press("Tab", "Space", "Enter")
    assert page.entities() == [("Okafor", "ACTOR")] * 3
    page.press("p")
    page.says("No other “Okafor” is left")
    page.press("Control+z")
    assert page.entities() == [("Okafor", "ACTOR")]


def test_undo_and_redo_cover_everything_and_survive_a_reload(screen: Open) -> None:
    """Labeling, relabeling and deleting are undone and redone; what is saved is what is seen."""
    page = screen()
    page.drag("Ines Okafor")
    page.press("1")
    page.drag("Tomas Lind")
    page.press("2", "1")
    page.press("Backspace")
    assert page.entities() == [("Ines Okafor", "ACTOR")]
    page.press("Control+z", "Control+z")
    assert page.entities() == [("Ines Okafor", "ACTOR"), ("Tomas Lind", "BODY")]
    page.press("Control+Shift+z")
    assert page.entities() == [("Ines Okafor", "ACTOR"), ("Tomas Lind", "ACTOR")]
    page.open()
    expect(page.page.locator("#article mark:not(.suggestion)")).to_have_count(2)
    page.press("Control+z")
    page.says("Nothing to undo")


def test_many_labels_are_found_by_typing(screen: Open) -> None:
    """With more than ten labels, those without a key are found by their name."""
    names = [{"name": f"KIND_{letter}"} for letter in "ABCDEFGHIJKLMNOP"]
    page = screen(scheme=schema.parse_scheme({"entities": names}))
    page.drag("Wednesday")
    page.page.keyboard.type("kind_o")
    page.press("Enter")
    assert page.entities() == [("Wednesday", "KIND_O")]


def test_the_rule_on_overlap_is_kept_and_told(screen: Open) -> None:
    """Where entities may not overlap, the page says so and nothing is changed."""
    page = screen(scheme=schema.Scheme(SCHEME.entities, SCHEME.relations, "forbid"))
    page.drag("Ines Okafor")
    page.press("1")
    page.drag("Mayor Ines")
    page.press("2")
    page.says("does not allow that")
    assert page.entities() == [("Ines Okafor", "ACTOR")]


# ---- relations --------------------------------------------------------------------------------


def label_people(page: Screen) -> None:
    """Label two people, a body and a place."""
    for words, key in (
        ("Ines Okafor", "1"),
        ("Tomas Lind", "1"),
        ("Ellery Courier", "2"),
        ("Port Ellery", "3"),
        ("Wednesday", "4"),
    ):
        page.drag(words)
        page.press(key)
    page.press("Escape")
    page.saved()


def test_dragging_from_a_label_draws_the_only_relation_allowed(screen: Open) -> None:
    """One drag draws a relation where the ends allow one label only."""
    page = screen()
    label_people(page)
    page.relate("Ines Okafor", "Ellery Courier")
    assert page.relations() == [("Ines Okafor", "RULES", "Ellery Courier")]
    expect(page.page.locator(".arc")).to_have_count(1)


CLOSE = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const boxes = (selector) => all(selector).flatMap((each) => [...each.getClientRects()]);
  const meet = (a, b) => a.left < b.right && b.left < a.right && low(a, b) && low(b, a);
  const low = (a, b) => a.top < b.bottom - 1;
  const marks = boxes("mark");
  const text = Math.min(...boxes("#article .block").map(({ left }) => left));
  const lines = boxes(".arc .line").map(({ left }) => Math.round(left - text));
  return {
    arcs: all(".arc").length,
    touching: boxes(".pill rect").filter((pill) => marks.some((mark) => meet(pill, mark))).length,
    beside: lines.filter((left) => left < 20),
    covered: all(".arcs .pill").filter((pill) => {
      const { left, top, width, height } = pill.getBoundingClientRect();
      const over = (share) => document.elementFromPoint(left + share * width, top + height / 2);
      const seen = over(0.5)?.closest("#paper");
      const parts = [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => over(share)?.closest(".pill"));
      return seen && parts.some((part) => part !== pill);
    }).length,
  };
}"""


def test_arcs_touch_neither_the_text_nor_what_is_labeled_above(screen: Open) -> None:
    """Their labels fit between two lines, and they run beside the text, however narrow."""
    words = "Ines met Tom twice near Port "
    spans = [
        (at * len(words) + start, at * len(words) + end)
        for at in range(40)
        for start, end in ((0, 4), (9, 12))
    ]
    page = screen(text=words * 40, labeled=spans)
    layer = db.session.query(Layer).filter_by(document_id=page.document_id).one()
    apart = range(0, 70, 14)  # two lines and more, so that none is raised above another
    links = [schema.Relation(f"r{at}", f"e{at}", f"e{at + 5}", "HELPS") for at in apart]
    edit = schema.Edit("links", tuple(schema.Op(link.id, None, link) for link in links))
    editing.apply(layer.id, 1, [edit], actor_id=layer.annotator_id, now=NOW)
    for width in (1280, 820):
        page.page.set_viewport_size({"width": width, "height": 800})
        page.open()
        expect(page.page.locator(".arc")).not_to_have_count(0)
        found = page.page.evaluate(CLOSE)
        assert found["arcs"] >= 3
        assert found["touching"] == 0
        assert found["covered"] == 0
        assert found["beside"]
        assert max(found["beside"]) < 0


def test_several_labels_are_offered_filtered(screen: Open) -> None:
    """Where several labels fit, just those are offered; the rest is not."""
    page = screen()
    label_people(page)
    page.relate("Ines Okafor", "Tomas Lind")
    options = page.page.locator(".chooser [role=option]")
    expect(options).to_have_count(2)
    options.filter(has_text="HELPS").click()
    assert page.relations() == [("Ines Okafor", "HELPS", "Tomas Lind")]


def test_what_is_not_allowed_is_explained(screen: Open) -> None:
    """Dropping on a wrong entity, or starting where nothing may begin, says why."""
    page = screen()
    label_people(page)
    page.relate("Ines Okafor", "Wednesday")
    page.says("No relation may lead from ACTOR to DAY")
    page.relate("Port Ellery", "Ines Okafor")
    page.says("No relation may begin at SPOT")
    assert page.relations() == []


def test_relations_by_keyboard_go_to_the_nearest_first(screen: Open) -> None:
    """R, Tab, Enter draws a relation to the nearest target; V turns it round; ⇧ relabels it."""
    page = screen()
    label_people(page)
    page.mark("Ines Okafor").click()
    page.press("r")
    expect(page.page.locator("mark.target")).to_have_count(3)
    page.press("Tab")
    expect(page.page.locator("mark.aimed")).to_have_text("Port Ellery")
    page.press("Enter")
    assert page.relations() == [("Ines Okafor", "RULES", "Port Ellery")]
    page.mark("Ines Okafor").click()
    page.press("Shift+Digit2", "Enter")
    assert ("Ines Okafor", "MEETS", "Tomas Lind") in page.relations()
    page.press("Shift+Digit3", "v")
    assert ("Tomas Lind", "HELPS", "Ines Okafor") in page.relations()
    page.press("Backspace")
    assert page.relations() == [("Ines Okafor", "RULES", "Port Ellery")]


def test_deleting_an_entity_takes_its_relations_and_undo_brings_them_back(screen: Open) -> None:
    """An entity goes with its relations in one edit."""
    page = screen()
    label_people(page)
    page.relate("Ines Okafor", "Ellery Courier")
    page.mark("Ellery Courier").click()
    page.press("Backspace")
    assert page.relations() == []
    page.press("Control+z")
    assert page.relations() == [("Ines Okafor", "RULES", "Ellery Courier")]


# ---- suggestions ------------------------------------------------------------------------------

SUGGESTED = {
    "ACTOR": ["Ines Okafor", "Tomas Lind"],
    "BODY": ["Ellery Courier"],
    "DAY": ["Wednesday", "each day"],
}


def test_suggestions_are_accepted_and_rejected_by_one_key_each(screen: Open) -> None:
    """Tab goes to the first; A and X settle one and go on to the next."""
    page = screen(suggested=SUGGESTED)
    expect(page.page.locator("mark.suggestion")).to_have_count(5)
    assert page.entities() == []
    page.press("Tab", "a", "x", "a")
    assert page.entities() == [("Ines Okafor", "ACTOR"), ("Wednesday", "DAY")]
    layer = page.layer()
    assert all(each["origin"]["suggester"] for each in layer["entities"])
    assert [each["verdict"] for each in layer["verdicts"]] == ["rejected"]
    page.open()
    expect(page.page.locator("mark.suggestion")).to_have_count(2)


def test_all_in_view_are_accepted_as_one_edit(screen: Open) -> None:
    """⇧A accepts what can be seen, and one undo takes it back."""
    page = screen(suggested=SUGGESTED)
    page.press("Shift+A")
    assert len(page.entities()) == 5
    page.press("Control+z")
    assert page.entities() == []
    expect(page.page.locator("mark.suggestion")).to_have_count(5)


def test_suggestions_are_settled_with_the_mouse(screen: Open) -> None:
    """Pointing at a suggestion shows a tick and a cross; a click on either settles it."""
    page = screen(suggested=SUGGESTED)
    page.mark("Wednesday").hover()
    page.page.locator(".verdict").get_by_label("Accept").click()
    page.mark("each day").hover()
    page.page.locator(".verdict").get_by_label("Reject").click()
    assert page.entities() == [("Wednesday", "DAY")]
    expect(page.page.locator("mark.suggestion")).to_have_count(3)


def test_a_suggestion_gets_another_label_by_its_key(screen: Open) -> None:
    """A label key on a suggestion accepts it with that label, and the record says so."""
    page = screen(suggested=SUGGESTED)
    page.mark("Wednesday").click()
    page.press("3")
    [entity] = page.layer()["entities"]
    assert entity["label"] == "SPOT"
    assert entity["origin"]["changed"] is True


def test_a_deleted_suggestion_does_not_come_back(screen: Open) -> None:
    """Deleting what was accepted rejects the suggestion."""
    page = screen(suggested=SUGGESTED)
    page.mark("Wednesday").click()
    page.press("a")
    page.mark("Wednesday").click()
    page.press("Backspace")
    assert page.entities() == []
    expect(page.page.locator("mark.suggestion")).to_have_count(4)


# ---- saving -----------------------------------------------------------------------------------


def test_work_done_offline_is_sent_when_the_network_is_back(screen: Open) -> None:
    """Without a network the page says so, keeps all, even over a reload, and sends it later."""
    page = screen()
    page.page.context.set_offline(True)
    page.drag("Ines Okafor")
    page.press("1")
    expect(page.page.locator("#saving")).to_contain_text("cannot be reached")
    page.press("Enter")
    page.says("cannot be reached")
    page.page.context.set_offline(False)
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_edits_of_a_page_that_died_are_sent_by_the_next(screen: Open) -> None:
    """What was not acknowledged when a page ended is sent when the document is opened again."""
    page = screen()
    page.page.route("**/edits", lambda route: route.abort())
    page.drag("Ines Okafor")
    page.press("1")
    page.drag("Tomas Lind")
    page.press("1")
    expect(page.page.locator("#saving")).to_contain_text("cannot be reached")
    page.page.unroute("**/edits")
    page.page.once("dialog", lambda dialog: dialog.accept())
    page.open()
    assert page.entities() == [("Ines Okafor", "ACTOR"), ("Tomas Lind", "ACTOR")]


def test_a_lost_answer_doubles_nothing(screen: Open) -> None:
    """When the server has saved but its answer is lost, sending again changes nothing."""
    page = screen()
    lost = []

    def lose_once(route: object) -> None:
        if lost:
            route.fallback()  # type: ignore[attr-defined]
            return
        lost.append(route.fetch())  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.page.route("**/edits", lose_once)
    page.drag("Ines Okafor")
    page.press("1")
    assert page.entities() == [("Ines Okafor", "ACTOR")]
    assert page.layer()["revision"] == 1
    assert len(lost) == 1


def test_two_windows_that_change_different_things_agree(
    screen: Open, another: Callable[[Screen], Screen]
) -> None:
    """Edits made in two browsers on one layer are put together without asking."""
    one = screen()
    two = another(one)
    one.drag("Ines Okafor")
    one.press("1")
    one.saved()
    two.drag("Tomas Lind")
    two.press("1")
    assert two.entities() == [("Ines Okafor", "ACTOR"), ("Tomas Lind", "ACTOR")]
    expect(two.page.locator("#article mark:not(.suggestion)")).to_have_count(2)


def test_a_true_clash_is_shown_and_settled(
    screen: Open, another: Callable[[Screen], Screen]
) -> None:
    """Two windows that change one entity: the later is asked, and its choice is what holds."""
    one = screen()
    one.drag("Ines Okafor")
    one.press("1")
    one.saved()
    two = another(one)
    one.press("2")
    one.saved()
    two.mark("Ines Okafor").click()
    two.press("3")
    expect(two.page.locator("#saving")).to_contain_text("Changes clash")
    two.page.get_by_role("button", name="Settle").click()
    two.page.get_by_role("button", name="Do mine").click()
    assert two.entities() == [("Ines Okafor", "SPOT")]


def test_a_session_that_ended_keeps_the_work(screen: Open, site: Site) -> None:
    """Signed out elsewhere, the page keeps the edits and saves them after signing in again."""
    from tests.browser.conftest import sign_in

    page = screen()
    page.page.context.clear_cookies()
    page.drag("Ines Okafor")
    page.press("1")
    expect(page.page.locator("#saving")).to_contain_text("signed out")
    sign_in(page.page.context, site)
    page.page.get_by_role("button", name="Save now").click()
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_a_full_storage_does_not_stop_the_work(screen: Open) -> None:
    """Where the browser refuses to store, edits are saved all the same."""
    page = screen()
    page.page.evaluate("() => { Storage.prototype.setItem = () => { throw Error('full'); } }")
    page.drag("Ines Okafor")
    page.press("1")
    assert page.entities() == [("Ines Okafor", "ACTOR")]


# ---- documents --------------------------------------------------------------------------------


def test_submit_and_skip_go_on_to_the_next_document(screen: Open) -> None:
    """Enter says done, Space asks why and says skipped; both open the next at once."""
    page = screen(more=("Second text here.", "Third text here."))
    page.page.evaluate("window.same = true")
    page.drag("Ines Okafor")
    page.press("1", "Enter")
    expect(page.page.locator("#article")).to_contain_text("Second text here.")
    page.press("Space", "2")
    expect(page.page.locator("#article")).to_contain_text("Third text here.")
    expect(page.page.locator("#waiting")).to_be_hidden()
    assert page.page.evaluate("window.same")
    page.page.go_back()
    expect(page.page.locator("#article")).to_contain_text("Second text here.")
    here = int(page.page.url.split("/")[-2])
    address = f"{page.site.server.url}/api/v1/documents/{here}/work"
    skipped = page.page.request.get(address).json()["layer"]
    assert (skipped["status"], skipped["reason"]) == ("skipped", "The text is broken")
    page.open()
    layer = page.layer()
    assert layer["status"] == "done"
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_the_reasons_are_those_of_the_project(screen: Open) -> None:
    """A digit takes what the lead of the project wrote, whatever characters are in it."""
    page = screen()
    project = db.session.get_one(Project, db.session.get_one(Document, page.document_id).project_id)
    reasons.use(project, {"flag_reasons": ['<b>"Ask" & wait</b>', "Two"]})
    page.open()
    page.press("f", "1")
    page.says('Flagged: <b>"Ask" & wait</b>')
    assert page.layer()["flag"] == '<b>"Ask" & wait</b>'


def test_skipping_needs_no_reason(screen: Open) -> None:
    """Enter, or Space again, goes on without one; Esc stays."""
    page = screen(more=("Second text here.", "Third text here."))
    page.press("Space", "Escape")
    expect(page.page.locator("dialog")).to_have_count(0)
    page.press("Space", "Space")
    expect(page.page.locator("#article")).to_contain_text("Second text here.")
    page.press("Space", "Enter")
    expect(page.page.locator("#article")).to_contain_text("Third text here.")


def test_a_document_is_flagged_with_a_reason(screen: Open) -> None:
    """F asks why: words of one’s own, which set off no keys, or a usual reason by its digit."""
    page = screen()
    page.press("f", "Enter")
    expect(page.page.locator("dialog")).to_contain_text("Choose a reason or write one.")
    page.page.keyboard.type("a garbled text x")
    page.press("Enter")
    page.says("Flagged")
    assert page.layer()["flag"] == "a garbled text x"
    page.press("f")
    expect(page.page.locator("dialog .reason").last).to_contain_text("a garbled text x")
    page.press("1")
    page.says("Flagged: The guidelines do not say")
    page.press("f")
    page.page.get_by_role("button", name="Take the flag away").click()
    page.says("The flag is gone")
    assert page.layer().get("flag") is None


def test_a_message_covers_no_text(screen: Open) -> None:
    """A message stands beside the buttons at the bottom, where the hint was."""
    page = screen()
    page.press("p")
    toast = page.page.locator("#toast")
    expect(toast).to_have_class("shown")
    box, view = toast.bounding_box(), page.page.locator("#viewport").bounding_box()
    assert box
    assert view
    assert box["y"] >= view["y"] + view["height"] - 1
    expect(page.page.locator("#hint")).to_be_hidden()


def test_the_history_tells_and_restores(screen: Open) -> None:
    """The history lists each edit, and going back to one is an edit that can be undone."""
    page = screen()
    label_people(page)
    page.page.get_by_role("tab", name="History").click()
    lines = page.page.locator(".history li")
    expect(lines).to_have_count(5)
    expect(lines.last).to_contain_text("labeled “Ines Okafor” ACTOR")
    page.page.get_by_label("Restore revision 2").click()
    assert page.entities() == [("Ines Okafor", "ACTOR"), ("Tomas Lind", "ACTOR")]
    page.press("Control+z")
    assert len(page.entities()) == 5


def test_guidelines_and_keys_are_a_key_away(screen: Open) -> None:
    """G shows the guidelines beside the text, ? all keys, Esc leaves both."""
    page = screen()
    page.press("g")
    expect(page.page.locator("#guidelines")).to_be_visible()
    page.press("Escape")
    expect(page.page.locator("#guidelines")).to_be_hidden()
    page.press("?")
    expect(page.page.get_by_role("dialog")).to_contain_text("Accept the suggestion")
    page.press("Escape")
    expect(page.page.get_by_role("dialog")).to_have_count(0)


def test_keys_are_changed_by_each_person(screen: Open, another: Callable[[Screen], Screen]) -> None:
    """A click on a key in the help and a press give a command another key, which stays, in every
    browser of that person; messages name it. The usual ones come back by a click."""
    page = screen(suggested=SUGGESTED)
    page.press("?")
    page.page.get_by_label("Change the key for: Accept the suggestion").click()
    page.press("x")
    expect(page.page.get_by_role("dialog")).to_contain_text("X is taken: Reject the suggestion")
    page.page.get_by_label("Change the key for: Accept the suggestion").click()
    with page.page.expect_response("**/account/keys"):
        page.press("y", "Escape")
    page.open()
    page.press("Tab", "y")
    assert page.entities() == [("Ines Okafor", "ACTOR")]
    elsewhere = another(page)
    expect(elsewhere.page.locator("#hint")).to_contain_text("Y accept")
    elsewhere.press("?")
    with elsewhere.page.expect_response("**/account/keys"):
        elsewhere.page.get_by_text("Back to the keys that came with it").click()
    expect(elsewhere.page.locator("#hint")).to_contain_text("A accept")
    elsewhere.press("Escape")
    page.open()
    expect(page.page.locator("#hint")).to_contain_text("A accept")


def test_the_lists_do_what_the_text_does(screen: Open) -> None:
    """Entities are chosen in the list by arrows, and the same keys act on them there."""
    page = screen()
    label_people(page)
    page.page.get_by_role("listbox", name="Annotations").focus()
    page.press("ArrowDown", "ArrowDown", "4", "ArrowDown", "Backspace")
    assert len(page.entities()) == 4
    assert ("Tomas Lind", "DAY") in page.entities()
    page.press("Enter")
    expect(page.page.locator("#viewport")).to_be_focused()


def test_tab_leaves_the_text_after_escape(screen: Open) -> None:
    """Nobody is caught in the text: Esc lets Tab go on to the controls."""
    page = screen(suggested=SUGGESTED)
    page.press("Escape", "Tab")
    expect(page.page.locator("#viewport")).not_to_be_focused()
    expect(page.page.locator("mark.focus")).to_have_count(0)


# ---- scripts ----------------------------------------------------------------------------------

HARD = {
    "emoji": ("😀 Ines 👩‍👩‍👧 met Tomas 🇺🇦.", "Tomas"),
    "combining": ("Ine\u0301s met Toma\u0323s.", "Toma\u0323s"),
    "right to left": ("التقت إيناس أوكافور توماس ليند يوم الأربعاء.", "أوكافور"),
    "mixed": ("Ines أوكافور met תומאס Lind.", "תומאס"),
    "crlf and tabs": ("Ines\tOkafor\r\n\r\nmet\r\nTomas", "Tomas"),
    "markup": ("<b>Ines</b> & <script> Tomas </script> &amp; 1 < 2", "Tomas"),
    "astral letters": ("𝔘𝔫𝔦 met 𝔗𝔬𝔪", "𝔗𝔬𝔪"),
}


@pytest.mark.parametrize("kind", HARD)
def test_texts_of_any_script_are_exact(screen: Open, kind: str) -> None:
    """The page holds the text character for character, and offsets count code points."""
    text, words = HARD[kind]
    page = screen(text)
    shown = page.page.evaluate("document.getElementById('article').textContent")
    assert shown == text
    page.drag(words)
    page.press("1")
    [entity] = page.layer()["entities"]
    assert text[entity["start"] : entity["end"]] == words


def hard_cases() -> list[dict[str, Any]]:
    """Return texts that others have stumbled over, with spans in code points."""
    path = SHARED / "data" / "hard-text" / "cases.jsonl"
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [
        case for case in map(json.loads, lines) if case["text"].strip() and "\0" not in case["text"]
    ]


@pytest.mark.parametrize("case", hard_cases(), ids=lambda case: case["id"])
def test_hard_texts_show_each_span_where_it_is(screen: Open, case: dict[str, Any]) -> None:
    """Marks hold just the characters that their offsets say, in any script, nested or crossing."""
    spans = {tuple(span["cp"]) for span in case["spans"]}
    page = screen(case["text"], labeled=sorted(spans))
    shown = page.page.evaluate("document.getElementById('article').textContent")
    assert shown == case["text"]
    marked = page.page.evaluate(
        """() => {
          const words = {};
          for (const mark of document.querySelectorAll("mark:not(.suggestion)")) {
            words[mark.dataset.id] = (words[mark.dataset.id] ?? "") + mark.textContent;
          }
          return Object.values(words);
        }"""
    )
    breaks = re.compile("[\n\r\u2028\u2029]")  # they part blocks and are in no mark
    wanted = [breaks.sub("", case["text"][start:end]) for start, end in spans]
    assert sorted(breaks.sub("", words) for words in marked) == sorted(wanted)


def test_naughty_strings_pass_unchanged(screen: Open) -> None:
    """A big list of strings that break programs is shown exactly, and runs nothing."""
    path = SHARED / "data" / "naughty-strings" / "blns.json"
    if not path.exists():
        pytest.skip("the list of naughty strings is not here")
    strings = [each for each in json.loads(path.read_text()) if "\0" not in each]
    text = "\n".join(strings)
    page = screen(text)
    assert page.page.evaluate("document.getElementById('article').textContent") == text
    assert page.page.locator("#article script, #article img").count() == 0


def test_the_cursor_follows_the_direction_of_the_script(screen: Open) -> None:
    """In a text from right to left, the left arrow goes on."""
    text = HARD["right to left"][0]
    page = screen(text)
    page.press("ArrowLeft", "ArrowLeft", "1")
    assert page.entities() == [(text.split()[1], "ACTOR")]


def test_the_page_is_accessible(screen: Open) -> None:
    """axe finds nothing, light and dark, with entities, relations and suggestions."""
    from axe_playwright_python.sync_playwright import Axe

    page = screen(suggested={"DAY": ["each day"]})
    label_people(page)
    page.relate("Ines Okafor", "Ellery Courier")
    for scheme in ("light", "dark"):
        page.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page.page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_a_discontinuous_entity_is_one_with_its_attributes(screen: Open) -> None:
    """All its parts are marked, the label once; relabelling and undo keep parts and attributes."""
    ines = schema.Entity(
        "e0", 13, 30, "ACTOR", None, ((13, 18), (24, 30)), {"role": "mayor", "sure": True}
    )
    page = screen(labeled=[ines])
    marks = page.page.locator("#article mark")
    assert marks.all_inner_texts() == ["Mayor", "Okafor"]
    assert page.page.locator("#article mark .tag").count() == 1
    row = page.page.locator("#panel .row").first
    expect(row).to_contain_text("Mayor … Okafor")
    expect(row).to_contain_text("role: mayor · sure")
    row.click()
    page.press("2", "Control+z", "3")
    assert page.layer()["entities"] == [
        {
            "id": "e0",
            "start": 13,
            "end": 30,
            "label": "SPOT",
            "parts": [[13, 18], [24, 30]],
            "attributes": {"role": "mayor", "sure": True},
        }
    ]


def test_the_cursor_stops_at_no_half_of_a_sign(screen: Open) -> None:
    """Families of emoji, flags and letters with marks are gone over and labeled as a whole."""
    text = "👩\u200d👩\u200d👧 🇺🇦 👍🏽 Toma\u0323s"
    page = screen(text)
    for _ in text.split():
        page.press("ArrowRight", "1")
    assert page.entities() == [(word, "ACTOR") for word in text.split()]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("zh", "北京欢迎你们来到上海。", "上海"),
        ("ja", "東京都に行きます。", "東京"),
        ("th", "นายกเยือนเชียงใหม่", "เชียง"),
        ("ar", "التقت إيناس أوكافور توماس ليند.", "أوكافور توماس"),
        ("he", "ראש העיר פגש את תומאס לינד.", "תומאס לינד"),
    ],
)
def test_words_are_dragged_over_in_any_language(
    screen: Open, language: str, text: str, words: str
) -> None:
    """Without spaces each sign is a token; from right to left a drag runs the other way."""
    page = screen(text, language=language)
    page.drag(words)
    page.press("1")
    assert page.entities() == [(words, "ACTOR")]
    expect(page.page.locator("mark.misfit")).to_have_count(0)
    page.press("p")
    page.press("Backspace")
    assert page.entities() == []


def test_labels_tell_what_they_mean(screen: Open) -> None:
    """A description is shown when a label is pointed at, and read out when it is focused."""
    page = screen()
    chip = page.page.locator(".chip", has_text="ACTOR")
    expect(chip).to_have_attribute("title", "Who acts.")
    chip.focus()
    expect(page.page.locator("#spoken")).to_have_text("ACTOR: Who acts.")


def test_a_list_that_was_scrolled_shows_the_next_from_its_beginning(screen: Open) -> None:
    """Going from a long list to another one shows the first lines of that."""
    page = screen("Ines " * 120, labeled=[(5 * n, 5 * n + 4) for n in range(120)])
    page.page.locator(".list").evaluate("list => list.scrollTo(0, 3000)")
    page.drawn()
    page.page.get_by_role("tab", name="Relations").click()
    expect(page.page.locator(".list .note")).to_be_visible()


# ---- suggestions that come while one works ------------------------------------------------------


def test_a_rejection_holds_for_the_same_words(screen: Open) -> None:
    """What is rejected in one place is a moment later not proposed in others, but where one is."""
    page = screen(text="zorb came. A zorb left. The zorb stayed. No zorb spoke. That zorb sat.")
    page.drag("zorb")
    page.press("1")
    expect(page.page.locator("mark.suggestion")).to_have_count(4, timeout=60_000)
    page.press("Tab", "x")
    expect(page.page.locator("mark.suggestion")).to_have_count(1, timeout=60_000)
    assert page.entities() == [("zorb", "ACTOR")]


def test_labeling_proposes_the_same_words_without_disturbing(screen: Open) -> None:
    """What was labeled once is proposed elsewhere a moment later; focus and undo stay."""
    page = screen()
    page.drag("Tomas Lind")
    page.press("1")
    focused = page.page.locator("#article mark.focus")
    expect(focused).to_have_count(1)
    other = page.mark("Tomas Lind", 1)
    expect(other).to_have_class(re.compile("suggestion"))
    expect(focused).to_have_count(1)
    page.press("Tab")
    expect(page.page.locator(".why")).to_contain_text("labeled ACTOR here")
    page.press("2")
    assert page.entities() == [("Tomas Lind", "ACTOR"), ("Tomas Lind", "BODY")]
    page.press("Control+z", "Control+z")
    assert page.entities() == []
