"""What the pages hold against: forged requests, hostile words, guessing, foreign addresses."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from labeler import accounts, jobs, projects
from labeler.app import create_app
from labeler.errors import Problem
from labeler.jobs import journal
from labeler.models import Document, Project, db, transaction
from labeler.models.documents import text_sha256
from labeler.web import auth
from tests.conftest import SHARED, Corpus, settings
from tests.test_accounts import GOOD
from tests.web.pages import PAGES, POSTS, Client, rule_of, values_of

Signed = Callable[[str], FlaskClient]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>"


def naughty() -> list[str]:
    """Return strings that broke other programs."""
    path = SHARED / "data" / "naughty-strings" / "blns.json"
    if not path.is_file():
        pytest.skip("the naughty strings are not on this machine")
    return [line for line in json.loads(path.read_text()) if line.strip() and "\0" not in line]


@pytest.fixture
def site(corpus: Corpus, tmp_path: Path) -> dict[str, Any]:
    """Return the values of addresses on a site whose words are all hostile."""
    project = corpus.project(max="manager", root="manager")
    corpus.person("root").role = "admin"
    meta = {"title": HOSTILE, "date": HOSTILE}
    with transaction() as session:
        project.title, project.guidelines = HOSTILE, f"{HOSTILE}\n\n[x](javascript:alert(1))"
        document = Document(
            project_id=project.id,
            name=HOSTILE,
            text=HOSTILE,
            sha256=text_sha256(HOSTILE),
            meta=meta,
        )
        session.add(document)
        job = jobs.enqueue("none", HOSTILE, project_id=project.id)
        journal.tell(job.id, [Problem(HOSTILE, file=HOSTILE)])
        journal.log(job.id, HOSTILE)
    layer = corpus.layer(document, "max", "done", PERSON=[(0, 3)])
    return {**values_of(layer, tmp_path, HOSTILE), "job_id": job.id, "export_id": 1}


def inline(answer: TestResponse) -> list[str]:
    """Return what the policy of an answer blocks in it: handlers, styles and scripts of a page.

    A style or script within the page is let through only where the policy names its checksum.
    """
    page = shown(answer)
    within = re.findall(r"<(style|script)\b([^>]*)>(.*?)</\1>", page, re.DOTALL)
    own = [part for _, opened, part in within if "src=" not in opened and "json" not in opened]
    policy = answer.headers["Content-Security-Policy"]
    blocked = [part[:80] for part in own if checksum(part) not in policy]
    tags = re.findall(r"<[a-zA-Z][^>]*>", re.sub(r"(?s)<(style|script)\b.*?</\1>", "", page))
    attributes = [t for t in tags if re.search(r"\s(style|on\w+)\s*=", re.sub(r'"[^"]*"', '""', t))]
    return [*blocked, *attributes]


def checksum(part: str) -> str:
    """Return how a policy names a style or script that stands within a page."""
    return f"'sha256-{b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"


def shown(answer: TestResponse) -> str:
    """Return what a browser would show as a page: nothing of a file that it would save."""
    return answer.text if answer.mimetype == "text/html" else ""


def test_every_answer_carries_a_strict_policy(
    app: Flask, site: dict[str, Any], signed_in: Signed
) -> None:
    """Pages, errors, files and the API come with a policy that allows nothing inline."""
    client = signed_in("root")
    addresses = [rule_of(app, name, "GET", site) for name in PAGES]
    for address in [*addresses, "/nothing", "/static/css/base.css", "/api/v1/projects/news"]:
        with client.get(address) as answer:
            answer.get_data()
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, address
        assert "unsafe" not in policy, address
        assert policy.count("sha256-") == 2, address  # of the first frame of a text
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address


def test_no_page_has_anything_inline_or_from_elsewhere(
    app: Flask, site: dict[str, Any], signed_in: Signed
) -> None:
    """No page has style or script within it but ours, and none loads from another site."""
    client = signed_in("root")
    for name in PAGES:
        answer = client.get(rule_of(app, name, "GET", site))
        page = shown(answer)
        assert inline(answer) == [], name
        loaded = re.findall(r'<(?:script|link|img)\b[^>]*(?:src|href)="([^"]*)"', page)
        own = ("/static/", "/api/v1/documents/")
        assert [a for a in loaded if not a.startswith(own)] == [], name


NUMBERS = (
    "after",
    "before",
    "by",
    "document",
    "end",
    "from",
    "job",
    "person",
    "start",
    "version",
    "with",
)


@pytest.mark.parametrize("sent", ["9" * 30, "-" + "9" * 30, str(2**31), "1e9", "½"])
def test_numbers_that_nothing_can_have_break_no_page(
    app: Flask, site: dict[str, Any], signed_in: Signed, sent: str
) -> None:
    """A number in an address that no table could hold is taken as none."""
    client = signed_in("root")
    for name in PAGES:
        address = rule_of(app, name, "GET", site)
        answer = client.get(address, query_string=dict.fromkeys(NUMBERS, sent))
        assert answer.status_code < 500, address


def test_hostile_words_are_shown_as_words(
    app: Flask, site: dict[str, Any], signed_in: Signed
) -> None:
    """A title, a name or guidelines with HTML in them do nothing."""
    client = signed_in("root")
    for name in PAGES:
        page = shown(client.get(rule_of(app, name, "GET", site)))
        assert "<script>alert" not in page, name
        assert "<img src=x" not in page, name
        assert 'href="javascript:' not in page, name
    assert "&lt;script&gt;" in client.get("/projects/news/guidelines").text


def test_naughty_strings_go_through_the_settings(
    corpus: Corpus, signed_in: Signed, app: Flask
) -> None:
    """What was typed stands on the page as typed, and nothing of it becomes a tag."""
    corpus.project(max="manager")
    client = Client(signed_in("max"))
    form = {"language": "en", "suggester": "rulers"}
    for line in naughty()[::12]:
        answer = client.post("/projects/news/settings", {**form, "title": "T", "guidelines": line})
        assert answer.status_code == 302, line
        assert inline(client.get("/projects/news/guidelines")) == []
        db.session.expire_all()
        assert projects.find("news").guidelines.split() == line.split()


@pytest.mark.parametrize("endpoint", POSTS)
def test_no_form_is_taken_without_its_token(
    app: Flask, site: dict[str, Any], signed_in: Signed, endpoint: str
) -> None:
    """A request that another site makes with the session's cookie is refused."""
    answer = signed_in("root").post(rule_of(app, endpoint, "POST", site), data=POSTS[endpoint])
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "\t//x"],
)
def test_signing_in_leads_to_this_site_only(app: Flask, corpus: Corpus, target: str) -> None:
    """A link to the sign-in page cannot lead elsewhere afterwards."""
    corpus.person("ana", password=GOOD)
    client = Client(app.test_client())
    form = {"name": "ana", "password": GOOD}
    answer = client.post("/sign-in", form, query_string={"next": target})
    assert answer.location == "/"


