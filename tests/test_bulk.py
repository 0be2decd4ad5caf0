"""What managers do to many documents at once: now, or in the background."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import accounts, audit, jobs, proof, work
from labeler.errors import Invalid
from labeler.jobs import queue
from labeler.models import Assignment, Job, Project, db
from labeler.work import bulk
from tests.conftest import NOW, Corpus
from tests.web.pages import Client


@pytest.fixture
def project(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project of eight documents, where four are many and two a portion."""
    monkeypatch.setattr(bulk, "MANY", 3)
    monkeypatch.setattr(bulk, "_CHUNK", 2)
    project = corpus.project(ana="annotator", max="manager")
    for number in range(8):
        corpus.document(project, f"Text {number}.", name=f"d{number}")
    return project


def give(project: Project, chosen: bulk.Chosen, corpus: Corpus) -> int | Job:
    """Give documents to ana, as max."""
    actor = corpus.person("max")
    with audit.acting(actor.id):
        return work.act_or_queue(project, "give", chosen, person="ana", now=NOW, actor=actor)


def perform(job: Job) -> Job:
    """Do a job as a worker would, and return it as it then is."""
    claim = queue.claim("test", job.id)
    assert claim is not None
    jobs.perform(jobs.JobWork(claim))
    return jobs.find(job.id)


def test_many_are_given_in_the_background_and_recorded_once(
    any_app: Flask, project: Project, corpus: Corpus
) -> None:
    """All that match are given portion by portion; who asked and how many is in the record."""
    queued = give(project, work.Filter(words="d"), corpus)
    assert isinstance(queued, Job)
    assert db.session.query(Assignment).count() == 0
    done = perform(queued)
    assert (done.state, done.done, done.total, done.result) == ("done", 8, 8, {"documents": 8})
    assert db.session.query(Assignment).count() == 8
    told = [(e.actor, e.action, e.details.get("documents")) for e in audit.entries(project).rows]
    assert told[:2] == [("max", "work.give", 8), ("max", "job.start", None)]
    assert list(proof.check()) == []


def test_a_worker_that_ends_half_way_is_taken_over(
    any_app: Flask, project: Project, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next worker goes on after the last portion, and the count is that of both."""
    keys = [row["id"] for row in work.documents(project, 0, 100)]
    queued = give(project, keys, corpus)
    assert isinstance(queued, Job)
    true, calls = bulk.give, []

    def once(*arguments: Any) -> int:
        calls.append(arguments)
        if len(calls) == 3:
            raise jobs.Stopped
        return true(*arguments)

    monkeypatch.setattr(bulk, "give", once)
    assert perform(queued).state not in jobs.FINISHED
    assert db.session.query(Assignment).count() == 4
    assert perform(queued).result == {"documents": 8}
    assert [e.details for e in audit.entries(project, action="work.give").rows] == [
        {"documents": 8}
    ]


def test_few_are_done_at_once(any_app: Flask, project: Project, corpus: Corpus) -> None:
    """What takes a moment is not queued, by ids and by filter alike."""
    keys = [row["id"] for row in work.documents(project, 0, 3)]
    assert give(project, keys, corpus) == 3
    assert give(project, work.Filter(words="d7"), corpus) == 1
    assert db.session.query(Job).count() == 0


def test_what_cannot_be_done_is_refused_before_it_is_queued(
    any_app: Flask, project: Project, corpus: Corpus
) -> None:
    """A person who is not in the project is named at once, and nothing waits."""
    corpus.person("zoe")
    with pytest.raises(Invalid, match="zoe is not in this project"):
        work.act_or_queue(
            project, "give", work.Filter(), person="zoe", now=NOW, actor=corpus.person("max")
        )
    assert db.session.query(Job).count() == 0


def test_the_page_and_the_api_lead_to_the_job(
    app: Flask, project: Project, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Who asks for many on the page is led to the job's page; the API answers with the job."""
    client = Client(signed_in("max"))
    form = {"action": "give", "whom": "ana", "all": "1"}
    answer = client.post("/projects/news/assignments", form)
    job = db.session.query(Job).one()
    assert answer.location == f"/projects/news/jobs/{job.id}"
    page = client.get(answer.location).text
    assert "Give documents to ana" in page
    assert "done in the background, and you can go on" in page
    token = accounts.api_token(corpus.person("max"))
    sent = client.client.post(
        "/api/v1/projects/news/assignments",
        json={"action": "train", "matching": {}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert sent.json["changed"] is None
    assert sent.json["job"]["title"] == "Use documents for training"
