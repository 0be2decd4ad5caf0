"""New layers with all that they hold, many at once, where nobody can have changed anything yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labeler import schema
from labeler.editing.reading import MODELS, TABLES
from labeler.models import Edit, Layer, insert_rows, transaction


@dataclass(frozen=True, slots=True)
class NewLayer:
    """A layer that comes from outside, for a document in the database that lacks it."""

    project_id: int
    document_id: int
    annotator_id: int
    layer: schema.Layer
    gold: bool = False


def create(news: Sequence[NewLayer], *, actor_id: int, now: datetime, key: str) -> list[int]:
    """Create layers whose annotations were checked already, each by one edit; return their ids.

    An edit carries the revision that the layer had where it came from, so that what was exported
    and comes in again is the same layer. `key` names the edit.
    """
    with transaction() as session:
        _insert_layers(session, news, now)
        keys = _layer_keys(session, news)
        edits: list[tuple[Any, ...]] = []
        rows: dict[type, list[tuple[Any, ...]]] = {kind: [] for kind in TABLES}
        for key_of_layer, new in zip(keys, news, strict=True):
            items = list(new.layer.annotations())
            if items:
                ops = schema.creation_json(items)
                edits.append((key_of_layer, _revision(new), key, actor_id, now, ops))
            for item in items:
                rows[type(item)].append((key_of_layer, *_VALUES[type(item)](item)))
        insert_rows(session, Edit, _EDIT, edits)
        for kind, model in MODELS.items():
            insert_rows(session, model, ("layer_id", *kind.__slots__), rows[kind])  # type: ignore[attr-defined]
        return keys


_EDIT = ("layer_id", "revision", "key", "actor_id", "at", "ops")
_VALUES = {kind: attrgetter(*kind.__slots__) for kind in TABLES}  # type: ignore[attr-defined]


def _insert_layers(session: Session, news: Sequence[NewLayer], now: datetime) -> None:
    names = (
        "project_id", "document_id", "annotator_id", "gold", "status", "flag", "revision",
        "seconds", "read_to", "reason", "blind", "created", "changed",
    )  # fmt: skip
    rows = [
        (
            new.project_id,
            new.document_id,
            new.annotator_id,
            new.gold,
            new.layer.status,
            new.layer.flag,
            _revision(new),
            0,
            new.layer.read_to,
            new.layer.reason,
            new.layer.blind,
            now,
            now,
        )
        for new in news
    ]
    insert_rows(session, Layer, names, rows)


def _layer_keys(session: Session, news: Sequence[NewLayer]) -> list[int]:
    """Return the ids that the database gave to new layers, in their order."""
    columns = (Layer.id, Layer.document_id, Layer.annotator_id, Layer.gold)
    found = select(*columns).where(Layer.document_id.in_({new.document_id for new in news}))
    keys = {tuple(place): key for key, *place in session.execute(found)}
    return [keys[new.document_id, new.annotator_id, new.gold] for new in news]


def _revision(new: NewLayer) -> int:
    return max(new.layer.revision, 1 if any(new.layer.annotations()) else 0)
