"""What leads ask of labels: to be renamed, merged, retired, and all that taken back."""

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from labeler import audit, jobs, schema
from labeler.errors import Conflict, NotFound
from labeler.label_changes import revising
from labeler.label_changes.revising import Revision
from labeler.models import Job, LabelChange, Layer, Project, User, db, newest_first, transaction
from labeler.models.database import now as present
from labeler.models.label_changes import MOVING
from labeler.projects import hold_writers

CHANGE, UNDO = "labels.change", "labels.undo"
"""The kinds of jobs."""
_AT_ONCE = 200
"""Layers of a project up to which somebody waits for it."""
_TITLES = {"rename": "Rename {} to {}", "merge": "Merge {} into {}"}


def revision_of(change: LabelChange) -> Revision:
    """Return what a change does."""
    return Revision(change.kind, change.action, change.label, change.into)  # type: ignore[arg-type]


def change_label(project: Project, revision: Revision, actor: User) -> LabelChange:
    """Rename, merge or retire a label: the scheme at once, annotations in the background.

    Where there is little to do it is done before this returns. Raises NotFound, Invalid for a name
    that cannot be, and Conflict while another label is on its way.
    """
    with transaction():
        change = _begin(project, revision, actor)
        if revision.rewrites:
            job = _queue(project, change, CHANGE, _title(revision), actor)
            change.job_id = job.id
    return _done_if_few(project, change)


def _begin(project: Project, revision: Revision, actor: User) -> LabelChange:
    """Change the scheme, and keep what was changed."""
    hold_writers(db.session())
    db.session.refresh(project)
    _refuse_while_moving(project)
    before = project.scheme
    after = revising.revised(before, revision)
    project.scheme = after
    key = f"label-{secrets.token_hex(8)}"
    change = LabelChange(
        project_id=project.id,
        kind=revision.kind,
        action=revision.action,
        label=revision.label,
        into=revision.into.strip(),
        key=key,
        undo_key=f"undo-{key}",
        state="running" if revision.rewrites else "done",
        before=schema.scheme_json(before),
        after=schema.scheme_json(after),
        actor_id=actor.id,
        at=present(),
    )
    db.session.add(change)
    db.session.flush()
    _record(project, change, f"label.{revision.action}", actor)
    return change


def _record(project: Project, change: LabelChange, action: str, actor: User) -> None:
    subject = f"{change.label} → {change.into}" if change.into else change.label
    details = {"kind": change.kind, "change": change.id, "version": project.scheme_version}
    audit.record(action, subject, project=project, actor=actor, details=details)


def _refuse_while_moving(project: Project) -> None:
    wanted = select(LabelChange).where(
        LabelChange.project_id == project.id, LabelChange.state.in_(MOVING)
    )
    other = db.session.scalar(wanted.limit(1))
    if other is not None:
        raise Conflict(f"{other.label} is being changed just now. Wait until that is done.")


def _title(revision: Revision) -> str:
    return _TITLES[revision.action].format(revision.label, revision.into.strip())


def _queue(project: Project, change: LabelChange, kind: str, title: str, actor: User) -> Job:
    return jobs.enqueue(
        kind,
        title,
        project_id=project.id,
        parameters={"change": change.id},
        key=f"{kind} {change.id}",
        created_by=actor.id,
    )


def _done_if_few(project: Project, change: LabelChange) -> LabelChange:
    """Do a change here and now where a project is small."""
    if change.state in MOVING and change.job_id is not None and _is_small(project):
        job_id = change.job_id
        jobs.do_now(lambda: jobs.find(job_id))
        db.session.refresh(change)
    return change


def _is_small(project: Project) -> bool:
    some = select(Layer.id).where(Layer.project_id == project.id).limit(_AT_ONCE + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(some)) or 0) <= _AT_ONCE


# ---- taking back -----------------------------------------------------------------------------


def undo_change(project: Project, change: LabelChange, actor: User, now: datetime) -> LabelChange:
    """Take a change back: what it did to annotations, and to the scheme; what was done since stays.

    Raises Conflict where a later change, or the scheme as it is by now, stands against it.
    """
    with transaction():
        hold_writers(db.session())
        db.session.refresh(project)
        db.session.refresh(change)
        _refuse_undo(change)
        revision = revision_of(change)
        target = _target(project, change)
        scheme = project.scheme
        project.scheme = revising.as_wide(target, scheme) if revision.action == "merge" else target
        change.undone, change.undone_by = now, actor.id
        change.state = "undoing" if revision.rewrites else "undone"
        _record(project, change, "label.undo", actor)
        if revision.rewrites:
            title = f"Undo: {_title(revision)[:1].lower()}{_title(revision)[1:]}"
            change.job_id = _queue(project, change, UNDO, title, actor).id
    return _done_if_few(project, change)


def _target(project: Project, change: LabelChange) -> schema.Scheme:
    before, after = (schema.parse_scheme(each) for each in (change.before, change.after))
    return revising.taken_back(project.scheme, before, after, revision_of(change))


def _refuse_undo(change: LabelChange) -> None:
    if change.state == "undone":
        raise Conflict("This was undone already.")
    if change.state == "undoing":
        raise Conflict("This is being undone already.")
    later = select(LabelChange).where(
        LabelChange.project_id == change.project_id,
        LabelChange.id > change.id,
        LabelChange.kind == change.kind,
        LabelChange.state != "undone",
    )
    mine = {change.label, change.into} - {""}
    for other in db.session.scalars(later.order_by(LabelChange.id.desc())):
        if mine & {other.label, other.into}:
            raise Conflict(f"{_told(other)} came after this. Undo that first.")
    if change.state == "running" and _under_way(change):
        raise Conflict("This is not done yet. Wait for it, or cancel its job, and undo it then.")


def _told(change: LabelChange) -> str:
    verb = {"rename": "renamed", "merge": "merged", "retire": "retired", "restore": "offered again"}
    return f"{change.label}, {verb[change.action]},"


def _under_way(change: LabelChange) -> bool:
    try:
        return change.job_id is not None and jobs.find(change.job_id).state in jobs.UNFINISHED
    except NotFound:
        return False


# ---- reading ---------------------------------------------------------------------------------


def find_change(project: Project, number: int) -> LabelChange:
    """Return a change of a project by its number; raises NotFound."""
    wanted = select(LabelChange).where(
        LabelChange.project_id == project.id, LabelChange.id == number
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("There is no such change of a label in this project.")
    return found


def changes(project: Project, before: int | None = None, limit: int = 20) -> list[LabelChange]:
    """Return the last changes of labels, newest first: those before an id."""
    wanted = (
        select(LabelChange)
        .where(LabelChange.project_id == project.id)
        .options(joinedload(LabelChange.actor), joinedload(LabelChange.undoer))
    )
    return list(db.session.scalars(newest_first(wanted, LabelChange.id, before, limit)))
