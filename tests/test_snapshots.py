"""Exports taken up again: repeated from their manifests, and compared with others."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from labeler import accounts, editing, schema, transfer
from labeler.errors import Invalid, NotFound
from labeler.formats import exporters
from labeler.models import Layer, Project, User, db, transaction
from tests.conftest import Corpus

LATER = datetime(2026, 1, 2, tzinfo=UTC)


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def change(layer: Layer, key: str, *ops: schema.Op) -> None:
    """Edit a layer as its annotator."""
    edits = (schema.Edit(key, ops),)
    editing.apply(layer.id, layer.revision, edits, actor_id=layer.annotator_id, now=LATER)
    db.session.refresh(layer)


def person(name: str, start: int, end: int) -> schema.Entity:
    """Return a person."""
    return schema.Entity(name, start, end, "PERSON")


def labeled(corpus: Corpus) -> tuple[Project, Layer, Layer]:
    """Return a project in which two documents are labeled, one with a relation."""
    project = corpus.project()
    first = corpus.layer(corpus.document(project), status="done", PERSON=[(0, 3), (8, 11)])
    link = schema.Relation("r1", "PERSON-0-3", "PERSON-8-11", "MET_WITH")
    change(first, "link", schema.Op("r1", None, link))
    document = corpus.document(project, "Bob left Rome.", "a2")
    second = corpus.layer(document, status="done", PERSON=[(0, 3)], GPE=[(9, 13)])
    return project, first, second


def change_much(first: Layer, second: Layer) -> None:
    """Delete a relation, resize, relabel, add, and open a layer again."""
    link = schema.Relation("r1", "PERSON-0-3", "PERSON-8-11", "MET_WITH")
    change(first, "x1", schema.Op("r1", link, None))
    gpe = schema.Entity("GPE-9-13", 9, 13, "GPE")
    change(second, "x2", schema.Op("GPE-9-13", gpe, schema.Entity("GPE-9-13", 9, 13, "ORG")))
    change(second, "x3", schema.Op("n", None, person("n", 4, 8)))
    with transaction():
        second.status, second.read_to = "open", 5
        first.flag, second.reason = "Odd", None


def test_the_manifest_tells_layers_made_without_suggestions(
    app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Control layers are marked, so that quality with and without suggestions can be compared."""
    project, first, _ = labeled(corpus)
    with transaction():
        first.blind = True
    transfer.export(project, "jsonl", layer="all", folder=tmp_path / "out")
    told = json.loads((tmp_path / "out" / "manifest.json").read_bytes())["revisions"]
    assert [layer.get("blind", False) for layer in (told["a1"][0], told["a2"][0])] == [True, False]


def change_around(project: Project, annotator: User) -> None:
    """Give the project another title, language and scheme, and let its annotator go."""
    declared = [{"name": "sure", "values": ["yes"]}]
    with transaction():
        project.title, project.language = "Another", "de"
        project.scheme = schema.parse_scheme(
            {
                "entities": [{"name": name} for name in ("NEW", "ORG", "GPE")]
                + [{"name": "PERSON", "color": "#000000", "key": "x", "attributes": declared}],
                "relations": [{"name": "MET_WITH", "head": ["PERSON"]}, {"name": "OTHER"}],
                "categories": [{"name": "sport"}],
                "overlap": "forbid",
            }
        )
    accounts.remove_member(project, annotator)
    accounts.change_user(annotator, role="member", active=False)


@pytest.mark.parametrize("name", sorted(exporters.names()))
@pytest.mark.parametrize("layer", ["gold", "all"])
def test_an_export_is_repeated_byte_for_byte(
    app: Flask, corpus: Corpus, tmp_path: Path, name: str, layer: str
) -> None:
    """Whatever was edited, opened, added and set otherwise since, a format writes what it wrote."""
    project, first, second = labeled(corpus)
    made = transfer.export(project, name, layer=layer, folder=tmp_path / "out", name="v1")
    change_much(first, second)
    change_around(project, first.annotator)
    corpus.layer(corpus.document(project, "Eve.", "a0"), status="done", PERSON=[(0, 3)])
    again = transfer.again(project, made.folder, tmp_path / "again")
    assert again.differing == ()
    assert files(tmp_path / "again") == files(tmp_path / "out")


