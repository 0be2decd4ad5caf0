"""Reports that are kept: when they hold, and when a worker computes them."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, jobs, reliability, work
from labeler.errors import Invalid
from labeler.jobs import queue
from labeler.models import (
    Document,
    Job,
    Layer,
    Membership,
    Project,
    SuggesterRun,
    Suggestion,
    User,
    db,
    transaction,
)
from labeler.reliability import background, results
from labeler.schema import Edit, Entity, Op
from labeler.schema import Layer as Work
from tests.conftest import NOW, Corpus
from tests.drawn import drawn_project

ADDRESS = "/projects/news/agreement"


def suggest(document: Document) -> None:
    """Keep a proposal for a document."""
    with transaction() as session:
        run = session.query(SuggesterRun).one_or_none()
        if run is None:
            run = SuggesterRun(
                project_id=document.project_id, suggester="rulers", version="1", options={}
            )
            session.add(run)
            session.flush()
        session.add(Suggestion(document_id=document.id, run_id=run.id, proposals=[]))


def test_whatever_a_report_comes_from_changes_its_fingerprint(
    any_app: Flask, corpus: Corpus
) -> None:
    """Edits, submitting, reopening, gold and suggestions of finished layers tell; open ones not."""
    project = corpus.project(ana="annotator", ben="annotator")
    documents = [corpus.document(project, name=f"d{at}") for at in range(3)]
    seen = [results.fingerprint(project)]

    def changed() -> bool:
        db.session.rollback()
        seen.append(results.fingerprint(project))
        return seen[-1] != seen[-2]

    done = corpus.layer(documents[0], "ana", "done", PERSON=[(0, 3)])
    assert changed()
    open_ = corpus.layer(documents[1], "ben", "open", PERSON=[(0, 3)])
    assert not changed()
    entity = Entity("new", 8, 11, "PERSON")
    ana, ben = corpus.person("ana"), corpus.person("ben")
    edit = Edit("more", (Op("new", None, entity),))
    editing.apply(open_.id, open_.revision, [edit], actor_id=ben.id, now=NOW)
    assert not changed()
    editing.apply(done.id, done.revision, [edit], actor_id=ana.id, now=NOW)
    assert changed()
    db.session.refresh(open_)
    work.set_state(open_, {"status": "done"}, NOW)
    assert changed()
    work.set_state(open_, {"status": "open"}, NOW)
    assert changed()
    gold = editing.NewLayer(project.id, documents[2].id, ana.id, Work("ana", "done"), gold=True)
    editing.create([gold], actor_id=ana.id, now=NOW, key="gold")
    assert changed()
    suggest(documents[0])
    assert changed()
    suggest(documents[1])
    assert not changed()
    with transaction() as session:
        session.get_one(User, ana.id).name = "anna"
    assert changed()
    assert len({*seen}) == 8


def test_two_edits_at_one_moment_are_two_changes(any_app: Flask, corpus: Corpus) -> None:
    """Neither clocks that stand still nor ones that go backwards hide a change."""
    project = corpus.project()
    layer = corpus.layer(corpus.document(project), "ana", "done")
    ana = corpus.person("ana")
    seen = set()
    for at, moment in enumerate((NOW, NOW, NOW - timedelta(days=1))):
        op = Op(f"e{at}", None, Entity(f"e{at}", at, at + 1, "PERSON"))
        editing.apply(layer.id, at, [Edit(f"k{at}", (op,))], actor_id=ana.id, now=moment)
        db.session.rollback()
        seen.add(results.fingerprint(project))
    assert len(seen) == 3


# ---- in the background -----------------------------------------------------------------------


@pytest.fixture
def large(app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that counts as large, in reach of a worker."""
    monkeypatch.setattr(background, "LARGE", 10)
    queue.arrive("w", "here", 1)
    return drawn_project(corpus, 5)


