"""Deals documents to train, dev and test: for good, near-duplicates together.

Two texts count as near-duplicates when about 70 % of their runs of five words are the same,
estimated by MinHash (Broder 1997: the chance that two sets have the same least hash is their
Jaccard similarity).
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

PARTS = ("train", "dev", "test")
SIMILAR = 0.7
"""Share of equal hashes from which two texts go into the same part."""
_HASHES = 64
_BANDS = 16
_RUN = 5
"""Words in a run."""

Assigned = dict[int, tuple[str, bytes]]
"""Part and signature of documents, by key."""


@cache
def _factors() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Return the fixed odd factors and summands of the hash functions (multiply-shift)."""
    deal = np.random.default_rng(20260101)
    values = deal.integers(0, 2**63, size=(2, _HASHES, 1), dtype=np.uint64)
    return values[0] | np.uint64(1), values[1]


def signature(text: str) -> bytes:
    """Return the MinHash of a text's runs of five words: 64 hashes of 32 bits."""
    words = re.findall(r"\w+", text.lower()) or [text]
    runs = {
        zlib.crc32(" ".join(words[first : first + _RUN]).encode())
        for first in range(max(1, len(words) - _RUN + 1))
    }
    factor, summand = _factors()
    hashed = np.fromiter(runs, dtype=np.uint64, count=len(runs)) * factor + summand
    least: npt.NDArray[np.uint32] = (hashed >> np.uint64(32)).min(axis=1).astype("<u4")
    return least.tobytes()


def similarity(first: bytes, second: bytes) -> float:
    """Return the estimated share of runs that two texts have in common, 0 to 1."""
    same = np.frombuffer(first, dtype="<u4") == np.frombuffer(second, dtype="<u4")
    return float(same.mean())


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
    dealt = sorted(new, key=lambda row: hashlib.sha256(f"{seed}:{row[1]}".encode()).digest())
    signatures = {key: signature(text) for key, _, text in dealt}
    groups = _Groups()
    for key, (_, known) in existing.items():
        groups.add(key, known)
    for key, made in signatures.items():
        groups.add(key, made)
    parts = {groups.root(key): part for key, (part, _) in existing.items()}
    counts = dict.fromkeys(PARTS, 0)
    for part, _ in existing.values():
        counts[part] += 1
    assigned: Assigned = {}
    for key, made in signatures.items():
        root = groups.root(key)
        part = parts.setdefault(root, _lacking(counts, weights))
        counts[part] += 1
        assigned[key] = (part, made)
    return assigned


def _lacking(counts: Mapping[str, int], weights: tuple[int, int, int]) -> str:
    """Return the part that is furthest behind its weight; train and then dev come first."""
    total, whole = sum(counts.values()) + 1, sum(weights)
    for part, weight in zip(PARTS[:2], weights, strict=False):
        if weight and not counts[part]:
            return part
    behind = {
        part: total * weight / whole - counts[part]
        for part, weight in zip(PARTS, weights, strict=True)
        if weight
    }
    return max(behind, key=lambda part: behind[part])


@dataclass
class _Groups:
    """Near-duplicates joined into groups, as texts come in."""

    _parents: dict[int, int] = field(default_factory=dict)
    _signatures: dict[int, bytes] = field(default_factory=dict)
    _bands: dict[tuple[int, bytes], list[int]] = field(default_factory=dict)

    def add(self, key: int, made: bytes) -> None:
        """Take a text in by its signature."""
        self._parents[key] = key
        self._signatures[key] = made
        size = len(made) // _BANDS
        for band in range(_BANDS):
            alike = self._bands.setdefault((band, made[band * size : (band + 1) * size]), [])
            for other in alike:
                if self.root(other) != self.root(key):
                    self._join(key, other)
            # One of each group per band will do: a thousand copies are not compared in pairs.
            if not alike or self.root(alike[-1]) != self.root(key):
                alike.append(key)

    def _join(self, key: int, other: int) -> None:
        if similarity(self._signatures[key], self._signatures[other]) >= SIMILAR:
            self._parents[self.root(key)] = self.root(other)

    def root(self, key: int) -> int:
        """Return the document that stands for the group of this one."""
        while self._parents[key] != key:
            self._parents[key] = self._parents[self._parents[key]]
            key = self._parents[key]
        return key
