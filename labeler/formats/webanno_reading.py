"""WebAnno TSV 3 as INCEpTION and WebAnno write it, read: rows add up to spans and relations.

The format: https://inception-project.github.io, user guide, appendix "WebAnno TSV 3.3". Offsets are
UTF-16 units, as Java counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

from labeler.errors import Problem
from labeler.formats import Imported
from labeler.formats.drafts import Draft
from labeler.formats.lines import text_lines
from labeler.formats.units import Units
from labeler.formats.webanno import CATEGORY, CONTROLS
from labeler.schema import Document

_STACKED = re.compile(r"(?:\\.|[^\\|])+", re.DOTALL)
_VALUE = re.compile(r"(.*?)(?:\[(\d+)\])?", re.DOTALL)
_ENDS = re.compile(r"([\d.-]+)(?:\[(\d+)_(\d+)\])?")
_ESCAPED = re.compile(r"\\(->|.)", re.DOTALL)
_OLDER = re.compile(rb"\s*(?:(?P<types># [\w.]+ \|)|#id=\d+\r?\n#text=)")
"""How versions 2 and 1 begin: with the types of the columns, or with a sentence at once."""
_TOO_OLD = (
    "This is WebAnno TSV {}; only version 3 is read. Import it into INCEpTION or WebAnno, "
    "export it there as WebAnno TSV 3 or UIMA CAS XMI, and import that."
)
Key = tuple[str, str]
"""Layer, and the number of an annotation or, where it has none, its token."""


@dataclass
class _Layer:
    """A layer as the header has it: its kind, its type and a name for each column."""

    kind: str
    type: str
    columns: list[str]


@dataclass
class _Span:
    """An annotation as its rows add up, in units."""

    start: int
    end: int
    line: int
    values: dict[str, str] = field(default_factory=dict)


class WebAnnoImporter:
    """Reads one document with one person's annotations."""

    name: ClassVar[str] = "webanno"
    title: ClassVar[str] = "WebAnno TSV 3, from INCEpTION and WebAnno"
    suffixes: ClassVar[tuple[str, ...]] = (".tsv",)
    by_document: ClassVar[bool] = True

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Tell whether a file says that it is of this format, or looks like an older version."""
        head = head.removeprefix(b"\xef\xbb\xbf")
        return head.startswith(b"#FORMAT=WebAnno TSV") or _OLDER.match(head) is not None

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield the document. The feature `value`, or else the first, is the label of a span.

        Other features become attributes. Slots and chains are told and not taken, and so are spans
        of no length. Versions before 3 are refused.
        """
        version = _version(stream)
        if version < 3:
            yield Problem(_TOO_OLD.format(version), file=file, line=1, code="version")
            return
        rows = _Rows()
        for found in text_lines(stream, file):
            if isinstance(found, Problem):
                yield found
            else:
                rows.take(found[1], found[0])
        if not rows.text:
            message = "There is no sentence in it: it is no WebAnno TSV 3, or it is cut off."
            yield Problem(message, file=file, line=1, code="text")
        else:
            name = PurePosixPath(file).with_suffix("").as_posix()
            yield from rows.done(Draft(Document(name, rows.text), file, named=False))


def _version(stream: BinaryIO) -> int:
    """Return the version of the format in which a file begins."""
    older = _OLDER.match(stream.read(4096).removeprefix(b"\xef\xbb\xbf"))
    stream.seek(0)
    return 3 if older is None else 2 if older["types"] else 1


