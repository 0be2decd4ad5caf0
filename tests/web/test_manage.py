"""Making projects, articles in and out, settings: as a manager does it in the browser."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from labeler import projects, transfer
from labeler.formats import importers
from labeler.models import FLAG_REASONS, SKIP_REASONS, Document, Export, db
from labeler.web import uploads
from tests.conftest import Corpus
from tests.web.pages import Client

Signed = Callable[[str], FlaskClient]
NEW = {"title": "World news", "slug": "world", "language": "en", "suggester": "rulers"}


@pytest.fixture
def root(corpus: Corpus, signed_in: Signed) -> Client:
    """Return the browser of an admin."""
    corpus.person("root", role="admin")
    return Client(signed_in("root"))


@pytest.fixture
def manager(corpus: Corpus, signed_in: Signed) -> Client:
    """Return the browser of the manager of a project."""
    corpus.project(max="manager")
    return Client(signed_in("max"))


def text(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# ---- new projects ----------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["news", "biomedical", "legal", "empty"])
def test_a_template_becomes_a_project(root: Client, start: str) -> None:
    """Each template makes a project whose pages open, and leads to the import."""
    answer = root.post("/projects/new", {**NEW, "start": start})
    assert answer.location == "/projects/world/import"
    made = projects.find("world")
    assert made.scheme == projects.template(start).scheme
    for page in ("", "/documents", "/scheme", "/settings", "/people", "/guidelines", "/export"):
        assert root.get(f"/projects/world{page}").status_code == 200


def test_a_scheme_file_becomes_a_project(root: Client) -> None:
    """A JSON file makes the scheme; its faults are told by path beside the field."""
    good = json.dumps({"entities": [{"name": "THING"}], "relations": []}).encode()
    bad = b"entities: [{name: A, key: long}]\nrelations: [{name: R, head: [B]}]"
    for content, status in ((bad, 200), (b"\xff", 200), (good, 302)):
        file = (io.BytesIO(content), "scheme.yaml")
        answer = root.post("/projects/new", {**NEW, "start": "file", "scheme": file})
        assert answer.status_code == status
        if content == bad:
            assert "entities[0].key" in answer.text
    assert [label.name for label in projects.find("world").scheme.entities] == ["THING"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": ""}, "Enter a title."),
        ({"slug": "News!"}, "Use 1 to 60 small letters"),
        ({"language": "english"}, "Use a language code"),
        ({"language": "zzz"}, "zzz"),
        ({"start": "file"}, "Choose a file."),
        ({"suggester": "spacy"}, "Choose or name a pipeline."),
        ({"suggester": "spacy", "pipeline": "no_such_pipeline"}, "no_such_pipeline"),
        ({"slug": "news"}, "There is a project"),
    ],
)
def test_what_a_project_lacks_is_told_beside_the_field(
    root: Client, manager: Client, changes: dict[str, str], told: str
) -> None:
    """Nothing is made until everything fits, and the page says what to do."""
    page = root.post("/projects/new", {**NEW, "start": "news", **changes}).text
    errors = re.findall(r'class="error"[^>]*>([^<]*)<', page)
    assert any(told in error for error in errors), errors
    with pytest.raises(Exception, match="no project"):
        projects.find("world")


# ---- import ----------------------------------------------------------------------------------


def test_an_upload_reports_what_was_taken_and_refused(manager: Client) -> None:
    """Good files come in, and each bad one is told with file, line and reason."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in/zipped.txt", "Zipped words.")
        archive.writestr("../../evil.txt", "Evil words.")
    lines = b'{"id": "j1", "text": "Ada met Bob."}\n{"id": "j2", "text": \n'
    files = [
        (io.BytesIO(b"date 2025-09-04\n\nAda met Bob.\r\n"), "good.txt"),
        (io.BytesIO(b"\xff\xfe"), "bad.txt"),
        (io.BytesIO(b"  \n"), "empty.txt"),
        (io.BytesIO(lines), "lines.jsonl"),
        (io.BytesIO(packed.getvalue()), "packed.zip"),
        (io.BytesIO(b"%PDF"), "paper.pdf"),
    ]
    page = manager.post("/projects/news/import", {"files": files}, follow_redirects=True).text
    assert "What came of it" in page
    for told in ("bad.txt", "empty.txt", "paper.pdf"):
        assert told in page
    assert re.search(r"lines\.jsonl</td><td[^>]*>2<", page)
    names = {name for (name,) in db.session.query(Document.name)}
    assert {"good", "j1"} <= names
    assert len(names) == 4
    good = db.session.query(Document).filter_by(name="good").one()
    assert (good.text, good.meta["date"]) == ("Ada met Bob.\r\n", "2025-09-04")


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 99, "Ada met Bob.".encode("utf-16"), b"[" * 9999, bytes(range(256))],
    ids=["empty", "nul", "utf-16", "brackets", "bytes"],
)
def test_a_bad_file_of_any_kind_is_told_by_its_name(manager: Client, content: bytes) -> None:
    """Whatever suffix it has, it ends no upload: the good one beside it comes in."""
    suffixes = sorted({suffix for kind in importers for suffix in kind.suffixes} | {".zip"})
    bad = [f"bad{number}{suffix}" for number, suffix in enumerate(suffixes)]
    files = [(io.BytesIO(content), name) for name in bad]
    files.append((io.BytesIO(b"Ada met Bob."), "good.text.txt"))
    page = manager.post("/projects/news/import", {"files": files}, follow_redirects=True).text
    articles = {name for (name,) in db.session.query(Document.name)}
    assert "good.text" in articles
    assert [name for name in bad if f"{name}<" not in page and name[:-4] not in articles] == []


