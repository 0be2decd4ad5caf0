"""Doubts of a model about labels: leak-safe, as sure as where it agrees, fixed or kept."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, jobs, schema, transfer
from labeler.jobs import queue
from labeler.models import Document, Doubt, Layer, Project, db
from labeler.schema import Entity
from labeler.suggest.doubts import doubts
from labeler.transfer import doubts as module
from labeler.transfer.doubts import FOLDS
from tests.conftest import Corpus
from tests.test_training import label
from tests.web.pages import Client

_DOUBT = ("entity", "label", "PERSON-0-3", 0, 3, None, None, "PERSON", 0, 3, "ORG")


def entity(start: int, end: int, name: str = "PERSON", score: float | None = None) -> Entity:
    """Return an entity, or what a model with scores found."""
    origin = None if score is None else {"score": score}
    return Entity(f"{start}-{end}-{name}", start, end, name, origin)


def told(*pairs: tuple[list[Entity], list[Entity]]) -> list[tuple[str, str | None, str | None]]:
    """Return what is doubted in the last layer, with a model that is right in the others."""
    right = [([entity(n, n + 2)], [entity(n, n + 2, score=0.8)]) for n in range(0, 60, 5)]
    found = doubts([*right, *pairs])[-1]
    return [
        (each.kind, each.labeled and each.labeled.label, each.proposed and each.proposed.label)
        for each in found
    ]


def test_each_kind_of_contradiction_has_its_name() -> None:
    """Label, borders, both, not labeled and not found are told apart; agreement is no doubt."""
    sure = entity(10, 14, score=0.9)
    assert told(([entity(10, 14)], [sure])) == []
    assert told(([entity(10, 14, "ORG")], [sure])) == [("label", "ORG", "PERSON")]
    assert told(([entity(10, 20)], [sure])) == [("boundary", "PERSON", "PERSON")]
    assert told(([entity(8, 20, "ORG")], [sure])) == [("both", "ORG", "PERSON")]
    assert told(([], [sure])) == [("missing", None, "PERSON")]
    assert told(([entity(10, 14)], [])) == [("extra", "PERSON", None)]


def test_a_model_that_is_less_sure_than_usual_does_not_count() -> None:
    """Below the mean score where it agrees, and for a label it never had right, it is not heard."""
    assert told(([], [entity(10, 14, score=0.7)])) == []
    assert told(([], [entity(10, 14, "ORG", score=0.99)])) == []


def test_what_no_model_could_find_is_not_doubted() -> None:
    """An entity that the component cannot find at all is no doubt where it is not found."""
    right = [([entity(n, n + 2)], [entity(n, n + 2, score=0.8)]) for n in range(0, 60, 5)]
    assert doubts([*right, ([entity(10, 14)], [])], lambda _: False)[-1] == []


@pytest.fixture
def project(app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project where one of 24 articles calls a person a town."""
    monkeypatch.setattr("labeler.nlp.training.STEPS", 60)
    monkeypatch.setattr("labeler.nlp.training.EVERY", 60)
    made = corpus.project(ana="annotator", lena="curator")
    label(corpus, made, 24)
    layer = db.session.query(Layer).order_by(Layer.id).first()
    assert layer is not None
    [wrong, *_] = [e for e in editing.load([layer])[0].entities if e.label == "PERSON"]

    op = schema.Op(wrong.id, wrong, Entity(wrong.id, wrong.start, wrong.end, "GPE"))
    edit = schema.Edit("wrong", (op,))
    editing.apply(layer.id, layer.revision, [edit], actor_id=layer.annotator_id, now=layer.changed)
    return made


def test_a_wrong_label_is_found_fixed_and_kept(
    project: Project, signed_in: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Models that have not seen an article doubt its wrong label; one key fixes it in gold."""
    trained_on: list[set[str]] = []
    from labeler.transfer import doubts as module

    write = module._write

    def written(plan, rest, folder):  # type: ignore[no-untyped-def]
        trained_on.append(set(rest))
        write(plan, rest, folder)

    monkeypatch.setattr(module, "_write", written)
    job = transfer.queue_doubts(project)
    claim = queue.claim("w", job.id)
    assert claim is not None
    jobs.perform(jobs.JobWork(claim))
    ended = jobs.find(job.id)
    assert (ended.state, ended.error) == ("done", None)
    assert len(trained_on) == len(FOLDS)
    documents = {each.id for each in db.session.query(Document)}
    assert set.union(*(documents - seen for seen in trained_on)) == documents
    row = db.session.query(Doubt).filter_by(kind="label", label="GPE", new_label="PERSON").one()
    lead = Client(signed_in("lena"))
    address = "/projects/news/consistency/doubts"
    assert "Other label" in lead.get(address).text
    lead.post(f"{address}/{row.id}/fix", {})
    gold = db.session.query(Layer).filter_by(gold=True).one()
    held = {(e.start, e.end): e.label for e in editing.load([gold])[0].entities}
    assert held[row.start, row.end] == "PERSON"
    db.session.refresh(row)
    assert row.state == "fixed"


def test_what_was_kept_is_not_doubted_again(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """A doubt that somebody looked at is off the list, and a change meanwhile is told."""

    made = corpus.project(ana="annotator", lena="curator")
    layer = corpus.layer(corpus.document(made), "ana", "done", PERSON=[(0, 3)])
    row = (
        (layer.id, *_DOUBT),
        0.9,
    )
    assert module._keep(made, [row]) == 1
    db.session.commit()
    lead = Client(signed_in("lena"))
    number = db.session.query(Doubt).one().id
    address = f"/projects/news/consistency/doubts/{number}"
    kept = lead.post(f"{address}/keep", {})
    assert "Kept" in lead.get(kept.headers["Location"]).text
    assert module._keep(made, [row]) == 0
    lead.post(f"{address}/fix", {})
    assert "looked at already" in lead.get("/projects/news/consistency/doubts").text


def test_a_fix_in_gold_can_be_taken_back(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Undo takes the edit out of gold and asks again, by who fixed it and once only."""
    made = corpus.project(ana="annotator", lena="curator", mia="curator")
    layer = corpus.layer(corpus.document(made), "ana", "done", PERSON=[(0, 3)])
    row = (
        (layer.id, *_DOUBT),
        0.9,
    )
    assert module._keep(made, [row]) == 1
    db.session.commit()
    doubt = db.session.query(Doubt).one()
    lead, other = Client(signed_in("lena")), Client(signed_in("mia"))
    address = f"/projects/news/consistency/doubts/{doubt.id}"
    fixed = lead.post(f"{address}/fix", {})
    [token] = re.findall("token=([0-9a-f]+)", fixed.headers["Location"])
    [gold] = db.session.query(Layer).filter_by(gold=True)
    assert [each.label for each in editing.load([gold])[0].entities] == ["ORG"]
    other.post(f"{address}/undo", {"token": token})
    assert "you did not settle this" in other.get("/projects/news/consistency/doubts").text
    lead.post(f"{address}/undo", {"token": "of another"})
    assert "no such edit" in lead.get("/projects/news/consistency/doubts").text
    lead.post(f"{address}/undo", {"token": token})
    assert "on the list again" in lead.get("/projects/news/consistency/doubts").text
    db.session.expire_all()
    assert doubt.state == "open"
    assert "ORG" not in [each.label for each in editing.load([gold])[0].entities]
    lead.post(f"{address}/undo", {"token": token})
    assert "nothing to take back" in lead.get("/projects/news/consistency/doubts").text
