"""The next document and pages of lists, at 10,000 and 1,000,000 documents.

The floor is the same query at 10,000 documents: a list is flat when the ratio of both is near 1.
SQLite, unless `LABELER_DATABASE_URL` names another database; what was made there, or in the folder
`LABELER_INSTANCE`, is used again.
"""

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update

from benchmarks.lists_corpus import RARE, corpus, first_keys
from labeler import audit, counters, progress, settling, work
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Assignment, Project, QueueEntry, User, db, transaction
from labeler.models.database import now
from labeler.work.rules import look_again

SIZES = (10_000, 1_000_000)
WANTED = 50
"""Milliseconds that any of them may take."""
Run = tuple[str, Callable[[], object]]


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Print how long each takes at each size, and the ratio of the last to the first."""
    with tempfile.TemporaryDirectory() as folder:
        given = {name: value for name in _GIVEN if (value := os.environ.get(name))}
        settings = Settings.from_env({"LABELER_INSTANCE": folder, **given})
        app = create_app(replace(settings, testing=True))
        with app.app_context():
            figures = [_figures(size) for size in sizes]
    told = " and ".join(f"{size:,}" for size in sizes)
    print(f"lists, {told} documents, milliseconds")
    for name in figures[0]:
        taken = [found[name] for found in figures]
        times = " ".join(f"{one:7.1f}" for one in taken)
        print(f"  {name:56} {times}  ratio {taken[-1] / taken[0]:5.2f}")
    slowest = max(figures[-1], key=lambda name: figures[-1][name])
    print(f"  slowest: {slowest}, {figures[-1][slowest]:.1f} ms (wanted: below {WANTED})")


_GIVEN = ("LABELER_INSTANCE", "LABELER_DATABASE_URL")


def _figures(size: int) -> dict[str, float]:
    project, people = corpus(size)
    last = max(db.session.scalars(first_keys(project, size)))
    runs = [
        *_own_lists(project, people["ana"], last, size),
        *_lists_of_nothing(project, people["eva"]),
        *_lists_of_all(project, last - size // 2),
        *_counts(project, people),
        *_to_settle(project, people),
        *_occurrences(project),
        *_next(project, people, last),
    ]
    return {name: _milliseconds(run) for name, run in runs}


def _own_lists(project: Project, ana: User, last: int, size: int) -> list[Run]:
    def listed(**asked: Any) -> Callable[[], object]:
        return lambda: work.browse(project, ana, **asked)

    def search(words: str) -> Callable[[], object]:
        return lambda: work.search(project, ana, words)

    return [
        ("own list, all", listed()),
        *((f"own list, {each}", listed(status=each)) for each in _STATUSES),
        ("own list, deep", listed(after=last - size // 2)),
        ("own list, backward from the end", listed(before=last)),
        ("search, a name", search("article-00099")),
        ("search, a common word", search("harb")),
        ("search, three words", search("harbour council 0000")),
    ]


def _lists_of_nothing(project: Project, eva: User) -> list[Run]:
    """Return the lists of somebody who has done nothing yet, where others did much."""
    theirs = work.Filter(person="eva", state="done")
    return [
        ("own list, done, who has none", lambda: work.browse(project, eva, status="done")),
        ("everybody's, done by who has none", lambda: work.supervise(project, theirs)),
    ]


_STATUSES = ("unopened", "open", "done", "skipped")


def _lists_of_all(project: Project, deep: int) -> list[Run]:
    def listed(after: int = 0, **asked: Any) -> Callable[[], object]:
        return lambda: work.supervise(project, work.Filter(**asked), after=after)

    return [
        ("everybody's, all", listed()),
        ("everybody's, deep", listed(deep)),
        ("everybody's, finished by 2", listed(finished=2)),
        ("everybody's, not opened by ben", listed(person="ben", state="unopened")),
        ("everybody's, done by ben", listed(person="ben", state="done")),
        ("everybody's, taken by eva", listed(person="eva", state="taken")),
        ("everybody's, skipped", listed(mark="skipped")),
        ("everybody's, flagged", listed(mark="flagged")),
        ("everybody's, training", listed(mark="training")),
        ("everybody's, control", listed(mark="control")),
        ("everybody's, a word", listed(words="harb")),
        ("everybody's, words", listed(words="harbour storm")),
        ("everybody's, words, done by ben", listed(words="harbour", person="ben", state="done")),
        ("everybody's, finished by 2, skipped", listed(finished=2, mark="skipped")),
    ]


def _counts(project: Project, people: dict[str, User]) -> list[Run]:
    ben = people["ben"]

    def counted(name: str, **asked: Any) -> Callable[[], object]:
        return lambda: counters.shares(project, [name], **asked)

    return [
        ("standings", lambda: work.standings(project)),
        ("progress", lambda: work.progress(project, ben)),
        ("pace of everybody", lambda: progress.paces(project)),
        ("what suggestions spared", lambda: progress.spared(project)),
        ("documents by people who finished", lambda: progress.finishers(project)),
        ("words one labels in two ways", lambda: progress.variations(project, ben)),
        ("counted, a frequent label", counted("entity ORG")),
        ("counted, a rare label", counted(f"entity {RARE}")),
        ("counted, a rare label, ben's", counted(f"entity {RARE}", annotator=ben)),
        ("record of who did what", lambda: audit.entries(project)),
        ("record, of one deed by one", _audited(project)),
    ]


def _audited(project: Project) -> Callable[[], object]:
    return lambda: audit.entries(project, actor="ana", action="project.settings")


def _to_settle(project: Project, people: dict[str, User]) -> list[Run]:
    def listed(state: str | None) -> Callable[[], object]:
        return lambda: settling.documents(project, state=state)

    eva = people["eva"]
    return [
        *((f"to settle, {state or 'all'}", listed(state)) for state in (None, *settling.STATES)),
        ("next to settle", lambda: settling.next_to_settle(project)),
        ("documents to settle alike, a rare word", _alike(project, "Castle Varn")),
        ("doubts", lambda: settling.doubts(project)),
        ("doubts, how many", lambda: settling.count_doubts(project)),
        ("sudden changes", lambda: settling.sudden_changes(project)),
        ("sudden changes, eva's, who has none", _sudden(project, eva)),
        ("words labeled in two ways", lambda: settling.contested(project)),
    ]


def _alike(project: Project, words: str) -> Callable[[], object]:
    return lambda: settling.documents_alike(project, words)


def _sudden(project: Project, user: User) -> Callable[[], object]:
    return lambda: settling.sudden_changes(project, of=user)


def _occurrences(project: Project) -> list[Run]:
    asked = {
        "a frequent word": "harbour",
        "one in 100 articles": "Port Ellery",
        "one in 100,000 articles": "Castle Varn",
        "in none": "nowhere",
        "in none in these capitals": "HARBOUR",
    }
    return [
        (f"words in texts, {name}", lambda words=words: settling.occurrences(project, words))
        for name, words in asked.items()
    ]


# ---- the next document -----------------------------------------------------------------------

_RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("all to everybody", {}),
    ("most useful first", {"ordering": "useful"}),
    ("two each, as imported", {"overlap": 2}),
    ("two each, at random", {"overlap": 2, "ordering": "random"}),
    ("two each, most useful first", {"overlap": 2, "ordering": "useful"}),
    ("two each, a shared tenth", {"overlap": 2, "shared": 10}),
    ("two each, a tenth as controls", {"overlap": 2, "control": 10}),
    ("two each, after 20 for training", {"overlap": 2, "training": 20}),
)


def _next(project: Project, people: dict[str, User], last: int) -> list[Run]:
    """Return who is asked what under each of the rules."""
    _prepare(project)
    ana, eva = people["ana"], people["eva"]
    runs: list[Run] = []
    for name, rules in _RULES:
        for user in (ana, eva):
            runs.append((f"next of {user.name}, {name}", _following(project, user, rules)))
        run = _following(project, ana, rules)
        if rules.get("overlap"):
            runs.append((f"next of ana, {name}, some put back", _left(project, eva, run, last)))
        runs.append((f"next of ana, {name}, once after a change", _anew(project, run)))
        runs.append((f"next of ana, {name}, taken", _taken(project, ana, rules)))
    by_hand = _given(project, eva, _following(project, eva, {"overlap": 2}), last)
    runs.append(("next of eva, 1,000 given by hand", by_hand))
    return runs


def _prepare(project: Project) -> None:
    """Let 20 documents be for training, the first with gold, and let nobody hold any.

    What is held is left from an earlier run.
    """
    chosen = list(db.session.scalars(first_keys(project, 2000)))[1::100]
    with transaction() as session:
        session.execute(delete(Assignment).where(Assignment.project_id == project.id))
        mine = QueueEntry.document_id.in_(chosen)
        session.execute(update(QueueEntry).where(mine).values(training=True))


def _following(project: Project, user: User, rules: dict[str, Any]) -> Callable[[], object]:
    def ask() -> object:
        _adopt(project, user, rules)
        return work.peek(project, user, 0)

    return ask


def _adopt(project: Project, user: User, rules: dict[str, Any]) -> None:
    """Let these be the rules, where they are not, and let somebody be beyond the first request."""
    if work.rules_of(project) != work.Rules(**rules):
        work.change_rules(project, _plain(rules))
        work.hand_out(project, user, now())


def _plain(rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "overlap": None,
        "ordering": "imported",
        "shared": 0,
        "control": 0,
        "training": 0,
    } | rules


def _taken(project: Project, user: User, rules: dict[str, Any]) -> Callable[[], object]:
    """Return the request that reserves a document, of somebody who left the one before long ago."""

    def take() -> object:
        _adopt(project, user, rules)
        return work.hand_out(project, user, now() + timedelta(days=next(_DAYS)))

    return take


_DAYS = itertools.count()
"""Days that pass between two requests: what was reserved with one is free with the next."""


def _given(
    project: Project, user: User, run: Callable[[], object], last: int
) -> Callable[[], object]:
    """Return the request of somebody who was given a thousand documents."""
    keys = list(range(last - 2000, last - 1000))

    def ask() -> object:
        if keys:
            run()
            work.give(project, keys, user, now())
            keys.clear()
        return work.hand_out(project, user, now())

    return ask


def _left(
    project: Project, user: User, run: Callable[[], object], last: int
) -> Callable[[], object]:
    """Return the same where the last ninety documents were given to somebody and taken back."""
    keys = list(range(last - 90, last))

    def after() -> object:
        if keys:  # once, before it is timed
            run()  # sets the rules
            work.give(project, keys, user, now())
            work.take_back(project, keys, user)
            keys.clear()
        return run()

    return after


def _anew(project: Project, run: Callable[[], object]) -> Callable[[], object]:
    """Return the same where nobody has a floor, as in the first request after a change."""

    def cold() -> object:
        look_again(project.id)
        return run()

    return cold


def _milliseconds(run: Callable[[], object]) -> float:
    run()
    taken = []
    for _ in range(7):
        db.session.rollback()
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000
