"""What the tests of the pages share: every route, and a client that sends forms as a browser."""

import re
import secrets
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from labeler import invitations, transfer
from labeler.models import (
    Delivery,
    Doubt,
    Evaluation,
    Invitation,
    LabelChange,
    Layer,
    Project,
    SuddenChange,
    TrainedModel,
    User,
    Webhook,
    db,
    transaction,
)
from labeler.models.database import now
from labeler.schema import scheme_json

PAGES = (
    "auth.sign_in",
    "auth.sign_in_by_link",
    "auth.account",
    "pages.home",
    "pages.overview",
    "pages.annotator",
    "pages.counted",
    "pages.varied",
    "pages.documents",
    "pages.guidelines",
    "pages.next_to_label",
    "pages.label",
    "guidelines.versions",
    "consistency.words",
    "consistency.outcomes",
    "consistency.sudden",
    "consistency.doubts",
    "handing.rules",
    "handing.assignments",
    "adjudicate.documents",
    "adjudicate.automatic",
    "adjudicate.following",
    "adjudicate.settle",
    "adjudicate.places",
    "adjudicate.label_gold",
    "learning.page",
    "learning.download",
    "learning.download_wheel",
    "evaluations.evaluation",
    "patterns.page",
    "patterns.download",
    "manage.new",
    "manage.settings",
    "manage.import_files",
    "manage.export",
    "manage.show_export",
    "manage.compare_exports",
    "manage.download",
    "jobs.everywhere",
    "jobs.listed",
    "jobs.job",
    "jobs.problems",
    "scheme.edit",
    "scheme.download",
    "labels.change",
    "agreement.overview",
    "evidence.shown",
    "evidence.documents",
    "evidence.own",
    "agreement.download",
    "people.members",
    "people.project_audit",
    "people.site_audit",
    "joining.join",
    "people.users",
    "people.user",
    "reference.endpoints",
    "restoring.history",
    "webhooks.listed",
    "webhooks.shown",
    "webhooks.site_listed",
    "webhooks.site_shown",
)
"""Every page, by endpoint."""

POSTS: dict[str, dict[str, Any]] = {
    "auth.sign_in": {"name": "ana", "password": "wrong"},
    "auth.sign_out": {},
    "auth.account": {"password": "short"},
    "consistency.make_alike": {"words": "Ada", "label": "PERSON"},
    "consistency.settle_sudden": {},
    "consistency.look_for_doubts": {},
    "consistency.settle_doubt": {},
    "guidelines.restore": {"number": "1"},
    "guidelines.add_line": {"line": ""},
    "adjudicate.automatic": {"by": "vote", "threshold": "66"},
    "adjudicate.undo_batch": {"key": "none"},
    "learning.choose": {"every": "-1", "component": "ner"},
    "learning.train": {},
    "evaluations.evaluate": {"key": "nothing"},
    "learning.use": {"number": "0"},
    "patterns.change": {"action": "try", "label:PERSON": "/(/"},
    "handing.rules": {"who": "nobody"},
    "handing.admit": {"person": "ana"},
    "handing.act": {"action": "give", "whom": "ana"},
    "manage.new": {},
    "manage.settings": {"title": ""},
    "manage.import_files": {},
    "manage.export": {"format": "none"},
    "jobs.suggest": {},
    "jobs.change": {},
    "restoring.restore": {"revision": "0"},
    "scheme.edit": {},
    "scheme.upload": {},
    "labels.change": {"kind": "entities", "action": "merge", "label": "DATE", "into": "NONE"},
    "labels.undo": {},
    "people.members": {"name": "nobody-known", "role": "annotator"},
    "people.invite": {"role": "annotator", "days": "0", "uses": "1"},
    "people.withdraw": {},
    "joining.join": {"name": "zoe", "password": "short"},
    "joining.accept": {},
    "people.change_member": {"role": "annotator"},
    "people.remove_member": {},
    "people.users": {"name": "a b", "role": "member"},
    "people.change_user": {"role": "member", "active": "y"},
    "people.set_password": {"password": "short"},
    "people.signin_link": {},
    "people.add_token": {},
    "people.revoke_token": {},
    "webhooks.listed": {"url": "nowhere"},
    "webhooks.shown": {"url": "nowhere"},
    "webhooks.act": {},
    "webhooks.again": {},
    "webhooks.site_listed": {"url": "nowhere"},
    "webhooks.site_shown": {"url": "nowhere"},
    "webhooks.site_act": {},
    "webhooks.site_again": {},
}
"""Every form, by endpoint, with something to send."""


def rule_of(app: Flask, endpoint: str, method: str, values: dict[str, Any]) -> str:
    """Return the address of a route with the values that it asks for.

    What stands outside projects may have values of its own: `site_webhook_id`.
    """
    rule = next(r for r in app.url_map.iter_rules(endpoint) if method in (r.methods or ()))
    names = {name: name if "slug" in rule.arguments else f"site_{name}" for name in rule.arguments}
    found = {name: values.get(own, values.get(name)) for name, own in names.items()}
    with app.test_request_context():
        return app.url_for(endpoint, **found)


