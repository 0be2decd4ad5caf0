"""Counters summed over people, which all figures of progress are made of."""

from collections.abc import Iterable

from sqlalchemy import Select, func, select

from labeler.models import Project, User, WorkCounter

ENOUGH = 5
"""Documents with a measured time, below which nothing is said of pace and of what remains."""


def sums(
    project: Project, measures: Iterable[str], annotator: User | None
) -> Select[str, str, int]:
    """Select measure, key and the sum over annotators, or one annotator's."""
    total = func.sum(WorkCounter.amount)
    query = select(WorkCounter.measure, WorkCounter.key, total).where(
        WorkCounter.project_id == project.id, WorkCounter.measure.in_(measures)
    )
    if annotator is not None:
        query = query.where(WorkCounter.annotator_id == annotator.id)
    return query.group_by(WorkCounter.measure, WorkCounter.key).having(total != 0)
