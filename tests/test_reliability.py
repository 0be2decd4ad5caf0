"""Agreement over the database: what counts, what does not, and what the command tells."""

import json
import random
import statistics
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import borders, editing, projects, reliability, transfer
from labeler.agreement import agreement, documents_needed
from labeler.models import Document, Layer, Project, QueueEntry, db, transaction
from labeler.reliability import Scope
from labeler.schema import Entity
from labeler.schema import Layer as Work
from tests.conftest import NOW, SHARED, Corpus
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
    documents = db.session.query(Document).filter_by(project_id=project.id)
    for document in documents.order_by(Document.id):
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
    assert found["against"] == {}
    assert found["categories"] == []


# ---- real annotations with published figures -----------------------------------------------------

BRATIAA = SHARED / "data" / "bratiaa" / "example-files" / "example-project"


def brat_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the documents of one annotator's folder as lines of our JSONL."""
    for path in sorted(folder.glob("*.txt")):
        marks = [line.split("\t")[:2] for line in path.with_suffix(".ann").read_text().splitlines()]
        yield {
            "id": path.stem,
            "text": path.read_text(),
            "annotator": folder.name.lower(),
            "entities": [
                {"id": key, "start": int(start), "end": int(end), "label": label}
                for key, (label, start, end) in ((key, mark.split()) for key, mark in marks)
            ],
        }


@pytest.mark.skipif(not BRATIAA.is_dir(), reason="the shared annotations of bratiaa are not here")
def test_published_figures_of_real_annotators(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Four people's entities in seven articles give the means, the SD and the pairs that bratiaa's
    own report prints."""
    project = projects.create("real", title="Real")
    lines = [line for folder in sorted(BRATIAA.iterdir()) if folder.is_dir()
             for line in brat_lines(folder)]  # fmt: skip
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    transfer.import_paths(project, [tmp_path / "in.jsonl"], actor=corpus.person("ana"))
    told = reliability.overview(project).report["entities"]
    pairs = [pair["f1"]["strict"]["value"] for pair in told["pairs"]]
    published = [0.946, 0.874, 0.959, 0.816, 0.909, 0.838]
    assert sorted(pairs) == pytest.approx(sorted(published), abs=0.0006)
    assert told["f1"]["strict"]["value"] == pytest.approx(0.890, abs=0.0006)
    assert statistics.pstdev(pairs) == pytest.approx(0.053, abs=0.0006)
    labels = {label: own["value"] for label, own in told["by_label"].items()}
    published_labels = {"LOC": 0.819, "MISC": 0.840, "ORG": 0.906, "PER": 0.938}
    assert labels == pytest.approx(published_labels, abs=0.0006)


def test_so_many_documents_make_an_interval_so_narrow() -> None:
    """As many documents as are said to be needed give about the interval that was wanted."""
    deal = random.Random(5)

    def width(documents: int) -> tuple[float, float]:
        work = []
        for at in range(documents):
            own = [Entity(f"e{n}", 10 * n, 10 * n + 5, "X") for n in range(12)]
            other = [one for one in own if deal.random() < 0.8]
            layers = {"a": Work("a", entities=tuple(own)), "b": Work("b", entities=tuple(other))}
            work.append((f"d{at}", 200, None, layers))
        strict = agreement(work).to_json()["entities"]["f1"]["strict"]
        return strict["low"], strict["high"]

    low, high = width(40)
    needed = documents_needed(40, low, high, 0.02)
    low, high = width(needed)
    assert needed > 40
    assert 0.013 < high - low < 0.028


def test_documents_that_test_newcomers_count_on_request_only(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Layers of training documents are out of all numbers until a tick brings them in."""
    project = corpus.project(ana="annotator", ben="annotator", cy="curator")
    documents = [corpus.document(project, name=f"a{n}") for n in range(3)]
    for document in documents:
        corpus.layer(document, "ana", "done", PERSON=[(0, 3)])
        corpus.layer(document, "ben", "done", PERSON=[(0, 3)] if document.name != "a0" else [])
    client, address = signed_in("cy"), "/projects/news/agreement"
    assert reliability.overview(project).report["documents"] == 3
    assert "Training documents" not in client.get(address).text
    with transaction():
        db.session.query(QueueEntry).filter_by(document_id=documents[0].id).update(
            {"training": True}
        )
    found = reliability.overview(project).report
    assert (found["documents"], found["entities"]["f1"]["strict"]["value"]) == (2, 1.0)
    assert found["training"] == {"documents": 1, "counted": False}
    assert "Training documents left out" in client.get(address).text
    every = reliability.overview(project, Scope(training=True)).report
    assert (every["documents"], every["training"]["counted"]) == (3, True)
    assert every["entities"]["kinds"]["only_one"] == 1
    assert "Training documents count" in client.get(f"{address}?training=true").text
    for query, count in (("", 2), ("?training=true", 3)):
        assert client.get(f"/api/v1{address}/evidence{query}").get_json()["count"] == count
