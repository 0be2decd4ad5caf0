"""Takes layers out: chooses them, splits them for training, writes them, reports and records."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Select, insert, or_, select
from sqlalchemy.orm import joinedload

from labeler import accounts, audit, editing, jobs, schema
from labeler.borders import tokens
from labeler.config import Settings
from labeler.errors import Invalid
from labeler.formats import Exported, Report, exporters, manifest, splits
from labeler.jobs import Work
from labeler.models import (
    Document,
    Export,
    Job,
    Layer,
    Project,
    Split,
    SuggesterRun,
    Suggestion,
    User,
    db,
    transaction,
)
from labeler.models.database import now
from labeler.transfer.suggestions import suggestions

_PAGE = 200
"""Documents read at a time."""


@dataclass(frozen=True)
class Made:
    """An export that was written."""

    folder: Path
    report: Report

    def sentence(self) -> str:
        """Return what came of it, for people."""
        counts = ", ".join(f"{count} {name}" for name, count in self.report.counts.items())
        unfit = len(self.report.problems)
        listed = f"{unfit} things did not fit: report.json lists them." if unfit else "All fitted."
        return f"Exported to {self.folder}: {counts or 'nothing'}. {listed}"


@dataclass(frozen=True)
class _Plan:
    """What is to be exported, and how."""

    project: Project
    layer: str
    weights: tuple[int, int, int]
    seed: int
    options: dict[str, Any]
    report: Report
    revisions: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return under what the parts of documents are kept."""
        return f"{','.join(map(str, self.weights))}/{self.seed}"

    def manifest(self, format: str) -> dict[str, Any]:  # noqa: A002
        """Return what the export was made from; the revisions fill up as layers are read."""
        return {
            "project": self.project.slug,
            "title": self.project.title,
            "language": self.project.language,
            "format": format,
            "layer": self.layer,
            "split": list(self.weights),
            "seed": self.seed,
            "options": self.options,
            "scheme": schema.scheme_json(self.project.scheme),
            "revisions": self.revisions,
        }

    def count(self, layers: Sequence[Layer]) -> None:
        """Count finished and unfinished layers."""
        for layer in layers:
            state = "finished" if layer.status == "done" else "unfinished"
            self.report.counts[state] = self.report.counts.get(state, 0) + 1


def export(  # noqa: PLR0913 - what can be said of an export, by name
    project: Project,
    format: str,  # noqa: A002 - the word that people use
    *,
    layer: str = "gold",
    split: Sequence[int] = (80, 10, 10),
    seed: int = 0,
    made_by: str = "",
    folder: Path | None = None,
    options: Mapping[str, Any] | None = None,
    work: Work | None = None,
) -> Made:
    """Write the layers of a project as files, and say what did not fit.

    `layer` is "gold", "all", "suggestions" or an annotator's name. The same layers and options
    give the same bytes. Nothing is left in `folder` when this fails half-way. `work` is told how
    far it is, and keeps the id of the export in its cursor.
    """
    work = work or Work()
    exporter = exporters[format]()
    plan = _Plan(project, layer, _weights(split), seed, dict(options or {}), Report())
    chosen = _chosen(plan)
    if not chosen and not plan.report.problems:
        raise Invalid(_NOTHING.get(layer, f"{layer} has labeled nothing yet."))
    parts = _parts(plan, list(chosen))
    work.expect(len(chosen))
    folder = folder or _new_folder(project, format)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as unfinished:
        report = exporter.write(
            _told(_records(plan, chosen, parts), work),
            Path(unfinished),
            scheme=project.scheme,
            language=project.language,
            options={**plan.options, "manifest": plan.manifest(format), "report": plan.report},
        )
        _move(Path(unfinished), folder)
    with work.chunk() as chunk:
        export_id = _remember(plan, format, folder, report, made_by)
        chunk.cursor = {**(chunk.cursor or {}), "export": export_id}
    return Made(folder, report)


def _told(records: Iterator[Exported], work: Work) -> Iterator[Exported]:
    """Yield what is written, and say now and then how many documents that were."""
    last, documents = "", 0
    for record in records:
        if record.document.id != last:
            last, documents = record.document.id, documents + 1
            if documents % _PAGE == 0:
                work.tick(_PAGE)
        yield record
    work.tick(documents % _PAGE)


# ---- in the background -----------------------------------------------------------------------


def queue_export(project: Project, format: str, *, actor: User, **options: Any) -> Job:  # noqa: A002
    """Queue an export; `options` are those of `export`."""
    return jobs.enqueue(
        "export",
        f"Export as {exporters[format].title}",
        project_id=project.id,
        parameters={"format": format, **options, "made_by": actor.name},
        created_by=actor.id,
    )


@jobs.kind("export")
def _export(work: jobs.JobWork) -> dict[str, int]:
    """Write an export into the folder chosen at first, and tell its id."""
    project = db.session.get_one(Project, work.claim.project_id)
    options = dict(work.parameters)
    chosen = options.pop("format")
    if work.cursor is None:
        with work.chunk() as chunk:
            chunk.cursor = {"folder": str(_new_folder(project, chosen))}
    cursor = work.cursor or {}
    if "export" not in cursor:
        with audit.acting(work.claim.created_by):
            export(project, chosen, **options, folder=Path(cursor["folder"]), work=work)
    return {"export": (work.cursor or {})["export"]}


