"""What a person may know of their own agreement: beside settled gold, and beside themselves.

Nobody else's labels enter these numbers, so they tell nothing of how others label.
"""

import time
from typing import Any

import orjson

from labeler.agreement import held
from labeler.models import AgreementReport, Project, User, db
from labeler.models.database import now
from labeler.reliability.reading import GOLD, Scope
from labeler.reliability.references import THEMSELVES
from labeler.reliability.results import Comparison, compare, fingerprint, hashed, keep

NEWEST = 500
"""Layers of a person that are compared: enough to be sure, and read at once."""


OWN = (GOLD, THEMSELVES)
"""What a person may be held against on their own page."""


def own_comparison(project: Project, person: User, name: str) -> Comparison:
    """Return a person's newest finished layers, those of training as well, beside gold or beside
    their first submissions."""
    return compare(project, Scope((person.name,), newest=NEWEST, training=True), name)


def own_agreement(project: Project, person: User) -> dict[str, Any]:
    """Return how far a person agrees with gold and with their first submissions: for each that
    there is a pair for entities, one for relations, and one for each group of categories.

    Only their newest finished documents count, NEWEST of them at most.
    """
    question, found = hashed(f"own {person.id}".encode()), fingerprint(project, person)
    row = db.session.get(AgreementReport, (project.id, question), populate_existing=True)
    if row is None or row.fingerprint != found:
        row = _computed(project, person, question, found)
    body: dict[str, Any] = orjson.loads(row.body)
    return body


def _computed(project: Project, person: User, question: str, found: str) -> AgreementReport:
    begin, body = time.perf_counter(), {}
    for name in OWN:
        made = own_comparison(project, person, name)
        if made.pairs:
            parts = held(made.result, made.pairs)
            body[name] = {
                "entities": parts["entities"][0],
                "relations": parts["relations"][0],
                "categories": parts["categories"],
            }
    row = AgreementReport(
        project_id=project.id,
        question=question,
        fingerprint=found,
        body=orjson.dumps(body),
        computed=now(),
        seconds=time.perf_counter() - begin,
    )
    keep(row)
    return row
