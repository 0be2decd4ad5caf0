"""The same words across the corpus: how they are labeled, and making them alike in gold."""

import secrets
from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import accounts, jobs, lessons, settling, transfer
from labeler.errors import Invalid, LabelerError
from labeler.models import Project, User
from labeler.models.database import now
from labeler.web.auth import allow, me
from labeler.web.openapi import whole

blueprint = Blueprint("consistency", __name__)
MAX_WORDS = 300
_LEARNED = 50
"""Layers that are counted while somebody waits."""


@blueprint.get("/projects/<slug>/consistency")
@allow("curator")
def words(project: Project) -> ResponseReturnValue:
    """Show words that are labeled in more than one way, or where given words stand."""
    asked = request.args.get("words", "").strip()[:MAX_WORDS]
    after = max(request.args.get("after", 0, type=whole), 0)
    found, following = settling.occurrences(project, asked, after) if asked else ([], None)
    # Layers that came in from files teach the dictionary when somebody needs it.
    learned = 0 if asked else lessons.catch_up(project.id, now(), _LEARNED)
    more = learned == _LEARNED
    job = transfer.queue_lessons(project, me().id) if more and jobs.workers() else None
    return render_template(
        "consistency.html",
        words=asked,
        occurrences=found,
        following=following,
        usual=_usual(found),
        contested=[] if asked else settling.contested(project),
        labels=project.scheme.entities,
        undo=request.args.get("undo", ""),
        own=request.args.get("own", ""),
        more=more,
        job=job,
        counts=_counts(project),
    )


@blueprint.get("/projects/<slug>/consistency/outcomes")
@allow("curator")
def outcomes(project: Project) -> ResponseReturnValue:
    """List the finished layers in which words have a label, or none."""
    asked = request.args.get("words", "")[:MAX_WORDS]
    label = request.args.get("label", "")
    after = max(request.args.get("after", 0, type=whole), 0)
    found, following = settling.outcomes(project, asked, label, after)
    return render_template(
        "consistency_outcomes.html",
        words=asked,
        label=label,
        outcomes=found,
        following=following,
        total=settling.counted(project, asked, label),
    )


def _usual(found: Iterable[settling.Occurrence]) -> str | None:
    """Return the label that most annotators gave to these occurrences; None where nobody did."""
    counts = Counter(label for each in found for _, label in each.said if label)
    return max(counts, key=lambda label: (counts[label], label), default=None)


@blueprint.post("/projects/<slug>/consistency")
@allow("curator")
def make_alike(project: Project) -> ResponseReturnValue:
    """Label the chosen occurrences alike in gold, or in one's own layers; or take that back."""
    asked = request.form.get("words", "")[:MAX_WORDS]
    if undone := request.form.get("undone", "")[:100]:
        taken = settling.undo_own_batch(project, undone, me(), now())
        flash(" ".join([f"{taken.documents} documents are as before.", *taken.refused[:5]]))
        return redirect(url_for("consistency.words", slug=project.slug, words=asked))
    own = request.form.get("where") == "own"
    key = f"alike-{secrets.token_hex(8)}"
    label = request.form.get("label", "")
    chosen = _chosen(request.form.getlist("at"))
    undo = None
    try:
        made = settling.make_alike(project, chosen, label, key, me(), now(), own=own)
    except LabelerError as error:
        flash(error.message)
    else:
        undo = key if made.documents else None
        told = f"{made.questions} occurrences in {made.documents} documents were changed."
        flash(" ".join([told, *made.refused[:5]]))
    gold, mine = (None, undo) if own else (undo, None)
    address = url_for("consistency.words", slug=project.slug, words=asked, undo=gold, own=mine)
    return redirect(address)


# ---- sudden changes --------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/consistency/sudden")
@allow("annotator")
def sudden(project: Project) -> ResponseReturnValue:
    """Show finished layers that changed suddenly; annotators see their own."""
    before = request.args.get("before", type=whole)
    of = only(project)
    found, following = settling.sudden_changes(project, before=before, of=of)
    return render_template(
        "consistency_sudden.html",
        changes=found,
        following=following,
        curates=of is None,
        settled=max(request.args.get("settled", 0, type=whole), 0),
        user=me(),
    )


@blueprint.post(
    "/projects/<slug>/consistency/sudden/<int:change_id>/<any(keep, restore, undo):verdict>"
)
@allow("annotator")
def settle_sudden(project: Project, change_id: int, verdict: str) -> ResponseReturnValue:
    """Say that a sudden change is right, bring the layer back, or take either back."""
    settle = {"keep": _keep_change, "restore": _bring_back, "undo": _undo_change}[verdict]
    undo = {}
    try:
        undo = settle(project, change_id)
    except Invalid as error:
        flash(" ".join([error.message, *(problem.message for problem in error.problems[:3])]))
    return redirect(url_for("consistency.sudden", slug=project.slug, **undo))


