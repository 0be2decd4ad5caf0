"""What programs and the annotation screen call: JSON under `/api/v1`."""

from typing import Any

from flask import Blueprint, current_app, g, request, url_for
from flask.typing import ResponseReturnValue

from labeler import accounts, borders, comments, editing, schema, settling, transfer, work
from labeler.errors import Invalid, NotFound
from labeler.models import Comment, Document, Layer, Project, User, db
from labeler.models.database import now
from labeler.web.answers import answer as _json
from labeler.web.answers import sent as _body
from labeler.web.answers import sent_object as _object
from labeler.web.auth import allow, allowance, has_no_limit, limiter, me, token_key
from labeler.web.markdown import render
from labeler.web.openapi import (
    COMMENT,
    EDITS,
    PREFIX,
    RESOLVED,
    STATE,
    describe,
    takes,
    whole,
)

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
limiter.limit(
    allowance,
    key_func=token_key,
    exempt_when=has_no_limit,
    error_message="This token asked too often. Wait as many seconds as `Retry-After` says.",
)(blueprint)
_NUMBER = {"type": "integer", "minimum": 0}


@blueprint.get("/openapi.json")
@allow("public")
def openapi() -> ResponseReturnValue:
    """Return the description of this API."""
    return _json(describe(current_app))


# ---- documents -------------------------------------------------------------------------------


@blueprint.get("/documents/<int:document_id>")
@allow("annotator")
def get_document(document: Document) -> ResponseReturnValue:
    """Return a document: its text, its metadata and its token borders."""
    return _json(document_json(document))


@blueprint.get("/documents/<int:document_id>/work")
@allow("annotator")
@takes(look={"type": "boolean", "description": "Do not open it: the layer's id may be null."})
def get_work(document: Document) -> ResponseReturnValue:
    """Return all that the annotation screen needs to work on a document, which opens it."""
    project = db.session.get_one(Project, document.project_id)
    look = request.args.get("look", "") in ("1", "true")
    return _json(work_json(project, document, me(), look=look))


@blueprint.get("/documents/<int:document_id>/suggestions")
@allow("annotator")
def get_suggestions(document: Document) -> ResponseReturnValue:
    """Return what is suggested now, given what one's own layer holds; nothing where one is blind.

    A `problem` says why a suggester has nothing to say.
    """
    project = db.session.get_one(Project, document.project_id)
    layer = work.layer_of(document, me())
    held = editing.load([layer])[0] if layer else None
    proposals, problem = _suggested(project, document, layer, held)
    return _json({"suggestions": proposals, "problem": problem})


@blueprint.post("/documents/<int:document_id>/layer")
@allow("annotator")
def open_layer(document: Document) -> ResponseReturnValue:
    """Open one's own layer of a document, which takes it where not everybody gets each."""
    return _json(layer_json(work.open_layer(document, me(), now())))


def work_json(
    project: Project,
    document: Document,
    user: User,
    *,
    gold: Layer | None = None,
    back: str | None = None,
    look: bool = False,
) -> dict[str, Any]:
    """Return a document, the person's layer, what is suggested, and what surrounds them.

    With `gold` it is that layer, without suggestions, and leads `back` to the page it came from.
    With `look` nothing is taken or made: the layer of a document that they have not opened has no
    id yet. Layer and labels leave out what is empty, which static/js/work.js puts back.
    """
    layer = gold or (work.layer_of if look else _opened)(document, user)
    blind = work.is_blind(document, layer)
    held = editing.load([layer])[0] if layer else None
    proposals: list[dict[str, Any]] = []
    problem = None
    if not gold:
        proposals, problem = _suggested(project, document, layer, held, build=False)
    before, after = (None, None) if gold else work.neighbours(project, document, user)
    done = work.progress(project, user)
    reader = comments.Reader(user, accounts.role_in(project, user) or "annotator")
    return {
        "document": document_json(document),
        "layer": _lean(
            _layer_json(layer, held) if layer and held else _unopened(document, user, blind=blind)
        ),
        "suggestions": proposals,
        "suggester": {"name": project.suggester, "problem": problem},
        "scheme": _lean_scheme(project.scheme),
        "project": {
            "slug": project.slug,
            "title": project.title,
            "language": project.language,
            "guidelines": render(project.guidelines),
        },
        "progress": {
            "position": work.position(document),
            "total": done.total,
            "done": done.done,
        },
        "previous": before,
        "next": after,
        "comments": [comment_json(each) for each in comments.seen(document, reader)],
        "back": back,
        "user": {"name": user.name},
        "may": {"manage": reader.role == "manager", "curate": reader.curates},
    }


