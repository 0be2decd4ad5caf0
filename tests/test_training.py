"""Training on what was labeled: versions, their scores, and which of them proposes."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from flask import Flask
from flask.testing import FlaskClient
from spacy.cli.train import train as spacy_train

from labeler import jobs, nlp, transfer, work
from labeler.errors import Invalid, NotFound
from labeler.jobs.work import Stopped
from labeler.models import Job, Layer, Project, TrainedModel, db, transaction
from labeler.transfer import exports, judging, training, versions
from tests.conftest import NOW, Corpus

WORDS = ("{0} is the mayor of {1}.", "The mayor of {1} is {0}.", "{0} met people in {1} today.")
PEOPLE = ("Ada Byron", "Bob Stone", "Cyd Lake", "Dan Hill", "Eve Wood", "Fay Brook")
TOWNS = ("Varn", "Lund", "Oslo", "Turku", "Bern", "Kyiv")


def label(corpus: Corpus, project: Project, count: int = 40) -> None:
    """Finish short articles on mayors and their towns."""
    for number in range(count):
        person, town = PEOPLE[number % 6], TOWNS[number % 5]
        text = " ".join(words.format(person, town) for words in WORDS) + f" It was day {number}."
        spots = {
            name: [(at, at + len(words)) for at in _places(text, words)]
            for name, words in (("PERSON", person), ("GPE", town))
        }
        document = corpus.document(project, text, f"d{number}")
        corpus.layer(document, status="done", **spots)


def _places(text: str, words: str) -> list[int]:
    found, at = [], text.find(words)
    while at >= 0:
        found.append(at)
        at = text.find(words, at + 1)
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trainings end early: what they find is not what these tests are about."""
    monkeypatch.setattr("labeler.nlp.training.STEPS", 120)
    monkeypatch.setattr("labeler.nlp.training.EVERY", 40)


@pytest.mark.usefixtures("quick")
def test_a_version_is_trained_judged_and_proposes(app: Flask, corpus: Corpus) -> None:
    """A training gives a pipeline that spaCy loads, with scores, and its proposals with reasons."""
    project = corpus.project()
    label(corpus, project)
    made = training.train_version(project)
    assert (made.number, made.current, made.documents) == (1, True, 40)
    assert made.scores["documents"] > 0
    assert made.scores["f1"] > 0.5
    [queued] = db.session.query(Job).filter_by(kind="suggest").all()
    assert queued.state == "queued"  # so that what waits is proposed for before it is opened
    assert spacy.load(Path(made.folder) / "pipeline").pipe_names[-1] == "spancat"
    new = corpus.document(project, "Ada Byron is the mayor of Turku.", "new")
    proposals, problem = transfer.suggestions(project, new)
    assert problem is None
    told = {item["origin"]["suggester"] for item in proposals}
    told |= {other["suggester"] for item in proposals for other in item["origin"].get("others", [])}
    assert "trained" in told
    assert (Path(made.folder) / "tagger.npz").is_file()
    assert "rulers" not in told, "what the tagger has heard and left out is not proposed beside it"


@pytest.mark.usefixtures("quick")
def test_the_tagger_proposes_before_the_pipeline_is_trained(app: Flask, corpus: Corpus) -> None:
    """While the pipeline is in training the tagger proposes; where it is better, it goes on so."""
    project = corpus.project()
    label(corpus, project)
    new = corpus.document(project, "Ada Byron is the mayor of Turku.", "new")
    meanwhile: list[str] = []

    def tell(line: str) -> None:
        if not line.startswith("Tagger") and not meanwhile:
            proposals, _ = transfer.suggestions(project, new)
            meanwhile.extend(item["origin"]["version"] for item in proposals)

    made = training.train_version(project, tell)
    assert "model 1" in meanwhile
    assert (made.number, made.current, made.component) == (1, True, "spancat")
    assert (Path(made.folder) / "pipeline").is_dir()


