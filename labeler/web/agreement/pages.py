"""The pages of agreement that show its numbers, and its report as a file."""

import csv
import io
from functools import partial

import orjson
from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from labeler import reliability
from labeler.models import Document, Project, db
from labeler.reliability import CATEGORIES
from labeler.web.agreement import categories, figures, lines
from labeler.web.agreement.reading import is_ready
from labeler.web.agreement.scope import Links, asked, colors
from labeler.web.auth import allow, me

blueprint = Blueprint("agreement", __name__)


@blueprint.get("/projects/<slug>/agreement")
@allow("curator")
def overview(project: Project) -> ResponseReturnValue:
    """Show how far annotators agree, and on what they differ."""
    given = asked(project)
    found, job = reliability.latest(project, given.scope, me().id)
    if found is None:
        return render_template("agreement_waiting.html", asked=given, job=job)
    if found.fresh:
        is_ready(project, given.scope)  # who sees the numbers opens one of them next
    chosen = request.args.get("a"), request.args.get("b")
    of_documents = given.part == CATEGORIES
    shown = categories.page if of_documents else partial(figures.page, part=given.part)
    return render_template(
        "agreement_categories.html" if of_documents else "agreement.html",
        asked=given,
        found=found,
        job=job,
        page=shown(found, chosen=chosen),
        warnings=figures.warnings_of(found.report),
        people=reliability.people(project),
        links=Links(project, given),
        total=_total(project),
        kinds=figures.KINDS[given.part],
        colors=colors(project),
    )


def _total(project: Project) -> int:
    return db.session.query(Document).filter_by(project_id=project.id).count()


@blueprint.get("/projects/<slug>/agreement/download")
@allow("curator")
def download(project: Project) -> ResponseReturnValue:
    """Send the report as JSON or, a number a line, as CSV."""
    given = asked(project)
    found, job = reliability.latest(project, given.scope, me().id)
    if found is None or job is not None:
        flash("These numbers are being computed anew. Download them when they are here.")
        return redirect(Links(project, given).to())
    name = f"{project.slug}-agreement"
    if request.args.get("format") == "json":
        body = orjson.dumps(found.report, option=orjson.OPT_INDENT_2)
        return _file(body, "application/json", f"{name}.json")
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(lines.COLUMNS)
    writer.writerows(lines.rows(found.report))
    return _file(table.getvalue(), "text/csv", f"{name}.csv")


def _file(content: str | bytes, kind: str, name: str) -> Response:
    sent = Response(content, mimetype=kind)
    sent.headers.set("Content-Disposition", "attachment", filename=name)
    return sent
