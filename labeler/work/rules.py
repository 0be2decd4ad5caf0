"""How a project hands its documents out: the rules that its managers set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from labeler.errors import Invalid, Problem
from labeler.models import (
    DRAWS,
    HandingOut,
    Project,
    QueueEntry,
    QueueFloor,
    TrainingResult,
    db,
    transaction,
)

ORDERINGS = ("imported", "random", "useful")
"""As imported; by lot, the same wherever; what teaches most first, see transfer/usefulness.py."""
MAX_OVERLAP = 20
MAX_TRAINING = 200
MAX_LEASE = 60 * 24 * 90
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How documents are handed out; without any change everybody gets all, as imported."""

    overlap: int | None = None
    """Annotators that a document gets; None: everybody; 0: only those it is given to by hand."""
    shared: int = 0
    """Percent of the documents that go to everybody all the same."""
    control: int = 0
    """Percent of the documents that are shown without suggestions."""
    ordering: str = "imported"
    lease: int = 120
    """Minutes that a document taken and left stays reserved."""
    annotators_only: bool = False
    """Whether curators and managers get documents only by hand."""
    training: int = 0
    """Training documents that a newcomer finishes before any others."""
    pass_mark: int | None = None
    """Percent of F1 that a newcomer needs in them; None: any will do."""

    @property
    def reserved(self) -> timedelta:
        """Return how long a document taken and left stays reserved."""
        return timedelta(minutes=self.lease)

    def is_shared(self, entry: QueueEntry) -> bool:
        """Tell whether the document goes to everybody."""
        return self.overlap is None or entry.shared_draw < draw(self.shared)

    def is_blind(self, entry: QueueEntry) -> bool:
        """Tell whether the document is shown without suggestions: as a control, or as a test."""
        return entry.control_draw < draw(self.control) or (bool(self.training) and entry.training)


def draw(percent: int) -> int:
    """Return below which draw a document is among this share of all."""
    return percent * DRAWS // 100


_NAMES = tuple(field.name for field in fields(Rules))


def rules_of(project: Project) -> Rules:
    """Return the rules of a project."""
    row = db.session.get(HandingOut, project.id, populate_existing=True)
    return Rules(**{name: getattr(row, name) for name in _NAMES}) if row else Rules()


def change_rules(project: Project, values: Mapping[str, Any]) -> Rules:
    """Change the rules named, and return them all; raises Invalid naming each that does not fit.

    They hold for what is handed out from now on: nobody loses what they hold.
    """
    problems = list(_problems(values))
    if problems:
        raise Invalid("The rules of handing out were not changed.", problems)
    before = rules_of(project)
    rules = replace(before, **values)
    with transaction() as session:
        row = session.get(HandingOut, project.id) or HandingOut(project_id=project.id)
        for name in _NAMES:
            setattr(row, name, getattr(rules, name))
        session.add(row)
        if _wants_passed(before, rules):
            look_again(project.id)
    return rules


def _wants_passed(before: Rules, after: Rules) -> bool:
    """Tell whether documents that the queue has passed may be wanted by a change of the rules."""
    more = before.overlap is not None and (
        after.overlap is None or after.overlap > before.overlap or after.shared > before.shared
    )
    return more or before.ordering != after.ordering


def look_again(project_id: int) -> None:
    """Let the queue look from the start for everybody: what was passed over may be wanted now."""
    with transaction() as session:
        floors = update(QueueFloor).where(QueueFloor.project_id == project_id)
        session.execute(floors.values(again_place=-1.0, again_document=0))


_RANGES: dict[str, tuple[int, int, bool]] = {
    "overlap": (0, MAX_OVERLAP, True),
    "shared": (0, 100, False),
    "control": (0, 100, False),
    "lease": (1, MAX_LEASE, False),
    "training": (0, MAX_TRAINING, False),
    "pass_mark": (0, 100, True),
}
"""The least and the most of each number, and whether it may be null."""


def _problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in values.items():
        if name in _RANGES:
            least, most, nullable = _RANGES[name]
            number = isinstance(value, int) and not isinstance(value, bool)
            if not (number and least <= value <= most) and not (nullable and value is None):
                yield Problem(f"Use {least} to {most}{', or null' if nullable else ''}.", name)
        elif name == "ordering":
            if value not in ORDERINGS:
                yield Problem(f"Use one of {', '.join(ORDERINGS)}.", name)
        elif name == "annotators_only":
            if not isinstance(value, bool):
                yield Problem("Use true or false.", name)
        else:
            yield Problem("There is no such rule.", name)


def result_of(project: Project, annotator_id: int) -> TrainingResult | None:
    """Return what a person reached in the training documents, when they have finished them."""
    return db.session.get(TrainingResult, (project.id, annotator_id), populate_existing=True)
