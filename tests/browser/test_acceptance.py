"""What the annotation screen promises for crowded articles, many labels and slow networks."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from labeler import schema
from labeler.models import Document, Project, db
from labeler.transfer import training
from tests.browser.conftest import SCHEME, TEXT, Screen, Site
from tests.conftest import Corpus

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]

FAR = TEXT + "\n\n" + "\n\n".join(f"Paragraph {n} tells nothing of note." for n in range(60))
FAR += "\n\nAt the very end, Nora Quill came to Gullhaven."


def _entity(text: str, key: str, words: str, label: str) -> schema.Entity:
    start = text.index(words)
    return schema.Entity(key, start, start + len(words), label)


def _far() -> list[schema.Entity]:
    return [
        _entity(FAR, "e1", "Ines Okafor", "ACTOR"),
        _entity(FAR, "e2", "Port Ellery", "SPOT"),
        _entity(FAR, "e3", "Nora Quill", "ACTOR"),
        _entity(FAR, "e4", "Gullhaven", "SPOT"),
    ]


def _in_view(page: Screen, words: str) -> bool:
    box = page.mark(words).bounding_box()
    view = page.page.locator("#viewport").bounding_box()
    assert box
    assert view
    return view["y"] <= box["y"] <= view["y"] + view["height"] - box["height"]


def _drag_to_edge(page: Screen, head: str, tail: str, below: bool) -> None:
    """Drag from a label to an edge of the view, wait there until a mark comes, drop on it."""
    mouse = page.page.mouse
    tag = page.mark(head).locator(".tag").bounding_box()
    view = page.page.locator("#viewport").bounding_box()
    assert tag
    assert view
    mouse.move(tag["x"] + 4, tag["y"] + 4)
    mouse.down()
    edge = view["y"] + view["height"] - 10 if below else view["y"] + 10
    mouse.move(view["x"] + 300, edge, steps=8)
    deadline = time.monotonic() + 20
    while not _in_view(page, tail):
        assert time.monotonic() < deadline, "the view does not scroll"
        page.page.wait_for_timeout(50)
    mouse.move(view["x"] + 300, view["y"] + view["height"] / 2)
    box = page.mark(tail).bounding_box()
    assert box
    mouse.move(box["x"] + 8, box["y"] + box["height"] / 2, steps=4)
    mouse.up()


def test_dragging_to_an_edge_scrolls_down_and_up_to_the_other_end(screen: Open) -> None:
    """A relation is dragged to an entity that is out of view, below and above, in one action."""
    page = screen(FAR, labeled=_far())
    _drag_to_edge(page, "Ines Okafor", "Gullhaven", below=True)
    page.press("Escape")
    _drag_to_edge(page, "Nora Quill", "Port Ellery", below=False)
    assert sorted(page.relations()) == [
        ("Ines Okafor", "RULES", "Gullhaven"),
        ("Nora Quill", "RULES", "Port Ellery"),
    ]


def test_what_is_dragged_stays_under_a_pointer_that_rests_at_the_edge(screen: Open) -> None:
    """While the text scrolls by itself, the line of the relation goes on ending at the pointer."""
    page = screen(FAR, labeled=_far())
    view = page.page.locator("#viewport").bounding_box()
    tag = page.mark("Ines Okafor").locator(".tag").bounding_box()
    assert view
    assert tag
    x, y = view["x"] + 300, view["y"] + view["height"] - 12
    page.page.mouse.move(tag["x"] + 4, tag["y"] + 4)
    page.page.mouse.down()
    page.page.mouse.move(x, y, steps=6)
    while page.page.evaluate("document.getElementById('viewport').scrollTop") < 400:
        page.drawn()
    end = page.page.evaluate(
        """() => {
          const line = document.querySelector(".rubber");
          const { x, y } = line.getPointAtLength(line.getTotalLength());
          const at = new DOMPoint(x, y).matrixTransform(line.getScreenCTM());
          return [at.x, at.y];
        }"""
    )
    page.page.mouse.up()
    assert abs(end[0] - x) < 2
    assert abs(end[1] - y) < 30, "it lags behind the pointer"


def test_a_stub_tells_of_the_other_end_and_jumps_there(screen: Open) -> None:
    """An arc that leaves the view ends in words of its other end; a click goes there and back."""
    page = screen(FAR, labeled=_far())
    page.mark("Ines Okafor").click()
    page.press("Shift+Digit1", "Tab", "Tab", "Enter")
    page.says("Gullhaven")
    page.page.locator("#viewport").evaluate("view => view.scrollTo(0, 0)")
    stub = page.page.locator("[data-jump]")
    expect(stub).to_contain_text("RULES ↓ Gullhaven")
    stub.click()
    expect(page.mark("Gullhaven")).to_be_in_viewport()
    expect(stub).to_contain_text("RULES ↑ Ines Okafor")
    stub.click()
    expect(page.mark("Ines Okafor")).to_be_in_viewport()
    stub.hover()
    page.page.mouse.down()
    page.drawn()  # the arcs change where they are pointed at
    page.page.mouse.up()
    expect(page.mark("Gullhaven")).to_be_in_viewport()


def _related(screen: Open) -> Screen:
    page = screen(labeled=[(TEXT.index(w), TEXT.index(w) + len(w)) for w in ("Ines", "Tomas")])
    page.page.route("**/documents/*/suggestions", lambda _: None)  # nothing is suggested anew
    page.drag("Port Ellery")
    page.press("3", "Escape")
    page.mark("Ines").click()
    page.press("Shift+Digit1", "Enter")
    page.mark("Ines").click()
    page.press("Shift+Digit2", "Enter")
    assert len(page.relations()) == 2
    page.press("Escape", "Escape")
    return page


def test_kinds_of_relations_are_left_out_of_the_picture(screen: Open) -> None:
    """What is unchecked in the list of relations is neither drawn nor listed, but still there."""
    page = _related(screen)
    page.page.get_by_role("tab", name="Relations").click()
    arcs = page.page.locator(".arcs .arc")
    expect(arcs).to_have_count(2)
    box = page.page.get_by_role("checkbox", name="RULES")
    box.uncheck()
    expect(arcs).to_have_count(1)
    expect(page.page.locator(".row.relation")).to_have_count(1)
    box.check()
    expect(arcs).to_have_count(2)
    assert len(page.relations()) == 2


def test_pointing_at_a_row_lights_the_text_and_the_other_way_round(screen: Open) -> None:
    """The row of a relation lights its arc and ends, the arc lights its row; so do entities."""
    page = _related(screen)
    row = page.page.locator(".row.relation", has_text="MEETS")
    row.hover()
    expect(page.page.locator(".arc.strong")).to_have_count(1)
    expect(page.page.locator(".pill.strong")).to_contain_text("MEETS")
    expect(page.page.locator("mark.end")).to_have_count(2)
    page.page.locator(".arcs .pill", has_text="RULES").hover()
    expect(page.page.locator(".row.lit")).to_have_count(1)
    expect(page.page.locator(".row.lit")).to_contain_text("RULES")
    page.mark("Port Ellery").hover()
    expect(page.page.locator(".row.lit")).to_have_text("Port Elleryyou · ¶1")
    page.page.locator(".row", has_text="Port Ellery").first.hover()
    expect(page.page.locator("mark.pointed")).to_contain_text("Port Ellery")


HOSTILE = ["<b>bold</b>", "שם בעברית ארוך מאוד", "A_VERY_LONG_NAME_" + "X" * 43, "&amp;", "名前"]


def test_sixty_labels_with_hostile_names(screen: Open) -> None:
    """Names that are long, from right to left or like HTML are shown as they are."""
    names = HOSTILE + [f"KIND_{n}" for n in range(55)]
    scheme = schema.parse_scheme({"entities": [{"name": name} for name in names]})
    page = screen(scheme=scheme)
    for nth, name in enumerate(HOSTILE):
        page.press("Escape", "Escape")
        page.drag(["Ines", "Tomas", "Wednesday", "Courier", "commuters"][nth])
        expect(page.page.locator(".chooser input")).to_be_focused()
        page.page.keyboard.type(name)
        page.press("Enter")
        page.says(name)
    assert sorted(label for _, label in page.entities()) == sorted(HOSTILE)
    expect(page.page.locator(".chip b, #article b, .row b:has-text('bold')")).to_have_count(0)
    view = page.page.locator("#viewport").bounding_box()
    assert view
    assert view["height"] > 400, "the labels leave room for the text"
    wide = page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide, "nothing sticks out"


@pytest.mark.parametrize("text", ["", " ", " \n\t\r\n ", "x", "\n", "\u200b", "👩‍👩‍👧"])
def test_articles_of_next_to_nothing(screen: Open, text: str) -> None:
    """An article without words is opened, every key can be pressed, and it can be submitted."""
    page = screen(text, more=("Next.",))
    page.press("ArrowRight", "Shift+ArrowRight", "1", "p", "r", "m", "Alt+ArrowRight", "Backspace")
    page.press("Escape", "Control+ArrowDown", "t", "t", "=", "u", "Tab", "Escape", "Control+z")
    page.page.locator("#viewport").focus()
    page.press("Escape", "Enter")
    expect(page.page.locator("#article")).to_contain_text("Next.")


def test_two_hundred_edits_are_undone_and_redone(screen: Open) -> None:
    """Undo goes back through two hundred edits to nothing, redo through all of them again."""
    page = screen()
    page.press("ArrowRight")
    for nth in range(100):
        page.press("ArrowRight" if nth % 25 else "Control+ArrowDown", "1", "2", "Escape")
        if nth % 25 == 24:
            page.press("Escape")
    full = page.entities()
    for _ in range(250):
        page.page.keyboard.press("Control+z")
    page.says("Nothing to undo")
    assert page.entities() == []
    for _ in range(250):
        page.page.keyboard.press("Control+Shift+z")
    assert page.entities() == full


class Held:
    """Requests of a page that get no answer until they are let go."""

    def __init__(self, page: Screen, address: str) -> None:
        self.routes: list[Route] = []
        self.is_over = False
        page.page.route(address, self.take)

    def take(self, route: Route) -> None:
        """Keep a request that is made."""
        if self.is_over:
            route.continue_()
        else:
            self.routes.append(route)

    def let_go(self) -> None:
        """Have all go on that were kept, and those that follow."""
        self.is_over = True
        for route in self.routes:
            route.continue_()


def test_keys_typed_ahead_of_a_slow_server_are_all_kept(screen: Open) -> None:
    """While no answer comes, keys do what they say at once; then each edit is saved once."""
    page = screen()

    held = Held(page, "**/edits")
    with page.page.expect_request("**/edits"):
        page.press("ArrowRight", "1", "Escape")
    for _ in range(5):
        page.press("ArrowRight", "1", "Escape")
    page.press("Control+z", "ArrowRight", "2", "3")
    expect(page.page.locator("#article mark")).to_have_count(6)
    held.let_go()
    found = page.entities()
    assert len(found) == 6
    assert [label for _, label in found].count("SPOT") == 1


def test_the_keyboard_is_never_lost(screen: Open) -> None:
    """After deleting, undoing, choosing and closing what opened, keys go where they went before."""
    page = screen()
    page.page.locator("#viewport").focus()
    for keys in (
        ["ArrowRight", "1", "Backspace"],
        ["Control+z"],
        ["l", "Escape"],
        ["l", "Enter"],
        ["?", "Escape"],
        ["f", "Escape"],
        ["g", "Escape"],
        ["Control+z", "Control+Shift+z"],
    ):
        page.press(*keys)
        expect(page.page.locator("#viewport")).to_be_focused()


def test_keys_typed_after_submitting_change_nothing_unseen(screen: Open) -> None:
    """Until the next document is there, keys neither change the one that is done nor the next."""
    page = screen(more=("Next words.",))
    page.press("ArrowRight", "1")
    page.saved()

    held = Held(page, "**/api/v1/layers/*")
    with page.page.expect_request("**/api/v1/layers/*"):
        page.press("Enter", "2", "Escape", "ArrowRight", "3")
    page.says("Wait a moment")
    held.let_go()
    expect(page.page.locator("#article")).to_contain_text("Next words.")
    expect(page.page.locator("#article mark")).to_have_count(0)
    assert page.entities() == [("PORT", "ACTOR")]


def test_neighbours_are_dragged_over_one_after_the_other(screen: Open) -> None:
    """The handles of an entity just labeled do not catch the drag over the word beside it."""
    page = screen()
    for words, key in (("Ines", "1"), ("Mayor", "2"), ("Okafor", "3")):
        page.drag(words, inset=0.5)
        page.press(key)
    assert page.entities() == [("Mayor", "BODY"), ("Ines", "ACTOR"), ("Okafor", "SPOT")]


def test_rejecting_an_end_goes_on_behind_the_relation_that_went_with_it(screen: Open) -> None:
    """A suggested relation goes with its end; the next suggestion is gone to all the same."""
    entities = [{"name": name} for name in ("PERSON", "GPE", "DATE")]
    relations = [{"name": "LEADER_OF", "head": ["PERSON"], "tail": ["GPE"]}]
    scheme = schema.parse_scheme({"entities": entities, "relations": relations})
    page = screen("President Ilian Dovrek of Norway left on 1 July 2024.", scheme=scheme)
    row = page.page.locator(".row.open")
    expect(row.filter(has_text="LEADER_OF")).to_have_count(1)
    page.press("Tab", "a")
    page.says("Accepted “Ilian Dovrek” PERSON")
    expect(page.page.locator("mark.focus")).to_contain_text("Norway")
    page.press("x")
    expect(page.page.locator("mark.focus")).to_contain_text("1 July 2024")


DRAWN = "document.querySelector('.brand').checkVisibility({ contentVisibilityAuto: true })"
FIRST = f"""addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => {{
  window.first = {DRAWN};
}}))"""


CROWDED = schema.parse_scheme(
    {"entities": [{"name": f"LABEL_NUMBER_{number}"} for number in range(15)]}
)
"""More labels than take one row."""


@pytest.mark.parametrize("scheme", [SCHEME, CROWDED], ids=["usual", "crowded"])
def test_the_text_is_drawn_before_the_bars_and_does_not_move_for_them(
    screen: Open, scheme: schema.Scheme
) -> None:
    """The bars keep their room and are drawn a frame later; or soon, where no script runs."""
    page = screen(scheme=scheme)
    line = page.page.locator("#article .block").first
    settled = line.bounding_box()
    page.page.add_init_script(FIRST)
    page.open()
    assert page.page.evaluate(f"[first, {DRAWN}]") == [False, True]
    browser, kept = page.page.context.browser, page.page.context.storage_state()
    assert browser is not None
    without = browser.new_context(java_script_enabled=False, storage_state=kept)
    bare = without.new_page()
    bare.set_viewport_size(page.page.viewport_size or {"width": 0, "height": 0})
    bare.goto(page.site.server.url + page.path)
    line = bare.locator("#article .block").first
    assert line.bounding_box() == settled
    expect(bare.locator(".brand")).to_have_css("font-weight", "700")
    while not bare.evaluate(DRAWN):
        bare.wait_for_timeout(50)
    assert line.bounding_box() == settled
    without.close()


def test_a_document_is_asked_for_once_and_with_few_requests(screen: Open) -> None:
    """The page asks for its document while it is read, and the scripts take that answer."""
    page = screen()
    asked: list[str] = []
    warned: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    page.page.on("console", lambda line: warned.append(line.text))
    page.open()
    assert asked.count("work") == 1
    assert {name for name in asked if name.endswith(".js")} == {"main.js", "page.js"}
    assert warned == []


NAMES = ("Ada Byron", "Cyd Lake", "Eve Wood", "Fay Brook", "Gil Marsh", "Hal Stone", "Ivy Field")


def _finish_others(document: Document, corpus: Corpus) -> None:
    """Have somebody else finish articles in which mayors are named."""
    project = db.session.get_one(Project, document.project_id)
    for number in range(14):
        name = NAMES[number % len(NAMES)]
        text = f"Day {number}. Mayor {name} of Lund met people on Monday, it was reported."
        start = text.index(name)
        other = corpus.document(project, text, f"other{number}")
        corpus.layer(other, "bob", "done", ACTOR=[(start, start + len(name))])
    training.train_tagger(project)


def test_what_was_learned_meanwhile_comes_to_an_open_page(screen: Open, site: Site) -> None:
    """The next edit brings what a new version proposes; what was done stays, with its undo."""
    page = screen()
    page.drag("Tomas Lind")
    page.press("1")
    assert page.entities() == [("Tomas Lind", "ACTOR")]
    expect(page.mark("Ines Okafor")).to_have_count(0)
    _finish_others(db.session.get_one(Document, page.document_id), site.corpus)
    page.drag("Wednesday")
    page.press("4")
    expect(page.mark("Ines Okafor")).to_have_class(re.compile("suggest"))
    assert page.entities() == [("Tomas Lind", "ACTOR"), ("Wednesday", "DAY")]
    page.press("Control+z", "Control+z")
    expect(page.mark("Wednesday")).to_have_count(0)
    assert page.entities() == []
    expect(page.mark("Ines Okafor")).to_be_visible()
