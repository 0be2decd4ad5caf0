"""The same words across a corpus: how each occurrence is labeled, by whom, and made alike."""

import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from labeler import audit, editing, schema
from labeler.errors import Invalid, LabelerError, NotFound
from labeler.models import (
    ContestedWords,
    DictionaryEntry,
    Document,
    Layer,
    Project,
    User,
    db,
    texts,
    transaction,
)
from labeler.settling.alike import holds
from labeler.settling.batches import Batch
from labeler.settling.cases import draft_of, gold_layer, items_of, write, write_ops

_CONTEXT = 60
"""Code points shown on either side of an occurrence."""
_DOCUMENTS = 25
"""Documents with the words on one page."""
_READ = 500
"""Documents whose texts are read at a time."""
_PATIENCE = 0.02
"""Seconds after which no more texts are read for one page."""
MOST_CHOSEN = 5000
"""Occurrences that one change may make alike."""


@dataclass(frozen=True, slots=True)
class Contested:
    """Words that are not always labeled alike: how often each way, "" for not at all."""

    words: str
    counts: Mapping[str, int]

    @property
    def usual(self) -> str:
        """Return what they mostly are."""
        return max(self.counts, key=lambda outcome: (self.counts[outcome], outcome))

    @property
    def total(self) -> int:
        """Return how often they occur in what was finished."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Words in a document, what surrounds them, and the labels that each annotator gave."""

    document_id: int
    title: str
    start: int
    end: int
    before: str
    after: str
    said: Sequence[tuple[str, str]]
    gold: str | None


def contested(project: Project, limit: int = 50) -> list[Contested]:
    """Return the words that are labeled in more than one way, most deviations first."""
    return contested_after(project, None, limit)[0]


def contested_after(
    project: Project, place: tuple[int, str] | None, limit: int
) -> tuple[list[Contested], tuple[int, str] | None]:
    """Return words that are labeled in more than one way, most deviations first, and what asks for
    the next; `place` is what asked for these.

    Read from the dictionary that finished layers add up to.
    """
    known = ContestedWords
    worst = select(known.words, known.deviations).where(known.project_id == project.id)
    if place is not None:
        worst = worst.where(tuple_(known.deviations, known.words) < place)
    first = worst.order_by(known.deviations.desc(), known.words.desc()).limit(limit + 1)
    rows = db.session.execute(first).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else (last.deviations, last.words)
    found = sorted(rows[:limit], key=lambda row: (-row.deviations, row.words))
    words = [row.words for row in found]
    entry = DictionaryEntry
    mine = (entry.project_id == project.id, entry.kind == "entity", entry.count > 0)
    counts: dict[str, dict[str, int]] = {each: {} for each in words}
    ways = select(entry.words, entry.outcome, entry.count).where(*mine, entry.words.in_(words))
    for each, outcome, count in db.session.execute(ways):
        counts[each][outcome] = count
    return [Contested(each, counts[each]) for each in words], following


def occurrences(
    project: Project, words: str, after: int = 0, limit: int = _DOCUMENTS
) -> tuple[list[Occurrence], int | None]:
    """Return where words stand as whole words, capitals as given, and what asks for the next.

    Documents that the index names are read in order from an id on, until `limit` hold the words or
    some time has passed: there may be nothing so far, and more later.
    """
    documents, following = _holding(project, words, after, limit)
    layers = _layers([document.id for document in documents])
    listed = [
        each
        for document in documents
        for each in _in_document(document, words, layers.get(document.id, []))
    ]
    return listed, following


def _holding(
    project: Project, words: str, after: int, limit: int
) -> tuple[list[Document], int | None]:
    """Return the next documents that hold words, and what asks for those after them."""
    found: list[Document] = []
    until = time.monotonic() + _PATIENCE
    keys = texts.following(project.id, after, _READ)  # where they are frequent, that is enough
    while True:
        wanted = select(Document).where(Document.id.in_(keys), holds(project, words))
        ordered = wanted.order_by(Document.id).limit(limit + 1 - len(found))
        found += db.session.scalars(ordered)
        if len(found) > limit:
            return found[:limit], found[limit - 1].id
        if len(keys) < _READ:
            return found, None
        after = keys[-1]
        if time.monotonic() >= until:
            return found, after
        keys = texts.may_hold(project.id, words, after, _READ)


def _layers(keys: Collection[int]) -> dict[int, list[tuple[bool, schema.Layer]]]:
    """Return finished layers and gold ones by document."""
    wanted = select(Layer).where(Layer.document_id.in_(keys), (Layer.status == "done") | Layer.gold)
    rows = list(db.session.scalars(wanted.options(joinedload(Layer.annotator))))
    found: dict[int, list[tuple[bool, schema.Layer]]] = {}
    for row, record in zip(rows, editing.load(rows), strict=True):
        found.setdefault(row.document_id, []).append((row.gold, record))
    return found


