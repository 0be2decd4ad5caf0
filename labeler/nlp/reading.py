"""Docs that others made, out of their `.spacy` files, a few at a time.

A `.spacy` file is one msgpack map, compressed, in which each key holds something of all Docs:
tokens, categories, span groups, user data. spaCy's DocBin reads it as a whole. Here it is unpacked
to a temporary file, where each part is read on as the Docs need it.
"""

import struct
import tempfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import numpy as np

from labeler.errors import Invalid
from labeler.nlp.packing import msgpack
from labeler.nlp.tokens import sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

RATIO = 200
"""Times its packed size that a file may unpack to, above `_SPARED` bytes: text packs to a tenth."""
_SPARED = 64 * 1024**2
_BLOCK = 1 << 20
"""Bytes that are unpacked at once."""
_DOCS = 100
"""Docs that are made at once."""
_BYTES = {0xC4: 1, 0xC5: 2, 0xC6: 4}
"""How msgpack announces bytes, and in how many bytes it says how many."""
_DAMAGE = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, struct.error)


def read_docs(stream: BinaryIO) -> Iterator["Doc"]:
    """Yield the Docs of a `.spacy` file; raises Invalid where it is none, or damaged.

    In memory are the strings that occur, lengths, and the Docs at hand.
    """
    from spacy.vocab import Vocab
    from srsly.msgpack.exceptions import UnpackException  # type: ignore[import-untyped]

    with tempfile.TemporaryFile() as file:
        try:
            _unpack(stream, file)
            parts = _Parts(file)
            vocab = Vocab()
            for form in parts.forms():
                yield from form.get_docs(vocab)
        except zlib.error:
            raise Invalid("It is no .spacy file, or it is damaged.") from None
        except (*_DAMAGE, UnpackException) as error:
            raise Invalid(f"It is damaged: {sentence(error)}") from None


def _unpack(stream: BinaryIO, file: IO[bytes]) -> None:
    """Write what is packed in a stream to a file."""
    unpacking, packed, size = zlib.decompressobj(), 0, 0
    while block := stream.read(_BLOCK):
        packed += len(block)
        while block:
            content = unpacking.decompress(block, _BLOCK)
            block = unpacking.unconsumed_tail
            size += len(content)
            if size > max(_SPARED, RATIO * packed):
                raise Invalid("It would unpack to far more than it is: this is no corpus.")
            file.write(content)
    if not unpacking.eof:
        raise zlib.error


class _From:
    """A file read from a place on, whoever else reads it elsewhere."""

    def __init__(self, file: IO[bytes], at: int) -> None:
        self._file = file
        self._at = at

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end."""
        self._file.seek(self._at)
        content = self._file.read(size)
        self._at += len(content)
        return content


class _Parts:
    """Where each part of an unpacked file lies."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[str, int] = {}
        unpacker = self._unpacker(0)
        count = unpacker.read_map_header()
        place = unpacker.tell()
        for _ in range(count):
            unpacker = self._unpacker(place)
            name = unpacker.unpack()
            place += unpacker.tell()
            self._places[name] = place
            place = self._behind(place)

    def _unpacker(self, at: int) -> Any:
        return msgpack().Unpacker(
            _From(self._file, at), raw=False, strict_map_key=False, max_buffer_size=2**31 - 1
        )

    def _bytes(self, place: int) -> tuple[int, int] | None:
        """Return where the bytes of a value begin and how many there are, None if it has none."""
        head = _From(self._file, place).read(5)
        wide = _BYTES.get(head[0])
        if wide is None:
            return None
        return place + 1 + wide, int.from_bytes(head[1 : 1 + wide], "big")

    def _behind(self, place: int) -> int:
        """Return where a value ends."""
        found = self._bytes(place)
        if found:
            return sum(found)
        unpacker = self._unpacker(place)
        unpacker.skip()
        return place + int(unpacker.tell())

    def _value(self, name: str) -> Any:
        return self._unpacker(self._places[name]).unpack()

    def _raw(self, name: str) -> _From:
        found = self._bytes(self._places[name])
        if found is None:
            raise ValueError(f"{name} are no bytes")
        return _From(self._file, found[0])

    def _items(self, name: str) -> Iterator[Any]:
        """Yield the items of a list; files of earlier versions may lack it."""
        if name in self._places:
            unpacker = self._unpacker(self._places[name])
            for _ in range(unpacker.read_array_header()):
                yield unpacker.unpack()

    def forms(self) -> Iterator[Any]:
        """Yield DocBins of a few Docs each; all strings come with the first."""
        from spacy.tokens import DocBin

        attributes, strings = self._value("attrs"), set(self._items("strings"))
        tokens, spaces = self._raw("tokens"), self._raw("spaces")
        lists = {name: self._items(name) for name in ("cats", "span_groups", "flags", "user_data")}
        lengths = iter(np.frombuffer(self._value("lengths"), dtype=np.int32).tolist())
        width = len(attributes)
        while some := list(islice(lengths, _DOCS)):
            form = DocBin()
            form.attrs, form.strings = attributes, strings
            form.tokens = [
                np.frombuffer(tokens.read(8 * width * n), np.uint64).reshape(n, width) for n in some
            ]
            form.spaces = [np.frombuffer(spaces.read(n), bool).reshape(n, 1) for n in some]
            for name, missing in (("cats", {}), ("span_groups", b""), ("flags", {})):
                setattr(form, name, _filled(lists[name], len(some), missing))
            form.user_data = list(islice(lists["user_data"], len(some)))
            yield form
            strings = set()


def _filled(items: Iterator[Any], count: int, missing: Any) -> list[Any]:
    """Return so many items, with what stands for one where there are fewer."""
    found = list(islice(items, count))
    return found + [missing] * (count - len(found))
