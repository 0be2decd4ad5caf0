"""Lists of the API, a page at a time: one way for each of them.

A page has the `limit` rows that follow the place `after` in the list's own order, and `next`: what
to send as `after` for the page that follows, null where there is none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from flask import request

from labeler.errors import Invalid
from labeler.web.openapi import NUMBER, whole

MOST = 1000
"""Rows that a page may have."""
USUAL = 100
"""Rows of a page where nobody says how many."""
_AFTER = "The `next` of the page before."
_LIMIT = {
    "type": "integer",
    "minimum": 1,
    "maximum": MOST,
    "default": USUAL,
    "description": "Rows of a page.",
}
BY_NUMBER: Mapping[str, Any] = {"after": {**NUMBER, "description": _AFTER}, "limit": _LIMIT}
"""What lists ordered by a number take."""
BY_WORDS: Mapping[str, Any] = {"after": {"type": "string", "description": _AFTER}, "limit": _LIMIT}
"""What other lists take."""

T = TypeVar("T")
Place = int | str


def listed(name: str, row: Any, **more: Any) -> dict[str, Any]:
    """Return the shape of a page whose rows are called `name`."""
    return {**more, name: [row], "next": int | str | None}


def after(otherwise: int) -> int:
    """Return the number after which the page begins."""
    return request.args.get("after", otherwise, type=whole)


def after_words() -> str:
    """Return the words after which the page begins, empty for the first."""
    return request.args.get("after", "")


def after_pair() -> tuple[int, int] | None:
    """Return the two numbers after which the page begins, sent as `12.3`; raises Invalid."""
    sent = after_words()
    first, _, second = sent.partition(".")
    try:
        return (whole(first), whole(second)) if sent else None
    except ValueError:
        raise Invalid("`after` is no place of this list: send the `next` of a page.") from None


def limit() -> int:
    """Return how many rows the page has at most."""
    return min(max(request.args.get("limit", USUAL, type=whole), 1), MOST)


def wanted() -> int:
    """Return how many rows to fetch: one more than the page has, which tells that more follow."""
    return limit() + 1


def page(
    name: str,
    fetched: Sequence[T],
    place: Callable[[T], Place],
    tell: Callable[[T], Any] = lambda row: row,
) -> dict[str, Any]:
    """Return a page of what was fetched as `wanted`, each row as `tell` has it."""
    rows = fetched[: limit()]
    following = place(rows[-1]) if len(fetched) > len(rows) else None
    return {name: [tell(row) for row in rows], "next": following}


def numbered(
    name: str, rows: Sequence[T], tell: Callable[[T], Any] = lambda row: row
) -> dict[str, Any]:
    """Return a page of a short list in which each row goes by its number, from 1."""
    fetched = list(enumerate(rows, 1))[after(0) :][: wanted()]
    return page(name, fetched, lambda each: each[0], lambda each: tell(each[1]))


def beyond(rows: Iterable[T], is_before: Callable[[T], bool]) -> list[T]:
    """Return as many of a short list as `wanted`, without those that are before the page."""
    return list(islice((row for row in rows if not is_before(row)), wanted()))
