"""A list of whatever length in little memory: what is told of a million articles."""

import operator
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, Generic, TypeVar
from weakref import finalize

import orjson

_HELD = 1000
"""Things held in memory."""
T = TypeVar("T")


class Spool(Generic[T]):
    """Things in their order, to add to and to read from the beginning.

    All but the latest lie in a temporary file, which goes with the spool.
    """

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._latest: list[T] = []
        self._file: IO[bytes] | None = None
        self._places: list[int] = []
        self.extend(items)

    def append(self, item: T) -> None:
        """Add one thing."""
        self._latest.append(item)
        if len(self._latest) == _HELD:
            file = self._file = self._file or self._on_disk()
            self._places.append(file.seek(0, 2))
            pickle.dump(self._latest, file)
            self._latest = []

    def extend(self, items: Iterable[T]) -> None:
        """Add several things."""
        for item in items:
            self.append(item)

    def __len__(self) -> int:
        return len(self._places) * _HELD + len(self._latest)

    def __iter__(self) -> Iterator[T]:
        for place in self._places:
            assert self._file is not None
            self._file.seek(place)
            yield from pickle.load(self._file)  # noqa: S301 - a file of its own that has no name
        yield from self._latest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Spool | list):
            return NotImplemented
        return len(self) == len(other) and all(map(operator.eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def _on_disk(self) -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - it lasts as long as the spool
        finalize(self, file.close)
        return file


class Pairs(Spool[tuple[str, object]]):
    """Names with what belongs to each, as an object of JSON has them."""


# ---- as JSON ---------------------------------------------------------------------------------


def json_pieces(value: dict[str, object]) -> Iterator[bytes]:
    """Yield an object as indented JSON; things of a spool in it are written one by one.

    Names stand in their order at the top and in `Pairs`, sorted below.
    """
    opening = b"{"
    for name, found in value.items():
        yield opening + b"\n  " + orjson.dumps(name) + b": "
        if isinstance(found, Spool):
            yield from _one_by_one(found)
        else:
            yield _indented(found, 2)
        opening = b","
    yield b"\n}\n" if value else b"{}\n"


def _one_by_one(items: Spool[Any]) -> Iterator[bytes]:
    named = isinstance(items, Pairs)
    opening, closing = (b"{", b"}") if named else (b"[", b"]")
    before = opening
    for item in items:
        name, value = item if named else ("", item)
        yield before + b"\n    " + (orjson.dumps(name) + b": " if named else b"")
        yield _indented(value, 4)
        before = b","
    yield b"\n  " + closing if len(items) else opening + closing


def _indented(value: object, columns: int) -> bytes:
    written = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    return written.replace(b"\n", b"\n" + b" " * columns)


def from_pieces(file: IO[bytes], name: str, take: Callable[[Any], None]) -> dict[str, Any]:
    """Return an object that `json_pieces` wrote, the objects of one list given to `take` instead.

    Raises ValueError where it is no such file.
    """
    rest, item, within = [], list[bytes](), False
    for line in file:
        if within and line.startswith(b"  ]"):
            within = False
            rest.append(line)
        elif within:
            item.append(line)
            if line.rstrip(b",\n") in (b"    }", b"    {}"):
                take(orjson.loads(b"".join(item).rstrip(b",\n")))
                item.clear()
        else:
            within = line == f'  "{name}": [\n'.encode()
            rest.append(line)
    found = orjson.loads(b"".join(rest))
    if not isinstance(found, dict):
        raise ValueError("It is no object.")
    for each in found.get(name, ()):  # written by another hand, in other lines
        take(each)
    return {**found, name: []}
