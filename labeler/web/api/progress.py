"""How far the work is: everybody, one person, and the layers that each number counts."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from labeler import accounts, counters, progress, reliability, work
from labeler.agreement import shapes
from labeler.errors import NotFound
from labeler.models import Project, User
from labeler.web import paging
from labeler.web.agreement.listed import own
from labeler.web.agreement.scope import STRING, asked
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.api.agreement import EVIDENCE, evidence_json
from labeler.web.auth import allow, me
from labeler.web.openapi import gives, takes
from labeler.web.progress import MAX_COUNTERS, course_of

__all__ = ["blueprint"]

_STANDING: dict[str, Any] = {
    "id": int,
    "name": str,
    "role": accounts.ProjectRole | None,
    "done": int,
    "open": int,
    "skipped": int,
}
_AIDS: dict[str, Any] = {"with_suggestions": progress.Aid, "without": progress.Aid}
_PERSON = {"type": "string", "description": "Whose alone; of everybody for curators without it."}
_COUNTERS = {
    "type": "array",
    "items": {"type": "string"},
    "maxItems": MAX_COUNTERS,
    "description": "Names such as `entity ORG`: as the list of counters has them.",
}


@blueprint.get("/projects/<slug>/progress")
@allow("curator")
@gives(
    {
        "documents": int,
        "finished": dict[str, int],
        "forecast": progress.Forecast,
        "aids": _AIDS,
        "people": [{**_STANDING, "pace": progress.Pace | None}],
    }
)
def get_progress(project: Project) -> ResponseReturnValue:
    """Return how far everybody is, and how many documents so many people have finished."""
    paces, finished = progress.paces(project), progress.finishers(project)
    total = work.progress(project, me()).total
    left = max(total - sum(finished.values()), 0)
    people = [{**_told(one), "pace": paces.get(one.name)} for one in work.standings(project)]
    return answer(
        {
            "documents": total,
            "finished": {str(count): documents for count, documents in finished.items()},
            "forecast": progress.forecast(left, paces.values()),
            "aids": _aids(project, None),
            "people": people,
        }
    )


@blueprint.get("/projects/<slug>/progress/people/<name>")
@allow("annotator")
@gives(
    {
        **_STANDING,
        "documents": int,
        "pace": progress.Pace,
        "forecast": progress.Forecast,
        "aids": _AIDS,
        "variations": [progress.Variation],
        "agreement": dict[str, shapes.Held],
    }
)
def get_person_progress(project: Project, name: str) -> ResponseReturnValue:
    """Return how one person gets on; of others for curators only.

    With the words that they labeled in more than one way, and how they agree with gold.
    """
    person = _seen(project, name)
    own = course_of(project, person)
    return answer(
        {
            **_told(own.standing),
            "documents": own.total,
            "pace": own.pace,
            "forecast": own.forecast,
            "aids": _aids(project, person),
            "variations": progress.variations(project, person),
            "agreement": reliability.own_agreement(project, person),
        }
    )


@blueprint.get("/projects/<slug>/progress/people/<name>/agreement")
@allow("annotator")
@takes(
    against={"enum": list(reliability.OWN), "description": "Always needed."},
    document={"type": "integer"},
    **dict.fromkeys(("part", "kind", "label", "group", "one", "other", "like"), STRING),
    **paging.BY_WORDS,
)
@gives(EVIDENCE)
def get_own_evidence(project: Project, name: str) -> ResponseReturnValue:
    """Return the comparisons that a person's own agreement is made of; of others for curators only.

    What they have is held against gold, or against what they first submitted.
    """
    found = own(project, _seen(project, name), asked(project), paging.limit())
    return answer(evidence_json(found))


@blueprint.get("/projects/<slug>/progress/people/<name>/places")
@allow("annotator")
@takes(words={"type": "string"}, label={"type": "string"}, **paging.BY_NUMBER)
@gives(paging.listed("places", progress.Place))
def get_labeled_places(project: Project, name: str) -> ResponseReturnValue:
    """Return where a person labeled words so in what they finished last: see `variations`."""
    words, label = request.args.get("words", ""), request.args.get("label", "")
    found = progress.places(project, _seen(project, name), words, label)
    return answer(paging.numbered("places", found))


@blueprint.get("/projects/<slug>/progress/counters")
@allow("annotator")
@takes(person=_PERSON, **paging.BY_WORDS)
@gives(paging.listed("counters", progress.Count))
def get_counters(project: Project) -> ResponseReturnValue:
    """Return what was submitted by day, label, time taken and decision on suggestions.

    These are the numbers on the pages of progress, with the names by which their layers are listed.
    """
    found = progress.counts(project, _asked(project), paging.after_words(), paging.wanted())
    return answer(paging.page("counters", found, lambda one: one.counter))


@blueprint.get("/projects/<slug>/progress/counted")
@allow("annotator")
@takes(person=_PERSON, counter=_COUNTERS, **paging.BY_WORDS)
@gives(paging.listed("layers", counters.Share, total=int))
def get_counted(project: Project) -> ResponseReturnValue:
    """Return the layers that a number of progress counts, with what each adds to the `total`."""
    names, person = request.args.getlist("counter")[:MAX_COUNTERS], _asked(project)
    for name in names:
        progress.described(name)
    begin = paging.after_pair() or (0, 0)
    found = counters.shares(project, names, person, begin, paging.wanted())
    page = paging.page("layers", found, lambda one: f"{one.document_id}.{one.annotator_id}")
    return answer({"total": counters.total(project, names, person), **page})


def _asked(project: Project) -> User | None:
    """Return whose numbers are asked for: None for everybody's, which are for curators."""
    name = request.args.get("person", "")
    if name or accounts.may(project, me(), "curator"):
        return _seen(project, name) if name else None
    return me()


def _seen(project: Project, name: str) -> User:
    """Return a person whose progress may be seen; raises NotFound."""
    if name != me().name and not accounts.may(project, me(), "curator"):
        raise NotFound("There is no such person, or their progress is not yours to see.")
    return accounts.find_user(name)


def _told(standing: work.Standing) -> dict[str, Any]:
    return {name: getattr(standing, name) for name in _STANDING}


def _aids(project: Project, person: User | None) -> dict[str, progress.Aid]:
    return dict(zip(_AIDS, progress.aids(project, person), strict=True))
