"""The page behind an invitation: join with the account one has, or make one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from labeler import invitations
from labeler.errors import Conflict, Invalid
from labeler.models.database import now
from labeler.web.auth import SLOWLY, SignedIn, allow, limiter, me
from labeler.web.forms import JoinForm, tell

blueprint = Blueprint("joining", __name__)


@blueprint.route("/join/<token>", methods=["GET", "POST"])
@allow("public")
@limiter.limit("30 per minute; 200 per hour", error_message=SLOWLY)
def join(token: str) -> ResponseReturnValue:
    """Show what an invitation offers, and let a new person choose a name and a password."""
    offer = invitations.offer(token, now())
    form = JoinForm()
    if not current_user.is_authenticated and form.validate_on_submit():
        try:
            user = invitations.register(
                token, form.name.data or "", form.password.data or "", now()
            )
        except (Invalid, Conflict) as error:
            tell(form, error)
        else:
            login_user(SignedIn(user))
            return redirect(url_for("pages.overview", slug=offer.project.slug))
    status = 422 if form.is_submitted() else 200
    return render_template("join.html", form=form, offer=offer, token=token), status


@blueprint.post("/join/<token>/accept")
@allow("member")
def accept(token: str) -> ResponseReturnValue:
    """Make the person who is signed in a member of the project."""
    project = invitations.accept(token, me(), now())
    flash(f"You are now in {project.title}.")
    return redirect(url_for("pages.overview", slug=project.slug))
