"""The page of agreement on labels of documents: every number opens what it is made of."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, reliability
from labeler.models import Document, Project, SuggesterRun, Suggestion, db, transaction
from labeler.schema import Category, CategoryLabel, Layer
from tests.conftest import NEWS, NOW, Corpus
from tests.web.test_agreement import listed, parsed

ADDRESS = "/projects/news/agreement?part=categories"
PEOPLE = ("ana", "ben", "cid")


def categorised(corpus: Corpus) -> Project:
    """Return a project in which three people labeled 12 documents as a whole, not all alike."""
    labels = [CategoryLabel(name, group="topic") for name in ("politics", "sport")]
    scheme = replace(NEWS, categories=(*labels, CategoryLabel("urgent")))
    project = corpus.project(scheme=scheme, **dict.fromkeys(PEOPLE, "annotator"), cy="curator")
    deal = random.Random(1)
    for at in range(12):
        document = corpus.document(project, name=f"d{at}")
        people = PEOPLE if at % 4 else deal.sample(PEOPLE, 2)
        news = []
        for name in people:
            topic = deal.choice(["politics", "politics", "sport", ""])
            chosen = [label for label in (topic, "urgent" if deal.random() < 0.05 else "") if label]
            made = Layer(name, "done", categories=tuple(Category(own, own) for own in chosen))
            news.append(editing.NewLayer(project.id, document.id, corpus.person(name).id, made))
        editing.create(news, actor_id=corpus.person("ana").id, now=NOW, key="made")
    return project


@pytest.fixture
def curator(app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """Return the browser of a curator."""
    categorised(corpus)
    return signed_in("cy")


def test_every_count_opens_as_many(curator: FlaskClient) -> None:
    """Each count on the page opens exactly that many comparisons of that group."""
    page = curator.get(ADDRESS)
    links = [one for one in parsed(page.text).links if "data-count" in one]
    assert len(links) > 10
    wrong = {
        one["href"]: (one["data-count"], found)
        for one in links
        if (found := listed(curator, one["href"])) != int(one["data-count"])
    }
    assert wrong == {}


def test_observed_agreement_is_made_of_what_it_opens(curator: FlaskClient) -> None:
    """A pair's counts are those of its evidence, each with what both chose."""
    body = curator.get("/api/v1/projects/news/agreement").get_json()
    [topic, urgent] = body["categories"]
    assert (topic["group"], urgent["group"]) == ("topic", "urgent")
    for group in (topic, urgent):
        for pair in group["pairs"]:
            asked = f"part=categories&group={group['group']}&a={pair['a']}&b={pair['b']}"
            found = curator.get(f"/api/v1/projects/news/agreement/evidence?{asked}").get_json()
            assert found["count"] == pair["documents"]
            kinds = {kind: found["kinds"][kind] for kind in pair["kinds"]}
            assert kinds == pair["kinds"]
            same = sum(
                one["versions"][0]["label"] == one["versions"][1]["label"] for one in found["items"]
            )
            assert same / found["count"] == pytest.approx(pair["observed"]["value"])


