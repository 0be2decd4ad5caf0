"""What is dragged over gets its likeliest label at once, and all that may come between."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from labeler import schema
from tests.browser.conftest import TEXT, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]

ASKED = "**/likely?*"


class Answers:
    """Answers in the server's place what label is likely, at once or when it is told to."""

    def __init__(self, page: Screen, label: str | None, *, held: bool = False) -> None:
        self.page = page
        page.page.add_init_script(_ANSWERED % json.dumps({"label": label, "held": held}))
        page.patiently()

    def say(self, label: str | None, *, held: bool = False) -> None:
        """Answer otherwise from now on."""
        self.page.page.evaluate(
            "(now) => Object.assign(likely, now)", {"label": label, "held": held}
        )

    @property
    def asked(self) -> list[str]:
        """What was asked since the page was opened."""
        found: list[str] = self.page.page.evaluate("likely.asked")
        return found

    def let_go(self) -> None:
        """Answer what waits, and have that taken in."""
        self.page.page.evaluate("likely.waiting.forEach((answer) => answer())")
        self.page.drawn()


_ANSWERED = """
  window.likely = { asked: [], waiting: [], ...%s };
  const ask = window.fetch;
  const answer = () => {
    const { label } = window.likely;
    const reason = label && `labeled ${label} 12 of 13 times`;
    return new Response(JSON.stringify({ label, score: label && 0.87, reason }));
  };
  window.fetch = (address, options) => {
    const [path, query] = String(address).split("?");
    if (!path.endsWith("/likely")) return ask(address, options);
    window.likely.asked.push(query);
    if (!window.likely.held) return Promise.resolve(answer());
    return new Promise((done) => window.likely.waiting.push(() => done(answer())));
  };
"""


def made(page: Screen, words: str) -> None:
    """Wait until these words are what is labeled and focused."""
    expect(page.page.locator("mark.focus")).to_contain_text(words)


# ---- entities ---------------------------------------------------------------------------------


def test_a_drag_is_labeled_at_once_and_another_key_changes_it(screen: Open) -> None:
    """One action where the guess is right, two where it is not, and one undo in either case."""
    page = screen()
    answers = Answers(page, "ACTOR")
    page.drag("nes Okafo")
    page.says("“Ines Okafor” is most likely ACTOR (labeled ACTOR 12 of 13 times)")
    expect(page.page.locator(".chooser")).to_have_count(0)
    assert page.entities() == [("Ines Okafor", "ACTOR")]
    [entity] = page.layer()["entities"]
    assert entity["origin"] == {"guess": "ACTOR", "score": 0.87}
    start = TEXT.index("Ines Okafor")
    assert answers.asked == [f"start={start}&end={start + len('Ines Okafor')}"]
    page.press("2")
    assert page.entities() == [("Ines Okafor", "BODY")]
    page.press("Control+z")
    assert page.entities() == []
    page.press("Control+Shift+z")
    assert page.entities() == [("Ines Okafor", "BODY")]
    page.press("Backspace")
    assert page.entities() == []


def test_a_guess_is_taken_back_by_one_key(screen: Open) -> None:
    """Backspace takes it away, and so does undo; the key of the same label leaves it as it is."""
    page = screen()
    Answers(page, "ACTOR")
    for key in ("Backspace", "Control+z"):
        page.drag("Ines Okafor")
        made(page, "Ines Okafor")
        page.press(key)
        assert page.entities() == []
    page.drag("Ines Okafor")
    made(page, "Ines Okafor")
    page.press("1")
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_a_guess_is_spread_and_related_like_any_entity(screen: Open) -> None:
    """P labels the others of these words, R begins a relation, a drag from its label draws one."""
    page = screen()
    answers = Answers(page, "ACTOR")
    page.drag("Okafor", 1)
    page.says("P labels 3 more")
    page.press("p")
    assert page.entities() == [("Okafor", "ACTOR")] * 4
    answers.say("SPOT")
    page.drag("Port Ellery")
    made(page, "Port Ellery")
    page.relate("Okafor", "Port Ellery")
    assert page.relations() == [("Okafor", "RULES", "Port Ellery")]


def test_where_no_label_is_likely_the_labels_are_offered(screen: Open) -> None:
    """The selection waits for its label, as it always did."""
    page = screen()
    Answers(page, None)
    page.drag("Wednesday")
    page.page.locator(".chooser [role=option]", has_text="DAY").click()
    assert page.entities() == [("Wednesday", "DAY")]


