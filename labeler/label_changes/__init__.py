"""Labels renamed, merged and retired, and all that taken back, without a loss of what is labeled.

The scheme changes at once, and stands for the old name as well as for the new; annotations follow
in the background as edits like any other, which one more edit each takes back.
"""

from labeler.label_changes import running  # noqa: F401 - registers its jobs
from labeler.label_changes.labeled import Example, examples
from labeler.label_changes.preview import Affected, Preview, preview
from labeler.label_changes.requests import change_label, changes, find_change, undo_change
from labeler.label_changes.revising import ACTIONS, Action, Revision

__all__ = [
    "ACTIONS",
    "Action",
    "Affected",
    "Example",
    "Preview",
    "Revision",
    "change_label",
    "changes",
    "examples",
    "find_change",
    "preview",
    "undo_change",
]
