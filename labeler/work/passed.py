"""What somebody has passed in the queue: where the floor follows, and what lies before it again."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, Exists, Subquery, func, select, true

from labeler.models import Assignment, Layer, Project, QueueEntry, User, db
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
from labeler.work.rules import Rules, draw

_STEP = 128
"""Entries that a floor rises over at once, when nothing is taken."""
_PART = 1000
"""Entries looked through again with one request."""


def follow(project: Project, user: User, rules: Rules, first: Place) -> None:
    """Let the floor rise to just before this place, in steps, so that few requests write."""
    floor, just_before = floor_of(project, user, rules), _before(first)
    passed = select(QueueEntry.document_id).where(
        *beyond(project, rules, floor.place), ordered(rules) <= placed(rules, just_before)
    )
    steps = select(func.count()).select_from(passed.limit(_STEP).subquery())
    if db.session.scalar(steps) == _STEP:
        keep_floor(project, user, rules, replace(floor, place=just_before))


def _before(place: Place) -> Place:
    """Return the last place before this one."""
    return place[0], place[1] - 1


def look_back(
    project: Project, user: User, rules: Rules, after: int, *, whole: bool = False
) -> Place | None:
    """Return what is theirs before their floor, where that is to be looked through again.

    One part is looked at with each request, or all until something is found. What they are leaving
    is not it, and is looked at another time.
    """
    floor, left = floor_of(project, user, rules), place_of(rules, after)
    found, reached = None, floor.again
    while reached is not None and reached < floor.place and found is None:
        found, reached = _part(project, user, rules, (reached, floor.place), after)
        if not whole:
            break
    if reached is None or floor.again is None:
        return None
    if left is not None and floor.again < left <= reached:
        reached = _before(left)
    if reached != floor.again:
        again = reached if reached < floor.place else None
        keep_floor(project, user, rules, replace(floor, again=again))
    return found


def look_on(project: Project, user: User, rules: Rules, left: Place, after: int) -> Place | None:
    """Return what is theirs in the part beyond a place, where that lies before their floor."""
    floor = floor_of(project, user, rules).place
    return _part(project, user, rules, (left, floor), after)[0] if left < floor else None


def _part(
    project: Project, user: User, rules: Rules, between: tuple[Place, Place], after: int
) -> tuple[Place | None, Place]:
    """Return the first place in a part that is theirs, and up to where nothing is."""
    found: list[Place] = []
    reached = [between[1]]
    for part, wanted in _parts(project, rules, between):
        theirs = [~part.c.training, part.c.document_id != after, wanted, ~_finished(part, user)]
        if rules.overlap is not None:
            held = select(Assignment.document_id).where(
                Assignment.project_id == project.id, Assignment.annotator_id == user.id
            )
            theirs.append(part.c.document_id.not_in(held))
        order = (part.c.place, part.c.document_id)
        row = db.session.execute(select(*order).where(*theirs).order_by(*order).limit(1)).first()
        last = select(*order).order_by(*order).offset(_PART - 1).limit(1)
        if row is not None:
            found.append((row[0], row[1]))
            reached.append(_before(found[-1]))
        elif (end := db.session.execute(last).first()) is not None:
            reached.append((end[0], end[1]))
    return min(found, default=None), min(reached)


def _parts(
    project: Project, rules: Rules, between: tuple[Place, Place]
) -> Iterator[tuple[Subquery, ColumnElement[bool]]]:
    """Yield the entries to look at in one go, by an index, and which of them are wanted at all."""
    column, (low, high) = PLACES[rules.ordering], between
    names = (QueueEntry.document_id, QueueEntry.training, QueueEntry.shared_draw)
    entries = (
        select(column.label("place"), *names)
        .where(*beyond(project, rules, low), ordered(rules) <= placed(rules, high))
        .order_by(column, QueueEntry.document_id)
        .limit(_PART)
    )
    if rules.overlap is None:
        yield entries.subquery(), true()
    for taken in range(rules.overlap or 0):
        yield entries.where(QueueEntry.slots == taken).subquery(), true()
    if rules.overlap is not None and rules.shared:
        part = entries.subquery()
        yield part, part.c.shared_draw < draw(rules.shared)


def _finished(part: Subquery, user: User) -> Exists:
    """Tell whether the person has finished it; for OFFSET, PostgreSQL looks up each, not all."""
    theirs = (Layer.document_id == part.c.document_id, Layer.annotator_id == user.id, ~Layer.gold)
    done = select(Layer.id).where(*theirs, Layer.status != "open")
    return done.offset(0).exists()
