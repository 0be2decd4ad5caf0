"""What the pages of progress show: of a whole project, or of one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template

from labeler import counters, progress, projects, reliability, webhooks, work
from labeler.errors import NotFound
from labeler.models import Project, User
from labeler.models.database import now
from labeler.web import charts
from labeler.web.agreement import own as own_agreement


def of_project(project: Project, reader: User) -> str:
    """Return the page on how everybody gets on."""
    own = work.progress(project, reader)
    finishers, paces = progress.finishers(project), progress.paces(project)
    left = max(own.total - sum(finishers.values()), 0)
    return render_template(
        "overview.html",
        progress=own,
        standings=work.standings(project),
        paces=paces,
        finishers=finishers,
        forecast=progress.forecast(left, paces.values()),
        exports=projects.exports(project, limit=5),
        silent=webhooks.given_up(project),
        **_drawn(project, None),
    )


def of_person(project: Project, person: User) -> str:
    """Return the page on how one person gets on; raises NotFound for who has no part."""
    own = course_of(project, person)
    return render_template(
        "annotator.html",
        person=person,
        standing=own.standing,
        total=own.total,
        left=own.left,
        pace=own.pace,
        forecast=own.forecast,
        variations=progress.variations(project, person),
        held=own_agreement.page(reliability.own_agreement(project, person)),
        **_drawn(project, person),
    )


@dataclass(frozen=True, slots=True)
class Course:
    """How far one person is with the documents that are theirs, how fast, and until when."""

    standing: work.Standing
    total: int
    left: int
    pace: progress.Pace
    forecast: progress.Forecast


def course_of(project: Project, person: User) -> Course:
    """Return how far one person is; raises NotFound for who has no part."""
    standing = next((one for one in work.standings(project) if one.id == person.id), None)
    if standing is None:
        raise NotFound("This person has no part in the project.")
    pace = progress.paces(project, person).get(person.name, progress.Pace())
    total = work.progress(project, person).total
    left = max(total - standing.done - standing.skipped, 0)
    return Course(standing, total, left, pace, progress.forecast(left, [pace]))


MAX_COUNTERS = 200
"""Counters whose sum a page lists."""
_PAGE = 50
_TIMED = {*counters.TIMED, counters.BLIND, counters.AIDED}
"""Counters that count a layer once, so that its time and its labels stand beside it."""


_SEVERAL = {"entity": "Entities", "relation": "Relations"}
"""What is counted where one number counts several labels."""


def of_counters(
    project: Project, person: User | None, names: list[str], after: counters.Place
) -> str:
    """Return the page that lists what a number counts; raises NotFound for an unknown counter."""
    told = [progress.described(name) for name in names]
    measures = {name.partition(" ")[0] for name in names}
    if len(names) > 1 and len(measures) == 1 and (several := _SEVERAL.get(*measures)):
        told = [f"{several} of {len(names)} labels"]
    if set(names) == set(counters.TIMED):
        told = ["Articles that were timed"]
    rows = counters.shares(project, names, person, after, _PAGE)
    return render_template(
        "counted.html",
        person=person,
        names=names,
        described=", ".join(told[:3]) + (" …" if told[3:] else "") or "Nothing",
        total=counters.total(project, names, person),
        rows=rows,
        timed=set(names) <= _TIMED,
        more=len(rows) == _PAGE,
    )


def of_words(project: Project, person: User, words: str, label: str) -> str:
    """Return the page that lists where one person labeled words so."""
    found = progress.places(project, person, words, label)
    return render_template("varied.html", person=person, words=words, label=label, places=found)


def _drawn(project: Project, person: User | None) -> dict[str, Any]:
    """Return what both pages draw and list."""
    days = progress.days(project, person, now().date())
    usage = progress.labels(project, person)
    named = [(f"{day.day:%b} {day.day.day}", day) for day in days]
    done, labeled = sum(d.documents for d in days), sum(d.entities + d.relations for d in days)
    durations = progress.durations(project, person)
    receptions = progress.receptions(project, person)
    return {
        "per_day": charts.columns(
            "Articles submitted per day",
            f"{done:,} articles were submitted in the last {len(days)} days.",
            [(words, day.documents) for words, day in named],
            [(f"documents {day.day}",) for day in days],
        ),
        "labels_per_day": charts.columns(
            "Entities and relations submitted per day",
            f"{labeled:,} entities and relations were submitted in the last {len(days)} days.",
            [(words, day.entities + day.relations) for words, day in named],
            [(f"entities {day.day}", f"relations {day.day}") for day in days],
        ),
        "durations": charts.columns(
            "Time per article",
            f"{sum(count for _, count in durations):,} articles by the time spent on them.",
            durations,
            [(f"duration {number}",) for number in range(len(durations))],
        ),
        "receptions": receptions,
        "timed": counters.TIMED,
        "decisions": _decisions(receptions),
        "aids": progress.aids(project, person),
        "usage": usage,
        "usage_counters": {
            "entities": [f"entity {label}" for label in usage["entities"]],
            "relations": [f"relation {label}" for label in usage["relations"]],
        },
    }


def _decisions(receptions: Iterable[progress.Reception]) -> list[str]:
    """Return the counters of all that was decided on suggestions, as far as a page lists them."""
    names = [
        f"{decision} {one.suggester} {one.label}"
        for one in receptions
        for decision in counters.DECISIONS
    ]
    return names if len(names) <= MAX_COUNTERS else []
