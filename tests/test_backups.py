"""Backups: what comes back is what was there, on either database."""

import gzip
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from labeler import accounts, backups, demonstration, editing, jobs, proof, schema
from labeler.app import create_app
from labeler.errors import Conflict, Invalid, NotFound
from labeler.models import Edit, Layer, Project, User, db, texts, transaction
from labeler.models.database import Base
from tests.conftest import NOW, Corpus, settings


def content() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    db.session.rollback()
    return {
        table.name: [
            tuple(row)
            for row in db.session.execute(select(table).order_by(*table.primary_key.columns))
        ]
        for table in Base.metadata.sorted_tables
        if table.name != "worker"
    }


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Flask]:
    """Return the app on an empty SQLite database of another folder."""
    (tmp_path / "other").mkdir()
    app = create_app(settings(tmp_path / "other"))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("there_and_back", [False, True])
def test_a_backup_brings_everything_back(
    any_app: Flask, other: Flask, tmp_path: Path, there_and_back: bool
) -> None:
    """Every row of every table is the same in another database, also of the other kind, and works.

    From PostgreSQL to SQLite, and back.
    """
    demonstration.prepare()
    jobs.enqueue("count", "Ünïcode", parameters={"a": [1, None]})
    before = content()
    file = tmp_path / "backup.gz"
    count = backups.write(file)
    assert count == sum(map(len, before.values()))
    if there_and_back:
        with other.app_context():
            backups.restore(file)
            assert content() == before
            backups.write(file)
        backups.restore(file, replace=True)
        assert content() == before
        _prove_and_use()
    else:
        with other.app_context():
            assert backups.restore(file) == count
            assert content() == before
            _prove_and_use()


def _prove_and_use() -> None:
    assert list(proof.check()) == []
    project = db.session.query(Project).first()
    assert project is not None
    document = Corpus().document(project, "Ada met Bob.", "new after the restore")
    assert document.id in texts.may_hold(project.id, "Bob", 0, 1000)
    layer = Corpus().layer(document, "new-person", PERSON=[(0, 3)])
    entity = schema.Entity("e9", 8, 11, "PERSON")
    edit = schema.Edit("k", (schema.Op("e9", None, entity),))
    actor = accounts.find_user("new-person").id
    editing.apply(layer.id, layer.revision, [edit], actor_id=actor, now=NOW)
    assert list(proof.check()) == []
    with pytest.raises(Exception, match=r"."), transaction() as session:
        session.query(Edit).delete()


def test_a_backup_sees_one_moment(any_app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """What is written while a backup is made is wholly in it or not at all; nobody waits."""
    project = corpus.project()
    document = corpus.document(project)
    corpus.layer(document)
    written = threading.Event()

    def write_meanwhile(_: int) -> None:
        if written.is_set():
            return
        written.set()

        def write() -> None:
            with any_app.app_context():
                corpus.layer(
                    corpus.document(db.session.get_one(Project, project.id), name="x"), "bob"
                )

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()

    backups.write(tmp_path / "b", write_meanwhile)
    db.session.rollback()
    assert db.session.query(Layer).count() == 2
    backups.restore(tmp_path / "b", replace=True)
    assert db.session.query(Layer).count() == 1
    assert db.session.query(User).count() == 1
    assert list(proof.check()) == []


@pytest.mark.parametrize(
    "harm",
    [
        lambda content: content[:-40],
        lambda content: gzip.compress(gzip.decompress(content).replace(b"news", b"olds")),
        lambda content: gzip.compress(b"\n".join(gzip.decompress(content).splitlines()[:-1])),
        lambda _: b"",
        lambda _: b"hello",
    ],
)
def test_a_file_that_is_not_whole_is_refused(
    app: Flask, corpus: Corpus, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    """A backup that was cut off or changed, or is none, changes nothing."""
    corpus.project()
    backups.write(tmp_path / "b")
    (tmp_path / "b").write_bytes(harm((tmp_path / "b").read_bytes()))
    before = content()
    with pytest.raises(Invalid, match="not a whole backup"):
        backups.restore(tmp_path / "b", replace=True)
    assert content() == before


def test_what_is_there_is_not_replaced_by_itself(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """A database with people or projects is kept unless told otherwise."""
    corpus.project()
    backups.write(tmp_path / "b")
    with pytest.raises(Conflict, match="not empty"):
        backups.restore(tmp_path / "b")
    with pytest.raises(NotFound):
        backups.restore(tmp_path / "none", replace=True)


def test_a_restore_that_fails_leaves_all_as_it_was(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """The tables come back whole where the new content cannot be put in."""
    corpus.layer(corpus.document(corpus.project()))
    backups.write(tmp_path / "b")
    before = content()

    def fail(_: int) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        backups.restore(tmp_path / "b", replace=True, progress=fail)
    assert content() == before
    assert list(proof.check()) == []


def test_the_commands_write_and_restore(labeler: Callable[..., Any], tmp_path: Path) -> None:
    """A backup goes from one instance to another by two commands."""
    labeler("user", "add", "ana", cwd=tmp_path)
    made = labeler("backup", tmp_path / "b.gz", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    refused = labeler("restore", tmp_path / "b.gz", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    there = {"LABELER_INSTANCE": str(tmp_path / "there")}
    assert "All is well" in labeler("restore", tmp_path / "b.gz", cwd=tmp_path, **there).stdout
    assert "ana" in labeler("user", "list", cwd=tmp_path, **there).stdout
