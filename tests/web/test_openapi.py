"""The description of the API is that of its routes."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient

from labeler import schema
from labeler.web.openapi import PREFIX
from tests.conftest import Corpus
from tests.web.pages import POSTS


def described(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document as anybody gets it."""
    answer = app.test_client().get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json or {})


def test_every_route_is_described_and_nothing_else(app: Flask) -> None:
    """Paths and methods of the document are those of the app, each with who may use it."""
    document = described(app)
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(PREFIX)
    }
    told = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert told == routes
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"].endswith(".")
            assert operation["x-who"]


def test_every_reference_leads_somewhere(app: Flask) -> None:
    """No `$ref` of the document hangs in the air."""
    document = described(app)
    for reference in re.findall(r"'\$ref': '#/([^']+)'", repr(document)):
        place: Any = document
        for part in reference.split("/"):
            place = place[part]


def test_annotations_are_described_as_they_travel(app: Flask) -> None:
    """What the document requires of an entity is what an edit with one needs."""
    entity = described(app)["components"]["schemas"]["Entity"]
    assert entity["required"] == ["start", "end", "label"]
    after = {"start": 0, "end": 3, "label": "PERSON"}
    op = {"id": "e", "before": None, "after": after}
    _, [edit] = schema.parse_edits({"base": 0, "edits": [{"key": "k", "ops": [op]}]})
    assert edit.ops[0].after == schema.Entity("e", 0, 3, "PERSON")


