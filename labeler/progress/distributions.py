"""What was submitted by day, by time taken and by label, and what each of these counts."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import tuple_

from labeler.counters import DECISIONS, DURATION_EDGES
from labeler.errors import NotFound
from labeler.models import Project, User, WorkCounter, db
from labeler.progress.sums import sums


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
    query = sums(project, ("documents", "entities", "relations"), annotator)
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
        for _, key, amount in db.session.execute(sums(project, ["duration"], annotator))
    }
    return [(name, found.get(number, 0)) for number, name in enumerate(_classes())]


def _classes() -> list[str]:
    """Return the classes of time in words, the shortest first."""
    edges = (0, *DURATION_EDGES)
    return [*(_between(low, high) for low, high in pairwise(edges)), f"{edges[-1] // 60}+ min"]


def _between(low: int, high: int) -> str:
    """Return a class of time in words; those of a minute and more end at whole minutes."""
    return f"{low}–{high} s" if low < 60 else f"{low // 60}–{high // 60} min"


def labels(project: Project, annotator: User | None = None) -> dict[str, dict[str, int]]:
    """Return how often each label stands in finished layers, of everybody or of one person."""
    found: dict[str, dict[str, int]] = {"entities": {}, "relations": {}}
    names = {"entity": "entities", "relation": "relations"}
    for measure, key, amount in db.session.execute(sums(project, names, annotator)):
        found[names[measure]][key] = amount
    return found


@dataclass(frozen=True, slots=True)
class Count:
    """What a counter such as `entity ORG` holds, and what that is in words."""

    counter: str
    count: int
    words: str


def counts(
    project: Project, annotator: User | None, after: str = "", limit: int = 100
) -> list[Count]:
    """Return the counters that hold something, by name, those after the one named; of everybody,
    or of one person."""
    place = tuple_(WorkCounter.measure, WorkCounter.key)
    query = sums(project, _WORDS, annotator).order_by(WorkCounter.measure, WorkCounter.key)
    if after:
        measure, _, key = after.partition(" ")
        query = query.where(place > tuple_(measure, key))
    return [
        Count(name, amount, described(name))
        for name, amount in (
            (f"{measure} {key}", amount)
            for measure, key, amount in db.session.execute(query.limit(limit))
        )
    ]


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
    "aided": "Submitted with suggestions: {}",
    **dict.fromkeys(DECISIONS, ""),
}