def values_of(layer: Layer, folder: Path, words: str = "") -> dict[str, Any]:
    """Return the values of addresses on a site with one of everything, made around a layer.

    `words` stand in what webhooks were told; what is trained has its files in this folder.
    """
    project, annotator = db.session.get_one(Project, layer.project_id), layer.annotator
    return {
        "slug": project.slug,
        "document_id": layer.document_id,
        "layer_id": layer.id,
        "user_id": annotator.id,
        "name": annotator.name,
        "job_id": transfer.queue_suggestions(project).id,
        "change": "cancel",
        "change_id": changed_suddenly(layer),
        "label_change_id": relabeled(project),
        "verdict": "keep",
        "stand": "open",
        "doubt_id": doubted(layer),
        "verdict_on": "keep",
        "form": "csv",
        "token": "none",
        "invitation_id": invited(project, annotator),
        "comment_id": 0,
        "number": trained(project, folder),
        "evaluation_id": evaluated(project),
        **told(project, words),
    }


def invited(project: Project, creator: User) -> int:
    """Return the id of an invitation that was made into the project."""
    invitations.invite(project, "annotator", days=9, uses=9, creator=creator, now=now())
    return db.session.query(Invitation).one().id


def trained(project: Project, folder: Path) -> int:
    """Return the number of a version trained for a project, its files in this folder."""
    (folder / "version" / "pipeline").mkdir(parents=True)
    (folder / "version" / f"en_{project.slug}-0.1.0-py3-none-any.whl").write_bytes(b"wheel")
    (folder / "version" / "relations.npz").write_bytes(b"weights")
    row = TrainedModel(
        project_id=project.id, number=1, component="ner", folder=str(folder / "version"),
        documents=9, finished=9, scores={"documents": 0, "f1": None},
    )  # fmt: skip
    with transaction() as session:
        session.add(row)
    return row.number


def changed_suddenly(layer: Layer) -> int:
    """Return the id of a sudden change of this layer, which nobody has looked at."""
    row = SuddenChange(
        project_id=layer.project_id, layer_id=layer.id, actor_id=layer.annotator_id, since=0,
        revision=layer.revision, held=9, lost=9, changed=0, at=now(),
    )  # fmt: skip
    with transaction() as session:
        session.add(row)
    return row.id


def relabeled(project: Project) -> int:
    """Return the id of a change of a label that can be taken back: its last one, retired."""
    plain = scheme_json(project.scheme)
    key = f"label-{secrets.token_hex(4)}"
    row = LabelChange(
        project_id=project.id, kind="entities", action="retire", into="", key=key,
        label=plain["entities"][-1]["name"], undo_key=f"undo-{key}", state="done", before=plain,
        after=plain, actor_id=1,
    )  # fmt: skip
    with transaction() as session:
        session.add(row)
    return row.id


def doubted(layer: Layer, place: tuple[int, int] = (0, 3)) -> int:
    """Return the id of a doubt about this layer, which nobody has looked at."""
    row = Doubt(
        project_id=layer.project_id, layer_id=layer.id, kind="missing",
        new_start=place[0], new_end=place[1], new_label="PERSON", score=0.9,
    )  # fmt: skip
    with transaction() as session:
        session.add(row)
    return row.id


def evaluated(project: Project) -> int:
    """Return the id of an evaluation of a project's suggester."""
    scores = {"precision": 1.0, "recall": None, "f1": None, "by_label": {}}
    row = Evaluation(
        project_id=project.id, suggester="rulers", version="1", documents=1, left_out=0,
        scores={**scores, "relations": scores}, evidence=[],
    )  # fmt: skip
    with transaction() as session:
        session.add(row)
    return row.id


def told(project: Project, words: str = "") -> dict[str, Any]:
    """Return the values of addresses of webhooks: a project's and the site's, told once each."""
    url = f"https://example.org/hook?{words}"
    values = {"secret": "whsec_eA==", "events": ["job.finished"]}
    hooks = [Webhook(project_id=project.id, url=url, **values), Webhook(url=url, **values)]
    with transaction() as session:
        session.add_all(hooks)
        session.flush()
        sent = [
            Delivery(
                webhook_id=hook.id, key=f"msg_{hook.id}", event="test", body=words, error=words
            )
            for hook in hooks
        ]
        session.add_all(sent)
    (own, site), (first, second) = hooks, sent
    return {
        "webhook_id": own.id,
        "site_webhook_id": site.id,
        "delivery_id": first.id,
        "site_delivery_id": second.id,
        "deed": "off",
    }


class Client:
    """Sends forms with the token of the page they stand on."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def post(self, address: str, form: dict[str, Any], **options: Any) -> TestResponse:
        """Send a form, and follow no redirect."""
        if not self._token:
            page = self.client.get("/account").text
            page = page if 'name="csrf_token"' in page else self.client.get("/sign-in").text
            self._token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        return self.client.post(address, data={"csrf_token": self._token, **form}, **options)

    def get(self, address: str) -> TestResponse:
        """Open a page."""
        return self.client.get(address)
