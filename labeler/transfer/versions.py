"""Versions of the suggester trained on a project: kept, used, gone back to, taken away."""

import math
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update

from labeler import audit, nlp
from labeler.config import Settings
from labeler.errors import NotFound
from labeler.models import Project, TrainedModel, db, transaction
from labeler.models.database import now
from labeler.suggest.trained import PIPELINE, is_there
from labeler.transfer.suggestions import queue_suggestions

TAGGER_ALONE = "tagger"
"""The component of versions that have no pipeline, or none yet."""
KEPT = 5
"""Versions whose files are kept, beside the current one; as many of those without a pipeline."""
FRESH = timedelta(hours=12)
"""How long a tagger's files are kept in any case."""
ABANDONED = timedelta(days=2)
"""After which nobody works any more in a folder that a training made: no training takes so long."""


def versions(project: Project) -> list[TrainedModel]:
    """Return the versions trained for a project, newest first."""
    wanted = select(TrainedModel).where(TrainedModel.project_id == project.id)
    return list(db.session.scalars(wanted.order_by(TrainedModel.number.desc())))


def lasting(rows: Iterable[TrainedModel]) -> list[TrainedModel]:
    """Return those to choose from or to compare, newest first as given: of taggers alone the last.

    The current one is always among them.
    """
    rows = list(rows)
    alone = [row.number for row in rows if row.component == TAGGER_ALONE]
    passed = set(alone[KEPT:])
    return [row for row in rows if row.current or row.number not in passed]


def current_version(project: Project) -> TrainedModel | None:
    """Return the version that proposes, if there is one."""
    wanted = select(TrainedModel).where(TrainedModel.project_id == project.id, TrainedModel.current)
    return db.session.scalar(wanted)


def last_whole(project: Project) -> TrainedModel | None:
    """Return the last version that has a pipeline."""
    whole = select(TrainedModel).where(
        TrainedModel.project_id == project.id, TrainedModel.component != TAGGER_ALONE
    )
    return db.session.scalar(whole.order_by(TrainedModel.number.desc()).limit(1))


def folder_of(project: Project) -> Path:
    """Return where the files of a project's versions lie."""
    settings: Settings = current_app.config["LABELER"]
    return settings.instance / "models" / project.slug


@dataclass(frozen=True)
class Trained:
    """What a training made: the files in a folder, and what is known of them."""

    folder: Path
    component: str
    scores: dict[str, Any]
    documents: int
    """Finished documents that were learned from or judged by."""
    finished: int
    """Layers finished in the project when it began."""
    seconds: int


def record(project: Project, trained: Trained, *, best: bool, announce: bool) -> TrainedModel:
    """Record a version, move its files to their place, and use it if it is the best.

    With `announce` it proposes for what waits, in the background; else when articles are opened.
    """
    with transaction() as session:
        project = session.get_one(Project, project.id, with_for_update=True)
        last = select(func.max(TrainedModel.number)).where(TrainedModel.project_id == project.id)
        number = (session.scalar(last) or 0) + 1
        folder = folder_of(project) / str(number)
        shutil.rmtree(folder, ignore_errors=True)  # what a training left that ended before here
        shutil.move(trained.folder, folder)
        made = TrainedModel(
            project_id=project.id,
            number=number,
            component=trained.component,
            folder=str(folder),
            documents=trained.documents,
            finished=trained.finished,
            scores=trained.scores,
            seconds=trained.seconds,
        )
        session.add(made)
        session.flush()
        if best:
            use(project, made, announce=announce)
    return made


def complete(version: TrainedModel, pipeline: Path, trained: Trained) -> TrainedModel:
    """Put the pipeline that was trained after it beside a version, which goes on as it was."""
    place = Path(version.folder) / PIPELINE
    shutil.rmtree(place, ignore_errors=True)
    shutil.move(pipeline, place)
    with transaction() as session:
        version = session.get_one(TrainedModel, version.id)
        version.component, version.seconds = trained.component, trained.seconds
        version.scores = {**version.scores, "pipeline": trained.scores["pipeline"]}
    return version


