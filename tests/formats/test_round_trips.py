"""What goes out comes in again the same, or the report names it: any text, and real corpora."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import Exported, Imported, Report, archive, exporters, importers
from labeler.formats.layered import attributed
from labeler.schema import (
    Annotation,
    Category,
    CategoryLabel,
    Document,
    Entity,
    EntityLabel,
    Layer,
    Relation,
    RelationLabel,
    Scheme,
)
from tests.conftest import SHARED
from tests.texts import annotated

DATA = SHARED / "data"
WHOLE = [
    name for name in exporters.names() if name in importers and "text" in exporters[name].keeps
]
REAL = {
    "brat": ["brat-tutorial-bio", "bratiaa/data/agreement/agree-2"],
    "docbin": ["docbin"],
    "doccano": ["doccano-import"],
    "label-studio": ["label-studio-samples"],
    "prodigy": ["explosion-projects"],
    "webanno": ["webanno-tsv3", "gum-news-tsv"],
}
"""Files of other tools by the format that they are in."""
Drawn = tuple[str, tuple[Entity, ...], tuple[Relation, ...]]


def _text(drawn: Drawn) -> str:
    return drawn[0]


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=15)
@given(
    drawn=st.lists(annotated(links=("MET", "LEADER_OF")), min_size=1, max_size=2, unique_by=_text)
)
def test_all_of_a_layer_comes_back_or_is_told(name: str, drawn: Sequence[Drawn]) -> None:
    """Text to the letter, offsets, labels, and what is related to what."""
    layers = ((text, Layer("ana", "done", 0, *said)) for text, *said in drawn)  # type: ignore[arg-type]
    _goes_round(name, [_record(number, *layer) for number, layer in enumerate(layers)])


VALUES = st.one_of(
    st.sampled_from(
        ["née", "a|b", "x\ty", "x\ny", "x\r\ny", " x ", "*", "_", "-> [1]", "\\n", "1.5"]
    ),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(-(2**52), 2**52, exclude_min=True, exclude_max=True),
)
ATTRIBUTES = st.none() | st.dictionaries(
    st.sampled_from(["note", "sure", "value", "reference KB", "x.y", "ROLE_x", "größe", "begin"]),
    VALUES,
    min_size=1,
)
LABELS = st.sampled_from(
    ["PERSON", "a b", "a|b", "B-PER", "50%", "x_y", "née", "[1]", "*", '"<&>"']
)


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=15)
@given(attributes=st.tuples(ATTRIBUTES, ATTRIBUTES), labels=st.tuples(LABELS, LABELS, LABELS))
def test_labels_and_attributes_come_back_or_are_told(
    name: str, attributes: tuple[Any, Any], labels: tuple[str, str, str]
) -> None:
    """Each value of each name, with its kind, those of relations as well, and categories."""
    entities = (
        Entity("e1", 0, 3, labels[0], attributes=attributes[0]),
        Entity("e2", 8, 11, labels[0]),
    )
    relation = Relation("r1", "e1", "e2", labels[1], attributes=attributes[1])
    categories = (Category("c1", labels[2]),)
    layer = Layer("ana", "done", 0, entities, (relation,), categories=categories)
    record = _record(0, "Ada met Bob.", layer)
    items, report = _through(name, [record])
    told = {(p["id"], p["code"]) for p in report.problems if "id" in p}
    [article] = [item for item in items if isinstance(item, Imported)]
    assert [item for item in items if isinstance(item, Problem) and item.code != "ignored"] == []
    back = list(article.layer.annotations() if article.layer else article.suggestions)
    there = {type(each): each for each in reversed(back)}  # the first of each kind
    for item in (entities[0], relation, *categories):
        codes = {code for key, code in told if key == item.id}
        found = there.get(type(item))
        if "left-out" in codes:
            assert found is None
            continue
        assert found is not None
        assert "renamed" in codes or found.label == item.label  # type: ignore[union-attr]
        kept = getattr(found, "attributes", None)
        assert "attributes" in codes or kept == getattr(item, "attributes", None)


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside this checkout")
@pytest.mark.parametrize("source", REAL)
@pytest.mark.parametrize("name", ["", "jsonl", "parquet", "w3c"])
def test_real_corpora_come_back_or_are_told(source: str, name: str) -> None:
    """In their own format, and in those that keep the most."""
    found = archive.read([DATA / folder for folder in REAL[source]], importer=source)
    articles = [attributed(item, "ana") for item in found if isinstance(item, Imported)]
    assert len(articles) > 4
    _goes_round(
        name or source,
        [
            _record(number, article.document.text, article.layer)
            for number, article in enumerate(articles)
            if article.layer
        ],
    )


def _record(number: int, text: str, layer: Layer) -> Exported:
    [tokens] = nlp.tokenize([text], "en")
    return Exported(Document(f"a{number}", text, {}), layer, tokens)


def _goes_round(name: str, records: Sequence[Exported]) -> None:
    """Check that what does not come back was told, and that nothing else comes."""
    items, report = _through(name, records)
    told = {(p["document"], p.get("id")) for p in report.problems if p["code"] != "attributes"}
    back: dict[str, list[set[object]]] = {}
    for item in items:
        if isinstance(item, Imported):
            annotations = item.layer.annotations() if item.layer else item.suggestions
            back.setdefault(item.document.text, []).append(set(_said(annotations)))
    for record in records:
        key, kept = record.document.id, _said(record.layer.annotations())
        wanted = {content for content, of in kept.items() if (key, of) not in told}
        if (key, None) not in told:
            there = back[record.document.text]
            assert any(wanted <= found <= set(kept) for found in there), (wanted, there)


def _through(name: str, records: Sequence[Exported]) -> tuple[list[Imported | Problem], Report]:
    """Return what comes in of what went out, and the report."""
    with TemporaryDirectory() as folder:
        report = exporters[name]().write(
            iter(records), Path(folder), scheme=_scheme(records), language="en", options={}
        )
        for aside in ("report.json", "manifest.json"):
            (Path(folder) / aside).unlink()
        return list(archive.read([Path(folder)], importer=name)), report


def _scheme(records: Iterable[Exported]) -> Scheme:
    entities = {item.label for record in records for item in record.layer.entities}
    relations = {item.label for record in records for item in record.layer.relations}
    categories = {item.label for record in records for item in record.layer.categories}
    return Scheme(
        tuple(EntityLabel(name) for name in sorted(entities)),
        tuple(RelationLabel(name) for name in sorted(relations)),
        categories=tuple(CategoryLabel(name) for name in sorted(categories)),
    )


def _said(items: Iterable[Annotation]) -> dict[object, str]:
    """Return the content of annotations, with the id of each."""
    listed = list(items)
    places = {i.id: (i.extents(), i.label) for i in listed if isinstance(i, Entity)}
    said: dict[object, str] = {places[i.id]: i.id for i in listed if isinstance(i, Entity)}
    for item in listed:
        if isinstance(item, Relation):
            said[places[item.head], places[item.tail], item.label] = item.id
    return said