def test_a_label_that_may_not_stand_there_is_not_given(screen: Open) -> None:
    """Where a rule forbids the guess the labels are offered, and no message complains."""
    scheme = schema.parse_scheme({"entities": [{"name": "ACTOR"}], "overlap": "forbid"})
    page = screen(scheme=scheme)
    answers = Answers(page, "ACTOR")
    page.drag("Ines Okafor")
    made(page, "Ines Okafor")
    page.drag("Mayor Ines")
    expect(page.page.locator(".chooser")).to_be_visible()
    answers.say("GONE")
    page.drag("Wednesday")
    expect(page.page.locator(".chooser")).to_be_visible()
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_double_clicks_and_single_characters_are_labeled_too(screen: Open) -> None:
    """A double click asks for its word, Alt and a drag for exactly the characters."""
    page = screen()
    answers = Answers(page, "DAY")
    box = page.box("Wednesday")
    page.page.mouse.dblclick((box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2)
    made(page, "Wednesday")
    page.page.keyboard.down("Alt")
    page.drag("ommute", inset=0)
    page.page.keyboard.up("Alt")
    made(page, "ommute")
    assert page.entities() == [("Wednesday", "DAY"), ("ommute", "DAY")]
    start = TEXT.index("ommute")
    assert answers.asked[-1] == f"start={start}&end={start + 6}"


def test_a_third_click_selects_the_paragraph_instead(screen: Open) -> None:
    """Two clicks have labeled a word by then; that goes, and a passage is asked nothing for."""
    page = screen()
    answers = Answers(page, "DAY")
    box = page.box("Wednesday")
    spot = (box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2
    page.stop_clock()
    page.page.mouse.dblclick(*spot)
    made(page, "Wednesday")
    page.page.mouse.down(click_count=3)
    page.page.mouse.up(click_count=3)
    expect(page.page.locator(".chooser")).to_be_visible()
    assert page.entities() == []
    assert len(answers.asked) == 1
    assert "PORT ELLERY" in page.page.evaluate("getSelection().toString()")


def test_passages_and_what_keys_select_are_not_asked_for(screen: Open) -> None:
    """More than twelve tokens, more than a line, or a selection by keys: no question."""
    page = screen()
    answers = Answers(page, "ACTOR")
    page.press("ArrowRight", "Shift+ArrowRight")
    page.press("1")
    page.drag("Some 2,000 commuters cross the strait each day, and Tomas Lind is")
    expect(page.page.locator(".chooser")).to_be_visible()
    page.press("Escape", "Escape")
    first, last = page.box("reported"), page.box("Okafor and")
    mouse = page.page.mouse
    mouse.move(first["left"] + 2, (first["top"] + first["bottom"]) / 2)
    mouse.down()
    mouse.move(last["right"] - 2, (last["top"] + last["bottom"]) / 2, steps=4)
    mouse.up()
    expect(page.page.locator(".chooser")).to_be_visible()
    page.press("Escape", "Escape")
    page.drag("PORT ELLERY")  # labeled already: another label for it is chosen
    expect(page.page.locator(".chooser")).to_be_visible()
    assert answers.asked == []


def test_a_held_label_asks_nothing(screen: Open) -> None:
    """What is held is what is meant."""
    page = screen()
    answers = Answers(page, "ACTOR")
    page.page.locator(".chip", has_text="BODY").click()
    page.drag("Ines Okafor")
    assert page.entities() == [("Ines Okafor", "BODY")]
    assert answers.asked == []


def test_a_suggestion_with_other_borders_goes_at_once(screen: Open) -> None:
    """What was proposed for some of the words is answered by labeling the right ones."""
    page = screen(suggested={"ACTOR": ["Mayor Ines Okafor"], "DAY": ["Wednesday"]})
    Answers(page, "ACTOR")
    page.drag("Ines Okafor")
    made(page, "Ines Okafor")
    expect(page.page.locator("mark.suggestion")).to_have_count(1)
    page.press("Shift+A")
    assert page.entities() == [("Ines Okafor", "ACTOR"), ("Wednesday", "DAY")]


# ---- selections that are meant for something else -----------------------------------------------


def test_a_guess_becomes_a_part_of_the_entity_before(screen: Open) -> None:
    """J adds the words to it instead, as one edit that one undo takes back."""
    page = screen()
    answers = Answers(page, "ACTOR")
    page.drag("Ines")
    made(page, "Ines")
    page.drag("Tomas Lind")
    made(page, "Tomas Lind")
    page.press("j")
    page.says("has 2 parts now")
    [entity] = page.layer()["entities"]
    assert [TEXT[start:end] for start, end in entity["parts"]] == ["Ines", "Tomas Lind"]
    page.press("Control+z")
    assert page.entities() == [("Ines", "ACTOR")]
    answers.say(None)
    page.drag("Tomas Lind")
    page.press("j")
    page.says("has 2 parts now")


def test_a_comment_is_on_the_words(screen: Open) -> None:
    """C comments on what was dragged over, guess or not."""
    page = screen()
    Answers(page, "ACTOR")
    page.drag("Ines Okafor")
    made(page, "Ines Okafor")
    page.press("c")
    page.page.keyboard.type("Is she?")
    page.press("Control+Enter")
    expect(page.page.locator(".threads")).to_contain_text("Is she?")
    expect(page.page.locator(".threads")).to_contain_text("Ines Okafor")
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_identical_passages_mean_the_words_and_not_the_guess(screen: Open) -> None:
    """`=` takes the guess back and annotates the passage by what is labeled in it."""
    text = "Mayor Ada Byron spoke.\n\nLater Mayor Ada Byron spoke again."
    page = screen(text)
    answers = Answers(page, "BODY")
    page.press("ArrowRight", "ArrowRight", "Shift+ArrowRight", "1")
    assert page.entities() == [("Ada Byron", "ACTOR")]
    page.drag("Mayor Ada Byron spoke")
    made(page, "Mayor Ada Byron spoke")
    page.press("=")
    page.says("Copied to 1 passage")
    assert page.entities() == [("Ada Byron", "ACTOR")] * 2
    assert len(answers.asked) == 1


# ---- races -----------------------------------------------------------------------------------


def test_a_key_before_the_answer_labels_and_the_answer_does_nothing(screen: Open) -> None:
    """Who knows the label does not wait for it."""
    page = screen()
    answers = Answers(page, "ACTOR", held=True)
    page.drag("Ines Okafor")
    page.press("2")
    assert page.entities() == [("Ines Okafor", "BODY")]
    answers.let_go()
    assert page.entities() == [("Ines Okafor", "BODY")]
    page.press("Control+z")
    assert page.entities() == []


def test_letters_before_the_answer_find_a_label(screen: Open) -> None:
    """With many labels the field is there for the first letter that is typed."""
    names = [{"name": f"KIND_{letter}"} for letter in "ABCDEFGHIJKLMNOP"]
    page = screen(scheme=schema.parse_scheme({"entities": names}))
    Answers(page, "KIND_A", held=True)
    page.drag("Wednesday")
    page.page.keyboard.type("kind_o")
    page.press("Enter")
    assert page.entities() == [("Wednesday", "KIND_O")]


def test_a_second_drag_drops_the_first_question(screen: Open) -> None:
    """Of two quick drags the second is labeled: the first selection was given up for it."""
    page = screen()
    answers = Answers(page, "ACTOR", held=True)
    page.drag("Ines Okafor")
    page.drag("Tomas Lind")
    page.page.wait_for_function("likely.asked.length === 2")
    answers.let_go()
    made(page, "Tomas Lind")
    assert page.entities() == [("Tomas Lind", "ACTOR")]


def test_a_late_answer_is_not_waited_for(screen: Open) -> None:
    """After a moment the labels are offered, the answer does nothing, and no other is asked for."""
    page = screen()
    answers = Answers(page, "ACTOR", held=True)
    page.page.evaluate("() => { window.patience = 400; }")
    page.drag("Ines Okafor")
    expect(page.page.locator(".chooser")).to_be_visible()
    answers.let_go()
    expect(page.page.locator(".chooser")).to_be_visible()
    page.press("2")
    assert page.entities() == [("Ines Okafor", "BODY")]
    page.drag("Tomas Lind")
    expect(page.page.locator(".chooser")).to_be_visible()
    assert len(answers.asked) == 1


def test_without_a_network_the_labels_are_offered(screen: Open) -> None:
    """No answer is as good as none that is sure."""
    page = screen()
    page.page.route(ASKED, lambda route: route.abort())
    page.drag("Ines Okafor")
    expect(page.page.locator(".chooser")).to_be_visible()
    page.press("1")
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_an_answer_for_an_article_that_was_left_does_nothing(screen: Open) -> None:
    """The next one is open by then: nothing is labeled in either."""
    page = screen(more=("Next words are here.",))
    answers = Answers(page, "ACTOR", held=True)
    page.drag("Ines Okafor")
    page.page.locator("#next").click()
    expect(page.page.locator("#article")).to_contain_text("Next words")
    answers.let_go()
    expect(page.page.locator("#article mark")).to_have_count(0)
    page.page.locator("#previous").click()
    expect(page.page.locator("#article")).to_contain_text("Ines Okafor")
    assert page.entities() == []


# ---- relations ---------------------------------------------------------------------------------


def actors(page: Screen) -> Answers:
    """Label two entities between which several relations may lead."""
    answers = Answers(page, "ACTOR")
    for words in ("Ines Okafor", "Tomas Lind"):
        page.drag(words)
        made(page, words)
    page.saved()
    return answers


def test_a_relation_gets_its_likeliest_label_at_once(screen: Open) -> None:
    """Drawn by mouse or by keys it is there, and another label's key changes it; one undo each."""
    page = screen()
    answers = actors(page)
    answers.say("HELPS")
    page.relate("Ines Okafor", "Tomas Lind")
    page.says("HELPS “Tomas Lind”, most likely (labeled HELPS 12 of 13 times). Otherwise: ⇧2 MEETS")
    assert page.relations() == [("Ines Okafor", "HELPS", "Tomas Lind")]
    assert page.layer()["relations"][0]["origin"] == {"guess": "HELPS", "score": 0.87}
    first, second = (TEXT.index(words) for words in ("Ines Okafor", "Tomas Lind"))
    assert (
        answers.asked[-1]
        == f"head={first}-{first + 11}%3AACTOR&tail={second}-{second + 10}%3AACTOR"
    )
    page.press("Shift+Digit2")
    assert page.relations() == [("Ines Okafor", "MEETS", "Tomas Lind")]
    page.press("Control+z")
    assert page.relations() == []
    page.relate("Ines Okafor", "Tomas Lind")
    page.says("most likely")
    page.press("2")
    assert page.relations() == [("Ines Okafor", "MEETS", "Tomas Lind")]
    page.press("Control+z")
    page.mark("Ines Okafor").click()
    page.press("r", "Enter")
    page.says("most likely")
    assert page.relations() == [("Ines Okafor", "HELPS", "Tomas Lind")]
    page.press("Backspace")
    assert page.relations() == []


def test_where_no_relation_is_likely_or_a_key_comes_first_it_is_chosen(screen: Open) -> None:
    """The menu of those that fit opens, and a digit chooses."""
    page = screen()
    answers = actors(page)
    answers.say(None)
    page.relate("Ines Okafor", "Tomas Lind")
    expect(page.page.locator(".chooser")).to_contain_text("HELPS")
    page.press("3")
    assert page.relations() == [("Ines Okafor", "HELPS", "Tomas Lind")]
    page.press("Control+z")
    answers.say("HELPS", held=True)
    for key in ("Shift+Digit2", "2"):
        page.relate("Ines Okafor", "Tomas Lind")
        page.press(key)
        assert page.relations() == [("Ines Okafor", "MEETS", "Tomas Lind")]
        page.press("Control+z")
    page.press("Control+Shift+z")
    answers.let_go()
    assert page.relations() == [("Ines Okafor", "MEETS", "Tomas Lind")]


# ---- the switch, and the server ----------------------------------------------------------------


def test_who_does_not_want_guesses_turns_them_off(screen: Open) -> None:
    """A key, the menu and the list of keys do; this browser remembers it."""
    page = screen()
    answers = Answers(page, "ACTOR")
    page.press("Shift+L")
    page.says("waits for its label")
    page.drag("Ines Okafor")
    expect(page.page.locator(".chooser")).to_be_visible()
    page.open()
    page.drag("Ines Okafor")
    expect(page.page.locator(".chooser")).to_be_visible()
    assert answers.asked == []
    page.press("Escape", "?")
    box = page.page.get_by_label("Label what I drag over at once")
    expect(box).not_to_be_checked()
    box.check()
    page.press("Escape", "Escape")
    page.drag("Ines Okafor")
    made(page, "Ines Okafor")
    page.page.locator(".menu summary").click()
    page.page.get_by_role("button", name="Likeliest label at once").click()
    page.drag("Tomas Lind")
    expect(page.page.locator(".chooser")).to_be_visible()
    assert page.entities() == [("Ines Okafor", "ACTOR")]


def test_what_was_labeled_here_is_what_the_server_guesses(screen: Open) -> None:
    """The real answer: words that are labeled once in the article get their label elsewhere."""
    page = screen().patiently()
    page.press("Shift+L")
    page.drag("Okafor", 1)
    page.press("1")
    page.saved()
    page.press("Shift+L", "Escape", "Escape")
    with page.page.expect_response(ASKED) as answer:
        page.drag("Okafor", 2)
    found: dict[str, Any] = answer.value.json()
    assert found["label"] == "ACTOR"
    made(page, "Okafor")
    assert page.entities() == [("Okafor", "ACTOR")] * 2
