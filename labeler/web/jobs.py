"""Background work on pages and in the API: how far it is, what it told, cancel and retry."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import accounts, jobs, projects, transfer
from labeler.errors import LabelerError, NotFound
from labeler.models import Job, Project
from labeler.web.auth import allow, me
from labeler.web.openapi import whole

blueprint = Blueprint("jobs", __name__)
_PAGE = 50
"""Jobs on one page."""
_PROBLEMS = 200
"""Things that did not fit, on one page."""
_NUMBER = {"type": "integer", "minimum": 0}


def job_of(project: Project, job_id: int) -> Job:
    """Return a job of this project; raises NotFound."""
    job = jobs.find(job_id)
    if job.project_id != project.id:
        raise NotFound("There is no such job in this project.")
    return job


def _listing(project: Project | None) -> dict[str, Any]:
    """Return what a page that lists jobs shows."""
    found = jobs.listed(
        project.id if project else None, request.args.get("before", type=whole), _PAGE
    )
    return {
        "jobs": found,
        "heard": jobs.heartbeats(found),
        "people": accounts.names([job.created_by for job in found]),
        "workers": jobs.workers(),
        "unfinished": any(job.state in jobs.UNFINISHED for job in found),
        "more": found[-1].id if len(found) == _PAGE else None,
    }


# ---- pages -----------------------------------------------------------------------------------


@blueprint.get("/jobs")
@allow("admin")
def everywhere() -> ResponseReturnValue:
    """List the jobs of all projects, and the workers there are."""
    page = _listing(None)
    return render_template("jobs.html", **page, slugs=projects.slugs())


@blueprint.get("/projects/<slug>/jobs")
@allow("manager")
def listed(project: Project) -> ResponseReturnValue:
    """List the jobs of a project."""
    return render_template("jobs.html", **_listing(project), slugs={project.id: project.slug})


@blueprint.get("/projects/<slug>/jobs/<int:job_id>")
@allow("manager")
def job(project: Project, job_id: int) -> ResponseReturnValue:
    """Show a job: how far it is, its log, and what did not fit."""
    found = job_of(project, job_id)
    first = request.args.get("after", 0, type=whole)
    problems = jobs.problems(found.id, first, _PROBLEMS)
    return render_template(
        "job.html",
        job=found,
        heard=jobs.heartbeats([found]).get(found.id),
        people=accounts.names([found.created_by]),
        workers=jobs.workers(),
        lines=jobs.lines(found.id),
        problems=problems,
        unfinished=found.state in jobs.UNFINISHED,
        more=problems[-1].id if len(problems) == _PROBLEMS else None,
    )


@blueprint.post("/projects/<slug>/jobs/suggest")
@allow("manager")
def suggest(project: Project) -> ResponseReturnValue:
    """Queue suggestions for all documents that lack them."""
    queued = transfer.queue_suggestions(project, me().id)
    return redirect(url_for("jobs.job", slug=project.slug, job_id=queued.id))


@blueprint.post("/projects/<slug>/jobs/<int:job_id>/<any(cancel, retry):change>")
@allow("manager")
def change(project: Project, job_id: int, change: str) -> ResponseReturnValue:
    """Cancel a job, or try it again."""
    found = job_of(project, job_id)
    try:
        _CHANGES[change](found.id)
    except LabelerError as error:
        flash(error.message)
    return redirect(url_for("jobs.job", slug=project.slug, job_id=found.id))


_CHANGES = {"cancel": jobs.cancel, "retry": jobs.retry}


@blueprint.get("/projects/<slug>/jobs/<int:job_id>/problems.<any(csv, json):form>")
@allow("manager")
def problems(project: Project, job_id: int, form: str) -> ResponseReturnValue:
    """Send all that did not fit, as a table or as JSON."""
    found = job_of(project, job_id)
    rows = [problem.as_problem().to_json() for problem in _each_problem(found.id)]
    if form == "json":
        body, kind = orjson.dumps(rows, option=orjson.OPT_INDENT_2), "application/json"
    else:
        body, kind = _table(rows), "text/csv"
    answer = Response(body, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=f"job-{found.id}.{form}")
    return answer


def _each_problem(job_id: int) -> Iterator[Any]:
    last = 0
    while page := jobs.problems(job_id, last):
        yield from page
        last = page[-1].id


def _table(rows: list[dict[str, object]]) -> bytes:
    """Return rows as CSV that spreadsheets open as it is: nothing in it is taken for a formula."""
    names = ("file", "line", "path", "message", "code")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name, "")) for name in names] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    plain = isinstance(value, int) or not str(value).startswith(("=", "+", "-", "@", "\t", "\r"))
    return value if plain else f"'{value}"
