"""The agreement of a corpus: properties that hold for any, and a small one worked out by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labeler.agreement import Columns, Result, Work, agreement
from labeler.errors import Invalid, NotFound
from labeler.schema import Entity, Layer, Relation
from tests.agreement.strategies import LAW, NAMES, corpora, layers, shuffled

KINDS = ("identical", "label", "boundary", "both")


def quick(work: list[Work], **options: Any) -> Result:
    """Compute with few bootstraps."""
    return agreement(work, **{"annotators": NAMES, "bootstraps": 20, **options})


def scores(body: Any) -> list[dict[str, Any]]:
    """Return everything in a report that has a value with limits."""
    if isinstance(body, list):
        return [found for part in body for found in scores(part)]
    if not isinstance(body, dict):
        return []
    own = [body] if {"value", "low", "high"} <= body.keys() else []
    return own + [found for part in body.values() for found in scores(part)]


@given(corpora())
@LAW
def test_values_keep_their_bounds_or_say_why_not(work: list[Work]) -> None:
    """F1 lies within 0 and 1, alpha is at most 1, limits are in order, and null has a reason."""
    body = quick(work).to_json()
    for score in scores(body):
        if score["value"] is None:
            assert score["reason"] in ("no_overlap", "no_annotations", "no_variation")
            continue
        assert score["value"] <= 1 + 1e-12
        assert score["low"] is None or score["low"] <= score["high"]
    for part in ("entities", "relations"):
        for score in scores(body[part]["by_label"]):
            assert score["value"] is None or score["value"] >= 0


@given(corpora())
@LAW
def test_looser_measures_are_never_lower(work: list[Work]) -> None:
    """Strict F1 is the lowest, overlap the highest, and relations grow with what is ignored."""
    body = quick(work).to_json()
    for pair in body["entities"]["pairs"]:
        f1 = {name: score["value"] for name, score in pair["f1"].items()}
        if f1["strict"] is not None:
            assert f1["strict"] <= min(f1["boundary"], f1["type"])
            assert max(f1["boundary"], f1["type"], f1["partial"]) <= f1["overlap"]
    for pair in body["relations"]["pairs"]:
        if pair["f1"]["value"] is not None:
            assert pair["f1"]["value"] <= pair["bounds"]["value"] <= pair["unlabelled"]["value"]


@given(corpora().flatmap(lambda work: st.tuples(st.just(work), shuffled(work))))
@LAW
def test_order_does_not_matter(works: tuple[list[Work], list[Work]]) -> None:
    """Documents, layers, entities and relations stored in another order give the same numbers."""
    one, other = (quick(work, bootstraps=0).to_json() for work in works)
    assert one == other


@given(corpora())
@LAW
def test_who_comes_first_does_not_matter(work: list[Work]) -> None:
    """Annotators in another order have the same values, and the confusion of a pair is turned."""
    one = quick(work, bootstraps=0).to_json()
    other = quick(work, bootstraps=0, annotators=NAMES[::-1]).to_json()
    for part in ("entities", "relations"):
        turned = {(pair["b"], pair["a"]): pair for pair in other[part]["pairs"]}
        for pair in one[part]["pairs"]:
            twin = turned[pair["a"], pair["b"]]
            assert [score["value"] for score in scores(pair)] == pytest.approx(
                [score["value"] for score in scores(twin)], nan_ok=True
            )
            assert pair["confusion"] == {
                "|".join(cell.split("|")[::-1]): count for cell, count in twin["confusion"].items()
            }
        assert one[part]["kinds"] == other[part]["kinds"]


def renamed(work: list[Work]) -> list[Work]:
    """Return the same work with labels of entities and relations that sort the other way round."""
    new = {"X": "c", "Y": "b", "Z": "a", "R": "s", "S": "r"}
    return [
        (
            document,
            length,
            tokens,
            {
                name: replace(
                    own,
                    entities=tuple(replace(one, label=new[one.label]) for one in own.entities),
                    relations=tuple(replace(one, label=new[one.label]) for one in own.relations),
                )
                for name, own in done.items()
            },
        )
        for document, length, tokens, done in work
    ]


def flat(layer: Layer) -> Layer:
    """Return a layer without entities that overlap an earlier one, and without their relations."""
    kept: dict[str, Entity] = {}
    for new in layer.entities:
        if not any(new.start < old.end and old.start < new.end for old in kept.values()):
            kept[new.id] = new
    relations = tuple(one for one in layer.relations if {one.head, one.tail} <= kept.keys())
    return replace(layer, entities=tuple(kept.values()), relations=relations)


@given(corpora())
@LAW
def test_what_labels_are_called_does_not_matter(work: list[Work]) -> None:
    """Labels by other names, in another order, have the same values and the same kinds.

    Where spans are stacked, two matchings may be equally good: then the order of labels decides.
    """
    work = [(*rest, {name: flat(own) for name, own in done.items()}) for *rest, done in work]
    one, other = (quick(own, bootstraps=0).to_json() for own in (work, renamed(work)))
    for part in ("entities", "relations"):
        for before, after in zip(one[part]["pairs"], other[part]["pairs"], strict=True):
            assert [score["value"] for score in scores(before)] == pytest.approx(
                [score["value"] for score in scores(after)], nan_ok=True
            )
            assert before["kinds"] == after["kinds"]


@given(layers("ana"), st.integers(1, 3))
@LAW
def test_the_same_work_agrees_wholly(layer: Layer, documents: int) -> None:
    """Who does the same gets 1.0 wherever there is a value."""
    work: list[Work] = [
        (f"d{at}", 12, None, {name: replace(layer, annotator=name) for name in NAMES})
        for at in range(documents)
    ]
    body = quick(work).to_json()
    assert {score["value"] for score in scores(body)} <= {None, 1.0}
    assert body["entities"]["f1"]["strict"]["value"] == (1.0 if layer.entities else None)


@given(corpora())
@LAW
def test_every_count_opens_as_many_annotations(work: list[Work]) -> None:
    """A kind or a cell of the confusion lists as many differences as its number says."""
    result = quick(work, bootstraps=0)
    body = result.to_json()
    for part, open_ in (
        ("entities", result.differences),
        ("relations", result.relation_differences),
    ):
        for pair in body[part]["pairs"]:
            a, b = pair["a"], pair["b"]
            for kind, count in pair["kinds"].items():
                assert len(open_(a, b, kind=kind)) == count
            for cell, count in pair["confusion"].items():
                one, other = (None if name == "∅" else name for name in cell.split("|"))
                assert len(open_(a, b, labels=(one, other))) == count
            given = "same_span" if part == "entities" else "same_pair"
            assert len(open_(a, b, kind=given)) == pair[given]["compared"]
            differing = sum(pair["kinds"].values()) - pair["kinds"]["identical"]
            assert len(open_(a, b)) == differing
        total = sum(body[part]["kinds"].values())
        assert total == sum(sum(pair["kinds"].values()) for pair in body[part]["pairs"])


@given(corpora())
@LAW
def test_evidence_names_annotations_of_the_right_layers(work: list[Work]) -> None:
    """Each side of a difference stands in that annotator's layer of that document."""
    result = quick(work, bootstraps=0)
    done = {document: own for document, _, _, own in work}
    for pair in result.to_json()["entities"]["pairs"]:
        for found in result.differences(pair["a"], pair["b"]):
            for name, entity in ((pair["a"], found.a), (pair["b"], found.b)):
                assert entity is None or entity in done[found.document][name].entities
        for found in result.relation_differences(pair["a"], pair["b"]):
            for name, ends in ((pair["a"], found.a), (pair["b"], found.b)):
                assert ends is None or ends.relation in done[found.document][name].relations


