"""What becomes of suggestions, and what they spare."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from labeler.counters import DECISIONS
from labeler.models import Layer, Project, User, db
from labeler.progress.sums import ENOUGH, sums


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
    found: Counter[str] = Counter()
    for measure, key, amount in db.session.execute(sums(project, (*_SUMS, "blind"), annotator)):
        found[f"blind {key}" if measure == "blind" else measure] += amount
    blind = Aid(*(found[f"blind {name}"] for name in _SUMS))
    return Aid(*(found[name] - found[f"blind {name}"] for name in _SUMS)), blind


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
    for measure, key, amount in db.session.execute(sums(project, DECISIONS, annotator)):
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
