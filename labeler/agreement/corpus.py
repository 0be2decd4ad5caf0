"""What several annotators did in many documents, as columns.

The documents lie end to end on one line, so that a whole corpus is compared in one go. Entities of
one layer form a set, and so do its relations.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from labeler.agreement.matching import Integers, Spans, match
from labeler.schema import Entity, Layer, Relation, Tokens

D = TypeVar("D")
Work = tuple[str, int, Tokens | None, Mapping[str, Layer]]
"""A document's id, its length in code points, its tokens (None: every position is a token) and the
layers of those who worked on it. A layer without entities found nothing; no layer did not look."""


@dataclass(frozen=True, slots=True)
class Links:
    """A set of relations as columns; `head` and `tail` are rows of the same annotator's spans."""

    document: Integers
    head: Integers
    tail: Integers
    label: Integers

    def __len__(self) -> int:
        return len(self.head)

    def __getitem__(self, rows: Integers | slice) -> "Links":
        return Links(self.document[rows], self.head[rows], self.tail[rows], self.label[rows])


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the spans of two annotators match in the documents that both worked on.

    `first` and `second` are rows of their spans, pair by pair; `only_first` and `only_second` those
    that nothing matches.
    """

    documents: Integers
    first: Integers
    second: Integers
    kind: Integers
    only_first: Integers
    only_second: Integers


@dataclass(frozen=True)
class Corpus:
    """The columns of each annotator, and the records behind their rows.

    `worked` is documents × annotators. `offsets` says where each document begins on the line.
    Labels are sorted, and columns hold their places. `symmetric` tells for each relation label
    whether its direction means nothing.
    """

    documents: tuple[str, ...]
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    relation_labels: tuple[str, ...]
    symmetric: NDArray[np.bool_]
    lengths: Integers
    offsets: Integers
    tokens: tuple[Tokens | None, ...]
    worked: NDArray[np.bool_]
    spans: tuple[Spans, ...]
    links: tuple[Links, ...]
    entities: tuple[list[Entity], ...]
    relations: tuple[list[Relation], ...]
    _derived: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def shared(self, annotators: Sequence[int]) -> Integers:
        """Return the documents that at least two of these annotators worked on."""
        return np.flatnonzero(self.worked[:, list(annotators)].sum(axis=1) > 1)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield each two annotators once."""
        for a in range(len(self.annotators)):
            for b in range(a + 1, len(self.annotators)):
                yield a, b

    def derived(self, make: Callable[..., D], *args: Hashable) -> D:
        """Return `make(self, *args)`, computed once."""
        key = (make, *args)
        if key not in self._derived:
            self._derived[key] = make(self, *args)
        return cast(D, self._derived[key])


def align(corpus: Corpus, a: int, b: int) -> Alignment:
    """Return how the spans of two annotators match, in the documents that both worked on."""
    rows = np.flatnonzero(corpus.worked[corpus.spans[a].document, b])
    others = np.flatnonzero(corpus.worked[corpus.spans[b].document, a])
    found = match(corpus.spans[a][rows], corpus.spans[b][others])
    return Alignment(
        corpus.shared((a, b)),
        rows[found.first],
        others[found.second],
        found.kind,
        np.delete(rows, found.first),
        np.delete(others, found.second),
    )


# ---- reading layers --------------------------------------------------------------------------


def read(
    work: Iterable[Work],
    annotators: Sequence[str] | None = None,
    *,
    labels: Collection[str] | None = None,
    relation_labels: Collection[str] | None = None,
    symmetric: Collection[str] = (),
) -> Corpus:
    """Return the columns of these annotators (None: of all, by name).

    Entities and relations with other labels than those named are left out; None takes all.
    `symmetric` names the relation labels whose direction means nothing.
    """
    rows = list(work)
    everybody = sorted({name for row in rows for name in row[3]})
    names = tuple(everybody if annotators is None else annotators)
    layers = [
        (index, by, _with_labels(row[3][name], labels, relation_labels))
        for by, name in enumerate(names)
        for index, row in enumerate(rows)
        if name in row[3]
    ]
    worked = np.zeros((len(rows), len(names)), dtype=np.bool_)
    worked[[index for index, _, _ in layers], [by for _, by, _ in layers]] = True
    lengths = np.array([row[1] for row in rows], dtype=np.int64)
    entities = _Entities.of(layers, lengths)
    relations = _Relations.of(layers, entities, symmetric)
    return Corpus(
        documents=tuple(row[0] for row in rows),
        annotators=names,
        labels=entities.labels,
        relation_labels=relations.labels,
        symmetric=relations.symmetric,
        lengths=lengths,
        offsets=entities.offsets,
        tokens=tuple(row[2] for row in rows),
        worked=worked,
        spans=tuple(entities.columns[own] for own in _parts(entities.by, len(names))),
        links=tuple(relations.columns[own] for own in _parts(relations.by, len(names))),
        entities=tuple(entities.records[own] for own in _parts(entities.by, len(names))),
        relations=tuple(relations.records[own] for own in _parts(relations.by, len(names))),
    )


_Layers = Sequence[tuple[int, int, Layer]]
"""Layers by annotator and document, with the numbers of both: document, annotator, layer."""


def _with_labels(
    layer: Layer, labels: Collection[str] | None, relation_labels: Collection[str] | None
) -> Layer:
    if labels is not None:
        layer = replace(layer, entities=tuple(e for e in layer.entities if e.label in labels))
    if relation_labels is not None:
        kept = tuple(r for r in layer.relations if r.label in relation_labels)
        layer = replace(layer, relations=kept)
    return layer


