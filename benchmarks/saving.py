"""One save request of 20 clients at once, beside an empty transaction over the same server.

Each client works on a layer of its own, of an article of 350 tokens with 30 entities, and adds or
deletes one entity a request. The floor is a request that signs in the same way and commits a write
transaction in which nothing is written.
"""

import http.client
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import waitress

from benchmarks.corpus import project_with_articles
from labeler import accounts
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Layer, db, transaction
from labeler.web.auth import allow, me

CLIENTS = 20
SECONDS = 4
ROUNDS = 3


def serve(folder: str) -> None:
    """Serve an instance with one more route, that of the floor."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    settings = Settings.from_env({"LABELER_INSTANCE": folder})
    app = create_app(replace(settings, testing=True))

    @app.post("/api/v1/empty")
    @allow("member")
    def empty() -> dict[str, int]:
        with transaction():
            return {"revision": me().id}

    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    print(server.effective_port, flush=True)
    server.run()


def main() -> None:
    """Print p50 and p95 of a save and of the floor, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        token, layers = _prepare(Path(folder))
        figures: dict[str, list[float]] = {"save": [], "floor": []}
        with served(folder) as port:
            for _ in range(ROUNDS):
                figures["floor"] += load(port, [_empty(token) for _ in layers])
                figures["save"] += load(port, [save(token, layer) for layer in layers])
    _tell(figures)


@contextmanager
def served(folder: str) -> Iterator[int]:
    """Serve an instance in a process of its own; give its port."""
    command = [sys.executable, "-c", f"from benchmarks.saving import serve; serve({folder!r})"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _prepare(folder: Path) -> tuple[str, list[int]]:
    app = create_app(Settings.from_env({"LABELER_INSTANCE": str(folder)}))
    with app.app_context():
        project_with_articles(CLIENTS)
        person = accounts.find_user("ana")
        accounts.add_user("root", role="admin")
        layers = [layer.id for layer in db.session.query(Layer).all()]
        return accounts.api_token(person), layers


Request = Callable[[http.client.HTTPConnection], None]


def _send(
    connection: http.client.HTTPConnection, token: str, path: str, body: object
) -> dict[str, int]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, content
    return dict(json.loads(content))


def _empty(token: str) -> Request:
    def send(connection: http.client.HTTPConnection) -> None:
        _send(connection, token, "empty", {})

    return send


_number = iter(range(10**9))
_bases: dict[int, int] = {}


def save(token: str, layer: int) -> Request:
    """Return a request that adds an entity when called first, deletes it when called again."""
    entity = {"start": 0, "end": 3, "label": "DATE"}
    there = False

    def send(connection: http.client.HTTPConnection) -> None:
        nonlocal there
        before, after = (entity, None) if there else (None, entity)
        op = {"id": "x", "before": before, "after": after}
        edit = {"key": f"k{next(_number)}", "ops": [op]}
        base = _bases.get(layer, 1)
        answer = _send(connection, token, f"layers/{layer}/edits", {"base": base, "edits": [edit]})
        _bases[layer], there = answer["revision"], not there

    return send


def load(port: int, requests: list[Request]) -> list[float]:
    """Return how long each request took, in seconds, with all clients asking at once."""
    taken: list[float] = []
    end = time.perf_counter() + SECONDS

    def ask(request: Request) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        count = 0
        while time.perf_counter() < end or count % 2:
            start = time.perf_counter()
            request(connection)
            taken.append(time.perf_counter() - start)
            count += 1
        connection.close()

    threads = [threading.Thread(target=ask, args=[request]) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _tell(figures: dict[str, list[float]]) -> None:
    print(f"saving, {CLIENTS} clients, SQLite")
    p95 = {}
    for name, taken in figures.items():
        cuts = [cut * 1000 for cut in statistics.quantiles(taken, n=100)]
        p95[name] = cuts[94]
        rate = len(taken) / SECONDS / ROUNDS
        print(f"  {name:6} p50 {cuts[49]:6.1f} ms  p95 {cuts[94]:6.1f} ms  {rate:6.0f}/s")
    print(f"  ratio of p95: {p95['save'] / p95['floor']:.2f} (wanted: below 3)")
