"""Layers as an edit finds them: held until the transaction ends, remembered for the next edit."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labeler import schema
from labeler.editing.reading import items_of
from labeler.errors import NotFound
from labeler.models import Document, Layer, Project, db
from labeler.schema import Annotation


@dataclass(frozen=True, slots=True)
class State:
    """A layer at a revision, and what checking an edit of it needs; `length` in code points."""

    revision: int
    scheme_version: int
    scheme: schema.Scheme
    length: int
    items: Mapping[str, Annotation]


# A layer at a revision never changes, and a scheme at a version: the last ones need not be read
# again, whoever else writes.
_recent: OrderedDict[tuple[str, int], State] = OrderedDict()
_recent_lock = threading.Lock()
_RECENT = 128
"""Layers remembered."""


def _place(layer_id: int) -> tuple[str, int]:
    return str(db.engine.url), layer_id


def remember(layer_id: int, state: State) -> None:
    """Keep a layer at hand, as it was committed or as the transaction under way holds it."""
    with _recent_lock:
        _recent[_place(layer_id)] = state
        _recent.move_to_end(_place(layer_id))
        while len(_recent) > _RECENT:
            _recent.popitem(last=False)


def hold_state(session: Session, layer_id: int) -> State:
    """Return the layer as it is, and keep others from changing it until the transaction ends."""
    columns = (Layer.revision, Layer.project_id, Layer.document_id, Project.scheme_version)
    found = select(*columns).join(Project, Project.id == Layer.project_id)
    row = session.execute(found.where(Layer.id == layer_id).with_for_update(of=Layer)).one_or_none()
    if row is None:
        raise NotFound(f"There is no layer {layer_id}.")
    known = _recent.get(_place(layer_id))
    if known and (known.revision, known.scheme_version) == (row.revision, row.scheme_version):
        return known
    length = select(func.length(Document.text)).where(Document.id == row.document_id)
    return State(
        row.revision,
        row.scheme_version,
        session.get_one(Project, row.project_id, populate_existing=True).scheme,
        session.scalar(length) or 0,
        items_of(session, [layer_id])[layer_id],
    )


def hold(layer_id: int) -> None:
    """Keep others from changing a layer until the transaction under way ends."""
    db.session.execute(select(Layer.id).where(Layer.id == layer_id).with_for_update())


def ready(layers: Sequence[Layer]) -> dict[int, dict[str, Annotation]]:
    """Return what many layers hold, by id, and let `apply` find them at hand.

    They must be held by the transaction under way, and not yet be changed in it.
    """
    session, documents = db.session(), [layer.document_id for layer in layers]
    held = items_of(session, [layer.id for layer in layers])
    measured = select(Document.id, func.length(Document.text)).where(Document.id.in_(documents))
    lengths: dict[int, int] = dict(session.execute(measured).all())
    projects = {key: session.get_one(Project, key) for key in {each.project_id for each in layers}}
    schemes = {key: (project.scheme_version, project.scheme) for key, project in projects.items()}
    for layer in layers:
        known = *schemes[layer.project_id], lengths[layer.document_id], held[layer.id]
        remember(layer.id, State(layer.revision, *known))
    return held
