"""People: names, passwords, links and tokens."""

from datetime import timedelta

import pytest
from flask import Flask

from labeler import accounts
from labeler.errors import Conflict, Forbidden, Invalid, NotFound
from labeler.models import ApiToken, SigninLink, db
from tests.conftest import NOW, Corpus

GOOD = "violet tram under seven bridges"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name", ["", "a b", "a/b", "<b>", "x" * 81, "a\n"])
def test_a_name_is_plain(name: str) -> None:
    """What could not stand in an address or a file is no name."""
    with pytest.raises(Invalid):
        accounts.add_user(name)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least"),
        ("x" * 201, "at most"),
        ("password1234", "guess"),
        ("anaanaanaana", "guess"),
    ],
)
def test_a_weak_password_is_refused_in_a_sentence(password: str, reason: str) -> None:
    """Too short, too long and easy to guess are each told."""
    with pytest.raises(Invalid, match=reason):
        accounts.add_user("ana", password=password)


@pytest.mark.usefixtures("app")
def test_only_the_right_password_signs_in() -> None:
    """Wrong passwords, unknown names and people without a password or inactive are refused."""
    user = accounts.add_user("ana", password=GOOD)
    accounts.add_user("ben")
    assert accounts.verify("ana", GOOD) == user
    assert accounts.verify("ana", GOOD + " ") is None
    assert accounts.verify("ben", "") is None
    assert accounts.verify("nobody", GOOD) is None
    user.active = False
    db.session.commit()
    assert accounts.verify("ana", GOOD) is None


@pytest.mark.usefixtures("app")
def test_a_password_is_kept_as_a_hash_only() -> None:
    """The stored value is an Argon2 hash."""
    user = accounts.add_user("ana", password=GOOD)
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$")


@pytest.mark.usefixtures("app")
def test_a_name_is_taken_once() -> None:
    """A second person of one name is refused."""
    accounts.add_user("ana")
    with pytest.raises(Conflict):
        accounts.add_user("ana")
    with pytest.raises(NotFound):
        accounts.find_user("ben")


def test_a_link_signs_in_once_and_for_a_day(any_app: Flask, corpus: Corpus) -> None:
    """Used, expired and made-up links are refused; no link is kept in clear."""
    user = corpus.person("ana")
    token = accounts.signin_token(user.id, NOW)
    assert token not in {link.token_hash for link in db.session.query(SigninLink)}
    assert accounts.use_signin_token(token, NOW + timedelta(hours=23)).id == user.id
    old = accounts.signin_token(user.id, NOW)
    for wrong, when in ((token, NOW), (old, NOW + timedelta(hours=25)), ("made-up", NOW)):
        with pytest.raises(Forbidden):
            accounts.use_signin_token(wrong, when)


@pytest.mark.usefixtures("app")
def test_a_token_acts_for_its_person_while_they_are_active(corpus: Corpus) -> None:
    """A token is known by its hash, and dies with its person's activity."""
    user = corpus.person("ana")
    token = accounts.api_token(user)
    assert token not in {known.token_hash for known in db.session.query(ApiToken)}
    assert accounts.use_token(token) == (user, "manage")
    assert accounts.use_token(token + "x") is None
    user.active = False
    db.session.commit()
    assert accounts.use_token(token) is None


@pytest.mark.usefixtures("app")
def test_roles_include_those_below(corpus: Corpus) -> None:
    """A manager may what a curator may, a curator what an annotator may; admins may all."""
    project = corpus.project(ana="annotator", cy="curator", max="manager")
    corpus.person("root", role="admin")
    corpus.person("eve")
    may = {
        name: [accounts.may(project, corpus.person(name), role) for role in accounts.ROLES]
        for name in ("ana", "cy", "max", "root", "eve")
    }
    assert may == {
        "ana": [True, False, False],
        "cy": [True, True, False],
        "max": [True, True, True],
        "root": [True, True, True],
        "eve": [False, False, False],
    }


def test_a_token_ends_when_it_was_to(any_app: Flask, corpus: Corpus) -> None:
    """A token with a term acts until its end and not after, with the scope it was given."""
    user = corpus.person()
    token = accounts.api_token(user, scope="read", days=2, now=NOW)
    assert accounts.use_token(token, NOW + timedelta(days=1)) == (user, "read")
    assert accounts.use_token(token, NOW + timedelta(days=2)) is None
