"""Reads the layers that are compared as columns; no object is made of any annotation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Select, and_, false, func, literal, select, text, union_all
from sqlalchemy.orm import aliased

from labeler import borders
from labeler.agreement.columns import (
    Borders,
    CategoryColumns,
    Columns,
    EntityColumns,
    Integers,
    RelationColumns,
)
from labeler.agreement.corpus import keys
from labeler.errors import NotFound
from labeler.models import (
    Category,
    Document,
    Entity,
    Layer,
    Project,
    QueueEntry,
    Relation,
    Tally,
    User,
    db,
    raw_rows,
)

_PAGE = 500
"""Documents whose borders are computed at a time, where they are lacking."""
_ROWS = 1_000
"""Rows read at a time: as many as stay in the processor's cache while they become columns."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is compared: the layers of these annotators (None: of all), changed since a moment, at
    most so many, the newest of them, and their annotations with these labels.

    Layers of training documents count with `training` only: they tell how newcomers do on known
    gold, not how far the team agrees.
    """

    annotators: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    since: datetime | None = None
    newest: int | None = None
    training: bool = False


EVERYTHING = Scope()


def scope_of(
    project: Project,
    annotators: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    since: datetime | None = None,
    *,
    training: bool = False,
) -> Scope:
    """Return a scope of these names, nothing standing for all; raises NotFound for an unknown."""
    scheme = project.scheme
    known = {*(label.name for label in scheme.entities), *(link.name for link in scheme.relations)}
    for kind, asked, there in (
        ("annotator with finished documents", annotators, people(project)),
        ("label", labels, sorted(known)),
    ):
        for name in asked or ():
            if name not in there:
                told = ", ".join(there) or "none"
                raise NotFound(f"There is no {kind} named {name!r} here. Known: {told}.")
    return Scope(
        tuple(annotators) if annotators else None,
        tuple(labels) if labels else None,
        since,
        training=training,
    )


def people(project: Project) -> list[str]:
    """Return the names of those who finished a document, sorted."""
    finished = select(Tally.annotator_id).where(
        Tally.project_id == project.id, Tally.status == "done", Tally.count > 0
    )
    return sorted(db.session.scalars(select(User.name).where(User.id.in_(finished))))


def amount(project: Project) -> int:
    """Return how many layers are finished."""
    counted = select(func.coalesce(func.sum(Tally.count), 0))
    done = counted.where(Tally.project_id == project.id, Tally.status == "done")
    return int(db.session.scalar(done) or 0)


def training_documents(project: Project) -> Select[int]:
    """Select the documents on which newcomers are tested."""
    return select(QueueEntry.document_id).where(
        QueueEntry.project_id == project.id,
        text("queue_entry.training"),  # SQLite knows the index of those so only
    )


GOLD = "gold"
"""Whom gold layers are read as; no id of a person is 0."""


def finished(project: Project, scope: Scope) -> Select[Any]:
    """Select the layers that count."""
    columns: tuple[Any, ...] = (Layer.id, Layer.document_id, Layer.annotator_id, Layer.blind)
    wanted = select(*columns).where(
        Layer.project_id == project.id, Layer.status == "done", ~Layer.gold
    )
    if scope.annotators is not None:
        named = select(User.id).where(User.name.in_(scope.annotators))
        wanted = wanted.where(Layer.annotator_id.in_(named))
    if not scope.training:
        wanted = wanted.where(Layer.document_id.not_in(training_documents(project)))
    if scope.newest is not None:
        wanted = wanted.order_by(Layer.changed.desc(), Layer.id.desc()).limit(scope.newest)
    return wanted if scope.since is None else wanted.where(Layer.changed >= scope.since)


def shared(project: Project, scope: Scope) -> Select[Any]:
    """Select the layers that count of documents that have more than one."""
    every = finished(project, scope).subquery()
    several = select(every.c.document_id).group_by(every.c.document_id).having(func.count() > 1)
    return finished(project, scope).where(Layer.document_id.in_(several))


def beside_gold(project: Project, scope: Scope) -> Select[Any]:
    """Select the layers that count of documents that have settled gold, and gold as well."""
    settled = (Layer.project_id == project.id, Layer.status == "done", Layer.gold)
    documents = select(Layer.document_id).where(*settled)
    own = select(finished(project, scope).where(Layer.document_id.in_(documents)).subquery())
    columns: tuple[Any, ...] = (
        Layer.id,
        Layer.document_id,
        literal(0).label("annotator_id"),
        false().label("blind"),
    )
    compared = select(own.subquery().c.document_id)
    gold = select(*columns).where(*settled, Layer.document_id.in_(compared))
    return select(union_all(own, gold).subquery())


def read(wanted: Select[Any]) -> tuple[Columns, Integers]:
    """Return the layers selected, as columns, and the ids of their documents, which rise.

    The selection has the columns id, document_id, annotator_id and blind.
    """
    layers = wanted.subquery()
    ordered = select(layers).order_by(layers.c.id)
    layer_ids, document_ids, annotator_ids, sightless = _numbers(ordered, 4)
    documents, document_of = np.unique(document_ids, return_inverse=True)
    people_ids, by_of = np.unique(annotator_ids, return_inverse=True)
    names = _names(people_ids.tolist())
    order = np.argsort(np.array(names, dtype=object), kind="stable")
    by_of = np.argsort(order)[by_of]
    worked, blind = np.zeros((2, len(documents), len(names)), dtype=np.bool_)
    worked[document_of, by_of] = True
    blind[document_of, by_of] = sightless
    owners = _Owners(layer_ids, document_of, by_of)
    entities = _entities(wanted, owners)
    columns = Columns(
        *_documents(wanted),
        tuple(names[at] for at in order),
        worked,
        entities,
        _relations(wanted, owners, entities),
        _categories(wanted, owners),
        blind,
    )
    return columns, documents


@dataclass(frozen=True, slots=True)
class _Owners:
    """The layers that were read, by id, with the places of their documents and annotators."""

    layers: Integers
    document: Integers
    by: Integers

    def of(self, layers: Integers) -> tuple[Integers, Integers]:
        """Return the document and the annotator of each item, given its layer's id."""
        place = np.searchsorted(self.layers, layers)
        return self.document[place], self.by[place]


