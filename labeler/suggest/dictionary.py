"""The suggester that has read what people labeled: words, pairs of words, and words between.

It counts. Each key (an entity's words, two entities' words, the words between two labels, a word at
the edge of entities) has outcomes: a label, or nothing. What was labeled most times is proposed,
with the counts as reason.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from labeler import nlp
from labeler.schema import Entity, Relation, Scheme, Suggestion
from labeler.suggest import (
    entity_suggestion,
    habits,
    relation_suggestion,
)
from labeler.suggest.finds import Find, standing
from labeler.suggest.reading import ENTITY, MAX_KEY, Counts, Key, LookUp, Reading

NEAR = 12
"""Tokens between two entities that may be learned as related by what stands between them."""
FOLLOWING = 6
"""Entities after one that it is paired with."""
THRESHOLD = 0.55
"""Share of a key's outcomes from which one is proposed."""
RELATED = 0.75
"""The same for relations: one proposed in vain costs as much as one that is missing."""
NOTHING = ""
"""The outcome of what nobody labeled."""

PAIR, BETWEEN = "pair", "between"


class _Pair(NamedTuple):
    """Two entities that stand near each other, in the order of the text, and their keys."""

    first: Entity
    second: Entity
    keys: tuple[Key, ...]


def _pairs(reading: Reading, entities: Sequence[Entity]) -> Iterator[_Pair]:
    """Yield pairs of entities with the keys by which they are known, the surest key first."""
    placed = [
        (*place, entity)
        for entity in sorted(entities, key=lambda item: (item.start, item.end))
        if (place := reading.range(entity))
    ]
    for index, (first, last, one) in enumerate(placed):
        for start, end, other in placed[index + 1 : index + 1 + FOLLOWING]:
            if start < last or start - last > NEAR:
                continue
            between = " ".join(reading.words[last:start]).casefold()
            if "\n" in between:
                break
            names = f"{reading.slice(first, last)}\t{reading.slice(start, end)}"
            labels = f"{one.label}\t{other.label}"
            keys = (Key(PAIR, f"{labels}\t{names}"), Key(BETWEEN, f"{labels}\t{between}"))
            yield _Pair(one, other, tuple(key for key in keys if len(key.words) <= MAX_KEY))


# ---- learning --------------------------------------------------------------------------------

Lesson = dict[Key, Counter[str]]
"""What one finished layer adds to the counts."""


def learn(
    reading: Reading,
    entities: Sequence[Entity],
    relations: Sequence[Relation],
    proposed: Iterable[Entity],
    look_up: LookUp,
) -> Lesson:
    """Return what a finished layer teaches.

    Words that nobody labeled count as nothing where they are known: labeled elsewhere in this
    text, `proposed` here, or in the counts that `look_up` gives.
    """
    lesson: Lesson = defaultdict(Counter)
    labeled = {place: entity for entity in entities if (place := reading.range(entity))}
    for (first, last), entity in labeled.items():
        lesson[Key(ENTITY, reading.slice(first, last))][entity.label] += 1
    places = [(place, item) for item in proposed if (place := reading.range(item))]
    suspects = {Key(ENTITY, reading.slice(*place)) for place, _ in places}
    _count_unlabeled(reading, labeled, suspects | lesson.keys(), look_up, lesson)
    lesson |= habits.lesson(reading, labeled, places, look_up)
    _count_relations(reading, entities, relations, look_up, lesson)
    return dict(lesson)


def _count_unlabeled(
    reading: Reading,
    labeled: Mapping[tuple[int, int], Entity],
    suspects: Collection[Key],
    look_up: LookUp,
    lesson: Lesson,
) -> None:
    taken = {token for first, last in labeled for token in range(first, last)}
    runs = [run for run in reading.runs() if taken.isdisjoint(range(run[1], run[2]))]
    known = look_up({key for key, _, _ in runs} - set(suspects))
    for key, _, _ in runs:
        if key in suspects or key in known:
            lesson[key][NOTHING] += 1


def _count_relations(
    reading: Reading,
    entities: Sequence[Entity],
    relations: Sequence[Relation],
    look_up: LookUp,
    lesson: Lesson,
) -> None:
    outcomes = {(item.head, item.tail): f"{item.label}>" for item in relations}
    outcomes |= {(item.tail, item.head): f"{item.label}<" for item in relations}
    pairs = [
        (pair, outcomes.get((pair.first.id, pair.second.id), NOTHING))
        for pair in _pairs(reading, entities)
    ]
    told = {key for pair, outcome in pairs if outcome for key in pair.keys}
    known = look_up({key for pair, _ in pairs for key in pair.keys} - told) if pairs else {}
    for pair, outcome in pairs:
        for key in pair.keys:
            if outcome or key in told or key in known:
                lesson[key][outcome] += 1


# ---- proposing -------------------------------------------------------------------------------


def share(outcomes: Mapping[str, int], outcome: str) -> float:
    """Return how sure an outcome is: its share of all, drawn to one half while they are few."""
    return (outcomes.get(outcome, 0) + 0.3) / (sum(outcomes.values()) + 0.6)


