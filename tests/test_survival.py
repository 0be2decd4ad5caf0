"""The server is killed while clients save: every acknowledged edit is there, none twice."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from labeler import accounts
from tests.conftest import Corpus
from tests.serving import Client, Server

CLIENTS = 5
EDITS_EACH = 200
KILLS = 4


@pytest.fixture
def server(
    any_app: Flask, corpus: Corpus, tmp_path: Path, database_url: str
) -> Iterator[tuple[Server, str]]:
    """Return a server over four short documents on either database, and a token for it."""
    project = corpus.project()
    for number in range(CLIENTS - 1):
        corpus.document(project, "Ada met Bob in Rome. " * 60, f"a{number}")
    token = accounts.api_token(corpus.person("ana"))
    with Server(tmp_path, {"LABELER_DATABASE_URL": database_url}) as running:
        yield running, token


class Annotator(threading.Thread):
    """Sends its edits one by one, again and again until each is acknowledged."""

    def __init__(self, client: Client, layer: int, name: str) -> None:
        super().__init__()
        self.client, self.layer, self.prefix = client, layer, name
        self.acknowledged: list[str] = []
        self.unexpected: list[str] = []

    def run(self) -> None:
        """Send all edits; what others did meanwhile only moves the base."""
        base = 0
        for number in range(EDITS_EACH):
            key = f"{self.prefix}-{number}"
            after = {"verdict": "rejected"}
            edit = {"key": key, "ops": [{"id": key, "before": None, "after": after}]}
            while True:
                body = {"base": base, "edits": [edit]}
                answer = self.client.send("POST", f"/layers/{self.layer}/edits", body)
                base = answer.json().get("revision", base)
                if answer.status_code == 200:
                    self.acknowledged.append(key)
                    break
                if answer.status_code != 409:
                    self.unexpected.append(answer.text)
                    return


def _edits(client: Client, layer: int) -> Iterator[dict[str, object]]:
    """Yield all edits of a layer, asked for a page at a time."""
    after: int | None = 0
    while after is not None:
        page = client.send("GET", f"/layers/{layer}/edits?limit=1000&after={after}").json()
        yield from page["edits"]
        after = page["next"]


def test_acknowledged_edits_survive_kill_minus_nine(
    server: tuple[Server, str],
    tmp_path: Path,
    database_url: str,
    labeler: Callable[..., object],
) -> None:
    """A thousand edits of five clients, two of them on one layer, through four kills."""
    running, token = server
    lead = Client(running, token)
    documents = lead.send("GET", "/projects/news/documents").json()["documents"]
    layers = [lead.send("POST", f"/documents/{d['id']}/layer").json()["id"] for d in documents]
    layers.append(layers[0])
    annotators = [
        Annotator(Client(running, token), layer, f"c{number}")
        for number, layer in enumerate(layers)
    ]
    for annotator in annotators:
        annotator.start()
    for kill in range(1, KILLS + 1):
        wanted = CLIENTS * EDITS_EACH * kill // (KILLS + 1)
        while any(a.is_alive() for a in annotators) and wanted > sum(
            len(a.acknowledged) for a in annotators
        ):
            time.sleep(0.01)
        running.kill()
        running.start()
    for annotator in annotators:
        annotator.join()
        annotator.client.close()

    assert [text for annotator in annotators for text in annotator.unexpected] == []
    kept = [edit["key"] for layer in sorted(set(layers)) for edit in _edits(lead, layer)]
    lead.close()
    said = [key for annotator in annotators for key in annotator.acknowledged]
    assert len(said) == CLIENTS * EDITS_EACH
    assert sorted(kept) == sorted(said)
    checked = labeler("check", cwd=tmp_path, LABELER_DATABASE_URL=database_url)
    assert checked.returncode == 0, checked.stderr  # type: ignore[attr-defined]
