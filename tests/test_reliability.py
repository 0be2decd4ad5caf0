"""Agreement over the database: what counts, what does not, and what the command tells."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from labeler import borders, editing, reliability
from labeler.agreement import agreement
from labeler.models import Document, Layer, Project, db
from labeler.reliability import Scope
from tests.conftest import NOW, Corpus
from tests.drawn import drawn_project


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
    found = reliability.compute(project).to_json()
    assert found["documents"] == 2
    assert found["annotators"] == ["ana", "ben"]
    # Two of ana's and one of ben's in the first, one of ana's in the second: 2 * 1 / (3 + 1).
    assert found["entities"]["f1"]["strict"]["value"] == pytest.approx(0.5)
    assert found["entities"]["kinds"]["only_one"] == 2


def records(project: Project) -> list[Any]:
    """Return what everybody finished as records, read by way of objects."""
    found = []
    for document in db.session.query(Document).filter_by(project_id=project.id):
        layers = db.session.query(Layer).filter_by(document_id=document.id, status="done").all()
        done = {record.annotator: record for record in editing.load(layers)}
        found.append((document.name, len(document.text), borders.tokens([document])[0], done))
    return found


def test_columns_hold_what_records_do(any_app: Flask, corpus: Corpus) -> None:
    """Read as columns, layers give the very numbers that their records give."""
    project = drawn_project(corpus)
    told = reliability.compute(project)
    same = agreement(records(project), symmetric=["MET_WITH"])
    assert told.to_json() == same.to_json()
    assert told.to_json()["relations"]["kinds"]["identical"]
    some = ("PERSON", "MET_WITH")
    told = reliability.compute(project, Scope(("ben", "cid"), some))
    same = agreement(
        records(project), annotators=("ben", "cid"), labels=some, symmetric=["MET_WITH"]
    )
    assert told.to_json() == same.to_json()


def test_evidence_from_columns_has_its_place_and_direction(app: Flask, corpus: Corpus) -> None:
    """What a number opens has the places, labels and ends of the stored annotations."""
    project = drawn_project(corpus)
    told = reliability.compute(project)
    same = agreement(records(project), symmetric=["MET_WITH"])

    def shown(found: Any) -> list[Any]:
        places = [
            (end.head.start, end.tail.start, end.relation.label) if end else None
            for end in (found.a, found.b)
        ]
        return [found.document, found.kind, *places]

    assert [shown(one) for one in told.relation_differences("ana", "ben")] == [
        shown(one) for one in same.relation_differences("ana", "ben")
    ]
    for one, other in zip(
        told.differences("ana", "cid"), same.differences("ana", "cid"), strict=True
    ):
        assert (one.kind, one.document) == (other.kind, other.document)
        for own, its in ((one.a, other.a), (one.b, other.b)):
            assert (own is None) == (its is None)
            assert not own or (own.start, own.end, own.label) == (its.start, its.end, its.label)


def test_only_layers_changed_since_a_moment(any_app: Flask, corpus: Corpus) -> None:
    """A layer that was last changed before the moment asked for does not count."""
    project = drawn_project(corpus, 4)
    late = NOW + timedelta(days=3)
    [document] = db.session.query(Document).filter_by(name="d1")
    db.session.query(Layer).filter_by(document_id=document.id).update({"changed": late})
    db.session.commit()
    for since, documents in ((NOW, 4), (late, 1), (late + timedelta(days=1), 0)):
        told = reliability.compute(project, Scope(since=since)).to_json()
        assert told["documents"] == documents


def test_nobody_shared_anything(app: Flask, corpus: Corpus) -> None:
    """Without shared documents a score is null, with the reason."""
    project = corpus.project()
    found = reliability.compute(project).to_json()
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
