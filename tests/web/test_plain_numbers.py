"""Each number that leads see opens what it counts; those that open nothing are listed here."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import accounts, demonstration, editing, schema, settling
from labeler.models import Document, Doubt, Layer, Project, db, transaction
from tests.conftest import NOW

PROJECT = f"/projects/{demonstration.SLUG}"
PAGES = (
    "",
    "/progress/2",
    "/progress/counted?counter=entity+ORG",
    "/agreement",
    "/agreement?part=relations",
    "/agreement?part=categories",
    "/agreement/evidence",
    "/agreement/documents",
    "/adjudicate",
    "/adjudicate/automatic",
    "/adjudicate/automatic?by=vote&threshold=66",
    "/adjudicate/automatic?by=vote&threshold=66&accept=y",
    "/adjudicate/automatic?by=vote&threshold=100",
    "/consistency",
    "/consistency?words=Seoul",
    "/consistency/sudden",
    "/consistency/doubts",
)
OPEN_NOTHING = {
    r"F#": "the name of a measure",
    r"Mean F#": "the name of a measure",
    r"F#, .*|(Entities|Relations), F#": "the name of a measure",
    r"Where both had no suggestions in sight, F# is": "the name of a measure",
    r"· .*: .* · Model: .*, # ·": "a score",
    r"in # s": "how long the report took",
    r"below #": "a bound",
    r"(# % interval )?-?#( – |–)-?#( ·)?": "an interval",
    r"# % interval": "an interval",
    r"±#:": "an interval, beside how many documents more it takes",
    r"Counts are pooled over .* Intervals \(# %\) .*": "an interval",
    r"(not opened |open )?to go: about # (minutes|hours) of work, going by the": "an estimate",
    r"Finished by # (people|person)": "a number of people, whose documents stand beside it",
    r"#–# (s|min)|#\+ min": "a class of time",
    r"[A-Z][a-z][a-z] #": "a day",
    r"# in all\. .*": "the total of the list below",
    r"Counted in finished layers, .* # at most\. .*": "a limit",
    r"At most # documents are counted beforehand\. .*": "a limit",
    r"Nobody has looked yet\. It takes # finished documents\.": "a limit",
}
"""What may stand on these pages without opening anything, # for each number, and why."""
TOTALS = re.compile(r'data-total="(\d+)"')


OPENS = {"a", "summary", "button", "select", "svg", "kbd", "time", "label"}
"""Elements that open something, that people fill in, or that draw what tables tell."""
OWN = {
    "data-questions",
    "data-left",
    "data-total",
    "data-times",
    "data-seconds",
    "data-entities",
    "data-relations",
}
"""What is said of the list on the page itself: its total, and what each line adds to it."""
VOID = {"input", "br", "img", "link", "meta", "hr", "wbr"}


class _Plain(HTMLParser):
    """Collects the texts of a page's main part that have numbers and open nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # Words of documents and what people wrote have digits of their own.
        theirs = given.get("dir") == "auto" or given.get("class") == "versions"
        theirs = theirs or bool(OWN & given.keys()) or "needed" in (given.get("class") or "")
        if tag not in VOID:
            self._open.append((tag, tag in OPENS or theirs))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = any(tag == "main" for tag, _ in self._open)
        if inside and not any(skipped for _, skipped in self._open) and re.search("[1-9]", data):
            self.found.append(" ".join(re.sub(r"\d[\d.,]*\d|\d", "#", data).split()))


def plain(page: str) -> list[str]:
    """Return the texts of a page that have numbers which open nothing, # for each number."""
    found = _Plain()
    found.feed(page)
    return found.found


@pytest.fixture
def project(app: Flask) -> Project:
    """Return the project of the demo: three people, differences of every kind."""
    demonstration.prepare()
    return db.session.query(Project).filter_by(slug=demonstration.SLUG).one()


