"""The next document and pages of lists, at 10,000 and 1,000,000 documents.

Texts are short, since no list reads them; ana has finished the first tenth of the documents, ben
every second one of those. The floor is the same query at 10,000 documents: a list is flat when the
ratio of both is near 1. SQLite; `LABELER_DATABASE_URL` names another database, which must be empty.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from labeler import accounts, editing, schema, settling, work
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Document, Project, User, db, insert_rows, transaction
from labeler.models.database import now
from labeler.models.documents import text_sha256
from labeler.models.words import title_words
from labeler.work.rules import look_again

SIZES = (10_000, 1_000_000)
WANTED = 50
"""Milliseconds that any of them may take."""
_PORTION = 10_000
_WORDS = ("harbour", "council", "accord", "ferry", "mayor", "storm", "court", "school", "river")
_COLUMNS = ("project_id", "name", "words", "text", "sha256", "meta", "created")


def main() -> None:
    """Print how long each takes at each size, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env({"LABELER_INSTANCE": folder, **_database()})
        app = create_app(replace(settings, testing=True, instance=Path(folder)))
        with app.app_context():
            figures = [_figures(size) for size in SIZES]
    print(f"lists, {' and '.join(f'{size:,}' for size in SIZES)} documents, milliseconds")
    for name in figures[0]:
        small, large = (found[name] for found in figures)
        print(f"  {name:48} {small:7.1f} {large:7.1f}  ratio {large / small:5.2f}")
    print(f"  slowest: {max(figures[-1].values()):.1f} ms (wanted: below {WANTED})")


def _database() -> dict[str, str]:
    url = os.environ.get("LABELER_DATABASE_URL")
    return {"LABELER_DATABASE_URL": url} if url else {}


def _figures(size: int) -> dict[str, float]:
    project, people = _corpus(size)
    return {name: _milliseconds(run) for name, run in _runs(project, people, size)}


def _corpus(size: int) -> tuple[Project, dict[str, User]]:
    with transaction() as session:
        project = Project(slug=f"bench-{size}", title="Bench")
        session.add(project)
        project.scheme = schema.Scheme()
    people = {name: accounts.ensure_user(name) for name in ("ana", "ben", "eva")}
    for user in people.values():
        accounts.add_member(project, user, "annotator")
    for first in range(0, size, _PORTION):
        with transaction() as session:
            rows = [_row(project.id, number) for number in range(first, first + _PORTION)]
            insert_rows(session, Document, _COLUMNS, rows)
    _label(project, people, size)
    return project, people


def _row(project_id: int, number: int) -> tuple[Any, ...]:
    words = (_WORDS[number % 9], _WORDS[number // 9 % 9], _WORDS[number // 81 % 9])
    meta = {"title": f"{' '.join(words).capitalize()} {number:06}"}
    text = f"Article {number}."
    name = f"article-{number:07}"
    return project_id, name, title_words(meta), text, text_sha256(text), meta, now()


def _label(project: Project, people: dict[str, User], size: int) -> None:
    keys = list(db.session.scalars(_first_keys(project, size // 10)))
    for first in range(0, len(keys), _PORTION):
        news = [
            editing.NewLayer(
                project.id,
                key,
                people[name].id,
                schema.Layer(annotator=name, status="skipped" if index % 50 == 49 else "done"),
            )
            for index, key in enumerate(keys[first : first + _PORTION])
            for name in (("ana", "ben") if index % 2 else ("ana",))
        ]
        editing.create(news, actor_id=people["ana"].id, now=now(), key="made")


def _first_keys(project: Project, count: int) -> Any:
    return db.select(Document.id).where(Document.project_id == project.id).limit(count)


def _runs(
    project: Project, people: dict[str, User], size: int
) -> list[tuple[str, Callable[[], object]]]:
    ana, eva = people["ana"], people["eva"]
    last = max(db.session.scalars(_first_keys(project, size)))
    deep = last - size // 2

    def following(user: User, rules: dict[str, Any]) -> Callable[[], object]:
        def run() -> object:
            return work.peek(project, user, 0)

        def prepared() -> object:
            if work.rules_of(project) != work.Rules(**rules):
                work.change_rules(project, _plain(rules))
                work.hand_out(project, user, now())
            return run()

        return prepared

    def listed(**filters: Any) -> Callable[[], object]:
        return lambda: work.supervise(project, work.Filter(**filters))

    runs: list[tuple[str, Callable[[], object]]] = [
        (f"own list, {status or 'all'}", lambda s=status: work.browse(project, ana, status=s))
        for status in (None, "unopened", "open", "done", "skipped")
    ]
    runs += [
        ("own list, deep", lambda: work.browse(project, ana, after=deep)),
        ("own list, backward from the end", lambda: work.browse(project, ana, before=last)),
        ("search, a name", lambda: work.search(project, ana, "article-00099")),
        ("search, a common word", lambda: work.search(project, ana, "harb")),
        ("search, three words", lambda: work.search(project, ana, "harbour council 0000")),
        ("everybody's, all", listed()),
        ("everybody's, deep", lambda: work.supervise(project, work.Filter(), after=deep)),
        ("everybody's, finished by 2", listed(finished=2)),
        ("everybody's, not opened by ben", listed(person="ben", state="unopened")),
        ("everybody's, done by ben", listed(person="ben", state="done")),
        ("everybody's, skipped", listed(mark="skipped")),
        ("everybody's, flagged", listed(mark="flagged")),
        ("everybody's, words", listed(words="harbour storm")),
        ("standings", lambda: work.standings(project)),
        ("progress", lambda: work.progress(project, ana)),
    ]
    runs += [
        (f"to settle, {state or 'all'}", lambda s=state: settling.documents(project, state=s))
        for state in (None, *settling.STATES)
    ]
    runs += [
        ("next to settle", lambda: settling.next_to_settle(project)),
        ("words that are nowhere, a page", lambda: settling.occurrences(project, "nowhere")),
    ]
    for name, rules in (
        ("all to everybody", {}),
        ("two each, as imported", {"overlap": 2}),
        ("two each, at random", {"overlap": 2, "ordering": "random"}),
        ("two each, a shared tenth", {"overlap": 2, "shared": 10}),
    ):
        runs += [(f"next of {user.name}, {name}", following(user, rules)) for user in (ana, eva)]
        if rules.get("overlap"):
            left = f"next of ana, {name}, some put back"
            runs.append((left, _left(project, eva, following(ana, rules), last)))
        again = f"next of ana, {name}, once after a change"
        runs.append((again, _anew(project, following(ana, rules))))
    return runs


def _left(
    project: Project, user: User, run: Callable[[], object], last: int
) -> Callable[[], object]:
    """Return the same where the last ninety documents were given to somebody and taken back."""
    keys = list(range(last - 90, last))

    def after() -> object:
        while keys:  # once, before it is timed
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


def _plain(rules: dict[str, Any]) -> dict[str, Any]:
    return {"overlap": None, "ordering": "imported", "shared": 0, **rules}


def _milliseconds(run: Callable[[], object]) -> float:
    run()
    taken = []
    for _ in range(7):
        db.session.rollback()
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000
