"""Corpora with known gold to measure with, read by the importers."""

from pathlib import Path

from labeler import accounts, projects, transfer
from labeler.models import Project, User

ANNOTATOR = "gold"


def project_with_gold(corpus: Path, slug: str = "gold") -> tuple[Project, User]:
    """Return a project with a corpus, a file or folder with annotations, and who labeled it."""
    who = accounts.ensure_user(ANNOTATOR)
    project = projects.create(slug)
    report = transfer.import_paths(
        project, [corpus], actor=who, annotator=ANNOTATOR, add_labels=True
    )
    print(report.sentence())
    return project, who
