"""The scripted annotator: labels an open article in Chromium with mouse and keys, and counts."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

Span = tuple[int, int]
Link = tuple[Span, str, Span]


@dataclass(frozen=True, slots=True)
class Gold:
    """What an article shall be labeled to: label by span, and heads, labels and tails."""

    text: str
    entities: dict[Span, str]
    relations: frozenset[Link]

    def others(self, words: str) -> set[Span]:
        """Return the places of these words that are words of their own, as the tool finds them."""
        found, at = set(), self.text.find(words)
        while at >= 0:
            end = at + len(words)
            if not (self.text[at - 1 : at].isalnum() or self.text[end : end + 1].isalnum()):
                found.add((at, end))
            at = self.text.find(words, at + 1)
        return found


def gold_of(text: str, layer: dict[str, Any]) -> Gold:
    """Return entities and relations of a layer by what they say; what is empty is not sent."""
    entities, relations = layer.get("entities", ()), layer.get("relations", ())
    spans = {each["id"]: (each["start"], each["end"]) for each in entities}
    return Gold(
        text,
        {spans[each["id"]]: each["label"] for each in entities},
        frozenset((spans[each["head"]], each["label"], spans[each["tail"]]) for each in relations),
    )


class Annotator:
    """Works on one open article with mouse and keys, and counts what the hand does."""

    def __init__(self, page: Page, gold: Gold, keys: dict[str, str]) -> None:
        self.page = page
        self.gold = gold
        self.keys = keys
        self.done: Counter[str] = Counter()

    def key(self, chord: str) -> None:
        """Press a key with its modifiers."""
        self.page.keyboard.press(chord)
        self.done["keys"] += 1

    def click(self, span: Span) -> None:
        """Click on an entity."""
        box = self._box(span)
        self.page.mouse.click(box["left"] + 4, box["middle"])
        self.done["clicks"] += 1

    def drag(self, span: Span) -> None:
        """Drag over words."""
        box = self._box(span)
        mouse = self.page.mouse
        mouse.move(box["left"] + 2, box["middle"])
        mouse.down()
        mouse.move(box["right"] - 2, box["last"], steps=4)
        mouse.up()
        self.done["drags"] += 1

    def link(self, head: Span, tail: Span) -> None:
        """Drag from the label of one entity to another, both in view."""
        self._box(head)
        start, end = self.page.evaluate(_LINK, [*head, *tail])
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=6)
        mouse.up()
        self.done["drags"] += 1

    def _box(self, span: Span) -> dict[str, float]:
        found: dict[str, float] = self.page.evaluate(_BOX, list(span))
        return found

    # ---- strategies

    def label_after(self) -> None:
        """Label what is missing in the order of the text, each label chosen after its selection."""
        for span, label in sorted(self.gold.entities.items()):
            if span not in self.found().entities:
                self.drag(span)
                self.key(self.keys[label])
                self._spread(span, label)
        for head, label, tail in sorted(self.gold.relations - self.found().relations):
            self._relate(head, label, tail)

    def label_held(self) -> None:
        """Label what is missing, one label after the other held."""
        self._free()
        for label in sorted(set(self.gold.entities.values())):
            spans = [span for span, each in sorted(self.gold.entities.items()) if each == label]
            if all(span in self.found().entities for span in spans):
                continue
            self.key(self.keys[label])
            for span in spans:
                if span not in self.found().entities:
                    self.drag(span)
                    self._spread(span, label)
        self._free()
        self.label_after()

    def _spread(self, span: Span, label: str) -> None:
        """Label the other occurrences at once where all of them are meant."""
        found = self.found()
        others = self.gold.others(self.gold.text[slice(*span)]) - {span}
        left = {each for each in others if not any(_overlap(each, had) for had in found.entities)}
        if left and all(self.gold.entities.get(each) == label for each in left):
            self.key("p")

    def answer_each(self) -> None:
        """Accept, correct or reject each suggestion in order."""
        self.key("Tab")
        while (id_ := self.page.evaluate(_FOCUSED)) and id_.startswith("s:"):
            if not self.page.locator("mark.suggestion, .row.open").count():
                break
            self._answer(id_)

    def _answer(self, id_: str) -> None:
        _, *spans, label = id_.split(":")
        first, *rest = [(int(a), int(b)) for a, b in (span.split("-") for span in spans)]
        wanted = self.gold.entities.get(first)
        if rest:
            self.key("a" if (first, label, rest[0]) in self.gold.relations else "x")
        elif wanted and wanted != label and first not in self.found().entities:
            self.key(self.keys[wanted])
            self.key("Tab")
        else:
            self.key("a" if wanted == label else "x")

    def accept_screenfuls(self) -> None:
        """Accept all in view, screen by screen, then delete or correct what is wrong."""
        self.accept_all()
        found = self.found()
        for head, label, tail in found.relations - self.gold.relations:
            if head in self.gold.entities and tail in self.gold.entities:
                self._remove_relation(label, head)
        for span, label in found.entities.items():
            wanted = self.gold.entities.get(span)
            if wanted != label:
                self.click(span)
                self.key(self.keys[wanted] if wanted else "Backspace")

    def correct_first(self) -> None:
        """Label what is missing and answer what is wrong, entities and then relations.

        What is suggested anew after each answer is waited for.
        """
        while self._correct_entity():
            self._settled()
        while self._correct_relation():
            self._settled()

    def submit(self) -> None:
        """Submit the article."""
        self.found()  # all is saved
        self.key("Enter")
        self.page.wait_for_function(_GONE_ON, arg=None)

    def read_through(self) -> None:
        """Accept what is left view by view, and submit at the end."""
        self.page.evaluate('document.getElementById("viewport").scrollTo(0, 0)')
        while work_on(self.page)["layer"]["status"] != "done":
            self.page.wait_for_timeout(500)  # nobody reads faster, and what is too fast is refused
            before = self.page.evaluate('document.getElementById("viewport").scrollTop')
            self.key("Shift+Enter")
            self.page.wait_for_function(_GONE_ON, arg=before)

    def accept_all(self) -> None:
        """Accept all in view, screen by screen."""
        while True:
            self.key("Shift+A")
            if self.page.evaluate(_NEXT_SCREEN):
                break

    def _correct_entity(self) -> bool:
        """Do the first entity that is missing or wrong; tell whether there was one."""
        offered = {(a, b): label for a, b, label in self.page.evaluate(_OFFERED)}
        held = self.found().entities
        for span, label in sorted(self.gold.entities.items()):
            if span not in held and offered.get(span) != label:
                with self.page.expect_response(_RENEWED):
                    if span in offered:
                        self.point(span)
                        self.key(self.keys[label])
                    else:
                        self._label(span, label)
                return True
        wrong = next((span for span in sorted(offered) if span not in self.gold.entities), None)
        if wrong is None:
            return False
        with self.page.expect_response(_RENEWED):
            self.point(wrong)
            self.key("x")
        return True

    def _label(self, span: Span, label: str) -> None:
        """Drag over words; where another label than the likeliest is meant, press its key."""
        with self.page.expect_response(_GUESSED) as answer:
            self.drag(span)
        if answer.value.json()["label"] != label:
            self.page.locator(".chooser, mark.focus").first.wait_for()
            self.key(self.keys[label])

    def _correct_relation(self) -> bool:
        """Do the first relation that is wrong or missing; tell whether there was one."""
        offered = self._offered_links()
        missing = self.gold.relations - self.found().relations - offered.keys()
        for link, id_ in sorted(offered.items()):
            if link in self.gold.relations:
                continue
            head, _, tail = link
            meant = next((each for each in sorted(missing) if _joins(each, head, tail)), None)
            self._point_at_arc(id_, head)
            self.key(self.keys[meant[1]] if meant else "x")
            if meant and meant[0] != head:
                self.key("v")
            return True
        for link in sorted(missing):
            self._relate(*link)
            return True
        return False

    def _relate(self, head: Span, label: str, tail: Span) -> None:
        """Draw a relation; where another label than the likeliest is meant, press its key."""
        self.link(head, tail)
        self.page.wait_for_timeout(600)  # longer than the page waits for an answer
        drawn = [each[1] for each in self.found().relations if _joins(each, head, tail)]
        if label not in drawn:
            self.key(self.keys[label])

    def _offered_links(self) -> dict[Link, str]:
        """Return the relations that are suggested, with their ids."""
        address = self.page.url.split("/projects/")[0] + "/api/v1/documents/"
        answer = self.page.request.get(
            f"{address}{self.page.url.split('/')[-2]}/suggestions"
        ).json()
        found = (_LINKED.fullmatch(each["id"]) for each in answer["suggestions"])
        return {
            ((int(each[1]), int(each[2])), each[5], (int(each[3]), int(each[4]))): each[0]
            for each in found
            if each
        }

    def point(self, span: Span) -> None:
        """Point at a suggestion until it shows tick and cross."""
        box = self._box(span)
        self._rest(box["left"] + 4, box["middle"])

    def _point_at_arc(self, id_: str, head: Span) -> None:
        self._box(head)
        box = self.page.locator(f'.arcs .pill[data-id="{id_}"]').bounding_box()
        assert box is not None
        self._rest(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def _rest(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y - 40)
        self.page.mouse.move(x, y, steps=4)
        self.page.locator(".verdict").wait_for()
        self.page.wait_for_timeout(150)  # it may have stood at another before

    def _settled(self) -> None:
        self.page.wait_for_timeout(100)  # what came is drawn

    def _remove_relation(self, label: str, head: Span) -> None:
        row = self.page.locator(".row.relation", has_text=label)
        row.filter(has_text=self.gold.text[slice(*head)]).first.click()
        self.done["clicks"] += 1
        self.key("Backspace")

    def _free(self) -> None:
        """Leave what is focused, what is held and the cursor, so that a key holds a label."""
        while self.page.evaluate(_BUSY):
            self.key("Escape")

    def found(self) -> Gold:
        """Return what the server has, once all is saved."""
        self.page.locator("#saving[data-state=saved]").wait_for()
        return gold_of(self.gold.text, work_on(self.page)["layer"])


def work_on(page: Page) -> dict[str, Any]:
    """Return what the server tells of the article that is open."""
    site, rest = page.url.split("/projects/")
    found: dict[str, Any] = page.request.get(
        f"{site}/api/v1/documents/{rest.split('/')[-2]}/work"
    ).json()
    return found


def _joins(link: Link, head: Span, tail: Span) -> bool:
    """Tell whether a relation leads from one to the other, or back."""
    return {link[0], link[2]} == {head, tail}


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


_POINT = """
  const article = document.getElementById("article");
  const rangeOf = (start, end) => {
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let at = 0, node = walker.nextNode(); node; at += node.length, node = walker.nextNode()) {
      if (start >= at && start < at + node.length) range.setStart(node, start - at);
      if (end > at && end <= at + node.length) range.setEnd(node, end - at);
    }
    return range;
  };
  const view = document.getElementById("viewport");
  const drawn = async () => {
    for (let turn = 0; turn < 2; turn += 1) await new Promise(requestAnimationFrame);
  };
  await drawn();
