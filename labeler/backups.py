"""Backups: all tables as one compressed file, from a consistent view, for either database.

The file is gzip over lines of JSON: a header, for each table its columns followed by a list of
values per row, and a last line with the counts and the checksum of all lines before.
"""

import base64
import gzip
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Session

from labeler import __version__
from labeler.errors import Conflict, Invalid, NotFound
from labeler.models import Project, User, db, transaction
from labeler.models.database import Base, now, revision_of, upgrade_to

FORMAT = 1
_ROWS = 500
"""Rows read and written at a time."""
_WORKERS = "worker"
"""The table of what is running, which a backup leaves out."""
_TEXT_INDEX = "text_index"
"""The table by which SQLite finds words in texts, made from the texts themselves."""
Progress = Callable[[int], None]


# ---- out -------------------------------------------------------------------------------------


def write(path: Path, progress: Progress = lambda _: None) -> int:
    """Write a backup of the database and return its number of rows; others may go on writing.

    An earlier file of that name is replaced when the new one is complete. `progress` is told of
    each portion of rows.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with gzip.open(unfinished, "wb", compresslevel=6) as file:
            count = _write_all(_Lines(file), progress)
        _to_disk(unfinished)
        os.replace(unfinished, path)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class _Lines:
    """Writes lines of JSON and keeps their checksum."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file, self._sum = file, hashlib.sha256()

    def write(self, value: object) -> None:
        """Write one line."""
        line = orjson.dumps(value) + b"\n"
        self._sum.update(line)
        self._file.write(line)

    def end(self, counts: dict[str, int]) -> None:
        """Write the last line."""
        self.write({"rows": counts})
        self._file.write(orjson.dumps({"sha256": self._sum.hexdigest()}) + b"\n")


def _write_all(lines: _Lines, progress: Progress) -> int:
    counts: dict[str, int] = {}
    with _reading() as connection:
        revision = revision_of(connection)
        header = {"labeler": __version__, "format": FORMAT, "revision": revision}
        lines.write({**header, "written": now().isoformat()})
        for table in Base.metadata.sorted_tables:
            if table.name != _WORKERS:
                counts[str(table.name)] = _write_table(lines, connection, table, progress)
    lines.end(counts)
    return sum(counts.values())


