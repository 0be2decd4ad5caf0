"""Finds the files to import in files, folders and zip archives, and reads each by its kind."""

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from lzma import LZMAError
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, BinaryIO, cast

from labeler.errors import Problem
from labeler.formats import Imported, Importer, importers
from labeler.formats.layered import Places, layered
from labeler.formats.names import Names

MAX_MEMBER = 2 * 1024**3
"""Bytes that one file of an archive may unpack to."""
MAX_RATIO = 200
"""Times its packed size that an archive, or a file in it, may unpack to, above a megabyte."""
_OF_EXPORTS = (
    "manifest.json", "report.json", "README.md", "config.cfg", "config.xml", "project.yml",
    "configs/config.cfg", "scripts/relations.py", "requirements.txt",
)  # fmt: skip
"""Files that an export has beside the articles, the first two always."""
_BOMB = "It would unpack to far more than it is. Unpack the archive and import its folder."


def read(paths: Iterable[Path], importer: str = "auto") -> Iterator[Imported | Problem]:
    """Yield the articles of files, folders (all files below them) and zip archives of files.

    `importer` names how to read them all; "auto" goes by the suffix and the beginning of each.
    Articles are named from the folder or archive that was given. Hidden files, and links that lead
    out of the folder, are left alone. Raises NotFound where there is no such importer.
    """
    paths = list(paths)
    given = _by_folder(paths)
    for path in paths:
        if path.is_dir():
            yield from _Files(path, Names(_below(path, path.resolve())), importer)
        elif path.suffix.lower() == ".zip":
            yield from _archive(path, _shown(path.name), importer)
        else:
            yield from _Files(path.parent, Names([path.name]), importer, given[path.parent])


def _by_folder(paths: Iterable[Path]) -> dict[Path, Names]:
    """Return the names that are given in each folder."""
    names: dict[Path, list[str]] = {}
    for path in paths:
        names.setdefault(path.parent, []).append(path.name)
    return {folder: Names(there) for folder, there in names.items()}