def _keep_change(project: Project, number: int) -> dict[str, Any]:
    """Say that a change is right; return what the address needs to take that back."""
    found = settling.find_change(project, number, only(project))
    settling.keep_change(found, me(), now())
    return {"settled": number, "how": "keep"}


def _bring_back(project: Project, number: int) -> dict[str, Any]:
    """Bring a layer back, a curator anybody's; return what is needed to take that back."""
    found = settling.find_change(project, number, only(project))
    token, layer = secrets.token_hex(8), found.layer_id
    settling.bring_back(found, token, me(), now())
    return {"settled": number, "how": "restore", "layer": layer, "token": token}


def _undo_change(project: Project, number: int) -> dict[str, Any]:
    """Take back what was just said of a change, or brought back."""
    if layer := request.form.get("layer", 0, type=whole):
        token = request.form.get("token", "")[:40]
        settling.take_back(settling.layer_of(project, layer), token, me(), now())
        flash("Taken back. The history of the document has both.")
    else:
        settling.ask_about_change(project, number, me())
        flash("Taken back. It is on the list again.")
    return {}


def only(project: Project) -> User | None:
    """Return the only person whose layers may be seen; None for those who see all."""
    return None if accounts.may(project, me(), "curator") else me()


def _counts(project: Project) -> dict[str, int]:
    """Return how much waits for a look under each tab."""
    return {
        "sudden": settling.count_sudden_changes(project, only(project)),
        "doubts": settling.count_doubts(project),
    }


# ---- doubts of a model -----------------------------------------------------------------------


@blueprint.get("/projects/<slug>/consistency/doubts")
@allow("curator")
def doubts(project: Project) -> ResponseReturnValue:
    """Show labels that a model trained on the other documents doubts, the surest first."""
    after = request.args.get("after", 0, type=whole)
    found, following = settling.doubts(project, after if after > 0 else None)
    return render_template(
        "consistency_doubts.html",
        settled=max(request.args.get("settled", 0, type=whole), 0),
        doubts=found,
        following=following,
        user=me(),
        job=jobs.latest(project.id, "doubts"),
        unfinished=jobs.UNFINISHED,
        workers=jobs.workers(),
    )


@blueprint.post("/projects/<slug>/consistency/doubts")
@allow("curator")
def look_for_doubts(project: Project) -> ResponseReturnValue:
    """Queue the search for doubtful labels."""
    transfer.queue_doubts(project, me().id)
    return redirect(url_for("consistency.doubts", slug=project.slug))


@blueprint.post(
    "/projects/<slug>/consistency/doubts/<int:doubt_id>/<any(keep, fix, undo):verdict_on>"
)
@allow("curator")
def settle_doubt(project: Project, doubt_id: int, verdict_on: str) -> ResponseReturnValue:
    """Keep a doubted label, label as the model has it, or take either back."""
    settle = {"keep": _keep_doubted, "fix": _fix_doubted, "undo": _ask_again}[verdict_on]
    undo = {}
    try:
        undo = settle(project, doubt_id)
    except LabelerError as error:
        flash(" ".join([error.message, *(problem.message for problem in error.problems[:3])]))
    return redirect(url_for("consistency.doubts", slug=project.slug, **undo))


def _keep_doubted(project: Project, number: int) -> dict[str, Any]:
    """Keep a doubted label; return what the address needs to take that back."""
    settling.keep_doubted(settling.find_doubt(project, number), me())
    return {"settled": number, "how": "keep"}


def _fix_doubted(project: Project, number: int) -> dict[str, Any]:
    """Label as the model has it; return what the address needs to take that back."""
    token = secrets.token_hex(8)
    in_gold = settling.fix_doubted(settling.find_doubt(project, number), token, me(), now())
    return {"settled": number, "how": "gold" if in_gold else "own", "token": token}


def _ask_again(project: Project, number: int) -> dict[str, Any]:
    """Take back what was just settled."""
    settling.ask_again(project, number, request.form.get("token", "")[:40], me(), now())
    flash("Taken back. It is on the list again.")
    return {}


def _chosen(places: Iterable[str]) -> dict[int, list[tuple[int, int]]]:
    """Read what was ticked: document, start and end; what is none is left out."""
    found: dict[int, list[tuple[int, int]]] = {}
    for place in places:
        parts = place.split("-")
        if len(parts) == 3 and all(part.isdecimal() and len(part) < 12 for part in parts):
            document, start, end = map(int, parts)
            found.setdefault(document, []).append((start, end))
    return found
