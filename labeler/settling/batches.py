"""Questions of many documents settled at once, under one key that takes all of it back."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from labeler import audit, editing, schema
from labeler.adjudication import Draft, Standing
from labeler.errors import Invalid, LabelerError
from labeler.jobs import Work
from labeler.models import Document, Layer, Project, User, db, transaction
from labeler.settling.cases import (
    Choice,
    accept,
    accepted_at,
    draft_of,
    gold_layer,
    gold_of,
    take_back_acceptance,
    undo,
    undo_own,
    write,
)
from labeler.settling.listing import shared

PAGE = 50
"""Documents settled in one transaction."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANDOM = 6
"""Digits of a key that chance gives, after those of its moment."""
_ASKED = ("label", "boundary", "both", "missing", "direction", "type", "attributes")
"""Kinds of questions that can be settled without a person."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A document with how many of its questions were settled at once, how many are left open, and
    whether its gold was accepted with that.

    It is `whole` where none is open and gold has every attribute that is required.
    """

    id: int
    title: str
    questions: int
    left: int = 0
    accepted: bool = False
    whole: bool = False


@dataclass
class Batch:
    """What was or would be settled at once, and the key that undoes it."""

    key: str
    documents: int = 0
    questions: int = 0
    left: int = 0
    complete: int = 0
    refused: list[str] = field(default_factory=list)
    rows: list[Settled] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many questions were settled in how many documents, how many are left, and how
        many documents are whole by now."""
        names = ("documents", "questions", "left", "complete")
        return {name: getattr(self, name) for name in names}

    def add(self, row: Settled) -> None:
        """Count what came of one document."""
        self.documents += row.questions > 0
        self.questions += row.questions
        self.left += row.left
        self.complete += row.whole


Answer = Callable[[Standing], str | None]
"""What settles a question: the answer, or None where a person has to."""


def new_key(by: str, now: datetime) -> str:
    """Return a key for what is settled at once, which tells the moment."""
    return f"{by}-{(now - _EPOCH) // timedelta(microseconds=1):x}{secrets.token_hex(_RANDOM // 2)}"


def moment_of(key: str) -> datetime | None:
    """Return the moment that a key tells: what is accepted under it was changed just then."""
    digits = key.rpartition("-")[2][:-_RANDOM]
    if not re.fullmatch("[0-9a-f]{1,14}", digits):
        return None
    return _EPOCH + timedelta(microseconds=int(digits, 16))


def told(action: str, subject: str, project: Project, actor: User, batch: Batch) -> None:
    """Record what was settled at once, under the key that undoes it."""
    counts = {"key": batch.key, "documents": batch.documents, "questions": batch.questions}
    audit.record(action, subject, project=project, actor=actor, details=counts)


def open_documents(
    project: Project, most: int | None = None, after: int = 0
) -> Iterator[list[Document]]:
    """Yield pages of documents to settle, in order, those after an id: several finished them."""
    left = PAGE if most is None else most
    while left > 0:
        keys = list(db.session.scalars(shared(project, after, "open").limit(min(PAGE, left))))
        if not keys:
            return
        wanted = select(Document).where(Document.id.in_(keys)).order_by(Document.id)
        yield list(db.session.scalars(wanted))
        after = keys[-1]
        left -= 0 if most is None else len(keys)


# ---- settling --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What settles many documents: how, by whom, and what came of it so far."""

    batch: Batch
    how: str
    actor: User
    now: datetime
    preview: bool
    choice: Choice | None = None
    accepting: bool = False
    listing: bool = False
    """Whether what is only counted is listed document by document."""

    def settle(self, document: Document, answer: Answer) -> None:
        """Settle what has an answer in a document, as one edit, or only count it."""
        if self.preview:
            self._settle(document, gold_of(document), answer)
            return
        gold = gold_layer(document, self.actor, self.now)
        with transaction():
            self._settle(document, gold, answer)

    def _settle(self, document: Document, gold: Layer | None, answer: Answer) -> None:
        draft = draft_of(document, gold, self.actor, held=not self.preview).look()
        self._answer_all(draft, answer)
        done = _settled_by(draft.ops(), self.how)
        left = sum(1 for standing in draft.standings if standing.state == "open")
        whole = not left and not draft.lacks_attributes
        row = Settled(document.id, document.title, done, left, whole=whole)
        self.batch.add(row)
        if gold is None or self.preview:
            self.batch.rows += [row] if self.listing else []
            return
        accepting = self.accepting and whole
        if done or accepting:
            write(gold, draft, self.batch.key, self.actor, self.now)
        moment = moment_of(self.batch.key)
        if accepting and moment:
            accept(gold, moment)

    def _answer_all(self, draft: Draft, answer: Answer) -> None:
        """Settle the open questions that have an answer."""
        why = {"reason": self.choice.reason, "note": self.choice.note} if self.choice else {}
        left: set[str] = set()
        while asked := [s for s in _askable(draft.standings) if s.slot.key not in left]:
            key, chosen = asked[0].slot.key, answer(asked[0])
            if chosen is None or not _decided(draft, key, chosen, self.how, why):
                left.add(key)


