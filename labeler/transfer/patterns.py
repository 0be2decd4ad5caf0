"""The patterns of a project: tried on its articles, then kept, every version of them."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Text, func, select

from labeler import audit, borders, nlp
from labeler.errors import Invalid, NotFound
from labeler.models import Document, PatternVersion, Project, User, db, newest_first, transaction
from labeler.suggest.patterns import MOST, Pattern, PatternSuggester, from_json

TRIED = 2_000
"""Articles that a trial reads at most, from the first."""
TIME = 5.0
"""Seconds after which a trial reads no further."""
SHOWN = 60
"""Matches that a trial shows, at most `_OF_EACH` of one pattern."""
_OF_EACH = 10
_AROUND = 60
"""Code points shown before and after a match."""
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a pattern fits, with what stands around it."""

    document_id: int
    title: str
    label: str
    before: str
    words: str
    after: str
    pattern: str


@dataclass(slots=True)
class Trial:
    """What patterns fit in the articles read; `seconds` is how long finding it took."""

    documents: int = 0
    of: int = 0
    seconds: float = 0.0
    matches: list[Match] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    """Matches by label."""
    within: Counter[str] = field(default_factory=Counter)
    """Articles with a match, by label."""
    by_pattern: Counter[int] = field(default_factory=Counter)
    """Matches by the pattern's index."""
    off_tokens: int = 0
    """Matches that do not begin and end with a token, which spaCy cannot be trained on."""


def try_out(project: Project, patterns: Sequence[Pattern]) -> Trial:
    """Find what patterns fit in the first articles of a project, and change nothing.

    Raises Unavailable naming a pattern that takes too long.
    """
    trial = Trial(of=_documents(project))
    rows = [pattern.as_json() for pattern in patterns]
    suggester = PatternSuggester(language=project.language, options={"patterns": rows})
    with borders.spacy_lock:
        suggester.find("")  # what has to be made ready is not what the time is for
    began = time.monotonic()
    columns = (Document.id, Document.name, Document.meta, Document.text)
    mine = select(*columns).where(Document.project_id == project.id).order_by(Document.id)
    for row in _rows(mine):
        if trial.documents == TRIED or time.monotonic() - began > TIME:
            break
        _try_one(trial, row, patterns, suggester, project.language)
    trial.seconds = time.monotonic() - began
    return trial


def _rows(wanted: Select[Any]) -> Iterator[Any]:
    """Yield rows a page at a time, by id."""
    after = 0
    while page := db.session.execute(wanted.where(Document.id > after).limit(_PAGE)).all():
        yield from page
        after = page[-1].id


def _documents(project: Project) -> int:
    mine = select(func.count()).where(Document.project_id == project.id)
    return db.session.scalar(mine) or 0


def _try_one(
    trial: Trial,
    document: Any,
    patterns: Sequence[Pattern],
    suggester: PatternSuggester,
    language: str,
) -> None:
    text = document.text
    with borders.spacy_lock:
        found = suggester.find(text)
        [tokens] = nlp.tokenize([text], language) if found else [None]
    trial.documents += 1
    trial.within.update({patterns[each.which].label for each in found})
    for each in found:
        pattern = patterns[each.which]
        trial.found[pattern.label] += 1
        trial.by_pattern[each.which] += 1
        trial.off_tokens += tokens is None or nlp.align(tokens, each.start, each.end) is None
        if len(trial.matches) < SHOWN and trial.by_pattern[each.which] <= _OF_EACH:
            trial.matches.append(_in_context(document, each, pattern))


def _in_context(document: Any, found: nlp.Find, pattern: Pattern) -> Match:
    before = document.text[max(0, found.start - _AROUND) : found.start]
    after = document.text[found.end : found.end + _AROUND]
    words = document.text[found.start : found.end]
    title = str(document.meta.get("title") or document.name)
    return Match(document.id, title, pattern.label, before, words, after, pattern.line)


# ---- versions ----------------------------------------------------------------------------------


def latest(project: Project) -> PatternVersion | None:
    """Return the patterns in force; None where none were ever saved."""
    found = versions(project, 1)
    return found[0] if found else None


def versions(project: Project, limit: int = 20, before: int | None = None) -> list[PatternVersion]:
    """Return the versions of a project's patterns, newest first: those before a number."""
    mine = select(PatternVersion).where(PatternVersion.project_id == project.id)
    return list(db.session.scalars(newest_first(mine, PatternVersion.number, before, limit)))


def find_version(project: Project, number: int) -> PatternVersion:
    """Return a version by its number; raises NotFound."""
    found = db.session.get(PatternVersion, (project.id, number))
    if found is None:
        raise NotFound(f"There is no version {number} of the patterns.")
    return found


def of_version(version: PatternVersion | None) -> list[Pattern]:
    """Return the patterns of a version, with labels by their present names."""
    if version is None:
        return []
    scheme = db.session.get_one(Project, version.project_id).scheme
    found = (from_json(row) for row in version.patterns)
    return [each._replace(label=scheme.current("entities", each.label)) for each in found]


def save(project: Project, patterns: Sequence[Pattern], user: User | None) -> int:
    """Keep patterns as a new version, which proposes from now on, and return its number.

    Patterns that are those of the last version change nothing. Raises Invalid for too many.
    """
    if len(patterns) > MOST:
        raise Invalid(f"These are {len(patterns):,} patterns; a project takes {MOST:,} at most.")
    different = {(pattern.label, pattern.line): pattern for pattern in patterns}
    rows = [pattern.as_json() for pattern in different.values()]
    with transaction() as session:
        session.get_one(Project, project.id, with_for_update=True)
        last = latest(project)
        if rows == (last.patterns if last else []):
            return last.number if last else 0
        number = last.number + 1 if last else 1
        made = PatternVersion(project_id=project.id, number=number, patterns=rows)
        made.user_id = user.id if user else None
        session.add(made)
        audit.record("patterns.change", f"version {number}, {len(rows)} patterns", project=project)
    return number


def in_force(project: Project) -> dict[str, Any] | None:
    """Return what names the patterns that propose, in few words; None where there are none.

    It is asked with every document that is opened: the patterns, which may be thousands, stay in
    the database.
    """
    columns = (PatternVersion.number, PatternVersion.at, PatternVersion.patterns.cast(Text))
    mine = select(*columns[:2], columns[2] != "[]").where(PatternVersion.project_id == project.id)
    last = db.session.execute(mine.order_by(PatternVersion.number.desc()).limit(1)).first()
    if last is None or not last[2]:
        return None
    return {"number": last[0], "at": last[1].isoformat(), "project": project.id}
