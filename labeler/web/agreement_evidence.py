"""Pages and API of evidence: the very annotations that a number of agreement is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from labeler import accounts, reliability
from labeler.agreement.evidence import Question
from labeler.agreement.spans import NOTHING
from labeler.errors import Invalid, NotFound
from labeler.models import Document, Project, db
from labeler.reliability import REFERENCES
from labeler.web import agreement_view as view
from labeler.web.agreement_scope import SCOPE, STRING, Asked, Links, OwnLinks, asked, colors
from labeler.web.api import blueprint as api
from labeler.web.auth import allow, me
from labeler.web.openapi import gives, takes, whole

blueprint = Blueprint("evidence", __name__)

_PAGE = 25
"""Comparisons on a page of evidence."""
_DOCUMENTS = 50
_CHOICES = ("a", "b", "against", "kind", "label", "group", "one", "other", "like")
_PARAMETERS = dict.fromkeys((*_CHOICES, "part", "name", "after"), STRING)


def _question(document: Document | None) -> Question:
    """Read which comparisons an address asks for."""
    given = {name: request.args.get(name) or None for name in ("a", "b", "kind", "label", "group")}
    if given["a"] is None:
        given |= {"a": given["b"], "b": None}
    cell = None
    if request.args.get("one") or request.args.get("other"):
        one, other = (request.args.get(name) or NOTHING for name in ("one", "other"))
        cell = (None if one == NOTHING else one, None if other == NOTHING else other)
    return Question(**given, cell=cell, document=document.name if document else None)


def _document(project: Project) -> Document | None:
    """Return the document that an address asks for, by number or by name; raises Invalid."""
    key, name = request.args.get("document", type=whole), request.args.get("name", "").strip()
    if key is None and not name:
        return None
    wanted = db.session.query(Document).filter_by(project_id=project.id)
    found = wanted.filter_by(**({"name": name} if key is None else {"id": key})).one_or_none()
    if found is None:
        told = "" if key is not None else f" named {name!r}"
        raise Invalid(f"There is no such document{told} in this project.")
    return found


@blueprint.get("/projects/<slug>/agreement/evidence")
@allow("curator")
def shown(project: Project) -> ResponseReturnValue:
    """Show the comparisons that a number is made of, in their context."""
    given = asked(project)
    return _page(project, given, Links(project, given), _listed(project, given))


def _page(project: Project, given: Asked, links: Links, listed: "_Listed") -> str:
    return render_template(
        "agreement_evidence.html",
        asked=given,
        links=links,
        listed=listed,
        question={k: v for k, v in listed.query.items() if v is not None},
        heading=view.heading(listed.query, given.part, listed.document),
        kinds=view.kinds_of(given.part, listed.counts, listed.query),
        named=view.KINDS[given.part],
        colors=colors(project),
    )


@dataclass(frozen=True, slots=True)
class _Listed:
    """A page of comparisons: how many there are in all, and what asks for the next page; `people`
    and `labels` are what it can be narrowed to."""

    part: str
    query: Mapping[str, Any]
    document: Document | None
    people: Sequence[str]
    labels: Sequence[str]
    counts: Mapping[str, int]
    count: int
    annotations: int
    shown: list[reliability.Shown]
    after: str | None

    @property
    def all(self) -> int:
        """Return how many comparisons there are of any kind."""
        return sum(self.counts[kind] for kind in view.KINDS[self.part])


def _against(known: Sequence[str | None]) -> str | None:
    """Read what the annotators are held against; raises Invalid."""
    against = request.args.get("against") or None
    if against not in known:
        raise Invalid(f"Nobody is held against {against!r}. Known: {', '.join(REFERENCES)}.")
    return against


def _listed(project: Project, given: Asked) -> _Listed:
    made = reliability.compare(project, given.scope, _against((None, *REFERENCES)))
    document = _document(project)
    return _of(made, given.part, _question(document), document)


def _of(
    made: reliability.Comparison, part: str, question: Question, document: Document | None
) -> _Listed:
    listing = made.result.listing(part, question)
    sample = request.args.get("like", "")
    if sample:
        place = reliability.place_of(made.document_ids, sample)
        listing = reliability.like(listing, made.document_ids, place)
    after = reliability.place_of(made.document_ids, request.args.get("after", ""))
    items = listing.page(after, _PAGE)
    page = reliability.show(items, made.document_ids)
    more = bool(items) and bool(listing.page(items[-1].place, 1))
    return _Listed(
        part,
        {
            **{name: request.args.get(name) or None for name in _CHOICES},
            "document": document.id if document else None,
        },
        document,
        made.result.relations.annotators,
        made.result.labels(part),
        listing.counts,
        len(listing),
        listing.annotations,
        page,
        ".".join(map(str, page[-1].place)) if more else None,
    )


@blueprint.get("/projects/<slug>/progress/<int:user_id>/agreement")
@allow("annotator")
def own(project: Project, user_id: int) -> ResponseReturnValue:
    """Show what a person's own agreement is made of: what they have beside gold, or first had."""
    if user_id != me().id and not accounts.may(project, me(), "curator"):
        raise NotFound("There is no such page, or it is not yours to see.")
    person, given = accounts.user_by_id(user_id), asked(project)
    against = _against(reliability.OWN) or reliability.OWN[0]
    made = reliability.own_comparison(project, person, against)
    if not made.pairs:
        raise NotFound("Nothing of this is compared with anything yet.")
    [(a, b)] = made.pairs
    question = replace(_question(None), a=a, b=b)
    listed = _of(made, given.part, question, None)
    listed = replace(listed, query={**listed.query, "a": a, "b": b})
    return _page(project, given, OwnLinks(project, given, person, against), listed)


