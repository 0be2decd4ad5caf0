"""How many actions labeling takes, document by document, as suggestions learn.

A scripted annotator labels a corpus with known gold in its order, twice: from nothing, and with
what the product suggests. Each document is submitted, so that the dictionary learns at once, and a
model is trained after every so many, as the product does; the model trained on document 20 first
proposes for document 21. One key, click or drag is one action (`actions` counts them in Chromium):

- from nothing: an entity 2 (drag, label), its other occurrences 1 more (`P`) where all are meant; a
  relation 1 where one label fits (a drag), 2 otherwise; submitting 1;
- with suggestions a missing entity 1 (drag) where the likeliest label, which it gets at once, is
  right, else 2; a wrong label 1 (its key, pointing at it), a wrong suggestion 1 (its cross); what
  is suggested is then asked for again, as the page does in a pause;
- a missing relation 1 where one label fits or the likeliest is right, else 2; one between the right
  ones that is labeled wrong 1 (its key, pointing at the arc), turned round 2 (click, `V`), both 3;
  one between unrelated ones 1 (its cross);
- the rest are accepted 1 for each screenful that has some (`Shift+Enter`), which submits on the
  last one; where that has none, submitting is 1 more.

Beside it stands the simpler way to answer: each suggestion accepted or rejected in turn, 1 each.
"""

import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.gold import project_with_gold
from labeler import accounts, editing, projects, schema, transfer, work
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Document, Job, Layer, Project, User, db
from labeler.models.database import now
from labeler.transfer import training

SCREEN = 2_000
"""Characters that are in view at once."""
AT = (1, 20, 50, 100, 150, 200)
AROUND = 10
"""Documents up to each of these whose actions are added up."""

Span = tuple[int, int]
Link = tuple[Span, str, Span]


@dataclass(frozen=True)
class Gold:
    """A text and what it shall be labeled to."""

    name: str
    text: str
    entities: dict[Span, str]
    relations: frozenset[Link]


def gold_of(project: Project) -> Iterator[Gold]:
    """Yield the documents of a project with what is labeled in them, in their order."""
    wanted = db.session.query(Document, Layer).join(Layer, Layer.document_id == Document.id)
    for document, row in wanted.filter(Layer.project_id == project.id).order_by(Document.id):
        [layer] = editing.load([row])
        spans = {item.id: (item.start, item.end) for item in layer.entities if not item.parts}
        links = frozenset(
            (spans[item.head], item.label, spans[item.tail])
            for item in layer.relations
            if item.head in spans and item.tail in spans
        )
        labels = {spans[item.id]: item.label for item in layer.entities if item.id in spans}
        yield Gold(document.name, document.text, labels, links)


# ---- from nothing ------------------------------------------------------------------------------


def from_nothing(gold: Gold, scheme: schema.Scheme) -> int:
    """Return the actions that a document takes without suggestions."""
    actions, held = 1, set[Span]()
    for span, label in sorted(gold.entities.items()):
        if span in held:
            continue
        held.add(span)
        actions += 2
        others = {each for each in _occurrences(gold.text, span) if not _overlaps(each, held)}
        if others and all(gold.entities.get(each) == label for each in others):
            held |= others
            actions += 1
    return actions + sum(_linking(gold, link, scheme) for link in gold.relations)


def _occurrences(text: str, span: Span) -> Iterator[Span]:
    words = re.escape(text[slice(*span)])
    for found in re.finditer(rf"(?<!\w){words}(?!\w)", text):
        yield found.span()