def test_the_same_upload_twice_changes_nothing(manager: Client) -> None:
    """The second time the page says that all was there already."""
    for count in ("1 ", "0 "):
        files = [(io.BytesIO(b"Ada met Bob."), "a.txt")]
        page = text(
            manager.post("/projects/news/import", {"files": files}, follow_redirects=True).text
        )
        assert f"New articles {count}" in page
    assert "Unchanged 1" in page


def test_a_folder_keeps_its_structure_and_leaves_nothing_behind(
    manager: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Articles of a folder are named as by the command, and the upload is gone afterwards."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(tmp_path.iterdir())
    names = ("corpus/a.txt", "corpus/deep/b.txt", "corpus/../../up.txt", "corpus/.hidden.txt")
    files = [(io.BytesIO(name.encode()), name) for name in names]
    manager.post("/projects/news/import", {"folder": files})
    assert {name for (name,) in db.session.query(Document.name)} == {"a", "deep/b", "up"}
    assert set(tmp_path.iterdir()) == before


def test_annotations_come_in_as_layers_or_suggestions(manager: Client) -> None:
    """With a name they are that person's layers; labels the scheme lacks come in when wanted."""
    entity = {"id": "e", "start": 0, "end": 3, "label": "ROBOT"}
    line = json.dumps({"id": "a", "text": "Ada met Bob.", "entities": [entity]}).encode()

    def sent(**form: str) -> str:
        files = [(io.BytesIO(line), "a.jsonl")]
        return text(
            manager.post(
                "/projects/news/import", {"files": files, **form}, follow_redirects=True
            ).text
        )

    assert "ROBOT" in sent(annotator="ana")
    assert db.session.query(Document).count() == 0
    assert "Layers 1" in sent(annotator="ana", add_labels="y")
    assert projects.find("news").scheme.entity("ROBOT")
    assert "cannot be a name" in sent(annotator="a b")


def test_an_upload_of_nothing_says_what_to_do(manager: Client) -> None:
    """The page asks for files."""
    assert "Choose files or a folder." in manager.post("/projects/news/import", {}).text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\texts\\a.txt", "C:/texts/a.txt"),
        ("a/./b/...//c.txt", "a/b/c.txt"),
        ("a\0b\n.txt", "ab.txt"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("é" * 200 + ".txt", "é" * 73 + ".txt"),
        ("👩‍🚀.txt", "👩‍🚀.txt"),
    ],
)
def test_no_name_leads_out_of_the_folder(name: str, expected: str) -> None:
    """Names keep their folders, and lose steps upward, control characters and endless parts."""
    assert str(uploads.safe_name(name)) == expected


