"""Pages and API of background work: what a job told stays, and can be acted on."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import accounts, jobs, transfer
from labeler.jobs import queue
from labeler.models import Document, Export, Project, db, transaction
from labeler.web import manage, uploads
from tests.conftest import Corpus
from tests.web.pages import Client


@pytest.fixture
def project(corpus: Corpus) -> Project:
    """Return a project that max manages."""
    return corpus.project(max="manager", ana="annotator")


@pytest.fixture
def manager(project: Project, signed_in: Callable[[str], FlaskClient]) -> Client:
    """Return the browser of its manager."""
    return Client(signed_in("max"))


def upload(*names: str) -> dict[str, Any]:
    """Return a form with files of these names, each with its name as text."""
    return {"files": [(io.BytesIO(name.encode()), name) for name in names]}


def work_off() -> int:
    """Do what is queued, as a worker would; return the number of parts."""
    count = 0
    while claim := queue.claim("w"):
        jobs.perform(jobs.JobWork(claim))
        count += 1
    return count


def test_an_import_keeps_its_report(app: Flask, manager: Client) -> None:
    """What was refused can be read and downloaded whenever it is wanted, not only at once."""
    answer = manager.post("/projects/news/import", upload("a.txt", "=b.exe"))
    page = manager.get(answer.location).text
    assert "Import of =b.exe and 1 more" in page
    assert "What came of it" in page
    assert "cannot be read" in page
    rows = list(csv.reader(io.StringIO(manager.get(f"{answer.location}/problems.csv").text)))
    assert [row[0] for row in rows] == ["\ufefffile", "'=b.exe"]
    [problem] = manager.get(f"{answer.location}/problems.json").json or []
    assert problem["file"] == "=b.exe"
    assert "Import of =b.exe" in manager.get("/projects/news/jobs").text


def test_a_large_upload_is_left_to_a_worker(
    app: Flask, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept in the instance folder until it is imported; suggestions follow by themselves."""
    monkeypatch.setattr(uploads, "_AT_ONCE", 0)
    answer = manager.post("/projects/news/import", upload("a.txt", "b.txt"))
    assert "No worker is there" in manager.get(answer.location).text
    kept = app.config["LABELER"].instance / "uploads"
    assert len(list(kept.rglob("*.txt"))) == 2
    assert work_off() == 3
    assert db.session.query(Document).count() == 2
    assert "New articles" in manager.get(answer.location).text
    assert list(kept.iterdir()) == []
    assert [job.kind for job in jobs.listed(None)] == ["suggest", "import"]


def test_an_upload_that_is_gone_is_told(
    app: Flask, manager: Client, project: Project, tmp_path: Path
) -> None:
    """A worker that cannot reach the upload says what to do."""
    folder = tmp_path / "gone"
    folder.mkdir()
    (folder / "a.txt").write_text("x")
    person = accounts.find_user("max")
    job = transfer.queue_import(project, folder, actor=person)
    (folder / "a.txt").unlink()
    folder.rmdir()
    work_off()
    assert "Upload it again" in manager.get(f"/projects/news/jobs/{job.id}").text


