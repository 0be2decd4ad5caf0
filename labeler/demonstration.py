"""The demo: sample articles that three people have labeled, each in their own way."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import Select, select

from labeler import accounts, counters, editing, projects, schema, transfer, work
from labeler.config import ROOT
from labeler.errors import NotFound
from labeler.models import Document, Layer, Project, User, db, transaction
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
        topics = projects.read_scheme(_LAYERS / "topics.yaml").categories
        projects.change_scheme(project, replace(project.scheme, categories=topics))
        accounts.add_member(project, lead, "manager")
        transfer.import_paths(project, [*_articles(), *sorted(_LAYERS.glob("*.jsonl"))], actor=lead)
        transfer.suggest(project, progress)  # verdicts count for who proposed
        made = projects.find(SLUG)
        _label_documents(made, now())
        _look_again(made, now())
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
    for row in _rows("timings.csv"):
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
            row = session.scalars(_layer(project, timing.annotator, timing.article)).one()
            row.created, row.changed = begun, ended
            row.finished = ended if row.status == "done" else None
            row.seconds, row.flag = timing.seconds, timing.flag
            session.flush()
            counters.recount(session, [row])


def _layer(project: Project, annotator: str, article: str) -> Select[Layer]:
    return (
        select(Layer)
        .join(Document, Document.id == Layer.document_id)
        .join(User, User.id == Layer.annotator_id)
        .where(Layer.project_id == project.id)
        .where(Document.name == article, User.name == annotator)
    )


# ---- topics and second looks -----------------------------------------------------------------


def _label_documents(project: Project, at: datetime) -> None:
    """Give articles their labels as a whole, as each annotator sees them."""
    for row in _rows("topics.csv"):
        layer = db.session.scalars(_layer(project, row["annotator"], row["article"])).one()
        labels = [schema.Category(f"c:{name}", name) for name in row["labels"].split()]
        _change(layer, "topics", [schema.Op(label.id, None, label) for label in labels], at)


def _look_again(project: Project, at: datetime) -> None:
    """Open some articles again, change what their annotators came to see otherwise, and submit
    them: so they can be compared with their own earlier selves."""
    rows = groupby(_rows("second_looks.csv"), key=lambda row: (row["annotator"], row["article"]))
    for (annotator, article), changes in rows:
        layer = db.session.scalars(_layer(project, annotator, article)).one()
        with transaction():
            layer.submissions, layer.first_submitted = 1, layer.revision
        work.set_state(layer, {"status": "open"}, at)
        [record] = editing.load([layer])
        _change(layer, "second-look", [_second_thought(record, each) for each in changes], at)
        work.set_state(layer, {"status": "done"}, at)


def _second_thought(record: schema.Layer, change: dict[str, str]) -> schema.Op:
    """Return what gives an entity another label, or takes it away."""
    place = (int(change["start"]), int(change["end"]), change["label"])
    [was] = [each for each in record.entities if (each.start, each.end, each.label) == place]
    now_ = replace(was, label=change["becomes"]) if change["becomes"] else None
    return schema.Op(was.id, was, now_)


def _change(layer: Layer, key: str, ops: Iterable[schema.Op], at: datetime) -> None:
    """Change a layer as its annotator."""
    edit = schema.Edit(key, tuple(ops))
    editing.apply(layer.id, layer.revision, [edit], actor_id=layer.annotator_id, now=at)


def _rows(name: str) -> list[dict[str, str]]:
    with (_LAYERS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
