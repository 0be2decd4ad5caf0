"""Agreement on labels of whole documents: each group of them is a question with one answer.

A category that excludes no other is a group by itself, with two answers: it is there or it is not.
Nothing chosen in a finished document is an answer; a document that is not finished gave none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from labeler.agreement.coding import NO_OVERLAP, NO_VARIATION, Floats
from labeler.agreement.corpus import Alignment, Corpus
from labeler.agreement.matching import Integers
from labeler.agreement.measure import Values, values
from labeler.agreement.resampling import Score, needed, score
from labeler.agreement.spans import NOTHING

Json = dict[str, Any]

CATEGORY_KINDS = ("identical", "label")
SKEWED = 0.8
"""Share of one answer from which chance-corrected values say little, and AC1 more (Gwet 2008)."""


def answer_counts(corpus: Corpus, *annotators: int) -> Floats:
    """Return shared documents × answers: how many of the annotators gave each."""
    documents = corpus.shared(annotators)
    counts = np.zeros((len(documents), len(corpus.answers.names)))
    for by in annotators:
        given = corpus.answers.given[by][documents]
        rows, groups = np.nonzero(given >= 0)
        counts[rows, given[rows, groups]] += 1
    return counts


def align_categories(corpus: Corpus, a: int, b: int) -> Alignment:
    """Return how the answers of two annotators compare, in the documents that both worked on.

    Rows count documents × groups; `kind` counts through CATEGORY_KINDS. Where neither chose
    anything, they agree.
    """
    one, two = corpus.answers.given[a].ravel(), corpus.answers.given[b].ravel()
    rows = np.flatnonzero((one >= 0) & (two >= 0))
    nothing = np.array([name is None for name in corpus.answers.names], dtype=np.bool_)
    empty, other = nothing[one[rows]], nothing[two[rows]]
    both = rows[empty == other]
    kind = (one[both] != two[both]).astype(np.int64)
    shared = corpus.shared((a, b))
    return Alignment(shared, both, both, kind, rows[~empty & other], rows[empty & ~other])


def answer_table(corpus: Corpus, a: int, b: int) -> Integers:
    """Return answers × answers: how often one annotator gave this and the other that."""
    one, two = corpus.answers.given[a].ravel(), corpus.answers.given[b].ravel()
    both = (one >= 0) & (two >= 0)
    size = len(corpus.answers.names)
    cells = np.bincount(one[both] * size + two[both], minlength=size * size)
    return cells.reshape(size, size)


@dataclass(frozen=True)
class _ByGroup:
    """A coefficient of each group; `sizes` are the numbers of answers that the groups have."""

    sizes: tuple[int, ...]

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    pairwise: ClassVar[bool] = False
    undefined: ClassVar[str] = NO_VARIATION

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return counts, a row for each shared document."""
        raise NotImplementedError

    def value(self, pooled: Floats) -> Floats:
        """Return the value of pooled counts, by group."""
        raise NotImplementedError

    def _summed(self, columns: Floats) -> Floats:
        """Return rows × groups, from rows × answers."""
        begins = np.cumsum([0, *self.sizes])[:-1]
        summed: Floats = np.add.reduceat(columns, begins, axis=-1)
        return summed

    def _pairs(self, counts: Floats) -> tuple[Floats, Floats]:
        """Return for each document and group the ordered pairs of annotators who agree, and the
        number of annotators."""
        return self._summed(counts * (counts - 1)), self._summed(counts)


