"""How a suggester does beside gold: counted by label, with the places where they differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from labeler import jobs
from labeler.borders import spacy_lock
from labeler.errors import Invalid, NotFound
from labeler.formats import Exported, Report
from labeler.models import Document, Evaluation, Job, Project, TrainedModel, db, newest_first
from labeler.schema import Suggestion
from labeler.suggest import suggesters
from labeler.suggest.comparing import Tally, differences, entity_places, relation_places
from labeler.suggest.trained import TrainedSuggester, is_there
from labeler.transfer import selection
from labeler.transfer.selection import Plan
from labeler.transfer.sources import Source, sources

SHOWN = 50
"""Differences of one kind and label that are kept."""
_PAGE = 16
"""Documents proposed for at a time."""
_GOLD, _PROPOSED = 4, 5
"""Where a kept difference has its labels: kind of annotation, document, start, end, both labels."""
_AROUND = 60
"""Code points shown before and after a difference."""


def candidates(project: Project) -> dict[str, str]:
    """Return what can be evaluated: suggesters and versions trained here, by key, with titles.

    What the dictionary knows it has from the very layers that gold is made of, so it is not one.
    """
    found = {
        source.name: suggesters[source.name].title
        for source in sources(project)
        if source.name != TrainedSuggester.name
    }
    wanted = select(TrainedModel).where(TrainedModel.project_id == project.id)
    for version in db.session.scalars(wanted.order_by(TrainedModel.number.desc())):
        if is_there(Path(version.folder)):
            found[f"model {version.number}"] = f"Model {version.number}, trained here"
    return found


def _source(project: Project, key: str) -> Source:
    if key not in candidates(project):
        known = ", ".join(candidates(project))
        raise NotFound(f"There is nothing named {key!r} to evaluate here. Known: {known}.")
    name, _, number = key.partition(" ")
    if name != "model":
        return next(source for source in sources(project) if source.name == name)
    mine = select(TrainedModel).where(TrainedModel.project_id == project.id)
    version = db.session.scalars(mine.where(TrainedModel.number == int(number))).one()
    options = {"folder": version.folder, "number": version.number}
    return Source(TrainedSuggester.name, options)


def queue_evaluation(project: Project, key: str, created_by: int | None = None) -> Job:
    """Queue an evaluation on what is gold when it begins; raises NotFound for an unknown key."""
    _source(project, key)
    return jobs.enqueue(
        "evaluate",
        f"Evaluation of {candidates(project)[key]}",
        project_id=project.id,
        parameters={"key": key},
        key=f"evaluate {project.id} {key}",
        created_by=created_by,
    )


@jobs.kind("evaluate", pace="patient")
def _evaluate(work: jobs.JobWork) -> dict[str, Any]:
    project = db.session.get_one(Project, work.claim.project_id)
    known = (work.cursor or {}).get("evaluation")  # recorded before this was interrupted
    made = db.session.get(Evaluation, known) if known else None
    made = made or evaluate(project, work.parameters["key"], work)
    return {"evaluation": made.id, "f1": made.scores["f1"]}


def evaluate(project: Project, key: str, work: jobs.Work | None = None) -> Evaluation:
    """Compare what a suggester proposes with gold, and keep what came of it.

    A version trained here is compared in documents that it was not trained on. `work` keeps what
    was counted so far. Raises Invalid where there is no gold to compare with, and Unavailable where
    the suggester cannot run.
    """
    work = work or jobs.Work()
    source = _source(project, key)
    suggester, scheme = source.load(project.language), project.scheme
    held_back = source.name == TrainedSuggester.name
    outcome = _Outcome.of_json(work.cursor) if work.cursor else _Outcome()
    gold = _Gold(project, held_back=held_back, after=outcome.last, left_out=outcome.left_out)
    for page in gold.pages():
        with spacy_lock:
            texts = [record.document.text for record in page]
            for record, made in zip(page, suggester.suggest(texts, scheme), strict=True):
                outcome.add(record, made)
        outcome.left_out = gold.left_out
        work.cursor = outcome.as_json()
        work.tick(len(page))
        work.give_way()
    if not outcome.documents:
        raise Invalid(gold.why_none())
    scores = {**outcome.entities.scores(), "relations": outcome.relations.scores()}
    with work.chunk() as chunk:
        made_row = Evaluation(
            project_id=project.id, suggester=source.name, version=suggester.version,
            documents=outcome.documents, left_out=gold.left_out, scores=scores,
            evidence=outcome.evidence,
        )  # fmt: skip
        chunk.session.add(made_row)
        chunk.session.flush()
        chunk.cursor = {"evaluation": made_row.id}
    return made_row


class _Gold:
    """The finished layers that stand for the truth, a page in memory at a time."""

    def __init__(
        self, project: Project, *, held_back: bool, after: str = "", left_out: int = 0
    ) -> None:
        self._plan = Plan(project, "gold", (80, 10, 10), 0, {}, Report())
        self._held_back = held_back
        self._after = after
        self.left_out = left_out

    def why_none(self) -> str:
        """Return why there is nothing to compare with, and what to do."""
        if self.left_out:
            return (
                f"All {self.left_out} articles with gold were used to train this version. Settle "
                "more, or evaluate another suggester."
            )
        differing = len(self._plan.report.problems)
        if differing:
            return (
                f"No article has gold yet: in {differing} that were finished people differ. Settle "
                "some under Adjudicate first."
            )
        return "No article has gold yet. Finish some first."

    def pages(self) -> Iterator[list[Exported]]:
        """Yield finished gold, without what a version was trained on where that is asked."""
        chosen, last = selection.chosen(self._plan), self._last()
        chosen = {key: layers for key, layers in chosen.items() if key > last}
        parts = selection.parts(self._plan, list(chosen))
        page: list[Exported] = []
        for record in selection.records(self._plan, chosen, parts):
            if record.layer.status != "done":
                continue
            if self._held_back and record.part == "train":
                self.left_out += 1
                continue
            page.append(record)
            if len(page) == _PAGE:
                yield page
                page = []
        if page:
            yield page

    def _last(self) -> int:
        """Return the id of the document that was compared last, 0 at the beginning."""
        named = select(Document.id).where(
            Document.project_id == self._plan.project.id, Document.name == self._after
        )
        return db.session.scalar(named) or 0


@dataclass
class _Outcome:
    """What came of the comparison so far."""

    documents: int = 0
    left_out: int = 0
    last: str = ""
    """The document that was compared last."""
    entities: Tally = field(default_factory=Tally)
    relations: Tally = field(default_factory=Tally)
    evidence: list[list[Any]] = field(default_factory=list)
    _kept: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Return all of it, as `_Outcome.of_json` takes it."""
        tallies = {"entities": self.entities.as_json(), "relations": self.relations.as_json()}
        kept = [[*side, count] for side, count in self._kept.items()]
        plain = {name: getattr(self, name) for name in ("documents", "left_out", "last")}
        return {**plain, **tallies, "evidence": list(self.evidence), "_kept": kept}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "_Outcome":
        """Return the outcome whose `as_json` this is."""
        tallies = {name: Tally.of_json(kept[name]) for name in ("entities", "relations")}
        sides = Counter({(what, side, label): count for what, side, label, count in kept["_kept"]})
        return cls(**{**kept, **tallies, "_kept": sides})

    def add(self, record: Exported, made: Sequence[Suggestion]) -> None:
        """Count one document."""
        gold: list[Suggestion] = [*record.layer.entities, *record.layer.relations]
        self.documents += 1
        self.last = record.document.id
        for what, tally, places in (
            ("entity", self.entities, entity_places),
            ("relation", self.relations, relation_places),
        ):
            proposed, wanted = places(made), places(gold)
            tally.add(proposed, wanted)
            for each in differences(proposed, wanted):
                sides = [(what, "missed", each.gold)] if each.gold else []
                sides += [(what, "wrong", each.proposed)] if each.proposed else []
                self._kept.update(sides)
                if min(self._kept[side] for side in sides) <= SHOWN:
                    self.evidence.append([what, record.document.id, *each])


