"""Settling on paper: what is agreed is taken, each difference is one question, nothing is lost."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from labeler import schema
from labeler.adjudication import NONE, Comparison, Draft, Standings, compare, questions
from labeler.errors import Invalid
from tests.conftest import NEWS

LENGTH = 60
LABELS = ("PERSON", "ORG", "GPE")
NAMES = ("ana", "ben", "chidi", "dora")


def layer(name: str, *spans: tuple[int, int, str], links: Sequence[tuple[int, int, str]] = ()):
    """Return a layer with entities, and relations between them by their places in the list."""
    entities = tuple(schema.Entity(f"{name}{i}", *span) for i, span in enumerate(spans))
    relations = tuple(
        schema.Relation(f"{name}r{i}", entities[head].id, entities[tail].id, label)
        for i, (head, tail, label) in enumerate(links)
    )
    return schema.Layer(annotator=name, status="done", entities=entities, relations=relations)


def draft(comparison: Comparison, items: dict[str, schema.Annotation] | None = None) -> Draft:
    """Return a draft of a gold layer."""
    return Draft(comparison, items or {}, NEWS, LENGTH, "lena")


def after(made: Draft, items: dict[str, schema.Annotation] | None = None):
    """Return the annotations that a draft leads to, by id."""
    result = dict(items or {})
    for op in made.ops():
        assert result.get(op.id) == op.before
        result.pop(op.id, None)
        if op.after is not None:
            result[op.id] = op.after
    assert schema.check(result, NEWS, LENGTH) == []
    return result


def said(items) -> set[str]:
    """Return what gold says, whatever the ids."""
    words = {i.id: f"{i.start}-{i.end}:{i.label}" for i in items.values() if hasattr(i, "start")}
    links = {
        f"{words[i.head]}>{words[i.tail]}:{i.label}" for i in items.values() if hasattr(i, "tail")
    }
    return {*words.values(), *links}


def asked(comparison: Comparison, items) -> dict[str, tuple[str, str]]:
    """Return kind and state of what a person has to look at, by key."""
    standings = Standings(comparison, items, NEWS)
    return {s.slot.key: (s.slot.kind, s.state) for s in questions(standings)}


def test_each_difference_is_one_question() -> None:
    """Label, boundary and missing are told apart, and what all agree on is taken."""
    comparison = compare(
        [
            layer("ana", (0, 5, "PERSON"), (10, 14, "GPE"), (25, 34, "DATE"), (40, 44, "ORG")),
            layer("ben", (0, 5, "PERSON"), (10, 14, "ORG"), (20, 34, "DATE")),
            layer("chidi", (0, 5, "PERSON"), (10, 14, "GPE"), (20, 34, "DATE")),
        ]
    )
    made = draft(comparison)
    made.take_agreed()
    gold = after(made)
    assert said(gold) == {"0-5:PERSON"}
    assert asked(comparison, gold) == {
        "e:10-14": ("label", "open"),
        "e:25-34": ("boundary", "open"),
        "e:40-44": ("missing", "open"),
    }
    place = comparison.by_key["e:10-14"]
    assert [(str(v.content), v.holders) for v in place.versions] == [
        ("10-14:GPE", ("ana", "chidi")),
        ("10-14:ORG", ("ben",)),
    ]
    assert comparison.by_key["e:40-44"].absent == ("ben", "chidi")


def test_nested_entities_are_questions_of_their_own() -> None:
    """An entity within another does not hide it, whoever marked which."""
    comparison = compare(
        [layer("ana", (0, 19, "ORG"), (14, 19, "GPE")), layer("ben", (0, 19, "ORG"))]
    )
    kinds = {slot.key: slot.kind for slot in comparison.entities}
    assert kinds == {"e:0-19": "agreed", "e:14-19": "missing"}


def test_direction_and_type_of_relations() -> None:
    """Two that differ in direction or in label are one question, not two."""
    ends = ((0, 5, "PERSON"), (10, 15, "PERSON"), (20, 25, "GPE"))
    comparison = compare(
        [
            layer("ana", *ends, links=[(0, 1, "HELPS"), (0, 2, "LEADER_OF")]),
            layer("ben", *ends, links=[(1, 0, "HELPS"), (0, 2, "BORN_IN")]),
        ]
    )
    assert [slot.kind for slot in comparison.relations] == ["direction", "type"]
    mutual = compare(
        [
            layer("ana", *ends, links=[(0, 1, "MET_WITH")]),
            layer("ben", *ends, links=[(1, 0, "MET_WITH")]),
        ],
        symmetric=["MET_WITH"],
    )
    assert [slot.kind for slot in mutual.relations] == ["agreed"]


def test_a_relation_brings_its_ends() -> None:
    """Taking a relation takes those of its ends that are still open, from who holds it."""
    comparison = compare(
        [
            layer("ana", (0, 5, "PERSON"), (10, 14, "GPE"), links=[(0, 1, "LEADER_OF")]),
            layer("ben", (0, 5, "PERSON")),
        ]
    )
    [relation] = comparison.relations
    made = draft(comparison)
    made.take_agreed()
    made.decide(relation.key, str(relation.contents[0]))
    gold = after(made)
    assert said(gold) == {"0-5:PERSON", "10-14:GPE", "0-5:PERSON>10-14:GPE:LEADER_OF"}
    assert {state for _, state in asked(comparison, gold).values()} == {"settled"}


def test_an_agreed_relation_waits_for_its_ends() -> None:
    """A relation that all have is taken when its end is settled, and goes when the end goes."""
    comparison = compare(
        [
            layer("ana", (0, 5, "PERSON"), (10, 14, "GPE"), links=[(0, 1, "LEADER_OF")]),
            layer("ben", (0, 5, "PERSON"), (10, 14, "ORG"), links=[(0, 1, "LEADER_OF")]),
        ]
    )
    made = draft(comparison)
    made.take_agreed()
    assert said(after(made)) == {"0-5:PERSON"}
    made.decide("e:10-14", "10-14:ORG")
    gold = after(made)
    assert "0-5:PERSON>10-14:ORG:LEADER_OF" in said(gold)
    again = draft(comparison, gold)
    again.decide("e:10-14", NONE)
    gold = after(again, gold)
    assert said(gold) == {"0-5:PERSON"}
    assert asked(comparison, gold)["r:e:0-5|e:10-14"] == ("agreed", "moot")
    back = draft(comparison, gold)
    back.decide("e:10-14", "10-14:GPE")
    assert "0-5:PERSON>10-14:GPE:LEADER_OF" in said(after(back, gold))


def test_none_is_a_decision_and_is_not_asked_again() -> None:
    """What was settled as nothing stays settled until the annotators change something."""
    ana, ben = layer("ana", (10, 14, "GPE")), layer("ben")
    made = draft(compare([ana, ben]))
    made.decide("e:10-14", NONE, reason="slip", note="not a place")
    gold = after(made)
    assert said(gold) == set()
    assert asked(compare([ana, ben]), gold) == {"e:10-14": ("missing", "settled")}
    [decision] = [item for item in gold.values() if item.id == "q:e:10-14"]
    assert decision.origin == {
        "curation": {
            "how": "decided",
            "from": ["ben"],
            "by": "lena",
            "reason": "slip",
            "note": "not a place",
        },
        "saw": {"10-14:GPE": ["ana"], "": ["ben"]},
    }
    changed = compare([ana, layer("ben", (10, 14, "ORG"))])
    [standing] = list(questions(Standings(changed, gold, NEWS)))
    assert standing.state == "open"
    assert standing.reopened


def test_one_more_who_says_nothing_new_opens_nothing_again() -> None:
    """A decision stands when another says what was decided or seen; a new version asks again."""
    ana, ben = layer("ana", (10, 14, "GPE")), layer("ben", (10, 14, "ORG"))
    made = draft(compare([ana, ben]))
    made.decide("e:10-14", "10-14:GPE")
    gold = after(made)
    for label, state in (("GPE", "settled"), ("ORG", "settled"), ("PERSON", "open")):
        more = compare([ana, ben, layer("chidi", (10, 14, label))])
        assert asked(more, gold) == {"e:10-14": ("label", state)}
    assert asked(compare([ana, ben, layer("chidi")]), gold) == {"e:10-14": ("label", "open")}
    assert asked(compare([ana, layer("ben", (10, 14, "GPE"))]), gold) == {}


def test_one_more_against_a_vote_asks_again() -> None:
    """What was settled by vote stands with one more who votes for it, not with one against it."""
    ana, ben = layer("ana", (10, 14, "GPE")), layer("ben", (10, 14, "ORG"))
    made = draft(compare([ana, ben]))
    made.decide("e:10-14", "10-14:GPE", how="vote")
    gold = after(made)
    for label, state in (("GPE", "settled"), ("ORG", "open")):
        more = compare([ana, ben, layer("chidi", (10, 14, label))])
        assert asked(more, gold) == {"e:10-14": ("label", state)}


def test_gold_by_hand_is_asked_again_when_annotators_say_something_new() -> None:
    """What was said when a curator labeled by hand is noted once; it may be kept, or let go."""
    ana, ben = layer("ana", (10, 14, "GPE")), layer("ben")
    gold = {"own": schema.Entity("own", 10, 14, "ORG")}
    made = draft(compare([ana, ben]), gold)
    made.note_direct()
    noted = after(made, gold)
    again = draft(compare([ana, ben]), noted)
    again.note_direct()
    assert again.ops() == ()
    changed = compare([layer("ana", (10, 14, "PERSON")), ben])
    assert asked(changed, noted) == {"e:10-14": ("missing", "open")}
    kept = draft(changed, noted)
    kept.decide("e:10-14", "10-14:ORG")
    assert asked(changed, after(kept, noted)) == {"e:10-14": ("missing", "settled")}
    taken = draft(changed, noted)
    taken.decide("e:10-14", "10-14:PERSON")
    assert said(after(taken, noted)) == {"10-14:PERSON"}


def test_labeling_by_hand_and_undoing_it_leaves_what_was_decided() -> None:
    """A decision that a curator overrode by hand counts again when that is undone."""
    comparison = compare([layer("ana", (10, 14, "GPE")), layer("ben", (10, 14, "ORG"))])
    made = draft(comparison)
    made.decide("e:10-14", "10-14:GPE")
    gold = after(made)
    before = gold["e:10-14"]
    assert isinstance(before, schema.Entity)
    by_hand = replace(before, label="DATE", origin={"curation": {"how": "direct"}})
    overridden = draft(comparison, gold)
    overridden.change([schema.Op("e:10-14", before, by_hand)])
    noted = after(overridden, gold)
    assert asked(comparison, noted) == {"e:10-14": ("label", "settled")}
    undone = draft(comparison, noted)
    undone.change([schema.Op("e:10-14", by_hand, before)])
    again = after(undone, noted)
    assert asked(comparison, again) == {"e:10-14": ("label", "settled")}
    assert said(again) == {"10-14:GPE"}


def test_deciding_otherwise_keeps_the_id() -> None:
    """Gold keeps the id of an entity whose label or bounds are settled otherwise."""
    comparison = compare([layer("ana", (10, 14, "GPE")), layer("ben", (10, 18, "ORG"))])
    made = draft(comparison)
    made.decide("e:10-14", "10-14:GPE")
    gold = after(made)
    again = draft(comparison, gold)
    again.decide("e:10-14", "10-18:ORG")
    assert said(after(again, gold)) == {"10-18:ORG"}
    assert [op.id for op in again.ops() if isinstance(op.after, schema.Entity)] == ["e:10-14"]


def test_what_a_curator_does_by_hand_settles_and_stays() -> None:
    """A direct entity in the place of a question settles it; what was taken out stays out."""
    comparison = compare(
        [layer("ana", (0, 5, "PERSON"), (10, 14, "GPE")), layer("ben", (0, 5, "PERSON"))]
    )
    made = draft(comparison)
    made.take_agreed()
    gold = after(made)
    gold = {name: item for name, item in gold.items() if not isinstance(item, schema.Entity)}
    gold["own"] = schema.Entity("own", 10, 14, "ORG")
    again = draft(comparison, gold)
    again.take_agreed()
    assert again.ops() == ()
    assert asked(comparison, gold) == {"e:10-14": ("missing", "settled")}


def test_all_changing_their_minds_asks_again() -> None:
    """Where gold has something else than all annotators say by now, it is a question."""
    first = compare([layer("ana", (10, 14, "GPE")), layer("ben", (10, 14, "ORG"))])
    made = draft(first)
    made.decide("e:10-14", "10-14:ORG")
    gold = after(made)
    agreed = compare([layer("ana", (10, 14, "GPE")), layer("ben", (10, 14, "GPE"))])
    assert asked(agreed, gold) == {"e:10-14": ("revised", "open")}
    gone = compare([layer("ana"), layer("ben")])
    assert asked(gone, gold) == {"s:e:10-14": ("stray", "open")}
    again = draft(gone, gold)
    again.decide("s:e:10-14", NONE)
    assert said(after(again, gold)) == set()


def test_what_a_rule_keeps_out_is_asked() -> None:
    """An agreed entity that would overlap one made by hand becomes a question, not an error."""
    strict = replace(NEWS, overlap="forbid")
    comparison = compare([layer("ana", (0, 5, "PERSON")), layer("ben", (0, 5, "PERSON"))])
    own = {"own": schema.Entity("own", 3, 8, "ORG")}
    made = Draft(comparison, own, strict, LENGTH, "lena")
    made.take_agreed()
    gold = after(made, own)
    [standing] = list(questions(Standings(comparison, gold, strict)))
    assert (standing.slot.kind, standing.state) == ("clash", "open")


def test_attributes_parts_and_categories_are_compared_and_kept() -> None:
    """What entities have beside their bounds and labels is asked for, and stands in gold."""
    said_by = {"ana": {"sure": True}, "ben": {"sure": False}}
    drawn = [
        schema.Layer(
            annotator=name,
            entities=(
                schema.Entity("e", 0, 5, "PERSON", None, (), told),
                schema.Entity("f", 10, 20, "ORG", None, ((10, 12), (15, 20)), None),
            ),
            categories=(
                schema.Category("c", "POLITICS"),
                *([schema.Category("d", "SPORT")] if name == "ana" else []),
            ),
        )
        for name, told in said_by.items()
    ]
    scheme = replace(
        NEWS, categories=(schema.CategoryLabel("POLITICS"), schema.CategoryLabel("SPORT"))
    )
    comparison = compare(drawn)
    made = Draft(comparison, {}, scheme, LENGTH, "lena")
    made.take_agreed()
    kinds = {s.slot.key: s.slot.kind for s in questions(made.standings)}
    assert kinds == {"e:0-5": "attributes", "c:SPORT": "missing"}
    made.decide("e:0-5", str(comparison.by_key["e:0-5"].contents[0]))
    made.decide("c:SPORT", "SPORT")
    gold = {op.id: op.after for op in made.ops()}
    assert gold["e:0-5"].attributes in said_by.values()
    assert gold["e:10-20"].parts == ((10, 12), (15, 20))
    assert {i.label for i in gold.values() if isinstance(i, schema.Category)} == {
        "POLITICS",
        "SPORT",
    }


# ---- properties ------------------------------------------------------------------------------


@st.composite
def layers(draw: st.DrawFn) -> list[schema.Layer]:
    """Draw two to four layers that share much, with relations anywhere between them."""
    starts = st.sampled_from((0, 3, 8, 10, 20, 30, 33, 50))
    shape = st.tuples(starts, st.sampled_from((2, 5, 9)), st.sampled_from(LABELS))
    spans = shape.map(lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2]))
    common = draw(st.lists(spans, max_size=4))
    found = []
    for name in NAMES[: draw(st.integers(2, 4))]:
        own = dict.fromkeys([*common, *draw(st.lists(spans, max_size=4))])
        kept = [s for s in own if draw(st.integers(0, 5))]
        people = [i for i, s in enumerate(kept) if s[2] == "PERSON"]
        places = [i for i, s in enumerate(kept) if s[2] != "PERSON"]
        links: dict[tuple[int, int, str], None] = {}
        if people and places:
            pair = st.tuples(st.sampled_from(people), st.sampled_from(places))
            links |= {(*p, "LEADER_OF"): None for p in draw(st.lists(pair, max_size=3))}
        if len(people) > 1:
            pair = st.tuples(st.sampled_from(people), st.sampled_from(people))
            links |= {(*p, "MET_WITH"): None for p in draw(st.lists(pair, max_size=3))}
        found.append(layer(name, *kept, links=list(links)))
    return found


def compared(drawn: Sequence[schema.Layer]) -> Comparison:
    """Return the comparison of layers under the scheme of these tests."""
    return compare(drawn, symmetric=["MET_WITH"])


@given(layers(), st.randoms())
def test_the_order_of_annotators_changes_nothing(drawn: list[schema.Layer], random) -> None:
    """The same layers in another order, and stored in another order, are the same comparison."""
    mixed = [
        replace(
            each,
            entities=tuple(random.sample(each.entities, len(each.entities))),
            relations=tuple(random.sample(each.relations, len(each.relations))),
        )
        for each in drawn
    ]
    random.shuffle(mixed)
    assert compared(mixed) == compared(drawn)


@given(layers())
def test_every_entity_of_everybody_is_in_one_slot(drawn: list[schema.Layer]) -> None:
    """No version is lost, and nobody comes twice into one question."""
    comparison = compared(drawn)
    held = [
        (name, version.content)
        for slot in comparison.entities
        for version in slot.versions
        for name in version.holders
    ]
    expected = {(d.annotator, (e.start, e.end, e.label)) for d in drawn for e in d.entities}
    assert len(held) == len(expected)
    assert {(n, (c.start, c.end, c.label)) for n, c in held} == expected
    for slot in (*comparison.entities, *comparison.relations):
        names = [*slot.absent, *(n for version in slot.versions for n in version.holders)]
        assert sorted(names) == sorted(comparison.annotators)


@given(layers())
def test_what_all_agree_on_is_in_gold(drawn: list[schema.Layer]) -> None:
    """Every entity that all have is taken, and every relation that all have between such."""
    made = draft(compared(drawn))
    made.take_agreed()
    taken = said(after(made))
    common = set.intersection(*(said({i.id: i for i in each.annotations()}) for each in drawn))
    assert {each for each in common if ">" not in each} <= taken
    for each in common - taken:  # only what leads both ways, or stands twice on one end
        assert ">" in each
        assert each.endswith("MET_WITH")


@given(layers(), st.data())
def test_deciding_all_leaves_none(drawn: list[schema.Layer], data: st.DataObject) -> None:
    """Whatever is answered, in any order, in the end no question is open and gold is whole."""
    comparison = compared(drawn)
    gold: dict[str, schema.Annotation] = {}
    made = draft(comparison)
    made.take_agreed()
    gold = after(made)
    for _ in range(200):
        standings = Standings(comparison, gold, NEWS)
        left = [standing for standing in questions(standings) if standing.state == "open"]
        if not left:
            break
        standing = data.draw(st.sampled_from(left))
        answer = data.draw(st.sampled_from([NONE, *map(str, standing.slot.contents)]))
        step = draft(comparison, gold)
        try:
            step.decide(standing.slot.key, answer)
        except Invalid:
            step = draft(comparison, gold)
            step.decide(standing.slot.key, NONE)
        gold = after(step, gold)
    else:
        raise AssertionError("Questions come up again and again.")
    standings = Standings(comparison, gold, NEWS)
    assert not [s for s in standings if s.state in ("open", "new", "waiting")]


@given(layers(), st.data())
def test_reopening_takes_back(drawn: list[schema.Layer], data: st.DataObject) -> None:
    """A question that is decided and opened again is open, and gold lacks its answer."""
    comparison = compared(drawn)
    made = draft(comparison)
    made.take_agreed()
    gold = after(made)
    left = [s for s in questions(Standings(comparison, gold, NEWS)) if s.state == "open"]
    if not left:
        return
    standing = data.draw(st.sampled_from(left))
    step = draft(comparison, gold)
    try:
        step.decide(standing.slot.key, str(standing.slot.contents[0]))
    except Invalid:
        return
    decided = after(step, gold)
    back = draft(comparison, decided)
    back.reopen(standing.slot.key)
    found = Standings(comparison, after(back, decided), NEWS).find(standing.slot.key)
    assert found is not None
    assert found.state == "open"
    assert found.held is None
