"""The API: what programs and the annotation screen rely on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import accounts, schema
from labeler.models import Layer, db
from tests.conftest import Corpus

ENTITY = {"start": 0, "end": 3, "label": "PERSON"}


@pytest.fixture
def program(app: Flask, corpus: Corpus) -> Callable[[str], Callable[..., Any]]:
    """Return a function that gives a person's program: it asks with their token."""

    def of(name: str) -> Callable[..., Any]:
        token = accounts.api_token(corpus.person(name))
        db.session.commit()
        client = app.test_client()

        def ask(method: str, path: str, body: Any = None) -> Any:
            headers = {"Authorization": f"Bearer {token}"}
            return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

        return ask

    return of


def edit(key: str, after: Any, before: Any = None, name: str = "e1") -> dict[str, Any]:
    """Return an edit of one op."""
    return {"key": key, "ops": [{"id": name, "before": before, "after": after}]}


def test_work_holds_all_that_the_screen_needs(corpus: Corpus, program: Any) -> None:
    """Document, tokens, layer, scheme and neighbours come in one answer."""
    project = corpus.project()
    first = corpus.document(project, "Ada met\r\n😋 Bob.", "a1")
    second = corpus.document(project, "Nobody.", "a2")
    work = program("ana")("GET", f"/documents/{first.id}/work").json
    assert work["document"]["text"] == "Ada met\r\n😋 Bob."
    assert work["document"]["tokens"] == {
        "gaps": [0, 1, 2, 1, 0],
        "lengths": [3, 3, 1, 3, 1],
    }
    assert work["layer"]["status"] == "open"
    assert [label["name"] for label in work["scheme"]["entities"]] == [
        "PERSON",
        "ORG",
        "GPE",
        "DATE",
    ]
    assert (work["previous"], work["next"]) == (None, second.id)
    assert work["progress"] == {"position": 1, "total": 2, "done": 0}


def test_an_edit_is_saved_and_told_in_the_history(corpus: Corpus, program: Any) -> None:
    """Saving answers with the revision, and the history names who did what."""
    document = corpus.document(corpus.project())
    ask = program("ana")
    layer = ask("POST", f"/documents/{document.id}/layer").json["id"]
    body = {"base": 0, "edits": [edit("k1", ENTITY)]}
    assert ask("POST", f"/layers/{layer}/edits", body).json["revision"] == 1
    assert ask("POST", f"/layers/{layer}/edits", body).json["revision"] == 1
    [told] = ask("GET", f"/layers/{layer}/edits").json["edits"]
    assert (told["revision"], told["key"], told["actor"]) == (1, "k1", "ana")
    assert ask("GET", f"/layers/{layer}").json["entities"] == [{"id": "e1", **ENTITY}]


