"""How suggesters do beside gold: asked for on the page of suggestions, opened to every place."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler.errors import LabelerError
from labeler.models import Project
from labeler.transfer import evaluation as made
from labeler.web.auth import allow, me

blueprint = Blueprint("evaluations", __name__)
KINDS = {
    "missed": "Missed",
    "wrong": "Proposed wrongly",
}
"""How a proposal may differ from gold."""


@blueprint.post("/projects/<slug>/suggestions/evaluate")
@allow("manager")
def evaluate(project: Project) -> ResponseReturnValue:
    """Queue an evaluation of a suggester on gold."""
    try:
        job = made.queue_evaluation(project, request.form.get("key", ""), me().id)
    except LabelerError as error:
        flash(error.message)
        return redirect(url_for("learning.page", slug=project.slug))
    flash("The evaluation is queued. Its result stands on the page of suggestions when it is done.")
    return redirect(url_for("jobs.job", slug=project.slug, job_id=job.id))


@blueprint.get("/projects/<slug>/suggestions/evaluations/<int:evaluation_id>")
@allow("curator")
def evaluation(project: Project, evaluation_id: int) -> ResponseReturnValue:
    """Show scores by label, and the places where proposals and gold differ."""
    found = made.find_evaluation(project, evaluation_id)
    what = "relation" if request.args.get("what") == "relation" else "entity"
    label = request.args.get("label", "")
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else "missed"
    shown = made.shown(project, found, what, kind, label) if label else []
    return render_template(
        "evaluation.html",
        evaluation=found,
        title=made.title_of(found),
        what=what,
        label=label,
        kind=kind,
        kinds=KINDS,
        shown=shown,
        most=made.SHOWN,
    )
