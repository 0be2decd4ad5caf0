"""The suggester that was trained on a project's own layers: entities by spaCy, relations by us."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from labeler import nlp
from labeler.schema import Entity, Relation, Scheme, Suggestion
from labeler.suggest import relation_suggestion
from labeler.suggest.dictionary import Reading
from labeler.suggest.pipeline import propose
from labeler.suggest.relating import RelationModel

PIECE = 2_000
"""Code points that the pipeline is given at once: its memory grows with them."""
PIPELINE, RELATIONS = "pipeline", "relations.npz"
"""What a version consists of: a folder that `spacy.load` takes, and a file beside it."""


class TrainedSuggester:
    """Proposes what a version trained here finds; the option `folder` is where the version lies."""

    name: ClassVar[str] = "trained"
    title: ClassVar[str] = "Trained on what was labeled"

    def __init__(self, *, language: str, options: dict[str, Any]) -> None:
        self._language = language
        self._folder = Path(str(options.get("folder") or ""))
        self._number = options.get("number", 0)

    @property
    def version(self) -> str:
        """Name the version."""
        return f"model {self._number}"

    def suggest(self, texts: Iterable[str], scheme: Scheme) -> Iterator[list[Suggestion]]:
        """Yield the proposals for each text; raises Unavailable when the version is gone."""
        origin = {"suggester": self.name, "version": self.version}
        pipeline = nlp.load(str(self._folder / PIPELINE))
        for text in texts:
            found = next(propose(pipeline, [text], scheme, origin=origin, piece=PIECE))
            entities = [self._explained(item) for item in found if isinstance(item, Entity)]
            [tokens] = nlp.tokenize([text], self._language)
            yield [*entities, *self.relations(Reading(text, tokens), entities, scheme)]

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

    @cached_property
    def _model(self) -> RelationModel | None:
        path = self._folder / RELATIONS
        return RelationModel.load(path) if path.is_file() else None
