"""Which layers an export or a training takes, in which parts, and what they hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from sys import intern
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from labeler import accounts, editing, schema
from labeler.borders import tokens
from labeler.formats import Exported, Report, splits
from labeler.models import (
    Document,
    Layer,
    Project,
    Split,
    SuggesterRun,
    Suggestion,
    db,
    transaction,
    upserting,
)
from labeler.spool import Pairs
from labeler.transfer.suggestions import suggestions

PAGE = 200
"""Documents read at a time."""
_ROWS = 1000
"""Layers in memory while some are chosen."""
UNSETTLED = "unsettled"
"""The code of what is told of a document that annotators left different."""
TRAINING = "training"
"""The choice of layers to train on: gold where it is settled, else all that were finished."""


@dataclass(frozen=True)
class Plan:
    """What is to be exported, and how."""

    project: Project
    layer: str
    weights: tuple[int, int, int]
    seed: int
    options: dict[str, Any]
    report: Report
    name: str = ""
    revisions: Pairs = field(default_factory=Pairs)

    @property
    def dealt(self) -> str:
        """Return under what the parts of documents are kept."""
        return f"{','.join(map(str, self.weights))}/{self.seed}"

    def manifest(self, format: str) -> dict[str, Any]:  # noqa: A002
        """Return what the export was made from; the revisions fill up as layers are read."""
        return {
            "project": self.project.slug,
            "title": self.project.title,
            "language": self.project.language,
            "format": format,
            "layer": self.layer,
            "split": list(self.weights),
            "seed": self.seed,
            "options": self.options,
            "scheme": schema.scheme_json(self.project.scheme),
            "revisions": self.revisions,
            "unsettled": [p for p in self.report.problems if p["code"] == UNSETTLED],
            **({"name": self.name} if self.name else {}),
        }

    def count(self, layers: Sequence[Layer]) -> None:
        """Count finished and unfinished layers."""
        for layer in layers:
            state = "finished" if layer.status == "done" else "unfinished"
            self.report.counts[state] = self.report.counts.get(state, 0) + 1


# ---- which layers ----------------------------------------------------------------------------


def chosen(plan: Plan) -> dict[int, list[int]]:
    """Return the ids of the layers to export by document, in the order of the documents.

    For suggestions the lists are empty: their layers are made as they are read.
    """
    if plan.layer == "suggestions":
        return {key: [] for key in _proposed(plan.project)}
    wanted = _wanted(plan)
    rows = db.session.scalars(wanted.execution_options(yield_per=_ROWS))
    chosen = {}
    for key, found in groupby(rows, key=lambda layer: layer.document_id):
        layers = list(found)
        fit = _SELECTIONS.get(plan.layer, _all)(plan, layers)
        if fit:
            chosen[key] = [layer.id for layer in fit]
            plan.count(fit)
    return chosen


def _wanted(plan: Plan) -> Select[Layer]:
    """Select the layers that somebody worked on: finished ones, and those under way."""
    worked = or_(Layer.status == "done", Layer.revision > 0, Layer.read_to.is_not(None))
    wanted = (
        select(Layer)
        .where(Layer.project_id == plan.project.id, worked, Layer.status != "skipped")
        .options(joinedload(Layer.annotator))
        .order_by(Layer.document_id, Layer.id)
    )
    if plan.layer in ("gold", "all", TRAINING):
        return wanted
    annotator = accounts.find_user(plan.layer)
    return wanted.where(Layer.annotator_id == annotator.id, ~Layer.gold)


def _gold(plan: Plan, layers: Sequence[Layer]) -> list[Layer]:
    """Return what stands for the truth of a document: see the decision on gold.

    That is the curator's layer once it is accepted; where there is none, what the annotators who
    finished all say, or the only one's work so far. Where they differ it is told, and nothing is
    exported.
    """
    finished = [layer for layer in layers if layer.status == "done"]
    settled = [layer for layer in finished if layer.gold]
    candidates = settled or finished or list(layers)
    if len(candidates) == 1 or len({_extents(layer) for layer in editing.load(candidates)}) == 1:
        return candidates[:1]
    names = ", ".join(sorted(layer.annotator.name for layer in candidates))
    plan.report.problems.append(
        {
            "document": candidates[0].document.name,
            "code": UNSETTLED,
            "message": f"{names} differ on this document, and nobody has settled it: left out. "
            "Settle it under Adjudicate.",
        }
    )
    return []


def _taught(plan: Plan, layers: Sequence[Layer]) -> list[Layer]:
    """Return what a model learns from: gold where it is accepted, else all that was finished."""
    del plan
    finished = [layer for layer in layers if layer.status == "done"]
    return [layer for layer in finished if layer.gold] or finished


def _all(plan: Plan, layers: Sequence[Layer]) -> list[Layer]:
    del plan
    return list(layers)


_SELECTIONS = {"gold": _gold, TRAINING: _taught}


def _extents(layer: schema.Layer) -> frozenset[tuple[object, ...]]:
    """Return what a layer says, whatever the ids."""
    places = {e.id: (e.start, e.end, e.label, e.parts) for e in layer.entities}
    links = {(places[r.head], places[r.tail], r.label) for r in layer.relations}
    categories = {(category.label,) for category in layer.categories}
    return frozenset([*places.values(), *links, *categories])


def _proposed(project: Project) -> list[int]:
    """Return the documents that suggestions were made for."""
    runs = select(SuggesterRun.id).where(SuggesterRun.project_id == project.id)
    wanted = select(Suggestion.document_id).where(Suggestion.run_id.in_(runs)).distinct()
    return sorted(db.session.scalars(wanted))


# ---- parts -----------------------------------------------------------------------------------


def parts(plan: Plan, keys: Sequence[int]) -> dict[int, str]:
    """Return the part of each document; new ones are assigned theirs for good.

    Parts are kept by the plan: other weights or another seed do not disturb these.
    """
    mine = (
        select(Split.document_id, Split.part)
        .join(Document, Document.id == Split.document_id)
        .where(Document.project_id == plan.project.id, Split.plan == plan.dealt)
        .execution_options(yield_per=_ROWS)
    )
    known = _read_parts(mine)
    lacking = [key for key in keys if key not in known]
    if lacking:
        signed = db.session.execute(mine.add_columns(Split.signature))
        existing = {key: (part, signature) for key, part, signature in signed}
        assigned = splits.assign(
            _names_and_texts(lacking), existing, weights=plan.weights, seed=plan.seed
        )
        _keep_parts(plan, assigned)
        known = _read_parts(mine)
    return known


def _read_parts(mine: Select[int, str]) -> dict[int, str]:
    return {key: intern(part) for key, part in db.session.execute(mine)}


def _keep_parts(plan: Plan, assigned: Mapping[int, tuple[str, bytes]]) -> None:
    """Keep the parts of documents; those that another job has dealt meanwhile stay as they are."""
    with transaction() as session:
        for page in pages(list(assigned)):
            rows = [
                {"document_id": key, "plan": plan.dealt, "part": part, "signature": signature}
                for key, (part, signature) in ((key, assigned[key]) for key in page)
            ]
            session.execute(upserting(Split).on_conflict_do_nothing(), rows)


def _names_and_texts(keys: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Yield key, name and text of documents, read a page at a time."""
    columns = (Document.id, Document.name, Document.text)
    for page in pages(keys):
        found = db.session.execute(select(*columns).where(Document.id.in_(page)))
        yield from ((key, name, text) for key, name, text in found)