@given(corpora(), st.integers(0, 5))
@LAW
def test_a_seed_gives_the_same_intervals(work: list[Work], seed: int) -> None:
    """Two runs with one seed agree in every digit."""
    assert quick(work, seed=seed).to_json() == quick(work, seed=seed).to_json()


@given(corpora())
@LAW
def test_labels_that_all_are_named_change_nothing(work: list[Work]) -> None:
    """Naming every label is the same as naming none."""
    named = quick(work, labels=set("XYZRS")).to_json()
    assert named == quick(work).to_json()


@given(corpora())
@LAW
def test_documents_that_nobody_shares_do_not_count(work: list[Work]) -> None:
    """What only one person read changes no value and no count."""
    alone: list[Work] = [
        ("alone", 12, None, {"ana": Layer("ana", entities=(Entity("e", 0, 3, "X"),))})
    ]
    assume(any(len(row[3]) > 1 for row in work))
    one, other = quick(work).to_json(), quick(work + alone).to_json()
    assert one["documents"] == other["documents"]
    assert one["entities"]["f1"] == other["entities"]["f1"]
    assert one["entities"]["kinds"] == other["entities"]["kinds"]


# ---- by hand -----------------------------------------------------------------------------------


def layer(
    name: str, *spans: tuple[int, int, str], links: tuple[tuple[int, int, str], ...] = ()
) -> Layer:
    """Return a layer; links name spans by their place in the list."""
    entities = tuple(Entity(f"e{at}", *span) for at, span in enumerate(spans))
    relations = tuple(
        Relation(f"r{at}", f"e{head}", f"e{tail}", label)
        for at, (head, tail, label) in enumerate(links)
    )
    return Layer(name, "done", entities=entities, relations=relations)


