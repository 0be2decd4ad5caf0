"""Projects made from nothing, from a template or from a file."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from labeler import audit, schema
from labeler import guidelines as versions
from labeler.config import ROOT
from labeler.errors import Conflict, Invalid, NotFound, Problem
from labeler.models import Membership, Project, User, transaction
from labeler.projects.naming import naming_problems
from labeler.projects.scheme_files import read_scheme


def create(
    slug: str,
    *,
    title: str | None = None,
    language: str = "en",
    scheme: schema.Scheme | None = None,
    guidelines: str = "",
    pipeline: str | None = None,
    manager: User | None = None,
) -> Project:
    """Add a project and return it; raises Invalid, and Conflict when the slug is taken.

    `pipeline` names the spaCy pipeline that suggests; without one the built-in rulers do.
    """
    problems = list(naming_problems(slug, title or slug, language))
    if problems:
        raise Invalid("The project cannot be named so.", problems)
    project = Project(slug=slug, title=(title or slug).strip(), language=language)
    if pipeline:
        project.suggester, project.suggester_options = "spacy", {"pipeline": pipeline}
    try:
        with transaction() as session:
            session.add(project)
            project.scheme = scheme or schema.Scheme()
            session.flush()
            versions.keep(project, guidelines, manager)
            if manager is not None:
                session.add(Membership(project_id=project.id, user_id=manager.id, role="manager"))
            audit.record("project.add", slug, project=project)
    except IntegrityError:
        taken = f"There is a project {slug!r} already. Choose another address."
        raise Conflict(taken, [Problem(taken, "slug")]) from None
    return project


@dataclass(frozen=True)
class Template:
    """A scheme with its guidelines that a project can start from."""

    name: str
    scheme: schema.Scheme
    guidelines: str


def templates() -> list[Template]:
    """Return the templates, the one for news first and the empty one last."""
    files = sorted((ROOT / "seeds" / "schemes").glob("*.yaml"))
    found = [Template(path.stem, read_scheme(path), _guidelines_beside(path)) for path in files]
    return sorted(
        found, key=lambda known: (not known.scheme.entities, known.name != "news", known.name)
    )


def _guidelines_beside(path: Path) -> str:
    beside = path.with_suffix(".md")
    return beside.read_text(encoding="utf-8") if beside.is_file() else ""


def template(name: str) -> Template:
    """Return the template of this name; raises NotFound."""
    for found in templates():
        if found.name == name:
            return found
    raise NotFound(f"There is no template {name!r}.")


def from_template(slug: str, name: str, *, title: str | None = None) -> Project:
    """Add a project in English with the scheme and the guidelines of a template."""
    chosen = template(name)
    return create(slug, title=title, scheme=chosen.scheme, guidelines=chosen.guidelines)
