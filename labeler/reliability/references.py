"""What annotators are held against: gold, the suggestions, their own first submission.

Each is read as if it were one more annotator, in the documents that it and somebody else have.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from labeler import borders, editing, schema
from labeler.agreement.columns import (
    CategoryColumns,
    Columns,
    EntityColumns,
    Integers,
    RelationColumns,
    Work,
)
from labeler.models import Document, Layer, Project, Suggestion, db, raw_rows
from labeler.reliability.reading import GOLD, Scope, beside_gold, finished, read

SUGGESTIONS = "suggestions"
THEMSELVES = "themselves"
EARLIER = "{}, first submission"
"""How an annotator's own first submission is called."""
_PAGE = 200
"""Documents read at a time."""

Pair = tuple[str, str]
C = TypeVar("C", EntityColumns, RelationColumns)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reading in which annotators stand beside what they are held against, and those pairs."""

    columns: Columns
    document_ids: Integers
    pairs: list[Pair]


def reference(project: Project, scope: Scope, name: str) -> Reference:
    """Return the layers beside a reference; there are no pairs where there is nothing of it."""
    return _READERS[name](project, scope)


def _beside(columns: Columns, document_ids: Integers, name: str) -> Reference:
    pairs = [(person, name) for person in columns.annotators if person != name]
    return Reference(columns, document_ids, pairs if name in columns.annotators else [])


def _gold(project: Project, scope: Scope) -> Reference:
    return _beside(*read(beside_gold(project, scope)), GOLD)


def _suggestions(project: Project, scope: Scope) -> Reference:
    """Read what the last run proposed in each document."""
    done = select(finished(project, scope).subquery().c.document_id)
    proposed = select(Suggestion.document_id).where(Suggestion.document_id.in_(done))
    columns, document_ids = read(finished(project, scope).where(Layer.document_id.in_(proposed)))
    if not len(document_ids):
        return Reference(columns, document_ids, [])
    proposals = _proposed(document_ids)
    first = next(proposals, None)
    if first is None:  # a suggester that knows none of the labels is nothing to be held against
        return Reference(columns, document_ids, [])
    columns = _joined(columns, chain([first], proposals))
    return _beside(columns, document_ids, SUGGESTIONS)


def _proposed(document_ids: Integers) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what the last run proposed for each document, with the document's place."""
    ids = document_ids.tolist()
    for first in range(0, len(ids), _PAGE):
        columns = (Suggestion.document_id, Suggestion.run_id, Suggestion.proposals)
        wanted = select(*columns).where(Suggestion.document_id.in_(ids[first : first + _PAGE]))
        rows = db.session.execute(wanted.order_by(Suggestion.document_id, Suggestion.run_id))
        for document_id, proposals in {row[0]: row[2] for row in rows}.items():
            place = int(np.searchsorted(document_ids, document_id))
            yield from ((place, proposal) for proposal in proposals)


def _joined(columns: Columns, proposed: Iterator[tuple[int, dict[str, Any]]]) -> Columns:
    """Return the columns with the proposals as the work of one more annotator."""
    entities: list[tuple[int, int, int, int]] = []
    links: list[tuple[int, str, str, str]] = []
    row_of: dict[tuple[int, str], int] = {}
    names = {name: at for at, name in enumerate(columns.entities.names)}
    linked = {name: at for at, name in enumerate(columns.relations.names)}
    chosen: list[tuple[int, str]] = []
    for place, one in proposed:
        if "start" in one:
            row_of[place, one["id"]] = len(columns.entities.start) + len(entities)
            label = names.setdefault(one["label"], len(names))
            entities.append((place, one["start"], one["end"], label))
        elif "head" in one:
            links.append((place, one["head"], one["tail"], one["label"]))
        else:
            chosen.append((place, one["label"]))
    relations = [
        (place, row_of[place, head], row_of[place, tail], linked.setdefault(label, len(linked)))
        for place, head, tail, label in links
        if (place, head) in row_of and (place, tail) in row_of
    ]
    by, size = len(columns.annotators), len(columns.documents)
    return replace(
        columns,
        annotators=(*columns.annotators, SUGGESTIONS),
        worked=np.column_stack([columns.worked, np.ones(size, dtype=np.bool_)]),
        blind=None,
        entities=_longer(columns.entities, ("start", "end"), entities, by, names),
        relations=_longer(columns.relations, ("head", "tail"), relations, by, linked),
        categories=_more_categories(columns.categories, chosen, by),
    )


