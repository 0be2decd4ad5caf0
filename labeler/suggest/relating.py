"""The relation component trained here: which of two entities near each other is related how.

A regression over features of the pair and the words around it, with direction. Pairs compete where
an end has one such relation at most, as a version number has one product. How sure it must be to
propose is learned too, on texts that it did not learn from: some relations stand in the words, some
do not, and a wrong one costs an annotator more than a missing one saves.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np

from labeler.schema import Entity, Relation, Scheme
from labeler.suggest.dictionary import NOTHING
from labeler.suggest.pairs import REGRESSION, Candidate, candidates, shown
from labeler.suggest.reading import Reading
from labeler.suggest.regression import Features, Weights

_FOLDS = 5
"""Parts of the texts, each judged by what was learned from the others."""
_JUDGED = 150
"""Texts by which this is judged, the last ones."""
_NEVER = 2.0
"""More than any probability: nothing is proposed."""
_SURE = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Probabilities from which relations may be proposed."""
_SAVED, _RELABELED, _WASTED = 1.3, 0.3, -1.1
"""What a proposal saves of actions that is right, that has the wrong label, and that is between
unrelated entities. A missing relation takes one or two, as its likeliest label is right or not, a
wrong label one, a wrong relation one, here a little more: where both are even, none is better."""
_WORTH = 5.0
"""Actions that they must have saved to propose any: of few texts, chance saves some."""
_SINGLE = 0.05
"""The share of ends with several relations of a kind up to which they are taken to have one."""
_FEW = 3
"""Ends below which that is not learned."""

Example = tuple[Reading, Sequence[Entity], Sequence[Relation]]
"""A text with its gold entities and relations."""


def _outcomes(relations: Iterable[Relation]) -> dict[tuple[str, str], str]:
    """Return what each ordered pair is related as: a label, and which of the two is the head."""
    items = list(relations)
    found = {(item.tail, item.head): f"{item.label}<" for item in items}
    return found | {(item.head, item.tail): f"{item.label}>" for item in items}


@dataclass(frozen=True)
class RelationModel:
    """The weights of each outcome, features by outcomes; the first outcome is nothing."""

    outcomes: tuple[str, ...]
    weights: Weights
    sure: float = _SURE[0]
    """The probability from which a relation is proposed; above 1 none is."""
    single: Mapping[str, float] = field(default_factory=dict)
    """Kinds of ends that have one relation of a label at most, each with the odds against any."""

    def judged(
        self, reading: Reading, entities: Iterable[Entity]
    ) -> Iterator[tuple[Candidate, dict[str, float]]]:
        """Yield the pairs within reach with how likely each outcome is."""
        for candidate in candidates(reading, entities):
            likely = REGRESSION.likely(self.weights, candidate.features).tolist()
            yield candidate, dict(zip(self.outcomes, likely, strict=True))

    def relations(
        self, reading: Reading, entities: Sequence[Entity], scheme: Scheme
    ) -> Iterator[tuple[Entity, Entity, str, float]]:
        """Yield head, tail, label and probability of what is likely enough to be related."""
        found = list(self._allowed(reading, entities, scheme))
        odds: dict[tuple[str, str], float] = defaultdict(float)
        for head, tail, label, chance in found:
            for end in self._singles(head, tail, label):
                odds[end] += _odds(chance)
        for head, tail, label, chance in found:
            shares = (
                _odds(chance) / (self.single[end[0]] + odds[end])
                for end in self._singles(head, tail, label)
            )
            surely = min(shares, default=chance)
            if surely >= self.sure:
                yield head, tail, label, surely

    def _allowed(
        self, reading: Reading, entities: Sequence[Entity], scheme: Scheme
    ) -> Iterator[tuple[Entity, Entity, str, float]]:
        """Yield the likeliest relation of each pair, related or not, where the scheme has it."""
        for candidate, likely in self.judged(reading, entities):
            outcome = max(self.outcomes[1:], key=likely.__getitem__)
            head, tail = candidate.ends(outcome)
            label = scheme.relation(scheme.offered("relations", outcome[:-1]) or "")
            if label and label.allows(head.label, tail.label):
                yield head, tail, label.name, likely[outcome]

    def _singles(self, head: Entity, tail: Entity, label: str) -> Iterator[tuple[str, str]]:
        """Yield the ends of a relation that have one such at most, by kind and id."""
        for kind, id_ in _ends(head, tail, label):
            if kind in self.single:
                yield kind, id_

    def naming(
        self, reading: Reading, entities: Iterable[Entity], ends: tuple[Entity, Entity]
    ) -> dict[str, float]:
        """Return what speaks for each label of a relation from head to tail.

        They are two of the entities. Empty where one of them is too long to be known.
        """
        pair = shown(reading, entities, ends)
        if pair is None:
            return {}
        way = ">" if pair.first == ends[0] else "<"
        likely = REGRESSION.likely(self.weights, pair.features).tolist()
        chances = zip(self.outcomes, likely, strict=True)
        return {outcome[:-1]: chance for outcome, chance in chances if outcome.endswith(way)}

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                outcomes=np.array(self.outcomes),
                weights=self.weights.astype(np.float16),
                sure=np.float32(self.sure),
                single=np.array(list(self.single), np.str_),
                odds=np.array(list(self.single.values()), np.float32),
            )

    @classmethod
    def load(cls, path: Path) -> "RelationModel":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            outcomes = tuple(str(name) for name in kept["outcomes"])
            known = dict(zip(kept["single"].tolist(), kept["odds"].tolist(), strict=True))
            return cls(outcomes, kept["weights"].astype(np.float32), float(kept["sure"]), known)


