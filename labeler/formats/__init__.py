"""How articles and layers come in and go out as files; knows nothing of tables."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Protocol

from labeler.errors import Problem
from labeler.registry import Registry
from labeler.schema import MAX_TEXT, Document, Layer, Scheme, Suggestion, Tokens
from labeler.spool import Spool


@dataclass(frozen=True, slots=True)
class Imported:
    """One article read from a file, with at most one layer or the suggestions made for it.

    `file` and `line` (from 1) say where it stood, for whoever reports on it later. `named` tells
    whether the file gives the article's id, rather than its own name; `looked_at` whether it says
    what is in the article, be it nothing: of a known annotator, that is a finished layer.
    """

    document: Document
    layer: Layer | None = None
    suggestions: tuple[Suggestion, ...] = ()
    file: str = ""
    line: int | None = None
    named: bool = True
    looked_at: bool = False


Beside = Callable[[str], "BinaryIO | None"]
"""Opens a file in the same folder by its name, None where there is none."""


def nothing_beside(name: str) -> None:
    """Find no file: what is read stands alone."""


class Importer(Protocol):
    """Reads one kind of file, told by its suffixes.

    Where several importers share a suffix, those with `recognises(head)`, which gets the first
    bytes of a file, are asked first. Where it has `by_content`, suffixes of other kinds in which
    its files come as well, it is asked for those only. An importer may have `companions`, files
    beside that it reads too, by suffix (`.txt`: of the same stem) or by name: they are not imported
    for themselves, and its `read` takes `beside`, which opens them. If it is `layered`, a folder of
    each annotator with the same articles becomes a layer of theirs.

    A problem is yielded, not raised, and the rest goes on. The text of an article is taken to the
    letter, and refused where `document_problem` says why. Annotations that are said to be nobody's
    come as suggestions: whoever runs the import may know whose they are.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield what the file holds; `file` is its name for messages and for naming articles."""


def document_problem(document: Document) -> str | None:
    """Return why this cannot be an article, in a sentence, or None when it can."""
    text = document.text
    if not text or text.isspace():
        return "There is no text in it."
    if len(text) > MAX_TEXT:
        return f"It has {len(text):,} characters; spaCy takes {MAX_TEXT:,} at most. Split it."
    if "\0" in text:
        return f"Character {text.index(chr(0))} is a NUL, which databases cannot hold."
    if (half := _surrogate(text)) is not None:
        return f"Character {half} is half of a surrogate pair: the text was cut or miscoded."
    return _name_problem(document.id)


def _name_problem(name: str) -> str | None:
    if not 0 < len(name) <= MAX_NAME:
        return f"Its name has {len(name)} characters; 1 to {MAX_NAME} are possible. Rename it."
    if not _NAME.fullmatch(name) or _surrogate(name) is not None:
        return "Its name has characters that cannot be printed. Rename it."
    return None


MAX_NAME = 200
"""Code points that the name of a document may have."""
_NAME = re.compile(r"[^\x00-\x1f\x7f]+")


def _surrogate(text: str) -> int | None:
    """Return where a lone surrogate stands."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None


@dataclass(frozen=True, slots=True)
class Exported:
    """One layer on its way out, with the document and its tokens; `part` is its split.

    A layer whose annotator is empty holds suggestions that nobody has accepted.
    """

    document: Document
    layer: Layer
    tokens: Tokens
    part: str = "train"


@dataclass
class Report:
    """What an export wrote and what did not fit, however much that is."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: Spool[dict[str, Any]] = field(default_factory=Spool)
    warnings: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as it is written; its problems stay a spool."""
        return {"counts": self.counts, "problems": self.problems, "warnings": self.warnings}


KEPT = (
    "text",
    "overlapping entities",
    "relations",
    "parts",
    "attributes",
    "categories",
    "ids",
    "annotators",
    "metadata",
)
"""What a format may keep beside words and their entities; what of a layer it does not is told."""


class Exporter(Protocol):
    """Writes layers into a folder; the same records and options give the same bytes.

    `keeps` says which of `KEPT` it does; each annotation of another kind is reported.
    """

    keeps: ClassVar[frozenset[str]]

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
