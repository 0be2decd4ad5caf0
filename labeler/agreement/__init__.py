"""How far annotators agree, and on what they differ; knows nothing of tables."""

from collections.abc import Collection, Iterable, Sequence

from labeler.agreement.answers import Groups
from labeler.agreement.columns import Columns, Work
from labeler.agreement.comparisons import Difference, Ends, RelationDifference
from labeler.agreement.corpus import arrange
from labeler.agreement.measure import Measure
from labeler.agreement.report import SHOWN, Result, held
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
    groups: Groups = (),
    bootstraps: int = 1000,
    seed: int = 0,
) -> Result:
    """Compare what several annotators did in the same documents, given as records or as columns.

    Each record is a document's id, its length in code points, its tokens (None: every position is a
    token) and the layers that count, by annotator: a layer without entities found nothing, a layer
    that is not there did not look. `annotators` and `labels` narrow it down, None takes all; an
    entity with another label still serves as the end of a relation. `symmetric` names the relation
    labels whose direction means nothing, `groups` the categories by group. Intervals come from
    `bootstraps` draws of documents; the same seed gives the same.
    """
    columns = layers if isinstance(layers, Columns) else Columns.of(layers)
    relations = arrange(
        columns, annotators, relation_labels=labels, symmetric=symmetric, groups=groups
    )
    entities = relations if labels is None else arrange(columns, annotators, labels=labels)
    others = [measures[name]() for name in measures.names() if name not in SHOWN]
    return Result(entities, relations, bootstraps, seed, others)
