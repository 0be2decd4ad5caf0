"""Suggesters trained here: their versions, which of them proposes, how each does beside gold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask import Response
from flask.typing import ResponseReturnValue

from labeler import progress, transfer
from labeler.models import Evaluation, Project, TrainedModel
from labeler.transfer import evaluation as made
from labeler.transfer import training, versions
from labeler.web import paging
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.api.jobs import JOB, job_json
from labeler.web.auth import allow, me
from labeler.web.learning import archive_of, version_of, wheel_of
from labeler.web.openapi import MAX_ID, Whole, gives, takes
from labeler.web.shapes import Every, Lean

__all__ = ["blueprint"]

_COUNTED = Lean(p=float | None, r=float | None, f=float | None, right=int, made=int, wanted=int)
_RELATED = Lean(
    precision=float | None, recall=float | None, f1=float | None, by_label=Every(_COUNTED)
)
_SCORES = Lean(
    documents=int,
    entities=int,
    precision=float | None,
    recall=float | None,
    f1=float | None,
    by_label=Every(_COUNTED),
    relations=_RELATED,
    pipeline=float | None,
    tagger=float | None,
    before=float | None,
    hears=str | None,
    known=float | None,
)
"""Precision, recall and F1; of a version `pipeline` and `tagger` are their F1, `before` that of
the version that it was compared with, `known` the share of what is labeled (0 to 1) whose label the
suggester knows that it `hears`."""
_MODEL: dict[str, Any] = {
    "number": int,
    "component": str,
    "documents": int,
    "scores": _SCORES,
    "current": bool,
    "seconds": int,
    "created": datetime,
}
_EVALUATION: dict[str, Any] = {
    "id": int,
    "suggester": str,
    "version": str,
    "documents": int,
    "left_out": int,
    "scores": _SCORES,
    "at": datetime,
}
_EVIDENCE: dict[str, Any] = {
    "about": Literal["entity", "relation"],
    "document": str,
    "start": int,
    "end": int,
    "gold": str,
    "proposed": str,
}
"""Where proposals and gold differ, in code points; a label is empty where one has nothing."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The number of a version; 0 for none."""

    number: Whole


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is to be evaluated, by its key."""

    key: str


@blueprint.get("/projects/<slug>/models")
@allow("curator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("models", _MODEL))
def get_models(project: Project) -> ResponseReturnValue:
    """Return the versions trained for a project, newest first; the `current` one proposes."""
    begin = paging.after(MAX_ID)
    found = paging.beyond(versions.versions(project), lambda row: row.number >= begin)
    return answer(paging.page("models", found, lambda row: row.number, _model))


def _model(row: TrainedModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _MODEL}


@blueprint.get("/projects/<slug>/learning")
@allow("curator")
@gives(
    {
        "finished": int,
        "least": int,
        "expected_gain": float | None,
        "spared": progress.Spared,
        "receptions": [progress.Reception],
    }
)
def get_learning(project: Project) -> ResponseReturnValue:
    """Return how much there is to learn from, and what became of suggestions.

    Learning takes `least` finished documents; `expected_gain` is by how much F1 of entities may
    rise with 50 more.
    """
    return answer(
        {
            "finished": training.finished(project),
            "least": training.LEAST,
            "expected_gain": versions.expected_gain(versions.curve(versions.versions(project))),
            "spared": progress.spared(project),
            "receptions": progress.receptions(project),
        }
    )


@blueprint.post("/projects/<slug>/models")
@allow("manager")
@gives(JOB)
def post_model(project: Project) -> ResponseReturnValue:
    """Queue a training on what is labeled, and return the job; of several, one waits."""
    return answer(job_json(transfer.queue_training(project, me().id)))


@blueprint.put("/projects/<slug>/models/current")
@allow("manager")
@takes(Chosen)
@gives({"number": int})
def put_current_model(project: Project) -> ResponseReturnValue:
    """Let another version propose, also an earlier one, or with 0 none."""
    number = sent_as(Chosen).number
    if number:
        versions.use(project, version_of(project, number))
    else:
        versions.stop_using(project)
    return answer({"number": number})


@blueprint.get("/projects/<slug>/models/<int:number>/archive")
@allow("manager")
@gives(kind="application/zip")
def get_model_archive(project: Project, number: int) -> Response:
    """Return a version as an archive: a pipeline that `spacy.load` takes, and what relates."""
    return archive_of(project, number)


@blueprint.get("/projects/<slug>/models/<int:number>/wheel")
@allow("manager")
@gives(kind="application/zip")
def get_model_wheel(project: Project, number: int) -> Response:
    """Return the pipeline of a version as a package that `pip install` takes."""
    return wheel_of(project, number)


# ---- beside gold -----------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/evaluations")
@allow("curator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("evaluations", _EVALUATION, candidates=dict[str, str]))
def get_evaluations(project: Project) -> ResponseReturnValue:
    """Return how suggesters did beside gold, newest first, and what can be evaluated, by key."""
    found = made.evaluations(project, paging.wanted(), paging.after(MAX_ID))
    page = paging.page("evaluations", found, lambda row: row.id, _told)
    return answer({**page, "candidates": made.candidates(project)})


@blueprint.post("/projects/<slug>/evaluations")
@allow("manager")
@takes(Candidate)
@gives(JOB)
def post_evaluation(project: Project) -> ResponseReturnValue:
    """Queue an evaluation of a suggester on gold, and return the job."""
    return answer(job_json(made.queue_evaluation(project, sent_as(Candidate).key, me().id)))


@blueprint.get("/projects/<slug>/evaluations/<int:evaluation_id>")
@allow("curator")
@gives({**_EVALUATION, "evidence": [_EVIDENCE]})
def get_evaluation(project: Project, evaluation_id: int) -> ResponseReturnValue:
    """Return an evaluation with the places where proposals and gold differ."""
    found = made.find_evaluation(project, evaluation_id)
    evidence = [dict(zip(_EVIDENCE, each, strict=True)) for each in found.evidence]
    return answer({**_told(found), "evidence": evidence})


def _told(row: Evaluation) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _EVALUATION}
