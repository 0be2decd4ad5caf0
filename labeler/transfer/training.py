"""Trains a project's own suggester on what was labeled: a tagger in seconds, then a pipeline."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from labeler import audit, jobs, nlp
from labeler.borders import spacy_lock
from labeler.errors import Invalid, LabelerError
from labeler.models import Job, Project, TrainedModel, WorkCounter, db, transaction
from labeler.suggest.tagging import Tagger
from labeler.suggest.trained import (
    BESIDE,
    PIPELINE,
    TAGGER,
    TrainedSuggester,
    is_there,
)
from labeler.transfer import fitting, judging, versions
from labeler.transfer.exports import write_corpus
from labeler.transfer.versions import TAGGER_ALONE

Tell = Callable[[str], None]
"""Gets each line of progress, and ends the training by raising."""


def _silent(_: str) -> None:
    """Tell nobody."""


LEAST = 5
"""Finished documents below which training is of no use."""
LONGEST = 8
"""Tokens that an entity may have to be found by the span categorizer."""
LEAST_TAGGED = 3
"""Finished documents below which the tagger learns nothing of use."""
LEAST_BESIDE = 10
"""Finished documents below which no version proposes where the project's own suggester knows most
labels: what so few teach errs more often than that does."""


def finished(project: Project) -> int:
    """Return how many layers people have submitted."""
    counted = select(func.sum(WorkCounter.amount)).where(
        WorkCounter.project_id == project.id, WorkCounter.measure == "documents"
    )
    return db.session.scalar(counted) or 0


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

    Between two of them a tagger alone is trained, in seconds, whenever there is an eighth more to
    learn from.
    """
    if not project.train_every:
        return None
    newest = select(func.max(TrainedModel.finished)).where(TrainedModel.project_id == project.id)
    last = db.session.scalar(newest) or 0
    there = finished(project)
    if there >= _next_whole(project):
        return queue_training(project)
    if there >= LEAST_TAGGED and there - last >= max(1, last // 8):
        return _queue_tagger(project)
    return None


def _next_whole(project: Project) -> int:
    """Return at how many finished documents a pipeline is trained again.

    It takes minutes of the processor: as long as the tagger is better, it takes twice as many
    documents before it is worth trying again.
    """
    whole = versions.last_whole(project)
    if whole is None:
        return max(project.train_every, LEAST)
    tagger, pipeline = (whole.scores.get(name) or 0.0 for name in ("tagger", "pipeline"))
    outdone = tagger > 0 and tagger >= pipeline
    return whole.finished + max(project.train_every, whole.finished if outdone else 0)


def _queue_tagger(project: Project) -> Job:
    return jobs.enqueue(
        "tag",
        "Learning in between from what was labeled",
        project_id=project.id,
        key=f"tag {project.id}",
    )


@jobs.kind("train", pace="long")
def _train(work: jobs.JobWork) -> dict[str, Any] | None:
    project = db.session.get_one(Project, work.claim.project_id)
    made = _recorded(work, "made") or train_version(project, _telling(work), work)
    return {"version": made.number, **made.scores}


@jobs.kind("tag", pace="patient", quiet=True)
def _tag(work: jobs.JobWork) -> dict[str, Any] | None:
    project = db.session.get_one(Project, work.claim.project_id)
    made = _recorded(work, "tagged") or train_tagger(project, _telling(work), work)
    return {"version": made.number, **made.scores} if made else None


def _recorded(work: jobs.Work, step: str) -> TrainedModel | None:
    """Return the version that a step of this work recorded before it was interrupted."""
    known = (work.cursor or {}).get(step)
    return db.session.get(TrainedModel, known) if known else None


def _telling(work: jobs.JobWork) -> Tell:
    """Return what puts a line into the log of a job, and ends it when it was cancelled."""

    def tell(line: str) -> None:
        work.check()
        work.log(line)

    return tell


# ---- training --------------------------------------------------------------------------------


def train_version(
    project: Project, tell: Tell = _silent, work: jobs.Work | None = None
) -> TrainedModel:
    """Train on the layers finished, and let what was learned propose unless it is worse.

    The tagger is a version as soon as it has learned, in seconds. The pipeline is put beside it,
    or is a version of its own where it finds more. Returns the version that finds most. Raises
    Invalid when there is not enough to learn from. What ends half-way leaves whole versions only;
    `work` keeps which, so that what is taken up again makes none of them twice.
    """
    with _begun(project, LEAST, work or jobs.Work()) as training:
        tagged = training.resumed() or training.tagger(project.train_component, tell)
        return training.pipeline(tagged, tell)


def train_tagger(
    project: Project, tell: Tell = _silent, work: jobs.Work | None = None
) -> TrainedModel | None:
    """Train a tagger and a relation model alone; None where nothing is labeled.

    Raises Invalid when there is not enough to learn from.
    """
    with _begun(project, LEAST_TAGGED, work or jobs.Work()) as training:
        return training.tagger(TAGGER_ALONE, tell)


@contextmanager
def _begun(project: Project, least: int, work: jobs.Work) -> Iterator["_Training"]:
    """Write what is labeled as a corpus in a folder that goes afterwards."""
    began, submitted = time.monotonic(), finished(project)
    folder = versions.folder_of(project)
    folder.mkdir(parents=True, exist_ok=True)
    versions.remove_abandoned(folder, _PLACE)
    with tempfile.TemporaryDirectory(dir=folder, prefix=_PLACE) as name:
        documents = write_corpus(project, Path(name) / "corpus")
        if documents < least:
            raise Invalid(
                f"{documents} finished documents are too few to train on. Finish {least} first."
            )
        db.session.rollback()  # a read of minutes would keep the database from tidying up
        yield _Training(project, work, Path(name), documents, submitted, began)


_PLACE = ".training-"
"""How the folders begin in which trainings work."""


@dataclass(frozen=True)
class _Training:
    """A training on the corpus that was written for it, and the folder in which it works."""

    project: Project
    work: jobs.Work
    place: Path
    documents: int
    submitted: int
    began: float

    def resumed(self) -> TrainedModel | None:
        """Return the tagger's version where an interrupted training recorded it already."""
        tagged = _recorded(self.work, "tagged")
        return tagged if tagged and (Path(tagged.folder) / TAGGER).is_file() else None

    def tagger(self, component: str, tell: Tell) -> TrainedModel | None:
        """Train a tagger and a relation model, and record them; None where nothing is labeled.

        `component` is what is to be put beside them.
        """
        folder = self._folder("tagged")
        tagger = fitting.tagger(self.project, tell)
        if tagger is None:
            return None
        tagger.save(folder / TAGGER)
        relations = fitting.beside(self.project, folder)
        scores = {**self._judged(folder), "relations": relations}
        scores |= {"tagger": scores.get("f1"), "hears": tagger.hears.get("name")}
        scores["known"] = tagger.known
        announce = component != TAGGER_ALONE
        made = self._record("tagged", folder, TAGGER_ALONE, scores, announce=announce)
        tell(_told(made))
        return made

    def pipeline(self, tagged: TrainedModel | None, tell: Tell) -> TrainedModel:
        """Train a pipeline, and put it beside the tagger, or record it where it finds more."""
        folder, component = self._folder("piped"), self.project.train_component
        with spacy_lock:
            nlp.train(
                self.place / "corpus",
                folder,
                component=component,  # type: ignore[arg-type]
                language=self.project.language,
                longest=LONGEST,
                tell=tell,
            )
        alone = judging.pipeline_scores(folder / PIPELINE, self.place / "corpus")
        if tagged is None:
            scores = {**alone, "relations": fitting.beside(self.project, folder)}
            return self._record("made", folder, component, scores)
        before = {name: tagged.scores[name] for name in ("relations", "tagger", "known")}
        before["pipeline"] = alone.get("f1")
        scores = max(({**alone, **before}, self._nested(tagged, folder, before)), key=_f1)
        if _f1(scores) <= _f1(tagged.scores):
            made = self._trained(folder, component, scores)
            return self._keep("made", lambda: versions.complete(tagged, folder / PIPELINE, made))
        if "hears" not in scores:
            (folder / TAGGER).unlink(missing_ok=True)
        for name in BESIDE:
            if (Path(tagged.folder) / name).is_file():
                shutil.copy(Path(tagged.folder) / name, folder)
        return self._record("made", folder, component, scores)

    def _nested(
        self, tagged: TrainedModel, folder: Path, before: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the scores of the tagger with the pipeline within and around what it finds."""
        if not fitting.has_nested(self.project):
            return {}
        replace(Tagger.load(Path(tagged.folder) / TAGGER), nested=True).save(folder / TAGGER)
        return {**self._judged(folder), **before, "hears": tagged.scores["hears"]}

    def _folder(self, name: str) -> Path:
        folder = self.place / name
        folder.mkdir()
        return folder

    def _trained(self, folder: Path, component: str, scores: dict[str, Any]) -> versions.Trained:
        took = round(time.monotonic() - self.began)
        return versions.Trained(folder, component, scores, self.documents, self.submitted, took)

    def _record(
        self,
        step: str,
        folder: Path,
        component: str,
        scores: dict[str, Any],
        *,
        announce: bool = True,
    ) -> TrainedModel:
        best = self._is_better(scores)
        made = self._trained(folder, component, scores)
        project = self.project
        return self._keep(
            step, lambda: versions.record(project, made, best=best, announce=announce)
        )

    def _keep(self, step: str, record: Callable[[], TrainedModel]) -> TrainedModel:
        """Record a version together with the word that this step of the work is done."""
        with self.work.chunk() as chunk:
            version = record()
            chunk.cursor = {**(chunk.cursor or {}), step: version.id}
        versions.tidy(self.project)
        return version

    def _is_better(self, scores: dict[str, Any]) -> bool:
        """Tell whether a version is not worse than the current one in the documents held back."""
        current = versions.current_version(self.project)
        if current is None and self.documents < LEAST_BESIDE and scores.get("known", 0.0) > 0.5:
            return False
        if current is None or not scores["documents"] or not is_there(Path(current.folder)):
            return True
        try:
            before = self._judged(Path(current.folder))
        except LabelerError:  # what it needs is gone: it cannot propose any more
            return True
        scores["before"] = before["f1"]
        return not judging.is_worse(scores, before)

    def _judged(self, folder: Path) -> dict[str, Any]:
        """Return the scores of a version that is there, by what finds its entities."""
        if not (folder / TAGGER).is_file():
            return judging.pipeline_scores(folder / PIPELINE, self.place / "corpus")
        options = {"folder": str(folder)}
        version = TrainedSuggester(language=self.project.language, options=options)
        readings = fitting.readings(self.project, "dev")
        return judging.version_scores(version, readings, self.project.scheme)


def _told(made: TrainedModel) -> str:
    """Return what a training says of the version that its tagger became."""
    f1 = made.scores.get("f1")
    judged = "no article is held back yet" if f1 is None else f"F1 {f1:.2f} in articles held back"
    state = "It proposes from now on." if made.current else "It is kept aside."
    return f"Tagger: version {made.number}, {judged}. {state}"


def _f1(scores: Mapping[str, Any]) -> float:
    return scores.get("f1") or 0.0


def choose(project: Project, every: int, component: str) -> None:
    """Train after so many submitted documents, 0 for never, with this spaCy component."""
    with transaction():
        project.train_every, project.train_component = every, component
        audit.record("project.suggester", f"training every {every}", project=project)
