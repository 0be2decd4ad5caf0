"""The very annotations that a number is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labeler.agreement.columns import Booleans
from labeler.agreement.comparisons import Side
from labeler.agreement.corpus import Corpus
from labeler.agreement.matching import Integers
from labeler.agreement.spans import NOTHING
from labeler.errors import Invalid, NotFound

ONLY_ONE = "only_one"
ONLY_A = "only_a"
ONLY_B = "only_b"
DIFFER = "differ"
"""All kinds but `identical`."""

Labels = tuple[str | None, str | None]
"""A cell of a confusion: what the first annotator said and what the second, None for nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which compared annotations are asked for; None narrows nothing.

    `a` alone stands for each pair that they are in, as the first of it. `label` is that of either
    side, `cell` that of each; `kind` is one of a matched pair, `only_a`, `only_b`, `only_one` for
    both, `differ`, what both have but for their labels (`same_span`, `same_pair`), relations
    between entities that both have (`given_entities`, `given_overlap`), or entities all of which
    were suggestions first (`suggested`), or made by both without suggestions in sight (`blind`) or
    by both with them (`shown`). `document` goes by its id, `group` is one of categories. NOTHING
    as a label is for what one of the two does not have.
    """

    a: str | None = None
    b: str | None = None
    kind: str | None = None
    label: str | None = None
    cell: Labels | None = None
    document: str | None = None
    group: str | None = None


Place = tuple[int, int, int, int]
"""Where an item stands in a listing: document, start in code points, pair, number among equals."""


@dataclass(frozen=True, slots=True)
class Item:
    """A comparison in a listing, and between whom."""

    place: Place
    a: str
    b: str
    found: Any


@dataclass(frozen=True, slots=True)
class _Table:
    """Comparisons as columns, by place: rows of both annotators, -1 for none; `start` counts from
    that of the document; a bit of `given` is set for each thing that holds of `Side.given`."""

    document: Integers
    start: Integers
    pair: Integers
    row: Integers
    other: Integers
    kind: Integers
    given: Integers

    def __getitem__(self, rows: Integers | Booleans | slice) -> "_Table":
        return _Table(*(getattr(self, name)[rows] for name in self.__slots__))

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the items of a listing mark, in their order, as columns.

    `kind` counts through the kinds, the last for what only one of the two has. `labels` is
    items × 2, -1 for nothing; `ends` items × 2 × 2 for the start and the end of an entity, or × 4
    for those of head and tail, in code points of the document.
    """

    document: Integers
    kind: Integers
    labels: Integers
    ends: Integers


