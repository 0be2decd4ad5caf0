"""CoNLL-U with entities in the column MISC: tags of tokens, or brackets as CorefUD has them.

The format: https://universaldependencies.org/format.html. Spaces are those of `SpaceAfter=No`, and
`SpacesBefore`, `SpacesAfter` and `SpacesInToken` as UDPipe writes them. Brackets:
https://ufal.mff.cuni.cz/corefud, "CorefUD format". Of CoNLL-U Plus
(https://universaldependencies.org/ext-format.html) a column of tags is read as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO, ClassVar
from urllib.parse import unquote

from labeler.errors import Problem
from labeler.formats import Exported, Imported
from labeler.formats.drafts import Draft
from labeler.formats.lines import text_lines
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.formats.splits import PARTS
from labeler.formats.tagging import flat_tags, words_of
from labeler.formats.tags import is_tag, spans
from labeler.schema import Document

_COMMENT = re.compile(r"#\s*([\w.]+(?: id)?)\s*(?:=\s*(.*))?")
_TAGS = ("NER", "ner", "NE", "Entity", "NamedEntity")
"""Keys of MISC that hold tags such as B-PER; `Entity` may hold brackets instead."""
_OWN_COLUMNS = ("ner", "ne", "entity", "namedentity")
"""Columns of CoNLL-U Plus that hold such tags."""
_BRACKET = re.compile(r"\(([^()]+)(\))?|([^()]+)\)")
_ESCAPES = {" ": r"\s", "\t": r"\t", "\n": r"\n", "\r": r"\r", "|": r"\p", "\\": r"\\"}
_ESCAPED = re.compile(r"\\([stnrp\\])")
_PLAIN = {escape[1]: character for character, escape in _ESCAPES.items()}
Misc = dict[str, str]


# ---- in --------------------------------------------------------------------------------------


class ConlluImporter:
    """Reads words with their entities, an article at a time."""

    name: ClassVar[str] = "conllu"
    title: ClassVar[str] = "CoNLL-U with entities in MISC"
    suffixes: ClassVar[tuple[str, ...]] = (".conllu", ".conllup")

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article from each `newdoc` on; where there is none, for each sentence."""
        article = _Article(file)
        for found in text_lines(stream, file):
            if isinstance(found, Problem):
                yield found
                continue
            number, line = found
            comment = _COMMENT.fullmatch(line) if line.startswith("#") else None
            if comment and comment[1].startswith("newdoc"):
                yield from article.done()
                article = article.following(number, comment[2] or "", whole=True)
            elif comment:
                article.comment(comment[1], comment[2] or "")
            elif not line.strip():
                article.end_sentence()
                if not article.whole:
                    yield from article.done()
                    article = article.following(number + 1)
            elif not line.startswith("#"):
                article.row(line.split("\t"), number)
        yield from article.done()


@dataclass
class _Article:
    """The words of one article, as they come."""

    file: str
    line: int = 1
    name: str = ""
    whole: bool = False
    kind: int = 1
    """Which field of a bracket is the label."""
    columns: tuple[str, ...] = ()
    """The columns of CoNLL-U Plus, in small letters; none where they are those of CoNLL-U."""
    _text: list[str] = field(default_factory=list)
    _length: int = 0
    _places: list[tuple[int, int]] = field(default_factory=list)
    _tags: list[str] = field(default_factory=list)
    _sentences: list[int] = field(default_factory=list)
    _open: list[tuple[str, str, int]] = field(default_factory=list)
    _labels: dict[str, str] = field(default_factory=dict)
    """The last label of each entity: later mentions may leave it out."""
    _bracketed: list[tuple[int, int, str]] = field(default_factory=list)
    _told: dict[str, int] = field(default_factory=dict)
    _inside: int = 0
    """The last word of a multiword token, whose own words have no place in the text."""
    _gap: str = ""
    _said: bool = False
    """Whether the file says what white space this is."""

    def following(self, line: int, name: str = "", *, whole: bool = False) -> "_Article":
        """Return the article that begins on a line."""
        return _Article(self.file, line, name, whole, self.kind, self.columns)

    def comment(self, name: str, value: str) -> None:
        """Take what the head of a file or sentence says."""
        if name == "global.Entity" and "etype" in value.split("-"):
            self.kind = value.split("-").index("etype")
        elif name == "global.columns":
            self.columns = tuple(value.lower().split())
        elif name == "sent_id" and not self.whole and not self.name:
            self.name = value
        elif name.startswith("newpar") and self._places and not self._said:
            self._gap = "\n"

    def end_sentence(self) -> None:
        """Let no tag go on behind this."""
        self._sentences.append(len(self._places))
        self._inside = 0

    def row(self, columns: list[str], number: int) -> None:
        """Take a word; those of a multiword token only add their tag to it."""
        if self.columns and len(columns) == len(self.columns):
            columns = _ten(dict(zip(self.columns, columns, strict=True)))
        if len(columns) != 10 or not columns[1]:
            self._told.setdefault(f"This is no row of ten columns: {columns[0][:40]!r}.", number)
            return
        key, _, last = columns[0].partition("-")
        misc = _misc(columns[9])
        if not key.isdecimal():  # an empty node, which is not in the text
            if _tag(misc) != "O" or "(" in misc.get("Entity", ""):
                self._told.setdefault(f"The entity of the empty node {key} was not taken.", number)
            return
        if not last and int(key) <= self._inside:
            self._tags[-1] = _tag(misc) if self._tags[-1] == "O" else self._tags[-1]
            self._brackets(misc, number)
            return
        self._inside = int(last) if last.isdecimal() else 0
        self._place(columns[1], misc)
        self._tags.append(_tag(misc))
        self._brackets(misc, number)

    def _place(self, form: str, misc: Misc) -> None:
        """Put a word behind the white space that the one before it said."""
        before = self._gap + _plain(misc.get("SpacesBefore", ""))
        form = _plain(misc["SpacesInToken"]) if "SpacesInToken" in misc else form
        start = self._length + len(before)
        self._text += [before, form]
        self._length = start + len(form)
        self._places.append((start, self._length))
        self._said = "SpacesAfter" in misc or misc.get("SpaceAfter") == "No"
        self._gap = _plain(misc.get("SpacesAfter", "")) if self._said else " "

    def _brackets(self, misc: Misc, number: int) -> None:
        value = misc.get("Entity", "")
        if is_tag(value):
            return
        at = len(self._places) - 1
        for opened, closed, closing in _BRACKET.findall(value):
            key, *rest = (opened or closing).split("-")
            if opened:
                fields = [key, *rest]
                said = unquote(fields[self.kind]) if len(fields) > self.kind else ""
                label = self._labels[key] = said or self._labels.get(key, "entity")
                self._open.append((key, label, at))
            if closed or closing:
                found = [index for index, (name, *_) in enumerate(self._open) if name == key]
                if found:
                    _, label, first = self._open.pop(found[-1])
                    self._bracketed.append((first, at + 1, label))
                else:
                    self._told.setdefault(f"The bracket of {key[:40]!r} was never opened.", number)

    def done(self) -> Iterator[Imported | Problem]:
        """Yield the article, if there is anything in it."""
        if not self._places and not self._told:
            return
        text = "".join([*self._text, self._gap if self._said else ""])
        stem = PurePosixPath(self.file).with_suffix("").as_posix()
        name = self.name or f"{stem}-{self.line}"
        draft = Draft(Document(name, text), self.file, self.line, named=bool(self.name))
        for message, number in self._told.items():
            draft.tell(message, number)
        for key, _, first in self._open:
            draft.tell(f"The bracket of {key[:40]!r} at word {first + 1} is never closed.")
        for first, last, label in [*self._tagged(), *self._bracketed]:
            extent = (self._places[first][0], self._places[last - 1][1])
            draft.entity(f"e{first}-{last}-{label}", [extent], label)
        yield from draft.done()

    def _tagged(self) -> Iterator[tuple[int, int, str]]:
        start = 0
        for end in [*self._sentences, len(self._places)]:
            for first, last, label in spans(self._tags[start:end]):
                yield start + first, start + last, unquote(label)
            start = end