# ---- what came of it ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A difference in context; `gold` and `proposed` are labels, "" for none."""

    document_id: int
    title: str
    start: int
    before: str
    words: str
    after: str
    gold: str
    proposed: str


def evaluations(project: Project, limit: int = 20, before: int | None = None) -> list[Evaluation]:
    """Return the evaluations of a project, newest first: those before an id."""
    mine = select(Evaluation).where(Evaluation.project_id == project.id)
    return list(db.session.scalars(newest_first(mine, Evaluation.id, before, limit)))


def find_evaluation(project: Project, number: int) -> Evaluation:
    """Return an evaluation by its id; raises NotFound."""
    found = db.session.get(Evaluation, number)
    if found is None or found.project_id != project.id:
        raise NotFound("There is no such evaluation in this project.")
    return found


def shown(
    project: Project, evaluation: Evaluation, what: str, kind: str, label: str
) -> list[Shown]:
    """Return the places where a label was "missed" or "wrong", in context, as many as were kept."""
    side = _GOLD if kind == "missed" else _PROPOSED
    rows = [row for row in evaluation.evidence if row[0] == what and row[side] == label]
    names = {row[1] for row in rows}
    wanted = select(Document).where(Document.project_id == project.id, Document.name.in_(names))
    documents = {document.name: document for document in db.session.scalars(wanted)}
    return [_shown(documents[row[1]], row) for row in rows if row[1] in documents]


def title_of(evaluation: Evaluation) -> str:
    """Return what was evaluated, in words."""
    if evaluation.suggester == TrainedSuggester.name:
        return evaluation.version.capitalize()
    known = evaluation.suggester in suggesters
    return suggesters[evaluation.suggester].title if known else evaluation.suggester


def _shown(document: Document, row: Sequence[Any]) -> Shown:
    _, _, start, end, gold, proposed = row
    text = document.text
    return Shown(
        document.id, document.title, start,
        text[max(0, start - _AROUND) : start], text[start:end], text[end : end + _AROUND],
        gold, proposed,
    )  # fmt: skip
