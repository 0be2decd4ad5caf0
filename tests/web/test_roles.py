"""Who may see and do what: every route, for every role."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import accounts, invitations, transfer
from labeler.models import Export, Project, User, db
from labeler.models.database import now
from labeler.web.openapi import describe
from tests.conftest import Corpus
from tests.web.pages import PAGES, POSTS, Client, rule_of, values_of

PEOPLE = ("nobody", "stranger", "ana", "cy", "max", "root")
"""Nobody signed in; a member of the site; annotator, curator and manager of a project; an admin."""

MAY: dict[str, tuple[str, ...]] = {
    "public": PEOPLE,
    "member": PEOPLE[1:],
    "annotator": PEOPLE[2:],
    "curator": PEOPLE[3:],
    "manager": PEOPLE[4:],
    "admin": PEOPLE[5:],
}


@pytest.fixture
def site(app: Flask, corpus: Corpus, tmp_path: Path) -> dict[str, Any]:
    """Return the values of addresses on a site with one of everything."""
    project = corpus.project(ana="annotator", cy="curator", max="manager")
    corpus.person("root", role="admin")
    corpus.person("stranger")
    document = corpus.document(project)
    layer = corpus.layer(document, "ana", status="done", PERSON=[(0, 3)])
    transfer.export(project, "jsonl", layer="ana", made_by="max")
    return {**values_of(layer, tmp_path), "export_id": db.session.query(Export).one().id}


def who_of(app: Flask, endpoint: str) -> str:
    """Return who may use a route, as it says itself."""
    return str(getattr(app.view_functions[endpoint], "who", "unsaid"))


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    """No page or API route comes without a word on who may use it."""
    unsaid = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and who_of(app, rule.endpoint) not in MAY
    ]
    assert unsaid == []


def test_every_page_and_form_is_tried(app: Flask) -> None:
    """The table of this test knows every route that is not the API's."""
    routes = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}  # type: ignore[operator]
        if not rule.endpoint.startswith(("static", "api."))
    }
    known = {("GET", name) for name in PAGES} | {("POST", name) for name in POSTS}
    assert routes == known


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_open_for_whom_they_are(
    app: Flask, site: dict[str, Any], signed_in: Callable[[str], FlaskClient], name: str
) -> None:
    """A page opens for the roles it says, and for nobody else."""
    client = app.test_client() if name == "nobody" else signed_in(name)
    wrong = {}
    for endpoint in PAGES:
        answer = client.get(rule_of(app, endpoint, "GET", site))
        if _allowed(answer) != (name in MAY[who_of(app, endpoint)]):
            wrong[endpoint] = answer.status
    assert wrong == {}


@pytest.mark.parametrize("name", PEOPLE)
def test_changes_are_for_whom_they_are(
    app: Flask, site: dict[str, Any], signed_in: Callable[[str], FlaskClient], name: str
) -> None:
    """A change is taken from the roles it is for, and refused to everybody else."""
    wrong = {}
    for endpoint, form in POSTS.items():
        client = Client(app.test_client() if name == "nobody" else signed_in(name))
        answer = client.post(rule_of(app, endpoint, "POST", site), form)
        if _allowed(answer) != (name in MAY[who_of(app, endpoint)]):
            wrong[endpoint] = answer.status
    assert wrong == {}


def _allowed(answer: Any) -> bool:
    """Tell whether somebody was let in; a made-up link is refused to everybody."""
    if any(words in answer.data for words in (b"sign-in link was used", b"This invitation does")):
        return True
    to_sign_in = answer.status_code == 302 and "/sign-in?next=" in answer.location
    return answer.status_code not in (401, 403, 404) and not to_sign_in


def test_projects_of_others_are_not_told_from_none(
    app: Flask, site: dict[str, Any], signed_in: Callable[[str], FlaskClient]
) -> None:
    """Who is no member gets the same answer for a project that is there as for none."""
    client = signed_in("stranger")
    there, none = client.get("/projects/news"), client.get("/projects/nothing")
    assert there.status_code == none.status_code == 404
    # The token of a form holds the second at which it was made.
    signed = r'name="csrf_token" value="[^"]+"'
    assert re.sub(signed, "", there.text) == re.sub(signed, "", none.text)


