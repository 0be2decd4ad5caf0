"""Matching spans: the best there is, whoever comes first."""

from collections.abc import Iterator
from itertools import combinations, permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.agreement.corpus import Corpus, align, read
from labeler.agreement.matching import KINDS, assign
from labeler.schema import Entity, Layer
from tests.agreement.strategies import LAW, LENGTH, entities

Pairs = list[tuple[Entity, Entity]]


def two(first: tuple[Entity, ...], second: tuple[Entity, ...]) -> Corpus:
    """Return one document that two people worked on."""
    done = {"a": Layer("a", entities=first), "b": Layer("b", entities=second)}
    return read([("d", LENGTH, None, done)])


def matched(corpus: Corpus, a: int = 0, b: int = 1) -> Pairs:
    """Return the matched entities."""
    found = align(corpus, a, b)
    return [
        (corpus.entities[a][row], corpus.entities[b][other])
        for row, other in zip(found.first.tolist(), found.second.tolist(), strict=True)
    ]


def kind(one: Entity, other: Entity) -> int:
    """Return the place of what differs among the kinds, by its definition."""
    same_place = (one.start, one.end) == (other.start, other.end)
    if same_place:
        return 0 if one.label == other.label else 1
    return 2 if one.label == other.label else 3


def overlap(one: Entity, other: Entity) -> int:
    """Return how many code points two entities share."""
    return min(one.end, other.end) - max(one.start, other.start)


def worth(pairs: Pairs) -> tuple[int, ...]:
    """Return what a matching is judged by: pairs of each kind, then overlap."""
    kinds = [kind(*pair) for pair in pairs]
    return *(kinds.count(k) for k in range(len(KINDS))), sum(overlap(*pair) for pair in pairs)


def every_matching(first: list[Entity], second: list[Entity]) -> Iterator[Pairs]:
    """Yield each one-to-one matching of overlapping entities."""
    for size in range(min(len(first), len(second)) + 1):
        for some in combinations(first, size):
            for others in permutations(second, size):
                pairs = list(zip(some, others, strict=True))
                if all(overlap(*pair) > 0 for pair in pairs):
                    yield pairs


@given(entities(), entities())
@settings(LAW, max_examples=300)
def test_matching_is_the_best_of_all(first: tuple[Entity, ...], second: tuple[Entity, ...]) -> None:
    """No other one-to-one matching of the same sets is better."""
    corpus = two(first, second)
    best = max(map(worth, every_matching(corpus.entities[0], corpus.entities[1])))
    assert worth(matched(corpus)) == best


@given(entities(), entities())
@settings(LAW, max_examples=300)
def test_matching_is_symmetric(first: tuple[Entity, ...], second: tuple[Entity, ...]) -> None:
    """Swapping the annotators gives the same pairs, down to which of two equals is taken."""
    one = matched(two(first, second))
    other = matched(two(second, first))
    places = {((a.start, a.end, a.label), (b.start, b.end, b.label)) for a, b in one}
    assert places == {((a.start, a.end, a.label), (b.start, b.end, b.label)) for b, a in other}


@given(entities(), entities(), st.randoms())
@LAW
def test_matching_does_not_depend_on_order(
    first: tuple[Entity, ...], second: tuple[Entity, ...], random: Random
) -> None:
    """Entities stored in another order match the same."""
    turned = list(first), list(second)
    for own in turned:
        random.shuffle(own)
    one, other = matched(two(first, second)), matched(two(tuple(turned[0]), tuple(turned[1])))
    assert {tuple((e.start, e.end, e.label) for e in pair) for pair in one} == {
        tuple((e.start, e.end, e.label) for e in pair) for pair in other
    }


@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 30)))
@LAW
def test_assignment_is_the_heaviest(weights: dict[tuple[int, int], int]) -> None:
    """No other choice of pairs, each node used once, weighs more."""

    def heaviest(left: int, free: frozenset[int]) -> int:
        if left > 4:
            return 0
        options = [
            weights[left, r] + heaviest(left + 1, free - {r}) for r in free if (left, r) in weights
        ]
        return max([heaviest(left + 1, free), *options])

    chosen = assign(weights)
    assert len(set(chosen.values())) == len(chosen)
    assert sum(weights[pair] for pair in chosen.items()) == heaviest(0, frozenset(range(5)))


def test_a_chain_of_crossing_spans_is_solved_as_a_whole() -> None:
    """Taking the largest overlap first would leave a pair unmatched; the best matching has all."""
    first = (Entity("1", 0, 4, "X"), Entity("2", 3, 9, "X"))
    second = (Entity("1", 2, 8, "X"), Entity("2", 8, 11, "X"))
    assert len(matched(two(first, second))) == 2


def test_a_span_over_the_whole_document_does_not_slow_matching_down() -> None:
    """Four hundred spans under one that covers them all are matched, and exactly so."""
    cover = (Entity("c", 0, 4000, "X"),), (Entity("c", 0, 3999, "X"),)
    inner = tuple(Entity(f"e{n}", 10 * n, 10 * n + 5, "Y") for n in range(400))
    moved = tuple(Entity(f"e{n}", 10 * n + 1, 10 * n + 5, "Y") for n in range(400))
    done = {
        "a": Layer("a", entities=cover[0] + inner),
        "b": Layer("b", entities=cover[1] + moved),
    }
    found = align(read([("d", 4000, None, done)]), 0, 1)
    assert found.kind.tolist() == [2] * 401