def test_every_answer_has_a_shape_and_an_example_of_it(app: Flask) -> None:
    """What is answered as JSON is described, and examples are what their schemas allow."""
    document = described(app)
    shapeless, wrong = [], {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for place, content in _contents(operation):
                if "schema" not in content:
                    shapeless.append(f"{method} {path} {place}")
                elif "example" in content:
                    whole = {**content["schema"], "components": document["components"]}
                    validator = jsonschema_rs.validator_for(whole)
                    if not validator.is_valid(content["example"]):
                        wrong[f"{method} {path} {place}"] = content["example"]
    assert shapeless == []
    assert wrong == {}


def _contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is sent and answered as JSON."""
    places = {"sent": operation.get("requestBody", {}), **operation["responses"]}
    for place, told in places.items():
        if "application/json" in told.get("content", {}):
            yield place, told["content"]["application/json"]


def test_refusals_are_listed(app: Flask) -> None:
    """Each endpoint says with which statuses it may refuse, and how that reads."""
    for path, methods in described(app)["paths"].items():
        for operation in methods.values():
            listed = set(operation["responses"])
            assert "default" in listed
            if operation["x-who"] != "public":
                assert {"401", "403", "429"} <= listed
                assert ("404" in listed) == ("{" in path)


# ---- what the pages do -----------------------------------------------------------------------

BY_PROGRAM: dict[str, tuple[str, ...]] = {
    "adjudicate.automatic": ("post_automatic",),
    "adjudicate.undo_batch": ("undo_settled",),
    "auth.account": (),
    "auth.sign_in": (),
    "auth.sign_out": (),
    "consistency.look_for_doubts": ("post_doubts",),
    "consistency.make_alike": ("post_alike", "undo_own_alike"),
    "consistency.settle_doubt": ("keep_doubt", "fix_doubt", "undo_doubt"),
    "consistency.settle_sudden": (
        "keep_sudden_change",
        "restore_sudden_change",
        "undo_sudden_change",
    ),
    "evaluations.evaluate": ("post_evaluation",),
    "guidelines.add_line": ("post_line",),
    "restoring.restore": ("restore_layer", "undo_restore"),
    "guidelines.restore": ("get_version", "put_guidelines"),
    "handing.act": ("post_assignments",),
    "handing.admit": ("post_admit",),
    "handing.rules": ("patch_handing_out",),
    "jobs.change": ("cancel_job", "retry_job"),
    "jobs.suggest": ("post_suggestions",),
    "joining.accept": (),
    "joining.join": (),
    "labels.change": ("post_label_change",),
    "labels.undo": ("undo_label_change",),
    "learning.choose": ("patch_settings",),
    "learning.train": ("post_model",),
    "learning.use": ("put_current_model",),
    "manage.export": ("post_export",),
    "manage.import_files": ("post_import",),
    "manage.new": ("post_project",),
    "manage.settings": ("patch_settings", "put_guidelines"),
    "patterns.change": ("try_patterns", "put_patterns"),
    "people.add_token": ("post_token",),
    "people.change_member": ("put_person",),
    "people.change_user": ("patch_user",),
    "people.invite": ("post_invitation",),
    "people.members": ("put_person",),
    "people.remove_member": ("delete_person",),
    "people.revoke_token": ("delete_token",),
    "people.set_password": ("put_password",),
    "people.signin_link": ("post_link",),
    "people.users": ("post_user",),
    "people.withdraw": ("delete_invitation",),
    "scheme.edit": ("put_scheme",),
    "scheme.upload": ("put_scheme",),
    "webhooks.act": ("patch_webhook", "delete_webhook", "test_webhook"),
    "webhooks.again": ("post_delivery",),
    "webhooks.listed": ("post_webhook",),
    "webhooks.shown": ("patch_webhook",),
    "webhooks.site_act": ("patch_site_webhook", "delete_site_webhook", "test_site_webhook"),
    "webhooks.site_again": ("post_site_delivery",),
    "webhooks.site_listed": ("post_site_webhook",),
    "webhooks.site_shown": ("patch_site_webhook",),
}
"""What programs call for each form; nothing for signing in, passwords of one's own and joining."""


def test_programs_do_all_that_the_forms_do(app: Flask) -> None:
    """Whatever a form changes, an endpoint of the API changes as well."""
    assert BY_PROGRAM.keys() == POSTS.keys()
    called = {f"api.{name}" for names in BY_PROGRAM.values() for name in names}
    assert called <= app.view_functions.keys()


READ_BY_PROGRAM: dict[str, tuple[str, ...]] = {
    "adjudicate.automatic": ("post_automatic",),
    "adjudicate.documents": ("get_to_settle",),
    "adjudicate.following": ("get_next_to_settle",),
    "adjudicate.label_gold": ("get_gold",),
    "adjudicate.places": ("get_places",),
    "adjudicate.settle": ("get_adjudication", "get_precedents"),
    "agreement.download": ("get_agreement",),
    "agreement.overview": ("get_agreement",),
    "auth.account": ("get_account", "get_tokens"),
    "auth.sign_in": (),
    "auth.sign_in_by_link": (),
    "consistency.doubts": ("get_doubts",),
    "consistency.outcomes": ("get_outcomes",),
    "consistency.sudden": ("get_sudden_changes",),
    "consistency.words": ("get_consistency",),
    "evaluations.evaluation": ("get_evaluation",),
    "evidence.documents": ("get_agreement_documents",),
    "evidence.own": ("get_own_evidence",),
    "evidence.shown": ("get_agreement_evidence",),
    "guidelines.versions": ("get_versions", "get_lines"),
    "handing.assignments": ("get_assignments",),
    "handing.rules": ("get_handing_out", "get_training"),
    "jobs.everywhere": ("get_site_jobs",),
    "jobs.job": ("get_job",),
    "jobs.listed": ("get_jobs",),
    "jobs.problems": ("get_problems",),
    "joining.join": (),
    "labels.change": ("preview_label_change",),
    "learning.download": ("get_model_archive",),
    "learning.download_wheel": ("get_model_wheel",),
    "learning.page": ("get_models", "get_evaluations", "get_learning"),
    "manage.compare_exports": ("get_changes",),
    "manage.download": ("get_archive",),
    "manage.export": ("get_exports", "get_formats"),
    "manage.import_files": ("get_formats",),
    "manage.new": ("get_templates", "get_suggesters"),
    "manage.settings": ("get_settings", "get_suggesters"),
    "manage.show_export": ("get_export",),
    "pages.annotator": ("get_person_progress", "get_counters"),
    "pages.counted": ("get_counted",),
    "pages.documents": ("get_mine", "get_documents"),
    "pages.guidelines": ("get_guidelines", "get_scheme"),
    "pages.home": ("get_projects",),
    "pages.label": ("get_work",),
    "pages.next_to_label": ("get_next",),
    "pages.varied": ("get_labeled_places",),
    "pages.overview": ("get_progress", "get_counters"),
    "patterns.download": ("get_patterns",),
    "patterns.page": ("get_patterns", "get_pattern_versions"),
    "people.members": ("get_people", "get_invitations"),
    "people.project_audit": ("get_audit",),
    "people.site_audit": ("get_site_audit",),
    "people.user": ("get_user",),
    "people.users": ("get_users",),
    "reference.endpoints": ("openapi",),
    "restoring.history": ("get_edits",),
    "scheme.download": ("get_scheme",),
    "scheme.edit": ("get_scheme",),
    "webhooks.listed": ("get_webhooks",),
    "webhooks.shown": ("get_deliveries",),
    "webhooks.site_listed": ("get_site_webhooks",),
    "webhooks.site_shown": ("get_site_deliveries",),
}
"""What programs ask for each page; nothing for signing in and joining."""


def test_programs_read_all_that_the_pages_show(app: Flask) -> None:
    """Whatever a page lists, an endpoint of the API gives as well."""
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith((PREFIX, "/static"))
    }
    assert READ_BY_PROGRAM.keys() == pages
    asked = {f"api.{name}" for names in READ_BY_PROGRAM.values() for name in names}
    assert asked <= app.view_functions.keys()


