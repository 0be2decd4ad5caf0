"""What several annotators say of a document, and how a gold layer settles it; knows no tables."""

from labeler.adjudication.draft import Draft, questions
from labeler.adjudication.slots import (
    NONE,
    Comparison,
    Link,
    Slot,
    Span,
    Tag,
    Version,
    compare,
    core,
    span_of,
)
from labeler.adjudication.standing import AnySlot, Standing, Standings, decision_id, is_direct

REASONS = {
    "guideline": "Guideline unclear",
    "slip": "Slip",
    "ambiguous": "Ambiguous text",
    "boundary": "Boundary convention",
    "scheme": "Scheme lacks a label",
    "other": "Other",
}
"""Why annotators differed, by the code that a decision keeps."""

__all__ = [
    "NONE",
    "REASONS",
    "AnySlot",
    "Comparison",
    "Draft",
    "Link",
    "Slot",
    "Span",
    "Standing",
    "Standings",
    "Tag",
    "Version",
    "compare",
    "core",
    "decision_id",
    "is_direct",
    "questions",
    "span_of",
]
