"""Pages about people: members of a project, users of the site, one's own tokens."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import accounts, audit, invitations, projects
from labeler.errors import Invalid, LabelerError, NotFound
from labeler.models import Project, User
from labeler.models.database import now
from labeler.web.auth import allow, me
from labeler.web.forms import (
    InvitationForm,
    MemberForm,
    PasswordForm,
    StandingForm,
    TokenForm,
    UserForm,
    tell,
)
from labeler.web.openapi import whole

blueprint = Blueprint("people", __name__)


# ---- members of a project --------------------------------------------------------------------


@blueprint.route("/projects/<slug>/people", methods=["GET", "POST"])
@allow("manager")
def members(project: Project) -> ResponseReturnValue:
    """List who works on a project, and let a manager add somebody."""
    form = MemberForm()
    if form.validate_on_submit():
        try:
            user = accounts.find_user(form.name.data or "")
            accounts.add_member(project, user, form.role.data)
        except NotFound:
            form.name.errors = ["There is nobody of this name. An admin can add them under Users."]
        else:
            flash(f"{user.name} is now {form.role.data} of this project.")
            return redirect(url_for("people.members", slug=project.slug))
    return _members_page(project, member=form)


def _members_page(
    project: Project,
    member: MemberForm | None = None,
    invitation: InvitationForm | None = None,
    link: str = "",
) -> str:
    return render_template(
        "people.html",
        here="people.members",
        form=member or MemberForm(formdata=None),
        invitation=invitation or InvitationForm(formdata=None),
        link=link,
        members=projects.members(project),
        invitations=invitations.listed(project, now()),
    )


@blueprint.post("/projects/<slug>/invitations")
@allow("manager")
def invite(project: Project) -> ResponseReturnValue:
    """Show a new link by which people join the project, this once."""
    form = InvitationForm()
    if not form.validate_on_submit():
        return _members_page(project, invitation=form)
    token = invitations.invite(
        project,
        form.role.data,
        days=form.days.data or 0,
        uses=form.uses.data or 0,
        creator=me(),
        now=now(),
    )
    return _members_page(project, link=url_for("joining.join", token=token, _external=True))


@blueprint.post("/projects/<slug>/invitations/<int:invitation_id>/withdraw")
@allow("manager")
def withdraw(project: Project, invitation_id: int) -> ResponseReturnValue:
    """End an invitation; who joined by it stays."""
    invitations.withdraw(project, invitation_id)
    flash("The invitation was withdrawn. Its link does not work any more.")
    return redirect(url_for("people.members", slug=project.slug))


def _member(project: Project, user_id: int) -> User:
    """Return a member of the project; managers learn nothing of others by their number."""
    for user, _ in projects.members(project):
        if user.id == user_id:
            return user
    raise NotFound("This person is not in the project.")


@blueprint.post("/projects/<slug>/people/<int:user_id>")
@allow("manager")
def change_member(project: Project, user_id: int) -> ResponseReturnValue:
    """Change a member's role."""
    user = _member(project, user_id)
    accounts.add_member(project, user, request.form.get("role", ""))
    flash(f"{user.name} is now {request.form['role']} of this project.")
    return redirect(url_for("people.members", slug=project.slug))


@blueprint.post("/projects/<slug>/people/<int:user_id>/remove")
@allow("manager")
def remove_member(project: Project, user_id: int) -> ResponseReturnValue:
    """End a membership; what the person labeled stays."""
    user = _member(project, user_id)
    accounts.remove_member(project, user)
    flash(f"{user.name} was removed. Their layers stay.")
    if accounts.role_in(project, me()) is None:
        return redirect(url_for("pages.home"))
    return redirect(url_for("people.members", slug=project.slug))


# ---- users of the site -----------------------------------------------------------------------


