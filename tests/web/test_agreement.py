"""The pages of agreement: every number equals the count of what it opens."""

import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, work
from labeler.models import (
    AgreementReport,
    Document,
    Layer,
    Project,
    SuggesterRun,
    Suggestion,
    User,
    db,
    transaction,
)
from labeler.schema import Edit, Entity, Op
from labeler.schema import Layer as RecordLayer
from tests.conftest import NOW, Corpus
from tests.drawn import drawn_layer, drawn_project

KINDS = {
    "entities": ("identical", "boundary", "label", "both", "only_one"),
    "relations": ("identical", "ends", "label", "direction", "only_one"),
}


class _Links(HTMLParser):
    """Collects links with what they carry, and elements that tell a total."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.totals: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(own)
        if "data-total" in own:
            self.totals.append(int(own["data-total"]))


def parsed(text: str) -> _Links:
    """Return the links and totals of a page."""
    found = _Links()
    found.feed(text)
    return found


@pytest.fixture
def project(app: Flask, corpus: Corpus) -> Project:
    """Return a project with differences of every kind."""
    return drawn_project(corpus)


@pytest.fixture
def curator(project: Project, signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """Return the browser of a curator."""
    return signed_in("cy")


def listed(client: FlaskClient, address: str) -> int:
    """Return how many comparisons an address shows, counted over all its pages."""
    count, following = 0, [address]
    while following:
        page = client.get(following[0])
        assert page.status_code == 200, following[0]
        count += page.text.count('class="compared"')
        following = [one["href"] for one in parsed(page.text).links if one.get("rel") == "next"]
    return count


@pytest.mark.parametrize("part", ["entities", "relations"])
def test_every_count_opens_as_many(curator: FlaskClient, part: str) -> None:
    """Each count on the page opens exactly that many comparisons, one by one."""
    page = curator.get(f"/projects/news/agreement?part={part}")
    links = [one for one in parsed(page.text).links if "data-count" in one]
    assert len(links) > 30
    wrong = {
        one["href"]: (one["data-count"], found)
        for one in links
        if (found := listed(curator, one["href"])) != int(one["data-count"])
    }
    assert wrong == {}


@pytest.mark.parametrize("part", ["entities", "relations"])
def test_every_kind_occurs(curator: FlaskClient, part: str) -> None:
    """The corpus of these tests has each kind of difference, so that each link is tried."""
    body = curator.get("/api/v1/projects/news/agreement").get_json()
    assert all(body[part]["kinds"][kind] for kind in KINDS[part])


@pytest.mark.parametrize("part", ["entities", "relations"])
def test_every_value_is_made_of_what_it_opens(curator: FlaskClient, part: str) -> None:
    """The F1 of a pair and the headline follow from the comparisons behind them alone."""
    page = curator.get(f"/projects/news/agreement?part={part}").text
    cells = [
        one for one in parsed(page).links if "data-value" in one and "kind=differ" in one["href"]
    ]
    assert len(cells) == 6
    values = []
    for cell in cells:
        values.append(float(cell["data-value"]))
        assert values[-1] == pytest.approx(f1_of(curator, cell["href"]))
    headline = next(one for one in parsed(page).links if "data-value" in one)
    assert float(headline["data-value"]) == pytest.approx(sum(values) / len(values))


def f1_of(client: FlaskClient, address: str) -> float:
    """Return F1 from the numbers of kinds that a page of evidence offers."""
    links = parsed(client.get(address).text).links
    counts = {one["data-kind"]: int(one["data-count"]) for one in links if "data-kind" in one}
    alone = counts.pop("only_a", 0) + counts.pop("only_b", 0) + counts.pop("only_one", 0)
    return 2 * counts["identical"] / (2 * sum(counts.values()) + alone)


def test_values_of_labels_and_people_are_made_of_what_they_open(curator: FlaskClient) -> None:
    """By label and by annotator, the mean over pairs of what each pair's evidence gives."""
    body = curator.get("/api/v1/projects/news/agreement").get_json()["entities"]
    for label, own in body["by_label"].items():
        counts = curator.get(f"/api/v1/projects/news/agreement/evidence?label={label}").get_json()[
            "kinds"
        ]
        assert {kind: counts[kind] for kind in KINDS["entities"]} == own["kinds"]
    for name, own in body["by_annotator"].items():
        counts = curator.get(f"/api/v1/projects/news/agreement/evidence?a={name}").get_json()
        assert counts["kinds"]["only_a"] == own["extra"]
        assert counts["kinds"]["only_b"] == own["missing"]


