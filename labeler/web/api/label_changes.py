"""Labels renamed, merged and retired: looked at before, done, and taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask.typing import ResponseReturnValue

from labeler import label_changes, schema
from labeler.label_changes import Affected, Example, Revision
from labeler.models import LabelChange, Project
from labeler.models.database import now
from labeler.web import paging
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.label_changes import asked
from labeler.web.openapi import MAX_ID, NUMBER, gives, takes
from labeler.web.shapes import Sent

__all__ = ["blueprint"]

_ACTIONS = list(label_changes.ACTIONS)
_CHANGE: dict[str, Any] = {
    "id": int,
    "kind": schema.Kind,
    "action": label_changes.Action,
    "label": str,
    "into": str,
    "state": Literal["running", "done", "undoing", "undone"],
    "counts": dict[str, int],
    "job": int | None,
    "actor": str,
    "at": datetime,
    "undone": datetime | None,
    "undone_by": str | None,
}
_PREVIEW: dict[str, Any] = {
    "affected": [Affected],
    "twins": int,
    "more_twins": bool,
    "notes": list[str],
    "kept": list[str],
    "scheme": Sent(schema.Scheme),
    "examples": [Example],
    "next": int | None,
}
_TEXT = {"type": "string", "maxLength": schema.MAX_LABEL}


@dataclass(frozen=True, slots=True)
class NewLabelChange:
    """What is to become of a label; `into` is its new name, or the label it is merged into."""

    kind: schema.Kind
    action: label_changes.Action
    label: str
    into: str = ""


@blueprint.get("/projects/<slug>/label-changes")
@allow("manager")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("changes", _CHANGE))
def get_label_changes(project: Project) -> ResponseReturnValue:
    """Return what was renamed, merged and retired, newest first."""
    found = label_changes.changes(project, paging.after(MAX_ID), paging.wanted())
    return answer(paging.page("changes", found, lambda each: each.id, change_json))


@blueprint.get("/projects/<slug>/label-changes/preview")
@allow("manager")
@takes(
    kind={"enum": list(schema.KINDS)},
    action={"enum": _ACTIONS},
    label=_TEXT,
    into=_TEXT,
    after=NUMBER,
)
@gives(_PREVIEW)
def preview_label_change(project: Project) -> ResponseReturnValue:
    """Return what a change of a label would do, with a page of examples."""
    revision = asked(project)
    seen = label_changes.preview(project, revision)
    shown, following = label_changes.examples(project, revision, paging.after(0))
    counts = ("affected", "twins", "more_twins", "notes", "kept")
    told = {name: getattr(seen, name) for name in counts}
    scheme = schema.scheme_json(seen.scheme)
    return answer({**told, "scheme": scheme, "examples": shown, "next": following})


@blueprint.post("/projects/<slug>/label-changes")
@allow("manager")
@takes(NewLabelChange)
@gives(_CHANGE)
def post_label_change(project: Project) -> ResponseReturnValue:
    """Rename, merge, retire or offer a label again; what is labeled follows in the background."""
    sent = sent_as(NewLabelChange)
    revision = Revision(sent.kind, sent.action, sent.label, sent.into.strip())
    return answer(change_json(label_changes.change_label(project, revision, me())))


@blueprint.get("/projects/<slug>/label-changes/<int:label_change_id>")
@allow("manager")
@gives(_CHANGE)
def get_label_change(project: Project, label_change_id: int) -> ResponseReturnValue:
    """Return a change of a label, and how far it is."""
    return answer(change_json(label_changes.find_change(project, label_change_id)))


@blueprint.post("/projects/<slug>/label-changes/<int:label_change_id>/undo")
@allow("manager")
@gives(_CHANGE)
def undo_label_change(project: Project, label_change_id: int) -> ResponseReturnValue:
    """Take a change of a label back; what was labeled since stays."""
    change = label_changes.find_change(project, label_change_id)
    return answer(change_json(label_changes.undo_change(project, change, me(), now())))


def change_json(change: LabelChange) -> dict[str, Any]:
    """Return a change as it is answered."""
    names = ("id", "kind", "action", "label", "into", "state", "counts", "at", "undone")
    told = {name: getattr(change, name) for name in names}
    undoer = change.undoer.name if change.undoer else None
    return {**told, "job": change.job_id, "actor": change.actor.name, "undone_by": undoer}