@pytest.mark.usefixtures("quick")
def test_a_better_pipeline_is_a_version_of_its_own(
    app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the pipeline finds more than the tagger it takes its place, without it."""
    monkeypatch.setattr("labeler.suggest.chains._ROUNDS", 0)
    project = corpus.project()
    label(corpus, project)
    made = training.train_version(project)
    assert [(each.number, each.component) for each in versions.versions(project)] == [
        (2, "spancat"),
        (1, "tagger"),
    ]
    assert made.current
    assert made.scores["pipeline"] > made.scores["tagger"]
    assert not (Path(made.folder) / "tagger.npz").exists()


def test_a_tagger_alone_learns_in_between(app: Flask, corpus: Corpus) -> None:
    """It proposes when an article is opened, has no pipeline to take away, and leaves no more."""
    project = corpus.project()
    label(corpus, project, 10)
    made = training.train_tagger(project)
    assert made is not None
    assert (made.number, made.current, made.component) == (1, True, "tagger")
    assert jobs.listed(project.id) == []  # nothing is proposed for what waits
    new = corpus.document(project, "Ada Byron is the mayor of Turku.", "new")
    proposals, problem = transfer.suggestions(project, new)
    assert problem is None
    assert "model 1" in {item["origin"]["version"] for item in proposals}
    with pytest.raises(NotFound, match="without a pipeline"):
        versions.wheel(project, made)


def test_programs_read_all_that_is_known_of_a_version(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """The scores of a version that was really trained are what the API says that it answers."""
    project = corpus.project(max="manager")
    label(corpus, project, 10)
    training.train_tagger(project)
    [model] = (signed_in("max").get("/api/v1/projects/news/models").json or {})["models"]
    assert model["scores"]["known"] > 0.5


def test_few_documents_do_not_outdo_what_knows_the_labels(app: Flask, corpus: Corpus) -> None:
    """Where the built-in rules know most labels, a version of under ten documents is kept aside."""
    project = corpus.project()
    label(corpus, project, 9)
    made = training.train_tagger(project)
    assert made is not None
    assert made.scores["known"] > 0.5
    assert versions.current_version(project) is None


@pytest.mark.usefixtures("quick")
def test_a_worse_version_does_not_replace_a_better_one(app: Flask, corpus: Corpus) -> None:
    """A version that finds less in the documents held back is kept, and the earlier proposes."""
    project = corpus.project()
    label(corpus, project)
    first = training.train_version(project)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("labeler.nlp.training.STEPS", 1)
        patch.setattr("labeler.suggest.chains._ROUNDS", 0)
        second = training.train_version(project)
    assert (second.number, second.current) == (2, False)
    assert versions.current_version(project) == first
    versions.use(project, second)
    assert versions.current_version(project) == second
    versions.stop_using(project)
    assert versions.current_version(project) is None


def test_of_taggers_alone_the_last_stay(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Five and the current one are listed; files go once no pipeline can be put beside them."""
    project = corpus.project()

    def record(number: int, *, best: bool = False) -> TrainedModel:
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "tagger.npz").touch()
        made = versions.Trained(folder, versions.TAGGER_ALONE, {}, number, number, 1)
        version = versions.record(project, made, best=best, announce=False)
        versions.tidy(project)
        return version

    made = [record(number, best=number == 0) for number in range(8)]
    listed = [row.number for row in versions.lasting(versions.versions(project))]
    assert listed == [8, 7, 6, 5, 4, 1]
    assert all(Path(row.folder).is_dir() for row in made)
    with transaction():
        for row in made:
            row.created -= versions.FRESH
    record(8)
    there = [row.number for row in versions.versions(project) if Path(row.folder).is_dir()]
    assert there == [9, 8, 7, 6, 5, 1]


def test_worse_is_what_chance_does_not_explain() -> None:
    """With few entities held back a lower F1 says little; with many it does."""
    for entities, worse in ((20, False), (2000, True)):
        assert judging.is_worse({"f1": 0.75}, {"f1": 0.8, "entities": entities}) is worse
    assert not judging.is_worse({"f1": None}, {"f1": None, "entities": 0})


@pytest.mark.usefixtures("quick")
def test_the_entity_recognizer_can_be_trained_instead(app: Flask, corpus: Corpus) -> None:
    """A lead may choose `ner`, and a gone version is refused in words."""
    project = corpus.project()
    label(corpus, project)
    training.choose(project, 0, "ner")
    made = training.train_version(project)
    assert spacy.load(Path(made.folder) / "pipeline").pipe_names[-1] == "ner"
    with transaction():
        made.folder = "/nowhere"
    with pytest.raises(NotFound, match="version 1"):
        versions.use(project, made)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("component", ["ner", "spancat"])
def test_the_model_is_the_one_that_spacy_train_makes(
    app: Flask, corpus: Corpus, tmp_path: Path, component: nlp.Component
) -> None:
    """The same component on the same export has the same weights, byte for byte."""
    project = corpus.project()
    label(corpus, project)
    made = transfer.export(project, "docbin", split=(60, 20, 20), folder=tmp_path / "export")
    out = tmp_path / "ours"
    out.mkdir()
    nlp.train(made.folder, out, component=component, language="en", longest=8)
    config = tmp_path / "config.cfg"
    config.write_text(nlp.training_config("en", (component,), 8, "dev.spacy"))
    paths = {f"paths.{part}": str(made.folder / f"{part}.spacy") for part in ("train", "dev")}
    steps = {"training.max_steps": 120, "training.eval_frequency": 40}
    spacy_train(config, tmp_path / "theirs", overrides={**paths, **steps})
    for name in (component, "tok2vec"):
        ours, theirs = (
            (tmp_path / who / name / "model").read_bytes()
            for who in ("ours/pipeline", "theirs/model-best")
        )
        assert ours == theirs


@pytest.mark.usefixtures("quick")
def test_a_training_taken_up_again_makes_no_version_twice(app: Flask, corpus: Corpus) -> None:
    """Ended after any of its steps, a training goes on after it, and returns what it had made."""
    project = corpus.project()
    label(corpus, project)
    work = jobs.Work()

    def end(line: str) -> None:
        if not line.startswith("Tagger"):
            raise Stopped

    with pytest.raises(Stopped):
        training.train_version(project, end, work)
    [tagged] = versions.versions(project)
    assert tagged.component == "tagger"
    made = training.train_version(project, work=work)
    assert [(each.id, each.component) for each in versions.versions(project)] == [
        (tagged.id, "spancat")
    ]
    assert made.current
    assert work.cursor == {"tagged": tagged.id, "made": made.id}


