"""The cases by which INCEpTION tests its curation, settled here."""

from typing import Any

import pytest

from labeler import schema
from labeler.adjudication import Draft, compare
from labeler.formats import Imported
from labeler.formats.webanno_reading import WebAnnoImporter
from tests.conftest import SHARED

CASES = SHARED / "data" / "inception-curation" / "testsuite"
KINDS = {
    "simpleRelGovDiffTest": ["label"],
    "simpleRelNoDiffTest": [],
    "simpleRelTypeDiffTest": ["type"],
    "simpleSpanDiffIncompleteTest": ["missing", "missing"],
    "simpleSpanDiffMultiFeatureTest": ["attributes"],
    "simpleSpanDiffNoLabelTest": ["missing"],
    "simpleSpanDiffWithLabelTest": ["label"],
    "simpleSpanNoDiffMultiFeatureTest": [],
    "simpleSpanNoDiffNoLabelTest": [],
    "simpleSpanNoDiffWithLabelTest": [],
}
"""What is asked in each; the other cases stack the same annotation twice, which we never keep."""


def read(case: str, name: str) -> tuple[schema.Layer, str]:
    """Return somebody's layer of a case, and its text."""
    with (CASES / case / f"{name}.tsv").open("rb") as stream:
        [found] = WebAnnoImporter().read(stream, "case.tsv")
    assert isinstance(found, Imported)
    items = found.suggestions
    entities = tuple(item for item in items if isinstance(item, schema.Entity))
    relations = tuple(item for item in items if isinstance(item, schema.Relation))
    return schema.Layer(name, entities=entities, relations=relations), found.document.text


def said(items: Any) -> set[Any]:
    """Return what annotations say, whatever their ids."""
    items = list(items)
    entities = {e.id: (e.start, e.end, e.label) for e in items if isinstance(e, schema.Entity)}
    relations = [item for item in items if isinstance(item, schema.Relation)]
    links = {(entities[r.head], entities[r.tail], r.label) for r in relations}
    return {*entities.values(), *links}


@pytest.mark.skipif(not CASES.is_dir(), reason="the curation cases of INCEpTION are not here")
@pytest.mark.parametrize("case", KINDS)
def test_what_both_agree_on_is_what_its_curator_gets(case: str) -> None:
    """Gold takes what INCEpTION's merge takes, and each difference is one question."""
    (one, text), (two, _), (curator, _) = (read(case, n) for n in ("user1", "user2", "curator"))
    layers = (one, two, curator)
    names = {item.label for layer in layers for item in layer.entities}
    links = {item.label for layer in layers for item in layer.relations}
    lists = {"entities": sorted(names), "relations": sorted(links)}
    scheme = schema.parse_scheme({k: [{"name": n} for n in v] for k, v in lists.items()})
    draft = Draft(compare([one, two]), {}, scheme, len(text), "lena")
    draft.take_agreed()
    gold = (op.after for op in draft.ops())
    assert said(gold) == said([*curator.entities, *curator.relations])
    asked = [standing.slot.kind for standing in draft.standings if standing.state == "open"]
    assert asked == KINDS[case]
