"""Questions settled without a person: by vote or by competence, here or in the background."""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from labeler import audit, jobs
from labeler.adjudication import NONE, Standing
from labeler.agreement.competence import dawid_skene
from labeler.errors import Invalid
from labeler.jobs import Work
from labeler.models import Job, Project, User, db
from labeler.models.database import now as present
from labeler.settling.batches import (
    Answer,
    Batch,
    Run,
    new_key,
    open_documents,
    settled_under,
    told,
    undo_batch,
)
from labeler.settling.cases import draft_of, gold_layer
from labeler.settling.listing import shared

WAYS = ("vote", "competence")
"""How questions are settled without a person."""
_MOST_ITEMS = 20_000
"""Questions that competence is estimated from."""
_AT_ONCE = 200
"""Documents up to which somebody waits for it."""
SETTLE, TAKE_BACK = "settle", "settle.undo"
"""The kinds of jobs."""


def settle_all(  # noqa: PLR0913 - by name
    project: Project,
    actor: User,
    now: datetime,
    *,
    by: str = "vote",
    threshold: float = 2 / 3,
    preview: bool = False,
    accepting: bool = False,
    most: int | None = None,
    key: str | None = None,
    work: Work | None = None,
) -> Batch:
    """Settle what needs no person in the documents that are not accepted yet.

    By vote, a version (or nothing) is taken where at least this share of annotators holds it; by
    competence, where it is this likely given how often each annotator is right. What reaches the
    threshold nowhere stays open. `accepting` takes the gold of documents in which nothing is open
    as done, whoever settled them. `most` bounds the documents looked at; `key` undoes it all. With
    `work` it goes on where it stopped, and tells how far it is. Raises Invalid.
    """
    check(by, threshold)
    work = work or Work()
    begun = work.cursor or {}
    accuracy = begun.get("accuracy") or (competence(project) if by == "competence" else {})
    answer = _by_vote(threshold) if by == "vote" else _by_competence(accuracy, threshold)
    batch = Batch(key or new_key(by, now), **begun.get("counts", {}))
    run = Run(batch, by, actor, now, preview, accepting=accepting, listing=most is not None)
    for page in open_documents(project, most, begun.get("after", 0)):
        if preview:
            for document in page:
                run.settle(document, answer)
            work.tick(len(page))
            continue
        for document in page:  # each in a transaction of its own: another may be making it
            gold_layer(document, actor, now)
        with work.chunk() as chunk:
            for document in page:
                run.settle(document, answer)
            chunk.done = len(page)
            place = {"after": page[-1].id, "counts": batch.counts()}
            chunk.cursor = {**place, "accuracy": accuracy}
    changed = batch.questions or (accepting and batch.complete)
    if changed and not preview and not begun.get("told"):
        with work.chunk() as chunk:
            told("gold.automatic", f"by {by}, {threshold:.0%}", project, actor, batch)
            chunk.cursor = {**(work.cursor or {}), "told": True}
    return batch


def check(by: str, threshold: float) -> None:
    """Raise Invalid unless one can settle by this, with this threshold."""
    if by not in WAYS or not 0.5 < threshold <= 1:
        raise Invalid("Settle by vote or by competence, with a threshold above 0.5 and up to 1.")


# ---- by vote, by competence ------------------------------------------------------------------


def _by_vote(threshold: float) -> Answer:
    def answer(standing: Standing) -> str | None:
        return _likeliest({name: float(len(held)) for name, held in _votes(standing)}, threshold)

    return answer


def _by_competence(accuracy: Mapping[str, float], threshold: float) -> Answer:
    def answer(standing: Standing) -> str | None:
        scores = {
            name: math.exp(sum(_logit(accuracy.get(each, 0.5)) for each in held))
            for name, held in _votes(standing)
        }
        return _likeliest(scores, threshold)

    return answer


def _logit(probability: float) -> float:
    bounded = min(max(probability, 0.01), 0.99)
    return math.log(bounded / (1 - bounded))


