"""How the work goes on: paces, days, times, labels and suggestions, as the counters tell."""

from datetime import timedelta

import pytest
from flask import Flask

from labeler import counters, progress, work
from labeler.models import Project
from tests.conftest import NOW, Corpus


@pytest.fixture
def project(corpus: Corpus) -> Project:
    """Return a project where ana submitted six documents and ben one."""
    made = corpus.project(ana="annotator", ben="annotator")
    times = (20, 40, 60, 80, 100, 600)
    for number, seconds in enumerate(times):
        document = corpus.document(made, name=str(number))
        layer = corpus.layer(document, "ana", PERSON=[(0, 3)], ORG=[(8, 11)] if number else [])
        day = NOW - timedelta(days=number % 2)
        work.set_state(layer, {"status": "done", "seconds": seconds}, day)
        if number == 0:
            other = corpus.layer(document, "ben", ORG=[(0, 3)])
            work.set_state(other, {"status": "done", "seconds": 30, "flag": "odd"}, NOW)
    corpus.document(made, name="untouched")
    return made


def test_pace_is_told_by_person(any_app: Flask, project: Project) -> None:
    """Documents per hour come from the time measured, and only from five documents on."""
    paces = progress.paces(project)
    assert (paces["ana"].documents, paces["ana"].seconds, paces["ana"].median) == (6, 900, 70)
    assert paces["ana"].per_hour == pytest.approx(24)
    assert paces["ana"].entities == 11
    assert (paces["ben"].per_hour, paces["ben"].median, paces["ben"].flagged) == (None, 30, 1)


def test_what_remains_is_told_only_from_enough(any_app: Flask, project: Project) -> None:
    """Hours left are documents left times the mean time; too few timed say nothing."""
    paces = progress.paces(project)
    told = progress.forecast(70, paces.values())
    assert told.hours == pytest.approx(70 * 930 / 7 / 3600)
    assert progress.forecast(70, [paces["ben"]]).hours is None
    assert progress.finishers(project) == {2: 1, 1: 5}


def test_days_and_times_add_up(any_app: Flask, project: Project, corpus: Corpus) -> None:
    """Each document stands on its day and in its class of time, days without any as well."""
    days = progress.days(project, None, NOW.date(), count=3)
    assert [(day.documents, day.entities) for day in days] == [(0, 0), (3, 6), (4, 6)]
    own = progress.days(project, corpus.person("ben"), NOW.date(), count=3)
    assert [day.documents for day in own] == [0, 0, 1]
    assert sum(count for _, count in progress.durations(project)) == 7
    assert dict(progress.durations(project))["8–16 min"] == 1


def test_labels_are_those_of_finished_layers(
    any_app: Flask, project: Project, corpus: Corpus
) -> None:
    """The labels of an open layer do not count yet; one person's can be told apart."""
    document = corpus.document(project, name="open")
    corpus.layer(document, "ben", GPE=[(0, 3)])
    assert progress.labels(project)["entities"] == {"PERSON": 6, "ORG": 6}
    assert progress.labels(project, corpus.person("ben"))["entities"] == {"ORG": 1}


def test_words_labeled_in_two_ways_are_found(
    any_app: Flask, project: Project, corpus: Corpus
) -> None:
    """Same words, two labels of one person: told with counts, and a place of the rarer one."""
    document = corpus.document(project, name="varied")
    corpus.layer(document, "ana", "done", GPE=[(8, 11)])
    [found] = progress.variations(project, corpus.person("ana"))
    assert (found.words, dict(found.labels)) == ("Bob", {"ORG": 5, "GPE": 1})
    assert found.document_id == document.id
    assert progress.variations(project, corpus.person("ben")) == []


def test_a_project_without_work_has_progress_too(any_app: Flask, corpus: Corpus) -> None:
    """Nothing submitted is zero everywhere, and no error."""
    empty = corpus.project("empty")
    assert progress.paces(empty) == {}
    assert progress.finishers(empty) == {}
    assert progress.receptions(empty) == []
    assert progress.forecast(0, []).hours is None
    assert {count for _, count in progress.durations(empty)} == {0}


def test_counts_open_what_they_are_made_of(
    any_app: Flask, project: Project, corpus: Corpus
) -> None:
    """Each counter is listed once, in parts as well as whole, and is the sum of its layers."""
    whole = progress.counts(project, None)
    parts: list[progress.Count] = []
    while more := progress.counts(project, None, parts[-1].counter if parts else "", 3):
        parts += more
    assert parts == whole
    assert {one.counter: one.count for one in whole}["entity ORG"] == 6
    for one in whole:
        assert counters.total(project, [one.counter]) == one.count
        assert sum(each.amount for each in counters.shares(project, [one.counter])) == one.count
    own = progress.counts(project, corpus.person("ben"))
    assert {one.counter: one.count for one in own}["entity ORG"] == 1
