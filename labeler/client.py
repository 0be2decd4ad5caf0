"""A client of the API for programs in Python: the standard library is all it needs."""

import base64
import binascii
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from io import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from labeler import errors
from labeler.errors import Forbidden, Invalid, LabelerError, Problem, Unavailable

Json = dict[str, Any]
_KNOWN = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, LabelerError)
}
_PROBLEM = [field.name for field in fields(Problem)]
_TRIES = 5
_BUSY = (429, 503)
_SAFE = ("GET", "POST", "PUT")
"""Methods that may be sent twice: a POST has a key, by which the server does it once."""
_ENDED = ("done", "failed", "cancelled")
_ROWS = 1000
"""Rows that are asked for at a time."""
_CHUNK = 1024 * 1024
"""Bytes of a download in memory at a time."""


class Client:
    """Asks a server as the person whose token it has.

    What the server refuses is raised as the errors of `labeler.errors`, with the server's message;
    Unavailable where nobody answers. What is safe to repeat is sent again, a few times, where the
    server is busy or not reached. `timeout` is in seconds.
    """

    def __init__(self, url: str, token: str, timeout: float = 60) -> None:
        self._base = f"{url.rstrip('/')}/api/v1"
        self._token = token
        self._timeout = timeout

    def projects(self) -> list[Json]:
        """Return the projects that the person is in, with what they are there."""
        return list(self.pages("/projects", "projects"))

    def project(self, slug: str) -> "Project":
        """Return a project, to ask of; nothing is sent yet."""
        return Project(self, slug)

    def document(self, document_id: int) -> Json:
        """Return a document: its text, its metadata and its token borders."""
        return self.ask("GET", f"/documents/{document_id}")

    def suggestions(self, document_id: int) -> list[Json]:
        """Return what is suggested now for one's own layer of a document."""
        return list(self.ask("GET", f"/documents/{document_id}/suggestions")["suggestions"])

    def open_layer(self, document_id: int) -> Json:
        """Return one's own layer of a document, opened where it is new."""
        return self.ask("POST", f"/documents/{document_id}/layer")

    def layer(self, layer_id: int) -> Json:
        """Return a layer with its annotations and its revision."""
        return self.ask("GET", f"/layers/{layer_id}")

    def edit(self, layer: Json, ops: Iterable[Json]) -> Json:
        """Apply ops to a layer as one edit, and return the layer as it then is.

        `layer` is as `open_layer` and `layer` return it. Raises Stale with the edits missed, in
        `details`, when it has moved on meanwhile: read it anew, and decide again.
        """
        edit = {"key": uuid.uuid4().hex, "ops": list(ops)}
        body = {"base": layer["revision"], "edits": [edit]}
        self.ask("POST", f"/layers/{layer['id']}/edits", body)
        return self.layer(layer["id"])

    def change(self, layer: Json, **state: Any) -> Json:
        """Change what a layer says of the work on it: `status`, `flag`, `reason`, `read_to`."""
        return self.ask("PATCH", f"/layers/{layer['id']}", state)

    def pages(self, path: str, name: str, **query: Any) -> Iterator[Json]:
        """Yield the rows of a list below `/api/v1`, asked for a page at a time.

        `name` is what an answer calls its rows.
        """
        place: Any = None
        while True:
            page = self.ask("GET", path, **{"limit": _ROWS, **query, "after": place})
            yield from page[name]
            place = page["next"]
            if place is None:
                return

    def ask(
        self, method: str, path: str, body: Any = None, *, again: bool = False, **query: Any
    ) -> Json:
        """Send a request below `/api/v1` and return its JSON; for what has no method here.

        `again` says that sending it twice does no harm: for GET, PUT and POST it never does, since
        each POST has a key by which the server does it once.
        """
        data = None if body is None else json.dumps(body).encode()
        with self.send(method, path, data, "application/json", again=again, **query) as answer:
            return dict(json.load(answer))

    def send(
        self,
        method: str,
        path: str,
        data: bytes | BinaryIO | None = None,
        kind: str = "application/octet-stream",
        *,
        again: bool = False,
        **query: Any,
    ) -> Any:
        """Send bytes or a file and return the open answer, a stream to be closed."""
        address = f"{self._base}{path}{_query(query)}"
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        if method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        if data is not None:
            headers["Content-Length"] = str(_length(data))
        tries = _TRIES if again or method in _SAFE else 1
        for number in range(1, tries + 1):
            if data is not None and not isinstance(data, bytes):
                data.seek(0)
            request = Request(address, data, headers, method=method)  # noqa: S310
            try:
                return urlopen(request, timeout=self._timeout)  # noqa: S310 - the server's own
            except HTTPError as error:
                if error.code not in _BUSY or number == tries:
                    raise _told(error) from None
                wait = error.headers.get("Retry-After", "")
                error.close()
                time.sleep(float(wait) if wait.isdecimal() else 2**number / 4)
            except (URLError, TimeoutError, ConnectionError) as error:
                if number == tries:
                    raise Unavailable(f"{self._base} does not answer: {error}.") from None
                time.sleep(2**number / 8)
        raise AssertionError("the last try returns or raises")


