"""The counters of work: always the sum of what finished layers hold."""

from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import counters, editing, schema, work
from labeler.counters import duration_class
from labeler.models import (
    CounterEntry,
    Layer,
    Project,
    SuggesterRun,
    Suggestion,
    User,
    WorkCounter,
    db,
    transaction,
)
from tests.conftest import NOW, Corpus

DAY = NOW.date().isoformat()


def counted(project: Project, measure: str) -> dict[str, int]:
    """Return what the counters of a measure hold, whoever did it."""
    rows = db.session.query(WorkCounter).filter_by(project_id=project.id, measure=measure)
    return {row.key: row.amount for row in rows.populate_existing() if row.amount}


def edit(layer: Layer, key: str, *ops: schema.Op) -> None:
    """Append an edit to a layer as its annotator."""
    edits = [schema.Edit(key, ops)]
    editing.apply(layer.id, layer.revision, edits, actor_id=layer.annotator_id, now=NOW)
    db.session.refresh(layer)


def test_submitting_counts_once_and_reopening_takes_it_back(any_app: Flask, corpus: Corpus) -> None:
    """Twice submitted is counted once, as it was last; opened again it is counted no more."""
    project = corpus.project()
    layer = corpus.layer(corpus.document(project), PERSON=[(0, 3), (8, 11)])
    work.set_state(layer, {"status": "done", "seconds": 70}, NOW)
    assert layer.finished == NOW
    assert counted(project, "documents") == {DAY: 1}
    assert counted(project, "seconds") == {DAY: 70}
    assert counted(project, "entity") == {"PERSON": 2}
    assert counted(project, "duration") == {"3": 1}
    edit(layer, "k", schema.Op("n", None, schema.Entity("n", 4, 7, "ORG")))
    work.set_state(layer, {"status": "done", "seconds": 10}, NOW)
    assert counted(project, "documents") == {DAY: 1}
    assert counted(project, "entities") == {DAY: 3}
    assert counted(project, "seconds") == {DAY: 80}
    work.set_state(layer, {"status": "open"}, NOW)
    assert layer.finished is None
    assert not any(counted(project, m) for m in ("documents", "seconds", "entity", "duration"))


@pytest.mark.usefixtures("app")
def test_what_people_made_of_suggestions_is_counted(corpus: Corpus) -> None:
    """Accepted, corrected and rejected each count for who proposed it, as what was proposed."""
    project = corpus.project()
    document = corpus.document(project)
    origin = {"suggester": "rulers", "version": "1"}
    made = [
        schema.Entity("s:0-3:PERSON", 0, 3, "PERSON", origin),
        schema.Entity("s:8-11:ORG", 8, 11, "PERSON", origin),
        schema.Verdict("s:4-7:ORG", "rejected"),
        schema.Verdict("s:1-2:GPE", "rejected"),
    ]
    with transaction() as session:
        run = SuggesterRun(project_id=project.id, suggester="rulers", version="1", options={})
        session.add(run)
        session.flush()
        proposal = {"id": "s:4-7:ORG", "start": 4, "end": 7, "label": "ORG", "origin": origin}
        session.add(Suggestion(document_id=document.id, run_id=run.id, proposals=[proposal]))
    layer = corpus.layer(document)
    edit(layer, "k", *(schema.Op(item.id, None, item) for item in made))
    work.set_state(layer, {"status": "done"}, NOW)
    assert counted(project, "accepted") == {"rulers PERSON": 1}
    assert counted(project, "corrected") == {"rulers ORG": 1}
    assert counted(project, "rejected") == {"rulers ORG": 1, "unknown GPE": 1}


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["open", "done", "skipped", "edit"])), max_size=12
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_the_counters_are_the_sum_of_what_layers_remember(
    app: Flask, corpus: Corpus, steps: list[tuple[int, str]]
) -> None:
    """Whatever is done in whatever order, no counter drifts from the layers."""
    slug = f"p{db.session.query(Project).count()}"
    project = corpus.project(slug)
    layers = [
        corpus.layer(corpus.document(project, name=str(number)), PERSON=[(0, 3)])
        for number in range(3)
    ]
    for number, (which, step) in enumerate(steps):
        layer = layers[which]
        if step == "edit":
            new = schema.Entity(f"n{number}", number, number + 1, "ORG")
            edit(layer, f"k{number}", schema.Op(new.id, None, new))
        else:
            work.set_state(layer, {"status": step, "seconds": number}, NOW)
    remembered: Counter[str] = Counter()
    for layer in db.session.query(Layer).filter_by(project_id=project.id).populate_existing():
        remembered.update(layer.counted or {})
        assert (layer.finished is not None) == (layer.status == "done")
    assert list(counters.prove(project)) == []
    assert sum(_all_shares(project, list(remembered))) == sum(remembered.values())
    rows = db.session.query(WorkCounter).filter_by(project_id=project.id).populate_existing()
    assert {f"{row.measure} {row.key}": row.amount for row in rows if row.amount} == {
        name: amount for name, amount in remembered.items() if amount
    }


def _all_shares(project: Project, names: list[str]) -> Iterator[int]:
    """Yield what layers add to these counters, all of them, two layers a page."""
    after = (0, 0)
    while page := counters.shares(project, names, after=after, limit=2):
        yield from (share.amount for share in page)
        after = (page[-1].document_id, page[-1].annotator_id)


def test_what_a_counter_counts_is_listed_page_by_page(any_app: Flask, corpus: Corpus) -> None:
    """Each layer of each person comes once, in order of the documents, also for several names."""
    project = corpus.project(ana="annotator", ben="annotator")
    for number in range(3):
        document = corpus.document(project, name=str(number))
        for name in ("ana", "ben"):
            label = {"PERSON": [(0, 3)]} if number else {"ORG": [(0, 3), (8, 11)]}
            work.set_state(corpus.layer(document, name, **label), {"status": "done"}, NOW)
    assert list(_all_shares(project, ["entity PERSON", "entity ORG"])) == [2, 2, 1, 1, 1, 1]
    ben = db.session.query(User).filter_by(name="ben").one()
    shares = counters.shares(project, ["entity PERSON"], ben)
    assert [(share.name, share.annotator) for share in shares] == [("1", "ben"), ("2", "ben")]
    assert counters.shares(project, ["entity NONE"]) == []
    with transaction() as session:
        session.query(CounterEntry).filter_by(name="entity ORG", annotator_id=ben.id).delete()
    [problem] = counters.prove(project)
    assert "'entity ORG'" in problem.message


def test_time_falls_into_classes() -> None:
    """A class begins at its edge; the last one is open."""
    assert [duration_class(s) for s in (0, 14, 15, 59, 60, 1919, 1920, 10**6)] == [
        *(0, 0, 1, 2, 3, 7, 8, 8),
    ]


def test_a_counter_that_drifted_is_found(any_app: Flask, corpus: Corpus) -> None:
    """The proof names the counter that somebody changed past the program."""
    project = corpus.project()
    layer = corpus.layer(corpus.document(project), PERSON=[(0, 3)])
    work.set_state(layer, {"status": "done"}, NOW)
    assert list(counters.prove(project)) == []
    with transaction() as session:
        session.query(WorkCounter).filter_by(measure="entity").update({"amount": 7})
    [problem] = counters.prove(project)
    assert "'entity PERSON' stands at 7" in problem.message