def told(outcomes: Mapping[str, int], outcome: str, name: str) -> str:
    """Return in words how often an outcome was seen, and what contradicts it."""
    total = sum(outcomes.values())
    against = [
        f"{other.rstrip('<>')} {count} times"
        for other, count in sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))
        if other not in (outcome, NOTHING) and count
    ]
    words = f"labeled {name} {outcomes[outcome]} of {total} times"
    return "; ".join([words, *against])


def proposals(
    reading: Reading, scheme: Scheme, look_up: LookUp, origin: Mapping[str, Any]
) -> list[Suggestion]:
    """Return what the counts propose for a text, entities by place before relations."""
    places = defaultdict(list)
    for key, first, last in reading.runs():
        places[key].append((first, last))
    finds = [
        Find(first, last, label, score, reason)
        for key, outcomes in look_up(places).items()
        if (best := _best(outcomes, lambda name: scheme.offered("entities", name) == name))
        for label, score, reason in [best]
        for first, last in places[key]
    ]
    starts, ends = reading.tokens.starts, reading.tokens.ends
    entities = [
        entity_suggestion(starts[find.start], ends[find.end - 1], find.label, _why(origin, *find))
        for find in standing(finds)
    ]
    return [*entities, *relation_proposals(reading, entities, scheme, look_up, origin)]


def _why(origin: Mapping[str, Any], *find: Any) -> dict[str, Any]:
    *_, score, reason = find
    return {**origin, "score": round(score, 4), "reason": reason}


def relation_proposals(
    reading: Reading,
    entities: Sequence[Entity],
    scheme: Scheme,
    look_up: LookUp,
    origin: Mapping[str, Any],
) -> list[Relation]:
    """Return the relations that the counts propose between entities near each other."""
    if not scheme.relations:
        return []
    pairs = list(_pairs(reading, entities))
    counts = look_up({key for pair in pairs for key in pair.keys}) if pairs else {}
    found = [
        relation
        for pair in pairs
        for key in pair.keys
        if (relation := _relation(pair, counts.get(key, {}), scheme, origin))
    ]
    return list({relation.id: relation for relation in reversed(found)}.values())[::-1]


def related_before(
    reading: Reading, head: Entity, tail: Entity, look_up: LookUp
) -> Iterator[dict[str, int]]:
    """Yield how often each label led from head to tail: between the same words, then over the same.

    Nothing where the two are not near each other.
    """
    for pair in _pairs(reading, [head, tail]):
        counts = look_up(pair.keys)
        way = ">" if pair.first is head else "<"
        for key in pair.keys:
            outcomes = counts.get(key, {}).items()
            yield {each[:-1]: count for each, count in outcomes if each.endswith(way)}


def _relation(
    pair: _Pair, outcomes: Mapping[str, int], scheme: Scheme, origin: Mapping[str, Any]
) -> Relation | None:
    def allowed(outcome: str) -> bool:
        label = scheme.relation(scheme.offered("relations", outcome[:-1]) or "")
        head, tail = _ends(pair, outcome)
        return label is not None and label.allows(head.label, tail.label)

    best = _best(outcomes, allowed, RELATED)
    if best is None:
        return None
    outcome, score, reason = best
    return relation_suggestion(*_ends(pair, outcome), outcome[:-1], _why(origin, score, reason))


def _ends(pair: _Pair, outcome: str) -> tuple[Entity, Entity]:
    """Return head and tail: an outcome says by its last character which of the two is the head."""
    return (pair.second, pair.first) if outcome.endswith("<") else (pair.first, pair.second)


def _best(
    outcomes: Mapping[str, int], allowed: Callable[[str], bool], least: float = THRESHOLD
) -> tuple[str, float, str] | None:
    """Return the outcome to propose with its score and reason, if one is sure enough."""
    found = max(
        (item for item in outcomes if item != NOTHING),
        key=lambda item: (outcomes[item], item),
        default=None,
    )
    if found is None or not allowed(found) or share(outcomes, found) < least:
        return None
    return found, share(outcomes, found), told(outcomes, found, found.rstrip("<>"))


class DictionarySuggester:
    """Proposes what the option `counts` says: `[kind, words, outcome, count]` in a list."""

    name: ClassVar[str] = "dictionary"
    title: ClassVar[str] = "Learned from what was labeled"

    def __init__(self, *, language: str, options: dict[str, Any]) -> None:
        self._language = language
        self._counts: dict[Key, dict[str, int]] = defaultdict(dict)
        for kind, words, outcome, count in options.get("counts", ()):
            self._counts[Key(kind, words)][outcome] = count

    @property
    def version(self) -> str:
        """Name how much has been learned."""
        return f"{len(self._counts)} words"

    def suggest(self, texts: Iterable[str], scheme: Scheme) -> Iterator[list[Suggestion]]:
        """Yield the proposals for each text."""
        origin = {"suggester": self.name, "version": self.version}
        for text in texts:
            [tokens] = nlp.tokenize([text], self._language)
            yield proposals(Reading(text, tokens), scheme, self._look_up, origin)

    def _look_up(self, keys: Collection[Key]) -> Counts:
        return {key: self._counts[key] for key in keys if key in self._counts}
