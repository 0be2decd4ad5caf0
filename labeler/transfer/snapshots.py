"""Exports taken up again from their manifests: repeated byte for byte, and compared.

A manifest has the revision of each layer, and the log has every edit, so what a layer was at that
revision is folded anew. Proposals have no revisions: exports of suggestions cannot be taken up.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from labeler import editing, schema
from labeler.borders import tokens
from labeler.errors import Invalid, NotFound
from labeler.formats import Exported, Report
from labeler.models import Document, Export, Layer, Project, db
from labeler.spool import Pairs, Spool
from labeler.transfer.exports import Made, prepare, write
from labeler.transfer.selection import PAGE, pages

Manifest = Mapping[str, Any]
_GIVEN = (
    "project", "title", "language", "format", "layer", "split", "seed", "options", "scheme",
    "revisions", "unsettled", "name",
)  # fmt: skip
"""What a manifest has that its export was made from; the rest came of it."""
_Place = tuple[str, str]
"""A document, and the annotator where layers of several are compared."""


# ---- which export ----------------------------------------------------------------------------


def read_manifest(place: Path) -> Manifest:
    """Return the manifest at a path, or in the folder there; raises Invalid where it is none."""
    path = place / "manifest.json" if place.is_dir() else place
    try:
        found = orjson.loads(path.read_bytes())
    except OSError:
        raise Invalid(f"There is no manifest at {path}: its files are gone or elsewhere.") from None
    except orjson.JSONDecodeError:
        raise Invalid(f"{path} is no manifest of an export.") from None
    if not isinstance(found, dict) or not {"format", "layer", "scheme", "sha256"} <= set(found):
        raise Invalid(f"{path} is no manifest of an export.")
    revisions = found.get("revisions")
    if found["layer"] == "suggestions":
        raise Invalid(f"{path}: suggestions have no revisions, so they cannot be taken up again.")
    if not isinstance(revisions, dict) or not all(isinstance(r, list) for r in revisions.values()):
        raise Invalid(f"{path} is from before exports could be taken up again. Export anew.")
    return found


def find(project: Project, what: str) -> Manifest:
    """Return the manifest of an export by its number, its name or its folder."""
    mine = select(Export).where(Export.project_id == project.id)
    named = Export.id == int(what) if what.isdecimal() and len(what) < 10 else Export.name == what
    row = db.session.scalar(mine.where(named)) if what else None
    if row is not None:
        return read_manifest(Path(row.folder))
    if Path(what).exists():
        return read_manifest(Path(what))
    raise NotFound(f"There is no export {what!r}. List them with: labeler exports {project.slug}")


# ---- again -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Again:
    """An export that was repeated; `differing` are the files that are not as they were."""

    made: Made
    differing: tuple[str, ...]
    versions: str = ""
    """What was of another version then, in words."""

    def sentence(self) -> str:
        """Return what came of it, for people."""
        if not self.differing:
            return f"Repeated in {self.made.folder}: every file is the same, byte for byte."
        why = f" Then it was {self.versions}." if self.versions else ""
        names = ", ".join(self.differing)
        return f"Repeated in {self.made.folder}, but these files differ: {names}.{why}"


def again(project: Project, place: Path, folder: Path | None = None) -> Again:
    """Write an export anew from its manifest, and compare the checksums.

    Raises NotFound where a document or layer of then is gone.
    """
    before = read_manifest(place)
    given = {name: before[name] for name in _GIVEN if name in before}
    given["revisions"] = Pairs(before["revisions"].items())  # in their order
    report = Report(problems=Spool(before.get("unsettled", ())))
    report.counts.update(_states(before))
    _keys(project, list(before["revisions"]))
    folder = prepare(project, before["format"], "", folder)
    made = write(
        before["format"],
        _records(project, before),
        folder,
        scheme=schema.parse_scheme(before["scheme"]),
        language=before["language"],
        options={**before["options"], "manifest": given, "report": report},
    )
    after = orjson.loads((folder / "manifest.json").read_bytes())
    names = sorted({*before["sha256"], *after["sha256"]})
    differing = [n for n in names if before["sha256"].get(n) != after["sha256"].get(n)]
    then, here = before.get("versions", {}), after["versions"]
    versions = ", ".join(f"{n} {v}" for n, v in sorted(then.items()) if here.get(n) != v)
    return Again(Made(folder, made), tuple(differing), versions)


def _states(manifest: Manifest) -> dict[str, int]:
    """Return the counts of finished and unfinished layers, in the order in which they came."""
    counts: dict[str, int] = {}
    for layers in manifest["revisions"].values():
        for layer in layers:
            state = "finished" if layer["status"] == "done" else "unfinished"
            counts[state] = counts.get(state, 0) + 1
    return counts


def _records(
    project: Project, manifest: Manifest, names: Sequence[str] | None = None
) -> Iterator[Exported]:
    """Yield the layers of documents as they were, a page of documents in memory at a time."""
    revisions = manifest["revisions"]
    keys = _keys(project, list(revisions) if names is None else names)
    for page in pages(sorted(keys.values())):
        wanted = select(Document).where(Document.id.in_(page)).order_by(Document.id)
        documents = list(db.session.scalars(wanted))
        layers = _layers(documents, revisions)
        for document, borders in zip(documents, tokens(documents), strict=True):
            for state in revisions[document.name]:
                layer = layers[document.id, state["annotator"], bool(state.get("gold"))]
                said = {name: state.get(name) for name in ("read_to", "flag", "reason")}
                was = replace(layer, status=state["status"], **said)
                yield Exported(document.record(), was, borders, state["part"])
        for document in documents:
            db.session.expunge(document)


def _keys(project: Project, names: Sequence[str]) -> dict[str, int]:
    """Return the ids of documents by name; raises NotFound for one that is gone."""
    found: dict[str, int] = {}
    for first in range(0, len(names), PAGE):
        page = names[first : first + PAGE]
        wanted = select(Document.name, Document.id).where(
            Document.project_id == project.id, Document.name.in_(page)
        )
        found |= {row.name: row.id for row in db.session.execute(wanted)}
        for name in page:
            if name not in found:
                raise NotFound(f"The document {name!r} of that export is gone from this project.")
    return found


def _layers(
    documents: Sequence[Document], revisions: Mapping[str, list[dict[str, Any]]]
) -> dict[tuple[int, str, bool], schema.Layer]:
    """Return the layers of documents at their revisions, by document, annotator and gold."""
    wanted = select(Layer).where(Layer.document_id.in_([d.id for d in documents]))
    rows = db.session.scalars(wanted.options(joinedload(Layer.annotator)))
    there = {(row.document_id, row.annotator.name, row.gold): row for row in rows}
    places, pairs = [], []
    for document in documents:
        for state in revisions[document.name]:
            place = (document.id, state["annotator"], bool(state.get("gold")))
            if place not in there:
                raise NotFound(f"The layer of {place[1]} on {document.name!r} is gone.")
            places.append(place)
            pairs.append((there[place], int(state["revision"])))
    return dict(zip(places, editing.load_at(pairs), strict=True))


# ---- compared --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """An annotation that one export has and the other has not, or has otherwise."""

    document: str
    annotator: str
    kind: str
    label: str
    before: str | None
    after: str | None


@dataclass
class Comparison:
    """What became of documents and annotations from one export to another."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def by_label(self) -> dict[str, dict[str, int]]:
        """Return how many annotations were added, removed and changed, by label."""
        return self._counted("label")

    def by_document(self) -> dict[str, dict[str, int]]:
        """Return how many annotations were added, removed and changed, by document."""
        return self._counted("document")

    def _counted(self, what: str) -> dict[str, dict[str, int]]:
        counts = Counter((getattr(change, what), change.kind) for change in self.changes)
        kinds = ("added", "removed", "changed")
        names = sorted({name for name, _ in counts})
        return {name: {kind: counts[name, kind] for kind in kinds} for name in names}

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {
            "documents": {"added": self.added, "removed": self.removed},
            "by_label": self.by_label(),
            "by_document": self.by_document(),
            "changes": [
                {name: getattr(change, name) for name in Change.__dataclass_fields__}
                for change in self.changes
            ],
        }


