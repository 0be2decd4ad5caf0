"""The likeliest label of words that somebody points at, and of a relation between two entities.

That there is something a person has shown; what it is, is by far the easier question. Whoever knows
something of it says how many times of labeling that is worth for each label. These are added up:
so what was labeled often outweighs a model, and a model outweighs a rule.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from labeler.schema import Entity, Relation, Scheme, crosses, overlap
from labeler.suggest import dictionary, ranking, repeats
from labeler.suggest.reading import ENTITY, Key, LookUp, Reading
from labeler.suggest.trained import TrainedSuggester

LEAST = 0.4
"""The score from which a label is told: a wrong one primes whoever reads it. Of labels with scores
just above it, three in five were right in the texts that this was chosen by."""
LONGEST = 12
"""Tokens that an entity may have where nobody knows better."""
_LONGER = 4
"""Tokens by which an entity may be longer than any that was labeled."""
_DOUBT = 0.1
"""Times of labeling that speak for no label: what little is known of is not sure."""
_HERE = 6.0
"""What a label is worth that the same words have in the same text."""
_SPELLED = 2.0
"""The same of these words in another spelling."""
_MODEL = 2.0
"""What a trained version is worth."""
_PROPOSED = 1.0
"""What a proposal of exactly these words is worth, times its score; others by what they share."""
_GIVEN = 0.3
"""What it is worth which labels are given mostly in the text."""
_FEW = 5.0
"""Labels below which that is worth less than half of it."""

Place = tuple[int, int]
"""Tokens `[first, last)`."""


class Guess(NamedTuple):
    """A label, how likely it is, 0 to 1, and why, in words."""

    label: str
    score: float
    reason: str


class Evidence(NamedTuple):
    """What somebody says of labels: how many times of labeling each is worth, and why, in words."""

    worth: Mapping[str, float]
    why: Callable[[str], str]


class _Link(NamedTuple):
    """A relation with its ends."""

    label: str
    head: Entity
    tail: Entity
    relation: Relation


def likeliest(evidence: Iterable[Evidence], allowed: Callable[[str], bool]) -> Guess | None:
    """Return the label that most speaks for; None where none is sure enough, or two are even."""
    found = list(evidence)
    sums = Counter[str]()
    for each in found:
        sums.update({label: worth for label, worth in each.worth.items() if allowed(label)})
    label = max(sums, key=lambda name: (sums[name], name), default="")
    score = sums[label] / (sums.total() + _DOUBT)
    even = sum(worth == sums[label] for worth in sums.values()) > 1
    if even or score < LEAST:
        return None
    most = max(found, key=lambda each: each.worth.get(label, 0.0))
    return Guess(label, score, most.why(label))


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """A text as far as one person has labeled it, and what else is known where it stands."""

    reading: Reading
    scheme: Scheme
    labeled: Sequence[Entity]
    related: Sequence[Relation]
    proposed: Mapping[str, Sequence[Entity]]
    """The entities that suggesters propose, by their names, answered or not."""
    links: Sequence[Relation]
    """The relations that they propose between these."""
    look_up: LookUp
    trained: TrainedSuggester | None = None

    # ---- entities --------------------------------------------------------------------------------

    def entity(self, start: int, end: int) -> Guess | None:
        """Return the likeliest label of a span in code points.

        None where nothing is sure enough, where no entity can be made of it beside what is labeled,
        and of what nobody would label: more than a line, no letter or digit, very many words.
        """
        is_span = 0 <= start < end <= len(self.reading.text)
        place = self.reading.covering(start, end) if is_span else None
        if place is None or not self._may_be_one(start, end, place):
            return None
        span = Entity("", start, end, "")
        met = [item for item in self.labeled if overlap(item, span)]
        rule = self.scheme.overlap
        if (met and rule == "forbid") or (rule == "nest" and any(crosses(e, span) for e in met)):
            return None
        there = {item.label for item in met if (item.start, item.end) == (start, end)}
        return likeliest(
            self._of_span(start, end, place),
            lambda name: name not in there and self.scheme.offered("entities", name) == name,
        )

    def _may_be_one(self, start: int, end: int, place: Place) -> bool:
        words = self.reading.text[start:end]
        one_line = "\n" not in words and "\r" not in words
        return one_line and any(map(str.isalnum, words)) and place[1] - place[0] <= self._longest()

    def _longest(self) -> int:
        """Return how many tokens an entity may have."""
        known = self.trained.longest if self.trained else None
        if known is None:
            return LONGEST
        here = (place[1] - place[0] for _, place, _ in self.reading.named(self.labeled))
        return max(known, *here, 0) + _LONGER

    def _of_span(self, start: int, end: int, place: Place) -> Iterator[Evidence]:
        """Yield what is known of the label of a span."""
        words = self.reading.slice(*place)
        given = [at for at in self.reading.named(self.labeled) if at[0] == words]
        labels = [label for *_, label in given]
        before = [label for _, other, label in given if other < place] or labels
        yield self._here(place, labels, before)
        yield self._spelled(words)
        key = Key(ENTITY, words)
        yield _counted(self.look_up([key]).get(key, {}))
        if self.trained:
            told = (self.reading, place, before, self.scheme, self.proposed)
            yield _modeled(self.trained, self.trained.naming(*told))
        yield self._overlapping(start, end)
        yield self._mostly()

    def _here(self, place: Place, labels: Sequence[str], before: Sequence[str]) -> Evidence:
        """Return the labels that the same words have in the text, or have next."""
        again = self.trained.labels_again(self.scheme) if self.trained else None
        found = again(self.reading, place, before) if before and again else None
        counts = Counter([found] if found else labels)
        return Evidence(
            {label: _HERE * count for label, count in counts.items()},
            lambda label: repeats.told_again(label, before[-1]),
        )

    def _spelled(self, words: str) -> Evidence:
        """Return the labels that the words have in the text in another spelling."""
        named = self.reading.named(self.labeled)
        told = {
            label: own
            for own, _, label in named
            if own != words and repeats.is_spelled_like(words, own)
        }
        return Evidence(
            dict.fromkeys(told, _SPELLED), lambda label: f"“{told[label]}” is labeled {label} here"
        )

    def _overlapping(self, start: int, end: int) -> Evidence:
        """Return what proposals say that share words with the span."""
        worth, surest = defaultdict[str, float](float), dict[str, Entity]()
        found = (item for items in self.proposed.values() for item in items)
        for item in sorted(found, key=ranking.score):
            shared = min(end, item.end) - max(start, item.start)
            if shared > 0:
                part = shared / (max(end, item.end) - min(start, item.start))
                worth[item.label] += _PROPOSED * ranking.score(item) * part
                surest[item.label] = item
        return Evidence(worth, lambda label: _reason(surest[label]))

    def _mostly(self) -> Evidence:
        """Return the labels that are given in the text, by their shares."""
        counts = Counter(item.label for item in self.labeled)
        total = counts.total()
        return Evidence(
            {label: _GIVEN * count / (total + _FEW) for label, count in counts.items()},
            lambda label: f"{counts[label]} of {total} here are {label}",
        )

    # ---- relations -------------------------------------------------------------------------------

    def relation(self, head: Entity, tail: Entity) -> Guess | None:
        """Return the likeliest label of a relation between entities that is not there yet.

        They are known by their places and labels. None where nothing is sure enough.
        """
        there = {each.label for each in self._drawn if _same(each, head, tail)}
        allowed = {
            label.name
            for label in self.scheme.relations
            if label.allows(head.label, tail.label) and not label.retired
        }
        return likeliest(self._of_pair(head, tail), (allowed - there).__contains__)

    def _of_pair(self, head: Entity, tail: Entity) -> Iterator[Evidence]:
        """Yield what is known of the label of a relation."""
        for counts in dictionary.related_before(self.reading, head, tail, self.look_up):
            yield _counted(counts)
        if self.trained:
            entities = [head, tail, *self._beside(head, tail)]
            chances = self.trained.relating(self.reading, entities, (head, tail), self.scheme)
            yield _modeled(self.trained, chances)
        yield self._linked(head, tail)
        yield self._alike(head, tail)

    def _linked(self, head: Entity, tail: Entity) -> Evidence:
        """Return what proposals say that link just these places."""
        ends = {item.id: item for items in self.proposed.values() for item in items}
        links = _between(self.links, ends)
        found = {each.label: each.relation for each in links if _same(each, head, tail)}
        return Evidence(
            {label: _PROPOSED * ranking.score(item) for label, item in found.items()},
            lambda label: _reason(found[label]),
        )

    def _alike(self, head: Entity, tail: Entity) -> Evidence:
        """Return the labels of relations in the text that lead between the same labels."""
        labels = (head.label, tail.label)
        counts = Counter(
            each.label for each in self._drawn if (each.head.label, each.tail.label) == labels
        )
        return Evidence(
            counts, lambda label: f"labeled {label} {counts[label]} of {counts.total()} times here"
        )

    @cached_property
    def _drawn(self) -> list[_Link]:
        """Return the relations that the person drew."""
        return list(_between(self.related, {item.id: item for item in self.labeled}))

    def _beside(self, head: Entity, tail: Entity) -> list[Entity]:
        """Return the other entities of the text, labeled or proposed."""
        there = [head, tail, *self.labeled]
        proposed = (item for items in self.proposed.values() for item in items)
        rule = self.scheme.overlap
        fresh = ranking.best(ranking.beside(proposed, there, rule), rule)
        return [
            item
            for item in (*self.labeled, *fresh)
            if not (_is_at(item, head) or _is_at(item, tail))
        ]


def _between(relations: Iterable[Relation], ends: Mapping[str, Entity]) -> Iterator[_Link]:
    """Yield the relations whose ends are known."""
    for item in relations:
        if item.head in ends and item.tail in ends:
            yield _Link(item.label, ends[item.head], ends[item.tail], item)


def _same(link: _Link, head: Entity, tail: Entity) -> bool:
    return _is_at(link.head, head) and _is_at(link.tail, tail)


def _is_at(one: Entity, other: Entity) -> bool:
    """Tell whether two entities stand at the same place."""
    return (one.start, one.end) == (other.start, other.end)


def _counted(counts: Mapping[str, int]) -> Evidence:
    """Return what was labeled in finished layers, as many times of labeling as it was."""
    labels = {label: count for label, count in counts.items() if label != dictionary.NOTHING}
    return Evidence(labels, lambda label: dictionary.told(labels, label, label))


def _modeled(trained: TrainedSuggester, chances: Mapping[str, float]) -> Evidence:
    return Evidence(
        {label: _MODEL * chance for label, chance in chances.items()},
        lambda label: f"{trained.version}, {chances[label]:.2f}",
    )


def _reason(item: Entity | Relation) -> str:
    """Return why something is proposed."""
    origin = item.origin or {}
    return str(origin.get("reason") or f"proposed by {origin.get('suggester', 'somebody')}")
