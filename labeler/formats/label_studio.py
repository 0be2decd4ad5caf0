"""Label Studio's JSON: tasks with annotations and predictions.

The format: https://labelstud.io/guide/task_format. Offsets are UTF-16 units, as browsers count.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, ClassVar
from xml.sax.saxutils import quoteattr

import orjson

from labeler.errors import Problem
from labeler.formats import KEPT, Exported, Imported, Report
from labeler.formats.drafts import Draft
from labeler.formats.lines import json_items, listed, plain
from labeler.formats.outgoing import Outgoing
from labeler.formats.units import Units
from labeler.schema import Document, Scheme

_RELATED = "related"
"""The label of relations that have none."""
_OF_REGIONS = ("choices", "taxonomy", "textarea", "rating", "number")
"""What may be said of a region beside its label."""
_SPANS = ("labels", "hypertextlabels")
"""Regions that are words with a label."""
_OF_PAGES = (
    "has its place in a page of HTML, where the text of the task does not read so: not taken. "
    "Import the plain text of the page, with `Text` instead of `HyperText`."
)
_PATH = " / "
"""What stands between the steps of a taxonomy."""
_OF_MINIMAL = (
    "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time",
)  # fmt: skip
"""What JSON-MIN says of a task and its annotation, and not of its text."""


# ---- in --------------------------------------------------------------------------------------


class LabelStudioImporter:
    """Reads Label Studio's JSON and JSON-MIN, a task at a time."""

    name: ClassVar[str] = "label-studio"
    title: ClassVar[str] = "Label Studio JSON, annotations and predictions"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Tell whether a file begins with a task of Label Studio's."""
        return bool(re.search(rb'"(annotations|predictions|completions|data|annotator)"\s*:', head))

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article for each annotation of a task, and one with its predictions."""
        for number, task in enumerate(json_items(stream, file), start=1):
            if isinstance(task, Problem):
                yield task
            else:
                yield from _task(task, file, number)


def _task(task: dict[str, Any], file: str, number: int) -> Iterator[Imported | Problem]:
    data = plain(task.get("data")) or task
    text = _text(data)
    if text is None:
        message = f"Task {task.get('id', number)} has no text: its data has no string `text`."
        yield Problem(message, file=file, code="text")
        return
    name = data.get("id") if isinstance(data.get("id"), str) else None
    stem = PurePosixPath(file).with_suffix("").as_posix()
    meta = {k: v for k, v in plain(task.get("data")).items() if v != text and k != "id"}
    document = Document(name or f"{stem}-{task.get('id', number)}", text, meta)
    told: list[Imported | Problem] = []
    for annotation in map(plain, listed(task.get("annotations") or task.get("completions"))):
        told += _annotation(document, annotation, file)
    for prediction in map(plain, listed(task.get("predictions"))):
        told += _prediction(document, prediction, file)
    if "data" not in task:
        told += _minimal(document, task, file)
    for item in told or Draft(document, file).done(looked_at=False):
        yield replace(item, named=bool(name)) if isinstance(item, Imported) else item
    if drafts := len(listed(task.get("drafts"))):
        message = f"{drafts} drafts of task {task.get('id', number)} were not taken: submit them."
        yield Problem(message, file=file, code="ignored")


def _minimal(document: Document, task: dict[str, Any], file: str) -> Iterator[Imported | Problem]:
    """Yield the annotation of a task of JSON-MIN, in which what was said stands beside the data.

    Lists of regions and of choices are told by what is in them; other strings become metadata.
    """
    result: list[dict[str, Any]] = []
    meta: dict[str, Any] = {}
    lost: list[str] = []
    for key, value in task.items():
        regions = [each for each in map(plain, listed(value)) if _kind(each)]
        if regions:
            result += [{"type": _kind(region), "value": region} for region in regions]
        elif choices := listed(plain(value).get("choices")):
            result.append({"type": "choices", "value": {"choices": choices}})
        elif isinstance(value, dict | list) and value:
            lost.append(key)
        elif value not in (None, [], {}, document.text) and key not in _OF_MINIMAL:
            meta[key] = value
    draft = Draft(replace(document, meta=meta), file)
    for key in lost:
        draft.tell(f"{key[:40]!r} was not taken: it is neither regions nor choices.")
    _Result(draft).read(result)
    if result:
        yield from draft.done(_person(task.get("annotator")))
    else:
        yield from draft.done(looked_at=False)


def _kind(region: dict[str, Any]) -> str | None:
    """Return the kind of a region whose words have a label, by the name of its labels."""
    return next((kind for kind in _SPANS if kind in region), None)


def _text(data: dict[str, Any]) -> str | None:
    """Return the text of a task: what is called so, or the only string."""
    strings = [value for value in data.values() if isinstance(value, str)]
    text = data.get("text", strings[0] if len(strings) == 1 else None)
    return text if isinstance(text, str) else None


def _annotation(
    document: Document, annotation: dict[str, Any], file: str
) -> Iterator[Imported | Problem]:
    draft = Draft(document, file)
    _Result(draft).read(listed(annotation.get("result")))
    person = _person(annotation.get("annotator") or annotation.get("completed_by"))
    yield from draft.done(person, "skipped" if annotation.get("was_cancelled") else "done")


def _person(said: object) -> str | None:
    """Return the name of an annotator: an address, or the number that Label Studio gave."""
    if isinstance(said, dict):
        said = said.get("email") or said.get("username") or said.get("id")
    if isinstance(said, int):
        return f"user-{said}"
    return said if isinstance(said, str) and said else None


def _prediction(
    document: Document, prediction: dict[str, Any], file: str
) -> Iterator[Imported | Problem]:
    draft = Draft(document, file)
    model = str(prediction.get("model_version") or "label-studio")
    _Result(draft, model).read(listed(prediction.get("result")))
    yield from draft.done(looked_at=False)


class _Result:
    """The regions and relations of one annotation."""

    def __init__(self, draft: Draft, model: str | None = None) -> None:
        self._draft = draft
        self._model = model
        self._units = Units(draft.document.text)

    def read(self, result: Sequence[Any]) -> None:
        """Take the regions first, then what is said of them."""
        items = [(number, plain(item)) for number, item in enumerate(result)]
        for number, item in items:
            if item.get("type") in (*_SPANS, None) and "value" in item:
                self._region(number, item)
        for number, item in items:
            kind = item.get("type")
            if kind == "relation":
                self._relation(number, item)
            elif kind in _OF_REGIONS:
                self._said(item, kind)
            elif kind not in (*_SPANS, None):
                self._draft.tell(f"{_named(item)} is of the kind {str(kind)[:40]!r}: not taken.")

    def _region(self, number: int, item: dict[str, Any]) -> None:
        value = plain(item.get("value"))
        key = item.get("id") or f"region {number}"
        labels = listed(value.get(str(item.get("type")), value.get("labels")))
        text = value.get("text") if isinstance(value.get("text"), str) else None
        extent = self._place(value, text)
        if extent is None:
            self._draft.tell(f"{_named(item)} {_OF_PAGES}")
            return
        if not labels:
            self._draft.tell(f"{_named(item)} has no label.")
        for place, label in enumerate(labels):
            own = key if place == 0 else f"{key}-{place + 1}"
            about = {"note": note} if (note := _note(item)) else None
            origin = self._origin(item)
            self._draft.entity(own, [extent], label, text=text, attributes=about, origin=origin)

    def _place(self, value: dict[str, Any], text: str | None) -> tuple[Any, Any] | None:
        """Return where a region is, None in a page that does not read as the text of the task."""
        start, end = value.get("start"), value.get("end")
        if not isinstance(start, str):
            return self._extent(start, end, text)
        counted = plain(value.get("globalOffsets"))  # `start` is a path in the tree of the page
        extent = self._extent(counted.get("start"), counted.get("end"), text)
        places = all(type(border) is int for border in extent)
        return extent if places and self._draft.document.text[slice(*extent)] == text else None

    def _extent(self, start: Any, end: Any, text: str | None) -> tuple[int, int]:
        """Return a place in code points; what backends in Python made is in those already."""
        if type(start) is not int or type(end) is not int:
            return (start, end)
        points = (self._units.point(start), self._units.point(end))
        whole = self._draft.document.text
        if text is not None and whole[slice(*points)] != text and whole[start:end] == text:
            return (start, end)
        return points

    def _origin(self, item: dict[str, Any]) -> dict[str, Any] | None:
        if self._model is None:
            return None
        score = item.get("score")
        scored = {"score": score} if isinstance(score, int | float) else {}
        return {"suggester": self._model, "version": "", **scored}

    def _relation(self, number: int, item: dict[str, Any]) -> None:
        ends = (item.get("from_id"), item.get("to_id"))
        back = (ends[1], ends[0])
        labels = listed(item.get("labels")) or [_RELATED]
        for place, label in enumerate(labels):
            key = f"relation {number}-{place}"
            if item.get("direction") != "left":
                self._draft.relation(key, ends, label)
            if item.get("direction") in ("left", "bi"):
                self._draft.relation(f"{key} back", back, label)

    def _said(self, item: dict[str, Any], kind: str) -> None:
        """Take what is said of a region as its attribute, choices of the whole as categories."""
        value = plain(item.get("value"))
        said = value.get(kind, value.get("text"))
        if kind == "taxonomy":
            said = [_PATH.join(map(str, listed(path))) for path in listed(said)]
        if self._draft.knows(item.get("id")) or "start" in value:
            shown = ", ".join(map(str, said)) if isinstance(said, list) else said
            name = str(item.get("from_name") or kind)
            if not self._draft.attributes(item.get("id"), {name: shown}):
                self._draft.tell(f"{name} is said of a region that was not taken.")
        elif kind in ("choices", "taxonomy"):
            for choice in listed(said):
                self._draft.category(choice)
        else:
            self._draft.tell(f"A {kind} of the whole document was not taken.")


def _named(item: dict[str, Any]) -> str:
    """Return which region this is, in words."""
    text = plain(item.get("value")).get("text")
    quoted = f" ({text[:60]!r})" if isinstance(text, str) else ""
    return f"Region {str(item.get('id'))[:40]!r}{quoted}"


def _note(item: dict[str, Any]) -> str:
    """Return what somebody noted on a region."""
    return "\n".join(line for line in _strings(plain(item.get("meta")).get("text")))


def _strings(value: object) -> list[str]:
    return [each for each in [value, *listed(value)] if isinstance(each, str)]


# ---- out -------------------------------------------------------------------------------------


class LabelStudioExporter:
    """Writes tasks that Label Studio imports, and the labeling configuration for them."""

    name: ClassVar[str] = "label-studio"
    title: ClassVar[str] = "Label Studio JSON, with its labeling configuration"
    keeps: ClassVar[frozenset[str]] = frozenset(KEPT) - {"parts", "attributes", "ids"}

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,
        language: str,  # noqa: ARG002 - other exporters need it
        options: dict[str, Any],
    ) -> Report:
        """Write `tasks.json`, a task for each document, and `config.xml`."""
        out = Outgoing(folder, options, self.keeps, scheme)
        with (folder / "tasks.json").open("wb") as file:
            opening = b"[\n"
            for _, layers in groupby(records, key=lambda record: record.document.id):
                file.write(opening + orjson.dumps(_task_of(list(layers), out)))
                opening = b",\n"
            file.write(b"[]\n" if opening == b"[\n" else b"\n]\n")
        (folder / "config.xml").write_text(_configuration(scheme), encoding="utf-8")
        return out.finish()


def _task_of(records: Sequence[Exported], out: Outgoing) -> dict[str, Any]:
    document = records[0].document
    task: dict[str, Any] = {"data": {**document.meta, "id": document.id, "text": document.text}}
    task |= {"annotations": [], "predictions": []}
    for record in records:
        out.count(record)
        result = _result_of(record, out)
        if record.layer.annotator:
            made = {"annotator": record.layer.annotator, "result": result}
            task["annotations"].append({**made, "was_cancelled": record.layer.status == "skipped"})
        else:
            task["predictions"].append({"model_version": "labeler", "result": result})
    return task


def _result_of(record: Exported, out: Outgoing) -> list[dict[str, Any]]:
    text = record.document.text
    units = Units(text)
    entities, relations = out.fitting(record)
    place = {"from_name": "label", "to_name": "text"}
    result: list[dict[str, Any]] = []
    for entity in entities:
        value = {"start": units.unit(entity.start), "end": units.unit(entity.end)}
        value |= {"text": text[entity.start : entity.end], "labels": [entity.label]}  # type: ignore[dict-item]
        result.append({"id": entity.id, "type": "labels", **place, "value": value})
    for relation in relations:
        ends = {"from_id": relation.head, "to_id": relation.tail, "direction": "right"}
        result.append({"type": "relation", **ends, "labels": [relation.label]})
    for category in record.layer.categories:
        chosen = {"from_name": "category", "to_name": "text", "type": "choices"}
        result.append({"id": category.id, **chosen, "value": {"choices": [category.label]}})
    return result


def _configuration(scheme: Scheme) -> str:
    """Return the labeling configuration that shows these tasks."""
    lines = ["<View>", '  <Labels name="label" toName="text">']
    for label in scheme.entities:
        lines.append(
            f"    <Label value={quoteattr(label.name)} background={quoteattr(label.color)}/>"
        )
    lines += ["  </Labels>", "  <Relations>"]
    lines += [f"    <Relation value={quoteattr(label.name)}/>" for label in scheme.relations]
    lines += ["  </Relations>"]
    if scheme.categories:
        lines.append('  <Choices name="category" toName="text" choice="multiple">')
        lines += [f"    <Choice value={quoteattr(label.name)}/>" for label in scheme.categories]
        lines.append("  </Choices>")
    return "\n".join([*lines, '  <Text name="text" value="$text"/>', "</View>", ""])
