"""spaCy's DocBin: files that `spacy train` takes as they are, and a report of what did not fit."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

from labeler import nlp
from labeler.formats import KEPT, Exported, Report, manifest
from labeler.formats.splits import PARTS
from labeler.schema import Entity, Relation, Scheme, annotation_json
from labeler.spool import Spool

REACH = 100
"""Tokens between the starts of two entities up to which every ordered pair is written."""
LONGEST = 12
"""Tokens that an entity of the span categorizer may have: memory grows with every one."""


class DocBinExporter:
    """Writes train, dev and test, a config, a manifest and a report."""

    name: ClassVar[str] = "docbin"
    title: ClassVar[str] = "spaCy DocBin, ready for spacy train"
    keeps: ClassVar[frozenset[str]] = frozenset(KEPT)

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,
        language: str,
        options: dict[str, Any],
    ) -> Report:
        """Write the folder. Options: `reach` in tokens; `manifest` and `report` to add to.

        Everything that was labeled stands in `doc.user_data` in full, in code points. What fits
        spaCy's tokens stands in `doc.spans["sc"]` as well, what does not overlap in `doc.ents`,
        relations in `doc._.rel`, categories in `doc.cats`; the report names what does not, such as
        discontinuous entities. Raises Invalid where the tokens of a record are not those of its
        text.
        """
        corpus = Corpus(records, scheme, options)
        corpus.write(folder)
        config = nlp.training_config(language, corpus.components, corpus.longest, corpus.dev)
        (folder / "config.cfg").write_text(config, encoding="utf-8")
        return corpus.finish(folder)


class Corpus:
    """The Docs of an export, and what is said of them. Options are those of `DocBinExporter`."""

    def __init__(
        self, records: Iterable[Exported], scheme: Scheme, options: dict[str, Any]
    ) -> None:
        self.report: Report = options.get("report") or Report()
        self._given = options.get("manifest")
        self._reach = options.get("reach", REACH)
        self._tokenizers: set[str] = set()
        self._links = [label.name for label in scheme.relations]
        self._categories = [label.name for label in scheme.categories]
        self._symmetric = {label.name for label in scheme.relations if label.symmetric}
        self._vocab = nlp.vocab()
        self._bins = {part: nlp.Bin() for part in PARTS}
        self._labels = {part: (Counter[str](), Counter[str]()) for part in PARTS}
        self._trainable = 0
        self._unfinished = 0
        self._longest = 1
        self._overlapping = False
        self._long = Spool[dict[str, Any]]()
        for record in records:
            self._add(record)

    def _add(self, record: Exported) -> None:
        """Take a layer in, reporting what of it does not fit."""
        fit = _Fit(record)
        doc = nlp.build_doc(
            nlp.to_doc(self._vocab, record.document.text, record.tokens),
            fit.places,
            fit.flat,
            unknown=fit.unknown,
            pairs=self._pairs(fit) if self._links else {},
            cats=self._cats(record),
            user_data=_user_data(record),
        )
        self._bins[record.part].add(doc)
        self._count(record, fit)

    def _pairs(self, fit: "_Fit") -> dict[tuple[int, int], dict[str, float]]:
        """Return every ordered pair of entities within reach, and every pair that is related.

        The relation component of spaCy's tutorial looks every pair up, and fails on one missing.
        """
        nothing = dict.fromkeys(self._links, 0.0)
        starts = sorted({first for first, *_ in fit.places})
        pairs = {}
        lowest = 0
        for head in starts:
            while head - starts[lowest] > self._reach:
                lowest += 1
            for tail in starts[lowest : bisect_right(starts, head + self._reach)]:
                pairs[head, tail] = nothing.copy()
        for head, tail, label in fit.links():
            pairs.setdefault((head, tail), nothing.copy())[label] = 1.0
            if label in self._symmetric:
                pairs.setdefault((tail, head), nothing.copy())[label] = 1.0
        return pairs

    def _cats(self, record: Exported) -> dict[str, float]:
        """Return 1 for the categories of a document and 0 for others, nothing where none is known.

        In a document that is unfinished nobody has said that it has no others.
        """
        chosen = {category.label for category in record.layer.categories}
        if record.layer.status != "done":
            return dict.fromkeys(sorted(chosen), 1.0)
        return {name: float(name in chosen) for name in self._categories}

    def _count(self, record: Exported, fit: "_Fit") -> None:
        layer, counts = record.layer, self.report.counts
        for name, number in (
            ("documents", 1),
            (record.part, 1),
            ("entities", len(layer.entities)),
            ("relations", len(layer.relations)),
        ):
            counts[name] = counts.get(name, 0) + number
        entities, relations = self._labels[record.part]
        entities.update(entity.label for entity in layer.entities)
        relations.update(relation.label for relation in layer.relations)
        self._tokenizers.add(record.tokens.tokenizer)
        self._trainable += len(fit.flat) if record.part == "train" else 0
        self._unfinished += layer.status != "done"
        self._longest = max([self._longest, *(last - first for first, last, *_ in fit.places)])
        self._overlapping |= fit.overlapping
        self.report.problems.extend(fit.problems)
        self._long.extend(fit.long())

    @property
    def components(self) -> tuple[str, ...]:
        """Return the components that learn its entities."""
        return ("ner", "spancat") if self._overlapping else ("ner",)

    @property
    def longest(self) -> int:
        """Return the most tokens that the span categorizer looks at."""
        return min(self._longest, LONGEST)

    @property
    def dev(self) -> str:
        """Return the file that training is judged by: its own one where no other is filled."""
        return "dev.spacy" if len(self._bins["dev"]) else "train.spacy"

    @property
    def test(self) -> str:
        """Return the file that the trained pipeline is judged by in the end."""
        return "test.spacy" if len(self._bins["test"]) else self.dev

    @property
    def related(self) -> bool:
        """Tell whether there is a relation to learn from."""
        return bool(self._labels["train"][1])

    def described(self) -> dict[str, Any]:
        """Return how many documents and annotations of each label are in each part."""
        return {
            part: {
                "documents": len(docs),
                "entities": dict(self._labels[part][0]),
                "relations": dict(self._labels[part][1]),
            }
            for part, docs in self._bins.items()
        }

    def write(self, folder: Path) -> None:
        """Write the three parts."""
        for part, docs in self._bins.items():
            docs.write(folder / f"{part}.spacy", self._vocab)
        if self._overlapping:
            self.report.problems.extend(self._long)
        self.report.warnings += self._warnings()

    def finish(self, folder: Path) -> Report:
        """Write report and manifest, when all else is written, and return the report."""
        about = {"parts": self.described(), "tokenizers": sorted(self._tokenizers)}
        manifest.write(folder, self.report, self._given, libraries=("spacy",), **about)
        return self.report

    def _warnings(self) -> Iterator[str]:
        if not self._trainable:
            yield "No entity in train.spacy can be learned, so spacy train has nothing to do."
        if not len(self._bins["dev"]):
            yield (
                "No document is in the part dev: config.cfg judges training by the training "
                "documents themselves, so its scores say nothing. Label more."
            )
        if self._overlapping and self._unfinished:
            yield (
                f"{self._unfinished} documents are unfinished, and the span categorizer of "
                "config.cfg takes unread text for text without entities. Finish them first."
            )
        if any(name.endswith("characters") for name in self._tokenizers):
            yield (
                "spaCy's tokenizer of this language is not installed: each character is a token, "
                "here and in config.cfg."
            )


class _Fit:
    """How one layer fits spaCy's tokens and tables, and what does not."""

    def __init__(self, record: Exported) -> None:
        self.problems: list[dict[str, Any]] = []
        self._record = record
        self._text = record.document.text
        self._entities = {entity.id: entity for entity in sorted(record.layer.entities, key=_place)}
        self.unknown = list(self._unread())
        self.places = list(self._aligned())
        """Entities on token borders, by place."""
        self.flat = self._flat()
        """Which of them go into `doc.ents`: no white space at the edges, no overlaps."""

    @property
    def overlapping(self) -> bool:
        """Tell whether something is not in `doc.ents` for overlapping something else."""
        return any(problem["code"] == "overlap" for problem in self.problems)

    def _problem(self, code: str, message: str, **about: object) -> dict[str, Any]:
        place = {"document": self._record.document.id, "annotator": self._record.layer.annotator}
        return {**place, "code": code, "message": message, **about}

    def _tell(self, code: str, message: str, **about: object) -> None:
        self.problems.append(self._problem(code, message, **about))

    def _about(self, key: str) -> dict[str, object]:
        entity = self._entities[key]
        text = self._text[entity.start : entity.end]
        place = {"start": entity.start, "end": entity.end, "text": text}
        if entity.parts:
            place["parts"] = entity.parts
        return {"id": entity.id, "label": entity.label, **place}

    # ---- tokens ------------------------------------------------------------------------------

    def _unread(self) -> Iterator[nlp.Range]:
        """Yield the tokens that nobody has read."""
        layer, tokens = self._record.layer, self._record.tokens
        if layer.status != "done":
            yield bisect_right(tokens.ends, layer.read_to or 0), len(tokens.ends)

    def _aligned(self) -> Iterator[nlp.Place]:
        for entity in self._entities.values():
            if entity.parts:
                self._discontinuous(entity)
                continue
            aligned = nlp.align(self._record.tokens, entity.start, entity.end)
            if aligned is None:
                self._misaligned(entity)
            else:
                yield (*aligned, entity.label, entity.id)

    def _discontinuous(self, entity: Entity) -> None:
        """Report an entity of several parts. Their tokens are no examples of “no entity”."""
        for start, end in entity.parts:
            nearest = nlp.expand(self._record.tokens, start, end)
            if nearest:
                self.unknown += filter(None, [nlp.align(self._record.tokens, *nearest)])
        message = (
            "It is discontinuous, which spaCy knows nothing of: in doc.user_data only. "
            "In doc.ents the tokens of its parts are missing."
        )
        self._tell("discontinuous", message, **self._about(entity.id))

    def _misaligned(self, entity: Entity) -> None:
        """Report an entity off token borders. Its tokens are no examples of “no entity”."""
        about = self._about(entity.id)
        start, end = _stripped(self._text, entity.start, entity.end)
        nearest = nlp.expand(self._record.tokens, start, end) if start < end else None
        if nearest:
            about["nearest"] = list(nearest)
            about["nearest_text"] = self._text[slice(*nearest)]
            self.unknown += filter(None, [nlp.align(self._record.tokens, *nearest)])
        message = (
            "It does not stand on token borders: in doc.user_data only. "
            "In doc.ents its tokens are missing."
        )
        self._tell("misaligned", message, **about)

    def _flat(self) -> list[int]:
        rest = []
        for index, (first, last, _, key) in enumerate(self.places):
            entity = self._entities[key]
            if _stripped(self._text, entity.start, entity.end) == (entity.start, entity.end):
                rest.append(index)
                continue
            self.unknown.append((first, last))
            message = (
                "White space at its edge: in doc.spans, but not in doc.ents, "
                "where its tokens are missing."
            )
            self._tell("white-space", message, **self._about(key))
        kept = [rest[index] for index in nlp.longest_first([self.places[i] for i in rest])]
        for index in sorted({*rest} - {*kept}):
            message = "It overlaps a longer or an earlier one: in doc.spans, but not in doc.ents."
            self._tell("overlap", message, **self._about(self.places[index][3]))
        return kept

    def long(self) -> Iterator[dict[str, Any]]:
        """Yield problems with entities that the span categorizer of the config cannot find."""
        for first, last, _, key in self.places:
            if last - first > LONGEST:
                message = (
                    f"It has {last - first} tokens, and config.cfg looks at {LONGEST} at most."
                )
                yield self._problem("long", message, **self._about(key))

    # ---- relations ---------------------------------------------------------------------------

    def links(self) -> Iterator[tuple[int, int, str]]:
        """Yield the relations by the first tokens of their ends, reporting which are unclear so."""
        first = {key: start for start, _, _, key in self.places}
        by_start = groupby(self.places, key=lambda place: place[0])
        holders = {start: [key for *_, key in places] for start, places in by_start}
        if self._record.layer.relations:
            self._tell_collisions(holders.values())
        for relation in sorted(self._record.layer.relations, key=lambda relation: relation.id):
            ends = (relation.head, relation.tail)
            about = {"id": relation.id, "label": relation.label, "head": ends[0], "tail": ends[1]}
            if any(end not in first for end in ends):
                message = "An end is no span of tokens: in doc.user_data, but not in doc._.rel."
                self._tell("relation-end", message, **about)
                continue
            shared = {
                key for end in ends if len(holders[first[end]]) > 1 for key in holders[first[end]]
            }
            if shared:
                message = (
                    "Another entity starts on the same token as an end of it: doc._.rel cannot "
                    "tell them apart, doc.user_data can."
                )
                self._tell("relation-collision", message, **about, entities=sorted(shared))
            yield first[relation.head], first[relation.tail], relation.label

    def _tell_collisions(self, holders: Iterable[Sequence[str]]) -> None:
        for keys in holders:
            if len(keys) > 1:
                message = f"doc._.rel knows it by its first token, and so it does {keys[0]!r}."
                for key in keys[1:]:
                    self._tell("collision", message, **self._about(key), entities=sorted(keys))


