"""The command line: what it prints, what it refuses, and with which status."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import spacy

from tests.serving import ALONE, Server

Run = Callable[..., Any]
ARTICLE = {
    "id": "a1",
    "text": "Ada met Bob in Rome.",
    "annotator": "ana",
    "entities": [
        {"id": "e1", "start": 0, "end": 3, "label": "PERSON"},
        {"id": "e2", "start": 8, "end": 11, "label": "PERSON"},
    ],
    "relations": [{"id": "r1", "head": "e1", "tail": "e2", "label": "MET_WITH"}],
}


@pytest.fixture
def run(labeler: Run, tmp_path: Path) -> Run:
    """Return what runs `labeler` in an empty folder."""
    return lambda *arguments, **options: labeler(*arguments, cwd=tmp_path, **options)


def test_the_whole_road_by_command(run: Run, tmp_path: Path) -> None:
    """Project, import, suggest, export and check work one after the other, in a few words."""
    (tmp_path / "in.jsonl").write_text(json.dumps(ARTICLE) + "\n{broken\n", encoding="utf-8")
    assert run("user", "add", "ana").returncode == 0
    assert run("project", "add", "news", "--title", "World news").returncode == 0
    assert run("project", "list").stdout == "news\tWorld news\n"

    imported = run("import", "news", "in.jsonl", "--json")
    report = json.loads(imported.stdout)
    assert (report["documents"], report["layers"]) == (1, 1)
    [problem] = report["problems"]
    assert (problem["file"], problem["line"]) == ("in.jsonl", 2)

    assert run("suggest", "news").stdout == "Made suggestions for 1 document.\n"
    exported = run("export", "news", "--out", "out", "--json")
    assert json.loads(exported.stdout)["counts"]["entities"] == 2
    assert (tmp_path / "out" / "train.spacy").is_file()
    assert run("export", "news", "--format", "jsonl", "--out", "v1", "--name", "v1").returncode == 0
    assert "byte for byte" in run("export", "news", "--again", "v1", "--out", "v2").stdout
    assert "\tv1\tjsonl\tgold\t" in run("exports", "news").stdout
    assert "Every annotation is the same." in run("compare", "news", "1", "v1").stdout
    assert run("check").returncode == 0
    shown = json.loads(run("project", "show", "news").stdout)
    assert shown["slug"] == "news"


def test_a_pipeline_is_named_by_command(run: Run, tmp_path: Path) -> None:
    """One that does not work is refused before a project is added; a folder may be relative."""
    pipeline = spacy.blank("en")
    ruler: Any = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Ada"}])
    pipeline.to_disk(tmp_path / "made")
    refused = run("project", "add", "sport", "--pipeline", "nowhere")
    assert (refused.returncode, refused.stderr[:36]) == (1, "There is no spaCy pipeline 'nowhere'")
    assert run("project", "list").stdout == ""
    assert run("project", "add", "news").returncode == 0
    assert run("suggest", "news", "--pipeline", "made").returncode == 0
    shown = json.loads(run("project", "show", "news").stdout)
    assert shown["suggester_options"] == {"pipeline": str(tmp_path / "made")}


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("project", "show", "nothing"), "nothing"),
        (("import", "nothing", "x.txt"), "nothing"),
        (("export", "nothing"), "nothing"),
        (("token", "nobody"), "nobody"),
        (("user", "add", "a b"), "'a b'"),
        (("project", "add", "news", "--scheme", "no.yaml"), "no.yaml"),
        (("project", "add", "Bad Slug"), "hyphens"),
    ],
)
def test_an_error_is_one_sentence_and_status_1(
    run: Run, command: tuple[str, ...], told: str
) -> None:
    """What cannot be done is said on stderr, without a traceback."""
    done = run(*command)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_wrong_usage_is_status_2(run: Run) -> None:
    """What the command line does not know ends with 2."""
    assert run("export").returncode == 2
    assert run("sing").returncode == 2
    assert run("export", "news", "--split", "a,b").returncode == 2


def test_help_names_every_command(run: Run) -> None:
    """`labeler --help` lists the commands, and each has a help of its own."""
    overview = run("--help").stdout
    for command in ("demo", "serve", "user", "token", "project", "import", "suggest", "export"):
        assert command in overview
        assert run(command, "--help").returncode == 0


def test_a_password_comes_from_standard_input(labeler: Run, tmp_path: Path) -> None:
    """A weak password is refused with the reason, and nobody is added."""
    refused = labeler("user", "add", "ana", "--password-stdin", cwd=tmp_path, stdin="secret\n")
    assert refused.returncode == 1
    assert "at least" in refused.stderr
    assert labeler("user", "list", cwd=tmp_path).stdout == ""
    good = "violet tram under seven bridges\n"
    labeler("user", "add", "ana", "--password-stdin", cwd=tmp_path, stdin=good)
    assert labeler("user", "list", cwd=tmp_path).stdout == "ana\tmember\tcan sign in\n"


def test_a_database_that_does_not_answer_is_told(run: Run) -> None:
    """An address where no database is gives a sentence, not a traceback."""
    done = run("check", LABELER_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "database" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_signs_in_once_and_shows_articles(tmp_path: Path) -> None:
    """The demo prints a link; it opens the sample project, and works only once."""
    with Server(tmp_path, command=("demo", "--no-browser")) as server:
        log = (tmp_path / "server.log").read_text(encoding="utf-8")
        link = next(word for word in log.split() if "/sign-in/" in word)
        with httpx.Client(follow_redirects=True) as browser:
            assert "World news" in browser.get(link).text
            page = browser.get(f"{server.url}/projects/news/label")
            assert page.status_code == 200
            assert "Submit and next" in page.text
        with httpx.Client(follow_redirects=True) as stranger:
            assert stranger.get(link).status_code == 403


def test_a_port_in_use_is_told(tmp_path: Path, labeler: Run) -> None:
    """Serving on a taken port ends with a sentence that says what to do."""
    with Server(tmp_path, command=ALONE) as server:
        done = labeler("serve", "--port", server.port, cwd=tmp_path)
    assert done.returncode == 1
    assert "--port" in done.stderr


def test_patterns_come_in_and_go_out(run: Run, tmp_path: Path) -> None:
    """A file is tried, refused by line, or taken as a version, which is printed as it came."""
    (tmp_path / "in.jsonl").write_text(json.dumps(ARTICLE) + "\n", encoding="utf-8")
    run("project", "add", "news", "--title", "World news")
    run("import", "news", "in.jsonl")
    label = ARTICLE["entities"][0]["label"]
    rows = [{"label": label, "pattern": "Bob"}, {"label": label, "regex": r"\w+"}]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    (tmp_path / "good.jsonl").write_text(lines)
    (tmp_path / "bad.jsonl").write_text(lines + "{}\n")
    refused = run("patterns", "news", "bad.jsonl")
    assert refused.returncode == 1
    assert "bad.jsonl:3" in refused.stderr
    assert "of 1 articles." in run("patterns", "news", "good.jsonl", "--try").stdout
    assert run("patterns", "news").stdout == ""
    assert "Version 1 has 2 patterns." in run("patterns", "news", "good.jsonl").stdout
    assert run("patterns", "news").stdout == lines