def test_an_export_is_repeated_on_any_database(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Layers are folded from the log up to the revision, and what was left out is told again."""
    project, first, second = labeled(corpus)
    third = corpus.document(project, "Ada Page", "a3")
    corpus.layer(third, "ana", "done", PERSON=[(0, 3)])
    corpus.layer(third, "ben", "done", PERSON=[(0, 8)])
    made = transfer.export(project, "docbin", folder=tmp_path / "out")
    assert [p["code"] for p in made.report.problems] == ["unsettled"]
    change_much(first, second)
    again = transfer.again(project, made.folder / "manifest.json", tmp_path / "again")
    assert files(tmp_path / "again") == files(tmp_path / "out")
    assert "the same, byte for byte" in again.sentence()


def test_files_that_were_touched_are_told(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """A checksum that does not hold names the file, with the version of then."""
    project, _, _ = labeled(corpus)
    made = transfer.export(project, "jsonl", folder=tmp_path / "out")
    manifest = json.loads((made.folder / "manifest.json").read_text())
    manifest["sha256"]["layers.jsonl"] = "0"
    manifest["versions"]["labeler"] = "0.0"
    (made.folder / "manifest.json").write_text(json.dumps(manifest))
    again = transfer.again(project, made.folder, tmp_path / "again")
    assert again.differing == ("layers.jsonl",)
    assert "labeler 0.0" in again.sentence()


def test_what_cannot_be_repeated_says_why(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """No manifest, one from before, suggestions, and documents that are gone."""
    project, _, _ = labeled(corpus)
    made = transfer.export(project, "jsonl", folder=tmp_path / "out")
    path = made.folder / "manifest.json"
    good = json.loads(path.read_text())
    cases: list[tuple[dict[str, Any], type[Exception]]] = [
        ({"sha256": {}}, Invalid),
        ({**good, "revisions": {"a1": {"ana": 1}}}, Invalid),
        ({**good, "layer": "suggestions"}, Invalid),
        ({**good, "revisions": {"gone": []}}, NotFound),
        ({**good, "revisions": {"a1": [{**good["revisions"]["a1"][0], "revision": 9}]}}, NotFound),
    ]
    for manifest, error in cases:
        path.write_text(json.dumps(manifest))
        with pytest.raises(error):
            transfer.again(project, made.folder, tmp_path / "again")
    shutil.rmtree(made.folder)
    with pytest.raises(Invalid, match="gone"):
        transfer.read_manifest(made.folder)


def test_a_named_export_stays_as_it_is(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Neither its name nor its folder is taken by another."""
    project, _, _ = labeled(corpus)
    transfer.export(project, "jsonl", folder=tmp_path / "out", name="v1")
    with pytest.raises(Invalid, match="named"):
        transfer.export(project, "jsonl", folder=tmp_path / "other", name="v1")
    with pytest.raises(Invalid, match="frozen"):
        transfer.export(project, "jsonl", folder=tmp_path / "out")
    with pytest.raises(Invalid, match="digits"):
        transfer.export(project, "jsonl", folder=tmp_path / "other", name="12")
    assert transfer.find(project, "v1") == transfer.find(project, "1")
    with pytest.raises(NotFound):
        transfer.find(project, "v2")


def test_exports_are_compared(any_app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """What was added, removed and changed is told by label and document, and nothing else."""
    project, first, second = labeled(corpus)
    for name in ("v1", "v2"):
        transfer.export(project, "docbin", folder=tmp_path / name, name=name)
        change_much(first, second) if name == "v1" else None
        if name == "v1":
            with transaction():
                second.status = "done"
            corpus.layer(corpus.document(project, "Eve.", "a9"), status="done", PERSON=[(0, 3)])
    was, now = (transfer.find(project, name) for name in ("v1", "v2"))
    assert transfer.compare(project, was, was).to_json()["changes"] == []
    found = transfer.compare(project, was, now)
    assert (found.added, found.removed) == (["a9"], [])
    assert found.by_label() == {
        "GPE → ORG": {"added": 0, "removed": 0, "changed": 1},
        "MET_WITH": {"added": 0, "removed": 1, "changed": 0},
        "PERSON": {"added": 2, "removed": 0, "changed": 0},
    }
    assert found.by_document()["a2"] == {"added": 1, "removed": 0, "changed": 1}
    back = transfer.compare(project, now, was).by_label()
    assert back["PERSON"] == {"added": 0, "removed": 2, "changed": 0}


def test_what_is_at_the_same_place_under_another_id_is_the_same(
    app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Ids do not count, and a label that replaces another at a place is one change."""
    project, _, second = labeled(corpus)
    transfer.export(project, "jsonl", folder=tmp_path / "v1", name="v1")
    old = schema.Entity("GPE-9-13", 9, 13, "GPE")
    new = schema.Entity("other", 9, 13, "ORG")
    change(second, "y1", schema.Op(old.id, old, None), schema.Op("other", None, new))
    bob = person("PERSON-0-3", 0, 3)
    change(second, "y2", schema.Op(bob.id, bob, None), schema.Op("b", None, person("b", 0, 3)))
    transfer.export(project, "jsonl", folder=tmp_path / "v2", name="v2")
    found = transfer.compare(project, *(transfer.find(project, name) for name in ("v1", "v2")))
    assert [(c.kind, c.label) for c in found.changes] == [("changed", "GPE → ORG")]
