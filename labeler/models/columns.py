"""Kinds of columns that several tables share."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

ID = String(100)
LABEL = String(100)

# Without row ids, the rows of one key lie side by side: a layer is read in one go.
CLUSTERED = {"sqlite_with_rowid": False}


class Instant(TypeDecorator[datetime]):
    """A point in time, always with its zone; SQLite keeps it as UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse times without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A point in time needs a zone.")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Parts(TypeDecorator[tuple[tuple[int, int], ...]]):
    """The parts of a discontinuous entity; those of a continuous one, none, are null."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Keep no parts as null."""
        return value or None

    def process_result_value(
        self,
        value: Sequence[Any] | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> tuple[tuple[int, int], ...]:
        """Give records what they are made of."""
        return tuple((start, end) for start, end in value) if value else ()
