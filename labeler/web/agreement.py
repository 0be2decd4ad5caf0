"""Pages and API of agreement: the numbers."""

import csv
import io
from functools import partial

import orjson
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from labeler import reliability
from labeler.models import Document, Project, db
from labeler.reliability import CATEGORIES
from labeler.web import agreement_csv
from labeler.web import agreement_view as view
from labeler.web.agreement_scope import SCOPE, Links, asked, colors
from labeler.web.api import blueprint as api
from labeler.web.auth import allow, me
from labeler.web.openapi import takes

blueprint = Blueprint("agreement", __name__)

# ---- pages -----------------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/agreement")
@allow("curator")
def overview(project: Project) -> ResponseReturnValue:
    """Show how far annotators agree, and on what they differ."""
    given = asked(project)
    found, job = reliability.latest(project, given.scope, me().id)
    if found is None:
        return render_template("agreement_waiting.html", asked=given, job=job)
    chosen = request.args.get("a"), request.args.get("b")
    categories = given.part == CATEGORIES
    shown = view.category_page if categories else partial(view.page, part=given.part)
    return render_template(
        "agreement_categories.html" if categories else "agreement.html",
        asked=given,
        found=found,
        job=job,
        page=shown(found, chosen=chosen),
        people=reliability.people(project),
        links=Links(project, given),
        total=_total(project),
        kinds=view.KINDS[given.part],
        colors=colors(project),
    )


def _total(project: Project) -> int:
    return db.session.query(Document).filter_by(project_id=project.id).count()


@blueprint.get("/projects/<slug>/agreement/download")
@allow("curator")
def download(project: Project) -> ResponseReturnValue:
    """Send the report as JSON or, a number a line, as CSV."""
    given = asked(project)
    found = reliability.overview(project, given.scope)
    name = f"{project.slug}-agreement"
    if request.args.get("format") == "json":
        answer = Response(
            orjson.dumps(found.report, option=orjson.OPT_INDENT_2), mimetype="application/json"
        )
        answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.json")
        return answer
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(agreement_csv.COLUMNS)
    writer.writerows(agreement_csv.rows(found.report))
    answer = Response(table.getvalue(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return answer


# ---- API -------------------------------------------------------------------------------------


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")


@api.get("/projects/<slug>/agreement")
@allow("curator")
@takes(**SCOPE)
def get_agreement(project: Project) -> ResponseReturnValue:
    """Return how far annotators agree: what `labeler agreement --json` prints."""
    return _json(reliability.overview(project, asked(project).scope).report)
