"""Who holds which document: taking, leaving, giving by hand and taking back.

A document is held by an `Assignment` until it is finished; then by the finished layer. Triggers
count both as the slots of the document, so the overlap can be read in one row.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, exists, func, insert, literal, or_, select, text, update
from sqlalchemy.orm import Session

from labeler.models import Assignment, Document, Layer, Project, QueueEntry, User, transaction
from labeler.models.columns import Instant
from labeler.work.rules import Rules, draw, look_again, rules_of

_SWEPT = 200
"""Reservations looked at when somebody asks for a document."""
RETURNED = 500
"""Documents marked as put back that are looked at, where there are more."""
_FEW = 100
"""Documents up to which each is marked when it is put back."""
_QUEUE_LOCK = 1002
"""Any number, the same in every process."""


def in_turn(session: Session, project_id: int) -> None:
    """Let those who take documents of a project pass one by one, until the transaction ends."""
    if session.connection().dialect.name == "postgresql":  # SQLite has one writer anyway
        lock = text("SELECT pg_advisory_xact_lock(:lock, :project)")
        session.execute(lock, {"lock": _QUEUE_LOCK, "project": project_id})


def entry_of(session: Session, document_id: int) -> QueueEntry:
    """Return a document's entry as it stands now."""
    return session.get_one(QueueEntry, document_id, populate_existing=True)


def hold(
    session: Session, rules: Rules, entry: QueueEntry, annotator_id: int, now: datetime
) -> bool:
    """Reserve a document for somebody, or renew that; False when it has all who are wanted.

    To be called between `in_turn` and the end of the transaction.
    """
    held = session.get(Assignment, (entry.document_id, annotator_id), populate_existing=True)
    if held is not None:
        held.expires = now + rules.reserved if held.state == "taken" else None
        return True
    if not rules.is_shared(entry) and entry.slots >= (rules.overlap or 0):
        return False
    session.add(
        Assignment(
            document_id=entry.document_id,
            annotator_id=annotator_id,
            project_id=entry.project_id,
            since=now,
            expires=now + rules.reserved,
        )
    )
    session.flush()
    full = QueueEntry.slots >= (rules.overlap or 0)
    if entry.returned and not rules.is_shared(entry):
        is_it = QueueEntry.document_id == entry.document_id
        session.execute(update(QueueEntry).where(is_it, full).values(returned=False))
    return True


def let_go(
    session: Session, rules: Rules, project_id: int, document_ids: Sequence[int], annotator_id: int
) -> None:
    """End somebody's hold on documents, and let the queue hand them to others."""
    own = (Assignment.document_id.in_(document_ids), Assignment.annotator_id == annotator_id)
    session.execute(delete(Assignment).where(*own))
    put_back(session, rules, project_id, document_ids)


def put_back(session: Session, rules: Rules, project_id: int, document_ids: Sequence[int]) -> None:
    """Let the queue look at documents again that it has passed, where they are free now.

    Where they are many, it looks at all from the start: marking each would slow every request.
    """
    if rules.overlap is None:
        return  # each person passes only what they have finished
    if len(document_ids) > _FEW:
        look_again(project_id)
        return
    free = or_(QueueEntry.slots < rules.overlap, QueueEntry.shared_draw < draw(rules.shared))
    these = update(QueueEntry).where(QueueEntry.document_id.in_(document_ids), free)
    session.execute(these.values(returned=True))


def forget_returned(session: Session, project_id: int) -> None:
    """Look at all documents from the start where very many are marked as put back."""
    mine = (QueueEntry.project_id == project_id, text("queue_entry.returned"))
    marked = select(QueueEntry.document_id).where(*mine).offset(RETURNED - 1).limit(1)
    if session.scalar(marked) is not None:
        session.execute(update(QueueEntry).where(*mine).values(returned=False))
        look_again(project_id)


def sweep(session: Session, project_id: int, rules: Rules, now: datetime) -> None:
    """Put back what was taken and left; who has worked on it since keeps it for longer."""
    own = and_(
        Layer.document_id == Assignment.document_id,
        Layer.annotator_id == Assignment.annotator_id,
        ~Layer.gold,
    )
    expired = (
        select(Assignment.document_id, Assignment.annotator_id, Layer.changed)
        .outerjoin(Layer, own)
        .where(Assignment.project_id == project_id, Assignment.expires <= now)
        .order_by(Assignment.expires)
        .limit(_SWEPT)
    )
    for document_id, annotator_id, changed in session.execute(expired).all():
        if changed is not None and changed + rules.reserved > now:
            mine = (
                Assignment.document_id == document_id,
                Assignment.annotator_id == annotator_id,
            )
            renewed = changed + rules.reserved
            session.execute(update(Assignment).where(*mine).values(expires=renewed))
        else:
            let_go(session, rules, project_id, [document_id], annotator_id)


# ---- by hand ---------------------------------------------------------------------------------


def give(project: Project, document_ids: Sequence[int], user: User, now: datetime) -> int:
    """Give documents to somebody by hand, whatever the overlap; return how many are new to them.

    What they have finished or skipped already is left out.
    """
    with transaction() as session:
        in_turn(session, project.id)
        mine = (Assignment.document_id.in_(document_ids), Assignment.annotator_id == user.id)
        kept = update(Assignment).where(*mine, Assignment.state == "taken")
        session.execute(kept.values(state="given", expires=None))
        wanted = select(
            Document.id,
            literal(user.id),
            literal(project.id),
            literal("given"),
            literal(now, Instant()),
        ).where(
            Document.project_id == project.id,
            Document.id.in_(document_ids),
            ~exists().where(
                Layer.document_id == Document.id,
                Layer.annotator_id == user.id,
                ~Layer.gold,
                Layer.status != "open",
            ),
            ~exists().where(
                Assignment.document_id == Document.id, Assignment.annotator_id == user.id
            ),
        )
        names = ["document_id", "annotator_id", "project_id", "state", "since"]
        before = _held(session, project, user)
        session.execute(insert(Assignment).from_select(names, wanted.order_by(Document.id)))
        return _held(session, project, user) - before


def _held(session: Session, project: Project, user: User) -> int:
    mine = (Assignment.project_id == project.id, Assignment.annotator_id == user.id)
    return session.scalar(select(func.count()).select_from(Assignment).where(*mine)) or 0


def take_back(project: Project, document_ids: Sequence[int], user: User) -> int:
    """Take documents back that somebody holds and has not finished; return how many.

    What they did there so far stays their layer.
    """
    with transaction() as session:
        in_turn(session, project.id)
        held = select(Assignment.document_id).where(
            Assignment.project_id == project.id,
            Assignment.annotator_id == user.id,
            Assignment.document_id.in_(document_ids),
        )
        found = list(session.scalars(held))
        let_go(session, rules_of(project), project.id, found, user.id)
        return len(found)
