"""Gold layers of curators: what all agree on is taken, differences are settled, one edit each."""

from labeler.settling.alike import MAX_ALIKE, documents_alike, settle_alike
from labeler.settling.automatic import (
    SETTLE,
    TAKE_BACK,
    WAYS,
    queue_settling,
    queue_undo,
    settle_all,
)
from labeler.settling.batches import Batch, undo_batch, undo_own_batch
from labeler.settling.cases import (
    Case,
    Choice,
    decide,
    finish,
    gold_layer,
    label_by_hand,
    open_case,
    project_of,
    reopen,
    undo,
)
from labeler.settling.consistency import Occurrence, contested, make_alike, occurrences
from labeler.settling.doubts import (
    Doubted,
    ask_again,
    count_doubts,
    doubts,
    find_doubt,
    fix_doubted,
    keep_doubted,
)
from labeler.settling.lines import Line, precedents, proposed_lines
from labeler.settling.listing import STATES, Row, documents, next_to_settle
from labeler.settling.sudden_changes import (
    Sudden,
    bring_back,
    count_sudden_changes,
    find_change,
    keep_change,
    sudden_changes,
)

__all__ = [
    "MAX_ALIKE",
    "SETTLE",
    "STATES",
    "TAKE_BACK",
    "WAYS",
    "Batch",
    "Case",
    "Choice",
    "Doubted",
    "Line",
    "Occurrence",
    "Row",
    "Sudden",
    "ask_again",
    "bring_back",
    "contested",
    "count_doubts",
    "count_sudden_changes",
    "decide",
    "documents",
    "documents_alike",
    "doubts",
    "find_change",
    "find_doubt",
    "finish",
    "fix_doubted",
    "gold_layer",
    "keep_change",
    "keep_doubted",
    "label_by_hand",
    "make_alike",
    "next_to_settle",
    "occurrences",
    "open_case",
    "precedents",
    "project_of",
    "proposed_lines",
    "queue_settling",
    "queue_undo",
    "reopen",
    "settle_alike",
    "settle_all",
    "sudden_changes",
    "undo",
    "undo_batch",
    "undo_own_batch",
]
