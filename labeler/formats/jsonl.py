"""Our JSONL, the lossless form: one line a layer, or an article with or without suggestions."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Annotated, Any, BinaryIO, ClassVar

import orjson
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from labeler.errors import Problem
from labeler.formats import KEPT, Exported, Imported, document_problem
from labeler.formats.lines import MAX_LINE, ONE_A_LINE, raw_lines
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.schema import (
    Annotation,
    Category,
    Decision,
    Document,
    Entity,
    Id,
    Layer,
    Relation,
    Status,
    Suggestion,
    Verdict,
    annotation_json,
    entity_faults,
    validation_problems,
)

_MOST_PROBLEMS = 20
"""Problems told of one line."""
_Count = Annotated[int, Field(ge=0, lt=2**31, strict=True)]
_Words = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]


class _Unsaid(tuple[Any, ...]):
    """Stands for a list that a line does not have: one that is there may be empty."""


_UNSAID = _Unsaid()


@dataclass(slots=True)
class _Line:
    """One line as it is read."""

    text: str
    id: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    annotator: Id | None = None
    status: Status | None = None
    revision: _Count | None = None
    entities: tuple[Entity, ...] = _UNSAID
    relations: tuple[Relation, ...] = _UNSAID
    categories: tuple[Category, ...] = _UNSAID
    verdicts: tuple[Verdict, ...] = ()
    decisions: tuple[Decision, ...] = ()
    read_to: _Count | None = None
    flag: _Words | None = None
    reason: _Words | None = None
    blind: bool = False


_LINE = TypeAdapter(_Line)
_OF_LAYERS = (
    "status", "revision", "verdicts", "decisions", "read_to", "flag", "reason", "blind",
)  # fmt: skip
"""What a line says of a layer only."""


# ---- in --------------------------------------------------------------------------------------


class JsonlImporter:
    """Reads our JSONL, a line at a time."""

    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSONL of labeler"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article for each line, or what is wrong with it.

        A line with an annotator has a layer, done unless it says otherwise; the annotations of
        another are suggestions. Where an id is missing, it is made from file and line. What the
        format does not know is told once a file and left out; the code of that is "ignored".
        """
        reader = _Reader(file)
        for number, content in raw_lines(stream):
            if len(content) > MAX_LINE:
                yield reader.problem(number, f"The line is longer than {MAX_LINE:,} bytes.")
            elif content.strip():
                yield from reader.read(number, content)


def _parse(content: bytes) -> tuple[_Line, list[str]]:
    """Return a line and the keys in it that the format does not know; raises ValidationError."""
    try:
        return _LINE.validate_json(content, extra="forbid"), []
    except ValidationError as error:
        line = _LINE.validate_json(content, extra="ignore")
        places = [fault["loc"] for fault in error.errors(include_url=False, include_input=False)]
    return line, [".".join(part for part in place if isinstance(part, str)) for place in places]