def _numbers(query: Select[Any], width: int) -> list[Integers]:
    chunks = [
        np.array(rows, dtype=np.int64).reshape(-1, width)
        for rows in raw_rows(db.session(), query, _ROWS)
    ]
    table = np.concatenate(chunks) if chunks else np.zeros((0, width), dtype=np.int64)
    return list(np.ascontiguousarray(table.T))


def _names(people: Sequence[int]) -> list[str]:
    """Return the names of people, in this order."""
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    name_of = {0: GOLD, **dict(found.all())}
    return [name_of[key] for key in people]


def _documents(shared: Select[Any]) -> tuple[tuple[str, ...], Integers, Borders]:
    """Return the names, the lengths and the token borders of documents, in the order of ids."""
    own = select(shared.subquery().c.document_id)
    _fill_borders(own)
    columns = (Document.name, func.length(Document.text), Document.tokens)
    wanted = select(*columns).where(Document.id.in_(own)).order_by(Document.id)
    names: list[str] = []
    lengths: list[int] = []
    packed: list[bytes] = []
    for rows in raw_rows(db.session(), wanted, _ROWS):
        for name, length, tokens in rows:
            names.append(name)
            lengths.append(length)
            packed.append(tokens)
    return tuple(names), np.array(lengths, dtype=np.int64), Borders.unpacked(packed)


def _fill_borders(own: Select[Any]) -> None:
    """Compute the token borders of documents that have none, and keep them."""
    lacking = select(Document).where(Document.id.in_(own), Document.tokens.is_(None))
    while page := list(db.session.scalars(lacking.order_by(Document.id).limit(_PAGE))):
        borders.tokens(page)
        for document in page:
            db.session.expunge(document)


