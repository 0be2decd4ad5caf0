"""Old names of labels still mean them: in imports, in suggestions, and in counts of these."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from labeler import counters, editing, label_changes, progress, schema, transfer, work
from labeler.label_changes import Revision
from labeler.models import Document, Layer, Project, User, db
from labeler.suggest.labels import LabelMap
from labeler.suggest.patterns import PatternSuggester
from labeler.transfer.proposals import put_together
from tests.conftest import NOW, Corpus

TEXT = "Ada met Bob."
RENAMED = schema.parse_scheme(
    {
        "entities": [
            {"name": "HUMAN", "formerly": ["PERSON"]},
            {"name": "PLACE", "formerly": ["GPE"], "retired": True},
        ],
        "relations": [{"name": "KNOWS", "formerly": ["MET_WITH"]}],
    }
)


@pytest.fixture
def project(any_app: Flask, corpus: Corpus) -> Project:
    """Return a project with a lead and an annotator."""
    return corpus.project(lena="manager", ana="annotator")


def rename(project: Project, label: str, into: str) -> None:
    """Rename an entity label as the lead does."""
    lead = db.session.query(User).filter_by(name="lena").one()
    label_changes.change_label(project, Revision("entities", "rename", label, into), lead)


def test_imports_come_in_under_the_present_name(project: Project, tmp_path: Path) -> None:
    """The old name is no unknown label, and the report says once what it is called by now."""
    rename(project, "PERSON", "HUMAN")
    file = tmp_path / "old.jsonl"
    entities = [{"id": "e", "start": 0, "end": 3, "label": "PERSON"}]
    lines = [
        {"id": f"a{n}", "text": TEXT, "annotator": "ana", "entities": entities} for n in (1, 2)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = transfer.import_paths(project, [file], actor=db.session.query(User).first())
    assert [(p.code, p.message) for p in report.problems] == [
        ("renamed", "PERSON is called HUMAN by now: in 2 articles, which came in under that.")
    ]
    assert report.sentence().endswith("0 things were refused.")
    records = editing.load(db.session.query(Layer).all())
    assert {item.label for record in records for item in record.entities} == {"HUMAN"}


def test_suggesters_and_patterns_propose_under_the_present_name() -> None:
    """A pipeline's label and a pattern's follow a renamed label; a retired one is not proposed."""
    labels = LabelMap(RENAMED)
    assert (labels.entity("PERSON"), labels.entity("GPE")) == ("HUMAN", None)
    assert labels.relation("MET_WITH", "HUMAN", "HUMAN") == "KNOWS"
    rows = [{"label": "PERSON", "pattern": "Ada"}, {"label": "GPE", "pattern": "Bob"}]
    [found] = PatternSuggester(language="en", options={"patterns": rows}).suggest([TEXT], RENAMED)
    assert [item.label for item in found] == ["HUMAN"]  # type: ignore[union-attr]


def _imported(project: Project, tmp_path: Path) -> Document:
    """Return a document with suggestions from a file."""
    entities = [
        {"id": "e", "start": 0, "end": 3, "label": "PERSON"},
        {"id": "f", "start": 8, "end": 11, "label": "PERSON"},
    ]
    file = tmp_path / "suggested.jsonl"
    file.write_text(json.dumps({"id": "a1", "text": TEXT, "entities": entities}))
    transfer.import_paths(project, [file], actor=db.session.query(User).first())
    return db.session.query(Document).one()


def test_decisions_on_suggestions_count_under_the_present_name(
    project: Project, tmp_path: Path
) -> None:
    """What was accepted is not corrected by a renaming, and what was rejected stays so."""
    document = _imported(project, tmp_path)
    ana = db.session.query(User).filter_by(name="ana").one()
    layer = work.open_layer(document, ana, NOW)
    first, second = "s:0-3:PERSON", "s:8-11:PERSON"
    accepted = schema.Entity(first, 0, 3, "PERSON", {"suggester": "import"})
    ops = (
        schema.Op(first, None, accepted),
        schema.Op(second, None, schema.Verdict(second, "rejected")),
    )
    editing.apply(layer.id, 0, [schema.Edit("k", ops)], actor_id=ana.id, now=NOW)
    db.session.refresh(layer)
    work.set_state(layer, {"status": "done"}, NOW)
    before = received(project)
    assert before == [("import", "PERSON", 1, 0, 1)]
    rename(project, "PERSON", "HUMAN")
    assert received(project) == [("import", "HUMAN", 1, 0, 1)]
    assert counters.total(project, ["rejected import HUMAN"]) == 1
    rows: list[list[dict[str, Any]]] = [
        [{"id": i, "start": s, "end": e, "label": label, "origin": {}}]
        for i, s, e, label in (
            (second, 8, 11, "PERSON"), ("s:8-11:HUMAN", 8, 11, "HUMAN"), ("s:4-7:GPE", 4, 7, "GPE"),
        )
    ]  # fmt: skip
    [held] = editing.load([layer])
    shown = put_together(project, document, rows, held, build=False)
    assert [(each["id"], each["label"]) for each in shown] == [
        ("s:4-7:GPE", "GPE"),
        (second, "HUMAN"),
    ]
    [change] = label_changes.changes(project)
    lead = db.session.query(User).filter_by(name="lena").one()
    label_changes.undo_change(project, change, lead, NOW)
    assert received(project) == before


def received(project: Project) -> list[tuple[Any, ...]]:
    """Return what became of suggestions."""
    return [
        (one.suggester, one.label, one.accepted, one.corrected, one.rejected)
        for one in progress.receptions(project)
    ]
