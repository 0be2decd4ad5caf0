"""What several annotators did in many documents, as columns.

The documents lie end to end on one line, so that a whole corpus is compared in one go. Entities of
one layer form a set, and so do its relations.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar, cast, overload

import numpy as np

from labeler.agreement.answers import Answers, Groups
from labeler.agreement.columns import (
    Booleans,
    Borders,
    Columns,
    EntityColumns,
    RelationColumns,
    Work,
)
from labeler.agreement.matching import Integers, Spans, match
from labeler.schema import Entity, Relation

D = TypeVar("D")
R = TypeVar("R", Entity, Relation)
Names = Collection[str] | None
"""Names that count, None for all."""


@dataclass(frozen=True, slots=True)
class Links:
    """A set of relations as columns; `head` and `tail` are rows of the same annotator's spans.

    `turned` tells where they stand the other way round, since the direction means nothing.
    """

    document: Integers
    head: Integers
    tail: Integers
    label: Integers
    turned: Booleans

    def __len__(self) -> int:
        return len(self.head)

    def __getitem__(self, rows: Integers | slice) -> "Links":
        return Links(
            self.document[rows],
            self.head[rows],
            self.tail[rows],
            self.label[rows],
            self.turned[rows],
        )


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
    whether its direction means nothing; `blind`, as `worked`, who saw no suggestions on purpose;
    `suggested` and `linked_suggested` which of an annotator's entities and relations were proposed
    first.
    """

    documents: tuple[str, ...]
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    relation_labels: tuple[str, ...]
    symmetric: Booleans
    lengths: Integers
    offsets: Integers
    borders: Borders
    worked: Booleans
    blind: Booleans
    spans: tuple[Spans, ...]
    links: tuple[Links, ...]
    suggested: tuple[Booleans, ...]
    linked_suggested: tuple[Booleans, ...]
    entities: tuple[Sequence[Entity], ...]
    relations: tuple[Sequence[Relation], ...]
    answers: Answers
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


# ---- from columns ----------------------------------------------------------------------------


def read(work: Iterable[Work], annotators: Sequence[str] | None = None, **chosen: Any) -> Corpus:
    """Return the corpus of records; see `arrange`."""
    return arrange(Columns.of(work), annotators, **chosen)


def arrange(
    columns: Columns,
    annotators: Sequence[str] | None = None,
    *,
    labels: Collection[str] | None = None,
    relation_labels: Collection[str] | None = None,
    symmetric: Collection[str] = (),
    groups: Groups = (),
) -> Corpus:
    """Return the corpus of these annotators (None: of all, in the order of the columns).

    Entities and relations with other labels than those named are left out; None takes all.
    `symmetric` names the relation labels whose direction means nothing, `groups` the categories.
    """
    names = columns.annotators if annotators is None else tuple(annotators)
    number = {name: at for at, name in enumerate(names)}
    by_of = np.array([number.get(name, -1) for name in columns.annotators], dtype=np.int64)
    worked, blind = np.zeros((2, len(columns.documents), len(names)), dtype=np.bool_)
    worked[:, by_of[by_of >= 0]] = columns.worked[:, by_of >= 0]
    if columns.blind is not None:
        blind[:, by_of[by_of >= 0]] = columns.blind[:, by_of >= 0]
    spans = _Spans.of(columns.entities, columns.lengths, by_of, labels)
    links = _Links.of(columns.relations, spans, by_of, relation_labels, symmetric)
    entities = [spans.records(columns.entities, rows) for rows in _parts(spans.by, len(names))]
    return Corpus(
        documents=columns.documents,
        annotators=names,
        labels=spans.labels,
        relation_labels=links.labels,
        symmetric=links.symmetric,
        lengths=columns.lengths,
        offsets=spans.offsets,
        borders=columns.borders,
        worked=worked,
        blind=blind,
        spans=tuple(spans.columns[rows] for rows in _parts(spans.by, len(names))),
        links=tuple(links.columns[rows] for rows in _parts(links.by, len(names))),
        suggested=tuple(spans.suggested[rows] for rows in _parts(spans.by, len(names))),
        linked_suggested=tuple(links.suggested[rows] for rows in _parts(links.by, len(names))),
        entities=tuple(entities),
        relations=tuple(
            links.records(columns.relations, rows, entities[by])
            for by, rows in enumerate(_parts(links.by, len(names)))
        ),
        answers=Answers.of(columns.categories, by_of, worked, groups),
    )


def _parts(by: Integers, annotators: int) -> Iterator[slice]:
    """Yield the rows of each annotator in a table that is sorted by annotator."""
    borders = np.searchsorted(by, np.arange(annotators + 1)).tolist()
    yield from (slice(begin, end) for begin, end in pairwise(borders))


class Records(Sequence[R]):
    """Records that are made when somebody looks at them: few ever are."""

    def __init__(self, size: int, make: Callable[[int], R]) -> None:
        self._size = size
        self._make: Callable[[int], R] = make

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, row: int) -> R: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[R]: ...
    def __getitem__(self, row: int | slice) -> R | Sequence[R]:
        if isinstance(row, slice):
            return [self._make(at) for at in range(*row.indices(self._size))]
        if not 0 <= row < self._size:
            raise IndexError(row)
        return self._make(row)


