"""Which documents are the most useful to label next, and what becomes of old suggestions."""

import sys
from datetime import timedelta

import pytest
from flask import Flask

from labeler import jobs, transfer, work
from labeler.jobs import queue
from labeler.models import (
    Document,
    JobPart,
    Project,
    QueueEntry,
    QueueFloor,
    SuggesterRun,
    Suggestion,
    TrainedModel,
    db,
    transaction,
)
from labeler.transfer import usefulness
from labeler.transfer.suggestions import prune
from tests.conftest import NOW, Corpus


def proposal(score: float) -> dict[str, object]:
    """Return a proposal for the first word."""
    origin = {"suggester": "rulers", "score": score}
    return {"id": "s:0-4:PERSON", "start": 0, "end": 4, "label": "PERSON", "origin": origin}


def limit(monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    """Do at most so many at once where suggestions are made or removed, so that few are many."""
    monkeypatch.setattr(sys.modules["labeler.transfer.suggestions"], name, value)


def rank(documents: list[Document], proposals: list[list[dict[str, object]]]) -> None:
    """Give documents the places that follow from their proposals."""
    scores = usefulness.scores(documents, proposals)
    usefulness.place(documents[0].project_id, scores)


def ranked(project: Project, documents: list[Document], scores: list[float]) -> list[float]:
    """Return where documents stand whose only proposals have these scores; none by lot."""
    with transaction() as session:
        session.query(QueueEntry).update({"lot": 1})
    rank(documents, [[proposal(score)] for score in scores])
    return [db.session.get_one(QueueEntry, one.id).score for one in documents]


def test_unsure_suggestions_of_new_words_come_first(any_app: Flask, corpus: Corpus) -> None:
    """Usefulness is uncertainty times novelty; what people decided on is hardly new."""
    project = corpus.project()
    layer = corpus.layer(corpus.document(project, "zorb met."), PERSON=[(0, 4)])
    work.set_state(layer, {"status": "done"}, NOW + timedelta(minutes=1))
    texts = ["quux left.", "blip left.", "zorb left."]
    documents = [corpus.document(project, text, f"d{n}") for n, text in enumerate(texts)]
    unsure, sure, known = ranked(project, documents, [0.4, 0.9, 0.4])
    assert (unsure, sure, known) == (0.4, 0.9, 0.94)


def test_a_tenth_stands_by_lot(any_app: Flask, corpus: Corpus) -> None:
    """A document drawn by lot has the place of another, so that it may stand anywhere."""
    project = corpus.project()
    documents = [corpus.document(project, f"quux {n}", f"d{n}") for n in range(3)]
    with transaction() as session:
        session.query(QueueEntry).update({"lot": 1})
        session.get_one(QueueEntry, documents[0].id).lot = 20
    rank(documents[:1], [[proposal(0.3)]])
    rank(documents, [[proposal(score)] for score in (0.3, 0.8, 0.8)])
    scores = [db.session.get_one(QueueEntry, one.id).score for one in documents]
    assert scores[1:] == [0.8, 0.8]
    assert scores[0] in (0.3, 0.8)


def test_what_moved_before_is_looked_for_again(any_app: Flask, corpus: Corpus) -> None:
    """New places make nobody miss a document that stands before where they are."""
    project = corpus.project()
    document, person = corpus.document(project), corpus.person("ana")
    with transaction() as session:
        session.add(
            QueueFloor(
                project_id=project.id, annotator_id=person.id, ordering="useful",
                place=0.9, document_id=document.id, documents=1,
            )
        )  # fmt: skip
    rank([document], [[]])
    floor = db.session.get_one(QueueFloor, (project.id, person.id), populate_existing=True)
    score = db.session.get_one(QueueEntry, document.id, populate_existing=True).score
    assert (floor.again_place, floor.again_document) == (score, 0)


def test_the_job_ranks_what_it_proposes_for(any_app: Flask, corpus: Corpus) -> None:
    """Once suggestions were made for the corpus, every document has its place."""
    project = corpus.project()
    document = corpus.document(project, "Ines Okafor visited the United Nations in Geneva.")
    assert transfer.suggest(project) == 1
    entry = db.session.get_one(QueueEntry, document.id, populate_existing=True)
    assert 0 < entry.score < 1


def test_the_corpus_is_cut_where_suggestions_are_lacking(
    any_app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers share documents that lack proposals, in parts, and all get some in the end."""
    limit(monkeypatch, "_PART", 2)
    project = corpus.project()
    keys = [corpus.document(project, name=f"d{number}").id for number in range(6)]
    transfer.suggestions(project, db.session.get_one(Document, keys[1]))
    job = transfer.queue_suggestions(project)
    first = queue.claim("w", job.id)
    assert first is not None
    jobs.perform(jobs.JobWork(first))
    parts = db.session.query(JobPart).filter_by(job_id=job.id).order_by(JobPart.number)
    cut = [(each.parameters["after"], each.parameters["until"]) for each in parts if each.number]
    assert cut == [(keys[0] - 1, keys[2]), (keys[3] - 1, keys[4]), (keys[5] - 1, keys[5])]
    while claim := queue.claim("w", job.id):
        jobs.perform(jobs.JobWork(claim))
    assert (jobs.find(job.id).done, db.session.query(Suggestion).count()) == (5, 6)


def test_a_quick_job_goes_between_two_pages(
    any_app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proposing for a long part lets what somebody waits for go first, and goes on where it was."""
    limit(monkeypatch, "_PAGE", 1)
    project = corpus.project()
    for number in range(3):
        corpus.document(project, name=f"d{number}")
    job = transfer.queue_suggestions(project)
    for done in (0, 1):
        claim = queue.claim("w", job.id)
        assert claim is not None
        if claim.number:
            jobs.enqueue("export", "Export", project_id=project.id)
        jobs.perform(jobs.JobWork(claim))
        assert jobs.find(job.id).done == done
    first = queue.claim("w")
    assert first is not None
    assert first.kind == "export"
    while claim := queue.claim("w", job.id):
        jobs.cancel(first.job_id)
        jobs.perform(jobs.JobWork(claim))
    assert (jobs.find(job.id).done, db.session.query(Suggestion).count()) == (3, 3)


def test_long_articles_are_proposed_for_a_few_at_a_time(
    any_app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of documents ends with the one that makes it long enough; none is left out."""
    limit(monkeypatch, "_LENGTH", 12)
    project = corpus.project()
    for number, length in enumerate((20, 5, 7, 1, 11)):
        corpus.document(project, "x" * length, f"d{number}")
    pages: list[int] = []
    assert transfer.suggest(project, pages.append) == 5
    assert pages == [1, 2, 2]


def test_old_versions_leave_no_suggestions(
    any_app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What versions proposed goes, but for the one in use, the one before it, and other runs."""
    limit(monkeypatch, "_REMOVED", 1)
    project = corpus.project()
    document, other = corpus.document(project), corpus.document(project, name="other")
    with transaction() as session:
        for number in (1, 2, 3, 4):
            session.add(
                TrainedModel(
                    project_id=project.id, number=number, component="ner", folder=f"/{number}",
                    documents=9, finished=9, scores={}, seconds=1, current=number == 3,
                )
            )  # fmt: skip
        for name, version in [("rulers", "1"), *(("trained", f"model {n}") for n in range(1, 5))]:
            run = SuggesterRun(project_id=project.id, suggester=name, version=version)
            session.add(run)
            session.flush()
            for each in (document, other):
                session.add(Suggestion(document_id=each.id, run_id=run.id, proposals=[]))
    assert prune(project) == 2
    left = db.session.query(SuggesterRun.version).order_by(SuggesterRun.version)
    assert [version for (version,) in left] == ["1", "model 2", "model 3"]
    assert db.session.query(Suggestion).count() == 6
    assert prune(project) == 0
