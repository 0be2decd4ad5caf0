"""Webhooks, for programs: of a project for its managers, of the site for admins."""

from datetime import datetime
from typing import Any, Literal

from flask.typing import ResponseReturnValue

from labeler import webhooks
from labeler.errors import Invalid, Problem
from labeler.models import Delivery, Project, Webhook
from labeler.web import paging
from labeler.web.answers import answer, sent_object
from labeler.web.api import blueprint
from labeler.web.auth import allow, me
from labeler.web.openapi import MAX_ID, gives, takes

__all__ = ["blueprint"]

_STRING = {"type": "string"}
_EVENTS = {"type": "array", "items": {"enum": list(webhooks.EVENTS)}, "minItems": 1}
_VALUES = {
    "url": {**_STRING, "maxLength": webhooks.MAX_URL, "description": "http:// or https://"},
    "events": _EVENTS,
}
_NEW = {"type": "object", "required": ["url", "events"], "properties": _VALUES}
_CHANGE = {"type": "object", "properties": {**_VALUES, "active": {"type": "boolean"}}}
_WEBHOOK: dict[str, Any] = {
    "id": int,
    "url": str,
    "events": list[str],
    "active": bool,
    "failing": datetime | None,
    "gave_up": datetime | None,
    "created": datetime,
}
_DELIVERY: dict[str, Any] = {
    "id": int,
    "key": str,
    "event": str,
    "state": Literal["waiting", "delivered", "failed"],
    "attempts": int,
    "due": datetime,
    "status": int | None,
    "error": str | None,
    "created": datetime,
    "tried": datetime | None,
}


@blueprint.get("/projects/<slug>/webhooks")
@allow("manager")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("webhooks", _WEBHOOK))
def get_webhooks(project: Project) -> ResponseReturnValue:
    """Return the webhooks of a project, without their secrets."""
    return _list(project)


@blueprint.post("/projects/<slug>/webhooks")
@allow("manager")
@takes(_NEW)
@gives({**_WEBHOOK, "secret": str})
def post_webhook(project: Project) -> ResponseReturnValue:
    """Add a webhook, and return it with its secret, this once."""
    return _add(project)


@blueprint.patch("/projects/<slug>/webhooks/<int:webhook_id>")
@allow("manager")
@takes(_CHANGE)
@gives(_WEBHOOK)
def patch_webhook(project: Project, webhook_id: int) -> ResponseReturnValue:
    """Change where a webhook leads, what it is told of, and whether it is `active`."""
    return _change(project, webhook_id)


@blueprint.delete("/projects/<slug>/webhooks/<int:webhook_id>")
@allow("manager")
@gives({})
def delete_webhook(project: Project, webhook_id: int) -> ResponseReturnValue:
    """Remove a webhook and the record of what it was told."""
    return _remove(project, webhook_id)


@blueprint.post("/projects/<slug>/webhooks/<int:webhook_id>/test")
@allow("manager")
@gives(_DELIVERY)
def test_webhook(project: Project, webhook_id: int) -> ResponseReturnValue:
    """Send a webhook something to try it with, and return the delivery."""
    return _test(project, webhook_id)


@blueprint.get("/projects/<slug>/webhooks/<int:webhook_id>/deliveries")
@allow("manager")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("deliveries", _DELIVERY))
def get_deliveries(project: Project, webhook_id: int) -> ResponseReturnValue:
    """Return what a webhook was told, newest first."""
    return _deliveries(project, webhook_id)