def test_an_annotator_sees_only_their_own_progress(
    app: Flask, site: dict[str, Any], signed_in: Callable[[str], FlaskClient]
) -> None:
    """The overview names everybody to curators, and only the person to an annotator."""
    assert ">cy<" not in signed_in("ana").get("/projects/news").text
    assert ">ana<" in signed_in("cy").get("/projects/news").text


def test_an_export_of_another_project_stays_closed(
    corpus: Corpus, site: dict[str, Any], signed_in: Callable[[str], FlaskClient]
) -> None:
    """A manager reaches no export by the address of their own project."""
    corpus.project("other", boss="manager")
    address = f"/projects/other/exports/{site['export_id']}"
    client = signed_in("boss")
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/download").status_code == 404


def test_the_last_admin_stays(
    app: Flask, site: dict[str, Any], signed_in: Callable[[str], FlaskClient]
) -> None:
    """The site cannot be left without anybody to run it."""
    root = db.session.query(User).filter_by(name="root").one().id
    client = Client(signed_in("root"))
    answer = client.post(f"/users/{root}", {"role": "member", "active": "y"})
    assert "last admin" in answer.text
    assert accounts.user_by_id(root).is_admin


def test_a_session_ends_with_the_right_to_sign_in(
    site: dict[str, Any], signed_in: Callable[[str], FlaskClient]
) -> None:
    """Whom an admin shuts out is out at once."""
    ana = db.session.query(User).filter_by(name="ana").one().id
    inside = signed_in("ana")
    assert inside.get("/").status_code == 200
    Client(signed_in("root")).post(f"/users/{ana}", {"role": "member"})
    assert inside.get("/").status_code == 302


def test_one_who_leaves_keeps_their_layers(
    site: dict[str, Any], signed_in: Callable[[str], FlaskClient]
) -> None:
    """Removing a member removes nothing they made."""
    ana = db.session.query(User).filter_by(name="ana").one().id
    Client(signed_in("max")).post(f"/projects/news/people/{ana}/remove", {})
    page = signed_in("max").get("/projects/news").text
    assert "No longer a member" in page
    assert signed_in("ana").get("/projects/news").status_code == 404