class Listing:
    """What a question asks for, in the order of the documents and their texts."""

    def __init__(self, side: Side, corpus: Corpus, asked: Question) -> None:
        self._side, self._corpus = side, corpus
        self._kinds = (*side.kinds, ONLY_A, ONLY_B)
        self._pairs = _pairs(corpus, asked)
        tables = [self._narrowed(asked, at, *pair) for at, pair in enumerate(self._pairs)]
        every = _joined(tables)
        self.counts = self._counted(every)
        self._table = every if asked.kind is None else every[self._of_kind(every, asked.kind)]

    def __len__(self) -> int:
        return len(self._table)

    @property
    def annotations(self) -> int:
        """Return how many annotations are compared: two where both annotators have one."""
        return int((self._table.row >= 0).sum() + (self._table.other >= 0).sum())

    def page(self, after: Place | None = None, limit: int | None = None) -> list[Item]:
        """Return the items after a place, at most `limit` of them."""
        table = self._table
        number = _number_among_equals(table)
        begin = 0
        if after is not None:
            columns = (table.document, table.start, table.pair, number)
            begin = int((~_later(columns, after)).sum())
        end = len(table) if limit is None else min(len(table), begin + limit)
        return [self._item(at, int(number[at])) for at in range(begin, end)]

    def marks(self) -> "Marks":
        """Return what is marked in the items, without making a record of any."""
        table, corpus = self._table, self._corpus
        width = self._side.ends(corpus, 0).shape[1] if corpus.annotators else 2
        labels = np.full((len(table), 2), -1, dtype=np.int64)
        ends = np.zeros((len(table), 2, width), dtype=np.int64)
        for number, pair in enumerate(self._pairs):
            for at, (by, rows) in enumerate(zip(pair, (table.row, table.other), strict=True)):
                own = np.flatnonzero((table.pair == number) & (rows >= 0))
                labels[own, at] = self._side.label(corpus, by)[rows[own]]
                ends[own, at] = self._side.ends(corpus, by)[rows[own]]
        ends -= corpus.offsets[table.document][:, None, None]
        ends[labels < 0] = 0
        kind = np.minimum(table.kind, len(self._side.kinds))
        return Marks(table.document, kind, labels, ends)

    def at(self, place: Place) -> Item | None:
        """Return the item at a place, None where there is none."""
        found = self.find(place)
        return None if found is None else self._item(found, place[3])

    def place(self, at: int) -> Place:
        """Return where the item of this number stands."""
        return self._item(at, int(_number_among_equals(self._table)[at])).place

    def find(self, place: Place) -> int | None:
        """Return the number of the item at a place, None where there is none."""
        table = self._table
        columns = (table.document, table.start, table.pair, _number_among_equals(table))
        found = np.logical_and.reduce([c == own for c, own in zip(columns, place, strict=True)])
        return int(np.argmax(found)) if found.any() else None

    def only(self, rows: Booleans) -> "Listing":
        """Keep these items."""
        self._table = self._table[rows]
        return self

    def _item(self, at: int, number: int) -> Item:
        table, corpus, record = self._table, self._corpus, self._side.record
        pair, document = int(table.pair[at]), int(table.document[at])
        a, b = self._pairs[pair]
        row, other = int(table.row[at]), int(table.other[at])
        found = self._side.made(
            corpus.documents[document],
            self._kinds[table.kind[at]],
            record(corpus, a, row) if row >= 0 else None,
            record(corpus, b, other) if other >= 0 else None,
        )
        place = (document, int(table.start[at]), pair, number)
        return Item(place, corpus.annotators[a], corpus.annotators[b], found)

    def _narrowed(self, asked: Question, number: int, a: int, b: int) -> _Table:
        """Return the comparisons of one pair, of every kind."""
        table = self._compared(number, a, b)
        kept = np.ones(len(table), dtype=np.bool_)
        labels = self._side.label(self._corpus, a), self._side.label(self._corpus, b)
        if asked.document is not None:
            kept &= table.document == _index(self._corpus.documents, asked.document)
        if asked.label is not None:
            label = None if asked.label == NOTHING else asked.label
            first = self._has(table.row, labels[0], label)
            kept &= first | self._has(table.other, labels[1], label)
        if asked.group is not None:
            kept &= self._in_group(table, asked.group)
        if asked.cell is not None:
            kept &= self._has(table.row, labels[0], asked.cell[0])
            kept &= self._has(table.other, labels[1], asked.cell[1])
        return table[kept]

    def _compared(self, number: int, a: int, b: int) -> _Table:
        corpus, side = self._corpus, self._side
        found = corpus.derived(side.align, a, b)
        alone, others = len(found.only_first), len(found.only_second)
        row = np.concatenate([found.first, found.only_first, np.full(others, -1)])
        other = np.concatenate([found.second, np.full(alone, -1), found.only_second])
        size = len(side.kinds)
        kind = np.concatenate([found.kind, np.full(alone, size), np.full(others, size + 1)])
        document = _either(row, other, side.document(corpus, a), side.document(corpus, b))
        start = _either(row, other, side.start(corpus, a), side.start(corpus, b))
        start = start - corpus.offsets[document]
        given = np.zeros(len(row), dtype=np.int64)
        for bit, holds in enumerate(side.given.values()):
            there = holds(corpus, a, b)
            given[: len(there)] |= there.astype(np.int64) << bit
        return _Table(document, start, np.full(len(row), number), row, other, kind, given)

    def _has(self, rows: Integers, column: Integers, label: str | None) -> Booleans:
        """Tell which rows have that label; None is for those that are not there or have none."""
        names = self._side.names(self._corpus)
        there = rows >= 0
        found = np.full(len(rows), label is None)
        own = column[rows[there]]
        found[there] = own < 0 if label is None else (own >= 0) & (own == _index(names, label))
        return found

    def _in_group(self, table: _Table, group: str) -> Booleans:
        """Tell which rows of answers are about a group."""
        names = [name for name, _ in self._corpus.answers.groups]
        rows = np.maximum(table.row, table.other)
        return rows % max(1, len(names)) == _index(names, group)

    def _of_kind(self, table: _Table, kind: str) -> Booleans:
        if kind == DIFFER:
            return table.kind > 0
        if kind in self._side.given:
            return self._given(table, kind)
        names = (ONLY_A, ONLY_B) if kind == ONLY_ONE else (kind,)
        if not set(names) <= set(self._kinds):
            known = ", ".join((*self._kinds, ONLY_ONE, DIFFER, *self._side.given))
            raise Invalid(f"There is no kind {kind!r}. Known: {known}.")
        return np.isin(table.kind, [self._kinds.index(name) for name in names])

    def _given(self, table: _Table, name: str) -> Booleans:
        return (table.given >> list(self._side.given).index(name)) & 1 > 0

    def _counted(self, table: _Table) -> dict[str, int]:
        often = np.bincount(table.kind, minlength=len(self._kinds)).tolist()
        counts = dict(zip(self._kinds, often, strict=True))
        given = {name: int(self._given(table, name).sum()) for name in self._side.given}
        return {**counts, ONLY_ONE: counts[ONLY_A] + counts[ONLY_B], **given}


