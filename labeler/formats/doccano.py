"""doccano's JSONL: sequence labeling, relation extraction and classification.

The format: https://doccano.github.io/doccano/tutorial. Offsets are code points.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

import orjson

from labeler.errors import Problem
from labeler.formats import Exported, Imported
from labeler.formats.drafts import Draft
from labeler.formats.lines import each, json_lines, keys_of_first_line, listed, plain
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.schema import Document, Entity, Relation

_TEXT = ("text", "data")
_LABELS = ("label", "labels", "cats")
_OWN = {*_TEXT, *_LABELS, "id", "entities", "relations", "meta", "Comments", "annotations"}
_TRUE = 0.5
"""From this value on a category of a table of values holds."""


class DoccanoImporter:
    """Reads what doccano exports, a line at a time."""

    name: ClassVar[str] = "doccano"
    title: ClassVar[str] = "doccano JSONL: sequence labeling, relations, classification"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl",)

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Tell whether a file begins with a line of doccano's."""
        line = head.split(b"\n", 1)[0]
        keys = keys_of_first_line(head)
        if not keys & {*_TEXT} or keys & {"annotator", "spans", "_input_hash"}:
            return False
        return bool(keys & {*_LABELS, "Comments", "annotations"}) or b'"start_offset"' in line

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article for each line; other keys become metadata. Comments are told."""
        return each(json_lines(stream, file), partial(_line, file))


def _line(file: str, number: int, line: dict[str, Any]) -> Iterator[Imported | Problem]:
    text = next((line[key] for key in _TEXT if isinstance(line.get(key), str)), None)
    if text is None:
        yield Problem("The line has no text.", file=file, line=number, code="invalid")
        return
    name = line.get("id")
    named = isinstance(name, str | int)
    if not named:
        name = f"{PurePosixPath(file).with_suffix('').as_posix()}-{number}"
    meta = {**plain(line.get("meta")), **{k: v for k, v in line.items() if k not in _OWN}}
    draft = Draft(Document(str(name), text, meta), file, number, named=named)
    _linked(draft, line)
    for key in _LABELS:
        for place, label in enumerate(_several(line.get(key))):
            _label(draft, place, label)
    if line.get("Comments"):
        draft.tell("Its comments were not taken.", code="ignored")
    users = _by_user(listed(line.get("annotations")))
    for user, annotations in users.items():
        own = Draft(draft.document, file, number, named=named)
        for place, annotation in enumerate(annotations):
            _annotation(own, place, annotation)
        yield from own.done(None if user is None else f"user-{user}")
    if not users or draft.problems or draft.said:
        yield from draft.done()


def _linked(draft: Draft, line: dict[str, Any]) -> None:
    """Take what a line has for relation extraction."""
    for entity in map(plain, listed(line.get("entities"))):
        extents = [(entity.get("start_offset"), entity.get("end_offset"))]
        draft.entity(_key(entity), extents, entity.get("label") or "")
    for relation in map(plain, listed(line.get("relations"))):
        ends = (_end(relation.get("from_id")), _end(relation.get("to_id")))
        draft.relation(_key(relation, "r"), ends, relation.get("type") or "")


def _by_user(annotations: Iterable[object]) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for annotation in map(plain, annotations):
        user = annotation.get("user")
        found.setdefault(user if isinstance(user, str | int) else None, []).append(annotation)
    return found


def _annotation(draft: Draft, place: int, annotation: dict[str, Any]) -> None:
    """Take an annotation as doccano had them before 1.5: by user, labels by their numbers."""
    label = annotation.get("label")
    if label is None:
        draft.tell("An annotation without a label was not taken.")
    elif "start_offset" in annotation:
        extents = [(annotation["start_offset"], annotation.get("end_offset"))]
        draft.entity(f"annotation {place}", extents, str(label))
    else:
        draft.category(str(label))


def _several(labels: object) -> list[Any]:
    """Return labels as a list: one may stand alone, or each have a value from 0 to 1."""
    if isinstance(labels, dict):
        values = labels.items()
        return [name for name, value in values if isinstance(value, int | float) and value >= _TRUE]
    return [labels] if isinstance(labels, str) else listed(labels)


def _label(draft: Draft, place: int, label: object) -> None:
    """Take `[start, end, label]` as an entity, a single label as a category."""
    if isinstance(label, str):
        draft.category(label)
    elif isinstance(label, list) and len(label) == 3:
        draft.entity(f"label {place}", [(label[0], label[1])], label[2])
    else:
        draft.tell(f"{str(label)[:60]} is neither [start, end, label] nor a label.")


def _key(item: dict[str, Any], kind: str = "e") -> str:
    return f"{kind}{item.get('id')}"


def _end(key: object) -> str:
    return f"e{key}"


class DoccanoExporter(ByRecord):
    """Writes a line for each layer, as doccano's relation extraction takes it."""

    name: ClassVar[str] = "doccano"
    title: ClassVar[str] = "doccano JSONL, for relation extraction"
    keeps: ClassVar[frozenset[str]] = frozenset(("text", "overlapping entities", "relations"))

    def begin(self, out: Outgoing) -> None:
        """Make the file, unless each annotator gets one, as doccano has it."""
        if not out.with_annotators:
            out.file("doccano.jsonl")

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write a line."""
        line = _line_of(record, *out.fitting(record))
        out.file("doccano.jsonl", record).write(orjson.dumps(line) + b"\n")


def _line_of(
    record: Exported, entities: Sequence[Entity], relations: Sequence[Relation]
) -> dict[str, Any]:
    numbers = {entity.id: number for number, entity in enumerate(entities, start=1)}
    return {
        "id": record.document.id,
        "text": record.document.text,
        "entities": [
            {
                "id": numbers[entity.id],
                "label": entity.label,
                "start_offset": entity.start,
                "end_offset": entity.end,
            }
            for entity in entities
        ],
        "relations": [
            {
                "id": number,
                "from_id": numbers[relation.head],
                "to_id": numbers[relation.tail],
                "type": relation.label,
            }
            for number, relation in enumerate(relations, start=1)
        ],
        "meta": record.document.meta,
    }
