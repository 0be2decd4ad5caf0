"""Projects, their people and their exports, as lists and in full."""

from typing import Any

from sqlalchemy import func, select

from labeler import schema
from labeler.errors import NotFound
from labeler.models import Document, Export, Layer, Membership, Project, User, db, newest_first
from labeler.projects.scheme_changes import usage


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


def members(project: Project, after: str = "", limit: int | None = None) -> list[tuple[User, str]]:
    """Return the members of a project with their roles by name, or so many after a name."""
    query = select(User, Membership.role).join(Membership, Membership.user_id == User.id)
    mine = query.where(Membership.project_id == project.id, User.name > after)
    ordered = mine.order_by(User.name).limit(limit)
    return [(user, role) for user, role in db.session.execute(ordered)]


def exports(project: Project, before: int | None = None, limit: int = 50) -> list[Export]:
    """Return the last exports of a project, newest first: those before an id."""
    mine = select(Export).where(Export.project_id == project.id)
    return list(db.session.scalars(newest_first(mine, Export.id, before, limit)))


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