def test_the_page_shows_what_must_be_sent(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Where a body is a record, the page fills in what it needs at least."""
    corpus.person("ana")
    page = signed_in("ana").get("/api").text
    [row] = re.findall(r'<details id="put-put_person">.*?</textarea>', page, re.DOTALL)
    assert "&#34;role&#34;: &#34;annotator&#34;" in row


# ---- lists -----------------------------------------------------------------------------------

UNPAGED = {
    "get_alike": "one passage of a document",
    "get_adjudication": "the questions of one document",
    "get_evaluation": "the differences that one evaluation kept, 200 at most",
    "get_export": "the files of one export, and the first of what did not fit",
    "get_formats": "as many as are installed",
    "get_gold": "one document",
    "get_job": "the log of one job",
    "get_layer": "one document",
    "get_learning": "the labels of a scheme",
    "get_lines": "ten at most",
    "get_patterns": "one file of patterns, read as a whole",
    "get_person_progress": "twenty words at most",
    "get_precedents": "the labels of some words",
    "get_progress": "the people of a project with their sums",
    "get_settings": "the reasons of a project",
    "get_suggesters": "as many as are installed",
    "get_suggestions": "one document",
    "get_templates": "as many as are installed",
    "get_work": "one document",
    "preview_label_change": "some places as examples, and the rules of a scheme",
}
"""What answers with lists and is none: why it needs no pages."""


def test_every_list_has_pages(app: Flask) -> None:
    """Whatever answers with rows takes `after` and `limit`, and tells what is `next`."""
    unpaged = set[str]()
    for methods in described(app)["paths"].values():
        operation = methods.get("get", {"responses": {"200": {"content": {}}}})
        content = operation["responses"]["200"]["content"].get("application/json", {})
        properties = content.get("schema", {}).get("properties", {})
        lists = [name for name, shape in properties.items() if shape.get("type") == "array"]
        asked = {parameter["name"] for parameter in operation.get("parameters", ())}
        if lists and not ({"after", "limit"} <= asked and "next" in properties):
            unpaged.add(operation["operationId"])
    assert unpaged == UNPAGED.keys()


# ---- exact shapes ----------------------------------------------------------------------------

OPEN = {
    "attributes": "what a scheme declares, or people write, about an annotation",
    "details": "what each action of the record keeps of itself",
    "meta": "what a document came with",
    "openapi": "a description in a form of its own, which has a schema elsewhere",
    "options": "what the exporter was given, which may be an extension",
    "origin": "where an annotation came from: written by suggesters and importers",
    "pattern": "a pattern of tokens, in the form of spaCy",
    "result": "what a job made, as its kind tells",
}
"""Objects without named values, and why."""


def test_every_answer_is_described_to_its_last_value(app: Flask) -> None:
    """No answer has an object that may hold anything, but for a few that are free by nature."""
    document, loose = described(app), set[str]()
    for methods in document["paths"].values():
        for operation in methods.values():
            for _, content in _contents({**operation, "requestBody": {}}):
                loose |= set(_open(content["schema"], operation["operationId"], document, ()))
    assert loose == OPEN.keys()


def _open(
    schema: dict[str, Any], name: str, document: dict[str, Any], above: tuple[str, ...]
) -> Iterator[str]:
    """Yield the names of objects that may hold anything."""
    known = schema.get("$ref", "").rpartition("/")[2]
    if known in above:
        return
    if known:
        yield from _open(document["components"]["schemas"][known], name, document, (*above, known))
        return
    kinds = {"properties", "additionalProperties", "maxProperties", "patternProperties"}
    free = schema.get("additionalProperties") is True
    if schema.get("type") == "object" and (free or not kinds & schema.keys()):
        yield name
    for part, inside in schema.get("properties", {}).items():
        yield from _open(inside, part, document, above)
    places = [schema.get("items"), schema.get("additionalProperties")]
    parts = (schema.get(word, ()) for word in ("anyOf", "prefixItems"))
    for inside in (*places, *(each for part in parts for each in part)):
        if isinstance(inside, dict):
            yield from _open(inside, name, document, above)
