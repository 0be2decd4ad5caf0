"""Doubts of relations and of labels of documents: by models that never saw them, and fixed."""

import re
from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import editing, schema
from labeler.models import Doubt, Layer, Project, db
from labeler.schema import Category, Entity, Relation
from labeler.suggest.contradictions import Opinion, contradicted
from labeler.transfer import doubts as module
from labeler.transfer.cross_fitting import Row, doubted_categories, doubted_relations
from tests.conftest import NOW, Corpus
from tests.web.pages import Client

SCHEME = schema.parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "GPE"}],
        "relations": [
            {"name": "LEADS", "head": ["PERSON", "GPE"], "tail": ["PERSON", "GPE"]},
            {"name": "BORN_IN", "head": ["PERSON", "GPE"], "tail": ["PERSON", "GPE"]},
        ],
        "categories": [
            {"name": "SPORT", "group": "Topic"},
            {"name": "POLITICS", "group": "Topic"},
        ],
    }
)
KINDS = (
    ("{} is the mayor of {}. The council voted on the law.", "LEADS", "POLITICS"),
    ("{} was born in {}. The team won the match by a goal.", "BORN_IN", "SPORT"),
)
PEOPLE = ("Ada", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus", "Ida", "Jan", "Kim", "Lea", "Max")
TOWNS = ("Varn", "Lund", "Oslo", "Rome", "Bern", "Kyiv", "Bonn", "Cork", "Graz", "Metz", "Nice")


def test_a_model_counts_from_how_sure_it_mostly_is() -> None:
    """What it is less sure of than of such answers is no contradiction, nor what nobody gave."""
    agreed = [Opinion("A", "A", 0.8, 0.8), Opinion("B", "B", 0.9, 0.9)]
    new = [Opinion("B", "A", score, 0.1) for score in (0.7, 0.8)]
    assert contradicted([*agreed, *new, Opinion("A", "C", 1.0, 0.8)]) == [
        False, False, False, True, False
    ]  # fmt: skip


@pytest.fixture
def project(app: Flask, corpus: Corpus) -> Project:
    """Return a project of 36 articles, each with a relation and a topic."""
    project = corpus.project(scheme=SCHEME, ana="annotator", lena="curator")
    for number in range(36):
        template, label, topic = KINDS[number % 2]
        person, town = PEOPLE[number % len(PEOPLE)], TOWNS[number % len(TOWNS)]
        text = template.format(person, town)
        at = text.index(town)
        record = schema.Layer(
            "ana", "done",
            entities=(Entity("p", 0, 3, "PERSON"), Entity("t", at, at + len(town), "GPE")),
            relations=(Relation("r", "p", "t", label),),
            categories=(Category("c", topic),),
        )  # fmt: skip
        document = corpus.document(project, text, f"d{number:02}")
        ana = corpus.person("ana").id
        new = editing.NewLayer(project.id, document.id, ana, record)
        editing.create([new], actor_id=ana, now=NOW, key="made")
    return project


def halves(project: Project) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the documents to fit to and those to judge, with their layers."""
    layers = db.session.query(Layer).filter_by(gold=False).order_by(Layer.document_id).all()
    chosen = {layer.document_id: [layer.id] for layer in layers}
    return dict([*chosen.items()][12:]), dict([*chosen.items()][:12])


def change(layer: Layer, before: schema.Annotation, after: schema.Annotation | None) -> None:
    """Change an annotation of a layer."""
    edit = schema.Edit(f"e{layer.revision}", (schema.Op(before.id, before, after),))
    editing.apply(layer.id, layer.revision, [edit], actor_id=layer.annotator_id, now=NOW)


def first(project: Project, number: int) -> tuple[Layer, schema.Layer]:
    """Return one of the layers to judge, with what it holds."""
    layer = db.session.get_one(Layer, [*halves(project)[1].values()][number][0])
    return layer, editing.load([layer])[0]


def told(rows: Sequence[Row]) -> set[tuple[str, str | None, str | None]]:
    """Return kind, label and proposed label of doubts."""
    return {(row[2], row[8], row[11]) for row, _ in rows}


def test_relations_of_another_label_direction_or_nowhere_are_doubted(project: Project) -> None:
    """What a model of other documents has otherwise is told apart; what agrees is no doubt."""
    rest, judged = halves(project)
    assert list(doubted_relations(project, rest, judged)) == []
    layer, record = first(project, 0)
    [was] = record.relations
    change(layer, was, Relation("r", "p", "t", "BORN_IN"))
    layer, record = first(project, 2)
    change(layer, record.relations[0], Relation("r", "t", "p", "LEADS"))
    layer, record = first(project, 1)
    change(layer, record.relations[0], None)
    assert told(list(doubted_relations(project, rest, judged))) == {
        ("label", "BORN_IN", "LEADS"),
        ("direction", "LEADS", "LEADS"),
        ("missing", None, "BORN_IN"),
    }


@pytest.mark.parametrize("kind", ["label", "direction", "missing", "category"])
def test_what_is_doubted_is_fixed_in_gold_and_taken_back(
    project: Project, signed_in: Callable[[str], FlaskClient], kind: str
) -> None:
    """One click makes gold as the model has it, another takes that back and asks again."""
    layer, record = first(project, 0)
    if kind == "category":
        change(layer, record.categories[0], Category("c", "SPORT"))
    else:
        [was] = record.relations
        wrong = {
            "label": Relation("r", "p", "t", "BORN_IN"),
            "direction": Relation("r", "t", "p", "LEADS"),
        }
        change(layer, was, wrong.get(kind))
    judge = doubted_categories if kind == "category" else doubted_relations
    found = list(judge(project, *halves(project)))
    assert module._keep(project, found) == 1
    db.session.commit()
    lead = Client(signed_in("lena"))
    address = "/projects/news/consistency/doubts"
    page = lead.get(address).text
    assert ("document" if kind == "category" else "LEADS") in page
    number = db.session.query(Doubt).one().id
    fixed = lead.post(f"{address}/{number}/fix", {})
    [gold] = db.session.query(Layer).filter_by(gold=True)

    def held() -> tuple[list[tuple[str, str, str]], list[str]]:
        [now] = editing.load([gold])
        words = {item.id: item.label for item in now.entities}
        links = [(words[r.head], r.label, words[r.tail]) for r in now.relations]
        return links, [item.label for item in now.categories]

    assert held() == ([("PERSON", "LEADS", "GPE")], ["POLITICS"])
    [token] = re.findall("token=([0-9a-f]+)", fixed.headers["Location"])
    lead.post(f"{address}/{number}/undo", {"token": token})
    assert held() != ([("PERSON", "LEADS", "GPE")], ["POLITICS"])
    assert "Fix in gold" in lead.get(address).text


def test_labels_of_documents_that_their_words_contradict_are_doubted(project: Project) -> None:
    """A wrong topic and a missing one are doubted, the right ones are not."""
    rest, judged = halves(project)
    assert list(doubted_categories(project, rest, judged)) == []
    layer, record = first(project, 0)
    change(layer, record.categories[0], Category("c", "SPORT"))
    layer, record = first(project, 1)
    change(layer, record.categories[0], None)
    assert told(list(doubted_categories(project, rest, judged))) == {
        ("label", "SPORT", "POLITICS"),
        ("missing", None, "SPORT"),
    }
