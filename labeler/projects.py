"""Projects: made from a template or a file, and changed without harm to what is labeled."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from labeler import audit, schema
from labeler import guidelines as versions
from labeler.config import ROOT
from labeler.errors import Conflict, Invalid, NotFound, Problem
from labeler.formats import brat_scheme
from labeler.models import (
    Category,
    Document,
    Entity,
    Export,
    Layer,
    Membership,
    Project,
    Relation,
    User,
    db,
    transaction,
)
from labeler.suggest import chosen

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_RESERVED = {"new"}
"""Slugs whose addresses are taken by pages."""
MAX_TITLE = 200
MAX_GUIDELINES = 100_000
MAX_SCHEME_FILE = 1_000_000
"""Bytes that a scheme file may have."""


def find(slug: str) -> Project:
    """Return the project of this slug; raises NotFound."""
    project = db.session.scalar(select(Project).where(Project.slug == slug))
    if project is None:
        raise NotFound(f"There is no project {slug!r}. List them with: labeler project list")
    return project


# ---- making ----------------------------------------------------------------------------------


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
    problems = list(_naming_problems(slug, title or slug, language))
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


def _naming_problems(slug: str, title: str, language: str) -> Iterator[Problem]:
    if not _SLUG.fullmatch(slug) or slug in _RESERVED:
        yield Problem("Use 1 to 60 small letters, digits and hyphens.", "slug")
    if not 0 < len(title.strip()) <= MAX_TITLE or not title.isprintable():
        yield Problem(f"Use 1 to {MAX_TITLE} characters on one line.", "title")
    if not _LANGUAGE.fullmatch(language):
        yield Problem("Use a language code such as en, de or zh.", "language")


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


# ---- scheme files ----------------------------------------------------------------------------


def read_scheme(path: Path) -> schema.Scheme:
    """Read a scheme file; raises Invalid naming each fault."""
    try:
        return parse_scheme(path.read_bytes())
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None


def parse_scheme(content: bytes) -> schema.Scheme:
    """Read a scheme in JSON or YAML, or brat's `annotation.conf`; raises Invalid."""
    if len(content) > MAX_SCHEME_FILE:
        raise Invalid(f"A scheme file may have {MAX_SCHEME_FILE:,} bytes. Is this the right file?")
    try:
        value = _loaded(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(f"The scheme file is not UTF-8: byte {error.start} does not fit.") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Invalid(f"The scheme file is neither JSON nor YAML: {_place(error)}.") from None
    return schema.parse_scheme(value)


def _loaded(source: str) -> object:
    # JSON is almost a part of YAML, but for its escapes of characters beyond the first plane.
    with suppress(json.JSONDecodeError):
        return json.loads(source)
    if brat_scheme.is_configuration(source):
        return brat_scheme.plain_scheme(source)
    _refuse_aliases(source)
    return yaml.safe_load(source)


def _refuse_aliases(source: str) -> None:
    """Refuse aliases: nested ones make a small file grow beyond any memory."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, yaml.SafeLoader)):
        raise Invalid("A scheme file may not have YAML aliases (*name). Write the values out.")


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it cannot be read"
    return f"line {mark.line + 1}: {what}" if mark else str(what)


def scheme_yaml(scheme: schema.Scheme) -> str:
    """Return a scheme as a YAML file that `parse_scheme` reads back."""
    plain = _listed(schema.scheme_json(scheme))
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def _listed(value: Any) -> Any:
    """Return the value with tuples as lists: YAML has no other name for them."""
    if isinstance(value, Mapping):
        return {name: _listed(part) for name, part in value.items()}
    return [_listed(part) for part in value] if isinstance(value, list | tuple) else value


# ---- the scheme ------------------------------------------------------------------------------


def change_scheme(project: Project, scheme: schema.Scheme) -> None:
    """Give a project another scheme, unless what is labeled would break it.

    Raises Invalid with a problem for each label or rule in the way; its path is such as
    `entities.PERSON`. Nothing that was labeled is ever changed or deleted.
    """
    with transaction() as session:
        _hold_writers(session)
        session.refresh(project)
        problems = [
            *_lost_labels(project, scheme),
            *_broken_ends(project, scheme),
            *_broken_overlap(project, scheme),
            *_broken_groups(project, scheme),
        ]
        if problems:
            raise Invalid("The scheme was not changed: what is labeled would break it.", problems)
        before, after = _label_names(project.scheme), _label_names(scheme)
        project.scheme = scheme
        details = {
            "version": project.scheme_version,
            "added": sorted(after - before),
            "removed": sorted(before - after),
        }
        audit.record("scheme.change", project=project, details=details)


def _label_names(scheme: schema.Scheme) -> set[str]:
    kinds = (scheme.entities, scheme.relations, scheme.categories)
    return {label.name for labels in kinds for label in labels}


def _hold_writers(session: Session) -> None:
    """Wait until edits under way are in, and keep others out: SQLite has one writer anyway."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE layer IN EXCLUSIVE MODE"))


