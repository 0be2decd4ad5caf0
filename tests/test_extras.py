"""What annotations may carry beside span and label: parts, attributes, categories."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from labeler import editing, projects, schema, transfer
from labeler.errors import Invalid
from labeler.models import Layer, Project, db
from labeler.schema import Category, Entity, Relation
from tests.conftest import NEWS, NOW, Corpus

SCHEME = replace(
    NEWS,
    categories=(
        schema.CategoryLabel("SPORT", group="topic"),
        schema.CategoryLabel("POLITICS", group="topic"),
        schema.CategoryLabel("LONG"),
    ),
)
TEXT = "Ada and Bob Lovelace met Eve."
ADA = Entity("e1", 0, 20, "PERSON", None, ((0, 3), (12, 20)), {"note": "née Byron", "sure": True})
EVE = Entity("e2", 25, 28, "PERSON")
MET = Relation("r1", "e1", "e2", "MET_WITH", None, {"times": 2})
SPORT = Category("c1", "SPORT")


def codes(*items: schema.Annotation, scheme: schema.Scheme = SCHEME) -> list[str]:
    """Return the codes of what breaks a rule."""
    found = schema.check({item.id: item for item in items}, scheme, len(TEXT))
    return [problem.code for problem in found]


def test_what_fits_breaks_no_rule() -> None:
    """Parts in order, some attributes and a category are fine."""
    assert codes(ADA, EVE, MET, SPORT, Category("c2", "LONG")) == []


@pytest.mark.parametrize(
    "parts",
    [
        ((0, 20),),
        ((0, 3), (3, 20)),
        ((12, 20), (0, 3)),
        ((0, 3), (2, 20)),
        ((0, 3), (12, 19)),
        ((1, 3), (12, 20)),
        ((0, 3), (5, 5), (12, 20)),
    ],
)
def test_parts_are_in_order_and_apart_from_end_to_end(parts: Any) -> None:
    """One part, touching ones, others out of order or beside the ends are refused."""
    assert codes(replace(ADA, parts=parts)) == ["parts"]


@pytest.mark.parametrize(
    "attributes",
    [{"": 1}, {"a\n": 1}, {"x" * 61: 1}, {"x": "y" * 2001}, {str(i): i for i in range(51)}],
)
def test_attributes_have_limits(attributes: dict[str, Any]) -> None:
    """Names, values and their number are limited, on entities and relations alike."""
    assert codes(replace(ADA, attributes=attributes), EVE) == ["attributes"]
    assert codes(ADA, EVE, replace(MET, attributes=attributes)) == ["attributes"]
    body = {"start": 0, "end": 3, "label": "PERSON", "attributes": attributes}
    with pytest.raises(Invalid):
        schema.parse_edits({"base": 0, "edits": [_edit("k", ("e", None, body))]})


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, 2**53 + 1, float("nan"), float("inf")])
def test_attributes_are_plain_values(value: Any) -> None:
    """Lists, objects and numbers that a browser cannot count are refused."""
    body = {"start": 0, "end": 3, "label": "PERSON", "attributes": {"x": value}}
    with pytest.raises(Invalid):
        schema.parse_edits({"base": 0, "edits": [_edit("k", ("e", None, body))]})


def test_of_a_group_a_document_has_one_category() -> None:
    """Two of one group, one twice, and one that the scheme lacks are refused."""
    assert codes(SPORT, Category("c2", "POLITICS")) == ["group", "group"]
    assert codes(SPORT, Category("c2", "SPORT")) == ["twice", "twice"]
    assert codes(Category("c2", "WEATHER")) == ["label"]


def test_what_lies_in_a_gap_does_not_overlap() -> None:
    """The rule on overlap looks at the parts, not at what lies between them."""
    bob = Entity("e3", 8, 11, "PERSON")
    across = Entity("e4", 8, 14, "PERSON")
    strict = replace(SCHEME, overlap="forbid")
    nest = replace(SCHEME, overlap="nest")
    assert codes(ADA, bob, scheme=strict) == []
    assert codes(ADA, across, scheme=strict) == ["overlap"]
    assert codes(ADA, across, scheme=nest) == ["overlap"]
    assert codes(ADA, Entity("e5", 12, 15, "PERSON"), scheme=nest) == []


@given(
    st.lists(st.integers(0, 29), min_size=2, max_size=8, unique=True),
    st.lists(st.integers(0, 29), min_size=2, max_size=8, unique=True),
)
def test_overlap_is_shared_code_points(first: list[int], second: list[int]) -> None:
    """Two entities overlap just when their parts share a code point, and cross when none holds
    the other."""
    one, other = (_entity(sorted(borders)) for borders in (first, second))
    mine, others = (
        {point for start, end in entity.extents() for point in range(start, end)}
        for entity in (one, other)
    )
    assert schema.overlap(one, other) == bool(mine & others)
    nested = mine <= others or others <= mine
    assert schema.crosses(one, other) == (bool(mine & others) and not nested)


def _entity(borders: list[int]) -> Entity:
    borders = borders[: len(borders) // 2 * 2]
    parts = tuple(zip(borders[::2], borders[1::2], strict=True))
    return Entity("e", borders[0], borders[-1], "PERSON", None, parts if len(parts) > 1 else ())


# ---- kept ------------------------------------------------------------------------------------


def _edit(key: str, *ops: tuple[str, Any, Any]) -> dict[str, Any]:
    return {"key": key, "ops": [{"id": i, "before": b, "after": a} for i, b, a in ops]}


def say(layer: Layer, base: int, *ops: tuple[str, Any, Any]) -> int:
    """Apply one edit that came as JSON."""
    _, edits = schema.parse_edits({"base": base, "edits": [_edit(f"k{base}", *ops)]})
    return editing.apply(layer.id, base, edits, actor_id=layer.annotator_id, now=NOW)


def body(item: schema.Annotation) -> Any:
    """Return an annotation as an op carries it, after a trip through JSON."""
    plain = schema.annotation_json(item, with_id=False)
    assert plain is not None
    return {**plain, **({"parts": [list(p) for p in plain["parts"]]} if "parts" in plain else {})}


def test_all_of_it_is_kept_and_proven(any_app: Flask, corpus: Corpus) -> None:
    """Edits carry parts, attributes and categories, and the log leads to the same rows."""
    layer = corpus.layer(corpus.document(corpus.project(scheme=SCHEME), TEXT))
    all_of_it = (ADA, EVE, MET, SPORT)
    say(layer, 0, *((item.id, None, body(item)) for item in all_of_it))
    db.session.expire_all()
    assert set(map(repr, editing.load([layer])[0].annotations())) == set(map(repr, all_of_it))
    say(layer, 1, ("c1", body(SPORT), None), ("e2", body(EVE), {**body(EVE), "label": "ORG"}),
        ("r1", body(MET), None))  # fmt: skip
    assert list(editing.prove(layer, SCHEME, TEXT)) == []
    with pytest.raises(Invalid):  # an edit that forgot what was there changes nothing
        say(layer, 2, ("e1", {"start": 0, "end": 20, "label": "PERSON"}, None))


def test_what_goes_out_comes_in_again(any_app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Our JSONL carries parts, attributes and categories; a new project learns the categories."""
    project = corpus.project(scheme=SCHEME)
    layer = corpus.layer(corpus.document(project, TEXT))
    say(layer, 0, *((item.id, None, body(item)) for item in (ADA, EVE, MET, SPORT)))
    made = transfer.export(project, "jsonl", layer="all", folder=tmp_path / "out")
    other = corpus.project("other", schema.Scheme())
    files = [made.folder / "layers.jsonl"]
    report = transfer.import_paths(other, files, actor=corpus.person("ana"))
    assert not report.problems
    [copy] = db.session.query(Layer).filter_by(project_id=other.id)
    assert set(editing.load([copy])[0].categories) == {SPORT}
    assert repr(editing.load([copy])[0].entities) == repr(editing.load([layer])[0].entities)
    assert [label.name for label in other.scheme.categories] == ["SPORT"]


def test_a_category_in_use_is_kept(app: Flask, corpus: Corpus) -> None:
    """The scheme is not changed so that layers would break it; else its categories may change."""
    project: Project = corpus.project(scheme=SCHEME)
    layer = corpus.layer(corpus.document(project, TEXT))
    say(layer, 0, ("c1", None, body(SPORT)), ("c2", None, body(Category("c2", "LONG"))))
    with pytest.raises(Invalid) as lost:
        projects.change_scheme(project, NEWS)
    assert [p.path for p in lost.value.problems] == ["categories.LONG", "categories.SPORT"]
    one_group = tuple(replace(label, group="any") for label in SCHEME.categories)
    with pytest.raises(Invalid) as grouped:
        projects.change_scheme(project, replace(SCHEME, categories=one_group))
    assert [p.code for p in grouped.value.problems] == ["group"]
    projects.change_scheme(project, replace(SCHEME, categories=SCHEME.categories[::2]))
    assert [label.name for label in project.scheme.categories] == ["SPORT", "LONG"]
