"""Trains a project's own suggester on what was labeled, keeps its versions, and takes the best."""

import math
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update

from labeler import audit, jobs, nlp
from labeler.borders import spacy_lock
from labeler.config import Settings
from labeler.errors import Invalid, NotFound
from labeler.formats import Exported
from labeler.models import Job, Project, TrainedModel, WorkCounter, db, transaction
from labeler.suggest.dictionary import Reading
from labeler.suggest.relating import Example, RelationModel, train
from labeler.suggest.trained import PIPELINE, RELATIONS
from labeler.transfer.exports import training_records, write_corpus
from labeler.transfer.suggestions import queue_suggestions

LEAST = 5
"""Finished documents below which training is of no use."""
LONGEST = 8
"""Tokens that an entity may have to be found by the span categorizer."""
KEPT = 5
"""Versions whose files are kept, beside the current one."""


def finished(project: Project) -> int:
    """Return how many layers people have submitted."""
    counted = select(func.sum(WorkCounter.amount)).where(
        WorkCounter.project_id == project.id, WorkCounter.measure == "documents"
    )
    return db.session.scalar(counted) or 0


def versions(project: Project) -> list[TrainedModel]:
    """Return the versions trained for a project, newest first."""
    wanted = select(TrainedModel).where(TrainedModel.project_id == project.id)
    return list(db.session.scalars(wanted.order_by(TrainedModel.number.desc())))


def queue_training(project: Project, created_by: int | None = None) -> Job:
    """Queue a training on what is labeled when it begins; one waits at most."""
    return jobs.enqueue(
        "train",
        "Training on what was labeled",
        project_id=project.id,
        key=f"train {project.id}",
        created_by=created_by,
    )


def train_when_due(project: Project) -> Job | None:
    """Queue a training when so many documents were finished since the last one as was set."""
    if not project.train_every:
        return None
    last = select(func.max(TrainedModel.finished)).where(TrainedModel.project_id == project.id)
    now = finished(project)
    if now < LEAST or now - (db.session.scalar(last) or 0) < project.train_every:
        return None
    return queue_training(project)


@jobs.kind("train", pace="long")
def _train(work: jobs.JobWork) -> dict[str, Any] | None:
    project = db.session.get_one(Project, work.claim.project_id)

    def tell(line: str) -> None:
        work.check()
        work.log(line)

    made = train_version(project, tell)
    return {"version": made.number, **made.scores}


# ---- training --------------------------------------------------------------------------------


def train_version(project: Project, tell: Callable[[str], None] = lambda _: None) -> TrainedModel:
    """Train a version on the layers finished, judge it, and let it propose if it is the best.

    Raises Invalid when there is not enough to learn from. Nothing is left when this ends half-way.
    """
    began, submitted = time.monotonic(), finished(project)
    folder = _models(project)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".training-") as name:
        place = Path(name)
        documents = write_corpus(project, place / "corpus")
        if documents < LEAST:
            raise Invalid(
                f"{documents} finished documents are too few to train on. Finish {LEAST} first."
            )
        db.session.rollback()  # a read of minutes would keep the database from tidying up
        version = place / "version"
        version.mkdir()
        with spacy_lock:
            nlp.train(
                place / "corpus",
                version,
                component=project.train_component,  # type: ignore[arg-type]
                language=project.language,
                longest=LONGEST,
                tell=tell,
            )
        related = _train_relations(project, version)
        scores = {**_judged(version, place / "corpus"), "relations": related}
        best = _is_better(project, scores, place / "corpus")
        took = round(time.monotonic() - began)
        return _kept(project, version, scores, documents, submitted, took, best)


def _models(project: Project) -> Path:
    settings: Settings = current_app.config["LABELER"]
    return settings.instance / "models" / project.slug


def _train_relations(project: Project, version: Path) -> dict[str, Any]:
    """Train the relation model beside the pipeline; return its scores on documents held back."""
    if not project.scheme.relations:
        return {}
    model = train(_examples(training_records(project), "train"))
    if model is None:
        return {}
    model.save(version / RELATIONS)
    return _judged_relations(project, model, _examples(training_records(project), "dev"))


def _examples(records: Iterable[Exported], part: str) -> Iterator[Example]:
    for record in records:
        if record.part == part:
            reading = Reading(record.document.text, record.tokens)
            yield reading, record.layer.entities, record.layer.relations


