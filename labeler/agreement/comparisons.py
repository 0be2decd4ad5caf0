"""What is compared: entities, relations, labels of documents, and where each of them is found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeler.agreement.categories import CATEGORY_KINDS, align_categories
from labeler.agreement.columns import Booleans
from labeler.agreement.corpus import Alignment, Corpus, align, keys
from labeler.agreement.matching import KINDS, Integers
from labeler.agreement.relations import RELATION_KINDS, align_relations, compared
from labeler.schema import Category, Entity, Relation


@dataclass(frozen=True, slots=True)
class Ends:
    """A relation with its two entities."""

    relation: Relation
    head: Entity
    tail: Entity


@dataclass(frozen=True, slots=True)
class Difference:
    """Two entities that match, or one that nothing matches; the kind tells what differs."""

    document: str
    kind: str
    a: Entity | None
    b: Entity | None


@dataclass(frozen=True, slots=True)
class RelationDifference:
    """Two relations that match, or one that nothing matches; the kind tells what differs."""

    document: str
    kind: str
    a: Ends | None
    b: Ends | None


@dataclass(frozen=True, slots=True)
class CategoryDifference:
    """What two annotators chose from one group of categories; None is for nothing."""

    document: str
    kind: str
    a: Category | None
    b: Category | None


@dataclass(frozen=True, slots=True)
class Side:
    """Where the comparisons of one sort are found."""

    kinds: tuple[str, ...]
    align: Callable[[Corpus, int, int], Alignment]
    document: Callable[[Corpus, int], Integers]
    start: Callable[[Corpus, int], Integers]
    label: Callable[[Corpus, int], Integers]
    names: Callable[[Corpus], tuple[str, ...]]
    ends: Callable[[Corpus, int], Integers]
    record: Callable[[Corpus, int, int], Any]
    made: type[Difference] | type[RelationDifference] | type[CategoryDifference]
    given: Mapping[str, Callable[[Corpus, int, int], Booleans]]
    """What is compared given something else, by name: which of the matched pairs of `align`, then
    of what only the first has, then of what only the second has; those left out are not."""


def _ends(corpus: Corpus, annotator: int, row: int) -> Ends:
    links, entities = corpus.links[annotator], corpus.entities[annotator]
    ends = entities[int(links.head[row])], entities[int(links.tail[row])]
    return Ends(corpus.relations[annotator][row], *(ends[::-1] if links.turned[row] else ends))


def _link_ends(corpus: Corpus, annotator: int) -> Integers:
    """Return where heads begin and end and where tails do, those that came turned turned back."""
    links, spans = corpus.links[annotator], corpus.spans[annotator]
    head = np.where(links.turned, links.tail, links.head)
    tail = np.where(links.turned, links.head, links.tail)
    columns = [spans.start[head], spans.end[head], spans.start[tail], spans.end[tail]]
    return np.column_stack(columns)


def _linked_alike(corpus: Corpus, a: int, b: int) -> Booleans:
    """Tell which matched relations link the very same two entities; of several, the first."""
    one, _ = corpus.derived(compared, a, b)
    found, links = corpus.derived(align_relations, a, b), corpus.links[a]
    exact = np.zeros(len(links), dtype=np.bool_)
    exact[one.rows] = one.exact
    rows = np.flatnonzero(exact[found.first] & (found.kind != RELATION_KINDS.index("direction")))
    own = links[found.first[rows]]
    _, first = np.unique(keys(own.head, own.tail), return_index=True)
    chosen = np.zeros(len(found.first), dtype=np.bool_)
    chosen[rows[first]] = True
    return chosen


def _between(corpus: Corpus, a: int, b: int, how: str) -> Booleans:
    """Tell which relations link entities that the other has, exactly or by the matching."""
    found = corpus.derived(align_relations, a, b)
    there = []
    for by, links in zip((a, b), corpus.derived(compared, a, b), strict=True):
        own = np.zeros(len(corpus.links[by]), dtype=np.bool_)
        own[links.rows] = getattr(links, how)
        there.append(own)
    first, second = there
    return np.concatenate([first[found.first], first[found.only_first], second[found.only_second]])


def all_suggested(corpus: Corpus, a: int, b: int) -> Booleans:
    """Tell of which entities compared all that there is was a suggestion first."""
    found, one, other = corpus.derived(align, a, b), corpus.suggested[a], corpus.suggested[b]
    matched = one[found.first] & other[found.second]
    return np.concatenate([matched, one[found.only_first], other[found.only_second]])


def _where(corpus: Corpus, a: int, b: int, rows: Booleans) -> Booleans:
    """Tell which entities compared lie where both have worked so: documents × annotators."""
    found, kept = corpus.derived(align, a, b), rows[:, a] & rows[:, b]
    first, second = kept[corpus.spans[a].document], kept[corpus.spans[b].document]
    return np.concatenate([first[found.first], first[found.only_first], second[found.only_second]])


ENTITIES = Side(
    KINDS,
    align,
    lambda corpus, by: corpus.spans[by].document,
    lambda corpus, by: corpus.spans[by].start,
    lambda corpus, by: corpus.spans[by].label,
    lambda corpus: corpus.labels,
    lambda corpus, by: np.column_stack([corpus.spans[by].start, corpus.spans[by].end]),
    lambda corpus, by, row: corpus.entities[by][row],
    Difference,
    {
        "same_span": lambda corpus, a, b: corpus.derived(align, a, b).kind < 2,
        "suggested": all_suggested,
        "blind": lambda corpus, a, b: _where(corpus, a, b, corpus.blind),
        "shown": lambda corpus, a, b: _where(corpus, a, b, ~corpus.blind),
    },
)
RELATIONS = Side(
    RELATION_KINDS,
    align_relations,
    lambda corpus, by: corpus.links[by].document,
    lambda corpus, by: corpus.spans[by].start[corpus.links[by].head],
    lambda corpus, by: corpus.links[by].label,
    lambda corpus: corpus.relation_labels,
    _link_ends,
    _ends,
    RelationDifference,
    {
        "same_pair": _linked_alike,
        "given_entities": lambda corpus, a, b: _between(corpus, a, b, "exact"),
        "given_overlap": lambda corpus, a, b: _between(corpus, a, b, "matched"),
    },
)


def _answered(corpus: Corpus, annotator: int) -> Integers:
    """Return the document of each row of answers."""
    documents, groups = corpus.answers.given[annotator].shape
    return np.arange(documents).repeat(groups)


def _chosen(corpus: Corpus, annotator: int) -> Integers:
    """Return the answer of each row, -1 for nothing chosen."""
    given = corpus.answers.given[annotator].ravel()
    nothing = np.array([name is None for name in corpus.answers.names], dtype=np.bool_)
    return np.where(nothing[given], -1, given)


def _category(corpus: Corpus, annotator: int, row: int) -> Category | None:
    name = corpus.answers.names[corpus.answers.given[annotator].ravel()[row]]
    return None if name is None else Category(name, name)


CATEGORIES = Side(
    CATEGORY_KINDS,
    align_categories,
    _answered,
    lambda corpus, by: corpus.offsets[_answered(corpus, by)],
    _chosen,
    lambda corpus: tuple(name or "" for name in corpus.answers.names),
    lambda corpus, by: np.zeros((corpus.answers.given[by].size, 2), dtype=np.int64),
    _category,
    CategoryDifference,
    {"same_document": lambda corpus, a, b: corpus.derived(align_categories, a, b).kind >= 0},
)