@blueprint.post("/projects/<slug>/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>")
@allow("manager")
@gives(_DELIVERY)
def post_delivery(project: Project, webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send something again under its id, also what was delivered."""
    return _again(project, webhook_id, delivery_id)


@blueprint.get("/webhooks")
@allow("admin")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("webhooks", _WEBHOOK))
def get_site_webhooks() -> ResponseReturnValue:
    """Return the webhooks of the site, which are told of every project's jobs."""
    return _list(None)


@blueprint.post("/webhooks")
@allow("admin")
@takes(_NEW)
@gives({**_WEBHOOK, "secret": str})
def post_site_webhook() -> ResponseReturnValue:
    """Add a webhook of the site, and return it with its secret, this once."""
    return _add(None)


@blueprint.patch("/webhooks/<int:webhook_id>")
@allow("admin")
@takes(_CHANGE)
@gives(_WEBHOOK)
def patch_site_webhook(webhook_id: int) -> ResponseReturnValue:
    """Change a webhook of the site."""
    return _change(None, webhook_id)


@blueprint.delete("/webhooks/<int:webhook_id>")
@allow("admin")
@gives({})
def delete_site_webhook(webhook_id: int) -> ResponseReturnValue:
    """Remove a webhook of the site and the record of what it was told."""
    return _remove(None, webhook_id)


@blueprint.post("/webhooks/<int:webhook_id>/test")
@allow("admin")
@gives(_DELIVERY)
def test_site_webhook(webhook_id: int) -> ResponseReturnValue:
    """Send a webhook of the site something to try it with, and return the delivery."""
    return _test(None, webhook_id)


@blueprint.get("/webhooks/<int:webhook_id>/deliveries")
@allow("admin")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("deliveries", _DELIVERY))
def get_site_deliveries(webhook_id: int) -> ResponseReturnValue:
    """Return what a webhook of the site was told, newest first."""
    return _deliveries(None, webhook_id)


@blueprint.post("/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>")
@allow("admin")
@gives(_DELIVERY)
def post_site_delivery(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send something of the site again under its id."""
    return _again(None, webhook_id, delivery_id)


# ---- of either -------------------------------------------------------------------------------


def _list(project: Project | None) -> ResponseReturnValue:
    begin = paging.after(0)
    found = paging.beyond(webhooks.listed(project), lambda webhook: webhook.id <= begin)
    return answer(paging.page("webhooks", found, lambda webhook: webhook.id, _json))


def _add(project: Project | None) -> ResponseReturnValue:
    sent = _sent(("url", "events"))
    made = webhooks.add(project, sent.get("url", ""), sent.get("events", []), me())
    return answer({**_json(made), "secret": made.secret})


def _change(project: Project | None, webhook_id: int) -> ResponseReturnValue:
    webhook = webhooks.find(project, webhook_id)
    webhooks.change(project, webhook, **_sent(tuple(_FITS)))
    return answer(_json(webhook))


def _remove(project: Project | None, webhook_id: int) -> ResponseReturnValue:
    webhooks.remove(project, webhooks.find(project, webhook_id))
    return answer({})


def _test(project: Project | None, webhook_id: int) -> ResponseReturnValue:
    return answer(_delivery(webhooks.say_hello(project, webhooks.find(project, webhook_id))))


def _deliveries(project: Project | None, webhook_id: int) -> ResponseReturnValue:
    webhook = webhooks.find(project, webhook_id)
    found = webhooks.told(webhook, paging.after(MAX_ID), paging.wanted())
    return answer(paging.page("deliveries", found, lambda row: row.id, _delivery))


def _again(project: Project | None, webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    webhook = webhooks.find(project, webhook_id)
    return answer(_delivery(webhooks.deliver_again(project, webhook, delivery_id)))


_FITS = {
    "url": lambda value: isinstance(value, str) and "\0" not in value,
    "events": lambda value: (
        isinstance(value, list) and all(isinstance(name, str) for name in value)
    ),
    "active": lambda value: isinstance(value, bool),
}


def _sent(names: tuple[str, ...]) -> dict[str, Any]:
    """Return what was sent of a webhook; raises Invalid for what cannot be meant."""
    sent = dict(sent_object())
    problems = [
        Problem("There is no such option, or it cannot have this value.", name)
        for name, value in sent.items()
        if name not in names or not _FITS[name](value)
    ]
    if problems:
        raise Invalid("The webhook was not changed.", problems)
    return sent


def _json(webhook: Webhook) -> dict[str, Any]:
    names = ("id", "url", "events", "active", "failing", "gave_up", "created")
    return {name: getattr(webhook, name) for name in names}


def _delivery(row: Delivery) -> dict[str, Any]:
    names = ("id", "key", "event", "state", "attempts", "due", "status", "error", "created")
    return {name: getattr(row, name) for name in (*names, "tried")}
