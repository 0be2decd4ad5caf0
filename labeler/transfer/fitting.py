"""Fits what learns in seconds on what was labeled: the tagger, relations, words that come again."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from labeler.borders import spacy_lock
from labeler.errors import LabelerError
from labeler.models import Project, db
from labeler.schema import Entity, Layer, overlap
from labeler.suggest import mentions, naming, relating, suggesters, tagging
from labeler.suggest.reading import Reading
from labeler.suggest.tagging import Example, Tagger
from labeler.suggest.trained import MENTIONS, NAMING, RELATIONS
from labeler.transfer import judging
from labeler.transfer.exports import training_records

MOST = 500
"""Documents that the tagger learns from, the last ones: it holds them in memory."""


def readings(project: Project, part: str) -> Iterator[tuple[Reading, Layer]]:
    """Yield the finished documents of a part, `train`, `dev` or `test`, as they are labeled."""
    for record in training_records(project):
        if record.part == part:
            yield Reading(record.document.text, record.tokens), record.layer


def has_nested(project: Project) -> bool:
    """Tell whether entities lie within others in what a version is judged by."""
    if project.scheme.overlap == "forbid":
        return False
    layers = (layer for _, layer in readings(project, "dev"))
    return any(
        overlap(one, other)
        for layer in layers
        for one, other in pairwise(sorted(layer.entities, key=lambda e: (e.start, e.end)))
    )


def tagger(project: Project, tell: Callable[[str], None]) -> Tagger | None:
    """Return a tagger that learned from what is labeled and what is proposed there.

    None where nothing is labeled. `tell` gets each line of progress, and ends it by raising.
    """
    hears: dict[str, Any] = {"name": project.suggester, "options": project.suggester_options}
    try:
        examples = deque(_heard(project, hears), MOST)
    except LabelerError as problem:
        tell(f"The tagger hears no other suggester: {problem.message}")
        hears = {}
        examples = deque(_heard(project, hears), MOST)
    db.session.rollback()  # a read of minutes would keep the database from tidying up
    return tagging.train(examples, hears, tell)


def _heard(project: Project, hears: Mapping[str, Any]) -> Iterator[Example]:
    """Yield the documents to learn from with what the suggester that is heard proposes for each."""
    suggester = (
        suggesters[hears["name"]](language=project.language, options=hears["options"])
        if hears
        else None
    )
    scheme = project.scheme
    for reading, layer in readings(project, "train"):
        with spacy_lock:
            found = next(iter(suggester.suggest([reading.text], scheme))) if suggester else []
        yield Example(reading, layer.entities, [item for item in found if isinstance(item, Entity)])


def beside(project: Project, folder: Path) -> dict[str, Any]:
    """Train what stands beside a tagger or pipeline into a folder; return scores of relations."""
    texts = deque(
        ((reading, layer.entities) for reading, layer in readings(project, "train")), MOST
    )
    if again := mentions.train(texts):
        again.save(folder / MENTIONS)
    if names := naming.train(texts, by_use=again is not None):
        names.save(folder / NAMING)
    model = relating.train(_related(project, "train"), project.scheme)
    if model is None:
        return {}
    model.save(folder / RELATIONS)
    return judging.relation_scores(model, _related(project, "dev"), project.scheme)


def _related(project: Project, part: str) -> Iterator[relating.Example]:
    if project.scheme.relations:
        for reading, layer in readings(project, part):
            yield reading, layer.entities, layer.relations
