"""Requests that are sent again: each is done once, and its first answer given again for a day.

A key is the sender's own name for a request. Only its hash is kept, and what was answered is kept
under a stream of bits that takes the key itself to make, since it may hold a secret that is shown
once: neither can be read from the database alone.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from labeler.errors import Conflict, TooMany
from labeler.models import KeyedRequest, User, db, transaction

KEPT = timedelta(hours=24)
"""How long an answer is given again."""
LONGEST = timedelta(minutes=10)
"""After this long, a request without an answer counts as lost with the process that did it."""
MOST = 10_000
"""Keys that one person may use in a day."""
LARGEST = 256 * 1024
"""Bytes of an answer that is kept."""


@dataclass(frozen=True, slots=True)
class First:
    """What a request was answered first: the status and the body; no status while it is done."""

    status: int | None
    body: bytes = b""


def begin(user: User, key: str, fingerprint: str, now: datetime) -> First | None:
    """Take a key for a request, and return None; or what was answered under it before.

    `fingerprint` is of all that was sent. Raises Conflict where it is another than before, TooMany
    where the person has used too many keys.
    """
    if _count(user) >= MOST:
        raise TooMany(f"{MOST:,} keys were used within a day. Send fewer, or without a key.")
    row = KeyedRequest(
        user_id=user.id,
        key_hash=_hashed(key),
        fingerprint=fingerprint,
        created=now,
        salt=secrets.token_bytes(16),
    )
    try:
        with transaction() as session:
            session.execute(delete(KeyedRequest).where(_is_over(now)))
            session.add(row)
            session.flush()
    except IntegrityError:
        return _before(user, key, fingerprint)
    return None


def found(user: User, key: str) -> First | None:
    """Return what came of a request under a key; None where there is none any more."""
    row = _row(user, key)
    return None if row is None else _answered(row, key)


def keep(user: User, key: str, first: First) -> None:
    """Keep what a request was answered; a body that is too large is not kept, nor is its key."""
    if len(first.body) > LARGEST:
        forget(user, key)
        return
    row = _row(user, key)
    if row is not None:
        values = {"status": first.status, "answer": _masked(first.body, row.salt, key)}
        with transaction() as session:
            session.execute(update(KeyedRequest).where(*_mine(user, key)).values(values))


def forget(user: User, key: str) -> None:
    """Let a key go, so that the request can be sent again under it."""
    with transaction() as session:
        session.execute(delete(KeyedRequest).where(*_mine(user, key)))


def _before(user: User, key: str, fingerprint: str) -> First:
    row = _row(user, key)
    if row is None:
        return First(None)
    if row.fingerprint != fingerprint:
        raise Conflict("This `Idempotency-Key` was used for another request. Use a new one.")
    return _answered(row, key)


def _answered(row: KeyedRequest, key: str) -> First:
    return First(row.status, _masked(row.answer or b"", row.salt, key))


def _row(user: User, key: str) -> KeyedRequest | None:
    db.session.rollback()  # as others left it meanwhile
    found = select(KeyedRequest).where(*_mine(user, key))
    return db.session.scalar(found, execution_options={"populate_existing": True})


def _mine(user: User, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return KeyedRequest.user_id == user.id, KeyedRequest.key_hash == _hashed(key)


def _is_over(now: datetime) -> ColumnElement[bool]:
    lost = (KeyedRequest.created < now - LONGEST) & KeyedRequest.status.is_(None)
    return (KeyedRequest.created < now - KEPT) | lost


def _count(user: User) -> int:
    mine = select(func.count()).select_from(KeyedRequest)
    return db.session.scalar(mine.where(KeyedRequest.user_id == user.id)) or 0


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _masked(body: bytes, salt: bytes, key: str) -> bytes:
    """Return a body under the bits that SHAKE-256 makes of salt and key; done twice, the body.

    The salt is a request's own, so that no two bodies have the same bits.
    """
    bits = hashlib.shake_256(salt + key.encode()).digest(len(body))
    return bytes(one ^ other for one, other in zip(body, bits, strict=True))
