"""Comparisons of large corpora, read beside the requests: whoever opens a number waits on a page.

They live in the memory of the process that answers, so a thread of it reads them, and no worker.
"""

import logging
import threading

from flask import Flask, current_app

from labeler import reliability
from labeler.models import Project, db
from labeler.reliability import Scope

_Place = tuple[str, int, Scope, str | None]
_under_way: set[_Place] = set()
_failed: set[_Place] = set()
_lock = threading.Lock()


def is_ready(project: Project, scope: Scope, against: str | None = None) -> bool:
    """Tell whether what is compared can be opened at once; if not, begin to read it.

    What could not be read is ready as well: who opens it is told why.
    """
    if not reliability.is_large(project, scope):
        return True
    place = str(db.engine.url), project.id, scope, against
    with _lock:
        if place in _failed:
            _failed.discard(place)
            return True
        if place in _under_way:
            return False
        if reliability.in_memory(project, scope, against):
            return True
        _under_way.add(place)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=_read, args=(app, place), name="reading", daemon=True).start()
    return False


def _read(app: Flask, place: _Place) -> None:
    _, project_id, scope, against = place
    with app.app_context():
        try:
            reliability.compare(db.session.get_one(Project, project_id), scope, against)
        except Exception:
            logging.getLogger(__name__).exception("What is compared could not be read.")
            with _lock:
                _failed.add(place)
        finally:
            db.session.remove()
            with _lock:
                _under_way.discard(place)
