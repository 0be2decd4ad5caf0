"""Runs imports, suggestions and exports over the database: streams, reports, manifests."""

from labeler.transfer.exports import Made, export, queue_export
from labeler.transfer.imports import ImportReport, import_paths, queue_import
from labeler.transfer.suggestions import (
    queue_suggestions,
    suggest,
    suggestions,
    try_suggester,
    warm_up,
)
from labeler.transfer.training import queue_training, train_version, train_when_due

__all__ = [
    "ImportReport",
    "Made",
    "export",
    "import_paths",
    "queue_export",
    "queue_import",
    "queue_suggestions",
    "queue_training",
    "suggest",
    "suggestions",
    "train_version",
    "train_when_due",
    "try_suggester",
    "warm_up",
]
