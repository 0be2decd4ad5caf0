"""Webhooks, against receivers that are real servers: told at least once, signed, with care."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import accounts, jobs, webhooks, work
from labeler.client import signature, verify_webhook
from labeler.errors import Conflict, Forbidden, Invalid, NotFound
from labeler.jobs import queue
from labeler.jobs.work import JobWork, perform
from labeler.models import Delivery, Job, Layer, Project, Webhook, db, transaction
from labeler.models.database import now
from labeler.webhooks import deliveries, register, sending
from tests.conftest import Corpus

ROOT = Path(__file__).resolve().parents[1]
ALL = ["document.submitted", "job.finished"]


@dataclass
class Receiver:
    """A program that is told: it keeps what came, and answers as it is bid."""

    url: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """What it answers first; then 200."""
    pause: float = 0
    """Seconds before it answers."""

    @property
    def ids(self) -> list[str]:
        """Return the ids of what came, in order."""
        return [headers["Webhook-Id"] for headers, _ in self.came]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver that listens."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.came.append((dict(self.headers), body))
            time.sleep(made.pause)
            status = made.answers.pop(0) if made.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{made.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                return  # who sent it was killed

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture
def open_app(any_app: Flask) -> Flask:
    """Return an app whose webhooks may lead to this machine, as the receiver does."""
    any_app.config["LABELER"] = replace(any_app.config["LABELER"], private_webhooks=True)
    return any_app


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Return a function that lets time pass for jobs and deliveries."""
    passed = timedelta()

    def pass_by(by: timedelta) -> None:
        nonlocal passed
        passed += by

    for module in (queue, deliveries):
        monkeypatch.setattr(module, "now", lambda: now() + passed)
    return pass_by


def work_off() -> None:
    """Do what can be done now, as a worker would."""
    while claim := queue.claim("w"):
        perform(JobWork(claim))
    db.session.rollback()


def hook(project: Project | None, url: str, *events: str) -> Webhook:
    """Return a new webhook."""
    return webhooks.add(project, url, events or ["job.finished"], Corpus().person("max"))


def submit(corpus: Corpus, project: Project, name: str = "a1") -> Layer:
    """Return a layer that ana has submitted."""
    layer = corpus.layer(corpus.document(project, name=name), "ana", PERSON=[(0, 3)])
    work.set_state(layer, {"status": "done"}, now())
    return layer


def rows() -> list[Delivery]:
    """Return what there is to tell or was told, oldest first."""
    db.session.rollback()
    return db.session.query(Delivery).order_by(Delivery.id).populate_existing().all()


def test_a_submitted_document_is_told_with_proof(
    open_app: Flask, corpus: Corpus, receiver: Receiver
) -> None:
    """The project's webhook hears of it, signed with its secret; those of others do not."""
    project = corpus.project(ana="annotator", max="manager")
    webhook = hook(project, receiver.url, *ALL)
    hook(corpus.project("other"), receiver.url, *ALL)
    layer = submit(corpus, project)
    assert receiver.came == [], "the submit waited for nobody"
    work_off()
    [(headers, body)] = receiver.came
    told = verify_webhook(webhook.secret, headers, body)
    assert told["type"] == "document.submitted"
    assert told["project"] == "news"
    assert told["data"]["document"] == {"id": layer.document_id, "name": "a1"}
    assert told["data"]["layer"]["annotator"] == "ana"
    assert told["id"] == headers["Webhook-Id"]
    for wrong in ("whsec_eA==", webhook.secret):
        with pytest.raises(Forbidden):
            verify_webhook(wrong, headers, body + b" ")
    with pytest.raises(Forbidden, match="too long ago"):
        verify_webhook(webhook.secret, headers, body, tolerance=-1)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's reference libraries gives the signature that they give."""
    secret, key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, key, "1614265330", body) == expected
    with pytest.raises(Invalid, match="begins with whsec_"):
        signature("what?", key, "1614265330", body)