def _judged_relations(
    project: Project, model: RelationModel, examples: Iterable[Example]
) -> dict[str, Any]:
    """Return precision, recall and F1 of relations between gold entities."""
    right, made, wanted = Counter[str](), Counter[str](), Counter[str]()
    for reading, entities, relations in examples:
        gold = {(item.head, item.tail, item.label) for item in relations}
        found = {
            (head.id, tail.id, label)
            for head, tail, label, _ in model.relations(reading, entities, project.scheme)
        }
        wanted.update(label for *_, label in gold)
        made.update(label for *_, label in found)
        right.update(label for *_, label in gold & found)
    labels = sorted({*wanted, *made})
    by_label = {label: _prf(right[label], made[label], wanted[label]) for label in labels}
    overall = _prf(right.total(), made.total(), wanted.total())
    names = {"precision": overall["p"], "recall": overall["r"], "f1": overall["f"]}
    return {**names, "by_label": by_label}


def _prf(right: int, made: int, wanted: int) -> dict[str, float | None]:
    precision = right / made if made else None
    recall = right / wanted if wanted else None
    f1 = 2 * right / (made + wanted) if made + wanted else None
    return {"p": precision, "r": recall, "f": f1}


def _judged(version: Path, corpus: Path) -> dict[str, Any]:
    with spacy_lock:
        return nlp.judge(nlp.load_once(str(version / PIPELINE)), corpus / "dev.spacy")


def _is_better(project: Project, scores: dict[str, Any], corpus: Path) -> bool:
    """Tell whether a new version finds no less than the current one in the documents held back."""
    current = current_version(project)
    if current is None or not scores["documents"]:
        return True
    folder = Path(current.folder)
    if not (folder / PIPELINE).is_dir():
        return True
    before = _judged(folder, corpus)
    scores["before"] = before["f1"]
    return (scores["f1"] or 0) >= (before["f1"] or 0)


def current_version(project: Project) -> TrainedModel | None:
    """Return the version that proposes, if there is one."""
    wanted = select(TrainedModel).where(TrainedModel.project_id == project.id, TrainedModel.current)
    return db.session.scalar(wanted)


def _kept(
    project: Project,
    version: Path,
    scores: dict[str, Any],
    documents: int,
    submitted: int,
    took: int,
    best: bool,
) -> TrainedModel:
    """Record a version, move its files to their place, and use it if it is the best."""
    with transaction() as session:
        project = session.get_one(Project, project.id, with_for_update=True)
        last = select(func.max(TrainedModel.number)).where(TrainedModel.project_id == project.id)
        number = (session.scalar(last) or 0) + 1
        folder = _models(project) / str(number)
        shutil.rmtree(folder, ignore_errors=True)  # what a training left that ended before here
        shutil.move(version, folder)
        made = TrainedModel(
            project_id=project.id,
            number=number,
            component=project.train_component,
            folder=str(folder),
            documents=documents,
            finished=submitted,
            scores=scores,
            seconds=took,
        )
        session.add(made)
        session.flush()
        if best:
            use(project, made)
    _tidy(project)
    return made


def use(project: Project, version: TrainedModel) -> None:
    """Let a version propose from now on, also an earlier one, and queue what it proposes."""
    if not (Path(version.folder) / PIPELINE).is_dir():
        raise NotFound(f"The files of version {version.number} are gone. Train a new one.")
    with transaction() as session:
        mine = update(TrainedModel).where(TrainedModel.project_id == project.id)
        session.execute(mine.values(current=False))
        session.execute(mine.where(TrainedModel.id == version.id).values(current=True))
        session.refresh(version)
        audit.record("model.use", f"model {version.number}", project=project)
        queue_suggestions(project)


def choose(project: Project, every: int, component: str) -> None:
    """Train after so many submitted documents, 0 for never, with this spaCy component."""
    with transaction():
        project.train_every, project.train_component = every, component
        audit.record("project.suggester", f"training every {every}", project=project)


def stop_using(project: Project) -> None:
    """Let no version propose."""
    with transaction() as session:
        mine = update(TrainedModel).where(TrainedModel.project_id == project.id)
        session.execute(mine.values(current=False))
        audit.record("model.use", "none", project=project)


def _tidy(project: Project) -> None:
    """Remove the files of versions that are neither current nor among the last."""
    for version in versions(project)[KEPT:]:
        if not version.current:
            shutil.rmtree(version.folder, ignore_errors=True)


# ---- what more documents would bring ---------------------------------------------------------


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
