"""CSV and TSV: a table of texts, or of articles with their annotations in the rows below each."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

import orjson

from labeler.errors import Problem
from labeler.formats import KEPT, Exported, Imported
from labeler.formats.drafts import Draft
from labeler.formats.lines import plain
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.schema import Document, Status

COLUMNS = (
    "kind", "document", "annotator", "status", "id", "label", "start", "end", "head", "tail",
    "text", "attributes",
)  # fmt: skip
_TEXT = ("text", "content", "article", "sentence", "body")
_NAME = ("id", "document", "doc_id", "name")
_LABEL = ("label", "labels", "category", "class")
_STATUS: dict[str, Status] = {"open": "open", "done": "done", "skipped": "skipped"}
Row = Mapping[str, str]


# ---- in --------------------------------------------------------------------------------------


class TableImporter:
    """Reads a table with a row of column names."""

    name: ClassVar[str] = "table"
    title: ClassVar[str] = "CSV or TSV: texts, or articles with their annotations"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv")

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article a row; its label becomes a category, other columns metadata.

        In a table with a column `kind`, such as labeler writes, rows of entities, relations and
        categories follow the document they are of.
        """
        # What is no UTF-8 becomes halves of surrogate pairs, by which its row is refused.
        wrapper = io.TextIOWrapper(
            stream, encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        table = _Table(wrapper, file)
        try:
            yield from table.read()
        except csv.Error as error:
            message = f"It cannot be read on: {error}. Is a quotation mark closed?"
            yield Problem(message, file=file, line=table.line, code="table")
        finally:
            wrapper.detach()


class _Table:
    """The rows of one file."""

    def __init__(self, lines: Iterable[str], file: str) -> None:
        self._file = file
        dialect = "excel-tab" if file.lower().endswith(".tsv") else "excel"
        self._rows = csv.DictReader(lines, dialect=dialect, restkey="", strict=True)
        csv.field_size_limit(64 * 1024 * 1024)

    @property
    def line(self) -> int:
        """Return the line that was read last."""
        return self._rows.line_num

    def _sound(self) -> Iterator[Row | Problem]:
        """Yield the rows, and what is wrong with those that cannot be taken, or not whole."""
        for row in self._rows:
            more = row.pop("", None)
            values = [value for value in row.values() if value]
            if not "".join(values).isascii() and _miscoded(values):
                message = "The row is not UTF-8: it was not taken. Save the file as UTF-8."
                yield Problem(message, file=self._file, line=self.line, code="encoding")
                continue
            if isinstance(more, list):
                message = f"The row has {len(more)} columns more than the first: those were left."
                yield Problem(message, file=self._file, line=self.line, code="ignored")
            yield row

    def read(self) -> Iterator[Imported | Problem]:
        """Yield the articles, or say which columns are missing."""
        names = [name or "" for name in self._rows.fieldnames or ()]
        if _miscoded(names):
            message = "The names of the columns are not UTF-8. Save the file as UTF-8."
            yield Problem(message, file=self._file, line=1, code="encoding")
            return
        columns = {name.strip().lower(): name for name in names}
        if {"kind", "document", "text"} <= set(columns):
            yield from self._annotated()
            return
        text = next((columns[name] for name in _TEXT if name in columns), None)
        if text is None:
            if columns:
                message = (
                    f"No column is called {' or '.join(_TEXT)}: name the one with the texts so."
                )
                yield Problem(message, file=self._file, line=1, code="table")
            return
        for row in self._sound():
            if isinstance(row, Problem):
                yield row
            else:
                yield from self._text(row, text, columns)

    def _text(
        self, row: Row, text: str, columns: Mapping[str, str]
    ) -> Iterator[Imported | Problem]:
        line = self.line
        name = next((columns[each] for each in _NAME if each in columns), None)
        label = next((columns[each] for each in _LABEL if each in columns), None)
        stem = PurePosixPath(self._file).with_suffix("").as_posix()
        used = {text, name, label, ""}
        meta = {key: value for key, value in row.items() if key not in used and value}
        key = (row.get(name) if name else "") or f"{stem}-{line}"
        named = bool(name and row.get(name))
        draft = Draft(Document(key, row.get(text) or "", meta), self._file, line, named=named)
        if label and row.get(label):
            draft.category(row[label])
        yield from draft.done(looked_at=label is not None)

    def _annotated(self) -> Iterator[Imported | Problem]:
        draft: Draft | None = None
        about: Row = {}
        for row in self._sound():
            line = self.line
            if isinstance(row, Problem):
                yield row
            elif None in row.values():
                message = "The row has fewer columns than the first: not taken. Is the file whole?"
                yield Problem(message, file=self._file, line=line, code="table")
            elif row.get("kind") == "document":
                if draft:
                    yield from self._done(draft, about)
                meta = _json(row.get("attributes"))
                document = Document(row["document"] or "", row.get("text") or "", meta)
                draft, about = Draft(document, self._file, line), row
            elif draft is None or row.get("document") != draft.document.id:
                message = "This row stands below another document than its own."
                yield Problem(message, file=self._file, line=line, code="table")
            else:
                _take(draft, row, line)
        if draft:
            yield from self._done(draft, about)

    @staticmethod
    def _done(draft: Draft, about: Row) -> Iterator[Imported | Problem]:
        status = _STATUS.get(about.get("status") or "done", "done")
        yield from draft.done(about.get("annotator") or None, status)


def _miscoded(values: Iterable[str]) -> bool:
    """Tell whether there is a half of a surrogate pair."""
    return any("\ud800" <= character <= "\udfff" for value in values for character in value)


def _take(draft: Draft, row: Row, line: int) -> None:
    key, label = row.get("id") or line, row.get("label") or ""
    attributes = _json(row.get("attributes"))
    if row.get("attributes") and not attributes:
        draft.tell("attributes are no JSON object: they were not taken.", line, "attribute")
    kind = row.get("kind")
    if kind == "entity":
        starts, ends = ((row.get(border) or "").split() for border in ("start", "end"))
        if not all(border.isdecimal() for border in (*starts, *ends)) or len(starts) != len(ends):
            draft.tell("start and end are no whole numbers.", line)
            return
        extents = [(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]
        draft.entity(
            key, extents, label, text=row.get("text") or None, attributes=attributes, line=line
        )
    elif kind == "relation":
        linked = (row.get("head"), row.get("tail"))
        draft.relation(key, linked, label, attributes=attributes, line=line)
    elif kind == "category":
        draft.category(label, key, line)
    else:
        draft.tell(f"{str(kind)[:40]!r} is no kind of row.", line)


def _json(value: str | None) -> dict[str, Any]:
    try:
        return plain(orjson.loads(value)) if value else {}
    except orjson.JSONDecodeError:
        return {}


# ---- out -------------------------------------------------------------------------------------


class CsvExporter(ByRecord):
    """Writes one table: a row for each document, and below it one for each annotation."""

    name: ClassVar[str] = "table"
    title: ClassVar[str] = "CSV: documents and their annotations as rows"
    keeps: ClassVar[frozenset[str]] = frozenset(KEPT)

    def begin(self, out: Outgoing) -> None:
        """Write the names of the columns."""
        out.file("layers.csv").write(_lines([dict(zip(COLUMNS, COLUMNS, strict=True))]))

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write the rows of a layer; the parts of a discontinuous entity are told by spaces."""
        out.file("layers.csv").write(_lines(_rows(record, out)))


def _lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.DictWriter(text, COLUMNS, restval="").writerows(rows)
    return text.getvalue().encode()


def _rows(record: Exported, out: Outgoing) -> Iterator[dict[str, object]]:
    document, layer = record.document, record.layer
    base: dict[str, object] = {"document": document.id, "annotator": layer.annotator}
    about = {"status": layer.status, "text": document.text, "attributes": _dumped(document.meta)}
    yield {"kind": "document", **base, **about}
    entities, relations = out.fitting(record)
    for entity in entities:
        starts, ends = zip(*entity.extents(), strict=True)
        yield {
            "kind": "entity",
            **base,
            "id": entity.id,
            "label": entity.label,
            "start": " ".join(map(str, starts)),
            "end": " ".join(map(str, ends)),
            "text": " ".join(document.text[start:end] for start, end in entity.extents()),
            "attributes": _dumped(entity.attributes),
        }
    for relation in relations:
        ends_of = {"head": relation.head, "tail": relation.tail}
        about = {"id": relation.id, "label": relation.label}
        dumped = _dumped(relation.attributes)
        yield {"kind": "relation", **base, **about, **ends_of, "attributes": dumped}
    for category in layer.categories:
        yield {"kind": "category", **base, "id": category.id, "label": category.label}


def _dumped(value: Mapping[str, Any] | None) -> str:
    return orjson.dumps(value).decode() if value else ""
