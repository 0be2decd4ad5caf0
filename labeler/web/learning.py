"""The page on what the suggestions have learned, and what a lead may do about it."""

from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from labeler import jobs, progress, transfer
from labeler.errors import LabelerError, NotFound
from labeler.models import Project, TrainedModel
from labeler.transfer import evaluation, training, versions
from labeler.web import charts
from labeler.web.auth import allow, me
from labeler.web.forms import TrainingForm, UseForm, tell
from labeler.web.uploads import zipped

blueprint = Blueprint("learning", __name__)
_BLOCK = 1 << 16
_COMPARED = 6
"""Versions whose scores stand side by side for each label."""


@blueprint.get("/projects/<slug>/suggestions")
@allow("curator")
def page(project: Project) -> ResponseReturnValue:
    """Show how good the suggestions are, and how they became so."""
    return _page(project, _form(project))


@blueprint.post("/projects/<slug>/suggestions")
@allow("manager")
def choose(project: Project) -> ResponseReturnValue:
    """Change when the suggestions are trained, and as what."""
    form = _form(project)
    if not form.validate_on_submit():
        return _page(project, form)
    training.choose(project, form.every.data or 0, form.component.data)
    flash("The settings were saved.")
    return redirect(url_for("learning.page", slug=project.slug))


def _form(project: Project) -> TrainingForm:
    return TrainingForm(every=project.train_every, component=project.train_component)


def _page(project: Project, form: TrainingForm) -> ResponseReturnValue:
    trained = versions.versions(project)
    current = next((version for version in trained if version.current), None)
    points = versions.curve(trained)
    shown = versions.lasting(trained)
    judged = [version for version in shown if version.scores.get("f1") is not None][::-1]
    return render_template(
        "suggestions.html",
        form=form,
        curve=_curve(points[::-1]),
        judged=judged[-_COMPARED:],
        candidates=evaluation.candidates(project),
        evaluations=evaluation.evaluations(project, 10),
        title_of=evaluation.title_of,
        spared=progress.spared(project),
        use_form=UseForm(),
        versions=shown[:20],
        current=current,
        training=jobs.latest(project.id, "train"),
        gain=versions.expected_gain(points),
        least=training.LEAST,
        least_tagged=training.LEAST_TAGGED,
        lacking=max(training.LEAST - training.finished(project), 0),
        receptions=progress.receptions(project),
    ), 422 if form.errors else 200


def _curve(points: list[tuple[int, float]]) -> charts.Curve:
    """Return F1 of entities by how many articles a version was trained on."""
    summary = "Too few versions were judged to draw a curve."
    if len(points) > 1:
        (first, begin), (last, end) = points[0], points[-1]
        summary = (
            f"F1 of entities went from {begin:.2f} with {first:,} articles to {end:.2f} "
            f"with {last:,}, in articles held back."
        )
    return charts.curve("Quality by articles", summary, points)


@blueprint.post("/projects/<slug>/suggestions/train")
@allow("manager")
def train(project: Project) -> ResponseReturnValue:
    """Queue a training."""
    transfer.queue_training(project, me().id)
    flash("The training is queued. New suggestions come when it is done.")
    return redirect(url_for("learning.page", slug=project.slug))


@blueprint.post("/projects/<slug>/suggestions/use")
@allow("manager")
def use(project: Project) -> ResponseReturnValue:
    """Let another version propose, or none."""
    form = UseForm()
    if form.validate_on_submit():
        try:
            if form.number.data:
                versions.use(project, version_of(project, form.number.data))
            else:
                versions.stop_using(project)
        except LabelerError as error:
            tell(form, error)
            flash(error.message)
        else:
            flash("Done. Articles opened from now on are proposed for by it.")
    return redirect(url_for("learning.page", slug=project.slug))


@blueprint.get("/projects/<slug>/suggestions/<int:number>.zip")
@allow("manager")
def download(project: Project, number: int) -> ResponseReturnValue:
    """Send a version as an archive: a pipeline that `spacy.load` takes, and the relation model."""
    return archive_of(project, number)


def archive_of(project: Project, number: int) -> Response:
    """Return the files of a version as an archive; raises NotFound."""
    folder = Path(version_of(project, number).folder)
    if not folder.is_dir():
        raise NotFound(f"The files of version {number} are gone. Train a new one.")
    name = f"{project.slug}-model-{number}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(zipped(folder, name), mimetype="application/zip", headers=headers)


@blueprint.get("/projects/<slug>/suggestions/<int:number>.whl")
@allow("manager")
def download_wheel(project: Project, number: int) -> ResponseReturnValue:
    """Send the pipeline of a version as a package that `pip install` takes."""
    return wheel_of(project, number)


def wheel_of(project: Project, number: int) -> Response:
    """Return a version as a package for pip; raises NotFound."""
    path = versions.wheel(project, version_of(project, number))
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return Response(_blocks(path), mimetype="application/zip", headers=headers)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def version_of(project: Project, number: int) -> TrainedModel:
    """Return a version by its number; raises NotFound."""
    found = next((one for one in versions.versions(project) if one.number == number), None)
    if found is None:
        raise NotFound(f"There is no version {number}.")
    return found
