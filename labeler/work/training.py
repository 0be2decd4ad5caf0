"""Training: a newcomer first labels documents whose gold is known, and learns how well.

Their work there is compared with gold like that of any two annotators.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, text, update
from sqlalchemy.orm import joinedload

from labeler import accounts, borders, editing
from labeler.agreement import Work, agreement
from labeler.models import (
    Document,
    Layer,
    Membership,
    Project,
    QueueEntry,
    TrainingResult,
    User,
    db,
    transaction,
)
from labeler.models.database import now
from labeler.work.rules import Rules, look_again, result_of, rules_of


@dataclass(frozen=True, slots=True)
class Step:
    """A training document to label; without one, why there is none."""

    document_id: int | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Trainee:
    """An annotator's training: documents finished, and what they reached (F1, 0 to 1)."""

    name: str
    finished: int
    entities: float | None
    relations: float | None
    passed: bool | None
    """None while they are not through."""
    admitted: bool


def documents(project: Project, rules: Rules) -> list[int]:
    """Return the documents that a newcomer finishes first, in order."""
    marked = select(QueueEntry.document_id).where(
        QueueEntry.project_id == project.id, text("queue_entry.training")
    )
    if not rules.training:
        return []
    in_order = marked.order_by(QueueEntry.document_id).limit(rules.training)
    return list(db.session.scalars(in_order))


def step(project: Project, user: User, rules: Rules) -> Step | None:
    """Return what training has for this person now; None when it has nothing more to say."""
    if not rules.training or accounts.role_in(project, user) != "annotator":
        return None
    result = result_of(project, user.id)
    if result is not None and result.admitted:
        return None
    wanted = documents(project, rules)
    finished = _finished(user, wanted)
    todo = next((key for key in wanted if key not in finished), None)
    if todo is not None:
        return Step(todo)
    if wanted and (result is None or result.documents != len(wanted)):
        result = record(project, user, now())  # they had finished these before they were training
    if not wanted or _passed(result, rules):
        return None
    reached = round(100 * (result.entities or 0)) if result else 0
    return Step(
        None,
        f"You reached {reached} % in the training documents, and {rules.pass_mark} % are needed. "
        "Talk to a manager of the project: they see what differed, and can let you go on.",
    )


def _finished(user: User, document_ids: Sequence[int]) -> set[int]:
    own = select(Layer.document_id).where(
        Layer.document_id.in_(document_ids),
        Layer.annotator_id == user.id,
        Layer.status != "open",
        ~Layer.gold,
    )
    return set(db.session.scalars(own))


def _passed(result: TrainingResult | None, rules: Rules) -> bool:
    if rules.pass_mark is None:
        return True
    if result is None:
        return False
    agrees_on_nothing = result.documents > 0 and result.entities is None
    return agrees_on_nothing or 100 * (result.entities or 0) >= rules.pass_mark


def record(project: Project, user: User, at: datetime) -> TrainingResult | None:
    """Keep and return what a person reached; None until they finished all training documents."""
    wanted = documents(project, rules_of(project))
    if not wanted or len(_finished(user, wanted)) < len(wanted):
        return None
    values = _score(project, user, wanted)
    with transaction() as session:
        row = result_of(project, user.id) or TrainingResult(
            project_id=project.id, annotator_id=user.id
        )
        row.documents, row.at = len(wanted), at
        row.entities, row.relations = values
        session.add(row)
    return row


def _score(
    project: Project, user: User, document_ids: Sequence[int]
) -> tuple[float | None, float | None]:
    """Return the strict F1 of entities and of relations against gold; None: nothing to compare."""
    symmetric = [label.name for label in project.scheme.relations if label.symmetric]
    pairs = _beside_gold(user, document_ids)
    told = agreement(pairs, symmetric=symmetric, bootstraps=0).to_json()
    return told["entities"]["f1"]["strict"]["value"], told["relations"]["f1"]["value"]


def _beside_gold(user: User, document_ids: Sequence[int]) -> Iterator[Work]:
    """Yield each training document with the person's layer and gold."""
    wanted = select(Layer).where(
        Layer.document_id.in_(document_ids), Layer.gold | (Layer.annotator_id == user.id)
    )
    layers = list(db.session.scalars(wanted.options(joinedload(Layer.annotator))))
    records = editing.load(layers)
    rows = list(db.session.scalars(select(Document).where(Document.id.in_(document_ids))))
    for document, tokens in zip(rows, borders.tokens(rows), strict=True):
        own = {
            "gold" if layer.gold else "own": record
            for layer, record in zip(layers, records, strict=True)
            if layer.document_id == document.id
        }
        yield document.name, len(document.text), tokens, own


# ---- for managers ----------------------------------------------------------------------------


def mark(project: Project, document_ids: Sequence[int], *, training: bool) -> int:
    """Make documents training documents, or not any more; return how many changed.

    Those without gold cannot test anybody and are left out.
    """
    has_gold = exists().where(Layer.document_id == QueueEntry.document_id, Layer.gold)
    these = [
        QueueEntry.project_id == project.id,
        QueueEntry.document_id.in_(document_ids),
        QueueEntry.training != training,
    ]
    with transaction() as session:
        chosen = select(QueueEntry.document_id).where(*these, *([has_gold] if training else []))
        found = list(session.scalars(chosen))
        is_one = QueueEntry.document_id.in_(found)
        session.execute(update(QueueEntry).where(is_one).values(training=training))
        if found and not training:
            look_again(project.id)
    return len(found)


def marked(project: Project) -> int:
    """Return how many training documents there are."""
    found = select(QueueEntry.document_id).where(
        QueueEntry.project_id == project.id, text("queue_entry.training")
    )
    return len(db.session.scalars(found).all())


def trainees(project: Project) -> list[Trainee]:
    """Return how far the training of each annotator is, by name."""
    rules = rules_of(project)
    wanted = documents(project, rules)
    people = (
        select(User, TrainingResult)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(
            TrainingResult,
            (TrainingResult.annotator_id == User.id) & (TrainingResult.project_id == project.id),
        )
        .where(Membership.project_id == project.id, Membership.role == "annotator")
        .order_by(User.name)
    )
    return [
        _trainee(project, user, result, rules, wanted)
        for user, result in db.session.execute(people)
        if wanted
    ]


def _trainee(
    project: Project, user: User, result: TrainingResult | None, rules: Rules, wanted: Sequence[int]
) -> Trainee:
    finished = len(_finished(user, wanted))
    through = finished == len(wanted)
    if through and (result is None or result.documents != len(wanted)):
        result = record(project, user, now())
    return Trainee(
        user.name,
        finished,
        result.entities if result else None,
        result.relations if result else None,
        _passed(result, rules) if through else None,
        result.admitted if result else False,
    )


def admit(project: Project, user: User, at: datetime) -> None:
    """Let somebody go on to other documents, whatever their training says."""
    with transaction() as session:
        row = result_of(project, user.id) or TrainingResult(
            project_id=project.id, annotator_id=user.id, at=at
        )
        row.admitted = True
        session.add(row)
