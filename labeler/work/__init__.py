"""Who labels what next, what they say of it, and how far they are."""

from labeler.work.layers import MAX_FLAG, MAX_SECONDS, first_entities, open_layer, set_state
from labeler.work.listing import UNOPENED, Page, Row, browse, documents, search
from labeler.work.progress import Progress, Standing, progress, progress_by_project, standings
from labeler.work.queue import neighbours, next_document, position

__all__ = [
    "MAX_FLAG",
    "MAX_SECONDS",
    "UNOPENED",
    "Page",
    "Progress",
    "Row",
    "Standing",
    "browse",
    "documents",
    "first_entities",
    "neighbours",
    "next_document",
    "open_layer",
    "position",
    "progress",
    "progress_by_project",
    "search",
    "set_state",
    "standings",
]
