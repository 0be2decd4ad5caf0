"""Suggesters beside gold: what is counted, what is kept as evidence, and what is left out."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from labeler import accounts, jobs, progress
from labeler.errors import Invalid, NotFound
from labeler.jobs import queue
from labeler.models import Evaluation, Project, TrainedModel, db, transaction
from labeler.suggest.comparing import Tally, differences
from labeler.suggest.patterns import Pattern
from labeler.transfer import evaluation, exports, patterns, versions
from tests.conftest import Corpus

PLACES = st.sets(
    st.tuples(
        st.tuples(st.integers(0, 4), st.integers(5, 9), st.just(())), st.sampled_from(["A", "B"])
    ),
    max_size=8,
)


@given(made=PLACES, wanted=PLACES)
def test_counts_and_differences_tell_the_same(made: set, wanted: set) -> None:  # type: ignore[type-arg]
    """What is wrong and what is missed by the counts is what the differences list, by label."""
    tally = Tally()
    tally.add(made, wanted)
    found = list(differences(made, wanted))
    for label, score in tally.scores()["by_label"].items():
        assert sum(each.proposed == label for each in found) == score["made"] - score["right"]
        assert sum(each.gold == label for each in found) == score["wanted"] - score["right"]
    assert (not found) == (made == wanted)


@pytest.fixture
def project(app: Flask, corpus: Corpus) -> Project:
    """Return a project with patterns, whose curator has settled two articles; one is open."""
    made = corpus.project(ana="annotator")
    corpus.layer(corpus.document(made, "Ada met Bob.", "a1"), status="done", PERSON=[(0, 3)])
    second = corpus.document(made, "Bob met Omega.", "a2")
    corpus.layer(second, status="done", PERSON=[(0, 3)], ORG=[(8, 13)])
    corpus.layer(corpus.document(made, "Ada again.", "a3"), PERSON=[(0, 3)])
    found = [Pattern("PERSON", "Ada"), Pattern("ORG", "Bob")]
    patterns.save(made, found, None)
    return made


def test_a_suggester_is_counted_and_its_differences_are_kept(project: Project) -> None:
    """P, R and F1 by label over finished gold; each difference with place and both labels."""
    made = evaluation.evaluate(project, "patterns")
    assert (made.documents, made.version) == (2, "patterns 1")
    assert made.scores["by_label"]["PERSON"] == {
        "p": 1.0, "r": 0.5, "f": 2 / 3, "right": 1, "made": 1, "wanted": 2,
    }  # fmt: skip
    assert made.scores["by_label"]["ORG"]["right"] == 0
    [missed] = evaluation.shown(project, made, "entity", "missed", "PERSON")
    assert (missed.words, missed.gold, missed.proposed) == ("Bob", "PERSON", "ORG")
    wrong = evaluation.shown(project, made, "entity", "wrong", "ORG")
    assert [(one.before, one.words, one.gold) for one in wrong] == [
        ("Ada met ", "Bob", ""), ("", "Bob", "PERSON"),
    ]  # fmt: skip


def test_an_evaluation_is_a_job(project: Project) -> None:
    """It is queued for what can be evaluated, and its result names what it made."""
    job = jobs.do_now(lambda: evaluation.queue_evaluation(project, "patterns"))
    assert job.state == "done", job.error
    [made] = db.session.query(Evaluation).all()
    assert job.result == {"evaluation": made.id, "f1": made.scores["f1"]}
    with pytest.raises(NotFound, match="nothing named 'model 7'"):
        evaluation.queue_evaluation(project, "model 7")


def claimed() -> jobs.Claim | None:
    """Return the next part that a worker takes that leaves trainings to another."""
    return queue.claim("one", lane="short")


def test_an_evaluation_lets_quicker_jobs_go_first(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is left after a page while an export waits, goes on there, and comes to the same."""
    monkeypatch.setattr(evaluation, "_PAGE", 1)
    whole = evaluation.evaluate(project, "patterns")
    job = evaluation.queue_evaluation(project, "patterns")
    claim = claimed()
    other = exports.queue_export(project, "jsonl", actor=accounts.find_user("ana"))
    done = []
    while claim is not None:
        jobs.perform(jobs.JobWork(claim))
        done.append(claim.kind)
        claim = claimed()
    assert done == ["evaluate", "export", "evaluate"]
    made = db.session.get_one(Evaluation, jobs.find(job.id).result["evaluation"])
    assert jobs.find(other.id).state == "done"
    assert (made.documents, made.scores, made.evidence) == (2, whole.scores, whole.evidence)


