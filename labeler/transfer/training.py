"""Trains a project's own suggester on what was labeled, keeps its versions, and takes the best."""

import math
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update

from labeler import audit, jobs, nlp
from labeler.borders import spacy_lock
from labeler.config import Settings
from labeler.errors import Invalid, LabelerError, NotFound
from labeler.models import Job, Project, TrainedModel, WorkCounter, db, transaction
from labeler.schema import Entity, Layer, overlap
from labeler.suggest import suggesters, tagging
from labeler.suggest.reading import Reading
from labeler.suggest.relating import Example as RelatedExample
from labeler.suggest.relating import train
from labeler.suggest.tagging import Example, Tagger
from labeler.suggest.trained import PIPELINE, RELATIONS, TAGGER, TrainedSuggester
from labeler.transfer import judging
from labeler.transfer.exports import training_records, write_corpus
from labeler.transfer.suggestions import queue_suggestions

LEAST = 5
"""Finished documents below which training is of no use."""
LONGEST = 8
"""Tokens that an entity may have to be found by the span categorizer."""
MOST_TAGGED = 500
"""Documents that the tagger learns from, the last ones: it holds them in memory."""
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
    """Queue a training when so many documents were finished since the last one as was set.

    The first come sooner: after 5, 10, 20 and so on, until that many are passed.
    """
    if not project.train_every:
        return None
    latest = select(func.max(TrainedModel.finished)).where(TrainedModel.project_id == project.id)
    last = db.session.scalar(latest) or 0
    if finished(project) - last < min(project.train_every, max(LEAST, last)):
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
        learned = _Learned(project, version, place / "corpus")
        scores = {**learned.entities(tell), "relations": learned.relations()}
        best = _is_better(project, scores, place / "corpus")
        took = round(time.monotonic() - began)
        return _kept(project, version, scores, documents, submitted, took, best)


def _models(project: Project) -> Path:
    settings: Settings = current_app.config["LABELER"]
    return settings.instance / "models" / project.slug


@dataclass(frozen=True)
class _Learned:
    """What a version learned, in the making, from the corpus that was written for it."""

    project: Project
    version: Path
    corpus: Path

    def entities(self, tell: Callable[[str], None]) -> dict[str, Any]:
        """Train a tagger beside the pipeline; return the scores of the better, which is kept.

        The pipeline stays in any case, to be taken away.
        """
        pipeline = judging.pipeline_scores(self.version / PIPELINE, self.corpus)
        tagger = self._tagger(tell)
        if tagger is None:
            return pipeline
        scores = self._judged(tagger)
        if self._has_nested():
            nested = replace(tagger, nested=True)
            with_nested = self._judged(nested)
            if (with_nested["f1"] or 0) > (scores["f1"] or 0):
                tagger, scores = nested, with_nested
        beside = {"pipeline": pipeline.get("f1"), "tagger": scores.get("f1")}
        if (beside["pipeline"] or 0) > (beside["tagger"] or 0):
            (self.version / TAGGER).unlink()
            return {**pipeline, **beside}
        tagger.save(self.version / TAGGER)
        return {**scores, **beside, "hears": tagger.hears.get("name")}

    def _judged(self, tagger: Tagger) -> dict[str, Any]:
        """Return the scores of the version with this tagger, whose file is there afterwards."""
        tagger.save(self.version / TAGGER)
        return _judged(self.project, self.version, self.corpus)

    def _has_nested(self) -> bool:
        """Tell whether entities lie within others in what the version is judged by."""
        if self.project.scheme.overlap == "forbid":
            return False
        layers = (layer for _, layer in _readings(self.project, "dev"))
        return any(
            overlap(one, other)
            for layer in layers
            for one, other in pairwise(sorted(layer.entities, key=lambda e: (e.start, e.end)))
        )

    def _tagger(self, tell: Callable[[str], None]) -> Tagger | None:
        hears: dict[str, Any] = {
            "name": self.project.suggester, "options": self.project.suggester_options
        }  # fmt: skip
        try:
            examples = deque(_tagged(self.project, hears, "train"), MOST_TAGGED)
        except LabelerError as problem:
            tell(f"The tagger hears no other suggester: {problem.message}")
            hears = {}
            examples = deque(_tagged(self.project, hears, "train"), MOST_TAGGED)
        db.session.rollback()  # as above
        return tagging.train(examples, hears, tell)

    def relations(self) -> dict[str, Any]:
        """Train the relation model beside the pipeline; return its scores."""
        scheme = self.project.scheme
        if not scheme.relations:
            return {}
        model = train(_related(self.project, "train"), scheme)
        if model is None:
            return {}
        model.save(self.version / RELATIONS)
        return judging.relation_scores(model, _related(self.project, "dev"), scheme)


def _related(project: Project, part: str) -> Iterator[RelatedExample]:
    for reading, layer in _readings(project, part):
        yield reading, layer.entities, layer.relations


def _tagged(project: Project, hears: Mapping[str, Any], part: str) -> Iterator[Example]:
    """Yield the documents of a part with what the suggester that is heard proposes for each."""
    suggester = (
        suggesters[hears["name"]](language=project.language, options=hears["options"])
        if hears
        else None
    )
    scheme = project.scheme
    for reading, layer in _readings(project, part):
        with spacy_lock:
            found = next(iter(suggester.suggest([reading.text], scheme))) if suggester else []
        yield Example(reading, layer.entities, [item for item in found if isinstance(item, Entity)])


def _readings(project: Project, part: str) -> Iterator[tuple[Reading, Layer]]:
    for record in training_records(project):
        if record.part == part:
            yield Reading(record.document.text, record.tokens), record.layer


def _is_better(project: Project, scores: dict[str, Any], corpus: Path) -> bool:
    """Tell whether a new version is not worse than the current one in the documents held back."""
    current = current_version(project)
    if current is None or not scores["documents"]:
        return True
    folder = Path(current.folder)
    if not (folder / PIPELINE).is_dir():
        return True
    try:
        before = _judged(project, folder, corpus)
    except LabelerError:  # what it needs is gone: it cannot propose any more
        return True
    scores["before"] = before["f1"]
    return not judging.is_worse(scores, before)


def _judged(project: Project, folder: Path, corpus: Path) -> dict[str, Any]:
    """Return the scores of a version that is there, by what finds its entities."""
    if not (folder / TAGGER).is_file():
        return judging.pipeline_scores(folder / PIPELINE, corpus)
    version = TrainedSuggester(language=project.language, options={"folder": str(folder)})
    return judging.version_scores(version, _readings(project, "dev"), project.scheme)


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


def wheel(project: Project, version: TrainedModel) -> Path:
    """Return a version's pipeline as a package for pip, made when first asked for.

    Raises NotFound when its files are gone, and Unavailable when no package can be made.
    """
    folder = Path(version.folder)
    if not (folder / PIPELINE).is_dir():
        raise NotFound(f"The files of version {version.number} are gone. Train a new one.")
    name = "".join(c if c.isalnum() and c.isascii() else "_" for c in project.slug).strip("_")
    number = f"0.{version.number}.0"
    made = folder / f"{project.language}_{name}-{number}-py3-none-any.whl"
    if not made.is_file():
        nlp.wheel(folder / PIPELINE, made, name, number)
    return made


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
