"""Plain text files: one article a file, its text kept to the letter."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

from labeler.errors import Problem
from labeler.formats import Imported, document_problem
from labeler.schema import MAX_TEXT, Document

_DATE = re.compile(r"\s*date[ \t]+([0-9]{4}-[0-9]{2}-[0-9]{2})\s+(?=\S)")
_LONGEST_TITLE = 120
_QUOTES = "\"'”’»)]"
_SENTENCE_ENDS = (".", "!", "?", ":", ";", ",", "…")
_MOST_BYTES = 4 * MAX_TEXT + 1000
"""Bytes that an article of the longest text and a date may have."""


class TextImporter:
    """Reads a text file in UTF-8 as one article."""

    name: ClassVar[str] = "text"
    title: ClassVar[str] = "Plain text, one article a file"
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield the article, or what is wrong with the file.

        A byte order mark is no part of the text, and neither is a leading `date YYYY-MM-DD`: it
        becomes `meta["date"]`. A first line that reads like a title is `meta["title"]` as well.
        """
        content = stream.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            message = f"It has more than {MAX_TEXT:,} characters, the most spaCy takes. Split it."
            yield Problem(message, file=file, code="text")
            return
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            message = f"Byte {error.start} is not UTF-8. Save the file as UTF-8 and try again."
            yield Problem(message, file=file, line=line, code="encoding")
            return
        document = _document(text, file)
        problem = document_problem(document)
        if problem:
            yield Problem(problem, file=file, line=_line_of_nul(text), code="text")
        else:
            yield Imported(document, file=file)


def _document(text: str, file: str) -> Document:
    meta: dict[str, Any] = {}
    dated = _DATE.match(text)
    if dated and _is_date(dated[1]):
        meta["date"] = dated[1]
        text = text[dated.end() :]
    title = _title(text)
    if title:
        meta["title"] = title
    meta["source"] = file
    return Document(PurePosixPath(file).with_suffix("").as_posix(), text, meta)


def _is_date(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _title(text: str) -> str | None:
    """Return the first line where it reads like a title: short, no sentence, a blank line below."""
    first, _, rest = text.lstrip().partition("\n")
    below, _, body = rest.partition("\n")
    line = first.strip()
    if below.strip() or not body.strip() or len(line) > _LONGEST_TITLE:
        return None
    is_sentence = line.rstrip(_QUOTES).endswith(_SENTENCE_ENDS)
    is_line = any(map(str.isalnum, line)) and len(line.splitlines()) == 1
    return line if is_line and not is_sentence else None


def _line_of_nul(text: str) -> int | None:
    return text.count("\n", 0, text.index("\0")) + 1 if "\0" in text else None