def _place(entity: Entity) -> tuple[int, int, str, str]:
    return entity.start, -entity.end, entity.label, entity.id


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without white space at its edges."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _user_data(record: Exported) -> dict[str, Any]:
    """Return what travels beside the tokens: everything in full, in code points."""
    document, layer = record.document, record.layer
    entities = {entity.id: entity for entity in sorted(layer.entities, key=_place)}
    categories = [annotation_json(c) for c in sorted(layer.categories, key=lambda c: c.id)]
    decisions = [annotation_json(d) for d in sorted(layer.decisions, key=lambda d: d.id)]
    return {
        "meta": document.meta,
        "document": {
            "id": document.id,
            "annotator": layer.annotator,
            "status": layer.status,
            "revision": layer.revision,
            "read_to": layer.read_to,
            **({"blind": True} if layer.blind else {}),
        },
        "entities": [annotation_json(entity) for entity in entities.values()],
        "relations": [
            _relation(relation, entities[relation.head], entities[relation.tail])
            for relation in sorted(layer.relations, key=lambda relation: relation.id)
        ],
        **({"categories": categories} if categories else {}),
        **({"decisions": decisions} if decisions else {}),
    }


def _relation(relation: Relation, head: Entity, tail: Entity) -> dict[str, Any]:
    ends = {"head_start": head.start, "head_end": head.end}
    ends |= {"tail_start": tail.start, "tail_end": tail.end}
    return {**(annotation_json(relation) or {}), **ends}
