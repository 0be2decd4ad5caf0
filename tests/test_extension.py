"""A package that is not ours, made of what the documentation shows: built, installed and used."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "extending.md"


def blocks(language: str) -> list[str]:
    """Return the blocks of code on the page."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the package is installed."""
    source = tmp_path_factory.mktemp("source")
    [project] = blocks("toml")
    (source / "pyproject.toml").write_text(project, encoding="utf-8")
    (source / "labeler_example.py").write_text("\n\n".join(blocks("python")), encoding="utf-8")
    settings = '\n[tool.hatch.build.targets.wheel]\ninclude = ["labeler_example.py"]\n'
    with (source / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    [wheel] = (source / "dist").glob("*.whl")
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)  # what installing a pure wheel is
    return site


def test_each_example_is_short() -> None:
    """Under 30 lines, so that it can be read at a glance."""
    assert [
        len(block.splitlines()) for block in blocks("python") if len(block.splitlines()) > 30
    ] == []
    assert len(blocks("python")) == 4


def test_a_foreign_package_reads_proposes_measures_and_writes(
    installed: Path, tmp_path: Path, labeler: Any
) -> None:
    """Its importer, suggester, measure and exporter work like those that come with labeler."""

    def run(*arguments: object) -> str:
        done = labeler(*arguments, cwd=tmp_path, PYTHONPATH=str(installed))
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    (tmp_path / "scheme.json").write_text('{"entities": [{"name": "PERSON"}]}')
    (tmp_path / "a.lines").write_text("PERSON|Ada|met BOB.\nPERSON|Eve|left.\nnothing\n")
    run("project", "add", "news", "--scheme", "scheme.json")
    for name in ("ana", "bob"):
        report = json.loads(run("import", "news", "a.lines", "--annotator", name, "--json"))
        assert report["layers"] == 2
        assert [problem["line"] for problem in report["problems"]] == [3]
    run("suggest", "news", "--suggester", "capitals")
    found = json.loads(run("agreement", "news", "--json"))
    assert "same_count" in json.dumps(found)
    run("export", "news", "--format", "words", "--out", "out")
    assert (tmp_path / "out/words.tsv").read_text() == "PERSON\tAda\nPERSON\tEve\n"
    run("export", "news", "--format", "words", "--layer", "suggestions", "--out", "proposed")
    assert "PERSON\tBOB\n" in (tmp_path / "proposed/words.tsv").read_text()
