"""`labeler check` finds what is wrong, and nothing where all is well."""

import pytest
from flask import Flask
from sqlalchemy import text as sql

from labeler import proof
from labeler.models import Document, db, transaction
from labeler.models.documents import text_sha256
from labeler.schema import Tokens
from tests.conftest import Corpus


def broken(statement: str) -> set[str]:
    """Return the codes of what the proof finds after a statement."""
    with transaction() as session:
        session.execute(sql(statement))
    db.session.expire_all()
    return {problem.code for problem in proof.check()}


@pytest.fixture
def whole(any_app: Flask, corpus: Corpus) -> Corpus:
    """Return a corpus of one labeled document, in which nothing is wrong."""
    layer = corpus.layer(corpus.document(corpus.project()), PERSON=[(0, 3), (8, 11)])
    with transaction():
        document = db.session.get_one(Document, layer.document_id)
        document.tokens = Tokens((0, 4, 8, 11), (3, 7, 11, 12), "en").pack()
        document.tokenizer = "en"
    with transaction() as session:
        text = "Ada."
        meta = {"title": "Ada and Bob"}
        values = {"project_id": document.project_id, "sha256": text_sha256(text), "text": text}
        session.add(Document(name="titled", meta=meta, **values))
    assert list(proof.check()) == []
    return corpus


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM entity WHERE id = 'PERSON-0-3'", "fold"),
        ("UPDATE entity SET label = 'ORG'", "fold"),
        ("UPDATE layer SET revision = 7", "revision"),
        ("UPDATE document SET text = 'Ada met Bo'", "text"),
        ("UPDATE document SET text = 'Ada met Bo'", "bounds"),
        ("DELETE FROM entity_label WHERE name = 'PERSON'", "label"),
        ("UPDATE queue_entry SET finished = 1", "queue"),
        ("UPDATE queue_entry SET slots = 1", "queue"),
        ("DELETE FROM queue_entry", "queue"),
        ("UPDATE tally SET count = 2", "tally"),
        ("UPDATE document SET words = '[]'", "words"),
        ("DELETE FROM document_word", "words"),
        (
            "INSERT INTO settlement (document_id, project_id, state) "
            "SELECT id, project_id, 'open' FROM document",
            "settlement",
        ),
    ],
)
def test_what_was_tampered_with_is_found(statement: str, code: str) -> None:
    """Rows that do not follow from the log, and texts that changed, are told."""
    assert code in broken(statement)


def test_texts_that_the_index_lacks_are_found(app: Flask, corpus: Corpus) -> None:
    """A document that SQLite would not find by its words is told."""
    corpus.document(corpus.project())
    assert "words" in broken("INSERT INTO text_index (text_index) VALUES ('delete-all')")


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("ends", [(3, 7, 11, 13), (3, 7, 10, 12), (3, 9, 11, 12)])
def test_tokens_that_do_not_match_are_found(ends: tuple[int, ...]) -> None:
    """Tokens beyond the text, with gaps in words or overlapping are told."""
    with transaction():
        document = db.session.query(Document).filter_by(name="a1").one()
        document.tokens = Tokens((0, 4, 8, 11), ends, "en").pack()
    assert "tokens" in {problem.code for problem in proof.check()}