def test_one_difference_of_each_kind() -> None:
    """Four matched pairs that differ in one way each, and one span on either side alone."""
    work: list[Work] = [
        (
            "d",
            100,
            None,
            {
                "a": layer(
                    "a", (0, 5, "X"), (10, 15, "X"), (20, 25, "X"), (30, 35, "X"), (40, 45, "X")
                ),
                "b": layer(
                    "b", (0, 5, "X"), (10, 15, "Y"), (20, 26, "X"), (30, 36, "Y"), (50, 55, "Y")
                ),
            },
        )
    ]
    body = agreement(work).to_json()
    entities = body["entities"]
    assert entities["kinds"] == {
        "identical": 1,
        "label": 1,
        "boundary": 1,
        "both": 1,
        "only_one": 2,
    }
    assert {name: score["value"] for name, score in entities["f1"].items()} == {
        "strict": 0.2,
        "boundary": 0.4,
        "type": 0.4,
        "overlap": 0.8,
        "partial": 0.6,
    }
    assert entities["by_label"]["Y"]["kinds"] == {
        "identical": 0,
        "label": 1,
        "boundary": 0,
        "both": 1,
        "only_one": 1,
    }
    assert entities["f1"]["strict"]["low"] is None


def test_relations_differ_by_end_label_and_direction() -> None:
    """Each way in which a relation can differ has its kind, and its ends come along."""
    spans = ((0, 5, "X"), (10, 15, "X"), (20, 25, "X"), (30, 35, "X"))
    other = (*spans[:3], (30, 36, "X"))
    first = layer(
        "a", *spans, links=((0, 1, "R"), (1, 2, "R"), (2, 0, "R"), (0, 3, "R"), (1, 3, "R"))
    )
    second = layer(
        "b", *other, links=((0, 1, "R"), (1, 2, "S"), (0, 2, "R"), (0, 3, "R"), (2, 2, "S"))
    )
    result = agreement([("d", 50, None, {"a": first, "b": second})])
    relations = result.to_json()["relations"]
    assert relations["kinds"] == {
        "identical": 1,
        "ends": 1,
        "label": 1,
        "direction": 1,
        "only_one": 2,
    }
    assert relations["given_entities"]["compared"] == 7
    assert relations["given_entities"]["of"] == 10
    assert relations["given_entities"]["coverage"] == 0.7
    (turned,) = result.relation_differences("a", "b", kind="direction")
    assert turned.a is not None
    assert turned.b is not None
    assert (turned.a.head.start, turned.a.tail.start) == (20, 0)
    assert (turned.b.head.start, turned.b.tail.start) == (0, 20)


def test_a_symmetric_relation_has_no_direction() -> None:
    """Reversed ends are the same relation where the scheme says so, and evidence keeps them."""
    spans = ((0, 5, "X"), (10, 15, "X"))
    first, second = (
        layer("a", *spans, links=((0, 1, "R"),)),
        layer("b", *spans, links=((1, 0, "R"),)),
    )
    work: list[Work] = [("d", 20, None, {"a": first, "b": second})]
    assert agreement(work).to_json()["relations"]["f1"]["value"] == 0.0
    result = agreement(work, symmetric={"R"})
    assert result.to_json()["relations"]["f1"]["value"] == 1.0
    (same,) = result.relation_differences("a", "b", kind="identical")
    assert same.b is not None
    assert (same.b.head.start, same.b.tail.start) == (10, 0)


def test_labels_narrow_entities_and_relations_each() -> None:
    """An entity that is left out still serves as the end of a relation."""
    spans = ((0, 5, "X"), (10, 15, "Y"))
    done = {name: layer(name, *spans, links=((0, 1, "R"),)) for name in "ab"}
    body = agreement([("d", 20, None, done)], labels={"R", "X"}).to_json()
    assert list(body["entities"]["by_label"]) == ["X"]
    assert body["relations"]["f1"]["value"] == 1.0


