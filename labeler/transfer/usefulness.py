"""How useful labeling a document would be: unsure suggestions of words that nobody decided on."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from labeler import lessons
from labeler.models import Document, QueueEntry, QueueFloor, db, transaction
from labeler.suggest.ranking import UNSCORED
from labeler.suggest.reading import ENTITY, MAX_KEY, Key

BY_LOT = 10
"""One in so many documents stands by lot, so that what is labeled also stands for the rest."""
NOTHING_PROPOSED = 0.5
"""The uncertainty taken where nothing is proposed: there is nothing, or nothing was found."""

Proposals = Sequence[Mapping[str, Any]]


def scores(documents: Sequence[Document], proposals: Sequence[Proposals]) -> dict[int, float]:
    """Return where documents of one project stand in the most useful order, by their ids.

    A score is 1 less the usefulness, uncertainty times novelty, so that the lowest comes first.
    """
    words = [_words(document, made) for document, made in zip(documents, proposals, strict=True)]
    asked = {Key(ENTITY, each) for several in words for each in several}
    known = {key.words for key in lessons.look_up(documents[0].project_id)(asked)} if asked else ()
    return {
        document.id: round(1 - _uncertainty(made) * _novelty(several, known), 4)
        for document, made, several in zip(documents, proposals, words, strict=True)
    }


def place(project_id: int, scores: Mapping[int, float]) -> None:
    """Keep where documents stand."""
    with transaction() as session:
        rows = [{"document_id": key, "score": score} for key, score in _drawn(scores).items()]
        session.execute(update(QueueEntry), rows)
        _look_again(session, project_id, min(row["score"] for row in rows))


def _look_again(session: Session, project_id: int, score: float) -> None:
    """Let the queue look again from a score on, where somebody has passed it."""
    passed = (QueueFloor.ordering == "useful", QueueFloor.place >= score)
    untold = or_(QueueFloor.again_place.is_(None), QueueFloor.again_place >= score)
    floors = update(QueueFloor).where(QueueFloor.project_id == project_id, *passed, untold)
    session.execute(floors.values(again_place=score, again_document=0))


def _words(document: Document, proposals: Proposals) -> set[str]:
    found = (document.text[item["start"] : item["end"]] for item in proposals if "start" in item)
    return {words for each in found if len(words := " ".join(each.split())) <= MAX_KEY}


def _uncertainty(proposals: Proposals) -> float:
    """Return 1 less the mean score of the proposals."""
    scores = [(item.get("origin") or {}).get("score", UNSCORED) for item in proposals]
    return 1 - sum(scores) / len(scores) if scores else NOTHING_PROPOSED


def _novelty(words: set[str], known: Any) -> float:
    """Return the share of proposed words that the dictionary has not met, at least a tenth."""
    return max(0.1, sum(each not in known for each in words) / len(words)) if words else 1.0


def _drawn(scores: Mapping[int, float]) -> dict[int, float]:
    """Give a tenth of the documents, by lot, the score of another: they stand anywhere alike."""
    lots = select(QueueEntry.document_id).where(
        QueueEntry.document_id.in_(scores), QueueEntry.lot % BY_LOT == 0
    )
    values = list(scores.values())
    drawn = {key: random.Random(key).choice(values) for key in db.session.scalars(lots)}  # noqa: S311
    return {**scores, **drawn}
