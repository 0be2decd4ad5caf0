"""The demo: sample articles with suggestions, ready to be labeled."""

from collections.abc import Callable

from labeler import accounts, projects, transfer
from labeler.config import ROOT
from labeler.errors import NotFound
from labeler.models import Project, User

SLUG = "news"
PERSON = "ana"


def prepare(progress: Callable[[int], None] = lambda _: None) -> str:
    """Make the sample project and its annotator when they are missing; return a sign-in token."""
    user = accounts.ensure_user(PERSON, role="admin")
    project = _project(user)
    seeds = ROOT / "seeds" / "articles"
    transfer.import_paths(project, [seeds], actor=user)
    transfer.suggest(project, progress)
    return accounts.signin_token(user.id)


def _project(user: User) -> Project:
    try:
        return projects.find(SLUG)
    except NotFound:
        project = projects.from_template(SLUG, "news", title="World news")
        accounts.add_member(project, user, "manager")
        return project
