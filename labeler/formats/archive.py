"""Finds the files to import in files, folders and zip archives, and reads each by its kind."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from labeler.errors import Problem
from labeler.formats import Imported, Importer, importers

MAX_MEMBER = 2 * 1024**3
"""Bytes that one file of an archive may unpack to."""
MAX_RATIO = 200
"""Times its packed size that a file of an archive may unpack to, above a megabyte."""


def read(paths: Iterable[Path], importer: str = "auto") -> Iterator[Imported | Problem]:
    """Yield the articles of files, folders (all files below them) and zip archives of files.

    `importer` names how to read them all; "auto" goes by the suffix of each.
    """
    for path in paths:
        for file, name in _files(path):
            if isinstance(name, Problem):
                yield name
            elif file.suffix.lower() == ".zip":
                yield from _archive(file, importer)
            else:
                with file.open("rb") as stream:
                    yield from _read(stream, name, importer)


def _files(path: Path) -> Iterator[tuple[Path, str | Problem]]:
    """Yield each file with its name: relative to the folder given, if one was."""
    if not path.exists():
        yield path, Problem("There is no such file or folder.", file=str(path), code="missing")
    elif path.is_file():
        yield path, path.name
    else:
        for file in sorted(path.rglob("*")):
            name = file.relative_to(path)
            hidden = any(part.startswith(".") for part in name.parts)
            if file.is_file() and not hidden and file.resolve().is_relative_to(path.resolve()):
                yield file, name.as_posix()


def _read(stream: BinaryIO, name: str, importer: str) -> Iterator[Imported | Problem]:
    chosen = _importer(name) if importer == "auto" else importers[importer]
    if chosen is None:
        known = ", ".join(sorted({s for kind in importers for s in kind.suffixes} | {".zip"}))
        message = f"Files of this kind cannot be read; known are {known}."
        yield Problem(message, file=name, code="kind")
        return
    yield from chosen().read(stream, name)


def _importer(name: str) -> type[Importer] | None:
    suffix = PurePosixPath(name).suffix.lower()
    return next((kind for kind in importers if suffix in kind.suffixes), None)


def _archive(path: Path, importer: str) -> Iterator[Imported | Problem]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        yield Problem("This is no zip archive, or it is damaged.", file=path.name, code="archive")
        return
    with archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            parts = PurePosixPath(member.filename).parts
            if member.is_dir() or any(part.startswith((".", "__MACOSX")) for part in parts):
                continue
            name = f"{path.name}/{member.filename}"
            problem = _member_problem(member)
            if problem:
                yield Problem(problem, file=name, code="archive")
                continue
            yield from _member(archive, member, name, importer)


def _member_problem(member: zipfile.ZipInfo) -> str | None:
    if member.flag_bits & 1:
        return "It is encrypted. Unpack the archive and import its folder."
    if member.filename.lower().endswith(".zip"):
        return "An archive within an archive is not read. Unpack it and import the folder."
    bomb = member.file_size > max(1024**2, MAX_RATIO * member.compress_size)
    if bomb or member.file_size > MAX_MEMBER:
        return "It would unpack to far more than it is. Unpack the archive and import its folder."
    return None


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, importer: str
) -> Iterator[Imported | Problem]:
    inner = str(PurePosixPath(member.filename))
    try:
        with archive.open(member) as stream:
            yield from _read(cast(BinaryIO, stream), inner, importer)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        yield Problem(f"It cannot be unpacked: {error}.", file=name, code="archive")