def test_found_nothing_is_a_difference_and_not_looked_is_none() -> None:
    """An empty layer counts against one with entities; an absent layer does not."""
    found, nothing = layer("a", (0, 5, "X")), layer("b")
    one = agreement([("d", 20, None, {"a": found, "b": nothing})]).to_json()
    assert one["entities"]["f1"]["strict"]["value"] == 0.0
    two = agreement([("d", 20, None, {"a": found})], annotators=["a", "b"]).to_json()
    assert two["entities"]["f1"]["strict"] == {
        "value": None,
        "low": None,
        "high": None,
        "reason": "no_overlap",
    }


def test_nothing_at_all() -> None:
    """No documents and no annotators are no error."""
    body = agreement([]).to_json()
    assert body["documents"] == 0
    assert body["entities"]["f1"]["strict"]["reason"] == "no_overlap"
    assert len(body["warnings"]) == 1


def test_documents_are_listed_by_how_much_they_differ() -> None:
    """The document with the most differences comes first; agreement is there as well."""
    same = {name: layer(name, (0, 5, "X")) for name in "ab"}
    apart = {"a": layer("a", (0, 5, "X")), "b": layer("b", (6, 9, "X"))}
    found = agreement([("same", 20, None, same), ("apart", 20, None, apart)]).by_document()
    assert [(row["document"], row["value"], row["differences"]) for row in found] == [
        ("apart", 0.0, 2),
        ("same", 1.0, 0),
    ]


def test_unknown_names_are_refused() -> None:
    """An annotator or a kind that is not there is named in the error."""
    result = agreement([("d", 20, None, {name: layer(name) for name in "ab"})])
    with pytest.raises(NotFound, match="'carl'"):
        result.differences("a", "carl")
    with pytest.raises(Invalid, match="'odd'"):
        result.differences("a", "b", kind="odd")


def test_competence_finds_who_errs() -> None:
    """Of three, the one who always differs is estimated to be right least often; two cannot say."""
    swap = {"X": "Y", "Y": "X"}
    good = tuple((start, end, label) for (start, end, _), label in zip(SPANS, "XYXY", strict=True))
    odd = tuple((start, end, swap[label]) for start, end, label in good)
    work = many(layer("a", *good), layer("b", *good), c=layer("c", *odd))
    body = agreement(work, bootstraps=0).to_json()["entities"]
    assert body["competence"] == pytest.approx({"a": 1.0, "b": 1.0, "c": 0.0}, abs=1e-3)
    two = agreement(work, annotators=["a", "c"], bootstraps=0).to_json()
    assert two["entities"]["competence"] == {}


def test_each_annotator_has_what_only_they_marked() -> None:
    """Extra and missing annotations are counted from each annotator's side, over all pairs."""
    work = many(layer("a", *SPANS), layer("b", *SPANS[:3]))[:1]
    own = agreement(work, bootstraps=0).to_json()["entities"]["by_annotator"]
    assert (own["a"]["extra"], own["a"]["missing"]) == (1, 0)
    assert (own["b"]["extra"], own["b"]["missing"]) == (0, 1)


# ---- advice ------------------------------------------------------------------------------------


def said(work: list[Work]) -> str:
    """Return all warnings as one text."""
    return " ".join(agreement(work, bootstraps=200).to_json()["warnings"])


def many(first: Layer, second: Layer, **more: Layer) -> list[Work]:
    """Return twenty documents with the same layers."""
    done = {"a": first, "b": second, **more}
    return [(f"d{at}", 100, None, done) for at in range(20)]


SPANS = tuple((10 * at, 10 * at + 5, "X") for at in range(4))


def test_few_documents_and_entities_are_warned_of() -> None:
    """Numbers from little data say that they are."""
    text = said(many(layer("a", *SPANS), layer("b", *SPANS))[:2])
    assert "Only 2 documents were" in text
    assert "fewer than 50 entities" in text


def test_enough_that_agrees_needs_no_warning() -> None:
    """A corpus in which all is well says nothing."""
    assert said(many(layer("a", *SPANS), layer("b", *SPANS))) == ""


def test_differences_that_are_mostly_boundaries_are_named() -> None:
    """Low strict but high type agreement points to the rule on boundaries."""
    moved = tuple((start, end + 1, label) for start, end, label in SPANS)
    text = said(many(layer("a", *SPANS), layer("b", *moved)))
    assert "begins and ends" in text
    assert "label them differently" not in text


