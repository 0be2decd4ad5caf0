"""Files of the CoNLL family: a token a line, its tag in the last column, empty lines between.

CoNLL-2003 (https://www.clips.uantwerpen.be/conll2003/ner), IOB, IOB2, BILOU, BIOES, and spaCy's
`.iob` with a sentence a line. They have no text: tokens are joined by spaces, sentences by line
breaks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePosixPath
from typing import BinaryIO, ClassVar

from labeler.errors import Problem
from labeler.formats import Exported, Imported
from labeler.formats.drafts import Draft
from labeler.formats.lines import text_lines
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.formats.splits import PARTS
from labeler.formats.tagging import flat_tags, words_of
from labeler.formats.tags import is_tag, spans
from labeler.schema import Document

_START = "-DOCSTART-"
_BLANK = ("-", "_", "")
"""What stands in a column that says nothing."""
_LOOKED_AT = 50
"""Lines by which a file is recognised."""
_PIPED = re.compile(r"\S+\|\S+(?: \S+\|\S+)*\s*")
_WEBANNO = re.compile(rb"\s*#id=\d+\r?\n#text=")
"""How WebAnno TSV 1 begins, whose ids are numbers of sentences."""
_CONLL_2012 = "#begin document ("
_BRACKETS = (
    "This is CoNLL-2012, whose entities are brackets in a column: it is not read. "
    "Convert it to CoNLL-2003 or to CoNLL-U with entities in MISC."
)
_NAMED = re.compile(r"#\s*(?:newdoc )?id\s*[:=]?\s*(\S+)")


# ---- in --------------------------------------------------------------------------------------


class ConllImporter:
    """Reads tokens with tags, an article at a time."""

    name: ClassVar[str] = "conll"
    title: ClassVar[str] = "CoNLL-2003, IOB, IOB2, BILOU: a token and its tag a line"
    suffixes: ClassVar[tuple[str, ...]] = (".conll", ".iob", ".iob2", ".bio", ".bilou")
    by_content: ClassVar[tuple[str, ...]] = (".txt", ".tsv")

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Tell whether a file is of tokens with tags, line by line, and some tag has a label."""
        if _WEBANNO.match(head):
            return False
        if head.startswith(_CONLL_2012.encode()):
            return True  # to say what it is
        lines = head.decode(errors="replace").splitlines()[:_LOOKED_AT]
        aside = ("#", _START)
        rows = [_columns(line) for line in lines if line.strip() and not line.startswith(aside)]
        said = [list(filter(_is_said, row[1:])) for row in rows]
        labeled = any(cell != "O" for cells in said for cell in cells)
        return labeled and all(said[:-1])  # the last line may be cut

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article from each `-DOCSTART-` on; where there are none, for each sentence."""
        article = _Article(file)
        documents = False
        for found in text_lines(stream, file):
            if isinstance(found, Problem):
                yield found
                continue
            number, line = found
            if line.startswith(_CONLL_2012):
                yield Problem(_BRACKETS, file=file, line=number, code="version")
                return
            named = _NAMED.match(line)
            if line.startswith(_START):
                documents = True
                yield from article.done()
                article = article.following(number)
            elif named and not article.tokens:
                article.name = named[1]
            elif not line.strip():
                article.end_sentence()
                if not documents:
                    yield from article.done()
                    article = article.following(number + 1)
            elif _PIPED.fullmatch(line):
                piped = article.following(number)
                for word in line.split():
                    piped.row(word.split("|"), number)
                yield from piped.done()
            else:
                article.row(_columns(line), number)
        yield from article.done()


def _columns(line: str) -> list[str]:
    cells = line.split("\t") if "\t" in line.strip() else line.split()
    return [cell.strip() for cell in cells if cell.strip()]


Row = tuple[list[str], int]
"""The columns of a line, and its number."""


@dataclass
class _Layout:
    """Which columns of a file are what, as its first sentence shows."""

    tag: int = 0
    """The column of the tags from the end, -1 for the last; 0 while that is not known."""

    def see(self, rows: Sequence[Row]) -> None:
        """Find the last column in which there is a tag; the last one where there is none."""
        most = min((len(cells) for cells, _ in rows), default=0)
        places = range(-1, -most, -1)
        found = (n for n in places if any(_is_said(cells[n]) for cells, _ in rows))
        self.tag = self.tag or next(found, -1)


def _is_said(cell: str) -> bool:
    return is_tag(cell) and cell not in _BLANK


def _numbered(rows: Sequence[Row]) -> bool:
    """Tell whether the first column counts the tokens of a sentence, as GermEval has it."""
    counted = all(cells[0] == str(place) for place, (cells, _) in enumerate(rows, start=1))
    return len(rows) > 1 and counted and min(len(cells) for cells, _ in rows) > 2


class _Article:
    """The sentences of one article, as they come."""

    def __init__(self, file: str, line: int = 1, layout: _Layout | None = None) -> None:
        self.name: str | None = None
        self.tokens: list[str] = []
        self._file = file
        self._line = line
        self._layout = layout or _Layout()
        self._rows: list[Row] = []
        self._gaps: list[str] = []
        self._spans: dict[tuple[int, int, str], None] = {}
        self._told: list[tuple[int, str, str]] = []

    def following(self, line: int) -> "_Article":
        """Return the article that begins on a line."""
        return _Article(self._file, line, self._layout)

    def row(self, cells: list[str], number: int) -> None:
        """Take a line: a token with its tags, or a remark before a sentence."""
        if not self._rows and cells[0].startswith("#") and not any(map(_is_said, cells[1:])):
            message = f"The line {' '.join(cells)[:60]!r} was not taken."
            self._told.append((number, message, "ignored"))
            return
        if not self.tokens and not self._rows:
            self._line = number
        self._rows.append((cells, number))

    def end_sentence(self) -> None:
        """Put the next token on a line of its own; tags do not go on there."""
        rows, self._rows = self._rows, []
        if not rows:
            return
        counted, first = _numbered(rows), len(self.tokens)
        self._layout.see([(cells[counted:], number) for cells, number in rows])
        columns = [self._layout.tag]
        if counted and all(len(cells) == 4 and _is_said(cells[2]) for cells, _ in rows):
            columns = [-2, -1]  # entities, and those within them
        for column in columns:
            tags = [self._tag(cells[counted:], column, number) for cells, number in rows]
            for start, end, label in spans(tags):
                self._spans[first + start, first + end, label] = None
        self.tokens += [cells[counted] for cells, _ in rows]
        self._gaps += [" "] * (len(rows) - 1) + ["\n"]

    def _tag(self, cells: list[str], column: int, number: int) -> str:
        tag = cells[column] if len(cells) > -column else ""
        if tag and is_tag(tag):
            return tag
        told = f"{tag or ' '.join(cells)!r} is no tag such as B-PER or O."
        self._told.append((number, told, "invalid"))
        return "O"

    def done(self) -> Iterator[Imported | Problem]:
        """Yield the article, if there is anything in it."""
        self.end_sentence()
        if not self.tokens:
            return
        pieces = [token + gap for token, gap in zip(self.tokens, self._gaps, strict=True)]
        starts = list(accumulate(map(len, pieces), initial=0))
        text = "".join(pieces).rstrip()
        stem = PurePosixPath(self._file).with_suffix("").as_posix()
        document = Document(self.name or f"{stem}-{self._line}", text)
        draft = Draft(document, self._file, self._line, named=self.name is not None)
        for number, message, code in self._told:
            draft.tell(message, number, code)
        for first, last, label in self._spans:
            end = starts[last - 1] + len(self.tokens[last - 1])
            draft.entity(f"e{first}-{last}-{label}", [(starts[first], end)], label)
        yield from draft.done()


# ---- out -------------------------------------------------------------------------------------


class ConllExporter(ByRecord):
    """Writes tokens with IOB2 tags in the four columns of CoNLL-2003."""

    name: ClassVar[str] = "conll"
    title: ClassVar[str] = "CoNLL-2003 with IOB2 tags"
    keeps: ClassVar[frozenset[str]] = frozenset()

    def begin(self, out: Outgoing) -> None:
        """Make a file of each part."""
        for part in PARTS:
            out.file(f"{part}.conll")

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write the words with their tags; a line of text is a sentence."""
        tags, reasons = flat_tags(record)
        there, _ = out.fitting(record, lambda entity: reasons.get(entity.id))
        out.renamed(record, there, _word)
        lines = [f"{_START} -X- -X- O", ""]
        for start, end, tag, gap in words_of(record, tags):
            lines.append(f"{record.document.text[start:end]} -X- -X- {_word(tag)}")
            lines += [""] if "\n" in gap else []
        out.file(f"{record.part}.conll").write("\n".join([*lines, "", ""]).encode())


def _word(name: str) -> str:
    """Return a name without white space, which parts the columns."""
    return "_".join(name.split())
