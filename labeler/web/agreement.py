"""Pages and API of agreement: the numbers, and the annotations that each is made of."""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import reliability
from labeler.agreement.evidence import Question
from labeler.errors import Invalid
from labeler.models import Document, Project, db
from labeler.reliability import CATEGORIES, PARTS, REFERENCES, Scope
from labeler.web import agreement_csv
from labeler.web import agreement_view as view
from labeler.web.api import blueprint as api
from labeler.web.auth import allow
from labeler.web.openapi import takes

blueprint = Blueprint("agreement", __name__)

_PAGE = 25
"""Comparisons on a page of evidence."""
_DOCUMENTS = 50
_STRING: dict[str, Any] = {"type": "string"}
_NAMES: dict[str, Any] = {"type": "array", "items": _STRING}
_DAY: dict[str, Any] = {"type": "string", "format": "date"}
_SCOPE = {"annotators": _NAMES, "labels": _NAMES, "since": _DAY}
_PARAMETERS = (
    "part",
    "a",
    "b",
    "against",
    "kind",
    "label",
    "group",
    "one",
    "other",
    "like",
    "after",
)
_QUESTION = dict.fromkeys(_PARAMETERS, _STRING)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: entities or relations, and the scope."""

    part: str
    scope: Scope
    since: str

    def query(self) -> dict[str, Any]:
        """Return what an address needs to ask for the same."""
        return {
            "part": None if self.part == PARTS[0] else self.part,
            "annotators": self.scope.annotators,
            "labels": self.scope.labels,
            "since": self.since or None,
        }


def _asked(project: Project) -> Asked:
    """Read the part and the scope of an address; raises Invalid, NotFound."""
    part = request.args.get("part", PARTS[0])
    known = (*PARTS, CATEGORIES) if project.scheme.categories else PARTS
    if part not in known:
        raise Invalid(f"There is no part {part!r}. Known: {', '.join(known)}.")
    since = request.args.get("since", "")
    people, labels = (
        [name for name in request.args.getlist(key) if name] for key in ("annotators", "labels")
    )
    return Asked(part, reliability.scope_of(project, people, labels, _moment(since)), since)


def _moment(since: str) -> datetime | None:
    """Return the beginning of a day."""
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
    except ValueError:
        raise Invalid(f"{since!r} is no day. Write it as 2026-01-31.") from None


def _question(project: Project) -> Question:
    """Read which comparisons an address asks for."""
    given = {name: request.args.get(name) or None for name in ("a", "b", "kind", "label", "group")}
    cell = None
    if "one" in request.args or "other" in request.args:
        one, other = (request.args.get(name, view.NOTHING) for name in ("one", "other"))
        cell = (None if one == view.NOTHING else one, None if other == view.NOTHING else other)
    found = _document(project)
    return Question(**given, cell=cell, document=found.name if found else None)


def _document(project: Project) -> Document | None:
    """Return the document that an address asks for; raises Invalid."""
    key = request.args.get("document", type=int)
    if key is None:
        return None
    found = db.session.get(Document, key)
    if found is None or found.project_id != project.id:
        raise Invalid("There is no such document in this project.")
    return found


# ---- pages -----------------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/agreement")
@allow("curator")
def overview(project: Project) -> ResponseReturnValue:
    """Show how far annotators agree, and on what they differ."""
    asked = _asked(project)
    found = reliability.overview(project, asked.scope)
    chosen = request.args.get("a"), request.args.get("b")
    categories = asked.part == CATEGORIES
    shown = view.category_page if categories else partial(view.page, part=asked.part)
    return render_template(
        "agreement_categories.html" if categories else "agreement.html",
        asked=asked,
        found=found,
        page=shown(found, chosen=chosen),
        people=reliability.people(project),
        links=_Links(project, asked),
        total=_total(project),
        kinds=view.KINDS[asked.part],
        colors=_colors(project),
    )


def _colors(project: Project) -> dict[str, str]:
    scheme = project.scheme
    return {
        **{label.name: label.color for label in scheme.entities},
        **{label.name: label.color for label in scheme.categories},
    }


def _total(project: Project) -> int:
    return db.session.query(Document).filter_by(project_id=project.id).count()


class _Links:
    """Makes the addresses of a page, all within its scope."""

    def __init__(self, project: Project, asked: Asked) -> None:
        self._slug, self._query = project.slug, asked.query()

    def to(self, endpoint: str = "overview", **more: Any) -> str:
        """Return the address of one of the pages here."""
        values = {**self._query, **more}
        return url_for(f"agreement.{endpoint}", slug=self._slug, **values)

    def evidence(self, **question: Any) -> str:
        """Return the address of the comparisons that answer a question."""
        return self.to("evidence", **question)

    def settle(self, document_id: int, start: int) -> str:
        """Return where a difference is settled."""
        if "adjudicate.settle" in current_app.view_functions:
            return url_for("adjudicate.settle", slug=self._slug, document_id=document_id, at=start)
        return url_for("pages.label", slug=self._slug, document_id=document_id)


@blueprint.get("/projects/<slug>/agreement/evidence")
@allow("curator")
def evidence(project: Project) -> ResponseReturnValue:
    """Show the comparisons that a number is made of, in their context."""
    asked = _asked(project)
    listed = _listed(project, asked)
    return render_template(
        "agreement_evidence.html",
        asked=asked,
        links=_Links(project, asked),
        question={k: v for k, v in listed.query.items() if v is not None},
        heading=view.heading(listed.query, asked.part, _document(project)),
        kinds=view.kinds_of(asked.part, listed.counts, listed.query),
        named=view.KINDS[asked.part],
        colors=_colors(project),
        shown=listed.shown,
        count=listed.count,
        after=listed.after,
    )


@dataclass(frozen=True, slots=True)
class _Listed:
    """A page of comparisons: how many there are in all, and what asks for the next page."""

    query: Mapping[str, Any]
    counts: Mapping[str, int]
    count: int
    shown: list[reliability.Shown]
    after: str | None


def _listed(project: Project, asked: Asked) -> _Listed:
    against = request.args.get("against") or None
    if against not in (None, *REFERENCES):
        raise Invalid(f"Nobody is held against {against!r}. Known: {', '.join(REFERENCES)}.")
    made = reliability.compare(project, asked.scope, against)
    listing = made.result.listing(asked.part, _question(project))
    sample = request.args.get("like", "")
    if sample:
        place = reliability.place_of(made.document_ids, sample)
        listing = reliability.like(listing, made.document_ids, place)
    after = reliability.place_of(made.document_ids, request.args.get("after", ""))
    items = listing.page(after, _PAGE)
    shown = reliability.show(items, made.document_ids)
    more = bool(items) and bool(listing.page(items[-1].place, 1))
    names = ("a", "b", "against", "kind", "label", "group", "one", "other", "document", "like")
    return _Listed(
        {name: request.args.get(name) for name in names},
        listing.counts,
        len(listing),
        shown,
        ".".join(map(str, shown[-1].place)) if more else None,
    )


@blueprint.get("/projects/<slug>/agreement/documents")
@allow("curator")
def documents(project: Project) -> ResponseReturnValue:
    """List the shared documents, the one with the most differences first."""
    asked = _asked(project)
    rows, total, after = _documents(project, asked)
    return render_template(
        "agreement_documents.html",
        asked=asked,
        links=_Links(project, asked),
        rows=rows,
        total=total,
        after=after,
    )


def _documents(project: Project, asked: Asked) -> tuple[list[dict[str, Any]], int, str | None]:
    """Return a page of documents, how many there are, and what asks for the next page."""
    made = reliability.compare(project, asked.scope)
    rows = reliability.documents(made, asked.part)
    words = request.args.get("after", "").split(".")
    if len(words) == 2 and all(word.isdecimal() for word in words):
        last = -int(words[0]), int(words[1])
        page = [row for row in rows if (-row["differences"], row["id"]) > last]
    else:
        page = rows
    shown = page[:_DOCUMENTS]
    more = f"{shown[-1]['differences']}.{shown[-1]['id']}" if len(page) > _DOCUMENTS else None
    return shown, len(rows), more


@blueprint.get("/projects/<slug>/agreement/download")
@allow("curator")
def download(project: Project) -> ResponseReturnValue:
    """Send the report as JSON or, a number a line, as CSV."""
    asked = _asked(project)
    found = reliability.overview(project, asked.scope)
    name = f"{project.slug}-agreement"
    if request.args.get("format") == "json":
        answer = Response(
            orjson.dumps(found.report, option=orjson.OPT_INDENT_2), mimetype="application/json"
        )
        answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.json")
        return answer
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(agreement_csv.COLUMNS)
    writer.writerows(agreement_csv.rows(found.report))
    answer = Response(table.getvalue(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return answer


# ---- API -------------------------------------------------------------------------------------


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")


@api.get("/projects/<slug>/agreement")
@allow("curator")
@takes(**_SCOPE)
def get_agreement(project: Project) -> ResponseReturnValue:
    """Return how far annotators agree: what `labeler agreement --json` prints."""
    return _json(reliability.overview(project, _asked(project).scope).report)


@api.get("/projects/<slug>/agreement/evidence")
@allow("curator")
@takes(**_SCOPE, **_QUESTION, document={"type": "integer"})
def get_agreement_evidence(project: Project) -> ResponseReturnValue:
    """Return the comparisons that a number is made of, a page at a time: those after `after`."""
    listed = _listed(project, _asked(project))
    items = [asdict(shown) for shown in listed.shown]
    return _json(
        {"count": listed.count, "kinds": listed.counts, "items": items, "next": listed.after}
    )


@api.get("/projects/<slug>/agreement/documents")
@allow("curator")
@takes(**_SCOPE, part=_STRING, after=_STRING)
def get_agreement_documents(project: Project) -> ResponseReturnValue:
    """Return the shared documents, the one with the most differences first, a page at a time."""
    rows, total, after = _documents(project, _asked(project))
    return _json({"count": total, "documents": rows, "next": after})
