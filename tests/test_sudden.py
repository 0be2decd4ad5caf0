"""Finished layers that change suddenly: noticed at once, shown with evidence, and brought back."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, proof, schema, settling
from labeler.models import Document, Layer, Project, SuddenChange, User, db, transaction
from tests.conftest import NOW, Corpus
from tests.web.pages import Client

TEXT = "Ada met Bob, Cy, Dora, Emil, Finn, Gerd, Hana and Ida in Varn."
NAMES = ("Ada", "Bob", "Cy", "Dora", "Emil", "Finn", "Gerd", "Hana", "Ida")
SPANS = [(TEXT.index(name), TEXT.index(name) + len(name)) for name in NAMES]


@pytest.fixture
def layer(any_app: Flask, corpus: Corpus) -> Layer:
    """Return a layer of nine entities that was submitted long ago."""
    return finished(corpus)


def finished(corpus: Corpus) -> Layer:
    """Return a layer of nine entities that was submitted long ago."""
    project = corpus.project(ana="annotator", ben="annotator", lena="curator")
    made = corpus.layer(corpus.document(project, TEXT), "ana", "done", PERSON=SPANS)
    with transaction():
        made.first_submitted = made.revision
    return made


def entities(layer: Layer) -> list[schema.Entity]:
    """Return what a layer has."""
    return list(editing.load([layer])[0].entities)


def edit(layer: Layer, *ops: schema.Op, at: datetime = NOW) -> None:
    """Append an edit by ana."""
    db.session.refresh(layer)
    key = f"k{layer.revision + 1}"
    editing.apply(
        layer.id, layer.revision, [schema.Edit(key, ops)], actor_id=layer.annotator_id, now=at
    )


def removed(items: list[schema.Entity]) -> list[schema.Op]:
    """Return what deletes these."""
    return [schema.Op(item.id, item, None) for item in items]


def told() -> list[tuple[int, int, int, int]]:
    """Return what was noticed: since, held, lost, changed."""
    rows = db.session.query(SuddenChange).order_by(SuddenChange.id)
    return [(row.since, row.held, row.lost, row.changed) for row in rows]


def test_losing_much_in_one_edit_is_noticed_and_undoing_it_is_too(layer: Layer) -> None:
    """Five of nine in one edit is sudden; taken back, there is nothing to see any more."""
    since, gone = layer.revision, entities(layer)[:5]
    edit(layer, *removed(gone))
    assert told() == [(since, 9, 5, 0)]
    edit(layer, *(schema.Op(item.id, None, item) for item in gone), at=NOW + timedelta(hours=5))
    assert told() == []


def test_little_or_slow_changes_are_not_sudden(layer: Layer) -> None:
    """Four are few; one an hour is slow; a fifth within ten minutes is sudden."""
    items = entities(layer)
    edit(layer, *removed(items[:4]))
    assert told() == []
    for number, item in enumerate(items[4:6]):
        edit(layer, *removed([item]), at=NOW + timedelta(hours=number + 1))
    assert told() == []


def test_several_edits_within_ten_minutes_are_one_change(layer: Layer) -> None:
    """What was lost and what was changed adds up to one line, and grows while nobody looks."""
    since, items = layer.revision, entities(layer)
    for number, item in enumerate(items[:6]):
        after = schema.Entity(item.id, item.start, item.end, "ORG") if number % 2 else None
        edit(layer, schema.Op(item.id, item, after), at=NOW + timedelta(minutes=number))
    assert told() == [(since, 9, 3, 3)]


def test_work_that_is_not_finished_may_change(layer: Layer, corpus: Corpus) -> None:
    """Who is still labeling deletes as they like; so does who reopened what they never kept."""
    document = db.session.get_one(Document, layer.document_id)
    open_ = corpus.layer(document, "ben", "open", PERSON=SPANS)
    edit(open_, *removed(entities(open_)))
    assert told() == []


def test_a_change_is_brought_back_by_one_edit(layer: Layer) -> None:
    """The layer is what it was, the log has both, and the change is off the list."""
    before = entities(layer)
    edit(layer, *removed(before[:8]), schema.Op("new", None, schema.Entity("new", 4, 11, "ORG")))
    project = db.session.get_one(Project, layer.project_id)
    [found], following = settling.sudden_changes(project)
    assert following is None
    assert (found.annotator, found.row.lost, len(found.shown)) == ("ana", 8, 8)
    assert (found.shown[0].words, found.shown[0].before, found.shown[0].after) == (
        "Ada", "PERSON", None,
    )  # fmt: skip
    settling.bring_back(found.row, "back", layer.annotator, NOW)
    db.session.refresh(layer)
    assert entities(layer) == before
    assert settling.count_sudden_changes(project) == 0
    assert list(proof.check()) == []


def test_what_was_looked_at_is_not_listed_again(layer: Layer) -> None:
    """A change that is right is off the list; the next one is counted from there on."""
    items = entities(layer)
    edit(layer, *removed(items[:5]))
    project = db.session.get_one(Project, layer.project_id)
    [found], _ = settling.sudden_changes(project)
    settling.keep_change(found.row, db.session.query(User).filter_by(name="lena").one(), NOW)
    assert settling.sudden_changes(project) == ([], None)
    edit(layer, *removed(items[5:6]), at=NOW + timedelta(hours=1))
    assert settling.count_sudden_changes(project) == 0


def test_annotators_see_their_own_and_curators_all(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """A curator may say that it is right, or bring it back as its owner may; each can undo that."""
    layer = finished(corpus)
    edit(layer, *removed(entities(layer)[:6]))
    address = "/projects/news/consistency/sudden"
    pages = {name: Client(signed_in(name)) for name in ("ana", "ben", "lena")}
    assert [("Bring back" in each.get(address).text) for each in pages.values()] == [1, 0, 1]
    assert "6</b></a> are gone" in pages["lena"].get(address).text
    number = db.session.query(SuddenChange).one().id
    assert pages["ben"].post(f"{address}/{number}/keep", {}).status_code == 404
    assert pages["ben"].post(f"{address}/{number}/restore", {}).status_code == 404
    kept = pages["lena"].post(f"{address}/{number}/keep", {})
    assert "It stays as it is now." in pages["lena"].get(kept.location).text
    assert pages["ana"].post(f"{address}/{number}/undo", {}).status_code == 404
    assert pages["lena"].post(f"{address}/{number}/undo", {}).status_code == 302
    brought = pages["lena"].post(f"{address}/{number}/restore", {})
    assert len(entities(layer)) == 9
    assert list(editing.history(layer.id))[-1]["actor"] == "lena"
    page = pages["lena"].get(brought.location).text
    token = dict(re.findall(r'name="(layer|token)" value="([^"]+)"', page))
    assert pages["ana"].post(f"{address}/{number}/undo", token).status_code == 404
    assert pages["lena"].post(f"{address}/{number}/undo", token).status_code == 302
    assert len(entities(layer)) == 3
    assert "No finished document" in pages["lena"].get(address).text