def _reading() -> Connection:
    """Return a connection that sees the database as it is now, whoever writes meanwhile."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    return engine.connect()


def _write_table(lines: _Lines, connection: Connection, table: Table, progress: Progress) -> int:
    kinds = {str(column.name): _kind(column.type) for column in table.columns}
    lines.write({"table": str(table.name), "columns": kinds})
    rows = connection.execution_options(yield_per=_ROWS).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    count = 0
    for portion in rows.partitions():
        for row in portion:
            lines.write([_plain(value) for value in row])
        count += len(portion)
        progress(len(portion))
    return count


def _kind(type_: Any) -> str:
    """Return how values of a column stand in the file."""
    impl = getattr(type_, "impl", type_)
    kinds = ((JSON, "json"), (LargeBinary, "bytes"), (DateTime, "instant"))
    return next((name for kind, name in kinds if isinstance(impl, kind)), "plain")


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


# ---- in --------------------------------------------------------------------------------------


def restore(path: Path, *, replace: bool = False, progress: Progress = lambda _: None) -> int:
    """Make the database what it was when a backup was written; return its number of rows.

    Raises Invalid when the file is not whole, Conflict when the database is not empty and may not
    be replaced. All is done in one transaction: what fails leaves the database as it was.
    """
    revision = _verified(path)
    if not replace and (db.session.query(User).first() or db.session.query(Project).first()):
        raise Conflict(
            "The database is not empty: restoring would delete what is in it. Restore into a new "
            "one (LABELER_INSTANCE, LABELER_DATABASE_URL), or say --replace."
        )
    with transaction() as session:
        _drop_all(session)
        upgrade_to(session, revision)
        connection = session.connection()
        awake = _silenced(connection)
        with gzip.open(path, "rb") as file:
            count = _read_tables(connection, file, progress)
        awake()
        _reset_numbers(connection)
        upgrade_to(session, "head")
    db.session.remove()
    return count


def _verified(path: Path) -> str:
    """Return the revision of the tables in a backup that is whole; raises Invalid."""
    broken = Invalid(
        f"{path} is not a whole backup of labeler: it was cut off, changed, or no backup."
    )
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    checksum, last, before = hashlib.sha256(), b"", b""
    try:
        with gzip.open(path, "rb") as file:
            first = orjson.loads(file.readline())
            checksum.update(orjson.dumps(first) + b"\n")
            for line in file:
                checksum.update(before)
                before, last = line, line
        said = orjson.loads(last)["sha256"]
        known, revision = first["format"], str(first["revision"])
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        raise broken from None
    if said != checksum.hexdigest():
        raise broken
    if known != FORMAT:
        raise Invalid(
            f"{path} has format {known}; this labeler reads {FORMAT}. Install a newer one."
        )
    return revision


def _drop_all(session: Session) -> None:
    connection = session.connection()
    if connection.dialect.name == "sqlite":  # its own tables go with it
        connection.execute(text(f"DROP TABLE IF EXISTS {_TEXT_INDEX}"))
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)
    if connection.dialect.name == "postgresql":
        names = connection.scalars(
            text(
                "SELECT proname FROM pg_proc WHERE prorettype = 'trigger'::regtype "
                "AND pronamespace = current_schema()::regnamespace"
            )
        )
        for name in list(names):
            connection.execute(text(f'DROP FUNCTION "{name}"() CASCADE'))


def _silenced(connection: Connection) -> Callable[[], None]:
    """Turn off the triggers, which have done their work on these rows; return what undoes that.

    The one that fills the index of texts stays, since no backup has the index.
    """
    if connection.dialect.name == "sqlite":
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        found = connection.execute(text(f"{triggers} AND name <> 'text_enters'")).all()
        off = [f'DROP TRIGGER "{name}"' for name, _ in found]
        on = [sql for _, sql in found]
    else:
        tables = inspect(connection).get_table_names()
        off = [f'ALTER TABLE "{name}" DISABLE TRIGGER USER' for name in tables]
        on = [f'ALTER TABLE "{name}" ENABLE TRIGGER USER' for name in tables]

    def run(statements: list[str]) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    run(off)
    return lambda: run(on)


def _read_tables(connection: Connection, file: Any, progress: Progress) -> int:
    found = MetaData()
    found.reflect(connection)
    count, columns = 0, []
    table: Table | None = None
    lines = (orjson.loads(line) for line in islice(file, 1, None))
    for portion in _portions(lines):
        if isinstance(portion, dict):
            if "table" not in portion:
                break
            table, columns = found.tables[portion["table"]], list(portion["columns"].items())
            _keep_nulls(table)
        elif table is not None:
            rows = [_row(columns, values, connection.dialect.name) for values in portion]
            connection.execute(table.insert(), rows)
            count += len(rows)
            progress(len(rows))
    return count


def _portions(lines: Iterator[Any]) -> Iterator[Any]:
    """Yield the lines, those that are rows put together to portions."""
    held: list[Any] = []
    for line in lines:
        if held and (isinstance(line, dict) or len(held) >= _ROWS):
            yield held
            held = []
        if isinstance(line, dict):
            yield line
        else:
            held.append(line)


def _keep_nulls(table: Table) -> None:
    """Let nothing in a column of JSON be NULL, as the models have it, not the word null."""
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type.none_as_null = bool(column.nullable)


def _row(columns: list[tuple[str, str]], values: list[Any], dialect: str) -> dict[str, Any]:
    return {
        name: _typed(kind, value, dialect)
        for (name, kind), value in zip(columns, values, strict=True)
    }


def _typed(kind: str, value: Any, dialect: str) -> Any:
    if value is None or kind in ("plain", "json"):
        return value
    if kind == "bytes":
        return base64.b64decode(value)
    at = datetime.fromisoformat(value).astimezone(UTC)
    return at.replace(tzinfo=None) if dialect == "sqlite" else at


def _reset_numbers(connection: Connection) -> None:
    """Let PostgreSQL count on after the highest number there is."""
    if connection.dialect.name != "postgresql":
        return
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        column = table.autoincrement_column
        if column is None or not column.server_default:
            continue
        highest = connection.scalar(select(func.max(column)))
        if highest is not None:
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            connection.execute(select(func.setval(sequence, highest)))