"""
_BOX = (
    "async ([start, end]) => {"
    + _POINT
    + """
  const place = rangeOf(start, end).getBoundingClientRect();
  const frame = view.getBoundingClientRect();
  if (place.top < frame.top + 60 || place.bottom > frame.bottom - 200) {
    view.scrollBy(0, place.top - frame.top - 120);
    await new Promise((done) => setTimeout(done, 150)); // arcs settle
    await drawn();
  }
  const boxes = [...rangeOf(start, end).getClientRects()].filter((box) => box.width > 0);
  const [first, last] = [boxes[0], boxes[boxes.length - 1]];
  return { left: first.left, right: last.right, middle: first.top + first.height / 2,
           last: last.top + last.height / 2 };
}"""
)
_LINK = (
    "async ([a, b, c, d]) => {"
    + _POINT
    + """
  const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
  const markOf = (start, end) => {
    const inside = rangeOf(start, end).endContainer.parentElement;
    let mark = inside.closest("mark");
    while (mark && mark.textContent.length < end - start)
      mark = mark.parentElement.closest("mark");
    return mark;
  };
  const target = rangeOf(c, d).getClientRects()[0];
  const tags = [...markOf(a, b).querySelectorAll(".tag")];
  return [middle(tags[tags.length - 1].getBoundingClientRect()),
          [target.left + 4, target.top + target.height / 2]];
}"""
)
_FOCUSED = """async () => {
  for (let turn = 0; turn < 40; turn += 1) { // the list may have to scroll to the row
    await new Promise(requestAnimationFrame);
    const row = document.querySelector("[data-row][aria-selected=true]");
    if (row && turn > 1) return row.dataset.row;
  }
  return "";
}"""
_BUSY = """async () => {
  for (let turn = 0; turn < 2; turn += 1) await new Promise(requestAnimationFrame);
  const busy = "mark.focus, .chip[aria-pressed=true], .cursor:not([hidden])";
  return Boolean(document.querySelector(busy));
}"""
_OFFERED = """() => [...document.querySelectorAll("mark.suggestion[data-id]")].map((mark) => {
  const [, start, end, label] = /^s:(\\d+)-(\\d+):(.*)$/.exec(mark.dataset.id);
  return [Number(start), Number(end), label];
})"""
_RENEWED = re.compile(r"/suggestions$")
_GUESSED = re.compile(r"/likely\?")
_LINKED = re.compile(r"s:(\d+)-(\d+):(\d+)-(\d+):(.*)")
_GONE_ON = """(before) =>
  (before !== null && document.getElementById("viewport").scrollTop !== before)
  || document.querySelector("#meta .left").textContent.includes("done")"""
_NEXT_SCREEN = """async () => {
  const view = document.getElementById("viewport");
  const before = view.scrollTop;
  view.scrollBy(0, view.clientHeight - 80);
  await new Promise((done) => setTimeout(done, 200));
  return view.scrollTop === before;
}"""
