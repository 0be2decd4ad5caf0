"""The pages that people work with: their projects, how far they are, what there is to label."""

from typing import Any, NamedTuple

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from labeler import accounts, comments, projects, work
from labeler.errors import NotFound
from labeler.models import Document, Project
from labeler.models.database import now
from labeler.schema import STATUSES
from labeler.web import progress
from labeler.web.auth import allow, me
from labeler.web.markdown import render
from labeler.web.openapi import whole
from labeler.web.opening import LENGTH, opening

blueprint = Blueprint("pages", __name__)


class Leaf(NamedTuple):
    """A page of a project: its endpoint, what it is called, and the least role that sees it."""

    endpoint: str
    words: str
    least: accounts.ProjectRole


NAVIGATION: dict[str, tuple[Leaf, ...]] = {
    "Overview": (Leaf("pages.overview", "Overview", "annotator"),),
    "Documents": (
        Leaf("pages.documents", "Documents", "annotator"),
        Leaf("handing.assignments", "Everybody’s work", "curator"),
        Leaf("consistency.sudden", "Sudden changes", "annotator"),
    ),
    "Label": (Leaf("pages.next_to_label", "Label", "annotator"),),
    "Guidelines": (Leaf("pages.guidelines", "Guidelines", "annotator"),),
    "Agreement": (Leaf("agreement.overview", "Agreement", "curator"),),
    "Adjudicate": (
        Leaf("adjudicate.documents", "Settle", "curator"),
        Leaf("consistency.words", "Consistency", "curator"),
        Leaf("consistency.doubts", "Doubts", "curator"),
    ),
    "Suggestions": (
        Leaf("learning.page", "Learning", "curator"),
        Leaf("patterns.page", "Patterns", "curator"),
    ),
    "Import": (Leaf("manage.import_files", "Import", "manager"),),
    "Export": (Leaf("manage.export", "Export", "manager"),),
    "Settings": (
        Leaf("manage.settings", "General", "manager"),
        Leaf("scheme.edit", "Scheme", "manager"),
        Leaf("people.members", "People", "manager"),
        Leaf("jobs.listed", "Background work", "manager"),
        Leaf("handing.rules", "Handing out", "manager"),
        Leaf("webhooks.listed", "Webhooks", "manager"),
        Leaf("people.project_audit", "Audit log", "manager"),
    ),
}
"""Where the header of a project leads; the pages of one section are tabs below it."""


def _here() -> str | None:
    """Return the endpoint in the navigation whose address this is, also where a form came to it.

    A page that answers a form of another address says itself where it is.
    """
    leaves = (leaf.endpoint for section in NAVIGATION.values() for leaf in section)
    slug = g.project.slug if g.get("project") else None
    return next(
        (each for each in leaves if slug and url_for(each, slug=slug) == request.path), None
    )


@blueprint.app_context_processor
def _surroundings() -> dict[str, Any]:
    """Give every template the person, the project they are in, and what they may do there."""
    role = g.get("role")
    theme = request.cookies.get("labeler-theme")

    def may(least: accounts.ProjectRole) -> bool:
        return role is not None and accounts.ROLES.index(role) >= accounts.ROLES.index(least)

    return {
        "user": me() if current_user.is_authenticated else None,
        "project": g.get("project"),
        "navigation": NAVIGATION,
        "here": _here(),
        "may": may,
        "theme": theme if theme in ("light", "dark") else "",
    }


@blueprint.get("/")
@allow("member")
def home() -> ResponseReturnValue:
    """Show the person's projects."""
    found = projects.visible(me())
    how_far = work.progress_by_project([project.id for project, _ in found], me())
    return render_template("home.html", projects=found, progress=how_far)


@blueprint.get("/projects/<slug>")
@allow("annotator")
def overview(project: Project) -> ResponseReturnValue:
    """Show how the work goes on: everybody's to curators, their own to annotators."""
    if accounts.may(project, me(), "curator"):
        return progress.of_project(project, me())
    return progress.of_person(project, me())


@blueprint.get("/projects/<slug>/progress/<int:user_id>")
@allow("annotator")
def annotator(project: Project, user_id: int) -> ResponseReturnValue:
    """Show how one person gets on; annotators see only themselves."""
    if user_id != me().id and not accounts.may(project, me(), "curator"):
        raise NotFound("There is no such page, or it is not yours to see.")
    return progress.of_person(project, accounts.user_by_id(user_id))


@blueprint.get("/projects/<slug>/progress/<int:user_id>/varied")
@allow("annotator")
def varied(project: Project, user_id: int) -> ResponseReturnValue:
    """List where a person labeled words in one way; annotators see only their own."""
    if user_id != me().id and not accounts.may(project, me(), "curator"):
        raise NotFound("There is no such page, or it is not yours to see.")
    words, label = request.args.get("words", "")[:300], request.args.get("label", "")
    return progress.of_words(project, accounts.user_by_id(user_id), words, label)


@blueprint.get("/projects/<slug>/progress/counted")
@allow("annotator")
def counted(project: Project) -> ResponseReturnValue:
    """List the layers that a number of progress counts; annotators see only their own."""
    everybody = accounts.may(project, me(), "curator")
    person = request.args.get("person", None if everybody else me().id, type=whole)
    if person != me().id and not everybody:
        raise NotFound("There is no such page, or it is not yours to see.")
    counters = request.args.getlist("counter")[: progress.MAX_COUNTERS]
    after = (request.args.get("after", 0, type=whole), request.args.get("by", 0, type=whole))
    whose = accounts.user_by_id(person) if person else None
    return progress.of_counters(project, whose, counters, after)


@blueprint.get("/projects/<slug>/documents")
@allow("annotator")
def documents(project: Project) -> ResponseReturnValue:
    """List documents, a page at a time; find them by name, title and one's own status."""
    status = request.args.get("status", "")
    status = status if status in (*STATUSES, work.UNOPENED) else ""
    words = request.args.get("q", "").strip()
    if words:
        page = work.Page(work.search(project, me(), words, status=status), None, None)
    else:
        after = request.args.get("after", 0, type=whole)
        before = request.args.get("before", type=whole)
        page = work.browse(project, me(), after=after, before=before, status=status)
    reader = comments.Reader(me(), g.role)
    commented = comments.open_counts([row.id for row in page.rows], reader)
    return render_template(
        "documents.html", page=page, words=words, status=status, commented=commented
    )


@blueprint.get("/projects/<slug>/guidelines")
@allow("annotator")
def guidelines(project: Project) -> ResponseReturnValue:
    """Show how to label here."""
    return render_template(
        "guidelines.html", text=render(project.guidelines), scheme=project.scheme
    )


@blueprint.get("/projects/<slug>/label")
@allow("annotator")
def next_to_label(project: Project) -> ResponseReturnValue:
    """Go to the person's next document, or say that all is done."""
    found = work.hand_out(project, me(), now())
    if found.document_id is not None:
        page = url_for("pages.label", slug=project.slug, document_id=found.document_id)
        return redirect(page)
    return render_template(
        "all_done.html", progress=work.progress(project, me()), reason=found.reason
    )


@blueprint.get("/projects/<slug>/documents/<int:document_id>/label")
@allow("annotator")
def label(project: Project, document: Document) -> ResponseReturnValue:
    """Show a document for labeling: how it begins, and the scripts that fetch the rest."""
    layer = work.open_layer(document, me(), now())  # or say why it is not theirs to take
    scheme = project.scheme
    begun = opening(document, work.first_entities(layer, LENGTH), scheme)
    return render_template("annotate.html", document=document, scheme=scheme, opening=begun)
