"""The guidelines of a project, every version of them, and which was in force when."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from labeler.errors import NotFound
from labeler.models import GuidelineVersion, Project, User, db, newest_first
from labeler.models.database import now

LISTED = 50
"""Versions on one page."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it is listed: its number, when and by whom, and what it changed, in lines."""

    number: int
    at: datetime
    by: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


def keep(project: Project, text: str, user: User | None, at: datetime | None = None) -> None:
    """Give a project these guidelines, and keep them as a version if they are other than the last.

    It is part of the transaction under way, which the caller has opened.
    """
    last = latest(project)
    project.guidelines = text
    if text == (last.text if last else ""):
        return
    number = last.number + 1 if last else 1
    made = GuidelineVersion(project_id=project.id, number=number, text=text, at=at or now())
    made.user_id = user.id if user else None
    db.session.add(made)
    db.session.flush()


def latest(project: Project) -> GuidelineVersion | None:
    """Return the last version; None where nothing was ever written."""
    mine = select(GuidelineVersion).where(GuidelineVersion.project_id == project.id)
    return db.session.scalar(mine.order_by(GuidelineVersion.number.desc()).limit(1))


def find(project: Project, number: int) -> GuidelineVersion:
    """Return a version by its number; raises NotFound."""
    found = db.session.get(GuidelineVersion, (project.id, number))
    if found is None:
        raise NotFound("There is no such version of these guidelines.")
    return found


def in_force(project: Project, moment: datetime) -> int:
    """Return the number of the version in force at a moment, 0 before the first.

    What was labeled then was labeled by it: the log of edits has the moment of each.
    """
    kept = select(func.max(GuidelineVersion.number)).where(
        GuidelineVersion.project_id == project.id, GuidelineVersion.at <= moment
    )
    return db.session.scalar(kept) or 0


def versions(project: Project, before: int | None = None, limit: int = LISTED) -> list[Version]:
    """Return versions, the newest first, those before a number; each with what it changed."""
    wanted = (
        select(GuidelineVersion, User.name)
        .outerjoin(User, User.id == GuidelineVersion.user_id)
        .where(GuidelineVersion.project_id == project.id)
    )
    wanted = newest_first(wanted, GuidelineVersion.number, before, limit + 1)
    rows = [(row, name or "") for row, name in db.session.execute(wanted)]
    texts = [row.text for row, _ in rows] + [""]
    found = []
    for (row, name), earlier in zip(rows, texts[1:], strict=True):
        signs = list(_changes(earlier, row.text))
        added = tuple(line for sign, line in signs if sign == "+")
        removed = tuple(line for sign, line in signs if sign == "-")
        found.append(Version(row.number, row.at, name, added, removed))
    return found[:limit]


def _changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield the lines that came, "+", and those that went, "-"."""
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[:2] in ("+ ", "- "):
            yield line[0], line[2:]
