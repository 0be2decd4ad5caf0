"""The factory: puts pages and API on an instance."""

from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from labeler import __version__
from labeler.config import Settings
from labeler.errors import LabelerError, Unauthenticated
from labeler.instance import open_instance
from labeler.web import (
    adjudicate,
    assets,
    auth,
    consistency,
    evaluations,
    guidelines,
    handing,
    jobs,
    joining,
    label_changes,
    learning,
    manage,
    pages,
    patterns,
    people,
    reference,
    restoring,
    scheme,
    webhooks,
)
from labeler.web.agreement import evidence
from labeler.web.agreement import pages as agreement
from labeler.web.api import routes
from labeler.web.openapi import MAX_ID

MAX_UPLOAD = 512 * 1024 * 1024
"""Bytes that one request may carry."""
MAX_PARTS = 50_000
"""Fields and files that one form may carry: a folder of articles is one form."""


class Number(IntegerConverter):
    """A number in an address that can name something: larger ones are not found."""

    def __init__(self, rules: Map, **bounds: Any) -> None:
        super().__init__(rules, **{"max": MAX_ID, **bounds})


def create_app(settings: Settings | None = None) -> Flask:
    """Return the web application, its tables created or upgraded."""
    settings = settings or Settings.from_env()
    app = open_instance(settings)
    app.url_map.strict_slashes = False
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_PARTS=MAX_PARTS,
        RATELIMIT_ENABLED=not settings.testing,
        COMPRESS_CACHE_BACKEND=assets.Packed,
        COMPRESS_CACHE_KEY=assets.Packed.key,
    )
    app.jinja_options = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals["version"] = __version__
    app.url_map.converters["int"] = Number
    Compress(app)
    auth.register(app)
    assets.register(app)
    parts = (
        pages,
        handing,
        manage,
        scheme,
        label_changes,
        people,
        joining,
        learning,
        patterns,
        evaluations,
        agreement,
        evidence,
        adjudicate,
        jobs,
        guidelines,
        consistency,
        restoring,
        webhooks,
        reference,
        routes,
    )
    for blueprint in dict.fromkeys(part.blueprint for part in parts):  # several share the API's
        app.register_blueprint(blueprint)
    app.register_error_handler(LabelerError, _answer_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    return app


def _answer_error(error: LabelerError) -> ResponseReturnValue:
    """Tell of an error as JSON to programs, as a page to people."""
    if request.path.startswith("/api/"):
        return error.to_json(), error.status
    if isinstance(error, Unauthenticated):
        return auth.ask_to_sign_in()
    return render_template("error.html", error=error), error.status


_SENTENCES = {
    404: "There is no such page. Check the address.",
    405: "This address takes no such request.",
    413: f"A request may carry {MAX_UPLOAD // 1024**2} MB. Send fewer files, or import by command.",
    500: "Something went wrong here. Try again; if it stays, tell whoever runs this site.",
}
"""What people are told where Werkzeug speaks to programmers."""


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    message = _SENTENCES.get(error.code or 500) or error.description or "This cannot be done."
    known = LabelerError(message)
    known.code = error.name.lower().replace(" ", "_")
    known.status = error.code or 500
    if error.response is not None:
        return error.response
    return _answer_error(known)