def _longer(
    given: C, ends: tuple[str, str], rows: Sequence[tuple[int, ...]], by: int, names: Iterable[str]
) -> C:
    """Return columns with rows more: a document, two ends and a label each."""
    more = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    new = {**dict(zip(("document", *ends, "label"), more, strict=True))}
    new["by"] = np.full(len(rows), by)
    longer: dict[str, Any] = {
        name: np.concatenate([getattr(given, name), column]) for name, column in new.items()
    }
    suggested = np.concatenate([given.suggested, np.ones(len(rows), dtype=np.bool_)])
    return replace(given, **longer, suggested=suggested, names=tuple(names))


def _more_categories(
    given: CategoryColumns, chosen: Sequence[tuple[int, str]], by: int
) -> CategoryColumns:
    """Return columns with labels of documents more."""
    names = {name: at for at, name in enumerate(given.names)}
    label = np.array([names.setdefault(own, len(names)) for _, own in chosen], dtype=np.int64)
    document = np.array([place for place, _ in chosen], dtype=np.int64)
    return CategoryColumns(
        np.concatenate([given.document, document]),
        np.concatenate([given.by, np.full(len(chosen), by)]),
        np.concatenate([given.label, label]),
        tuple(names),
    )


def _themselves(project: Project, scope: Scope) -> Reference:
    """Read the layers that were submitted, reopened and submitted again, beside the fold of their
    log as they were submitted first."""
    ids = finished(project, scope).where(Layer.submissions > 1, Layer.first_submitted.is_not(None))
    keys = [row[0] for rows in raw_rows(db.session(), ids, _PAGE) for row in rows]
    work: dict[int, Work] = {}
    people: set[str] = set()
    for first in range(0, len(keys), _PAGE):
        wanted = select(Layer).where(Layer.id.in_(keys[first : first + _PAGE]))
        options = (joinedload(Layer.document), joinedload(Layer.annotator))
        layers = list(db.session.scalars(wanted.options(*options)))
        for layer, record in zip(layers, editing.load(layers), strict=True):
            people.add(record.annotator)
            _add(work, layer.document, record, _first(layer, record))
    document_ids = np.array(sorted(work), dtype=np.int64)
    columns = Columns.of(work[key] for key in sorted(work))
    pairs = [(name, EARLIER.format(name)) for name in sorted(people)]
    return Reference(columns, document_ids, pairs)


def _add(work: dict[int, Work], document: Document, now: schema.Layer, then: schema.Layer) -> None:
    if document.id not in work:
        [tokens] = borders.tokens([document])
        work[document.id] = (document.name, len(document.text), tokens, {})
    layers = dict(work[document.id][3])
    layers[now.annotator], layers[then.annotator] = now, then
    work[document.id] = (*work[document.id][:3], layers)


def _first(layer: Layer, record: schema.Layer) -> schema.Layer:
    """Return the layer as it was submitted first."""
    edits = editing.history(layer.id)
    early = [edit["ops"] for edit in edits if edit["revision"] <= (layer.first_submitted or 0)]
    items = schema.fold(map(schema.ops_from_json, early)).values()
    return schema.Layer(
        annotator=EARLIER.format(record.annotator),
        entities=tuple(item for item in items if isinstance(item, schema.Entity)),
        relations=tuple(item for item in items if isinstance(item, schema.Relation)),
        categories=tuple(item for item in items if isinstance(item, schema.Category)),
    )


_READERS: dict[str, Callable[[Project, Scope], Reference]] = {
    GOLD: _gold,
    SUGGESTIONS: _suggestions,
    THEMSELVES: _themselves,
}
REFERENCES = tuple(_READERS)
