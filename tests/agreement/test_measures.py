"""Every registered measure keeps its contract, and ours are what their definitions say."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.agreement import Measure, Work, agreement, documents_needed, measures
from labeler.agreement.coding import (
    cohen_kappa,
    counts_of,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    observed_agreement,
    table_of,
)
from labeler.agreement.corpus import Corpus, read
from labeler.agreement.resampling import pool
from labeler.agreement.tokens import TokenAlpha, UnitizingAlpha, runs
from labeler.agreement.unitizing import Unit, alpha_u, u_alpha
from labeler.schema import Entity, Layer, Tokens
from tests.agreement.strategies import LAW, NAMES, corpora


@pytest.mark.parametrize("name", measures.names())
@given(work=corpora())
@LAW
def test_contract(name: str, work: list[Work]) -> None:
    """A measure has a row for each shared document, adds up, and knows when it has no value."""
    measure: Measure = measures[name]()
    assert measure.name == name
    assert measure.title
    corpus = read(work, NAMES)
    group = (0, 1) if measure.pairwise else (0, 1, 2)
    counts = measure.tabulate(corpus, group)
    assert len(counts) == len(corpus.shared(group))
    twice = np.stack([counts.sum(axis=0), 2 * counts.sum(axis=0)])
    values = measure.value(twice)
    assert values.shape == (2,)
    assert bool(np.isnan(values[0])) == bool(np.isnan(values[1]))
    assert bool(np.isnan(measure.value(np.zeros_like(twice))).all())


class Shared:
    """How many documents two annotators share: the smallest measure there can be."""

    name = "shared"
    title = "Shared documents"
    pairwise = True
    undefined = "no_annotations"

    def tabulate(self, corpus: Corpus, annotators: tuple[int, int]) -> np.ndarray:
        """Count one for each shared document."""
        return np.ones((len(corpus.shared(annotators)), 1))

    def value(self, pooled: np.ndarray) -> np.ndarray:
        """Return how many there are."""
        return pooled[..., 0]


def test_anybody_can_add_a_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measure registered from elsewhere stands in the report under its name."""
    monkeypatch.setattr(measures, "_loaded", dict(measures._loaded))
    measures.add("shared", Shared)
    done = {"a": Layer("a"), "b": Layer("b")}
    body = agreement([("d", 9, None, done), ("e", 9, None, done)]).to_json()
    assert body["measures"]["shared"]["title"] == "Shared documents"
    assert body["measures"]["shared"]["value"] == 2.0


@st.composite
def unitized(draw: st.DrawFn) -> list[Unit]:
    """Draw the units of one rater on [0, 20) that do not overlap."""
    borders = sorted(draw(st.sets(st.integers(0, 20), max_size=8)))
    pieces = list(pairwise(borders))
    return [
        Unit(start, end, draw(st.sampled_from("XY")))
        for start, end in pieces
        if draw(st.booleans())
    ]


# ---- tokens ------------------------------------------------------------------------------------


def label_sets(work: Work, name: str) -> list[str] | None:
    """Return the labels on each token the slow way, None for who did not work."""
    _, length, tokens, done = work
    if name not in done:
        return None
    borders = (
        [(at, at + 1) for at in range(length)]
        if tokens is None
        else list(zip(tokens.starts, tokens.ends, strict=True))
    )
    return [
        "+".join(sorted({e.label for e in done[name].entities if e.start < end and start < e.end}))
        for start, end in borders
    ]


@given(corpora())
@LAW
def test_runs_weigh_what_tokens_would(work: list[Work]) -> None:
    """Alpha over runs is alpha over tokens, one by one."""
    rows = []
    for row in work:
        columns = [own for name in NAMES if (own := label_sets(row, name)) is not None]
        if len(columns) > 1:
            rows += list(zip(*columns, strict=True))
    known = sorted({value for row in rows for value in row})
    place = {value: code for code, value in enumerate(known)}
    codes = np.array(
        [[place[v] for v in row] + [-1] * (3 - len(row)) for row in rows], dtype=np.int64
    )
    slow = krippendorff_alpha(counts_of(codes.reshape(-1, 3), len(known)))
    corpus, measure = read(work, NAMES), TokenAlpha()
    fast = float(measure.value(measure.tabulate(corpus, (0, 1, 2)).sum(axis=0)))
    assert (slow.value is None) == bool(np.isnan(fast))
    assert slow.value is None or fast == pytest.approx(slow.value)


@given(st.lists(st.lists(unitized(), min_size=2, max_size=2), min_size=1, max_size=3))
@LAW
def test_documents_are_one_continuum_of_units(documents: list[list[list[Unit]]]) -> None:
    """Alpha over documents is alpha over one continuum in which they follow one another."""
    work: list[Work] = []
    joined: list[list[Unit]] = [[], []]
    for at, raters in enumerate(documents):
        done = {}
        for name, units, all_units in zip("ab", raters, joined, strict=True):
            entities = (Entity(f"e{u.start}", u.start, u.end, str(u.value)) for u in units)
            done[name] = Layer(name, entities=tuple(entities))
            all_units += [Unit(20 * at + u.start, 20 * at + u.end, u.value) for u in units]
        work.append((f"d{at}", 20, None, done))
    slow = u_alpha(joined, 0, 20 * len(documents)).value
    measure = UnitizingAlpha()
    fast = float(measure.value(measure.tabulate(read(work), (0, 1)).sum(axis=0)))
    assert (slow is None) == bool(np.isnan(fast))
    assert slow is None or fast == pytest.approx(slow)


