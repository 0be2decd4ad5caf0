"""What was computed is kept as long as nothing that it came from has changed."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from labeler import __version__
from labeler.agreement import Result, agreement, held
from labeler.agreement.columns import Integers
from labeler.agreement.evidence import DIFFER, Question
from labeler.models import (
    AgreementReport,
    Project,
    QueueEntry,
    ReportSource,
    SuggesterRun,
    User,
    db,
    transaction,
)
from labeler.models.database import now
from labeler.reliability import groups
from labeler.reliability.passages import show
from labeler.reliability.reading import (
    EVERYTHING,
    Scope,
    people,
    read,
    shared,
    training_documents,
)
from labeler.reliability.references import REFERENCES, SUGGESTIONS, reference

PARTS = ("entities", "relations")
CATEGORIES = "categories"
"""The part of a report that has labels of documents, if the scheme has any."""
_FIRST = 8
"""Documents and groups of differences that an overview names."""
_SHAPE = 4
"""Raised whenever a report gets other fields, so that those kept before are computed anew."""
_KEPT = 50
"""Reports kept of one project: people try out filters."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The compared layers of a project, and the ids of their documents; `pairs` are those with what
    the annotators are held against, if that was asked for."""

    result: Result
    document_ids: Integers
    fingerprint: str
    pairs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Overview:
    """A report, what to look at first in it, when and in how many seconds it was made, and whether
    nothing has changed since."""

    report: dict[str, Any]
    first: dict[str, Any]
    computed: datetime
    seconds: float
    fresh: bool


# A comparison is some ten megabytes for 1,000 documents: the last few save reading them again for
# each page of evidence.
_Place = tuple[str, int, Scope, str | None]
_recent: OrderedDict[_Place, Comparison] = OrderedDict()
_recent_lock = threading.Lock()
_RECENT = 3


def compute(project: Project, scope: Scope = EVERYTHING) -> Result:
    """Return how far the annotators of a project agree in what they finished.

    Unfinished and skipped layers do not count, nor does gold; a finished one without entities
    found nothing, which counts.
    """
    return compare(project, scope).result


def compare(project: Project, scope: Scope = EVERYTHING, against: str | None = None) -> Comparison:
    """Return the compared layers of a project, those of before where nothing has changed since.

    `against` names a reference that stands beside the annotators.
    """
    place = str(db.engine.url), project.id, scope, against
    found = fingerprint(project)
    known = _in_memory(place, found)
    if known is not None:
        return known
    made = _compared(project, scope, against, found)
    with _recent_lock:
        _recent[place] = made
        while len(_recent) > _RECENT:
            _recent.popitem(last=False)
    return made


def in_memory(project: Project, scope: Scope = EVERYTHING, against: str | None = None) -> bool:
    """Tell whether `compare` returns at once, since this process has done it before."""
    place = str(db.engine.url), project.id, scope, against
    return _in_memory(place, fingerprint(project)) is not None


def _in_memory(place: _Place, found: str) -> Comparison | None:
    """Return what was compared in a place, as the newest; what is out of date goes."""
    with _recent_lock:
        known = _recent.get(place)
        if known and known.fingerprint == found:
            _recent.move_to_end(place)
            return known
        _recent.pop(place, None)
    return None


def _compared(project: Project, scope: Scope, against: str | None, found: str) -> Comparison:
    symmetric = [label.name for label in project.scheme.relations if label.symmetric]
    pairs: list[tuple[str, str]] = []
    annotators = scope.annotators
    if against is None:
        columns, document_ids = read(shared(project, scope))
    else:
        beside = reference(project, scope, against)
        columns, document_ids, pairs = beside.columns, beside.document_ids, beside.pairs
        annotators = None
    result = agreement(
        columns,
        annotators=annotators,
        labels=scope.labels,
        symmetric=symmetric,
        groups=project.scheme.groups,
    )
    return Comparison(result, document_ids, found, pairs)


def _held(project: Project, scope: Scope, tick: Callable[[int], None]) -> dict[str, Any]:
    """Return how far each annotator agrees with each reference that there is."""
    body = {}
    for name in REFERENCES:
        found = compare(project, scope, name)
        if found.pairs:
            body[name] = held(found.result, found.pairs)
        if found.pairs and name == SUGGESTIONS:
            proposed = _proposed(found.result)
            told = body[name]["categories"]
            body[name]["categories"] = [each for each in told if each["group"] in proposed]
        tick(1)
    return body


def _proposed(result: Result) -> set[str]:
    """Return the groups of categories of which something is suggested: few suggesters know any."""
    answers, by = result.relations.answers, result.relations.annotators.index(SUGGESTIONS)
    nothing = np.array([name is None for name in answers.names], dtype=np.bool_)
    chosen = ~nothing[answers.given[by]]
    return {name for at, (name, _) in enumerate(answers.groups) if chosen[:, at].any()}


def forget() -> None:
    """Let go of the comparisons held in memory."""
    with _recent_lock:
        _recent.clear()


def overview(
    project: Project, scope: Scope = EVERYTHING, tick: Callable[[int], None] = lambda _: None
) -> Overview:
    """Return the report of a project and where to look first, computed anew only when layers,
    scheme or people's names have changed; `tick` is told of each of STEPS."""
    found = kept(project, scope)
    if found is None or not found.fresh:
        found = _overview(_computed(project, scope, tick), fresh=True)
    return found


