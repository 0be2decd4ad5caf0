"""Every number of progress opens the list that it counts, and equals it."""

import re
import statistics
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import counters, editing, progress, schema, work
from labeler.errors import NotFound
from labeler.models import Document, Layer, Project, db, transaction
from labeler.models.database import now
from tests.conftest import NOW, Corpus

LINK = re.compile(r'<a class="quiet" href="([^"]+)">([\d,]+)</a>')


@pytest.fixture
def project(app: Flask, corpus: Corpus) -> Project:
    """Return a project where three people have done, left and flagged different things."""
    people = {"ana": "annotator", "ben": "annotator", "eva": "annotator"}
    project = corpus.project(**people, cy="curator")
    for number in range(60):
        document = corpus.document(project, f"Ada met Bob {number}.", name=f"d{number:02}")
        for name in ("ana", "ben") if number < 56 else ("ana",):
            submit(corpus, document, name, number)
    return project


def submit(corpus: Corpus, document: Document, name: str, number: int) -> None:
    """Label a document and submit, skip or leave it, by its number."""
    origin = {"suggester": "rules"} if number % 2 else None
    label = "PERSON" if number % 3 else "ORG"
    entity = schema.Entity("s:0-3:PERSON", 0, 3, label, origin=origin)
    user = corpus.person(name)
    record = schema.Layer(annotator=name, status="open", entities=(entity,))
    new = editing.NewLayer(document.project_id, document.id, user.id, record)
    [layer_id] = editing.create([new], actor_id=user.id, now=NOW, key="made")
    layer = db.session.get_one(Layer, layer_id)
    with transaction():
        layer.blind = number % 4 == 1
    if number % 10 == 9:
        work.set_state(layer, {"status": "skipped", "reason": "No article"}, NOW)
    elif number % 10 != 8 or name == "ben":
        state = {"status": "done", "seconds": 10 + number * 7}
        work.set_state(layer, {**state, "flag": "odd"} if number % 7 == 0 else state, now())


def links(page: str) -> list[tuple[str, int]]:
    """Return the numbers of a page that open a list, with its address."""
    return [(unescape(url), int(number.replace(",", ""))) for url, number in LINK.findall(page)]


def listed(client: FlaskClient, address: str) -> int:
    """Return how much the list at an address holds on all its pages together."""
    count, following = 0, address
    while following:
        page = client.get(following).text
        if "/counted" in following:
            body = page.partition("<tbody>")[2]
            count += sum(map(int, re.findall(r'<td class="number">([\d,]+)</td>', body)))
        else:
            count += page.count('class="title"')
        later = re.search(r'rel="next" href="([^"]+)"', page)
        following = unescape(later[1]) if later else ""
    return count


def test_the_numbers_of_the_overview_are_those_of_their_lists(
    project: Project, signed_in: Callable[[str], FlaskClient]
) -> None:
    """A curator who follows each number finds just as many, on all pages of the list together."""
    client = signed_in("cy")
    page = client.get("/projects/news").text
    found = links(page)
    assert len(found) > 25
    [somebody] = [number for url, number in found if url == "#states"]
    by_how_many = dict(re.findall(r"finished=(\d+)\">(\d+)<", page))
    assert somebody == sum(int(n) for people, n in by_how_many.items() if people != "0")
    found = [link for link in found if link[0] != "#states"]
    wrong = {url: number for url, number in found if listed(client, url) != number}
    assert wrong == {}
    kinds = {re.sub(r".*(state|mark|finished|counter)=(\w+).*", r"\1 \2", url) for url, _ in found}
    assert {"state done", "state open", "state skipped", "state unopened"} <= kinds
    assert {"mark flagged", "finished 2", "counter entity", "counter blind"} <= kinds
    assert {"counter documents", "counter duration", "counter accepted"} <= kinds
    assert "counter aided" in kinds


