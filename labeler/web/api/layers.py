"""Layers: their annotations, their edits, what they say of the work on them."""

from dataclasses import dataclass
from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from labeler import editing, schema, settling, transfer, work
from labeler.errors import Invalid, NotFound, Stale
from labeler.models import Layer, Project, db
from labeler.models.database import now
from labeler.web import paging
from labeler.web.answers import answer, sent, sent_as, sent_object
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import NUMBER, Whole, gives, takes, whole
from labeler.web.shapes import Known, Lean

__all__ = ["blueprint"]

ANNOTATIONS: dict[str, Any] = {
    "entities": [Known("KeptEntity")],
    "relations": [Known("KeptRelation")],
    "categories": [Known("KeptCategory")],
    "verdicts": [Known("KeptVerdict")],
    "decisions": [Known("KeptDecision")],
}
LAYER: dict[str, Any] = {
    "id": int | None,
    "document": int,
    "annotator": str,
    "gold": bool,
    "status": schema.Status,
    "flag": str | None,
    "reason": str | None,
    "blind": bool,
    "revision": int,
    "read_to": int | None,
    "seconds": int,
    **ANNOTATIONS,
}
"""The shape of a layer, as it is answered."""
_CHANGED = {
    "status": schema.Status,
    "flag": str | None,
    "reason": str | None,
    "read_to": int | None,
    "seconds": int,
    "next": int | None,
    "next_reason": str | None,
}

_EDITS = {
    "type": "object",
    "required": ["base", "edits"],
    "properties": {
        "base": {**NUMBER, "description": "The revision that the edits start from."},
        "edits": {"type": "array", "items": {"$ref": "#/components/schemas/Edit"}, "minItems": 1},
    },
}
_STATE = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        "status": {"enum": list(schema.STATUSES)},
        "flag": {"type": ["string", "null"], "description": "Why the document is flagged."},
        "reason": {"type": ["string", "null"], "description": "Why it was skipped."},
        "seconds": {**NUMBER, "description": "Time spent, added to what is known."},
        "read_to": {"type": ["integer", "null"], "description": "Code points read."},
    },
}


def layer_json(layer: Layer) -> dict[str, Any]:
    """Return a layer with its annotations as plain JSON values."""
    [record] = editing.load([layer])
    return record_json(layer, record)


def record_json(layer: Layer, record: schema.Layer) -> dict[str, Any]:
    return {
        "id": layer.id,
        "document": layer.document_id,
        "annotator": record.annotator,
        "gold": layer.gold,
        "status": layer.status,
        "flag": layer.flag,
        "reason": layer.reason,
        "blind": layer.blind,
        "revision": layer.revision,
        "read_to": layer.read_to,
        "seconds": layer.seconds,
        "entities": [schema.annotation_json(item) for item in record.entities],
        "relations": [schema.annotation_json(item) for item in record.relations],
        "categories": [schema.annotation_json(item) for item in record.categories],
        "verdicts": [schema.annotation_json(item) for item in record.verdicts],
        "decisions": [schema.annotation_json(item) for item in record.decisions],
    }


@blueprint.get("/layers/<int:layer_id>")
@allow("annotator")
@gives(LAYER)
def get_layer(layer: Layer) -> ResponseReturnValue:
    """Return a layer with its annotations."""
    return answer(layer_json(layer))


@blueprint.post("/layers/<int:layer_id>/edits")
@allow("annotator")
@takes(_EDITS)
@gives({"revision": int, "scheme_version": int})
def post_edits(layer: Layer) -> ResponseReturnValue:
    """Append edits to a layer; 409 with the edits missed when it has moved on."""
    _own(layer)
    base, edits = schema.parse_edits(sent())
    try:
        if layer.gold:
            revision = settling.label_by_hand(layer, base, edits, me(), now())
        else:
            revision = editing.apply(layer.id, base, edits, actor_id=me().id, now=now())
    except Stale as error:
        error.details["scheme_version"] = _scheme_version(layer)
        raise
    return answer({"revision": revision, "scheme_version": _scheme_version(layer)})