def kept(project: Project, scope: Scope = EVERYTHING) -> Overview | None:
    """Return the report that was computed last, None where there is none."""
    row = db.session.get(AgreementReport, (project.id, question_of(scope)), populate_existing=True)
    return None if row is None else _overview(row, fresh=row.fingerprint == fingerprint(project))


def _overview(row: AgreementReport, *, fresh: bool) -> Overview:
    body = orjson.loads(row.body)
    return Overview(body["report"], body["first"], row.computed, row.seconds, fresh)


def question_of(scope: Scope) -> str:
    """Return the word under which the report of a scope is kept."""
    return hashed(orjson.dumps(asdict(scope)))


def fingerprint(project: Project, person: User | None = None) -> str:
    """Return a word that changes with anything that agreement is computed from; of one `person`,
    with what is computed of them beside gold.

    Triggers count the changes by person, so this takes as long however many layers there are.
    """
    sources = select(ReportSource.source, ReportSource.changes)
    told = sources.where(ReportSource.project_id == project.id).order_by(ReportSource.source)
    if person is not None:
        own = ReportSource.source == f"layers {person.id}"
        told = told.where(or_(own, ReportSource.source.startswith("gold ")))
    changes = [tuple(row) for row in db.session.execute(told)]
    runs = select(func.max(SuggesterRun.id)).where(SuggesterRun.project_id == project.id)
    names = [project.scheme_version, people(project), db.session.scalar(runs)]
    names.append(
        list(db.session.scalars(training_documents(project).order_by(QueueEntry.document_id)))
    )
    return hashed(orjson.dumps([__version__, _SHAPE, changes, *names]))


def hashed(content: bytes) -> str:
    """Return a word of 64 digits that stands for this content."""
    return hashlib.sha256(content).hexdigest()


STEPS = 3 + len(REFERENCES)
"""Steps of a report: reading, the numbers, each reference, where to look first."""


def _computed(project: Project, scope: Scope, tick: Callable[[int], None]) -> AgreementReport:
    begin = time.perf_counter()
    made = compare(project, scope)
    tick(1)
    report = made.result.to_json()
    tick(1)
    report["against"] = _held(project, scope, tick)
    report["training"] = {"documents": _trained_on(project), "counted": scope.training}
    body = {"report": report, "first": {part: _first(made, part) for part in PARTS}}
    tick(1)
    row = AgreementReport(
        project_id=project.id,
        question=question_of(scope),
        fingerprint=made.fingerprint,
        body=orjson.dumps(body),
        computed=now(),
        seconds=time.perf_counter() - begin,
    )
    keep(row)
    return row


def _trained_on(project: Project) -> int:
    """Return how many documents newcomers are tested on."""
    marked = training_documents(project).subquery()
    return db.session.scalar(select(func.count()).select_from(marked)) or 0


def _first(made: Comparison, part: str) -> dict[str, Any]:
    """Return the documents with the most differences, and the most frequent differences, each
    with the first of them in its context."""
    listing = made.result.listing(part, Question(kind=DIFFER))
    largest = groups.most_frequent(listing, made.document_ids, _FIRST)
    items = [item for group in largest if (item := listing.at(group.place))]
    shown = [asdict(found) for found in show(items, made.document_ids)]
    return {
        "documents": documents(made, part)[:_FIRST],
        "groups": [
            {"count": group.count, **found} for group, found in zip(largest, shown, strict=True)
        ],
    }


def documents(made: Comparison, part: str, annotator: str | None = None) -> list[dict[str, Any]]:
    """Return the shared documents with their ids, the one with the most differences first; only
    those that an annotator finished too, if one is named."""
    names = made.result.entities.documents
    key_of = dict(zip(names, made.document_ids.tolist(), strict=True))
    rows = made.result.by_document(part, annotator)
    return [{"id": key_of[row["document"]], **row} for row in rows]


def keep(row: AgreementReport) -> None:
    """Keep a report in place of the one before it, and no more than so many of a project."""
    key = row.project_id, row.question
    try:
        with transaction() as session:
            session.execute(
                delete(AgreementReport).where(
                    AgreementReport.project_id == key[0], AgreementReport.question == key[1]
                )
            )
            old = (
                select(AgreementReport.question)
                .where(AgreementReport.project_id == key[0])
                .order_by(AgreementReport.computed.desc())
                .offset(_KEPT - 1)
            )
            gone = list(session.scalars(old))
            session.execute(
                delete(AgreementReport).where(
                    AgreementReport.project_id == key[0], AgreementReport.question.in_(gone)
                )
            )
            session.add(row)
    except IntegrityError:  # somebody else asked the same at the same moment
        return