@blueprint.get("/projects/<slug>/agreement/documents")
@allow("curator")
def documents(project: Project) -> ResponseReturnValue:
    """List the shared documents, the one with the most differences first."""
    given = asked(project)
    rows, total, after = _documents(project, given)
    return render_template(
        "agreement_documents.html",
        asked=given,
        annotator=request.args.get("a"),
        links=Links(project, given),
        rows=rows,
        total=total,
        after=after,
    )


def _documents(project: Project, given: Asked) -> tuple[list[dict[str, Any]], int, str | None]:
    """Return a page of documents, how many there are, and what asks for the next page."""
    made = reliability.compare(project, given.scope)
    rows = reliability.documents(made, given.part, request.args.get("a") or None)
    words = request.args.get("after", "").split(".")
    if len(words) == 2 and all(word.isdecimal() for word in words):
        last = -int(words[0]), int(words[1])
        page = [row for row in rows if (-row["differences"], row["id"]) > last]
    else:
        page = rows
    first = page[:_DOCUMENTS]
    more = f"{first[-1]['differences']}.{first[-1]['id']}" if len(page) > _DOCUMENTS else None
    return first, len(rows), more


# ---- API -------------------------------------------------------------------------------------


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")


_EVIDENCE: dict[str, Any] = {
    "count": int,
    "annotations": int,
    "kinds": dict[str, int],
    "items": list[dict[str, Any]],
    "next": int | None,
}


@api.get("/projects/<slug>/agreement/evidence")
@allow("curator")
@takes(**SCOPE, **_PARAMETERS, document={"type": "integer"})
@gives(_EVIDENCE)
def get_agreement_evidence(project: Project) -> ResponseReturnValue:
    """Return the comparisons that a number is made of, a page at a time: those after `after`."""
    listed = _listed(project, asked(project))
    items = [asdict(one) for one in listed.shown]
    return _json(
        {
            "count": listed.count,
            "annotations": listed.annotations,
            "kinds": listed.counts,
            "items": items,
            "next": listed.after,
        }
    )


@api.get("/projects/<slug>/agreement/documents")
@allow("curator")
@takes(**SCOPE, part=STRING, a=STRING, after=STRING)
@gives({"count": int, "documents": list[dict[str, Any]], "next": str | None})
def get_agreement_documents(project: Project) -> ResponseReturnValue:
    """Return the shared documents, the one with the most differences first, a page at a time."""
    rows, total, after = _documents(project, asked(project))
    return _json({"count": total, "documents": rows, "next": after})
