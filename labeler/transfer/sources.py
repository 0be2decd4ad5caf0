"""What proposes for a project: its patterns, the suggester chosen, and the version trained here."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import select

from labeler import nlp, schema
from labeler.borders import spacy_lock
from labeler.errors import Invalid, LabelerError, Unavailable
from labeler.models import Project, TrainedModel, db
from labeler.suggest import Suggester, suggesters
from labeler.suggest.patterns import PatternSuggester
from labeler.transfer import patterns


@dataclass(frozen=True, slots=True)
class Source:
    """A suggester that proposes for a project, with its options."""

    name: str
    options: dict[str, Any]
    hears: str | None = None
    """The suggester whose entities are in what this one proposes, weighed already."""

    def load(self, language: str) -> Suggester:
        """Return the suggester, the same as long as nothing changes."""
        return _loaded(self.name, language, orjson.dumps(self.options, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=8)
def _loaded(name: str, language: str, options: bytes) -> Suggester:
    named = orjson.loads(options)
    if name == PatternSuggester.name:  # a run names them by number: they may be thousands
        project = db.session.get_one(Project, named["project"])
        named = {**named, "patterns": patterns.find_version(project, named["number"]).patterns}
    return suggesters[name](language=language, options=named)


def sources(project: Project) -> list[Source]:
    """Return what proposes for a project: its patterns, the suggester chosen, the version trained.

    The last is the one that says how useful a document is to label.
    """
    found = [Source(project.suggester, project.suggester_options)]
    written = patterns.in_force(project)
    if written is not None:
        found.insert(0, Source(PatternSuggester.name, written))
    wanted = select(TrainedModel).where(TrainedModel.project_id == project.id, TrainedModel.current)
    trained = db.session.scalar(wanted)
    if trained is not None:
        options = {"folder": trained.folder, "number": trained.number}
        found.append(Source("trained", options, trained.scores.get("hears")))
    return found


def try_suggester(name: str, options: dict[str, Any], language: str, scheme: schema.Scheme) -> None:
    """Raise Invalid, with what to do, unless this suggester can propose by this scheme."""
    try:
        with spacy_lock:
            suggester = suggesters[name](language=language, options=options)
            if scheme.entities:
                list(suggester.suggest(["Does it work?"], scheme))
            elif not suggester.version:
                raise Invalid(f"The suggester {name} cannot be used.")
    except Unavailable as error:  # what was named is: asking again does not help
        raise Invalid(error.message, error.problems) from error


def warm_up(project: Project) -> None:
    """Load what the first document opened will need; what fails is told when it is opened."""
    try:
        with spacy_lock:
            for source in sources(project):
                list(source.load(project.language).suggest(["Warm up."], project.scheme))
            list(nlp.tokenize(["Warm up."], project.language))
    except LabelerError:
        return
