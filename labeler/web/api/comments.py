"""Comments on documents, on words in them, and on comments."""

from datetime import datetime
from typing import Any

from flask import g
from flask.typing import ResponseReturnValue

from labeler import comments
from labeler.errors import Invalid
from labeler.models import Comment, Document
from labeler.models.database import now
from labeler.web import paging
from labeler.web.answers import answer, sent_object
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import gives, takes

__all__ = ["blueprint"]

COMMENT = {
    "id": int,
    "parent": int | None,
    "key": str,
    "author": str,
    "role": str,
    "start": int | None,
    "end": int | None,
    "body": str,
    "created": datetime,
    "resolved": datetime | None,
    "resolver": str | None,
}
"""The shape of a comment, as it is answered."""

_STRING = {"type": "string"}
_COMMENT = {
    "type": "object",
    "required": ["key", "body"],
    "properties": {
        "key": {
            "type": "string",
            "description": "The sender's own name for it: sent twice, it counts once.",
        },
        "body": {"type": "string", "minLength": 1, "maxLength": comments.MAX_BODY},
        "start": {"type": ["integer", "null"], "description": "Of the span, in code points."},
        "end": {"type": ["integer", "null"]},
        "parent": {"type": ["integer", "null"], "description": "The comment that it answers."},
    },
}
_RESOLVED = {
    "type": "object",
    "required": ["resolved"],
    "properties": {"resolved": {"type": "boolean"}},
}


def comment_json(comment: Comment) -> dict[str, Any]:
    """Return a comment as plain JSON values."""
    return {
        "id": comment.id,
        "parent": comment.parent_id,
        "key": comment.key,
        "author": comment.author.name,
        "role": comment.role,
        "start": comment.start,
        "end": comment.end,
        "body": comment.body,
        "created": comment.created,
        "resolved": comment.resolved,
        "resolver": comment.resolver and comment.resolver.name,
    }


def _reader() -> comments.Reader:
    return comments.Reader(me(), g.role)


@blueprint.get("/documents/<int:document_id>/comments")
@allow("annotator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("comments", COMMENT))
def get_comments(document: Document) -> ResponseReturnValue:
    """Return what this person may see of the comments on a document, oldest first."""
    begin = paging.after(0)
    found = paging.beyond(comments.seen(document, _reader()), lambda one: one.id <= begin)
    return answer(paging.page("comments", found, lambda one: one.id, comment_json))


@blueprint.post("/documents/<int:document_id>/comments")
@allow("annotator")
@takes(_COMMENT)
@gives(COMMENT)
def post_comment(document: Document) -> ResponseReturnValue:
    """Comment on a document, on a span of it, or on a comment; sent twice, it is kept once."""
    return answer(comment_json(comments.add(document, sent_object(), _reader(), now())))


@blueprint.patch("/documents/<int:document_id>/comments/<int:comment_id>")
@allow("annotator")
@takes(_RESOLVED)
@gives(COMMENT)
def patch_comment(document: Document, comment_id: int) -> ResponseReturnValue:
    """Resolve a comment, or open it again."""
    comment = comments.find(document, comment_id, _reader())
    resolved = sent_object().get("resolved")
    if not isinstance(resolved, bool):
        raise Invalid("Say whether it is `resolved`: true or false.")
    comments.resolve(comment, resolved, _reader(), now())
    return answer(comment_json(comment))


@blueprint.delete("/documents/<int:document_id>/comments/<int:comment_id>")
@allow("annotator")
@gives({})
def delete_comment(document: Document, comment_id: int) -> ResponseReturnValue:
    """Delete one's own comment that nobody has answered."""
    comments.remove(comments.find(document, comment_id, _reader()), _reader())
    return answer({})
