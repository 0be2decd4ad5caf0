"""Documents: what they hold, who labels which next, what is suggested for them."""

import re
from collections.abc import Callable
from functools import partial
from itertools import chain, compress, count
from operator import sub
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from labeler import accounts, borders, comments, editing, schema, transfer, work
from labeler.errors import Invalid
from labeler.models import Document, Layer, Project, User, db
from labeler.models.database import now
from labeler.web import paging
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.api.comments import COMMENT, comment_json
from labeler.web.api.layers import LAYER, layer_json, record_json
from labeler.web.auth import allow, me
from labeler.web.markdown import render
from labeler.web.openapi import NUMBER, gives, takes, whole
from labeler.web.shapes import Either, Every, Known, Lean, Sent

__all__ = ["blueprint"]

DOCUMENT: dict[str, Any] = {
    "id": int,
    "name": str,
    "text": str,
    "meta": dict[str, Any],
    "tokens": {"gaps": list[int], "lengths": list[int]},
    "tokenizer": str,
}
"""The shape of a document, as it is answered."""
PROPOSAL = Either((Known("KeptEntity"), Known("KeptRelation")))
"""The shape of a suggestion; its `origin` has the suggester, its version and the score."""
WORK: dict[str, Any] = {
    "document": DOCUMENT,
    "layer": Lean(LAYER),
    "suggestions": [PROPOSAL],
    "suggester": {"name": str, "problem": str | None},
    "scheme": Sent(schema.Scheme),
    "scheme_version": int,
    "project": {"slug": str, "title": str, "language": str, "guidelines": str},
    "progress": {"position": int | None, "total": int, "done": int},
    "previous": int | None,
    "next": int | None,
    "comments": [COMMENT],
    "back": str | None,
    "user": {"name": str, "keys": Either((Every([str]), None))},
    "may": {"manage": bool, "curate": bool},
}
"""The shape of all that the annotation screen needs."""
_ENTITY = re.compile(r"([0-9]{1,10})-([0-9]{1,10}):(.{1,100})", re.DOTALL)
_END = {
    "type": "string",
    "pattern": "^[0-9]{1,10}-[0-9]{1,10}:.{1,100}$",
    "description": "An entity by its start, its end and its label, such as `12-20:ORG`.",
}


@blueprint.get("/documents/<int:document_id>")
@allow("annotator")
@gives(DOCUMENT)
def get_document(document: Document) -> ResponseReturnValue:
    """Return a document: its text, its metadata and its token borders."""
    return answer(document_json(document))


@blueprint.get("/documents/<int:document_id>/work")
@allow("annotator", "annotate")
@takes(look={"type": "boolean", "description": "Do not open it: the layer's id may be null."})
@gives(WORK)
def get_work(document: Document) -> ResponseReturnValue:
    """Return all that the annotation screen needs to work on a document, which opens it."""
    project = db.session.get_one(Project, document.project_id)
    look = request.args.get("look", "") in ("1", "true")
    return answer(work_json(project, document, me(), look=look))


@blueprint.get("/documents/<int:document_id>/suggestions")
@allow("annotator")
@gives({"suggestions": [PROPOSAL], "problem": str | None})
def get_suggestions(document: Document) -> ResponseReturnValue:
    """Return what is suggested now, given what one's own layer holds; nothing where one is blind.

    A `problem` says why a suggester has nothing to say.
    """
    project = db.session.get_one(Project, document.project_id)
    layer = work.layer_of(document, me())
    held = editing.load([layer])[0] if layer else None
    proposals, problem = _suggested(project, document, layer, held)
    return answer({"suggestions": proposals, "problem": problem})


@blueprint.get("/documents/<int:document_id>/likely")
@allow("annotator")
@takes(start=NUMBER, end=NUMBER, head=_END, tail=_END)
@gives({"label": str | None, "score": float | None, "reason": str | None})
def get_likely(document: Document) -> ResponseReturnValue:
    """Return the likeliest label of a span, or of a relation; null where nothing is sure enough.

    Of the span from `start` to `end`, or of the relation from `head` to `tail`, each an entity by
    its place and label such as `12-20:ORG`. It builds on one's own layer as it is saved; nothing
    where one is blind. `score` is how likely the label is, 0 to 1, `reason` why, in words.
    """
    project = db.session.get_one(Project, document.project_id)
    layer = work.layer_of(document, me())
    ask = _question()
    if work.is_blind(document, layer):
        return answer(_guessed(None))
    [held] = editing.load([layer]) if layer else [schema.Layer(me().name)]
    return answer(_guessed(ask(project, document, held)))