def _ends(head: Entity, tail: Entity, label: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the kinds of both ends of a relation, with the ids of their entities."""
    return (f"{label}>\t{head.label}", head.id), (f"{label}<\t{tail.label}", tail.id)


def _odds(chance: float) -> float:
    return chance / max(1 - chance, 1e-6)


_Pair = tuple[Features, str]
"""The features of a pair of entities, and what they are related as."""


def train(examples: Iterable[Example], scheme: Scheme, seed: int = 0) -> RelationModel | None:
    """Return a model trained on gold entities and relations; None where nothing is related."""
    texts = list(examples)
    pairs = [_pairs(text) for text in texts]
    model = _fitted(chain.from_iterable(pairs), seed)
    if model is None:
        return None
    single = _single(texts)
    sure = _least(texts[-_JUDGED:], pairs[-_JUDGED:], scheme, single, seed)
    return replace(model, sure=sure, single=single)


def _single(texts: Iterable[Example]) -> dict[str, float]:
    """Return the kinds of ends that have one relation of a label at most; the odds against any."""
    there, having, several = Counter[str](), Counter[str](), Counter[str]()
    for _, entities, relations in texts:
        there.update(item.label for item in entities)
        by_id = {item.id: item for item in entities}
        known = (item for item in relations if item.head in by_id and item.tail in by_id)
        ends = Counter(
            end for item in known for end in _ends(by_id[item.head], by_id[item.tail], item.label)
        )
        having.update(kind for kind, _ in ends)
        several.update(kind for (kind, _), times in ends.items() if times > 1)
    return {
        kind: min(1.0, (there[kind.partition("\t")[2]] - count + 1) / (count + 1))
        for kind, count in having.items()
        if count >= _FEW and several[kind] <= _SINGLE * count
    }


def _least(
    texts: Sequence[Example],
    pairs: Sequence[Sequence[_Pair]],
    scheme: Scheme,
    single: Mapping[str, float],
    seed: int,
) -> float:
    """Return the probability from which proposals save most, on texts not learned from."""
    sums = Counter[float]()
    for part in range(min(_FOLDS, len(texts))):
        others = (each for number, each in enumerate(pairs) if number % _FOLDS != part)
        judge = _fitted(chain.from_iterable(others), seed)
        if judge is not None:
            judge = replace(judge, sure=_SURE[0], single=single)
            for text in texts[part::_FOLDS]:
                sums.update(_saved(judge, text, scheme))
    best = max(_SURE, key=lambda least: (sums[least], least))
    return best if sums[best] >= _WORTH else _NEVER


def _pairs(text: Example) -> list[_Pair]:
    reading, entities, relations = text
    outcomes = _outcomes(relations)
    return [
        (features, outcomes.get((first.id, second.id), NOTHING))
        for first, second, features in candidates(reading, entities)
    ]


def _saved(model: RelationModel, text: Example, scheme: Scheme) -> Counter[float]:
    """Return the actions saved on a text, by the probability from which relations are proposed."""
    reading, entities, relations = text
    right = {(item.head, item.tail): item.label for item in relations}
    right |= {(item.tail, item.head): "" for item in relations if item.head != item.tail}
    sums = Counter[float]()
    for head, tail, label, chance in model.relations(reading, entities, scheme):
        wanted = right.get((head.id, tail.id))
        value = _WASTED if wanted is None else _SAVED if wanted == label else _RELABELED
        sums.update({least: value for least in _SURE if chance >= least})
    return sums


def _fitted(examples: Iterable[_Pair], seed: int) -> RelationModel | None:
    """Return the model that pairs teach; None where nothing is related."""
    pairs = list(examples)
    names = (NOTHING, *sorted({outcome for _, outcome in pairs if outcome}))
    if len(names) == 1:
        return None
    return RelationModel(names, REGRESSION.fitted(pairs, names, seed))