def test_facets_and_documents_count_right(curator: FlaskClient) -> None:
    """What a page of evidence can be narrowed to, and each document, opens what it says."""
    page = curator.get("/projects/news/agreement/evidence?a=ben").text
    for one in parsed(page).links:
        if "data-count" in one:
            assert listed(curator, one["href"]) == int(one["data-count"]), one
    listing = parsed(curator.get("/projects/news/agreement/documents").text)
    assert listing.totals == [12]
    for one in listing.links:
        if "data-count" in one:
            assert listed(curator, one["href"]) == int(one["data-count"]), one


def test_filters_hold_for_what_is_opened(curator: FlaskClient) -> None:
    """Within some annotators and labels, counts still open as many."""
    address = "/projects/news/agreement?annotators=ana&annotators=cid&labels=PERSON&labels=GPE"
    page = parsed(curator.get(address).text)
    links = [one for one in page.links if "data-count" in one]
    assert links
    for one in links:
        assert listed(curator, one["href"]) == int(one["data-count"]), one
    none = curator.get("/projects/news/agreement?since=2090-01-01").text
    assert "Nothing to compare yet" in none
    assert curator.get("/projects/news/agreement?since=soon").status_code == 422
    assert curator.get("/projects/news/agreement?annotators=nobody").status_code == 404
    assert curator.get("/projects/news/agreement?part=words").status_code == 422


def every(client: FlaskClient, address: str) -> Iterator[Any]:
    """Yield the items of all pages of the API."""
    after = ""
    while after is not None:
        answer = client.get(f"{address}&after={after}").get_json()
        yield from answer["items"]
        after = answer["next"]


def test_the_api_pages_through_all_comparisons(curator: FlaskClient) -> None:
    """Page by page each comparison comes once, and as many as were told."""
    address = "/api/v1/projects/news/agreement/evidence?part=entities"
    told = curator.get(address).get_json()["count"]
    places = [tuple(item["place"]) for item in every(curator, address)]
    assert len(places) == len(set(places)) == told
    assert places == sorted(places)


