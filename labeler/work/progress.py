"""How far people are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from labeler.models import Membership, Project, QueueEntry, Tally, User, db


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one annotator is: documents of the project, and those of them finished."""

    total: int
    done: int


def progress(project: Project, user: User) -> Progress:
    """Return how far this person is."""
    return progress_by_project([project.id], user)[project.id]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one person is in a project; `role` is None for those who are no longer members."""

    id: int
    name: str
    role: str | None
    done: int
    open: int
    skipped: int


def standings(project: Project) -> list[Standing]:
    """Return how far everybody is: the members, and whoever else has layers here, by name."""
    counted = select(Tally.annotator_id, Tally.status, Tally.count)
    counts: dict[int, dict[str, int]] = {}
    for key, status, count in db.session.execute(counted.where(Tally.project_id == project.id)):
        counts.setdefault(key, {})[status] = count
    mine = and_(Membership.user_id == User.id, Membership.project_id == project.id)
    people = select(User.id, User.name, Membership.role).outerjoin(Membership, mine)
    wanted = people.where(or_(Membership.role.is_not(None), User.id.in_(counts)))
    return [
        Standing(
            key, name, role, *(counts.get(key, {}).get(s, 0) for s in ("done", "open", "skipped"))
        )
        for key, name, role in db.session.execute(wanted.order_by(User.name))
    ]


def progress_by_project(project_ids: Sequence[int], user: User) -> dict[int, Progress]:
    """Return how far this person is in each of these projects, in two queries."""
    last = select(func.max(QueueEntry.position)).where(QueueEntry.project_id == Project.id)
    totals = select(Project.id, func.coalesce(last.scalar_subquery(), 0))  # by index, each at once
    totals = totals.where(Project.id.in_(project_ids))
    finished = select(Tally.project_id, func.sum(Tally.count)).where(
        Tally.project_id.in_(project_ids),
        Tally.annotator_id == user.id,
        Tally.status != "open",
    )
    total: dict[int, int] = dict(db.session.execute(totals).all())
    done = dict(db.session.execute(finished.group_by(Tally.project_id)).all())
    return {key: Progress(total.get(key, 0), done.get(key, 0)) for key in project_ids}
