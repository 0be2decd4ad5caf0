"""Agreement on relations: F1 of two annotators, whose relations are matched one to one.

A relation hangs on its two entities, so it can be compared end to end (entities must be right as
well) or given the entities that both annotators have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from labeler.agreement.coding import NO_ANNOTATIONS, Floats
from labeler.agreement.corpus import Alignment, Corpus, align, directed, keys
from labeler.agreement.matching import IDENTICAL, Integers
from labeler.agreement.spans import Confusion, LabelF1, confused, f1, kinds_by_label

RELATION_KINDS = ("identical", "ends", "label", "direction")
"""What differs between two matched relations: nothing; an end, which only overlaps or is labeled
otherwise; the label; the direction."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The relations of two annotators in shared documents, with their ends seen from the first.

    `rows` are rows of the links, `head` and `tail` rows of the first annotator's spans, -1 where
    nothing matches an end. `exact` tells that both ends are identical in the other's annotation.
    """

    rows: Integers
    document: Integers
    head: Integers
    tail: Integers
    label: Integers
    exact: NDArray[np.bool_]

    @property
    def matched(self) -> NDArray[np.bool_]:
        """Return which relations have both ends matched."""
        return (self.head >= 0) & (self.tail >= 0)


def compared(corpus: Corpus, a: int, b: int) -> tuple[Compared, Compared]:
    """Return the relations of two annotators, their ends mapped by the matching of spans."""
    found = corpus.derived(align, a, b)
    own = np.full(len(corpus.spans[a]), -1, dtype=np.int64)
    own[found.first] = found.first
    other = np.full(len(corpus.spans[b]), -1, dtype=np.int64)
    other[found.second] = found.first
    same = np.zeros(len(corpus.spans[a]) + 1, dtype=np.bool_)
    same[found.first[found.kind == IDENTICAL]] = True
    return _seen(corpus, a, b, own, same), _seen(corpus, b, a, other, same)


def _seen(
    corpus: Corpus, own: int, other: int, row_of: Integers, same: NDArray[np.bool_]
) -> Compared:
    links = corpus.links[own]
    rows = np.flatnonzero(corpus.worked[links.document, other])
    links = links[rows]
    head, tail = row_of[links.head], row_of[links.tail]
    head, tail = directed(head, tail, corpus.symmetric[links.label])
    return Compared(rows, links.document, head, tail, links.label, same[head] & same[tail])


# ---- matching relations ------------------------------------------------------------------------


def relation_confusion(corpus: Corpus, a: int, b: int) -> Confusion:
    """Return which labels two annotators gave to matched relations."""
    columns = corpus.links[a].label, corpus.links[b].label
    return confused(corpus.derived(align_relations, a, b), columns, corpus.relation_labels)


def relation_label_kinds(corpus: Corpus, a: int, b: int) -> Integers:
    """Return labels × 5, as `label_kinds` has it for entities."""
    found = corpus.derived(align_relations, a, b)
    columns = corpus.links[a].label, corpus.links[b].label
    return kinds_by_label(found, columns, len(corpus.relation_labels))


def align_relations(corpus: Corpus, a: int, b: int) -> Alignment:
    """Return how relations match whose ends match: same label first, then another, then reversed.

    `kind` counts through RELATION_KINDS.
    """
    one, two = corpus.derived(compared, a, b)
    left = _by_label(one.label, np.flatnonzero(one.matched))
    right = _by_label(two.label, np.flatnonzero(two.matched))
    found = []
    for stage, (own, others) in enumerate(_STAGES, start=1):
        rows, places = paired(_columns(one, own, left), _columns(two, others, right))
        found.append(np.stack([left[rows], right[places], np.full(len(rows), stage)]))
        left, right = np.delete(left, rows), np.delete(right, places)
    first, second, kind = np.concatenate(found, axis=1)
    kind[(kind == 1) & one.exact[first]] = 0
    order = np.argsort(first)
    return Alignment(
        corpus.shared((a, b)),
        one.rows[first[order]],
        two.rows[second[order]],
        kind[order],
        np.delete(one.rows, first),
        np.delete(two.rows, second),
    )


_STAGES = (
    (("head", "tail", "label"), ("head", "tail", "label")),
    (("head", "tail"), ("head", "tail")),
    (("head", "tail", "label"), ("tail", "head", "label")),
)


def _by_label(labels: Integers, rows: Integers) -> Integers:
    """Return rows sorted by label, so that which of two equals is taken does not hang on order."""
    return rows[np.argsort(labels[rows], kind="stable")]


def _columns(links: Compared, names: Sequence[str], rows: Integers) -> list[Integers]:
    return [getattr(links, name)[rows] for name in names]


def paired(first: Sequence[Integers], second: Sequence[Integers]) -> tuple[Integers, Integers]:
    """Return the rows of equal keys, one to one: the n-th of a key goes with the other's n-th."""
    both = keys(*(np.concatenate(columns) for columns in zip(first, second, strict=True)))
    one, two = both[: len(first[0])], both[len(first[0]) :]
    order, others = np.argsort(one, kind="stable"), np.argsort(two, kind="stable")
    one, two = one[order], two[others]
    before = np.arange(len(one)) - np.searchsorted(one, one)
    place = np.searchsorted(two, one) + before
    found = place < len(two)
    found[found] = two[place[found]] == one[found]
    return order[found], others[place[found]]


