"""Agreement over the database: what counts, what does not, and what the command tells."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from labeler import curation
from tests.conftest import Corpus


def test_finished_layers_count_and_finding_nothing_counts(any_app: Flask, corpus: Corpus) -> None:
    """Unfinished layers and documents of one annotator stay out; an empty layer is a result."""
    project = corpus.project(ana="annotator", ben="annotator")
    documents = [corpus.document(project, name=f"a{n}") for n in range(4)]
    corpus.layer(documents[0], "ana", "done", PERSON=[(0, 3), (8, 11)])
    corpus.layer(documents[0], "ben", "done", PERSON=[(0, 3)])
    corpus.layer(documents[1], "ana", "done", PERSON=[(0, 3)])
    corpus.layer(documents[1], "ben", "done")
    corpus.layer(documents[2], "ana", "done", PERSON=[(0, 3)])
    corpus.layer(documents[2], "ben", "open", PERSON=[(0, 3)])
    corpus.layer(documents[3], "ana", "done", PERSON=[(0, 3)])
    found = curation.agreement_of(project).to_json()
    assert found["documents"] == 2
    assert found["annotators"] == ["ana", "ben"]
    # Two of ana's and one of ben's in the first, one of ana's in the second: 2 * 1 / (3 + 1).
    assert found["entities"]["f1"]["strict"]["value"] == pytest.approx(0.5)
    assert found["entities"]["kinds"]["only_one"] == 2


def test_nobody_shared_anything(app: Flask, corpus: Corpus) -> None:
    """Without shared documents a score is null, with the reason."""
    project = corpus.project()
    found = curation.agreement_of(project).to_json()
    assert found["documents"] == 0
    assert found["entities"]["f1"]["strict"]["value"] is None


def test_the_command_prints_numbers_and_json(labeler: Callable[..., Any], tmp_path: Path) -> None:
    """`labeler agreement` tells the scores in lines, and all of it with --json."""
    lines = [
        {
            "id": f"a{n}",
            "text": "Ada met Bob.",
            "annotator": name,
            "entities": [{"id": "e", "start": 0, "end": end, "label": "PERSON"}],
        }
        for n in range(3)
        for name, end in (("ana", 3), ("ben", 3 if n else 7))
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "in.jsonl").write_text(text, encoding="utf-8")
    labeler("project", "add", "news", cwd=tmp_path)
    assert labeler("import", "news", "in.jsonl", cwd=tmp_path).returncode == 0
    told = labeler("agreement", "news", cwd=tmp_path)
    assert told.returncode == 0
    assert "3 articles" in told.stdout
    assert "0.67" in told.stdout
    found = json.loads(labeler("agreement", "news", "--json", cwd=tmp_path).stdout)
    assert found["entities"]["f1"]["strict"]["value"] == pytest.approx(2 / 3)
    assert [pair["documents"] for pair in found["entities"]["pairs"]] == [3]
