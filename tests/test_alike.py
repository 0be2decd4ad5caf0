"""The same passage in another document: found wherever it stands, for one's own work only."""

from datetime import timedelta

import pytest
from flask import Flask

from labeler import editing, schema, work
from labeler.errors import Invalid
from labeler.models import Layer, Project, transaction
from tests.conftest import NOW, Corpus

CLAUSE = "Ada Lovelace leads the Bank of Ely 🇺🇦."


@pytest.fixture
def project(any_app: Flask, corpus: Corpus) -> Project:
    """Return a project of two annotators and a curator."""
    return corpus.project(ana="annotator", ben="annotator", lena="curator")


def labeled(corpus: Corpus, project: Project, name: str, before: str, person: str = "ana") -> Layer:
    """Return a layer of a document in which the clause follows some words, all of it labeled."""
    document = corpus.document(project, before + CLAUSE, name)
    at = len(before)
    head = schema.Entity("h", at, at + 12, "PERSON")
    tail = schema.Entity("t", at + 23, at + 34, "ORG", attributes={"sure": True})
    apart = schema.Entity("p", at, at + 34, "PERSON", parts=((at, at + 3), (at + 31, at + 34)))
    relation = schema.Relation("r", "h", "t", "LEADER_OF")
    layer = corpus.layer(document, person, "open")
    ops = tuple(schema.Op(item.id, None, item) for item in (head, tail, apart, relation))
    editing.apply(
        layer.id, layer.revision, [schema.Edit("k", ops)], actor_id=layer.annotator_id, now=NOW
    )
    return layer


def test_what_was_annotated_is_placed_as_in_this_document(project: Project, corpus: Corpus) -> None:
    """Entities with parts and attributes, and relations between them, moved by code points."""
    labeled(corpus, project, "a1", "Früher 👩🏽‍🚀: ")
    here = corpus.layer(corpus.document(project, "Now. " + CLAUSE, "a2"), "ana", "open")
    found = work.annotated_alike(here, 5, 5 + len(CLAUSE))
    assert found is not None
    assert found.document.name == "a1"
    text = here.document.text
    assert {(text[e.start : e.end], e.label, e.parts) for e in found.entities} == {
        ("Ada Lovelace", "PERSON", ()),
        ("Bank of Ely", "ORG", ()),
        ("Ada Lovelace leads the Bank of Ely", "PERSON", ((5, 8), (36, 39))),
    }
    assert [(r.head, r.tail) for r in found.relations] == [("h", "t")]
    assert {e.id: e.attributes for e in found.entities}["t"] == {"sure": True}


def test_nobody_sees_what_others_annotated(project: Project, corpus: Corpus) -> None:
    """Only layers of the same person count, and of those the one changed last; never within a
    word, nor in what has nothing in it."""
    labeled(corpus, project, "a1", "First. ", "ben")
    here = corpus.layer(corpus.document(project, CLAUSE, "a2"), "ana", "open")
    span = (0, len(CLAUSE))
    assert work.annotated_alike(here, *span) is None
    labeled(corpus, project, "a3", "Third. ")
    later = labeled(corpus, project, "a4", "Fourth. ")
    change = schema.Op("h", schema.Entity("h", 8, 20, "PERSON"), schema.Entity("h", 8, 20, "ORG"))
    drop = schema.Op("r", schema.Relation("r", "h", "t", "LEADER_OF"), None)
    editing.apply(
        later.id, later.revision, [schema.Edit("k2", (drop, change))],
        actor_id=later.annotator_id, now=NOW + timedelta(days=1),
    )  # fmt: skip
    found = work.annotated_alike(here, *span)
    assert found is not None
    assert {e.id: e.label for e in found.entities}["h"] == "ORG"
    assert work.annotated_alike(here, 1, 12) is None  # "da Lovelace" stands within a word only
    assert work.annotated_alike(here, 13, 18) is None  # nothing is labeled in "leads"
    for wrong in ((5, 5), (-1, 3), (0, 10_000)):
        with pytest.raises(Invalid):
            work.annotated_alike(here, *wrong)


def test_gold_is_copied_from_gold(project: Project, corpus: Corpus) -> None:
    """A curator who labels gold gets what gold of another document has, not an annotator's work."""
    labeled(corpus, project, "a1", "First. ")
    here = corpus.layer(corpus.document(project, CLAUSE, "a2"), "lena", "open")
    with transaction():
        here.gold = True
    assert work.annotated_alike(here, 0, len(CLAUSE)) is None
