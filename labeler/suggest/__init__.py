"""What proposes entities and relations for a text; knows nothing of tables."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, ClassVar, Protocol

from labeler.registry import Registry
from labeler.schema import Category, Entity, Relation, Scheme, Suggestion


class Suggester(Protocol):
    """Proposes annotations of texts; loading is done when the first text comes."""

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, *, language: str, options: dict[str, Any]) -> None: ...

    @property
    def version(self) -> str:
        """Name the version of what makes the proposals: it changes when they may."""

    def suggest(self, texts: Iterable[str], scheme: Scheme) -> Iterator[list[Suggestion]]:
        """Yield the proposals for each text, in its order, with labels of the scheme only."""


_ENTITY_ID = re.compile(r"s:(?P<start>\d+)-(?P<end>\d+)(?:\+\w+)?:(?P<label>(?!\d+-\d+:).+)")


def entity_suggestion(
    start: int,
    end: int,
    label: str,
    origin: dict[str, Any],
    parts: tuple[tuple[int, int], ...] = (),
) -> Entity:
    """Return a proposed entity; the same place and label always have the same id."""
    apart = f"+{sha256(repr(parts).encode()).hexdigest()[:8]}" if parts else ""
    return Entity(f"s:{start}-{end}{apart}:{label}", start, end, label, origin, parts)


def suggested_place(id_: str) -> tuple[int, int, str] | None:
    """Return start, end and label of the entity that was proposed under this id, if it was one."""
    found = _ENTITY_ID.fullmatch(id_)
    return (int(found["start"]), int(found["end"]), found["label"]) if found else None


def relation_suggestion(head: Entity, tail: Entity, label: str, origin: dict[str, Any]) -> Relation:
    """Return a proposed relation between two entities, suggested themselves or not."""
    place = f"{head.start}-{head.end}:{tail.start}-{tail.end}"
    return Relation(f"s:{place}:{label}", head.id, tail.id, label, origin)


def category_suggestion(label: str, origin: dict[str, Any]) -> Category:
    """Return a proposed category of the document."""
    return Category(f"s:{label}", label, origin)


suggesters: Registry[type[Suggester]] = Registry("labeler.suggesters", "suggester")
LEARNED = frozenset({"dictionary", "patterns", "trained"})
"""Suggesters that a project gets by being labeled, or by its patterns; people choose the others."""


def chosen() -> list[str]:
    """Return the names of the suggesters that people may choose for a project."""
    return [name for name in suggesters.names() if name not in LEARNED]
