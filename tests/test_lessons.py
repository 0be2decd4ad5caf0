"""Lessons of finished layers: what they add to the dictionary, and how it is taken back."""

from dataclasses import replace
from datetime import timedelta

from flask import Flask

from labeler import jobs, lessons, nlp, schema, settling, transfer, work
from labeler.jobs import queue
from labeler.models import ContestedWords, DictionaryEntry, db
from labeler.suggest import dictionary
from labeler.suggest.reading import ENTITY, Key, Reading
from labeler.transfer.proposals import put_together
from tests.conftest import NOW, Corpus

RELATED = schema.parse_scheme(
    {"entities": [{"name": "PERSON"}, {"name": "ORG"}], "relations": [{"name": "MEMBER"}]}
)


def entries() -> dict[tuple[str, str], int]:
    """Return the words that are known with their outcomes and counts."""
    rows = db.session.query(DictionaryEntry).filter(DictionaryEntry.count != 0)
    return {(row.words, row.outcome): row.count for row in rows if row.kind == ENTITY}


def test_a_submit_teaches_and_a_reopening_takes_it_back(any_app: Flask, corpus: Corpus) -> None:
    """The dictionary is the sum of what finished layers teach, at every moment."""
    project = corpus.project()
    first = corpus.layer(corpus.document(project, "Ada met Bob."), PERSON=[(0, 3), (8, 11)])
    second = corpus.layer(corpus.document(project, "Ada left.", "a2"), ORG=[(0, 3)])
    work.set_state(first, {"status": "done"}, NOW)
    assert entries() == {("Ada", "PERSON"): 1, ("Bob", "PERSON"): 1}
    work.set_state(second, {"status": "done"}, NOW)
    assert entries()["Ada", "ORG"] == 1
    work.set_state(first, {"status": "open"}, NOW)
    assert entries() == {("Ada", "ORG"): 1}
    assert lessons.count(project.id) == 1


def test_contested_words_are_those_of_the_dictionary(any_app: Flask, corpus: Corpus) -> None:
    """Words are listed while they are labeled in two ways, the most deviations first."""
    project = corpus.project()
    texts = ("Ada met Bob.", "Ada saw Bob.", "Ada and Bob.", "Bob left.")
    labels = ("PERSON", "ORG", "ORG", "PERSON")
    layers = []
    for number, (text, label) in enumerate(zip(texts, labels, strict=True)):
        spans = [(start, start + 3) for name in ("Ada", "Bob") if (start := text.find(name)) >= 0]
        document = corpus.document(project, text, f"d{number}")
        layers.append(corpus.layer(document, **{label: spans}))
    contested = []
    for layer in layers:
        work.set_state(layer, {"status": "done"}, NOW)
        contested.append([(each.words, each.total) for each in settling.contested(project)])
    assert contested[:2] == [[], [("Ada", 2), ("Bob", 2)]]
    assert contested[3] == [("Bob", 4), ("Ada", 3)]
    for layer in layers[1:3]:
        work.set_state(layer, {"status": "open"}, NOW)
    assert settling.contested(project) == []
    assert db.session.query(ContestedWords).count() == 0


def test_layers_from_files_are_learned_once(any_app: Flask, corpus: Corpus) -> None:
    """What came in finished is learned when it is asked for, and again once it was opened."""
    project = corpus.project()
    layer = corpus.layer(corpus.document(project), "ana", "done", PERSON=[(0, 3)])
    assert [lessons.catch_up(project.id, NOW) for _ in range(2)] == [1, 0]
    lessons.forget(layer)
    assert entries() == {}
    assert lessons.catch_up(project.id, NOW) == 1


def test_many_layers_are_learned_in_the_background(any_app: Flask, corpus: Corpus) -> None:
    """A worker learns all that wait, and tells how far it is."""
    project = corpus.project()
    for number in range(3):
        corpus.layer(corpus.document(project, name=f"d{number}"), "ana", "done", PERSON=[(0, 3)])
    assert lessons.waiting(project.id) == 3
    job = transfer.queue_lessons(project)
    claim = queue.claim("w", job.id)
    assert claim is not None
    jobs.perform(jobs.JobWork(claim))
    ended = jobs.find(job.id)
    assert (ended.state, ended.done, ended.total) == ("done", 3, 3)
    assert (lessons.waiting(project.id), entries()) == (0, {("Ada", "PERSON"): 3})


