"""The suggester that any spaCy pipeline is: its entities, its span groups, its relations."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar

from labeler import nlp
from labeler.errors import Invalid, Unavailable
from labeler.schema import Entity, Overlap, Relation, Scheme, Suggestion, crosses, overlap
from labeler.suggest import entity_suggestion, relation_suggestion
from labeler.suggest.labels import LabelMap

PIECE = 25_000
"""Code points that a pipeline is given at once; longer texts are cut between paragraphs."""
BATCH = 32
"""Texts that `nlp.pipe` holds at once."""
THRESHOLD = 0.5
"""Score from which a relation in `doc._.rel` is proposed."""

Origin = Mapping[str, Any]


class PipelineSuggester:
    """Proposes what a spaCy pipeline finds: `doc.ents`, `doc.spans` and `doc._.rel`.

    Options: `pipeline`, the name of an installed pipeline or the folder of one; `spans_key`, the
    one span group to read instead of all; `labels`, which of its labels is which of the scheme's.
    """

    name: ClassVar[str] = "spacy"
    title: ClassVar[str] = "spaCy pipeline"

    def __init__(self, *, language: str, options: dict[str, Any]) -> None:
        del language  # the pipeline has its own
        self._pipeline = str(options.get("pipeline") or "")
        self._spans_key = options.get("spans_key")
        self._labels = options.get("labels")

    @property
    def version(self) -> str:
        """Name the pipeline and its version; raises Unavailable when it cannot be loaded."""
        meta = self._loaded.meta
        return f"{meta.get('lang', '')}_{meta.get('name', '')} {meta.get('version', '')}".strip()

    def suggest(self, texts: Iterable[str], scheme: Scheme) -> Iterator[list[Suggestion]]:
        """Yield the proposals for each text; raises Unavailable when the pipeline does not work."""
        _check_labels(self._loaded, LabelMap(scheme, self._labels))
        yield from propose(
            self._loaded,
            texts,
            scheme,
            origin={"suggester": self.name, "version": self.version},
            labels=self._labels,
            spans_key=self._spans_key,
        )

    @cached_property
    def _loaded(self) -> Any:
        if not self._pipeline:
            raise Invalid("Name the spaCy pipeline that is to suggest: the option “pipeline”.")
        return nlp.load(self._pipeline)


def propose(  # noqa: PLR0913 - what can be said of a run, by name
    pipeline: Any,
    texts: Iterable[str],
    scheme: Scheme,
    *,
    origin: Origin,
    labels: Mapping[str, Any] | None = None,
    spans_key: str | None = None,
    flat: bool = False,
    piece: int = PIECE,
) -> Iterator[list[Suggestion]]:
    """Yield what a spaCy pipeline finds in each text, in labels of the scheme, by place.

    `spans_key` names the one span group to read instead of `doc.ents` and all groups; `flat` keeps
    the surest of those that overlap even where the scheme allows it; `piece` is how many code
    points the pipeline gets at once.
    """
    label_map = LabelMap(scheme, labels)
    pieces = (
        (part, (number, offset, part))
        for number, text in enumerate(texts)
        for offset, part in _pieces(text, piece)
    )
    for _, docs in groupby(_run(pipeline, pieces), key=lambda item: item[1][0]):
        found: list[Suggestion] = []
        for doc, (_, offset, part) in docs:
            reader = _Reader(doc, part, offset, label_map, origin, spans_key)
            found += reader.read("forbid" if flat else scheme.overlap)
        yield sorted(found, key=lambda item: isinstance(item, Relation))


def _check_labels(pipeline: Any, labels: LabelMap) -> None:
    """Raise Invalid when a pipeline finds nothing, or nothing that the scheme has."""
    if not any(_may_find(pipeline, name) for name in pipeline.pipe_names):
        parts = ", ".join(pipeline.pipe_names) or "no components"
        raise Invalid(
            f"The pipeline finds neither entities nor spans: it has {parts}. Choose one with a "
            "component such as ner, spancat or an entity ruler."
        )
    found = {
        label
        for name, names in pipeline.pipe_labels.items()
        if _finds(pipeline, name)
        for label in names
    }
    if found and not any(labels.entity(label) for label in found):
        raise Invalid(
            f"The pipeline finds {', '.join(sorted(found)[:10])}; the scheme has no such label. "
            "Say in the option “labels” which is which, in the settings under “Labels of the "
            "suggester”, or choose another pipeline."
        )


def _finds(pipeline: Any, name: str) -> bool:
    """Tell whether a component says of itself that it finds entities or spans."""
    return not {"doc.ents", "doc.spans"}.isdisjoint(pipeline.get_pipe_meta(name).assigns)


def _may_find(pipeline: Any, name: str) -> bool:
    """Tell whether a component may find something: those that are not spaCy's need not say so."""
    own = type(pipeline.get_pipe(name)).__module__.startswith("spacy.")
    return not own or _finds(pipeline, name)


def _run(pipeline: Any, pieces: Iterable[tuple[str, tuple[int, int, str]]]) -> Iterator[Any]:
    try:
        yield from pipeline.pipe(pieces, as_tuples=True, batch_size=BATCH)
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        name = pipeline.meta.get("name") or "of this project"
        raise Unavailable(
            f"The pipeline {name} failed on a text: {error} Train or install it again, "
            "or choose another in the project's settings."
        ) from error