def _in_document(
    document: Document, words: str, layers: Sequence[tuple[bool, schema.Layer]]
) -> Iterator[Occurrence]:
    text = document.text
    for start, end in whole(words, text):
        said = [
            (layer.annotator, " ".join(_labels(layer, start, end)))
            for gold, layer in sorted(layers, key=lambda each: each[1].annotator)
            if not gold
        ]
        golden = [" ".join(_labels(layer, start, end)) for gold, layer in layers if gold]
        yield Occurrence(
            document.id,
            document.title,
            start,
            end,
            text[max(0, start - _CONTEXT) : start],
            text[end : end + _CONTEXT],
            said,
            golden[0] if golden else None,
        )


def whole(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where words stand that do not go on to either side."""
    for match in re.finditer(re.escape(words), text):
        start, end = match.span()
        beside = (text[start - 1 : start], text[end : end + 1])
        if not any(each and texts.is_of_word(each) for each in beside):
            yield start, end


def _labels(layer: schema.Layer, start: int, end: int) -> list[str]:
    return [item.label for item in layer.entities if (item.start, item.end) == (start, end)]


# ---- making alike ----------------------------------------------------------------------------


def make_alike(
    project: Project,
    chosen: Mapping[int, Sequence[tuple[int, int]]],
    label: str,
    key: str,
    actor: User,
    now: datetime,
    *,
    own: bool = False,
) -> Batch:
    """Give these stretches of documents a label in gold, or none where `label` is empty.

    With `own` it is in the actor's own layers, of the documents where they have one. Each document
    is one edit named `key`, so that `undo_batch`, or `undo_own_batch`, takes all back. What a rule
    stands against is told and left. Raises Invalid for a label that the scheme lacks.
    """
    if label and project.scheme.entity(label) is None:
        raise Invalid(f"The scheme has no entity label {label!r}.")
    if sum(map(len, chosen.values())) > MOST_CHOSEN:
        raise Invalid(f"Choose at most {MOST_CHOSEN:,} occurrences at a time.")
    batch = Batch(key)
    mine = select(Document).where(Document.project_id == project.id, Document.id.in_(chosen))
    for document in db.session.scalars(mine.order_by(Document.id)).all():
        try:
            give = _label_own if own else _label
            changed = give(document, chosen[document.id], label, key, actor, now)
        except LabelerError as error:
            reason = error.problems[0].message if error.problems else error.message
            batch.refused.append(f"{document.name}: {reason}")
        else:
            batch.questions += changed
            batch.documents += 1 if changed else 0
    counts = {"key": key, "documents": batch.documents, "occurrences": batch.questions}
    if batch.documents:
        subject = f"as {label or 'nothing'}"
        action = "layer.relabel" if own else "gold.relabel"
        audit.record(action, subject, project=project, actor=actor, details=counts)
    return batch


def _label(
    document: Document,
    spans: Sequence[tuple[int, int]],
    label: str,
    key: str,
    actor: User,
    now: datetime,
) -> int:
    """Label spans of a document in gold as one edit, and return how many were changed."""
    with transaction():
        gold = gold_layer(document, actor, now)
        draft = draft_of(document, gold, actor)
        origin: dict[str, Any] = {"curation": {"how": "direct", "from": [], "by": actor.name}}
        ops, count = _all_ops(items_of(gold), spans, label, origin)
        draft.change(ops)
        write(gold, draft, key, actor, now)
    return count


def _label_own(
    document: Document,
    spans: Sequence[tuple[int, int]],
    label: str,
    key: str,
    actor: User,
    now: datetime,
) -> int:
    """Label spans of a document in the actor's own layer as one edit; return how many changed."""
    wanted = select(Layer).where(
        Layer.document_id == document.id, Layer.annotator_id == actor.id, ~Layer.gold
    )
    with transaction():
        layer = db.session.scalar(wanted.with_for_update())
        if layer is None:
            raise NotFound("You have not opened it, so that you have no layer there.")
        ops, count = _all_ops(items_of(layer), spans, label, None)
        write_ops(layer, ops, key, actor, now)
    return count


def _all_ops(
    items: Mapping[str, schema.Annotation],
    spans: Sequence[tuple[int, int]],
    label: str,
    origin: dict[str, Any] | None,
) -> tuple[tuple[schema.Op, ...], int]:
    """Return what labels all of these spans, and how many of them that changes."""
    made = [list(_ops(items, start, end, label, origin)) for start, end in dict.fromkeys(spans)]
    ops = {op.id: op for each in made for op in each}
    return tuple(ops.values()), sum(1 for each in made if each)


def _ops(
    items: Mapping[str, schema.Annotation],
    start: int,
    end: int,
    label: str,
    origin: dict[str, Any] | None,
) -> Iterator[schema.Op]:
    """Yield what gives a span just this label: the first entity there is changed, others go."""
    there = [
        item
        for item in items.values()
        if isinstance(item, schema.Entity) and (item.start, item.end) == (start, end)
    ]
    if label and [item.label for item in there] == [label]:
        return
    kept = there[:1] if label else []
    for entity in there[len(kept) :]:
        for item in items.values():
            if isinstance(item, schema.Relation) and entity.id in (item.head, item.tail):
                yield schema.Op(item.id, item, None)
        yield schema.Op(entity.id, entity, None)
    if not label:
        return
    name = kept[0].id if kept else f"e:{start}-{end}"
    while not kept and name in items:
        name += "'"
    yield schema.Op(name, kept[0] if kept else None, schema.Entity(name, start, end, label, origin))
