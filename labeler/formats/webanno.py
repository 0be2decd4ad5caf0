"""WebAnno TSV 3 for INCEpTION and WebAnno, written: a token a line, a column for each feature.

The format: https://inception-project.github.io, user guide, appendix "WebAnno TSV 3.3". Offsets are
UTF-16 units, as Java counts.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

import orjson

from labeler.formats import Exported
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.formats.tagging import words_of
from labeler.formats.units import Units
from labeler.schema import Entity, Relation

CATEGORY = "webanno.custom.Category"
"""The layer of spans over a whole document that are its categories."""
CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
"""Characters of a text by their escapes."""
_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
_RELATION = "webanno.custom.Relation"
_FEATURE = re.compile(r"(?!ROLE_|BT_|(?:value|begin|end|sofa)$)[A-Za-z_]\w*", re.ASCII)
"""Names that features can have beside `value`."""
_OWN = re.compile(r"->|[\\\[\]|_;*\t\n]")
"""Signs of the format's own in values."""
_NAMES = {character: name for name, character in CONTROLS.items()} | {"\\": "\\"}


class WebAnnoExporter(ByRecord):
    """Writes a `.tsv` for each document, as INCEpTION and WebAnno import it."""

    name: ClassVar[str] = "webanno"
    title: ClassVar[str] = "WebAnno TSV 3, for INCEpTION and WebAnno"
    keeps: ClassVar[frozenset[str]] = frozenset(
        ("text", "overlapping entities", "relations", "attributes", "categories")
    )

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write a sheet; where several people labeled, into a folder of each.

        Lines of text are sentences. Spans off token borders are written as parts of tokens.
        """
        content = "".join(f"{line}\n" for line in _Sheet(record).lines(out))
        out.path(record, ".tsv").write_bytes(content.encode())


Row = tuple[int, int]
"""Where a token, or the part of one, begins and ends."""
Values = dict[str, str]
"""What an annotation says, by feature."""


class _Columns:
    """A layer of the sheet: its features, and what stands in its cells by row."""

    def __init__(self, kind: str, type_: str, base: str = "") -> None:
        self._head = f"#T_{kind}={type_}"
        self._base = [f"BT_{base}"] if base else []
        self._features = ["value"]
        self._cells: dict[Row, list[tuple[Values, str, str]]] = {}

    def add(self, rows: Iterable[Row], values: Values, mark: str, source: str = "") -> None:
        """Put an annotation into the cells of these rows, with its mark, and its source if any."""
        self._features += sorted(set(values) - set(self._features))
        for row in rows:
            self._cells.setdefault(row, []).append((values, mark, source))

    def head(self) -> str:
        """Return the line of the header."""
        return "|".join([self._head, *self._features, *self._base])

    def cells(self, row: Row) -> Iterator[str]:
        """Yield the cells of a row, one for each feature and one for the sources."""
        there = self._cells.get(row, [])
        for feature in self._features:
            said = [f"{values.get(feature, '*')}{mark}" for values, mark, _ in there]
            yield "|".join(said) or "_"
        if self._base:
            yield "|".join(source for *_, source in there) or "_"


class _Sheet:
    """The rows of one document: its tokens, and below each the parts of it that are annotated."""

    def __init__(self, record: Exported) -> None:
        self._record = record
        self._text = record.document.text
        self._units = Units(self._text)
        self._words = list(words_of(record, [""] * len(record.tokens.starts)))
        self._starts = [start for start, *_ in self._words]
        self._ends = [end for _, end, *_ in self._words]
        self._parts: dict[int, set[Row]] = {}
        self._names: dict[Row, str] = {}
        self._spans = _Columns("SP", _ENTITY)
        self._categories = _Columns("SP", CATEGORY)
        self._links = _Columns("RL", _RELATION, _ENTITY)

    def _rows(self, entity: Entity) -> list[Row]:
        """Return the tokens of an entity, the outer ones as far as it goes."""
        first = bisect_right(self._ends, entity.start)
        last = bisect_left(self._starts, entity.end)
        return [
            (max(start, entity.start), min(end, entity.end))
            for start, end, *_ in self._words[first:last]
        ]

    def _refusal(self, entity: Entity) -> str | None:
        rows = self._rows(entity)
        if not rows or (rows[0][0], rows[-1][1]) != (entity.start, entity.end):
            return "It has white space at an end."
        return None

    def lines(self, out: Outgoing) -> Iterator[str]:
        """Yield the header and the sentences with their rows; what does not fit is told."""
        entities, relations = out.fitting(self._record, self._refusal)
        rows = {entity.id: self._rows(entity) for entity in entities}
        numbers = {entity.id: number for number, entity in enumerate(entities, start=1)}
        for entity in entities:
            values = _values(self._record, entity, out)
            self._spans.add(rows[entity.id], values, f"[{numbers[entity.id]}]")
            for row in rows[entity.id]:
                self._parts.setdefault(bisect_right(self._starts, row[0]) - 1, set()).add(row)
        whole = list(zip(self._starts, self._ends, strict=True))
        categories = self._record.layer.categories
        for number, category in enumerate(categories, start=len(entities) + 1):
            self._categories.add(whole, {"value": _escaped(category.label)}, f"[{number}]")
        sentences = list(self._sentences())
        for relation in relations:
            source = self._names[rows[relation.head][0]]
            ends = f"{source}[{numbers[relation.head]}_{numbers[relation.tail]}]"
            values = _values(self._record, relation, out)
            self._links.add(rows[relation.tail][:1], values, "", ends)
        layers = [self._spans, *([self._categories] if categories else []), self._links]
        yield from ("#FORMAT=WebAnno TSV 3.3", *(layer.head() for layer in layers), "")
        for said, within in sentences:
            yield from ("", f"#Text={_text(said)}")
            yield from (self._line(row, layers) for row in within)

    def _sentences(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield text and rows of each sentence; only line breaks stand between two of them."""
        begin, number, token = 0, 1, 0
        within: list[Row] = []
        for place, (start, end, _, gap) in enumerate(self._words):
            token += 1
            parts = sorted(self._parts.get(place, set()) - {(start, end)})
            within += [(start, end), *parts]
            self._names[start, end] = f"{number}-{token}"
            for part, row in enumerate(parts, start=1):
                self._names[row] = f"{number}-{token}.{part}"
            line = gap.split("\n", 1)[0]
            if end == self._ends[-1]:
                yield self._text[begin:], within
            elif "\n" in gap:
                yield self._text[begin : end + len(line)], within
                begin = end + len(line)
                begin += len(gap) - len(line) - len(gap[len(line) :].lstrip("\n"))
                number, token, within = number + 1, 0, []

    def _line(self, row: Row, layers: Sequence[_Columns]) -> str:
        start, end = row
        place = f"{self._units.unit(start)}-{self._units.unit(end)}"
        cells = [cell for layer in layers for cell in layer.cells(row)]
        return "\t".join([self._names[row], place, _text(self._text[start:end]), *cells, ""])


def _values(record: Exported, item: Entity | Relation, out: Outgoing) -> Values:
    """Return what an annotation says by feature; what features cannot say is told."""
    values = {"value": _escaped(item.label)}
    for name, value in (item.attributes or {}).items():
        if not _FEATURE.fullmatch(name):
            out.tell(record, item, "attributes", f"No feature can be named {name!r}: left out.")
            continue
        values[name] = _escaped(value if isinstance(value, str) else orjson.dumps(value).decode())
        if not isinstance(value, str):
            out.tell(record, item, "attributes", f"The value of {name!r} goes out as text.")
    return values


def _escaped(value: str) -> str:
    """Return a value with escapes where the format has signs of its own."""
    return _OWN.sub(lambda found: "\\" + _NAMES.get(found[0], found[0]), value)


def _text(value: str) -> str:
    return "".join(f"\\{_NAMES[each]}" if each in _NAMES else each for each in value)
