"""Puts together what several suggesters propose: the best for each place, the others listed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from labeler.schema import Entity, Overlap, Relation, crosses, overlap
from labeler.suggest.reading import ENTITY, Counts, Key, Reading

UNSCORED = 0.75
"""The score taken for a proposal that has none."""
BELIEF = 2
"""How many times of labeling a suggester's own score counts against what was labeled."""
LEAST = 0.35
"""The score below which experience speaks against a proposal so much that it is not made."""
_BLOCK = 100
"""Code points by which proposals are sorted, so that only near ones are compared."""
MOST_OTHERS = 5
"""Other proposals told for one place."""


def score(item: Entity | Relation) -> float:
    """Return how sure a proposal is."""
    return float((item.origin or {}).get("score", UNSCORED))


def weighed(entities: Iterable[Entity], reading: Reading, counts: Counts) -> list[Entity]:
    """Return proposals with scores that also say how people labeled these words before.

    What people hardly ever labeled so is left out.
    """
    kept = []
    for entity in entities:
        place = reading.range(entity)
        outcomes = counts.get(Key(ENTITY, reading.slice(*place)), {}) if place else {}
        total = sum(outcomes.values())
        if total < BELIEF:
            kept.append(entity)
            continue
        labeled = outcomes.get(entity.label, 0)
        surer = (score(entity) * BELIEF + labeled) / (BELIEF + total)
        if surer >= LEAST:
            kept.append(_rescored(entity, surer, f"labeled so {labeled} of {total} times"))
    return kept


def _rescored(entity: Entity, value: float, reason: str) -> Entity:
    origin = dict(entity.origin or {})
    origin["reason"] = "; ".join(filter(None, (origin.get("reason"), reason)))
    return replace(entity, origin={**origin, "score": round(value, 4)})


def best(proposals: Iterable[Entity], rule: Overlap) -> list[Entity]:
    """Return the surest proposals that may stand together, by place; each lists those it beat.

    Those of one suggester stand together where the scheme's rule lets them; those of different
    suggesters compete for every place that they share.
    """
    chosen: list[Entity] = []
    near: dict[int, list[Entity]] = defaultdict(list)
    beaten: dict[str, list[Entity]] = {}
    ranked = sorted(
        proposals, key=lambda item: (-score(item), item.start - item.end, item.start, item.label)
    )
    for entity in ranked:
        blocks = _blocks(entity)
        held = (other for block in blocks for other in near[block])
        winner = next((other for other in held if _compete(other, entity, rule)), None)
        if winner is not None:
            beaten.setdefault(winner.id, []).append(entity)
            continue
        chosen.append(entity)
        for block in blocks:
            near[block].append(entity)
    chosen.sort(key=lambda item: (item.start, item.end, item.label))
    return [_with_others(entity, beaten.get(entity.id, ())) for entity in chosen]


def beside(proposals: Iterable[Entity], labeled: Sequence[Entity], rule: Overlap) -> list[Entity]:
    """Return the proposals that say something new beside what is labeled and may stand with it."""
    proposals = list(proposals)
    near: dict[int, list[Entity]] = defaultdict(list)
    for entity in labeled if proposals else ():
        for block in _blocks(entity):
            near[block].append(entity)

    def is_said(item: Entity) -> bool:
        held = (other for block in _blocks(item) for other in near[block])
        return any(_settles(other, item, rule) for other in held)

    return [item for item in proposals if not is_said(item)]


def _settles(labeled: Entity, proposed: Entity, rule: Overlap) -> bool:
    """Tell whether a person who labeled one has thereby answered the other."""
    if labeled.id == proposed.id:
        return False  # accepted: the page knows it by its id, also to undo that
    if not overlap(labeled, proposed):
        return False
    same_place = (labeled.start, labeled.end) == (proposed.start, proposed.end)
    if rule == "forbid" or same_place or labeled.label == proposed.label:
        return True
    return rule == "nest" and crosses(labeled, proposed)


def _blocks(entity: Entity) -> range:
    return range(entity.start // _BLOCK, (entity.end - 1) // _BLOCK + 1)


def _compete(one: Entity, other: Entity, rule: Overlap) -> bool:
    if not overlap(one, other):
        return False
    if one.id == other.id or _suggester(one) != _suggester(other) or rule == "forbid":
        return True
    return rule == "nest" and crosses(one, other)


def _suggester(entity: Entity) -> Any:
    return (entity.origin or {}).get("suggester")


def _with_others(entity: Entity, others: Sequence[Entity]) -> Entity:
    told = [_told(other) for other in others[:MOST_OTHERS]]
    return replace(entity, origin={**(entity.origin or {}), "others": told}) if told else entity


def _told(entity: Entity) -> dict[str, Any]:
    origin: Mapping[str, Any] = entity.origin or {}
    names = {name: origin[name] for name in ("suggester", "score", "reason") if name in origin}
    return {"start": entity.start, "end": entity.end, "label": entity.label, **names}


def best_relations(proposals: Iterable[Relation], ends: Iterable[str]) -> list[Relation]:
    """Return the surest proposal for each pair of entities among `ends`, by id."""
    known = set(ends)
    chosen: dict[tuple[str, str], Relation] = {}
    for relation in sorted(proposals, key=lambda item: (-score(item), item.id)):
        if relation.head in known and relation.tail in known:
            pair = min(relation.head, relation.tail), max(relation.head, relation.tail)
            chosen.setdefault(pair, relation)
    return sorted(chosen.values(), key=lambda item: item.id)
