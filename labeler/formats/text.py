"""Plain text files: one article a file, its text kept to the letter."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from labeler.errors import Problem
from labeler.formats import Imported
from labeler.schema import MAX_TEXT, Document

_DATE = re.compile(r"\s*date[ \t]+(\d{4})-(\d{2})-(\d{2})\s+(?=\S)")
_TITLE = re.compile(r"\s*(\S.*?)[ \t]*\r?\n[ \t]*\r?\n")
_LONGEST_TITLE = 120
_SENTENCE_ENDS = (".", "!", "?", ":", ";", ",", "…")


class TextImporter:
    """Reads a text file in UTF-8 as one article."""

    name = "text"
    title = "Plain text, one article a file"
    suffixes = (".txt",)

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield the article, or what is wrong with the file."""
        content = stream.read()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            message = (
                f"Byte {error.start} is not UTF-8. Save the file as UTF-8 and import it again."
            )
            yield Problem(message, file=file, line=line, code="encoding")
            return
        problem = text_problem(text)
        if problem:
            yield Problem(problem, file=file, line=_line_of_nul(text), code="text")
            return
        yield Imported(self._document(text, file), file=file)

    def _document(self, text: str, file: str) -> Document:
        meta: dict[str, Any] = {}
        dated = _DATE.match(text)
        if dated and _is_date(dated):
            meta["date"] = "-".join(dated.groups())
            text = text[dated.end() :]
        title = _title(text)
        if title:
            meta["title"] = title
        meta["source"] = file
        return Document(str(PurePosixPath(file).with_suffix("")), text, meta)


def text_problem(text: str) -> str | None:
    """Return why this cannot be the text of an article, in a sentence, or None when it can."""
    if not text.strip():
        return "There is no text in it."
    if "\0" in text:
        return f"Character {text.index(chr(0))} is a NUL, which databases cannot hold."
    if len(text) > MAX_TEXT:
        return f"It has {len(text):,} characters; spaCy takes {MAX_TEXT:,} at most. Split it."
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"Character {error.start} is half of a surrogate pair: the text was cut or miscoded."
    return None


def _line_of_nul(text: str) -> int | None:
    return text.count("\n", 0, text.index("\0")) + 1 if "\0" in text else None


def _is_date(found: re.Match[str]) -> bool:
    try:
        date(*map(int, found.groups()))
    except ValueError:
        return False
    return True


def _title(text: str) -> str | None:
    """Return the first line where it reads like a title: short, no sentence, a blank line below."""
    found = _TITLE.match(text)
    if not found:
        return None
    line = found[1]
    is_title = len(line) <= _LONGEST_TITLE and not line.endswith(_SENTENCE_ENDS)
    return line if is_title else None
