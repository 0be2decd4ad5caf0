"""The versions of the guidelines, and lines that decisions propose for them."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import accounts, projects, settling
from labeler import guidelines as kept
from labeler.errors import LabelerError, NotFound
from labeler.models import Project
from labeler.web.auth import allow, me
from labeler.web.openapi import whole

blueprint = Blueprint("guidelines", __name__)


@blueprint.get("/projects/<slug>/guidelines/versions")
@allow("annotator")
def versions(project: Project) -> ResponseReturnValue:
    """List the versions of the guidelines with what each changed; curators see proposed lines."""
    found = kept.versions(project, request.args.get("before", type=whole))
    curates = accounts.may(project, me(), "curator")
    lines = settling.proposed_lines(project) if curates else []
    return render_template("guideline_versions.html", versions=found, lines=lines)


@blueprint.post("/projects/<slug>/guidelines/restore")
@allow("manager")
def restore(project: Project) -> ResponseReturnValue:
    """Make an earlier version the present one, as a new version."""
    number = request.form.get("number", 0, type=whole)
    try:
        text = kept.find(project, number).text
    except NotFound as error:
        flash(error.message)
        return redirect(url_for("guidelines.versions", slug=project.slug))
    return _changed(
        project,
        lambda: projects.change_guidelines(project, text, me()),
        f"The guidelines are those of version {number} again.",
    )


@blueprint.post("/projects/<slug>/guidelines/add")
@allow("curator")
def add_line(project: Project) -> ResponseReturnValue:
    """Add a line to the guidelines, as a new version."""
    line = request.form.get("line", "")
    return _changed(
        project,
        lambda: projects.add_guideline(project, line, me()),
        "The line was added at the end of the guidelines.",
    )


def _changed(project: Project, change: Callable[[], None], told: str) -> ResponseReturnValue:
    try:
        change()
    except LabelerError as error:
        told = " ".join([error.message, *(problem.message for problem in error.problems)])
    flash(told)
    return redirect(url_for("guidelines.versions", slug=project.slug))
