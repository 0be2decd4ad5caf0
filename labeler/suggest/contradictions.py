"""Relations and labels of documents that a model which never saw their document contradicts.

The rule is that of confident learning (Northcutt, Jiang and Chuang 2021): an answer of the model
counts from how likely it mostly holds that answer to be where people gave it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from labeler.schema import Category, Entity, Relation, Scheme
from labeler.suggest.dictionary import NOTHING
from labeler.suggest.doubts import LEAST
from labeler.suggest.pairs import Candidate
from labeler.suggest.relating import Example, RelationModel
from labeler.suggest.topics import TopicModel


@dataclass(frozen=True, slots=True)
class Opinion:
    """What people said of something, what a model says, and how likely it holds each to be."""

    said: str
    answer: str
    score: float
    held: float

    @classmethod
    def of(cls, said: str, likely: Mapping[str, float]) -> "Opinion":
        """Return the opinion of a model that holds these answers to be so likely."""
        answer = max(likely, key=likely.__getitem__)
        return cls(said, answer, likely[answer], likely.get(said, 0.0))


SURE = 0.9
"""How likely an answer is that counts, whatever the mean: small models are surer than they are
right, and all alike."""


def contradicted(opinions: Sequence[Opinion]) -> list[bool]:
    """Tell which contradict people, the model being as sure as it mostly is of such answers."""
    held: dict[str, list[float]] = defaultdict(list)
    for one in opinions:
        held[one.said].append(one.held)
    least = {said: max(min(sum(each) / len(each), SURE), LEAST) for said, each in held.items()}
    return [
        one.said != one.answer and one.score >= least.get(one.answer, float("inf"))
        for one in opinions
    ]


# ---- relations -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RelationDoubt:
    """A relation that a model has otherwise, between two entities of the layer.

    `kind` is label, direction, both, missing (not related) or extra (related, and nothing to the
    model). `head` and `tail` are those of what is labeled, else of what the model has; `proposed`
    is the model's head, tail and label, None for nothing.
    """

    kind: str
    labeled: Relation | None
    head: Entity
    tail: Entity
    proposed: tuple[Entity, Entity, str] | None
    score: float


Judged = tuple[Opinion, RelationDoubt]
"""A pair of entities, and what would be doubted of it if the model counts."""


def judged_relations(model: RelationModel, example: Example, scheme: Scheme) -> Iterator[Judged]:
    """Yield what a model says of each pair of entities within reach that has one relation or none;
    what the scheme does not allow is not said."""
    reading, entities, relations = example
    between: dict[frozenset[str], list[Relation]] = defaultdict(list)
    for item in relations:
        between[frozenset((item.head, item.tail))].append(item)
    for candidate, likely in model.judged(reading, entities):
        there = between[frozenset((candidate.first.id, candidate.second.id))]
        if len(there) > 1:
            continue
        labeled = there[0] if there else None
        outcome = max(likely, key=likely.__getitem__)
        proposed = _proposed(candidate, outcome, scheme)
        if proposed is None and outcome != NOTHING:
            continue
        plain: dict[str, float] = defaultdict(float)
        for name, chance in likely.items():
            plain[_plain(name, scheme)] += chance
        opinion = Opinion.of(_said(labeled, candidate.first, scheme), plain)
        kind, ends = _kind(labeled, proposed), _in_order(candidate, labeled, proposed)
        yield opinion, RelationDoubt(kind, labeled, *ends, proposed, opinion.score)


def _proposed(
    candidate: Candidate, outcome: str, scheme: Scheme
) -> tuple[Entity, Entity, str] | None:
    """Return head, tail and label of an outcome; None for nothing, and for what is not allowed."""
    label = scheme.relation(outcome[:-1])
    head, tail = candidate.ends(outcome)
    return (head, tail, label.name) if label and label.allows(head.label, tail.label) else None


def _in_order(
    candidate: Candidate, labeled: Relation | None, proposed: tuple[Entity, Entity, str] | None
) -> tuple[Entity, Entity]:
    """Return head and tail of what is labeled, else of what is proposed."""
    if labeled is None:
        return proposed[:2] if proposed else (candidate.first, candidate.second)
    turned = labeled.head != candidate.first.id
    return (candidate.second, candidate.first) if turned else (candidate.first, candidate.second)


def _said(labeled: Relation | None, first: Entity, scheme: Scheme) -> str:
    if labeled is None:
        return NOTHING
    return _plain(f"{labeled.label}{'>' if labeled.head == first.id else '<'}", scheme)


def _plain(outcome: str, scheme: Scheme) -> str:
    """Return an outcome without a direction that means nothing."""
    label = scheme.relation(outcome[:-1])
    return outcome[:-1] if label is not None and label.symmetric else outcome


def _kind(labeled: Relation | None, proposed: tuple[Entity, Entity, str] | None) -> str:
    if labeled is None or proposed is None:
        return "extra" if proposed is None else "missing"
    turned = labeled.head != proposed[0].id
    if labeled.label == proposed[2]:
        return "direction"
    return "both" if turned else "label"


# ---- labels of documents ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CategoryDoubt:
    """A label of a document that a model has otherwise; `kind` is label, missing or extra."""

    kind: str
    labeled: Category | None
    proposed: str | None
    score: float


def judged_category(
    model: TopicModel, text: str, labeled: Category | None
) -> tuple[Opinion, CategoryDoubt]:
    """Return what a model says of a document where people chose one of a group, or nothing."""
    opinion = Opinion.of(labeled.label if labeled else NOTHING, model.likely(text))
    kind = "missing" if labeled is None else "label" if opinion.answer else "extra"
    return opinion, CategoryDoubt(kind, labeled, opinion.answer or None, opinion.score)
