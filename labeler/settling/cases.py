"""One document to settle: its gold layer, its questions, and each change as one edit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from labeler import audit, editing, schema
from labeler.adjudication import REASONS, Comparison, Draft, Standing, Standings, compare, questions
from labeler.errors import Conflict, Invalid, NotFound, Problem
from labeler.models import Document, Layer, Project, Settlement, User, db, transaction

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
        draft = draft_of(document, gold, curator).look()
        write(gold, draft, _key("agreed", gold), curator, now)
        case = case_of(document, gold)
        if gold.status == "done" and (case.open or _changed_since(gold)):
            _set_status(gold, "open" if case.open else "done", now)
    return case


def _changed_since(gold: Layer) -> bool:
    """Tell whether an annotator changed a document after its gold was accepted."""
    state = select(Settlement.state).where(Settlement.document_id == gold.document_id)
    return db.session.scalar(state) == "changed"


def gold_layer(document: Document, curator: User, now: datetime) -> Layer:
    """Return the gold layer of a document, made for this curator when there is none."""
    found = gold_of(document)
    if found is not None:
        return found
    new = editing.NewLayer(
        document.project_id, document.id, curator.id, schema.Layer(curator.name), gold=True
    )
    try:
        editing.create([new], actor_id=curator.id, now=now, key="gold")
    except IntegrityError:  # another curator was faster
        db.session.rollback()
    made = gold_of(document)
    assert made is not None
    return made


def gold_of(document: Document) -> Layer | None:
    """Return the gold layer of a document, if it has one."""
    wanted = select(Layer).where(Layer.document_id == document.id, Layer.gold)
    return db.session.scalar(wanted)


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
            draft = draft_of(document, gold, curator)
            for choice in choices:
                _apply(draft, choice)
            write(gold, draft, key, curator, now)
        return case_of(document, gold)


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
            draft = draft_of(document, gold, curator)
            draft.reopen(question)
            write(gold, draft, key, curator, now)
            _set_status(gold, "open", now)
        return case_of(document, gold)


def undo(document: Document, undone: str, key: str, curator: User, now: datetime) -> Case:
    """Take back the edit of a gold layer that has the key `undone`, by another edit named `key`.

    Raises NotFound, and Conflict when what it changed was changed again since.
    """
    gold = gold_layer(document, curator, now)
    with transaction():
        if not _known(gold, key):
            write_ops(gold, _inverse(gold, undone), key, curator, now)
        return case_of(document, gold)


def undo_own(layer: Layer, undone: str, key: str, actor: User, now: datetime) -> None:
    """Take back an edit of a layer as `undo` does in gold."""
    with transaction():
        editing.hold(layer.id)
        if not _known(layer, key):
            write_ops(layer, _inverse(layer, undone), key, actor, now)


def _inverse(gold: Layer, undone: str) -> tuple[schema.Op, ...]:
    logged = editing.edit_of(gold.id, undone)
    if logged is None:
        raise NotFound("There is no such edit of this document.")
    items = items_of(gold)
    ops = tuple(schema.Op(op.id, op.after, op.before) for op in reversed(logged))
    if any(items.get(op.id) != op.before for op in ops):
        raise Conflict("This was settled otherwise since. Settle it anew instead of undoing it.")
    return ops


def label_by_hand(
    gold: Layer, base: int, edits: Sequence[schema.Edit], curator: User, now: datetime
) -> int:
    """Append a curator's edits to a gold layer as `editing.apply` does; return the new revision.

    What the annotators had said by then is noted at once, as one more edit: so what one of them
    changes later opens the question again.
    """
    with transaction():
        revision = editing.apply(gold.id, base, edits, actor_id=curator.id, now=now)
        document = db.session.get_one(Document, gold.document_id)
        draft = draft_of(document, gold, curator)
        draft.note_direct()
        write(gold, draft, f"noted-{gold.id}-{revision + 1}", curator, now)
        db.session.refresh(gold)
        return gold.revision


def finish(document: Document, curator: User, now: datetime) -> Layer:
    """Accept the gold of a document as done.

    Raises Conflict while a question is open, and Invalid naming each required attribute that gold
    lacks: annotators who all left it out agree, so nobody was asked.
    """
    case = open_case(document, curator, now)
    if case.open:
        left = "1 question is" if case.open == 1 else f"{case.open} questions are"
        raise Conflict(f"{left} open. Settle what is left, and accept then.")
    if lacking := editing.untold(case.gold):
        raise Invalid(_lacks(lacking), lacking)
    with transaction():
        _set_status(case.gold, "done", now)
        audit.record("gold.accept", document.name, project=project_of(document), actor=curator)
    return case.gold


def _lacks(lacking: Sequence[Problem]) -> str:
    more = f", and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    return f"Not accepted: {lacking[0].message.rstrip('.')}{more}. Label gold to give what lacks."


# ---- parts -----------------------------------------------------------------------------------


def finished_layers(document: Document) -> tuple[schema.Layer, ...]:
    """Return what the annotators finished in a document, by name."""
    wanted = select(Layer).where(
        Layer.document_id == document.id, Layer.status == "done", ~Layer.gold
    )
    rows = list(db.session.scalars(wanted.options(joinedload(Layer.annotator))))
    return tuple(sorted(editing.load(rows), key=lambda layer: layer.annotator))


def comparison_of(layers: Sequence[schema.Layer], scheme: schema.Scheme) -> Comparison:
    """Return what differs between layers of a document."""
    symmetric = [label.name for label in scheme.relations if label.symmetric]
    return compare(layers, symmetric=symmetric)


def project_of(document: Document) -> Project:
    """Return the project of a document."""
    return db.session.get_one(Project, document.project_id)


def _scheme(document: Document) -> schema.Scheme:
    return project_of(document).scheme


def items_of(gold: Layer) -> dict[str, schema.Annotation]:
    """Return the annotations of a gold layer by id."""
    [record] = editing.load([gold])
    return {item.id: item for item in record.annotations()}


def case_of(document: Document, gold: Layer) -> Case:
    """Return how things stand with a document."""
    layers, scheme = finished_layers(document), _scheme(document)
    comparison = comparison_of(layers, scheme)
    db.session.refresh(gold)
    [record] = editing.load([gold])
    items = {item.id: item for item in record.annotations()}
    standings = tuple(Standings(comparison, items, scheme))
    return Case(document, layers, comparison, gold, record, standings)


def draft_of(
    document: Document, gold: Layer | None, curator: User | None, *, held: bool = True
) -> Draft:
    """Return a draft of a gold layer, held until the transaction ends; an empty one without it.

    What only counts does not need it `held`.
    """
    scheme = _scheme(document)
    if gold is not None and held:
        editing.hold(gold.id)
    comparison = comparison_of(finished_layers(document), scheme)
    items = items_of(gold) if gold is not None else {}
    return Draft(comparison, items, scheme, len(document.text), curator.name if curator else "")


def _key(what: str, gold: Layer) -> str:
    return f"{what}-{gold.id}-{gold.revision + 1}"


def accept(gold: Layer, moment: datetime) -> None:
    """Take a gold layer in which nothing is open as done, changed at this moment."""
    _set_status(gold, "done", moment)


def accepted_at(gold: Layer, moment: datetime | None) -> bool:
    """Tell whether a gold layer was accepted at this moment, and is as it was then."""
    return moment is not None and gold.status == "done" and gold.changed == moment


def take_back_acceptance(gold: Layer, now: datetime) -> None:
    """Let a gold layer be accepted anew, as it is."""
    _set_status(gold, "open", now)


def _known(gold: Layer, key: str) -> bool:
    return editing.edit_of(gold.id, key) is not None


def write(gold: Layer, draft: Draft, key: str, curator: User, now: datetime) -> None:
    """Append to a gold layer what a draft changes, as one edit."""
    write_ops(gold, draft.ops(), key, curator, now)


def write_ops(
    gold: Layer, ops: tuple[schema.Op, ...], key: str, curator: User, now: datetime
) -> None:
    """Append ops to a gold layer as one edit, if there are any."""
    if ops:
        db.session.refresh(gold)
        edit = schema.Edit(key, ops)
        editing.apply(gold.id, gold.revision, [edit], actor_id=curator.id, now=now)


def _set_status(gold: Layer, status: str, now: datetime) -> None:
    gold.status, gold.changed = status, now
    db.session.flush()
