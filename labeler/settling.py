"""Gold layers of curators: what all agree on is taken, differences are settled, one edit each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload

from labeler import editing, schema
from labeler.adjudication import REASONS, Comparison, Draft, Standing, Standings, compare, questions
from labeler.errors import Conflict, Invalid, NotFound, Problem
from labeler.models import Document, Layer, Project, User, db, transaction

MAX_NOTE = 1000
"""Characters of a note on a decision."""


@dataclass(frozen=True)
class Case:
    """A document with what its annotators finished, and the gold layer that settles it."""

    document: Document
    layers: tuple[schema.Layer, ...]
    comparison: Comparison
    gold: Layer
    record: schema.Layer
    standings: tuple[Standing, ...]

    @property
    def questions(self) -> list[Standing]:
        """Return what a person has to look at, or has looked at."""
        return list(questions(self.standings))

    @property
    def agreed(self) -> int:
        """Return how much was taken since all agree."""
        return sum(1 for standing in self.standings if standing.state == "agreed")

    @property
    def open(self) -> int:
        """Return how many questions are open."""
        return sum(1 for standing in self.standings if standing.state == "open")

    @property
    def settled(self) -> int:
        """Return how many questions are settled, or have become moot."""
        return len(self.questions) - self.open


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to a question, made on versions that had the fingerprint `seen`."""

    question: str
    answer: str
    seen: str
    reason: str = ""
    note: str = ""


# ---- one document ----------------------------------------------------------------------------


def open_case(document: Document, curator: User, now: datetime) -> Case:
    """Return a document to settle; what all who finished agree on and gold lacks is taken.

    Where only one has finished, that is all of it: gold is then what a curator makes of it.
    """
    gold = gold_layer(document, curator, now)
    with transaction():
        draft = _draft(document, gold, curator)
        draft.take_agreed()
        _write(gold, draft, _key("agreed", gold), curator, now)
        case = _case(document, gold)
        if case.open and gold.status == "done":
            _set_status(gold, "open", now)
    return case


def gold_layer(document: Document, curator: User, now: datetime) -> Layer:
    """Return the gold layer of a document, made for this curator when there is none."""
    wanted = select(Layer).where(Layer.document_id == document.id, Layer.gold)
    found = db.session.scalar(wanted)
    if found is not None:
        return found
    new = editing.NewLayer(
        document.project_id, document.id, curator.id, schema.Layer(curator.name), gold=True
    )
    try:
        editing.create([new], actor_id=curator.id, now=now, key="gold")
    except IntegrityError:  # another curator was faster
        db.session.rollback()
    return db.session.scalars(wanted).one()


def decide(
    document: Document, choices: Sequence[Choice], key: str, curator: User, now: datetime
) -> Case:
    """Settle questions of a document as one edit, named `key`: sent twice it counts once.

    Raises Conflict when somebody changed what the versions are meanwhile, Invalid when a rule
    stands against a version; then nothing is changed.
    """
    _check(choices)
    gold = gold_layer(document, curator, now)
    with transaction():
        if not _known(gold, key):
            draft = _draft(document, gold, curator)
            for choice in choices:
                _apply(draft, choice)
            _write(gold, draft, key, curator, now)
        return _case(document, gold)


def _apply(draft: Draft, choice: Choice) -> None:
    standing = draft.standings.find(choice.question)
    if standing is None or standing.slot.seen != choice.seen:
        raise Conflict("An annotator changed this meanwhile. Look at the question again.")
    why = {"reason": choice.reason, "note": choice.note}
    draft.decide(choice.question, choice.answer, **why)


def _check(choices: Sequence[Choice]) -> None:
    problems = [
        Problem(message, f"choices[{index}].{name}")
        for index, choice in enumerate(choices)
        for name, message in _faults(choice)
    ]
    if problems or not choices:
        raise Invalid("Nothing was settled.", problems)


def _faults(choice: Choice) -> Iterable[tuple[str, str]]:
    if choice.reason and choice.reason not in REASONS:
        yield "reason", f"Use one of {', '.join(REASONS)}."
    if len(choice.note) > MAX_NOTE or "\0" in choice.note:
        yield "note", f"Use at most {MAX_NOTE} characters."


def reopen(document: Document, question: str, key: str, curator: User, now: datetime) -> Case:
    """Open a settled question again; raises NotFound."""
    gold = gold_layer(document, curator, now)
    with transaction():
        if not _known(gold, key):
            draft = _draft(document, gold, curator)
            draft.reopen(question)
            _write(gold, draft, key, curator, now)
            _set_status(gold, "open", now)
        return _case(document, gold)


def undo(document: Document, undone: str, key: str, curator: User, now: datetime) -> Case:
    """Take back the edit of a gold layer that has the key `undone`, by another edit named `key`.

    Raises NotFound, and Conflict when what it changed was changed again since.
    """
    gold = gold_layer(document, curator, now)
    with transaction():
        if not _known(gold, key):
            _write_ops(gold, _inverse(gold, undone), key, curator, now)
        return _case(document, gold)


def _inverse(gold: Layer, undone: str) -> tuple[schema.Op, ...]:
    logged = editing.edit_of(gold.id, undone)
    if logged is None:
        raise NotFound("There is no such edit of this document.")
    items = _items(gold)
    ops = tuple(schema.Op(op.id, op.after, op.before) for op in reversed(logged))
    if any(items.get(op.id) != op.before for op in ops):
        raise Conflict("This was settled otherwise since. Settle it anew instead of undoing it.")
    return ops


