"""How far the annotators of a project agree, from its stored layers to what a number is made of."""

from labeler.reliability.background import is_large, latest
from labeler.reliability.groups import like
from labeler.reliability.own import OWN, own_agreement, own_comparison
from labeler.reliability.passages import Shown, Version, place_of, show
from labeler.reliability.reading import EVERYTHING, Scope, people, scope_of
from labeler.reliability.references import REFERENCES
from labeler.reliability.results import (
    CATEGORIES,
    PARTS,
    Comparison,
    Overview,
    compare,
    compute,
    documents,
    in_memory,
    overview,
)

__all__ = [
    "CATEGORIES",
    "EVERYTHING",
    "OWN",
    "PARTS",
    "REFERENCES",
    "Comparison",
    "Overview",
    "Scope",
    "Shown",
    "Version",
    "compare",
    "compute",
    "documents",
    "in_memory",
    "is_large",
    "latest",
    "like",
    "overview",
    "own_agreement",
    "own_comparison",
    "people",
    "place_of",
    "scope_of",
    "show",
]
