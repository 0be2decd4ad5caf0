"""The very annotations that a number is made of."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeler.agreement.corpus import Alignment, Corpus, align
from labeler.agreement.matching import KINDS, Integers
from labeler.agreement.relations import RELATION_KINDS, align_relations
from labeler.errors import Invalid
from labeler.schema import Entity, Relation

ONLY_ONE = "only_one"
ONLY_A = "only_a"
ONLY_B = "only_b"

Labels = tuple[str | None, str | None]
"""A cell of a confusion: what the first annotator said and what the second, None for nothing."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two entities that match, or one that nothing matches; the kind tells what differs."""

    document: str
    kind: str
    a: Entity | None
    b: Entity | None


@dataclass(frozen=True, slots=True)
class Ends:
    """A relation with its two entities."""

    relation: Relation
    head: Entity
    tail: Entity


@dataclass(frozen=True, slots=True)
class RelationDifference:
    """Two relations that match, or one that nothing matches; the kind tells what differs."""

    document: str
    kind: str
    a: Ends | None
    b: Ends | None


def entity_differences(
    corpus: Corpus, a: int, b: int, *, kind: str | None = None, labels: Labels | None = None
) -> list[Difference]:
    """Return how the entities of two annotators compare, in the order of the text.

    `kind` keeps one kind (`identical` as well, `only_one` for both sides) and `labels` one cell of
    the confusion; with neither, all that differ are there. Raises Invalid for an unknown kind.
    """
    spans = corpus.spans[a], corpus.spans[b]
    table = _Table.of(corpus.derived(align, a, b), (spans[0].start, spans[1].start), KINDS)
    columns = spans[0].label, spans[1].label
    return [
        Difference(
            corpus.documents[int(spans[0].document[row] if row >= 0 else spans[1].document[other])],
            name,
            corpus.entities[a][row] if row >= 0 else None,
            corpus.entities[b][other] if other >= 0 else None,
        )
        for name, row, other in table.chosen(kind, labels, columns, corpus.labels)
    ]


def relation_differences(
    corpus: Corpus, a: int, b: int, *, kind: str | None = None, labels: Labels | None = None
) -> list[RelationDifference]:
    """Return how the relations of two annotators compare, in the order of their heads.

    Kinds and labels are those of relations; see `entity_differences`.
    """
    links = corpus.links[a], corpus.links[b]
    places = corpus.spans[a].start[links[0].head], corpus.spans[b].start[links[1].head]
    table = _Table.of(corpus.derived(align_relations, a, b), places, RELATION_KINDS)
    columns = links[0].label, links[1].label
    return [
        RelationDifference(
            corpus.documents[int(links[0].document[row] if row >= 0 else links[1].document[other])],
            name,
            _ends(corpus, a, row) if row >= 0 else None,
            _ends(corpus, b, other) if other >= 0 else None,
        )
        for name, row, other in table.chosen(kind, labels, columns, corpus.relation_labels)
    ]


def _ends(corpus: Corpus, annotator: int, row: int) -> Ends:
    links, entities = corpus.links[annotator], corpus.entities[annotator]
    ends = entities[int(links.head[row])], entities[int(links.tail[row])]
    return Ends(corpus.relations[annotator][row], *(ends[::-1] if links.turned[row] else ends))


@dataclass(frozen=True, slots=True)
class _Table:
    """Matched and unmatched rows of two annotators, -1 for none, in the order of the text."""

    row: Integers
    other: Integers
    kind: Integers
    kinds: tuple[str, ...]

    @classmethod
    def of(
        cls, found: Alignment, places: tuple[Integers, Integers], kinds: tuple[str, ...]
    ) -> "_Table":
        none, nobody = np.full(len(found.only_second), -1), np.full(len(found.only_first), -1)
        row = np.concatenate([found.first, found.only_first, none])
        other = np.concatenate([found.second, nobody, found.only_second])
        kind = np.concatenate([found.kind, nobody * 0 + len(kinds), none * 0 + len(kinds) + 1])
        place = np.empty(len(row), dtype=np.int64)
        place[row >= 0] = places[0][row[row >= 0]]
        place[row < 0] = places[1][other[row < 0]]
        order = np.argsort(place, kind="stable")
        return cls(row[order], other[order], kind[order], (*kinds, ONLY_A, ONLY_B))

    def chosen(
        self,
        kind: str | None,
        labels: Labels | None,
        columns: tuple[Integers, Integers],
        known: tuple[str, ...],
    ) -> Iterator[tuple[str, int, int]]:
        """Yield the kind and the rows of what was asked for."""
        kept = self.kind > 0 if kind is None and labels is None else self.kind >= 0
        if kind is not None:
            kept &= np.isin(self.kind, self._codes(kind))
        if labels is not None:
            for rows, column, label in zip((self.row, self.other), columns, labels, strict=True):
                kept &= _has_label(rows, column, label, known)
        for at in np.flatnonzero(kept).tolist():
            yield self.kinds[self.kind[at]], int(self.row[at]), int(self.other[at])

    def _codes(self, kind: str) -> list[int]:
        names = (ONLY_A, ONLY_B) if kind == ONLY_ONE else (kind,)
        if not set(names) <= set(self.kinds):
            raise Invalid(f"There is no kind {kind!r}. Known: {', '.join(self.kinds)}, {ONLY_ONE}.")
        return [self.kinds.index(name) for name in names]


def _has_label(
    rows: Integers, column: Integers, label: str | None, known: tuple[str, ...]
) -> NDArray[np.bool_]:
    """Tell which rows have that label; None is for the rows that are not there."""
    if label is None:
        return rows < 0
    code = known.index(label) if label in known else -1
    found = rows >= 0
    found[found] = column[rows[found]] == code
    return found
