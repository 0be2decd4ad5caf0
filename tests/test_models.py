"""The tables: migrations make what the models say, and transactions keep their word."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from labeler.config import ROOT
from labeler.models import User, db, migrate, transaction
from labeler.models.database import Base, last_revision


def test_migrations_make_the_tables_that_the_models_say(any_app: Flask) -> None:
    """No difference is left between the migrated database and the models.

    The index of texts is of a kind that each database has for itself.
    """

    def in_models(_object: object, name: str | None, *_: object) -> bool:
        return not (name or "").startswith(("text_index", "ix_document_text_words"))

    with transaction() as session:
        opts = {"compare_type": True, "include_object": in_models}
        context = MigrationContext.configure(session.connection(), opts=opts)
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_the_names_of_migrations_tell_the_last_one(any_app: Flask) -> None:
    """The revision that a start looks for is the one that Alembic's own chain leads to."""
    with transaction() as session:
        reached = MigrationContext.configure(session.connection()).get_current_revision()
    chain = ScriptDirectory(str(ROOT / "migrations"))
    assert reached == last_revision() == chain.get_current_head()


def test_migrating_again_changes_nothing(any_app: Flask) -> None:
    """A start on an up-to-date database leaves it as it is."""
    migrate()
    assert db.session.query(User).count() == 0


def test_a_transaction_that_fails_leaves_nothing(any_app: Flask) -> None:
    """What was added before an error is gone, and the session can be used again."""

    def fail() -> None:
        with transaction() as session:
            session.add(User(name="ana"))
            session.flush()
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    assert db.session.query(User).count() == 0


def test_a_transaction_within_another_is_part_of_it(any_app: Flask) -> None:
    """An inner transaction is undone with the outer one."""

    def fail() -> None:
        with transaction():
            with transaction() as session:
                session.add(User(name="ana"))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    assert db.session.query(User).count() == 0
