"""Real pipelines that cannot suggest: refused on the page, by the API and in a run, in words."""

import json
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
import spacy
from flask import Flask
from flask.testing import FlaskClient

from labeler import accounts, projects, transfer
from labeler.errors import LabelerError
from labeler.models import Project, db
from tests.conftest import Corpus
from tests.web.pages import Client


def _ruler(folder: Path, label: str = "PERSON") -> Path:
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": "Ada"}])  # type: ignore[attr-defined]
    pipeline.to_disk(folder)
    return folder


def _missing(folder: Path) -> Path:
    return folder / "nowhere"


def _no_pipeline(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _its_parent(folder: Path) -> Path:
    folder.mkdir()
    _ruler(folder / "pipeline")
    return folder


def _archive(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", _ruler(folder)))


def _package(_: Path) -> str:
    return "en_core_web_xxl"


def _not_whole(folder: Path) -> Path:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("ner").add_label("PERSON")  # type: ignore[attr-defined]
    pipeline.initialize()
    pipeline.to_disk(folder)
    (folder / "ner" / "model").unlink()
    return folder


def _without_entities(folder: Path) -> Path:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.to_disk(folder)
    return folder


def _empty(folder: Path) -> Path:
    spacy.blank("en").to_disk(folder)
    return folder


def _of_unknown_parts(folder: Path) -> Path:
    config = _ruler(folder) / "config.cfg"
    config.write_text(config.read_text().replace('factory = "entity_ruler"', 'factory = "herbs"'))
    return folder


def _broken(folder: Path) -> Path:
    (_ruler(folder) / "vocab" / "strings.json").write_bytes(b"\x00 cut off")
    return folder


def _of_another_version(folder: Path) -> Path:
    meta = _ruler(folder) / "meta.json"
    meta.write_text(json.dumps({**json.loads(meta.read_text()), "spacy_version": ">=3.2,<3.3"}))
    return folder


def _of_spacy_two(folder: Path) -> Path:
    (_of_another_version(folder) / "config.cfg").unlink()
    return folder


def _of_other_labels(folder: Path) -> Path:
    return _ruler(folder, "CHEMICAL")


REFUSED = {
    _missing: "Give the name of an installed package",
    _package: "python -m spacy download en_core_web_xxl",
    _no_pipeline: "Name the folder that spaCy wrote",
    _its_parent: "pipeline/pipeline does: name that.",
    _archive: "Unpack it where it is an archive",
    _not_whole: "ner/model is not there: copy it anew",
    _without_entities: "finds neither entities nor spans: it has sentencizer",
    _empty: "it has no components",
    _of_unknown_parts: "has the component 'herbs', which is not installed here",
    _broken: "train it again with this version",
    _of_another_version: "Install the version of it for this spaCy",
    _of_spacy_two: "made for spaCy >=3.2,<3.3",
    _of_other_labels: "Say in the option “labels” which is which",
}


@pytest.mark.parametrize(("make", "told"), REFUSED.items())
def test_it_is_refused_on_the_page_by_the_api_and_in_a_run(
    app: Flask,
    corpus: Corpus,
    signed_in: Callable[[str], FlaskClient],
    tmp_path: Path,
    make: Callable[[Path], object],
    told: str,
) -> None:
    """The sentence says what to do, and the suggester stays what it was."""
    project = corpus.project(max="manager")
    corpus.document(project)
    place = str(make(tmp_path / "pipeline"))
    form = {"title": "News", "language": "en", "suggester": "spacy", "pipeline": place}
    page = Client(signed_in("max")).post("/projects/news/settings", form)
    assert told in unescape(page.text)
    program = {"Authorization": f"Bearer {accounts.api_token(corpus.person('max'))}"}
    sent = {"suggester": "spacy", "options": {"pipeline": place}}
    answer = app.test_client().patch("/api/v1/projects/news/settings", json=sent, headers=program)
    assert answer.status_code == 422
    assert told in (answer.json or {})["message"]
    assert db.session.get_one(Project, project.id).suggester == "rulers"
    projects.use_suggester(project, "spacy", {"pipeline": place})
    with pytest.raises(LabelerError) as raised:  # what the command prints
        transfer.suggest(project)
    assert told in raised.value.message


def test_a_field_that_there_is_not_is_told_with_those_there_are(app: Flask, corpus: Corpus) -> None:
    """A program that misspells the options of a suggester learns what they are called."""
    corpus.project(max="manager")
    program = {"Authorization": f"Bearer {accounts.api_token(corpus.person('max'))}"}
    sent = {"suggester": "spacy", "suggester_options": {"pipeline": "en_core_web_sm"}}
    answer = app.test_client().patch("/api/v1/projects/news/settings", json=sent, headers=program)
    [problem] = (answer.json or {})["problems"]
    assert problem["path"] == "suggester_options"
    assert "There are: flag_reasons, language, options" in problem["message"]
