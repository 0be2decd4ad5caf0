"""One database, SQLite or PostgreSQL: its connections, its write transactions, its migrations."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import orjson
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    Select,
    Table,
    event,
    insert,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from labeler.config import ROOT
from labeler.errors import Unavailable

Wanted = TypeVar("Wanted", bound="Select[*tuple[Any, ...]]")

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_write_lock = threading.Lock()
_MIGRATIONS = ROOT / "migrations"
_MIGRATION_LOCK = 0x1ABE1E5
"""Any number, the same in every process: PostgreSQL lets one of them migrate at a time."""


class Base(DeclarativeBase):
    """What all tables inherit."""


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


db = SQLAlchemy(
    model_class=Base,
    session_options={"expire_on_commit": False, "autoflush": False},
    engine_options={"json_serializer": _dumps, "json_deserializer": orjson.loads},
)


def connect(app: Flask, url: str) -> None:
    """Bind the tables to the database at this address."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if not url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)


def _prepare_sqlite(engine: Engine) -> None:
    """Take transactions into our own hands: the driver's default loses concurrent updates."""

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        # FULL: an acknowledged edit also survives a power cut.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """Run a block as one write transaction, or as part of the one that is under way.

    A read under way on this session ends first: a reader that turns writer would fail or, worse,
    decide on rows that have changed since.
    """
    session = db.session()
    if _writing.get():
        yield session
        session.flush()  # what it made has its ids now, as after a transaction of its own
        return
    session.commit()
    one_writer = _write_lock if db.engine.dialect.name == "sqlite" else nullcontext()
    token = _writing.set(True)
    try:
        with one_writer:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
    finally:
        _writing.reset(token)


def writing() -> bool:
    """Tell whether a write transaction is under way here: what it wrote may still be undone."""
    return _writing.get()


def upserting(into: type[Base]) -> Any:
    """Return an insert that can say what becomes of rows that are there, on either database."""
    sqlite_here = db.engine.dialect.name == "sqlite"
    return sqlite.insert(into) if sqlite_here else postgresql.insert(into)


def insert_rows(
    session: Session, into: type[Base], names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows, given as tuples in the order of `names`, as fast as the driver can.

    The statement is compiled once and handed over with all rows; only JSON and instants are
    converted. For a few rows the usual ways read better.
    """
    if not rows:
        return
    table = cast(Table, into.__table__)
    connection = session.connection()
    dialect = connection.dialect
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    processors = [
        table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names
    ]
    converted = {place: process for place, process in enumerate(processors) if process}
    if converted:
        rows = [_converted(row, converted) for row in rows]
    if compiled.positional:
        connection.exec_driver_sql(compiled.string, rows)
    else:
        named = [dict(zip(names, row, strict=True)) for row in rows]
        connection.exec_driver_sql(compiled.string, named)


def rows_changed(session: Session, statement: Executable) -> int:
    """Run an UPDATE or a DELETE, and return how many rows it changed."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def raw_rows(
    session: Session, query: Select[Any], size: int
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield the rows of a query in chunks of at most `size`, as the driver gives them.

    Nothing is converted, so this is for numbers, names and bytes only; for a few rows the usual
    ways read better.
    """
    found = session.connection().execute(query)
    try:
        while rows := found.cursor.fetchmany(size):
            yield rows
    finally:
        found.close()


def newest_first(
    query: Wanted, key: InstrumentedAttribute[int], before: int | None, limit: int
) -> Wanted:
    """Return a query of the rows with the highest keys, those below `before` where it is given."""
    if before is not None:
        query = query.where(key < before)
    return query.order_by(key.desc()).limit(limit)


def _converted(row: tuple[Any, ...], converted: dict[int, Any]) -> tuple[Any, ...]:
    places = [place for place in converted if row[place] is not None]
    if not places:
        return row
    values = list(row)
    for place in places:
        values[place] = converted[place](values[place])
    return tuple(values)


def migrate() -> None:
    """Create or upgrade the tables; processes that start at once wait for each other.

    Raises Unavailable when the database does not answer.
    """
    try:
        _upgrade()
    except OperationalError as error:
        place = db.engine.url.render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0]
        raise Unavailable(
            f"The database at {place} does not answer: {reason}. "
            "Start it, or set LABELER_DATABASE_URL to another."
        ) from None


def _upgrade() -> None:
    with transaction() as session:
        if revision_of(session.connection()) != last_revision():
            upgrade_to(session, "head")


def revision_of(connection: Connection) -> str | None:
    """Return the revision of these tables, None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def last_revision() -> str:
    """Return the revision that the newest migration makes, by the names of the files."""
    return max(path.name for path in _MIGRATIONS.glob("versions/*.py")).partition("_")[0]


def upgrade_to(session: Session, revision: str) -> None:
    """Run the migrations up to a revision, within the transaction under way.

    Raises Unavailable when there is no such revision here: a newer labeler made it.
    """
    # Alembic takes a moment to import, and a database that is up to date does without.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise Unavailable(f"A newer labeler made this database: install it. ({error})") from None


def now() -> datetime:
    """Return the present time, with its zone."""
    return datetime.now(UTC)


Json = dict[str, Any]