def _pieces(text: str, size: int) -> Iterator[tuple[int, str]]:
    """Yield a text in pieces with their offsets, cut after a line, else a word, where too long."""
    start = 0
    while len(text) - start > size:
        stop = start + size
        cuts = (text.rfind(mark, start, stop) + len(mark) for mark in ("\n\n", "\n", " "))
        stop = next((cut for cut in cuts if cut > start + size // 10), stop)
        yield start, text[start:stop]
        start = stop
    yield start, text[start:]


class _Reader:
    """Reads the proposals of one processed text that starts at `offset` of its article.

    The text is handed in, since a Doc puts its own together anew each time it is asked.
    """

    def __init__(
        self,
        doc: Any,
        text: str,
        offset: int,
        labels: LabelMap,
        origin: Origin,
        spans_key: str | None,
    ) -> None:
        self._doc, self._text = doc, text
        self._offset, self._origin = offset, origin
        self._labels, self._spans_key = labels, spans_key
        self._entities: dict[str, Entity] = {}
        self._tokens: dict[str, int] = {}
        self._by_token: dict[int, Entity] = {}

    def read(self, rule: Overlap) -> list[Suggestion]:
        """Return the proposals that may stand together by this rule on overlap, by place."""
        for span in self._doc.ents if self._spans_key is None else ():
            self._add(span, None, None)
        groups = self._groups()
        for group in groups:
            scores, reasons = _scores(group), group.attrs.get("reasons") or [None] * len(group)
            for span, score, reason in zip(group, scores, reasons, strict=True):
                self._add(span, score, reason)
        entities = self._fitting(rule)
        # Of entities that start at one token the longest, which comes last, has its relations.
        self._by_token = {self._tokens[entity.id]: entity for entity in entities}
        relations = {
            relation.id: relation for relation in (*self._relations(), *self._links(groups))
        }
        return [*entities, *(relations[key] for key in sorted(relations))]

    def _groups(self) -> list[Any]:
        keys = sorted(self._doc.spans) if self._spans_key is None else [self._spans_key]
        return [self._doc.spans[key] for key in keys if key in self._doc.spans]

    def _add(self, span: Any, score: float | None, reason: str | None) -> None:
        label = self._labels.entity(span.label_)
        start, end = span.start_char, span.end_char
        while start < end and self._text[start].isspace():
            start += 1
        while start < end and self._text[end - 1].isspace():
            end -= 1
        if label is None or start == end:
            return
        why = self._why(score, reason or "entity of the pipeline")
        entity = entity_suggestion(self._offset + start, self._offset + end, label, why)
        held = self._entities.get(entity.id)
        if held is None or _score(held, 0.0) < _score(entity, 0.0):
            self._entities[entity.id] = entity
            self._tokens[entity.id] = span.start

    def _why(self, score: float | None, reason: str) -> dict[str, Any]:
        sure = {} if score is None else {"score": round(float(score), 4)}
        return {**self._origin, **sure, "reason": reason}

    def _fitting(self, rule: Overlap) -> list[Entity]:
        entities = sorted(self._entities.values(), key=lambda entity: (entity.start, entity.end))
        if rule == "allow":
            return entities
        clash = overlap if rule == "forbid" else crosses
        clashing: dict[str, set[str]] = {entity.id: set() for entity in entities}
        open_: list[Entity] = []
        for entity in entities:
            open_ = [other for other in open_ if other.end > entity.start]
            for other in open_:
                if clash(entity, other):
                    clashing[entity.id].add(other.id)
                    clashing[other.id].add(entity.id)
            open_.append(entity)
        kept: set[str] = set()
        for entity in sorted(entities, key=_rank):
            if clashing[entity.id].isdisjoint(kept):
                kept.add(entity.id)
        return [entity for entity in entities if entity.id in kept]

    def _relations(self) -> Iterator[Relation]:
        """Yield what a relation component put into `doc._.rel`, as spaCy's tutorial has it."""
        table = self._doc._.rel if self._doc.has_extension("rel") else {}
        for (head, tail), scores in (table or {}).items():
            for label, score in scores.items():
                if score >= THRESHOLD:
                    yield from self._relation(
                        self._by_token.get(head), self._by_token.get(tail), label, score, None
                    )

    def _links(self, groups: list[Any]) -> Iterator[Relation]:
        """Yield the relations between the spans of a group that stand in its attributes."""
        for group in groups:
            for head, tail, label, score, reason in group.attrs.get("links", ()):
                first, second = (self._by_token.get(group[index].start) for index in (head, tail))
                yield from self._relation(first, second, label, score, reason)

    def _relation(
        self, head: Entity | None, tail: Entity | None, label: str, score: float, reason: str | None
    ) -> Iterator[Relation]:
        if head is None or tail is None or head is tail:
            return
        name = self._labels.relation(label, head.label, tail.label)
        if name:
            origin = self._why(score, reason or "relation of the pipeline")
            yield relation_suggestion(head, tail, name, origin)


def _rank(entity: Entity) -> tuple[float, int, int, str]:
    """Return what the best entity is least in: surest, longest, first."""
    return -_score(entity, 1.0), entity.start - entity.end, entity.start, entity.label


def _score(entity: Entity, missing: float) -> float:
    return float((entity.origin or {}).get("score", missing))


def _scores(group: Any) -> list[float | None]:
    """Return a score for each span of a group; spancat's stand in rows of one or more labels."""
    scores = group.attrs.get("scores")
    if scores is None or len(scores) != len(group):
        return [None] * len(group)
    return [float(max(row)) if hasattr(row, "__len__") else float(row) for row in scores]
