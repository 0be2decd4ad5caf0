"""Doubts about labels: each document is judged by a model trained on other documents only."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from labeler import editing, jobs, nlp
from labeler.borders import spacy_lock
from labeler.errors import Invalid
from labeler.formats import Report, exporters
from labeler.models import Document, Doubt, Job, Layer, Project, db, insert_rows
from labeler.schema import Entity
from labeler.suggest.doubts import Doubt as Found
from labeler.suggest.doubts import doubts
from labeler.suggest.pipeline import propose
from labeler.suggest.trained import PIECE, PIPELINE
from labeler.transfer import selection
from labeler.transfer.cross_fitting import Row, doubted_categories, doubted_relations
from labeler.transfer.selection import TRAINING, Plan
from labeler.transfer.training import LONGEST

LEAST = 12
"""Finished documents below which nothing is doubted."""
FOLDS = ("train", "dev", "test")
"""The folds, in the names of the parts that keep near-duplicates together."""
_HELD_BACK = 10
"""One document in so many ends the training of the others."""


def queue_doubts(project: Project, created_by: int | None = None) -> Job:
    """Queue the search for labels that a model trained on the rest doubts; one waits at most."""
    return jobs.enqueue(
        "doubts",
        "Looking for doubtful labels",
        project_id=project.id,
        key=f"doubts {project.id}",
        created_by=created_by,
    )


@jobs.kind("doubts")
def _doubts(work: jobs.JobWork) -> dict[str, Any]:
    """Judge fold after fold; what was open before goes, what people kept is not asked again."""
    project = db.session.get_one(Project, work.claim.project_id)
    cursor = work.cursor or {"folds": 0, "found": 0}
    if not cursor["folds"]:
        work.expect(len(FOLDS))
    for number in range(cursor["folds"], len(FOLDS)):

        def tell(line: str) -> None:
            work.check()
            work.log(line)

        rows = judge_fold(project, FOLDS[number], tell)
        with work.chunk() as chunk:
            if number == 0:
                mine = (Doubt.project_id == project.id, Doubt.state != "kept")
                chunk.session.execute(delete(Doubt).where(*mine))
            cursor = {"folds": number + 1, "found": cursor["found"] + _keep(project, rows)}
            chunk.done, chunk.cursor = 1, cursor
    return {"found": cursor["found"]}


_COLUMNS = (
    "layer_id", "about", "kind", "entity", "start", "end", "tail_start", "tail_end", "label",
    "new_start", "new_end", "new_label",
)  # fmt: skip
"""In the order in which the table has them."""


def _keep(project: Project, rows: Sequence[Row]) -> int:
    """Keep doubts, but for those that somebody has looked at and kept as they were labeled."""
    columns = [getattr(Doubt, name) for name in _COLUMNS]
    kept = select(*columns).where(Doubt.project_id == project.id, Doubt.state == "kept")
    known = {tuple(row) for row in db.session.execute(kept)}
    new = [(project.id, *row, score, "open") for row, score in rows if row not in known]
    insert_rows(db.session(), Doubt, ("project_id", *_COLUMNS, "score", "state"), new)
    return len(new)


# ---- one fold --------------------------------------------------------------------------------


def judge_fold(
    project: Project, fold: str, tell: Callable[[str], None] = lambda _: None
) -> list[Row]:
    """Train on the other folds, and return what is doubted in this one.

    Near-duplicates are in one fold, so that no model has seen what it judges. Raises Invalid when
    there are too few documents.
    """
    plan = Plan(project, TRAINING, (1, 1, 1), 0, {}, Report())
    chosen = selection.chosen(plan)
    if len(chosen) < LEAST:
        raise Invalid(f"{len(chosen)} finished documents are too few. Finish {LEAST} first.")
    folds = selection.parts(plan, list(chosen))
    judged = {key: layers for key, layers in chosen.items() if folds[key] == fold}
    rest = {key: layers for key, layers in chosen.items() if key not in judged}
    if not judged or not rest:
        return []
    tell(f"{len(judged)} documents are judged by models trained on {len(rest)} others.")
    scheme = project.scheme
    rows = _entities(project, plan, rest, judged, tell) if scheme.entities else []
    if scheme.relations:
        tell("Relations are judged.")
        rows += doubted_relations(project, rest, judged)
    if scheme.categories:
        tell("Labels of documents are judged.")
        rows += doubted_categories(project, rest, judged)
    return rows


def _entities(
    project: Project,
    plan: Plan,
    rest: dict[int, list[int]],
    judged: dict[int, list[int]],
    tell: Callable[[str], None],
) -> list[Row]:
    """Train a spaCy component on the rest, and return what it doubts."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        _write(plan, rest, place / "corpus")
        db.session.rollback()  # a read of minutes would keep the database from tidying up
        (place / "version").mkdir()
        with spacy_lock:
            nlp.train(
                place / "corpus",
                place / "version",
                component=project.train_component,  # type: ignore[arg-type]
                language=project.language,
                longest=LONGEST,
                tell=tell,
            )
            return list(_compare(project, judged, place / "version" / PIPELINE))


def _write(plan: Plan, rest: dict[int, list[int]], folder: Path) -> None:
    """Write documents as a corpus to train on, some of them held back to end the training."""
    parts = {
        key: "dev" if number % _HELD_BACK == _HELD_BACK - 1 else "train"
        for number, key in enumerate(rest)
    }
    folder.mkdir()
    exporters["docbin"]().write(
        selection.records(plan, rest, parts),
        folder,
        scheme=plan.project.scheme,
        language=plan.project.language,
        options={"manifest": plan.manifest("docbin"), "report": plan.report},
    )


def _compare(project: Project, judged: dict[int, list[int]], pipeline: Path) -> Iterator[Row]:
    model = nlp.load_once(str(pipeline))
    layers: list[int] = []
    pairs: list[tuple[Sequence[Entity], Sequence[Entity]]] = []
    for page in selection.pages(list(judged)):
        wanted = select(Document).where(Document.id.in_(page)).order_by(Document.id)
        for document in db.session.scalars(wanted).all():
            [made] = propose(model, [document.text], project.scheme, origin={}, piece=PIECE)
            found = [item for item in made if isinstance(item, Entity)]
            rows = list(db.session.scalars(select(Layer).where(Layer.id.in_(judged[document.id]))))
            layers += [row.id for row in rows]
            pairs += [(record.entities, found) for record in editing.load(rows)]
    for layer_id, told in zip(layers, doubts(pairs, _findable), strict=True):
        yield from (_row(layer_id, each) for each in told)


def _findable(entity: Entity) -> bool:
    """Tell whether a trained component could find it: in one piece, and not very long."""
    return not entity.parts and entity.end - entity.start <= LONGEST * 8


def _row(layer_id: int, found: Found) -> Row:
    was, new = found.labeled, found.proposed
    place = (was.start, was.end) if was else (None, None)
    after = (new.start, new.end, new.label) if new else (None, None, None)
    said = (was.id if was else None, *place, None, None, was.label if was else None)
    return (layer_id, "entity", found.kind, *said, *after), found.score
