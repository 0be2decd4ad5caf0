"""Corpora in which every annotator has a folder or a file: whose an article is, by its name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from labeler.errors import Problem
from labeler.formats import Imported, Importer
from labeler.schema import Category, Entity, Layer, Relation

_LOOKED_AT = 5
"""Articles that two folders share whose texts are compared."""
_BY_DOCUMENT = ("annotation", "curation")
"""Folders in which INCEpTION keeps a folder for each document, with a file for each person."""


def annotators(
    names: Sequence[PurePath],
    kinds: Iterable[type[Importer]],
    content: Callable[[PurePath], bytes | None],
) -> dict[PurePath, tuple[str, str]]:
    """Return document and annotator of the files whose names say them.

    Folders beside each other that hold the same articles, with the same texts, are those of
    annotators; so are files in INCEpTION's folders of documents.
    """
    found: dict[PurePath, tuple[str, str]] = {}
    for kind in kinds:
        mine = [name for name in names if name.suffix.lower() in kind.suffixes]
        if getattr(kind, "by_document", False):
            found |= {name: place for name in mine if (place := _by_document(name))}
        if getattr(kind, "layered", False):
            found |= _by_folder(mine, kind.companions[0], content)  # type: ignore[attr-defined]
    return found


def _by_document(name: PurePath) -> tuple[str, str] | None:
    if len(name.parts) < 3 or name.parts[-3] not in _BY_DOCUMENT:
        return None
    document = PurePath(*name.parts[:-3], name.parts[-2]).with_suffix("")
    return document.as_posix(), name.stem


def _by_folder(
    names: Sequence[PurePath], companion: str, content: Callable[[PurePath], bytes | None]
) -> dict[PurePath, tuple[str, str]]:
    alike: dict[tuple[PurePath, str], list[PurePath]] = {}
    for name in names:
        if len(name.parts) > 1:
            alike.setdefault((name.parent.parent, name.name), []).append(name)
    shared = {place: files for place, files in alike.items() if len(files) > 1}
    above: dict[PurePath, list[list[PurePath]]] = {}
    for (folder, _), files in shared.items():
        above.setdefault(folder, []).append(files)
    folders = set()
    for several in above.values():
        texts = [
            {content(file.with_suffix(companion)) for file in files}
            for files in several[:_LOOKED_AT]
        ]
        if all(len(text) == 1 for text in texts):
            folders |= {file.parent for files in several for file in files}
    return {
        name: ((name.parent.parent / name.stem).as_posix(), name.parent.name)
        for name in names
        if name.parent in folders
    }


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
