"""The likeliest label of what is shown, as a project knows it and programs ask for it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import accounts, editing, schema, transfer, work
from labeler.models import Document, Layer, Project, db
from labeler.transfer import training
from tests.conftest import NOW, Corpus

PEOPLE = ("Ada Byron", "Bob", "Cyd Lake", "Dan", "Eve Wood", "Fay")
TOWNS = ("Zorp", "Blunk", "Old Frell", "Quor", "Xib", "Yuv")
RELATED = schema.parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "GPE"}],
        "relations": [{"name": "LEADS"}, {"name": "VISITS"}],
    }
)


def labeled(corpus: Corpus, project: Project, text: str, name: str, **spans: str) -> Layer:
    """Return a finished layer with the words of each label."""
    places = {
        label: [(text.index(words), text.index(words) + len(words))]
        for label, words in spans.items()
    }
    layer = corpus.layer(corpus.document(project, text, name), **places)
    work.set_state(layer, {"status": "done"}, NOW)
    return layer


def asked(project: Project, document: Document, words: str) -> transfer.Guess | None:
    """Return the likeliest label of words for somebody who has labeled nothing."""
    start = document.text.index(words)
    held = schema.Layer("ana")
    return transfer.likely_entity(project, document, held, start, start + len(words))


def test_finished_articles_say_what_words_are(any_app: Flask, corpus: Corpus) -> None:
    """What was labeled in other articles is the likeliest, with how often it was so."""
    project = corpus.project()
    for number in range(3):
        labeled(corpus, project, "Zorblax met him.", f"d{number}", ORG="Zorblax")
    found = asked(project, corpus.document(project, "And Zorblax left.", "new"), "Zorblax")
    assert found is not None
    assert (found.label, found.reason) == ("ORG", "labeled ORG 3 of 3 times")
    assert found.score > 0.9


def test_a_trained_version_names_what_it_never_saw(app: Flask, corpus: Corpus) -> None:
    """The tagger says what new words are by those around them, told what the rules propose."""
    project = corpus.project(scheme=RELATED)
    for number, (person, town) in enumerate(zip(PEOPLE, TOWNS, strict=True)):
        for form in ("{} is the mayor of {}.", "{}, of {}, spoke."):
            text, name = form.format(person, town), f"{number} {form}"
            layer = corpus.layer(corpus.document(project, text, name))
            ends = [
                schema.Entity(label, text.index(words), text.index(words) + len(words), label)
                for label, words in (("PERSON", person), ("GPE", town))
            ]
            drawn = schema.Relation("r", "PERSON", "GPE", "LEADS" if "mayor" in form else "VISITS")
            ops = tuple(schema.Op(item.id, None, item) for item in (*ends, drawn))
            editing.apply(
                layer.id, 0, [schema.Edit("k", ops)], actor_id=layer.annotator_id, now=NOW
            )
            work.set_state(layer, {"status": "done"}, NOW)
    training.train_tagger(project)
    new = corpus.document(project, "whoever is the mayor of wherever.", "new")
    person, town = asked(project, new, "whoever"), asked(project, new, "wherever")
    assert person is not None
    assert town is not None
    assert (person.label, town.label) == ("PERSON", "GPE")
    assert person.reason.startswith("model 1, ")
    ends = schema.Entity("a", 0, 7, "PERSON"), schema.Entity("b", 24, 32, "GPE")
    link = transfer.likely_relation(project, new, schema.Layer("ana"), *ends)
    assert link is not None
    assert link.label == "LEADS"


@pytest.fixture
def ana(app: Flask, corpus: Corpus) -> FlaskClient:
    """Return a client that asks with the token of an annotator of a project."""
    project = corpus.project(ana="annotator", bob="annotator")
    corpus.layer(corpus.document(project, "Zorb met ZORB of Blunk."), PERSON=[(0, 4)])
    return client(app, corpus, "ana")


def client(app: Flask, corpus: Corpus, name: str) -> FlaskClient:
    """Return a client that asks as somebody."""
    made = app.test_client()
    token = accounts.api_token(corpus.person(name))
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return made


def answered(program: FlaskClient, query: str, document_id: int = 1) -> Any:
    """Return the answer to a question about the document."""
    return program.get(f"/api/v1/documents/{document_id}/likely?{query}").json


NOTHING = {"label": None, "score": None, "reason": None}


def test_programs_ask_for_the_likeliest_label(app: Flask, ana: FlaskClient, corpus: Corpus) -> None:
    """It builds on the layer of who asks, and on nobody else's; where nothing is known, null."""
    found = answered(ana, "start=9&end=13")
    assert (found["label"], found["reason"]) == ("PERSON", "“Zorb” is labeled PERSON here")
    assert 0.4 <= found["score"] <= 1
    assert answered(client(app, corpus, "bob"), "start=9&end=13") == NOTHING
    for query in ("start=17&end=22", "start=9&end=9", "start=9&end=900", "start=2147483647&end=3"):
        assert answered(ana, query) == NOTHING


def test_programs_ask_for_the_likeliest_relation(ana: FlaskClient) -> None:
    """Head and tail are entities by their places and labels; where nothing is known, null."""
    assert answered(ana, "head=0-4:PERSON&tail=17-22:GPE") == NOTHING
    assert answered(ana, "head=900-4:PERSON&tail=17-22:NO%20SUCH") == NOTHING


@pytest.mark.parametrize("query", ["", "start=1", "end=1", "head=0-4:PERSON", "head=a&tail=b"])
def test_a_question_says_what_it_asks_of(ana: FlaskClient, query: str) -> None:
    """Neither words nor two entities: refused, with what has to be said."""
    sent = ana.get(f"/api/v1/documents/1/likely?{query}")
    assert sent.status_code == 422
    assert "`start` and `end`" in sent.json["message"]  # type: ignore[index]


def test_who_works_without_suggestions_gets_no_label(ana: FlaskClient) -> None:
    """A layer without suggestions has none of these either."""
    layer = db.session.query(Layer).one()
    layer.blind = True
    db.session.commit()
    assert answered(ana, "start=9&end=13") == NOTHING
