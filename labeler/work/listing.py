"""Lists of documents: pages, filters and searches, all done by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from labeler import schema
from labeler.models import Document, Entity, Layer, Project, Relation, User, db


def documents(project: Project, after: int, limit: int) -> list[dict[str, Any]]:
    """Return the documents after an id, without their texts."""
    page = (
        select(Document.id, Document.name, Document.meta)
        .where(Document.project_id == project.id, Document.id > after)
        .order_by(Document.id)
        .limit(limit)
    )
    return [{"id": key, "name": name, "meta": meta} for key, name, meta in db.session.execute(page)]


@dataclass(frozen=True, slots=True)
class Row:
    """A document in a list, with what the person who looks has done there."""

    id: int
    name: str
    meta: Mapping[str, Any]
    status: str | None
    flag: str | None
    entities: int
    relations: int

    @property
    def title(self) -> str:
        """Return what to call the document on a page."""
        return str(self.meta.get("title") or self.name)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of documents; `before` and `after` are what asks for its neighbours."""

    rows: list[Row]
    before: int | None
    after: int | None


UNOPENED = "unopened"
"""The status, in lists, of a document that the person has no layer of."""


def _listed(project: Project, user: User) -> Select[Any]:
    """Select what a row shows but its counts; texts stay where they are."""
    own = and_(
        Layer.document_id == Document.id,
        Layer.project_id == project.id,
        Layer.annotator_id == user.id,
        ~Layer.gold,
    )
    columns = (Document.id, Document.name, Document.meta, Layer.id, Layer.status, Layer.flag)
    return select(*columns).outerjoin(Layer, own).where(Document.project_id == project.id)


def _with_status(query: Select[Any], status: str | None) -> Select[Any]:
    if status == UNOPENED:
        return query.where(Layer.id.is_(None))
    return query.where(Layer.status == status) if status else query


def browse(
    project: Project,
    user: User,
    *,
    after: int = 0,
    before: int | None = None,
    status: str | None = None,
    limit: int = 50,
) -> Page:
    """Return a page of documents in order: those after an id, or those just before one.

    Each page costs the same however many documents there are: it is found by id, not by number.
    """
    query = _with_status(_listed(project, user), status)
    # Where a layer is required, its index of progress leads straight to the page.
    key = Layer.document_id if status in schema.STATUSES else Document.id
    if before is not None:
        query = query.where(key < before).order_by(key.desc())
    else:
        query = query.where(key > after).order_by(key)
    found = list(db.session.execute(query.limit(limit + 1)))
    more, found = len(found) > limit, found[:limit]
    if before is not None:
        found.reverse()
    if not found:
        return Page([], None, None)
    first, last = found[0][0], found[-1][0]
    earlier = more if before is not None else after > 0
    later = True if before is not None else more
    return Page(_rows(found), first if earlier else None, last if later else None)


def search(
    project: Project, user: User, words: str, *, status: str | None = None, limit: int = 100
) -> list[Row]:
    """Return the documents whose name begins with these words, then those with them in the title.

    Both are read from an index; capital letters count in names only.
    """
    query = _with_status(_listed(project, user), status).limit(limit)
    named = query.where(Document.name >= words, Document.name < words + "\U0010ffff")
    titled = query.where(Document.id.in_(_titled(project, words)))
    found: dict[int, Any] = {}
    for matching in (named.order_by(Document.name), titled.order_by(Document.title_key)):
        for row in db.session.execute(matching):
            found.setdefault(row[0], row)
    return _rows(list(found.values())[:limit])


def _titled(project: Project, words: str) -> Select[int]:
    """Select the ids of the documents with these words in the title, by the index alone."""
    one = aliased(Document)
    contains = one.title_key.contains(words.casefold(), autoescape=True)
    return select(one.id).where(one.project_id == project.id, contains)


def _rows(found: Sequence[Any]) -> list[Row]:
    layers = [row[3] for row in found if row[3] is not None]
    entities, relations = _counts(Entity, layers), _counts(Relation, layers)
    return [
        Row(key, name, meta, status, flag, entities.get(layer, 0), relations.get(layer, 0))
        for key, name, meta, layer, status, flag in found
    ]


def _counts(table: type[Entity] | type[Relation], layers: Sequence[int]) -> dict[int, int]:
    counted = select(table.layer_id, func.count()).where(table.layer_id.in_(layers))
    return dict(db.session.execute(counted.group_by(table.layer_id)).all())
