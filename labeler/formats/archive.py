"""Finds the files to import in files, folders and zip archives, and reads each by its kind."""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from lzma import LZMAError
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, cast

from labeler.errors import Problem
from labeler.formats import Imported, Importer, importers

MAX_MEMBER = 2 * 1024**3
"""Bytes that one file of an archive may unpack to."""
MAX_RATIO = 200
"""Times its packed size that an archive, or a file in it, may unpack to, above a megabyte."""
_BOMB = "It would unpack to far more than it is. Unpack the archive and import its folder."


def read(paths: Iterable[Path], importer: str = "auto") -> Iterator[Imported | Problem]:
    """Yield the articles of files, folders (all files below them) and zip archives of files.

    `importer` names how to read them all; "auto" goes by the suffix of each. Articles are named
    from the folder or archive that was given. Hidden files, and links that lead out of the folder,
    are left alone. Raises NotFound where there is no such importer.
    """
    for path in paths:
        if path.is_dir():
            for name in _names(path):
                yield from _file(path / name, name.as_posix(), importer)
        else:
            yield from _file(path, path.name, importer)


def _names(folder: Path) -> Iterator[PurePath]:
    """Yield the files below a folder by their relative names, in order."""
    root = folder.resolve()
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if not _hidden(name) and file.is_file() and file.resolve().is_relative_to(root):
            yield name


def _hidden(name: PurePath) -> bool:
    return any(
        part == "__MACOSX" or (part.startswith(".") and part not in (".", ".."))
        for part in name.parts
    )


def _file(path: Path, name: str, importer: str) -> Iterator[Imported | Problem]:
    try:
        if path.suffix.lower() == ".zip":
            yield from _archive(path, name, importer)
        else:
            with path.open("rb") as stream:
                yield from _read(stream, name, importer)
    except FileNotFoundError:
        yield Problem("There is no such file or folder.", file=str(path), code="missing")
    except OSError as error:
        yield Problem(f"It cannot be read: {error.strerror or error}.", file=name, code="file")


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


# ---- archives --------------------------------------------------------------------------------


def _archive(path: Path, name: str, importer: str) -> Iterator[Imported | Problem]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        yield Problem("This is no zip archive, or it is damaged.", file=name, code="archive")
        return
    with archive:
        files = [member for member in archive.infolist() if not member.is_dir()]
        if _is_bomb(sum(member.file_size for member in files), path.stat().st_size):
            yield Problem(_BOMB, file=name, code="archive")
            return
        for member in sorted(files, key=lambda member: member.filename):
            if not _hidden(PurePosixPath(member.filename)):
                for item in _member(archive, member, importer):
                    yield replace(item, file=f"{name}/{item.file}")


def _is_bomb(size: int, packed: int) -> bool:
    return size > max(1024**2, MAX_RATIO * packed)


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, importer: str
) -> Iterator[Imported | Problem]:
    name = PurePosixPath(member.filename).as_posix()
    problem = _member_problem(member)
    if problem:
        yield Problem(problem, file=name, code="archive")
        return
    try:
        with archive.open(member) as stream:
            yield from _read(cast(BinaryIO, stream), name, importer)
    except (zipfile.BadZipFile, zlib.error, LZMAError, NotImplementedError, OSError, EOFError) as e:
        yield Problem(f"It cannot be unpacked: {e}.", file=name, code="archive")


def _member_problem(member: zipfile.ZipInfo) -> str | None:
    if member.flag_bits & 1:
        return "It is encrypted. Unpack the archive and import its folder."
    if member.filename.lower().endswith(".zip"):
        return "An archive within an archive is not read. Unpack it and import the folder."
    if member.file_size > MAX_MEMBER or _is_bomb(member.file_size, member.compress_size):
        return _BOMB
    return None
