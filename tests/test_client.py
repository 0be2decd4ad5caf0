"""The client in Python, against a server in a process of its own, and what its page shows."""

import re
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from docs import make_reference
from labeler import accounts, errors
from labeler.app import create_app
from labeler.client import Client, Project, created, deleted, replaced
from labeler.models import db
from labeler.web.openapi import describe
from tests.conftest import Corpus, settings
from tests.serving import Server

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
TEXT = "Ada Lovelace met Charles Babbage in London."
ADA = {"start": 0, "end": 12, "label": "PERSON"}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[Server, str]]:
    """Return a running server with two empty projects, and the token of their manager."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "instance").mkdir()
    shutil.copyfile(sqlite_template, folder / "instance" / "labeler.sqlite")
    corpus = Corpus()
    with create_app(settings(folder)).app_context():
        for slug in ("news", "letters"):
            corpus.project(slug, ana="manager")
        token = accounts.api_token(corpus.person("ana"))
        db.session.remove()
        db.engine.dispose()
    with Server(folder) as server:
        yield server, token


@pytest.fixture
def client(served: tuple[Server, str]) -> Client:
    """Return a client that asks as the manager."""
    server, token = served
    return Client(server.url, token)


@pytest.fixture
def letters(client: Client) -> Project:
    """Return a project of one document."""
    project = client.project("letters")
    project.add([{"id": "a1", "text": TEXT}])
    return project


def test_the_example_of_its_page_runs(
    served: tuple[Server, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the page shows adds, labels, exports and downloads."""
    server, token = served
    example, _ = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    values: dict[str, Any] = {"token": token}
    exec(example.replace("http://127.0.0.1:8000", server.url), values)
    assert values["export"]["counts"]["finished"] == 1
    names = zipfile.ZipFile("first.zip").namelist()
    assert any(name.endswith("manifest.json") for name in names)


def test_documents_and_problems_come_as_they_are_needed(client: Client, tmp_path: Path) -> None:
    """Adding again changes nothing; what is refused is told with its place."""
    project = client.project("letters")
    documents = [{"id": f"d{number}", "text": TEXT} for number in range(1203)]
    assert project.add(documents)["result"]["documents"] == 1203
    assert project.add(documents)["result"]["unchanged"] == 1203
    names = {document["name"] for document in project.documents()}
    assert {document["id"] for document in documents} <= names
    (tmp_path / "bad.jsonl").write_text('{"id": "b1", "text": "x"}\n{"id": 7\n')
    job = project.import_file(tmp_path / "bad.jsonl", add_labels=True)
    [problem] = project.problems(job)
    assert problem["line"] == 2
    assert job["id"] in [each["id"] for each in project.jobs()]


def test_annotations_are_created_changed_and_deleted(client: Client, letters: Project) -> None:
    """Each edit moves the layer on; one made against an old revision is told what it missed."""
    first = next(letters.documents())
    assert client.document(first["id"])["text"] == TEXT
    layer = client.open_layer(first["id"])
    one = client.edit(layer, [created(ADA, "e1")])
    assert one["entities"] == [{"id": "e1", **ADA}]
    two = client.edit(one, [replaced(one["entities"][0], end=3)])
    assert two["entities"][0]["end"] == 3
    with pytest.raises(errors.Stale) as missed:
        client.edit(one, [deleted(one["entities"][0])])
    assert len(missed.value.details["missed"]) == 1  # type: ignore[arg-type]
    assert client.edit(two, [deleted(two["entities"][0])])["entities"] == []


def test_snapshots_are_listed_and_compared(client: Client, letters: Project) -> None:
    """What became of annotations between two exports is told by label."""
    layer = client.open_layer(next(letters.documents())["id"])
    layer = client.edit(layer, [created(ADA)])
    client.change(layer, status="done")
    before = letters.export("jsonl", layer="all")
    client.edit(layer, [created({"start": 36, "end": 42, "label": "GPE"})])
    after = letters.export("jsonl", layer="all", name="second")
    assert letters.changes(after, before)["by_label"]["GPE"]["added"] == 1
    assert [each["id"] for each in letters.exports()][:2] == [after["id"], before["id"]]
    told = letters.export("conll", layer="all")["report"]
    assert (told["total"], len(told["problems"]), told["counts"]["documents"]) == (0, 0, 1)
    with pytest.raises(errors.Invalid, match="second"):
        letters.export("jsonl", layer="all", name="second")


def test_refusals_are_raised_as_what_they_are(client: Client, served: tuple[Server, str]) -> None:
    """The class says what kind, the message is the server's, and problems say where."""
    with pytest.raises(errors.NotFound):
        client.project("no/where?").about()
    with pytest.raises(errors.Unauthenticated):
        Client(served[0].url, "lab_wrong").projects()
    with pytest.raises(errors.Invalid) as refused:
        client.project("letters").export("papyrus")
    assert [problem.path for problem in refused.value.problems] == ["format"]
    with pytest.raises(errors.Unavailable):
        Client("http://127.0.0.1:9", "x", timeout=1).projects()


class _Busy(BaseHTTPRequestHandler):
    """Is busy twice, then answers."""

    asked = 0

    def do_GET(self) -> None:
        """Answer 429 twice, then an empty list of projects."""
        type(self).asked += 1
        busy = self.asked < 3
        body = b"not JSON" if busy else b'{"projects": [], "next": null}'
        self.send_response(429 if busy else 200)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_busy_server_is_asked_again() -> None:
    """What is safe to repeat is sent again after the time that the server names."""
    with HTTPServer(("127.0.0.1", 0), _Busy) as busy:
        threading.Thread(target=busy.serve_forever, daemon=True).start()
        assert Client(f"http://127.0.0.1:{busy.server_port}", "x").projects() == []
        busy.shutdown()
    assert _Busy.asked == 3


def test_the_page_lists_each_endpoint(app: Flask) -> None:
    """Endpoints, who may use them and what they do stand on the page as in the program."""
    told = make_reference.endpoints(describe(app))
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in page if re.match(r"\| `[A-Z]+ /", line)] == told


def test_the_page_lists_each_error() -> None:
    """Codes and statuses on the page are those of the program."""
    kinds = [errors.LabelerError, *errors.LabelerError.__subclasses__()]
    rows = {f"| `{kind.code}` | {kind.status} |" for kind in kinds[1:]}
    page = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `\w+` \| \d+ \|", page, re.MULTILINE)) == rows
