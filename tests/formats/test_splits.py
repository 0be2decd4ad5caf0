"""Parts of a corpus: for good, by the weights, near-duplicates together."""

import random
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.formats.splits import PARTS, SIMILAR, assign, signature, similarity

Row = tuple[int, str, str]


def _article(number: int, words: int = 60) -> str:
    deal = random.Random(number)
    return " ".join(f"w{deal.randrange(10**6)}" for _ in range(words))


def _rows(*numbers: int) -> list[Row]:
    return [(number, f"article-{number}", _article(number)) for number in numbers]


def _edited(text: str, share: float, seed: int = 0) -> str:
    """Return a text with this share of its words replaced, all in one place."""
    words = text.split()
    count = round(len(words) * share)
    return " ".join([*words[:-count], *_article(seed + 10_000, count).split()] if count else words)


def _parts(assigned: dict[int, tuple[str, bytes]]) -> dict[int, str]:
    return {key: part for key, (part, _) in assigned.items()}


# ---- signatures ------------------------------------------------------------------------------


def test_a_signature_is_small_and_always_the_same() -> None:
    """It is kept in the database, so no other version may make another."""
    made = signature("Ada Lovelace met Charles Babbage in London in 1833.")
    assert len(made) == 256
    assert made.hex()[:32] == "033c2604d8223407a496a45f3d057a17"


@settings(max_examples=30)
@given(st.integers(0, 1000), st.floats(0, 0.9))
def test_similarity_estimates_the_runs_in_common(number: int, share: float) -> None:
    """It is the Jaccard similarity of the runs of five words, give or take what 64 hashes can."""
    text = _article(number, 400)
    other = _edited(text, share, number)
    runs = [{tuple(t.split()[i : i + 5]) for i in range(396)} for t in (text, other)]
    expected = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
    assert similarity(signature(text), signature(other)) == pytest.approx(expected, abs=0.3)


def test_case_and_punctuation_make_no_difference() -> None:
    """The same words are the same text."""
    text = _article(1)
    assert similarity(signature(text), signature(text.upper().replace(" ", ", "))) == 1


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    """Two Chinese articles that differ in a sentence are near-duplicates, two others are not."""
    deal = random.Random(1)
    text = "".join(chr(deal.randrange(0x4E00, 0x9FA5)) for _ in range(400))
    other = "".join(chr(deal.randrange(0x4E00, 0x9FA5)) for _ in range(400))
    assert similarity(signature(text), signature(text[:380] + other[:20])) > SIMILAR
    assert similarity(signature(text), signature(other)) < 0.2


@pytest.mark.parametrize("text", ["x", "...", "😀", "one two"])
def test_the_shortest_texts_have_signatures(text: str) -> None:
    """And are like themselves only."""
    assert similarity(signature(text), signature(text)) == 1
    assert similarity(signature(text), signature(text + " more")) < SIMILAR


def test_a_long_text_takes_little_time_and_memory() -> None:
    """The longest possible text is hashed piece by piece."""
    start = time.monotonic()
    assert len(signature("ab " * 300_000 + _article(3, 20_000))) == 256
    assert time.monotonic() - start < 20


# ---- parts -----------------------------------------------------------------------------------


def test_the_first_goes_to_train_and_the_second_to_dev() -> None:
    """So that two documents can be trained on and judged by."""
    assert Counter(_parts(assign(_rows(1), {})).values()) == {"train": 1}
    assert Counter(_parts(assign(_rows(1, 2), {})).values()) == {"train": 1, "dev": 1}


@settings(max_examples=40)
@given(
    st.integers(3, 60),
    st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9)),
    st.integers(0, 5),
)
def test_parts_keep_to_the_weights(count: int, weights: tuple[int, int, int], seed: int) -> None:
    """No part is further from its share than one document, train and dev having come first."""
    parts = Counter(_parts(assign(_rows(*range(count)), {}, weights=weights, seed=seed)).values())
    for part, weight in zip(PARTS, weights, strict=True):
        if weight:
            assert abs(parts[part] - count * weight / sum(weights)) < 2
        else:
            assert part not in parts


@settings(max_examples=40)
@given(st.lists(st.integers(0, 200), unique=True, max_size=25), st.randoms(use_true_random=False))
def test_the_order_in_which_documents_come_makes_no_difference(
    numbers: list[int], deal: random.Random
) -> None:
    """Neither does the order in which the database gives those that exist."""
    rows = _rows(*numbers)
    shuffled = deal.sample(rows, len(rows))
    assert assign(rows, {}) == assign(shuffled, {})
    existing = assign(rows, {})
    reordered = dict(deal.sample(sorted(existing.items()), len(existing)))
    more = _rows(*range(300, 310))
    assert assign(more, existing) == assign(more, reordered)


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 500), max_size=12), max_size=4))
def test_documents_stay_where_they_are_as_others_come(batches: list[list[int]]) -> None:
    """Only the new ones are dealt, and the weights hold over all."""
    existing: dict[int, tuple[str, bytes]] = {}
    for batch in batches:
        new = [row for row in _rows(*dict.fromkeys(batch)) if row[0] not in existing]
        assigned = assign(new, existing)
        assert assigned.keys() == {key for key, _, _ in new}
        existing |= assigned
    parts = Counter(_parts(existing).values())
    if len(existing) > 2:
        assert abs(parts["train"] - 0.8 * len(existing)) < 2


def test_another_seed_deals_otherwise() -> None:
    """The same seed deals the same."""
    rows = _rows(*range(40))
    assert assign(rows, {}, seed=1) == assign(rows, {}, seed=1)
    assert _parts(assign(rows, {}, seed=1)) != _parts(assign(rows, {}, seed=2))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 8), st.floats(0, 0.05)), min_size=1, max_size=30))
def test_near_duplicates_stay_together(drawn: list[tuple[int, float]]) -> None:
    """Whether they come at once or one after the other."""
    rows = [
        (key, f"n{key}", _edited(_article(number), share, key))
        for key, (number, share) in enumerate(drawn)
    ]
    at_once = _parts(assign(rows, {}))
    existing: dict[int, tuple[str, bytes]] = {}
    for row in rows:
        existing |= assign([row], existing)
    for parts in (at_once, _parts(existing)):
        for number in {number for number, _ in drawn}:
            alike = [key for key, (other, _) in enumerate(drawn) if other == number]
            assert len({parts[key] for key in alike}) == 1


def test_a_corpus_of_copies_is_all_train() -> None:
    """A dev part of copies would say nothing."""
    rows = [(key, f"copy-{key}", _article(1)) for key in range(50)]
    assert set(_parts(assign(rows, {})).values()) == {"train"}


def test_nothing_new_is_nothing_assigned() -> None:
    """An empty corpus is possible."""
    assert assign([], {}) == {}
    assert assign([], assign(_rows(1, 2), {})) == {}


def test_many_documents_are_dealt_in_little_time() -> None:
    """Twenty thousand signatures, half of them copies, are compared by bands and not in pairs."""
    deal = np.random.default_rng(1)
    rows = deal.integers(0, 2**32, size=(10_000, 64), dtype=np.uint32)
    existing = {key: (PARTS[key % 3], row.tobytes()) for key, row in enumerate(rows)}
    existing |= {key + 10_000: ("train", rows[0].tobytes()) for key in range(10_000)}
    start = time.monotonic()
    assign(_rows(1, 2, 3), existing)
    assert time.monotonic() - start < 10
