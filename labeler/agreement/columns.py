"""The work of several annotators as columns: what a table or a list of records is read into."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from labeler.schema import Entity, Layer, Relation, Tokens

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
A = TypeVar("A", Entity, Relation)

Work = tuple[str, int, Tokens | None, Mapping[str, Layer]]
"""A document's id, its length in code points, its tokens (None: every position is a token) and the
layers of those who worked on it. A layer without entities found nothing; no layer did not look."""


@dataclass(frozen=True, slots=True)
class Borders:
    """The token borders of documents, one after the other; `sizes` is -1 where none are known and
    every position is a token."""

    starts: Integers
    ends: Integers
    sizes: Integers

    @classmethod
    def unpacked(cls, packed: Iterable[bytes | None]) -> "Borders":
        """Read what `Tokens.pack` wrote, a document each; None where there are no borders."""
        found = [None if own is None else np.frombuffer(own, np.uint32) for own in packed]
        known = [own for own in found if own is not None]
        none = np.zeros(0, dtype=np.int64)
        return cls(
            np.concatenate([none, *(own[: len(own) // 2] for own in known)]),
            np.concatenate([none, *(own[len(own) // 2 :] for own in known)]),
            np.array([-1 if own is None else len(own) // 2 for own in found], dtype=np.int64),
        )


@dataclass(frozen=True, slots=True)
class EntityColumns:
    """Entities in any order. `document`, `by` and `label` are places among the documents, the
    annotators and the `names` of labels; `suggested` tells which were proposed first. `records`
    holds the entities themselves, where they are wanted as they came."""

    document: Integers
    by: Integers
    start: Integers
    end: Integers
    label: Integers
    names: tuple[str, ...]
    suggested: Booleans
    records: Sequence[Entity] | None = None


@dataclass(frozen=True, slots=True)
class RelationColumns:
    """Relations in any order, as EntityColumns has entities; `head` and `tail` are rows of those,
    of the same document and annotator."""

    document: Integers
    by: Integers
    head: Integers
    tail: Integers
    label: Integers
    names: tuple[str, ...]
    suggested: Booleans
    records: Sequence[Relation] | None = None


@dataclass(frozen=True, slots=True)
class CategoryColumns:
    """Labels of whole documents in any order, as EntityColumns has entities."""

    document: Integers
    by: Integers
    label: Integers
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """What several annotators did: `lengths` in code points, `worked` documents × annotators, and
    `blind` as many, which of them saw no suggestions on purpose (None: nobody)."""

    documents: tuple[str, ...]
    lengths: Integers
    borders: Borders
    annotators: tuple[str, ...]
    worked: Booleans
    entities: EntityColumns
    relations: RelationColumns
    categories: CategoryColumns
    blind: Booleans | None = None

    @classmethod
    def of(cls, work: Iterable[Work]) -> "Columns":
        """Return records as columns, the annotators by name."""
        rows = list(work)
        names = tuple(sorted({name for row in rows for name in row[3]}))
        layers = [
            (at, by, row[3][name])
            for by, name in enumerate(names)
            for at, row in enumerate(rows)
            if name in row[3]
        ]
        worked = np.zeros((len(rows), len(names)), dtype=np.bool_)
        worked[[at for at, _, _ in layers], [by for _, by, _ in layers]] = True
        return cls(
            documents=tuple(row[0] for row in rows),
            lengths=np.array([row[1] for row in rows], dtype=np.int64),
            borders=Borders.unpacked(None if row[2] is None else row[2].pack() for row in rows),
            annotators=names,
            worked=worked,
            entities=_entities(layers),
            relations=_relations(layers),
            categories=_categories(layers),
        )


_Layers = Sequence[tuple[int, int, Layer]]
"""The place of the document, that of the annotator, and what was done."""


def _entities(layers: _Layers) -> EntityColumns:
    came = list(chain.from_iterable(layer.entities for _, _, layer in layers))
    document, by = _owners(layers, [len(layer.entities) for _, _, layer in layers])
    start = np.fromiter(map(attrgetter("start"), came), np.int64, len(came))
    end = np.fromiter(map(attrgetter("end"), came), np.int64, len(came))
    names, label = coded(map(attrgetter("label"), came))
    return EntityColumns(document, by, start, end, label, names, _suggested(came), came)


def _relations(layers: _Layers) -> RelationColumns:
    """Return the relations whose ends are there."""
    came: list[Relation] = []
    heads: list[int] = []
    tails: list[int] = []
    sizes = []
    begin = 0
    for _, _, layer in layers:
        before = len(came)
        place = {entity.id: begin + at for at, entity in enumerate(layer.entities)}
        for relation in layer.relations:
            if relation.head in place and relation.tail in place:
                came.append(relation)
                heads.append(place[relation.head])
                tails.append(place[relation.tail])
        sizes.append(len(came) - before)
        begin += len(layer.entities)
    document, by = _owners(layers, sizes)
    head, tail = np.array(heads, dtype=np.int64), np.array(tails, dtype=np.int64)
    names, label = coded(map(attrgetter("label"), came))
    return RelationColumns(document, by, head, tail, label, names, _suggested(came), came)


def _categories(layers: _Layers) -> CategoryColumns:
    document, by = _owners(layers, [len(layer.categories) for _, _, layer in layers])
    came = chain.from_iterable(layer.categories for _, _, layer in layers)
    names, label = coded(map(attrgetter("label"), came))
    return CategoryColumns(document, by, label, names)


def _owners(layers: _Layers, sizes: Sequence[int]) -> tuple[Integers, Integers]:
    """Return the document and the annotator of each item, given how many each layer has."""
    owners = np.array([(at, by) for at, by, _ in layers], dtype=np.int64).reshape(-1, 2)
    document, by = np.repeat(owners, np.array(sizes, dtype=np.int64), axis=0).T
    return document, by


def _suggested(came: Sequence[A]) -> Booleans:
    return np.array([item.origin is not None for item in came], dtype=np.bool_)


def coded(values: Iterable[Hashable]) -> tuple[tuple[str, ...], Integers]:
    """Return the names that occur, in the order they came, and the place of each among them."""
    place: dict[Hashable, int] = {}
    codes = np.fromiter((place.setdefault(value, len(place)) for value in values), np.int64)
    return tuple(map(str, place)), codes