def _query(values: Mapping[str, Any]) -> str:
    given = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in values.items()
        if value is not None
    }
    return f"?{urlencode(given)}" if given else ""


def _length(data: bytes | BinaryIO) -> int:
    return len(data) if isinstance(data, bytes) else data.seek(0, SEEK_END)


def _told(error: HTTPError) -> LabelerError:
    """Return what the server refused as the error that it stands for."""
    with error:
        try:
            told = json.load(error)
        except ValueError:
            told = None
    if not isinstance(told, dict) or "code" not in told:  # a proxy, or no labeler at all
        told = {"code": "error", "message": f"The server answered {error.code} {error.reason}."}
    code, message = told.pop("code"), told.pop("message", "")
    problems = [
        Problem(**{name: problem[name] for name in _PROBLEM if name in problem})
        for problem in told.pop("problems", ())
    ]
    known = _KNOWN.get(code, LabelerError)(message, problems, **told)
    known.code, known.status = code, error.code
    return known


class Project:
    """A project on a server."""

    def __init__(self, client: Client, slug: str) -> None:
        self._client = client
        self._path = f"/projects/{quote(slug, safe='')}"

    def about(self) -> Json:
        """Return title, language and scheme."""
        return self._client.ask("GET", self._path)

    def documents(self) -> Iterator[Json]:
        """Yield all documents, without their texts, asked for a page at a time."""
        yield from self._paged("documents")

    def exports(self) -> Iterator[Json]:
        """Yield exports and snapshots, newest first."""
        yield from self._paged("exports")

    def jobs(self) -> Iterator[Json]:
        """Yield what was done in the background, newest first."""
        yield from self._paged("jobs")

    def problems(self, job: Json) -> Iterator[Json]:
        """Yield what did not fit in a job, in the order in which it was met."""
        yield from self._paged(f"jobs/{job['id']}/problems", "problems")

    def add(self, documents: Iterable[Mapping[str, Any]], **options: Any) -> Json:
        """Import documents, and layers with them, as our JSONL has them; return the ended job.

        `options` are `annotator` and `add_labels`. Adding again changes nothing.
        """
        lines = [json.dumps(dict(document)).encode() for document in documents]
        return self._import(b"\n".join(lines), "articles.jsonl", options)

    def import_file(self, path: Path | str, **options: Any) -> Json:
        """Import a file of any format, and return the ended job.

        `options` are those of `add`, and `format` where the ending does not tell.
        """
        path = Path(path)
        with path.open("rb") as file:
            return self._import(file, path.name, options)

    def suggest(self) -> Json:
        """Let suggestions be made for all documents that lack them; return the job."""
        return self._client.ask("POST", f"{self._path}/suggestions")

    def export(self, format: str, **options: Any) -> Json:  # noqa: A002 - the word that people use
        """Export as a format, and return the export: its counts, files and report.

        `options` are `layer`, `split`, `seed` and `name`. Waits until it is written.
        """
        body = {"format": format, **options}
        job = self.wait(self._client.ask("POST", f"{self._path}/exports", body))
        return self._client.ask("GET", f"{self._path}/exports/{job['result']['export']}")

    def download(self, export: Json, target: Path | str | BinaryIO) -> None:
        """Write the files of an export as a zip archive to a path or an open file."""
        if isinstance(target, (str, Path)):
            with Path(target).open("wb") as file:
                self.download(export, file)
            return
        path = f"{self._path}/exports/{export['id']}/download"
        with self._client.send("GET", path) as answer:
            while piece := answer.read(_CHUNK):
                target.write(piece)

    def changes(self, export: Json, since: Json) -> Json:
        """Return what was added, removed and changed since another export."""
        path = f"{self._path}/exports/{export['id']}/changes"
        return self._client.ask("GET", path, since=since["id"])

    def agreement(self, seconds: float = 3600) -> Json:
        """Return how far annotators agree; waits while a worker computes it.

        Raises Unavailable when that takes longer than so many seconds, or failed.
        """
        for _ in _pauses(seconds, "Agreement"):
            found = self._client.ask("GET", f"{self._path}/agreement")
            if "job" not in found:
                break
        return found

    def wait(self, job: Json, seconds: float = 3600) -> Json:
        """Return a job when it has ended; raises Invalid if it failed, Unavailable if it is late.

        `seconds` is how long it may take.
        """
        for _ in _pauses(seconds, job["title"]):
            if job["state"] in _ENDED:
                break
            job = self._client.ask("GET", f"{self._path}/jobs/{job['id']}")
        if job["state"] != "done":
            raise Invalid(job["error"] or f"{job['title']}: {job['state']}.")
        return job

    def _import(self, data: bytes | BinaryIO, name: str, options: Mapping[str, Any]) -> Json:
        path = f"{self._path}/imports"
        with self._client.send("POST", path, data, name=name, **options) as answer:
            return self.wait(json.load(answer))

    def _paged(self, what: str, name: str = "") -> Iterator[Json]:
        return self._client.pages(f"{self._path}/{what}", name or what)


