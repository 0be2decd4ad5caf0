"""What an address of evidence asks for: comparisons a page at a time, or shared documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from labeler import reliability
from labeler.agreement.evidence import Question
from labeler.agreement.spans import NOTHING
from labeler.errors import Invalid, NotFound
from labeler.models import Document, Project, User, db
from labeler.reliability import REFERENCES
from labeler.web.agreement.figures import KINDS
from labeler.web.agreement.scope import Asked
from labeler.web.openapi import whole

_PAGE = 25
"""Comparisons on a page of evidence."""
_DOCUMENTS = 50
"""Documents on a page."""
CHOICES = ("a", "b", "against", "kind", "label", "group", "one", "other", "like")
"""What narrows the comparisons, beside the document."""


@dataclass(frozen=True, slots=True)
class Listed:
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
        return sum(self.counts[kind] for kind in KINDS[self.part])


def question(document: Document | None = None) -> Question:
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


def against(known: Sequence[str | None]) -> str | None:
    """Read what the annotators are held against; raises Invalid."""
    name = request.args.get("against") or None
    if name not in known:
        told = ", ".join(each for each in known if each)
        raise Invalid(f"Nobody is held against {name!r}. Known: {told}.")
    return name


def listed(project: Project, given: Asked, limit: int = _PAGE) -> Listed:
    """Return the page of comparisons that an address asks for; raises Invalid, NotFound."""
    made = reliability.compare(project, given.scope, against((None, *REFERENCES)))
    document = _document(project)
    return page_of(made, given.part, question(document), document, limit)


def own(project: Project, person: User, given: Asked, limit: int = _PAGE) -> Listed:
    """Return the page of a person's own comparisons that an address asks for: with gold, or with
    what they first submitted. Raises Invalid, NotFound."""
    name = against(reliability.OWN) or reliability.OWN[0]
    made = reliability.own_comparison(project, person, name)
    if not made.pairs:
        raise NotFound("Nothing of this is compared with anything yet.")
    [(a, b)] = made.pairs
    document = _document(project)
    found = page_of(made, given.part, replace(question(document), a=a, b=b), document, limit)
    return replace(found, query={**found.query, "a": a, "b": b, "against": name})


def page_of(
    made: reliability.Comparison,
    part: str,
    wanted: Question,
    document: Document | None,
    limit: int = _PAGE,
) -> Listed:
    """Return the page of those compared that answer a question, from where the address says."""
    listing = made.result.listing(part, wanted)
    sample = request.args.get("like", "")
    if sample:
        place = reliability.place_of(made.document_ids, sample)
        listing = reliability.like(listing, made.document_ids, place)
    after = reliability.place_of(made.document_ids, request.args.get("after", ""))
    items = listing.page(after, limit)
    page = reliability.show(items, made.document_ids)
    more = bool(items) and bool(listing.page(items[-1].place, 1))
    return Listed(
        part,
        {
            **{name: request.args.get(name) or None for name in CHOICES},
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


def documents_of(
    project: Project, given: Asked, limit: int = _DOCUMENTS
) -> tuple[list[dict[str, Any]], int, str | None]:
    """Return a page of documents, how many there are, and what asks for the next page."""
    made = reliability.compare(project, given.scope)
    rows = reliability.documents(made, given.part, request.args.get("a") or None)
    words = request.args.get("after", "").split(".")
    if len(words) == 2 and all(word.isdecimal() for word in words):
        last = -int(words[0]), int(words[1])
        page = [row for row in rows if (-row["differences"], row["id"]) > last]
    else:
        page = rows
    first = page[:limit]
    more = f"{first[-1]['differences']}.{first[-1]['id']}" if len(page) > limit else None
    return first, len(rows), more