def finish(document: Document, curator: User, now: datetime) -> Layer:
    """Accept the gold of a document as done; raises Conflict while a question is open."""
    case = open_case(document, curator, now)
    if case.open:
        left = "1 question is" if case.open == 1 else f"{case.open} questions are"
        raise Conflict(f"{left} open. Settle what is left, and accept then.")
    with transaction():
        _set_status(case.gold, "done", now)
    return case.gold


# ---- parts -----------------------------------------------------------------------------------


def _finished(document: Document) -> tuple[schema.Layer, ...]:
    wanted = select(Layer).where(
        Layer.document_id == document.id, Layer.status == "done", ~Layer.gold
    )
    rows = list(db.session.scalars(wanted.options(joinedload(Layer.annotator))))
    return tuple(sorted(editing.load(rows), key=lambda layer: layer.annotator))


def _comparison(layers: Sequence[schema.Layer], scheme: schema.Scheme) -> Comparison:
    symmetric = [label.name for label in scheme.relations if label.symmetric]
    return compare(layers, symmetric=symmetric)


def project_of(document: Document) -> Project:
    """Return the project of a document."""
    return db.session.get_one(Project, document.project_id)


def _scheme(document: Document) -> schema.Scheme:
    return project_of(document).scheme


def _items(gold: Layer) -> dict[str, schema.Annotation]:
    [record] = editing.load([gold])
    return {item.id: item for item in record.annotations()}


def _case(document: Document, gold: Layer) -> Case:
    layers, scheme = _finished(document), _scheme(document)
    comparison = _comparison(layers, scheme)
    db.session.refresh(gold)
    [record] = editing.load([gold])
    items = {item.id: item for item in record.annotations()}
    standings = tuple(Standings(comparison, items, scheme))
    return Case(document, layers, comparison, gold, record, standings)


def _draft(document: Document, gold: Layer, curator: User) -> Draft:
    scheme = _scheme(document)
    editing.hold(gold.id)
    comparison = _comparison(_finished(document), scheme)
    return Draft(comparison, _items(gold), scheme, len(document.text), curator.name)


def _key(what: str, gold: Layer) -> str:
    return f"{what}-{gold.id}-{gold.revision + 1}"


def _known(gold: Layer, key: str) -> bool:
    return editing.edit_of(gold.id, key) is not None


def _write(gold: Layer, draft: Draft, key: str, curator: User, now: datetime) -> None:
    _write_ops(gold, draft.ops(), key, curator, now)


def _write_ops(
    gold: Layer, ops: tuple[schema.Op, ...], key: str, curator: User, now: datetime
) -> None:
    if ops:
        db.session.refresh(gold)
        edit = schema.Edit(key, ops)
        editing.apply(gold.id, gold.revision, [edit], actor_id=curator.id, now=now)


def _set_status(gold: Layer, status: str, now: datetime) -> None:
    gold.status, gold.changed = status, now
    db.session.flush()


# ---- many documents --------------------------------------------------------------------------

STATES = ("open", "done", "changed")
"""Documents to settle: not accepted yet, accepted, accepted before an annotator changed more."""


@dataclass(frozen=True, slots=True)
class Row:
    """A document that several finished: its title, who, and where its gold stands."""

    id: int
    title: str
    name: str
    annotators: int
    state: str
    open: int
    settled: int
    agreed: int


def documents(
    project: Project, *, after: int = 0, state: str | None = None, limit: int = 25
) -> tuple[list[Row], int | None]:
    """Return documents that several finished, those after an id, and what asks for the next.

    The questions of each are counted as they are now, gold or not.
    """
    keys = list(db.session.scalars(_shared(project, after, state).limit(limit + 1)))
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
            found = db.session.scalar(_shared(project, first, state).limit(1))
            if found is not None:
                return found
    return None


def counts(project: Project) -> dict[str, int]:
    """Return how many documents several finished, by state."""
    return {
        state: db.session.scalar(
            select(func.count()).select_from(_shared(project, 0, state).subquery())
        )
        or 0
        for state in STATES
    }


def _shared(project: Project, after: int, state: str | None) -> Select[int]:
    """Select the ids of documents that two or more finished, in order, by the index alone."""
    finished = select(Layer.document_id).where(
        Layer.project_id == project.id,
        ~Layer.gold,
        Layer.status == "done",
        Layer.document_id > after,
    )
    if state is not None:
        finished = finished.where(_in_state(state))
    several = finished.group_by(Layer.document_id).having(func.count() > 1)
    return several.order_by(Layer.document_id)


def _in_state(state: str) -> ColumnElement[bool]:
    gold = aliased(Layer)
    done = exists().where(gold.document_id == Layer.document_id, gold.gold, gold.status == "done")
    if state == "open":
        return ~done
    return done if state == "done" else and_(done, _changed_since())


def _changed_since() -> ColumnElement[bool]:
    """Tell of documents where an annotator edited something after gold was accepted."""
    gold, own = aliased(Layer), aliased(Layer)
    return exists().where(
        gold.document_id == Layer.document_id,
        gold.gold,
        own.document_id == Layer.document_id,
        ~own.gold,
        editing.edited_after(own, gold.changed),
    )


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
    standings = list(Standings(_comparison(done, scheme), items, scheme))
    asked = list(questions(standings))
    left = sum(1 for standing in asked if standing.state == "open")
    state = "open" if gold is None or gold.status != "done" else "changed" if left else "done"
    agreed = sum(1 for standing in standings if standing.state in ("agreed", "new"))
    settled = len(asked) - left
    return Row(document.id, document.title, document.name, len(done), state, left, settled, agreed)