def test_files_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    """Of two uploads with one name, and of a file where a folder should be, both are kept."""
    names = ["a.txt", "a.txt", "a.txt/b.txt", "../a.txt"]
    files = [FileStorage(io.BytesIO(str(n).encode()), name) for n, name in enumerate(names)]
    folder = uploads.save(files, tmp_path)
    kept = {path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert kept == {"0", "1", "2", "3"}


# ---- export ----------------------------------------------------------------------------------


def test_an_export_by_page_reports_what_did_not_fit(
    app: Flask, corpus: Corpus, manager: Client
) -> None:
    """The page that follows tells counts, each thing that did not fit, and offers the files."""
    project = projects.find("news")
    for number in range(60):
        document = corpus.document(project, f"Ada met Bob {number}.", f"a{number}")
        corpus.layer(document, "max", "done", PERSON=[(0, 3), (1, 3)])
    form = {"format": "docbin", "layer": "max", "split": "80, 10,10", "seed": "3"}
    answer = manager.post("/projects/news/export", form)
    page = manager.get(answer.location).text
    assert "1–50 of 60" in page
    assert "config.cfg" in page
    later = manager.get(f"{answer.location}?from=50").text
    assert "51–60 of 60" in later
    row = db.session.query(Export).one()
    assert row.made_by == "max"
    assert (row.options["split"], row.options["seed"]) == ([80, 10, 10], 3)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"split": "80"}, "Use three numbers"),
        ({"split": "0,0,0"}, "three whole numbers"),
        ({"seed": "x"}, "Not a valid integer"),
        ({"layer": "eve"}, "Not a valid choice"),
        ({}, "nothing"),
    ],
)
def test_an_export_that_cannot_be_is_told(
    manager: Client, changes: dict[str, str], told: str
) -> None:
    """Wrong options, and nothing to export, are told on the page."""
    form = {"format": "jsonl", "layer": "gold", "split": "80,10,10", "seed": "0", **changes}
    answer = manager.post("/projects/news/export", form)
    assert answer.status_code == 200
    assert told in text(answer.text)


def test_a_problem_in_an_export_is_shown_as_words(
    app: Flask, corpus: Corpus, manager: Client
) -> None:
    """Hostile text in a report does nothing."""
    project = projects.find("news")
    corpus.layer(corpus.document(project, "<img src=x onerror=1>"), "max", "done", ORG=[(1, 3)])
    made = transfer.export(project, "docbin", layer="max")
    (made.folder / "report.json").write_text(
        json.dumps({"problems": [{"document": "<script>", "text": "<img>", "message": "<b>"}]})
    )
    row = db.session.query(Export).one()
    page = manager.get(f"/projects/news/exports/{row.id}").text
    assert "&lt;script&gt;" in page
    assert "<img>" not in page


def test_exports_are_named_and_compared_by_page(
    app: Flask, corpus: Corpus, manager: Client
) -> None:
    """A name is told in the list, and what changed on a page and as JSON, in words."""
    project = projects.find("news")
    form = {"format": "jsonl", "layer": "max", "split": "80,10,10", "seed": "0"}
    corpus.layer(corpus.document(project, "<b> met Bob"), "max", "done", PERSON=[(0, 3)])
    manager.post("/projects/news/export", {**form, "name": " First "})
    corpus.layer(corpus.document(project, "Ada", "a2"), "max", "done", PERSON=[(0, 3)])
    second = manager.post("/projects/news/export", {**form, "name": "Second"}).location
    assert "First" in manager.get("/projects/news/export").text
    page = manager.get(f"{second}/compare?with=1").text
    assert "1</dd>" in page
    assert "PERSON “Ada” at 0" in page
    told = manager.get(f"{second}/compare?with=1&format=json").json
    assert told["documents"]["added"] == ["a2"]
    assert told["by_label"] == {"PERSON": {"added": 1, "removed": 0, "changed": 0}}
    again = manager.post("/projects/news/export", {**form, "name": "First"})
    assert "already" in text(again.text)
    assert manager.get(f"{second}/compare?with=99").status_code == 404


