"""What a project is called, its guidelines, and who suggests there."""

from collections.abc import Iterator, Mapping
from typing import Any

from labeler import audit
from labeler import guidelines as versions
from labeler.errors import Invalid, NotFound, Problem
from labeler.models import Project, User, transaction
from labeler.projects.naming import naming_problems
from labeler.suggest import chosen

MAX_GUIDELINES = 100_000
"""Characters that guidelines may have."""


def change_settings(
    project: Project, *, title: str, language: str, guidelines: str, by: User | None = None
) -> None:
    """Change what a project is called, its language and its guidelines; raises Invalid."""
    problems = [
        *naming_problems(project.slug, title, language),
        *_guideline_problems(guidelines),
    ]
    if problems:
        raise Invalid("The settings were not changed.", problems)
    with transaction():
        project.title, project.language = title.strip(), language
        changed = guidelines != project.guidelines
        versions.keep(project, guidelines, by)
        details = {"guidelines_changed": changed}
        audit.record("project.settings", title, project=project, details=details)


def change_guidelines(project: Project, text: str, by: User) -> None:
    """Give a project other guidelines, as a new version; raises Invalid when they are too long."""
    problems = list(_guideline_problems(text))
    if problems:
        raise Invalid("The guidelines were not changed.", problems)
    with transaction():
        versions.keep(project, text, by)
        audit.record("guidelines.change", project.title, project=project)


def add_guideline(project: Project, line: str, by: User) -> None:
    """Add a line at the end of the guidelines, as a new version; raises Invalid."""
    if not line.strip():
        raise Invalid("The line was empty: nothing was added.", [Problem("Write a line.", "line")])
    change_guidelines(project, f"{project.guidelines.rstrip()}\n{line.strip()}\n".lstrip(), by)


def _guideline_problems(guidelines: str) -> Iterator[Problem]:
    if len(guidelines) > MAX_GUIDELINES:
        yield Problem(f"Use at most {MAX_GUIDELINES:,} characters.", "guidelines")


def use_suggester(project: Project, name: str, options: Mapping[str, Any] | None = None) -> None:
    """Let this suggester propose from now on; raises NotFound when there is none of that name.

    Without `options` those it has are kept, unless they are another suggester's.
    """
    if name not in chosen():
        known = ", ".join(chosen())
        raise NotFound(f"There is no suggester named {name!r}. Known: {known}.")
    if options is None:
        options = project.suggester_options if project.suggester == name else {}
    with transaction():
        project.suggester, project.suggester_options = name, dict(options)
        audit.record("project.suggester", name, project=project)
