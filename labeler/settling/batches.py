"""Questions of many documents settled at once: by vote, by competence, or as one of them was."""

import math
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from labeler import audit, editing
from labeler.adjudication import NONE, Draft, Span, Standing
from labeler.agreement.competence import dawid_skene
from labeler.errors import Invalid, LabelerError, NotFound
from labeler.models import Document, Layer, Project, User, db, transaction
from labeler.settling.cases import Choice, draft_of, gold_layer, undo, write
from labeler.settling.listing import shared

WAYS = ("vote", "competence")
"""How questions are settled without a person."""
_PAGE = 100
_ASKED = ("label", "boundary", "both", "missing", "direction", "type", "attributes")
"""Kinds of questions that can be settled without a person."""
MAX_ALIKE = 500
"""Documents that are looked through for the same words."""
_MOST_ITEMS = 20_000
"""Questions that competence is estimated from."""


@dataclass
class Batch:
    """What was or would be settled at once, and the key that undoes it."""

    key: str
    documents: int = 0
    questions: int = 0
    left: int = 0
    refused: list[str] = field(default_factory=list)


Answer = Callable[[Standing], str | None]
"""What settles a question: the answer, or None where a person has to."""


# ---- by vote, by competence ------------------------------------------------------------------


def settle_all(  # noqa: PLR0913 - by name
    project: Project,
    actor: User,
    now: datetime,
    *,
    by: str = "vote",
    threshold: float = 2 / 3,
    preview: bool = False,
    most: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Batch:
    """Settle what needs no person in the documents that are not accepted yet.

    By vote, a version (or nothing) is taken where at least this share of annotators holds it; by
    competence, where it is this likely given how often each annotator is right. What reaches the
    threshold nowhere stays open. `most` bounds the documents looked at. Raises Invalid.
    """
    if by not in WAYS or not 0.5 < threshold <= 1:
        raise Invalid("Settle by vote or by competence, with a threshold above 0.5 and up to 1.")
    answer = _by_vote(threshold) if by == "vote" else _by_competence(project, threshold)
    batch = Batch(f"{by}-{secrets.token_hex(8)}")
    run = _Run(batch, answer, by, actor, now, preview)
    for document in _open_documents(project, most):
        run.settle(document)
        progress(1)
    if batch.questions and not preview:
        _told("gold.automatic", f"by {by}, {threshold:.0%}", project, actor, batch)
    return batch


def _told(action: str, subject: str, project: Project, actor: User, batch: Batch) -> None:
    """Record what was settled at once, under the key that undoes it."""
    counts = {"key": batch.key, "documents": batch.documents, "questions": batch.questions}
    audit.record(action, subject, project=project, actor=actor, details=counts)


def _by_vote(threshold: float) -> Answer:
    def answer(standing: Standing) -> str | None:
        return _likeliest({name: float(len(held)) for name, held in _votes(standing)}, threshold)

    return answer


def _by_competence(project: Project, threshold: float) -> Answer:
    accuracy = competence(project)

    def answer(standing: Standing) -> str | None:
        scores = {
            name: math.exp(sum(_logit(accuracy.get(each, 0.5)) for each in held))
            for name, held in _votes(standing)
        }
        return _likeliest(scores, threshold)

    return answer


def _logit(probability: float) -> float:
    bounded = min(max(probability, 0.01), 0.99)
    return math.log(bounded / (1 - bounded))


def _votes(standing: Standing) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each answer to a question with who gave it; nothing is one as well."""
    yield from ((str(version.content), version.holders) for version in standing.slot.versions)
    yield NONE, standing.slot.absent


def _likeliest(scores: Mapping[str, float], threshold: float) -> str | None:
    best = max(scores, key=lambda name: scores[name])
    share = scores[best] / sum(scores.values())
    return best if share >= threshold - 1e-9 else None


def competence(project: Project) -> dict[str, float]:
    """Return how often each annotator is estimated to be right about an entity.

    Estimated by Dawid and Skene (1979) over the entities of documents that are not accepted yet.
    Raises Invalid with fewer than three annotators: of two nobody could tell who is wrong.
    """
    responses: dict[str, dict[str, list[str]]] = {}
    labels: set[str] = {NONE}
    for document in _open_documents(project, None):
        comparison = draft_of(document, None, None).comparison
        for slot in comparison.entities:
            said = {n: [v.content.label] for v in slot.versions for n in v.holders}
            labels |= {version.content.label for version in slot.versions}
            said |= {name: [NONE] for name in slot.absent}
            responses[f"{document.id} {slot.key}"] = said
        if len(responses) > _MOST_ITEMS:
            break
    if len({name for said in responses.values() for name in said}) < 3:
        raise Invalid("Competence takes three annotators. Settle by vote, or by hand.")
    return dawid_skene(responses, sorted(labels)).accuracy


# ---- as one of them was ----------------------------------------------------------------------


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
    run = _Run(batch, lambda _: None, "decided", actor, now, preview, choice)
    for other in _open_documents(project, MAX_ALIKE, words):
        run.settle(other, _alike(other.text, words, label))
    if batch.questions and not preview:
        _told("gold.alike", f"“{words}” as {label or 'nothing'}", project, actor, batch)
    return batch


def documents_alike(project: Project, words: str) -> int:
    """Return in how many documents not accepted yet these words stand, 500 at most."""
    open_ = shared(project, 0, "open").order_by(None)
    holding = select(Document.id).where(
        Document.id.in_(open_), Document.text.contains(words, autoescape=True)
    )
    counted = select(func.count()).select_from(holding.limit(MAX_ALIKE).subquery())
    return db.session.scalar(counted) or 0


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


# ---- together --------------------------------------------------------------------------------


def undo_batch(project: Project, undone: str, actor: User, now: datetime) -> Batch:
    """Take back what was settled at once under a key, where it was not settled otherwise since."""
    batch = Batch(f"undo-{undone[:80]}")
    keys = select(Layer.document_id).where(
        Layer.project_id == project.id, Layer.gold, editing.has_edit(Layer, undone)
    )
    for document in db.session.scalars(select(Document).where(Document.id.in_(keys))).all():
        try:
            undo(document, undone, batch.key, actor, now)
        except LabelerError as error:
            batch.refused.append(f"{document.name}: {error.message}")
        else:
            batch.documents += 1
    if batch.documents:
        _told("gold.undo", undone, project, actor, batch)
    return batch


def _open_documents(project: Project, most: int | None, words: str = "") -> Iterator[Document]:
    """Yield the documents to settle, in order, a page at a time: several finished them."""
    last, count = 0, 0
    while most is None or count < most:
        wanted = select(Document).where(Document.id.in_(shared(project, last, "open")))
        if words:
            wanted = wanted.where(Document.text.contains(words, autoescape=True))
        found = db.session.scalars(wanted.order_by(Document.id).limit(_PAGE)).all()
        if not found:
            return
        yield from found[: None if most is None else most - count]
        count += len(found)
        last = found[-1].id


@dataclass(frozen=True)
class _Run:
    """What settles many documents: how, by whom, and what came of it so far."""

    batch: Batch
    answer: Answer
    how: str
    actor: User
    now: datetime
    preview: bool
    choice: Choice | None = None

    def settle(self, document: Document, answer: Answer | None = None) -> None:
        """Settle what has an answer in a document, as one edit, or only count it."""
        with transaction():
            gold = None if self.preview else gold_layer(document, self.actor, self.now)
            draft = draft_of(document, gold, self.actor)
            draft.take_agreed()
            done, left = self._answer_all(draft, answer or self.answer)
            self.batch.left += left
            if done:
                self.batch.documents += 1
                self.batch.questions += done
                if gold is not None:
                    write(gold, draft, self.batch.key, self.actor, self.now)

    def _answer_all(self, draft: Draft, answer: Answer) -> tuple[int, int]:
        """Settle the open questions that have an answer; return how many had one and had not."""
        why = {"reason": self.choice.reason, "note": self.choice.note} if self.choice else {}
        done = 0
        left: set[str] = set()
        while asked := [s for s in _askable(draft.standings) if s.slot.key not in left]:
            key, chosen = asked[0].slot.key, answer(asked[0])
            if chosen is None or not _decided(draft, key, chosen, self.how, why):
                left.add(key)
            else:
                done += 1
        return done, len(left)


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
