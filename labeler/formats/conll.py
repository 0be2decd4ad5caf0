"""Files of the CoNLL family: a token a line, its tag in the last column, empty lines between.

CoNLL-2003 (https://www.clips.uantwerpen.be/conll2003/ner), IOB, IOB2, BILOU, BIOES, and spaCy's
`.iob` with a sentence a line. They have no text: tokens are joined by spaces, sentences by line
breaks.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, ClassVar

from labeler.errors import Problem
from labeler.formats import Exported, Imported, Report
from labeler.formats.drafts import Draft
from labeler.formats.lines import text_lines
from labeler.formats.outgoing import Outgoing
from labeler.formats.tagging import flat_tags, words_of
from labeler.formats.tags import is_tag, spans
from labeler.schema import Document, Scheme

_START = "-DOCSTART-"
_PIPED = re.compile(r"\S+\|\S+(?: \S+\|\S+)*\s*")
_NAMED = re.compile(r"#\s*(?:newdoc )?id\s*[:=]?\s*(\S+)")


# ---- in --------------------------------------------------------------------------------------


class ConllImporter:
    """Reads tokens with tags, an article at a time."""

    name: ClassVar[str] = "conll"
    title: ClassVar[str] = "CoNLL-2003, IOB, IOB2, BILOU: a token and its tag a line"
    suffixes: ClassVar[tuple[str, ...]] = (".conll", ".iob", ".iob2", ".bio", ".bilou")

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article from each `-DOCSTART-` on; where there are none, for each sentence."""
        article = _Article(file)
        documents = False
        for found in text_lines(stream, file):
            if isinstance(found, Problem):
                yield found
                continue
            number, line = found
            if line.startswith(_START):
                documents = True
                yield from article.done()
                article = _Article(file, number)
            elif line.startswith("#") and _NAMED.match(line) and not article.tokens:
                article.name = _NAMED.match(line)[1]  # type: ignore[index]
            elif not line.strip():
                article.end_sentence()
                if not documents:
                    yield from article.done()
                    article = _Article(file, number + 1)
            elif _PIPED.fullmatch(line):
                yield from _piped(line, file, number)
            else:
                article.token(line, number)
        yield from article.done()


def _piped(line: str, file: str, number: int) -> Iterator[Imported | Problem]:
    """Yield the sentence of a line `word|tag word|tag`."""
    article = _Article(file, number)
    for word in line.split():
        article.token(word.replace("|", "\t"), number)
    yield from article.done()


class _Article:
    """The sentences of one article, as they come."""

    def __init__(self, file: str, line: int = 1) -> None:
        self.name: str | None = None
        self.tokens: list[str] = []
        self._file = file
        self._line = line
        self._tags: list[str] = []
        self._gaps: list[str] = []
        self._told: list[tuple[int, str]] = []

    def token(self, line: str, number: int) -> None:
        """Take a token with its tag; one without a tag is outside."""
        columns = line.split("\t") if "\t" in line.strip() else line.split()
        columns = [column.strip() for column in columns if column.strip()]
        tag = columns[-1] if len(columns) > 1 else ""
        if not tag or not is_tag(tag):
            self._told.append((number, f"{tag or line.strip()!r} is no tag such as B-PER or O."))
            tag = "O"
        if not self.tokens:
            self._line = number
        self.tokens.append(columns[0])
        self._tags.append(tag)
        self._gaps.append(" ")

    def end_sentence(self) -> None:
        """Put the next token on a line of its own; tags do not go on there."""
        if self._gaps and self._gaps[-1] == " ":
            self._gaps[-1] = "\n"

    def done(self) -> Iterator[Imported | Problem]:
        """Yield the article, if there is anything in it."""
        if not self.tokens:
            return
        starts, text = [], ""
        pieces = []
        length = 0
        for token, gap in zip(self.tokens, self._gaps, strict=True):
            starts.append(length)
            pieces.append(token + gap)
            length += len(token) + len(gap)
        text = "".join(pieces).rstrip()
        stem = PurePosixPath(self._file).with_suffix("").as_posix()
        document = Document(self.name or f"{stem}-{self._line}", text)
        draft = Draft(document, self._file, self._line, named=bool(self.name))
        for number, message in self._told:
            draft.tell(message, number)
        for first, last, label in self._entities():
            end = starts[last - 1] + len(self.tokens[last - 1])
            draft.entity(f"e{first}-{last}", [(starts[first], end)], label)
        yield from draft.done()

    def _entities(self) -> Iterator[tuple[int, int, str]]:
        start = 0
        for place, gap in enumerate(self._gaps):
            if gap == "\n" or place == len(self._gaps) - 1:
                for first, last, label in spans(self._tags[start : place + 1]):
                    yield start + first, start + last, label
                start = place + 1


# ---- out -------------------------------------------------------------------------------------


class ConllExporter:
    """Writes tokens with IOB2 tags in the four columns of CoNLL-2003."""

    name: ClassVar[str] = "conll"
    title: ClassVar[str] = "CoNLL-2003 with IOB2 tags"
    keeps: ClassVar[frozenset[str]] = frozenset()

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,  # noqa: ARG002 - other exporters need it
        language: str,  # noqa: ARG002
        options: dict[str, Any],
    ) -> Report:
        """Write `train.conll`, `dev.conll` and `test.conll`; a line of text is a sentence."""
        out = Outgoing(folder, options, self.keeps)
        for part in ("train", "dev", "test"):
            out.file(f"{part}.conll")
        for record in records:
            out.count(record)
            tags, reasons = flat_tags(record)
            there, _ = out.fitting(record, lambda e: reasons.get(e.id))  # noqa: B023 - used at once
            out.renamed(record, there, _word)
            lines = [f"{_START} -X- -X- O", ""]
            for start, end, tag, gap in words_of(record, tags):
                word = record.document.text[start:end]
                lines.append(f"{word} -X- -X- {_word(tag)}")
                lines += [""] if "\n" in gap else []
            out.file(f"{record.part}.conll").write("\n".join([*lines, "", ""]).encode())
        return out.finish()


def _word(name: str) -> str:
    """Return a name without white space, which parts the columns."""
    return "_".join(name.split())
