"""Text as files have it, decoded a line or a file at a time, with faults told by line."""

import codecs
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, TypeVar, cast

import orjson

from labeler.errors import Problem
from labeler.formats import Beside, Imported
from labeler.schema import Document

MAX_LINE = 64 * 1024 * 1024
"""Bytes that one line may have."""
MAX_FILE = 256 * 1024 * 1024
"""Bytes of a file that is read whole."""
ONE_A_LINE = "Each line has to be one whole object of JSON."
T = TypeVar("T")
_MARK = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
"""Bytes that are read at once."""


def raw_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield number, from 1, and bytes of each line, without a byte order mark.

    Of a line that is too long only the beginning comes, so that memory stays flat.
    """
    if stream.seekable():
        head = stream.read(_CHUNK)
        stream.seek(0)
        if b"\r" in head and b"\n" not in head:
            stream = cast(BinaryIO, io.BufferedReader(_Fed(stream)))
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        yield number, line.removeprefix(_MARK) if number == 1 else line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE + 1)


class _Fed(io.RawIOBase):
    """A file whose lines end in carriage returns only, with line feeds in their place."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._stream.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def text_lines(stream: BinaryIO, file: str) -> Iterator[tuple[int, str] | Problem]:
    """Yield number and text of each line without its end, or what is wrong with it."""
    for number, line in raw_lines(stream):
        if len(line) > MAX_LINE:
            message = f"The line is longer than {MAX_LINE:,} bytes."
            yield Problem(message, file=file, line=number, code="line")
            continue
        try:
            yield number, line.decode().removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError as error:
            message = f"Byte {error.start} of the line is not UTF-8. Save the file as UTF-8."
            yield Problem(message, file=file, line=number, code="encoding")


def each(
    found: Iterable[tuple[int, T] | Problem], take: Callable[[int, T], Iterable[Imported | Problem]]
) -> Iterator[Imported | Problem]:
    """Yield what `take` makes of each line, by its number, and what is wrong with others."""
    for item in found:
        if isinstance(item, Problem):
            yield item
        else:
            yield from take(*item)


def json_lines(stream: BinaryIO, file: str) -> Iterator[tuple[int, dict[str, Any]] | Problem]:
    """Yield number and object of each line of JSON that is not empty, or what is wrong with it."""
    for found in text_lines(stream, file):
        if isinstance(found, Problem):
            yield found
            continue
        number, line = found
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            message = f"This is not JSON: {error.msg} at column {error.colno}. {ONE_A_LINE}"
            yield Problem(message, file=file, line=number, code="json")
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            message = f"The line is no JSON object. {ONE_A_LINE}"
            yield Problem(message, file=file, line=number, code="json")


def whole_text(stream: BinaryIO, file: str, *, marked: bool = False) -> str | Problem:
    """Return the text of a file to the letter, or what is wrong.

    A byte order mark is no part of it, unless it is `marked`: offsets beside it count the mark.
    """
    content = stream.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        return Problem(
            f"The file is larger than {MAX_FILE:,} bytes. Split it.", file=file, code="file"
        )
    try:
        return content.decode("utf-8" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"Byte {error.start} is not UTF-8. Save the file as UTF-8 and try again."
        return Problem(message, file=file, line=line, code="encoding")


def with_text(stream: BinaryIO, file: str, beside: Beside) -> tuple[Document, str] | list[Problem]:
    """Return the article in the `.txt` beside a file, and the file's own text, or what is wrong."""
    article = PurePosixPath(file).with_suffix(".txt")
    beside_it = beside(article.name)
    if beside_it is None:
        return [Problem(f"There is no {article.name} beside it.", file=file, code="missing")]
    with beside_it:
        text = whole_text(beside_it, article.as_posix(), marked=True)
    content = whole_text(stream, file)
    if isinstance(text, Problem) or isinstance(content, Problem):
        return [found for found in (text, content) if isinstance(found, Problem)]
    return Document(article.with_suffix("").as_posix(), text), content


def plain(value: object) -> dict[str, Any]:
    """Return a JSON object as it is, and anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """Return a JSON list as it is, and anything else as an empty one."""
    return value if isinstance(value, list) else []


def keys_of_first_line(head: bytes) -> set[str]:
    """Return the names in the first object of a file of JSON lines: what it is recognised by."""
    line = head.removeprefix(_MARK).lstrip().split(b"\n", 1)[0]
    try:
        return set(plain(orjson.loads(line)))
    except orjson.JSONDecodeError:  # cut off, or no JSON at all
        return {name.decode() for name in _NAME.findall(line)} if line.startswith(b"{") else set()


_NAME = re.compile(rb'"(\w+)"\s*:')


def json_items(stream: BinaryIO, file: str) -> Iterator[dict[str, Any] | Problem]:
    """Yield the objects of a JSON list one by one, or the only one, or what is wrong with them.

    Only the object at hand is in memory.
    """
    feed = _Feed(stream)
    try:
        is_list = feed.next_one() == "["
        feed.text = feed.text[is_list:]
        while feed.next_one() not in ("", "]"):
            yield _object(feed.value(), file)
        feed.text = feed.text[1:]
        if is_list and feed.next_one():
            message = "Behind the list there is more: that was not read. Make it one list."
            yield Problem(message, file=file, code="json")
    except (ValueError, RecursionError) as error:
        yield Problem(f"This is not JSON in UTF-8: {error}.", file=file, code="json")


class _Feed:
    """JSON as it is read, a chunk at a time."""

    def __init__(self, stream: BinaryIO) -> None:
        self.text = ""
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._ended = False

    def next_one(self) -> str:
        """Return the next character that is neither white space nor a comma, "" at the end."""
        self.text = self.text.lstrip(" \t\r\n,")
        while not self.text and not self._ended:
            self._more()
            self.text = self.text.lstrip(" \t\r\n,")
        return self.text[:1]

    def value(self) -> object:
        """Return the value that comes next; raises ValueError."""
        while True:
            try:
                value, end = self._scan(self.text)
                if end < len(self.text) or self._ended:
                    self.text = self.text[end:]
                    return value
            except ValueError:
                if self._ended:
                    raise
            self._more()

    def _more(self) -> None:
        chunk = self._stream.read(_CHUNK)
        self._ended = not chunk
        self.text += self._decode(chunk, final=self._ended)
        if len(self.text) > MAX_FILE:
            raise ValueError(f"one item has more than {MAX_FILE:,} characters")


def _object(value: object, file: str) -> dict[str, Any] | Problem:
    if isinstance(value, dict):
        return value
    return Problem("An item of the list is no JSON object.", file=file, code="json")
