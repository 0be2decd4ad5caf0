"""What a person annotated in the same passage of another document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select

from labeler import editing, schema
from labeler.errors import Invalid
from labeler.models import Document, Layer, db, texts

MAX_PASSAGE = 20_000
"""Code points of a passage that is looked for."""
_MOST = 500
"""Documents that are looked through: those that may hold the words of the passage."""
_LAYERS = 20
"""Layers that are read at most, the latest first."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A document with the same passage, and what stands in it, placed as in this document."""

    document: Document
    entities: tuple[schema.Entity, ...]
    relations: tuple[schema.Relation, ...]


def annotated_alike(layer: Layer, start: int, end: int) -> Alike | None:
    """Return what the same person annotated in the passage `[start, end)` of another document.

    Of several the one changed last counts; for gold it is gold of others. Raises Invalid for a
    passage that the text does not have.
    """
    text = layer.document.text
    if not 0 <= start < end <= len(text) or end - start > MAX_PASSAGE:
        raise Invalid(f"start and end must hold 1 to {MAX_PASSAGE:,} code points of the text.")
    passage = text[start:end]
    for other in _latest(layer, passage):
        for place in _places(other.document.text, passage):
            found = _inside(other, place, place + len(passage), start - place)
            if found is not None:
                return found
    return None


def _latest(layer: Layer, passage: str) -> list[Layer]:
    """Return the layers of the same person whose documents may hold a passage."""
    keys = texts.may_hold(layer.project_id, passage, 0, _MOST)
    whose = Layer.gold if layer.gold else ~Layer.gold & (Layer.annotator_id == layer.annotator_id)
    wanted = select(Layer).where(
        Layer.document_id.in_(keys), Layer.id != layer.id, Layer.revision > 0, whose
    )
    return list(db.session.scalars(wanted.order_by(Layer.changed.desc(), Layer.id).limit(_LAYERS)))


def _places(text: str, passage: str) -> Iterator[int]:
    """Yield where a passage stands in a text, but for places within a word."""
    place = text.find(passage)
    while place >= 0:
        around = text[max(0, place - 1) : place + len(passage) + 1]
        if not _splits(around, place > 0, len(passage)):
            yield place
        place = text.find(passage, place + len(passage))


def _splits(around: str, preceded: bool, length: int) -> bool:
    """Tell whether a word goes on over an end of what stands in the middle of `around`."""
    borders = ([0] if preceded else []) + [preceded + length - 1]
    pairs = (around[border : border + 2] for border in borders)
    return any(len(pair) == 2 and all(map(texts.is_of_word, pair)) for pair in pairs)


def _inside(layer: Layer, start: int, end: int, shift: int) -> Alike | None:
    """Return what a layer has in a stretch, moved by so many code points; None for nothing."""
    [record] = editing.load([layer])
    entities = tuple(
        _moved(entity, shift)
        for entity in record.entities
        if start <= entity.start < entity.end <= end
    )
    kept = {entity.id for entity in entities}
    relations = tuple(r for r in record.relations if {r.head, r.tail} <= kept)
    return Alike(layer.document, entities, relations) if entities else None


def _moved(entity: schema.Entity, shift: int) -> schema.Entity:
    parts = entity.parts and tuple((first + shift, last + shift) for first, last in entity.parts)
    return replace(entity, start=entity.start + shift, end=entity.end + shift, parts=parts)
