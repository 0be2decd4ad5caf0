"""Who labels what next, what they say of it, and how far they are."""

from labeler.work.alike import Alike, annotated_alike
from labeler.work.assignments import give, take_back
from labeler.work.bulk import ACTIONS, MANY, PERSONAL, act, act_or_queue, member
from labeler.work.floors import total
from labeler.work.layers import (
    MAX_FLAG,
    MAX_SECONDS,
    first_entities,
    is_blind,
    layer_of,
    open_layer,
    reopen,
    set_state,
)
from labeler.work.listing import UNOPENED, Page, Row, browse, documents, search
from labeler.work.progress import Progress, Standing, progress, progress_by_project, standings
from labeler.work.queue import Handed, hand_out, neighbours, peek, position
from labeler.work.rules import (
    MAX_LEASE,
    MAX_OVERLAP,
    MAX_TRAINING,
    ORDERINGS,
    Rules,
    change_rules,
    rules_of,
)
from labeler.work.supervision import MARKS, STATES, Filter, Supervised, supervise
from labeler.work.training import Trainee, admit, marked, trainees

__all__ = [
    "ACTIONS",
    "MANY",
    "MARKS",
    "MAX_FLAG",
    "MAX_LEASE",
    "MAX_OVERLAP",
    "MAX_SECONDS",
    "MAX_TRAINING",
    "ORDERINGS",
    "PERSONAL",
    "STATES",
    "UNOPENED",
    "Alike",
    "Filter",
    "Handed",
    "Page",
    "Progress",
    "Row",
    "Rules",
    "Standing",
    "Supervised",
    "Trainee",
    "act",
    "act_or_queue",
    "admit",
    "annotated_alike",
    "browse",
    "change_rules",
    "documents",
    "first_entities",
    "give",
    "hand_out",
    "is_blind",
    "layer_of",
    "marked",
    "member",
    "neighbours",
    "open_layer",
    "peek",
    "position",
    "progress",
    "progress_by_project",
    "reopen",
    "rules_of",
    "search",
    "set_state",
    "standings",
    "supervise",
    "take_back",
    "total",
    "trainees",
]