# ---- F1 ----------------------------------------------------------------------------------------


def relation_counts(corpus: Corpus, a: int, b: int) -> Floats:
    """Return shared documents × counts, the columns named by COLUMNS.

    Matches end to end (`strict`), with entity labels ignored (`bounds`) and relation labels too
    (`unlabelled`), and given that the ends overlap; the relations of both, and of those the ones
    whose ends are identical or overlapping in the other's annotation.
    """
    one, two = corpus.derived(compared, a, b)
    found = corpus.derived(align_relations, a, b)
    place = {
        name: paired(_compared_by(corpus, a, one, name), _compared_by(corpus, b, two, name))[0]
        for name in _COMPARED
    }
    rows = {
        **{name: one.document[own] for name, own in place.items()},
        "overlapping": corpus.links[a].document[found.first[found.kind < 2]],
        "a": one.document,
        "b": two.document,
        "exact_a": one.document[one.exact],
        "exact_b": two.document[two.exact],
        "overlapping_a": one.document[one.matched],
        "overlapping_b": two.document[two.matched],
    }
    size = len(found.documents)
    counts = [
        np.bincount(np.searchsorted(found.documents, rows[name]), minlength=size)
        for name in COLUMNS
    ]
    return np.column_stack(counts).astype(float)


COLUMNS = (
    "strict", "bounds", "unlabelled", "overlapping",
    "a", "b", "exact_a", "exact_b", "overlapping_a", "overlapping_b",
)  # fmt: skip

_COMPARED = {
    "strict": ("identity", True),
    "bounds": ("extent", True),
    "unlabelled": ("extent", False),
}
"""What of its ends a relation is compared by, and whether by its label."""


def _compared_by(corpus: Corpus, annotator: int, links: Compared, name: str) -> list[Integers]:
    column, labeled = _COMPARED[name]
    own = corpus.links[annotator][links.rows]
    places = getattr(corpus.spans[annotator], column)
    ends = [places[own.head], places[own.tail]]
    return [*ends, own.label] if labeled else ends


class RelationF1:
    """F1 of two annotators' relations, end to end: both ends, direction and label are the same."""

    name: ClassVar[str] = "relation_f1"
    title: ClassVar[str] = "Relation F1, end to end"
    pairwise: ClassVar[bool] = True
    undefined: ClassVar[str] = NO_ANNOTATIONS
    counted: ClassVar[tuple[str, str, str]] = ("strict", "a", "b")

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document the matches and the relations of both."""
        a, b = annotators
        return corpus.derived(relation_counts, a, b)

    def value(self, pooled: Floats) -> Floats:
        """Return F1 of pooled counts."""
        matches, first, second = (pooled[..., COLUMNS.index(name)] for name in self.counted)
        return f1(matches, first, second)


class RelationBoundsF1(RelationF1):
    """The same, but the labels of the entities do not matter."""

    name = "relation_f1_bounds"
    title = "Relation F1, any entity label"
    counted = ("bounds", "a", "b")


class RelationUnlabelledF1(RelationF1):
    """The same, but no label matters: who linked what to what."""

    name = "relation_f1_unlabelled"
    title = "Relation F1, any label"
    counted = ("unlabelled", "a", "b")


class RelationGivenEntitiesF1(RelationF1):
    """Only relations both of whose entities the other annotator has as well."""

    name = "relation_f1_given_entities"
    title = "Relation F1 given the same entities"
    counted = ("strict", "exact_a", "exact_b")


class RelationGivenOverlapF1(RelationF1):
    """Only relations both of whose entities match ones of the other annotator, exactly or not."""

    name = "relation_f1_given_overlap"
    title = "Relation F1 given overlapping entities"
    counted = ("overlapping", "overlapping_a", "overlapping_b")


def relation_label_counts(corpus: Corpus, a: int, b: int) -> Floats:
    """Return shared documents × labels × 3: matches end to end, and the relations of both."""
    one, two = corpus.derived(compared, a, b)
    documents, labels = corpus.shared((a, b)), len(corpus.relation_labels)
    same = paired(_compared_by(corpus, a, one, "strict"), _compared_by(corpus, b, two, "strict"))[0]
    counts = []
    for links, rows in ((one, same), (one, slice(None)), (two, slice(None))):
        cell = np.searchsorted(documents, links.document[rows]) * labels + links.label[rows]
        counts.append(np.bincount(cell, minlength=len(documents) * labels))
    return np.stack(counts, axis=-1).reshape(len(documents), labels, 3).astype(float)


class RelationLabelF1(LabelF1):
    """F1 end to end of each relation label by itself; its value has a column for each label."""

    name = "relation_f1_by_label"
    title = "Relation F1, end to end, by label"

    def counts(self, corpus: Corpus, a: int, b: int) -> Floats:
        """Return shared documents × labels × 3: matches end to end, and the relations of both."""
        return relation_label_counts(corpus, a, b)
