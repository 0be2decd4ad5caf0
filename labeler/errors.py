"""What can go wrong, each with a stable code, a sentence for people and the places it concerns."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that did not fit, and where: a file and line, or a path into what was sent."""

    message: str
    path: str = ""
    file: str = ""
    line: int | None = None
    code: str = "invalid"

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.path) if part)
        return f"{place}: {self.message}" if place else self.message

    def to_json(self) -> dict[str, object]:
        """Return the fields that say something."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


class LabelerError(Exception):
    """A failure that people are told about in one sentence."""

    code = "error"
    status = 400

    def __init__(self, message: str, problems: Iterable[Problem] = (), **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.problems = list(problems)
        self.details = details

    def to_json(self) -> dict[str, object]:
        """Return the error as the API answers it."""
        problems = [problem.to_json() for problem in self.problems]
        return {"code": self.code, "message": self.message, "problems": problems, **self.details}


class Unauthenticated(LabelerError):
    """Nobody is signed in, or the token is not known."""

    code = "unauthenticated"
    status = 401


class Forbidden(LabelerError):
    """The person may not do this."""

    code = "forbidden"
    status = 403


class NotFound(LabelerError):
    """There is no such thing, or the person may not know of it."""

    code = "not_found"
    status = 404


class Conflict(LabelerError):
    """Something of that name is there already, and differs."""

    code = "conflict"
    status = 409


class Stale(LabelerError):
    """The layer has moved on; `details` holds its revision and the edits missed."""

    code = "stale"
    status = 409


class Invalid(LabelerError):
    """What was sent breaks a rule; `problems` say which and where."""

    code = "invalid"
    status = 422


class TooMany(LabelerError):
    """There were too many requests: they are taken again after a while."""

    code = "too_many_requests"
    status = 429


class Unavailable(LabelerError):
    """Something this needs (a pipeline, a file, a database) is missing or does not answer."""

    code = "unavailable"
    status = 503