def compare(project: Project, first: Manifest, second: Manifest) -> Comparison:
    """Return what was added, removed and changed from one export to another.

    Annotations are the same when place, label, parts, attributes and ends are. One is changed when
    its id or its place lasts and the rest does not. Annotators are told apart only where an export
    has the layers of all.
    """
    before, after = first["revisions"], second["revisions"]
    found = Comparison(
        added=sorted(set(after) - set(before)), removed=sorted(set(before) - set(after))
    )
    apart = "all" in (first["layer"], second["layer"])
    names = [n for n in sorted({*before, *after}) if before.get(n) != after.get(n)]
    for start in range(0, len(names), PAGE):
        page = names[start : start + PAGE]
        was, now = (_contents(project, m, page, apart=apart) for m in (first, second))
        for place in sorted({*was, *now}):
            found.changes += _changes(place, was.get(place, {}), now.get(place, {}))
    return found


@dataclass(frozen=True)
class _Said:
    """An annotation without its id: what it says, where, and in words."""

    content: tuple[object, ...]
    place: tuple[object, ...]
    label: str
    words: str


def _contents(
    project: Project, manifest: Manifest, names: Sequence[str], *, apart: bool
) -> dict[_Place, dict[str, _Said]]:
    there = [name for name in names if name in manifest["revisions"]]
    found: dict[_Place, dict[str, _Said]] = {}
    for record in _records(project, manifest, there):
        annotator = record.layer.annotator if apart else ""
        found.setdefault((record.document.id, annotator), {}).update(_said(record))
    return found