Question = Callable[[Project, Document, schema.Layer], transfer.Guess | None]


def _question() -> Question:
    """Read what is asked; raises Invalid where that is neither a span nor two entities."""
    start, end = (request.args.get(name, -1, type=whole) for name in ("start", "end"))
    head, tail = (_end(request.args.get(name, "")) for name in ("head", "tail"))
    if head and tail:
        return partial(transfer.likely_relation, head=head, tail=tail)
    if start >= 0 and end >= 0:
        return partial(transfer.likely_entity, start=start, end=end)
    raise Invalid("Say which words by `start` and `end`, or which relation by `head` and `tail`.")


def _end(sent: str) -> schema.Entity | None:
    """Read an entity by its place and label; None where it is no such thing."""
    found = _ENTITY.fullmatch(sent)
    if not found:
        return None
    return schema.Entity(sent, int(found[1]), int(found[2]), found[3])


def _guessed(guess: transfer.Guess | None) -> dict[str, Any]:
    if guess is None:
        return {"label": None, "score": None, "reason": None}
    return {"label": guess.label, "score": round(guess.score, 4), "reason": guess.reason}


@blueprint.post("/documents/<int:document_id>/layer")
@allow("annotator")
@gives(LAYER)
def open_layer(document: Document) -> ResponseReturnValue:
    """Open one's own layer of a document, which takes it where not everybody gets each."""
    return answer(layer_json(work.open_layer(document, me(), now())))


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
            record_json(layer, held) if layer and held else _unopened(document, user, blind=blind)
        ),
        "suggestions": proposals,
        "suggester": {"name": project.suggester, "problem": problem},
        "scheme": _lean_scheme(project.scheme),
        "scheme_version": project.scheme_version,
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
        "user": {"name": user.name, "keys": user.keys},
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
    return record_json(new, schema.Layer(annotator=user.name, status="open"))


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
    starts, ends = _words(tokens, text)
    gaps = list(map(sub, starts, chain((0,), ends)))
    return {"gaps": gaps, "lengths": list(map(sub, ends, starts))}


def _words(tokens: schema.Tokens, text: str) -> tuple[list[int], list[int]]:
    """Return the borders of tokens that are more than white space.

    Whole lists at a time: a document may have half a million tokens, and few that begin with space.
    """
    kept = [True] * len(tokens.starts)
    spaces = map(str.isspace, map(text.__getitem__, tokens.starts))
    for place in compress(count(), spaces):
        kept[place] = not text[tokens.starts[place] : tokens.ends[place]].isspace()
    return list(compress(tokens.starts, kept)), list(compress(tokens.ends, kept))


# ---- lists -------------------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/documents")
@allow("annotator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("documents", {"id": int, "name": str, "meta": dict[str, Any]}))
def get_documents(project: Project) -> ResponseReturnValue:
    """Return documents in order, without their texts."""
    rows = work.documents(project, paging.after(0), paging.wanted())
    return answer(paging.page("documents", rows, lambda row: int(row["id"])))


@blueprint.get("/projects/<slug>/next")
@allow("annotator", "annotate")
@takes(after=NUMBER)
@gives({"document": int | None, "page": str | None, "reason": str | None})
def get_next(project: Project) -> ResponseReturnValue:
    """Hand the person their next document: it stays theirs for a while, and asking again is safe.

    `after` names the document that they leave. Where there is none, `reason` may say why.
    """
    after = request.args.get("after", 0, type=whole)
    found = work.hand_out(project, me(), now(), after)
    page = None
    if found.document_id is not None:
        page = url_for("pages.label", slug=project.slug, document_id=found.document_id)
    return answer({"document": found.document_id, "page": page, "reason": found.reason})
