"""spaCy's DocBin: files that `spacy train` takes as they are, and a report of what did not fit."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

from labeler import __version__, nlp
from labeler.errors import Unavailable
from labeler.formats import Exported, Report
from labeler.formats.splits import PARTS
from labeler.schema import Entity, Layer, Relation, Scheme, Tokens, annotation_json

REACH = 100
"""Tokens between the starts of two entities up to which every ordered pair is written."""
LONGEST = 12
"""Tokens that an entity of the span categorizer may have: memory grows with every one."""


class DocBinExporter:
    """Writes train, dev and test, a config, a manifest and a report."""

    name = "docbin"
    title = "spaCy DocBin, ready for spacy train"

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,
        language: str,
        options: dict[str, Any],
    ) -> Report:
        """Write the folder. Options: `reach` in tokens; `manifest` and `report` to add to."""
        corpus = _Corpus(scheme, language, options.get("reach", REACH), options.get("report"))
        for record in records:
            corpus.add(record)
        corpus.write(folder)
        corpus.write_config(folder)
        _write_json(folder / "report.json", corpus.report.to_json())
        manifest = {
            **options.get("manifest", {}),
            "counts": corpus.report.counts,
            "labels": corpus.labels,
            "versions": _versions(),
            "sha256": {path.name: _sha256(path) for path in sorted(folder.iterdir())},
        }
        _write_json(folder / "manifest.json", manifest)
        return corpus.report


def _versions() -> dict[str, str]:
    return {"labeler": __version__, "spacy": metadata.version("spacy")}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, value: object) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


@dataclass
class _Corpus:
    """The Docs of an export, and what is said of them."""

    scheme: Scheme
    language: str
    reach: int
    given: Report | None
    labels: dict[str, dict[str, int]] = field(default_factory=dict)
    longest: int = 1
    overlapping: bool = False

    def __post_init__(self) -> None:
        self.report = self.given or Report()
        self.bins = {part: nlp.Bin() for part in PARTS}
        self.vocab = nlp.vocab()
        self.relation_labels = [label.name for label in self.scheme.relations]
        self.symmetric = {label.name for label in self.scheme.relations if label.symmetric}

    def add(self, record: Exported) -> None:
        """Take a layer in."""
        fit = _Fit(record, self.report)
        places = fit.places()
        flat = fit.flat(places)
        self.overlapping |= len(flat) < len(places)
        self.longest = max([self.longest, *(last - first for first, last, *_ in places)])
        doc = nlp.build_doc(
            self.vocab,
            record.document.text,
            record.tokens,
            places=places,
            flat=flat,
            read=_read(record.layer, record.tokens),
            pairs=self._pairs(fit, places),
            user_data=_user_data(record),
        )
        self.bins[record.part].add(doc)
        self._count(record)

    def _pairs(
        self, fit: "_Fit", places: Sequence[nlp.Place]
    ) -> dict[tuple[int, int], dict[str, float]]:
        """Return every ordered pair of entities within reach, and every pair that is related.

        The relation component of spaCy's tutorial looks every pair up, and fails on one missing.
        """
        if not self.relation_labels:
            return {}
        nothing = dict.fromkeys(self.relation_labels, 0.0)
        starts = sorted({first for first, *_ in places})
        pairs = {}
        lowest = 0
        for head in starts:
            while head - starts[lowest] > self.reach:
                lowest += 1
            for tail in starts[lowest:]:
                if tail - head > self.reach:
                    break
                pairs[head, tail] = nothing.copy()
        for head, tail, label in fit.links(places):
            pairs.setdefault((head, tail), nothing.copy())[label] = 1.0
            if label in self.symmetric:
                pairs.setdefault((tail, head), nothing.copy())[label] = 1.0
        return pairs

    def _count(self, record: Exported) -> None:
        counts, layer = self.report.counts, record.layer
        for name, number in (
            ("documents", 1),
            (record.part, 1),
            ("entities", len(layer.entities)),
            ("relations", len(layer.relations)),
        ):
            counts[name] = counts.get(name, 0) + number
        for kind, items in (("entities", layer.entities), ("relations", layer.relations)):
            labels = self.labels.setdefault(kind, {})
            for item in items:
                labels[item.label] = labels.get(item.label, 0) + 1

    def write(self, folder: Path) -> None:
        """Write the three parts."""
        for part, docs in self.bins.items():
            docs.write(folder / f"{part}.spacy")

    def write_config(self, folder: Path) -> None:
        """Write the training config, or say why there is none."""
        dev = "dev.spacy" if len(self.bins["dev"]) else "train.spacy"
        if dev == "train.spacy":
            self.report.warnings.append(
                "There are too few documents for a dev part: config.cfg judges training by the "
                "training documents themselves, so its scores say nothing. Label more."
            )
        if not self.report.counts.get("entities"):
            self.report.warnings.append("There are no entities, so there is nothing to train.")
        components = ("ner", "spancat") if self.overlapping else ("ner",)
        try:
            config = nlp.training_config(self.language, components, min(self.longest, LONGEST), dev)
        except Unavailable as error:
            self.report.warnings.append(f"There is no config.cfg. {error.message}")
        else:
            (folder / "config.cfg").write_text(config, encoding="utf-8")


def _read(layer: Layer, tokens: Tokens) -> int | None:
    """Return how many tokens were read, None for all."""
    if layer.status == "done":
        return None
    return sum(end <= (layer.read_to or 0) for end in tokens.ends)


def _user_data(record: Exported) -> dict[str, Any]:
    """Return what travels beside the tokens: everything in full, in code points."""
    document, layer = record.document, record.layer
    entities = {entity.id: entity for entity in layer.entities}
    return {
        "meta": document.meta,
        "document": {
            "id": document.id,
            "annotator": layer.annotator,
            "status": layer.status,
            "revision": layer.revision,
            "read_to": layer.read_to,
        },
        "entities": [annotation_json(entity) for entity in layer.entities],
        "relations": [
            _relation(relation, entities[relation.head], entities[relation.tail])
            for relation in sorted(layer.relations, key=lambda relation: relation.id)
        ],
    }


def _relation(relation: Relation, head: Entity, tail: Entity) -> dict[str, Any]:
    return {
        **(annotation_json(relation) or {}),
        "head_start": head.start,
        "head_end": head.end,
        "tail_start": tail.start,
        "tail_end": tail.end,
    }


class _Fit:
    """How one layer fits spaCy's tokens and tables, telling what does not."""

    def __init__(self, record: Exported, report: Report) -> None:
        self.record = record
        self.report = report
        self.text = record.document.text

    def tell(self, code: str, message: str, **about: object) -> None:
        """Report something that did not fit."""
        place = {"document": self.record.document.id, "annotator": self.record.layer.annotator}
        self.report.problems.append({**place, "code": code, "message": message, **about})

    def _about(self, entity: Entity) -> dict[str, object]:
        return {
            "id": entity.id,
            "label": entity.label,
            "start": entity.start,
            "end": entity.end,
            "text": self.text[entity.start : entity.end],
        }

    def places(self) -> list[nlp.Place]:
        """Return the entities that stand on token borders."""
        found = []
        for entity in self.record.layer.entities:
            aligned = nlp.align(self.record.tokens, entity.start, entity.end)
            if aligned is None:
                self._tell_misaligned(entity)
            else:
                found.append((*aligned, entity.label, entity.id))
        return found

    def _tell_misaligned(self, entity: Entity) -> None:
        nearest = nlp.expand(self.record.tokens, entity.start, entity.end)
        about = self._about(entity)
        if nearest:
            about["nearest"] = list(nearest)
            about["nearest_text"] = self.text[slice(*nearest)]
        message = (
            "It does not stand on token borders, so it is in user_data only, "
            "neither in doc.ents nor in doc.spans."
        )
        self.tell("misaligned", message, **about)

    def flat(self, places: Sequence[nlp.Place]) -> list[int]:
        """Return which places go into `doc.ents`: no white space edges, no overlaps."""
        by_id = {entity.id: entity for entity in self.record.layer.entities}
        edged = {index for index, place in enumerate(places) if self._has_edge(by_id[place[3]])}
        rest = [index for index in range(len(places)) if index not in edged]
        kept = [rest[index] for index in nlp.longest_first([places[index] for index in rest])]
        for index, place in enumerate(places):
            if index in edged:
                message = "White space at its edge: in doc.spans, but not in doc.ents."
                self.tell("white-space", message, **self._about(by_id[place[3]]))
            elif len(kept) < len(rest) and index not in kept:
                message = "It overlaps a longer or earlier one: in doc.spans, but not in doc.ents."
                self.tell("overlap", message, **self._about(by_id[place[3]]))
            if place[1] - place[0] > LONGEST:
                message = (
                    f"It is longer than the {LONGEST} tokens that a span categorizer suggests."
                )
                self.tell("long", message, **self._about(by_id[place[3]]))
        return kept

    def _has_edge(self, entity: Entity) -> bool:
        return self.text[entity.start].isspace() or self.text[entity.end - 1].isspace()

    def links(self, places: Sequence[nlp.Place]) -> Iterator[tuple[int, int, str]]:
        """Yield the relations by the first tokens of their ends, telling which are unclear so."""
        first = {key: start for start, _, _, key in places}
        holders: dict[int, list[str]] = {}
        for start, _, _, key in places:
            holders.setdefault(start, []).append(key)
        for relation in sorted(self.record.layer.relations, key=lambda relation: relation.id):
            about = {"id": relation.id, "label": relation.label}
            ends = (relation.head, relation.tail)
            if any(end not in first for end in ends):
                message = "An end is not on token borders: in user_data, but not in doc._.rel."
                self.tell("relation-end", message, **about, head=ends[0], tail=ends[1])
                continue
            shared = [end for end in ends if len(holders[first[end]]) > 1]
            if shared:
                message = (
                    "Other entities start on the same token as an end of it, and doc._.rel knows "
                    "entities by their first token only. user_data tells them apart."
                )
                others = sorted({key for end in shared for key in holders[first[end]]})
                self.tell("relation-collision", message, **about, entities=others)
            yield first[relation.head], first[relation.tail], relation.label