class CategoryAlpha(_ByGroup):
    """Krippendorff's alpha, nominal (Krippendorff 2011); a column for each group."""

    name: ClassVar[str] = "category_alpha"
    title: ClassVar[str] = "Krippendorff’s α, document labels"

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document the coincidences on the diagonal and the answers."""
        counts = corpus.derived(answer_counts, *annotators)
        agreeing, raters = self._pairs(counts)
        return np.hstack([agreeing / np.maximum(raters - 1, 1), counts])

    def value(self, pooled: Floats) -> Floats:
        """Return alpha of pooled counts, by group."""
        agreeing, margins = np.split(pooled, [len(self.sizes)], axis=-1)
        total = self._summed(margins)
        chance = total**2 - self._summed(margins**2)
        return 1 - _ratio((total - 1) * (total - agreeing), chance)


class CategoryAgreement(_ByGroup):
    """Observed agreement: the share of pairs of annotators who agree; a column for each group."""

    name: ClassVar[str] = "category_agreement"
    title: ClassVar[str] = "Observed agreement, document labels"
    undefined: ClassVar[str] = NO_OVERLAP

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document the share that agree, one, and the answers' shares."""
        counts = corpus.derived(answer_counts, *annotators)
        agreeing, raters = self._pairs(counts)
        each = np.maximum(np.repeat(raters, self.sizes, axis=-1), 1)
        share = agreeing / np.maximum(raters * (raters - 1), 1)
        return np.hstack([share, np.ones((len(counts), 1)), counts / each])

    def value(self, pooled: Floats) -> Floats:
        """Return the mean share, by group."""
        return self._shares(pooled)[0]

    def _shares(self, pooled: Floats) -> tuple[Floats, Floats]:
        """Return observed agreement by group and how often each answer was given."""
        groups = len(self.sizes)
        items = pooled[..., groups : groups + 1]
        return _ratio(pooled[..., :groups], items), _ratio(pooled[..., groups + 1 :], items)


class CategoryAC1(CategoryAgreement):
    """AC1 (Gwet 2008, eq. 5), for groups in which one answer is given nearly always."""

    name = "category_ac1"
    title = "Gwet’s AC1, document labels"
    undefined = NO_VARIATION

    def value(self, pooled: Floats) -> Floats:
        """Return AC1 of pooled counts, by group."""
        observed, share = self._shares(pooled)
        chance = self._summed(share * (1 - share)) / (np.array(self.sizes) - 1)
        return _ratio(observed - chance, 1 - chance)


class CategoryFleiss(CategoryAgreement):
    """Kappa with pooled margins: Scott's pi for two annotators, Fleiss' kappa for more (Scott 1955,
    Fleiss 1971); where some did not finish a document, as Gwet 2014 (section 2.5) has it."""

    name = "category_fleiss"
    title = "Fleiss’ κ, document labels"
    undefined = NO_VARIATION

    def value(self, pooled: Floats) -> Floats:
        """Return kappa of pooled counts, by group."""
        observed, share = self._shares(pooled)
        chance = self._summed(share**2)
        return _ratio(observed - chance, 1 - chance)


class CategoryKappa(_ByGroup):
    """Cohen's kappa of two annotators (Cohen 1960); a column for each group."""

    name: ClassVar[str] = "category_kappa"
    title: ClassVar[str] = "Cohen’s κ, document labels"
    pairwise: ClassVar[bool] = True

    def tabulate(self, corpus: Corpus, annotators: Sequence[int]) -> Floats:
        """Return for each shared document whether they agree, and the answers of both."""
        a, b = annotators
        counts = corpus.derived(answer_counts, a, b)
        documents = corpus.shared((a, b))
        first = np.zeros_like(counts)
        rows = np.arange(len(documents))[:, None]
        first[rows, corpus.answers.given[a][documents]] = 1
        agreeing, _ = self._pairs(counts)
        return np.hstack([agreeing / 2, first, counts - first])

    def value(self, pooled: Floats) -> Floats:
        """Return kappa of pooled counts, by group."""
        groups, size = len(self.sizes), sum(self.sizes)
        agreeing, first, second = np.split(pooled, [groups, groups + size], axis=-1)
        total = self._summed(first)
        chance = _ratio(self._summed(first * second), total**2)
        return _ratio(_ratio(agreeing, total) - chance, 1 - chance)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, not a number where the whole is nothing."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=np.abs(whole) > _TINY)


