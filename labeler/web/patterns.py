"""The page on which a lead writes patterns, tries them on the articles, and saves them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import accounts, transfer
from labeler.errors import LabelerError, Problem
from labeler.models import Project
from labeler.suggest.patterns import Pattern, by_label, read_file, read_lines, write_file
from labeler.transfer import patterns as kept
from labeler.web.auth import allow, me
from labeler.web.forms import PatternsForm, tell
from labeler.web.openapi import whole

blueprint = Blueprint("patterns", __name__)
_FIELD = "label:"
"""What begins the name of the field that has the lines of a label."""


@dataclass(slots=True)
class _Written:
    """What stands in the fields of the page: lines by label, what they say, what is wrong."""

    lines: dict[str, str]
    patterns: list[Pattern] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    trial: kept.Trial | None = None

    @property
    def errors(self) -> dict[str, list[Problem]]:
        """Return what is wrong, by label."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            found.setdefault(problem.path, []).append(problem)
        return found

    @property
    def amounts(self) -> dict[str, int]:
        """Return how many patterns each label has."""
        return {label: len(each) for label, each in by_label(self.patterns).items()}

    @property
    def idle(self) -> list[Pattern]:
        """Return the patterns that the trial found nothing for."""
        found = self.trial.by_pattern if self.trial else {}
        return [each for index, each in enumerate(self.patterns) if not found.get(index)]


@blueprint.get("/projects/<slug>/patterns")
@allow("curator")
def page(project: Project) -> ResponseReturnValue:
    """Show the patterns in force, or those of an earlier version."""
    number = request.args.get("version", type=whole)
    version = kept.find_version(project, number) if number else kept.latest(project)
    return _page(project, PatternsForm(), _shown(kept.of_version(version)), number)


def _shown(patterns: Sequence[Pattern]) -> _Written:
    lines = {
        label: "\n".join(each.line for each in of_label)
        for label, of_label in by_label(patterns).items()
    }
    return _Written(lines, list(patterns))


def _page(
    project: Project, form: PatternsForm, written: _Written, number: int | None = None
) -> ResponseReturnValue:
    versions = kept.versions(project)
    known = {label.name for label in project.scheme.entities}
    faulty = bool(written.problems or form.errors or form.form_errors)
    return render_template(
        "patterns.html",
        form=form,
        written=written,
        number=number,
        versions=versions,
        people=accounts.names([version.user_id for version in versions]),
        gone=sorted(set(written.lines) - known),
        colors={label.name: label.color for label in project.scheme.entities},
    ), 422 if faulty else 200


@blueprint.post("/projects/<slug>/patterns")
@allow("manager")
def change(project: Project) -> ResponseReturnValue:
    """Try what is written on the articles, or save it as a new version."""
    form = PatternsForm()
    written = _sent(project)
    if not form.validate_on_submit():
        return _page(project, form, written)
    file = form.file.data
    if file:
        _add_file(project, written, file.read())
    try:
        if request.form.get("action") == "save" and not written.problems and not file:
            return _saved(project, written)
        if not written.problems:
            written.trial = kept.try_out(project, written.patterns)
    except LabelerError as error:
        tell(form, error)
    return _page(project, form, written)


def _sent(project: Project) -> _Written:
    written = _Written({})
    for label in project.scheme.entities:
        text = request.form.get(_FIELD + label.name, "")
        if text.strip():
            written.lines[label.name] = text
            patterns, problems = read_lines(label.name, text)
            written.patterns += patterns
            written.problems += problems
    return written


def _add_file(project: Project, written: _Written, data: bytes) -> None:
    """Add the patterns of a file to the lines; what is wrong with it stands beside the file."""
    patterns, problems = read_file(data, project.scheme)
    written.problems += problems
    known = {(each.label, each.line) for each in written.patterns}
    for pattern in patterns:
        if (pattern.label, pattern.line) not in known:
            lines = written.lines.get(pattern.label, "").rstrip()
            written.lines[pattern.label] = f"{lines}\n{pattern.line}".lstrip()
            written.patterns.append(pattern)


def _saved(project: Project, written: _Written) -> ResponseReturnValue:
    number = kept.save(project, written.patterns, me())
    transfer.queue_suggestions(project, me().id)
    flash(f"Saved as version {number}. Articles opened from now on have what the patterns find.")
    return redirect(url_for("patterns.page", slug=project.slug))


@blueprint.get("/projects/<slug>/patterns.jsonl")
@allow("curator")
def download(project: Project) -> ResponseReturnValue:
    """Send the patterns in force as lines of JSON."""
    patterns = kept.of_version(kept.latest(project))
    headers = {"Content-Disposition": f'attachment; filename="{project.slug}-patterns.jsonl"'}
    return Response(write_file(patterns), mimetype="application/x-ndjson", headers=headers)