def test_an_export_of_many_files_lists_the_first(
    app: Flask, corpus: Corpus, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A format with a file for each article has more of them than a page can show."""
    monkeypatch.setattr("labeler.web.manage._FILES", 3)
    project = projects.find("news")
    for number in range(3):
        document = corpus.document(project, "Ada met Bob.", f"a{number}")
        corpus.layer(document, "max", "done", PERSON=[(0, 3)])
    transfer.export(project, "brat", layer="max")
    page = manager.get(f"/projects/news/exports/{db.session.query(Export).one().id}").text
    assert [f"a{number}.ann" in page for number in range(3)] == [True, True, False]
    assert "And 6 more" in page


def test_an_export_whose_folder_is_gone_says_so(
    app: Flask, corpus: Corpus, manager: Client
) -> None:
    """The list stays, and the page says to export again."""
    import shutil

    project = projects.find("news")
    corpus.layer(corpus.document(project), "max", "done", PERSON=[(0, 3)])
    made = transfer.export(project, "jsonl", layer="max")
    shutil.rmtree(made.folder)
    row = db.session.query(Export).one()
    assert "The folder is gone" in manager.get(f"/projects/news/exports/{row.id}").text
    assert manager.get(f"/projects/news/exports/{row.id}/download").status_code == 404


# ---- settings --------------------------------------------------------------------------------

SETTINGS = {"title": "News", "language": "en", "guidelines": "", "suggester": "rulers"}


def test_settings_are_saved(manager: Client) -> None:
    """Title, guidelines and the map of labels are kept as typed."""
    form = {**SETTINGS, "title": "Nieuws", "labels": "ORG = GPE\n\nDATE=\n", "guidelines": "# A\n"}
    assert manager.post("/projects/news/settings", form).status_code == 302
    project = projects.find("news")
    assert (project.title, project.guidelines) == ("Nieuws", "# A\n")
    assert project.suggester_options == {"labels": {"ORG": "GPE", "DATE": None}}
    assert "ORG=GPE\nDATE=" in manager.get("/projects/news/settings").text


def test_a_project_has_reasons_of_its_own(manager: Client) -> None:
    """A line each, told in the audit log; a list left empty offers the usual ones again."""
    assert projects.find("news").flag_reasons == list(FLAG_REASONS)
    form = {**SETTINGS, "flag_reasons": " Ask Lena \r\n\r\nTwo\r\nTwo", "skip_reasons": ""}
    assert manager.post("/projects/news/settings", form).status_code == 302
    project = projects.find("news")
    assert project.flag_reasons == ["Ask Lena", "Two"]
    assert project.skip_reasons == list(SKIP_REASONS)
    assert "Ask Lena\nTwo</textarea>" in manager.get("/projects/news/settings").text
    assert "Changed the reasons to flag and skip" in manager.get("/projects/news/audit").text
    assert (
        manager.post("/projects/news/settings", {**SETTINGS, "flag_reasons": ""}).status_code == 302
    )
    assert projects.find("news").flag_reasons == list(FLAG_REASONS)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"flag_reasons": "\n".join("abcdefghij")}, "Use at most 9 reasons"),
        ({"skip_reasons": "x" * 201}, "Use at most 200 characters"),
        ({"skip_reasons": "a\u202eb"}, "cannot be printed"),
        ({"labels": "ORG"}, "Line 1"),
        ({"labels": "ORG=NOWHERE"}, "NOWHERE"),
        ({"suggester": "spacy", "pipeline": "no_such"}, "no_such"),
        ({"title": ""}, "Enter a title."),
        ({"language": "zzz"}, "zzz"),
    ],
)
def test_settings_that_do_not_fit_change_nothing(
    manager: Client, changes: dict[str, str], told: str
) -> None:
    """A suggester that could not run is not chosen; the reason stands on the page."""
    page = manager.post("/projects/news/settings", {**SETTINGS, "guidelines": "x", **changes}).text
    assert told in " ".join(re.findall(r'class="error"[^>]*>([^<]*)<', page))
    project = projects.find("news")
    assert (project.suggester, project.suggester_options, project.guidelines) == ("rulers", {}, "")


def test_a_preview_saves_nothing(manager: Client) -> None:
    """Guidelines are shown as they will be read, and kept in the form."""
    form: dict[str, Any] = {**SETTINGS, "guidelines": "**bold** <u>", "preview": "1"}
    page = manager.post("/projects/news/settings", form).text
    assert "<strong>bold</strong> &lt;u&gt;" in page
    assert projects.find("news").guidelines == ""
