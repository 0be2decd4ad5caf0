"""Pages and API of agreement: the numbers."""

import csv
import io
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from labeler import jobs, reliability
from labeler.errors import Unavailable
from labeler.models import Document, Project, db
from labeler.reliability import CATEGORIES
from labeler.web import agreement_csv
from labeler.web import agreement_view as view
from labeler.web.agreement_scope import SCOPE, Links, asked, colors
from labeler.web.answers import answer
from labeler.web.api import blueprint as api
from labeler.web.auth import allow, me
from labeler.web.openapi import comes_later, gives, takes

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
    writer.writerow(agreement_csv.COLUMNS)
    writer.writerows(agreement_csv.rows(found.report))
    return _file(table.getvalue(), "text/csv", f"{name}.csv")


def _file(content: str | bytes, kind: str, name: str) -> Response:
    sent = Response(content, mimetype=kind)
    sent.headers.set("Content-Disposition", "attachment", filename=name)
    return sent


# ---- API -------------------------------------------------------------------------------------


@api.get("/projects/<slug>/agreement")
@allow("curator")
@takes(**SCOPE)
@comes_later
@gives(dict[str, Any])
def get_agreement(project: Project) -> ResponseReturnValue:
    """Return how far annotators agree: what `labeler agreement --json` prints.

    Of a large corpus a worker computes it: until then the answer is 202, with how far that is.
    """
    found, job = reliability.latest(project, asked(project).scope, me().id)
    if job is None and found is not None:
        return answer(found.report)
    if job is None or job.state not in jobs.UNFINISHED:
        raise Unavailable("The last computation ended without numbers. A manager can try it again.")
    told = {name: getattr(job, name) for name in ("id", "title", "state", "done", "total")}
    later = answer({"job": told})
    later.status_code, later.headers["Retry-After"] = 202, "2"
    return later
