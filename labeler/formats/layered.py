"""Corpora in which every annotator has a folder or a file: whose an article is, by its name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import PurePath

from labeler.errors import Problem
from labeler.formats import Imported, Importer
from labeler.formats.names import Names
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
        names: Names,
        kinds: Sequence[type[Importer]],
        content: Callable[[PurePath], bytes | None],
    ) -> None:
        self._folders: dict[str, set[str]] = {}
        """Folders of annotators by the name of the importer that reads what is in them."""
        for kind in kinds:
            if getattr(kind, "layered", False):
                [suffix, companion] = kind.suffixes[0], kind.companions[0]  # type: ignore[attr-defined]
                beside = groupby(names.in_folders(suffix), key=itemgetter(0))
                found = (_of_annotators(there, companion, content) for _, there in beside)
                self._folders[kind.name] = {folder for folders in found for folder in folders}

    def of(self, name: PurePath, kind: type[Importer]) -> tuple[str, str] | None:
        """Return document and annotator of a file of a kind, None where its place says neither."""
        parts = name.parts
        if name.parent.as_posix() in self._folders.get(kind.name, ()):
            return (name.parent.parent / name.stem).as_posix(), name.parent.name
        by_document = getattr(kind, "by_document", False)
        if by_document and len(parts) > 2 and parts[-3] in _BY_DOCUMENT:
            return PurePath(*parts[:-3], parts[-2]).with_suffix("").as_posix(), name.stem
        return None


def _of_annotators(
    there: Iterable[tuple[str, str, str]],
    companion: str,
    content: Callable[[PurePath], bytes | None],
) -> set[str]:
    """Return those of the folders beside each other that share articles, if the texts agree."""
    found: set[str] = set()
    looked_at = 0
    for file, rows in groupby(there, key=itemgetter(1)):
        folders = [folder for *_, folder in rows]
        if len(folders) > 1:
            looked_at += 1
            if looked_at <= _LOOKED_AT and not _agree(folders, file, companion, content):
                return set()
            found.update(folders)
    return found


def _agree(
    folders: Sequence[str], file: str, companion: str, content: Callable[[PurePath], bytes | None]
) -> bool:
    """Tell whether the text beside a file is the same in all folders."""
    texts = (content(PurePath(folder, file).with_suffix(companion)) for folder in folders)
    first = next(texts)
    return all(text == first for text in texts)


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
