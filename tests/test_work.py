"""What is listed for whom: pages of documents, searches, how far people are."""

from typing import Any

import pytest
from flask import Flask

from labeler import work
from labeler.models import Document, Project, User, transaction
from labeler.models.documents import text_sha256
from tests.conftest import Corpus

STATUSES: tuple[Any, ...] = ("open", "done", "skipped", None)


@pytest.fixture
def shelf(any_app: Flask, corpus: Corpus) -> tuple[Project, User, dict[int, str | None]]:
    """Return a project of 23 documents, its annotator, and the status of each document."""
    project = corpus.project(ana="annotator", ben="annotator")
    other = corpus.project("other", ana="annotator")
    statuses: dict[int, str | None] = {}
    for number in range(23):
        corpus.document(other, name=f"x{number}")
        document = corpus.document(project, name=f"a{number:02}")
        statuses[document.id] = STATUSES[number % 7 % 4]
        if statuses[document.id]:
            corpus.layer(document, "ana", statuses[document.id], PERSON=[(0, 3)])
        corpus.layer(document, "ben", "done", ORG=[(0, 3), (4, 7)])
    return project, corpus.person("ana"), statuses


Shelf = tuple[Project, User, dict[int, str | None]]


@pytest.mark.parametrize("status", [None, "open", "done", "skipped", work.UNOPENED])
@pytest.mark.parametrize("limit", [1, 4, 23, 50])
def test_pages_reach_every_document_once_in_both_directions(
    shelf: Shelf, status: str | None, limit: int
) -> None:
    """Forward and backward, the pages hold just the documents of the status, in order."""
    project, ana, statuses = shelf
    wanted = [
        key
        for key, own in statuses.items()
        if status is None or own == (None if status == work.UNOPENED else status)
    ]
    seen: list[int] = []
    page = work.browse(project, ana, status=status, limit=limit)
    pages = [page]
    while page.after:
        page = work.browse(project, ana, after=page.after, status=status, limit=limit)
        pages.append(page)
    for page in pages:
        seen += [row.id for row in page.rows]
    assert seen == wanted
    back = [row.id for row in pages[-1].rows]
    while page.before:
        page = work.browse(project, ana, before=page.before, status=status, limit=limit)
        back = [*(row.id for row in page.rows), *back]
    assert back == wanted


def test_rows_tell_of_ones_own_layer_only(shelf: Shelf) -> None:
    """Status and counts are the person's, whatever others did."""
    project, ana, statuses = shelf
    for row in work.browse(project, ana).rows:
        assert row.status == statuses[row.id]
        assert row.entities == (1 if row.status else 0)


def test_standings_count_everybody(shelf: Shelf, corpus: Corpus) -> None:
    """Members without work and workers without membership are both told."""
    project, _, statuses = shelf
    corpus.layer(corpus.document(project, name="last"), "eve", "done")
    told = {one.name: one for one in work.standings(project)}
    values = list(statuses.values())
    assert (told["ana"].done, told["ana"].open) == (values.count("done"), values.count("open"))
    assert (told["ben"].done, told["ben"].role) == (23, "annotator")
    assert (told["eve"].done, told["eve"].role) == (1, None)


def test_progress_of_several_projects_is_that_of_each(shelf: Shelf) -> None:
    """The quick way to count agrees with the one for a single project."""
    project, ana, _ = shelf
    assert work.progress_by_project([project.id], ana) == {project.id: work.progress(project, ana)}


def test_search_finds_names_and_titles(any_app: Flask, corpus: Corpus) -> None:
    """The start of a name as typed is found, and words of a title by their beginnings."""
    project = corpus.project()
    ana = corpus.person()
    titles = {"a_1": "Élan in Łódź", "a%2": "100 % sure", "b": "élan again", "A3": "", "ａ": "x"}
    with transaction() as session:
        for name, title in titles.items():
            meta = {"title": title} if title else {}
            row = Document(
                project_id=project.id, name=name, text="x", sha256=text_sha256("x"), meta=meta
            )
            session.add(row)

    def found(words: str, **options: Any) -> list[str]:
        return [row.name for row in work.search(project, ana, words, **options)]

    assert found("a") == ["a%2", "a_1", "b"]
    assert found("a_") == ["a_1", "b"]
    assert found("ÉLAN") == ["a_1", "b"]
    assert found("agai éla") == ["b"]
    assert found("100") == ["a%2"]
    assert found("łódź") == ["a_1"]
    assert found("lan") == found("nothing") == found("%") == []
    assert found("b", status="done") == []
    assert found("a", limit=1) == ["a%2"]