def test_signing_in_leads_back(app: Flask, corpus: Corpus) -> None:
    """Who is asked to sign in comes to the page they wanted."""
    corpus.project(ana="annotator")
    corpus.person("ana")
    user = corpus.person("ben", password=GOOD)
    assert user.password_hash
    client = app.test_client()
    asked = client.get("/account?x=1")
    assert asked.location == "/sign-in?next=/account?x%3D1"
    form = {"name": "ben", "password": GOOD}
    assert Client(client).post(asked.location, form).location == "/account?x=1"


def test_guessing_is_slowed_down(tmp_path: Path) -> None:
    """The eleventh try within a minute is refused, even with the right password."""
    app = create_app(replace(settings(tmp_path), testing=False))
    with app.app_context():
        accounts.add_user("ana", password=GOOD)
    client = Client(app.test_client())
    try:
        wrong = {"name": "ana", "password": ""}  # each counts, and none waits for a hash
        tries = [client.post("/sign-in", wrong).status_code for _ in range(11)]
        right = client.post("/sign-in", {"name": "ana", "password": GOOD})
    finally:
        auth.limiter.enabled = False
        with app.app_context():
            db.engine.dispose()
    assert tries == [422] * 10 + [429]
    assert right.status_code == 429
    assert "Too many tries" in right.text