def test_an_import_goes_on_where_it_was_stopped(
    any_app: Flask, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a worker ends half-way, the report is that of one import, and no article is missing."""
    monkeypatch.setattr(transfer.imports, "_PORTION", 3)
    project = corpus.project(max="manager")
    folder = tmp_path / "upload"
    folder.mkdir()
    for number in range(10):
        (folder / f"{number}.txt").write_text(f"Article {number}.")
    (folder / "5.exe").write_text("x")
    job = transfer.queue_import(project, folder, actor=accounts.find_user("max"))
    for _ in range(2):
        working = jobs.JobWork(_claim())
        advance, calls = queue.advance, []

        def once(*given: Any, calls: list[int] = calls, advance: Any = advance) -> None:
            calls.append(1)
            if len(calls) > 1:
                raise jobs.Lost
            advance(*given)

        with monkeypatch.context() as patch:
            patch.setattr(queue, "advance", once)
            jobs.perform(working)
        queue.release(working.claim)
    jobs.perform(jobs.JobWork(_claim()))
    ended = jobs.find(job.id)
    assert ended.state == "done"
    assert ended.result is not None
    assert ended.result["documents"] == db.session.query(Document).count() == 10
    assert (ended.result["unchanged"], ended.result["problems"], ended.done) == (0, 1, 11)
    assert [problem.file for problem in jobs.problems(job.id)] == ["5.exe"]


def _claim() -> jobs.Claim:
    claim = queue.claim("w")
    assert claim is not None
    return claim


def test_a_large_export_is_left_to_a_worker(
    app: Flask, manager: Client, corpus: Corpus, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of the job leads to the export when it is there; a second worker makes no second."""
    corpus.layer(corpus.document(project), "ana", status="done", PERSON=[(0, 3)])
    monkeypatch.setattr(manage, "FEW", 0)
    form = {"format": "jsonl", "layer": "gold", "split": "80,10,10", "seed": "0"}
    answer = manager.post("/projects/news/export", form)
    first = _claim()
    with monkeypatch.context() as patch:
        patch.setattr(queue, "finish", lambda *_: (_ for _ in ()).throw(jobs.Lost()))
        jobs.perform(jobs.JobWork(first))
    queue.release(first)
    assert work_off() == 1
    assert db.session.query(Export).count() == 1
    assert "See the export" in manager.get(answer.location).text
    assert (Path(db.session.query(Export).one().folder) / "manifest.json").is_file()


def test_jobs_are_cancelled_and_tried_again(app: Flask, manager: Client, project: Project) -> None:
    """The buttons do what they say, and say so when it is too late."""
    job = transfer.queue_suggestions(project).id
    manager.post(f"/projects/news/jobs/{job}/cancel", {})
    assert jobs.find(job).state == "cancelled"
    again = manager.post(f"/projects/news/jobs/{job}/cancel", {}, follow_redirects=True)
    assert "has ended already" in again.text
    manager.post(f"/projects/news/jobs/{job}/retry", {})
    assert jobs.find(job).state == "queued"


def test_the_page_of_suggestions_tells_of_a_training(
    app: Flask, manager: Client, project: Project
) -> None:
    """Queued, running and failed are told there with a way to the job, and the page renews itself.

    Once it is done nothing of it is left.
    """
    queued = transfer.queue_training(project)
    told = {"queued": "A training is queued.", "running": "A training runs.", "failed": "No memory"}
    for state in ("queued", "running", "failed", "done"):
        with transaction():
            queued.state, queued.error = state, "No memory" if state == "failed" else None
        page = manager.get("/projects/news/suggestions").text
        assert (told.get(state, f"/jobs/{queued.id}") in page) is (state in told)
        assert ('data-live="later"' in page) is (state in ("queued", "running"))


def test_a_job_of_another_project_stays_closed(app: Flask, manager: Client, corpus: Corpus) -> None:
    """A manager reaches no job by the address of their own project."""
    other = transfer.queue_suggestions(corpus.project("other", boss="manager"))
    assert manager.get(f"/projects/news/jobs/{other.id}").status_code == 404
    assert manager.post(f"/projects/news/jobs/{other.id}/cancel", {}).status_code == 404
    assert "other" not in manager.get("/projects/news/jobs").text


def test_programs_queue_and_follow_jobs(app: Flask, corpus: Corpus, project: Project) -> None:
    """The API queues suggestions, tells how far they are, cancels and tries again."""
    corpus.document(project, "Ada met Bob in France.")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = (
        f"Bearer {accounts.api_token(accounts.find_user('max'))}"
    )
    made = client.post("/api/v1/projects/news/suggestions").json
    address = f"/api/v1/projects/news/jobs/{made['id']}"
    assert client.get(address).json["state"] == "queued"
    assert client.post(f"{address}/cancel").json["state"] == "cancelled"
    assert client.post(f"{address}/cancel").status_code == 409
    assert client.post(f"{address}/retry").json["state"] == "queued"
    work_off()
    listed = client.get("/api/v1/projects/news/jobs").json
    assert [(job["state"], job["done"], job["total"]) for job in listed["jobs"]] == [("done", 1, 1)]
    assert listed["workers"] == 0
    assert client.get("/api/v1/projects/news/jobs/99").status_code == 404
