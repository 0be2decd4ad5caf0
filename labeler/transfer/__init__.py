"""Runs imports, suggestions and exports over the database: streams, reports, manifests."""

from labeler.suggest.likely import Guess
from labeler.transfer.doubts import queue_doubts
from labeler.transfer.evaluation import evaluate, queue_evaluation
from labeler.transfer.exports import Made, export, queue_export
from labeler.transfer.imports import import_paths, queue_import
from labeler.transfer.intake import ImportReport
from labeler.transfer.learning import queue_lessons
from labeler.transfer.likely import likely_entity, likely_relation
from labeler.transfer.snapshots import Change, Comparison, again, compare, find, read_manifest
from labeler.transfer.sources import try_suggester, warm_up
from labeler.transfer.suggestions import queue_suggestions, suggest, suggestions
from labeler.transfer.training import queue_training, train_version, train_when_due

__all__ = [
    "Change",
    "Comparison",
    "Guess",
    "ImportReport",
    "Made",
    "again",
    "compare",
    "evaluate",
    "export",
    "find",
    "import_paths",
    "likely_entity",
    "likely_relation",
    "queue_doubts",
    "queue_evaluation",
    "queue_export",
    "queue_import",
    "queue_lessons",
    "queue_suggestions",
    "queue_training",
    "read_manifest",
    "suggest",
    "suggestions",
    "train_version",
    "train_when_due",
    "try_suggester",
    "warm_up",
]
