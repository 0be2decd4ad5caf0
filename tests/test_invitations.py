"""Invitations: who may join by a link, as what, and how often."""

from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask

from labeler import accounts, audit, invitations
from labeler.errors import Conflict, Forbidden, Invalid, NotFound
from labeler.models import Invitation, User, db
from tests.conftest import NOW, Corpus

GOOD = "violet tram under seven bridges"


def invite(corpus: Corpus, role: str = "annotator", days: int = 7, uses: int = 2) -> str:
    """Return the token of an invitation into the project `news`, made by max."""
    project = corpus.project(max="manager")
    creator = corpus.person("max")
    return invitations.invite(project, role, days=days, uses=uses, creator=creator, now=NOW)


def test_a_new_person_joins_by_a_link(any_app: Flask, corpus: Corpus) -> None:
    """They have the role of the invitation, the password they chose, and nothing else."""
    token = invite(corpus, "curator")
    assert token not in {row.token_hash for row in db.session.query(Invitation)}
    user = invitations.register(token, "zoe", GOOD, NOW)
    project = invitations.offer(token, NOW).project
    assert accounts.role_in(project, user) == "curator"
    assert not user.is_admin
    assert accounts.verify("zoe", GOOD) == user
    [listed] = invitations.listed(project, NOW)
    assert listed.joined == ["zoe"]
    done = audit.entries(project, action="invitation.accept").rows
    assert [entry.actor for entry in done] == ["zoe"]


def test_an_invitation_works_as_often_as_it_says(any_app: Flask, corpus: Corpus) -> None:
    """Once a person, as many people as wanted, and not after its days or its withdrawal."""
    token = invite(corpus)
    project = invitations.accept(token, corpus.person("ann"), NOW)
    with pytest.raises(Conflict, match="already"):
        invitations.accept(token, corpus.person("ann"), NOW)
    accounts.remove_member(project, corpus.person("ann"))
    with pytest.raises(Forbidden, match="before"):
        invitations.accept(token, corpus.person("ann"), NOW)
    with pytest.raises(Forbidden):
        invitations.offer(token, NOW + timedelta(days=7))
    invitations.accept(token, corpus.person("bob"), NOW)
    with pytest.raises(Forbidden, match="used up"):
        invitations.accept(token, corpus.person("cid"), NOW)
    creator = corpus.person("max")
    other = invitations.invite(project, "curator", days=1, uses=9, creator=creator, now=NOW)
    [listed] = invitations.listed(project, NOW)
    with pytest.raises(NotFound):
        invitations.withdraw(corpus.project("other"), listed.invitation.id)
    invitations.withdraw(project, listed.invitation.id)
    with pytest.raises(Forbidden, match="withdrawn"):
        invitations.offer(other, NOW)
    assert invitations.listed(project, NOW) == []


def test_who_cannot_be_added_uses_nothing_up(any_app: Flask, corpus: Corpus) -> None:
    """A taken name or a weak password leaves no person and no use behind."""
    token = invite(corpus, uses=1)
    with pytest.raises(Conflict):
        invitations.register(token, "max", GOOD, NOW)
    with pytest.raises(Invalid):
        invitations.register(token, "zoe", "password1234", NOW)
    assert db.session.query(User).filter_by(name="zoe").one_or_none() is None
    assert invitations.register(token, "zoe", GOOD, NOW).name == "zoe"


def test_many_at_once_are_not_too_many(any_app: Flask, corpus: Corpus) -> None:
    """Of ten who open a link for two at the same time, two are in."""
    token = invite(corpus)
    people = [corpus.person(f"p{number}").id for number in range(10)]
    refused: list[int] = []

    def join(user_id: int) -> None:
        with any_app.app_context():
            try:
                invitations.accept(token, accounts.user_by_id(user_id), NOW)
            except Forbidden:
                refused.append(user_id)
            db.session.remove()

    threads = [Thread(target=join, args=(user_id,)) for user_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert len(refused) == 8
    assert db.session.query(Invitation).populate_existing().one().used == 2


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("role", "days", "uses"), [("boss", 1, 1), ("annotator", 0, 1), ("annotator", 1, 501)]
)
def test_an_invitation_has_limits(corpus: Corpus, role: str, days: int, uses: int) -> None:
    """Unknown roles, no days and too many people are refused."""
    with pytest.raises(Invalid):
        invite(corpus, role, days, uses)
