"""What every export says of itself, beside its data: what did not fit, and what it was made of."""

import hashlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from labeler import __version__
from labeler.formats import Report
from labeler.formats.names import Names, below
from labeler.spool import Pairs, json_pieces


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
        "sha256": Pairs((name, _sha256(folder / name)) for name in Names(below(folder))),
    }
    with (folder / "manifest.json").open("wb") as file:
        file.writelines(json_pieces(dict(sorted(manifest.items()))))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
