"""Guidelines: every version is kept, and it is known which was in force when."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import guidelines, projects, settling
from labeler.errors import NotFound
from labeler.models import User, db, transaction
from labeler.settling import Choice
from tests.conftest import NOW, Corpus
from tests.web.pages import Client


def test_every_change_makes_a_version(any_app: Flask, corpus: Corpus) -> None:
    """Versions are listed with what they changed, and tell what was in force at a moment."""
    project, ana = corpus.project(), corpus.person("ana")
    texts = ("Label all.\n", "Label all.\nLabel towns.\n", "Label all.\nLabel towns.\n")
    for hour, text in enumerate(texts):
        with transaction():
            guidelines.keep(project, text, ana, NOW + timedelta(hours=hour))
    second, first = guidelines.versions(project)
    assert (first.number, first.by, first.added) == (1, "ana", ("Label all.",))
    assert (second.number, second.added, second.removed) == (2, ("Label towns.",), ())
    moments = [NOW - timedelta(hours=1), NOW, NOW + timedelta(minutes=90)]
    assert [guidelines.in_force(project, moment) for moment in moments] == [0, 1, 2]
    with pytest.raises(NotFound):
        guidelines.find(project, 3)


def test_a_version_is_restored_as_a_new_one(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Going back loses nothing, and annotators cannot."""
    project = corpus.project(max="manager", ana="annotator")
    boss = db.session.query(User).filter_by(name="max").one()
    for text in ("One.", "Two."):
        projects.change_guidelines(project, text, boss)
    address = "/projects/news/guidelines/restore"
    assert Client(signed_in("ana")).post(address, {"number": "1"}).status_code == 403
    Client(signed_in("max")).post(address, {"number": "1"})
    db.session.expire_all()
    assert project.guidelines == "One."
    assert [version.number for version in guidelines.versions(project)] == [3, 2, 1]


def test_decisions_that_come_again_are_proposed(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Words settled alike three times become a line to add, which is then not proposed again."""
    project = corpus.project(ana="annotator", ben="annotator", lena="curator")
    lena = db.session.query(User).filter_by(name="lena").one()
    for number in range(3):
        document = corpus.document(project, "They met in Varn.", f"a{number}")
        corpus.layer(document, "ana", "done", GPE=[(12, 16)])
        corpus.layer(document, "ben", "done", ORG=[(12, 16)])
        seen = settling.open_case(document, lena, NOW).comparison.by_key["e:12-16"].seen
        chosen = Choice("e:12-16", "12-16:GPE", seen)
        settling.decide(document, [chosen], f"k{number}", lena, NOW)
    [line] = settling.proposed_lines(project)
    assert (line.words, line.label, line.count, line.total) == ("Varn", "GPE", 3, 3)
    client = signed_in("lena")
    assert client.get("/api/v1/projects/news/guidelines/versions").json["versions"] == []
    assert "“Varn” is GPE." in client.get("/projects/news/guidelines/versions").text
    assert "“Varn” is GPE." not in signed_in("ana").get("/projects/news/guidelines/versions").text
    Client(client).post("/projects/news/guidelines/add", {"line": line.text})
    db.session.expire_all()
    assert project.guidelines == "- “Varn” is GPE.\n"
    [version] = client.get("/api/v1/projects/news/guidelines/versions").json["versions"]
    assert (version["number"], version["by"], version["added"]) == (1, "lena", [line.text])
    assert settling.proposed_lines(project) == []
