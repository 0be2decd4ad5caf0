"""Takes layers out: chooses them, splits them for training, writes them, reports and records."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import select

from labeler import audit, jobs
from labeler.config import Settings
from labeler.errors import Invalid
from labeler.formats import Exported, Report, exporters
from labeler.formats.names import Names, below
from labeler.jobs import Work
from labeler.models import Export, Job, Project, User, db, transaction
from labeler.models.database import now
from labeler.schema import Scheme
from labeler.transfer import selection
from labeler.transfer.selection import PAGE, TRAINING, Plan


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


def export(  # noqa: PLR0913 - what can be said of an export, by name
    project: Project,
    format: str,  # noqa: A002 - the word that people use
    *,
    layer: str = "gold",
    split: Sequence[int] = (80, 10, 10),
    seed: int = 0,
    name: str = "",
    made_by: str = "",
    folder: Path | None = None,
    options: Mapping[str, Any] | None = None,
    work: Work | None = None,
) -> Made:
    """Write the layers of a project as files, and say what did not fit.

    `layer` is "gold", "all", "suggestions" or an annotator's name. The same layers and options
    give the same bytes. Nothing is left in `folder` when this fails half-way. `work` is told how
    far it is, and keeps the id of the export in its cursor. A `name` makes it a snapshot that no
    later export takes the place of.
    """
    work = work or Work()
    plan = Plan(project, layer, _weights(split), seed, dict(options or {}), Report(), name=name)
    chosen = selection.chosen(plan)
    if not chosen and not plan.report.problems:
        raise Invalid(_NOTHING.get(layer, f"{layer} has labeled nothing yet."))
    parts = selection.parts(plan, list(chosen))
    work.expect(len(chosen))
    folder = prepare(project, format, name, folder)
    records = _told(selection.records(plan, chosen, parts), work)
    report = write(
        format,
        records,
        folder,
        scheme=project.scheme,
        language=project.language,
        options={**plan.options, "manifest": plan.manifest(format), "report": plan.report},
    )
    with work.chunk() as chunk:
        export_id = _remember(plan, format, folder, report, made_by)
        chunk.cursor = {**(chunk.cursor or {}), "export": export_id}
    return Made(folder, report)


def prepare(project: Project, format: str, name: str, folder: Path | None) -> Path:  # noqa: A002
    """Return the folder to write to; raises Invalid where it would touch what is frozen."""
    taken = select(Export.id).where(Export.project_id == project.id, Export.name == name)
    if name and db.session.scalar(taken.limit(1)) is not None:
        raise Invalid(f"There is an export named {name!r} already. Choose another name.")
    if name.isdecimal():
        raise Invalid("A name of digits only would be taken for a number. Add a letter.")
    if folder is None:
        return _new_folder(project, format)
    try:
        frozen = orjson.loads((folder / "manifest.json").read_bytes()).get("name")
    except (OSError, orjson.JSONDecodeError, AttributeError):
        frozen = None
    if frozen:
        raise Invalid(f"{folder} holds the export {frozen!r}, which is frozen. Choose another.")
    return folder


def write(
    format: str,  # noqa: A002
    records: Iterator[Exported],
    folder: Path,
    *,
    scheme: Scheme,
    language: str,
    options: dict[str, Any],
) -> Report:
    """Write records into a folder, all of them or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=_unfinished(folder)) as unfinished:
        report = exporters[format]().write(
            records, Path(unfinished), scheme=scheme, language=language, options=options
        )
        _move(Path(unfinished), folder)
    return report


def _told(records: Iterator[Exported], work: Work) -> Iterator[Exported]:
    """Yield what is written, and say now and then how many documents that were."""
    last, documents = "", 0
    for record in records:
        if record.document.id != last:
            last, documents = record.document.id, documents + 1
            if documents % PAGE == 0:
                work.tick(PAGE)
        yield record
    work.tick(documents % PAGE)


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
        _empty(Path(cursor["folder"]))
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


def _empty(folder: Path) -> None:
    """Leave nothing in a folder of ours: an attempt that was killed may have begun to fill it."""
    for left in (folder, *folder.parent.glob(f"{_unfinished(folder)}*")):
        shutil.rmtree(left, ignore_errors=True)
    folder.mkdir()


def _unfinished(folder: Path) -> str:
    """Return how the folder begins in which the files of an export are made."""
    return f".{folder.name}-unfinished-"


def _move(source: Path, folder: Path) -> None:
    """Put the finished files in their place, over those of an earlier export."""
    for name in Names(below(source)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(source / name, folder / name)


def _remember(
    plan: Plan,
    format: str,  # noqa: A002
    folder: Path,
    report: Report,
    made_by: str,
) -> int:
    row = Export(
        project_id=plan.project.id,
        format=format,
        name=plan.name,
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


def write_corpus(project: Project, folder: Path) -> int:
    """Write the finished layers as a DocBin corpus to train on; return how many documents."""
    plan, chosen, parts = _training(project)
    folder.mkdir()
    exporters["docbin"]().write(
        selection.records(plan, chosen, parts),
        folder,
        scheme=project.scheme,
        language=project.language,
        options={"manifest": plan.manifest("docbin"), "report": plan.report},
    )
    return len(chosen)


def training_records(project: Project) -> Iterator[Exported]:
    """Yield the finished layers that are trained on, each with the part of its document."""
    yield from selection.records(*_training(project))


def _training(project: Project) -> tuple[Plan, dict[int, list[int]], dict[int, str]]:
    plan = Plan(project, TRAINING, (80, 10, 10), 0, {}, Report())
    chosen = selection.chosen(plan)
    return plan, chosen, selection.parts(plan, list(chosen))