def use(project: Project, version: TrainedModel, *, announce: bool = True) -> None:
    """Let a version propose from now on, also an earlier one.

    With `announce` what it proposes for the articles that wait is queued. Raises NotFound when its
    files are gone.
    """
    if not is_there(Path(version.folder)):
        raise NotFound(f"The files of version {version.number} are gone. Train a new one.")
    with transaction() as session:
        mine = update(TrainedModel).where(TrainedModel.project_id == project.id)
        session.execute(mine.values(current=False))
        session.execute(mine.where(TrainedModel.id == version.id).values(current=True))
        session.refresh(version)
        audit.record("model.use", f"model {version.number}", project=project)
        if announce:
            queue_suggestions(project)


def stop_using(project: Project) -> None:
    """Let no version propose."""
    with transaction() as session:
        mine = update(TrainedModel).where(TrainedModel.project_id == project.id)
        session.execute(mine.values(current=False))
        audit.record("model.use", "none", project=project)


def wheel(project: Project, version: TrainedModel) -> Path:
    """Return a version's pipeline as a package for pip, made when first asked for.

    Raises NotFound when it has no pipeline or its files are gone, and Unavailable when no package
    can be made.
    """
    folder = Path(version.folder)
    if version.component == TAGGER_ALONE:
        raise NotFound(
            f"Version {version.number} is a tagger without a pipeline. Train one with “Train now”."
        )
    if not (folder / PIPELINE).is_dir():
        raise NotFound(f"The files of version {version.number} are gone. Train a new one.")
    name = "".join(c if c.isalnum() and c.isascii() else "_" for c in project.slug).strip("_")
    number = f"0.{version.number}.0"
    made = folder / f"{project.language}_{name}-{number}-py3-none-any.whl"
    if not made.is_file():
        nlp.wheel(folder / PIPELINE, made, name, number)
    return made


def tidy(project: Project) -> None:
    """Remove the files of versions that are neither current nor among the last.

    A tagger that is new stays: a training may still be at the pipeline that belongs beside it.
    """
    trained = versions(project)
    lasts = {row.number for row in lasting(trained)}
    whole = [row for row in trained if row.component != TAGGER_ALONE]
    lasts -= {row.number for row in whole[KEPT:]}
    for version in trained:
        is_new = version.component == TAGGER_ALONE and version.created > now() - FRESH
        if version.number not in lasts and not version.current and not is_new:
            shutil.rmtree(version.folder, ignore_errors=True)


def remove_abandoned(folder: Path, prefix: str) -> None:
    """Remove the folders in which trainings worked that were killed, once they are old enough."""
    oldest = (now() - ABANDONED).timestamp()
    for place in folder.glob(f"{prefix}*"):
        if place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)


# ---- what more documents would bring ---------------------------------------------------------


def curve(rows: Iterable[TrainedModel]) -> list[tuple[int, float]]:
    """Return documents and F1 of the versions that were judged, in the order given."""
    return [(row.documents, row.scores["f1"]) for row in rows if row.scores.get("f1") is not None]


def expected_gain(points: Sequence[tuple[int, float]], more: int = 50) -> float | None:
    """Return by how much F1 may rise with so many more documents; None where nobody can say.

    `points` are documents and F1 of versions. F1 is taken to grow with the logarithm of the
    documents (least squares), which holds between a few dozen and a few thousand.
    """
    known = [(math.log(documents), f1) for documents, f1 in points if documents > 0]
    if len({x for x, _ in known}) < 3:
        return None
    middle_x = sum(x for x, _ in known) / len(known)
    middle_y = sum(y for _, y in known) / len(known)
    spread = sum((x - middle_x) ** 2 for x, _ in known)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in known) / spread
    last = max(documents for documents, _ in points)
    return max(0.0, slope * (math.log(last + more) - math.log(last)))
