"""Who is asking, and whether they may: every route says so with `allow`."""

import functools
import hashlib
import math
import time
from collections.abc import Callable
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Request,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from labeler import accounts, audit
from labeler.config import Settings
from labeler.errors import Forbidden, Invalid, NotFound, Problem, Unauthenticated
from labeler.models import User, db
from labeler.web.assets import policy_of
from labeler.web.forms import OwnPasswordForm, PasswordForm, SigninForm, TokenForm, tell
from labeler.web.openapi import check_query, scope_of
from labeler.web.repeating import answered_once

Who = Literal["public", "member", "admin", "annotator", "curator", "manager"]
View = Callable[..., ResponseReturnValue]

login = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://")
blueprint = Blueprint("auth", __name__)


class SignedIn(UserMixin):
    """A person as the session knows them."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """Return what the session keeps: a new password makes it void."""
        return f"{self.user.id}.{accounts.fingerprint(self.user)}"


@login.user_loader
def _from_session(kept: str) -> SignedIn | None:
    number, _, fingerprint = kept.partition(".")
    user = db.session.get(User, int(number)) if number.isdecimal() else None
    if user is None or not user.active or accounts.fingerprint(user) != fingerprint:
        return None
    return SignedIn(user)


@login.request_loader
def _from_token(asked: Request) -> SignedIn | None:
    token = _bearer(asked)
    found = accounts.use_token(token) if token else None
    if found is None:
        return None
    user, g.scope = found
    return SignedIn(user)


def _bearer(asked: Request) -> str | None:
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def me() -> User:
    """Return the person who is asking; raises Unauthenticated."""
    if not current_user.is_authenticated:
        raise Unauthenticated("Sign in first.")
    return cast(SignedIn, current_user).user


def allow(who: Who, scope: accounts.Scope | None = None) -> Callable[[View], View]:
    """Say who may use a route, and give it what its address names.

    `scope` is what a token must be made for, where the method does not tell: `read` to ask,
    `annotate` to do what annotators and curators do, `manage` for the rest.

    Of a route's values, `slug` arrives as `project`, `document_id` as `document` and `layer_id` as
    `layer`. For roles in a project the person must have that role, or a higher one, in the project
    that these belong to. A layer is its annotator's, or seen by curators; gold is for curators.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            if who == "public":
                return view(**values)
            _require(who, values)
            _keep_scope(scope_of(guarded, request.method))
            check_query(view)
            with audit.acting(me().id):
                if request.blueprint == "api":
                    takes = getattr(view, "takes", (None, {}))[0]
                    return answered_once(functools.partial(view, **values), me(), takes)
                return view(**values)

        guarded.who, guarded.scope = who, scope  # type: ignore[attr-defined]
        return guarded

    return decorate


_NAMES = {"slug": "project", "document_id": "document", "layer_id": "layer"}


def _require(who: Who, values: dict[str, Any]) -> None:
    """Check the person and replace the names in `values` by what they name."""
    user = me()
    if who == "admin" and not user.is_admin:
        raise Forbidden("Only an admin of this site may do this.")
    if who not in accounts.ROLES:
        return
    names = {name: values.pop(name) for name in _NAMES if name in values}
    reached = accounts.reach(user, **names)
    if reached is None or reached.role is None:
        raise _unknown()
    role, layer = reached.role, reached.layer
    if accounts.ROLES.index(role) < accounts.ROLES.index(who):
        raise Forbidden(f"Only a {who} of this project may do this.")
    if layer and role == "annotator" and (layer.gold or layer.annotator_id != user.id):
        raise _unknown()
    g.project, g.role = reached.project, role
    values.update({_NAMES[name]: getattr(reached, _NAMES[name]) for name in names})


def _keep_scope(needed: str) -> None:
    """Refuse what a token was not made for; a session has no scope."""
    held = g.get("scope")
    if held is not None and accounts.SCOPES.index(held) < accounts.SCOPES.index(needed):
        raise Forbidden(
            f"This token may only {held}, and this takes one that may {needed}. "
            "Make one on your account page."
        )


def _unknown() -> NotFound:
    return NotFound("There is no such page, or it is not yours to see.")


