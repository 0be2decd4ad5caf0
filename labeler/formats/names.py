"""The names of files that stand together, kept in order on disk: there may be a million."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from weakref import finalize

_TABLE = """
CREATE TABLE file (
    place BLOB PRIMARY KEY, above BLOB, folder BLOB, name BLOB, suffix TEXT
) WITHOUT ROWID
"""
_WITHIN = "SELECT 1 FROM file WHERE suffix = ? AND place > ? AND place < ? LIMIT 1"


class Names:
    """File names, each once, a folder's entries in their order.

    They lie in a temporary database, which goes with them.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        finalize(self, self._database.close)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(_TABLE)
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT OR IGNORE INTO file VALUES (?,?,?,?,?)", map(_row, names)
        )
        self._database.execute("COMMIT")

    def __iter__(self) -> Iterator[str]:
        for (place,) in self._database.execute("SELECT place FROM file ORDER BY place"):
            yield _name(place)

    def __len__(self) -> int:
        [(count,)] = self._database.execute("SELECT count(*) FROM file")
        return int(count)

    def __contains__(self, name: str) -> bool:
        found = self._database.execute("SELECT 1 FROM file WHERE place = ?", (_place(name),))
        return found.fetchone() is not None

    def has(self, suffixes: Sequence[str], below: str = "") -> bool:
        """Tell whether there is a file with one of these suffixes, in any case, below a folder."""
        first = _place(f"{below}/") if below else b""
        last = first[:-1] + b"\1" if below else b"\xff" * 8
        return any(
            self._database.execute(_WITHIN, (suffix, first, last)).fetchone() for suffix in suffixes
        )

    def in_folders(self, suffix: str) -> Iterator[tuple[str, str, str]]:
        """Yield folder above, name and folder of each file in a folder with this suffix.

        Files of one name in folders beside each other come one after the other.
        """
        found = "SELECT above, name, folder FROM file WHERE above IS NOT NULL AND suffix = ?"
        for row in self._database.execute(f"{found} ORDER BY above, name, folder", (suffix,)):
            above, name, folder = map(os.fsdecode, row)
            yield above, name, folder


def below(folder: Path, above: str = "") -> Iterator[str]:
    """Yield the files below a folder by their names from there on, in no order; no links."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from below(Path(entry), f"{above}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield above + entry.name


def _place(name: str) -> bytes:
    """Return what sorts a name by its folders: nothing stands before the sign between them."""
    return os.fsencode(name).replace(b"/", b"\0")


def _name(place: bytes) -> str:
    return os.fsdecode(place.replace(b"\0", b"/"))


def _row(name: str) -> tuple[object, ...]:
    folder, _, own = name.rpartition("/")
    suffix = os.fsencode(PurePosixPath(own).suffix.lower()).decode(errors="replace")
    above = os.fsencode(folder.rpartition("/")[0]) if folder else None
    return _place(name), above, os.fsencode(folder), os.fsencode(own), suffix