class _Reader:
    """Reads the lines of one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._stem = PurePosixPath(file).with_suffix("").as_posix()
        self._told: set[str] = set()

    def problem(self, number: int, message: str, path: str = "", code: str = "invalid") -> Problem:
        """Return what is wrong with a line."""
        return Problem(message, path, self._file, number, code)

    def read(self, number: int, content: bytes) -> Iterator[Imported | Problem]:
        """Yield the article of a line, or what is wrong with it."""
        try:
            line, unknown = _parse(content)
        except ValidationError as error:
            for fault in validation_problems(error)[:_MOST_PROBLEMS]:
                # Each line is a JSON text of its own: “line 1” of it would mislead.
                message = re.sub(r"at line \d+ column", "at column", fault.message)
                if message.startswith("Invalid JSON: "):
                    message = f"This is not JSON: {message[14:]}. {ONE_A_LINE}"
                yield self.problem(number, message, fault.path)
            return
        article = self._article(number, line)
        problems = list(_problems(line, article.document))
        for path, message in problems[:_MOST_PROBLEMS]:
            yield self.problem(number, message, path)
        if not problems:
            for key in unknown:
                yield from self._ignored(number, key, "The format has no such key")
            yield from self._unattributed(number, line)
            yield article

    def _ignored(self, number: int, key: str, reason: str) -> Iterator[Problem]:
        if key not in self._told:
            self._told.add(key)
            message = f"{reason}: it was not taken, here and in lines below."
            yield self.problem(number, message, key, "ignored")

    def _unattributed(self, number: int, line: _Line) -> Iterator[Problem]:
        """Tell what a line says of a layer without saying whose."""
        if line.annotator is None:
            for key in _OF_LAYERS:
                if getattr(line, key) not in (None, ()) and getattr(line, key) is not False:
                    yield from self._ignored(number, key, "The line names no annotator")

    def _article(self, number: int, line: _Line) -> Imported:
        document = Document(line.id or f"{self._stem}-{number}", line.text, line.meta)
        place = self._file, number, bool(line.id)
        if line.annotator is None:
            suggestions: tuple[Suggestion, ...] = (
                *line.entities,
                *line.relations,
                *line.categories,
            )
            said = (line.entities, line.relations, line.categories)
            looked_at = any(each is not _UNSAID for each in said)
            return Imported(document, None, suggestions, *place, looked_at)
        layer = Layer(
            line.annotator,
            line.status or "done",
            line.revision or 0,
            line.entities,
            line.relations,
            line.verdicts,
            line.read_to,
            line.categories,
            line.decisions,
            line.flag,
            line.reason,
            line.blind,
        )
        return Imported(document, layer, (), *place)


def _problems(line: _Line, document: Document) -> Iterator[tuple[str, str]]:
    """Yield path and sentence for what does not fit the text or the rest of the line."""
    problem = document_problem(document)
    if problem:
        yield "", problem
    if not _is_plain(line.meta):
        yield "meta", _NOT_PLAIN
    if line.read_to is not None and line.read_to > len(line.text):
        yield "read_to", f"{line.read_to} does not fit a text of {len(line.text)} characters."
    yield from _misplaced(line)
    yield from _loose(line)
    yield from _undecided(line)
    yield from _repeated(line)


def _misplaced(line: _Line) -> Iterator[tuple[str, str]]:
    """Yield the entities that do not fit the text, and origins that cannot be kept."""
    length = len(line.text)
    for index, entity in enumerate(line.entities):
        if not entity.start < entity.end <= length or entity.parts:
            for _, message in entity_faults(entity, length):
                yield f"entities[{index}]", message
        if entity.origin is not None and not _is_plain(entity.origin):
            yield f"entities[{index}].origin", _NOT_PLAIN


def _loose(line: _Line) -> Iterator[tuple[str, str]]:
    """Yield the ends of relations that are no entities here, and origins that cannot be kept."""
    entities = {entity.id for entity in line.entities}
    for index, relation in enumerate(line.relations):
        for end, name in (("head", relation.head), ("tail", relation.tail)):
            if name not in entities:
                yield f"relations[{index}].{end}", f"{name!r} is no entity of this line."
        if relation.origin is not None and not _is_plain(relation.origin):
            yield f"relations[{index}].origin", _NOT_PLAIN


def _undecided(line: _Line) -> Iterator[tuple[str, str]]:
    """Yield the decisions whose origins cannot be kept."""
    for index, decision in enumerate(line.decisions):
        if decision.origin is not None and not _is_plain(decision.origin):
            yield f"decisions[{index}].origin", _NOT_PLAIN


_NOT_PLAIN = "A number in it is too large for JSON, or no number at all."


def _repeated(line: _Line) -> Iterator[tuple[str, str]]:
    """Yield the ids that are used twice."""
    seen: set[str] = set()
    for kind in ("entities", "relations", "categories", "verdicts", "decisions"):
        for index, item in enumerate(getattr(line, kind)):
            if item.id in seen:
                yield f"{kind}[{index}].id", f"The id {item.id!r} is used twice."
            seen.add(item.id)


def _is_plain(value: object) -> bool:
    """Tell whether a JSON value has no number that other programs could not read."""
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


# ---- out -------------------------------------------------------------------------------------


class JsonlExporter(ByRecord):
    """Writes every layer as a line; what is imported again is the same."""

    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSONL of labeler"
    keeps: ClassVar[frozenset[str]] = frozenset(KEPT)

    def begin(self, out: Outgoing) -> None:
        """Make the file."""
        out.file("layers.jsonl")

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write a line."""
        out.file("layers.jsonl").write(orjson.dumps(line_of(record)) + b"\n")


def line_of(record: Exported) -> dict[str, Any]:
    """Return a record as a line of the file, its annotations in a settled order."""
    document, layer = record.document, record.layer
    line: dict[str, Any] = {"id": document.id, "text": document.text, "meta": document.meta}
    if layer.annotator:
        line["annotator"] = layer.annotator
        line["status"] = layer.status
        line["revision"] = layer.revision
        for name in ("read_to", "flag", "reason"):
            if getattr(layer, name) is not None:
                line[name] = getattr(layer, name)
        if layer.blind:
            line["blind"] = True
    line["entities"] = _ordered(layer.entities)
    line["relations"] = _ordered(layer.relations)
    if layer.categories:
        line["categories"] = _ordered(layer.categories)
    if layer.verdicts:
        line["verdicts"] = _ordered(layer.verdicts)
    if layer.decisions:
        line["decisions"] = _ordered(layer.decisions)
    return line


def _ordered(items: Iterable[Annotation]) -> list[dict[str, Any] | None]:
    return [annotation_json(item) for item in sorted(items, key=_place)]


def _place(item: Annotation) -> tuple[int, int, str, str]:
    if isinstance(item, Entity):
        return (item.start, -item.end, item.label, item.id)
    return (0, 0, "", item.id)
