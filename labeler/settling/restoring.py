"""The history of a layer in words, and the layer brought back to what it was: as an edit more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeler import editing, schema
from labeler.errors import Invalid
from labeler.models import Layer, User, db, transaction
from labeler.settling.cases import undo_own

SHOWN = 6
"""Changes of one edit that are told."""
_WORDS = 60
"""Code points of an annotation's words that are shown."""
Items = Mapping[str, schema.Annotation]


@dataclass(frozen=True, slots=True)
class Step:
    """An edit of a layer: who made it when, and what it changed, in words; `more` are not told."""

    revision: int
    actor: str
    at: datetime
    changes: tuple[str, ...]
    more: int


def steps(layer: Layer, before: int | None = None, limit: int = 50) -> list[Step]:
    """Return the edits of a layer, the newest first, those before a revision."""
    last = layer.revision if before is None else min(before - 1, layer.revision)
    first = max(last - limit, 0)
    logged = list(editing.history(layer.id, first, last - first))
    [record] = editing.load_at([(layer, last)])
    items: dict[str, schema.Annotation] = {item.id: item for item in record.annotations()}
    edits = [(each, schema.ops_from_json(each["ops"])) for each in logged]
    for _, ops in edits:  # what was taken away in between is told by its words as well
        items = {**{op.id: op.before for op in ops if op.before}, **items}
    told = [_step(each, ops, items, layer.document.text) for each, ops in edits]
    return told[::-1]


def _step(edit: Mapping[str, Any], ops: Sequence[schema.Op], items: Items, text: str) -> Step:
    changes = tuple(_change(op, items, text) for op in ops[:SHOWN])
    more = max(len(ops) - SHOWN, 0)
    at = datetime.fromisoformat(edit["at"])
    return Step(edit["revision"], edit["actor"], at, changes, more)


def _change(op: schema.Op, items: Items, text: str) -> str:
    """Return in words what an op did."""
    item = op.after or op.before
    if item is None:
        return "changed nothing"
    if isinstance(item, schema.Verdict | schema.Decision):
        return _OF_WORK[type(item)][op.after is None]
    words, label = named(text, item, items)
    if op.before is None:
        return f"labeled {words}: {label}"
    if op.after is None:
        return f"took {label} from {words}"
    was, label_before = named(text, op.before, items)
    changed = f"{was} to {words}" if was != words else words
    return f"changed {changed}: {label if label == label_before else f'{label_before} to {label}'}"


_OF_WORK = {
    schema.Verdict: ("rejected a suggestion", "took a rejection back"),
    schema.Decision: ("settled a question", "opened a question again"),
}
"""What a verdict or a decision says when it comes, and when it goes."""


def named(text: str, item: schema.Annotation, items: Items) -> tuple[str, str]:
    """Return the words of an annotation and its label."""
    if isinstance(item, schema.Entity):
        return _short(text[item.start : item.end]), item.label
    if isinstance(item, schema.Relation):
        ends = (items.get(key) for key in (item.head, item.tail))
        words = (named(text, end, items)[0] if end else "…" for end in ends)
        return " → ".join(words), item.label
    return "the document", getattr(item, "label", "")


def _short(words: str) -> str:
    return words if len(words) <= _WORDS else f"{words[: _WORDS - 1]}…"


# ---- bringing back ---------------------------------------------------------------------------


def restore(layer: Layer, revision: int, token: str, actor: User, now: datetime) -> int:
    """Bring a layer back to what it was at a revision, by one edit, which `token` takes back.

    Returns its revision then, the same where nothing differs. Raises Invalid when there was no such
    revision, or a rule of the scheme stands against it by now.
    """
    with transaction():
        editing.hold(layer.id)
        db.session.refresh(layer)
        if not 0 <= revision <= layer.revision:
            raise Invalid(f"This layer has no revision {revision}: it has had {layer.revision}.")
        [was], [is_] = editing.load_at([(layer, revision)]), editing.load([layer])
        ops = tuple(_differing(is_.annotations(), was.annotations()))
        if not ops:
            return layer.revision
        edit = schema.Edit(_key(actor, token), ops)
        return editing.apply(layer.id, layer.revision, [edit], actor_id=actor.id, now=now)


def _differing(
    now: Iterable[schema.Annotation], then: Iterable[schema.Annotation]
) -> Iterable[schema.Op]:
    """Yield what leads from one state of a layer to another."""
    held, wanted = ({item.id: item for item in each} for each in (now, then))
    for name in dict.fromkeys((*held, *wanted)):
        if held.get(name) != wanted.get(name):
            yield schema.Op(name, held.get(name), wanted.get(name))


def take_back(layer: Layer, token: str, actor: User, now: datetime) -> None:
    """Take back the edit by which the actor brought a layer back.

    Raises NotFound, and Conflict when what it brought back was changed again since.
    """
    undone = _key(actor, token)
    undo_own(layer, undone, f"undo-{undone}", actor, now)


def _key(actor: User, token: str) -> str:
    return f"back-{actor.id}-{token}"