def test_a_stale_save_is_answered_with_what_was_missed(corpus: Corpus, program: Any) -> None:
    """409 carries the revision and the edits of others, by key."""
    document = corpus.document(corpus.project())
    ask = program("ana")
    layer = ask("POST", f"/documents/{document.id}/layer").json["id"]
    ask("POST", f"/layers/{layer}/edits", {"base": 0, "edits": [edit("k1", ENTITY)]})
    body = {"base": 0, "edits": [edit("k2", {**ENTITY, "label": "ORG"}, name="e2")]}
    answer = ask("POST", f"/layers/{layer}/edits", body)
    assert answer.status_code == 409
    assert answer.json["code"] == "stale"
    assert answer.json["revision"] == 1
    assert [told["key"] for told in answer.json["missed"]] == ["k1"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"base": 0, "edits": [edit("k", {**ENTITY, "end": 99})]}, "edits[0].ops[0].after"),
        ({"base": 0, "edits": [edit("k", {**ENTITY, "label": "X"})]}, "edits[0].ops[0].after"),
        (
            {"base": 0, "edits": [edit("k", {**ENTITY, "start": 0.5})]},
            "edits[0].ops[0].after.start",
        ),
        (
            {"base": 0, "edits": [edit("k", {**ENTITY, "start": True})]},
            "edits[0].ops[0].after.start",
        ),
        ({"base": 0, "edits": [edit("", ENTITY)]}, "edits[0].key"),
        ({"base": -1, "edits": [edit("k", ENTITY)]}, "base"),
        ({"base": 0, "edits": []}, "edits"),
        ({"base": 0, "edits": [edit("k", None)]}, "edits[0].ops[0]"),
        ({"base": 0, "edits": [edit("k", {"colour": "red"})]}, "edits[0].ops[0].after"),
        ([], "base"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_path(
    corpus: Corpus, program: Any, body: Any, path: str
) -> None:
    """422 names each fault with its path, and nothing is saved."""
    document = corpus.document(corpus.project())
    ask = program("ana")
    layer = ask("POST", f"/documents/{document.id}/layer").json["id"]
    answer = ask("POST", f"/layers/{layer}/edits", body)
    assert answer.status_code == 422
    assert answer.json["code"] == "invalid"
    assert path in [problem["path"] for problem in answer.json["problems"]]
    assert ask("GET", f"/layers/{layer}").json["revision"] == 0


def test_bytes_that_are_no_json_are_refused(app: Flask, corpus: Corpus) -> None:
    """Broken JSON, and lone surrogates in it, are told in a sentence."""
    document = corpus.document(corpus.project())
    token = accounts.api_token(corpus.person())
    headers = {"Authorization": f"Bearer {token}"}
    client = app.test_client()
    layer = client.post(f"/api/v1/documents/{document.id}/layer", headers=headers).json["id"]  # type: ignore[index]
    for body in (b"{", b'{"base": 0, "edits": [{"key": "\\ud800", "ops": []}]}', b"\xff"):
        answer = client.post(f"/api/v1/layers/{layer}/edits", data=body, headers=headers)
        assert answer.status_code == 422


def test_a_layer_is_its_annotators_own(corpus: Corpus, program: Any) -> None:
    """Annotators neither see nor change each other's layers; curators see, and do not change."""
    project = corpus.project(ana="annotator", ben="annotator", cy="curator")
    layer = corpus.layer(corpus.document(project), "ana", PERSON=[(0, 3)])
    body = {"base": 1, "edits": [edit("k1", None, ENTITY, "PERSON-0-3")]}
    assert program("ben")("GET", f"/layers/{layer.id}").status_code == 404
    assert program("ben")("POST", f"/layers/{layer.id}/edits", body).status_code == 404
    assert program("cy")("GET", f"/layers/{layer.id}").status_code == 200
    assert program("cy")("POST", f"/layers/{layer.id}/edits", body).status_code == 404
    assert program("cy")("PATCH", f"/layers/{layer.id}", {"status": "done"}).status_code == 404


def test_strangers_learn_nothing(corpus: Corpus, program: Any) -> None:
    """Who is no member is told that there is no such thing; who has no token, to sign in."""
    document = corpus.document(corpus.project())
    corpus.person("eve")
    assert program("eve")("GET", f"/documents/{document.id}").status_code == 404
    assert program("eve")("GET", "/projects/news").status_code == 404


def test_nobody_is_asked_to_sign_in(app: Flask, corpus: Corpus) -> None:
    """Without a session or a known token every answer is 401, for changes too."""
    document = corpus.document(corpus.project())
    client = app.test_client()
    for headers in ({}, {"Authorization": "Bearer lab_nonsense"}):
        for method, path in (
            ("GET", f"/documents/{document.id}"),
            ("POST", f"/documents/{document.id}/layer"),
        ):
            answer = client.open(f"/api/v1{path}", method=method, headers=headers)
            assert answer.status_code == 401
            assert answer.json["code"] == "unauthenticated"  # type: ignore[index]


def test_a_session_needs_its_token_to_change_anything(
    corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """A request that another site makes with the session's cookie is refused."""
    document = corpus.document(corpus.project())
    answer = signed_in("ana").post(f"/api/v1/documents/{document.id}/layer")
    assert answer.status_code == 400


def test_submitting_tells_what_is_next(corpus: Corpus, program: Any) -> None:
    """A finished document leaves the queue; the next open one is named, and at last none."""
    project = corpus.project()
    documents = [corpus.document(project, name=f"a{n}") for n in range(3)]
    ask = program("ana")
    layers = [ask("POST", f"/documents/{d.id}/layer").json["id"] for d in documents]
    answer = ask("PATCH", f"/layers/{layers[1]}", {"status": "done", "seconds": 12})
    assert answer.json["next"] == documents[2].id
    assert answer.json["seconds"] == 12
    assert (
        ask("PATCH", f"/layers/{layers[2]}", {"status": "skipped"}).json["next"] == documents[0].id
    )
    assert ask("PATCH", f"/layers/{layers[0]}", {"status": "done"}).json["next"] is None
    assert ask("GET", "/projects/news/next").json["document"] is None
    assert ask("PATCH", f"/layers/{layers[0]}", {"status": "open"}).json["status"] == "open"
    assert ask("GET", "/projects/news/next").json["document"] == documents[0].id


def test_a_document_is_not_done_before_all_that_is_required_was_given(
    corpus: Corpus, program: Any
) -> None:
    """Each required attribute that is missing is named by its annotation; skipping needs none."""
    declared = [{"name": "certainty", "values": ["sure", "no"], "required": True}, {"name": "note"}]
    scheme = schema.parse_scheme({"entities": [{"name": "PERSON", "attributes": declared}]})
    document = corpus.document(corpus.project("strict", scheme, ana="annotator"), "Ada met Bob.")
    ask = program("ana")
    layer = ask("POST", f"/documents/{document.id}/layer").json["id"]
    body = {"base": 0, "edits": [edit("k1", ENTITY)]}
    assert ask("POST", f"/layers/{layer}/edits", body).status_code == 200
    refused = ask("PATCH", f"/layers/{layer}", {"status": "done"})
    assert refused.status_code == 422
    [problem] = refused.json["problems"]
    assert (problem["path"], problem["message"]) == ("e1", "certainty of PERSON must be given.")
    assert ask("PATCH", f"/layers/{layer}", {"status": "skipped"}).status_code == 200
    told = {**ENTITY, "attributes": {"certainty": "no"}}
    body = {"base": 1, "edits": [edit("k2", told, ENTITY)]}
    assert ask("POST", f"/layers/{layer}/edits", body).status_code == 200
    assert ask("PATCH", f"/layers/{layer}", {"status": "done"}).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"status": "finished"}, {"seconds": -1}, {"read_to": 999}, {"flag": ""}, {"revision": 7}],
)
def test_a_state_that_cannot_be_is_refused(
    corpus: Corpus, program: Any, changes: dict[str, Any]
) -> None:
    """A state is changed as a whole or not at all, and the refusal names the value."""
    document = corpus.document(corpus.project())
    ask = program("ana")
    layer = ask("POST", f"/documents/{document.id}/layer").json["id"]
    answer = ask("PATCH", f"/layers/{layer}", {"flag": "odd", **changes})
    assert answer.status_code == 422
    assert [problem["path"] for problem in answer.json["problems"]] == list(changes)
    assert ask("GET", f"/layers/{layer}").json["flag"] is None


