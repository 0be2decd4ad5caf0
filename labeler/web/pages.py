"""The pages that people see."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from labeler.models import Document, Project
from labeler.web.api import work_json
from labeler.web.auth import allow, me

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@allow("member")
def home() -> ResponseReturnValue:
    """Show the person's projects."""
    return render_template("home.html")


@blueprint.get("/projects/<slug>/documents/<int:document_id>/label")
@allow("annotator")
def label(project: Project, document: Document) -> ResponseReturnValue:
    """Show a document for labeling."""
    return render_template("annotate.html", work=work_json(project, document, me()))
