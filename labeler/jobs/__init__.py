"""Work in the background: the rows decide who does what, and each job has its effects once.

A job has parts, which several workers may take at once; a part is done in chunks. A chunk is one
transaction that holds the effects and the progress together, and is refused to a worker whose
lease has been given to another. So a worker may be killed at any moment: the next one goes on
after the last chunk. What a job does is registered by kind from above; nothing here knows a kind.
"""

from labeler.jobs.ending import on_end
from labeler.jobs.journal import lines, problems
from labeler.jobs.listing import (
    FINISHED,
    UNFINISHED,
    as_json,
    find,
    heartbeats,
    latest,
    listed,
)
from labeler.jobs.queue import HELD, LEASE, Claim, Lost, workers
from labeler.jobs.requests import cancel, enqueue, retry
from labeler.jobs.work import Chunk, JobWork, Stopped, Work, do_now, forget, kind, perform

__all__ = [
    "FINISHED",
    "HELD",
    "LEASE",
    "UNFINISHED",
    "Chunk",
    "Claim",
    "JobWork",
    "Lost",
    "Stopped",
    "Work",
    "as_json",
    "cancel",
    "do_now",
    "enqueue",
    "find",
    "forget",
    "heartbeats",
    "kind",
    "latest",
    "lines",
    "listed",
    "on_end",
    "perform",
    "problems",
    "retry",
    "workers",
]