def _below(folder: Path, root: Path, above: str = "") -> Iterator[str]:
    """Yield the files below a folder by their names from `root` on."""
    with os.scandir(folder) as found:
        for entry in found:
            if _is_hidden(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _below(Path(entry), root, f"{above}{entry.name}/")
            elif entry.is_file() and (
                not entry.is_symlink() or Path(entry).resolve().is_relative_to(root)
            ):
                yield above + entry.name


def _is_hidden(part: str) -> bool:
    return part == "__MACOSX" or (part.startswith(".") and part not in (".", ".."))


def _is_utf_8(name: PurePath) -> bool:
    return _shown(name.as_posix()) == name.as_posix()


def _shown(name: str) -> str:
    """Return a name as UTF-8, whatever bytes the file system has for it."""
    return os.fsencode(name).decode(errors="replace")


class _Files:
    """Files that stand together, below a folder or in an archive, each read by its kind."""

    def __init__(
        self,
        root: Path,
        names: Names,
        importer: str,
        given: Names | None = None,
    ) -> None:
        self._root = root
        self._names = names
        self._known = given or names
        self._importer = importer

    def __iter__(self) -> Iterator[Imported | Problem]:
        chosen = importers[self._importer] if self._importer != "auto" else None
        kinds = [chosen] if chosen else list(importers)
        self._places = Places(self._names, kinds, self._bytes)
        some = chosen and self._names.has(chosen.suffixes)
        for name in map(PurePath, self._names):
            if not _is_utf_8(name):
                message = "Its name is not UTF-8: it was not read. Rename it."
                yield Problem(message, file=_shown(name.as_posix()), code="name")
                continue
            fits = chosen is None or name.suffix.lower() in (*chosen.suffixes, ".zip")
            if some and not fits:
                if not self._is_companion(name, kinds[0]):
                    message = "It is no file of this format: it was left alone."
                    yield Problem(message, file=name.as_posix(), code="ignored")
            elif self._tells_of_export(name):
                message = "It tells of an export and holds no articles: it was left alone."
                yield Problem(message, file=name.as_posix(), code="ignored")
            elif not any(self._is_companion(name, kind) for kind in kinds):
                yield from self._file(name, chosen)

    def _tells_of_export(self, name: PurePath) -> bool:
        """Tell whether a file stands in a folder that was exported, beside the articles."""
        for own in map(PurePath, _OF_EXPORTS):
            depth = len(own.parts)
            if name.parts[-depth:] == own.parts:
                folder = name.parents[depth - 1]
                if all((folder / each).as_posix() in self._known for each in _OF_EXPORTS[:2]):
                    return True
        return False

    def _is_companion(self, name: PurePath, kind: type[Importer]) -> bool:
        """Tell whether a file is read with another one, and not for itself."""
        for companion in getattr(kind, "companions", ()):
            if companion == name.name:
                below = "" if name.parent == PurePath() else name.parent.as_posix()
                return self._known.has(kind.suffixes, below)
            if companion == name.suffix.lower():
                beside = (name.with_suffix(suffix).as_posix() for suffix in kind.suffixes)
                return any(other in self._known for other in beside)
        return False

    def _file(self, name: PurePath, chosen: type[Importer] | None) -> Iterator[Imported | Problem]:
        path = self._root / name
        if name.suffix.lower() == ".zip":
            yield from _archive(path, name.as_posix(), self._importer)
            return
        try:
            with path.open("rb") as stream:
                yield from self._read(stream, name, chosen)
        except FileNotFoundError:
            yield Problem(
                "There is no such file or folder.", file=_shown(str(path)), code="missing"
            )
        except OSError as error:
            message = f"It cannot be read: {error.strerror or error}."
            yield Problem(message, file=name.as_posix(), code="file")

    def _read(
        self, stream: BinaryIO, name: PurePath, chosen: type[Importer] | None
    ) -> Iterator[Imported | Problem]:
        head = stream.read(_HEAD)
        stream.seek(0)
        kind = chosen or _importer(name, head)
        file = name.as_posix()
        if _is_utf_16(head):
            message = "It is text in UTF-16. Save it as UTF-8, and import that."
            yield Problem(message, file=file, code="encoding")
            return
        if kind is None:
            yield Problem(_unknown(name), file=file, code="kind")
            return
        if getattr(kind, "companions", ()):
            reader = cast(Any, kind())
            found = reader.read(stream, file, lambda other: self._open(name.parent / other))
        else:
            found = kind().read(stream, file)
        place = self._place(name, kind)
        item = None
        for item in found:
            yield layered(item, *place) if place else item
        if item is None:
            yield Problem("There are no articles in it.", file=file, code="ignored")

    def _place(self, name: PurePath, kind: type[Importer]) -> tuple[str, str] | None:
        """Return document and annotator of a file, if its place says them."""
        return self._places.of(name, kind)

    def _open(self, name: PurePath) -> BinaryIO | None:
        """Open a file beside, None where there is none."""
        path = self._root / name
        inside = path.resolve().is_relative_to(self._root.resolve())
        return path.open("rb") if inside and path.is_file() else None

    def _bytes(self, name: PurePath) -> bytes | None:
        opened = self._open(name)
        if opened is None:
            return None
        with opened:
            return opened.read()


def _unknown(name: PurePath) -> str:
    """Return why a file is read by nothing."""
    if any(name.suffix.lower() in kind.suffixes for kind in importers):
        return "What is in it looks like no format that is known. Name its format."
    known = ", ".join(sorted({s for kind in importers for s in kind.suffixes} | {".zip"}))
    return f"Files of this kind cannot be read; known are {known}."


_HEAD = 65_536
"""Bytes at the beginning of a file by which its format is recognised."""


def _is_utf_16(head: bytes) -> bool:
    """Tell whether every other byte is none, as in English text, or there is a mark of its own."""
    even, odd = head[:64:2], head[1:64:2]
    alternating = (all(even) and not any(odd)) or (all(odd) and not any(even))
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(head) > 15 and alternating)


