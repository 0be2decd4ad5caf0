"""Lists and the queue find their rows by an index, whatever the size of a project."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from labeler import accounts, audit, counters, lessons, progress, settling, work
from labeler.models import Project, QueueEntry, User, db, texts, transaction
from labeler.settling.alike import documents_alike
from labeler.work.rules import look_again
from tests.conftest import NOW, Corpus

LARGE = (
    "document", "layer", "queue_entry", "document_word", "settlement", "doubt", "sudden_change",
    "dictionary_entry", "contested_words", "counter_entry", "lesson", "audit", "assignment",
)  # fmt: skip
"""Tables that grow with the documents of a project."""
SCANS = re.compile(rf"SCAN ({'|'.join(LARGE)})\b(?!.*USING)|Seq Scan on ({'|'.join(LARGE)})\b")
SORTS = re.compile(r"USE TEMP B-TREE FOR (?:LAST TERM OF )?ORDER BY")
BOUNDED = re.compile(r"\bIN \(|LIMIT.*LIMIT", re.DOTALL)
"""What may be sorted: rows that are named, and those of a part that has a limit itself."""
INDEXES = {
    "everybody's, {'mark': 'training'}": "ix_queue_entry_training",
    "everybody's, {'mark': 'flagged'}": "ix_layer_flag",
    "everybody's, {'mark': 'skipped'}": "ix_layer_skipped",
    "everybody's, {'finished': 2}": "ix_queue_entry_finished",
    "own, done": "ix_layer_progress",
    "to settle, open": "ix_settlement_state",
    "doubts": "ix_doubt_state",
    "sudden changes": "ix_sudden_change_unseen",
    "contested": "ix_contested_words",
    "words in texts": "VIRTUAL TABLE INDEX",
    "to learn": "ix_layer_untaught",
}
"""Where a condition must be led by its own index: SQLite says so by its name."""
Run = Callable[[], object]


@pytest.fixture
def project(any_app: Flask, corpus: Corpus) -> Project:
    """Return a project in which there is something for each list."""
    made = corpus.project(ana="annotator", ben="annotator", lena="manager")
    for number in range(6):
        document = corpus.document(made, "Varn lies north.", f"a{number}")
        layer = corpus.layer(document, "ana", GPE=[(0, 4)])
        work.set_state(layer, {"status": "done"}, NOW)
        if number < 3:
            corpus.layer(document, "ben", "skipped" if number else "done", ORG=[(0, 4)])
    work.change_rules(made, {"control": 10})
    with transaction() as session:
        session.query(QueueEntry).filter(QueueEntry.position == 1).update({"training": True})
    return made


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Give what is asked of the database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def keep(_c: object, _u: object, statement: str, values: Any, _x: object, _m: bool) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)


def plan(statement: str, values: Any) -> str:
    """Return how the database would answer; PostgreSQL with what indexes can do, if they can."""
    sqlite = db.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    connection = db.session.connection()
    if not sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = connection.exec_driver_sql(explain + statement, values)
    return "\n".join(str(row[-1]) for row in rows)


def lists(project: Project) -> Iterator[tuple[str, Run]]:
    """Yield each list by name."""
    ana, ben = accounts.find_user("ana"), accounts.find_user("ben")
    for status in (None, "unopened", "open", "done", "skipped"):
        yield f"own, {status}", lambda s=status: work.browse(project, ana, status=s)
        yield f"own, {status}, deep", lambda s=status: work.browse(project, ana, status=s, after=2)
    yield "own, backward", lambda: work.browse(project, ana, before=5)
    yield "search", lambda: work.search(project, ana, "varn north")
    for filters in _filters():
        found = work.Filter(**filters)
        yield f"everybody's, {filters}", lambda f=found: work.supervise(project, f)
    yield "standings", lambda: work.standings(project)
    yield "progress", lambda: work.progress(project, ana)
    yield "pace", lambda: progress.paces(project)
    yield "spared", lambda: progress.spared(project)
    yield "variations", lambda: progress.variations(project, ben)
    yield "counted", lambda: counters.shares(project, ["entity GPE", "entity ORG"])
    yield "counted, one's", lambda: counters.shares(project, ["entity GPE"], ana, (1, 1))
    yield "record", lambda: audit.entries(project, action="project.settings")
    yield from _settling(project, ben)


def _filters() -> Iterator[dict[str, Any]]:
    yield from ({}, {"finished": 2}, {"words": "varn"}, {"words": "varn", "finished": 1})
    yield from ({"mark": mark} for mark in work.MARKS)
    yield from ({"person": "ben", "state": state} for state in work.STATES)


def _settling(project: Project, ben: User) -> Iterator[tuple[str, Run]]:
    for state in (None, *settling.STATES):
        yield f"to settle, {state}", lambda s=state: settling.documents(project, state=s)
    yield "next to settle", lambda: settling.next_to_settle(project)
    yield "alike", lambda: documents_alike(project, "Varn")
    yield "doubts", lambda: settling.doubts(project)
    yield "doubts, how many", lambda: settling.count_doubts(project)
    yield "sudden changes", lambda: settling.sudden_changes(project)
    yield "sudden changes, one's", lambda: settling.sudden_changes(project, of=ben)
    yield "contested", lambda: settling.contested(project)
    yield "words in texts", lambda: texts.may_hold(project.id, "Varn", 0, 10)
    yield "occurrences", lambda: settling.occurrences(project, "Varn")
    yield "to learn", lambda: lessons.catch_up(project.id, NOW)
    yield "learned", lambda: lessons.count(project.id)


def queue(project: Project) -> Iterator[tuple[str, Run]]:
    """Yield a request for the next document under each of the rules."""
    ben = accounts.find_user("ben")
    for rules in _rules():

        def run(rules: dict[str, Any] = rules) -> object:
            work.change_rules(project, rules)
            look_again(project.id)
            return work.hand_out(project, ben, NOW), work.peek(project, ben, 2)

        yield f"next, {rules}", run


def _rules() -> Iterator[dict[str, Any]]:
    for ordering in work.ORDERINGS:
        yield {"overlap": None, "ordering": ordering, "shared": 0, "control": 10}
        yield {"overlap": 3, "ordering": ordering, "shared": 0, "control": 0}
        yield {"overlap": 3, "ordering": ordering, "shared": 10, "control": 0}
    yield {"overlap": 3, "ordering": "imported", "training": 1}


@pytest.mark.parametrize("kind", [lists, queue])
def test_lists_and_the_queue_are_read_by_an_index(
    project: Project, kind: Callable[[Project], Iterator[tuple[str, Run]]]
) -> None:
    """No list and no request for a document reads or sorts a table that grows with documents."""
    slow = []
    for name, run in kind(project):
        with statements() as asked:
            run()
        plans = [(statement, plan(statement, values)) for statement, values in asked]
        for statement, told in plans:
            sorts = SORTS.search(told) and not BOUNDED.search(statement)
            if SCANS.search(told) or sorts:
                slow.append(f"{name}:\n{statement}\n{told}\n")
        wanted = INDEXES.get(name, "") if db.engine.dialect.name == "sqlite" else ""
        if not any(wanted in told for _, told in plans):
            slow.append(f"{name}: {wanted} is not used\n{plans}\n")
    assert not slow, "\n".join(slow)
