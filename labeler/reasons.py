"""What annotators choose from when they flag or skip a document, as the lead of a project says."""

from collections.abc import Mapping, Sequence

from labeler import audit
from labeler.errors import Invalid, Problem
from labeler.models import FLAG_REASONS, SKIP_REASONS, Project, transaction

USUAL = {"flag_reasons": FLAG_REASONS, "skip_reasons": SKIP_REASONS}
"""Each list by its name in a project, and what it offers where nobody said otherwise."""
MOST = 9
"""Reasons in a list: a digit chooses each."""
LONGEST = 200
"""Characters that a reason may have."""


def read(lists: Mapping[str, str]) -> dict[str, list[str]]:
    """Return lists of reasons from texts with one a line; nothing in a text: the usual ones.

    Raises Invalid with a problem for each list that does not fit, its path the name of the list.
    """
    found = {name: _lines(written) or list(USUAL[name]) for name, written in lists.items()}
    problems = [
        Problem(message, name) for name, lines in found.items() if (message := _problem(lines))
    ]
    if problems:
        raise Invalid("The reasons were not changed.", problems)
    return found


def _lines(written: str) -> list[str]:
    lines = (line.strip() for line in written.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def _problem(lines: Sequence[str]) -> str | None:
    if len(lines) > MOST:
        return (
            f"Use at most {MOST} reasons, one a line: a digit chooses each. Here are {len(lines)}."
        )
    long = next((line for line in lines if len(line) > LONGEST), None)
    if long:
        return f"Use at most {LONGEST} characters for a reason, unlike {long[:40]!r}…"
    odd = next((line for line in lines if not line.isprintable()), None)
    return f"{odd!r} has a character that cannot be printed. Write it anew." if odd else None


def use(project: Project, lists: Mapping[str, Sequence[str]]) -> None:
    """Offer these reasons in a project from now on, as `read` returns them."""
    changed = {
        name: list(lines) for name, lines in lists.items() if lines != getattr(project, name)
    }
    if not changed:
        return
    with transaction():
        for name, lines in changed.items():
            setattr(project, name, lines)
        audit.record("project.reasons", project.title, project=project, details=changed)