def test_the_receiver_of_the_documentation_works(capsys: pytest.CaptureFixture[str]) -> None:
    """What the page on the API shows takes what is sent, and takes it once."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    _, example = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    values: dict[str, Any] = {"secret": "whsec_eA=="}
    exec(example, values)
    body = b'{"id": "msg_1", "type": "test", "data": {}}'
    for _ in range(2):
        values["receive"](sending.headers_of(values["secret"], "msg_1", body), body)
    assert capsys.readouterr().out == "test {}\n"


def test_nothing_is_told_of_what_was_undone(open_app: Flask, corpus: Corpus) -> None:
    """A submit that is rolled back leaves nothing to tell; submitting twice tells once."""
    project = corpus.project(ana="annotator", max="manager")
    hook(project, "http://127.0.0.1:1", *ALL)
    layer = corpus.layer(corpus.document(project), "ana")
    with transaction() as session:
        work.set_state(layer, {"status": "done"}, now())
        session.rollback()
    assert rows() == []
    db.session.refresh(layer)
    for _ in range(2):
        work.set_state(layer, {"status": "done"}, now())
    assert len(rows()) == 1


def test_jobs_are_told_to_project_and_site(
    open_app: Flask, corpus: Corpus, receiver: Receiver
) -> None:
    """Each job that ends is told once to each, however it ends; the telling itself is no job."""
    project = corpus.project(ana="annotator", max="manager")
    hook(project, f"{receiver.url}/own")
    hook(None, f"{receiver.url}/site")
    cancelled = jobs.enqueue("none", "Nothing", project_id=project.id)
    jobs.cancel(cancelled.id)
    failed = jobs.enqueue("none", "Nothing for anybody")
    work_off()
    told = [json.loads(body)["data"]["job"] for _, body in receiver.came]
    found = sorted((one["id"], one["state"]) for one in told)
    assert found == [(cancelled.id, "cancelled")] * 2 + [(failed.id, "failed")]
    assert {job.id for job in jobs.listed(None)} == {cancelled.id, failed.id}
    assert db.session.query(Job).filter_by(kind="webhook").count() == 0


def test_what_fails_is_tried_again_later(
    open_app: Flask,
    corpus: Corpus,
    receiver: Receiver,
    later: Callable[[timedelta], None],
) -> None:
    """A failed attempt pauses the webhook; later all arrives, under the same id, newest last."""
    project = corpus.project(ana="annotator", max="manager")
    hook(project, receiver.url, *ALL)
    receiver.answers = [500, 503]
    submit(corpus, project, "a1")
    work_off()
    submit(corpus, project, "a2")
    work_off()
    first, second = rows()
    assert (first.attempts, first.status, second.attempts) == (1, 500, 0)
    later(deliveries.PAUSES[0])
    work_off()
    assert [row.attempts for row in rows()] == [1, 1], "what was never tried comes first"
    later(deliveries.PAUSES[1])
    work_off()
    assert [row.state for row in rows()] == ["delivered", "delivered"]
    assert receiver.ids == [first.key, second.key, first.key, second.key]
    [webhook] = webhooks.listed(project)
    assert (webhook.failing, webhook.failures) == (None, 0)


def test_a_receiver_that_is_gone_is_given_up(
    open_app: Flask,
    corpus: Corpus,
    receiver: Receiver,
    later: Callable[[timedelta], None],
) -> None:
    """After three days of failures a webhook is switched off, and the lead can switch it on."""
    project = corpus.project(ana="annotator", max="manager")
    webhook = hook(project, receiver.url, *ALL)
    receiver.answers = [500] * 99
    submit(corpus, project)
    for _ in range(20):
        work_off()
        later(timedelta(hours=4))
    assert webhooks.given_up(project) == [], "a delivery fails for good before its webhook does"
    assert rows()[0].state == "failed"
    submit(corpus, project, "a2")
    work_off()
    assert [one.id for one in webhooks.given_up(project)] == [webhook.id]
    assert [row.state for row in rows()] == ["failed", "failed"]
    with pytest.raises(Conflict, match="switched off"):
        webhooks.deliver_again(project, webhook, rows()[0].id)
    receiver.answers = []
    webhooks.change(project, webhook, active=True)
    webhooks.deliver_again(project, webhook, rows()[0].id)
    work_off()
    assert [row.state for row in rows()] == ["delivered", "failed"]
    assert webhooks.given_up(project) == []


def test_a_receiver_may_ask_for_no_more(
    open_app: Flask, corpus: Corpus, receiver: Receiver
) -> None:
    """The answer 410 switches a webhook off at once; redirects are failures, and not followed."""
    project = corpus.project(ana="annotator", max="manager")
    webhook = hook(project, receiver.url, *ALL)
    receiver.answers = [302, 410]
    submit(corpus, project)
    work_off()
    [row] = rows()
    assert row.status == 302
    assert "Redirects are not followed" in (row.error or "")
    webhooks.deliver_again(project, webhook, row.id)
    work_off()
    assert len(receiver.came) == 2
    assert webhooks.given_up(project)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "begins with https"),
        ("file:///etc/passwd", "begins with https"),
        ("https://", "begins with https"),
        ("http://[::1", "begins with https"),
        ("http://example.org:99999/", "begins with https"),
        ("https://user:word@example.org/", "name and password"),
        ("https://example.org/a b", "spaces"),
        ("http://127.0.0.1/", "private network"),
        ("http://localhost:8000/", "private network"),
        ("http://10.1.2.3/", "private network"),
        ("http://169.254.169.254/latest/meta-data", "private network"),
        ("http://[::1]/", "private network"),
        ("http://[::ffff:192.168.1.1]/", "private network"),
        ("http://[fd00::1]/", "private network"),
        ("http://0.0.0.0/", "private network"),
        ("http://224.0.0.1/", "private network"),
    ],
)
def test_addresses_that_lead_inside_are_refused(
    app: Flask, corpus: Corpus, url: str, why: str
) -> None:
    """A lead cannot make this machine ask what only it can reach."""
    project = corpus.project(max="manager")
    with pytest.raises(Invalid, match=why):
        hook(project, url, *ALL)
    outcome = sending.send(url, "whsec_eA==", "msg_1", b"{}")
    assert why in (outcome.error or "")


def test_a_name_that_leads_inside_is_refused_when_it_is_looked_up(
    app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is where the name leads when it is sent, and the connection goes just there."""
    port = int(receiver.url.rpartition(":")[2])
    asked: list[str] = []

    def looked_up(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    url = f"http://hooks.example.org:{port}/"
    assert "private network" in (sending.send(url, "whsec_eA==", "m", b"{}").error or "")
    assert receiver.came == []
    assert asked == ["hooks.example.org"]
    app.config["LABELER"] = replace(app.config["LABELER"], private_webhooks=True)
    assert sending.send(url, "whsec_eA==", "m", b"{}").delivered
    assert receiver.came[0][0]["Host"] == f"hooks.example.org:{port}"


def test_a_slow_receiver_is_left(
    open_app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivery takes no longer than its time limit; what went wrong is told in words."""
    monkeypatch.setattr(sending, "TIME_LIMIT", 0.2)
    receiver.pause = 2
    began = time.monotonic()
    outcome = sending.send(receiver.url, "whsec_eA==", "msg_1", b"{}")
    assert outcome.error is not None
    assert time.monotonic() - began < 1.9
    assert "Not reached" in (
        sending.send("http://127.0.0.1:1/", "whsec_eA==", "m", b"{}").error or ""
    )


def test_a_killed_worker_loses_nothing(
    app: Flask, corpus: Corpus, receiver: Receiver, tmp_path: Path
) -> None:
    """Killed while it sends, it is replaced by one that sends again, under the same id."""
    app.config["LABELER"] = replace(app.config["LABELER"], private_webhooks=True)
    project = corpus.project(ana="annotator", max="manager")
    hook(project, receiver.url, *ALL)
    receiver.pause = 3
    submit(corpus, project)
    first = worker(tmp_path)
    wait_until(lambda: len(receiver.came) == 1)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert rows()[0].state == "waiting"
    receiver.pause = 0
    second = worker(tmp_path)
    try:
        wait_until(lambda: rows()[0].state == "delivered")
    finally:
        second.kill()
        second.communicate()
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == 2


def worker(folder: Path) -> subprocess.Popen[bytes]:
    """Return a worker process on the instance in a folder."""
    env = {"LABELER_INSTANCE": str(folder / "instance"), "LABELER_PRIVATE_WEBHOOKS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "labeler", "worker-process", "w"],
        cwd=folder,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
    )


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_there_is_an_end_to_webhooks(
    app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project has so many at most, and each is found in its own project only."""
    monkeypatch.setattr(register, "MAX_HOOKS", 1)
    project, other = corpus.project(max="manager"), corpus.project("other")
    webhook = hook(project, "https://example.org/")
    with pytest.raises(Conflict, match="already"):
        hook(project, "https://example.org/2")
    with pytest.raises(NotFound):
        webhooks.find(other, webhook.id)
    with pytest.raises(Invalid, match="at least one"):
        hook(None, "https://example.org/", "document.submitted")


def test_the_pages_show_the_secret_once_and_what_was_told(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """A lead adds a webhook, is told of one that was given up, and sees why."""
    from tests.web.pages import Client

    project = corpus.project(max="manager")
    lead = Client(signed_in("max"))
    form = {"url": "https://example.org/hook", "events": ALL}
    page = lead.post("/projects/news/webhooks", form).text
    [webhook] = webhooks.listed(project)
    assert webhook.secret in page
    address = f"/projects/news/webhooks/{webhook.id}"
    assert webhook.secret not in lead.get("/projects/news/webhooks").text
    webhooks.say_hello(project, webhook)
    row = rows()[0]
    row.error, webhook.gave_up, webhook.active = "The receiver answered 500.", now(), False
    db.session.commit()
    assert "The receiver answered 500." in lead.get(address).text
    assert "A webhook was switched off" in lead.get("/projects/news").text
    assert lead.post(f"{address}/on", {}).status_code == 302
    assert "A webhook was switched off" not in lead.get("/projects/news").text


def test_the_api_of_webhooks(app: Flask, corpus: Corpus) -> None:
    """Programs add, change, list, try and remove them; the secret is told when it is made."""
    corpus.project(max="manager")
    bearer = {"Authorization": f"Bearer {accounts.api_token(corpus.person('max'))}"}
    client, base = app.test_client(), "/api/v1/projects/news/webhooks"

    def ask(method: str, path: str = "", **body: Any) -> Any:
        answer = client.open(f"{base}{path}", method=method, headers=bearer, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json

    made = ask("POST", url="https://example.org/", events=["job.finished"])
    assert made["secret"].startswith("whsec_")
    assert "secret" not in ask("GET")["webhooks"][0]
    assert ask("PATCH", f"/{made['id']}", events=ALL)["events"] == ALL
    sent = ask("POST", f"/{made['id']}/test")
    assert sent["state"] == "waiting"
    page = ask("GET", f"/{made['id']}/deliveries")
    assert [row["key"] for row in page["deliveries"]] == [sent["key"]]
    assert ask("POST", f"/{made['id']}/deliveries/{sent['id']}")["key"] == sent["key"]
    assert ask("DELETE", f"/{made['id']}") == {}
    assert ask("GET") == {"webhooks": [], "next": None}
    wrong = client.post(base, headers=bearer, json={"url": "ftp://x", "events": ["none"]})
    assert {problem["path"] for problem in wrong.json["problems"]} == {"url", "events"}
