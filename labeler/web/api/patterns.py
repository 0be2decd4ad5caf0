"""Patterns that suggest: what they find, and every version of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from flask import request
from flask.typing import ResponseReturnValue

from labeler import transfer
from labeler.errors import Invalid
from labeler.models import PatternVersion, Project
from labeler.suggest.patterns import Pattern, read_file
from labeler.transfer import patterns as kept
from labeler.web import paging
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import MAX_ID, NUMBER, gives, takes, whole
from labeler.web.shapes import Lean

__all__ = ["blueprint"]

_TRIAL: dict[str, Any] = {
    "documents": int,
    "of": int,
    "seconds": float,
    "matches": [kept.Match],
    "found": dict[str, int],
    "within": dict[str, int],
    "off_tokens": int,
}
_PATTERN = Lean(label=str, pattern=str | list[dict[str, Any]], regex=str)
_PATTERNS = {"number": int | None, "patterns": [_PATTERN]}


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns in the shape of spaCy's entity ruler, with `regex` for a regular expression."""

    patterns: list[dict[str, Any]]


@blueprint.get("/projects/<slug>/patterns")
@allow("curator")
@takes(version={**NUMBER, "description": "An earlier version; those in force without it."})
@gives(_PATTERNS)
def get_patterns(project: Project) -> ResponseReturnValue:
    """Return the patterns of a project."""
    number = request.args.get("version", type=whole)
    version = kept.latest(project) if number is None else kept.find_version(project, number)
    rows = [pattern.as_json() for pattern in kept.of_version(version)]
    return answer({"number": version and version.number, "patterns": rows})


@blueprint.put("/projects/<slug>/patterns")
@allow("manager")
@takes(Patterns)
@gives(_PATTERNS)
def put_patterns(project: Project) -> ResponseReturnValue:
    """Keep patterns as a new version, which proposes from now on; the same ones change nothing."""
    patterns = _sent(project)
    number = kept.save(project, patterns, me())
    transfer.queue_suggestions(project, me().id)
    return answer({"number": number, "patterns": [each.as_json() for each in patterns]})


@blueprint.post("/projects/<slug>/patterns/try")
@allow("manager")
@takes(Patterns)
@gives(_TRIAL)
def try_patterns(project: Project) -> ResponseReturnValue:
    """Return what patterns find in the first articles, and change nothing."""
    trial = kept.try_out(project, _sent(project))
    return answer({name: getattr(trial, name) for name in _TRIAL})


@blueprint.get("/projects/<slug>/patterns/versions")
@allow("curator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("versions", {"number": int, "at": datetime, "patterns": int}))
def get_pattern_versions(project: Project) -> ResponseReturnValue:
    """Return the versions of the patterns, newest first, with how many each has."""
    found = kept.versions(project, paging.wanted(), paging.after(MAX_ID))
    return answer(paging.page("versions", found, lambda one: one.number, _version))


def _version(row: PatternVersion) -> dict[str, Any]:
    return {"number": row.number, "at": row.at, "patterns": len(row.patterns)}


def _sent(project: Project) -> list[Pattern]:
    """Return the patterns that were sent; raises Invalid with the line of each fault."""
    try:
        lines = b"\n".join(orjson.dumps(row) for row in sent_as(Patterns).patterns)
    except orjson.JSONEncodeError:
        raise Invalid("A number in the patterns is too large.") from None
    patterns, problems = read_file(lines, project.scheme)
    if problems:
        raise Invalid("Some patterns cannot be used: `line` is the place in the list.", problems)
    return patterns