def _votes(standing: Standing) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each answer to a question with who gave it; nothing is one as well."""
    yield from ((str(version.content), version.holders) for version in standing.slot.versions)
    yield NONE, standing.slot.absent


def _likeliest(scores: Mapping[str, float], threshold: float) -> str | None:
    best = max(scores, key=lambda name: scores[name])
    share = scores[best] / sum(scores.values())
    return best if share >= threshold - 1e-9 else None


def competence(project: Project) -> dict[str, float]:
    """Return how often each annotator is estimated to be right about an entity.

    Estimated by Dawid and Skene (1979) over the entities of documents that are not accepted yet,
    the first 20,000. Raises Invalid with fewer than three annotators: of two nobody could tell who
    is wrong.
    """
    responses: dict[str, dict[str, list[str]]] = {}
    labels: set[str] = {NONE}
    for page in open_documents(project):
        for document in page:
            for slot in draft_of(document, None, None).comparison.entities:
                said = {n: [v.content.label] for v in slot.versions for n in v.holders}
                labels |= {version.content.label for version in slot.versions}
                said |= {name: [NONE] for name in slot.absent}
                responses[f"{document.id} {slot.key}"] = said
        if len(responses) > _MOST_ITEMS:
            break
    if len({name for said in responses.values() for name in said}) < 3:
        raise Invalid("Competence takes three annotators. Settle by vote, or by hand.")
    return dawid_skene(responses, sorted(labels)).accuracy


# ---- in the background -----------------------------------------------------------------------


def queue_settling(
    project: Project, by: str, threshold: float, actor: User, *, accepting: bool = False
) -> Job:
    """Settle what needs no person as a job, which is done at once where there is little to do.

    One is under way at a time in a project. Raises Invalid.
    """
    check(by, threshold)
    key = new_key(by, present())
    parameters = {"by": by, "threshold": threshold, "key": key, "accepting": accepting}
    few = len(list(db.session.scalars(shared(project, 0, "open").limit(_AT_ONCE + 1)))) <= _AT_ONCE
    return _queued(project, SETTLE, f"Settle by {by}", parameters, actor, few=few)


def queue_undo(project: Project, key: str, actor: User) -> Job:
    """Take back what was settled under a key as a job, done at once where there is little to do."""
    few = len(settled_under(project, key)) <= _AT_ONCE
    return _queued(project, TAKE_BACK, "Take back what was settled", {"key": key}, actor, few=few)


def _queued(
    project: Project, kind: str, title: str, parameters: dict[str, Any], actor: User, *, few: bool
) -> Job:
    def queue() -> Job:
        return jobs.enqueue(
            kind,
            title,
            project_id=project.id,
            parameters=parameters,
            key=f"{kind} {project.id}",
            created_by=actor.id,
        )

    return jobs.do_now(queue) if few else queue()


@jobs.kind(SETTLE)
def _settle(work: jobs.JobWork) -> dict[str, Any]:
    options = work.parameters
    if work.cursor is None:
        work.expect(_count_open(_project(work)))

    def settled(project: Project, actor: User) -> Batch:
        given = {name: options[name] for name in ("by", "threshold", "key")}
        accepting = options.get("accepting", False)
        return settle_all(project, actor, present(), **given, accepting=accepting, work=work)

    return _done(work, settled)


@jobs.kind(TAKE_BACK)
def _take_back(work: jobs.JobWork) -> dict[str, Any]:
    key = work.parameters["key"]
    return _done(work, lambda project, actor: undo_batch(project, key, actor, present(), work))


def _done(work: jobs.JobWork, run: Callable[[Project, User], Batch]) -> dict[str, Any]:
    """Run a batch in the name of who asked for it, and return what came of it."""
    actor = db.session.get_one(User, work.claim.created_by)
    with audit.acting(actor.id):
        batch = run(_project(work), actor)
    return {"key": batch.key, **batch.counts(), "refused": len(batch.refused)}


def _project(work: jobs.JobWork) -> Project:
    return db.session.get_one(Project, work.claim.project_id)


def _count_open(project: Project) -> int:
    open_ = shared(project, 0, "open").order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(open_)) or 0
