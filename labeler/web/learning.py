"""The page on what the suggestions have learned, and what a lead may do about it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from labeler import progress, transfer
from labeler.errors import LabelerError, NotFound
from labeler.models import Project, TrainedModel
from labeler.transfer import training
from labeler.web.auth import allow, me
from labeler.web.forms import TrainingForm, UseForm, tell

blueprint = Blueprint("learning", __name__)
_BLOCK = 1 << 16


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
    versions = training.versions(project)
    current = next((version for version in versions if version.current), None)
    points = [
        (version.documents, version.scores["f1"])
        for version in versions
        if version.scores.get("f1") is not None
    ]
    return render_template(
        "suggestions.html",
        form=form,
        use_form=UseForm(),
        versions=versions[:20],
        current=current,
        gain=training.expected_gain(points),
        lacking=max(training.LEAST - training.finished(project), 0),
        receptions=progress.receptions(project),
    ), 422 if form.errors else 200


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
                training.use(project, _version(project, form.number.data))
            else:
                training.stop_using(project)
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
    folder = Path(_version(project, number).folder)
    if not folder.is_dir():
        raise NotFound(f"The files of version {number} are gone. Train a new one.")
    name = f"{project.slug}-model-{number}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(_archive(folder, name), mimetype="application/zip", headers=headers)


def _version(project: Project, number: int) -> TrainedModel:
    found = next((one for one in training.versions(project) if one.number == number), None)
    if found is None:
        raise NotFound(f"There is no version {number}.")
    return found


class _Pipe(io.RawIOBase):
    """A file that hands on what is written into it."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.waiting.append(bytes(data))
        return len(data)


def _archive(folder: Path, name: str) -> Iterator[bytes]:
    """Yield a zip archive of a folder as it is made, so that memory stays flat."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            inside = f"{name}/{path.relative_to(folder).as_posix()}"
            with path.open("rb") as source, archive.open(inside, "w") as target:
                while block := source.read(_BLOCK):
                    target.write(block)
                    yield from pipe.waiting
                    pipe.waiting.clear()
    yield from pipe.waiting