_NOTHING = {
    "gold": "There is nothing to export: nobody has labeled an article yet.",
    "all": "There is nothing to export: nobody has labeled an article yet.",
    "suggestions": "There are no suggestions yet. Make them with: labeler suggest",
}


def _weights(split: Sequence[int]) -> tuple[int, int, int]:
    weights = tuple(split)
    if len(weights) != 3 or any(w < 0 for w in weights) or sum(weights) <= 0 or weights[0] == 0:
        raise Invalid("A split is three whole numbers such as 80,10,10: train, dev and test.")
    return weights


def _new_folder(project: Project, format: str) -> Path:  # noqa: A002
    settings: Settings = current_app.config["LABELER"]
    name = f"{project.slug}-{format}-{now().strftime('%Y-%m-%d-%H%M%S')}"
    settings.exports.mkdir(parents=True, exist_ok=True)
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(folder for each in names if _claim(folder := settings.exports / each))


def _claim(folder: Path) -> bool:
    """Make the folder and tell whether it is ours: two exports may begin in one second."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _move(source: Path, folder: Path) -> None:
    """Put the finished files in their place, over those of an earlier export."""
    for name in manifest.names_below(source):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(source / name, folder / name)


def _remember(
    plan: _Plan,
    format: str,  # noqa: A002
    folder: Path,
    report: Report,
    made_by: str,
) -> int:
    row = Export(
        project_id=plan.project.id,
        format=format,
        folder=str(folder),
        options={"layer": plan.layer, "split": list(plan.weights), "seed": plan.seed},
        counts={**report.counts, "problems": len(report.problems)},
        made_by=made_by,
    )
    with transaction() as session:
        session.add(row)
        details = {"format": format, "layer": plan.layer, **report.counts}
        audit.record("corpus.export", folder.name, project=plan.project, details=details)
    return row.id


# ---- for training ----------------------------------------------------------------------------

TRAINING = "training"
"""The choice of layers to train on: gold where it is settled, else all that were finished."""


def write_corpus(project: Project, folder: Path) -> int:
    """Write the finished layers as a DocBin corpus to train on; return how many documents."""
    plan, chosen, parts = _training(project)
    folder.mkdir()
    exporters["docbin"]().write(
        _records(plan, chosen, parts),
        folder,
        scheme=project.scheme,
        language=project.language,
        options={"manifest": plan.manifest("docbin"), "report": plan.report},
    )
    return len(chosen)


def training_records(project: Project) -> Iterator[Exported]:
    """Yield the finished layers that are trained on, each with the part of its document."""
    yield from _records(*_training(project))


def _training(project: Project) -> tuple[_Plan, dict[int, list[int]], dict[int, str]]:
    plan = _Plan(project, TRAINING, (80, 10, 10), 0, {}, Report())
    chosen = _chosen(plan)
    return plan, chosen, _parts(plan, list(chosen))


# ---- which layers ----------------------------------------------------------------------------


def _chosen(plan: _Plan) -> dict[int, list[int]]:
    """Return the ids of the layers to export by document, in the order of the documents.

    For suggestions the lists are empty: their layers are made as they are read.
    """
    if plan.layer == "suggestions":
        return {key: [] for key in _proposed(plan.project)}
    wanted = _wanted(plan)
    by_document: dict[int, list[Layer]] = {}
    for layer in db.session.scalars(wanted):
        by_document.setdefault(layer.document_id, []).append(layer)
    chosen = {}
    for key, layers in by_document.items():
        fit = _SELECTIONS.get(plan.layer, _all)(plan, layers)
        if fit:
            chosen[key] = [layer.id for layer in fit]
            plan.count(fit)
    return chosen


def _wanted(plan: _Plan) -> Select[Layer]:
    """Select the layers that somebody worked on: finished ones, and those under way."""
    worked = or_(Layer.status == "done", Layer.revision > 0, Layer.read_to.is_not(None))
    wanted = (
        select(Layer)
        .where(Layer.project_id == plan.project.id, worked, Layer.status != "skipped")
        .options(joinedload(Layer.annotator))
        .order_by(Layer.document_id, Layer.id)
    )
    if plan.layer in ("gold", "all", TRAINING):
        return wanted
    annotator = accounts.find_user(plan.layer)
    return wanted.where(Layer.annotator_id == annotator.id, ~Layer.gold)


def _gold(plan: _Plan, layers: Sequence[Layer]) -> list[Layer]:
    """Return what stands for the truth of a document: see the decision on gold.

    That is the curator's layer once it is accepted; where there is none, what the annotators who
    finished all say, or the only one's work so far. Where they differ it is told, and nothing is
    exported.
    """
    finished = [layer for layer in layers if layer.status == "done"]
    settled = [layer for layer in finished if layer.gold]
    candidates = settled or finished or list(layers)
    if len(candidates) == 1 or len({_extents(layer) for layer in editing.load(candidates)}) == 1:
        return candidates[:1]
    names = ", ".join(sorted(layer.annotator.name for layer in candidates))
    plan.report.problems.append(
        {
            "document": candidates[0].document.name,
            "code": "unsettled",
            "message": f"{names} differ on this document, and nobody has settled it: left out. "
            "Settle it under Adjudicate.",
        }
    )
    return []


def _taught(plan: _Plan, layers: Sequence[Layer]) -> list[Layer]:
    """Return what a model learns from: gold where it is accepted, else all that was finished."""
    del plan
    finished = [layer for layer in layers if layer.status == "done"]
    return [layer for layer in finished if layer.gold] or finished


def _all(plan: _Plan, layers: Sequence[Layer]) -> list[Layer]:
    del plan
    return list(layers)


_SELECTIONS = {"gold": _gold, TRAINING: _taught}


def _extents(layer: schema.Layer) -> frozenset[tuple[object, ...]]:
    """Return what a layer says, whatever the ids."""
    places = {e.id: (e.start, e.end, e.label, e.parts) for e in layer.entities}
    links = {(places[r.head], places[r.tail], r.label) for r in layer.relations}
    categories = {(category.label,) for category in layer.categories}
    return frozenset([*places.values(), *links, *categories])


def _proposed(project: Project) -> list[int]:
    """Return the documents that suggestions were made for."""
    runs = select(SuggesterRun.id).where(SuggesterRun.project_id == project.id)
    wanted = select(Suggestion.document_id).where(Suggestion.run_id.in_(runs)).distinct()
    return sorted(db.session.scalars(wanted))


# ---- parts -----------------------------------------------------------------------------------


def _parts(plan: _Plan, keys: Sequence[int]) -> dict[int, str]:
    """Return the part of each document; new ones are assigned theirs for good.

    Parts are kept by the plan: other weights or another seed do not disturb these.
    """
    kept = select(Split.document_id, Split.part, Split.signature).join(
        Document, Document.id == Split.document_id
    )
    mine = kept.where(Document.project_id == plan.project.id, Split.plan == plan.name)
    existing = {key: (part, signature) for key, part, signature in db.session.execute(mine)}
    lacking = [key for key in keys if key not in existing]
    assigned = splits.assign(
        _names_and_texts(lacking), existing, weights=plan.weights, seed=plan.seed
    )
    rows = [
        {"document_id": key, "plan": plan.name, "part": part, "signature": signature}
        for key, (part, signature) in assigned.items()
    ]
    if rows:
        with transaction() as session:
            session.execute(insert(Split), rows)
    return {key: part for key, (part, _) in (existing | assigned).items()}


def _names_and_texts(keys: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Yield key, name and text of documents, read a page at a time."""
    columns = (Document.id, Document.name, Document.text)
    for page in _pages(keys):
        found = db.session.execute(select(*columns).where(Document.id.in_(page)))
        yield from ((key, name, text) for key, name, text in found)


