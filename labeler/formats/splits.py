"""Deals documents to train, dev and test: for good, near-duplicates together.

Two texts count as near-duplicates when about 70 % of their runs of five words are the same,
estimated by MinHash (Broder 1997: the chance that two sets have the same least hash is their
Jaccard similarity). Pairs to compare are found by bands of hashes (Leskovec, Rajaraman and Ullman,
Mining of Massive Datasets, 3.4): of pairs at the limit, 99 % share one of 16 bands of 4.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

PARTS = ("train", "dev", "test")
SIMILAR = 0.7
"""Share of equal hashes from which two texts go into the same part."""
_HASHES = 64
_BAND = 4
"""Hashes in a band."""
_RUN = 5
"""Words in a run."""
_PIECE = 10_000
"""Runs hashed at once."""
_COMPARED = 100
"""Texts of one band that another is compared with: the first of each group, the latest groups."""

_NO_SPACES = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Characters of scripts that put no spaces between words; each counts as a word."""
_WORD = re.compile(rf"[{_NO_SPACES}]|[^\W{_NO_SPACES}]+")

Assigned = dict[int, tuple[str, bytes]]
"""Part and signature of documents, by key."""
_Signatures = npt.NDArray[np.uint32]


# ---- signatures ------------------------------------------------------------------------------


@cache
def _factors() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Return the fixed odd factors and summands of the hash functions (multiply-shift)."""
    drawn = hashlib.shake_256(b"labeler").digest(2 * _HASHES * 8)
    values = np.frombuffer(drawn, dtype="<u8").reshape(2, _HASHES, 1)
    return values[0] | np.uint64(1), values[1]


def signature(text: str) -> bytes:
    """Return the MinHash of a text's runs of five words: 64 hashes of 32 bits."""
    words = _WORD.findall(text.lower()) or [text]
    runs = np.unique(
        [
            zlib.crc32(" ".join(words[first : first + _RUN]).encode())
            for first in range(max(1, len(words) - _RUN + 1))
        ]
    ).astype(np.uint64)
    factor, summand = _factors()
    least = np.full(_HASHES, np.iinfo(np.uint32).max, dtype="<u4")
    for first in range(0, len(runs), _PIECE):
        hashed = (runs[first : first + _PIECE] * factor + summand) >> np.uint64(32)
        np.minimum(least, hashed.min(axis=1).astype("<u4"), out=least)
    return least.tobytes()


def similarity(first: bytes, second: bytes) -> float:
    """Return the estimated share of runs that two texts have in common, 0 to 1."""
    return float(np.mean(_read([first]) == _read([second])))


def _read(signatures: Iterable[bytes]) -> _Signatures:
    """Return signatures as rows."""
    return np.frombuffer(b"".join(signatures), dtype="<u4").reshape(-1, _HASHES)


# ---- parts -----------------------------------------------------------------------------------


def assign(
    new: Iterable[tuple[int, str, str]],
    existing: Mapping[int, tuple[str, bytes]],
    *,
    weights: tuple[int, int, int] = (80, 10, 10),
    seed: int = 0,
) -> Assigned:
    """Return part and signature of new documents, given as (key, name, text).

    What exists stays where it is. A new document joins its near-duplicates; another goes where
    most is lacking of the weights, the first one to train and the second to dev. The order is
    dealt by seed and name, not by how the documents came.
    """
    dealt = sorted((_lot(seed, name), key, signature(text)) for key, name, text in new)
    known = sorted(existing)
    signatures = [existing[key][1] for key in known] + [made for _, _, made in dealt]
    group = _groups(_read(signatures))
    parts: dict[int, str] = {}
    counts = dict.fromkeys(PARTS, 0)
    for index, key in enumerate(known):
        part = existing[key][0]
        parts.setdefault(group[index], part)
        counts[part] += 1
    assigned: Assigned = {}
    for index, (_, key, made) in enumerate(dealt, start=len(known)):
        part = parts.setdefault(group[index], _lacking(counts, weights))
        counts[part] += 1
        assigned[key] = (part, made)
    return assigned


def _lot(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()


def _lacking(counts: Mapping[str, int], weights: tuple[int, int, int]) -> str:
    """Return the part that is furthest behind its weight; train and then dev come first."""
    wanted = {part: weight for part, weight in zip(PARTS, weights, strict=True) if weight}
    for part in PARTS[:2]:
        if part in wanted and not counts[part]:
            return part
    total, whole = sum(counts.values()) + 1, sum(weights)
    return max(wanted, key=lambda part: total * wanted[part] / whole - counts[part])


# ---- groups ----------------------------------------------------------------------------------


def _groups(signatures: _Signatures) -> list[int]:
    """Return a number for each row that near-duplicates share, directly or through others."""
    parents = list(range(len(signatures)))
    for first in range(0, _HASHES, _BAND):
        for alike in _equal(signatures[:, first : first + _BAND]):
            _join(alike, signatures, parents)
    return [_root(row, parents) for row in range(len(parents))]


def _equal(band: _Signatures) -> Iterator[list[int]]:
    """Yield the rows, two or more, that are equal in this band."""
    factors, _ = _factors()
    folded = band.astype(np.uint64) @ factors[:_BAND, 0]
    order = np.argsort(folded, kind="stable")
    (steps,) = np.nonzero(np.diff(folded[order]))
    for start, stop in pairwise([0, *(steps + 1).tolist(), len(order)]):
        if stop - start > 1:
            yield order[start:stop].tolist()


def _join(alike: list[int], signatures: _Signatures, parents: list[int]) -> None:
    """Join those of the rows that are near-duplicates.

    Each is compared with the first of every group so far: a thousand copies not in pairs.
    """
    firsts: list[int] = []
    for row in alike:
        compared = firsts[-_COMPARED:]
        near = (signatures[compared] == signatures[row]).mean(axis=1) >= SIMILAR
        found = [other for other, is_near in zip(compared, near, strict=True) if is_near]
        for other in found:
            parents[_root(row, parents)] = _root(other, parents)
        if not found:
            firsts.append(row)


def _root(row: int, parents: list[int]) -> int:
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row
