"""What every importer and exporter keeps to, whoever wrote it: one suite over both registries."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import (
    Exported,
    Imported,
    document_problem,
    exporters,
    importers,
)
from labeler.schema import Document, Entity, Layer, Relation, parse_scheme
from tests.texts import texts

SCHEME = parse_scheme({"entities": [{"name": "PERSON"}], "relations": [{"name": "MET"}]})
BYTES = [
    b"",
    b"\n",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"{",
    b'{"text": "Ada"}',
    b"[]",
    b"null",
    b"Ada met Bob.\r\n",
    "\ufeffשלום".encode(),
]


@pytest.mark.parametrize("name", importers.names())
def test_an_importer_says_what_it_is(name: str) -> None:
    """It has its name in the registry, a title for people, and suffixes in lower case."""
    importer = importers[name]
    assert importer.name == name
    assert importer.title
    assert all(s.startswith(".") and s == s.lower() for s in importer.suffixes)


@pytest.mark.parametrize("name", importers.names())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.sampled_from(BYTES), st.binary(max_size=60), texts().map(str.encode)))
def test_an_importer_yields_articles_or_problems_whatever_it_reads(
    name: str, content: bytes
) -> None:
    """Nothing is raised; articles can be kept, problems say where and why."""
    file = f"some/file{importers[name].suffixes[0]}"
    for item in importers[name]().read(io.BytesIO(content), file):
        assert item.file == file
        if isinstance(item, Problem):
            assert item.message
            assert item.line is None or item.line >= 1
        else:
            assert document_problem(item.document) is None
            assert item.layer is None or not item.suggestions


@pytest.mark.parametrize("name", importers.names())
def test_an_importer_reads_the_same_twice(name: str) -> None:
    """The same bytes under the same name are the same articles."""
    file = f"file{importers[name].suffixes[0]}"
    for content in BYTES:
        first, second = (list(importers[name]().read(io.BytesIO(content), file)) for _ in range(2))
        assert first == second


# ---- exporters -------------------------------------------------------------------------------


def _records() -> Iterator[Exported]:
    """Yield layers of every kind: done, open, empty, with emoji, marks and odd spans."""
    cases: list[tuple[str, Any, tuple[Entity, ...], tuple[Relation, ...]]] = [
        ("Ada met Bob.", "done", (_entity(0, 3), _entity(8, 11)), (_link((0, 3), (8, 11)),)),
        ("😀 José\r\nשלום", "open", (_entity(2, 6), _entity(0, 1)), ()),
        ("Nobody.", "done", (), ()),
        ("AB CD", "done", (_entity(0, 5), _entity(1, 4), _entity(0, 2)), (_link((0, 5), (1, 4)),)),
    ]
    parts = ("train", "dev", "test", "train")
    for number, (text, status, entities, relations) in enumerate(cases):
        document = Document(f"a{number}", text, {"date": "2025-09-04"})
        [tokens] = nlp.tokenize([text], "en")
        layer = Layer("ana", status, 3, entities, relations)
        yield Exported(document, layer, tokens, parts[number])


def _entity(start: int, end: int) -> Entity:
    return Entity(f"e{start}-{end}", start, end, "PERSON")


def _link(head: tuple[int, int], tail: tuple[int, int]) -> Relation:
    ends = [f"e{start}-{end}" for start, end in (head, tail)]
    return Relation("-".join(ends), *ends, "MET")


def _written(name: str, folder: Path, records: Iterator[Exported]) -> dict[str, bytes]:
    folder.mkdir()
    options = {"manifest": {"project": "news"}}
    exporters[name]().write(records, folder, scheme=SCHEME, language="en", options=options)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", exporters.names())
def test_an_exporter_says_what_it_is(name: str) -> None:
    """It has its name in the registry and a title for people."""
    assert exporters[name].name == name
    assert exporters[name].title


@pytest.mark.parametrize("name", exporters.names())
def test_an_exporter_gives_the_same_bytes_for_the_same_records(name: str, tmp_path: Path) -> None:
    """In another folder as well; records may come as a stream."""
    first = _written(name, tmp_path / "first", _records())
    assert first == _written(name, tmp_path / "second", _records())


@pytest.mark.parametrize("name", exporters.names())
def test_an_export_says_what_it_is_made_of(name: str, tmp_path: Path) -> None:
    """Report and manifest count the same, and the manifest has checksums and what was given."""
    files = _written(name, tmp_path / "out", _records())
    manifest, report = json.loads(files["manifest.json"]), json.loads(files["report.json"])
    assert manifest["project"] == "news"
    assert manifest["counts"] == report["counts"]
    assert (report["counts"]["documents"], report["counts"]["entities"]) == (4, 7)
    assert set(manifest["sha256"]) == set(files) - {"manifest.json"}
    assert str(tmp_path).encode() not in b"".join(files.values())


@pytest.mark.parametrize("name", exporters.names())
def test_an_exporter_of_nothing_writes_an_empty_export(name: str, tmp_path: Path) -> None:
    """No record is no error."""
    files = _written(name, tmp_path / "out", iter(()))
    assert json.loads(files["report.json"])["problems"] == []


@pytest.mark.parametrize("name", sorted(set(exporters.names()) & set(importers.names())))
def test_what_goes_out_comes_in(name: str, tmp_path: Path) -> None:
    """A format that can be read and written loses nothing on the way."""
    files = _written(name, tmp_path / "out", _records())
    suffixes = importers[name].suffixes
    items = [
        item
        for file, content in files.items()
        if Path(file).suffix in suffixes
        for item in importers[name]().read(io.BytesIO(content), file)
    ]
    assert all(isinstance(item, Imported) for item in items)
    assert [_content(i.document, i.layer) for i in items if isinstance(i, Imported)] == [
        _content(record.document, record.layer) for record in _records()
    ]


def _content(document: Document, layer: Layer | None) -> tuple[object, ...]:
    assert layer is not None
    return (document, layer.annotator, layer.status, sorted(map(repr, layer.annotations())))
