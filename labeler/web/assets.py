"""Scripts, styles and icons: under an address that names their version, kept by browsers for good.

Modules import each other by relative address, so the version in the address of the first is that
of all: an annotator's browser asks for none of them again until the program changes. A style sheet
is sent with those that it imports in their place, so that the first frame waits for one only.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_from_directory
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from labeler.config import ROOT

FOLDER = ROOT / "static"
_YEAR = 365 * 24 * 3600
"""Seconds that a file may be kept: its address changes when it does."""
_MODULE = re.compile(r"""^(?:import|export|\})[^;'"]*['"]\./([\w-]+\.js)['"];""", re.MULTILINE)
"""What a module needs before it runs; `import(...)` waits until it is called."""
_SHEET = re.compile(r'^@import "([\w-]+\.css)";\n', re.MULTILINE)


class _Sessions(SecureCookieSessionInterface):
    """Sessions in a cookie, but not for files: these are the same for everybody.

    An answer that varies with the cookie is thrown away by browsers whenever the session changes.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Serve the files, and have `url_for("static", ...)` name their version."""
    version = _version()

    def serve(filename: str, version_asked: str | None = None) -> Response:
        """Return a file; asked for by another version, it is the present one and not kept."""
        answer = _style(filename) or send_from_directory(FOLDER, filename)
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
    app.add_url_rule("/static/v-<version_asked>/<path:filename>", "static", serve)
    app.add_url_rule("/static/<path:filename>", "static", serve)
    app.url_default_functions.setdefault(None, []).append(name_version)
    app.jinja_env.globals["modules"] = modules


def _style(filename: str) -> Response | None:
    """Return a style sheet with those that it imports; None where a name is of another kind."""
    path = FOLDER / filename
    if path.suffix != ".css" or path.parent != FOLDER / "css" or not path.is_file():
        return None
    whole = _SHEET.sub(lambda found: _sheet(found[1]), _sheet(path.name))
    answer = Response(whole, mimetype="text/css")
    answer.cache_control.no_cache = True
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@cache
def _sheet(name: str) -> str:
    return (FOLDER / "css" / name).read_text()


@cache
def modules(*entries: str) -> tuple[str, ...]:
    """Return the names of these modules and of all that they import, as these are met."""
    found: dict[str, None] = {}

    def visit(names: Iterable[str]) -> None:
        for name in names:
            if name not in found:
                found[name] = None
                visit(_MODULE.findall(Path(FOLDER / "js" / name).read_text()))

    visit(entries)
    return tuple(found)


def _version() -> str:
    """Return what changes when a file does: a checksum over names and contents."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(FOLDER)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