def test_means_with_and_without_suggestions_open_what_they_are_made_of(
    project: Project, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Articles, times, entities and relations of each side are those of the list behind them."""
    client = signed_in("cy")
    page = client.get("/projects/news").text
    for name, aid in zip(("aided", "blind"), progress.aids(project), strict=True):
        addresses = set(re.findall(rf'href="([^"]+counter={name}[^"]*)"', page))
        assert len(addresses) == 1
        address = unescape(addresses.pop())
        assert page.count(f"counter={name}") == 4
        told = {
            what: [int(one) for one in every(client, address, rf'data-{what}="(\d+)"')]
            for what in ("seconds", "entities", "relations")
        }
        assert len(told["seconds"]) == aid.documents > 5
        assert {what: sum(each) for what, each in told.items()} == {
            what: getattr(aid, what) for what in told
        }


def test_the_numbers_of_a_person_are_those_of_their_lists(
    project: Project, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """The same for a person's page, as the person and as a curator see it."""
    ben = corpus.person("ben").id
    for name in ("ben", "cy"):
        client = signed_in(name)
        found = links(client.get(f"/projects/news/progress/{ben}").text)
        assert len(found) > 12
        wrong = {url: number for url, number in found if listed(client, url) != number}
        assert wrong == {}, name


def test_medians_rates_and_shares_open_what_they_are_made_of(
    project: Project, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """A median and a pace open the timed articles with their times, a share the decisions."""
    client = signed_in("cy")
    page = client.get("/projects/news").text
    for name in ("ana", "ben"):
        pace = progress.paces(project)[name]
        row = page.partition(f">{name}</a>")[2].partition("</tr>")[0]
        median, hourly, share = [unescape(url) for url in re.findall(r'href="([^"]+)"', row)][-3:]
        seconds = [int(one) for one in every(client, median, r'data-seconds="(\d+)"')]
        assert statistics.median(seconds) == pace.median
        assert hourly == median
        assert len(seconds) * 3600 / sum(seconds) == pytest.approx(pace.per_hour)
        assert listed(client, share) == pace.decided
    own = signed_in("ben").get(f"/projects/news/progress/{corpus.person('ben').id}").text
    assert own.count("counter=duration") >= 2
    shares = re.findall(r'<td class="number fit"><a class="quiet" href="([^"]+)">(\d+) %', page)
    for url, percent in shares:
        address = unescape(url)
        accepted = listed(client, re.sub(r"&counter=(corrected|rejected)[^&]*", "", address))
        assert round(100 * accepted / listed(client, address)) == int(percent)
    assert shares


def every(client: FlaskClient, address: str, pattern: str) -> list[str]:
    """Return what matches on all pages of a list."""
    found, following = [], address
    while following:
        page = client.get(following).text
        found += re.findall(pattern, page)
        later = re.search(r'rel="next" href="([^"]+)"', page)
        following = unescape(later[1]) if later else ""
    return found


def test_an_annotator_lists_only_their_own(
    project: Project, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """What others add to a number stays theirs, also when nobody is named."""
    client, cy = signed_in("ben"), signed_in("cy")
    address = "/projects/news/progress/counted?counter=entity+ORG"
    assert ">ana</a>" not in client.get(address).text
    assert ">ana</a>" in cy.get(address).text
    assert client.get(f"{address}&person={corpus.person('ana').id}").status_code == 404
    assert cy.get("/projects/news/progress/counted?counter=nothing+x").status_code == 404


def test_shares_add_up_to_the_counter(any_app: Flask, corpus: Corpus) -> None:
    """Page by page the layers give the sum, of one counter and of several, on either database."""
    project = corpus.project(ana="annotator", ben="annotator")
    for number in range(5):
        document = corpus.document(project, f"Ada met Bob {number}.", name=f"d{number}")
        for name in ("ana", "ben"):
            submit(corpus, document, name, number)
    for names in (["entity PERSON"], ["entity PERSON", "entity ORG"], ["blind documents"]):
        rows, after = [], (0, 0)
        while page := counters.shares(project, names, after=after, limit=3):
            rows += page
            after = (page[-1].document_id, page[-1].annotator_id)
        assert sum(row.amount for row in rows) == counters.total(project, names) > 0
    ana = corpus.person("ana")
    own = counters.shares(project, ["entity ORG"], ana)
    assert {row.annotator for row in own} == {"ana"}
    assert sum(row.amount for row in own) == counters.total(project, ["entity ORG"], ana)
    assert counters.shares(project, []) == []


def test_work_with_and_without_suggestions_is_told_apart(app: Flask, corpus: Corpus) -> None:
    """Means of both sides come from what was submitted, from five articles on."""
    project = corpus.project(ana="annotator")
    for number in range(20):
        document = corpus.document(project, f"Ada met Bob {number}.", name=f"d{number}")
        submit(corpus, document, "ana", number)
    aided, blind = progress.aids(project)
    assert (aided.documents, blind.documents) == (12, 4)
    assert blind.per_document("seconds") is None
    assert aided.per_document("entities") == 1


def test_a_counter_that_nobody_knows_is_refused() -> None:
    """What is counted under a name is told in words, or the name is refused."""
    assert progress.described("duration 0") == "Articles that took 0–15 s"
    assert progress.described("accepted rules ORG") == "Suggestions of ORG by rules: accepted"
    for name in ("", "entity", "seconds 2026-01-01", "x y"):
        with pytest.raises(NotFound):
            progress.described(name)
