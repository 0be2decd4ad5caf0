"""Files on their way in and out: uploads kept below one folder, folders sent as a zip archive."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from werkzeug.datastructures import FileStorage

_CHUNK = 1024 * 1024
_MAX_PART = 150
"""Characters that one part of a name keeps: file systems take 255 bytes."""


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
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            inside = f"{name or folder.name}/{path.relative_to(folder).as_posix()}"
            entry = zipfile.ZipInfo.from_file(path, inside, strict_timestamps=False)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    yield sink.fetch()
    yield sink.fetch()
