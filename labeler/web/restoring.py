"""The history of one layer: who changed what when, and back to any of its revisions."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import settling
from labeler.errors import Invalid
from labeler.models import Layer, Project
from labeler.models.database import now
from labeler.web.auth import allow, me
from labeler.web.openapi import whole

blueprint = Blueprint("restoring", __name__)
_PAGE = 50


@blueprint.get("/projects/<slug>/layers/<int:layer_id>/history")
@allow("annotator")
def history(project: Project, layer: Layer) -> ResponseReturnValue:
    """Show the edits of a layer, the newest first; annotators see their own layers."""
    found = settling.steps(layer, request.args.get("before", type=whole), _PAGE)
    return render_template(
        "history.html",
        layer=layer,
        document=layer.document,
        own=not layer.gold and layer.annotator_id == me().id,
        steps=found,
        project=project,
        token=request.args.get("token", ""),
    )


@blueprint.post("/projects/<slug>/layers/<int:layer_id>/history")
@allow("annotator")
def restore(project: Project, layer: Layer) -> ResponseReturnValue:
    """Bring a layer back to a revision, or take that back; a curator anybody's."""
    token = secrets.token_hex(8)
    try:
        if undone := request.form.get("undone", "")[:40]:
            settling.take_back(layer, undone, me(), now())
            token = ""
        else:
            settling.restore(
                layer, request.form.get("revision", -1, type=whole), token, me(), now()
            )
    except Invalid as error:
        flash(" ".join([error.message, *(problem.message for problem in error.problems[:3])]))
        token = ""
    address = url_for(
        "restoring.history", slug=project.slug, layer_id=layer.id, token=token or None
    )
    return redirect(address)
