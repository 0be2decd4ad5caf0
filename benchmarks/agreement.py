"""Agreement of three annotators from stored layers, beside reading them and strict F1 alone.

Documents have 350 tokens and 30 entities and 10 relations a layer. Ours reads the columns and
computes all measures of entities and relations with 1,000 bootstraps; the floor is one SELECT of
the bare entity rows and strict F1 of the three pairs by numpy. Peak memory is that of the process.
"""

import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from sqlalchemy import text

from benchmarks.corpus import articles, layer_of, project_with_articles
from labeler import accounts, borders, editing, schema
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import AgreementReport, Document, Project, db, transaction
from labeler.models.database import now
from labeler.reliability import results

SIZES = {1_000: (1.0, 5), 10_000: (10.0, 2)}
"""Documents: seconds wanted, and how often it is measured."""
MEMORY = 1024
"""MB wanted at most."""
OTHERS = ("ben", "cid")
_PAGE = 500


def main() -> None:
    """Print the seconds of ours and of the floor for each size, and the memory."""
    print("agreement: 3 annotators, 350 tokens, 30 entities and 10 relations a layer")
    for count, (wanted, times) in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            app = create_app(Settings.from_env({"LABELER_INSTANCE": folder}))
            with app.app_context():
                project = fill(count)
                _compare(project, count, wanted, times)
                db.session.remove()
                db.engine.dispose()


def fill(count: int) -> Project:
    """Return a project of this many documents that three annotators have finished."""
    project = project_with_articles(count)
    lines = {line["id"]: line for line in articles(count)}
    people = [accounts.ensure_user(name) for name in OTHERS]
    deal = random.Random(0)
    place = 0
    while page := _page(project, place):
        borders.tokens(page)
        for person in people:
            news = [
                editing.NewLayer(
                    project.id, document.id, person.id, _moved(lines[document.name], deal)
                )
                for document in page
            ]
            editing.create(news, actor_id=person.id, now=now(), key="made")
        place = page[-1].id
        db.session.expunge_all()
    return db.session.get_one(Project, project.id)


def _page(project: Project, after: int) -> list[Document]:
    query = db.session.query(Document).filter_by(project_id=project.id)
    return list(query.filter(Document.id > after).order_by(Document.id).limit(_PAGE))


def _moved(line: dict[str, object], deal: random.Random) -> schema.Layer:
    """Return the work of one who differs in every fifth entity: label, boundary, or not there."""
    layer = layer_of(line)
    kept = []
    for entity in layer.entities:
        chance = deal.random()
        if chance < 0.07:
            continue
        label = deal.choice(("PERSON", "ORG", "GPE", "DATE")) if chance < 0.14 else entity.label
        start = entity.start - 2 if chance > 0.93 else entity.start
        kept.append(schema.Entity(entity.id, start, entity.end, label))
    ids = {entity.id for entity in kept}
    links = tuple(r for r in layer.relations if {r.head, r.tail} <= ids and deal.random() < 0.9)
    return schema.Layer("", "done", entities=tuple(kept), relations=links)


def _compare(project: Project, count: int, wanted: float, times: int) -> None:
    ours = _taken(lambda: _fresh(project), times)
    floor = _taken(lambda: _floor(project), times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} documents")
    for name, taken in (("ours", ours), ("floor", floor)):
        wall, busy = (statistics.median(column) for column in zip(*taken, strict=True))
        print(f"  {name:6} {wall:6.2f} s  ({busy:.2f} s of processor time)")
    print(f"  ratio: {_middle(ours) / _middle(floor):.1f}")
    print(f"  wanted: below {wanted:.0f} s; peak memory {peak:.0f} MB (below {MEMORY})")
    sys.stdout.flush()


def _middle(taken: Sequence[tuple[float, float]]) -> float:
    return statistics.median(wall for wall, _ in taken)


def _fresh(project: Project) -> None:
    """Compute what the page shows, as if it had never been asked for."""
    results.forget()
    results.overview(project)
    with transaction():
        db.session.query(AgreementReport).delete()


def _taken(run: Callable[[], object], times: int) -> list[tuple[float, float]]:
    """Return the seconds that each run took, and those of them that the processor was busy."""
    taken = []
    for _ in range(times):
        start, busy = time.perf_counter(), time.process_time()
        run()
        taken.append((time.perf_counter() - start, time.process_time() - busy))
        db.session.expire_all()
    return taken


def _floor(project: Project) -> list[float]:
    """Return strict F1 of the three pairs, from nothing but the entity rows."""
    query = text(
        'SELECT l.annotator_id, l.document_id, e.start, e."end", e.label FROM layer l '
        "JOIN entity e ON e.layer_id = l.id WHERE l.project_id = :project AND l.status = 'done'"
    )
    rows = db.session.execute(query, {"project": project.id}).all()
    by, document, start, end = (np.array([row[at] for row in rows]) for at in range(4))
    known = {name: at for at, name in enumerate(sorted({row[4] for row in rows}))}
    label = np.array([known[row[4]] for row in rows])
    key = ((document * 2**14 + start) * 2**14 + end) * 64 + label
    sets: Sequence[np.ndarray] = [np.unique(key[by == one]) for one in np.unique(by)]
    return [
        2 * len(np.intersect1d(one, other, assume_unique=True)) / (len(one) + len(other))
        for one, other in combinations(sets, 2)
    ]
