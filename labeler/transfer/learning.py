"""The words of finished layers, counted in the background where many layers wait for that."""

from labeler import jobs, lessons
from labeler.models import Job, Project, db
from labeler.models.database import now


def queue_lessons(project: Project, created_by: int | None = None) -> Job:
    """Queue the counting of finished layers that were not, once however often it is asked for."""
    return jobs.enqueue(
        "learn",
        "Words of finished layers",
        project_id=project.id,
        key=f"learn {project.id}",
        created_by=created_by,
    )


@jobs.kind("learn", pace="idle")
def _learn(work: jobs.JobWork) -> None:
    """Count a page of layers at a time; each is a transaction of its own, so that others write."""
    project_id = work.claim.project_id or 0
    if work.cursor is None:
        work.expect(lessons.waiting(project_id))
    while count := lessons.catch_up(project_id, now()):
        with work.chunk() as chunk:
            chunk.done, chunk.cursor = count, {"begun": True}
        db.session.expunge_all()  # a corpus must not pile up in memory
