"""Prodigy's JSONL: a task a line, with tokens, spans, relations, answers and sessions.

The format: https://prodi.gy/docs/api-interfaces. Offsets are code points.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

import orjson

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import KEPT, Exported, Imported
from labeler.formats.drafts import Draft
from labeler.formats.lines import each, json_lines, keys_of_first_line, listed, plain
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.schema import Document, Entity, Relation, Status, Tokens

_OWN = {
    "id", "text", "meta", "tokens", "spans", "relations", "label", "options", "accept", "answer",
    "config", "sessions", "view_id", "priority", "score", "html", "style",
}  # fmt: skip
_STATUS: dict[str, Status] = {"accept": "done", "ignore": "skipped"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")
"""The session of somebody who gave no name."""


# ---- in --------------------------------------------------------------------------------------


class ProdigyImporter:
    """Reads Prodigy's tasks, a line at a time."""

    name: ClassVar[str] = "prodigy"
    title: ClassVar[str] = "Prodigy JSONL, also from rel.manual"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl",)

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Tell whether a file begins with a task of Prodigy's."""
        keys = keys_of_first_line(head)
        return bool(keys & {"_input_hash", "_task_hash", "spans", "answer", "_session_id"})

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article for each task: of a session's a layer, else suggestions.

        What was rejected is no annotation: it is told, and the article comes alone.
        """
        return each(json_lines(stream, file), partial(_task, file))


def _task(file: str, line: int, task: dict[str, Any]) -> Iterator[Imported | Problem]:
    if not isinstance(task.get("text"), str):
        yield Problem("The task has no text.", file=file, line=line, code="invalid")
        return
    draft = Draft(_document(task, file), file, line, named="id" in task)
    answer = task.get("answer")
    if answer == "reject":
        if task.get("spans") or task.get("relations") or task.get("label"):
            draft.tell("The task was rejected: its annotations were not taken.", code="ignored")
        yield from draft.done(looked_at=False)
        return
    for key in _deep(task):
        draft.tell(f"What the key {key!r} says was not taken.", code="ignored")
    spans = [_placed(span, listed(task.get("tokens"))) for span in listed(task.get("spans"))]
    for number, span in enumerate(spans):
        _span(draft, number, span)
    for number, relation in enumerate(listed(task.get("relations"))):
        _relation(draft, number, plain(relation), spans)
    for label in [*listed(task.get("accept")), *filter(None, [task.get("label")])]:
        draft.category(label)
    yield from draft.done(_annotator(task), _STATUS.get(str(answer), "open"))


def _document(task: dict[str, Any], file: str) -> Document:
    """Return the article: tasks of one text are one, whoever did them."""
    text = task["text"]
    name = task.get("id", task.get("_input_hash"))
    if not isinstance(name, str | int):
        name = sha256(text.encode(errors="replace")).hexdigest()[:12]
    if "id" not in task:
        name = f"{PurePosixPath(file).with_suffix('').as_posix()}-{name}"
    others = {key: value for key, value in task.items() if _is_other(key)}
    plainly = {k: v for k, v in others.items() if isinstance(v, str | bool | int | float)}
    return Document(str(name), text, {**plainly, **plain(task.get("meta"))})


def _is_other(key: str) -> bool:
    """Tell whether a key is none of Prodigy's own, which say how a task is shown and done."""
    return key not in _OWN and not key.startswith("_")


def _deep(task: dict[str, Any]) -> list[str]:
    """Return the keys of other people's that hold more than a plain value."""
    return [k for k, v in task.items() if _is_other(k) and isinstance(v, list | dict) and v]


def _annotator(task: dict[str, Any]) -> str | None:
    """Return who did a task: sessions are named for dataset and person."""
    session = task.get("_annotator_id") or task.get("_session_id")
    if not isinstance(session, str) or _MOMENT.search(session):
        return None
    return session.rpartition("-")[2] or None


def _placed(span: object, tokens: list[Any]) -> dict[str, Any]:
    """Return a span with its place, which that of its tokens says where it says none itself."""
    given = plain(span)
    borders = [given.get(name) for name in ("token_start", "token_end")]
    if "start" in given or not all(type(n) is int and 0 <= n < len(tokens) for n in borders):
        return given
    first, last = (plain(tokens[number]) for number in borders)  # type: ignore[index]
    return {**given, "start": first.get("start"), "end": last.get("end")}