def _settled_by(ops: Iterable[schema.Op], how: str) -> int:
    """Return how many questions an edit settles in this way."""
    made = (op.after for op in ops if isinstance(op.after, schema.Decision))
    told = ((decision.origin or {}).get("curation") for decision in made)
    return sum(1 for curation in told if isinstance(curation, dict) and curation.get("how") == how)


def _decided(draft: Draft, key: str, answer: str, how: str, why: Mapping[str, str]) -> bool:
    """Settle a question, and tell whether the rules let it be."""
    before = draft.saved()
    try:
        draft.decide(key, answer, how=how, **why)
    except Invalid:  # a person has to look
        draft.restore(before)
        return False
    return True


def _askable(standings: Iterable[Standing]) -> Iterator[Standing]:
    return (s for s in standings if s.state == "open" and s.slot.kind in _ASKED)


def undo_own_batch(project: Project, undone: str, actor: User, now: datetime) -> Batch:
    """Take back what was made alike in the actor's own layers under a key, as `undo_batch` does."""
    batch = Batch(f"undo-{undone[:80]}")
    keys = settled_under(project, undone, of=actor)
    mine = (Layer.annotator_id == actor.id, ~Layer.gold)
    for first in range(0, len(keys), PAGE):
        wanted = select(Layer).where(Layer.document_id.in_(keys[first : first + PAGE]), *mine)
        for layer in db.session.scalars(wanted.order_by(Layer.document_id)).all():
            try:
                undo_own(layer, undone, batch.key, actor, now)
            except LabelerError as error:
                batch.refused.append(f"{layer.document.name}: {error.message}")
            else:
                batch.documents += 1
    if batch.documents:
        told("layer.undo", undone, project, actor, batch)
    return batch


# ---- taking back -----------------------------------------------------------------------------


def undo_batch(
    project: Project, undone: str, actor: User, now: datetime, work: Work | None = None
) -> Batch:
    """Take back what was settled at once under a key, where it was not settled otherwise since.

    With `work` it goes on where it stopped, and tells how far it is.
    """
    work, batch = work or Work(), Batch(f"undo-{undone[:80]}")
    done = work.cursor or {"after": 0, "documents": 0, "refused": []}
    batch.documents, batch.refused = done["documents"], list(done["refused"])
    keys = settled_under(project, undone, done["after"])
    work.expect(len(keys) + batch.documents + len(batch.refused))
    for first in range(0, len(keys), PAGE):
        page = keys[first : first + PAGE]
        with work.chunk() as chunk:
            for document in db.session.scalars(select(Document).where(Document.id.in_(page))):
                _take_back(document, undone, batch, actor, now)
            chunk.done = len(page)
            chunk.cursor = {
                "after": page[-1],
                "documents": batch.documents,
                "refused": batch.refused,
            }
            if batch.documents and first + PAGE >= len(keys):
                told("gold.undo", undone, project, actor, batch)
    return batch


def settled_under(project: Project, key: str, after: int = 0, of: User | None = None) -> list[int]:
    """Return the documents, those after an id, in whose gold layer an edit has this key.

    With `of` it is that person's own layer. What was accepted under it is there as well.
    """
    under, moment = editing.has_edit(Layer, key), moment_of(key)
    if moment is not None and of is None:
        under = or_(under, and_(Layer.status == "done", Layer.changed == moment))
    wanted = select(Layer.document_id).where(
        Layer.project_id == project.id,
        Layer.gold if of is None else and_(~Layer.gold, Layer.annotator_id == of.id),
        Layer.document_id > after,
        under,
    )
    return sorted(db.session.scalars(wanted))


def settled(
    project: Project, key: str, by: str, after: int = 0, limit: int = PAGE
) -> tuple[list[Settled], int | None]:
    """Return documents settled under a key in some way, those after an id, and what asks for the
    next: with how many questions, and whether gold is accepted since then."""
    keys = settled_under(project, key, after)
    page, moment = keys[:limit], moment_of(key)
    wanted = select(Layer).where(Layer.document_id.in_(page), Layer.gold)
    layers = db.session.scalars(wanted.options(joinedload(Layer.document)))
    rows = [
        Settled(
            gold.document_id,
            gold.document.title,
            _settled_by(editing.edit_of(gold.id, key) or (), by),
            accepted=accepted_at(gold, moment),
        )
        for gold in layers.all()
    ]
    following = page[-1] if len(keys) > limit else None
    return sorted(rows, key=lambda row: row.id), following


def _take_back(document: Document, undone: str, batch: Batch, actor: User, now: datetime) -> None:
    gold = gold_layer(document, actor, now)
    try:
        if accepted_at(gold, moment_of(undone)):
            take_back_acceptance(gold, now)
        if editing.edit_of(gold.id, undone) is not None:
            undo(document, undone, batch.key, actor, now)
    except LabelerError as error:
        batch.refused.append(f"{document.name}: {error.message}")
    else:
        batch.documents += 1
