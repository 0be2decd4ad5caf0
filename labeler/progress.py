"""How the work goes on: pace, days, time per document, what becomes of suggestions.

All of it is read from counters and indexes, at the same cost however many documents there are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import Select, func, select

from labeler.counters import DECISIONS, DURATION_EDGES
from labeler.errors import NotFound
from labeler.models import Document, Entity, Layer, Project, QueueEntry, User, WorkCounter, db

ENOUGH = 5
"""Documents with a measured time, below which nothing is said of pace and of what remains."""


def _sums(
    project: Project, measures: Iterable[str], annotator: User | None
) -> Select[str, str, int]:
    """Select measure, key and the sum over annotators, or one annotator's."""
    total = func.sum(WorkCounter.amount)
    query = select(WorkCounter.measure, WorkCounter.key, total).where(
        WorkCounter.project_id == project.id, WorkCounter.measure.in_(measures)
    )
    if annotator is not None:
        query = query.where(WorkCounter.annotator_id == annotator.id)
    return query.group_by(WorkCounter.measure, WorkCounter.key).having(total != 0)


# ---- pace ------------------------------------------------------------------------------------


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
    def words(self) -> str:
        """Return the same in a sentence, with what it rests on."""
        if not self.left:
            return "Nothing is left to do."
        if self.hours is None:
            rest = f"Too few articles were timed ({self.timed}) to say how long that takes."
            return f"{self.left:,} to go. {rest}"
        minutes = round(60 * self.hours)
        spent = f"{minutes} minutes" if minutes < 90 else f"{self.hours:,.1f} hours"
        basis = f"going by the {self.timed:,} articles timed so far"
        return f"{self.left:,} to go: about {spent} of work, {basis}."


def forecast(left: int, paces: Iterable[Pace]) -> Forecast:
    """Return how many hours of work the documents left may take; None where too few were timed."""
    known = list(paces)
    timed, seconds = sum(p.documents for p in known), sum(p.seconds for p in known)
    hours = left * seconds / timed / 3600 if timed >= ENOUGH and seconds else None
    return Forecast(left, timed, hours)


# ---- with and without suggestions ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aid:
    """What was submitted with suggestions, or without: sums of documents, seconds and labels."""

    documents: int
    seconds: int
    entities: int
    relations: int

    def per_document(self, name: str) -> float | None:
        """Return the mean of one of the sums; None where too few documents say anything."""
        return getattr(self, name) / self.documents if self.documents >= ENOUGH else None


_SUMS = ("documents", "seconds", "entities", "relations")


def aids(project: Project, annotator: User | None = None) -> tuple[Aid, Aid]:
    """Return what was submitted with suggestions, and what without: as a control or in training."""
    sums: Counter[str] = Counter()
    for measure, key, amount in db.session.execute(_sums(project, (*_SUMS, "blind"), annotator)):
        sums[f"blind {key}" if measure == "blind" else measure] += amount
    blind = Aid(*(sums[f"blind {name}"] for name in _SUMS))
    return Aid(*(sums[name] - sums[f"blind {name}"] for name in _SUMS)), blind


# ---- over time -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """What was submitted on a day (UTC)."""

    day: date
    documents: int
    entities: int
    relations: int


def days(project: Project, annotator: User | None, until: date, count: int = 30) -> list[Day]:
    """Return what was submitted on each of the last days, those without anything as well."""
    first = until - timedelta(days=count - 1)
    query = _sums(project, ("documents", "entities", "relations"), annotator)
    query = query.where(WorkCounter.key >= first.isoformat(), WorkCounter.key <= until.isoformat())
    found = {(measure, key): amount for measure, key, amount in db.session.execute(query)}
    return [
        Day(
            day,
            *(
                found.get((measure, day.isoformat()), 0)
                for measure in ("documents", "entities", "relations")
            ),
        )
        for day in (first + timedelta(days=number) for number in range(count))
    ]


def durations(project: Project, annotator: User | None = None) -> list[tuple[str, int]]:
    """Return how many documents took how long: classes of time in words, with counts."""
    found = {
        int(key): amount
        for _, key, amount in db.session.execute(_sums(project, ["duration"], annotator))
    }
    return [(name, found.get(number, 0)) for number, name in enumerate(_classes())]


def _classes() -> list[str]:
    """Return the classes of time in words, the shortest first."""
    edges = (0, *DURATION_EDGES)
    return [*(_between(low, high) for low, high in pairwise(edges)), f"{edges[-1] // 60}+ min"]


def _between(low: int, high: int) -> str:
    """Return a class of time in words; those of a minute and more end at whole minutes."""
    return f"{low}–{high} s" if low < 60 else f"{low // 60}–{high // 60} min"


# ---- labels and suggestions ------------------------------------------------------------------


def labels(project: Project, annotator: User | None = None) -> dict[str, dict[str, int]]:
    """Return how often each label stands in finished layers, of everybody or of one person."""
    found: dict[str, dict[str, int]] = {"entities": {}, "relations": {}}
    names = {"entity": "entities", "relation": "relations"}
    for measure, key, amount in db.session.execute(_sums(project, names, annotator)):
        found[names[measure]][key] = amount
    return found


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of the suggestions of one suggester for one label."""

    suggester: str
    label: str
    accepted: int
    corrected: int
    rejected: int

    @property
    def decided(self) -> int:
        """Return how many of them somebody decided on."""
        return self.accepted + self.corrected + self.rejected

    @property
    def share(self) -> float:
        """Return which share of those was taken as it was proposed."""
        return self.accepted / self.decided


def receptions(project: Project, annotator: User | None = None) -> list[Reception]:
    """Return what became of suggestions in finished layers, those most decided on first."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for measure, key, amount in db.session.execute(_sums(project, DECISIONS, annotator)):
        suggester, _, label = key.partition(" ")
        found.setdefault((suggester, label), {})[measure] = amount
    known = [
        Reception(*place, *(counts.get(decision, 0) for decision in DECISIONS))
        for place, counts in found.items()
    ]
    return sorted(known, key=lambda one: (-one.decided, one.suggester, one.label))