def _span(draft: Draft, number: int, span: dict[str, Any]) -> None:
    extents = [(span.get("start"), span.get("end"))]
    text = span.get("text") if isinstance(span.get("text"), str) else None
    linked = {"kb_id": span["kb_id"]} if span.get("kb_id") else {}
    key = span.get("id", number)
    label = span.get("label") or ""
    about = {**linked, **plain(span.get("attributes"))}
    if draft.entity(key, extents, label, text=text, attributes=about):
        draft.alias(_key(span), key)
        draft.alias(_key({**span, "label": None}), key)


def _key(span: dict[str, Any]) -> str:
    """Return what a span is known by as an end of a relation, of this label or of any."""
    return f"[{span.get('start')}, {span.get('end')}) {span.get('label') or ''}".strip()


def _relation(draft: Draft, number: int, relation: dict[str, Any], spans: list[Any]) -> None:
    ends = []
    for end in ("head", "child"):
        span = plain(relation.get(f"{end}_span")) or _span_at(relation.get(end), spans)
        exact = _key(span)
        ends.append(exact if draft.knows(exact) else _key({**span, "label": None}))
    draft.relation(
        relation.get("id", f"relation {number}"),
        (ends[0], ends[1]),
        relation.get("label") or "",
        attributes=plain(relation.get("attributes")),
    )


def _span_at(token: object, spans: list[Any]) -> dict[str, Any]:
    """Return the span that ends with a token: by that Prodigy names the ends of relations."""
    return next((span for span in spans if span.get("token_end", token) == token), {})


# ---- out -------------------------------------------------------------------------------------


class ProdigyExporter(ByRecord):
    """Writes a task for each layer, with tokens, as `rel.manual` and `db-in` take it."""

    name: ClassVar[str] = "prodigy"
    title: ClassVar[str] = "Prodigy JSONL"
    keeps: ClassVar[frozenset[str]] = frozenset(KEPT) - {"parts"}

    def begin(self, out: Outgoing) -> None:
        """Make the file."""
        out.file("tasks.jsonl")

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write a task; entities off the borders of tokens have no token numbers."""
        task = _task_of(record, *out.fitting(record))
        out.file("tasks.jsonl").write(orjson.dumps(task) + b"\n")


def _task_of(
    record: Exported, entities: Sequence[Entity], relations: Sequence[Relation]
) -> dict[str, Any]:
    document, layer, tokens = record.document, record.layer, record.tokens
    spans = {entity.id: _span_of(entity, document.text, tokens) for entity in entities}
    task: dict[str, Any] = {"id": document.id, "text": document.text, "meta": document.meta}
    task["tokens"] = [
        {
            "text": document.text[start:end],
            "start": start,
            "end": end,
            "id": number,
            "ws": document.text[end : end + 1] == " ",
        }
        for number, (start, end) in enumerate(zip(tokens.starts, tokens.ends, strict=True))
    ]
    task["spans"] = list(spans.values())
    task["relations"] = [_relation_of(relation, spans, tokens) for relation in relations]
    if layer.categories:
        task["accept"] = sorted(category.label for category in layer.categories)
    if layer.annotator:
        session = f"labeler-{layer.annotator}"
        task |= {"_session_id": session, "_annotator_id": session}
    if layer.status == "done":
        task["answer"] = "accept"
    return task


def _span_of(entity: Entity, text: str, tokens: Tokens) -> dict[str, Any]:
    span: dict[str, Any] = {"id": entity.id, "start": entity.start, "end": entity.end}
    span |= {"label": entity.label, "text": text[entity.start : entity.end]}
    aligned = nlp.align(tokens, entity.start, entity.end)
    if aligned:
        span |= {"token_start": aligned[0], "token_end": aligned[1] - 1}
    if entity.attributes:
        span["attributes"] = entity.attributes
    return span


def _relation_of(
    relation: Relation, spans: dict[str, dict[str, Any]], tokens: Tokens
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": relation.id, "label": relation.label}
    for end, name in (("head", relation.head), ("child", relation.tail)):
        span = spans[name]
        made[end] = span.get("token_end", _last_token(tokens, span["end"]))
        made[f"{end}_span"] = {
            key: span[key]
            for key in ("start", "end", "token_start", "token_end", "label")
            if key in span
        }
    if relation.attributes:
        made["attributes"] = relation.attributes
    return made


def _last_token(tokens: Tokens, end: int) -> int:
    """Return the last token that begins before a code point."""
    return max(0, bisect_left(tokens.starts, end) - 1)