def test_documents_are_listed_a_page_at_a_time(corpus: Corpus, program: Any) -> None:
    """Paging by the last id reaches every document once."""
    project = corpus.project()
    for number in range(5):
        corpus.document(project, name=f"a{number}")
    ask, seen, after = program("ana"), [], 0
    while after is not None:
        page = ask("GET", f"/projects/news/documents?after={after}&limit=2").json
        seen += [document["name"] for document in page["documents"]]
        after = page["next"]
    assert seen == [f"a{number}" for number in range(5)]


def test_a_document_travels_compressed(app: Flask, corpus: Corpus) -> None:
    """What the screen needs of an article is packed to less than a third."""
    document = corpus.document(corpus.project(), "Ada met Bob in Rome on Monday. " * 300)
    token = accounts.api_token(corpus.person())
    sizes = []
    for accepted in ("identity", "gzip"):
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": accepted}
        answer = app.test_client().get(f"/api/v1/documents/{document.id}/work", headers=headers)
        sizes.append(len(answer.data))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert sizes[1] < sizes[0] / 3


def test_comments_travel_by_the_api(corpus: Corpus, program: Any) -> None:
    """A comment is made, answered, resolved and deleted; each sees what is theirs to see."""
    document = corpus.document(corpus.project(ana="annotator", bo="annotator", cy="curator"))
    path = f"/documents/{document.id}/comments"
    body = {"key": "k1", "body": "Who?", "start": 0, "end": 3}
    made = program("ana")("POST", path, body).json
    assert made == program("ana")("POST", path, body).json
    assert (made["author"], made["start"], made["resolved"]) == ("ana", 0, None)
    program("cy")("POST", path, {"key": "k2", "body": "Ada.", "parent": made["id"]})
    assert (
        program("ana")("GET", f"/documents/{document.id}/work").json["comments"][1]["body"]
        == "Ada."
    )
    assert program("bo")("GET", path).json == {"comments": [], "next": None}
    one = f"{path}/{made['id']}"
    assert program("bo")("PATCH", one, {"resolved": True}).status_code == 404
    assert program("ana")("DELETE", one).status_code == 409
    assert program("ana")("PATCH", one, {"resolved": "yes"}).status_code == 422
    assert program("ana")("PATCH", one, {"resolved": True}).json["resolver"] == "ana"
    answer = program("ana")("GET", path).json["comments"][1]["id"]
    assert program("cy")("DELETE", f"{path}/{answer}").json == {}
    assert program("ana")("DELETE", one).status_code == 200
    assert program("cy")("GET", path).json == {"comments": [], "next": None}


