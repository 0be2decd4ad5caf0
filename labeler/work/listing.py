"""Lists of documents with one's own work: pages, filters and searches, all by index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, null, select

from labeler import schema
from labeler.models import (
    Document,
    DocumentWord,
    Entity,
    Layer,
    Project,
    QueueFloor,
    Relation,
    User,
    db,
    own_layers,
    transaction,
)
from labeler.models.words import words_of

LAST = "\U0010ffff"
"""Comes after every character that a word can go on with."""
_RARE = 2000
"""Rows that are counted to find the rarest of several words."""
_FAR = 1000
"""Document ids that a floor must rise by to be written down."""


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

    rows: list[Any]
    before: int | None
    after: int | None


UNOPENED = "unopened"
"""The status, in lists, of a document that the person has no layer of."""


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
    start = after if before is None else 0
    query, key = _listed(project, user, status, start, before), Document.id
    if status in schema.STATUSES:
        key = Layer.document_id  # its index of progress leads straight to the page
    if status == UNOPENED:
        floor = opened_to(project, user.id)
        query = query.where(key > floor)
    page = paged(query, key, after=after, before=before, limit=limit)
    if status == UNOPENED and before is None and after == 0:
        first = page.rows[0][0] if page.rows else None
        raise_opened_to(project, user.id, floor, first)
    return Page(_rows(page.rows), page.before, page.after)


def paged(
    query: Select[Any], key: Any, *, after: int = 0, before: int | None = None, limit: int = 50
) -> Page:
    """Return a page of rows whose first column is the ascending `key`."""
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
    return Page(found, first if earlier else None, last if later else None)


def _listed(
    project: Project,
    user: User,
    status: str | None,
    start: int = 0,
    end: int | None = None,
) -> Select[Any]:
    """Select what a row shows but its counts; texts stay where they are.

    No layers of documents up to `start` or from `end` on are needed: PostgreSQL would read them.
    """
    columns = (Document.id, Document.name, Document.meta, Layer.id, Layer.status, Layer.flag)
    mine = (Layer.annotator_id == user.id, ~Layer.gold)
    if status in schema.STATUSES:
        joined = select(*columns).select_from(Layer).join(Document)
        in_status = (Layer.project_id == project.id, Layer.status == status)
        return joined.where(*in_status, *own_layers(user.id))
    if status == UNOPENED:
        # OFFSET lets PostgreSQL look up each document of the page, and not join all there are.
        opened = select(Layer.id).where(Layer.document_id == Document.id, *mine).offset(0)
        nothing = (null().label("layer"), null().label("status"), null().label("flag"))
        unopened = select(*columns[:3], *nothing).where(Document.project_id == project.id)
        return unopened.where(~opened.exists())
    between = [Layer.document_id > start, *([] if end is None else [Layer.document_id < end])]
    own = and_(Layer.document_id == Document.id, *between, *mine)
    return select(*columns).outerjoin(Layer, own).where(Document.project_id == project.id)


# ---- documents that somebody has not opened --------------------------------------------------


def opened_to(project: Project, annotator_id: int) -> int:
    """Return a document id up to which the person has a layer of every document.

    Layers never go, so this only rises; lists of what is not opened start there.
    """
    row = db.session.get(QueueFloor, (project.id, annotator_id), populate_existing=True)
    return row.opened_to if row else 0


def raise_opened_to(project: Project, annotator_id: int, floor: int, first: int | None) -> None:
    """Remember that the first document not opened is `first`, None when all were."""
    last = select(func.max(Document.id)).where(Document.project_id == project.id)
    reached = first - 1 if first is not None else db.session.scalar(last) or 0
    if reached < floor + _FAR:
        return
    with transaction() as session:
        row = session.get(QueueFloor, (project.id, annotator_id)) or QueueFloor(
            project_id=project.id,
            annotator_id=annotator_id,
            ordering="",
            place=-1.0,
            document_id=0,
            documents=0,
        )
        row.opened_to = reached
        session.add(row)


# ---- searching -------------------------------------------------------------------------------


def search(
    project: Project, user: User, words: str, *, status: str | None = None, limit: int = 100
) -> list[Row]:
    """Return the documents whose name begins so, then those with words that begin so in the title.

    Both are read from an index; capital letters count in names only.
    """
    query = _listed(project, user, status).limit(limit)
    found: dict[int, Any] = {}
    for row in db.session.execute(query.where(*named(words)).order_by(Document.name)):
        found.setdefault(row[0], row)
    titled = titled_ids(project, words)
    if titled is not None and len(found) < limit:
        wanted = query.where(Document.id.in_(titled.limit(MATCHES)))
        for row in db.session.execute(wanted.order_by(Document.id)):
            found.setdefault(row[0], row)
    return _rows(list(found.values())[:limit])


MATCHES = 2000
"""Documents looked at for each search: words that more have must be typed on."""


def named(words: str) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that the name of a document begins so."""
    return Document.name >= words, Document.name < words + LAST


def titled_ids(project: Project, text: str) -> Select[int] | None:
    """Select the ids of documents whose title has words that begin like these, all of them.

    None where the text has no words.
    """
    words = words_of(text)
    if not words:
        return None
    rarest = min(words, key=lambda word: _frequency(project, word)) if len(words) > 1 else words[0]
    query = select(DocumentWord.document_id).where(*_begins(DocumentWord, project, rarest))
    for word in words:
        if word != rarest:
            other = DocumentWord.__table__.alias()
            has = (
                other.c.document_id == DocumentWord.document_id,
                *_begins(other.c, project, word),
            )
            query = query.where(exists().where(*has))
    return query


def _begins(table: Any, project: Project, word: str) -> tuple[ColumnElement[bool], ...]:
    return table.project_id == project.id, table.word >= word, table.word < word + LAST


def _frequency(project: Project, word: str) -> int:
    some = select(DocumentWord.document_id).where(*_begins(DocumentWord, project, word))
    counted = select(func.count()).select_from(some.limit(_RARE).subquery())
    return db.session.scalar(counted) or 0


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
