"""What goes out comes in again the same, or the report names it: any text, and real corpora."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler import nlp
from labeler.formats import Exported, Imported, archive, exporters, importers
from labeler.formats.layered import attributed
from labeler.schema import (
    Annotation,
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
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=st.lists(annotated(links=("MET", "LEADER_OF")), min_size=1, max_size=2, unique_by=_text)
)
def test_all_of_a_layer_comes_back_or_is_told(name: str, drawn: Sequence[Drawn]) -> None:
    """Text to the letter, offsets, labels, and what is related to what."""
    layers = ((text, Layer("ana", "done", 0, *said)) for text, *said in drawn)  # type: ignore[arg-type]
    _goes_round(name, [_record(number, *layer) for number, layer in enumerate(layers)])


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
    with TemporaryDirectory() as folder:
        report = exporters[name]().write(
            iter(records), Path(folder), scheme=_scheme(records), language="en", options={}
        )
        items = list(archive.read([Path(folder)], importer=name))
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


def _scheme(records: Iterable[Exported]) -> Scheme:
    entities = {item.label for record in records for item in record.layer.entities}
    relations = {item.label for record in records for item in record.layer.relations}
    return Scheme(
        tuple(EntityLabel(name) for name in sorted(entities)),
        tuple(RelationLabel(name) for name in sorted(relations)),
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
