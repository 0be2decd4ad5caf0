"""Pages of evidence: the very annotations that a number of agreement is made of."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from labeler import accounts
from labeler.agreement.spans import NOTHING
from labeler.errors import NotFound
from labeler.models import Document, Project
from labeler.reliability import REFERENCES
from labeler.web.agreement import listed as wanted
from labeler.web.agreement.figures import GIVEN, KINDS, Json
from labeler.web.agreement.reading import is_ready
from labeler.web.agreement.scope import Asked, Links, OwnLinks, asked, colors
from labeler.web.auth import allow, me

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/projects/<slug>/agreement/evidence")
@allow("curator")
def shown(project: Project) -> ResponseReturnValue:
    """Show the comparisons that a number is made of, in their context."""
    given = asked(project)
    if not is_ready(project, given.scope, wanted.against((None, *REFERENCES))):
        return render_template("agreement_reading.html", links=Links(project, given))
    return _page(project, given, Links(project, given), wanted.listed(project, given))


def _page(project: Project, given: Asked, links: Links, listed: wanted.Listed) -> str:
    return render_template(
        "agreement_evidence.html",
        asked=given,
        links=links,
        listed=listed,
        question={k: v for k, v in listed.query.items() if v is not None},
        heading=_heading(listed.query, given.part, listed.document),
        kinds=_kinds(given.part, listed.counts, listed.query),
        named=KINDS[given.part],
        colors=colors(project),
    )


@blueprint.get("/projects/<slug>/progress/<int:user_id>/agreement")
@allow("annotator")
def own(project: Project, user_id: int) -> ResponseReturnValue:
    """Show what a person's own agreement is made of: what they have beside gold, or first had."""
    if user_id != me().id and not accounts.may(project, me(), "curator"):
        raise NotFound("There is no such page, or it is not yours to see.")
    person, given = accounts.user_by_id(user_id), asked(project)
    listed = wanted.own(project, person, given)
    links = OwnLinks(project, given, person, listed.query["against"])
    return _page(project, given, links, listed)


@blueprint.get("/projects/<slug>/agreement/documents")
@allow("curator")
def documents(project: Project) -> ResponseReturnValue:
    """List the shared documents, the one with the most differences first."""
    given = asked(project)
    if not is_ready(project, given.scope):
        return render_template("agreement_reading.html", links=Links(project, given))
    rows, total, after = wanted.documents_of(project, given)
    return render_template(
        "agreement_documents.html",
        asked=given,
        annotator=request.args.get("a"),
        links=Links(project, given),
        rows=rows,
        total=total,
        after=after,
    )


def _heading(query: Json, part: str, document: Document | None) -> str:
    """Return in words which comparisons are shown."""
    what = {"entities": "Entities", "relations": "Relations"}.get(part, "Document labels")
    if query.get("group"):
        what = f"{what}, {query['group']}"
    a, b = query.get("a"), query.get("b")
    who = f" of {a} and {b}" if a and b else f" of {a} and the others" if a else ""
    label = ""
    if query.get("label"):
        label = f" labeled {'nothing' if query['label'] == NOTHING else query['label']}"
    cell = ""
    if query.get("one") or query.get("other"):
        cell = ": " + " against ".join(
            "nothing" if (query.get(side) or NOTHING) == NOTHING else str(query[side])
            for side in ("one", "other")
        )
    place = f" in {document.title}" if document else ""
    return f"{what}{label}{who}{cell}{place}"


def _kinds(part: str, counts: Json, query: Json) -> list[tuple[str, str, int]]:
    """Return the kinds that evidence can be narrowed to, with their numbers."""
    kinds = [(kind, words, counts[kind]) for kind, words in KINDS[part].items()]
    a, b = query.get("a"), query.get("b")
    given = query.get("kind")
    if given in GIVEN:
        kinds.insert(0, (given, GIVEN[given], counts[given]))
    if not a:
        return kinds
    others = b or "the others"
    one_sided = [("only_a", f"Only {a}", counts["only_a"])]
    return [*kinds[:-1], *one_sided, ("only_b", f"Only {others}", counts["only_b"])]
