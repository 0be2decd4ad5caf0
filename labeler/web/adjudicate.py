"""Settling what annotators left different: the list of documents, the page, what it calls."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import adjudication, jobs, schema, settling
from labeler.errors import Invalid, NotFound
from labeler.models import Document, Job, Project
from labeler.models.database import now
from labeler.web.api.adjudication import case_json, record_json
from labeler.web.api.documents import document_json
from labeler.web.auth import allow, me
from labeler.web.forms import AutomaticForm, tell
from labeler.web.openapi import whole
from labeler.web.opening import opening

blueprint = Blueprint("adjudicate", __name__)
COUNTED = 500
"""Documents that are counted while somebody waits; settled are all."""


# ---- pages -----------------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/adjudicate")
@allow("curator")
def documents(project: Project) -> ResponseReturnValue:
    """List the documents that several finished, with what is open and settled in each."""
    state = request.args.get("state", "")
    state = state if state in settling.STATES else ""
    after = max(request.args.get("after", 0, type=whole), 0)
    rows, following = settling.documents(project, after=after, state=state or None)
    return render_template(
        "adjudicate_list.html",
        rows=rows,
        state=state,
        after=after,
        following=following,
        first=settling.next_to_settle(project),
    )


@blueprint.get("/projects/<slug>/adjudicate/next")
@allow("curator")
def following(project: Project) -> ResponseReturnValue:
    """Go to the next document with something to settle, or to the list when all is settled."""
    found = settling.next_to_settle(project, request.args.get("after", 0, type=whole))
    if found is None:
        return redirect(url_for("adjudicate.documents", slug=project.slug))
    return redirect(url_for("adjudicate.settle", slug=project.slug, document_id=found))


@blueprint.get("/projects/<slug>/adjudicate/<int:document_id>")
@allow("curator")
def settle(project: Project, document: Document) -> ResponseReturnValue:
    """Show a document with what its annotators differ in; `at` names the place to begin with."""
    case = settling.open_case(document, me(), now())
    shown = {
        "document": document_json(document),
        "scheme": schema.scheme_json(project.scheme),
        "project": {"slug": project.slug, "title": project.title, "language": project.language},
        "layers": [record_json(layer) for layer in case.layers],
        "reasons": adjudication.REASONS,
        "user": {"name": me().name},
        "direct": url_for("adjudicate.label_gold", slug=project.slug, document_id=document.id),
        "list": url_for("adjudicate.documents", slug=project.slug),
    }
    return render_template("adjudicate.html", case={**shown, **case_json(case)})


@blueprint.get("/projects/<slug>/adjudicate/<int:document_id>/<any(agreed, settled, open):stand>")
@allow("curator")
def places(project: Project, document: Document, stand: str) -> ResponseReturnValue:
    """List the places of a document that are agreed, settled or open."""
    found = settling.places(document, project.scheme, stand)
    return render_template("adjudicate_places.html", document=document, stand=stand, places=found)


@blueprint.get("/projects/<slug>/adjudicate/<int:document_id>/gold")
@allow("curator")
def label_gold(project: Project, document: Document) -> ResponseReturnValue:
    """Show the gold layer of a document for labeling it directly."""
    case = settling.open_case(document, me(), now())
    scheme = project.scheme
    begun = opening(document, case.record.entities, scheme)
    return render_template(
        "annotate.html", document=document, scheme=scheme, opening=begun, layer="gold"
    )


@blueprint.route("/projects/<slug>/adjudicate/automatic", methods=["GET", "POST"])
@allow("curator")
def automatic(project: Project) -> ResponseReturnValue:
    """Settle what needs no person, by vote or by competence; first a part of it is counted only.

    `job` names a job that settles, or takes back: how far it is.
    """
    form = AutomaticForm(request.values, meta={"csrf": False})  # every POST is guarded already
    batch = None
    if request.values.get("threshold") and form.validate():
        share = (form.threshold.data or 0) / 100
        try:
            if request.method == "POST":
                queued = settling.queue_settling(
                    project, form.by.data, share, me(), accepting=form.accept.data
                )
                address = url_for("adjudicate.automatic", slug=project.slug, job=queued.id)
                return redirect(address)
            batch = settling.settle_all(
                project, me(), now(), by=form.by.data, threshold=share, preview=True, most=COUNTED
            )
        except Invalid as error:
            tell(form, error)
    job, after = _job(project), max(request.args.get("after", 0, type=whole), 0)
    rows, following = _settled(project, job, after)
    return render_template(
        "adjudicate_automatic.html",
        form=form,
        batch=batch,
        counted=COUNTED,
        job=job,
        settled=rows,
        after=after,
        following=following,
        unfinished=jobs.UNFINISHED,
        workers=jobs.workers(),
    )


def _settled(
    project: Project, job: Job | None, after: int
) -> tuple[list[settling.Settled], int | None]:
    """Return a page of the documents that a job settled, and what asks for the next."""
    if job is None or job.kind != settling.SETTLE or not job.result:
        return [], None
    given = job.parameters
    return settling.settled(project, given["key"], given["by"], after)


def _job(project: Project) -> Job | None:
    """Return the job asked for, if it is one that settles in this project."""
    number = request.args.get("job", 0, type=whole)
    if number <= 0:
        return None
    found = jobs.find(number)
    if found.project_id != project.id or found.kind not in (settling.SETTLE, settling.TAKE_BACK):
        raise NotFound("There is no such job in this project.")
    return found


@blueprint.post("/projects/<slug>/adjudicate/undo")
@allow("curator")
def undo_batch(project: Project) -> ResponseReturnValue:
    """Take back what was settled at once."""
    queued = settling.queue_undo(project, request.form.get("key", "")[:100], me())
    return redirect(url_for("adjudicate.automatic", slug=project.slug, job=queued.id))