def _entities(shared: Select[Any], owners: _Owners) -> EntityColumns:
    layers = shared.subquery()
    columns: tuple[Any, ...] = (
        Entity.layer_id,
        Entity.start,
        Entity.end,
        Entity.origin.is_not(None),
        Entity.label,
    )
    wanted = select(*columns).join(layers, layers.c.id == Entity.layer_id)
    (layer, start, end, suggested), (label,), names = _table(wanted, 4)
    document, by = owners.of(layer)
    return EntityColumns(document, by, start, end, label, names, suggested.astype(np.bool_))


def _relations(shared: Select[Any], owners: _Owners, entities: EntityColumns) -> RelationColumns:
    """Return the relations; their ends are found by place and label, since the entities of a layer
    form a set."""
    layers, head, tail = shared.subquery(), aliased(Entity), aliased(Entity)
    numbers: tuple[Any, ...] = (
        Relation.layer_id,
        Relation.origin.is_not(None),
        head.start,
        head.end,
    )
    wanted = (
        select(*numbers, tail.start, tail.end, head.label, tail.label, Relation.label)
        .join(layers, layers.c.id == Relation.layer_id)
        .join(head, and_(head.layer_id == Relation.layer_id, head.id == Relation.head))
        .join(tail, and_(tail.layer_id == Relation.layer_id, tail.id == Relation.tail))
    )
    (layer, suggested, *places), (*ends, label), names = _table(wanted, 6)
    document, by = owners.of(layer)
    code = {name: at for at, name in enumerate(entities.names)}
    code_of = np.array([code.get(name, 0) for name in names], dtype=np.int64)
    asked = [[*places[:2], code_of[ends[0]]], [*places[2:], code_of[ends[1]]]]
    head_rows, tail_rows = _rows_of(entities, document, by, asked)
    return RelationColumns(
        document, by, head_rows, tail_rows, label, names, suggested.astype(np.bool_)
    )


def _categories(shared: Select[Any], owners: _Owners) -> CategoryColumns:
    layers = shared.subquery()
    columns: tuple[Any, ...] = (Category.layer_id, Category.label)
    wanted = select(*columns).join(layers, layers.c.id == Category.layer_id)
    (layer,), (label,), names = _table(wanted, 1)
    return CategoryColumns(*owners.of(layer), label, names)


def _rows_of(
    entities: EntityColumns,
    document: Integers,
    by: Integers,
    ends: Sequence[Sequence[Integers]],
) -> list[Integers]:
    """Return the rows of the entities at these places, with these labels."""
    own = (entities.document, entities.by, entities.start, entities.end, entities.label)
    asked = [(document, by, *end) for end in ends]
    both = keys(*(np.concatenate(columns) for columns in zip(own, *asked, strict=True)))
    borders_of = np.cumsum([len(entities.start)] + [len(document)] * len(ends))[:-1]
    known, *wanted = np.split(both, borders_of)
    order = np.argsort(known, kind="stable")
    return [order[np.searchsorted(known[order], own)] for own in wanted]


def _table(
    query: Select[Any], numbers: int
) -> tuple[list[Integers], list[Integers], tuple[str, ...]]:
    """Return the columns of numbers, those of labels that follow them as places, and the labels."""
    place: dict[str, int] = {}
    width = len(query.selected_columns)
    chunks: list[list[Integers]] = []
    for rows in raw_rows(db.session(), query, _ROWS):
        columns = list(zip(*rows, strict=True))
        for label in set().union(*columns[numbers:]):
            place.setdefault(label, len(place))
        coded = [map(place.__getitem__, column) for column in columns[numbers:]]
        chunks.append(
            [np.fromiter(column, np.int64, len(rows)) for column in (*columns[:numbers], *coded)]
        )
    none = np.zeros(0, dtype=np.int64)
    table = [np.concatenate([none, *(chunk[at] for chunk in chunks)]) for at in range(width)]
    return table[:numbers], table[numbers:], tuple(place)