def test_submitting_twice_teaches_once(any_app: Flask, corpus: Corpus) -> None:
    """The same layer submitted again counts as it is now, not a second time."""
    layer = corpus.layer(corpus.document(corpus.project()), PERSON=[(0, 3)])
    for _ in range(2):
        lessons.teach(layer, lessons.prepare(layer), NOW)
    assert entries() == {("Ada", "PERSON"): 1}


def test_what_was_learned_is_proposed_in_the_next_document(any_app: Flask, corpus: Corpus) -> None:
    """One document after the first submit, its words are proposed with a reason in words."""
    project = corpus.project()
    layer = corpus.layer(corpus.document(project, "Zorblax met Bob."), PERSON=[(0, 7)])
    work.set_state(layer, {"status": "done"}, NOW + timedelta(minutes=1))
    made, problem = transfer.suggestions(project, corpus.document(project, "Zorblax left.", "a2"))
    assert problem is None
    [proposal] = made
    assert (proposal["start"], proposal["end"], proposal["label"]) == (0, 7, "PERSON")
    assert proposal["origin"]["suggester"] == "dictionary"
    assert proposal["origin"]["reason"] == "labeled PERSON 1 of 1 times"


def test_layers_that_came_in_finished_are_learned_later(any_app: Flask, corpus: Corpus) -> None:
    """Finished layers without a lesson are caught up with, each once."""
    project = corpus.project()
    for number in range(3):
        corpus.layer(corpus.document(project, name=f"d{number}"), status="done", PERSON=[(0, 3)])
    assert lessons.catch_up(project.id, NOW, limit=2) == 2
    assert lessons.catch_up(project.id, NOW) == 1
    assert lessons.catch_up(project.id, NOW) == 0
    assert entries() == {("Ada", "PERSON"): 3}


def test_other_projects_do_not_know(any_app: Flask, corpus: Corpus) -> None:
    """What one project learned is not proposed in another."""
    layer = corpus.layer(corpus.document(corpus.project()), PERSON=[(0, 3)])
    lessons.teach(layer, lessons.prepare(layer), NOW)
    assert lessons.look_up(layer.project_id)([Key(ENTITY, "Ada")])
    assert not lessons.look_up(layer.project_id + 1)([Key(ENTITY, "Ada")])


def test_words_labeled_here_are_proposed_elsewhere_in_the_text(
    any_app: Flask, corpus: Corpus
) -> None:
    """The same words are proposed at once with the label given most, unless one was rejected."""
    project = corpus.project()
    document = corpus.document(project, "zorb met; zorb left; zorb came. zorbian?")

    def places(layer: schema.Layer) -> list[tuple[int, str]]:
        made, _ = transfer.suggestions(project, document, layer)
        return [(item["start"], item["origin"]["reason"]) for item in made if "start" in item]

    one = schema.Entity("e1", 0, 4, "PERSON")
    here = schema.Layer("ana", entities=(one,))
    assert places(here) == [(10, "labeled PERSON here"), (21, "labeled PERSON here")]
    rejected = (schema.Verdict("s:10-14:PERSON", "rejected"),)
    assert places(replace(here, verdicts=rejected)) == []
    two = schema.Entity("e2", 10, 14, "ORG")
    assert places(replace(here, entities=(one, two))) == [(21, "labeled ORG here")]
    three = schema.Entity("e3", 21, 25, "PERSON")
    assert places(replace(here, entities=(one, three))) == [(10, "labeled PERSON here")]


