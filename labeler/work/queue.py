"""What a person labels next, and what lies beside it.

The queue of a project is its entries in the order of its rules. Each person has a floor in it:
nothing before it is theirs to do, unless it was put back. So the next document is found by index,
however many documents there are and however far the person is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    exists,
    or_,
    select,
    text,
)

from labeler import accounts
from labeler.models import (
    Assignment,
    Document,
    Layer,
    Project,
    QueueEntry,
    User,
    db,
    own_layers,
    transaction,
)
from labeler.work import training
from labeler.work.assignments import (
    RETURNED,
    entry_of,
    forget_returned,
    hold,
    in_turn,
    sweep,
)
from labeler.work.floors import (
    PLACES,
    Place,
    beyond,
    floor_of,
    keep_floor,
    ordered,
    place_of,
    placed,
)
from labeler.work.passed import follow, look_back, look_on
from labeler.work.rules import Rules, draw, rules_of


@dataclass(frozen=True, slots=True)
class Handed:
    """The document handed to a person; where there is none, a sentence may say why."""

    document_id: int | None
    reason: str | None = None


_BY_HAND = "Documents here are given by hand to those of your role. Ask a manager for some."


def hand_out(project: Project, user: User, now: datetime, after: int = 0) -> Handed:
    """Return the person's next document, reserved for them where not everybody gets each.

    First come training documents, then what was given by hand, then what they hold, then the
    queue. `after` names the document that they leave: it is not the next one. Who asks again
    without it gets the same document again.
    """
    rules = rules_of(project)
    step = training.step(project, user, rules)
    if step is not None:
        return Handed(step.document_id, step.reason)
    held = _held(project, user, now, after)
    if held is not None:
        return Handed(held)
    if rules.annotators_only and accounts.role_in(project, user) != "annotator":
        return Handed(None, _BY_HAND)
    found = _in_turn(project, user, rules, after) if rules.overlap is None else None
    if rules.overlap is not None:
        found = _take(project, user, rules, now, after)
    return Handed(found if found is not None else _begun(project, user, after))


def peek(project: Project, user: User, after: int) -> int | None:
    """Return what would probably be handed out next, without reserving it."""
    rules = rules_of(project)
    if rules.overlap is None:
        return _in_turn(project, user, rules, after)
    found = _free(project, user, rules, after)
    return found[1] if found else None


def _held(project: Project, user: User, now: datetime, after: int) -> int | None:
    """Return what the person holds: what was given by hand before what they took."""
    held = select(Assignment.document_id).where(
        Assignment.project_id == project.id,
        Assignment.annotator_id == user.id,
        Assignment.document_id != after,
        or_(Assignment.expires.is_(None), Assignment.expires > now),
    )
    in_order = held.order_by(Assignment.state, Assignment.document_id)
    return db.session.scalar(in_order.limit(1))


def _begun(project: Project, user: User, after: int) -> int | None:
    """Return a document that the person has begun, and that the queue does not count on."""
    own = select(Layer.document_id).where(
        Layer.project_id == project.id,
        Layer.status == "open",
        Layer.document_id != after,
        *own_layers(user.id),
    )
    return db.session.scalar(own.order_by(Layer.document_id).limit(1))


# ---- where everybody gets each ---------------------------------------------------------------


def _in_turn(project: Project, user: User, rules: Rules, after: int) -> int | None:
    """Return the first document after this that the person has not finished, or from the top."""
    left, floor = place_of(rules, after), floor_of(project, user, rules)
    if left is not None and left >= (floor.again or floor.place):
        following = look_on(project, user, rules, left, after)
        if following is None:
            following = _unfinished(project, user, rules, max(left, floor.place))
        if following is not None:
            return following[1]
    passed = look_back(project, user, rules, after)
    if passed is not None:
        return passed[1]
    first = _unfinished(project, user, rules, floor.place)
    if first is None:
        passed = look_back(project, user, rules, after, whole=True)
        return passed[1] if passed else None
    follow(project, user, rules, first)  # before the one that is being left
    if first[1] == after:
        first = _unfinished(project, user, rules, first)
    return first[1] if first else None


def _unfinished(project: Project, user: User, rules: Rules, start: Place) -> Place | None:
    """Return the first place beyond this one whose document the person has not finished."""
    query = _not_finished(user, rules).where(*beyond(project, rules, start))
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def _not_finished(user: User, rules: Rules) -> Select[float, int]:
    """Select the first entry that the person has not finished, of those asked for."""
    column = PLACES[rules.ordering]
    query = select(column, QueueEntry.document_id).where(
        ~QueueEntry.training,
        ~_has(Layer, user, Layer.status != "open", ~Layer.gold),
    )
    return query.order_by(column, QueueEntry.document_id).limit(1)


# ---- where a document goes to so many --------------------------------------------------------


def _take(project: Project, user: User, rules: Rules, now: datetime, after: int) -> int | None:
    """Reserve the next document of the queue that is free, in one transaction, one by one."""
    with transaction() as session:
        in_turn(session, project.id)
        mine = _held(project, user, now, after)
        if mine is not None:
            return mine  # another request of theirs took it in the same moment
        sweep(session, project.id, rules, now)
        forget_returned(session, project.id)
        found = _free(project, user, rules, after)
        if found is None:
            return None
        hold(session, rules, entry_of(session, found[1]), user.id, now)
        floor = floor_of(project, user, rules)
        if found > floor.place:
            keep_floor(project, user, rules, replace(floor, place=found))
    return found[1]


def _free(project: Project, user: User, rules: Rules, after: int) -> Place | None:
    """Return the first place in the order whose document has a slot for this person.

    Each search ends where the last one found something, so that it passes few of their own.
    """
    query = _not_finished(user, rules).where(
        QueueEntry.document_id != after, ~_has(Assignment, user)
    )
    first = look_back(project, user, rules, after)
    for one in _searches(project, user, rules, query):
        before = one if first is None else one.where(ordered(rules) < placed(rules, first))
        row = db.session.execute(before).one_or_none()
        first = first if row is None else (row[0], row[1])
    if first is None:
        return look_back(project, user, rules, after, whole=True)
    follow(project, user, rules, first)
    return first


def _has(table: type[Layer | Assignment], user: User, *more: ColumnElement[bool]) -> Any:
    """Tell in SQL whether the person has such a row for the document of an entry."""
    mine = (table.document_id == QueueEntry.document_id, table.annotator_id == user.id)
    return exists().where(*mine, *more)


def _searches(
    project: Project, user: User, rules: Rules, query: Select[float, int]
) -> Iterator[Select[float, int]]:
    """Yield one query for each number of slots taken, each led to its answer by an index."""
    overlap, shared = rules.overlap or 0, draw(rules.shared)
    still = or_(QueueEntry.slots < overlap, QueueEntry.shared_draw < shared)
    returned = list(db.session.scalars(_returned(project)))
    if returned:  # by their ids alone and ordered by a sum, so that SQLite starts from these
        ordered = query.order_by(None).order_by(PLACES[rules.ordering] + 0, QueueEntry.document_id)
        yield ordered.where(QueueEntry.document_id.in_(returned), still)
    further = beyond(project, rules, floor_of(project, user, rules).place)
    for taken in range(overlap):
        yield query.where(QueueEntry.slots == taken, *further)
    if shared:
        yield query.where(QueueEntry.shared_draw < shared, *further)


def _returned(project: Project) -> Select[int]:
    """Select documents that were put back; SQLite knows its index by the bare word only."""
    mine = select(QueueEntry.document_id).where(QueueEntry.project_id == project.id)
    return mine.where(text("queue_entry.returned")).limit(RETURNED)


# ---- what lies beside ------------------------------------------------------------------------


def position(document: Document) -> int:
    """Return the place of a document in its project, from 1, as imported."""
    return db.session.get_one(QueueEntry, document.id).position


def neighbours(project: Project, document: Document, user: User) -> tuple[int | None, int | None]:
    """Return the documents before and after this one that the person can go to.

    Where not everybody gets each, an annotator goes among their own, and on to what comes next.
    """
    rules = rules_of(project)
    if rules.overlap is None or accounts.may(project, user, "curator"):
        return _beside(document)
    before, after = _own_beside(document, user)
    return before, after or peek(project, user, document.id)


def _beside(document: Document) -> tuple[int | None, int | None]:
    same = select(QueueEntry.document_id).where(QueueEntry.project_id == document.project_id)
    here = position(document)
    return (
        db.session.scalar(same.where(QueueEntry.position == here - 1)),
        db.session.scalar(same.where(QueueEntry.position == here + 1)),
    )


def _own_beside(document: Document, user: User) -> tuple[int | None, int | None]:
    """Return the nearest documents to both sides of which the person has a layer."""
    before, after = [], []
    for status in ("open", "done", "skipped"):
        own = select(Layer.document_id).where(
            Layer.project_id == document.project_id,
            Layer.status == status,
            *own_layers(user.id),
        )
        earlier = own.where(Layer.document_id < document.id).order_by(Layer.document_id.desc())
        later = own.where(Layer.document_id > document.id).order_by(Layer.document_id)
        before.append(db.session.scalar(earlier.limit(1)))
        after.append(db.session.scalar(later.limit(1)))
    return (
        max((key for key in before if key), default=None),
        min((key for key in after if key), default=None),
    )
