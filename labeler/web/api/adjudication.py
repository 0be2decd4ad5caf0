"""Settling: the questions of documents, what is decided, and gold."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from flask import request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from labeler import adjudication, schema, settling
from labeler.adjudication import Comparison, Link, Span, Standing, Tag
from labeler.errors import Invalid
from labeler.models import Document
from labeler.models.database import now
from labeler.web import paging
from labeler.web.answers import answer, sent_object
from labeler.web.api import blueprint
from labeler.web.api.documents import WORK, work_json
from labeler.web.auth import allow, me
from labeler.web.openapi import gives, takes, whole
from labeler.web.shapes import Either, Known, Lean

__all__ = ["blueprint"]

MAX_WORDS = 300
"""Code points of words whose precedents are told."""
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_STRING = {"type": "string"}
_CODE_POINT = {"type": "integer", "minimum": 0}
_CHOICE = {
    "type": "object",
    "required": ["question", "answer", "seen"],
    "properties": {
        "question": {**_STRING, "description": "The id of the question."},
        "answer": {**_STRING, "description": "The version taken; empty for none of them."},
        "seen": {**_STRING, "description": "The fingerprint of the versions looked at."},
        "reason": {"enum": ["", *adjudication.REASONS]},
        "note": _STRING,
    },
}
_DECISIONS = {
    "type": "object",
    "required": ["key", "choices"],
    "properties": {"key": _STRING, "choices": {"type": "array", "items": _CHOICE, "minItems": 1}},
}


_END = {"slot": str, "start": int, "end": int, "label": str}
_PART = Annotated[list[int], Field(min_length=2, max_length=2)]
"""Where a part begins and ends, in code points."""
_VERSION = Lean(
    answer=str,
    by=list[str],
    label=str,
    start=int,
    end=int,
    parts=list[_PART],
    attributes=dict[str, Any],
    head=Either((_END, None)),
    tail=Either((_END, None)),
)
"""What some annotators have: a span, a relation by its ends, or only a label of the document."""
_DECIDED = Lean(
    {"answer": str, "how": str, "from": list[str], "by": str, "reason": str, "note": str}
)
_QUESTION: dict[str, Any] = {
    "id": str,
    "about": Literal["entity", "relation", "document"],
    "kind": str,
    "state": str,
    "seen": str,
    "absent": list[str],
    "versions": [_VERSION],
    "held": str | None,
    "direct": bool,
    "decided": Either((_DECIDED, None)),
    "reopened": bool,
}
CASE: dict[str, Any] = {
    "gold": {
        "annotator": str,
        "entities": [Known("KeptEntity")],
        "relations": [Known("KeptRelation")],
        "id": int,
        "revision": int,
        "status": schema.Status,
    },
    "agreed": int,
    "open": int,
    "settled": int,
    "questions": [_QUESTION],
}
"""The shape of how things stand with a document, as it is answered."""


_COUNTED: dict[str, Any] = {"documents": int, "questions": int}


def _keyed(**more: Any) -> dict[str, Any]:
    properties = {"key": {**_STRING, "description": "Sent twice, it counts once."}, **more}
    return {"type": "object", "required": list(properties), "properties": properties}


@blueprint.get("/documents/<int:document_id>/adjudication")
@allow("curator", "annotate")
@gives(CASE)
def get_adjudication(document: Document) -> ResponseReturnValue:
    """Return the questions of a document, and what gold says of each."""
    return answer(case_json(settling.open_case(document, me(), now())))


@blueprint.get("/documents/<int:document_id>/adjudication/places")
@allow("curator")
@takes(stand={"enum": list(settling.STANDS), "default": "open"}, **paging.BY_NUMBER)
@gives(paging.listed("places", settling.Place))
def get_places(document: Document) -> ResponseReturnValue:
    """Return the places of a document that are agreed, settled or open, in words."""
    stand = request.args.get("stand", "open")
    if stand not in settling.STANDS:
        raise Invalid(f"A place cannot stand {stand!r}. Known: {', '.join(settling.STANDS)}.")
    scheme = settling.project_of(document).scheme
    return answer(paging.numbered("places", settling.places(document, scheme, stand)))


@blueprint.get("/documents/<int:document_id>/adjudication/precedents")
@allow("curator")
@takes(start=_CODE_POINT, end=_CODE_POINT)
@gives({"settled": [{"label": str, "count": int}], "documents": int})
def get_precedents(document: Document) -> ResponseReturnValue:
    """Return as what the words at `[start, end)` were settled before, and where they are open."""
    start, end = (request.args.get(name, -1, type=whole) for name in ("start", "end"))
    words = document.text[start:end] if 0 <= start < end else ""
    if not 0 < len(words) <= MAX_WORDS:
        raise Invalid(f"start and end must hold 1 to {MAX_WORDS} code points of the text.")
    project = settling.project_of(document)
    settled = settling.precedents(project, words)
    told = [{"label": label, "count": count} for label, count in settled.items()]
    return answer({"settled": told, "documents": settling.documents_alike(project, words)})


@blueprint.post("/documents/<int:document_id>/adjudication")
@allow("curator")
@takes(_DECISIONS)
@gives(CASE)
def post_decisions(document: Document) -> ResponseReturnValue:
    """Settle questions as one edit; 409 when their versions have changed meanwhile."""
    body = sent_object()
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices:
        raise Invalid("At least one choice is needed.")
    parsed = [_choice(value, index) for index, value in enumerate(choices)]
    return answer(case_json(settling.decide(document, parsed, _key(body), me(), now())))


@blueprint.post("/documents/<int:document_id>/adjudication/reopen")
@allow("curator")
@takes(_keyed(question=_STRING))
@gives(CASE)
def reopen_question(document: Document) -> ResponseReturnValue:
    """Open a settled question again."""
    body = sent_object()
    question = _text(body, "question")
    return answer(case_json(settling.reopen(document, question, _key(body), me(), now())))


@blueprint.post("/documents/<int:document_id>/adjudication/undo")
@allow("curator")
@takes(_keyed(undone={**_STRING, "description": "The key of the edit to take back."}))
@gives(CASE)
def undo_decision(document: Document) -> ResponseReturnValue:
    """Take back an edit of the gold layer, by another edit."""
    body = sent_object()
    undone = _text(body, "undone")
    return answer(case_json(settling.undo(document, undone, _key(body), me(), now())))


@blueprint.post("/documents/<int:document_id>/adjudication/alike")
@allow("curator")
@takes(_keyed(choice=_CHOICE, preview={"type": "boolean"}))
@gives(Either(({**CASE, "batch": _COUNTED}, _COUNTED)))
def settle_alike(document: Document) -> ResponseReturnValue:
    """Settle all open questions about the same words alike, in all documents, or count them."""
    body = sent_object()
    choice, preview = _choice(body.get("choice"), 0), bool(body.get("preview"))
    made = settling.settle_alike(document, choice, _key(body), me(), now(), preview=preview)
    counts = {"documents": made.documents, "questions": made.questions}
    if preview:
        return answer(counts)
    return answer({**case_json(settling.open_case(document, me(), now())), "batch": counts})


@blueprint.post("/documents/<int:document_id>/adjudication/undo-alike")
@allow("curator")
@takes(_keyed(undone=_STRING))
@gives({**CASE, "batch": {"documents": int, "refused": list[str]}})
def undo_alike(document: Document) -> ResponseReturnValue:
    """Take back what was settled in many documents at once."""
    body = sent_object()
    project = settling.project_of(document)
    made = settling.undo_batch(project, _text(body, "undone"), me(), now())
    case = case_json(settling.open_case(document, me(), now()))
    return answer({**case, "batch": {"documents": made.documents, "refused": made.refused}})


@blueprint.post("/documents/<int:document_id>/adjudication/accept")
@allow("curator")
@gives({"status": str, "next": int | None, "page": str | None})
def accept_gold(document: Document) -> ResponseReturnValue:
    """Accept the gold of a document as done, and tell which document is next."""
    gold = settling.finish(document, me(), now())
    project = settling.project_of(document)
    found = settling.next_to_settle(project, document.id)
    page = url_for("adjudicate.settle", slug=project.slug, document_id=found) if found else None
    return answer({"status": gold.status, "next": found, "page": page})


@blueprint.get("/documents/<int:document_id>/gold")
@allow("curator", "annotate")
@gives(WORK)
def get_gold(document: Document) -> ResponseReturnValue:
    """Return all that the annotation screen needs to work on the gold layer of a document."""
    gold = settling.gold_layer(document, me(), now())
    project = settling.project_of(document)
    back = url_for("adjudicate.settle", slug=project.slug, document_id=document.id)
    return answer(work_json(project, document, me(), gold=gold, back=back))


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise Invalid(f"A text is needed as {name}.")
    return value


def _key(body: Mapping[str, Any]) -> str:
    key = _text(body, "key")
    if not _KEY.fullmatch(key):
        raise Invalid("A key of 1 to 100 printable ASCII characters is needed.")
    return key


def _choice(value: object, index: int) -> settling.Choice:
    fields = value if isinstance(value, Mapping) else {}
    names = ("question", "answer", "seen", "reason", "note")
    told = {name: fields.get(name, "") for name in names}
    if not all(isinstance(each, str) for each in told.values()):
        raise Invalid(f"choices[{index}] has something that is no text.")
    return settling.Choice(**told)


# ---- as JSON ---------------------------------------------------------------------------------


def case_json(case: settling.Case) -> dict[str, Any]:
    """Return how things stand with a document as plain JSON values."""
    record = case.record
    return {
        "gold": {
            **record_json(record),
            "id": case.gold.id,
            "revision": case.gold.revision,
            "status": case.gold.status,
        },
        "agreed": case.agreed,
        "open": case.open,
        "settled": case.settled,
        "questions": [_question_json(each, case.comparison) for each in case.questions],
    }


def record_json(layer: schema.Layer) -> dict[str, Any]:
    """Return what a layer holds as plain JSON values."""
    return {
        "annotator": layer.annotator,
        "entities": [schema.annotation_json(item) for item in layer.entities],
        "relations": [schema.annotation_json(item) for item in layer.relations],
    }


def _question_json(standing: Standing, comparison: Comparison) -> dict[str, Any]:
    slot, decision = standing.slot, standing.decision
    told = (decision.origin or {}).get("curation", {}) if decision is not None else {}
    return {
        "id": slot.key,
        "about": _ABOUT[type(slot.contents[0])],
        "kind": slot.kind,
        "state": standing.state,
        "seen": slot.seen,
        "absent": list(slot.absent),
        "versions": [
            {
                "answer": str(version.content),
                "by": list(version.holders),
                **_content_json(version.content, version.holders, comparison),
            }
            for version in slot.versions
        ]
        + _by_hand(standing, comparison),
        "held": None if standing.held is None else standing.held.id,
        "direct": standing.direct,
        "decided": None if decision is None else {"answer": decision.answer, **told},
        "reopened": standing.reopened and slot.kind != "clash",
    }


_ABOUT = {Span: "entity", Link: "relation", Tag: "document"}


def _by_hand(standing: Standing, comparison: Comparison) -> list[dict[str, Any]]:
    """Return what gold has by hand as one more version, where no annotator holds it."""
    held = standing.held
    if not standing.direct or not isinstance(held, schema.Entity):
        return []
    content = adjudication.span_of(held)
    if content in standing.slot.contents:
        return []
    return [{"answer": str(content), "by": [], **_content_json(content, (), comparison)}]


def _content_json(
    content: Span | Link | Tag, holders: tuple[str, ...], comparison: Comparison
) -> dict[str, Any]:
    if isinstance(content, Tag):
        return {"label": content.label}
    more = {name: json.loads(value) for name, value in content.attributes}
    if isinstance(content, Span):
        where = {"start": content.start, "end": content.end, "parts": content.parts}
        return {**where, "label": content.label, "attributes": more}
    head, tail = (_end_json(key, holders, comparison) for key in (content.head, content.tail))
    return {"head": head, "tail": tail, "label": content.label, "attributes": more}


def _end_json(key: str, holders: tuple[str, ...], comparison: Comparison) -> dict[str, Any] | None:
    """Return the end of a relation as those who hold it have it; None for ends beyond slots."""
    slot = comparison.spans.get(key)
    if slot is None:
        return None
    span = max(slot.versions, key=lambda version: len({*holders} & {*version.holders})).content
    return {"slot": key, "start": span.start, "end": span.end, "label": span.label}
