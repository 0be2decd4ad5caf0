"""The record of who did what."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from labeler import accounts, audit
from labeler.models import transaction
from tests.conftest import Corpus


def test_a_deed_is_recorded_with_who_when_and_whom(any_app: Flask, corpus: Corpus) -> None:
    """Actor, action, subject and details stand in the record; the command line has no actor."""
    project = corpus.project(ana="manager")
    ben = corpus.person("ben")
    with audit.acting(corpus.person("ana").id):
        accounts.add_member(project, ben, "curator")
    accounts.remove_member(project, ben)
    removed, added = audit.entries(project).rows
    assert (added.actor, added.action, added.subject) == ("ana", "member.change", "ben")
    assert added.details == {"role": "curator"}
    assert (removed.actor, removed.action, removed.subject) == ("", "member.remove", "ben")
    assert added.at <= removed.at


def test_the_record_only_grows(any_app: Flask, corpus: Corpus) -> None:
    """The database itself refuses to change or delete what was recorded."""
    corpus.person("ana")
    for statement in ("UPDATE audit SET subject = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
            session.execute(text(statement))
    assert [entry.subject for entry in audit.entries().rows] == ["ana"]


def test_what_is_undone_is_not_recorded(any_app: Flask, corpus: Corpus) -> None:
    """A deed and its line are one transaction: neither stays without the other."""
    project = corpus.project(ana="manager")
    ben = corpus.person("ben")

    def fail() -> None:
        with transaction():
            accounts.add_member(project, ben, "curator")
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    assert audit.entries(project).rows == []
    assert accounts.role_in(project, ben) is None


def test_the_record_is_paged_and_filtered(any_app: Flask, corpus: Corpus) -> None:
    """Each line is on one page, newest first; actor, action and project each narrow it."""
    project, other = corpus.project(ana="manager"), corpus.project("other")
    ana, ben = corpus.person("ana"), corpus.person("ben")
    for number in range(7):
        with audit.acting((ana if number % 2 else ben).id):
            accounts.add_member(project, ben, "curator")
    accounts.add_member(other, ben, "curator")
    first = audit.entries(project, limit=4)
    last = audit.entries(project, limit=4, before=first.older)
    ids = [entry.id for entry in (*first.rows, *last.rows)]
    assert len(ids) == 7
    assert ids == sorted(ids, reverse=True)
    assert last.older is None
    assert len(audit.entries(project, actor="ana").rows) == 3
    assert audit.entries(project, action="person.add").rows == []
    assert {entry.project for entry in audit.entries(action="member.change").rows} == {
        "news",
        "other",
    }


@pytest.mark.usefixtures("app")
def test_an_action_nobody_knows_is_refused() -> None:
    """What has no words for people cannot be recorded."""
    with pytest.raises(ValueError, match="add it to ACTIONS"):
        audit.record("nothing.known")


def test_whoever_asks_is_the_actor(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """What is done by a page is recorded as done by the person signed in."""
    from tests.web.pages import Client

    project = corpus.project(max="manager")
    client = Client(signed_in("max"))
    form = {"title": "Newer", "language": "en", "suggester": "rulers"}
    answer = client.post("/projects/news/settings", form)
    assert answer.status_code == 302, answer.text
    done = [(entry.actor, entry.action) for entry in audit.entries(project).rows]
    assert done == [("max", "project.suggester"), ("max", "project.settings")]
    assert audit.entries(action="person.sign_in").rows[0].actor == "max"


def test_the_page_stands_among_the_settings(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """The header tells where one is on the pages that are reached from others as well."""
    corpus.project(max="manager")
    client, person = signed_in("max"), corpus.person("max").id
    page = client.get("/projects/news/audit").text
    assert '<a href="/projects/news/audit" aria-current="page">Audit log</a>' in page
    for address in (f"/projects/news/progress/{person}", "/projects/news/progress/counted"):
        page = client.get(address).text
        assert '<a href="/projects/news" aria-current="page">Overview</a>' in page