def _overlaps(span: Span, others: set[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _linking(gold: Gold, link: Link, scheme: schema.Scheme) -> int:
    head, tail = gold.entities[link[0]], gold.entities[link[2]]
    return 1 if sum(label.allows(head, tail) for label in scheme.relations) == 1 else 2


def _same_ends(link: Link, other: Link) -> bool:
    return {link[0], link[2]} == {other[0], other[2]}


def _correcting(link: Link, meant: Link) -> int:
    """Return the actions from one relation to another between the same ends."""
    turned, relabeled = link[0] != meant[0], link[1] != meant[1]
    return 2 * turned + relabeled


# ---- with suggestions --------------------------------------------------------------------------


@dataclass
class Annotator:
    """Labels one document with suggestions, and counts."""

    project: Project
    document: Document
    gold: Gold
    held: schema.Layer
    actions: Counter[str] = field(default_factory=Counter)
    each: int = 0
    """Actions where each suggestion is answered in turn."""

    def label(self) -> schema.Layer:
        """Label the document to its gold and return the layer."""
        while self._fix_one(self._open()):
            pass
        self._accept(self._relate())
        return self.held

    def _proposed(self) -> list[Any]:
        made, problem = transfer.suggestions(self.project, self.document, self.held)
        if problem:
            raise AssertionError(problem)
        return [schema.trusted(item["id"], item) for item in made]

    def _open(self) -> list[schema.Entity]:
        done = {item.id for item in self.held.annotations()}
        there = {(item.start, item.end, item.label) for item in self.held.entities}
        return [
            item
            for item in self._proposed()
            if isinstance(item, schema.Entity)
            and item.id not in done
            and (item.start, item.end, item.label) not in there
        ]

    def _fix_one(self, proposed: Sequence[schema.Entity]) -> bool:
        """Label what is missing, or answer what is wrong: the first in the text."""
        spans = {(item.start, item.end): item for item in proposed}
        labeled = {(item.start, item.end) for item in self.held.entities}
        for span, label in sorted(self.gold.entities.items()):
            if span in labeled or (span in spans and spans[span].label == label):
                continue
            if span in spans:
                self._count("wrong label", 1)
            else:
                guess = transfer.likely_entity(self.project, self.document, self.held, *span)
                self._count("missing", 1 if guess and guess.label == label else 2)
            self._hold(schema.Entity(f"e{span[0]}-{span[1]}", *span, label))
            return True
        for item in proposed:
            if (item.start, item.end) not in self.gold.entities:
                self._count("wrong", 1)
                verdict = schema.Verdict(item.id, "rejected")
                self.held = replace(self.held, verdicts=(*self.held.verdicts, verdict))
                return True
        return False

    def _count(self, what: str, actions: int) -> None:
        self.actions[what] += actions
        self.each += actions

    def _hold(self, *entities: schema.Entity) -> None:
        held = {item.id for item in self.held.entities}
        new = (item for item in entities if item.id not in held)
        self.held = replace(self.held, entities=(*self.held.entities, *new))

    def _relate(self) -> set[Link]:
        """Answer relations that are wrong and draw those missing; return those to be accepted."""
        ends = {(item.start, item.end): item for item in (*self.held.entities, *self._open())}
        spans = {item.id: span for span, item in ends.items()}
        proposed = {
            (spans[item.head], item.label, spans[item.tail])
            for item in self._proposed()
            if isinstance(item, schema.Relation) and {item.head, item.tail} <= spans.keys()
        }
        right, missing = proposed & self.gold.relations, self.gold.relations - proposed
        for link in sorted(proposed - self.gold.relations):
            meant = next((each for each in sorted(missing) if _same_ends(link, each)), None)
            self._count("relations", _correcting(link, meant) if meant else 1)
            missing -= {meant}
        for link in sorted(missing):
            self._draw(link, ends)
        return right

    def _draw(self, link: Link, ends: Mapping[Span, schema.Entity]) -> None:
        """Draw a missing relation, which accepts its ends."""
        head, tail = ends[link[0]], ends[link[2]]
        actions = _linking(self.gold, link, self.project.scheme)
        if actions > 1:
            pair = (self.project, self.document, self.held, head, tail)
            guess = transfer.likely_relation(*pair)
            actions = 1 if guess and guess.label == link[1] else 2
        self._count("relations", actions)
        self._hold(head, tail)
        drawn = schema.Relation(f"r{len(self.held.relations)}", head.id, tail.id, link[1])
        self.held = replace(self.held, relations=(*self.held.relations, drawn))

    def _accept(self, links: Collection[Link]) -> None:
        """Accept what is left, which is right, screenful by screenful, and submit on the last."""
        right = self._open()
        screens = {item.start // SCREEN for item in right}
        screens |= {tail[0] // SCREEN for *_, tail in links}
        self.actions["accepting"] = len(screens | {(len(self.gold.text) - 1) // SCREEN})
        self.each += len(right) + len(links)
        self._hold(*right)
        ids = {(item.start, item.end): item.id for item in self.held.entities}
        relations = tuple(
            schema.Relation(f"r{number}", ids[head], ids[tail], label)
            for number, (head, label, tail) in enumerate(sorted(self.gold.relations))
        )
        self.held = replace(self.held, relations=relations)


def submit(document: Document, who: User, held: schema.Layer) -> None:
    """Store a layer as the page does, and submit it."""
    layer = work.open_layer(document, who, now())
    ops = tuple(schema.Op(item.id, None, item) for item in held.annotations())
    if ops:
        editing.apply(layer.id, 0, [schema.Edit("all", ops)], actor_id=who.id, now=now())
    work.set_state(layer, {"status": "done"}, now())


# ---- the run -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What one document took."""

    nothing: int
    default: int
    parts: Counter[str]
    """What it took with what was learned, by what the actions were for."""
    each: int

    @property
    def learned(self) -> int:
        """Return what it took with what was learned."""
        return self.parts.total()


def main(corpus: Path, documents: int = 200, models: bool = True) -> None:
    """Print what is saved at document 1, 20, 50, 100 and 200, beside labeling from nothing."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Settings.from_env({"LABELER_INSTANCE": name}))
        with app.app_context():
            source, who = project_with_gold(corpus)
            golds = [gold for gold in gold_of(source) if gold.entities][:documents]
            fresh, learning = (
                _project_without(golds, slug, source.scheme, who, Path(name))
                for slug in ("fresh", "learning")
            )
            rows = list(_run(golds, fresh, learning, who, models))
    _print(rows)


def _project_without(
    golds: Sequence[Gold], slug: str, scheme: schema.Scheme, who: User, folder: Path
) -> Project:
    project = projects.create(slug, scheme=scheme)
    accounts.add_member(project, who, "annotator")
    work.change_rules(project, {"control": 0})
    file = folder / f"{slug}.jsonl"
    lines = (json.dumps({"id": gold.name, "text": gold.text}) for gold in golds)
    file.write_text("\n".join(lines), encoding="utf-8")
    transfer.import_paths(project, [file], actor=who)
    return project


def _run(
    golds: Sequence[Gold], fresh: Project, learning: Project, who: User, models: bool
) -> Iterator[Row]:
    keys = [project.id for project in (fresh, learning)]
    by_name = {
        (row.project_id, row.name): row.id
        for row in db.session.query(Document).filter(Document.project_id.in_(keys))
    }
    for number, gold in enumerate(golds, start=1):
        annotators = []
        for key in keys:
            document = db.session.get_one(Document, by_name[key, gold.name])
            project = db.session.get_one(Project, key)
            annotator = Annotator(project, document, gold, schema.Layer(who.name))
            annotator.label()
            annotators.append(annotator)
        default, learned = annotators
        submit(learned.document, who, learned.held)
        yield Row(
            from_nothing(gold, learned.project.scheme),
            default.actions.total(),
            learned.actions,
            learned.each + 1,
        )
        if models and (job := training.train_when_due(learned.project)):
            _train(learned.project, job, number)


def _train(project: Project, job: Job, number: int) -> None:
    """Do what a job is for, and take the job for done."""
    began = time.perf_counter()
    if job.kind == "tag":
        training.train_tagger(project)
        return
    made = training.train_version(project)
    told = {name: made.scores.get(name) for name in ("f1", "pipeline", "tagger")}
    scores = ", ".join(f"{name} {value:.2f}" for name, value in told.items() if value is not None)
    print(f"  model {made.number} after {number}: {scores}, {time.perf_counter() - began:.0f} s")


def _print(rows: Sequence[Row]) -> None:
    total = sum(row.nothing for row in rows)
    default = 1 - sum(row.default for row in rows) / total
    print(f"{len(rows)} documents, {total / len(rows):.1f} actions each from nothing")
    print(f"the built-in suggestions alone, all documents: {default:.0%} fewer")
    parts = sum((row.parts for row in rows), Counter[str]())
    spent = ", ".join(f"{what} {actions}" for what, actions in parts.most_common())
    print(f"with what is learned, all documents: {1 - parts.total() / total:.0%} fewer ({spent})")
    for at in AT:
        if at > len(rows):
            continue
        part = rows[max(0, at - AROUND) : at] if at > 1 else rows[:1]
        nothing = sum(row.nothing for row in part)
        saved, each = (
            1 - sum(getattr(row, name) for row in part) / nothing for name in ("learned", "each")
        )
        print(
            f"  document {at:3}: {nothing / len(part):5.1f} from nothing, {saved:4.0%} fewer; "
            f"{each:4.0%} where each is answered in turn"
        )