def _pages(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(keys), _PAGE):
        yield keys[first : first + _PAGE]


# ---- reading ---------------------------------------------------------------------------------


def _records(
    plan: _Plan, chosen: Mapping[int, Sequence[int]], parts: Mapping[int, str]
) -> Iterator[Exported]:
    """Yield what is to be written, in the order of the documents, a page in memory at a time."""
    for page in _pages(list(chosen)):
        wanted = select(Document).where(Document.id.in_(page)).order_by(Document.id)
        documents = list(db.session.scalars(wanted))
        layers = _layers(plan, documents, [key for name in page for key in chosen[name]])
        for document, borders in zip(documents, tokens(documents), strict=True):
            for layer in layers[document.id]:
                revisions = plan.revisions.setdefault(document.name, {})
                revisions[layer.annotator] = layer.revision
                yield Exported(document.record(), layer, borders, parts[document.id])
        for document in documents:
            db.session.expunge(document)


def _layers(
    plan: _Plan, documents: Sequence[Document], keys: Sequence[int]
) -> dict[int, list[schema.Layer]]:
    if plan.layer == "suggestions":
        return {document.id: [_proposals(plan.project, document)] for document in documents}
    found: dict[int, list[schema.Layer]] = {document.id: [] for document in documents}
    rows = list(db.session.scalars(select(Layer).where(Layer.id.in_(keys)).order_by(Layer.id)))
    for row, record in zip(rows, editing.load(rows), strict=True):
        found[row.document_id].append(record)
    return found


def _proposals(project: Project, document: Document) -> schema.Layer:
    made, _ = suggestions(project, document)
    items = [
        op.after for op in schema.ops_from_json({**p, "before": None, "after": p} for p in made)
    ]
    return schema.Layer(
        annotator="",  # nobody's: imported again they are suggestions, not a person's layer
        status="open",
        entities=tuple(item for item in items if isinstance(item, schema.Entity)),
        relations=tuple(item for item in items if isinstance(item, schema.Relation)),
        categories=tuple(item for item in items if isinstance(item, schema.Category)),
    )