@blueprint.route("/users", methods=["GET", "POST"])
@allow("admin")
def users() -> ResponseReturnValue:
    """List everybody, and let an admin add somebody."""
    form = UserForm()
    if form.validate_on_submit():
        try:
            added = accounts.add_user(form.name.data or "", role=form.role.data)
        except LabelerError as error:
            form.name.errors = [error.message]
        else:
            flash(f"{added.name} was added. Give them a sign-in link, or a password.")
            return redirect(url_for("people.user", user_id=added.id))
    return render_template("users.html", form=form, everybody=accounts.users())


@blueprint.get("/users/<int:user_id>")
@allow("admin")
def user(user_id: int) -> ResponseReturnValue:
    """Show one person, and what an admin can do for them."""
    return _user_page(user_id)


def _user_page(
    user_id: int,
    standing: StandingForm | None = None,
    password: PasswordForm | None = None,
    link: str = "",
) -> str:
    person = accounts.user_by_id(user_id)
    return render_template(
        "user.html",
        person=person,
        standing=standing or StandingForm(formdata=None, obj=person),
        password=password or PasswordForm(formdata=None),
        link=link,
    )


@blueprint.post("/users/<int:user_id>")
@allow("admin")
def change_user(user_id: int) -> ResponseReturnValue:
    """Change what a person is on this site, and whether they may sign in."""
    form = StandingForm()
    if form.validate_on_submit():
        person = accounts.user_by_id(user_id)
        try:
            accounts.change_user(person, role=form.role.data, active=form.active.data)
        except Invalid as error:
            tell(form, error)
        else:
            flash(f"{person.name} was changed.")
            return redirect(url_for("people.user", user_id=user_id))
    return _user_page(user_id, standing=form)


@blueprint.post("/users/<int:user_id>/password")
@allow("admin")
def set_password(user_id: int) -> ResponseReturnValue:
    """Give a person a password, which ends their sessions."""
    form = PasswordForm()
    if form.validate_on_submit():
        person = accounts.user_by_id(user_id)
        try:
            accounts.set_password(person, form.password.data or "")
        except Invalid as error:
            form.password.errors = [error.message]
        else:
            flash(f"{person.name} has a new password. Their sessions have ended.")
            return redirect(url_for("people.user", user_id=user_id))
    return _user_page(user_id, password=form)


@blueprint.post("/users/<int:user_id>/link")
@allow("admin")
def signin_link(user_id: int) -> ResponseReturnValue:
    """Show a link that signs the person in once."""
    person = accounts.user_by_id(user_id)
    token = accounts.signin_token(person.id)
    link = url_for("auth.sign_in_by_link", token=token, _external=True)
    return _user_page(user_id, link=link)


# ---- who did what ----------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/audit")
@allow("manager")
def project_audit(project: Project) -> ResponseReturnValue:
    """Show who did what in a project."""
    return _audit_page(project)


@blueprint.get("/audit")
@allow("admin")
def site_audit() -> ResponseReturnValue:
    """Show who did what on the whole site."""
    return _audit_page(None)


def _audit_page(project: Project | None) -> str:
    actor, action = request.args.get("by", "").strip(), request.args.get("action", "")
    before = request.args.get("before", type=whole)
    found = audit.entries(project, actor=actor, action=action, before=before)
    return render_template(
        "audit.html", found=found, actor=actor, action=action, actions=audit.ACTIONS
    )


# ---- one's own tokens ------------------------------------------------------------------------


@blueprint.post("/account/tokens")
@allow("member")
def add_token() -> ResponseReturnValue:
    """Show a new token for programs, this once."""
    form = TokenForm()
    if not form.validate_on_submit():
        flash(" ".join(words for errors in form.errors.values() for words in errors))
        return redirect(url_for("auth.account"))
    token = accounts.api_token(
        me(), title=form.title.data or "", scope=form.scope.data, days=form.days.data or None
    )
    return render_template("token.html", token=token)


@blueprint.post("/account/tokens/revoke")
@allow("member")
def revoke_token() -> ResponseReturnValue:
    """End a token."""
    accounts.revoke_token(me(), request.form.get("token", ""))
    flash("The token was revoked. Programs that use it are refused from now on.")
    return redirect(url_for("auth.account"))