@dataclass(frozen=True, slots=True)
class _Spans:
    """The entities of all annotators, sorted by annotator.

    `came` leads from a row to that of the entity as it came, and `row_of` back, -1 where it was
    left out.
    """

    labels: tuple[str, ...]
    offsets: Integers
    by: Integers
    columns: Spans
    suggested: Booleans
    came: Integers
    row_of: Integers

    @classmethod
    def of(
        cls, given: EntityColumns, lengths: Integers, by_of: Integers, labels: Names
    ) -> "_Spans":
        kept = np.flatnonzero(_chosen(by_of[given.by], given.label, given.names, labels))
        document, by = given.document[kept], by_of[given.by[kept]]
        reach = lengths.copy()
        np.maximum.at(reach, given.document, given.end)
        offsets = np.concatenate([[0], np.cumsum(reach + 1)]).astype(np.int64)
        start, size = given.start[kept] + offsets[document], given.end[kept] - given.start[kept]
        known, label = _sorted_names(given.names, given.label[kept])
        extent = np.unique(keys(start, size), return_inverse=True)[1].astype(np.int64)
        identity = extent * len(known) + label
        order, place = _set_order(by, identity)
        row_of = np.full(len(given.by), -1, dtype=np.int64)
        row_of[kept] = place
        columns = Spans(document, start, start + size, label, extent, identity)[order]
        came = kept[order]
        return cls(known, offsets, by[order], columns, given.suggested[came], came, row_of)

    def records(self, given: EntityColumns, rows: slice) -> Records[Entity]:
        """Return the entities of one annotator; one that came without a record gets its place as
        an id."""
        came, spans = self.came[rows], self.columns[rows]

        def make(row: int) -> Entity:
            if given.records is not None:
                return given.records[came[row]]
            offset = self.offsets[spans.document[row]]
            start, end = int(spans.start[row] - offset), int(spans.end[row] - offset)
            label = self.labels[spans.label[row]]
            return Entity(f"{start}-{end}-{label}", start, end, label)

        return Records(len(came), make)


@dataclass(frozen=True, slots=True)
class _Links:
    """The relations of all annotators, sorted by annotator; `came` as for entities."""

    labels: tuple[str, ...]
    symmetric: Booleans
    by: Integers
    columns: Links
    suggested: Booleans
    came: Integers

    @classmethod
    def of(
        cls,
        given: RelationColumns,
        entities: _Spans,
        by_of: Integers,
        labels: Names,
        symmetric: Collection[str],
    ) -> "_Links":
        ends = entities.row_of[given.head], entities.row_of[given.tail]
        chosen = _chosen(by_of[given.by], given.label, given.names, labels)
        kept = np.flatnonzero(chosen & (ends[0] >= 0) & (ends[1] >= 0))
        document, by = given.document[kept], by_of[given.by[kept]]
        known, label = _sorted_names(given.names, given.label[kept])
        mirrored = np.array([name in symmetric for name in known], dtype=np.bool_)
        begin = np.searchsorted(entities.by, by)
        first, second = (rows[kept] - begin for rows in ends)
        head, tail = directed(first, second, mirrored[label])
        order, _ = _set_order(by, keys(head, tail, label))
        columns = Links(document, head, tail, label, head != first)[order]
        came = kept[order]
        return cls(known, mirrored, by[order], columns, given.suggested[came], came)

    def records(
        self, given: RelationColumns, rows: slice, entities: Sequence[Entity]
    ) -> Records[Relation]:
        """Return the relations of one annotator, given the entities of the same."""
        came, links = self.came[rows], self.columns[rows]

        def make(row: int) -> Relation:
            if given.records is not None:
                return given.records[came[row]]
            ends = entities[int(links.head[row])].id, entities[int(links.tail[row])].id
            head, tail = ends[::-1] if links.turned[row] else ends
            label = self.labels[links.label[row]]
            return Relation(f"{head}-{tail}-{label}", head, tail, label)

        return Records(len(came), make)


def directed(head: Integers, tail: Integers, mirrored: Booleans) -> tuple[Integers, Integers]:
    """Return heads and tails, the lower row as the head where the direction means nothing."""
    turned = mirrored & (head > tail)
    return np.where(turned, tail, head), np.where(turned, head, tail)


def _chosen(by: Integers, label: Integers, names: Sequence[str], labels: Names) -> Booleans:
    """Return which items are of annotators and labels that count."""
    if labels is None:
        return by >= 0
    wanted = np.array([name in labels for name in names], dtype=np.bool_)
    return (by >= 0) & wanted[label]


def _sorted_names(names: Sequence[str], codes: Integers) -> tuple[tuple[str, ...], Integers]:
    """Return the names that occur, sorted, and the places among them."""
    often = np.bincount(codes, minlength=len(names))
    known = sorted(name for at, name in enumerate(names) if often[at])
    place = {name: at for at, name in enumerate(known)}
    moved = np.array([place.get(name, -1) for name in names], dtype=np.int64)
    return tuple(known), moved[codes]


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
