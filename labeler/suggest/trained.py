"""The suggester that was trained on a project's own layers.

Entities are found by our tagger or by a spaCy pipeline, relations by a model of ours.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from labeler import nlp
from labeler.errors import Unavailable
from labeler.schema import Entity, Kind, Relation, Scheme, Suggestion, crosses, overlap
from labeler.suggest import Suggester, entity_suggestion, relation_suggestion, suggesters
from labeler.suggest.mentions import MentionModel
from labeler.suggest.naming import NamingModel
from labeler.suggest.pipeline import propose
from labeler.suggest.reading import Reading
from labeler.suggest.relating import RelationModel
from labeler.suggest.repeats import LabelAgain
from labeler.suggest.tagging import Tagger

PIECE = 2_000
"""Code points that the pipeline is given at once: its memory grows with them."""
PIPELINE, TAGGER = "pipeline", "tagger.npz"
RELATIONS, MENTIONS, NAMING = "relations.npz", "mentions.npz", "naming.npz"
BESIDE = (RELATIONS, MENTIONS, NAMING)
"""What a version consists of: a folder that `spacy.load` takes, and files beside it. Where there is
a tagger, it is better than the pipeline, or there is none yet, and it finds the entities."""


def is_there(folder: Path) -> bool:
    """Tell whether the files of a version are at a place."""
    return (folder / PIPELINE).is_dir() or (folder / TAGGER).is_file()


class TrainedSuggester:
    """Proposes what a version trained here finds; the option `folder` is where the version lies."""

    name: ClassVar[str] = "trained"
    title: ClassVar[str] = "Trained on what was labeled"

    def __init__(self, *, language: str, options: dict[str, Any]) -> None:
        self._language = language
        self._folder = Path(str(options.get("folder") or ""))
        self._number = options.get("number", 0)
        self._other: Suggester | None = None

    @property
    def version(self) -> str:
        """Name the version."""
        return f"model {self._number}"

    def suggest(self, texts: Iterable[str], scheme: Scheme) -> Iterator[list[Suggestion]]:
        """Yield the proposals for each text; raises Unavailable when the version is gone."""
        for text in texts:
            [tokens] = nlp.tokenize([text], self._language)
            reading = Reading(text, tokens)
            entities = self.entities(reading, scheme)
            yield [*entities, *self.relations(reading, entities, scheme)]

    def entities(self, reading: Reading, scheme: Scheme) -> list[Entity]:
        """Return the entities that the version proposes, by place; raises Unavailable."""
        if not is_there(self._folder):
            raise Unavailable(
                f"The files of {self.version} are not at {self._folder}. Put them back, or use "
                "another version, or none, on the page of suggestions."
            )
        if self._tagger is None:
            return self._piped(reading, scheme)
        found = list(self._tagged(self._tagger, reading, scheme))
        if not self._tagger.nested or scheme.overlap == "forbid":
            return found
        beside = _nested(found, self._piped(reading, scheme))
        return sorted([*found, *beside], key=lambda item: (item.start, item.end))

    def _piped(self, reading: Reading, scheme: Scheme) -> list[Entity]:
        """Return what the pipeline finds."""
        pipeline = nlp.load(str(self._folder / PIPELINE))
        origin = {"suggester": self.name, "version": self.version}
        found = next(propose(pipeline, [reading.text], scheme, origin=origin, piece=PIECE))
        return [self._explained(item) for item in found if isinstance(item, Entity)]

    def _tagged(self, tagger: Tagger, reading: Reading, scheme: Scheme) -> Iterator[Entity]:
        """Yield what the tagger finds, told the proposals that it has learned to weigh.

        Where labels say how a name is used, the naming model tells them apart with it.
        """
        starts, ends = reading.tokens.starts, reading.tokens.ends
        heard, naming = self._heard(tagger, reading, scheme), self._naming

        def told(first: int, last: int) -> Mapping[str, float]:
            return naming.likely(reading, (first, last), []) if naming else {}

        by_use = told if naming and naming.by_use else None
        for first, last, label, score in tagger.spans(reading, heard, by_use):
            name = scheme.offered("entities", label)
            if name is not None:
                origin = {"suggester": self.name, "version": self.version, "score": round(score, 4)}
                item = entity_suggestion(starts[first], ends[last - 1], name, origin)
                yield self._explained(item)

    @property
    def longest(self) -> int | None:
        """Return the tokens of the longest entity that the tagger learned from, None without it."""
        return self._tagger.longest if self._tagger else None

    def naming(
        self,
        reading: Reading,
        place: tuple[int, int],
        before: Sequence[str],
        scheme: Scheme,
        heard: Mapping[str, Sequence[Entity]],
    ) -> dict[str, float]:
        """Return how likely each label of the scheme is for tokens, given that they are an entity.

        The mean of what the tagger says of the sentence and the naming model of the words alone.
        `before` are the labels that the same words had before in the text, `heard` is what other
        suggesters propose for it, by their names, as far as that is known. Empty where nothing was
        learned.
        """
        sums = defaultdict[str, float](float)
        told = [self._naming.likely(reading, place, before)] if self._naming else []
        if tagger := self._tagger:
            known = heard.get(tagger.hears.get("name", ""))
            proposed = self._heard(tagger, reading, scheme) if known is None else known
            told.append(tagger.naming(reading, proposed, place))
        for chances in told:
            for label, chance in chances.items():
                sums[label] += chance
        return _offered(sums, "entities", scheme)

    def _heard(self, tagger: Tagger, reading: Reading, scheme: Scheme) -> list[Entity]:
        name = tagger.hears.get("name")
        if name is None:
            return []
        if self._other is None:
            self._other = suggesters[name](
                language=self._language, options=dict(tagger.hears["options"])
            )
        found = next(iter(self._other.suggest([reading.text], scheme)))
        return [item for item in found if isinstance(item, Entity)]

    def _explained(self, entity: Entity) -> Entity:
        """Say in the reason what the model thinks, in the words of the list of suggestions."""
        origin = dict(entity.origin or {})
        sure = f", {origin['score']:.2f}" if "score" in origin else ""
        origin["reason"] = f"{self.version}{sure}"
        return Entity(entity.id, entity.start, entity.end, entity.label, origin)

    def relations(
        self, reading: Reading, entities: Sequence[Entity], scheme: Scheme
    ) -> list[Relation]:
        """Return the relations that the version proposes between given entities, by id."""
        if self._model is None or not scheme.relations:
            return []
        origin = {"suggester": self.name, "version": self.version}
        made = [
            relation_suggestion(
                head, tail, label,
                {**origin, "score": round(chance, 4), "reason": f"{self.version}, {chance:.2f}"},
            )
            for head, tail, label, chance in self._model.relations(reading, entities, scheme)
        ]  # fmt: skip
        return sorted({item.id: item for item in made}.values(), key=lambda item: item.id)

    def relating(
        self,
        reading: Reading,
        entities: Sequence[Entity],
        ends: tuple[Entity, Entity],
        scheme: Scheme,
    ) -> dict[str, float]:
        """Return how likely each label is for the relation from a head to a tail, if there is one.

        `ends` are two of the entities. Empty where the version knows of no relations.
        """
        if self._model is None:
            return {}
        return _offered(self._model.naming(reading, entities, ends), "relations", scheme)

    def labels_again(self, scheme: Scheme) -> LabelAgain:
        """Return what says as what words are labeled where they come again in a text."""

        def label(reading: Reading, place: tuple[int, int], before: Sequence[str]) -> str | None:
            found = self._mentions.label(reading, place, before) if self._mentions else None
            return scheme.offered("entities", found) if found else None

        return label

    @cached_property
    def _naming(self) -> NamingModel | None:
        path = self._folder / NAMING
        return NamingModel.load(path) if path.is_file() else None

    @cached_property
    def _mentions(self) -> MentionModel | None:
        path = self._folder / MENTIONS
        return MentionModel.load(path) if path.is_file() else None

    @cached_property
    def _model(self) -> RelationModel | None:
        path = self._folder / RELATIONS
        return RelationModel.load(path) if path.is_file() else None

    @cached_property
    def _tagger(self) -> Tagger | None:
        path = self._folder / TAGGER
        return Tagger.load(path) if path.is_file() else None


def _offered(chances: Mapping[str, float], kind: Kind, scheme: Scheme) -> dict[str, float]:
    """Return chances by the present names of the labels that the scheme offers."""
    found = defaultdict[str, float](float)
    for label, chance in chances.items():
        if name := scheme.offered(kind, label):
            found[name] += chance
    total = sum(found.values())
    return {label: chance / total for label, chance in found.items()} if total else {}


def _nested(entities: Sequence[Entity], others: Iterable[Entity]) -> Iterator[Entity]:
    """Yield those of the others that lie within or around entities, and cross none of them."""
    for other in others:
        met = [item for item in entities if overlap(item, other)]
        same = any((item.start, item.end) == (other.start, other.end) for item in met)
        if met and not same and not any(crosses(item, other) for item in met):
            yield other
