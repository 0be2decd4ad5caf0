"""The header `Idempotency-Key`: a request that is sent again is answered as it was at first."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from labeler import repeating
from labeler.errors import Invalid, Problem, Unavailable
from labeler.models import User
from labeler.models.database import now
from labeler.repeating import First
from labeler.web.openapi import FILE, KEY_HEADER

_KEY = re.compile(r"[\x21-\x7e]{16,100}")
_PATIENCE = 10.0
"""Seconds for which a request waits for the first of its key to be answered."""
_PAUSE = 0.05
_BLOCK = 1024 * 1024


def answered_once(view: Callable[[], ResponseReturnValue], user: User, takes: Any) -> Any:
    """Return what a view answers, or what it answered when this was sent first under its key.

    Raises Invalid for a key that is none, Conflict for one that was used for something else, and
    Unavailable while the first is not answered yet.
    """
    key = request.headers.get(KEY_HEADER)
    if key is None or request.method != "POST":
        return view()
    if not _KEY.fullmatch(key):
        problem = Problem("Use 16 to 100 printable ASCII characters, such as a UUID.", KEY_HEADER)
        raise Invalid(f"`{KEY_HEADER}` cannot be used.", [problem])
    with _body(takes) as (body, stream):
        if stream is not None:
            request.__dict__["stream"] = stream
        place = f"{request.full_path}\n{request.mimetype}\n{body}"
        sent = hashlib.sha256(place.encode()).hexdigest()
        first = repeating.begin(user, key, sent, now())
        return _done(view, user, key) if first is None else _again(first, user, key)


@contextmanager
def _body(takes: Any) -> Iterator[tuple[str, IO[bytes] | None]]:
    """Give the hash of what was sent; a file is put aside meanwhile, to be read from there."""
    if takes is not FILE:
        yield hashlib.sha256(request.get_data()).hexdigest(), None
        return
    hashed = hashlib.sha256()
    with SpooledTemporaryFile(max_size=_BLOCK) as spool:
        while block := request.stream.read(_BLOCK):
            hashed.update(block)
            spool.write(block)
        spool.seek(0)
        yield hashed.hexdigest(), spool


def _done(view: Callable[[], ResponseReturnValue], user: User, key: str) -> Response:
    """Do what is asked and keep the answer; what was refused may be sent again."""
    try:
        answer = make_response(view())
    except BaseException:
        repeating.forget(user, key)
        raise
    if answer.status_code == 200 and not answer.is_streamed:
        repeating.keep(user, key, First(answer.status_code, answer.get_data()))
    else:
        repeating.forget(user, key)
    return answer


def _again(first: First | None, user: User, key: str) -> Response:
    """Return what was answered at first, waiting for it where it is still being done."""
    until = time.monotonic() + _PATIENCE
    while first is not None and first.status is None and time.monotonic() < until:
        time.sleep(_PAUSE)
        first = repeating.found(user, key)
    if first is None or first.status is None:
        raise Unavailable("The first request of this key is still being done. Ask again.")
    answer = Response(first.body, first.status, mimetype="application/json")
    answer.headers["Idempotent-Replayed"] = "true"
    return answer