def test_a_token_that_reads_changes_nothing(app: Flask, corpus: Corpus) -> None:
    """A token of the scope `read` opens what its person may see, and is refused every change."""
    document = corpus.document(corpus.project())
    token = accounts.api_token(corpus.person(), scope="read")
    headers = {"Authorization": f"Bearer {token}"}
    client = app.test_client()
    assert client.get(f"/api/v1/documents/{document.id}", headers=headers).status_code == 200
    refused = client.post(f"/api/v1/documents/{document.id}/layer", headers=headers)
    assert refused.status_code == 403
    assert "only read" in refused.json["message"]  # type: ignore[index]


def test_suggestions_build_on_what_one_has_labeled(corpus: Corpus, program: Any) -> None:
    """One's own layer is built upon, nobody else's; a control shows nothing, and says why."""
    project = corpus.project(ana="annotator", bob="annotator")
    document = corpus.document(project, "zorb met zorb.", "a1")
    ana, bob = program("ana"), program("bob")
    layer = ana("GET", f"/documents/{document.id}/work").json["layer"]
    body = {"base": 0, "edits": [edit("k1", {**ENTITY, "end": 4})]}
    assert ana("POST", f"/layers/{layer['id']}/edits", body).status_code == 200
    path = f"/documents/{document.id}/suggestions"
    [made] = ana("GET", path).json["suggestions"]
    assert (made["start"], made["end"], made["label"]) == (9, 13, "PERSON")
    assert bob("GET", path).json == {"suggestions": [], "problem": None}
    db.session.get_one(Layer, layer["id"]).blind = True
    db.session.commit()
    hidden = ana("GET", path).json
    assert hidden["suggestions"] == []
    assert "left out" in hidden["problem"]
