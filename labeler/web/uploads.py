"""Files on their way in and out: uploads kept below one folder, folders sent as a zip archive."""

import io
import shutil
import unicodedata
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Response, current_app
from werkzeug.datastructures import FileStorage

from labeler import jobs, transfer
from labeler.config import Settings
from labeler.errors import NotFound
from labeler.formats.names import Names, below
from labeler.models import Job, Project, User
from labeler.spool import from_pieces

_CHUNK = 1024 * 1024
_MAX_PART = 150
"""Characters that one part of a name keeps: file systems take 255 bytes."""
_AT_ONCE = 1_000_000
"""Bytes of an upload that are imported while somebody waits."""


def take_in(project: Project, files: Iterable[FileStorage], *, actor: User, **options: Any) -> Job:
    """Keep an upload and import it; a large one is left to a worker.

    `options` are those of `transfer.import_paths`.
    """
    settings: Settings = current_app.config["LABELER"]
    folder = settings.instance / "uploads" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    try:
        save(files, folder)

        def queued() -> Job:
            return transfer.queue_import(project, folder, actor=actor, **options)

        small = sum((folder / name).stat().st_size for name in below(folder)) <= _AT_ONCE
        return jobs.do_now(queued) if small else queued()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def save(files: Iterable[FileStorage], folder: Path) -> Path:
    """Write uploads below a folder under the names they came with, and return what to import.

    No name leads out of the folder. Where all came in one folder, that one is returned, so that
    its articles are named as if the folder had been imported by command.
    """
    for number, file in enumerate(files):
        target = folder / safe_name(file.filename or "")
        if target.exists() or any(parent.is_file() for parent in target.parents):
            target = folder / f"upload-{number}" / target.name
        target.parent.mkdir(parents=True, exist_ok=True)
        file.save(target, _CHUNK)
    entries = list(folder.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else folder


def safe_name(name: str) -> PurePosixPath:
    """Return a relative path without steps upward, characters of control or endless parts."""
    plain = "".join(
        c for c in name.replace("\\", "/") if unicodedata.category(c) not in ("Cc", "Cs")
    )
    parts = [part for part in plain.split("/") if part.strip(". ")]
    return PurePosixPath(*(_shortened(part) for part in parts[-20:] or ["unnamed"]))


def _shortened(part: str) -> str:
    stem, dot, suffix = part.rpartition(".")
    if len(part.encode()) <= _MAX_PART:
        return part
    kept = f"{dot}{suffix}" if stem and len(suffix.encode()) < 10 else ""
    body = (stem if kept else part).encode()[: _MAX_PART - len(kept.encode())]
    return body.decode(errors="ignore") + kept


def files_below(folder: Path) -> Names:
    """Return the names of the files below a folder, in order; none when the folder is gone."""
    return Names(below(folder) if folder.is_dir() else ())


def sizes(folder: Path, names: Iterable[str]) -> list[tuple[str, int]]:
    """Return names of files in a folder with their sizes in bytes."""
    return [(name, (folder / name).stat().st_size) for name in names]


@dataclass
class ReportPage:
    """A page of what did not fit in an export, with all its reasons counted."""

    problems: list[dict[str, Any]]
    total: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def report_of(folder: Path, first: int, most: int) -> ReportPage:
    """Return so many problems, from a place on, of the report in the folder of an export.

    It is empty where there is none that can be read.
    """
    page = ReportPage([])

    def take(problem: dict[str, Any]) -> None:
        if first <= page.total < first + most:
            page.problems.append(problem)
        page.total += 1
        page.reasons[str(problem.get("message") or problem.get("code"))] += 1

    try:
        with (folder / "report.json").open("rb") as file:
            rest = from_pieces(file, "problems", take)
    except (OSError, ValueError):
        return ReportPage([])
    page.counts, page.warnings = rest.get("counts", {}), rest.get("warnings", [])
    return page


def archive_of(folder: Path) -> Response:
    """Answer with the folder of an export as a zip archive, made as it is sent."""
    if not folder.is_dir():
        raise NotFound("The folder of this export is gone. Export again.")
    answer = Response(zipped(folder), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{folder.name}.zip")
    return answer


class _Sink(io.RawIOBase):
    """Takes what is written until somebody fetches it."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | memoryview") -> int:  # type: ignore[override]
        self._held += data
        return len(data)

    def fetch(self) -> bytes:
        """Return what was written since the last time."""
        held, self._held = bytes(self._held), bytearray()
        return held


def zipped(folder: Path, name: str = "") -> Iterator[bytes]:
    """Yield a zip archive of the files below a folder, a piece at a time; links are left out.

    In the archive the folder is called `name`, or as it is called.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in files_below(folder):
            path, inside = folder / each, f"{name or folder.name}/{each}"
            entry = zipfile.ZipInfo.from_file(path, inside, strict_timestamps=False)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    yield sink.fetch()
    yield sink.fetch()
