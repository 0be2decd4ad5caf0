"""Handing out, for programs: its rules, everybody's documents, giving and taking back by hand."""

from dataclasses import asdict, fields
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from labeler import audit, jobs, work
from labeler.errors import Invalid, Problem
from labeler.models import Project
from labeler.models.database import now
from labeler.web import paging
from labeler.web.answers import answer, sent_object
from labeler.web.api import blueprint
from labeler.web.api.jobs import JOB_ROW
from labeler.web.auth import allow, me
from labeler.web.handing import my_training
from labeler.web.openapi import MAX_ID, gives, takes
from labeler.web.shapes import Either

__all__ = ["blueprint"]

_STRING = {"type": "string"}
_FILTER: dict[str, dict[str, Any]] = {
    "words": {**_STRING, "description": "The beginning of a name, or of words of the title."},
    "person": {**_STRING, "description": "Whose `state` is asked for."},
    "state": {"enum": list(work.STATES)},
    "finished": {"type": "integer", "minimum": 0, "description": "How many have finished it."},
    "mark": {"enum": list(work.MARKS)},
}
_RULES = {
    "type": "object",
    "properties": {
        "overlap": {"type": ["integer", "null"], "minimum": 0, "maximum": work.MAX_OVERLAP},
        "shared": {"type": "integer", "minimum": 0, "maximum": 100},
        "control": {"type": "integer", "minimum": 0, "maximum": 100},
        "ordering": {"enum": list(work.ORDERINGS)},
        "lease": {"type": "integer", "minimum": 1, "maximum": work.MAX_LEASE},
        "annotators_only": {"type": "boolean"},
        "training": {"type": "integer", "minimum": 0, "maximum": work.MAX_TRAINING},
        "pass_mark": {"type": ["integer", "null"], "minimum": 0, "maximum": 100},
    },
}
_ACTION = {
    "type": "object",
    "required": ["action"],
    "properties": {
        "action": {"enum": list(work.ACTIONS)},
        "person": {**_STRING, "description": f"Needed for {', '.join(work.PERSONAL)}."},
        "documents": {"type": "array", "items": {"type": "integer"}},
        "matching": {"type": "object", "properties": _FILTER},
    },
}
_PERSON = {"type": "object", "required": ["person"], "properties": {"person": _STRING}}
_NUMBER = {"type": "integer", "minimum": 0}


@blueprint.get("/projects/<slug>/handing-out")
@allow("manager")
@gives(work.Rules)
def get_handing_out(project: Project) -> ResponseReturnValue:
    """Return how documents are handed out."""
    return answer(asdict(work.rules_of(project)))


@blueprint.patch("/projects/<slug>/handing-out")
@allow("manager")
@takes(_RULES)
@gives(work.Rules)
def patch_handing_out(project: Project) -> ResponseReturnValue:
    """Change how documents are handed out from now on."""
    values = sent_object()
    rules = work.change_rules(project, values)
    audit.record("project.handing_out", project=project, details=values)
    return answer(asdict(rules))


@blueprint.get("/projects/<slug>/assignments")
@allow("curator")
@takes(**paging.BY_NUMBER, **_FILTER)
@gives(paging.listed("documents", work.Supervised))
def get_assignments(project: Project) -> ResponseReturnValue:
    """Return documents with everybody's part in them."""
    wanted = _filter({name: request.args[name] for name in _FILTER if request.args.get(name)})
    page = work.supervise(project, wanted, after=paging.after(0), limit=paging.limit())
    return answer({"documents": page.rows, "next": page.after})


@blueprint.post("/projects/<slug>/assignments")
@allow("manager")
@takes(_ACTION)
@gives({"changed": int | None, "job": Either((JOB_ROW, None))})
def post_assignments(project: Project) -> ResponseReturnValue:
    """Give documents, take them back, open them again, or use them for training.

    What concerns many documents is done in the background: then `job` tells how far it is.
    """
    sent = sent_object()
    action, person = sent.get("action"), sent.get("person", "")
    if not isinstance(action, str) or not isinstance(person, str):
        raise Invalid("What is to be done?", [Problem("Use a name.", "action")])
    chosen = _chosen(sent.get("documents"), sent.get("matching"))
    made = work.act_or_queue(project, action, chosen, person=person, now=now(), actor=me())
    if isinstance(made, int):
        return answer({"changed": made, "job": None})
    return answer({"changed": None, "job": jobs.as_json(made)})


def _chosen(documents: Any, matching: Any) -> list[int] | work.Filter:
    if isinstance(matching, dict) and documents is None:
        return _filter(matching)
    numbers = isinstance(documents, list) and all(
        isinstance(key, int) and not isinstance(key, bool) and 0 <= key <= MAX_ID
        for key in documents
    )
    if not numbers or matching is not None:
        message = "Name either `documents` by their ids or those `matching` a filter."
        raise Invalid(message, [Problem(message, "documents")])
    return list(documents)


def _filter(values: dict[str, Any]) -> work.Filter:
    """Return a filter from what was sent; raises Invalid."""
    known = {field.name for field in fields(work.Filter)}
    finished = values.get("finished")
    if isinstance(finished, str) and finished.isdecimal():
        values = {**values, "finished": min(int(finished), MAX_ID)}
    problems = [
        Problem("There is no such filter, or it cannot have this value.", name)
        for name, value in values.items()
        if name not in known or not _fits(name, value)
    ]
    if values.get("state") and not values.get("person"):
        problems.append(Problem("Whose state? Name the person.", "person"))
    if problems:
        raise Invalid("The filter cannot be used.", problems)
    return work.Filter(**values)


def _fits(name: str, value: object) -> bool:
    if name == "finished":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ID
    allowed = {"state": work.STATES, "mark": work.MARKS}.get(name)
    return isinstance(value, str) and "\0" not in value and (allowed is None or value in allowed)


@blueprint.get("/projects/<slug>/training")
@allow("annotator")
@takes(**paging.BY_WORDS)
@gives(paging.listed("trainees", work.Trainee))
def get_training(project: Project) -> ResponseReturnValue:
    """Return what was reached in the training documents: one's own; everybody's for managers."""
    begin = paging.after_words()
    everybody = sorted(my_training(project), key=lambda one: one.name)
    found = paging.beyond(everybody, lambda one: one.name <= begin)
    return answer(paging.page("trainees", found, lambda one: one.name))


@blueprint.post("/projects/<slug>/training/admit")
@allow("manager")
@takes(_PERSON)
@gives({"person": str, "admitted": bool})
def post_admit(project: Project) -> ResponseReturnValue:
    """Let somebody go on to other documents, whatever they reached."""
    name = str(sent_object().get("person", ""))
    work.admit(project, work.member(project, name), now())
    audit.record("work.admit", name, project=project)
    return answer({"person": name, "admitted": True})
