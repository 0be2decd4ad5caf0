"""What managers do to many documents: here and now, or in the background where they are many.

It goes in portions, each a transaction of its own, so that nobody who labels waits long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from labeler import accounts, audit, jobs
from labeler.errors import Invalid, Problem
from labeler.models import Job, Project, User, db
from labeler.models.database import now as present
from labeler.work import training
from labeler.work.assignments import give, take_back
from labeler.work.layers import reopen
from labeler.work.supervision import Filter, matching, person_of

ACTIONS = ("give", "take_back", "reopen", "train", "untrain")
PERSONAL = ("give", "take_back", "reopen")
"""Actions that are about one person."""
MANY = 2000
"""Documents above which it is done in the background."""
_CHUNK = 1000
"""Documents changed in one transaction."""
Chosen = Sequence[int] | Filter
"""Documents by their ids, or all that match."""
_TITLES = {
    "give": "Give documents to {}",
    "take_back": "Take documents back from {}",
    "reopen": "Open documents again for {}",
    "train": "Use documents for training",
    "untrain": "Use documents for training no longer",
}


def act(project: Project, action: str, chosen: Chosen, *, person: str = "", now: datetime) -> int:
    """Do something to the documents named, or to all that match; return how many changed.

    It is recorded under who is acting. Raises Invalid.
    """
    user = _whom(project, action, person)
    counts = [_act(project, action, keys, user, now) for keys in _chunks(project, chosen)]
    _record(project, action, person, sum(counts))
    return sum(counts)


def act_or_queue(
    project: Project, action: str, chosen: Chosen, *, person: str = "", now: datetime, actor: User
) -> int | Job:
    """Do it now and return how many changed; where they are many, queue it and return the job."""
    _whom(project, action, person)
    if _fewer(project, chosen):
        return act(project, action, chosen, person=person, now=now)
    named = {"filter": asdict(chosen)} if isinstance(chosen, Filter) else {"documents": [*chosen]}
    return jobs.enqueue(
        "hand out",
        _TITLES[action].format(person),
        project_id=project.id,
        parameters={"action": action, "person": person, **named},
        created_by=actor.id,
    )


def _fewer(project: Project, chosen: Chosen) -> bool:
    """Tell whether there are few enough to be done at once."""
    if not isinstance(chosen, Filter):
        return len(chosen) <= MANY
    query, key = matching(project, chosen, None)
    return db.session.scalar(query.order_by(key).offset(MANY).limit(1)) is None


@jobs.kind("hand out")
def _in_background(work: jobs.JobWork) -> dict[str, Any]:
    """Do it portion by portion; how far it is and how many changed stand in the cursor."""
    project = db.session.get_one(Project, work.claim.project_id)
    action, person = work.parameters["action"], work.parameters["person"]
    user, chosen = _whom(project, action, person), _chosen(work.parameters)
    if work.cursor is None:
        work.expect(_count(project, chosen))
    cursor = work.cursor or {"last": 0, "changed": 0}
    for keys in _chunks(project, chosen, cursor["last"]):
        with work.chunk() as chunk:
            changed = cursor["changed"] + _act(project, action, keys, user, present())
            cursor = chunk.cursor = {"last": keys[-1], "changed": changed}
            chunk.done = len(keys)
    if "told" not in cursor:
        with work.chunk() as chunk, audit.acting(work.claim.created_by):
            _record(project, action, person, cursor["changed"])
            chunk.cursor = {**cursor, "told": True}
    return {"documents": cursor["changed"]}


def _chosen(parameters: dict[str, Any]) -> Chosen:
    return Filter(**parameters["filter"]) if "filter" in parameters else parameters["documents"]


def _count(project: Project, chosen: Chosen) -> int:
    if not isinstance(chosen, Filter):
        return len(set(chosen))
    query, _ = matching(project, chosen, None)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _record(project: Project, action: str, person: str, count: int) -> None:
    audit.record(f"work.{action}", person, project=project, details={"documents": count})


def member(project: Project, name: str) -> User:
    """Return the member of a project of this name; raises Invalid."""
    user = person_of(name)
    if accounts.role_in(project, user) is None:
        message = f"{name} is not in this project. Add them under People."
        raise Invalid(message, [Problem(message, "person")])
    return user


def _whom(project: Project, action: str, person: str) -> User | None:
    """Return whom an action is about; raises Invalid for what cannot be done."""
    if action not in ACTIONS:
        message = f"Use one of {', '.join(ACTIONS)}."
        raise Invalid(message, [Problem(message, "action")])
    return member(project, person) if action in PERSONAL else None


def _act(project: Project, action: str, keys: list[int], user: User | None, now: datetime) -> int:
    if user is None:
        return training.mark(project, keys, training=action == "train")
    if action == "give":
        return give(project, keys, user, now)
    if action == "take_back":
        return take_back(project, keys, user)
    return reopen(project, keys, user, now)


def _chunks(project: Project, chosen: Chosen, last: int = 0) -> Iterator[list[int]]:
    """Yield the documents chosen after an id, so many at a time, in order."""
    if not isinstance(chosen, Filter):
        keys = sorted(key for key in set(chosen) if key > last)
        yield from (keys[at : at + _CHUNK] for at in range(0, len(keys), _CHUNK))
        return
    while True:
        query, key = matching(project, chosen, None)
        found = list(db.session.scalars(query.where(key > last).order_by(key).limit(_CHUNK)))
        if not found:
            return
        yield found
        last = found[-1]