def _parts(by: Integers, annotators: int) -> Iterator[slice]:
    """Yield the rows of each annotator in a table that is sorted by annotator."""
    borders = np.searchsorted(by, np.arange(annotators + 1)).tolist()
    yield from (slice(begin, end) for begin, end in pairwise(borders))


@dataclass(frozen=True, slots=True)
class _Entities:
    """The entities of all annotators, sorted by annotator; `row_of` leads from an entity in the
    order it came to its row."""

    labels: tuple[str, ...]
    offsets: Integers
    by: Integers
    columns: Spans
    records: list[Entity]
    row_of: Integers

    @classmethod
    def of(cls, layers: _Layers, lengths: Integers) -> "_Entities":
        came = list(chain.from_iterable(layer.entities for _, _, layer in layers))
        sizes = [len(layer.entities) for _, _, layer in layers]
        document, by = _owners(layers, sizes)
        start = np.fromiter(map(attrgetter("start"), came), np.int64, len(came))
        end = np.fromiter(map(attrgetter("end"), came), np.int64, len(came))
        labels, label = _coded(list(map(attrgetter("label"), came)))
        reach = lengths.copy()
        np.maximum.at(reach, document, end)
        offsets = np.concatenate([[0], np.cumsum(reach + 1)]).astype(np.int64)
        start, end = start + offsets[document], end + offsets[document]
        extent = np.unique(keys(start, end - start), return_inverse=True)[1].astype(np.int64)
        identity = extent * len(labels) + label
        order, row_of = _set_order(by, identity)
        columns = Spans(document, start, end, label, extent, identity)[order]
        records = [came[row] for row in order.tolist()]
        return cls(labels, offsets, by[order], columns, records, row_of)


@dataclass(frozen=True, slots=True)
class _Relations:
    """The relations of all annotators, sorted by annotator."""

    labels: tuple[str, ...]
    symmetric: NDArray[np.bool_]
    by: Integers
    columns: Links
    records: list[Relation]

    @classmethod
    def of(cls, layers: _Layers, entities: _Entities, symmetric: Collection[str]) -> "_Relations":
        came, ends, sizes = _linked(layers)
        document, by = _owners(layers, sizes)
        labels, label = _coded(list(map(attrgetter("label"), came)))
        mirrored = np.array([name in symmetric for name in labels], dtype=np.bool_)
        begin = np.searchsorted(entities.by, by)
        head, tail = entities.row_of[ends[:, 0]] - begin, entities.row_of[ends[:, 1]] - begin
        head, tail = directed(head, tail, mirrored[label])
        order, _ = _set_order(by, keys(head, tail, label))
        columns = Links(document, head, tail, label)[order]
        return cls(labels, mirrored, by[order], columns, [came[row] for row in order.tolist()])


def directed(
    head: Integers, tail: Integers, mirrored: NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """Return heads and tails, the lower row as the head where the direction means nothing."""
    turned = mirrored & (head > tail)
    return np.where(turned, tail, head), np.where(turned, head, tail)


def _owners(layers: _Layers, sizes: Sequence[int]) -> tuple[Integers, Integers]:
    """Return the document and the annotator of each item, given how many each layer has."""
    owners = np.array([(index, by) for index, by, _ in layers], dtype=np.int64).reshape(-1, 2)
    document, by = np.repeat(owners, np.array(sizes, dtype=np.int64), axis=0).T
    return document, by


def _coded(names: Sequence[str]) -> tuple[tuple[str, ...], Integers]:
    """Return the names that occur, sorted, and the place of each name among them."""
    known = tuple(sorted(set(names)))
    place = {name: code for code, name in enumerate(known)}
    return known, np.fromiter(map(place.__getitem__, names), np.int64, len(names))


def keys(*columns: Integers) -> Integers:
    """Return one number for each row that rises with the columns, the first weighing most.

    Columns hold no negative numbers. They are packed side by side, and made dense when 62 bits are
    too few.
    """
    packed = np.zeros(len(columns[0]), dtype=np.int64)
    room = 1
    for column in columns:
        width = int(column.max(initial=0)) + 1
        if room * width >= 1 << 62:
            packed = np.unique(packed, return_inverse=True)[1].astype(np.int64)
            room = len(packed)
        packed = packed * width + column
        room *= width
    return packed


def _set_order(by: Integers, identity: Integers) -> tuple[Integers, Integers]:
    """Return the rows of the first of each annotator's equal items, sorted by annotator and
    identity, and for each item where its equal went."""
    order = np.lexsort((identity, by))
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = (np.diff(by[order]) != 0) | (np.diff(identity[order]) != 0)
    row_of = np.empty(len(order), dtype=np.int64)
    row_of[order] = np.cumsum(fresh) - 1
    return order[fresh], row_of


def _linked(layers: _Layers) -> tuple[list[Relation], Integers, list[int]]:
    """Return the relations whose ends are there, the places of their ends among all entities as
    they came, and how many each layer has."""
    came: list[Relation] = []
    ends: list[tuple[int, int]] = []
    sizes = []
    begin = 0
    for _, _, layer in layers:
        before = len(came)
        place = {e.id: begin + at for at, e in enumerate(layer.entities)} if layer.relations else {}
        for relation in layer.relations:
            if relation.head in place and relation.tail in place:
                came.append(relation)
                ends.append((place[relation.head], place[relation.tail]))
        sizes.append(len(came) - before)
        begin += len(layer.entities)
    return came, np.array(ends, dtype=np.int64).reshape(-1, 2), sizes