_TINY = 1e-12


# ---- report ------------------------------------------------------------------------------------


_MEASURES = {
    "alpha": CategoryAlpha,
    "observed": CategoryAgreement,
    "ac1": CategoryAC1,
    "fleiss": CategoryFleiss,
    "kappa": CategoryKappa,
}


def category_report(corpus: Corpus, bootstraps: int, seed: int) -> list[Json]:
    """Return the agreement on each group of categories, with its pairs."""
    sizes = corpus.answers.sizes
    if not sizes:
        return []
    measures = {name: made(sizes) for name, made in _MEASURES.items()}
    found = values(corpus, list(measures.values()), bootstraps, seed)
    everybody = tuple(range(len(corpus.annotators)))
    often = answer_counts(corpus, *everybody).sum(axis=0)
    begins = np.cumsum([0, *sizes])
    documents = len(corpus.shared(everybody))
    return [
        {
            "group": name,
            "answers": _answers(corpus, often, slice(begins[at], begins[at + 1])),
            **_scores(found, measures, everybody, at),
            "needed": needed(_score(found, measures["alpha"], everybody, at), documents),
            "pairs": [_pair(found, measures, at, *pair) for pair in corpus.pairs()],
        }
        for at, (name, _) in enumerate(corpus.answers.groups)
    ]


def held_categories(
    corpus: Corpus, pairs: Sequence[tuple[int, int]], bootstraps: int, seed: int
) -> list[Json]:
    """Return for each group of categories how far each of these pairs agrees."""
    sizes = corpus.answers.sizes
    if not sizes:
        return []
    measures = {"observed": CategoryAgreement(sizes), "kappa": CategoryKappa(sizes)}
    found = values(corpus, list(measures.values()), bootstraps, seed, list(pairs))
    return [
        {"group": name, **_pair(found, measures, at, *pair)}
        for at, (name, _) in enumerate(corpus.answers.groups)
        for pair in pairs
    ]


def _answers(corpus: Corpus, often: Floats, own: slice) -> dict[str, int]:
    names = (name or NOTHING for name in corpus.answers.names[own])
    return dict(zip(names, often[own].astype(int).tolist(), strict=True))


def _scores(
    found: Values, measures: Mapping[str, _ByGroup], group: tuple[int, ...], at: int
) -> Json:
    """Return the values of one group of categories, with their intervals."""
    body: Json = {"documents": len(found.corpus.shared(group))}
    for name, measure in measures.items():
        body[name] = _score(found, measure, group, at).to_json()
    return body


def _score(found: Values, measure: _ByGroup, group: tuple[int, ...], at: int) -> Score:
    documents = len(found.corpus.shared(group))
    if not documents:
        return Score(None, reason=NO_OVERLAP)
    return score(found.of(measure, group)[:, at], documents, measure.undefined)


def _pair(found: Values, measures: Mapping[str, _ByGroup], at: int, a: int, b: int) -> Json:
    corpus = found.corpus
    sizes = corpus.answers.sizes
    begin, end = sum(sizes[:at]), sum(sizes[: at + 1])
    names = [name or NOTHING for name in corpus.answers.names[begin:end]]
    table = corpus.derived(answer_table, a, b)[begin:end, begin:end]
    return {
        "a": corpus.annotators[a],
        "b": corpus.annotators[b],
        **_scores(found, measures, (a, b), at),
        "kinds": _kinds(table),
        "confusion": {
            f"{names[row]}|{names[column]}": int(table[row, column])
            for row, column in np.argwhere(table).tolist()
        },
    }


def _kinds(table: Integers) -> dict[str, int]:
    """Return how often two agree, choose differently, and only one of them chooses anything."""
    same = int(np.trace(table))
    only_a, only_b = int(table[:-1, -1].sum()), int(table[-1, :-1].sum())
    other = int(table.sum()) - same - only_a - only_b
    return {"identical": same, "label": other, "only_a": only_a, "only_b": only_b}
