"""A request that is sent again under its key is done once, and answered as it was at first."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from labeler import accounts, repeating
from labeler.client import Client
from labeler.models import ApiToken, Document, KeyedRequest, Project, Webhook, db
from labeler.models.database import now
from tests.conftest import Corpus
from tests.serving import ALONE, Server

KEY = "11111111-2222-3333-4444-555555555555"
AT_ONCE = 20


@pytest.fixture
def token(any_app: Flask, corpus: Corpus) -> str:
    """Return the token of an admin who manages a project."""
    corpus.person("root", role="admin")
    corpus.project(root="manager")
    return accounts.api_token(corpus.person("root"))


@pytest.fixture
def server(any_app: Flask, tmp_path: Path, database_url: str) -> Iterator[Server]:
    """Return a server on the database of the app."""
    with Server(tmp_path, {"LABELER_DATABASE_URL": database_url}, command=ALONE) as running:
        yield running


def test_twenty_at_once_make_one(server: Server, token: str) -> None:
    """Whoever comes second waits for the first answer, and gets it."""
    before = db.session.query(ApiToken).count()
    for path, body in {
        "/projects/news/webhooks": {"url": "https://example.org/", "events": ["job.finished"]},
        "/account/tokens": {"title": "one"},
        "/projects": {"slug": "other"},
    }.items():
        answers = _ask(server, path, body, token)
        assert [answer.status_code for answer in answers] == [200] * AT_ONCE, answers[0].text
        assert len({answer.text for answer in answers}) == 1
        again = [answer.headers.get("Idempotent-Replayed") for answer in answers]
        assert again.count(None) == 1
    db.session.rollback()
    assert db.session.query(Webhook).count() == 1
    assert db.session.query(ApiToken).count() == before + 1
    assert db.session.query(Project).count() == 2


def _ask(server: Server, path: str, body: Any, token: str) -> list[httpx.Response]:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{KEY}-{path}"}
    with (
        httpx.Client(base_url=server.url, headers=headers, timeout=60) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        sent = [pool.submit(client.post, f"/api/v1{path}", json=body) for _ in range(AT_ONCE)]
        return [each.result() for each in sent]


class Sender:
    """Sends requests under keys."""

    def __init__(self, app: Flask, token: str) -> None:
        self._client, self._token = app.test_client(), token

    def __call__(self, path: str, key: str = KEY, **sent: Any) -> Any:
        """Send a POST below `/api/v1` and return the answer."""
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        return self._client.post(f"/api/v1{path}", headers=headers, **sent)


def test_a_key_stands_for_one_request(any_app: Flask, token: str) -> None:
    """Another body, file or address under a key is refused, and so is a key that is none."""
    send = Sender(any_app, token)
    first = send("/account/tokens", json={"title": "one"})
    assert send("/account/tokens", json={"title": "one"}).json == first.json
    for path, body in (("/account/tokens", {"title": "two"}), ("/projects", {"title": "one"})):
        refused = send(path, json=body)
        assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    assert send("/account/tokens", key="short", json={}).status_code == 422
    bodies = [b'{"id": "a", "text": "One."}', b'{"id": "b", "text": "Two."}']
    files = [{"data": body, "content_type": "application/octet-stream"} for body in bodies]
    told = [send("/projects/news/imports", key="f" * 16, **files[n]) for n in (0, 0, 1)]
    assert [answer.status_code for answer in told] == [200, 200, 409]
    assert told[0].json == told[1].json
    assert [document.name for document in db.session.query(Document)] == ["a"]


def test_what_was_refused_may_be_sent_again(any_app: Flask, corpus: Corpus, token: str) -> None:
    """A key is free where nothing was made, and belongs to the person who uses it."""
    send = Sender(any_app, token)
    assert send("/projects", json={"slug": "news"}).status_code == 409
    assert send("/projects", json={"slug": "fresh"}).status_code == 200
    other = Sender(any_app, accounts.api_token(corpus.person("ana")))
    assert other("/account/tokens", json={}).status_code == 200


def test_keys_end_after_a_day(any_app: Flask, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old answer is not given again, a lost request blocks for minutes, and keys are counted."""
    send = Sender(any_app, token)
    first = send("/account/tokens", json={}).json
    row = db.session.query(KeyedRequest).one()
    assert first["token"].encode() not in row.answer
    assert KEY not in (row.key_hash, row.fingerprint)
    row.created = now() - repeating.KEPT - timedelta(seconds=1)
    db.session.commit()
    second = send("/account/tokens", json={}).json
    assert second != first
    row = db.session.query(KeyedRequest).one()
    row.created, row.status = now() - repeating.LONGEST - timedelta(seconds=1), None
    db.session.commit()
    assert send("/account/tokens", json={}).json not in (first, second)
    monkeypatch.setattr(repeating, "MOST", 1)
    assert send("/account/tokens", key="x" * 16, json={}).status_code == 429
    assert send("/account/tokens", json={}).status_code == 429


def test_the_client_sends_again_under_the_same_key() -> None:
    """Where a connection is lost before the answer, the request is repeated as the same one."""
    keys = list[str]()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answering = threading.Thread(target=_lose_first, args=(listening, keys), daemon=True)
        answering.start()
        client = Client(f"http://127.0.0.1:{listening.getsockname()[1]}", "x", timeout=10)
        assert client.ask("POST", "/account/tokens", {}) == {}
        answering.join(timeout=10)
    assert len(keys) == 2
    assert len(set(keys)) == 1


def _lose_first(listening: socket.socket, keys: list[str]) -> None:
    """Read two requests; hang up on the first, and answer the second."""
    for number in range(2):
        connection, _ = listening.accept()
        with connection:
            sent = b""
            while b"{}" not in sent:
                sent += connection.recv(65536)
            lines = sent.decode().splitlines()
            keys += [line for line in lines if line.lower().startswith("idempotency-key")]
            if number:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
