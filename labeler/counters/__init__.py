"""Counts of what was submitted, kept as it is submitted, so that progress is read at once.

A layer remembers what it was counted as. When it is submitted again or opened again, just that is
taken back: the counters are always the sum of what the layers remember.
"""

from labeler.counters.counting import (
    AIDED,
    BLIND,
    DECISIONS,
    DURATION_EDGES,
    TIMED,
    duration_class,
)
from labeler.counters.keeping import count_imported, prove, recount
from labeler.counters.reading import Place, Share, shares, total

__all__ = [
    "AIDED",
    "BLIND",
    "DECISIONS",
    "DURATION_EDGES",
    "TIMED",
    "Place",
    "Share",
    "count_imported",
    "duration_class",
    "prove",
    "recount",
    "shares",
    "total",
]
