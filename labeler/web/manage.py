"""Pages for those who run a project: making it, articles in and out, settings."""

from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from labeler import nlp, projects, reasons, schema, transfer, work
from labeler.errors import Invalid, LabelerError, Problem
from labeler.formats import exporters, importers
from labeler.models import Job, Project
from labeler.suggest import chosen, suggesters
from labeler.web import uploads
from labeler.web.auth import allow, me
from labeler.web.forms import ExportForm, ImportForm, ProjectForm, SettingsForm, choices, tell
from labeler.web.markdown import render
from labeler.web.openapi import whole

blueprint = Blueprint("manage", __name__)

FILE = "file"
"""The start of a project that is no template."""
FEW = 500
"""Documents that are exported while somebody waits."""
_FILES = 100
"""Files of an export that its page lists."""
_PROBLEMS = 50
"""Problems or changes of an export on one page."""


# ---- a new project ---------------------------------------------------------------------------


@blueprint.route("/projects/new", methods=["GET", "POST"])
@allow("admin")
def new() -> ResponseReturnValue:
    """Let an admin make a project from a template or a scheme file."""
    known = projects.templates()
    form = ProjectForm()
    form.start.choices = [*(SelectChoice(t.name) for t in known), SelectChoice(FILE)]
    form.suggester.choices = choices(suggesters, chosen())
    if form.validate_on_submit():
        try:
            made = _create(form)
        except LabelerError as error:
            tell(form, error)
        else:
            flash("The project was made. Bring articles in.")
            return redirect(url_for("manage.import_files", slug=made.slug))
    return render_template("new.html", form=form, templates=known, pipelines=nlp.pipelines())


def _create(form: ProjectForm) -> Project:
    scheme, guidelines = _start(form)
    options = _options(form.suggester.data, form.pipeline.data or "", {})
    _try(form.suggester.data, options, form.language.data or "", scheme)
    made = projects.create(
        form.slug.data or "",
        title=form.title.data,
        language=form.language.data or "",
        scheme=scheme,
        guidelines=guidelines,
        manager=me(),
    )
    projects.use_suggester(made, form.suggester.data, options)
    return made


def _start(form: ProjectForm) -> tuple[schema.Scheme, str]:
    """Return the scheme and the guidelines that a project starts with."""
    if form.start.data != FILE and not (form.scheme.data and form.scheme.data.filename):
        chosen = projects.template(form.start.data)
        return chosen.scheme, chosen.guidelines
    return uploaded_scheme(form.scheme.data), ""


def uploaded_scheme(file: Any) -> schema.Scheme:
    """Return the scheme in an uploaded file; raises Invalid with its faults as `scheme`'s."""
    if not file or not file.filename:
        raise Invalid("No file was chosen.", [Problem("Choose a file.", "scheme")])
    try:
        return projects.parse_scheme(file.read(projects.MAX_SCHEME_FILE + 1))
    except Invalid as error:
        faults = [str(problem) for problem in error.problems]
        told = [Problem(sentence, "scheme") for sentence in (error.message, *faults)]
        raise Invalid(error.message, told) from None


def _options(suggester: str, pipeline: str, labels: dict[str, str | None]) -> dict[str, Any]:
    """Return the options of a suggester, leaving out those that say nothing."""
    if suggester == "spacy" and not pipeline:
        raise Invalid("Which pipeline?", [Problem("Choose or name a pipeline.", "pipeline")])
    options: dict[str, Any] = {"pipeline": pipeline} if suggester == "spacy" else {}
    return options | ({"labels": labels} if labels else {})


def _try(name: str, options: dict[str, Any], language: str, scheme: schema.Scheme) -> None:
    try:
        transfer.try_suggester(name, options, language, scheme)
    except LabelerError as error:
        field = "pipeline" if name == "spacy" else "suggester"
        raise Invalid(error.message, [Problem(error.message, field)]) from None


# ---- settings --------------------------------------------------------------------------------


@blueprint.route("/projects/<slug>/settings", methods=["GET", "POST"])
@allow("manager")
def settings(project: Project) -> ResponseReturnValue:
    """Let a manager change title, language, guidelines, suggester and reasons."""
    form = SettingsForm(data=_settings_of(project))
    form.suggester.choices = choices(suggesters, chosen())
    preview = render(form.guidelines.data or "") if "preview" in request.form else None
    if form.validate_on_submit() and preview is None:
        try:
            _change_settings(project, form)
        except LabelerError as error:
            tell(form, error)
        else:
            flash("The settings were saved.")
            return redirect(url_for("manage.settings", slug=project.slug))
    return render_template("settings.html", form=form, preview=preview, pipelines=nlp.pipelines())


def _settings_of(project: Project) -> dict[str, Any]:
    options = project.suggester_options
    labels = (options.get("labels") or {}).items()
    return {
        "title": project.title,
        "language": project.language,
        "guidelines": project.guidelines,
        "suggester": project.suggester,
        "pipeline": options.get("pipeline", ""),
        "labels": "\n".join(f"{theirs}={ours or ''}" for theirs, ours in labels),
        **{name: "\n".join(getattr(project, name)) for name in reasons.USUAL},
    }


def _change_settings(project: Project, form: SettingsForm) -> None:
    labels = _labels(form.labels.data or "")
    offered = reasons.read({name: form[name].data or "" for name in reasons.USUAL})
    chosen = form.suggester.data
    options = _options(chosen, form.pipeline.data or "", labels)
    if chosen == project.suggester and "spans_key" in project.suggester_options:
        options["spans_key"] = project.suggester_options["spans_key"]
    language = form.language.data or ""
    if (chosen, options, language) != (
        project.suggester,
        project.suggester_options,
        project.language,
    ):
        _try(chosen, options, language, project.scheme)
    projects.change_settings(
        project,
        title=form.title.data or "",
        language=language,
        guidelines=form.guidelines.data or "",
        by=me(),
    )
    projects.use_suggester(project, chosen, options)
    reasons.use(project, offered)