def _pairs(corpus: Corpus, asked: Question) -> list[tuple[int, int]]:
    """Return the pairs that a question is about; raises NotFound."""
    if asked.a is None:
        return list(corpus.pairs())
    a = number_of(corpus, asked.a)
    if asked.b is not None:
        return [(a, number_of(corpus, asked.b))]
    return [(a, other) for other in range(len(corpus.annotators)) if other != a]


def number_of(corpus: Corpus, annotator: str) -> int:
    """Return the place of an annotator; raises NotFound."""
    if annotator not in corpus.annotators:
        known = ", ".join(corpus.annotators) or "nobody"
        raise NotFound(f"{annotator!r} is not compared here. Compared: {known}.")
    return corpus.annotators.index(annotator)


def _index(names: Sequence[str], name: str) -> int:
    """Return the place of a name, -1 where it does not occur."""
    return names.index(name) if name in names else -1


def _either(row: Integers, other: Integers, first: Integers, second: Integers) -> Integers:
    """Return what the first annotator has in a column, or where they have nothing the second."""
    found = np.empty(len(row), dtype=np.int64)
    found[row >= 0] = first[row[row >= 0]]
    found[row < 0] = second[other[row < 0]]
    return found


def _joined(tables: Sequence[_Table]) -> _Table:
    """Return tables as one, by place."""
    none = np.zeros(0, dtype=np.int64)
    columns = [
        np.concatenate([none, *(getattr(table, name) for table in tables)])
        for name in _Table.__slots__
    ]
    every = _Table(*columns)
    return every[np.lexsort((every.pair, every.start, every.document))]


def _number_among_equals(table: _Table) -> Integers:
    """Return for each row how many before it have the same place."""
    apart = [np.diff(column) != 0 for column in (table.document, table.start, table.pair)]
    begins = np.concatenate([[0], np.flatnonzero(np.logical_or.reduce(apart)) + 1])
    sizes = np.diff([*begins.tolist(), len(table)])
    return np.arange(len(table)) - np.repeat(begins, sizes)


def _later(columns: Sequence[Integers], place: Place) -> Booleans:
    """Tell which rows come after a place."""
    later = np.zeros(len(columns[0]), dtype=np.bool_)
    for column, value in zip(columns[::-1], place[::-1], strict=True):
        later = (column > value) | ((column == value) & later)
    return later


def differences(side: Side, corpus: Corpus, asked: Question, labels: Labels | None) -> list[Any]:
    """Return the comparisons of two annotators, all that differ unless a kind or a cell of the
    confusion is asked for."""
    kind = asked.kind if asked.kind or labels else DIFFER
    found = Listing(side, corpus, replace(asked, kind=kind, cell=labels))
    return [item.found for item in found.page()]
