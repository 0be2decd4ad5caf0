"""A label renamed over a corpus, and taken back, beside the bare writing of the same rows.

Articles of 350 tokens with 30 entities, 7 or 8 of which have the label. The floor updates the rows
of the entities and inserts the same edits into the log, 100 layers in a transaction as the job
does; it checks nothing, counts nothing, and tells nobody.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, insert, select, update

from benchmarks.corpus import project_with_articles
from labeler import accounts, counters, jobs, label_changes
from labeler.app import create_app
from labeler.config import Settings
from labeler.jobs import queue
from labeler.label_changes import Revision
from labeler.models import Edit, Entity, LabelChange, Layer, Project, User, db, transaction
from labeler.models.database import now

ARTICLES = 2_000
_PORTION = 100


def main(count: int = ARTICLES) -> None:
    """Print how many annotations a second are renamed and taken back, and the ratio."""
    with _corpus(count) as (project, lead):
        floor = _timed(lambda: _bare(project, lead))
        seen = _timed(lambda: label_changes.preview(project, _RENAME))
        seen += _timed(lambda: label_changes.examples(project, _RENAME))
        begun = time.perf_counter()
        change = label_changes.change_label(project, _RENAME, lead)
        asked = time.perf_counter() - begun
        forth = _timed(lambda: _perform(change))
        amount = label_changes.find_change(project, change.id).counts["annotations"]
        change = label_changes.undo_change(project, change, lead, now())
        back = _timed(lambda: _perform(change))
    print(f"Renaming a label of {amount:,} annotations in {count:,} layers")
    print(f"  preview with a page of examples {1000 * seen:6.0f} ms")
    print(f"  the request that begins it      {1000 * asked:6.0f} ms")
    for name, taken in (("floor", floor), ("forth", forth), ("back", back)):
        rate = f"{amount / taken:8,.0f} annotations, {count / taken:6,.0f} layers a second"
        print(f"  {name:6} {rate}  ({taken:.1f} s)")
    print(f"  ratio: {floor / forth:.2f}")


_RENAME = Revision("entities", "rename", "ORG", "COMPANY")


def _timed(run) -> float:  # type: ignore[no-untyped-def]
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


@contextmanager
def _corpus(count: int) -> Iterator[tuple[Project, User]]:
    """Give a project whose layers are finished and counted, and its lead, in a new database."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_env({"LABELER_INSTANCE": str(Path(folder))}))
        with app.app_context():
            project = db.session.get_one(Project, project_with_articles(count).id)
            layers = db.session.scalars(select(Layer)).all()
            for first in range(0, len(layers), 500):
                with transaction() as session:
                    counters.recount(session, layers[first : first + 500])
            db.session.expunge_all()
            project = db.session.get_one(Project, project.id)
            lead = accounts.ensure_user("lena")
            accounts.add_member(project, lead, "manager")
            yield project, lead
            db.session.remove()
            db.engine.dispose()


def _perform(change: LabelChange) -> None:
    """Do the job of a change as a worker does."""
    claim = queue.claim("bench", change.job_id)
    assert claim is not None
    jobs.perform(jobs.JobWork(claim))


def _bare(project: Project, lead: User) -> None:
    """Write to other columns of the same rows what a renaming writes, and take nothing back."""
    keys = list(db.session.scalars(select(Layer.id).where(Layer.project_id == project.id)))
    for first in range(0, len(keys), _PORTION):
        portion = keys[first : first + _PORTION]
        with transaction() as session:
            mine = (Entity.layer_id.in_(portion), Entity.label == "DATE")
            rows = session.execute(select(Entity.layer_id, Entity.id, Entity.start).where(*mine))
            ops: dict[int, list[dict[str, object]]] = {key: [] for key in portion}
            for layer_id, name, start in rows:
                body = {"start": start, "end": start + 5, "label": "DATE"}
                ops[layer_id].append(
                    {"id": name, "before": body, "after": {**body, "label": "DAY"}}
                )
            session.execute(update(Entity).where(*mine).values(label="DAY"))
            revision = dict(
                session.execute(
                    select(Edit.layer_id, func.max(Edit.revision))
                    .where(Edit.layer_id.in_(portion))
                    .group_by(Edit.layer_id)
                ).all()
            )
            edits = [
                {
                    "layer_id": key, "revision": revision[key] + 1, "key": "bare",
                    "actor_id": lead.id, "at": now(), "ops": json.loads(json.dumps(ops[key])),
                }
                for key in portion
            ]  # fmt: skip
            session.execute(insert(Edit), edits)
            layers = update(Layer).where(Layer.id.in_(portion))
            session.execute(layers.values(revision=Layer.revision + 1))
