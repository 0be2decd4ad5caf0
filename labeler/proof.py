"""Proves that what is stored is whole."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from labeler import counters, editing, schema
from labeler.errors import Problem
from labeler.models import (
    Assignment,
    Document,
    DocumentWord,
    Layer,
    Project,
    QueueEntry,
    Settlement,
    Tally,
    db,
    texts,
)
from labeler.models.documents import text_sha256
from labeler.models.words import title_words

_PAGE = 200
Row = TypeVar("Row", Document, Layer)


def check(progress: Callable[[int], None] = lambda _: None) -> Iterator[Problem]:
    """Yield everything wrong with documents, tokens, layers, their logs and what is counted.

    `progress` is told of each portion of layers.
    """
    for project in db.session.scalars(select(Project).order_by(Project.id)).all():
        for document in _each(Document, project):
            yield from _document_problems(document)
        for layer in _each(Layer, project):
            yield from editing.prove(layer, project.scheme, layer.document.text)
            progress(1)
        yield from _count_problems(project)
        yield from counters.prove(project)


def lacking() -> Iterator[Problem]:
    """Yield the required attributes that finished layers lack.

    Nothing is broken by that: such layers came in from files, or were finished before the scheme
    required anything.
    """
    for project in db.session.scalars(select(Project).order_by(Project.id)).all():
        if project.scheme.requires_attributes:
            for layer in _each(Layer, project, Layer.status == "done"):
                name = f"{project.slug}, document {layer.document.name}, {layer.annotator.name}"
                yield from (replace(problem, file=name) for problem in editing.untold(layer))


def _each(table: type[Row], project: Project, *only: ColumnElement[bool]) -> Iterator[Row]:
    """Yield the rows of a project a page at a time, so that memory stays flat."""
    last = 0
    while True:
        page = select(table).where(table.project_id == project.id, table.id > last, *only)
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
    if not _is_found_by_title(document):
        message = "The words it is found by are not those of its title."
        yield Problem(message, file=name, code="words")
    if document.tokens is not None:
        borders = schema.Tokens.unpack(document.tokens, document.tokenizer or "")
        if not _cover(borders, document.text):
            yield Problem("The tokens do not match the text.", file=name, code="tokens")


def _is_found_by_title(document: Document) -> bool:
    words = title_words(document.meta)
    rows = select(func.count()).where(
        DocumentWord.project_id == document.project_id,
        DocumentWord.word.in_(words),
        DocumentWord.document_id == document.id,
    )
    return document.words == words and (not words or db.session.scalar(rows) == len(words))


def _cover(borders: schema.Tokens, text: str) -> bool:
    """Tell whether the tokens stand one after the other and leave out nothing but spaces."""
    last = 0
    for start, end in zip(borders.starts, borders.ends, strict=True):
        if not last <= start < end <= len(text) or text[last:start].strip():
            return False
        last = end
    return not text[last:].strip()


# ---- what triggers keep ----------------------------------------------------------------------


def _count_problems(project: Project) -> Iterator[Problem]:
    """Yield what is wrong with the queue and the tallies, which follow from the layers."""
    for name in db.session.scalars(_miscounted(project)):
        message = "The queue does not count the people who have it."
        yield Problem(message, file=f"document {name}", code="queue")
    for name in db.session.scalars(_missettled(project)):
        message = "What is to be settled does not know how far it is."
        yield Problem(message, file=f"document {name}", code="settlement")
    if texts.unindexed(project.id):
        message = "Texts are not found by their words."
        yield Problem(message, file=f"project {project.slug}", code="words")
    own = select(Layer.annotator_id, Layer.status, func.count()).where(
        Layer.project_id == project.id, ~Layer.gold
    )
    told = select(Tally.annotator_id, Tally.status, Tally.count)
    told = told.where(Tally.project_id == project.id, Tally.count != 0)
    there = db.session.execute(own.group_by(Layer.annotator_id, Layer.status))
    if {tuple(row) for row in there} != {tuple(row) for row in db.session.execute(told)}:
        message = "The tallies of layers are not what there is."
        yield Problem(message, file=f"project {project.slug}", code="tally")


def _miscounted(project: Project) -> Select[str]:
    """Select the names of documents whose entry in the queue is missing or counts wrongly."""
    key = QueueEntry.document_id
    done = (Layer.document_id == key, Layer.status == "done", ~Layer.gold)
    finished = select(func.count()).select_from(Layer).where(*done).scalar_subquery()
    held = select(func.count()).select_from(Assignment).where(Assignment.document_id == key)
    right = exists().where(
        key == Document.id,
        QueueEntry.project_id == Document.project_id,
        QueueEntry.finished == finished,
        QueueEntry.slots == QueueEntry.finished + held.scalar_subquery(),
    )
    return select(Document.name).where(Document.project_id == project.id, ~right)


def _missettled(project: Project) -> Select[str]:
    """Select the names of documents that are not listed for settling as their layers are."""
    mine = (Layer.document_id == Document.id,)
    finished = select(func.count()).where(*mine, Layer.status == "done", ~Layer.gold)
    accepted = exists().where(*mine, Layer.status == "done", Layer.gold)
    listed = exists().where(Settlement.document_id == Document.id)
    as_open = exists().where(Settlement.document_id == Document.id, Settlement.state == "open")
    several = finished.scalar_subquery() > 1
    wrong = or_(several != listed, and_(listed, accepted == as_open))
    return select(Document.name).where(Document.project_id == project.id, wrong)
