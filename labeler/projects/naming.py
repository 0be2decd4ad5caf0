"""What a project may be called, and the project of a name."""

import re
from collections.abc import Iterator

from sqlalchemy import select

from labeler.errors import NotFound, Problem
from labeler.models import Project, db

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_RESERVED = {"new"}
"""Slugs whose addresses are taken by pages."""
MAX_TITLE = 200


def find(slug: str) -> Project:
    """Return the project of this slug; raises NotFound."""
    project = db.session.scalar(select(Project).where(Project.slug == slug))
    if project is None:
        raise NotFound(f"There is no project {slug!r}. List them with: labeler project list")
    return project


def naming_problems(slug: str, title: str, language: str) -> Iterator[Problem]:
    """Yield what is wrong with an address, a title or a language."""
    if not _SLUG.fullmatch(slug) or slug in _RESERVED:
        yield Problem("Use 1 to 60 small letters, digits and hyphens.", "slug")
    if not 0 < len(title.strip()) <= MAX_TITLE or not title.isprintable():
        yield Problem(f"Use 1 to {MAX_TITLE} characters on one line.", "title")
    if not _LANGUAGE.fullmatch(language):
        yield Problem("Use a language code such as en, de or zh.", "language")