@pytest.fixture
def lead(project: Project, signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """Return the browser of who leads the project."""
    return signed_in(demonstration.LEAD)


def test_numbers_that_open_nothing_are_known(lead: FlaskClient) -> None:
    """Beside sizes, intervals, limits and totals of lists, no number opens nothing."""
    unknown = {
        address: told
        for address in PAGES
        for told in plain(lead.get(f"{PROJECT}{address}").text)
        if not any(re.fullmatch(known, told) for known in OPEN_NOTHING)
        and not (told == "#" and "/counted" in address)  # a line of the list on the page
    }
    assert unknown == {}


def opened(page: str, route: str) -> Iterator[tuple[str, int]]:
    """Yield the addresses of a route that a page's numbers open, with these numbers."""
    for address, words in re.findall(
        r'<a class="quiet"[^>]* href="([^"]+)"[^>]*>([^<]+)</a>', page
    ):
        if re.search(route, address):
            yield unescape(address), int(re.sub(r"\D", "", words))


def every(client: FlaskClient, address: str) -> Iterator[str]:
    """Yield the pages of a list."""
    following = address
    while following:
        page = client.get(following).text
        yield page
        later = re.search(r'rel="next" href="([^"]+)"', page)
        following = unescape(later[1]) if later else ""


def test_counts_of_the_settling_list_open_their_places(project: Project, lead: FlaskClient) -> None:
    """What is agreed, settled and open in a document is listed place by place."""
    ana = accounts.find_user(demonstration.LEAD)
    first = db.session.get_one(Document, settling.next_to_settle(project))
    [standing, *_] = settling.open_case(first, ana, NOW).questions
    choice = settling.Choice(standing.slot.key, "", standing.slot.seen)
    settling.decide(first, [choice], "key", ana, NOW)
    found = list(opened(lead.get(f"{PROJECT}/adjudicate").text, r"/(agreed|settled|open)$"))
    assert {address.rpartition("/")[2] for address, _ in found} == {"agreed", "settled", "open"}
    for address, number in found:
        page = lead.get(address).text
        assert page.count('class="place"') == int(TOTALS.findall(page)[0]) == number, address


def test_numbers_of_settling_at_once_are_sums_of_the_documents_listed(
    project: Project, lead: FlaskClient
) -> None:
    """Before and after: questions, documents, what stays open and what is complete."""

    def summed(page: str, name: str) -> list[int]:
        return [int(each) for each in re.findall(rf'data-{name}="(\d+)"', page)]

    address = f"{PROJECT}/adjudicate/automatic"
    page = lead.get(f"{address}?by=vote&threshold=66&accept=y").text
    questions, left = summed(page, "questions"), summed(page, "left")
    sums = [sum(questions), sum(1 for n in questions if n), sum(left), left.count(0)]
    assert summed(page, "total") == sums
    assert min(sums[:3]) > 0
    for accepting in (False, True):
        made = settling.queue_settling(
            project, "vote", 0.66, accounts.find_user(demonstration.LEAD), accepting=accepting
        )
        pages = list(every(lead, f"{address}?job={made.id}"))
        assert all(map(known, pages))
        questions = [n for page in pages for n in summed(page, "questions")]
        again = lead.get(f"{address}?by=vote&threshold=66").text
        assert (sum(summed(again, "questions")), sum(summed(again, "left"))) == (0, sum(left))
        accepted = sum(page.count("data-accepted") for page in pages)
        counts = [sum(questions), sum(1 for n in questions if n), accepted]
        assert summed(pages[0], "total") == [count for count in counts if count]
    rows = settling.documents(project, state="open")[0]
    assert sum(row.open for row in rows) == sum(left)
    assert all(row.open for row in rows)


def known(page: str) -> bool:
    """Tell whether all numbers of a page that open nothing are known."""
    return all(any(re.fullmatch(each, told) for each in OPEN_NOTHING) for told in plain(page))


def test_sudden_changes_and_doubts_have_no_number_that_opens_nothing(
    project: Project, lead: FlaskClient
) -> None:
    """What is gone or different is listed line by line and leads to the history; of doubts there
    are scores only."""
    layer, *_ = (
        layer
        for layer in db.session.query(Layer).filter_by(status="done", gold=False)
        if len(editing.load([layer])[0].entities) > 8
    )
    entities = editing.load([layer])[0].entities
    relations = [schema.Op(r.id, r, None) for r in editing.load([layer])[0].relations]
    gone = [schema.Op(e.id, e, None) for e in entities]
    with transaction():
        layer.first_submitted = layer.revision
    edit = schema.Edit("gone", (*relations, *gone))
    editing.apply(layer.id, layer.revision, [edit], actor_id=layer.annotator_id, now=NOW)
    with transaction() as session:
        session.add(Doubt(project_id=project.id, layer_id=layer.id, kind="missing", start=0, end=9,
                          new_start=0, new_end=9, new_label="ORG", score=0.97))  # fmt: skip
    page = lead.get(f"{PROJECT}/consistency/sudden").text
    [lost] = re.findall(r'data-lost="(\d+)"', page)
    more = re.findall(r"(\d+) more in the history", page)
    assert page.count("data-gone") + sum(map(int, more)) == int(lost) > 8
    doubted = lead.get(f"{PROJECT}/consistency/doubts").text
    assert "0.97" in doubted
    assert known(page)
    assert known(doubted)


def test_counts_of_contested_words_open_the_layers_they_are_of(lead: FlaskClient) -> None:
    """How often words are labeled in one way is the sum over the layers listed."""
    lead.get(f"{PROJECT}/consistency")
    found = list(opened(lead.get(f"{PROJECT}/consistency").text, "/outcomes"))
    assert len(found) > 50
    for address, number in found:
        times = [re.findall(r'data-times="(\d+)"', page) for page in every(lead, address)]
        assert sum(int(each) for page in times for each in page) == number, address


def test_counts_of_words_that_one_person_labels_in_two_ways_open_their_places(
    lead: FlaskClient,
) -> None:
    """On a person's page each label of such words opens every place where they gave it."""
    people = [accounts.find_user(name).id for name in demonstration.ANNOTATORS]
    pages = [lead.get(f"{PROJECT}/progress/{person}").text for person in people]
    found = [each for page in pages for each in opened(page, "/varied")]
    assert found
    for address, number in found:
        assert lead.get(address).text.count('class="place"') == number, address
