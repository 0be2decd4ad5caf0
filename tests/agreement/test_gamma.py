"""Gamma: the alignment is the best there is, and chance is drawn the same for the same seed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.agreement.gamma import Dissimilarity, Piece, align, disorder, gamma
from labeler.errors import Invalid
from tests.agreement.strategies import LAW

PIECES = st.lists(
    st.builds(
        lambda start, length, category: Piece(start, start + length, category),
        st.integers(0, 15),
        st.integers(1, 5),
        st.sampled_from("xy"),
    ),
    max_size=4,
)
HOW = Dissimilarity()


@given(PIECES, PIECES)
@LAW
def test_two_annotators_are_aligned_as_any_number_would_be(
    first: list[Piece], second: list[Piece]
) -> None:
    """The short way for two finds what trying all does: a third who found nothing adds only costs
    that are the same for every alignment."""
    two = disorder(align([first, second], HOW), HOW)
    turned = disorder(align([second, first], HOW), HOW)
    assert two == pytest.approx(turned)
    units = len(first) + len(second)
    three = align([first, second, []], HOW)
    costs = sum(HOW.among(members) for members in three)
    assert 0 <= costs <= units + 1e-9
    assert sum(unit is not None for members in three for unit in members) == units


@given(PIECES)
@LAW
def test_the_same_units_have_no_disorder(units: list[Piece]) -> None:
    """Annotators who did the same are aligned without any cost."""
    assert disorder(align([units, units], HOW), HOW) == 0.0
    assert disorder(align([units, units, units], HOW), HOW) == pytest.approx(0.0)


def test_a_seed_gives_the_same_gamma() -> None:
    """Two runs with one seed agree in every digit; equal annotations have gamma 1."""
    units = [Piece(0, 4, "x"), Piece(6, 9, "y")]
    assert gamma([units, units], seed=1).value == 1.0
    moved = [Piece(1, 4, "x"), Piece(6, 8, "x")]
    assert gamma([units, moved], seed=1) == gamma([units, moved], seed=1)


def test_nothing_to_align_has_a_reason() -> None:
    """Without a second annotator, or without any unit, there is no gamma."""
    assert gamma([[Piece(0, 1, "x")]]).reason == "no_overlap"
    assert gamma([[], []]).reason == "no_annotations"


def test_too_large_an_input_is_refused() -> None:
    """Where trying all alignments would take for ever, that is said."""
    many = [Piece(at, at + 1, "x") for at in range(200)]
    with pytest.raises(Invalid, match="small inputs"):
        align([many, many, many], HOW)