def test_folders_of_killed_trainings_go(app: Flask, corpus: Corpus) -> None:
    """What a killed training left in its folder is removed by a later one, once it is old."""
    project = corpus.project()
    label(corpus, project, 4)
    left = [versions.folder_of(project) / f".training-{name}" for name in ("old", "new")]
    for folder in left:
        folder.mkdir(parents=True)
    old = (NOW - versions.ABANDONED).timestamp()
    os.utime(left[0], (old, old))
    training.train_tagger(project)
    assert [folder.is_dir() for folder in left] == [False, True]


@pytest.mark.usefixtures("quick")
def test_a_training_ends_where_scores_stay_the_same(
    app: Flask, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A score that is only as good as the best does not begin the patience anew; that is told."""
    monkeypatch.setattr("labeler.nlp.training.STEPS", 20_000)
    monkeypatch.setattr("labeler.nlp.training.PATIENCE", 80)
    project = corpus.project()
    label(corpus, project)
    made = transfer.export(project, "docbin", split=(60, 20, 20), folder=tmp_path / "export")
    told: list[str] = []
    nlp.train(made.folder, tmp_path, component="ner", language="en", longest=8, tell=told.append)
    assert told[-1].startswith("No score was better for 80 steps")
    assert not any("Aborting" in line for line in told)
    assert (tmp_path / "pipeline").is_dir()


def test_too_few_documents_are_refused(app: Flask, corpus: Corpus) -> None:
    """With hardly anything finished a training says how much is needed, and leaves nothing."""
    project = corpus.project()
    label(corpus, project, 2)
    with pytest.raises(Invalid, match="2 finished documents"):
        training.train_version(project)
    assert db.session.query(TrainedModel).count() == 0


def test_one_training_waits_at_most(any_app: Flask, corpus: Corpus) -> None:
    """After so many submitted documents a training is queued, before it a tagger alone, once."""
    project = corpus.project()
    training.choose(project, 5, "spancat")
    queued = []
    for number in range(7):
        layer = corpus.layer(corpus.document(project, name=f"d{number}"), PERSON=[(0, 3)])
        work.set_state(layer, {"status": "done"}, NOW)
        queued.append(transfer.train_when_due(project))
    kinds = [job and job.kind for job in queued]
    assert kinds == [None, None, "tag", "tag", "train", "train", "train"]
    assert len({job.id for job in queued if job}) == 2
    assert [job.kind for job in jobs.listed(project.id)] == ["train"]  # the other is quiet
    training.choose(project, 0, "spancat")
    assert transfer.train_when_due(project) is None


@pytest.mark.parametrize(("tagger", "due"), [(0.5, 10), (0.7, 12)])
def test_a_pipeline_that_finds_less_is_trained_less_often(
    app: Flask, corpus: Corpus, tmp_path: Path, tagger: float, due: int
) -> None:
    """As long as the tagger is better, the documents have to double before the next training."""
    project = corpus.project()
    training.choose(project, 4, "spancat")
    scores = {"f1": 0.7, "tagger": tagger, "pipeline": 0.6}
    made = versions.Trained(tmp_path / "made", "spancat", scores, 6, 6, 60)
    made.folder.mkdir()
    versions.record(project, made, best=False, announce=False)
    queued = {}
    for number in range(1, due + 1):
        layer = corpus.layer(corpus.document(project, name=f"d{number}"), PERSON=[(0, 3)])
        work.set_state(layer, {"status": "done"}, NOW)
        job = transfer.train_when_due(project)
        queued[number] = job and job.kind
    assert [number for number, kind in queued.items() if kind == "train"] == [due]


def test_gold_is_learned_where_it_is_settled(app: Flask, corpus: Corpus) -> None:
    """Where a curator settled a document, only that is learned; else what each finished."""
    project = corpus.project(ana="annotator", ben="annotator")
    settled, open_ = corpus.document(project), corpus.document(project, name="a2")
    for document in (settled, open_):
        corpus.layer(document, "ana", "done", PERSON=[(0, 3)])
        corpus.layer(document, "ben", "done", ORG=[(0, 3)])
    gold = corpus.layer(settled, "cyd", "done", PERSON=[(0, 3), (8, 11)])
    with transaction():
        db.session.get_one(Layer, gold.id).gold = True
    learned = [
        (record.document.id, record.layer.annotator) for record in exports.training_records(project)
    ]
    assert learned == [("a1", "cyd"), ("a2", "ana"), ("a2", "ben")]


def test_the_expected_gain_follows_the_logarithm() -> None:
    """Scores that rise with the logarithm of the documents give the gain that it has."""
    points = [(20, 0.5), (40, 0.6), (80, 0.7)]
    assert versions.expected_gain(points, more=80) == pytest.approx(0.1)
    assert versions.expected_gain(points[:2]) is None
    assert versions.expected_gain([(20, 0.7), (40, 0.6), (80, 0.5)]) == 0.0
