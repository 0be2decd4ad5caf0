"""Files, folders and archives: each file is read by its kind, and what is wrong is told by name."""

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from labeler.errors import NotFound, Problem
from labeler.formats import Imported, archive
from labeler.formats.names import Names

LINE = b'{"id": "a1", "text": "Ada."}\n{"id": "a2", "text": "Bob."}\n{"id"\n'


def _names(*paths: Path, importer: str = "auto") -> list[str]:
    """Return the names of the articles, and the codes and files of problems."""
    return [
        item.document.id if isinstance(item, Imported) else f"{item.code} {item.file}"
        for item in archive.read(paths, importer)
    ]


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_each_file_is_read_by_its_kind(tmp_path: Path) -> None:
    """Text is one article, JSONL one a line; suffixes count in any case."""
    (tmp_path / "one.TXT").write_text("One.")
    (tmp_path / "set.jsonl").write_bytes(LINE)
    found = _names(tmp_path / "one.TXT", tmp_path / "set.jsonl")
    assert found == ["one", "a1", "a2", "invalid set.jsonl"]


def test_a_folder_is_read_to_its_depths_in_order(tmp_path: Path) -> None:
    """Articles are named from the folder; hidden files are left alone."""
    for name in ("b/2.txt", "b/10.txt", "a.txt", ".git/x.txt", "b/.hidden.txt", "b/__MACOSX/y.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Some.")
    assert _names(tmp_path) == ["a", "b/10", "b/2"]


def test_names_are_in_the_order_of_their_folders() -> None:
    """A folder's entries follow one another, whatever characters names have."""
    given = ["b.txt", "b/2.ann", "b-c.txt", "b/10.TXT", "b/a/é.txt", "b/\udcff.txt", "b.txt"]
    names = Names(given)
    assert list(names) == ["b/10.TXT", "b/2.ann", "b/a/é.txt", "b/\udcff.txt", "b-c.txt", "b.txt"]
    assert [name in names for name in ("b/2.ann", "b/3.ann", "b")] == [True, False, False]
    assert [names.has([".ann"], folder) for folder in ("", "b", "b/a")] == [True, True, False]
    assert names.has((".jsonl", ".txt"), "b/a")
    assert list(names.in_folders(".txt")) == [
        ("", "10.TXT", "b"), ("", "\udcff.txt", "b"), ("b", "é.txt", "b/a")
    ]  # fmt: skip


def test_a_link_that_leads_out_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder somebody sent cannot bring in other files of this machine."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("Secret.")
    (folder / "open.txt").write_text("Open.")
    (folder / "inside.txt").symlink_to(folder / "open.txt")
    (folder / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "above").symlink_to(tmp_path)
    assert _names(folder) == ["inside", "open"]


def test_a_zip_archive_gives_the_same_names_as_its_folder(tmp_path: Path) -> None:
    """Importing it after the folder changes nothing."""
    _zip(tmp_path / "all.zip", {"b/2.txt": b"Two.", "a.txt": b"One.", "__MACOSX/a.txt": b"x"})
    assert _names(tmp_path / "all.zip") == ["a", "b/2"]


def test_problems_in_an_archive_name_archive_and_file(tmp_path: Path) -> None:
    """So that a person can find the line."""
    _zip(tmp_path / "all.zip", {"in/set.jsonl": LINE, "x.txt": b"\xff"})
    problems = [p for p in archive.read([tmp_path / "all.zip"]) if isinstance(p, Problem)]
    assert [(p.file, p.line) for p in problems] == [
        ("all.zip/in/set.jsonl", 3),
        ("all.zip/x.txt", 1),
    ]


def test_names_that_lead_upwards_are_only_names(tmp_path: Path) -> None:
    """Nothing is unpacked onto the disk."""
    _zip(tmp_path / "all.zip", {"../../up.txt": b"Up.", "/etc/top.txt": b"Top."})
    before = sorted(tmp_path.rglob("*"))
    assert sorted(_names(tmp_path / "all.zip")) == ["../../up", "/etc/top"]
    assert sorted(tmp_path.rglob("*")) == before


def test_unknown_kinds_are_told_with_the_known_ones(tmp_path: Path) -> None:
    """A picture among the articles stops nothing."""
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    article, problem = archive.read([tmp_path])
    assert isinstance(article, Imported)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.file) == ("kind", "b.png")
    assert ".jsonl, " in problem.message


def test_what_tells_of_an_export_is_no_article(tmp_path: Path) -> None:
    """A folder that was exported comes in as its articles; what stands beside is left alone."""
    (tmp_path / "layers.jsonl").write_text('{"text": "One."}\n')
    for name in ("manifest.json", "report.json", "config.cfg"):
        (tmp_path / name).write_text("{}")
    found = list(archive.read([tmp_path]))
    assert [type(item) for item in found].count(Imported) == 1
    told = {item.file: item.code for item in found if isinstance(item, Problem)}
    assert told == dict.fromkeys(("manifest.json", "report.json", "config.cfg"), "ignored")