@dataclass(frozen=True, slots=True)
class Spared:
    """What suggestions spared: `accepted` ones, each of which costs one action in place of two.

    Time is compared with documents labeled without suggestions, the controls, where there are some:
    `plain` and `helped` are seconds per entity or relation without and with suggestions.
    """

    accepted: int
    controls: int
    helped: float | None
    plain: float | None
    labels: int
    """Entities and relations labeled with suggestions in sight, in the documents looked at."""

    @property
    def hours(self) -> float | None:
        """Return the hours spared in the documents looked at; None where nobody can say."""
        if self.helped is None or self.plain is None or self.controls < ENOUGH:
            return None
        return (self.plain - self.helped) * self.labels / 3600


COMPARED = 5_000
"""Finished layers, the latest documents first, in which time with and without is compared."""


def spared(project: Project) -> Spared:
    """Return what suggestions spared so far."""
    latest = (
        select(Layer.blind, Layer.seconds, Layer.counted)
        .where(Layer.project_id == project.id, ~Layer.gold, Layer.status == "done")
        .order_by(Layer.document_id.desc())
        .limit(COMPARED)
    )
    seconds, labels, controls = Counter[bool](), Counter[bool](), 0
    for blind, spent, counted in db.session.execute(latest):
        if spent:  # those from files were not timed
            seconds[blind] += spent
            labels[blind] += sum(
                amount
                for name, amount in (counted or {}).items()
                if name.startswith(("entity ", "relation "))
            )
            controls += blind
    helped, plain = (
        seconds[each] / labels[each] if labels[each] else None for each in (False, True)
    )
    accepted = sum(one.accepted for one in receptions(project))
    return Spared(accepted, controls, helped, plain, labels[False])


def finishers(project: Project) -> Mapping[int, int]:
    """Return how many documents were finished by how many people, those by nobody left out."""
    query = select(QueueEntry.finished, func.count()).where(
        QueueEntry.project_id == project.id, QueueEntry.finished > 0
    )
    ordered = query.group_by(QueueEntry.finished).order_by(QueueEntry.finished.desc())
    return dict(db.session.execute(ordered).all())


# ---- what a number counts --------------------------------------------------------------------


def described(counter: str) -> str:
    """Return in words what a counter counts, such as `entity ORG`; raises NotFound."""
    measure, _, key = counter.partition(" ")
    if measure not in _WORDS or not key:
        raise NotFound("Nothing is counted under this name.")
    if measure == "duration":
        known = _classes()
        key = known[int(key)] if key.isdecimal() and int(key) < len(known) else key
    if measure in DECISIONS:
        suggester, _, label = key.partition(" ")
        return f"Suggestions of {label} by {suggester}: {measure}"
    return _WORDS[measure].format(key)


_WORDS = {
    "entity": "Entities labeled {}",
    "relation": "Relations labeled {}",
    "documents": "Articles submitted on {}",
    "entities": "Entities submitted on {}",
    "relations": "Relations submitted on {}",
    "duration": "Articles that took {}",
    "blind": "Submitted without suggestions: {}",
    **dict.fromkeys(DECISIONS, ""),
}


# ---- consistency -----------------------------------------------------------------------------

RECENT = 200
"""Finished layers that are looked at for words labeled differently."""


@dataclass(frozen=True, slots=True)
class Variation:
    """Words that one person labeled in more than one way; `document_id` has the rarest label."""

    words: str
    labels: Mapping[str, int]
    document_id: int


def variations(project: Project, annotator: User, limit: int = 20) -> list[Variation]:
    """Return the words that a person labeled differently in what they finished last.

    The same words may rightly have two labels: these are places to look at, not mistakes.
    """
    last = (
        select(Layer.id)
        .where(Layer.project_id == project.id, Layer.annotator_id == annotator.id)
        .where(Layer.status == "done", ~Layer.gold)
        .order_by(Layer.document_id.desc())
        .limit(RECENT)
    )
    words = func.substr(Document.text, Entity.start + 1, Entity.end - Entity.start)
    query = (
        select(words, Entity.label, Layer.document_id)
        .join(Layer, Layer.id == Entity.layer_id)
        .join(Document, Document.id == Layer.document_id)
        .where(Entity.layer_id.in_(last))
    )
    labels: dict[str, Counter[str]] = {}
    places: dict[tuple[str, str], int] = {}
    for found, label, document_id in db.session.execute(query):
        labels.setdefault(found, Counter())[label] += 1
        places.setdefault((found, label), document_id)
    varied = [
        Variation(found, dict(counts.most_common()), places[found, counts.most_common()[-1][0]])
        for found, counts in labels.items()
        if len(counts) > 1
    ]
    return sorted(varied, key=lambda one: (-sum(one.labels.values()), one.words))[:limit]
