"""An export on its way out: counts, files with safe names, and what a format cannot hold."""

import re
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from labeler.formats import Exported, Report, manifest
from labeler.schema import Annotation, Entity, Relation, Scheme, untold

_UNSAFE = re.compile(r"[^\w .@+,=()\[\]-]")
_LONGEST = 120
"""Bytes of a part of a file name, well below what file systems take."""

Item = dict[str, Any]


class Outgoing:
    """What one export counts and tells; `finish` writes report and manifest."""

    def __init__(
        self,
        folder: Path,
        options: dict[str, Any],
        keeps: Collection[str],
        scheme: Scheme | None = None,
        language: str = "",
    ) -> None:
        self.folder = folder
        self.scheme = scheme or Scheme()
        self.language = language
        self.report: Report = options.get("report") or Report()
        self._given = options.get("manifest")
        self._keeps = keeps
        self._open: dict[Path, BinaryIO] = {}
        self.report.counts.update({"documents": 0, "entities": 0, "relations": 0})

    @property
    def with_annotators(self) -> bool:
        """Tell whether documents come in the layers of several people."""
        return (self._given or {}).get("layer") == "all"

    def count(self, record: Exported) -> None:
        """Count a layer, and tell what of it the format never holds, or what it lacks."""
        counts, layer = self.report.counts, record.layer
        counts["documents"] += 1
        counts["entities"] += len(layer.entities)
        counts["relations"] += len(layer.relations)
        if "categories" not in self._keeps:
            for category in layer.categories:
                self.tell(record, category, "left-out", "The format has no labels of documents.")
        items: dict[str, Entity | Relation] = {item.id: item for item in layer.entities}
        items |= {item.id: item for item in layer.relations}
        if "attributes" not in self._keeps:
            for item in items.values():
                if item.attributes:
                    self.tell(record, item, "attributes", "Its attributes were left out.")
        for lacking in untold(items.values(), self.scheme) if layer.status == "done" else ():
            self.tell(record, items[lacking.path], lacking.code, lacking.message)

    def fitting(
        self, record: Exported, refusal: Callable[[Entity], str | None] = lambda _: None
    ) -> tuple[list[Entity], list[Relation]]:
        """Return the entities that the format can hold, by place, and the relations between them.

        `refusal` gives the reason, a sentence, why an entity does not fit. All that is left out is
        told.
        """
        kept: dict[str, Entity] = {}
        for entity in sorted(record.layer.entities, key=_place):
            parted = entity.parts and "parts" not in self._keeps
            reason = "The format has no discontinuous entities." if parted else refusal(entity)
            if reason:
                self.tell(record, entity, "left-out", f"{reason} It was left out.")
            else:
                kept[entity.id] = entity
        relations = []
        for relation in sorted(record.layer.relations, key=lambda relation: relation.id):
            if "relations" not in self._keeps:
                self.tell(record, relation, "left-out", "The format has no relations: left out.")
            elif relation.head not in kept or relation.tail not in kept:
                self.tell(record, relation, "left-out", "An end of it was left out, and so was it.")
            else:
                relations.append(relation)
        return list(kept.values()), relations

    def tell(self, record: Exported, item: Annotation | None, code: str, message: str) -> None:
        """List what did not fit, with the annotation and the document it is about."""
        place: Item = {"document": record.document.id, "annotator": record.layer.annotator}
        about: Item = {"code": code, "message": message}
        if item is not None:
            about |= {"id": item.id, "label": getattr(item, "label", "")}
        if isinstance(item, Entity):
            text = record.document.text[item.start : item.end]
            about |= {"start": item.start, "end": item.end, "text": text}
        self.report.problems.append(place | about)

    def renamed(
        self, record: Exported, items: Iterable[Entity | Relation], name: Callable[[str], str]
    ) -> None:
        """List the annotations whose label goes out under another `name`."""
        for item in items:
            if name(item.label) != item.label:
                self.tell(record, item, "renamed", f"Its label goes out as {name(item.label)!r}.")

    def path(self, record: Exported, suffix: str) -> Path:
        """Return where the file of a document goes, its folder made; names are made safe.

        Where several people labeled, each has a folder.
        """
        parts = record.document.id.split("/")
        if self.with_annotators:
            parts = [record.layer.annotator or "nobody", *parts]
        path = self.folder.joinpath(*map(_safe, parts))
        path = path.with_name(path.name + suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def file(self, name: str, record: Exported | None = None) -> BinaryIO:
        """Return a file that stays open until the end.

        Where several people labeled, a record goes to the one in its annotator's folder.
        """
        folder = self.folder
        if record is not None and self.with_annotators:
            folder /= _safe(record.layer.annotator or "nobody")
        path = folder / name
        if path not in self._open:
            folder.mkdir(exist_ok=True)
            self._open[path] = path.open("wb")
        return self._open[path]

    def close(self) -> None:
        """Close the files."""
        for file in self._open.values():
            file.close()

    def finish(self, *, libraries: tuple[str, ...] = (), **about: object) -> Report:
        """Write report and manifest, and return the report."""
        self.close()
        manifest.write(self.folder, self.report, self._given, libraries=libraries, **about)
        return self.report


class ByRecord:
    """An exporter that writes one layer after another: what is its own is how it `add`s one.

    An instance makes one export: `add` may keep in it what `end` needs.
    """

    keeps: ClassVar[frozenset[str]] = frozenset()
    libraries: ClassVar[tuple[str, ...]] = ()
    """Packages that shape the bytes, whose versions stand in the manifest."""

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,
        language: str,
        options: dict[str, Any],
    ) -> Report:
        """Write the folder; options `manifest` and `report` to add to."""
        with closing(Outgoing(folder, options, self.keeps, scheme, language)) as out:
            self.begin(out)
            for record in records:
                out.count(record)
                self.add(record, out)
            self.end(out)
            return out.finish(libraries=self.libraries)

    def begin(self, out: Outgoing) -> None:
        """Write what is there whatever comes."""

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write a layer, and tell `out` what of it does not fit."""
        raise NotImplementedError

    def end(self, out: Outgoing) -> None:
        """Write what is known when all came."""


def _place(entity: Entity) -> tuple[int, int, str, str]:
    return entity.start, -entity.end, entity.label, entity.id


def _safe(part: str) -> str:
    """Return a name that any file system takes, and that stays in its folder."""
    safe = _UNSAFE.sub("_", part).strip(" .")
    if safe == part and len(safe.encode()) <= _LONGEST:
        return safe
    cut = safe.encode()[: _LONGEST - 9].decode(errors="ignore")
    return f"{cut or 'article'}-{sha256(part.encode()).hexdigest()[:8]}"
