"""How good each annotator is, estimated from how they differ when nobody knows the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labeler.agreement.coding import Floats
from labeler.agreement.corpus import Corpus, keys
from labeler.agreement.matching import Integers

_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Competence:
    """What was estimated, labels in the order given.

    `prevalence` holds the share of each true label, `errors[annotator]` an array true × said,
    `accuracy[annotator]` the chance of saying the truth, and `truth` an array items × labels.
    """

    prevalence: Floats
    errors: dict[str, Floats]
    accuracy: dict[str, float]
    truth: Floats


def dawid_skene(
    responses: Mapping[str, Mapping[str, Sequence[str]]], labels: Sequence[str]
) -> Competence:
    """Estimate true labels and error rates (Dawid and Skene 1979).

    `responses[item][annotator]` lists what was said, more than once if it was asked more often.
    """
    annotators = sorted({name for said in responses.values() for name in said})
    said = _said(responses, annotators, labels)
    return estimate(said, np.ones(len(responses)), annotators)


def estimate(
    said: Floats,
    weights: Floats,
    annotators: Sequence[str],
    *,
    steps: int = 1000,
    tolerance: float = 1e-9,
) -> Competence:
    """Estimate true labels and error rates by expectation maximisation (Dawid and Skene 1979).

    `said` is annotators × items × labels, `weights` how many items a row stands for. It starts from
    the share of votes and ends when no probability moves by more than `tolerance`.
    """
    raters, items, labels = said.shape
    side_by_side = said.transpose(1, 0, 2).reshape(items, raters * labels)
    truth = _shares(said.sum(axis=0))
    for _ in range(steps):
        prevalence, errors = _shares(weights @ truth), _error_rates(side_by_side, truth, weights)
        chances = np.log(errors + _TINY).transpose(0, 2, 1).reshape(raters * labels, labels)
        likely = np.log(prevalence + _TINY) + side_by_side @ chances
        before, truth = truth, _shares(np.exp(likely - likely.max(axis=1, keepdims=True)))
        if np.abs(truth - before).max(initial=0) < tolerance:
            break
    prevalence, errors = _shares(weights @ truth), _error_rates(side_by_side, truth, weights)
    right = np.einsum("t,att->a", prevalence, errors).tolist()
    return Competence(
        prevalence,
        dict(zip(annotators, errors, strict=True)),
        dict(zip(annotators, right, strict=True)),
        truth,
    )


def entity_competence(corpus: Corpus) -> dict[str, float]:
    """Return how often each annotator is estimated to be right about an entity.

    Every place that anybody marked is an item, and nothing is a label as well. It takes three
    annotators: with fewer the answer is {}, since nobody could tell who of two is wrong. Where one
    gave several labels to one place, the first by name counts.
    """
    if len(corpus.annotators) < 3 or not len(corpus.shared(range(len(corpus.annotators)))):
        return {}
    codes, weights = _patterns(corpus)
    said = np.eye(len(corpus.labels) + 2)[codes][:, :, 1:]
    return estimate(said, weights, corpus.annotators, tolerance=1e-6).accuracy


def _patterns(corpus: Corpus) -> tuple[Integers, Floats]:
    """Return annotators × patterns of what was said about a place, and how many places have each.

    0 says nothing was asked, 1 that nothing was marked, and then come the labels.
    """
    size = max((int(spans.extent.max(initial=-1)) for spans in corpus.spans), default=-1) + 1
    document = np.zeros(size, dtype=np.int64)
    for spans in corpus.spans:
        document[spans.extent] = spans.document
    codes = corpus.worked.T[:, document].astype(np.int64)
    for own, spans in zip(codes, corpus.spans, strict=True):
        own[spans.extent[::-1]] = spans.label[::-1] + 2
    codes = codes[:, (codes > 0).sum(axis=0) > 1]
    _, first, often = np.unique(keys(*codes), return_index=True, return_counts=True)
    return codes[:, first], often.astype(float)


def _said(
    responses: Mapping[str, Mapping[str, Sequence[str]]],
    annotators: Sequence[str],
    labels: Sequence[str],
) -> Floats:
    place = {label: index for index, label in enumerate(labels)}
    said = np.zeros((len(annotators), len(responses), len(labels)))
    for item, answers in enumerate(responses.values()):
        for annotator, chosen in answers.items():
            for label in chosen:
                said[annotators.index(annotator), item, place[label]] += 1
    return said


def _error_rates(side_by_side: Floats, truth: Floats, weights: Floats) -> Floats:
    """Return annotators × true × said, given what all said of an item in one row."""
    labels = truth.shape[1]
    counts = (truth * weights[:, None]).T @ side_by_side
    return _shares(counts.reshape(labels, -1, labels).transpose(1, 0, 2))


def _shares(counts: Floats) -> Floats:
    """Return counts as shares of the last axis; all alike where nothing was counted."""
    total = counts.sum(axis=-1, keepdims=True)
    alike = np.full_like(counts, 1 / max(1, counts.shape[-1]))
    return np.divide(counts, total, out=alike, where=total > 0)
