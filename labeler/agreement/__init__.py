"""How far annotators agree, and on what they differ; knows nothing of tables."""

from collections.abc import Collection, Iterable, Sequence

from labeler.agreement.columns import Columns, Work
from labeler.agreement.evidence import Difference, Ends, RelationDifference
from labeler.agreement.measure import Measure
from labeler.agreement.report import SHOWN, Result, held, report
from labeler.agreement.resampling import documents_needed
from labeler.registry import Registry

__all__ = [
    "Columns",
    "Difference",
    "Ends",
    "Measure",
    "RelationDifference",
    "Result",
    "Work",
    "agreement",
    "documents_needed",
    "held",
    "measures",
]

measures: Registry[type[Measure]] = Registry("labeler.measures", "measure")


def agreement(
    layers: Iterable[Work] | Columns,
    *,
    annotators: Sequence[str] | None = None,
    labels: Collection[str] | None = None,
    symmetric: Collection[str] = (),
    bootstraps: int = 1000,
    seed: int = 0,
) -> Result:
    """Compare what several annotators did in the same documents, given as records or as columns.

    Each record is a document's id, its length in code points, its tokens (None: every position is a
    token) and the layers that count, by annotator: a layer without entities found nothing, a layer
    that is not there did not look. `annotators` and `labels` narrow it down, None takes all; an
    entity with another label still serves as the end of a relation. `symmetric` names the relation
    labels whose direction means nothing. Intervals come from `bootstraps` draws of documents; the
    same seed gives the same.
    """
    return report(
        layers if isinstance(layers, Columns) else Columns.of(layers),
        annotators=annotators,
        labels=labels,
        symmetric=symmetric,
        bootstraps=bootstraps,
        seed=seed,
        others=[measures[name]() for name in measures.names() if name not in SHOWN],
    )