def register(app: Flask) -> None:
    """Give the app its sign-in, its protection against forged requests and its limits."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for days; the session bounds the token
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    login.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    app.register_blueprint(blueprint)
    app.before_request(_refuse_nul)
    app.before_request(_refuse_forged)
    app.after_request(_harden)
    app.after_request(_tell_when)


def _refuse_nul() -> None:
    """Refuse the one character that a database cannot hold, wherever it is sent."""
    sent = (request.path, *request.args.values(), *request.form.values())
    if any("\0" in value for value in sent):
        raise Invalid("A NUL character cannot be kept. Take it out, and send the rest again.")


def _refuse_forged() -> None:
    """Check the token of every change that comes with the session cookie."""
    if _bearer(request) is not None or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.path.startswith("/api/"):
        me()  # a session that has ended is told as that, not as a forged request
    try:
        csrf.protect()
    except CSRFError as error:
        error.description = "This page has been open too long. Go back, reload it and try again."
        raise


_POLICY = (
    f"default-src 'self'; {policy_of('style')}; {policy_of('script')}; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def _harden(response: Any) -> Any:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def ask_to_sign_in() -> ResponseReturnValue:
    """Send the person to the sign-in page, and back here afterwards."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for("pages.home")
    return redirect(url_for("auth.sign_in", next=wanted))


# ---- pages -----------------------------------------------------------------------------------


def allowance() -> str:
    """Return how often a token may ask, as the limiter has it."""
    return f"{_settings().rate_limit} per minute"


def has_no_limit() -> bool:
    """Tell whether a request counts for nothing: by a session, or where no limit is set."""
    return _bearer(request) is None or not _settings().rate_limit


def token_key() -> str:
    """Return what the requests of a token are counted by: never the token itself."""
    return hashlib.sha256((_bearer(request) or "").encode()).hexdigest()


def _settings() -> Settings:
    return cast(Settings, current_app.config["LABELER"])


def _tell_when(response: Any) -> Any:
    """Say after how many seconds to ask again."""
    if response.status_code == 429 and limiter.current_limit:
        wait = math.ceil(limiter.current_limit.reset_at - time.time())
        response.headers["Retry-After"] = str(max(wait, 1))
    return response


SLOWLY = "There were too many tries from your address. Wait a minute, and try again."


def _target() -> str:
    """Return where to go after signing in: a page of this site only."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if local and not parts.netloc and not parts.scheme else url_for("pages.home")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allow("public")
@limiter.limit("10 per minute; 100 per hour", methods=["POST"], error_message=SLOWLY)
def sign_in() -> ResponseReturnValue:
    """Sign a person in by name and password."""
    form = SigninForm()
    if form.validate_on_submit():
        user = accounts.sign_in(form.name.data or "", form.password.data or "")
        if user:
            login_user(SignedIn(user), remember=False)
            return redirect(_target())
        form.password.errors = ["That name and password do not belong together."]
    return render_template("sign_in.html", form=form), 422 if form.is_submitted() else 200


@blueprint.get("/sign-in/<token>")
@allow("public")
@limiter.limit("30 per minute", error_message=SLOWLY)
def sign_in_by_link(token: str) -> ResponseReturnValue:
    """Sign a person in by a link that works once."""
    login_user(SignedIn(accounts.use_signin_token(token)))
    return redirect(_target())


@blueprint.post("/sign-out")
@allow("public")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    logout_user()
    return redirect(url_for("auth.sign_in"))


@blueprint.route("/account", methods=["GET", "POST"])
@allow("member")
@limiter.limit("20 per hour", methods=["POST"], error_message=SLOWLY)
def account() -> ResponseReturnValue:
    """Let a person change their password, and see the tokens that act for them."""
    user = me()
    form = OwnPasswordForm() if user.password_hash else PasswordForm()
    if form.validate_on_submit():
        try:
            _change_password(user, form)
        except Invalid as error:
            tell(form, error)
        else:
            login_user(SignedIn(user))
            flash("Your password was changed. Other sessions of yours have ended.")
            return redirect(url_for("auth.account"))
    return render_template(
        "account.html", form=form, token_form=TokenForm(), tokens=accounts.tokens_of(user)
    )


def _change_password(user: User, form: PasswordForm) -> None:
    if "current" in form and not accounts.verify(user.name, form["current"].data or ""):
        raise Invalid("Not changed.", [Problem("This is not your password.", "current")])
    accounts.set_password(user, form.password.data or "")
