"""What a person labels next, and what lies beside it."""

from sqlalchemy import exists, func, select

from labeler.models import Document, Layer, Project, User, db


def next_document(project: Project, user: User, after: int = 0) -> int | None:
    """Return the next document that this person has not finished, from `after` on and round."""
    finished = exists().where(
        Layer.document_id == Document.id,
        Layer.annotator_id == user.id,
        ~Layer.gold,
        Layer.status != "open",
    )
    todo = select(Document.id).where(Document.project_id == project.id, ~finished)
    first = todo.order_by(Document.id).limit(1)
    return db.session.scalar(first.where(Document.id > after)) or db.session.scalar(
        first.where(Document.id < after)
    )


def neighbours(document: Document) -> tuple[int | None, int | None]:
    """Return the documents before and after this one in its project."""
    same = select(Document.id).where(Document.project_id == document.project_id).limit(1)
    before = same.where(Document.id < document.id).order_by(Document.id.desc())
    after = same.where(Document.id > document.id).order_by(Document.id)
    return db.session.scalar(before), db.session.scalar(after)


def position(document: Document) -> int:
    """Return the place of a document in its project, from 1."""
    earlier = select(func.count()).where(
        Document.project_id == document.project_id, Document.id <= document.id
    )
    return db.session.scalar(earlier) or 0
