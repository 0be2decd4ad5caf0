"""How far people are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from labeler.models import Document, Layer, Membership, Project, User, db


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one annotator is: documents of the project, and those of them finished."""

    total: int
    done: int


def progress(project: Project, user: User) -> Progress:
    """Return how far this person is."""
    total = select(func.count()).select_from(Document).where(Document.project_id == project.id)
    done = select(func.count()).where(
        Layer.project_id == project.id,
        Layer.annotator_id == user.id,
        Layer.status != "open",
        ~Layer.gold,
    )
    return Progress(db.session.scalar(total) or 0, db.session.scalar(done) or 0)


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
    counted = select(Layer.annotator_id, Layer.status, func.count()).where(
        Layer.project_id == project.id, ~Layer.gold
    )
    counts: dict[int, dict[str, int]] = {}
    for key, status, count in db.session.execute(
        counted.group_by(Layer.annotator_id, Layer.status)
    ):
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
    totals = select(Document.project_id, func.count()).where(Document.project_id.in_(project_ids))
    finished = select(Layer.project_id, func.count()).where(
        Layer.project_id.in_(project_ids),
        Layer.annotator_id == user.id,
        Layer.status != "open",
        ~Layer.gold,
    )
    total = dict(db.session.execute(totals.group_by(Document.project_id)).all())
    done = dict(db.session.execute(finished.group_by(Layer.project_id)).all())
    return {key: Progress(total.get(key, 0), done.get(key, 0)) for key in project_ids}
