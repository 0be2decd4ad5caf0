"""Brings articles and layers in: what fits is taken, what does not is told by file and line."""

import gc
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from labeler import accounts, audit, jobs
from labeler.errors import Problem, Unavailable
from labeler.formats import Imported, archive
from labeler.jobs import Work
from labeler.models import Job, Project, User, db
from labeler.transfer.intake import ImportReport, Intake
from labeler.transfer.suggestions import queue_suggestions

_PORTION = 250
"""Articles taken in one transaction."""


def import_paths(
    project: Project,
    paths: Iterable[Path],
    *,
    actor: User,
    annotator: str | None = None,
    add_labels: bool = False,
    importer: str = "auto",
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Import files, folders and zip archives into a project and report what came of it.

    Annotations are the layers of `annotator` where a file names nobody; without either they are
    suggestions. Labels that the scheme lacks are refused, unless it is empty or `add_labels`.
    """
    if annotator is not None:
        accounts.check_name(annotator)
    intake = Intake(project, actor, annotator, add_labels, ImportReport())
    _take_all(intake, archive.read(paths, importer=importer), Work(progress))
    return intake.report


def _take_all(intake: Intake, found: Iterator[Imported | Problem], work: Work) -> None:
    """Take what was found, a portion in a chunk; what an earlier attempt took is passed over."""
    intake.resume(work.cursor)
    deque(islice(found, intake.taken), maxlen=0)
    while portion := _portion(found):
        with work.chunk() as chunk, _uncollected():
            intake.take(portion)
            work.tell(intake.told_now())
            chunk.done, chunk.cursor = len(portion), intake.state()
    with work.chunk() as chunk:
        intake.tell_of_labels()
        intake.record()
        work.tell(intake.told_now())
        chunk.cursor = {**intake.state(), "ended": True}


# ---- in the background -----------------------------------------------------------------------


def queue_import(project: Project, folder: Path, *, actor: User, **options: Any) -> Job:
    """Queue the import of an upload: what lies in a folder, which goes when the import is done.

    `options` are those of `import_paths`.
    """
    if options.get("annotator"):
        accounts.check_name(options["annotator"])
    [name, *more] = sorted(path.name for path in folder.iterdir()) or ["nothing"]
    others = f" and {len(more)} more" if more else ""
    return jobs.enqueue(
        "import",
        f"Import of {name}{others}",
        project_id=project.id,
        parameters={"folder": str(folder), **options},
        created_by=actor.id,
    )


def _drop_upload(parameters: dict[str, Any]) -> None:
    """Remove what was uploaded for an import that failed or was cancelled, and is forgotten."""
    shutil.rmtree(parameters["folder"], ignore_errors=True)


@jobs.kind("import", clear=_drop_upload)
def _import(work: jobs.JobWork) -> dict[str, int]:
    """Import an upload, tell the counts, and let suggestions be made for what is new."""
    folder = Path(work.parameters["folder"])
    project = db.session.get_one(Project, work.claim.project_id)
    actor = accounts.user_by_id(work.claim.created_by or 0)
    annotator, add_labels = work.parameters.get("annotator"), work.parameters.get("add_labels")
    intake = Intake(project, actor, annotator, bool(add_labels), ImportReport())
    if not (work.cursor or {}).get("ended"):
        found = archive.read(_uploaded(folder), importer=work.parameters.get("importer") or "auto")
        with audit.acting(actor.id):
            _take_all(intake, found, work)
    if (work.cursor or {})["counts"]["documents"]:
        queue_suggestions(project, actor.id)
    shutil.rmtree(folder, ignore_errors=True)
    return dict((work.cursor or {})["counts"])


def _uploaded(folder: Path) -> list[Path]:
    """Return what to import: the one folder that was uploaded, or all that came."""
    if not folder.is_dir():
        raise Unavailable(
            f"The upload is not at {folder}. Upload it again; where workers run on other machines, "
            "let them share the instance folder."
        )
    entries = list(folder.iterdir())
    return entries if len(entries) == 1 and entries[0].is_dir() else [folder]


def _portion(found: Iterator[Imported | Problem]) -> list[Imported | Problem]:
    with _uncollected():
        return list(islice(found, _PORTION))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the cyclic garbage collector.

    A portion makes a hundred thousand small objects, none of which is garbage before its end;
    looking through them again and again took a third of the time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
