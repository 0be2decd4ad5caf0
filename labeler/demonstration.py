"""The demo: sample articles that three people have labeled, each in their own way."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select

from labeler import accounts, counters, projects, transfer
from labeler.config import ROOT
from labeler.errors import NotFound
from labeler.models import Document, Layer, Project, User, transaction
from labeler.models.database import now

SLUG = "news"
LEAD = "ana"
"""Runs the site and the project, and has labeled nothing yet."""
ANNOTATORS = ("ben", "chloe", "dev")
_ARTICLES = ROOT / "seeds" / "articles"
_LAYERS = ROOT / "seeds" / "layers"


def prepare(progress: Callable[[int], None] = lambda _: None) -> dict[str, str]:
    """Make the sample project and its people when they are missing.

    Returns a sign-in token for each person by name, that of who leads the project first.
    """
    lead = accounts.ensure_user(LEAD, role="admin")
    project = _project(lead, progress)
    transfer.import_paths(project, [_ARTICLES], actor=lead)
    transfer.suggest(project, progress)
    people = [lead, *(accounts.ensure_user(name) for name in ANNOTATORS)]
    return {person.name: accounts.signin_token(person.id) for person in people if person.active}


def _project(lead: User, progress: Callable[[int], None]) -> Project:
    try:
        return projects.find(SLUG)
    except NotFound:
        project = projects.from_template(SLUG, "news", title="World news")
        accounts.add_member(project, lead, "manager")
        transfer.import_paths(project, [*_articles(), *sorted(_LAYERS.glob("*.jsonl"))], actor=lead)
        transfer.suggest(project, progress)  # verdicts count for who proposed
        made = projects.find(SLUG)
        _date(made, now())
        return made


def _articles() -> list[Path]:
    """Return the sample articles, first those that nobody has labeled: who leads begins there."""
    labeled = {timing.article for timing in timings()}
    return sorted(_ARTICLES.glob("*.txt"), key=lambda path: (path.stem in labeled, path.name))


# ---- when it was done ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timing:
    """When somebody worked on an article, for how many seconds, and what they flagged."""

    annotator: str
    article: str
    days_ago: int
    started: time
    seconds: int
    flag: str | None

    def span(self, today: datetime) -> tuple[datetime, datetime]:
        """Return when the work began and ended, seen from today."""
        day = (today - timedelta(days=self.days_ago)).date()
        begun = datetime.combine(day, self.started, today.tzinfo)
        return begun, begun + timedelta(seconds=self.seconds)


def timings() -> Iterator[Timing]:
    """Yield when each of the sample layers was made."""
    with (_LAYERS / "timings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Timing(
                row["annotator"],
                row["article"],
                int(row["days_ago"]),
                time.fromisoformat(row["started"]),
                int(row["seconds"]),
                row["flag"] or None,
            )


def _date(project: Project, today: datetime) -> None:
    """Spread the sample layers over the days before today, as if they had been made here."""
    with transaction() as session:
        for timing in timings():
            begun, ended = timing.span(today)
            layer = (
                select(Layer)
                .join(Document, Document.id == Layer.document_id)
                .join(User, User.id == Layer.annotator_id)
                .where(Layer.project_id == project.id)
                .where(Document.name == timing.article, User.name == timing.annotator)
            )
            row = session.scalars(layer).one()
            row.created, row.changed = begun, ended
            row.finished = ended if row.status == "done" else None
            row.seconds, row.flag = timing.seconds, timing.flag
            session.flush()
            counters.recount(session, [row])
