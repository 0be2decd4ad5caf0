"""The best of what several suggesters propose for one place."""

from hypothesis import given
from hypothesis import strategies as st

from labeler import nlp
from labeler.schema import Entity, Overlap, Relation, crosses, overlap
from labeler.suggest import ranking
from labeler.suggest.reading import ENTITY, Key, Reading


def made(start: int, end: int, label: str = "A", score: float = 0.5, by: str = "one") -> Entity:
    """Return a proposal."""
    origin = {"suggester": by, "score": score, "reason": "because"}
    return Entity(f"s:{start}-{end}:{label}", start, end, label, origin)


def test_the_surest_wins_and_lists_the_others() -> None:
    """Of two suggesters the surer one's proposal stands, and tells what the other thought."""
    [kept] = ranking.best([made(0, 4, "A", 0.6), made(0, 6, "B", 0.9, "two")], "allow")
    assert (kept.end, kept.label) == (6, "B")
    assert kept.origin is not None
    assert kept.origin["others"] == [
        {"start": 0, "end": 4, "label": "A", "suggester": "one", "score": 0.6, "reason": "because"}
    ]


def test_one_suggester_may_nest() -> None:
    """What one suggester proposes inside its own proposal stands where the scheme allows it."""
    inner, outer = made(0, 4), made(0, 9, "B")
    assert len(ranking.best([inner, outer], "allow")) == 2
    assert len(ranking.best([inner, outer], "forbid")) == 1


PROPOSALS = st.lists(
    st.builds(
        lambda start, length, label, score, by: made(start, start + length, label, score, by),
        st.integers(0, 400),
        st.integers(1, 150),
        st.sampled_from("AB"),
        st.sampled_from((0.2, 0.5, 0.9)),
        st.sampled_from(("one", "two")),
    ),
    max_size=12,
)


@given(PROPOSALS, st.sampled_from(("allow", "nest", "forbid")), st.randoms())
def test_the_chosen_may_stand_together(
    proposals: list[Entity], rule: Overlap, random: object
) -> None:
    """No two chosen proposals break the rule, each has a place once, and order does not matter."""
    chosen = ranking.best(proposals, rule)
    for one in chosen:
        for other in chosen:
            if one is other:
                continue
            assert one.id != other.id
            assert rule != "forbid" or not overlap(one, other)
            assert rule != "nest" or not crosses(one, other)
    if len({(item.id, ranking.score(item)) for item in proposals}) == len(proposals):
        assert {item.id for item in ranking.best(proposals[::-1], rule)} == {
            item.id for item in chosen
        }


def test_experience_changes_scores_and_speaks_against() -> None:
    """What people labeled otherwise four times is not proposed; what they labeled so is surer."""
    text = "May met Ada."
    [tokens] = nlp.tokenize([text], "en")
    counts = {Key(ENTITY, "May"): {"": 4}, Key(ENTITY, "Ada"): {"A": 6}}
    kept = ranking.weighed([made(0, 3), made(8, 11)], Reading(text, tokens), counts)
    assert [(item.start, ranking.score(item)) for item in kept] == [(8, 0.875)]
    assert kept[0].origin is not None
    assert kept[0].origin["reason"] == "because; labeled so 6 of 6 times"


def test_a_pair_gets_one_relation_with_ends_that_stand() -> None:
    """The surest relation of a pair is kept, and none whose end was beaten."""
    relations = [
        Relation("r1", "a", "b", "X", {"score": 0.5}),
        Relation("r2", "b", "a", "Y", {"score": 0.9}),
        Relation("r3", "a", "gone", "X", {"score": 0.9}),
    ]
    assert [item.id for item in ranking.best_relations(relations, ["a", "b"])] == ["r2"]