def _lost_labels(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    used = usage(project)
    kept: dict[str, set[str]] = {
        "entities": {label.name for label in scheme.entities},
        "relations": {label.name for label in scheme.relations},
        "categories": {label.name for label in scheme.categories},
    }
    for kind, counts in used.items():
        for name, count in counts.items():
            if name not in kept[kind]:
                message = (
                    f"{name} is used by {_counted(count, kind)}. Keep the label, "
                    "or relabel or delete those first."
                )
                yield Problem(message, f"{kind}.{name}", code="used")


def _broken_ends(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    broken: Counter[str] = Counter()
    for name, head, tail, count in _ends(project):
        label = scheme.relation(name)
        if label is not None and not label.allows(head, tail):
            broken[name] += count
    for name, count in broken.items():
        message = (
            f"{_counted(count, 'relations')} {name} lead between other labels. "
            "Allow those, or change the relations first."
        )
        yield Problem(message, f"relations.{name}", code="ends")


def _ends(project: Project) -> Iterable[Any]:
    """Return label, head label, tail label and count of the relations of a project."""
    head, tail = aliased(Entity), aliased(Entity)
    columns = (Relation.label, head.label, tail.label)
    query = (
        select(*columns, func.count())
        .join(Layer, Layer.id == Relation.layer_id)
        .join(head, (head.layer_id == Relation.layer_id) & (head.id == Relation.head))
        .join(tail, (tail.layer_id == Relation.layer_id) & (tail.id == Relation.tail))
        .where(Layer.project_id == project.id)
        .group_by(*columns)
    )
    return db.session.execute(query).all()


def _broken_overlap(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    """Yield a problem where a stricter rule on overlap would be broken already.

    The gaps in discontinuous entities count as theirs here.
    """
    strictness = ("allow", "nest", "forbid")
    if strictness.index(scheme.overlap) <= strictness.index(project.overlap):
        return
    first, second = aliased(Entity), aliased(Entity)
    meet = (first.start < second.end) & (second.start < first.end)
    if scheme.overlap == "nest":
        # Of two that cross, one starts first and ends within the other.
        meet = (first.start < second.start) & (second.start < first.end) & (first.end < second.end)
    query = (
        select(func.count(first.layer_id.distinct()))
        .join(second, (second.layer_id == first.layer_id) & (second.id != first.id))
        .join(Layer, Layer.id == first.layer_id)
        .where(Layer.project_id == project.id, meet)
    )
    count = db.session.scalar(query)
    if count:
        verb = "cross" if scheme.overlap == "nest" else "overlap"
        message = (
            f"Entities {verb} in {_counted(count, 'layers')}. Keep the rule, or change those first."
        )
        yield Problem(message, "overlap", code="overlap")


def _broken_groups(project: Project, scheme: schema.Scheme) -> Iterator[Problem]:
    """Yield the groups of which some layers have two categories already."""
    first, second = aliased(Category), aliased(Category)
    columns = (first.label, second.label)
    query = (
        select(*columns, func.count())
        .join(second, (second.layer_id == first.layer_id) & (first.label < second.label))
        .join(Layer, Layer.id == first.layer_id)
        .where(Layer.project_id == project.id)
        .group_by(*columns)
    )
    for one, other, count in db.session.execute(query):
        group = _group(scheme, one)
        if group and group == _group(scheme, other):
            message = f"{_counted(count, 'layers')} have both {one} and {other}, of one group."
            yield Problem(message, f"categories.{one}", code="group")


def _group(scheme: schema.Scheme, category: str) -> str:
    label = scheme.category(category)
    return label.group if label else ""


def _counted(count: int, plural: str) -> str:
    singular = {"entities": "entity", "categories": "category"}.get(
        plural, plural.removesuffix("s")
    )
    return f"{count:,} {singular if count == 1 else plural}"


def usage(project: Project) -> dict[str, dict[str, int]]:
    """Return how often each label stands in the layers of a project, most used first."""
    return {
        "entities": _used(project, Entity),
        "relations": _used(project, Relation),
        "categories": _used(project, Category),
    }


def _used(
    project: Project, table: type[Entity] | type[Relation] | type[Category]
) -> dict[str, int]:
    count = func.count()
    query = (
        select(table.label, count)
        .join(Layer, Layer.id == table.layer_id)
        .where(Layer.project_id == project.id)
        .group_by(table.label)
        .order_by(count.desc(), table.label)
    )
    return dict(db.session.execute(query).all())


# ---- settings --------------------------------------------------------------------------------


def change_settings(
    project: Project, *, title: str, language: str, guidelines: str, by: User | None = None
) -> None:
    """Change what a project is called, its language and its guidelines; raises Invalid."""
    problems = [
        *_naming_problems(project.slug, title, language),
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


# ---- telling ---------------------------------------------------------------------------------


def visible(user: User) -> list[tuple[Project, str]]:
    """Return the projects a person may open, each with their role there, by title."""
    query = select(Project, Membership.role).join(
        Membership,
        (Membership.project_id == Project.id) & (Membership.user_id == user.id),
        isouter=user.is_admin,
    )
    rows = db.session.execute(query.order_by(Project.title, Project.id))
    return [(project, "manager" if user.is_admin else role) for project, role in rows]


def slugs() -> dict[int, str]:
    """Return the slugs of all projects by their ids."""
    return dict(db.session.execute(select(Project.id, Project.slug)).all())


def members(project: Project) -> list[tuple[User, str]]:
    """Return the members of a project with their roles, by name."""
    query = select(User, Membership.role).join(Membership, Membership.user_id == User.id)
    mine = query.where(Membership.project_id == project.id)
    return [(user, role) for user, role in db.session.execute(mine.order_by(User.name))]


def exports(project: Project, before: int | None = None, limit: int = 50) -> list[Export]:
    """Return the last exports of a project, newest first: those before an id."""
    mine = select(Export).where(Export.project_id == project.id)
    if before is not None:
        mine = mine.where(Export.id < before)
    return list(db.session.scalars(mine.order_by(Export.id.desc()).limit(limit)))


def find_export(project: Project, export_id: int) -> Export:
    """Return an export of this project; raises NotFound."""
    found = db.session.get(Export, export_id)
    if found is None or found.project_id != project.id:
        raise NotFound("There is no such export in this project.")
    return found


def describe(project: Project) -> dict[str, Any]:
    """Return what a project is and holds as plain JSON values."""
    documents = select(func.count()).where(Document.project_id == project.id)
    layers = select(Layer.status, func.count()).where(Layer.project_id == project.id)
    by_status = db.session.execute(layers.group_by(Layer.status))
    return {
        "slug": project.slug,
        "title": project.title,
        "language": project.language,
        "suggester": project.suggester,
        "suggester_options": project.suggester_options,
        "people": {user.name: role for user, role in members(project)},
        "documents": db.session.scalar(documents) or 0,
        "layers": dict(by_status.all()),
        **usage(project),
        "scheme": schema.scheme_json(project.scheme),
    }
