"""Our JSONL, the lossless form: one line a layer, or an article with or without suggestions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, BinaryIO

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config

from labeler.errors import Problem
from labeler.formats import Exported, Imported, Report
from labeler.formats.text import text_problem
from labeler.schema import (
    Annotation,
    Document,
    Entity,
    Id,
    Layer,
    Relation,
    Scheme,
    Status,
    Verdict,
    annotation_json,
    validation_problems,
)

MAX_LINE = 64 * 1024 * 1024
"""Bytes that one line may have."""


@with_config(ConfigDict(extra="allow"))
@dataclass
class _Line:
    """One line as it is read; what stands in it beyond these is told, not taken."""

    text: str
    id: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    meta: dict[str, Any] = field(default_factory=dict)
    annotator: Id | None = None
    status: Status = "done"
    revision: Annotated[int, Field(ge=0)] = 0
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    read_to: Annotated[int, Field(ge=0)] | None = None


_LINE = TypeAdapter(_Line)
_KNOWN = frozenset(_Line.__dataclass_fields__)


class JsonlImporter:
    """Reads our JSONL, a line at a time."""

    name = "jsonl"
    title = "JSONL of labeler"
    suffixes = (".jsonl", ".ndjson")

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article for each line, or what is wrong with it."""
        told: set[str] = set()
        for number, content in enumerate(_lines(stream), start=1):
            if len(content) > MAX_LINE:
                yield _refusal(f"The line is longer than {MAX_LINE:,} bytes.", file, number)
            elif content.strip():
                yield from self._read_line(content, file, number, told)

    def _read_line(
        self, content: bytes, file: str, number: int, told: set[str]
    ) -> Iterator[Imported | Problem]:
        try:
            line = _LINE.validate_json(content)
        except ValidationError as error:
            for problem in validation_problems(error):
                message = f"{problem.path}: {problem.message}" if problem.path else problem.message
                yield _refusal(message, file, number)
            return
        for key in line.__dict__.keys() - _KNOWN - told:
            told.add(key)
            message = f"{key!r} is no part of this format and was not taken, here and below."
            yield Problem(message, file=file, line=number, code="ignored")
        problems = list(_problems(line))
        yield from (_refusal(problem, file, number) for problem in problems)
        if not problems:
            yield _imported(line, file, number)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; of one that is too long only the beginning, so that memory stays flat."""
    while line := stream.readline(MAX_LINE + 1):
        yield line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE + 1)
            if not line:
                return


def _refusal(message: str, file: str, number: int) -> Problem:
    return Problem(message, file=file, line=number)


def _problems(line: _Line) -> Iterator[str]:
    """Yield what the types do not tell: text, ids used twice, offsets and ends that do not fit."""
    problem = text_problem(line.text)
    if problem:
        yield problem
    length = len(line.text)
    ids: set[str] = set()
    items: tuple[Annotation, ...] = (*line.entities, *line.relations, *line.verdicts)
    for item in items:
        if item.id in ids:
            yield f"The id {item.id!r} is used twice."
        ids.add(item.id)
    for entity in line.entities:
        if not entity.start < entity.end <= length:
            span = f"[{entity.start}, {entity.end})"
            yield f"Entity {entity.id!r} at {span} does not fit a text of {length} characters."
    entities = {entity.id for entity in line.entities}
    for relation in line.relations:
        for end in (relation.head, relation.tail):
            if end not in entities:
                yield f"Relation {relation.id!r} has an end {end!r} that is no entity of this line."
    if line.read_to is not None and line.read_to > length:
        yield f"read_to is {line.read_to}, but the text has {length} characters."


def _imported(line: _Line, file: str, number: int) -> Imported:
    name = line.id or f"{PurePosixPath(file).with_suffix('')}-{number}"
    document = Document(name, line.text, line.meta)
    if line.annotator is None:
        return Imported(document, None, (*line.entities, *line.relations), file, number)
    layer = Layer(
        line.annotator,
        line.status,
        line.revision,
        line.entities,
        line.relations,
        line.verdicts,
        line.read_to,
    )
    return Imported(document, layer, (), file, number)


class JsonlExporter:
    """Writes every layer as a line; what is imported again is the same."""

    name = "jsonl"
    title = "JSONL of labeler"

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,  # noqa: ARG002 - other exporters need it
        language: str,  # noqa: ARG002
        options: dict[str, Any],
    ) -> Report:
        """Write `layers.jsonl` and `manifest.json`."""
        report: Report = options.get("report") or Report()
        counts = {"documents": 0, "entities": 0, "relations": 0}
        with (folder / "layers.jsonl").open("wb") as file:
            for record in records:
                file.write(orjson.dumps(line_of(record)) + b"\n")
                counts["documents"] += 1
                counts["entities"] += len(record.layer.entities)
                counts["relations"] += len(record.layer.relations)
        report.counts.update(counts)
        manifest = {**options.get("manifest", {}), "counts": report.counts}
        indented = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        (folder / "manifest.json").write_bytes(orjson.dumps(manifest, option=indented))
        (folder / "report.json").write_bytes(orjson.dumps(report.to_json(), option=indented))
        return report


def line_of(record: Exported) -> dict[str, Any]:
    """Return a record as a line of the file, its annotations in a settled order."""
    document, layer = record.document, record.layer
    line = {
        "id": document.id,
        "text": document.text,
        "meta": document.meta,
        "annotator": layer.annotator,
        "status": layer.status,
        "revision": layer.revision,
        "entities": _ordered(layer.entities),
        "relations": _ordered(layer.relations),
    }
    if layer.verdicts:
        line["verdicts"] = _ordered(layer.verdicts)
    if layer.read_to is not None:
        line["read_to"] = layer.read_to
    return line


def _ordered(items: Iterable[Annotation]) -> list[dict[str, Any] | None]:
    return [annotation_json(item) for item in sorted(items, key=_place)]


def _place(item: Annotation) -> tuple[int, int, str]:
    if isinstance(item, Entity):
        return (item.start, -item.end, item.id)
    return (0, 0, item.id)
