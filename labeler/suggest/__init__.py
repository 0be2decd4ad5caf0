"""What proposes entities and relations for a text; knows nothing of tables."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Protocol

from labeler.registry import Registry
from labeler.schema import Entity, Relation, Scheme, Suggestion


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


def entity_suggestion(start: int, end: int, label: str, origin: dict[str, Any]) -> Entity:
    """Return a proposed entity; the same place and label always have the same id."""
    return Entity(f"s:{start}-{end}:{label}", start, end, label, origin)


def relation_suggestion(head: Entity, tail: Entity, label: str, origin: dict[str, Any]) -> Relation:
    """Return a proposed relation between two entities, suggested themselves or not."""
    place = f"{head.start}-{head.end}:{tail.start}-{tail.end}"
    return Relation(f"s:{place}:{label}", head.id, tail.id, label, origin)


suggesters: Registry[type[Suggester]] = Registry("labeler.suggesters", "suggester")
