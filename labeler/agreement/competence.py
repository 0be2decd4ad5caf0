"""How good each annotator is, estimated from how they differ when nobody knows the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labeler.agreement.coding import Floats

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
    responses: Mapping[str, Mapping[str, Sequence[str]]],
    labels: Sequence[str],
    *,
    steps: int = 1000,
    tolerance: float = 1e-9,
) -> Competence:
    """Estimate true labels and error rates by expectation maximisation (Dawid and Skene 1979).

    `responses[item][annotator]` lists what was said, more than once if it was asked more often.
    It starts from the share of votes and ends when no probability moves by more than `tolerance`.
    """
    annotators = sorted({name for said in responses.values() for name in said})
    said = _said(responses, annotators, labels)
    truth = _shares(said.sum(axis=0))
    for _ in range(steps):
        prevalence, errors = truth.mean(axis=0), _error_rates(said, truth)
        likely = np.log(prevalence + _TINY) + np.einsum(
            "ais,ats->it", said, np.log(errors + _TINY), optimize=True
        )
        before, truth = truth, _shares(np.exp(likely - likely.max(axis=1, keepdims=True)))
        if np.abs(truth - before).max(initial=0) < tolerance:
            break
    prevalence, errors = truth.mean(axis=0), _error_rates(said, truth)
    right = np.einsum("t,att->a", prevalence, errors)
    return Competence(
        prevalence,
        dict(zip(annotators, errors, strict=True)),
        {name: float(value) for name, value in zip(annotators, right, strict=True)},
        truth,
    )


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


def _error_rates(said: Floats, truth: Floats) -> Floats:
    return _shares(np.einsum("it,ais->ats", truth, said, optimize=True))


def _shares(counts: Floats) -> Floats:
    """Return counts as shares of the last axis; all alike where nothing was counted."""
    total = counts.sum(axis=-1, keepdims=True)
    alike = np.full_like(counts, 1 / max(1, counts.shape[-1]))
    return np.divide(counts, total, out=alike, where=total > 0)
