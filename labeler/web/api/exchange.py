"""Articles in and corpora out, for programs: imports, exports, what they told and what differs."""

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from labeler import jobs, projects, transfer, work
from labeler.errors import Invalid, Problem
from labeler.formats import exporters, importers
from labeler.models import Export, Job, JobProblem, Project
from labeler.web import paging, uploads
from labeler.web.answers import answer, sent_object
from labeler.web.api import blueprint
from labeler.web.api.jobs import JOB, job_json
from labeler.web.auth import allow, me
from labeler.web.jobs import job_of
from labeler.web.manage import FEW
from labeler.web.openapi import FILE, MAX_ID, gives, takes, whole
from labeler.web.shapes import Every, Lean

__all__ = ["blueprint"]

_STRING = {"type": "string"}
_NUMBER = {"type": "integer", "minimum": 0}
_TRUE = ("1", "true")
_EXPORT = {
    "type": "object",
    "required": ["format"],
    "properties": {
        "format": {**_STRING, "description": "A name of an exporter: docbin, jsonl and others."},
        "layer": {**_STRING, "description": "gold, all, suggestions or whose.", "default": "gold"},
        "split": {
            "type": "array",
            "items": _NUMBER,
            "minItems": 3,
            "maxItems": 3,
            "default": [80, 10, 10],
        },
        "seed": {**_NUMBER, "maximum": MAX_ID, "default": 0},
        "name": {**_STRING, "maxLength": 80, "description": "Makes it a snapshot of this name."},
    },
}
PROBLEM = Lean(message=str, path=str, file=str, line=int, code=str)
_ROW = {
    "id": int,
    "name": str | None,
    "format": str,
    "options": dict[str, Any],
    "counts": dict[str, int],
    "made_by": str | None,
    "created": datetime,
}
_REPORT = {
    "counts": dict[str, int],
    "total": int,
    "problems": [PROBLEM],
    "warnings": list[str],
}
_BECAME = Every({"added": int, "removed": int, "changed": int})
_CHANGES = {
    "documents": {"added": list[str], "removed": list[str]},
    "by_label": _BECAME,
    "by_document": _BECAME,
    **paging.listed("changes", transfer.Change),
}
_PROBLEMS = 500
"""Things that did not fit that an export tells by itself."""


# ---- in --------------------------------------------------------------------------------------


@blueprint.post("/projects/<slug>/imports")
@allow("manager")
@takes(
    FILE,
    name={**_STRING, "description": "What the file is called: its ending tells its format."},
    format={**_STRING, "description": "The name of an importer, where the ending does not tell."},
    annotator={**_STRING, "description": "Whose layers these are, where the file does not say."},
    add_labels={"type": "boolean", "description": "Add labels to the scheme that it lacks."},
)
@gives(JOB)
def post_import(project: Project) -> ResponseReturnValue:
    """Import the file that is the body, and return the job: ended already where it was small.

    Importing twice changes nothing the second time.
    """
    name = request.args.get("name") or "articles.jsonl"
    importer = request.args.get("format") or "auto"
    if importer != "auto":
        _known(importer, importers.names())
    if request.mimetype == "application/x-www-form-urlencoded":
        raise Invalid("Send the file itself, as `Content-Type: application/octet-stream`.")
    job = uploads.take_in(
        project,
        [FileStorage(request.stream, filename=name)],
        actor=me(),
        annotator=request.args.get("annotator") or None,
        add_labels=request.args.get("add_labels") in _TRUE,
        importer=importer,
    )
    return answer(job_json(job))


@blueprint.get("/projects/<slug>/jobs/<int:job_id>/problems")
@allow("manager")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("problems", PROBLEM))
def get_problems(project: Project, job_id: int) -> ResponseReturnValue:
    """Return what did not fit in a job, in the order in which it was met."""
    found = jobs.problems(job_of(project, job_id).id, paging.after(0), paging.wanted())
    return answer(paging.page("problems", found, lambda one: one.id, _problem))


def _problem(row: JobProblem) -> dict[str, Any]:
    return row.as_problem().to_json()


# ---- out -------------------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/exports")
@allow("manager")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("exports", _ROW))
def get_exports(project: Project) -> ResponseReturnValue:
    """Return exports and snapshots, newest first."""
    found = projects.exports(project, paging.after(MAX_ID), paging.wanted())
    return answer(paging.page("exports", found, lambda row: row.id, _export_json))


