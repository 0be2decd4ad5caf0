"""What every export says of itself, beside its data: what did not fit, and what it was made of."""

import hashlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

from labeler import __version__
from labeler.formats import Report
from labeler.spool import json_pieces


def write(
    folder: Path,
    report: Report,
    given: Mapping[str, Any] | None = None,
    *,
    libraries: tuple[str, ...] = (),
    **about: object,
) -> None:
    """Write `report.json` and then `manifest.json` with the checksum of every file in the folder.

    The manifest holds what was `given` and what is said `about` the export, with the versions of
    labeler and of the libraries that shape its bytes. It names no moment and no place.
    """
    with (folder / "report.json").open("wb") as file:
        file.writelines(json_pieces(report.to_json()))
    versions = {name: metadata.version(name) for name in libraries}
    manifest = {
        **(given or {}),
        **about,
        "counts": report.counts,
        "versions": {"labeler": __version__, **versions},
        "sha256": {name: _sha256(folder / name) for name in names_below(folder)},
    }
    written = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    (folder / "manifest.json").write_bytes(written + b"\n")


def names_below(folder: Path) -> list[str]:
    """Return the files below a folder by their relative names, in order."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
