"""The same words across the corpus, sudden changes, and what a model doubts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from labeler import settling, transfer
from labeler.errors import Invalid
from labeler.models import Project
from labeler.models.database import now
from labeler.settling.sudden_changes import Difference
from labeler.web import paging
from labeler.web.answers import answer, sent_as
from labeler.web.api import blueprint
from labeler.web.api.jobs import JOB, job_json
from labeler.web.auth import allow, me
from labeler.web.consistency import MAX_WORDS, only
from labeler.web.openapi import MAX_ID, Whole, gives, takes

__all__ = ["blueprint"]

_OCCURRENCE: dict[str, Any] = {
    "document_id": int,
    "title": str,
    "start": int,
    "end": int,
    "before": str,
    "after": str,
    "gold": str | None,
    "annotators": [{"name": str, "label": str}],
}
_BATCH = {"documents": int, "occurrences": int, "refused": list[str]}
_KEY = StringConstraints(pattern=r"^[\x21-\x7e]{1,40}$")
_DOUBT: dict[str, Any] = {
    "id": int,
    "document": int,
    "annotator": str,
    "gold": bool,
    "about": str,
    "kind": str,
    "score": float,
    "before": str,
    "words": str,
    "after": str,
    "labeled": str,
    "proposed": str,
}
_SUDDEN: dict[str, Any] = {
    "id": int,
    "layer": int,
    "document": int,
    "annotator": str,
    "gold": bool,
    "held": int,
    "lost": int,
    "changed": int,
    "at": datetime,
    "shown": [Difference],
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand, in code points of a document."""

    document: Whole
    start: Whole
    end: Whole


@dataclass(frozen=True, slots=True)
class Alike:
    """Words to be labeled alike, in gold or in one's `own` layers; no label for none."""

    key: Annotated[str, _KEY]
    label: str
    places: list[Place]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """The key of what is to be taken back."""

    undone: Annotated[str, _KEY]


@dataclass(frozen=True, slots=True)
class Key:
    """The sender's own name for what is done, by which it can be taken back."""

    key: Annotated[str, _KEY]


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What is to be taken back: a restore by its `layer` and `key`, else what was kept."""

    layer: Whole | None = None
    key: str = ""


@blueprint.get("/projects/<slug>/consistency")
@allow("curator")
@takes(**paging.BY_WORDS)
@gives(paging.listed("contested", settling.Contested))
def get_consistency(project: Project) -> ResponseReturnValue:
    """Return words labeled in more than one way, those with the most deviations first."""
    found, following = settling.contested_after(project, _deviations(), paging.limit())
    told = None if following is None else f"{following[0]}.{following[1]}"
    return answer({"contested": found, "next": told})


def _deviations() -> tuple[int, str] | None:
    """Return the deviations and the words after which a page begins; raises Invalid."""
    count, _, words = paging.after_words().partition(".")
    if count and not count.isdecimal():
        raise Invalid("`after` is no place of this list: send the `next` of a page.")
    return (min(int(count), MAX_ID), words) if count else None


@blueprint.get("/projects/<slug>/consistency/outcomes")
@allow("curator")
@takes(
    words={"type": "string", "maxLength": MAX_WORDS},
    label={"type": "string", "description": "Empty for not labeled."},
    **paging.BY_NUMBER,
)
@gives(paging.listed("layers", settling.Outcome, total=int))
def get_outcomes(project: Project) -> ResponseReturnValue:
    """Return the finished layers in which words have a label, with how often: the `total` in all.

    A page may have nothing and a `next` all the same: then more documents are still to be read.
    """
    words, label = request.args.get("words", "")[:MAX_WORDS], request.args.get("label", "")
    found, following = settling.outcomes(project, words, label, paging.after(0), paging.limit())
    total = settling.counted(project, words, label)
    return answer({"total": total, "layers": found, "next": following})


@blueprint.get("/projects/<slug>/consistency/occurrences")
@allow("curator")
@takes(words={"type": "string", "maxLength": MAX_WORDS}, **paging.BY_NUMBER)
@gives(paging.listed("occurrences", _OCCURRENCE))
def get_occurrences(project: Project) -> ResponseReturnValue:
    """Return where words stand and how they are labeled, in up to `limit` documents.

    A page may have nothing and a `next` all the same: then more of the texts are still to be read.
    """
    asked = request.args.get("words", "").strip()[:MAX_WORDS]
    if not asked:
        return answer({"occurrences": [], "next": None})
    found, following = settling.occurrences(project, asked, paging.after(0), paging.limit())
    return answer({"occurrences": [_occurrence_json(each) for each in found], "next": following})


def _occurrence_json(found: settling.Occurrence) -> dict[str, Any]:
    """Return an occurrence in code points; labels are "" where nothing was labeled."""
    names = ("document_id", "title", "start", "end", "before", "after", "gold")
    told = {name: getattr(found, name) for name in names}
    return {**told, "annotators": [{"name": name, "label": label} for name, label in found.said]}


@blueprint.post("/projects/<slug>/consistency")
@allow("curator")
@takes(Alike)
@gives(_BATCH)
def post_alike(project: Project) -> ResponseReturnValue:
    """Label occurrences alike, in gold or in one's own layers; sent twice, it counts once."""
    sent, chosen = sent_as(Alike), dict[int, list[tuple[int, int]]]()
    for place in sent.places:
        chosen.setdefault(place.document, []).append((place.start, place.end))
    made = settling.make_alike(project, chosen, sent.label, sent.key, me(), now(), own=sent.own)
    return answer(_batch(made))


