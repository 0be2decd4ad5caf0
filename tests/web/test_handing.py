"""The pages of handing out: what they say to managers, to curators and to newcomers."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, schema, work
from labeler.models import Document, Project, User, db
from labeler.models.database import now
from tests.conftest import Corpus
from tests.web.pages import Client

WORK = "/projects/news/assignments"
RULES = "/projects/news/handing-out"


@pytest.fixture
def project(app: Flask, corpus: Corpus) -> Project:
    """Return a project of four documents, one of them with gold: Ada is a person."""
    people = {"ana": "annotator", "ben": "annotator", "cy": "curator", "max": "manager"}
    project = corpus.project(**people)
    for number in range(4):
        corpus.document(project, f"Ada met Bob {number}.", name=f"d{number}")
    cy = corpus.person("cy")
    gold = schema.Layer("cy", "done", entities=(schema.Entity("e1", 0, 3, "PERSON"),))
    new = editing.NewLayer(project.id, keys(project)[0], cy.id, gold, gold=True)
    editing.create([new], actor_id=cy.id, now=now(), key="gold")
    return project


@pytest.fixture
def lead(project: Project, signed_in: Callable[[str], FlaskClient]) -> Client:
    """Return the browser of the manager."""
    return Client(signed_in("max"))


def keys(project: Project) -> list[int]:
    """Return the ids of the documents, in order."""
    return [row["id"] for row in work.documents(project, 0, 9)]


def rows(page: str) -> dict[str, str]:
    """Return what a page of everybody's work says of each document, by name, without markup."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.S):
        words = " ".join(re.sub(r"<[^>]+>", " ", row).split())
        name = re.search(r"\bd\d\b", words)
        if name:
            found[name[0]] = words
    return found


def finish(document_id: int, user: User, **state: str) -> None:
    """Open a document for somebody, and say what they did there."""
    layer = work.open_layer(db.session.get_one(Document, document_id), user, now())
    assert layer is not None
    work.set_state(layer, state, now())


def test_a_manager_reads_who_has_what_and_why_not(
    project: Project, corpus: Corpus, lead: Client
) -> None:
    """Done, skipped with the reason, flagged with the words, taken and given stand by name."""
    work.change_rules(project, {"overlap": 1})
    ana, ben = corpus.person("ana"), corpus.person("ben")
    d0, d1, _, d3 = keys(project)
    finish(d0, ana, status="done", flag="two Bobs")
    finish(d1, ana, status="skipped", reason="No article")
    work.act(project, "give", [d3], person="ben", now=now())
    work.hand_out(project, ana, now())
    told = rows(lead.get(WORK).text)
    assert "1 of 1 ana Done Flagged: two Bobs" in told["d0"]
    assert "0 of 1 ana Skipped “No article”" in told["d1"]
    assert "0 of 1 ana Taken" in told["d2"]
    assert "0 of 1 ben Given by hand" in told["d3"]
    assert rows(lead.get(f"{WORK}?mark=flagged").text).keys() == {"d0"}
    assert rows(lead.get(f"{WORK}?mark=skipped&person=ana").text).keys() == {"d1"}
    assert rows(lead.get(f"{WORK}?mark=skipped&person=ben").text) == {}
    assert rows(lead.get(f"{WORK}?person=ben&state=given").text).keys() == {"d3"}
    assert work.hand_out(project, ben, now()).document_id == d3
    assert "No document matches." in lead.get(f"{WORK}?finished=9").text


def test_what_was_done_to_many_is_told_in_words(project: Project, lead: Client) -> None:
    """The page counts what changed, keeps the filter, and names what cannot be done."""
    keyed = {"document": [str(key) for key in keys(project)[:2]], "whom": "ana"}
    answer = lead.post(WORK, {**keyed, "action": "give", "mark": "", "words": "d"})
    assert answer.location.endswith("?words=d") or "words=d" in answer.location
    assert "2 documents were given to ana." in lead.get(answer.location).text
    answer = lead.post(WORK, {"action": "take_back", "all": "1", "words": "d1", "whom": "ana"})
    assert "1 document was taken back from ana." in lead.get(answer.location).text
    answer = lead.post(WORK, {"action": "train", "all": "1"})
    told = "1 document was made training documents; those without gold were left out."
    assert told in lead.get(answer.location).text
    assert "d0 · training" in rows(lead.get(WORK).text)["d0"]
    assert lead.post(WORK, {"action": "burn", "whom": "ana"}).status_code == 422


def test_a_curator_reads_the_same_and_changes_nothing(
    project: Project, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Curators see who has what, without boxes to tick, and what they send is refused."""
    curator = Client(signed_in("cy"))
    page = curator.get(WORK).text
    assert rows(page).keys() == {"d0", "d1", "d2", "d3"}
    assert 'type="checkbox"' not in page
    assert "Take back" not in page
    assert curator.post(WORK, {"action": "give", "whom": "ana"}).status_code == 403


def test_rules_are_kept_and_wrong_ones_are_named(project: Project, lead: Client) -> None:
    """The form shows what holds; a number out of range is told by its field, nothing kept."""
    sent = {"who": "some", "overlap": "2", "ordering": "random", "control": "10", "lease": "45"}
    page = lead.get(lead.post(RULES, sent).location).text
    assert "The rules were saved. They hold for what is handed out from now on." in page
    kept = work.rules_of(project)
    assert (kept.overlap, kept.ordering, kept.control, kept.lease) == (2, "random", 10, 45)
    assert re.search(r'name="overlap"[^>]*value="2"', page)
    wrong = lead.post(RULES, {**sent, "control": "101"})
    assert "Use 0 to 100." in wrong.text
    assert work.rules_of(project) == kept


def test_a_newcomer_who_fails_is_told_and_let_on(
    project: Project,
    corpus: Corpus,
    lead: Client,
    signed_in: Callable[[str], FlaskClient],
) -> None:
    """The test comes first, its result stands on both pages, and a manager can let them go on."""
    ana, d0 = corpus.person("ana"), keys(project)[0]
    work.act(project, "train", [d0], now=now())
    work.change_rules(project, {"training": 1, "pass_mark": 50})
    annotator = signed_in("ana")
    assert annotator.get("/projects/news/label").location.endswith(f"/documents/{d0}/label")
    finish(d0, ana, status="done")
    waiting = annotator.get("/projects/news/label").text
    assert "You reached 0 % in the training documents, and 50 % are needed." in waiting
    page = " ".join(re.sub(r"<[^>]+>", " ", lead.get(RULES).text).split())
    assert "1 document is marked for training" in page
    assert "ana 1 0.00 – Not passed" in page
    assert "ben 0 – – Under way" in page
    answer = lead.post(f"{RULES}/admit", {"person": "ana"})
    page = lead.get(answer.location).text
    assert "ana can go on to other documents." in page
    assert "Let on by a manager" in page
    assert annotator.get("/projects/news/label").location.endswith(f"/{keys(project)[1]}/label")
