"""Documents to settle: which there are, what is open in each, which comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from labeler import editing, schema
from labeler.adjudication import Draft
from labeler.models import Document, Layer, Project, Settlement, db
from labeler.settling.cases import comparison_of
from labeler.settling.places import by_stand

STATES = ("open", "done", "changed")
"""Documents to settle: not accepted yet, accepted, accepted before an annotator changed more."""


@dataclass(frozen=True, slots=True)
class Row:
    """A document that several finished: its title, who did, and where its gold stands."""

    id: int
    title: str
    name: str
    names: tuple[str, ...]
    state: str
    open: int
    settled: int
    agreed: int
    annotators: int


def documents(
    project: Project, *, after: int = 0, state: str | None = None, limit: int = 25
) -> tuple[list[Row], int | None]:
    """Return documents that several finished, those after an id, and what asks for the next.

    The questions of each are counted as opening it now would show them, gold or not.
    """
    keys = list(db.session.scalars(shared(project, after, state).limit(limit + 1)))
    more, keys = len(keys) > limit, keys[:limit]
    found = db.session.scalars(select(Document).where(Document.id.in_(keys)).order_by(Document.id))
    documents = list(found)
    rows = _rows(documents, project.scheme)
    for document in documents:
        db.session.expunge(document)
    return rows, keys[-1] if more else None


def next_to_settle(project: Project, after: int = 0) -> int | None:
    """Return the next document whose gold is not accepted, from `after` on and round."""
    for first in (after, 0):
        for state in ("open", "changed"):
            found = db.session.scalar(shared(project, first, state).limit(1))
            if found is not None:
                return found
    return None


def shared(project: Project, after: int, state: str | None) -> Select[int]:
    """Select the ids of documents that two or more finished, in order, by the index alone."""
    key = Settlement.document_id
    several = select(key).where(Settlement.project_id == project.id, key > after)
    if state is not None:
        several = several.where(Settlement.state == state)
    return several.order_by(key)


def _rows(documents: Sequence[Document], scheme: schema.Scheme) -> list[Row]:
    wanted = select(Layer).where(Layer.document_id.in_([each.id for each in documents]))
    rows = list(db.session.scalars(wanted.options(joinedload(Layer.annotator))))
    records = dict(zip((row.id for row in rows), editing.load(rows), strict=True))
    by_document: dict[int, list[Layer]] = {}
    for row in rows:
        by_document.setdefault(row.document_id, []).append(row)
    return [_row(each, by_document[each.id], records, scheme) for each in documents]


def _row(
    document: Document,
    layers: Sequence[Layer],
    records: Mapping[int, schema.Layer],
    scheme: schema.Scheme,
) -> Row:
    done = [records[each.id] for each in layers if not each.gold and each.status == "done"]
    gold = next((each for each in layers if each.gold), None)
    items: dict[str, Any] = (
        {item.id: item for item in records[gold.id].annotations()} if gold is not None else {}
    )
    draft = Draft(comparison_of(done, scheme), items, scheme, len(document.text), "").look()
    stands = by_stand(draft.standings)
    agreed, settled, left = (len(stands[name]) for name in ("agreed", "settled", "open"))
    state = "open" if gold is None or gold.status != "done" else "changed" if left else "done"
    names = tuple(sorted(record.annotator for record in done))
    return Row(
        document.id, document.title, document.name, names, state, left, settled, agreed, len(names)
    )