def _labels(lines: str) -> dict[str, str | None]:
    """Read lines such as `GPE=PLACE`; nothing after the sign means: don't propose these."""
    labels: dict[str, str | None] = {}
    for number, line in enumerate(lines.splitlines(), 1):
        theirs, sign, ours = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not sign or not theirs:
            message = f"Line {number}: write the suggester's label, =, and the scheme's: GPE=PLACE."
            raise Invalid(message, [Problem(message, "labels")])
        labels[theirs] = ours or None
    return labels


# ---- articles in -----------------------------------------------------------------------------


@blueprint.route("/projects/<slug>/import", methods=["GET", "POST"])
@allow("manager")
def import_files(project: Project) -> ResponseReturnValue:
    """Bring uploaded articles in: a few at once, many in the background."""
    form = ImportForm()
    form.format.choices = [SelectChoice("auto", "Each file by its kind"), *choices(importers)]
    if form.validate_on_submit():
        files = [f for f in (*form.files.data, *form.folder.data) if f and f.filename]
        if files:
            try:
                job = _import(project, files, form)
            except LabelerError as error:
                form.annotator.errors = [error.message]
            else:
                return redirect(url_for("jobs.job", slug=project.slug, job_id=job.id))
        else:
            form.files.errors = ["Choose files or a folder."]
    return render_template("import.html", form=form)


def _import(project: Project, files: list[Any], form: ImportForm) -> Job:
    return uploads.take_in(
        project,
        files,
        actor=me(),
        annotator=form.annotator.data or None,
        add_labels=form.add_labels.data,
        importer=form.format.data,
    )


# ---- articles out ----------------------------------------------------------------------------


@blueprint.route("/projects/<slug>/export", methods=["GET", "POST"])
@allow("manager")
def export(project: Project) -> ResponseReturnValue:
    """Take the corpus out, and list what was taken out before."""
    form = ExportForm()
    form.format.choices = choices(exporters)
    form.layer.choices = _layers(project)
    if form.validate_on_submit():
        try:
            return redirect(_export(project, form))
        except LabelerError as error:
            tell(form, error)
    return render_template("export.html", form=form, exports=projects.exports(project))


def _layers(project: Project) -> list[SelectChoice]:
    """Return whose layers can be taken out."""
    people = [user.name for user, _ in projects.members(project)]
    return [
        SelectChoice("gold", "Gold: one settled layer each"),
        SelectChoice("all", "All layers of everybody"),
        *(SelectChoice(name, f"{name}’s layers") for name in people),
        SelectChoice("suggestions", "Suggestions, checked by nobody"),
    ]


def _export(project: Project, form: ExportForm) -> str:
    """Run an export, or leave a large one to a worker; return the page that tells of it."""
    options = {
        "layer": form.layer.data,
        "split": [int(part) for part in (form.split.data or "").split(",")],
        "seed": form.seed.data or 0,
        "name": form.name.data or "",
    }
    if work.progress(project, me()).total > FEW:
        job = transfer.queue_export(project, form.format.data, actor=me(), **options)
        return url_for("jobs.job", slug=project.slug, job_id=job.id)
    made = transfer.export(project, form.format.data, made_by=me().name, **options)
    rows = projects.exports(project)
    export_id = next(row.id for row in rows if row.folder == str(made.folder))
    return url_for("manage.show_export", slug=project.slug, export_id=export_id)


@blueprint.get("/projects/<slug>/exports/<int:export_id>")
@allow("manager")
def show_export(project: Project, export_id: int) -> ResponseReturnValue:
    """Show what an export holds, and what did not fit."""
    row = projects.find_export(project, export_id)
    first = max(request.args.get("from", 0, type=whole), 0)
    folder = Path(row.folder)
    report, files = uploads.report_of(folder, first, _PROBLEMS), uploads.files_below(folder)
    return render_template(
        "exported.html",
        row=row,
        files=uploads.sizes(folder, islice(files, _FILES)),
        more=max(len(files) - _FILES, 0),
        warnings=report.warnings,
        total=report.total,
        problems=report.problems,
        reasons=report.reasons.most_common(20),
        first=first,
        page=_PROBLEMS,
        others=[other for other in projects.exports(project) if other.id != row.id],
    )


@blueprint.get("/projects/<slug>/exports/<int:export_id>/compare")
@allow("manager")
def compare_exports(project: Project, export_id: int) -> ResponseReturnValue:
    """Show what changed from another export to this one; `?format=json` sends every change."""
    row = projects.find_export(project, export_id)
    other = projects.find_export(project, request.args.get("with", export_id, type=whole))
    earlier, later = sorted((row, other), key=lambda each: each.id)
    manifests = [transfer.read_manifest(Path(each.folder)) for each in (earlier, later)]
    found = transfer.compare(project, *manifests)
    if request.args.get("format") == "json":
        return Response(orjson.dumps(found.to_json()), mimetype="application/json")
    return render_template(
        "compared.html", earlier=earlier, later=later, found=found, shown=_PROBLEMS
    )


@blueprint.get("/projects/<slug>/exports/<int:export_id>/download")
@allow("manager")
def download(project: Project, export_id: int) -> ResponseReturnValue:
    """Send an export as a zip archive, made as it is sent."""
    return uploads.archive_of(Path(projects.find_export(project, export_id).folder))
