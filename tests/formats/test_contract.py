"""What every importer and exporter keeps to, whoever wrote it: one suite over both registries."""

import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import (
    KEPT,
    Exported,
    Imported,
    archive,
    document_problem,
    exporters,
    importers,
)
from labeler.schema import Annotation, Category, Document, Entity, Layer, Relation, parse_scheme
from tests.texts import texts

SCHEME = parse_scheme(
    {
        "entities": [{"name": "PERSON"}],
        "relations": [{"name": "MET"}],
        "categories": [{"name": "LONG"}],
    }
)
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
@settings(max_examples=30)
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
        ("Ada and Bob Page.", "done", (_parted(), _entity(8, 16)), (_link((0, 16), (8, 16)),)),
    ]
    parts = ("train", "dev", "test", "train", "train")
    for number, (text, status, entities, relations) in enumerate(cases):
        document = Document(f"a{number}", text, {"date": "2025-09-04"})
        [tokens] = nlp.tokenize([text], "en")
        categories = (Category("c1", "LONG"),) if number == 4 else ()
        layer = Layer("ana", status, 3, entities, relations, categories=categories)
        yield Exported(document, layer, tokens, parts[number])


def _entity(start: int, end: int) -> Entity:
    return Entity(f"e{start}-{end}", start, end, "PERSON")


def _parted() -> Entity:
    return Entity("e0-16", 0, 16, "PERSON", None, ((0, 3), (12, 16)), {"note": "née", "sure": True})


def _link(head: tuple[int, int], tail: tuple[int, int]) -> Relation:
    ends = [f"e{start}-{end}" for start, end in (head, tail)]
    return Relation("-".join(ends), *ends, "MET")


def _written(name: str, folder: Path, records: Iterator[Exported]) -> dict[str, bytes]:
    folder.mkdir()
    options = {"manifest": {"project": "news"}}
    exporters[name]().write(records, folder, scheme=SCHEME, language="en", options=options)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


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
    assert (report["counts"]["documents"], report["counts"]["entities"]) == (5, 9)
    assert set(manifest["sha256"]) == set(files) - {"manifest.json"}
    assert str(tmp_path).encode() not in b"".join(files.values())


@pytest.mark.parametrize("name", exporters.names())
def test_an_exporter_of_nothing_writes_an_empty_export(name: str, tmp_path: Path) -> None:
    """No record is no error."""
    files = _written(name, tmp_path / "out", iter(()))
    assert json.loads(files["report.json"])["problems"] == []


@pytest.mark.parametrize("name", sorted(set(exporters.names()) & set(importers.names())))
def test_what_goes_out_comes_in_or_is_told(name: str, tmp_path: Path) -> None:
    """A format that can be read and written loses nothing on the way that its report leaves out."""
    files = _written(name, tmp_path / "out", _records())
    told = {
        (p["document"], p["id"]) for p in json.loads(files["report.json"])["problems"] if "id" in p
    }
    for aside in ("report.json", "manifest.json"):
        (tmp_path / "out" / aside).unlink()
    items = list(archive.read([tmp_path / "out"], importer=name))
    problems = [item for item in items if isinstance(item, Problem)]
    assert [problem for problem in problems if problem.code != "ignored"] == []
    read = [item for item in items if isinstance(item, Imported)]
    if "metadata" in exporters[name].keeps:
        documents = sorted((item.document for item in read), key=lambda document: document.id)
        assert documents == [record.document for record in _records()]
    if "text" not in exporters[name].keeps:
        written = sorted(_words(record, told) for record in _records())
        assert sorted(map(_words, read)) == written
        return
    assert {item.document.text for item in read} == {record.document.text for record in _records()}
    there = {item.document.text: _said(item.document.text, _annotations(item)) for item in read}
    for record in _records():
        text, document = record.document.text, record.document.id
        lost = set() if _is_lossless(name) else told
        kept = [i for i in record.layer.annotations() if (document, i.id) not in lost]
        assert there[text] == _said(text, kept)
        assert len(kept) == sum(1 for _ in record.layer.annotations()) or lost


def _is_lossless(name: str) -> bool:
    return exporters[name].keeps == frozenset(KEPT)


def _words(item: Imported | Exported, told: set[tuple[str, str]] = frozenset()) -> list[Any]:  # type: ignore[assignment]
    """Return the words of a text and of its entities, whatever white space is between."""
    text, document = item.document.text, item.document.id
    items = item.layer.annotations() if isinstance(item, Exported) else _annotations(item)
    entities = [i for i in items if isinstance(i, Entity) and (document, i.id) not in told]
    labeled = [("".join(text[e.start : e.end].split()), e.label) for e in entities]
    return ["".join(text.split()), *sorted(labeled)]


def _annotations(item: Imported) -> Iterable[Annotation]:
    return item.layer.annotations() if item.layer else item.suggestions


def _said(text: str, items: Iterable[Annotation]) -> set[object]:
    """Return what annotations say, whatever their ids: places, labels, attributes."""
    items = list(items)
    places = {i.id: (i.extents(), i.label) for i in items if isinstance(i, Entity)}
    said: set[object] = set()
    for item in items:
        if isinstance(item, Entity):
            said.add((*places[item.id], tuple(sorted((item.attributes or {}).items()))))
        elif isinstance(item, Relation):
            said.add((places[item.head], places[item.tail], item.label))
        elif isinstance(item, Category):
            said.add(item.label)
    return said
