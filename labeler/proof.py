"""Proves that what is stored is whole."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sqlalchemy import select

from labeler import editing, schema
from labeler.errors import Problem
from labeler.models import Document, Layer, Project, db
from labeler.models.tables import text_sha256

_PAGE = 200
Row = TypeVar("Row", Document, Layer)


def check(progress: Callable[[int], None] = lambda _: None) -> Iterator[Problem]:
    """Yield everything wrong with documents, tokens, layers and their logs.

    `progress` is told of each portion of layers.
    """
    for project in db.session.scalars(select(Project).order_by(Project.id)).all():
        for document in _each(Document, project):
            yield from _document_problems(document)
        for layer in _each(Layer, project):
            yield from editing.prove(layer, project.scheme, layer.document.text)
            progress(1)


def _each(table: type[Row], project: Project) -> Iterator[Row]:
    """Yield the rows of a project a page at a time, so that memory stays flat."""
    last = 0
    while True:
        page = select(table).where(table.project_id == project.id, table.id > last)
        rows = list(db.session.scalars(page.order_by(table.id).limit(_PAGE)))
        if not rows:
            return
        yield from rows
        last = rows[-1].id
        for row in rows:
            db.session.expunge(row)


def _document_problems(document: Document) -> Iterator[Problem]:
    name = f"document {document.name}"
    if text_sha256(document.text) != document.sha256:
        yield Problem("The text is not the one that came in.", file=name, code="text")
    if document.tokens is not None:
        borders = schema.Tokens.unpack(document.tokens, document.tokenizer or "")
        if not _cover(borders, document.text):
            yield Problem("The tokens do not match the text.", file=name, code="tokens")


def _cover(borders: schema.Tokens, text: str) -> bool:
    """Tell whether the tokens stand one after the other and leave out nothing but spaces."""
    last = 0
    for start, end in zip(borders.starts, borders.ends, strict=True):
        if not last <= start < end <= len(text) or text[last:start].strip():
            return False
        last = end
    return not text[last:].strip()