@blueprint.post("/projects/<slug>/consistency/undo")
@allow("curator")
@takes(Undone)
@gives(_BATCH)
def undo_own_alike(project: Project) -> ResponseReturnValue:
    """Take back what was labeled alike in one's own layers; `adjudication/undo` does so in gold."""
    return answer(_batch(settling.undo_own_batch(project, sent_as(Undone).undone, me(), now())))


def _batch(made: settling.Batch) -> dict[str, Any]:
    return {
        "documents": made.documents,
        "occurrences": made.questions,
        "refused": made.refused,
    }


# ---- sudden changes --------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/sudden-changes")
@allow("annotator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("changes", _SUDDEN))
def get_sudden_changes(project: Project) -> ResponseReturnValue:
    """Return finished layers that changed suddenly, newest first; annotators see their own."""
    found, following = settling.sudden_changes(
        project, before=paging.after(MAX_ID), of=only(project), limit=paging.limit()
    )
    return answer({"changes": [_sudden(each) for each in found], "next": following})


@blueprint.post("/projects/<slug>/sudden-changes/<int:change_id>/keep")
@allow("annotator")
@gives({})
def keep_sudden_change(project: Project, change_id: int) -> ResponseReturnValue:
    """Say that a sudden change is right: it is not listed any more."""
    settling.keep_change(settling.find_change(project, change_id, only(project)), me(), now())
    return answer({})


@blueprint.post("/projects/<slug>/sudden-changes/<int:change_id>/restore")
@allow("annotator")
@takes(Key)
@gives({})
def restore_sudden_change(project: Project, change_id: int) -> ResponseReturnValue:
    """Bring a layer back to what it was before a sudden change, by one edit."""
    found = settling.find_change(project, change_id, only(project))
    settling.bring_back(found, sent_as(Key).key, me(), now())
    return answer({})


@blueprint.post("/projects/<slug>/sudden-changes/<int:change_id>/undo")
@allow("annotator")
@takes(TakeBack)
@gives({})
def undo_sudden_change(project: Project, change_id: int) -> ResponseReturnValue:
    """Take back what one said of a sudden change, or what one brought back by it."""
    sent = sent_as(TakeBack)
    if sent.layer is not None:
        settling.take_back(settling.layer_of(project, sent.layer), sent.key, me(), now())
    else:
        settling.ask_about_change(project, change_id, me())
    return answer({})


def _sudden(each: settling.Sudden) -> dict[str, Any]:
    told = {name: getattr(each.row, name) for name in ("id", "held", "lost", "changed", "at")}
    said = {name: getattr(each, name) for name in ("annotator", "gold", "shown")}
    return {**told, **said, "layer": each.row.layer_id, "document": each.document.id}


# ---- doubts of a model -----------------------------------------------------------------------


@blueprint.get("/projects/<slug>/doubts")
@allow("curator")
@takes(**paging.BY_NUMBER)
@gives(paging.listed("doubts", _DOUBT))
def get_doubts(project: Project) -> ResponseReturnValue:
    """Return labels that a model trained on the other documents doubts, the surest first."""
    found, following = settling.doubts(project, paging.after(0) or None, paging.limit())
    return answer({"doubts": [_doubt(each) for each in found], "next": following})


@blueprint.post("/projects/<slug>/doubts")
@allow("curator")
@gives(JOB)
def post_doubts(project: Project) -> ResponseReturnValue:
    """Queue the search for doubtful labels, and return the job."""
    return answer(job_json(transfer.queue_doubts(project, me().id)))


@blueprint.post("/projects/<slug>/doubts/<int:doubt_id>/keep")
@allow("curator")
@gives({})
def keep_doubt(project: Project, doubt_id: int) -> ResponseReturnValue:
    """Say that a doubted label is right: it is not doubted again."""
    settling.keep_doubted(settling.find_doubt(project, doubt_id), me())
    return answer({})


@blueprint.post("/projects/<slug>/doubts/<int:doubt_id>/fix")
@allow("curator")
@takes(Key)
@gives({"gold": bool})
def fix_doubt(project: Project, doubt_id: int) -> ResponseReturnValue:
    """Label as the model has it, by one edit: in one's own layer where it is that, else in gold."""
    doubt, key = settling.find_doubt(project, doubt_id), sent_as(Key).key
    return answer({"gold": settling.fix_doubted(doubt, key, me(), now())})


@blueprint.post("/projects/<slug>/doubts/<int:doubt_id>/undo")
@allow("curator")
@takes(Key)
@gives({})
def undo_doubt(project: Project, doubt_id: int) -> ResponseReturnValue:
    """Take back what one said of a doubt; `key` is that of the fix, or any where it was kept."""
    settling.ask_again(project, doubt_id, sent_as(Key).key, me(), now())
    return answer({})


def _doubt(each: settling.Doubted) -> dict[str, Any]:
    told = {name: getattr(each.row, name) for name in ("id", "about", "kind", "score")}
    said = {name: getattr(each, name) for name in _DOUBT if name not in (*told, "document")}
    return {**told, **said, "document": each.document.id}
