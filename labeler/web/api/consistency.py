"""The same words across the corpus, sudden changes, and what a model doubts."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from labeler import settling
from labeler.models import Project
from labeler.web.answers import answer
from labeler.web.api import blueprint
from labeler.web.auth import allow
from labeler.web.consistency import MAX_WORDS
from labeler.web.openapi import takes, whole

__all__ = ["blueprint"]


@blueprint.get("/projects/<slug>/consistency")
@allow("curator")
@takes(words={"type": "string", "maxLength": MAX_WORDS}, after={"type": "integer", "minimum": 0})
def get_consistency(project: Project) -> ResponseReturnValue:
    """Return words labeled in more than one way, or where `words` stand, 25 documents at a time."""
    asked = request.args.get("words", "").strip()[:MAX_WORDS]
    if not asked:
        found = settling.contested(project)
        return answer({"contested": [{"words": e.words, "counts": e.counts} for e in found]})
    after = max(request.args.get("after", 0, type=whole), 0)
    listed, following = settling.occurrences(project, asked, after)
    return answer({"occurrences": [_occurrence_json(each) for each in listed], "next": following})


def _occurrence_json(found: settling.Occurrence) -> dict[str, Any]:
    """Return an occurrence in code points; labels are "" where nothing was labeled."""
    names = ("document_id", "title", "start", "end", "before", "after", "gold")
    told = {name: getattr(found, name) for name in names}
    return {**told, "annotators": [{"name": name, "label": label} for name, label in found.said]}