def test_a_wrong_password_and_an_unknown_name_look_alike(app: Flask, corpus: Corpus) -> None:
    """The sign-in page tells nobody who has an account."""
    corpus.person("ana", password=GOOD)
    client = Client(app.test_client())
    pages = [
        client.post("/sign-in", {"name": name, "password": "wrong"}).text.replace(name, "")
        for name in ("ana", "nobody")
    ]
    tokens = [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]
    assert tokens[0] == tokens[1]
    assert "do not belong together" in pages[0]


def test_a_new_password_needs_the_one_so_far_and_ends_sessions(
    app: Flask, corpus: Corpus, signed_in: Signed
) -> None:
    """A session left open does not let a passer-by take the account over."""
    corpus.person("ana", password=GOOD)
    other = signed_in("ana")
    client = Client(signed_in("ana"))
    new = "seven quiet lanterns upriver"
    refused = client.post("/account", {"current": "wrong", "password": new})
    assert "not your password" in refused.text
    assert client.post("/account", {"current": GOOD, "password": new}).status_code == 302
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_a_token_is_shown_once_and_can_be_revoked(
    app: Flask, corpus: Corpus, signed_in: Signed
) -> None:
    """A token works from when it is shown until it is revoked, and is never shown again."""
    corpus.project(ana="annotator")
    client = Client(signed_in("ana"))
    form = {"title": "export", "scope": "read", "days": "9"}
    [token] = re.findall(r"lab_[\w-]+", client.post("/account/tokens", form).text)
    page = client.get("/account").text
    assert token not in page
    headers = {"Authorization": f"Bearer {token}"}
    program = app.test_client()
    assert program.get("/api/v1/projects/news", headers=headers).status_code == 200
    [kept] = re.findall(r'name="token" value="(\w+)"', page)
    client.post("/account/tokens/revoke", {"token": kept})
    assert program.get("/api/v1/projects/news", headers=headers).status_code == 401


def test_a_sign_in_link_is_shown_once_and_works_once(
    app: Flask, corpus: Corpus, signed_in: Signed
) -> None:
    """An admin's link lets the person in, the first time."""
    corpus.person("root", role="admin")
    ana = corpus.person("ana")
    page = Client(signed_in("root")).post(f"/users/{ana.id}/link", {}).text
    [link] = re.findall(r'value="http://localhost(/sign-in/[\w-]+)"', page)
    assert app.test_client().get(link).status_code == 302
    assert app.test_client().get(link).status_code == 403


def test_a_project_of_hostile_names_is_refused(corpus: Corpus, signed_in: Signed) -> None:
    """An address that could not stand in a link or a folder makes no project."""
    corpus.person("root", role="admin")
    client = Client(signed_in("root"))
    form = {"title": "T", "language": "en", "start": "empty", "suggester": "rulers"}
    for slug in ("../x", "a/b", "A", "-a", "a b", "new", "é", "x" * 61, "."):
        page = client.post("/projects/new", {**form, "slug": slug}).text
        assert "Use 1 to 60 small letters" in page, slug
    assert db.session.query(Project).count() == 0


def test_a_nul_is_refused_wherever_it_is_sent(any_app: Flask, corpus: Corpus) -> None:
    """Neither database is asked to hold what it cannot: no page breaks."""
    corpus.project(max="manager")
    corpus.person("max", password=GOOD)
    client = Client(any_app.test_client())
    form = {"name": "max\0", "password": GOOD}
    assert client.post("/sign-in", form).status_code == 422
    for address in ("/projects/%00", "/projects/news/documents?q=%00", "/%00"):
        assert client.get(address).status_code == 422


def test_managers_cannot_ask_for_people_by_number(corpus: Corpus, signed_in: Signed) -> None:
    """Who is not in the project stays unknown to its manager."""
    corpus.project(max="manager")
    eve = corpus.person("eve")
    client = Client(signed_in("max"))
    for address in (f"/projects/news/people/{eve.id}", f"/projects/news/people/{eve.id}/remove"):
        answer = client.post(address, {"role": "annotator"})
        assert answer.status_code == 404
        assert "eve" not in answer.text
