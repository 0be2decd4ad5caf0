"""What changes something leaves a line in the record of who did what, or says here why not."""

import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from labeler import accounts, invitations, jobs, projects, work
from labeler.models import (
    ApiToken,
    Audit,
    Delivery,
    Invitation,
    Job,
    Project,
    Webhook,
    db,
    transaction,
)
from labeler.models.database import now
from labeler.schema import scheme_json
from tests.conftest import Corpus
from tests.test_accounts import GOOD
from tests.web.pages import Client, relabeled, rule_of, told, trained
from tests.web.test_scheme import filled

LOGGED = "the log of the layer has who did it and when"
COMMENT = "a comment keeps who wrote, answered or resolved it, and when"
UNRECORDED = {
    "api.open_layer": "the layer has who opened it and when",
    "api.patch_layer": "the layer has what its person says of it and when",
    "api.post_edits": LOGGED,
    "api.post_decisions": LOGGED,
    "api.undo_decision": LOGGED,
    "api.reopen_question": LOGGED,
    "api.post_comment": COMMENT,
    "api.patch_comment": COMMENT,
    "api.delete_comment": COMMENT,
    "consistency.settle_doubt": "a doubt keeps who settled it; the log of the layer has the rest",
    "consistency.settle_sudden": "a change keeps who judged it; the log of the layer has the rest",
    "api.keep_sudden_change": "a change keeps who judged it",
    "api.restore_sudden_change": LOGGED,
    "api.undo_sudden_change": LOGGED,
    "restoring.restore": LOGGED,
    "api.restore_layer": LOGGED,
    "api.undo_restore": LOGGED,
    "api.keep_doubt": "a doubt keeps who settled it",
    "api.fix_doubt": LOGGED,
    "api.undo_doubt": LOGGED,
    "api.put_keys": "a person's own keys, which concern nobody else",
    "api.try_patterns": "it changes nothing",
    "api.undo_own_alike": "it leaves a line where there was something to take back",
    "auth.sign_out": "it changes nothing that is kept",
}
"""Routes that change something and leave no line in the record, with the reason."""