def test_two_who_choose_nothing_agree(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Where neither ever chooses anything, the confusion has that one cell, which opens them."""
    scheme = replace(NEWS, categories=(CategoryLabel("urgent"),))
    project = corpus.project(scheme=scheme, ana="annotator", ben="annotator", cy="curator")
    for at in range(3):
        document = corpus.document(project, name=f"d{at}")
        corpus.layer(document, "ana", "done")
        corpus.layer(document, "ben", "done")
    client = signed_in("cy")
    page = client.get(ADDRESS)
    assert "Nobody" not in page.text
    assert "Only one label used" in page.text
    cells = [one for one in parsed(page.text).links if "one=" in one["href"]]
    assert [cell["data-count"] for cell in cells] == ["3"]
    assert listed(client, cells[0]["href"]) == 3


def test_categories_are_held_against_gold_and_suggestions(
    curator: FlaskClient, corpus: Corpus
) -> None:
    """Document labels stand beside those of gold and of the last run, and open what differs."""
    project = db.session.query(Project).one()
    documents = db.session.query(Document).order_by(Document.id).limit(4).all()
    gold = Layer("cy", "done", categories=(Category("sport", "sport"),))
    cy = corpus.person("cy")
    news = [
        editing.NewLayer(project.id, document.id, cy.id, gold, gold=True) for document in documents
    ]
    editing.create(news, actor_id=cy.id, now=NOW, key="gold")
    with transaction() as session:
        run = SuggesterRun(project_id=project.id, suggester="rulers", version="1", options={})
        session.add(run)
        session.flush()
        for document in documents:
            proposals = [{"id": "c", "label": "politics"}]
            session.add(Suggestion(document_id=document.id, run_id=run.id, proposals=proposals))
    body = curator.get("/api/v1/projects/news/agreement").get_json()
    for name, label in (("gold", "sport"), ("suggestions", "politics")):
        pairs = [one for one in body["against"][name]["categories"] if one["group"] == "topic"]
        assert {pair["a"] for pair in pairs} == set(PEOPLE)
        for pair in pairs:
            assert all(cell.endswith(f"|{label}") for cell in pair["confusion"])
            asked = f"part=categories&group=topic&against={name}&a={pair['a']}&b={name}"
            found = curator.get(f"/api/v1/projects/news/agreement/evidence?{asked}").get_json()
            assert found["count"] == pair["documents"] > 0
            assert {kind: found["kinds"][kind] for kind in pair["kinds"]} == pair["kinds"]
    cells = [one for one in parsed(curator.get(ADDRESS).text).links if "against=" in one["href"]]
    assert all(listed(curator, cell["href"]) for cell in cells)


def test_ac1_stands_where_one_answer_prevails(curator: FlaskClient) -> None:
    """AC1 is shown for the group in which nearly nothing is ever chosen, and only there."""
    page = curator.get(ADDRESS).text
    assert page.count("<dt>Gwet’s AC1") == 1
    assert page.index("<dt>Gwet’s AC1") > page.index(">urgent<")


def test_the_tab_is_there_for_schemes_with_categories(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Without categories there is no tab, and its address says so in words."""
    corpus.project(cy="curator")
    client = signed_in("cy")
    assert "Document labels" not in client.get("/projects/news/agreement").text
    refused = client.get(ADDRESS)
    assert refused.status_code == 422
    assert "There is no part" in refused.text


def test_evidence_says_which_group_it_is_of(curator: FlaskClient) -> None:
    """The heading names the group, and the label that was asked for."""
    address = "/projects/news/agreement/evidence?part=categories&group=topic"
    assert ">Document labels, topic</h1>" in curator.get(address).text
    asked = curator.get(f"{address}&label=sport").text
    assert ">Document labels, topic labeled sport</h1>" in asked


def test_the_download_has_the_groups(curator: FlaskClient) -> None:
    """The CSV has a line for each value and each cell of a group's confusion."""
    table = curator.get("/projects/news/agreement/download?format=csv").text
    lines = [line for line in table.splitlines() if line.startswith("categories,")]
    assert any(line.startswith("categories,alpha,,,topic,") for line in lines)
    assert any(line.startswith("categories,confusion,ana,ben,politics,") for line in lines)


def test_stored_categories_are_what_records_have(any_app: Flask, corpus: Corpus) -> None:
    """Choosing nothing in a finished document is an answer, read from either kind of database."""
    project = categorised(corpus)
    [topic, urgent] = reliability.compute(project).to_json()["categories"]
    assert sum(topic["answers"].values()) == sum(urgent["answers"].values())
    assert topic["answers"]["∅"] > 0
    assert urgent["answers"]["urgent"] < urgent["answers"]["∅"]
