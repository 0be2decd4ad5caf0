"""What a finished layer counts as: its labels, its day, its time, what became of suggestions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from labeler import schema
from labeler.models import Entity, Layer, Project, Relation, Suggestion, Verdict

DURATION_EDGES = (15, 30, 60, 120, 240, 480, 960, 1920)
"""Seconds at which one class of time spent on a document ends and the next begins."""
DECISIONS = ("accepted", "corrected", "rejected")
"""What people make of suggestions."""
TIMED = tuple(f"duration {number}" for number in range(len(DURATION_EDGES) + 1))
"""Counters that count each layer once whose time is known."""
BLIND = "blind documents"
"""The counter that counts each layer once that was submitted without suggestions in sight."""
AIDED = "aided documents"
"""What counts each of the others once: those timed but for the blind ones. It stands alone."""
UNKNOWN = "unknown"
"""The suggester of a suggestion that is no longer known."""
Item = TypeVar("Item", schema.Entity, schema.Relation)
Counted = dict[str, int]
"""Amounts by measure and key, such as `{"entities 2026-01-31": 12, "entity ORG": 3}`."""


def duration_class(seconds: int) -> int:
    """Return into which class a time spent on a document falls, from 0."""
    return sum(seconds >= edge for edge in DURATION_EDGES)


def count_labels(entities: Iterable[str], relations: Iterable[str]) -> Counter[str]:
    """Count entities and relations by their labels, as `entity ORG`."""
    counted = Counter(f"entity {label}" for label in entities)
    counted.update(f"relation {label}" for label in relations)
    return counted


def count_layers(session: Session, layers: Sequence[Layer]) -> dict[int, Counted]:
    """Return what finished layers count as."""
    entities = _items(session, schema.Entity, layers)
    relations = _items(session, schema.Relation, layers)
    projects = {layer.project_id for layer in layers}
    schemes = {key: session.get_one(Project, key).scheme for key in projects}
    return {
        layer.id: _counted_as(
            session, schemes[layer.project_id], layer, entities[layer.id], relations[layer.id]
        )
        for layer in layers
    }


def _items(session: Session, kind: type[Item], layers: Sequence[Layer]) -> dict[int, list[Item]]:
    """Return the entities, or the relations, of layers."""
    table: Any = Entity if kind is schema.Entity else Relation
    columns = [getattr(table, name) for name in kind.__slots__]
    mine = table.layer_id.in_([layer.id for layer in layers])
    found: dict[int, list[Item]] = {layer.id: [] for layer in layers}
    for layer_id, *values in session.execute(select(table.layer_id, *columns).where(mine)).all():
        found[layer_id].append(kind(*values))
    return found


def _counted_as(
    session: Session,
    scheme: schema.Scheme,
    layer: Layer,
    entities: Sequence[schema.Entity],
    relations: Sequence[schema.Relation],
) -> Counted:
    counted = count_labels((e.label for e in entities), (r.label for r in relations))
    if layer.finished is not None:
        counted.update(_day(layer, layer.finished, len(entities), len(relations)))
        counted[f"duration {duration_class(layer.seconds)}"] += 1
        if layer.blind:
            counted.update(_blind(layer, len(entities), len(relations)))
        counted.update(_decision(item, scheme) for item in entities if _was_suggested(item))
        counted.update(_decision(item, scheme) for item in relations if _was_suggested(item))
        counted.update(_rejected(session, layer, scheme))
    return {name: amount for name, amount in counted.items() if amount}


def _day(layer: Layer, finished: datetime, entities: int, relations: int) -> Counted:
    day = finished.date().isoformat()
    return {
        f"documents {day}": 1,
        f"seconds {day}": layer.seconds,
        f"entities {day}": entities,
        f"relations {day}": relations,
    }


def _blind(layer: Layer, entities: int, relations: int) -> Counted:
    """Return what a layer made without suggestions counts as, to be compared with the others."""
    return {
        "blind documents": 1,
        "blind seconds": layer.seconds,
        "blind entities": entities,
        "blind relations": relations,
    }


def _was_suggested(item: schema.Entity | schema.Relation) -> bool:
    return "suggester" in (item.origin or {})


def _decision(item: schema.Entity | schema.Relation, scheme: schema.Scheme) -> str:
    """Name the decision on the suggestion that became this; its id tells what was proposed.

    What was proposed counts by its present name: nobody corrected what was renamed.
    """
    suggester = str((item.origin or {})["suggester"])
    proposed = item.id.rpartition(":")[2] if item.id.startswith("s:") else item.label
    proposed = scheme.current(
        "entities" if isinstance(item, schema.Entity) else "relations", proposed
    )
    moved = isinstance(item, schema.Entity) and item.id.startswith("s:") and not _in_place(item)
    decision = "corrected" if moved or proposed != item.label else "accepted"
    return f"{decision} {_name(suggester)} {proposed}"


def _in_place(item: schema.Entity) -> bool:
    return item.id.startswith(f"s:{item.start}-{item.end}:")


def _name(suggester: str) -> str:
    return suggester.replace(" ", "_") or UNKNOWN


def _rejected(session: Session, layer: Layer, scheme: schema.Scheme) -> Counter[str]:
    """Count the suggestions rejected by who proposed them, and as what."""
    verdicts = session.scalars(select(Verdict.id).where(Verdict.layer_id == layer.id)).all()
    if not verdicts:
        return Counter()
    rows = select(Suggestion.proposals).where(Suggestion.document_id == layer.document_id)
    proposed: dict[str, Mapping[str, object]] = {}
    for proposals in session.scalars(rows):
        proposed.update({str(proposal["id"]): proposal for proposal in proposals})
    return Counter(_rejection(name, proposed.get(name), scheme) for name in verdicts)


def _rejection(name: str, proposal: Mapping[str, object] | None, scheme: schema.Scheme) -> str:
    if proposal is None:
        label = scheme.current("entities", name.rpartition(":")[2])
        return f"rejected {UNKNOWN} {label}"
    origin = proposal.get("origin")
    suggester = str(origin.get("suggester", "")) if isinstance(origin, Mapping) else ""
    kind: schema.Kind = "relations" if "head" in proposal else "entities"
    return f"rejected {_name(suggester)} {scheme.current(kind, str(proposal['label']))}"