RULES = {"who": "everybody", "ordering": "imported", "control": "5"}
EXPORT = {"format": "jsonl", "layer": "all", "split": "80,10,10", "seed": "0"}
PROJECT = {"title": "Sport", "slug": "sport", "language": "en", "start": "news"}
SETTINGS = {"title": "Newer", "language": "en", "suggester": "rulers"}
AUTOMATIC = {"by": "vote", "threshold": "66"}
DEEDS: dict[str, dict[str, Any]] = {
    "people.users": {"name": "zed", "role": "member"},
    "people.change_user": {"role": "admin", "active": "y"},
    "people.set_password": {"password": GOOD},
    "people.signin_link": {},
    "people.add_token": {"title": "script", "scope": "read", "days": "9"},
    "people.revoke_token": {},
    "people.members": {"name": "zoe", "role": "annotator"},
    "people.change_member": {"role": "curator"},
    "people.invite": {"role": "annotator", "days": "7", "uses": "1"},
    "people.withdraw": {},
    "joining.join": {"name": "new", "password": GOOD},
    "joining.accept": {},
    "auth.sign_in": {"name": "ana", "password": "wrong"},
    "auth.account": {"password": GOOD},
    "manage.new": {**PROJECT, "suggester": "rulers"},
    "manage.settings": SETTINGS,
    "manage.import_files": {"format": "auto"},
    "manage.export": EXPORT,
    "scheme.edit": {"language": "en"},
    "scheme.upload": {},
    "labels.change": {"kind": "entities", "action": "rename", "label": "DATE", "into": "WHEN"},
    "labels.undo": {},
    "guidelines.add_line": {"line": "Label the whole name."},
    "guidelines.restore": {"number": "1"},
    "learning.choose": {"every": "5", "component": "ner"},
    "learning.train": {},
    "learning.use": {"number": "0"},
    "handing.rules": RULES,
    "handing.admit": {"person": "ana"},
    "handing.act": {"action": "give", "whom": "ana"},
    "jobs.suggest": {},
    "jobs.change": {},
    "consistency.make_alike": {"label": "PERSON"},
    "adjudicate.automatic": AUTOMATIC,
    "adjudicate.undo_batch": {"key": "none"},
    "consistency.look_for_doubts": {},
    "patterns.change": {"action": "save", "label:PERSON": "Eva"},
    "evaluations.evaluate": {"key": "rulers"},
    "api.post_import": {"text": "Eva met Al."},
    "api.post_export": {"format": "jsonl"},
    "api.patch_handing_out": {"control": 7},
    "api.post_admit": {"person": "ana"},
    "api.post_assignments": {"action": "give", "person": "ana", "documents": []},
    "api.post_suggestions": {},
    "api.cancel_job": {},
    "api.retry_job": {},
    "api.settle_alike": {"key": "alike"},
    "api.undo_alike": {"key": "back", "undone": "alike"},
    "api.accept_gold": {},
    "webhooks.listed": {"url": "https://example.org/", "events": ["job.finished"]},
    "webhooks.shown": {"url": "https://example.org/", "events": ["job.finished"]},
    "webhooks.act": {},
    "webhooks.again": {},
    "webhooks.site_listed": {"url": "https://example.org/", "events": ["job.finished"]},
    "webhooks.site_shown": {"url": "https://example.org/", "events": ["job.finished"]},
    "webhooks.site_act": {},
    "webhooks.site_again": {},
    "api.post_project": {"slug": "culture", "template": "news"},
    "api.patch_settings": {"title": "Newest"},
    "api.put_scheme": {},
    "api.post_label_change": {"kind": "entities", "action": "retire", "label": "WHEN"},
    "api.undo_label_change": {},
    "api.put_person": {"role": "annotator"},
    "api.post_invitation": {"role": "annotator", "days": 7, "uses": 1},
    "api.delete_invitation": {},
    "api.post_user": {"name": "yan"},
    "api.patch_user": {"role": "member", "active": True},
    "api.put_password": {"password": GOOD},
    "api.post_link": {},
    "api.post_token": {},
    "api.put_guidelines": {"text": "Label whole names."},
    "api.post_line": {"line": "And titles."},
    "api.put_patterns": {"patterns": [{"label": "PERSON", "pattern": "Ada"}]},
    "api.post_model": {},
    "api.put_current_model": {"number": 0},
    "api.post_evaluation": {"key": "rulers"},
    "api.post_alike": {"key": "same", "label": "GPE"},
    "api.post_doubts": {},
    "api.post_automatic": {"by": "vote", "threshold": 66},
    "api.undo_settled": {"undone": "none"},
    "api.post_webhook": {"url": "https://example.org/", "events": ["job.finished"]},
    "api.patch_webhook": {},
    "api.test_webhook": {},
    "api.post_delivery": {},
    "api.delete_webhook": {},
    "api.post_site_webhook": {"url": "https://example.org/", "events": ["job.finished"]},
    "api.patch_site_webhook": {},
    "api.test_site_webhook": {},
    "api.post_site_delivery": {},
    "api.delete_site_webhook": {},
    "people.remove_member": {},
    "api.delete_person": {},
    "api.delete_token": {},
}
"""Every other such route, with something to send; in this order."""


@pytest.fixture
def desk(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient], tmp_path: Path
) -> "Desk":
    """Return a site with one of everything, and root before it."""
    corpus.person("root", role="admin")
    project = corpus.project(ana="annotator", ben="annotator", root="manager")
    corpus.person("zoe")
    projects.change_guidelines(project, "Label names.", corpus.person("root"))
    for number in range(2):
        document = corpus.document(project, name=f"a{number}")
        corpus.layer(document, "ana", "done", PERSON=[(0, 3)])
        corpus.layer(document, "ben", "done", **{"ORG" if number else "PERSON": [(0, 3)]})
    corpus.document(project, name="fresh")
    trained(project, tmp_path)
    return Desk(app, corpus, project, signed_in)


