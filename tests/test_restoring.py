"""The history of a layer: every step with who made it, and back to any of them, undone again."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, schema, settling
from labeler.models import Layer, Project, db
from labeler.schema import Entity, Op, Relation
from tests.conftest import NOW, Corpus
from tests.web.pages import Client


def changed(corpus: Corpus) -> tuple[Project, Layer]:
    """Return a layer of ana's with two people, who then met, one of whom was taken away."""
    project = corpus.project(ana="annotator", ben="annotator", lena="curator")
    layer = corpus.layer(corpus.document(project), "ana", "done", PERSON=[(0, 3)])
    ada, bob = Entity("PERSON-0-3", 0, 3, "PERSON"), Entity("b", 8, 11, "PERSON")
    met = Relation("r", ada.id, bob.id, "MET_WITH")
    for number, ops in enumerate(
        (
            [Op("b", None, bob)],
            [Op("r", None, met)],
            [Op("r", met, None), Op("b", bob, None), Op(ada.id, ada, Entity(ada.id, 0, 3, "ORG"))],
        )
    ):
        edit = schema.Edit(f"k{number}", tuple(ops))
        editing.apply(layer.id, layer.revision, [edit], actor_id=layer.annotator_id, now=NOW)
    return project, layer


def held(layer: Layer) -> tuple[list[str], int]:
    """Return the labels of a layer, and how many relations it has."""
    [record] = editing.load([layer])
    return sorted(item.label for item in record.entities), len(record.relations)


def test_every_step_is_told_in_words(app: Flask, corpus: Corpus) -> None:
    """What was labeled, linked, changed and taken away, the newest first, a page at a time."""
    _, layer = changed(corpus)
    told = [step.changes for step in settling.steps(layer)]
    assert told[:3] == [
        ("took MET_WITH from Ada → Bob", "took PERSON from Bob", "changed Ada: PERSON to ORG"),
        ("labeled Ada → Bob: MET_WITH",),
        ("labeled Bob: PERSON",),
    ]
    first = settling.steps(layer, limit=2)
    rest = settling.steps(layer, before=first[-1].revision)
    assert [step.changes for step in (*first, *rest)] == told
    assert {step.actor for step in first} == {"ana"}


def test_a_curator_brings_any_layer_back_and_undoes_that(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """It is one edit in the curator's name; undo is another; another annotator finds nothing."""
    _, layer = changed(corpus)
    address = f"/projects/news/layers/{layer.id}/history"
    lead, other = Client(signed_in("lena")), Client(signed_in("ben"))
    assert other.get(address).status_code == 404
    revision = layer.revision
    made = lead.post(address, {"revision": str(revision - 1)})
    assert held(layer) == (["PERSON", "PERSON"], 1)
    db.session.refresh(layer)
    assert settling.steps(layer)[0].actor == "lena"
    [token] = re.findall("token=([0-9a-f]+)", made.headers["Location"])
    assert "Brought back" in lead.get(made.headers["Location"]).text
    lead.post(address, {"undone": token})
    assert held(layer) == (["ORG"], 0)
    lead.post(address, {"revision": "999"})
    assert "has no revision 999" in lead.get(address).text
    assert held(layer) == (["ORG"], 0)


def test_programs_bring_layers_back(any_app: Flask, corpus: Corpus) -> None:
    """The API does the same, and what differs in nothing is no edit."""
    _, layer = changed(corpus)
    lena, revision = corpus.person("lena"), layer.revision
    assert settling.restore(layer, revision, "now", lena, NOW) == revision
    assert settling.restore(layer, 0, "start", lena, NOW) == revision + 1
    settling.take_back(layer, "start", lena, NOW)
    assert held(layer) == (["ORG"], 0)
