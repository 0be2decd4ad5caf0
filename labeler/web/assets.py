"""Scripts, styles and icons: under an address that names their version, kept by browsers for good.

Scripts and style sheets are sent with all that they import. A script asks for another by relative
address, so the version in the address of the first is that of all: an annotator's browser asks for
none of them again until the program changes. All are read when the program starts, and packed when
a browser first asks for them.
"""

import hashlib
import mimetypes
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from labeler.config import ROOT
from labeler.errors import NotFound
from labeler.web import bundles

FOLDER = ROOT / "static"
WITHIN = {"style": "css/first.css", "script": "js/start.js"}
"""The files that come within a page: the first frame of a text waits for no others."""
_YEAR = 365 * 24 * 3600
"""Seconds that a file may be kept: its address changes when it does."""


class _Sessions(SecureCookieSessionInterface):
    """Sessions in a cookie, but not for files: these are the same for everybody.

    An answer that varies with the cookie is thrown away by browsers whenever the session changes.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)


class Packed:
    """Files packed for browsers, each once for each way of packing; other answers are not kept."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    @staticmethod
    def key(asked: Request) -> str:
        """Return the name of the file that is asked for by its version, else ""."""
        values = asked.view_args or {}
        kept = asked.endpoint == "static" and values.get("version_asked") == _version()
        return values["filename"] if kept else ""

    def get(self, key: str) -> bytes | None:
        """Return what was packed under a key: a way of packing, `;` and the name of a file."""
        return self._contents.get(key)

    def set(self, key: str, content: bytes) -> None:
        """Keep what was packed, if it is a file."""
        if not key.endswith(";"):
            self._contents[key] = content


def register(app: Flask) -> None:
    """Serve the files, and have `url_for("static", ...)` name their version."""
    version = _version()

    def serve(filename: str, version_asked: str | None = None) -> Response:
        """Return a file; asked for by another version, it is the present one and not kept."""
        if filename not in _files():
            raise NotFound("There is no such file.")
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        answer = Response(_sent(filename), mimetype=kind)
        answer.cache_control.no_cache = True
        answer.add_etag()
        answer.make_conditional(request)
        if version_asked == version:
            answer.cache_control.no_cache = None
            answer.cache_control.public = True
            answer.cache_control.immutable = True
            answer.cache_control.max_age = _YEAR
        return answer

    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["version_asked"] = version

    app.session_interface = _Sessions()
    app.jinja_env.globals["within"] = {kind: _sent(WITHIN[kind]).decode() for kind in WITHIN}
    app.add_url_rule("/static/v-<version_asked>/<path:filename>", "static", serve)
    app.add_url_rule("/static/<path:filename>", "static", serve)
    app.url_default_functions.setdefault(None, []).append(name_version)


def policy_of(kind: Literal["style", "script"]) -> str:
    """Return what a content security policy allows of a kind: our files, and the one in a page."""
    digest = hashlib.sha256(_sent(WITHIN[kind])).digest()
    return f"{kind}-src 'self' 'sha256-{b64encode(digest).decode()}'"


@cache
def _files() -> Mapping[str, bytes]:
    """Return the files by their names below the folder."""
    paths = [path for path in sorted(FOLDER.rglob("*")) if path.is_file()]
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths}


@cache
def _sent(filename: str) -> bytes:
    """Return what is sent for a file: scripts and style sheets with all that they import."""
    kind = {".js": bundles.script, ".css": bundles.sheet}.get(Path(filename).suffix)
    if kind is None:
        return _files()[filename]
    folder, _, name = filename.rpartition("/")
    return kind(name, lambda each: _files()[f"{folder}/{each}"].decode()).encode()


@cache
def _version() -> str:
    """Return what changes when a file does: a checksum over names and contents."""
    digest = hashlib.sha256()
    for name, content in _files().items():
        digest.update(f"{name}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
