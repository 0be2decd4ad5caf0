"""The page of patterns: tried without changing anything, saved as versions, proposing then."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import transfer
from labeler.errors import Invalid
from labeler.models import Document, Job, PatternVersion, Project, SuggesterRun, db
from labeler.nlp import Expression
from labeler.suggest.patterns import MOST, Pattern
from labeler.transfer import patterns
from tests.conftest import Corpus
from tests.web.pages import Client

PAGE = "/projects/news/patterns"


@pytest.fixture
def project(app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project of two articles with a manager; trials end on a busy machine too."""
    monkeypatch.setattr(patterns, "TIME", 120)
    made = corpus.project(max="manager")
    corpus.document(made, "ada met the Omega Club.\nThe Omega Club met.", "a1")
    corpus.document(made, "Nobody met.", "a2")
    return made


@pytest.fixture
def client(project: Project, signed_in: Callable[[str], FlaskClient]) -> Client:
    """Return the manager's client."""
    return Client(signed_in("max"))


def test_patterns_are_tried_before_they_are_saved(client: Client, project: Project) -> None:
    """A trial counts matches by label and article, shows them in context, and saves nothing."""
    form = {"action": "try", "label:PERSON": "/ad/\nbob", "label:ORG": "Omega Club"}
    page = client.post(PAGE, form).text
    assert "3 matches in 2 articles" in page
    assert "<mark>Omega Club</mark> met." in page
    assert "1 do not begin and end with a token" in page
    assert "1 pattern finds nothing there" in page
    assert db.session.query(PatternVersion).count() == 0


def test_faults_are_told_by_label_and_line(client: Client, project: Project) -> None:
    """What cannot be sought stands below the field, what was written stays, nothing is saved."""
    answer = client.post(PAGE, {"action": "save", "label:ORG": "Club\n/(/"})
    assert answer.status_code == 422
    assert "Line 2: The regular expression cannot be read" in answer.text
    assert "Club\n/(/</textarea>" in answer.text
    assert db.session.query(PatternVersion).count() == 0


def test_saved_patterns_propose_and_have_versions(client: Client, project: Project) -> None:
    """A save queues suggestions, documents have them with score and reason; versions come back."""
    client.post(PAGE, {"action": "save", "label:ORG": "Omega Club"})
    assert db.session.query(Job).filter_by(kind="suggest").count() == 1
    document = first(project)
    made, problem = transfer.suggestions(project, document)
    assert problem is None
    found = [item for item in made if item["origin"]["suggester"] == "patterns"]
    assert [(item["start"], item["label"]) for item in found] == [(12, "ORG"), (28, "ORG")]
    assert found[0]["origin"]["reason"] == "pattern Omega Club"
    client.post(PAGE, {"action": "save", "label:ORG": "Omega"})
    assert [version.number for version in patterns.versions(project)] == [2, 1]
    assert "Omega Club</textarea>" in client.get(f"{PAGE}?version=1").text
    assert client.get(f"{PAGE}?version=9").status_code == 404
    assert transfer.suggest(project) > 0
    assert db.session.query(SuggesterRun).filter_by(suggester="patterns").count() == 2
    client.post(PAGE, {"action": "save"})
    made, _ = transfer.suggestions(project, document)
    assert "patterns" not in {item["origin"]["suggester"] for item in made}


def first(project: Project) -> Document:
    """Return the first article."""
    return db.session.query(Document).filter_by(project_id=project.id, name="a1").one()


def test_files_come_in_and_go_out(client: Client, project: Project) -> None:
    """A file is added to the lines and tried, its faults told; the download has what was saved."""
    rows = b'{"label": "ORG", "pattern": "Club"}\n{"label": "X", "pattern": "x"}\n'
    file = {"file": (io.BytesIO(rows), "patterns.jsonl")}
    answer = client.post(PAGE, {"action": "save", "label:ORG": "Omega", **file})
    assert answer.status_code == 422
    assert "Line 2: The scheme has no entity label" in answer.text
    assert "Omega\nClub</textarea>" in answer.text
    client.post(PAGE, {"action": "save", "label:ORG": "Omega\n/C.ub/"})
    assert client.get("/projects/news/patterns.jsonl").text == (
        '{"label": "ORG", "pattern": "Omega"}\n{"label": "ORG", "regex": "C.ub"}\n'
    )


def test_the_same_patterns_make_no_version_and_too_many_are_refused(
    any_app: Flask, corpus: Corpus
) -> None:
    """Saving what holds already changes nothing; a project takes so many at most."""
    project = corpus.project()
    assert patterns.in_force(project) is None
    one = [Pattern("ORG", "Club"), Pattern("ORG", "Club")]
    assert [patterns.save(project, one, None) for _ in range(2)] == [1, 1]
    assert (patterns.in_force(project) or {})["number"] == 1
    with pytest.raises(Invalid, match="at most"):
        patterns.save(project, one * MOST, None)
    patterns.save(project, [], None)
    assert patterns.in_force(project) is None


def test_a_pattern_too_slow_is_told_and_articles_open(app: Flask, corpus: Corpus) -> None:
    """A document opens all the same, with a sentence that names the pattern."""
    project = corpus.project("slow")
    document = corpus.document(project, "x" * 3_000 + " y")
    patterns.save(project, [Pattern("ORG", Expression("(x+x+)+y"))], None)
    _, problem = transfer.suggestions(project, document)
    assert problem is not None
    assert "/(x+x+)+y/ takes more than" in problem