def test_confused_labels_are_named() -> None:
    """Low strict but high boundary agreement names the labels that are confused."""
    relabeled = (*((start, end, "Y") for start, end, _ in SPANS[:3]), SPANS[3])
    assert "most often X and Y" in said(many(layer("a", *SPANS), layer("b", *relabeled)))


def test_one_who_agrees_with_nobody_is_named() -> None:
    """The annotator who differs from all others is told apart."""
    odd = layer("c", *SPANS[:2], (95, 99, "X"))
    text = said(many(layer("a", *SPANS), layer("b", *SPANS), c=odd))
    assert "c agrees less with everybody" in text


def test_suggestions_are_said_to_inflate() -> None:
    """Entities that were suggestions first are counted, and warned of when they are many."""
    origin = {"suggester": "rulers"}
    layers_ = [
        replace(own, entities=tuple(replace(e, origin=origin) for e in own.entities))
        for own in (layer("a", *SPANS), layer("b", *SPANS))
    ]
    assert "100 % of what is compared were suggestions first" in said(many(*layers_))


def blind_corpus(blind: int, agreeing: int) -> dict[str, Any]:
    """Return the report on twenty documents, the first of which were labeled without suggestions;
    only in those after `agreeing` do a and b agree."""
    both, none = layer("a", *SPANS), layer("b", *SPANS[:1])
    work = [
        (f"d{at}", 100, None, {"a": both, "b": none if at < agreeing else replace(both)})
        for at in range(20)
    ]
    columns = Columns.of(work)
    sightless = np.zeros_like(columns.worked)
    sightless[:blind] = True
    return agreement(replace(columns, blind=sightless), bootstraps=50).to_json()


def test_what_was_labeled_without_suggestions_stands_apart() -> None:
    """F1 of the documents labeled blind is told beside that of the others, with their share."""
    body = blind_corpus(blind=5, agreeing=5)
    control = body["entities"]["control"]
    assert (control["layers"], control["blind"]) == (40, 10)
    assert control["f1_blind"]["value"] == pytest.approx(2 * 1 / 5)
    assert control["f1_blind"]["documents"] == 5
    assert control["f1_shown"]["value"] == 1.0
    told = " ".join(body["warnings"])
    assert "had no suggestions in sight, F1 is 0.40, and 1.00 where both had them" in told
    nobody = blind_corpus(blind=0, agreeing=5)["entities"]["control"]
    assert nobody["f1_blind"] == {
        "documents": 0, "value": None, "low": None, "high": None, "reason": "no_overlap"
    }  # fmt: skip


def test_labels_are_compared_where_both_marked_the_same_span() -> None:
    """Label agreement leaves out what only one marked or bounded otherwise; kappa is Cohen's."""
    first = layer("a", (0, 5, "X"), (10, 15, "X"), (20, 25, "Y"), (30, 35, "Y"), (40, 45, "X"))
    second = layer("b", (0, 5, "X"), (10, 15, "Y"), (20, 25, "Y"), (30, 36, "Y"))
    [pair] = agreement(many(first, second), bootstraps=0).to_json()["entities"]["pairs"]
    assert pair["same_span"]["compared"] == 3 * 20
    assert pair["same_span"]["agreement"]["value"] == pytest.approx(2 / 3)
    chance = (2 * 1 + 1 * 2) / 9
    assert pair["same_span"]["kappa"]["value"] == pytest.approx((2 / 3 - chance) / (1 - chance))
    one_label = agreement(many(first, first), labels=["X"], bootstraps=0).to_json()["entities"]
    assert one_label["same_span"]["kappa"]["reason"] == "no_variation"
    apart = agreement(many(layer("a", (0, 5, "X")), layer("b", (5, 9, "X"))), bootstraps=0)
    assert apart.to_json()["entities"]["same_span"]["kappa"]["reason"] == "no_annotations"


def test_relations_without_common_entities_are_warned_of() -> None:
    """Where few relations can be compared, that is said with their number."""
    moved = tuple((start, end + 1, label) for start, end, label in SPANS)
    first, second = (
        layer("a", *SPANS, links=((0, 1, "R"),)),
        layer("b", *moved, links=((0, 1, "R"),)),
    )
    assert "Only 0 of 40 relations" in said(many(first, second))


def test_people_who_share_nothing_are_named() -> None:
    """A pair without shared documents is left out of the means, and said to be."""
    work = many(layer("a", *SPANS), layer("b", *SPANS))
    work.append(("c", 100, None, {"a": layer("a"), "c": layer("c")}))
    assert "b and c share no documents" in said(work)
