"""Pages of webhooks: which programs are told of what, and how each telling went."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import webhooks
from labeler.errors import Conflict, LabelerError
from labeler.models import Project, Webhook
from labeler.web.auth import allow, me
from labeler.web.forms import WebhookForm, tell
from labeler.web.openapi import whole

blueprint = Blueprint("webhooks", __name__)
_PAGE = 50
"""Deliveries on one page."""
_DEEDS = "<any(on, off, test, remove):deed>"


# ---- of a project ----------------------------------------------------------------------------


@blueprint.route("/projects/<slug>/webhooks", methods=["GET", "POST"])
@allow("manager")
def listed(project: Project) -> ResponseReturnValue:
    """List the webhooks of a project, and let a manager add one."""
    return _list(project)


@blueprint.route("/projects/<slug>/webhooks/<int:webhook_id>", methods=["GET", "POST"])
@allow("manager")
def shown(project: Project, webhook_id: int) -> ResponseReturnValue:
    """Show what a webhook was told, and let a manager change it."""
    return _show(project, webhook_id)


@blueprint.post(f"/projects/<slug>/webhooks/<int:webhook_id>/{_DEEDS}")
@allow("manager")
def act(project: Project, webhook_id: int, deed: str) -> ResponseReturnValue:
    """Switch a webhook on or off, try it, or remove it."""
    return _act(project, webhook_id, deed)


@blueprint.post("/projects/<slug>/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>")
@allow("manager")
def again(project: Project, webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send something again."""
    return _again(project, webhook_id, delivery_id)


# ---- of the site -----------------------------------------------------------------------------


@blueprint.route("/webhooks", methods=["GET", "POST"])
@allow("admin")
def site_listed() -> ResponseReturnValue:
    """List the webhooks of the site, and let an admin add one."""
    return _list(None)


@blueprint.route("/webhooks/<int:webhook_id>", methods=["GET", "POST"])
@allow("admin")
def site_shown(webhook_id: int) -> ResponseReturnValue:
    """Show what a webhook of the site was told, and let an admin change it."""
    return _show(None, webhook_id)


@blueprint.post(f"/webhooks/<int:webhook_id>/{_DEEDS}")
@allow("admin")
def site_act(webhook_id: int, deed: str) -> ResponseReturnValue:
    """Switch a webhook of the site on or off, try it, or remove it."""
    return _act(None, webhook_id, deed)


@blueprint.post("/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>")
@allow("admin")
def site_again(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send something of the site again."""
    return _again(None, webhook_id, delivery_id)


# ---- of either -------------------------------------------------------------------------------


def _list(project: Project | None) -> ResponseReturnValue:
    form, added = _form(project), None
    if form.validate_on_submit():
        try:
            added = webhooks.add(project, form.url.data or "", form.events.data or [], me())
        except LabelerError as error:
            tell(form, error)
        else:
            form = _form(project, formdata=None)
    found = webhooks.listed(project)
    return _page("webhooks.html", project, form=form, added=added, webhooks=found)


def _show(project: Project | None, webhook_id: int) -> ResponseReturnValue:
    webhook = webhooks.find(project, webhook_id)
    form = _form(project, obj=webhook)
    if form.validate_on_submit():
        try:
            webhooks.change(project, webhook, url=form.url.data, events=form.events.data)
        except LabelerError as error:
            tell(form, error)
        else:
            flash("The webhook was changed.")
            return redirect(_address(project, "shown", webhook_id=webhook.id))
    rows = webhooks.told(webhook, request.args.get("before", type=whole), _PAGE)
    more = rows[-1].id if len(rows) == _PAGE else None
    return _page("webhook.html", project, form=form, webhook=webhook, rows=rows, more=more)


def _act(project: Project | None, webhook_id: int, deed: str) -> ResponseReturnValue:
    webhook = webhooks.find(project, webhook_id)
    if deed == "remove":
        webhooks.remove(project, webhook)
        flash("The webhook was removed.")
        return redirect(_address(project, "listed"))
    try:
        flash(_do(project, webhook, deed))
    except Conflict as error:
        flash(error.message)
    return redirect(_address(project, "shown", webhook_id=webhook.id))


def _do(project: Project | None, webhook: Webhook, deed: str) -> str:
    """Do something to a webhook, and return what to say of it."""
    if deed == "test":
        webhooks.say_hello(project, webhook)
        return "A test is on its way. Reload this page to see how it went."
    webhooks.change(project, webhook, active=deed == "on")
    return f"The webhook was switched {deed}."


def _again(project: Project | None, webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    webhook = webhooks.find(project, webhook_id)
    try:
        webhooks.deliver_again(project, webhook, delivery_id)
        flash("It is sent again. Reload this page to see how it went.")
    except Conflict as error:
        flash(error.message)
    return redirect(_address(project, "shown", webhook_id=webhook.id))


def _form(project: Project | None, **values: Any) -> WebhookForm:
    form = WebhookForm(**values)
    form.events.choices = [(name, webhooks.EVENTS[name]) for name in webhooks.events_of(project)]
    return form


def _address(project: Project | None, name: str, **values: Any) -> str:
    if project is None:
        return url_for(f"webhooks.site_{name}", **values)
    return url_for(f"webhooks.{name}", slug=project.slug, **values)


def _page(template: str, project: Project | None, **values: Any) -> str:
    def address(name: str, **named: Any) -> str:
        return _address(project, name, **named)

    return render_template(template, address=address, events=webhooks.EVENTS, **values)