def _importer(name: PurePath, head: bytes) -> type[Importer] | None:
    """Return the importer of a file by its suffix, and by its beginning where several share it."""
    suffix = name.suffix.lower()
    kinds = [kind for kind in importers if suffix in (*kind.suffixes, *_by_content(kind))]
    knowing = [
        kind
        for kind in kinds
        if hasattr(kind, "recognises") and suffix in (_by_content(kind) or kind.suffixes)
    ]
    for kind in knowing:
        if cast(Any, kind).recognises(head):
            return kind
    return next((kind for kind in kinds if kind not in knowing), None)


def _by_content(kind: type[Importer]) -> tuple[str, ...]:
    return cast("tuple[str, ...]", getattr(kind, "by_content", ()))


# ---- archives --------------------------------------------------------------------------------


def _archive(path: Path, name: str, importer: str) -> Iterator[Imported | Problem]:
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        yield Problem("There is no such file or folder.", file=_shown(str(path)), code="missing")
        return
    except OSError as error:
        yield Problem(f"It cannot be read: {error.strerror or error}.", file=name, code="file")
        return
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        yield Problem("This is no zip archive, or it is damaged.", file=name, code="archive")
        return
    with archive:
        files = [member for member in archive.infolist() if not member.is_dir()]
        if _is_bomb(sum(member.file_size for member in files), path.stat().st_size):
            yield Problem(_BOMB, file=name, code="archive")
            return
        for item in _Members(archive, files, importer, PurePath(name)):
            yield replace(item, file=f"{name}/{item.file}")


class _Members(_Files):
    """The files of a zip archive that lies at `place`."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        members: Iterable[zipfile.ZipInfo],
        importer: str,
        place: PurePath,
    ) -> None:
        self._archive = archive
        self._at = place
        self._members = {PurePosixPath(each.filename).as_posix(): each for each in members}
        names = (name for name in self._members if not any(map(_is_hidden, name.split("/"))))
        super().__init__(Path(), Names(names), importer)

    def _place(self, name: PurePath, kind: type[Importer]) -> tuple[str, str] | None:
        """Return what its place says, or else that of the archive: INCEpTION packs each file."""
        there = self._at.with_suffix(name.suffix)
        return super()._place(name, kind) or super()._place(there, kind)

    def _file(self, name: PurePath, chosen: type[Importer] | None) -> Iterator[Imported | Problem]:
        member = self._members[name.as_posix()]
        problem = _member_problem(member)
        if problem:
            yield Problem(problem, file=name.as_posix(), code="archive")
            return
        try:
            with self._archive.open(member) as stream:
                yield from self._read(cast(BinaryIO, stream), name, chosen)
        except _UNPACKING as error:
            message = f"It cannot be unpacked: {error}."
            yield Problem(message, file=name.as_posix(), code="archive")

    def _open(self, name: PurePath) -> BinaryIO | None:
        member = self._members.get(name.as_posix())
        if member is None or _member_problem(member):
            return None
        return cast(BinaryIO, self._archive.open(member))


_UNPACKING = (
    zipfile.BadZipFile, zlib.error, LZMAError, NotImplementedError, OSError, EOFError,
)  # fmt: skip


def _is_bomb(size: int, packed: int) -> bool:
    return size > max(1024**2, MAX_RATIO * packed)


def _member_problem(member: zipfile.ZipInfo) -> str | None:
    if member.flag_bits & 1:
        return "It is encrypted. Unpack the archive and import its folder."
    if member.filename.lower().endswith(".zip"):
        return "An archive within an archive is not read. Unpack it and import the folder."
    if member.file_size > MAX_MEMBER or _is_bomb(member.file_size, member.compress_size):
        return _BOMB
    return None