def test_a_document_opened_again_shows_nothing_beside_what_was_answered(
    any_app: Flask, corpus: Corpus
) -> None:
    """At once, not only after an edit: other labels of a place, and less of it with that label."""
    project = corpus.project()
    document = corpus.document(project, "zorb quux met the zorb quux.")
    proposed = [
        schema.Entity("s:0-9:ORG", 0, 9, "ORG"),
        schema.Entity("s:5-9:PERSON", 5, 9, "PERSON"),
        schema.Entity("s:18-27:ORG", 18, 27, "ORG"),
        schema.Relation("s:0-9:18-27:MET_WITH", "s:0-9:PERSON", "s:18-27:PERSON", "MET_WITH"),
        schema.Entity("s:0-9:PERSON", 0, 9, "PERSON"),
        schema.Entity("s:18-27:PERSON", 18, 27, "PERSON"),
    ]
    run = [schema.annotation_json(item) or {} for item in proposed]
    held = schema.Layer("ana", entities=(schema.Entity("e1", 0, 9, "PERSON"),))
    made = put_together(project, document, [run], held, build=False)
    ids = [item["id"] for item in made]
    assert not {"s:0-9:ORG", "s:5-9:PERSON"} & set(ids)
    assert "s:0-9:18-27:MET_WITH" in ids, "a relation stays whose end was labeled just so"
    assert {"s:18-27:ORG", "s:18-27:PERSON"} & set(ids)


def test_what_was_decided_on_words_holds_for_them_in_the_text(
    any_app: Flask, corpus: Corpus
) -> None:
    """Words rejected or labeled otherwise in one place are not proposed as before in another."""
    project = corpus.project()
    document = corpus.document(project, "Oslo is far. Oslo is near.")

    def places(**held: object) -> list[tuple[int, str]]:
        made, _ = transfer.suggestions(project, document, schema.Layer("ana", **held))  # type: ignore[arg-type]
        return [(item["start"], item["label"]) for item in made if "start" in item]

    assert places() == [(0, "GPE"), (13, "GPE")]
    assert places(verdicts=(schema.Verdict("s:0-4:GPE", "rejected"),)) == []
    other = schema.Entity("e1", 0, 4, "ORG")
    assert places(entities=(other,)) == [(13, "ORG")]


def test_what_is_labeled_brings_its_abbreviation_and_its_spellings(
    any_app: Flask, corpus: Corpus
) -> None:
    """While the document is open, and where nothing was learned from others yet."""
    project = corpus.project()
    text = "the zorb quux (ZQ) fell, ZQ rose. Zorb quux is back."
    document = corpus.document(project, text)
    held = schema.Layer("ana", entities=(schema.Entity("e1", 4, 13, "ORG"),))
    made, _ = transfer.suggestions(project, document, held)
    found = [(text[item["start"] : item["end"]], item["label"]) for item in made]
    assert found == [("ZQ", "ORG"), ("ZQ", "ORG"), ("Zorb quux", "ORG")]
    refused = (schema.Verdict("s:34-43:ORG", "rejected"), schema.Verdict("s:15-17:ORG", "rejected"))
    made, _ = transfer.suggestions(project, document, replace(held, verdicts=refused))
    assert [item["start"] for item in made if item["id"] not in {each.id for each in refused}] == []


def test_labeling_two_entities_brings_the_relation_that_was_learned(
    any_app: Flask, corpus: Corpus
) -> None:
    """Relations are proposed between what the person labeled, by the ids of their entities."""
    project = corpus.project(scheme=RELATED)
    text = "zorb of quux"
    entities = (schema.Entity("a", 0, 4, "PERSON"), schema.Entity("b", 8, 12, "ORG"))
    relation = schema.Relation("r", "a", "b", "MEMBER")
    taught = corpus.layer(corpus.document(project, text))
    lesson = dictionary.learn(_reading(text), entities, [relation], [], lambda _: {})
    lessons.teach(taught, lesson, NOW)
    document = corpus.document(project, text, "a2")
    held = schema.Layer("ana", entities=entities)
    made, _ = transfer.suggestions(project, document, held)
    [found] = [item for item in made if "head" in item]
    assert (found["head"], found["tail"], found["label"]) == ("a", "b", "MEMBER")
    assert [item for item in made if "start" in item] == []


def _reading(text: str) -> Reading:
    [tokens] = nlp.tokenize([text], "en")
    return Reading(text, tokens)
