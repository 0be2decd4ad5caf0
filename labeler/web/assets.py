"""Scripts, styles and icons: under an address that names their version, kept by browsers for good.

Modules import each other by relative address, so the version in the address of the first is that
of all: an annotator's browser asks for none of them again until the program changes.
"""

import hashlib
from typing import Any

from flask import Flask, Response, send_from_directory

from labeler.config import ROOT

FOLDER = ROOT / "static"
_YEAR = 365 * 24 * 3600
"""Seconds that a file may be kept: its address changes when it does."""


def register(app: Flask) -> None:
    """Serve the files, and have `url_for("static", ...)` name their version."""
    version = _version()

    def serve(filename: str, version_asked: str | None = None) -> Response:
        """Return a file; asked for by another version, it is the present one and not kept."""
        answer = send_from_directory(FOLDER, filename)
        if version_asked == version:
            answer.cache_control.no_cache = None
            answer.cache_control.public = True
            answer.cache_control.immutable = True
            answer.cache_control.max_age = _YEAR
        return answer

    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["version_asked"] = version

    app.add_url_rule("/static/v-<version_asked>/<path:filename>", "static", serve)
    app.add_url_rule("/static/<path:filename>", "static", serve)
    app.url_default_functions.setdefault(None, []).append(name_version)


def _version() -> str:
    """Return what changes when a file does: a checksum over names and contents."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(FOLDER)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
