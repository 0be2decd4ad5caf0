"""The same words settled the same way wherever they are asked about, as one undoable batch."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select

from labeler.adjudication import NONE, Span, Standing
from labeler.errors import NotFound
from labeler.models import Document, Project, Settlement, User, db, texts
from labeler.settling.batches import Answer, Batch, Run, told
from labeler.settling.cases import Choice, draft_of, gold_layer

MAX_ALIKE = 500
"""Documents that are settled alike at once."""
MAX_READ = 100_000
"""Documents whose texts are read for the words, the first that may hold them."""
_PAGE = 5000
"""Documents whose texts are read at a time."""


def settle_alike(
    document: Document,
    choice: Choice,
    key: str,
    actor: User,
    now: datetime,
    *,
    preview: bool = False,
) -> Batch:
    """Settle the open questions about the same words as this one alike, in all documents.

    Looked through are the first 500 documents not accepted yet that hold these words. Raises
    NotFound and Invalid as for a single decision.
    """
    case = draft_of(document, gold_layer(document, actor, now), actor)
    standing = case.standings.find(choice.question)
    content = standing and next(
        (each for each in standing.slot.contents if str(each) == choice.answer), None
    )
    if standing is None or not isinstance(standing.slot.contents[0], Span):
        raise NotFound("Only questions about words can be settled alike.")
    first = content if isinstance(content, Span) else standing.slot.contents[0]
    words = document.text[first.start : first.end]
    label = content.label if isinstance(content, Span) else None
    batch = Batch(key)
    project = db.session.get_one(Project, document.project_id)
    run = Run(batch, "decided", actor, now, preview, choice)
    for held in list(_holding(project, words)):
        other = db.session.get_one(Document, held)
        run.settle(other, _alike(other.text, words, label))
    if batch.questions and not preview:
        told("gold.alike", f"“{words}” as {label or 'nothing'}", project, actor, batch)
    return batch


def documents_alike(project: Project, words: str) -> int:
    """Return in how many documents not accepted yet these words stand, 500 at most."""
    return sum(1 for _ in _holding(project, words))


def _holding(project: Project, words: str) -> Iterator[int]:
    """Yield the documents to settle that hold these words, in order, 500 at most."""
    after, found = 0, 0
    for _ in range(MAX_READ // _PAGE):
        keys = texts.may_hold(project.id, words, after, _PAGE)
        to_settle = exists().where(
            Settlement.document_id == Document.id, Settlement.state == "open"
        )
        holding = select(Document.id).where(Document.id.in_(keys), to_settle, holds(project, words))
        held = list(db.session.scalars(holding.order_by(Document.id).limit(MAX_ALIKE - found)))
        yield from held
        found += len(held)
        if len(keys) < _PAGE or found == MAX_ALIKE:
            return
        after = keys[-1]


def holds(project: Project, words: str) -> ColumnElement[bool]:
    """Return the condition that a document of the project has these words, capitals as given."""
    sqlite = db.engine.dialect.name == "sqlite"
    place = (func.instr if sqlite else func.strpos)(Document.text, words)
    return and_(Document.project_id == project.id, place > 0)


def _alike(text: str, words: str, label: str | None) -> Answer:
    def answer(standing: Standing) -> str | None:
        spans = [each for each in standing.slot.contents if isinstance(each, Span)]
        same = [each for each in spans if text[each.start : each.end] == words]
        if not same:
            return None
        if label is None:
            return NONE if len(same) == len(spans) else None
        return next((str(each) for each in same if each.label == label), None)

    return answer
