"""Files that are empty, cut off, miscoded or of another kind: told by name; the rest goes on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import Exported, Imported, archive, exporters, importers
from labeler.schema import Document, Entity, Layer, parse_scheme

SCHEME = parse_scheme({"entities": [{"name": "PERSON"}]})
BINARY = ("docbin", "parquet")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, bytes]]:
    """Return name and content of a file that says all of two articles, by its format."""
    kept: dict[str, tuple[str, bytes]] = {"text": ("a.txt", "Ada met José.\n".encode() * 9)}

    def of(name: str) -> tuple[str, bytes]:
        if name not in kept:
            folder = tmp_path_factory.mktemp(name)
            exporters[name]().write(_records(), folder, scheme=SCHEME, language="en", options={})
            suffix = importers[name].suffixes[0]
            path = max(folder.rglob(f"*{suffix}"), key=lambda path: path.stat().st_size)
            kept[name] = (path.name, path.read_bytes())
        return kept[name]

    return of


def _records() -> Iterator[Exported]:
    text = "Ada met José. " * 9
    [tokens] = nlp.tokenize([text], "en")
    layer = Layer("ana", "done", entities=(Entity("e1", 0, 3, "PERSON"),))
    for name in ("a1", "a2"):
        yield Exported(Document(name, text), layer, tokens)


def _found(folder: Path, importer: str) -> tuple[list[str], list[Problem]]:
    found = list(archive.read([folder], importer))
    articles = [item.document.id for item in found if isinstance(item, Imported)]
    return articles, [item for item in found if isinstance(item, Problem)]


def _beside(folder: Path, name: str, content: bytes) -> None:
    """Write a file, and what its format wants beside it."""
    (folder / name).write_bytes(content)
    if Path(name).suffix in (".ann", ".jsonld"):
        (folder / name).with_suffix(".txt").write_text("Ada met José. " * 9)
    if name.endswith(".xmi"):
        (folder / "TypeSystem.xml").write_text("<typeSystemDescription/>")


@pytest.mark.parametrize("how", ["auto", "named"])
@pytest.mark.parametrize("name", importers.names())
def test_a_bad_file_is_told_and_the_rest_goes_on(
    name: str, how: str, tmp_path: Path, exported: Callable[[str], tuple[str, bytes]]
) -> None:
    """Whatever is wrong with it, something is said of it by its name, in a sentence."""
    file, good = exported(name)
    bad = [
        b" \n\t\n", good[: len(good) // 2], b"\0" * 999, b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"[" * 99_999, b'{"a":' * 99_999, b"<!DOCTYPE html><html></html>", bytes(range(256)) * 9,
    ]  # fmt: skip
    if name not in BINARY:
        bad += [good.decode().encode(coding) for coding in ("utf-16", "utf-16-be", "utf-32")]
        bad.append(good.replace("é".encode(), b"\xe9"))
    after = Path(file).with_name(f"z-{file}").name
    _beside(tmp_path, after, good)
    for content in bad:
        _beside(tmp_path, file, content)
        articles, problems = _found(tmp_path, name if how == "named" else "auto")
        about = [problem for problem in problems if (problem.file or "").startswith(file)]
        assert about or articles, content[:40]
        assert all(problem.message.endswith((".", "?", "'")) for problem in about), about
        told = [problem for problem in problems if (problem.file or "") == after]
        assert articles or told, content[:40]


@pytest.mark.parametrize("name", sorted({*importers.names()} - {*BINARY, "text"}))
def test_any_line_ends_say_the_same(
    name: str, tmp_path: Path, exported: Callable[[str], tuple[str, bytes]]
) -> None:
    """Line feeds, carriage returns, and both."""
    file, good = exported(name)
    said = []
    for ends in (b"\n", b"\r\n", b"\r"):
        _beside(tmp_path, file, good.replace(b"\r\n", b"\n").replace(b"\n", ends))
        said.append([i for i in archive.read([tmp_path], name) if isinstance(i, Imported)])
    texts = [[item.document.text for item in items] for items in said]
    spans = [[i.suggestions or (i.layer and i.layer.entities) for i in items] for items in said]
    assert texts[0] == texts[1] == texts[2]
    assert spans[0] == spans[1] == spans[2]


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_with_what_to_do(coding: str, tmp_path: Path) -> None:
    """With and without a mark, once for the file and not for each line."""
    (tmp_path / "a.jsonl").write_bytes('{"text": "Ada met Bob."}\n'.encode(coding) * 2)
    articles, [problem] = _found(tmp_path, "auto")
    assert (articles, problem.code, problem.file) == ([], "encoding", "a.jsonl")
    assert "Save it as UTF-8" in problem.message


def test_what_stands_behind_a_list_is_told(tmp_path: Path) -> None:
    """Two exports in one file are one too many for JSON."""
    (tmp_path / "a.json").write_text('[{"id": 1, "data": {"text": "Ada."}}]\n[{"id": 2}]')
    articles, [problem] = _found(tmp_path, "auto")
    assert len(articles) == 1
    assert "Behind the list" in problem.message


def test_rows_that_are_not_whole_are_told_by_line(tmp_path: Path) -> None:
    """One in another coding, one that is cut off, one with too much; the others are taken."""
    (tmp_path / "a.csv").write_bytes(b"text,label\nAda.,x\nJos\xe9.,x\nBob.,x,y\nEve.,z\n")
    articles, problems = _found(tmp_path, "auto")
    assert len(articles) == 3
    assert [(problem.line, problem.code) for problem in problems] == [
        (3, "encoding"), (4, "ignored")
    ]  # fmt: skip
    head = "kind,document,id,label,start,end,text,attributes\n"
    rows = 'document,a,,,,,Ada met.,\nentity,a,e1,PER,0,3,Ada,{"x\nentity,a,e2,PER,4\n'
    (tmp_path / "a.csv").write_text(head + rows.replace('{"x', "no JSON"))
    articles, problems = _found(tmp_path, "auto")
    assert articles == ["a"]
    assert sorted(problem.line or 0 for problem in problems) == [3, 4]


def test_every_export_comes_in_again_without_a_refusal(tmp_path: Path) -> None:
    """What lies beside the articles is known for what it is, and none of it is an article."""
    for name in exporters.names():
        folder = tmp_path / name
        folder.mkdir()
        exporters[name]().write(_records(), folder, scheme=SCHEME, language="en", options={})
        articles, problems = _found(folder, "auto")
        assert len(articles) == 2, name
        assert {problem.code for problem in problems} == {"ignored"}, (name, problems)
