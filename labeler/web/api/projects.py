"""Projects: making one, how it is set, and one's own documents of it."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from labeler import accounts, projects, reasons, schema, transfer, work
from labeler.models import Project
from labeler.transfer import training
from labeler.web import paging
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import Whole, describe, gives, takes
from labeler.web.shapes import Lean, Sent

__all__ = ["blueprint"]

_PROJECT: dict[str, Any] = {
    "slug": str,
    "title": str,
    "language": str,
    "scheme": Sent(schema.Scheme),
}
_SETTINGS: dict[str, Any] = {
    "title": str,
    "language": str,
    "suggester": str,
    "options": Lean(pipeline=str | None, labels=dict[str, str | None] | None, spans_key=str | None),
    "flag_reasons": list[str],
    "skip_reasons": list[str],
    "train_every": int,
    "train_component": str,
}
_STATUSES = ("", *schema.STATUSES, work.UNOPENED)


@dataclass(frozen=True, slots=True)
class SuggesterOptions:
    """What a suggester is given: a spaCy pipeline, and what its labels are called here."""

    pipeline: str | None = None
    labels: dict[str, str | None] | None = None
    spans_key: str | None = None


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project from a template or with a scheme of its own, or with none yet."""

    slug: str
    title: str | None = None
    language: str = "en"
    template: str | None = None
    scheme: dict[str, Any] | None = None
    suggester: str = "rulers"
    options: SuggesterOptions | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What is to be changed of a project; what is missing stays."""

    title: str | None = None
    language: str | None = None
    suggester: str | None = None
    options: SuggesterOptions | None = None
    flag_reasons: list[str] | None = None
    skip_reasons: list[str] | None = None
    train_every: Whole | None = None
    train_component: str | None = None


@blueprint.get("/openapi.json")
@allow("public")
@gives(dict[str, Any])
def openapi() -> ResponseReturnValue:
    """Return the description of this API."""
    return answer(describe(current_app))


@blueprint.get("/projects")
@allow("member")
@takes(**paging.BY_WORDS)
@gives(
    paging.listed(
        "projects",
        {
            "slug": str,
            "title": str,
            "role": accounts.ProjectRole,
            "documents": int,
            "finished": int,
        },
    )
)
def get_projects() -> ResponseReturnValue:
    """Return the projects that this person is in, and how many of the documents they finished."""
    begin = paging.after_words()
    found = paging.beyond(
        sorted(projects.visible(me()), key=_slug), lambda one: _slug(one) <= begin
    )
    done = work.progress_by_project([project.id for project, _ in found], me())
    rows = [
        {
            "slug": project.slug,
            "title": project.title,
            "role": role,
            "documents": done[project.id].total,
            "finished": done[project.id].done,
        }
        for project, role in found
    ]
    return answer(paging.page("projects", rows, lambda row: str(row["slug"])))


def _slug(found: tuple[Project, str]) -> str:
    return found[0].slug


@blueprint.post("/projects")
@allow("admin")
@takes(NewProject)
@gives(_PROJECT)
def post_project() -> ResponseReturnValue:
    """Make a project, managed by who asks; 409 where there is one of this slug."""
    sent = sent_as(NewProject)
    start = projects.template(sent.template) if sent.template else None
    scheme = start.scheme if start else schema.Scheme()
    if sent.scheme is not None:
        scheme = schema.parse_scheme(sent.scheme)
    options = _options(sent.options)
    transfer.try_suggester(sent.suggester, options, sent.language, scheme)
    made = projects.create(
        sent.slug,
        title=sent.title,
        language=sent.language,
        scheme=scheme,
        guidelines=start.guidelines if start else "",
        manager=me(),
    )
    projects.use_suggester(made, sent.suggester, options)
    return answer(_told(made))


@blueprint.get("/projects/<slug>")
@allow("annotator")
@gives(_PROJECT)
def get_project(project: Project) -> ResponseReturnValue:
    """Return a project with its scheme."""
    return answer(_told(project))


def _told(project: Project) -> dict[str, Any]:
    names = {"slug": project.slug, "title": project.title, "language": project.language}
    return {**names, "scheme": schema.scheme_json(project.scheme)}


@blueprint.get("/projects/<slug>/settings")
@allow("manager")
@gives(_SETTINGS)
def get_settings(project: Project) -> ResponseReturnValue:
    """Return how a project is set."""
    return answer(_settings(project))


@blueprint.patch("/projects/<slug>/settings")
@allow("manager")
@takes(Settings)
@gives(_SETTINGS)
def patch_settings(project: Project) -> ResponseReturnValue:
    """Change how a project is set; what was not sent stays."""
    sent = sent_as(Settings)
    language = project.language if sent.language is None else sent.language
    suggester, options = _suggester(project, sent)
    lists = {name: getattr(sent, name) for name in reasons.USUAL}
    offered = reasons.read({n: "\n".join(each) for n, each in lists.items() if each is not None})
    set_before = (project.suggester, project.suggester_options, project.language)
    if (suggester, options, language) != set_before:
        transfer.try_suggester(suggester, options, language, project.scheme)
    title = project.title if sent.title is None else sent.title
    projects.change_settings(
        project, title=title, language=language, guidelines=project.guidelines, by=me()
    )
    projects.use_suggester(project, suggester, options)
    reasons.use(project, offered)
    _choose_training(project, sent)
    return answer(_settings(project))


def _suggester(project: Project, sent: Settings) -> tuple[str, dict[str, Any]]:
    """Return who is to suggest, and with which options."""
    name = project.suggester if sent.suggester is None else sent.suggester
    if sent.options is not None:
        return name, _options(sent.options)
    return name, project.suggester_options if name == project.suggester else {}


def _choose_training(project: Project, sent: Settings) -> None:
    every, component = sent.train_every, sent.train_component
    if every is not None or component is not None:
        training.choose(
            project,
            project.train_every if every is None else every,
            project.train_component if component is None else component,
        )


def _options(sent: SuggesterOptions | None) -> dict[str, Any]:
    return {} if sent is None else {n: value for n, value in asdict(sent).items() if value}


def _settings(project: Project) -> dict[str, Any]:
    told = {name: getattr(project, name) for name in _SETTINGS if name != "options"}
    return {**told, "options": project.suggester_options}


# ---- one's own documents ---------------------------------------------------------------------


@blueprint.get("/projects/<slug>/mine")
@allow("annotator")
@takes(
    words={"type": "string", "description": "The beginning of a name, or of words of the title."},
    status={"enum": list(_STATUSES), "description": "That of one's own layer."},
    **paging.BY_NUMBER,
)
@gives(paging.listed("documents", work.Row))
def get_mine(project: Project) -> ResponseReturnValue:
    """Return documents with one's own work on them; with `words`, the first that are found."""
    words, status = (request.args.get(name, "").strip() for name in ("words", "status"))
    status = status if status in _STATUSES else ""
    if words:
        rows = work.search(project, me(), words, status=status, limit=paging.limit())
        page = work.Page(rows, None, None)
    else:
        limit = paging.limit()
        page = work.browse(project, me(), after=paging.after(0), status=status, limit=limit)
    return answer({"documents": page.rows, "next": page.after})
