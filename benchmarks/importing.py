"""Import of pre-annotated articles, beside parsing the same JSON and inserting rows by hand.

The floor uses the driver alone: it reads each line with a fast parser and inserts document, layer,
entities, relations and the log entry, a transaction for 250 articles, on the same tables.
"""

import itertools
import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import orjson

from benchmarks.corpus import SCHEME, articles
from benchmarks.measure import compare
from labeler import accounts, transfer
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Project, db, transaction
from labeler.models.documents import text_sha256

ARTICLES = 1000
_run = itertools.count()


def main() -> None:
    """Print both rates and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = folder / "articles.jsonl"
        with lines.open("w", encoding="utf-8") as file:
            for article in articles(ARTICLES):
                file.write(json.dumps(article, ensure_ascii=False) + "\n")
        app = create_app(Settings.from_env({"LABELER_INSTANCE": name}))
        with app.app_context():
            compare(
                f"importing, {ARTICLES} articles of 350 tokens, 30 entities, 10 relations, SQLite",
                lambda: _ours(lines),
                lambda: _floor(lines, folder),
                wanted=0.5,
                unit=ARTICLES,
            )


def _ours(lines: Path) -> None:
    with transaction() as session:
        project = Project(slug=f"p{next(_run)}", title="Bench")
        session.add(project)
        project.scheme = SCHEME
    report = transfer.import_paths(project, [lines], actor=accounts.ensure_user("ana"))
    assert report.layers == ARTICLES, report
    db.session.expunge_all()


def _floor(lines: Path, folder: Path) -> None:
    """Insert the same rows with the driver, into a project of its own."""
    with transaction() as session:
        project = Project(slug=f"p{next(_run)}", title="Bench")
        session.add(project)
    user = accounts.ensure_user("ana").id
    db.session.commit()
    connection = sqlite3.connect(folder / "labeler.sqlite", isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    with lines.open("rb") as file:
        while portion := list(itertools.islice(file, 250)):
            connection.execute("BEGIN IMMEDIATE")
            _insert(connection, project.id, user, [orjson.loads(line) for line in portion])
            connection.execute("COMMIT")
    connection.close()


_NOW = "2026-01-01 00:00:00.000000"
_ANNOTATION = ("start", "end", "label", "head", "tail")


def _insert(
    connection: sqlite3.Connection, project: int, user: int, lines: list[dict[str, Any]]
) -> None:
    entities, relations, edits = [], [], []
    for line in lines:
        values = (project, line["id"], line["text"], text_sha256(line["text"]))
        document = connection.execute(
            "INSERT INTO document (project_id, name, text, sha256, meta, created)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (*values, orjson.dumps(line["meta"]).decode(), _NOW),
        ).lastrowid
        layer = connection.execute(
            "INSERT INTO layer (project_id, document_id, annotator_id, gold, status, revision,"
            " seconds, created, changed) VALUES (?, ?, ?, 0, 'done', 1, 0, ?, ?)",
            (project, document, user, _NOW, _NOW),
        ).lastrowid
        ops = []
        for item in (*line["entities"], *line["relations"]):
            after = {name: item[name] for name in _ANNOTATION if name in item}
            ops.append({"id": item["id"], "before": None, "after": after})
        edits.append((layer, 1, "import", user, _NOW, orjson.dumps(ops).decode()))
        entities += [(layer, e["id"], e["start"], e["end"], e["label"]) for e in line["entities"]]
        relations += [(layer, r["id"], r["head"], r["tail"], r["label"]) for r in line["relations"]]
    connection.executemany("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?)", edits)
    connection.executemany("INSERT INTO entity VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL)", entities)
    connection.executemany("INSERT INTO relation VALUES (?, ?, ?, ?, ?, NULL, NULL)", relations)