def test_a_named_importer_reads_files_of_any_name(tmp_path: Path) -> None:
    """Somebody may know better than the suffix."""
    (tmp_path / "notes.md").write_text("Some.")
    assert _names(tmp_path / "notes.md", importer="text") == ["notes"]


def test_an_unknown_importer_is_told(tmp_path: Path) -> None:
    """The error names those there are."""
    (tmp_path / "a.txt").write_text("One.")
    with pytest.raises(NotFound, match=r"Known: .*jsonl.*text"):
        _names(tmp_path / "a.txt", importer="sgml")


def test_what_is_missing_or_unreadable_is_told(tmp_path: Path) -> None:
    """The other paths are read."""
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    found = _names(tmp_path / "gone", tmp_path / "loop.txt", tmp_path / "a.txt")
    assert found == [f"missing {tmp_path / 'gone'}", "file loop.txt", "a"]


def test_a_name_that_is_not_utf_8_is_told_in_letters_that_can_be_printed(tmp_path: Path) -> None:
    """Reports are UTF-8 everywhere; the others are read."""
    for name in (b"caf\xe9.jsonl", b"caf\xe9.zip", b"ok.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"Fine.")
    found = _names(tmp_path)
    found += _names(*(path for path in tmp_path.iterdir() if path.suffix == ".zip"))
    found += _names(tmp_path / "gone\udce9.txt")
    assert found[:3] == ["name caf\ufffd.jsonl", "name caf\ufffd.zip", "ok"]
    assert found[3] == "archive caf\ufffd.zip"
    assert found[4] == "name gone\ufffd.txt"


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    """Neither a text called .zip nor one cut short is a traceback."""
    (tmp_path / "no.zip").write_bytes(b"no archive")
    whole = _zip(tmp_path / "whole.zip", {"a.txt": b"One. " * 99}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:40])
    assert _names(tmp_path / "no.zip", tmp_path / "cut.zip") == [
        "archive no.zip",
        "archive cut.zip",
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_file_in_an_archive_is_told(tmp_path: Path, method: int) -> None:
    """The files beside it are read."""
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("a.txt", os.urandom(4000).hex())
        file.writestr("b.txt", "Two.")
    content = bytearray(path.read_bytes())
    content[200:1200] = bytes(1000)
    path.write_bytes(content)
    assert _names(path) == ["archive all.zip/a.txt", "b"]


def test_an_encrypted_file_is_told(tmp_path: Path) -> None:
    """Nobody is asked for a password."""
    path = _zip(tmp_path / "all.zip", {"a.txt": b"One.", "b.txt": b"Two."})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, directory + 8, 1)
    path.write_bytes(content)
    first, _ = archive.read([path])
    assert isinstance(first, Problem)
    assert "encrypted" in first.message


def test_an_archive_in_an_archive_is_told(tmp_path: Path) -> None:
    """It is not unpacked."""
    inner = _zip(tmp_path / "inner.zip", {"a.txt": b"One."}).read_bytes()
    path = _zip(tmp_path / "outer.zip", {"inner.zip": inner})
    assert _names(path) == ["archive outer.zip/inner.zip"]


def test_a_file_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    """A bomb fills neither disk nor memory; text that packs well comes in."""
    path = _zip(
        tmp_path / "bomb.zip",
        {"a.jsonl": bytes(9_000_000), "b.txt": os.urandom(99_000).hex().encode()},
    )
    assert _names(path) == ["archive bomb.zip/a.jsonl", "b"]
    repeated = _zip(tmp_path / "fine.zip", {"a.txt": b"So far so good. " * 60_000})
    assert _names(repeated) == ["a"]


def test_an_archive_whose_files_share_their_bytes_is_refused(tmp_path: Path) -> None:
    """Entries that all point to one packed file add up to a bomb."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(50):
            file.writestr(f"{number}.txt", b"Never again. " * 70_000)
        first = file.infolist()[0]
        for member in file.infolist():
            member.header_offset = first.header_offset
    content = packed.getvalue()
    start = content.index(b"PK\x01\x02")
    path = tmp_path / "shared.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        size = file.infolist()[1].header_offset
    path.write_bytes(content[:size] + _moved(content[start:], size - start))
    [problem] = archive.read([path])
    assert isinstance(problem, Problem)
    assert "far more than it is" in problem.message


def _moved(directory: bytes, by: int) -> bytes:
    """Return the end of an archive that now stands elsewhere in the file."""
    moved = bytearray(directory)
    end = moved.rindex(b"PK\x05\x06")
    (offset,) = struct.unpack_from("<I", moved, end + 16)
    struct.pack_into("<I", moved, end + 16, offset + by)
    return bytes(moved)


def test_files_are_read_as_their_articles_are_asked_for(tmp_path: Path) -> None:
    """Memory stays flat over many files: the last is not read before its turn."""
    for number in range(50):
        (tmp_path / f"{number:02}.txt").write_text("Some.")
    stream = archive.read([tmp_path])
    next(stream)
    (tmp_path / "49.txt").write_text("Later.")
    *_, last = stream
    assert isinstance(last, Imported)
    assert last.document.text == "Later."
