"""The counts of the list of documents to settle: those of opening each, and of what they open."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, label_changes, proof, schema, settling
from labeler.errors import Invalid, LabelerError
from labeler.label_changes import Revision
from labeler.models import Document, Project, User, db
from labeler.settling import Choice
from tests.conftest import NOW, Corpus

TEXT = "Ada met Bob of Acme in Varn, where Eve leads Beta and Max of Odin sold it to Ivo on Monday."
NAMES = ("ana", "ben", "chidi", "dora")
SCHEME = schema.parse_scheme(
    {
        "entities": [{"name": name} for name in ("PERSON", "ORG", "GPE", "DATE")],
        "relations": [
            {"name": "LEADER_OF", "head": ["PERSON"], "tail": ["ORG", "GPE"]},
            {"name": "MET_WITH", "head": ["PERSON"], "tail": ["PERSON"], "symmetric": True},
        ],
        "categories": [
            {"name": "SPORT", "group": "topic"},
            {"name": "TRADE", "group": "topic"},
            {"name": "URGENT"},
        ],
    }
)
Counts = dict[str, tuple[int, int, int]]
"""What is agreed, settled and open in each document, by name."""


def drawn(deal: random.Random, common: schema.Layer, name: str) -> schema.Layer:
    """Return the work of one person: most of what is common, some of it otherwise, some more."""
    entities = [
        schema.Entity(f"{name}{e.id}", e.start, e.end, e.label if deal.random() < 0.8 else "DATE")
        for e in common.entities
        if deal.random() < 0.85
    ]
    labels = {entity.id: entity.label for entity in entities}
    relations = [
        schema.Relation(f"{name}{r.id}", f"{name}{r.head}", f"{name}{r.tail}", r.label)
        for r in common.relations
        if deal.random() < 0.9
    ]
    label_of = {each.name: each for each in SCHEME.relations}
    fitting = tuple(
        r
        for r in relations
        if {r.head, r.tail} <= labels.keys()
        and label_of[r.label].allows(labels[r.head], labels[r.tail])
    )
    kinds = [schema.Category(f"{name}c", c.label) for c in common.categories if deal.random() < 0.8]
    blind = deal.random() < 0.3
    return schema.Layer(
        annotator=name,
        status="done",
        entities=tuple(entities),
        relations=fitting,
        categories=tuple(kinds),
        blind=blind,
    )


def common(deal: random.Random) -> schema.Layer:
    """Return what is there to be found in a document."""
    words = {"PERSON": ("Ada", "Bob", "Eve", "Max", "Ivo"), "ORG": ("Acme", "Beta", "Odin")}
    places = [(TEXT.index(word), word, label) for label in words for word in words[label]]
    places += [(TEXT.index("Varn"), "Varn", "GPE")]
    kept = [each for each in places if deal.random() < 0.8]
    entities = tuple(schema.Entity(word, at, at + len(word), label) for at, word, label in kept)
    people = [entity.id for entity in entities if entity.label == "PERSON"]
    others = [entity.id for entity in entities if entity.label in ("ORG", "GPE")]
    leads = zip(people, others, strict=False)
    relations = [schema.Relation(f"l{h}", h, t, "LEADER_OF") for h, t in leads]
    relations += [
        schema.Relation(f"m{h}", h, t, "MET_WITH") for h, t in zip(people, people[2:], strict=False)
    ]
    kinds = (schema.Category("c", deal.choice(("SPORT", "TRADE", "URGENT"))),)
    return schema.Layer(
        annotator="lena",
        status="done",
        entities=entities,
        relations=tuple(relations),
        categories=kinds,
    )


@pytest.fixture(params=(1, 2, 3))
def project(request: pytest.FixtureRequest, app: Flask, corpus: Corpus) -> Project:
    """Return a corpus of chance that two to four finished; some of it has the gold of training."""
    deal = random.Random(request.param)
    people = dict.fromkeys(NAMES, "annotator")
    made = corpus.project(scheme=SCHEME, lena="manager", **people)
    for number in range(12):
        document, found = corpus.document(made, TEXT, f"a{number}"), common(deal)
        layers = [drawn(deal, found, name) for name in NAMES[: deal.randint(2, 4)]]
        new = [_new(document, corpus.person(layer.annotator), layer) for layer in layers]
        if number % 4 == 3:  # a training document: its gold was there before anybody began
            new.append(_new(document, lena(), found, gold=True))
        editing.create(new, actor_id=lena().id, now=NOW, key="made")
    return made


def _new(
    document: Document, user: User, layer: schema.Layer, *, gold: bool = False
) -> editing.NewLayer:
    return editing.NewLayer(document.project_id, document.id, user.id, layer, gold=gold)


def lena() -> User:
    """Return the lead."""
    return db.session.query(User).filter_by(name="lena").one()


def _documents(project: Project) -> list[Document]:
    return db.session.query(Document).filter_by(project_id=project.id).order_by(Document.id).all()


def told(project: Project) -> Counts:
    """Return the counts of the list."""
    rows, _ = settling.documents(project)
    return {row.name: (row.agreed, row.settled, row.open) for row in rows}


def rows_opened(project: Project, lead: FlaskClient) -> Counts:
    """Return how many rows the pages have that these counts open."""
    found: Counts = {}
    for document in _documents(project):
        beneath = f"/projects/news/adjudicate/{document.id}"
        agreed, settled, left = (
            lead.get(f"{beneath}/{stand}").text.count('class="place"') for stand in settling.STANDS
        )
        found[document.name] = (agreed, settled, left)
    return found


def opened(project: Project) -> Counts:
    """Return what opening each document for settling it shows."""
    cases = [settling.open_case(each, lena(), NOW) for each in _documents(project)]
    return {case.document.name: (case.agreed, case.settled, case.open) for case in cases}


def settle_some(project: Project, deal: random.Random) -> None:
    """Settle some questions of some documents, and label in the gold of some by hand."""
    for number, document in enumerate(_documents(project)):
        case = settling.open_case(document, lena(), NOW)
        for standing in case.questions[: deal.randint(0, 3)]:
            answer = deal.choice(["", *map(str, standing.slot.contents)])
            choice = Choice(standing.slot.key, answer, standing.slot.seen)
            with suppress(LabelerError):  # a rule, or what was settled just before, is against it
                settling.decide(document, [choice], f"k{standing.slot.key}", lena(), NOW)
        if number % 3 == 0:
            by_hand = schema.Entity("hand", 0, 3, "DATE")
            edit = schema.Edit("hand", (schema.Op("hand", None, by_hand),))
            with suppress(Invalid):  # it has been labeled so already
                settling.label_by_hand(case.gold, case.gold.revision, [edit], lena(), NOW)


def test_counts_of_the_list_are_those_of_settling_and_of_what_they_open(
    project: Project, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Before anybody opens a document, after, once some is settled, and once labels changed."""
    lead, deal = signed_in("lena"), random.Random(0)
    stages: tuple[Callable[[], object], ...] = (
        lambda: None,
        lambda: settle_some(project, deal),
        lambda: _change(project, "rename", "ORG", "COMPANY"),
        lambda: _change(project, "retire", "GPE"),
        lambda: _change(project, "retire", "TRADE", kind="categories"),
    )
    for stage in stages:
        stage()
        listed = told(project)
        assert rows_opened(project, lead) == listed
        assert opened(project) == listed
        assert told(project) == listed
    assert list(proof.check()) == []


def _change(
    project: Project, action: str, label: str, into: str = "", kind: str = "entities"
) -> None:
    revision = Revision(kind, action, label, into)  # type: ignore[arg-type]
    label_changes.change_label(project, revision, lena())
    db.session.refresh(project)
