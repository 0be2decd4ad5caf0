"""How far each person is in the order of the queue.

Nothing before a person's floor is theirs to do, if it was not put back. Where that may be so no
more, as after a change of the rules or an import, what lies before the floor is looked through
again, a part with each request, so that none takes long.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from labeler.models import (
    Layer,
    Project,
    QueueEntry,
    QueueFloor,
    User,
    db,
    own_layers,
    transaction,
)
from labeler.work.rules import Rules

PLACES = {"imported": QueueEntry.position, "random": QueueEntry.lot, "useful": QueueEntry.score}
Place = tuple[float, int]
"""A place in the order, and the document there."""
START: Place = (-1.0, 0)
"""Before the first."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A person's floor; `again` is up to where what lies before it was looked through again."""

    place: Place = START
    again: Place | None = None


def floor_of(project: Project, user: User, rules: Rules) -> Floor:
    """Return from where on to look for this person."""
    row = db.session.get(QueueFloor, (project.id, user.id), populate_existing=True)
    if row is None or row.ordering != rules.ordering:
        return _guessed(project, user, rules)
    place = (row.place, row.document_id)
    if rules.ordering != "imported" and row.documents != total(project):
        return Floor(place, START)  # documents came in since, and some may lie before
    if row.again_place is None or row.again_document is None:
        return Floor(place)
    return Floor(place, (row.again_place, row.again_document))


def _guessed(project: Project, user: User, rules: Rules) -> Floor:
    """Return a floor for somebody who has none: the last they finished, in the order of import.

    In other orders what they finished lies here and there, and the first that they did not is near.
    """
    if rules.ordering != "imported":
        return Floor()
    mine = (Layer.project_id == project.id, Layer.status == "done", *own_layers(user.id))
    last = db.session.scalar(select(func.max(Layer.document_id)).where(*mine))
    place = place_of(rules, last) if last else None
    return Floor(place, START) if place else Floor()


def keep_floor(project: Project, user: User, rules: Rules, floor: Floor) -> None:
    """Remember how far somebody is."""
    with transaction() as session:
        row = session.get(QueueFloor, (project.id, user.id)) or QueueFloor(
            project_id=project.id, annotator_id=user.id, opened_to=0
        )
        row.ordering, row.documents = rules.ordering, total(project)
        row.place, row.document_id = floor.place
        row.again_place, row.again_document = floor.again or (None, None)
        session.add(row)


def total(project: Project) -> int:
    """Return how many documents a project has."""
    last = select(func.max(QueueEntry.position)).where(QueueEntry.project_id == project.id)
    return db.session.scalar(last) or 0


# ---- places in the order --------------------------------------------------------------------


def beyond(project: Project, rules: Rules, start: Place) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the entries of a project beyond a place."""
    return QueueEntry.project_id == project.id, ordered(rules) > placed(rules, start)


def ordered(rules: Rules) -> Any:
    """Return in SQL what the queue is ordered by."""
    return tuple_(PLACES[rules.ordering], QueueEntry.document_id)


def placed(rules: Rules, place: Place) -> Any:
    """Return a place in SQL, to be compared with what the queue is ordered by."""
    number: float = place[0] if rules.ordering == "useful" else int(place[0])
    return tuple_(number, place[1])


def place_of(rules: Rules, document_id: int) -> Place | None:
    """Return the place of a document in the order; None for 0, which is none."""
    entry = db.session.get(QueueEntry, document_id) if document_id else None
    return (getattr(entry, PLACES[rules.ordering].key), document_id) if entry else None