def _scheme_version(layer: Layer) -> int:
    """Return the version of the scheme: a page that knows another has to learn it anew."""
    return db.session.get_one(Project, layer.project_id).scheme_version


@blueprint.get("/layers/<int:layer_id>/edits")
@allow("annotator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("edits", Known("LoggedEdit"), scheme_version=int))
def get_edits(layer: Layer) -> ResponseReturnValue:
    """Return the edits of a layer after the revision `after`, oldest first."""
    found = list(editing.history(layer.id, paging.after(0), paging.wanted()))
    page = paging.page("edits", found, lambda edit: int(edit["revision"]))
    return answer({**page, "scheme_version": _scheme_version(layer)})


@blueprint.get("/layers/<int:layer_id>/alike")
@allow("annotator")
@takes(start=NUMBER, end=NUMBER)
@gives(Lean({"document": str, **{name: ANNOTATIONS[name] for name in ("entities", "relations")}}))
def get_alike(layer: Layer) -> ResponseReturnValue:
    """Return what was annotated in the same passage of another document, placed as in this one.

    The passage is `[start, end)`; of several such documents it is the one changed last. Empty where
    there is none. For a layer of gold it is gold of the others.
    """
    start, end = (request.args.get(name, -1, type=whole) for name in ("start", "end"))
    found = work.annotated_alike(layer, start, end)
    if found is None:
        return answer({})
    return answer(
        {
            "document": found.document.title,
            "entities": [schema.annotation_json(item) for item in found.entities],
            "relations": [schema.annotation_json(item) for item in found.relations],
        }
    )


@dataclass(frozen=True, slots=True)
class Back:
    """The revision that a layer is brought back to, and the sender's own name for doing so."""

    revision: Whole
    key: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,40}$")]


@dataclass(frozen=True, slots=True)
class Forth:
    """The name of the restore that is taken back."""

    key: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,40}$")]


@blueprint.post("/layers/<int:layer_id>/restore")
@allow("annotator")
@takes(Back)
@gives({"revision": int})
def restore_layer(layer: Layer) -> ResponseReturnValue:
    """Bring a layer back to what it was at a revision, by one edit; curators anybody's."""
    back = sent_as(Back)
    return answer({"revision": settling.restore(layer, back.revision, back.key, me(), now())})


@blueprint.post("/layers/<int:layer_id>/restore/undo")
@allow("annotator")
@takes(Forth)
@gives({"revision": int})
def undo_restore(layer: Layer) -> ResponseReturnValue:
    """Take back one's own restore, by its key; 409 when it was changed again since."""
    settling.take_back(layer, sent_as(Forth).key, me(), now())
    db.session.refresh(layer)
    return answer({"revision": layer.revision})


@blueprint.patch("/layers/<int:layer_id>")
@allow("annotator")
@takes(_STATE)
@gives(_CHANGED)
def patch_layer(layer: Layer) -> ResponseReturnValue:
    """Change what a layer says of the work on it; with a status, hand out the next document."""
    _own(layer)
    changes = sent_object()
    if layer.gold and "status" in changes:
        raise Invalid("Gold is accepted where differences are settled: that tells what is open.")
    work.set_state(layer, changes, now())
    project = db.session.get_one(Project, layer.project_id)
    if changes.get("status") == "done":
        transfer.train_when_due(project)
    state = {name: getattr(layer, name) for name in ("status", "flag", "reason", "read_to")}
    following = work.Handed(None)
    if "status" in changes:  # otherwise nobody is about to go on
        following = work.hand_out(project, me(), now(), layer.document_id)
    told = {"next": following.document_id, "next_reason": following.reason}
    return answer({**state, "seconds": layer.seconds, **told})


def _own(layer: Layer) -> None:
    """Refuse to write to a layer of somebody else; gold is every curator's."""
    if not layer.gold and layer.annotator_id != me().id:
        raise NotFound("This layer is somebody else's: only they may change it.")