class _Rows:
    """The rows of one file, as they come."""

    def __init__(self) -> None:
        self.text = ""
        self._length = 0  # of the text, in units
        self._sentence: list[str] = []
        self._layers: list[_Layer] = []
        self._spans: dict[Key, _Span] = {}
        self._links: list[tuple[_Layer, Sequence[str], str, int]] = []
        self._told: dict[str, int] = {}

    def take(self, line: str, number: int) -> None:
        """Take a line of the header, a sentence or a token."""
        header = re.match(r"#T_(SP|RL|CH)=([^|]*)\|?(.*)", line)
        if header:
            self._layers.append(_Layer(header[1], header[2], header[3].split("|")))
        elif line.startswith("#Text="):
            self._sentence.append(_plain(line.removeprefix("#Text="), controls=True))
        elif line and not line.startswith("#"):
            self._row(line.split("\t"), number)

    def _row(self, cells: list[str], number: int) -> None:
        place = re.fullmatch(r"(\d+)-(\d+)", cells[1]) if len(cells) > 2 else None
        if place is None:
            self._told.setdefault(f"This is no token with offsets: {cells[0][:40]!r}.", number)
            return
        start, end = int(place[1]), int(place[2])
        if self._sentence:
            self._begin(start, cells[2])
        column = 3
        for layer in self._layers:
            own = cells[column : column + len(layer.columns)]
            column += len(layer.columns)
            if layer.kind == "SP":
                self._span(layer, own, cells[0], (start, end), number)
            elif layer.kind == "RL" and own and own[-1] not in ("_", ""):
                self._links.append((layer, own, cells[0], number))
            elif layer.kind == "CH" and own and own[0] not in ("_", ""):
                self._told.setdefault(f"Chains ({_short(layer.type)}) were not taken.", number)

    def _begin(self, start: int, token: str) -> None:
        """Put a sentence where its first token says."""
        sentence = "\n".join(self._sentence)
        self._sentence = []
        before = sentence[: max(sentence.find(_plain(token, controls=True)), 0)]
        gap = start - Units(before).unit(len(before)) - self._length
        self.text += "\n" * max(gap, 0) + sentence
        self._length += max(gap, 0) + Units(sentence).unit(len(sentence))

    def _span(
        self, layer: _Layer, cells: Sequence[str], token: str, place: tuple[int, int], number: int
    ) -> None:
        for column, cell in zip(layer.columns, cells, strict=False):
            if cell in ("_", ""):
                continue
            if column.startswith("ROLE_"):
                self._told.setdefault(f"Slots of {_short(layer.type)} were not taken.", number)
            for stacked in _STACKED.findall(cell):
                value, mark = _VALUE.fullmatch(stacked).groups()  # type: ignore[union-attr]
                key = (layer.type, mark or f"@{token}")
                span = self._spans.setdefault(key, _Span(*place, number))
                span.start, span.end = min(span.start, place[0]), max(span.end, place[1])
                is_slot = column.startswith("ROLE_") or "." in column
                if value != "*" and not is_slot:
                    span.values[column or "value"] = _plain(value)

    def done(self, draft: Draft) -> Iterator[Imported | Problem]:
        """Yield the document with what was taken."""
        units = Units(self.text)
        for (kind, _mark), span in self._spans.items():
            label, attributes = _said(span.values, kind)
            extent = (units.point(span.start), units.point(span.end))
            if (
                kind == CATEGORY
                and not self.text[: extent[0]].strip() + self.text[extent[1] :].strip()
            ):
                draft.category(label, line=span.line)
            elif extent[0] == extent[1]:
                message = f"A span of {_short(kind)} without length was not taken."
                draft.tell(message, span.line, "ignored")
            else:
                key = f"{kind} {_mark}"
                draft.entity(key, [extent], label, attributes=attributes, line=span.line)
        for link in self._links:
            self._link(draft, *link)
        for message, number in self._told.items():
            draft.tell(message, number, "ignored" if "not taken" in message else "invalid")
        yield from draft.done()

    def _link(
        self, draft: Draft, layer: _Layer, cells: Sequence[str], token: str, number: int
    ) -> None:
        """Take the relations that end at a token, from their governors."""
        base = layer.columns[-1].removeprefix("BT_")
        values = [_STACKED.findall(cell) for cell in cells[:-1]]
        for index, source in enumerate(_STACKED.findall(cells[-1])):
            found = _ENDS.fullmatch(source)
            if found is None:
                draft.tell(f"{source[:40]!r} is no source of a relation.", number)
                continue
            head = found[2] if found[2] not in (None, "0") else f"@{found[1]}"
            tail = found[3] if found[3] not in (None, "0") else f"@{token}"
            said = {
                column: _plain(each[index])
                for column, each in zip(layer.columns[:-1], values, strict=False)
                if index < len(each) and each[index] not in ("*", "_", "")
            }
            label, attributes = _said(said, layer.type)
            key = f"{layer.type} {token} {source} {index}"
            ends = (f"{base} {head}", f"{base} {tail}")
            draft.relation(key, ends, label, attributes=attributes, line=number)


def _said(values: dict[str, str], kind: str) -> tuple[str, dict[str, Any]]:
    """Return the label that features say, else the name of their layer, and the other features."""
    named = next((name for name in ("value", *values) if name in values), None)
    rest = {name: value for name, value in values.items() if name != named}
    return values[named] if named else _short(kind), rest


def _short(kind: str) -> str:
    return kind.rpartition(".")[2]


def _plain(value: str, *, controls: bool = False) -> str:
    """Return a value without its escapes; texts have more of them than features."""
    if "\\" not in value:
        return value
    names = CONTROLS if controls else {"t": "\t", "n": "\n"}
    return _ESCAPED.sub(lambda found: names.get(found[1], found[1]), value)