@given(corpora())
@LAW
def test_runs_cover_every_token_once(work: list[Work]) -> None:
    """Runs add up to the tokens of each document, with BIO as well."""
    corpus = read(work, NAMES)
    sizes = [length if tokens is None else len(tokens.starts) for _, length, tokens, _ in work]
    for scheme in ("IO", "BIO"):
        found = runs(corpus, scheme)
        counted = np.bincount(found.document, found.tokens, minlength=len(sizes))
        assert counted.tolist() == sizes


def test_a_span_in_the_blank_between_tokens_covers_none() -> None:
    """Only tokens count, so a label on white space that is no token is not seen."""
    tokens = Tokens((0, 4), (3, 7), "given")
    done = {"a": Layer("a", entities=(Entity("e", 3, 4, "X"),)), "b": Layer("b")}
    found = runs(read([("d", 7, tokens, done)]))
    assert found.values.max() == 0


# ---- fixed items -------------------------------------------------------------------------------

CODES = st.lists(st.lists(st.integers(-1, 2), min_size=3, max_size=3), min_size=1, max_size=8)


@given(CODES)
@LAW
def test_coefficients_do_not_depend_on_who_rates_or_on_order(rows: list[list[int]]) -> None:
    """Permuting raters and items changes no coefficient; none is above 1."""
    codes = np.array(rows, dtype=np.int64)
    one, other = counts_of(codes, 3), counts_of(codes[::-1, ::-1], 3)
    for measure in (fleiss_kappa, gwet_ac1, krippendorff_alpha):
        first, second = measure(one).value, measure(other).value
        assert first == pytest.approx(second)
        assert first is None or first <= 1 + 1e-12
    assert observed_agreement(one) == pytest.approx(observed_agreement(other))


@given(CODES)
@LAW
def test_kappa_is_symmetric(rows: list[list[int]]) -> None:
    """Cohen's kappa is the same whoever is the first rater."""
    codes = np.array(rows, dtype=np.int64)
    table = table_of(codes[:, 0], codes[:, 1], 3)
    assert cohen_kappa(table).value == pytest.approx(cohen_kappa(table.T).value)


def test_no_item_with_two_raters_is_no_overlap() -> None:
    """Without an item that two rated there is no value, and that is the reason."""
    counts = counts_of(np.array([[0, -1], [-1, 1]]), 2)
    for measure in (fleiss_kappa, gwet_ac1, krippendorff_alpha):
        assert measure(counts).value is None
        assert measure(counts).reason == "no_overlap"
    assert observed_agreement(counts) is None


# ---- continua ----------------------------------------------------------------------------------


@given(st.lists(unitized(), min_size=2, max_size=3))
@LAW
def test_unitizing_does_not_depend_on_order(raters: list[list[Unit]]) -> None:
    """Raters and units in another order give the same, and nothing is above 1."""
    turned = [units[::-1] for units in raters[::-1]]
    one, other = u_alpha(raters, 0, 20), u_alpha(turned, 0, 20)
    for first, second in ((one.value, other.value), (one.binary, other.binary), (one.cu, other.cu)):
        assert first == pytest.approx(second)
        assert first is None or first <= 1 + 1e-12
    if len(raters) == 2:
        first, second = alpha_u(raters, 0, 20).value, alpha_u(turned, 0, 20).value
        assert first == pytest.approx(second)


@given(unitized())
@LAW
def test_the_same_units_agree_wholly(units: list[Unit]) -> None:
    """Two raters with the same units get 1.0 wherever there is a value."""
    found = u_alpha([units, units], 0, 20)
    for value in (found.value, found.binary, found.cu):
        assert value is None or value == pytest.approx(1.0)
    assert alpha_u([units, units], 0, 20).value in (None, 1.0)


# ---- resampling --------------------------------------------------------------------------------


def test_draws_do_not_depend_on_how_many_are_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resampling in small parts gives the same sums as in one."""
    counts = np.arange(12, dtype=float).reshape(6, 2)
    rows = np.arange(6)
    (whole,) = pool([(rows, counts)], rows, 50, 3)
    monkeypatch.setattr("labeler.agreement.resampling._CHUNK", 20)
    (parts,) = pool([(rows, counts)], rows, 50, 3)
    assert whole.tolist() == parts.tolist()


def test_every_draw_has_as_many_documents() -> None:
    """A resampled corpus has the size of the corpus, some documents twice and some not at all."""
    rows = np.arange(7)
    (sums,) = pool([(rows, np.ones((7, 1)))], rows, 100, 0)
    assert set(sums[:, 0].tolist()) == {7.0}


def test_half_the_width_takes_four_times_the_documents() -> None:
    """The documents still needed follow from the square root law."""
    assert documents_needed(10, 0.5, 1.0, 0.25) == 40


def test_pairs_are_what_combinations_gives() -> None:
    """A corpus yields each two annotators once."""
    assert list(read([], NAMES).pairs()) == list(combinations(range(3), 2))
