"""Layers as tags of their tokens: which entities tags can say, and why not the others."""

from collections.abc import Iterator, Sequence

from labeler import nlp
from labeler.formats import Exported
from labeler.formats.tags import tagged
from labeler.schema import Entity


def flat_tags(record: Exported) -> tuple[list[str], dict[str, str]]:
    """Return the IOB2 tag of each token, and the reason for each entity, by id, that none says.

    Those are in several parts, off token borders, crossing a line, or overlapping a longer one.
    """
    places: list[nlp.Place] = []
    reasons: dict[str, str] = {}
    for entity in record.layer.entities:
        aligned = nlp.align(record.tokens, entity.start, entity.end)
        reason = _refusal(record.document.text, entity, aligned)
        if aligned and reason is None:
            places.append((*aligned, entity.label, entity.id))
        else:
            reasons[entity.id] = reason or ""
    flat = [places[index] for index in nlp.longest_first(places)]
    kept = {key for *_, key in flat}
    overlapping = (key for *_, key in places if key not in kept)
    reasons |= dict.fromkeys(overlapping, "It overlaps a longer or earlier one.")
    found = [(first, last, label) for first, last, label, _ in flat]
    return tagged(len(record.tokens.starts), found), reasons


def _refusal(text: str, entity: Entity, aligned: nlp.Range | None) -> str | None:
    words = text[entity.start : entity.end]
    if entity.parts:
        return "It is discontinuous, and tags are not."
    if aligned is None:
        return "It does not stand on token borders."
    if words != words.strip():
        return "It has white space at an end."
    return "It goes on beyond the end of a line." if "\n" in words else None


def words_of(record: Exported, tags: Sequence[str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield start, end and tag of each token that is no white space, and the gap behind it.

    A token with white space in it ends where that begins.
    """
    text, tokens = record.document.text, record.tokens
    shown = [
        (start, end, tag)
        for start, end, tag in zip(tokens.starts, tokens.ends, tags, strict=True)
        if not text[start:end].isspace()
    ]
    following = [start for start, _, _ in shown[1:]] + [len(text)]
    for (start, end, tag), then in zip(shown, following, strict=True):
        yield start, end, tag, text[end:then]
