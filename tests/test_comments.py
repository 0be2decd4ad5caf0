"""Comments: who may say, see and settle what."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from labeler import comments
from labeler.comments import Reader
from labeler.errors import Conflict, Forbidden, Invalid, LabelerError, NotFound
from labeler.models import Comment, Document, db
from tests.conftest import NOW, Corpus

PEOPLE = {"ana": "annotator", "bo": "annotator", "cy": "curator", "max": "manager"}


@pytest.fixture
def document(any_app: Flask, corpus: Corpus) -> Document:
    """Return a document of a project with two annotators, a curator and a manager."""
    return corpus.document(corpus.project(**PEOPLE), "Ada met Bob.")


def reader(name: str) -> Reader:
    """Return a person of the project as who reads and writes comments."""
    return Reader(Corpus().person(name), PEOPLE[name])  # type: ignore[arg-type]


def say(document: Document, name: str, body: str, **more: Any) -> Comment:
    """Keep a comment under a key of its own."""
    return comments.add(
        document, {"key": f"{name} {body}", "body": body, **more}, reader(name), NOW
    )


def bodies(document: Document, name: str) -> list[str]:
    """Return what a person reads on a document."""
    return [comment.body for comment in comments.seen(document, reader(name))]


def test_a_comment_is_kept_with_who_when_and_where(document: Document) -> None:
    """A comment on a span and one on the document are read again as they were written."""
    say(document, "ana", " Is this a person? \n", start=0, end=3)
    say(document, "ana", "Odd text.")
    on_span, on_document = comments.seen(document, reader("ana"))
    assert (on_span.body, on_span.start, on_span.end) == ("Is this a person?", 0, 3)
    assert (on_span.author.name, on_span.role, on_span.created) == ("ana", "annotator", NOW)
    assert (on_document.start, on_document.end, on_document.resolved) == (None, None, None)


def test_annotators_do_not_see_what_other_annotators_say(document: Document) -> None:
    """Each annotator sees their own words and those of curators; curators see all."""
    mine = say(document, "ana", "from ana")
    say(document, "cy", "cy to ana", parent=mine.id)
    other = say(document, "bo", "from bo")
    say(document, "max", "max to bo", parent=other.id)
    to_all = say(document, "max", "to all")
    say(document, "ana", "ana to all", parent=to_all.id)
    say(document, "bo", "bo to all", parent=to_all.id)
    assert bodies(document, "ana") == ["from ana", "cy to ana", "to all", "ana to all"]
    assert bodies(document, "bo") == ["from bo", "max to bo", "to all", "bo to all"]
    assert len(bodies(document, "cy")) == len(bodies(document, "max")) == 7


def test_what_is_out_of_sight_cannot_be_touched(document: Document, corpus: Corpus) -> None:
    """Answering, resolving and deleting start from a comment that the person may see."""
    hidden = say(document, "bo", "from bo")
    answer = say(document, "cy", "cy to bo", parent=hidden.id)
    for comment in (hidden, answer):
        with pytest.raises(NotFound):
            comments.find(document, comment.id, reader("ana"))
    with pytest.raises(NotFound):
        say(document, "ana", "nosy", parent=hidden.id)
    elsewhere = corpus.document(corpus.project("other"), name="a2")
    with pytest.raises(NotFound):
        comments.find(elsewhere, hidden.id, reader("cy"))


def test_sent_twice_it_is_kept_once(document: Document) -> None:
    """A lost answer doubles nothing: the key tells that it is the same comment."""
    assert say(document, "ana", "once").id == say(document, "ana", "once").id
    assert say(document, "bo", "once").id != say(document, "ana", "once").id
    assert db.session.query(Comment).count() == 2


def test_a_thread_is_resolved_and_opened_again(document: Document) -> None:
    """Who began it or a curator settles it; the first to do so is remembered."""
    thread = say(document, "ana", "why?")
    comments.resolve(thread, True, reader("cy"), NOW)
    comments.resolve(thread, True, reader("ana"), NOW + timedelta(days=1))
    assert (thread.resolved, thread.resolver.name) == (NOW, "cy")  # type: ignore[union-attr]
    assert comments.open_counts([document.id], reader("ana")) == {}
    comments.resolve(thread, False, reader("ana"), NOW)
    assert (thread.resolved, thread.resolver) == (None, None)
    guidance = say(document, "max", "read the guidelines")
    with pytest.raises(Forbidden):
        comments.resolve(guidance, True, reader("ana"), NOW)
    with pytest.raises(Invalid):
        comments.resolve(say(document, "cy", "so", parent=thread.id), True, reader("cy"), NOW)


def test_open_threads_are_counted_as_they_are_seen(document: Document) -> None:
    """Lists count the threads that the person who looks may see, answers not among them."""
    thread = say(document, "ana", "from ana")
    say(document, "cy", "cy to ana", parent=thread.id)
    say(document, "bo", "from bo")
    say(document, "cy", "to all")
    counted = [comments.open_counts([document.id], reader(name)) for name in PEOPLE]
    assert counted == [{document.id: n} for n in (2, 2, 3, 3)]


def test_only_ones_own_unanswered_comments_are_deleted(document: Document) -> None:
    """Deleting takes nobody else's words away."""
    thread = say(document, "ana", "from ana")
    with pytest.raises(Forbidden):
        comments.remove(thread, reader("max"))
    answer = say(document, "cy", "cy to ana", parent=thread.id)
    with pytest.raises(Conflict, match="Resolve it instead"):
        comments.remove(thread, reader("ana"))
    comments.remove(answer, reader("cy"))
    comments.remove(thread, reader("ana"))
    assert bodies(document, "max") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": " "},
        {"body": "x" * (comments.MAX_BODY + 1)},
        {"body": "a\0b"},
        {"body": 7},
        {"key": ""},
        {"key": "a\0"},
        {"start": 0},
        {"start": 3, "end": 3},
        {"start": 0, "end": 13},
        {"start": True, "end": 3},
        {"parent": "1"},
        {"parent": 2**40},
        {"colour": "red"},
    ],
)
def test_what_does_not_fit_is_refused_by_name(document: Document, wrong: dict[str, Any]) -> None:
    """A comment that cannot be kept is refused with the field that is wrong."""
    sent = {"key": "k", "body": "fine", **wrong}
    with pytest.raises(LabelerError) as refused:
        comments.add(document, sent, reader("ana"), NOW)
    assert {problem.path for problem in refused.value.problems} & set(wrong)
    assert db.session.query(Comment).count() == 0


def test_answers_are_one_level_deep(document: Document) -> None:
    """An answer to an answer is refused, in words."""
    thread = say(document, "ana", "a")
    answer = say(document, "ana", "b", parent=thread.id)
    with pytest.raises(Invalid, match="began it"):
        say(document, "ana", "c", parent=answer.id)


def test_a_document_does_not_fill_up_unnoticed(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a bound on the comments of a document."""
    monkeypatch.setattr(comments, "MAX_COMMENTS", 2)
    say(document, "ana", "1")
    say(document, "ana", "2")
    with pytest.raises(Invalid, match="at most 2"):
        say(document, "ana", "3")
