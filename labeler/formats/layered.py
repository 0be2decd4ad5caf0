"""Corpora in which every annotator has a folder or a file: whose an article is, by its name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import PurePath

from labeler.errors import Problem
from labeler.formats import Imported, Importer
from labeler.schema import Category, Entity, Layer, Relation

_LOOKED_AT = 5
"""Articles that two folders share whose texts are compared."""
_BY_DOCUMENT = ("annotation", "curation")
"""Folders in which INCEpTION keeps a folder for each document, with a file for each person."""


class Places:
    """Document and annotator of the files whose places in the corpus say them.

    Folders beside each other that hold the same articles, with the same texts, are those of
    annotators; so are files in INCEpTION's folders of documents. `content` reads a file.
    """

    def __init__(
        self,
        names: Sequence[str],
        kinds: Sequence[type[Importer]],
        content: Callable[[PurePath], bytes | None],
    ) -> None:
        self._by_document = _suffixes(kind for kind in kinds if getattr(kind, "by_document", False))
        self._folders: dict[str, set[str]] = {}
        """Folders of annotators by the suffix of their files."""
        for kind in kinds:
            if getattr(kind, "layered", False):
                [suffix, companion] = kind.suffixes[0], kind.companions[0]  # type: ignore[attr-defined]
                mine = (name for name in names if name.lower().endswith(suffix))
                self._folders[suffix] = _of_annotators(mine, companion, content)

    def of(self, name: PurePath) -> tuple[str, str] | None:
        """Return document and annotator of a file, None where its place does not say them."""
        suffix, parts = name.suffix.lower(), name.parts
        if name.parent.as_posix() in self._folders.get(suffix, ()):
            return (name.parent.parent / name.stem).as_posix(), name.parent.name
        if suffix in self._by_document and len(parts) > 2 and parts[-3] in _BY_DOCUMENT:
            return PurePath(*parts[:-3], parts[-2]).with_suffix("").as_posix(), name.stem
        return None


def _suffixes(kinds: Iterable[type[Importer]]) -> set[str]:
    return {suffix for kind in kinds for suffix in kind.suffixes}


def _of_annotators(
    names: Iterable[str], companion: str, content: Callable[[PurePath], bytes | None]
) -> set[str]:
    """Return the folders that share articles with those beside them."""
    there: dict[str, dict[str, list[str]]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        if folder:
            above = folder.rpartition("/")[0]
            there.setdefault(above, {}).setdefault(folder, []).append(file)
    found: set[str] = set()
    for folders in there.values():
        shared = _shared(folders) if len(folders) > 1 else {}
        texts = (
            {content(PurePath(folder, file).with_suffix(companion)) for folder in several}
            for file, several in islice(shared.items(), _LOOKED_AT)
        )
        if all(len(text) == 1 for text in texts):
            found.update(*shared.values())
    return found


def _shared(folders: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the folders of each file that several have."""
    by_file: dict[str, list[str]] = {}
    for folder, files in folders.items():
        for file in files:
            by_file.setdefault(file, []).append(folder)
    return {file: several for file, several in by_file.items() if len(several) > 1}


def layered(item: Imported | Problem, document: str, annotator: str) -> Imported | Problem:
    """Return an article under the name and as the layer that its place in the corpus says."""
    if isinstance(item, Problem):
        return item
    return attributed(replace(item, document=replace(item.document, id=document)), annotator)


def attributed(article: Imported, annotator: str) -> Imported:
    """Return an article with what is nobody's as the finished layer of this annotator."""
    if article.layer is not None:
        return article
    items = article.suggestions
    layer = Layer(
        annotator,
        "done",
        entities=tuple(item for item in items if isinstance(item, Entity)),
        relations=tuple(item for item in items if isinstance(item, Relation)),
        categories=tuple(item for item in items if isinstance(item, Category)),
    )
    return replace(article, layer=layer, suggestions=())
