"""Reading records from plain JSON values, with the path of each fault."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from labeler.errors import Invalid, Problem

T = TypeVar("T")


def parse(adapter: TypeAdapter[T], value: object, what: str) -> T:
    """Read plain JSON values as records; raises Invalid with the path of each fault."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise Invalid(f"This is not {what}.", validation_problems(error)) from None


def validation_problems(error: ValidationError, line: int | None = None) -> list[Problem]:
    """Return each fault that the parser found, with its path."""
    return [
        Problem(fault["msg"], path=_path(fault["loc"]), line=line)
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _path(location: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")
