"""The page on which a lead renames, merges or retires a label: what it would do, and doing it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import jobs, label_changes, schema
from labeler.errors import LabelerError
from labeler.label_changes import Revision
from labeler.models import Job, LabelChange, Project
from labeler.models.database import now
from labeler.models.label_changes import MOVING
from labeler.web.auth import allow, me
from labeler.web.openapi import whole

blueprint = Blueprint("labels", __name__)
_SHOWN = 5
"""Changes on one page of the scheme."""
DONE = {
    "rename": "{label} is called {into} by now.",
    "merge": "{label} was merged into {into}.",
    "retire": "{label} was retired: it is not offered any more.",
    "restore": "{label} is offered again.",
}
_BEGUN = {
    "rename": "{label} is called {into} from now on. What is labeled follows.",
    "merge": "{label} is merged into {into}. What is labeled follows.",
}


def asked(project: Project) -> Revision:
    """Return what a request asks for; what is not one of its words is the first of them."""
    values = request.values
    kind = _one_of(values.get("kind"), schema.KINDS)
    action = _one_of(values.get("action"), label_changes.ACTIONS)
    labels = project.scheme.labels(kind)
    label = values.get("label") or (labels[0].name if labels else "")
    return Revision(kind, action, label, values.get("into", "").strip())


def _one_of(said: str | None, known: Any) -> Any:
    return said if said in known else known[0]


@blueprint.route("/projects/<slug>/scheme/label", methods=["GET", "POST"])
@allow("manager")
def change(project: Project) -> ResponseReturnValue:
    """Show what a change of a label would do; a POST does it."""
    revision = asked(project)
    error = ""
    if request.method == "POST":
        try:
            made = label_changes.change_label(project, revision, me())
        except LabelerError as refused:
            error = refused.message
        else:
            words = _BEGUN.get(made.action, "") if made.state != "done" else DONE[made.action]
            flash(words.format(label=made.label, into=made.into))
            return redirect(url_for("scheme.edit", slug=project.slug))
    return render_template("label_change.html", **_shown(project, revision, error))


def _shown(project: Project, revision: Revision, error: str) -> dict[str, Any]:
    """Return what the page shows: the label, what may be chosen, and what it would do."""
    labels = project.scheme.labels(revision.kind)
    label = next((each for each in labels if each.name == revision.label), None)
    seen: label_changes.Preview | None = None
    examples: list[label_changes.Example] = []
    following: int | None = None
    chosen = bool(revision.into) or not revision.rewrites
    if chosen and not error:
        try:
            after = request.args.get("after", 0, type=whole)
            seen = label_changes.preview(project, revision)
            examples, following = label_changes.examples(project, revision, after)
        except LabelerError as refused:
            error = refused.message
    return {
        "here": "scheme.edit",
        "revision": revision,
        "label": label,
        "others": [each for each in labels if each.name != revision.label],
        "color": next((e.color for e in labels if e.name == revision.into), label and label.color),
        "seen": seen,
        "examples": examples,
        "following": following,
        "error": error,
    }


@blueprint.post("/projects/<slug>/scheme/label/<int:label_change_id>/undo")
@allow("manager")
def undo(project: Project, label_change_id: int) -> ResponseReturnValue:
    """Take a change of a label back."""
    try:
        found = label_changes.find_change(project, label_change_id)
        undone = label_changes.undo_change(project, found, me(), now())
        left = "" if undone.state == "undone" else " What is labeled follows."
        flash(f"All is back to {undone.label} as it was.{left}")
    except LabelerError as error:
        flash(error.message)
    return redirect(url_for("scheme.edit", slug=project.slug))


def listed(project: Project) -> dict[str, Any]:
    """Return what the page of the scheme shows of changes of labels, the last ones."""
    before = request.args.get("changes", type=whole)
    some = label_changes.changes(project, before, _SHOWN + 1)
    found = some[:_SHOWN]
    under_way = {each.id: _job(each) for each in found if each.state in MOVING}
    return {
        "changes": found,
        "older": found[-1].id if len(some) > _SHOWN else None,
        "under_way": under_way,
        "workers": jobs.workers() if under_way else [],
    }


def _job(change: LabelChange) -> Job | None:
    """Return the job of a change that is under way; None where it was forgotten."""
    try:
        return jobs.find(change.job_id or 0)
    except LabelerError:
        return None