def _version(project: Project, folder: Path) -> TrainedModel:
    """Return a version of a project whose pipeline is a ruler."""
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Ada"}])  # type: ignore[attr-defined]
    pipeline.to_disk(folder / "pipeline")
    row = TrainedModel(
        project_id=project.id, number=1, component="ner", folder=str(folder),
        documents=9, finished=9, scores={"documents": 0, "f1": None},
    )  # fmt: skip
    with transaction() as session:
        session.add(row)
    return row


def test_a_model_is_not_judged_by_what_it_was_trained_on(project: Project, tmp_path: Path) -> None:
    """Documents of its training part are left out, and told."""
    _version(project, tmp_path)
    assert list(evaluation.candidates(project)) == ["patterns", "rulers", "model 1"]
    parts = [record.part for record in exports.training_records(project)]
    assert parts == ["train", "dev"]
    made = evaluation.evaluate(project, "model 1")
    assert (made.documents, made.left_out) == (1, 1)


def test_without_gold_it_says_what_to_do(app: Flask, corpus: Corpus) -> None:
    """Nothing finished, nothing to compare with."""
    with pytest.raises(Invalid, match="No article has gold yet"):
        evaluation.evaluate(corpus.project("new"), "rulers")


def test_a_version_is_a_wheel_that_holds_its_pipeline(project: Project, tmp_path: Path) -> None:
    """The package is made once, without a network; what pip would unpack loads in spaCy."""
    version = _version(project, tmp_path)
    path = versions.wheel(project, version)
    assert path.name == "en_news-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "site")
    loaded = spacy.load(tmp_path / "site" / "en_news" / "en_news-0.1.0")
    assert [str(span) for span in loaded("Ada met Bob").ents] == ["Ada"]
    made = path.stat().st_mtime_ns
    assert versions.wheel(project, version).stat().st_mtime_ns == made


def test_the_page_opens_every_place(
    project: Project, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """The page has scores by label, and its numbers open the places in context."""
    accounts.add_member(project, corpus.person("cy"), "curator")
    made = evaluation.evaluate(project, "patterns")
    client, address = signed_in("cy"), f"/projects/news/suggestions/evaluations/{made.id}"
    assert "Patterns written for this project" in client.get("/projects/news/suggestions").text
    page = client.get(address).text
    assert "what=entity&amp;label=PERSON&amp;kind=missed" in page
    page = client.get(f"{address}?what=entity&label=PERSON&kind=missed").text
    assert "Missed: PERSON" in page
    assert "<mark>Bob</mark> met Omega." in page
    assert client.get(f"{address}9").status_code == 404


def test_time_saved_needs_articles_without_suggestions(app: Flask, corpus: Corpus) -> None:
    """Seconds per label with and without suggestions give hours saved, once enough are known."""
    project = corpus.project()
    for number in range(12):
        document = corpus.document(project, "Ada met Bob.", f"d{number}")
        layer = corpus.layer(document, status="done", PERSON=[(0, 3)])
        with transaction():
            layer.blind, layer.seconds = number % 2 == 0, 20 if number % 2 == 0 else 8
            layer.counted = {"entity PERSON": 1}
    saved = progress.spared(project)
    assert (saved.controls, saved.helped, saved.plain) == (6, 8, 20)
    assert saved.hours == pytest.approx(6 * 12 / 3600)
    assert progress.spared(corpus.project("new")).hours is None