class Desk:
    """Sends what changes something, each time with what the address and the form need."""

    def __init__(
        self,
        app: Flask,
        corpus: Corpus,
        project: Project,
        signed_in: Callable[[str], FlaskClient],
    ) -> None:
        self.app, self.corpus, self.project = app, corpus, project
        self.root, self.signed_in = Client(signed_in("root")), signed_in
        self.token = accounts.api_token(corpus.person("root"))

    def send(self, endpoint: str) -> tuple[TestResponse, int]:
        """Send what `DEEDS` says to a route; return the answer, and what the record had before."""
        form, method = DEEDS[endpoint], _method(endpoint)
        address = rule_of(self.app, endpoint, method, self._values(endpoint))
        client, body = self._client(endpoint), {**form, **self._body(endpoint)}
        before = self.recorded()
        if endpoint.startswith("api."):
            headers = {"Authorization": f"Bearer {self.token}"}
            sent = client.client.open(address, method=method, json=body, headers=headers)
        else:
            sent = client.post(address, body)
        return sent, before

    def _client(self, endpoint: str) -> Client:
        if endpoint in ("auth.sign_in", "joining.join"):
            return Client(self.app.test_client())
        return Client(self.signed_in("fay")) if endpoint == "joining.accept" else self.root

    def _values(self, endpoint: str) -> dict[str, Any]:
        """Return what stands in addresses: a link and a job that wait, a document that fits."""
        root, project = self.corpus.person("root"), self.project
        self.corpus.person("fay")
        link = invitations.invite(project, "annotator", days=1, uses=1, creator=root, now=now())
        with transaction() as session:
            session.execute(update(Job).values(state="cancelled"))
            session.execute(delete(Delivery))
            session.execute(delete(Webhook))
            job = jobs.enqueue("none", "Nothing", project_id=project.id)
        if endpoint == "api.retry_job":
            jobs.cancel(job.id)
        return {
            "slug": project.slug,
            "user_id": self.corpus.person("ana").id,
            "token": self._newest_token() if endpoint == "api.delete_token" else link,
            "name": "ben",
            "invitation_id": db.session.scalar(select(func.max(Invitation.id))),
            "job_id": job.id,
            "change": "cancel",
            "label_change_id": relabeled(project),
            **told(project),
            "document_id": self._documents()[endpoint != "api.accept_gold"],
        }

    def _body(self, endpoint: str) -> dict[str, Any]:
        """Return what can only be known now: files, tokens, what a question looked like."""
        made: dict[str, Callable[[], dict[str, Any]]] = {
            "manage.import_files": lambda: {"files": (io.BytesIO(b"Eva met Al."), "eva.txt")},
            "scheme.upload": lambda: {"scheme": (self._scheme(), "scheme.yaml")},
            "scheme.edit": lambda: filled(self.root).to_dict(flat=False),
            "people.revoke_token": lambda: {"token": self._newest_token()},
            "api.put_scheme": lambda: {"scheme": scheme_json(self.project.scheme)},
            "api.post_alike": lambda: {
                "places": [{"document": self._documents()[2], "start": 8, "end": 11}]
            },
            "consistency.make_alike": lambda: {"at": f"{self._documents()[2]}-8-11"},
            "api.settle_alike": lambda: {"choice": {**self._question(), "answer": "0-3:ORG"}},
        }
        return made.get(endpoint, dict)()

    def _scheme(self) -> io.BytesIO:
        return io.BytesIO(projects.scheme_yaml(self.project.scheme).encode())

    def _newest_token(self) -> str | None:
        newest = select(ApiToken.token_hash).order_by(ApiToken.created.desc()).limit(1)
        return db.session.scalar(newest)

    def _documents(self) -> list[int]:
        """Return one that all agree on, one that they differ on, and one that is fresh."""
        return [document["id"] for document in work.documents(self.project, 0, 3)]

    def _question(self) -> dict[str, str]:
        """Return what is asked of the document that people differ on."""
        address = f"/api/v1/documents/{self._documents()[1]}/adjudication"
        headers = {"Authorization": f"Bearer {self.token}"}
        [question] = self.app.test_client().get(address, headers=headers).json["questions"]
        return {"question": question["id"], "seen": question["seen"]}

    def recorded(self) -> int:
        """Return how many lines the record has."""
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(Audit)) or 0


def _method(endpoint: str) -> str:
    word = endpoint.partition(".")[2].partition("_")[0].upper()
    return word if word in ("PATCH", "DELETE", "PUT") else "POST"


def test_every_route_that_changes_something_is_known(app: Flask) -> None:
    """A new route comes with its line in the record, or with a reason why it has none."""
    routes = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    }
    assert routes == DEEDS.keys() | UNRECORDED.keys()
    assert DEEDS.keys() & UNRECORDED.keys() == set()


def test_each_deed_leaves_a_line(desk: Desk) -> None:
    """Who does any of it stands in the record afterwards."""
    silent = {}
    for endpoint in DEEDS:
        answer, before = desk.send(endpoint)
        if desk.recorded() == before:
            silent[endpoint] = (answer.status, answer.text[-300:])
    assert silent == {}


def test_backups_are_recorded(tmp_path: Path, labeler: Callable[..., Any]) -> None:
    """Writing a backup and restoring it leave a line each."""
    for command in (["user", "add", "ana"], ["backup", "b.gz"], ["restore", "b.gz", "--replace"]):
        done = labeler(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(tmp_path / "instance" / "labeler.sqlite")) as connection:
        told = connection.execute("SELECT action, subject FROM audit ORDER BY id").fetchall()
    assert told[0] == ("person.add", "ana")
    assert told[-1] == ("site.restore", "b.gz"), "the line of the backup went with what it replaced"