def test_downloads_hold_counts_and_values(curator: FlaskClient) -> None:
    """JSON is what the API gives; CSV has each kind, cell and value of it."""
    body = curator.get("/api/v1/projects/news/agreement").get_json()
    answer = curator.get("/projects/news/agreement/download?format=json")
    assert json.loads(answer.data) == body
    answer = curator.get("/projects/news/agreement/download?format=csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert (lines[0]["measure"], lines[0]["count"]) == ("training_documents_left_out", "0")
    counted = curator.get("/projects/news/agreement/download?format=csv&training=true").text
    assert "training_documents_counted" in counted
    kinds = {
        line["measure"]: int(line["count"])
        for line in lines
        if line["part"] == "entities"
        and not line["a"]
        and not line["label"]
        and line["measure"] in body["entities"]["kinds"]
    }
    assert kinds == body["entities"]["kinds"]
    cells = [line for line in lines if line["measure"] == "confusion"]
    total = sum(int(cell["count"]) for cell in cells if cell["part"] == "entities")
    assert total == sum(body["entities"]["kinds"].values())
    more = {line["measure"]: line for line in lines if not line["a"] and not line["label"]}
    assert int(more["same_span_kappa"]["count"]) == body["entities"]["same_span"]["compared"]
    assert int(more["documents_needed_0.01"]["count"]) > 0
    [strict] = [x for x in lines if x["measure"] == "f1_strict" and not x["a"]]
    assert float(strict["value"]) == body["entities"]["f1"]["strict"]["value"]


def test_a_report_is_computed_once_and_anew_after_a_change(
    curator: FlaskClient, project: Project, corpus: Corpus
) -> None:
    """The stored report serves until a layer changes; then the page tells the new numbers."""
    curator.get("/projects/news/agreement")
    [first] = [row.computed for row in db.session.query(AgreementReport)]
    curator.get("/projects/news/agreement")
    db.session.rollback()
    [again] = [row.computed for row in db.session.query(AgreementReport)]
    assert first == again
    document = corpus.document(project, "Ada met Bob.", "late")
    corpus.layer(document, "ana", "done", PERSON=[(0, 3)])
    corpus.layer(document, "ben", "done", PERSON=[(0, 3)])
    body = curator.get("/api/v1/projects/news/agreement").get_json()
    assert body["documents"] == 13


def test_text_of_people_stays_text(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Markup in an article comes out as words."""
    project = corpus.project(ana="annotator", ben="annotator", cy="curator")
    document = corpus.document(project, "See <script>alert(1)</script> & Bob.")
    corpus.layer(document, "ana", "done", PERSON=[(4, 12)])
    corpus.layer(document, "ben", "done", ORG=[(4, 12)])
    for page in ("", "/evidence"):
        text = signed_in("cy").get(f"/projects/news/agreement{page}").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


def test_an_empty_project_says_what_to_do(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Without shared documents the page tells how to get some, and has no numbers."""
    corpus.project(cy="curator")
    text = signed_in("cy").get("/projects/news/agreement").text
    assert "Nothing to compare yet" in text
    assert not re.search("data-(count|value)", text)
    assert "Nothing here" in signed_in("cy").get("/projects/news/agreement/evidence").text


CREDIT = {
    "strict": (1, 0, 0, 0),
    "boundary": (1, 0, 1, 0),
    "type": (1, 1, 0, 0),
    "overlap": (1, 1, 1, 1),
    "partial": (1, 0.5, 1, 0.5),
}
"""What each kind of KINDS scores."""


def test_looser_values_are_made_of_what_they_open(curator: FlaskClient) -> None:
    """Each F1 of a pair, and label agreement, follow from the kinds of the pair's evidence."""
    api = "/api/v1/projects/news/agreement"
    body = curator.get(api).get_json()["entities"]
    for pair in body["pairs"]:
        address = f"{api}/evidence?a={pair['a']}&b={pair['b']}"
        kinds = curator.get(address).get_json()["kinds"]
        matched = [kinds[kind] for kind in KINDS["entities"][:-1]]
        total = 2 * sum(matched) + kinds["only_one"]
        for name, credit in CREDIT.items():
            scored = sum(own * count for own, count in zip(credit, matched, strict=True))
            assert pair["f1"][name]["value"] == pytest.approx(2 * scored / total)
        same = curator.get(f"{address}&kind=same_span").get_json()["count"]
        assert same == pair["same_span"]["compared"] == kinds["identical"] + kinds["label"]
        share = kinds["identical"] / same
        assert pair["same_span"]["agreement"]["value"] == pytest.approx(share)


def test_evidence_is_narrowed_by_a_form(curator: FlaskClient, project: Project) -> None:
    """Label, annotators and document narrow what is listed together, and the form keeps them."""
    address = "/projects/news/agreement/evidence?label=GPE&b=ben&name=d5"
    page = curator.get(address)
    assert "<option selected>GPE</option>" in page.text
    [document] = db.session.query(Document).filter_by(project_id=project.id, name="d5")
    items = every(
        curator, f"/api/v1/projects/news/agreement/evidence?label=GPE&b=ben&document={document.id}"
    )
    found = list(items)
    assert found
    assert len(found) == listed(curator, address)
    for item in found:
        assert item["title"] == "d5"
        assert "ben" in [own["who"] for own in item["versions"]]
        assert "GPE" in [own["label"] for own in item["versions"]]
    assert curator.get("/projects/news/agreement/evidence?name=nothing").status_code == 422


@pytest.mark.parametrize("seed", [1, 2])
def test_every_link_of_a_random_corpus_opens_what_it_says(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient], seed: int
) -> None:
    """From the page of numbers and from the list of documents, each number that is a link opens a
    page that lists as many comparisons, and each value a page that lists some."""
    project = drawn_project(corpus, 7, seed)
    add_references(project, corpus)
    client = signed_in("cy")
    wrong, tried = {}, set()
    for address in ("?part=entities", "?part=relations", "/documents", "/documents?part=relations"):
        page = client.get(f"/projects/news/agreement{address}")
        for link in parsed(page.text).links:
            if (
                not {"data-count", "data-value", "data-documents", "data-shared"} & link.keys()
                or link["href"] in tried
            ):
                continue
            tried.add(link["href"])
            [total] = parsed(client.get(link["href"]).text).totals
            told = link.get(
                "data-count", link.get("data-documents", link.get("data-shared", total))
            )
            if total != int(told):
                wrong[link["href"]] = told, total
    assert wrong == {}
    assert len(tried) > 150


# ---- against gold, suggestions and one's own first submission ------------------------------------


def add_references(project: Project, corpus: Corpus) -> None:
    """Give a project gold, suggestions, and a layer that was submitted twice."""
    cy = corpus.person("cy")
    documents = db.session.query(Document).filter_by(project_id=project.id).all()
    deal = random.Random(3)
    news = [
        editing.NewLayer(project.id, document.id, cy.id, drawn_layer("cy", deal), gold=True)
        for document in documents[:5]
    ]
    editing.create(news, actor_id=cy.id, now=NOW, key="gold")
    with transaction() as session:
        run = SuggesterRun(project_id=project.id, suggester="rulers", version="1", options={})
        session.add(run)
        session.flush()
        for document in documents[:7]:
            layer = drawn_layer("", deal)
            proposals = [
                {name: getattr(one, name) for name in ("id", "start", "end", "label")}
                for one in layer.entities
            ] + [
                {name: getattr(one, name) for name in ("id", "head", "tail", "label")}
                for one in layer.relations
            ]
            session.add(Suggestion(document_id=document.id, run_id=run.id, proposals=proposals))
    submit_twice(documents[1])


def submit_twice(document: Document) -> None:
    """Submit a layer, reopen it, delete an entity with what hangs on it, and submit it again."""
    ana = db.session.query(User).filter_by(name="ana").one()
    [layer] = db.session.query(Layer).filter_by(document_id=document.id, annotator_id=ana.id)
    work.set_state(layer, {"status": "open"}, NOW)
    work.set_state(layer, {"status": "done"}, NOW)
    work.set_state(layer, {"status": "open"}, NOW)
    [record] = editing.load([layer])
    entity = record.entities[0]
    hung = [one for one in record.relations if entity.id in (one.head, one.tail)]
    edit = Edit("second-thoughts", tuple(Op(one.id, one, None) for one in (*hung, entity)))
    editing.apply(layer.id, layer.revision, [edit], actor_id=ana.id, now=NOW)
    db.session.refresh(layer)
    work.set_state(layer, {"status": "done"}, NOW)


@pytest.mark.parametrize("part", ["entities", "relations"])
def test_what_annotators_are_held_against_opens_as_well(
    curator: FlaskClient, project: Project, corpus: Corpus, part: str
) -> None:
    """Values against gold, suggestions and a first submission follow from what they open."""
    add_references(project, corpus)
    body = curator.get("/api/v1/projects/news/agreement").get_json()
    assert body["against"].keys() == {"gold", "suggestions", "themselves"}
    assert body["annotators"] == ["ana", "ben", "cid"]
    page = parsed(curator.get(f"/projects/news/agreement?part={part}").text)
    cells = [one for one in page.links if "against=" in one["href"] and "data-value" in one]
    assert len(cells) == 3 + 3 + 1
    for cell in cells:
        assert float(cell["data-value"]) == pytest.approx(f1_of(curator, cell["href"]))
    counts = {pair["a"]: pair for pair in body["against"]["gold"][part]}
    address = f"/projects/news/agreement/evidence?part={part}&against=gold&a=ben&b=gold&kind="
    for kind, count in counts["ben"]["kinds"].items():
        assert listed(curator, address + kind) == count


def test_a_first_submission_is_the_fold_of_the_log_up_to_it(
    curator: FlaskClient, project: Project, corpus: Corpus
) -> None:
    """What somebody deleted after submitting is what they differ in from themselves."""
    add_references(project, corpus)
    [own] = curator.get("/api/v1/projects/news/agreement").get_json()["against"]["themselves"][
        "entities"
    ]
    assert (own["a"], own["b"]) == ("ana", "ana, first submission")
    assert own["documents"] == 1
    assert own["kinds"]["only_b"] == 1
    assert own["kinds"]["only_a"] == 0
    assert curator.get("/projects/news/agreement/evidence?against=luck").status_code == 422


def test_a_person_sees_their_own_agreement_and_nobody_elses(
    project: Project, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """The own page has F1 with settled gold and with the first submission; what others labeled
    changes none of it."""
    add_references(project, corpus)
    body = signed_in("cy").get("/api/v1/projects/news/agreement").get_json()["against"]
    ana = db.session.query(User).filter_by(name="ana").one()
    page = signed_in("ana").get(f"/projects/news/progress/{ana.id}").text
    for name, title in (("gold", "With gold"), ("themselves", "With the first submission")):
        assert title in page
        [pair] = [one for one in body[name]["entities"] if one["a"] == "ana"]
        assert f"<b>{pair['value']:.2f}</b></a>" in page.partition(title)[2]
    own = page.partition('id="own-agreement"')[2].partition("</section>")[0]
    assert "ben" not in own
    assert "cid" not in own
    document = corpus.document(project, name="late")
    corpus.layer(document, "ben", "done", PERSON=[(0, 3)])
    again = signed_in("ana").get(f"/projects/news/progress/{ana.id}").text
    assert again.partition('id="own-agreement"')[2].partition("</section>")[0] == own


def test_a_persons_own_figures_open_their_comparisons(
    project: Project, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Each figure and count of the own page opens what it is made of, for that person and for
    curators; nobody else's labels are in it, and nobody else may open it."""
    add_references(project, corpus)
    ana = db.session.query(User).filter_by(name="ana").one()
    for name in ("ana", "cy"):
        client = signed_in(name)
        page = client.get(f"/projects/news/progress/{ana.id}").text
        links = [one for one in parsed(page).links if "/agreement?" in one["href"]]
        assert len(links) > 6
        for link in links:
            assert listed(client, link["href"]) == int(
                link.get("data-count", listed(client, link["href"]))
            )
            opened = client.get(link["href"]).text
            assert "data-total" in opened
            assert "ben" not in opened
    address = f"/projects/news/progress/{ana.id}/agreement"
    f1 = parsed(signed_in("ana").get(f"{address}?part=relations&against=gold").text)
    assert f1.totals
    program = "/api/v1/projects/news/progress/people/ana/agreement"
    for against in ("gold", "themselves"):
        for part in ("entities", "relations"):
            asked = f"?part={part}&against={against}"
            [total] = parsed(signed_in("ana").get(f"{address}{asked}").text).totals[:1]
            pages = [signed_in("ana").get(f"{program}{asked}&limit=5").get_json()]
            while pages[-1]["next"]:
                after = f"{asked}&limit=5&after={pages[-1]['next']}"
                pages.append(signed_in("cy").get(f"{program}{after}").get_json())
            assert {page["count"] for page in pages} == {total}
            assert sum(len(page["items"]) for page in pages) == total
            assert "ben" not in str(pages)
    assert signed_in("ben").get(program).status_code == 404
    assert signed_in("ana").get(f"{program}?against=suggestions").status_code == 422
    assert signed_in("ben").get(address).status_code == 404
    assert signed_in("ana").get(f"{address}?against=suggestions").status_code == 422


def test_relations_given_their_entities_open_as_many(curator: FlaskClient) -> None:
    """The coverage of a measure that compares some relations only opens just those, and its value
    follows from them."""
    body = curator.get("/api/v1/projects/news/agreement").get_json()["relations"]
    address = "/api/v1/projects/news/agreement/evidence?part=relations"
    for name in ("given_entities", "given_overlap"):
        found = curator.get(f"{address}&kind={name}").get_json()
        assert found["annotations"] == body[name]["compared"]
        assert found["count"] == found["kinds"][name]
        for pair in body["pairs"]:
            own = curator.get(f"{address}&kind={name}&a={pair['a']}&b={pair['b']}").get_json()
            assert own["annotations"] == pair[name]["compared"]
    page = curator.get("/projects/news/agreement?part=relations").text
    [link] = {one["href"] for one in parsed(page).links if "kind=given_entities" in one["href"]}
    assert f'data-annotations="{body["given_entities"]["compared"]}"' in curator.get(link).text


def test_gold_that_is_not_settled_tells_nothing(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Open gold enters no number on an annotator's page."""
    project = corpus.project(ana="annotator", cy="curator")
    document = corpus.document(project)
    corpus.layer(document, "ana", "done", PERSON=[(0, 3)])
    cy = corpus.person("cy")
    record = RecordLayer("cy", "open", entities=(Entity("e", 0, 3, "ORG"),))
    gold = editing.NewLayer(project.id, document.id, cy.id, record, gold=True)
    [key] = editing.create([gold], actor_id=cy.id, now=NOW, key="gold")
    ana = corpus.person("ana")
    address = f"/projects/news/progress/{ana.id}"
    assert "Nothing to compare with yet" in signed_in("ana").get(address).text
    with transaction() as session:
        session.get_one(Layer, key).status = "done"
    text = signed_in("ana").get(address).text
    assert "In all finished articles that have settled gold" in text
    assert "With gold" in text
    assert re.search(r"label differs\s+<a[^>]*>1<", text)


def test_numbers_in_warnings_open_what_they_are_made_of(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """The share of suggestions, and F1 with and without them, follow from what they open."""
    drawn_project(corpus)
    with transaction():
        for layer in db.session.query(Layer).filter(Layer.id % 7 != 0):
            layer.blind = layer.document_id % 3 == 0
    client = signed_in("cy")
    body = client.get("/api/v1/projects/news/agreement").get_json()
    page = client.get("/projects/news/agreement").text
    evidence = "/projects/news/agreement/evidence"
    kinds = client.get(f"/api/v1{evidence}").get_json()["kinds"]
    both = sum(kinds[kind] for kind in KINDS["entities"])
    share = round(100 * listed(client, f"{evidence}?kind=suggested") / both)
    assert f'<a class="quiet" href="{evidence}?kind=suggested">{share} %</a>' in page
    for kind in ("blind", "shown"):
        told = body["entities"]["control"][f"f1_{kind}"]["value"]
        assert f'<a class="quiet" href="{evidence}?kind={kind}">{told:.2f}</a>' in page
        assert listed(client, f"{evidence}?kind={kind}") == kinds[kind] > 0
    documents = {
        name: {one["document_id"] for one in client.get(
            f"/api/v1{evidence}?kind={name}").get_json()["items"]}
        for name in ("blind", "shown")
    }  # fmt: skip
    assert all(key % 3 == 0 for key in documents["blind"])
