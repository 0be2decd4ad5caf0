"""How the work goes on: pace, days, time per document, what becomes of suggestions.

All of it is read from counters and indexes, at the same cost however many documents there are.
"""

from labeler.progress.distributions import (
    Count,
    Day,
    counts,
    days,
    described,
    durations,
    labels,
)
from labeler.progress.pace import Forecast, Pace, finishers, forecast, paces
from labeler.progress.suggestions import Aid, Reception, Spared, aids, receptions, spared
from labeler.progress.sums import ENOUGH
from labeler.progress.variations import Place, Variation, places, variations

__all__ = [
    "ENOUGH",
    "Aid",
    "Count",
    "Day",
    "Forecast",
    "Pace",
    "Place",
    "Reception",
    "Spared",
    "Variation",
    "aids",
    "counts",
    "days",
    "described",
    "durations",
    "finishers",
    "forecast",
    "labels",
    "paces",
    "places",
    "receptions",
    "spared",
    "variations",
]
