"""The pace of each person, and how long what remains may take."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from labeler.counters import DECISIONS
from labeler.models import Layer, Project, QueueEntry, User, WorkCounter, db
from labeler.progress.sums import ENOUGH


@dataclass(frozen=True, slots=True)
class Pace:
    """What one person submitted here, in how much time; `median` is seconds per document."""

    documents: int = 0
    seconds: int = 0
    entities: int = 0
    relations: int = 0
    median: float | None = None
    flagged: int = 0
    accepted: int = 0
    decided: int = 0

    @property
    def per_hour(self) -> float | None:
        """Return documents per hour of work; None where too few were timed."""
        if self.documents < ENOUGH or not self.seconds:
            return None
        return self.documents * 3600 / self.seconds

    @property
    def acceptance(self) -> float | None:
        """Return which share of the suggestions decided on was taken as it was proposed."""
        return self.accepted / self.decided if self.decided else None


def paces(project: Project, annotator: User | None = None) -> dict[str, Pace]:
    """Return the pace of everybody who submitted something here, by name, or of one person."""
    totals = _by_person(project, annotator)
    flagged = _flagged(project, annotator)
    wanted = select(User.id, User.name).where(User.id.in_({*totals, *flagged}))
    found = {}
    for person, name in db.session.execute(wanted):
        sums = totals.get(person, {})
        found[name] = Pace(
            documents=sums.get("documents", 0),
            seconds=sums.get("seconds", 0),
            entities=sums.get("entities", 0),
            relations=sums.get("relations", 0),
            median=_median(project, person, sums.get("documents", 0)),
            flagged=flagged.get(person, 0),
            accepted=sums.get("accepted", 0),
            decided=sum(sums.get(decision, 0) for decision in DECISIONS),
        )
    return found


def _by_person(project: Project, annotator: User | None) -> dict[int, dict[str, int]]:
    measures = ("documents", "seconds", "entities", "relations", *DECISIONS)
    columns = (WorkCounter.annotator_id, WorkCounter.measure)
    query = select(*columns, func.sum(WorkCounter.amount)).where(
        WorkCounter.project_id == project.id, WorkCounter.measure.in_(measures)
    )
    if annotator is not None:
        query = query.where(WorkCounter.annotator_id == annotator.id)
    totals: dict[int, dict[str, int]] = {}
    for person, measure, amount in db.session.execute(query.group_by(*columns)):
        totals.setdefault(person, {})[measure] = amount
    return totals


def _flagged(project: Project, annotator: User | None) -> Counter[int]:
    """Count flags by person: in the order of the index that has the flagged ones only."""
    flagged = select(Layer.annotator_id).where(
        Layer.project_id == project.id, Layer.flag.is_not(None), ~Layer.gold
    )
    if annotator is not None:
        flagged = flagged.where(Layer.annotator_id == annotator.id)
    return Counter(db.session.scalars(flagged.order_by(Layer.document_id)))


def _median(project: Project, annotator_id: int, documents: int) -> float | None:
    """Return the median of seconds per document, read from the index that has them in order."""
    if documents <= 0:
        return None
    ordered = (
        select(Layer.seconds)
        .where(
            Layer.project_id == project.id,
            Layer.annotator_id == annotator_id,
            Layer.finished.is_not(None),
        )
        .order_by(Layer.seconds)
        .offset((documents - 1) // 2)
        .limit(2 - documents % 2)
    )
    middle = list(db.session.scalars(ordered))
    return sum(middle) / len(middle) if middle else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long what remains may take at the pace so far: hours of work, from documents timed."""

    left: int
    timed: int
    hours: float | None

    @property
    def words(self) -> str | None:
        """Return in words how long that is."""
        if self.hours is None:
            return None
        minutes = round(60 * self.hours)
        return f"{minutes} minutes" if minutes < 90 else f"{self.hours:,.1f} hours"


def forecast(left: int, paces: Iterable[Pace]) -> Forecast:
    """Return how many hours of work the documents left may take; None where too few were timed."""
    known = list(paces)
    timed, seconds = sum(p.documents for p in known), sum(p.seconds for p in known)
    hours = left * seconds / timed / 3600 if timed >= ENOUGH and seconds else None
    return Forecast(left, timed, hours)


def finishers(project: Project) -> Mapping[int, int]:
    """Return how many documents were finished by how many people, those by nobody left out."""
    query = select(QueueEntry.finished, func.count()).where(
        QueueEntry.project_id == project.id, QueueEntry.finished > 0
    )
    ordered = query.group_by(QueueEntry.finished).order_by(QueueEntry.finished.desc())
    return dict(db.session.execute(ordered).all())