def pages(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the ids of as many documents as are read at a time."""
    for first in range(0, len(keys), PAGE):
        yield keys[first : first + PAGE]


# ---- reading ---------------------------------------------------------------------------------


def records(
    plan: Plan, chosen: Mapping[int, Sequence[int]], parts: Mapping[int, str]
) -> Iterator[Exported]:
    """Yield what is to be written, in the order of the documents, a page in memory at a time.

    What was read is kept in the plan's `revisions`.
    """
    for page in pages(list(chosen)):
        wanted = select(Document).where(Document.id.in_(page)).order_by(Document.id)
        documents = list(db.session.scalars(wanted))
        layers = _layers(plan, documents, [key for name in page for key in chosen[name]])
        for document, borders in zip(documents, tokens(documents), strict=True):
            part = parts[document.id]
            read = [_state(layer, part, marks) for layer, marks in layers[document.id]]
            plan.revisions.append((document.name, read))
            for layer, _ in layers[document.id]:
                yield Exported(document.record(), layer, borders, part)
        for document in documents:
            db.session.expunge(document)


def _state(layer: schema.Layer, part: str, marks: Mapping[str, bool]) -> dict[str, Any]:
    """Return what a layer is rebuilt from, beside the log, and how it was made."""
    state: dict[str, Any] = {
        "annotator": layer.annotator,
        "revision": layer.revision,
        "status": layer.status,
        "part": part,
        **{name: True for name, holds in marks.items() if holds},
    }
    for name in ("read_to", "flag", "reason"):
        if getattr(layer, name) is not None:
            state[name] = getattr(layer, name)
    return state


def _layers(
    plan: Plan, documents: Sequence[Document], keys: Sequence[int]
) -> dict[int, list[tuple[schema.Layer, Mapping[str, bool]]]]:
    """Return the layers of each document: whether each is gold, and made without suggestions."""
    if plan.layer == "suggestions":
        return {document.id: [(_proposals(plan.project, document), {})] for document in documents}
    found: dict[int, list[tuple[schema.Layer, Mapping[str, bool]]]] = {d.id: [] for d in documents}
    rows = list(db.session.scalars(select(Layer).where(Layer.id.in_(keys)).order_by(Layer.id)))
    for row, record in zip(rows, editing.load(rows), strict=True):
        found[row.document_id].append((record, {"gold": row.gold, "blind": row.blind}))
    return found


def _proposals(project: Project, document: Document) -> schema.Layer:
    made, _ = suggestions(project, document)
    items = [
        op.after for op in schema.ops_from_json({**p, "before": None, "after": p} for p in made)
    ]
    return schema.Layer(
        annotator="",  # nobody's: imported again they are suggestions, not a person's layer
        status="open",
        entities=tuple(item for item in items if isinstance(item, schema.Entity)),
        relations=tuple(item for item in items if isinstance(item, schema.Relation)),
        categories=tuple(item for item in items if isinstance(item, schema.Category)),
    )
