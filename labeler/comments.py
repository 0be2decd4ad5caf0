"""What people say of a document or of a span of it: threads that are answered and resolved.

Nobody learns from a comment how another annotator labels: annotators see the threads that they or
curators began, and in them only what they and curators said. Curators see all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload

from labeler.accounts import ProjectRole
from labeler.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from labeler.models import Comment, Document, User, db, transaction
from labeler.models.database import rows_changed

MAX_BODY = 4000
"""Characters of a comment."""
MAX_COMMENTS = 1000
"""Comments of a document, answers included."""
_MAX_KEY = 100
_FIELDS = {"key", "body", "start", "end", "parent"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads and writes comments, and what they are in the project."""

    user: User
    role: ProjectRole

    @property
    def curates(self) -> bool:
        """Tell whether they see what every annotator says."""
        return self.role != "annotator"


def seen(document: Document, reader: Reader) -> list[Comment]:
    """Return the comments of a document that this person may see, oldest first."""
    own = select(Comment).where(Comment.document_id == document.id).order_by(Comment.id)
    both = own.options(joinedload(Comment.author), joinedload(Comment.resolver))
    known: dict[int, Comment] = {}
    for comment in db.session.scalars(both):
        begun_in_view = comment.parent_id is None or comment.parent_id in known
        if begun_in_view and _may_see(comment, reader):
            known[comment.id] = comment
    return list(known.values())


def _may_see(comment: Comment, reader: Reader) -> bool:
    return reader.curates or comment.author_id == reader.user.id or comment.role != "annotator"


def open_counts(document_ids: Sequence[int], reader: Reader) -> dict[int, int]:
    """Return how many threads that this person may see are not resolved, by document."""
    threads = select(Comment.document_id, func.count()).where(
        Comment.document_id.in_(document_ids),
        Comment.parent_id.is_(None),
        Comment.resolved.is_(None),
    )
    if not reader.curates:
        threads = threads.where(_in_view(reader))
    return dict(db.session.execute(threads.group_by(Comment.document_id)).all())


def _in_view(reader: Reader) -> ColumnElement[bool]:
    return or_(Comment.author_id == reader.user.id, Comment.role != "annotator")


def add(document: Document, sent: Mapping[str, Any], reader: Reader, now: datetime) -> Comment:
    """Keep a comment: `body`, with `start` and `end` of a span, or `parent` that it answers.

    `key` is the sender's own name for it: sent again, the comment that is there is returned. Raises
    Invalid naming each value that does not fit, and NotFound for a thread out of sight.
    """
    problems = [
        Problem(message, name)
        for name in sorted(_FIELDS | set(sent))
        if (message := _problem(document, name, sent))
    ]
    if problems:
        raise Invalid("The comment was not kept.", problems)
    parent = sent.get("parent")
    if parent is not None and find(document, parent, reader).parent_id is not None:
        raise Invalid("An answer cannot be answered: answer the comment that began it.")
    known = _sent_before(document, sent["key"], reader)
    try:
        return known or _insert(document, sent, reader, now)
    except IntegrityError:  # sent twice at once
        found = _sent_before(document, sent["key"], reader)
        if found is None:
            raise
        return found


def _insert(document: Document, sent: Mapping[str, Any], reader: Reader, now: datetime) -> Comment:
    with transaction() as session:
        among = select(func.count()).where(Comment.document_id == document.id)
        if (session.scalar(among) or 0) >= MAX_COMMENTS:
            raise Invalid(f"A document holds at most {MAX_COMMENTS} comments. Delete some first.")
        comment = Comment(
            document_id=document.id,
            parent_id=sent.get("parent"),
            author_id=reader.user.id,
            role=reader.role,
            key=sent["key"],
            start=sent.get("start"),
            end=sent.get("end"),
            body=sent["body"].strip(),
            created=now,
        )
        session.add(comment)
    return comment


def _sent_before(document: Document, key: str, reader: Reader) -> Comment | None:
    own = (Comment.document_id == document.id, Comment.author_id == reader.user.id)
    return db.session.scalar(select(Comment).where(*own, Comment.key == key))


def _problem(document: Document, name: str, sent: Mapping[str, Any]) -> str | None:
    value = sent.get(name)
    if name == "key":
        fits = isinstance(value, str) and 0 < len(value) <= _MAX_KEY and "\0" not in value
        return None if fits else f"Use a name of your own of 1 to {_MAX_KEY} characters."
    if name == "body":
        is_text = isinstance(value, str) and "\0" not in value and value.strip() != ""
        fits = is_text and len(value) <= MAX_BODY  # type: ignore[arg-type]
        return None if fits else f"Use 1 to {MAX_BODY} characters."
    if name == "parent":
        fits = value is None or (_is_number(value) and sent.get("start") is None)
        return None if fits else "Use the number of a comment; an answer has no span of its own."
    if name in ("start", "end"):
        return _span_problem(document, sent.get("start"), sent.get("end"))
    return "A comment has no such field."


def _span_problem(document: Document, start: object, end: object) -> str | None:
    if start is None and end is None:
        return None
    length = len(document.text)
    fits = _is_number(start) and _is_number(end) and 0 <= start < end <= length  # type: ignore[operator]
    return None if fits else f"Use a span within 0 to {length}, or none."


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31


def find(document: Document, comment_id: int, reader: Reader) -> Comment:
    """Return a comment of a document; raises NotFound where there is none in sight."""
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.document_id != document.id or not _may_see(comment, reader):
        raise _unknown()
    if comment.parent_id is not None:
        find(document, comment.parent_id, reader)
    return comment


def _unknown() -> NotFound:
    return NotFound("There is no such comment, or it is not yours to see.")


def resolve(comment: Comment, resolved: bool, reader: Reader, now: datetime) -> None:
    """Say that a thread is settled, or open it again.

    Raises Forbidden to all but who began it and curators, and Invalid for an answer.
    """
    if comment.parent_id is not None:
        raise Invalid("An answer cannot be resolved: resolve the comment that began it.")
    if comment.author_id != reader.user.id and not reader.curates:
        raise Forbidden("Only who began this, or a curator, may say that it is settled.")
    state = {"resolved": now, "resolver_id": reader.user.id}
    with transaction() as session:
        unchanged = Comment.resolved.is_(None) if resolved else Comment.resolved.is_not(None)
        change = update(Comment).where(Comment.id == comment.id, unchanged)
        session.execute(change.values(**(state if resolved else dict.fromkeys(state))))
        session.refresh(comment)


def remove(comment: Comment, reader: Reader) -> None:
    """Delete one's own comment.

    Raises Forbidden for that of somebody else, and Conflict once somebody has answered it.
    """
    if comment.author_id != reader.user.id:
        raise Forbidden("Only who wrote a comment may delete it.")
    answer = aliased(Comment)
    unanswered = ~exists().where(answer.parent_id == comment.id)
    with transaction() as session:
        gone = rows_changed(session, delete(Comment).where(Comment.id == comment.id, unanswered))
    if not gone:
        raise Conflict("This was answered, and the answer needs it. Resolve it instead.")
