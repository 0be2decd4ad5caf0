"""How articles and layers come in and go out as files; knows nothing of tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Protocol

from labeler.errors import Problem
from labeler.registry import Registry
from labeler.schema import Document, Entity, Layer, Relation, Scheme, Tokens


@dataclass(frozen=True, slots=True)
class Imported:
    """One article read from a file, with at most one layer or the suggestions made for it.

    `file` and `line` (from 1) say where it stood, for whoever reports on it later.
    """

    document: Document
    layer: Layer | None = None
    suggestions: tuple[Entity | Relation, ...] = ()
    file: str = ""
    line: int | None = None


class Importer(Protocol):
    """Reads one kind of file. A problem is yielded, not raised, and the rest goes on."""

    name: ClassVar[str]
    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield what the file holds; `file` is its name for messages and for naming articles."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One layer on its way out, with the document and its tokens; `part` is its split."""

    document: Document
    layer: Layer
    tokens: Tokens
    part: str = "train"


@dataclass
class Report:
    """What an export wrote and what did not fit."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {"counts": self.counts, "problems": self.problems, "warnings": self.warnings}


class Exporter(Protocol):
    """Writes layers into a folder; the same records and options give the same bytes."""

    name: ClassVar[str]
    title: ClassVar[str]

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,
        language: str,
        options: dict[str, Any],
    ) -> Report:
        """Write the files and say what did not fit."""


importers: Registry[type[Importer]] = Registry("labeler.importers", "importer")
exporters: Registry[type[Exporter]] = Registry("labeler.exporters", "exporter")