def _said(record: Exported) -> dict[str, _Said]:
    """Return what the annotations of a layer say, by their ids."""
    text, layer = record.document.text, record.layer
    found: dict[str, _Said] = {}
    for entity in layer.entities:
        extents = entity.extents()
        words = " … ".join(text[start:end] for start, end in extents)
        told = f"{entity.label} “{words}” at {entity.start}"
        found[entity.id] = _one("entity", tuple(extents), entity, told)
    for link in layer.relations:
        head, tail = found[link.head], found[link.tail]
        told = f"{link.label} from {head.words} to {tail.words}"
        found[link.id] = _one("relation", (head.place, tail.place), link, told)
    for category in layer.categories:
        found[category.id] = _one("category", (category.label,), category, category.label)
    return found


def _one(kind: str, where: tuple[object, ...], item: Any, words: str) -> _Said:
    attributes = tuple(sorted((getattr(item, "attributes", None) or {}).items()))
    if attributes:
        words += f" ({', '.join(f'{name}: {value}' for name, value in attributes)})"
    return _Said((kind, where, item.label, attributes), (kind, where), item.label, words)


def _changes(
    place: _Place, before: Mapping[str, _Said], after: Mapping[str, _Said]
) -> Iterator[Change]:
    """Yield what differs: first what kept its id, then what kept its place, then the rest."""
    same = Counter(s.content for s in before.values()) & Counter(s.content for s in after.values())
    gone, new = _without(before, same), _without(after, same)
    for key in [key for key in gone if key in new]:
        yield _change(place, gone.pop(key), new.pop(key))
    by_place: dict[tuple[object, ...], list[str]] = {}
    for key, said in new.items():
        by_place.setdefault(said.place, []).append(key)
    for key, said in list(gone.items()):
        if by_place.get(said.place):
            yield _change(place, gone.pop(key), new.pop(by_place[said.place].pop(0)))
    for said in gone.values():
        yield _change(place, said, None)
    for said in new.values():
        yield _change(place, None, said)


def _without(said: Mapping[str, _Said], same: Counter[tuple[object, ...]]) -> dict[str, _Said]:
    left, rest = Counter(same), {}
    for key, one in said.items():
        if left[one.content]:
            left[one.content] -= 1
        else:
            rest[key] = one
    return rest


def _change(place: _Place, before: _Said | None, after: _Said | None) -> Change:
    kind = "changed" if before and after else "removed" if before else "added"
    labels = dict.fromkeys(said.label for said in (before, after) if said)
    words = [said and said.words for said in (before, after)]
    return Change(*place, kind, " → ".join(labels), words[0] or None, words[1] or None)