@blueprint.post("/projects/<slug>/exports")
@allow("manager")
@takes(_EXPORT)
@gives(JOB)
def post_export(project: Project) -> ResponseReturnValue:
    """Export a corpus, and return the job: ended already where there are few documents.

    Its result has the id of the export. A name makes it a snapshot, which is taken only once.
    """
    options = _options(dict(sent_object()))
    chosen = options.pop("format")

    def queued() -> Job:
        return transfer.queue_export(project, chosen, actor=me(), **options)

    few = work.progress(project, me()).total <= FEW
    return answer(job_json(jobs.do_now(queued) if few else queued()))


def _options(sent: dict[str, Any]) -> dict[str, Any]:
    """Return what was said of an export; raises Invalid for what cannot be meant."""
    problems = [
        Problem("There is no such option, or it cannot have this value.", name)
        for name, value in sent.items()
        if name not in _FITS or not _FITS[name](value)
    ]
    if problems or "format" not in sent:
        raise Invalid("Say in which `format`, and use known options only.", problems)
    _known(sent["format"], exporters.names())
    return sent


def _known(name: str, names: list[str]) -> None:
    if name not in names:
        raise Invalid(
            f"There is no format {name!r}. Known: {', '.join(names)}.",
            [Problem("Use the name of a format.", "format")],
        )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 80 and "\0" not in value


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ID


_FITS = {
    "format": _is_text,
    "layer": _is_text,
    "name": _is_text,
    "seed": _is_number,
    "split": lambda value: (
        isinstance(value, list) and len(value) == 3 and all(map(_is_number, value)) and value[0] > 0
    ),
}


@blueprint.get("/projects/<slug>/exports/<int:export_id>")
@allow("manager")
@gives({**_ROW, "files": [{"name": str, "bytes": int}], "report": _REPORT})
def get_export(project: Project, export_id: int) -> ResponseReturnValue:
    """Return an export with its files and its report.

    Of what did not fit it has the first 500 problems, and how many there are as `total`; the list
    of its problems has them all, and so has the file `report.json` of the download.
    """
    row = projects.find_export(project, export_id)
    folder = Path(row.folder)
    sizes = uploads.sizes(folder, uploads.files_below(folder))
    files = [{"name": name, "bytes": size} for name, size in sizes]
    found = uploads.report_of(folder, 0, _PROBLEMS)
    report = {name: getattr(found, name) for name in ("counts", "problems", "total", "warnings")}
    return answer({**_export_json(row), "files": files, "report": report})


@blueprint.get("/projects/<slug>/exports/<int:export_id>/problems")
@allow("manager")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("problems", PROBLEM, total=int))
def get_export_problems(project: Project, export_id: int) -> ResponseReturnValue:
    """Return what did not fit in an export, in order; `total` is how many there are.

    A report never changes, so that a page begins after as many as `after` says.
    """
    folder, begin = Path(projects.find_export(project, export_id).folder), paging.after(0)
    found = uploads.report_of(folder, begin, paging.limit())
    rows, end = list(found.problems), begin + len(found.problems)
    following = end if end < found.total else None
    return answer({"total": found.total, "problems": rows, "next": following})


@blueprint.get("/projects/<slug>/exports/<int:export_id>/download")
@allow("manager")
@gives(kind="application/zip")
def get_archive(project: Project, export_id: int) -> ResponseReturnValue:
    """Return the files of an export as a zip archive."""
    return uploads.archive_of(Path(projects.find_export(project, export_id).folder))


@blueprint.get("/projects/<slug>/exports/<int:export_id>/changes")
@allow("manager")
@takes(
    since={**_NUMBER, "description": "The id of the export to compare with."}, **paging.BY_NUMBER
)
@gives(_CHANGES)
def get_changes(project: Project, export_id: int) -> ResponseReturnValue:
    """Return what was added, removed and changed since another export.

    The changes of a page begin after as many as `after` says.
    """
    since = request.args.get("since", export_id, type=whole)
    rows = [projects.find_export(project, key) for key in (since, export_id)]
    manifests = [transfer.read_manifest(Path(row.folder)) for row in rows]
    told, begin = transfer.compare(project, *manifests).to_json(), paging.after(0)
    rows = told["changes"][begin : begin + paging.limit()]
    following = begin + len(rows) if begin + len(rows) < len(told["changes"]) else None
    return answer({**told, "changes": rows, "next": following})


def _export_json(row: Export) -> dict[str, Any]:
    names = ("id", "name", "format", "options", "counts", "made_by", "created")
    return {name: getattr(row, name) for name in names}
