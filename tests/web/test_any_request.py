"""The API withstands any request that its description allows, and many that it does not."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from labeler import accounts, comments, transfer
from labeler.app import create_app
from labeler.models import Export, db
from labeler.models.database import now
from labeler.web import auth
from labeler.web.openapi import PREFIX, describe
from tests import conftest
from tests.web.pages import values_of

OP = {"id": "e1", "before": None, "after": {"start": 0, "end": 10**30, "label": "PERSON"}}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]
QUICKLY = settings(
    max_examples=4,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Iterator[tuple[Any, dict[str, Any], str]]:
    """Return an app with one of everything, the values of its addresses, and a manager's token."""
    (tmp_path / "instance").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "instance" / "labeler.sqlite")
    app, corpus = create_app(conftest.settings(tmp_path)), conftest.Corpus()
    with app.app_context():
        corpus.person("max", role="admin")
        project = corpus.project(max="manager", ana="annotator")
        document = corpus.document(project)
        layer = corpus.layer(document, "max", status="done", PERSON=[(0, 3)])
        corpus.layer(document, "ana", status="done", PERSON=[(0, 7)])
        transfer.export(project, "jsonl", layer="max")
        reader = comments.Reader(corpus.person("max"), "manager")
        said = comments.add(document, {"key": "k", "body": "Why?"}, reader, now())
        values = {
            **values_of(layer, tmp_path),
            "export_id": db.session.query(Export).one().id,
            "comment_id": said.id,
            "user_id": corpus.person("ana").id,
            "name": "ana",
        }
        token = accounts.api_token(corpus.person("max"))
        db.session.remove()
    yield app, values, token
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_breaks_the_api(
    site: tuple[Any, dict[str, Any], str], mode: GenerationMode
) -> None:
    """Whatever is sent, the answer is one that the description has, and never a failure of ours."""
    app, values, token = site
    described = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    failed: dict[str, str] = {}
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @QUICKLY
        def answers(case: Any) -> None:
            site = "site_" if "{slug}" not in case.path else ""
            named = case.path_parameters or {}
            case.path_parameters = {n: values.get(site + n, values.get(n)) for n in named}
            headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            answers()
        except (Exception, FailureGroup) as error:  # noqa: BLE001 - the rest is tried as well
            failed[operation.label] = str(error)[:700]
    assert not failed, "\n\n".join(f"{name}: {why}" for name, why in failed.items())


def test_numbers_have_an_end(site: tuple[Any, dict[str, Any], str]) -> None:
    """A number that no database can hold is refused wherever it stands."""
    app, values, token = site
    client, bearer = app.test_client(), {"Authorization": f"Bearer {token}"}
    wrong = {}
    for path, methods in describe(app)["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", ()):
            if parameter["schema"].get("type") != "integer":
                continue
            name = parameter["name"]
            for number in (2**31, 2**63, 10**30):
                inside = parameter["in"] == "path"
                address = path.format(**{**values, **({name: number} if inside else {})})
                query = {} if inside else {name: number}
                answer = client.get(address, query_string=query, headers=bearer)
                if answer.status_code not in ((404, 405) if inside else (422,)):
                    wrong[f"{path} {name} {number}"] = answer.status
    assert wrong == {}


def test_numbers_in_what_is_sent_have_an_end(site: tuple[Any, dict[str, Any], str]) -> None:
    """A number too large is no failure of ours in a body either."""
    app, values, token = site
    client, bearer = app.test_client(), {"Authorization": f"Bearer {token}"}
    bodies = {
        "documents/{document_id}/comments": {"key": "k2", "body": "x", "start": 0},
        "layers/{layer_id}/edits": {"base": 0, "edits": [{"key": "k", "ops": [OP]}]},
        "projects/{slug}/assignments": {"action": "give", "person": "ana", "documents": []},
        "documents/{document_id}/adjudication/undo": {"revision": 0},
    }
    for path, body in bodies.items():
        for number in (2**31, 2**63, 2**64, 10**30):
            sent = {**body, **dict.fromkeys(("end", "parent", "base", "revision"), number)}
            sent["documents"] = [number]
            address = f"{PREFIX}/{path.format(**values)}"
            assert client.post(address, json=sent, headers=bearer).status_code < 500
    layer = f"{PREFIX}/layers/{values['layer_id']}"
    for name in ("seconds", "read_to"):
        sent = {name: 2**63}
        assert client.patch(layer, json=sent, headers=bearer).status_code < 500


def test_a_token_that_asks_too_often_is_told_when_to_ask_again(tmp_path: Path) -> None:
    """The limit is each token's own, and nobody is held up by another."""
    given = replace(conftest.settings(tmp_path), testing=False, rate_limit=3)
    app = create_app(given)
    with app.app_context():
        tokens = [accounts.api_token(accounts.add_user(name)) for name in ("ana", "ben")]
    client = app.test_client()

    def ask(token: str) -> Any:
        return client.get(f"{PREFIX}/projects", headers={"Authorization": f"Bearer {token}"})

    try:
        answers = [ask(tokens[0]) for _ in range(4)]
        other = ask(tokens[1])
    finally:
        auth.limiter.enabled = False
        with app.app_context():
            db.engine.dispose()
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json["code"] == "too_many_requests"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 61
    assert other.status_code == 200
