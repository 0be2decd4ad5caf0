"""Articles of files without ids, known by their texts."""

import json
from pathlib import Path
from typing import Any

from flask import Flask

from labeler import accounts, editing, transfer
from labeler.models import Document, Layer, Project, db
from tests.conftest import Corpus


def bring(project: Project, path: Path, annotator: str, *lines: dict[str, Any]) -> dict[str, int]:
    """Import lines as the work of somebody, and return the counts of the report."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    lead = accounts.ensure_user("lead")
    report = transfer.import_paths(project, [path], actor=lead, annotator=annotator).to_json()
    return {name: value for name, value in report.items() if name != "problems" and value}


def said(project: Project) -> dict[tuple[str, str], int]:
    """Return by article and annotator how many entities they have."""
    rows = db.session.query(Layer).filter_by(project_id=project.id).all()
    layers = editing.load(rows)
    return {
        (row.document.name, layer.annotator): len(layer.entities)
        for row, layer in zip(rows, layers, strict=True)
    }


def line(text: str, *names: str, **more: Any) -> dict[str, Any]:
    """Return a line in which these words are labeled."""
    entities = [
        {"id": name, "start": text.index(name), "end": text.index(name) + len(name),
         "label": "PERSON"} for name in names
    ]  # fmt: skip
    return {"text": text, "entities": entities, **more}


def test_the_second_of_one_text_is_the_second(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Of articles with the same text the n-th of a file is the n-th of the project, in any order
    of the others, and importing again changes nothing."""
    project, path = corpus.project(), tmp_path / "ben.jsonl"
    goal, other = line("Goal!"), line("Ada met Bob.", "Ada")
    assert bring(project, tmp_path / "ana.jsonl", "ana", goal, other, goal) == {
        "documents": 3,
        "layers": 3,
    }
    mine = line("Ada met Bob."), goal, goal, goal
    assert bring(project, path, "ben", *mine) == {"documents": 1, "layers": 4}
    assert said(project) == {
        ("ana-1", "ana"): 0,
        ("ana-2", "ana"): 1,
        ("ana-3", "ana"): 0,
        ("ana-1", "ben"): 0,
        ("ana-2", "ben"): 0,
        ("ana-3", "ben"): 0,
        ("ben-4", "ben"): 0,
    }
    assert bring(project, path, "ben", *mine) == {"unchanged": 4}


def test_ids_of_a_file_are_kept(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Where a file gives an id, the same text under another id is another article."""
    project = corpus.project()
    bring(project, tmp_path / "in.jsonl", "ana", line("Goal!", id="g1"))
    bring(project, tmp_path / "in.jsonl", "ben", line("Goal!", id="g2"))
    assert said(project) == {("g1", "ana"): 0, ("g2", "ben"): 0}


def test_a_file_of_the_same_name_in_another_order(
    app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """A made id that stands for another text here does not stop a layer from finding its own."""
    project, path = corpus.project(), tmp_path / "train.jsonl"
    one, two = line("Ada came.", "Ada"), line("Bob went.", "Bob")
    bring(project, path, "ana", one, two)
    assert bring(project, path, "ben", two, one) == {"layers": 2}


def test_only_what_was_looked_at_is_work(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """An empty list of entities is a finished layer of the annotator; an article without one, or
    without an annotator, is nobody's work."""
    project = corpus.project()
    bring(project, tmp_path / "in.jsonl", "ana", {"text": "Nothing."}, line("Goal!"))
    assert said(project) == {("in-2", "ana"): 0}
    assert db.session.query(Document).filter_by(project_id=project.id).count() == 2