def _ten(said: dict[str, str]) -> list[str]:
    """Return a row of CoNLL-U Plus as one of CoNLL-U, with the tag of a column of its own."""
    tag = next((said[name] for name in _OWN_COLUMNS if name in said), "_")
    misc = "|".join(each for each in (said.get("misc", "_"), f"NER={tag}") if each != "_")
    return [said.get("id", "_"), said.get("form", ""), *["_"] * 7, misc]


def _misc(column: str) -> Misc:
    pairs = (part.partition("=") for part in column.split("|"))
    return {key: value for key, equals, value in pairs if equals}


def _tag(misc: Misc) -> str:
    return next((misc[key] for key in _TAGS if is_tag(misc.get(key, "-x"))), "O")


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: _PLAIN[found[1]], value)


# ---- out -------------------------------------------------------------------------------------


class ConlluExporter(ByRecord):
    """Writes words with IOB2 tags as `NER=` in MISC, and white space to the letter."""

    name: ClassVar[str] = "conllu"
    title: ClassVar[str] = "CoNLL-U with entities in MISC"
    keeps: ClassVar[frozenset[str]] = frozenset(("text",))

    def begin(self, out: Outgoing) -> None:
        """Make a file of each part."""
        for part in PARTS:
            out.file(f"{part}.conllu")

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write the words of an article; a line of text is a sentence."""
        tags, reasons = flat_tags(record)
        out.fitting(record, lambda entity: reasons.get(entity.id))
        lines = _lines(record, tags)
        out.file(f"{record.part}.conllu").write("".join(f"{line}\n" for line in lines).encode())


def _lines(record: Exported, tags: list[str]) -> Iterator[str]:
    yield f"# newdoc id = {record.document.id}"
    text, number, sentence = record.document.text, 0, 1
    before = text[: len(text) - len(text.lstrip())]
    for start, end, tag, gap in words_of(record, tags):
        if number == 0:
            yield f"# sent_id = {record.document.id}-{sentence}"
        number += 1
        last = end + len(gap) == len(text)
        misc = _said(text[start:end], tag, before, gap, plain=gap == " " and not last)
        form = re.sub(r"\s", "_", text[start:end])
        yield "\t".join([str(number), form, *["_"] * 7, "|".join(misc) or "_"])
        before = ""
        if "\n" in gap:
            yield ""
            number, sentence = 0, sentence + 1
    if number:
        yield ""


def _said(form: str, tag: str, before: str, gap: str, *, plain: bool) -> Iterator[str]:
    """Yield what MISC holds of a word: its tag, and white space that does not go without saying.

    `plain` is one space between two words.
    """
    if tag != "O":
        yield f"NER={tag.replace('%', '%25').replace('|', '%7C')}"
    if gap == "":
        yield "SpaceAfter=No"
    elif not plain:
        yield f"SpacesAfter={_escaped(gap)}"
    if before:
        yield f"SpacesBefore={_escaped(before)}"
    if re.search(r"\s", form):
        yield f"SpacesInToken={_escaped(form)}"


def _escaped(value: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in value)