# ---- ops -------------------------------------------------------------------------------------


def created(kind: Mapping[str, Any], name: str | None = None) -> Json:
    """Return the op that creates an annotation: `{"start": 0, "end": 3, "label": "PERSON"}`.

    `name` is its id, by which relations name their ends; a new one unless given.
    """
    return {"id": name or uuid.uuid4().hex, "before": None, "after": dict(kind)}


def replaced(before: Mapping[str, Any], **changes: Any) -> Json:
    """Return the op that changes an annotation as a layer has it; None takes a value away."""
    after = {name: value for name, value in {**before, **changes}.items() if value is not None}
    return {"id": before["id"], "before": _without_id(before), "after": _without_id(after)}


def deleted(before: Mapping[str, Any]) -> Json:
    """Return the op that deletes an annotation as a layer has it."""
    return {"id": before["id"], "before": _without_id(before), "after": None}


def _pauses(seconds: float, what: str) -> Iterator[None]:
    """Yield again and again, after longer and longer pauses; raises Unavailable in the end."""
    end, pause = time.monotonic() + seconds, 0.1
    while True:
        yield
        if time.monotonic() > end:
            raise Unavailable(f"{what} has not ended after {seconds:g} seconds.")
        time.sleep(pause)
        pause = min(2 * pause, 5)


def _without_id(annotation: Mapping[str, Any]) -> Json:
    return {name: value for name, value in annotation.items() if name != "id"}


# ---- webhooks --------------------------------------------------------------------------------


def verify_webhook(
    secret: str, headers: Mapping[str, str], body: bytes, *, tolerance: float = 300
) -> Json:
    """Return what a webhook tells, once its signature proves who sent it; raises Forbidden.

    `headers` are those of the request, `body` its bytes as they came. `tolerance` is how many
    seconds old it may be. The same `id` may come more than once: remember those that you have seen.
    """
    given = {name.lower(): value for name, value in headers.items()}
    key, moment = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    expected = signature(secret, key, moment, body).encode()
    sent = given.get("webhook-signature", "").encode().split()
    if not any(hmac.compare_digest(expected, one) for one in sent):
        raise Forbidden("The signature does not belong to this body: another secret made it.")
    if not moment.isdecimal() or abs(time.time() - int(moment)) > tolerance:
        raise Forbidden("This was sent too long ago, or the clocks differ.")
    return dict(json.loads(body))


def signature(secret: str, key: str, moment: str, body: bytes) -> str:
    """Return the signature of a delivery: `v1,` and HMAC-SHA256 in base64, as Standard Webhooks.

    What is signed is its id, the time in seconds and the body, with points between; the secret's
    bytes are what follows `whsec_`, in base64. Raises Invalid for a secret that is none.
    """
    try:
        known = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise Invalid("A webhook's secret begins with whsec_, as it was shown.") from None
    signed = hmac.new(known, f"{key}.{moment}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()
