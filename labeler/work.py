"""Who labels what next, what they say of it, and how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from labeler import schema
from labeler.errors import Invalid, Problem
from labeler.models import (
    Document,
    Entity,
    Layer,
    Membership,
    Project,
    Relation,
    User,
    db,
    transaction,
)

MAX_FLAG = 500
MAX_SECONDS = 24 * 3600
"""What one report of time spent may add."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one annotator is: documents of the project, and those of them finished."""

    total: int
    done: int


def open_layer(document: Document, user: User, now: datetime) -> Layer:
    """Return the person's layer of a document, made when they open it for the first time."""
    mine = select(Layer).where(
        Layer.document_id == document.id, Layer.annotator_id == user.id, ~Layer.gold
    )
    found = db.session.scalar(mine)
    if found is not None:
        return found
    try:
        with transaction() as session:
            layer = Layer(
                project_id=document.project_id,
                document_id=document.id,
                annotator_id=user.id,
                created=now,
                changed=now,
            )
            session.add(layer)
    except IntegrityError:  # another window was faster
        return db.session.scalars(mine).one()
    return layer


def set_state(layer: Layer, changes: Mapping[str, Any], now: datetime) -> None:
    """Change what a layer says of the work on it: status, flag, read_to; adds `seconds`.

    Raises Invalid naming each value that does not fit.
    """
    problems = [
        Problem(message, name)
        for name, value in changes.items()
        if (message := _state_problem(layer, name, value))
    ]
    if problems:
        raise Invalid("The state of the document was not changed.", problems)
    values: dict[str, Any] = {**changes, "changed": now}
    if "seconds" in values:
        values["seconds"] = Layer.seconds + values["seconds"]
    with transaction() as session:
        session.execute(update(Layer).where(Layer.id == layer.id).values(**values))
        session.refresh(layer)


def _state_problem(layer: Layer, name: str, value: object) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if name == "status":
        return None if value in schema.STATUSES else f"Use one of {', '.join(schema.STATUSES)}."
    if name == "flag":
        is_text = isinstance(value, str) and "\0" not in value
        fits = value is None or (is_text and 0 < len(value) <= MAX_FLAG)  # type: ignore[arg-type]
        return None if fits else f"Use a reason of at most {MAX_FLAG} characters, or null."
    if name == "seconds":
        fits = is_number and 0 <= value <= MAX_SECONDS  # type: ignore[operator]
        return None if fits else f"Use 0 to {MAX_SECONDS} seconds."
    if name == "read_to":
        length = len(layer.document.text)
        fits = value is None or (is_number and 0 <= value <= length)  # type: ignore[operator]
        return None if fits else f"Use 0 to {length}, or null."
    return "This cannot be changed."


def next_document(project: Project, user: User, after: int = 0) -> int | None:
    """Return the next document that this person has not finished, from `after` on and round."""
    finished = exists().where(
        Layer.document_id == Document.id,
        Layer.annotator_id == user.id,
        ~Layer.gold,
        Layer.status != "open",
    )
    todo = select(Document.id).where(Document.project_id == project.id, ~finished)
    first = todo.order_by(Document.id).limit(1)
    return db.session.scalar(first.where(Document.id > after)) or db.session.scalar(
        first.where(Document.id < after)
    )


def neighbours(document: Document) -> tuple[int | None, int | None]:
    """Return the documents before and after this one in its project."""
    same = select(Document.id).where(Document.project_id == document.project_id).limit(1)
    before = same.where(Document.id < document.id).order_by(Document.id.desc())
    after = same.where(Document.id > document.id).order_by(Document.id)
    return db.session.scalar(before), db.session.scalar(after)


def progress(project: Project, user: User) -> Progress:
    """Return how far this person is."""
    total = select(func.count()).select_from(Document).where(Document.project_id == project.id)
    done = select(func.count()).where(
        Layer.project_id == project.id,
        Layer.annotator_id == user.id,
        Layer.status != "open",
        ~Layer.gold,
    )
    return Progress(db.session.scalar(total) or 0, db.session.scalar(done) or 0)


def position(document: Document) -> int:
    """Return the place of a document in its project, from 1."""
    earlier = select(func.count()).where(
        Document.project_id == document.project_id, Document.id <= document.id
    )
    return db.session.scalar(earlier) or 0


def documents(project: Project, after: int, limit: int) -> list[dict[str, Any]]:
    """Return the documents after an id, without their texts."""
    page = (
        select(Document.id, Document.name, Document.meta)
        .where(Document.project_id == project.id, Document.id > after)
        .order_by(Document.id)
        .limit(limit)
    )
    return [{"id": key, "name": name, "meta": meta} for key, name, meta in db.session.execute(page)]


# ---- for the pages ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one person is in a project; `role` is None for those who are no longer members."""

    name: str
    role: str | None
    done: int
    open: int
    skipped: int


def standings(project: Project) -> list[Standing]:
    """Return how far everybody is: the members, and whoever else has layers here, by name."""
    counted = select(Layer.annotator_id, Layer.status, func.count()).where(
        Layer.project_id == project.id, ~Layer.gold
    )
    counts: dict[int, dict[str, int]] = {}
    for key, status, count in db.session.execute(
        counted.group_by(Layer.annotator_id, Layer.status)
    ):
        counts.setdefault(key, {})[status] = count
    mine = and_(Membership.user_id == User.id, Membership.project_id == project.id)
    people = select(User.id, User.name, Membership.role).outerjoin(Membership, mine)
    wanted = people.where(or_(Membership.role.is_not(None), User.id.in_(counts)))
    return [
        Standing(name, role, *(counts.get(key, {}).get(s, 0) for s in ("done", "open", "skipped")))
        for key, name, role in db.session.execute(wanted.order_by(User.name))
    ]


def progress_by_project(project_ids: Sequence[int], user: User) -> dict[int, Progress]:
    """Return how far this person is in each of these projects, in two queries."""
    totals = select(Document.project_id, func.count()).where(Document.project_id.in_(project_ids))
    finished = select(Layer.project_id, func.count()).where(
        Layer.project_id.in_(project_ids),
        Layer.annotator_id == user.id,
        Layer.status != "open",
        ~Layer.gold,
    )
    total = dict(db.session.execute(totals.group_by(Document.project_id)).all())
    done = dict(db.session.execute(finished.group_by(Layer.project_id)).all())
    return {key: Progress(total.get(key, 0), done.get(key, 0)) for key in project_ids}


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