def _lean(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without what is empty, false or zero."""
    return {name: value for name, value in record.items() if value}


def _lean_scheme(scheme: schema.Scheme) -> dict[str, Any]:
    plain = schema.scheme_json(scheme)
    kinds = ("entities", "relations", "categories")
    return {**plain, **{kind: [_lean(label) for label in plain[kind]] for kind in kinds}}


def _opened(document: Document, user: User) -> Layer | None:
    return work.open_layer(document, user, now())


def _unopened(document: Document, user: User, *, blind: bool) -> dict[str, Any]:
    """Return the layer that a document would have for a person who has not opened it."""
    new = Layer(document_id=document.id, gold=False, status="open", revision=0, seconds=0)
    new.blind = blind
    return _layer_json(new, schema.Layer(annotator=user.name, status="open"))


_BLIND = "Suggestions are left out in this document, to see what they change elsewhere."


def _suggested(
    project: Project,
    document: Document,
    layer: Layer | None,
    held: schema.Layer | None,
    *,
    build: bool = True,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return what is suggested; nothing where the person's layer is a control or a test.

    Without `build` it only leaves out what the layer `held` answers: a document has to open fast,
    and the page asks for the rest in the first pause after an edit.
    """
    if work.is_blind(document, layer):
        return [], _BLIND
    return transfer.suggestions(project, document, held, build=build)


def document_json(document: Document) -> dict[str, Any]:
    """Return a document with its token borders as plain JSON values."""
    [tokens] = borders.tokens([document])
    return {
        "id": document.id,
        "name": document.name,
        "text": document.text,
        "meta": document.meta,
        "tokens": _borders(tokens, document.text),
        "tokenizer": tokens.tokenizer,
    }


def _borders(tokens: schema.Tokens, text: str) -> dict[str, list[int]]:
    """Return tokens by their lengths and the gaps before them, without white space tokens.

    Two lists of small numbers are packed closer than one in which they take turns.
    """
    gaps, lengths, last = [], [], 0
    for start, end in zip(tokens.starts, tokens.ends, strict=True):
        if not text[start:end].isspace():
            gaps.append(start - last)
            lengths.append(end - start)
            last = end
    return {"gaps": gaps, "lengths": lengths}


# ---- layers ----------------------------------------------------------------------------------


def layer_json(layer: Layer) -> dict[str, Any]:
    """Return a layer with its annotations as plain JSON values."""
    [record] = editing.load([layer])
    return _layer_json(layer, record)


def _layer_json(layer: Layer, record: schema.Layer) -> dict[str, Any]:
    return {
        "id": layer.id,
        "document": layer.document_id,
        "annotator": record.annotator,
        "gold": layer.gold,
        "status": layer.status,
        "flag": layer.flag,
        "reason": layer.reason,
        "blind": layer.blind,
        "revision": layer.revision,
        "read_to": layer.read_to,
        "seconds": layer.seconds,
        "entities": [schema.annotation_json(item) for item in record.entities],
        "relations": [schema.annotation_json(item) for item in record.relations],
        "categories": [schema.annotation_json(item) for item in record.categories],
        "verdicts": [schema.annotation_json(item) for item in record.verdicts],
        "decisions": [schema.annotation_json(item) for item in record.decisions],
    }


@blueprint.get("/layers/<int:layer_id>")
@allow("annotator")
def get_layer(layer: Layer) -> ResponseReturnValue:
    """Return a layer with its annotations."""
    return _json(layer_json(layer))


@blueprint.post("/layers/<int:layer_id>/edits")
@allow("annotator")
@takes(EDITS)
def post_edits(layer: Layer) -> ResponseReturnValue:
    """Append edits to a layer; 409 with the edits missed when it has moved on."""
    _own(layer)
    base, edits = schema.parse_edits(_body())
    if layer.gold:
        return _json({"revision": settling.label_by_hand(layer, base, edits, me(), now())})
    revision = editing.apply(layer.id, base, edits, actor_id=me().id, now=now())
    return _json({"revision": revision})


@blueprint.get("/layers/<int:layer_id>/edits")
@allow("annotator")
@takes(since=_NUMBER)
def get_edits(layer: Layer) -> ResponseReturnValue:
    """Return the edits of a layer after the revision `since`, oldest first."""
    since = request.args.get("since", 0, type=whole)
    return _json({"edits": list(editing.history(layer.id, since))})


@blueprint.patch("/layers/<int:layer_id>")
@allow("annotator")
@takes(STATE)
def patch_layer(layer: Layer) -> ResponseReturnValue:
    """Change what a layer says of the work on it; with a status, hand out the next document."""
    _own(layer)
    changes = _object()
    if layer.gold and "status" in changes:
        raise Invalid("Gold is accepted where differences are settled: that tells what is open.")
    work.set_state(layer, changes, now())
    project = db.session.get_one(Project, layer.project_id)
    if changes.get("status") == "done":
        transfer.train_when_due(project)
    state = {name: getattr(layer, name) for name in ("status", "flag", "reason", "read_to")}
    following = None
    if "status" in changes:  # otherwise nobody is about to go on
        following = work.hand_out(project, me(), now(), layer.document_id).document_id
    return _json({**state, "seconds": layer.seconds, "next": following})


def _own(layer: Layer) -> None:
    """Refuse to write to a layer of somebody else; gold is every curator's."""
    if not layer.gold and layer.annotator_id != me().id:
        raise NotFound("This layer is somebody else's: only they may change it.")


# ---- comments --------------------------------------------------------------------------------


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
def get_comments(document: Document) -> ResponseReturnValue:
    """Return what this person may see of the comments on a document, oldest first."""
    found = comments.seen(document, _reader())
    return _json({"comments": [comment_json(comment) for comment in found]})


@blueprint.post("/documents/<int:document_id>/comments")
@allow("annotator")
@takes(COMMENT)
def post_comment(document: Document) -> ResponseReturnValue:
    """Comment on a document, on a span of it, or on a comment; sent twice, it is kept once."""
    return _json(comment_json(comments.add(document, _object(), _reader(), now())))


@blueprint.patch("/documents/<int:document_id>/comments/<int:comment_id>")
@allow("annotator")
@takes(RESOLVED)
def patch_comment(document: Document, comment_id: int) -> ResponseReturnValue:
    """Resolve a comment, or open it again."""
    comment = comments.find(document, comment_id, _reader())
    resolved = _object().get("resolved")
    if not isinstance(resolved, bool):
        raise Invalid("Say whether it is `resolved`: true or false.")
    comments.resolve(comment, resolved, _reader(), now())
    return _json(comment_json(comment))


@blueprint.delete("/documents/<int:document_id>/comments/<int:comment_id>")
@allow("annotator")
def delete_comment(document: Document, comment_id: int) -> ResponseReturnValue:
    """Delete one's own comment that nobody has answered."""
    comments.remove(comments.find(document, comment_id, _reader()), _reader())
    return _json({})


# ---- projects --------------------------------------------------------------------------------


@blueprint.get("/projects/<slug>")
@allow("annotator")
def get_project(project: Project) -> ResponseReturnValue:
    """Return a project with its scheme."""
    names = {"slug": project.slug, "title": project.title, "language": project.language}
    return _json({**names, "scheme": schema.scheme_json(project.scheme)})


@blueprint.get("/projects/<slug>/documents")
@allow("annotator")
@takes(after=_NUMBER, limit=_NUMBER)
def get_documents(project: Project) -> ResponseReturnValue:
    """Return documents in order, a page at a time: those after the id `after`."""
    after = request.args.get("after", 0, type=whole)
    limit = min(max(request.args.get("limit", 100, type=whole), 1), 1000)
    rows = work.documents(project, after, limit)
    return _json({"documents": rows, "next": rows[-1]["id"] if len(rows) == limit else None})


@blueprint.get("/projects/<slug>/next")
@allow("annotator")
@takes(after=_NUMBER)
def get_next(project: Project) -> ResponseReturnValue:
    """Hand the person their next document: it stays theirs for a while, and asking again is safe.

    `after` names the document that they leave. Where there is none, `reason` may say why.
    """
    after = request.args.get("after", 0, type=whole)
    found = work.hand_out(project, me(), now(), after)
    page = None
    if found.document_id is not None:
        page = url_for("pages.label", slug=project.slug, document_id=found.document_id)
    return _json({"document": found.document_id, "page": page, "reason": found.reason})