def test_a_download_holds_the_export_and_nothing_else(
    app: Flask, site: dict[str, Any], signed_in: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    """The archive has the files of the folder, and follows no link out of it."""
    import io
    import zipfile

    folder = Path(db.session.query(Export).one().folder)
    (tmp_path / "secret").write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    address = f"/projects/news/exports/{site['export_id']}/download"
    answer = signed_in("max").get(address)
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    expected = {f"{folder.name}/{p.name}" for p in folder.iterdir() if p.name != "link"}
    assert set(archive.namelist()) == expected
    assert archive.testzip() is None


# ---- the API ---------------------------------------------------------------------------------

OWN_ONLY = {"api.patch_layer", "api.post_edits"}
"""Routes that change a layer: nobody but its annotator may, whatever their role."""


def _methods(app: Flask) -> list[tuple[str, str]]:
    """Return every endpoint of the API with each of its methods."""
    return [
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint.startswith("api.")
    ]


@pytest.mark.parametrize("name", PEOPLE)
def test_the_api_is_for_whom_it_is(app: Flask, site: dict[str, Any], name: str) -> None:
    """A route of the API answers the roles it says, by token as well, and nobody else."""
    headers = {} if name == "nobody" else _bearer(name)
    client, wrong = app.test_client(), {}
    for endpoint, method in _methods(app):
        address = rule_of(app, endpoint, method, site)
        answer = client.open(address, method=method, headers=headers, data=b"{}")
        may = name in ({"ana"} if endpoint in OWN_ONLY else MAY[who_of(app, endpoint)])
        message = (answer.get_json(silent=True) or {}).get("message", "")
        kept_out = ("no such page, or it is not yours to see", "somebody else's")
        found = answer.status_code not in (401, 403) and not any(
            words in message for words in kept_out
        )
        if found != may:
            wrong[f"{method} {endpoint}"] = answer.status
    assert wrong == {}


def _bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {accounts.api_token(accounts.find_user(name))}"}


def test_an_annotator_reaches_nothing_of_another(
    app: Flask, corpus: Corpus, site: dict[str, Any]
) -> None:
    """Another annotator of the project finds no layer, no history and no progress of ana's."""
    project = db.session.query(Project).one()
    accounts.add_member(project, corpus.person("bea"), "annotator")
    client, bearer = app.test_client(), _bearer("bea")
    layer = f"/api/v1/layers/{site['layer_id']}"
    for method, address in (
        ("GET", layer),
        ("GET", f"{layer}/edits"),
        ("PATCH", layer),
        ("POST", f"{layer}/edits"),
        ("GET", f"/projects/news/progress/{site['user_id']}"),
        ("GET", f"/projects/news/exports/{site['export_id']}"),
        ("GET", f"/projects/news/exports/{site['export_id']}/download"),
        ("GET", "/projects/news/audit"),
    ):
        answer = client.open(address, method=method, headers=bearer, data=b"{}")
        assert answer.status_code in (403, 404), address
    document = f"/api/v1/documents/{site['document_id']}"
    for address in (f"{document}/work", document, "/projects/news", "/projects/news/documents"):
        told = client.get(address, headers=bearer).text
        assert "PERSON-0-3" not in told, address
        assert ">ana<" not in told, address


# ---- coming and going ------------------------------------------------------------------------


def test_an_invitation_is_the_only_way_to_register(
    app: Flask, site: dict[str, Any], signed_in: Callable[[str], FlaskClient]
) -> None:
    """Somebody new chooses a name and a password on the page of the link, and is in."""
    project = db.session.query(Project).one()
    creator = accounts.find_user("max")
    token = invitations.invite(project, "annotator", days=1, uses=2, creator=creator, now=now())
    new = Client(app.test_client())
    form = {"name": "zoe", "password": "violet tram under seven bridges"}
    assert new.post("/join/made-up", form).status_code == 403
    weak = new.post(f"/join/{token}", {**form, "password": "password12"})
    assert "easy to guess" in weak.text
    assert new.post(f"/join/{token}", form).status_code == 302
    assert new.get("/projects/news").status_code == 200
    known = Client(signed_in("stranger"))
    assert "Join as stranger" in known.get(f"/join/{token}").text
    assert known.post(f"/join/{token}/accept", {}).status_code == 302
    assert known.get("/projects/news").status_code == 200
    assert new.client.get(f"/join/{token}").status_code == 403


def test_who_is_shut_out_loses_no_work_and_may_come_back(
    app: Flask, site: dict[str, Any], signed_in: Callable[[str], FlaskClient]
) -> None:
    """Layers and progress of a person stay while they may not sign in, and they find them again."""
    ana = accounts.find_user("ana")
    address = f"/api/v1/layers/{site['layer_id']}"
    bearer, root = _bearer("ana"), Client(signed_in("root"))
    before = app.test_client().get(address, headers=bearer).json
    root.post(f"/users/{ana.id}", {"role": "member"})
    assert app.test_client().get(address, headers=bearer).status_code == 401
    assert ">ana<" in signed_in("cy").get("/projects/news").text
    root.post(f"/users/{ana.id}", {"role": "member", "active": "y"})
    assert app.test_client().get(address, headers=bearer).json == before


def test_a_token_does_what_its_scope_allows(app: Flask, site: dict[str, Any]) -> None:
    """Each route takes the tokens of its scope and of those above, and no other."""
    root = accounts.find_user("root")
    tokens = {scope: accounts.api_token(root, scope=scope) for scope in accounts.SCOPES}
    told = describe(app)["paths"]
    client, wrong = app.test_client(), {}
    for endpoint, method in _methods(app):
        rule = next(r for r in app.url_map.iter_rules(endpoint) if method in (r.methods or ()))
        path = re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule)
        needed = accounts.SCOPES.index(told[path][method.lower()]["x-scope"])
        address = rule_of(app, endpoint, method, site)
        for held, (scope, token) in enumerate(tokens.items()):
            if held >= needed and method != "GET":
                continue  # it would be done: what is refused is what counts here
            bearer = {"Authorization": f"Bearer {token}"}
            answer = client.open(address, method=method, headers=bearer, data=b"{}")
            refused = answer.status_code == 403 and "This token may only" in answer.text
            if refused != (held < needed):
                wrong[f"{method} {endpoint} {scope}"] = answer.status
    assert wrong == {}
