"""Any text with any annotations goes out and comes in again the same, or the report names it."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler import nlp
from labeler.formats import Exported, Imported, archive, exporters, importers
from labeler.schema import Annotation, Document, Entity, Layer, Relation, parse_scheme
from tests.texts import annotated

SCHEME = parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "ORG"}],
        "relations": [{"name": "MET"}, {"name": "LEADER_OF"}],
    }
)
WHOLE = [
    name for name in exporters.names() if name in importers and "text" in exporters[name].keeps
]
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
    records = []
    for number, (text, entities, relations) in enumerate(drawn):
        [tokens] = nlp.tokenize([text], "en")
        layer = Layer("ana", "done", entities=entities, relations=relations)
        records.append(Exported(Document(f"a{number}", text, {}), layer, tokens))
    with TemporaryDirectory() as folder:
        report = exporters[name]().write(
            iter(records), Path(folder), scheme=SCHEME, language="en", options={}
        )
        items = list(archive.read([Path(folder)], importer=name))
    told = {(p["document"], p.get("id")) for p in report.problems if p["code"] != "attributes"}
    found = {item.document.text: item for item in items if isinstance(item, Imported)}
    for record in records:
        if (record.document.id, None) in told:
            continue
        article = found[record.document.text]
        back = article.layer.annotations() if article.layer else article.suggestions
        kept, there = _said(record.layer.annotations()), _said(back)
        assert set(there) == set(kept) - _lost(record, there, told)


def _said(items: object) -> dict[object, str]:
    """Return the content of annotations, with the id of each."""
    listed: list[Annotation] = list(items)  # type: ignore[call-overload]
    places = {i.id: (i.extents(), i.label) for i in listed if isinstance(i, Entity)}
    said: dict[object, str] = {places[i.id]: i.id for i in listed if isinstance(i, Entity)}
    for item in listed:
        if isinstance(item, Relation):
            said[places[item.head], places[item.tail], item.label] = item.id
    return said


def _lost(record: Exported, there: object, told: set[tuple[str, str | None]]) -> set[object]:
    """Return what did not come back, of which each must have been told."""
    kept = _said(record.layer.annotations())
    lost = {content: key for content, key in kept.items() if content not in there}  # type: ignore[operator]
    assert {(record.document.id, key) for key in lost.values()} <= told, lost
    return set(lost)
