"""Decisions that come again and again, as lines that the guidelines could have."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from labeler.models import Decision, Document, Layer, Project, db

_LOOKED_AT = 2000
"""Decisions, the newest documents first, that are looked at."""
_OFTEN = 3
"""Times that the same words must have been settled."""
_ALIKE = 0.8
"""Share of them that must have been settled the same way."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that were settled alike several times: as a label, or "" for nothing."""

    words: str
    label: str
    count: int
    total: int

    @property
    def text(self) -> str:
        """Return a line for the guidelines, to be edited."""
        return (
            f"- “{self.words}” is {self.label}."
            if self.label
            else f"- “{self.words}” is no entity."
        )


def proposed_lines(project: Project, most: int = 10) -> list[Line]:
    """Return lines that the guidelines lack, the most often settled first.

    Looked at are the last 2,000 decisions that a person made about words.
    """
    counted: Counter[tuple[str, str]] = Counter(_settled(project))
    totals: Counter[str] = Counter()
    for (words, _), count in counted.items():
        totals[words] += count
    lines = [
        Line(words, label, count, totals[words])
        for (words, label), count in counted.most_common()
        if count >= _OFTEN and count / totals[words] >= _ALIKE
    ]
    return [line for line in lines if f"“{line.words}”" not in project.guidelines][:most]


def precedents(project: Project, words: str) -> dict[str, int]:
    """Return as what these words were settled before and how often, "" for nothing.

    Counted are the last 2,000 decisions that a person made about words.
    """
    counted = Counter(label for said, label in _settled(project) if said == words)
    return dict(counted.most_common())


def _settled(project: Project) -> Iterator[tuple[str, str]]:
    """Yield words and label of decisions that people made; the label is "" for nothing."""
    wanted = (
        select(Decision.id, Decision.answer, Decision.origin, Layer.document_id)
        .join(Layer, Layer.id == Decision.layer_id)
        .where(Layer.project_id == project.id, Layer.gold, Decision.id.like("q:e:%"))
        .order_by(Layer.document_id.desc())
        .limit(_LOOKED_AT)
    )
    rows = db.session.execute(wanted).all()
    keys = {row.document_id for row in rows}
    texts = dict(
        db.session.execute(select(Document.id, Document.text).where(Document.id.in_(keys))).all()
    )
    for key, answer, origin, document_id in rows:
        if (origin or {}).get("curation", {}).get("how") != "decided":
            continue
        place, _, label = (answer or key.removeprefix("q:e:")).partition(":")
        start, _, end = place.partition("#")[0].partition("-")
        yield texts[document_id][int(start) : int(end)], label.partition("~")[0]
