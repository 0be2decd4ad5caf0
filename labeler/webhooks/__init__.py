"""Other programs are told what happens: who is told, what is sent, and how it goes.

What happens puts a row for each webhook into the table of deliveries, in its own transaction. A
worker sends them, tries again with growing pauses, and keeps how it went. So nobody waits for a
receiver, nothing that was committed stays untold, and what was told twice has the same id.
"""

from labeler.webhooks.deliveries import (
    deliver_again,
    given_up,
    say_hello,
    tell,
    told,
)
from labeler.webhooks.register import (
    EVENTS,
    MAX_URL,
    add,
    change,
    events_of,
    find,
    listed,
    remove,
)

__all__ = [
    "EVENTS",
    "MAX_URL",
    "add",
    "change",
    "deliver_again",
    "events_of",
    "find",
    "given_up",
    "listed",
    "remove",
    "say_hello",
    "tell",
    "told",
]