@pytest.fixture
def curator(large: Project, signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """Return the browser of a curator."""
    return signed_in("cy")


def let_the_worker_work() -> Job:
    """Do the job that waits, as a worker does, and return it."""
    claim = queue.claim("w")
    assert claim is not None
    jobs.perform(jobs.JobWork(claim))
    return jobs.find(claim.job_id)


def test_the_first_look_at_a_large_corpus_waits_for_a_worker(
    curator: FlaskClient, corpus: Corpus
) -> None:
    """The page tells how far the numbers are, asks for them once, and shows them when they came."""
    page = curator.get(ADDRESS)
    assert page.status_code == 200
    assert 'data-live="soon"' in page.text
    assert "Queued" in page.text
    assert "data-value" not in page.text
    curator.get(ADDRESS)
    assert db.session.query(Job).filter_by(kind="agreement").count() == 1
    job = let_the_worker_work()
    assert (job.state, job.done, job.total) == ("done", results.STEPS, results.STEPS)
    page = curator.get(ADDRESS)
    assert "data-value" in page.text
    assert 'data-live=""' in page.text
    with transaction() as session:
        session.query(Membership).filter_by(user_id=corpus.person("cy").id).update(
            {"role": "manager"}
        )
    assert "See the agreement" in curator.get(f"/projects/news/jobs/{job.id}").text


def test_numbers_of_before_stay_until_the_new_ones_came(
    curator: FlaskClient, large: Project, corpus: Corpus
) -> None:
    """After a change the page shows the last numbers, says that they are old, and then the new."""
    curator.get(ADDRESS)
    let_the_worker_work()
    document = corpus.document(large, name="late")
    for name in ("ana", "ben"):
        corpus.layer(document, name, "done", PERSON=[(0, 3)])
    page = curator.get(ADDRESS)
    assert "Something has changed since" in page.text
    assert ">5</a> of <a" in page.text
    let_the_worker_work()
    page = curator.get(ADDRESS)
    assert "Something has changed since" not in page.text
    assert ">6</a> of <a" in page.text


def test_a_job_that_was_cancelled_is_not_asked_for_again(curator: FlaskClient) -> None:
    """The page says that the computation ended, and managers get to where it is tried again."""
    curator.get(ADDRESS)
    job = db.session.query(Job).filter_by(kind="agreement").one()
    jobs.cancel(job.id)
    page = curator.get(ADDRESS)
    assert "Cancelled" in page.text
    assert "A manager can try it again" in page.text
    assert db.session.query(Job).filter_by(kind="agreement").count() == 1


def test_a_scope_comes_through_a_job(curator: FlaskClient, large: Project) -> None:
    """A worker computes the very question that was asked."""
    asked = "?annotators=ana&annotators=ben&labels=PERSON&since=2026-01-01"
    curator.get(ADDRESS + asked)
    let_the_worker_work()
    text = curator.get(ADDRESS + asked).text
    assert "2 annotators" in text
    assert "data-value" in text


def test_programs_and_downloads_wait_for_the_worker_too(curator: FlaskClient) -> None:
    """The API answers 202 with the job until the numbers are there; a download leads to the page
    that waits; a computation that ended without numbers is told."""
    api, download = "/api/v1/projects/news/agreement", f"{ADDRESS}/download?format=json"
    later = curator.get(api)
    assert (later.status_code, later.get_json()["job"]["state"]) == (202, "queued")
    assert later.headers["Retry-After"]
    assert curator.get(download).location == ADDRESS
    jobs.cancel(later.get_json()["job"]["id"])
    assert curator.get(api).status_code == 503
    jobs.retry(later.get_json()["job"]["id"])
    assert curator.get(api).status_code == 202
    let_the_worker_work()
    found = curator.get(api)
    assert (found.status_code, found.get_json()["documents"]) == (200, 5)
    assert curator.get(download).get_json() == found.get_json()


def test_without_a_worker_the_page_computes_itself(
    large: Project, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Where no worker was heard of, nobody waits for one."""
    queue.leave("w")
    assert "data-value" in signed_in("cy").get(ADDRESS).text


def test_what_counts_is_counted_without_reading_layers(any_app: Flask, corpus: Corpus) -> None:
    """People and finished layers are known from counts that triggers keep."""
    project = drawn_project(corpus, 3)
    assert reliability.people(project) == ["ana", "ben", "cid"]
    done = db.session.query(Layer).filter_by(project_id=project.id, status="done").count()
    assert background.amount(project) == done


def test_evidence_of_a_large_corpus_is_read_beside_the_request(
    large: Project, curator: FlaskClient
) -> None:
    """A cell leads to a page that waits, and shows its comparisons once they were read."""
    results.forget()
    for address in (f"{ADDRESS}/evidence?kind=differ", f"{ADDRESS}/documents"):
        results.forget()
        page = curator.get(address).text
        assert 'data-live="soon"' in page
        assert "data-total" not in page
        for thread in threading.enumerate():
            if thread.name == "reading":
                thread.join(timeout=30)
        assert "data-total" in curator.get(address).text


def test_what_cannot_be_read_is_told(
    large: Project, curator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault while reading is no endless wait: whoever opens the number is told of it."""
    results.forget()

    def fail(*_: object) -> None:
        raise Invalid("These layers cannot be compared.")

    monkeypatch.setattr(reliability, "compare", fail)
    assert 'data-live="soon"' in curator.get(f"{ADDRESS}/evidence").text
    for thread in threading.enumerate():
        if thread.name == "reading":
            thread.join(timeout=30)
    page = curator.get(f"{ADDRESS}/evidence")
    assert (page.status_code, "cannot be compared" in page.text) == (422, True)
