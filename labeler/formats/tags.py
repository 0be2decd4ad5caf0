"""Tags of tokens in the schemes of the CoNLL family, against spans of tokens."""

import re
from collections.abc import Iterable, Iterator, Sequence

_TAG = re.compile(r"([BILUESO])(?:[-_](.+))?")
_NOTHING = {"O", "-", "_", ""}
Span = tuple[int, int, str]
"""First token, token behind the last, label."""


def is_tag(tag: str) -> bool:
    """Tell whether this is a tag: `O`, or `B-`, `I-`, `L-`, `U-`, `E-` or `S-` with a label."""
    found = _TAG.fullmatch(tag)
    return tag in _NOTHING or bool(found and (found[2] or found[1] == "O"))


def spans(tags: Iterable[str]) -> Iterator[Span]:
    """Yield the entities that tags say, whether they are IOB, IOB2, BILOU or BIOES.

    An `I-` that continues nothing begins an entity, as IOB has it.
    """
    start, label, last = 0, "", -1
    for last, tag in enumerate(tags):
        found = _TAG.fullmatch(tag)
        kind, name = (found[1], found[2] or "") if found and tag not in _NOTHING else ("O", "")
        if label and (kind in "BUSO" or name != label):
            yield start, last, label
            label = ""
        if name and not label:
            start, label = last, name
        if label and kind in "LEUS":
            yield start, last + 1, label
            label = ""
    if label:
        yield start, last + 1, label


def tagged(count: int, found: Sequence[Span]) -> list[str]:
    """Return the IOB2 tags of so many tokens with these spans, which do not overlap."""
    tags = ["O"] * count
    for first, last, label in found:
        tags[first:last] = [f"I-{label}"] * (last - first)
        tags[first] = f"B-{label}"
    return tags
