"""The one write path for annotations: checks edits, logs them, and keeps the current state.

Every change is an edit in the append-only log, and the rows of entities, relations, categories and
verdicts are the fold of that log, written in the same transaction.
"""

from labeler.editing.applying import apply
from labeler.editing.creation import NewLayer, create
from labeler.editing.reading import edit_of, has_edit, history, load, load_at, prove, untold
from labeler.editing.states import hold, ready

__all__ = [
    "NewLayer",
    "apply",
    "create",
    "edit_of",
    "has_edit",
    "history",
    "hold",
    "load",
    "load_at",
    "prove",
    "ready",
    "untold",
]
