"""Parts, attributes and labels of the document, in a real browser, by mouse and by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from labeler import schema
from tests.browser.conftest import SCHEME, TEXT, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]

CATEGORIES = schema.parse_scheme(
    {
        **schema.scheme_json(SCHEME),
        "categories": [
            {"name": "POLITICS", "group": "topic", "key": "k"},
            {"name": "SPORT", "group": "topic"},
            {"name": "URGENT", "description": "For today’s paper."},
        ],
    }
)


def parts(page: Screen) -> list[list[str]]:
    """Return the words of the parts of each entity that the server has."""
    found = page.layer()["entities"]
    extents = [each.get("parts") or [[each["start"], each["end"]]] for each in found]
    return [[TEXT[start:end] for start, end in each] for each in extents]


def attributes(page: Screen) -> list[dict[str, Any] | None]:
    """Return the attributes of each entity that the server has."""
    return [each.get("attributes") for each in page.layer()["entities"]]


def categories(page: Screen) -> list[str]:
    """Return the labels of the document that the server has, sorted."""
    return sorted(each["label"] for each in page.layer()["categories"])


# ---- parts ------------------------------------------------------------------------------------


def test_a_part_is_added_and_taken_off_by_mouse(screen: Open) -> None:
    """After an entity, a drag offers to add the words to it; a cross beside a part takes it off."""
    page = screen()
    page.drag("Ines")
    page.press("1")
    page.drag("Port Ellery")
    page.page.locator(".chooser .further").click()
    page.says("“Ines … Port Ellery” has 2 parts now")
    assert parts(page) == [["Ines", "Port Ellery"]]
    expect(page.page.locator("#article mark")).to_have_count(2)
    page.page.get_by_role("button", name="Take “Ines” off").click()
    assert parts(page) == [["Port Ellery"]]
    page.press("Control+z", "Control+z")
    assert parts(page) == [["Ines"]]


def test_a_part_is_added_and_taken_off_by_keyboard(screen: Open) -> None:
    """`J` adds the word at the cursor to the entity left before, `⇧J` takes it off again."""
    page = screen()
    page.press("ArrowRight", *["ArrowRight"] * 4, "1")  # Ines
    page.press("ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "j")
    assert parts(page) == [["Ines", "Port Ellery"]]
    page.press("Shift+J")
    assert parts(page) == [["Ines"]]
    page.press("Shift+J")
    page.says("It has only one part")


def test_parts_that_meet_become_one(screen: Open) -> None:
    """A part that touches the entity, or only white space away, makes it longer instead."""
    page = screen()
    page.drag("Ines")
    page.press("1")
    page.drag("Okafor")
    page.press("j")
    assert parts(page) == [["Ines Okafor"]]
    assert page.layer()["entities"][0].get("parts") is None


def test_a_selection_without_an_entity_says_what_to_do(screen: Open) -> None:
    """`J` with nothing to add to changes nothing, and tells the way."""
    page = screen()
    page.drag("Ines")
    page.press("j")
    page.says("Go to an entity, then select")
    assert parts(page) == []


# ---- attributes -------------------------------------------------------------------------------


def test_attributes_are_written_by_keyboard(screen: Open) -> None:
    """`Q`, a name, a value, Enter: one edit; then the text has the keys again."""
    page = screen()
    page.drag("Ines Okafor")
    page.press("1", "q")
    page.page.keyboard.type("sure")
    page.press("Enter")
    page.page.keyboard.type("0.5")
    page.press("Enter")
    page.says("sure is 0.5")
    assert attributes(page) == [{"sure": 0.5}]
    expect(page.page.locator("#viewport")).to_be_focused()
    expect(page.page.locator(".row small.attributes")).to_have_text("sure: 0.5")
    page.press("q")
    page.page.keyboard.type("0.9")
    page.press("Escape")
    assert attributes(page) == [{"sure": 0.5}]
    page.press("q")
    page.page.keyboard.type("0.9")
    page.press("Enter")
    assert attributes(page) == [{"sure": 0.9}]
    page.press("Control+z", "Control+z")
    assert attributes(page) == [None]


def test_attributes_are_written_and_removed_by_mouse(screen: Open) -> None:
    """The form below the list writes to entities and relations, and keeps what is left there."""
    page = screen(labeled=[(19, 30), (50, 60)])
    page.mark("Ines Okafor").click()
    page.page.get_by_role("button", name="Add an attribute").click()
    page.page.get_by_label("Name of the attribute").fill("role")
    page.page.get_by_label("Its value").fill("mayor")
    page.mark("Tomas Lind").click()
    assert attributes(page) == [{"role": "mayor"}, None]
    page.mark("Ines Okafor").click()
    page.page.get_by_role("button", name="Remove role").click()
    assert attributes(page) == [None, None]
    expect(page.page.get_by_role("button", name="Add an attribute")).to_be_focused()
    page.press("Escape", "Escape")
    page.relate("Ines Okafor", "Tomas Lind")
    page.page.locator(".chooser [role=option]", has_text="HELPS").click()
    page.press("q")
    page.page.keyboard.type("since")
    page.press("Enter")
    page.page.keyboard.type("2024 or so")
    page.press("Enter")
    [relation] = page.layer()["relations"]
    assert relation["attributes"] == {"since": "2024 or so"}


def test_an_attribute_of_words_stays_words(screen: Open) -> None:
    """A value that came as words is not made a number when somebody writes digits."""
    came = schema.Entity("e0", 19, 30, "ACTOR", attributes={"code": "007", "sure": True})
    page = screen(labeled=[came])
    page.mark("Ines Okafor").click()
    page.page.get_by_label("code", exact=True).fill("12")
    page.page.get_by_label("sure", exact=True).fill("false")
    page.press("Enter")
    assert attributes(page) == [{"code": "12", "sure": False}]


DECLARED = schema.parse_scheme(
    {
        "entities": [
            {
                "name": "ACTOR",
                "attributes": [
                    {"name": "certainty", "values": ["sure", "unsure"]},
                    {"name": "note"},
                    {"name": "role", "values": ["mayor", "1"]},
                ],
            },
            {"name": "BODY", "attributes": [{"name": "certainty", "values": ["sure"]}]},
        ],
        "relations": [{"name": "MEETS", "attributes": [{"name": "kind", "values": ["well"]}]}],
    }
)


REQUIRING = schema.parse_scheme(
    {
        "entities": [
            {
                "name": "ACTOR",
                "attributes": [{"name": "certainty", "values": ["sure", "no"], "required": True}],
            }
        ],
        "relations": [{"name": "MEETS", "attributes": [{"name": "since", "required": True}]}],
    }
)


def test_a_document_is_done_once_all_that_is_required_was_given(screen: Open) -> None:
    """Submitting goes to what lacks an attribute, one after another, and then submits."""
    page = screen(scheme=REQUIRING)
    for words in ("Ines Okafor", "Tomas Lind"):
        page.drag(words)
        page.press("1")
    page.press("q", "1")
    page.says("certainty is sure")
    page.press("Escape", "Enter")
    page.says("“Ines Okafor” ACTOR must have its certainty. Give it with Q.")
    expect(page.page.locator(".attribute label")).to_have_text("certainty *")
    page.press("q", "2")
    page.says("certainty is no")
    page.relate("Ines Okafor", "Tomas Lind")
    page.says("MEETS")
    page.press("Enter")
    page.says("must have its since")
    page.press("q", "Tab")
    assert page.layer()["status"] == "open"
    since = page.page.get_by_label("since *")
    since.fill("2024")
    since.press("Enter")
    page.says("since is 2024")
    page.page.locator("#viewport").focus()
    page.press("Escape", "Enter")
    page.says("That was the last one")
    assert page.layer()["status"] == "done"


def test_values_that_a_label_declares_are_chosen_by_key(screen: Open) -> None:
    """`Q` and a digit give a value, once more take it away; relations and a free one as well."""
    page = screen(scheme=DECLARED)
    page.drag("Ines Okafor")
    page.press("1", "q")
    choices = page.page.locator(".chooser [role=option]")
    expect(choices).to_have_count(5)
    expect(choices.nth(1)).to_contain_text("certainty: unsure")
    page.press("2")
    page.says("certainty is unsure")
    page.press("q", "4")
    page.says("role is 1")
    assert attributes(page) == [{"certainty": "unsure", "role": "1"}]
    page.press("q", "2")
    page.says("no certainty any more")
    assert attributes(page) == [{"role": "1"}]
    page.press("q", "0")
    page.page.keyboard.type("since")
    page.press("Enter")
    page.page.keyboard.type("2024")
    page.press("Enter")
    page.says("since is 2024")
    page.drag("Tomas Lind")
    page.press("1")
    page.relate("Ines Okafor", "Tomas Lind")
    page.says("MEETS")
    page.press("q", "1")
    page.says("kind is well")
    assert page.layer()["relations"][0]["attributes"] == {"kind": "well"}


def test_values_that_a_label_declares_are_chosen_by_mouse(screen: Open) -> None:
    """What is declared stands below the list; a label that does not take a value says so."""
    page = screen(scheme=DECLARED, labeled=[(19, 30)])
    page.mark("Ines Okafor").click()
    page.page.get_by_label("certainty", exact=True).select_option("unsure")
    page.says("certainty is unsure")
    page.page.get_by_label("note", exact=True).fill("see page 2")
    page.press("Enter")
    assert attributes(page) == [{"certainty": "unsure", "note": "see page 2"}]
    page.press("2")
    page.says("certainty of BODY is one of sure, not “unsure”")
    page.page.get_by_label("certainty", exact=True).select_option("")
    page.says("no certainty any more")
    for theme in ("light", "dark"):
        page.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert Axe().run(page.page).response["violations"] == []


# ---- with the mouse alone ---------------------------------------------------------------------


def test_what_is_focused_is_changed_with_the_mouse_alone(screen: Open) -> None:
    """Buttons below the list relabel, relate, turn round and delete, as the keys beside them do."""
    page = screen(labeled=[(19, 30), (50, 60)])
    doing = page.page.locator(".doing")
    page.mark("Ines Okafor").click()
    doing.get_by_text("Label").click()
    page.page.locator(".chooser [role=option]", has_text="BODY").click()
    assert [label for _, label in page.entities()] == ["BODY", "ACTOR"]
    page.page.get_by_role("button", name="Undo").click()
    doing.get_by_text("Relate").click()
    page.mark("Tomas Lind").click()
    page.page.locator(".chooser [role=option]", has_text="HELPS").click()
    doing.get_by_text("Turn round").click()
    assert page.relations() == [("Tomas Lind", "HELPS", "Ines Okafor")]
    doing.get_by_text("Delete").click()
    assert page.relations() == []
    page.mark("Tomas Lind").click()
    doing.get_by_text("Delete").click()
    assert page.entities() == [("Ines Okafor", "ACTOR")]
    expect(doing).to_be_hidden()


def test_where_it_was_read_to_is_seen_and_said_with_the_mouse(screen: Open) -> None:
    """The menu marks the text as read up to the cursor: a bar stands there, the rest is paler."""
    page = screen()
    box = page.box("candidly")
    page.page.mouse.click((box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2)
    page.page.locator(".menu summary").click()
    page.page.get_by_role("button", name="Read up to the cursor").click()
    page.says("Marked as read up to here")
    expect(page.page.locator(".menu .sheet")).to_be_hidden()
    bar = page.page.locator(".read-to")
    expect(bar).to_be_visible()
    found = bar.bounding_box()
    assert found
    assert abs(found["x"] - box["right"]) < 3
    assert page.layer()["read_to"] == TEXT.index("candidly") + len("candidly")
    page.open()
    expect(bar).to_be_visible()
    page.press("Escape", "Escape", "u")
    expect(bar).to_be_hidden()
    page.press("u")
    page.says("Go to the last word that you have read")


# ---- labels of the document -------------------------------------------------------------------


def test_the_document_is_labeled_by_mouse(screen: Open) -> None:
    """A chip labels the document and takes it back; of a group there is one, as one edit."""
    page = screen(scheme=CATEGORIES)
    chip = page.page.locator(".chip.category")
    chip.filter(has_text="URGENT").click()
    chip.filter(has_text="POLITICS").click()
    assert categories(page) == ["POLITICS", "URGENT"]
    chip.filter(has_text="SPORT").click()
    page.says("The document is labeled SPORT, no longer POLITICS")
    assert categories(page) == ["SPORT", "URGENT"]
    expect(chip.filter(has_text="SPORT")).to_have_attribute("aria-pressed", "true")
    chip.filter(has_text="URGENT").click()
    assert categories(page) == ["SPORT"]
    page.press("Control+z", "Control+z")
    assert categories(page) == ["POLITICS", "URGENT"]


def test_the_document_is_labeled_by_keyboard(screen: Open) -> None:
    """The key of the scheme labels at once; `W` and a digit, or typing, labels with any."""
    page = screen(scheme=CATEGORIES)
    page.press("k")
    assert categories(page) == ["POLITICS"]
    page.press("w", "3")
    assert categories(page) == ["POLITICS", "URGENT"]
    page.press("w")
    page.page.keyboard.type("sp")
    page.press("Enter")
    assert categories(page) == ["SPORT", "URGENT"]
    page.page.locator(".row.category", has_text="SPORT").click()
    page.press("Backspace")
    page.says("Deleted the document label SPORT")
    assert categories(page) == ["URGENT"]


def test_a_document_without_such_labels_says_so(screen: Open) -> None:
    """Where the scheme has no labels of documents, `W` tells where they are made."""
    page = screen()
    page.press("w")
    page.says("no labels for whole documents")


def test_what_is_refined_is_accessible(screen: Open) -> None:
    """axe finds nothing in parts, attributes, labels of the document, and the question why."""
    ines = schema.Entity("e0", 13, 30, "ACTOR", None, ((13, 18), (24, 30)), {"role": "mayor"})
    page = screen(scheme=CATEGORIES, labeled=[ines])
    page.press("k")
    page.page.locator(".row", has_text="Mayor … Okafor").click()
    page.page.get_by_role("button", name="Add an attribute").click()
    states: list[Callable[[], None]] = [
        lambda: None,
        lambda: page.press("Escape", "w"),
        lambda: page.press("Escape", "Escape", "Space"),
    ]
    for state in states:
        state()
        for theme in ("light", "dark"):
            page.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            found = Axe().run(page.page).response["violations"]
            assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
