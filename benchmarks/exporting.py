"""DocBin export with relations, beside building and writing the same Docs from memory.

The floor has every token, span and relation in memory as the export would find them, builds the
Docs with spaCy, fills `ents`, `spans`, `_.rel` and `user_data`, and writes a DocBin. Ours reads the
database, aligns, reports, splits and writes the config as well.
"""

import tempfile
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from benchmarks.corpus import articles, project_with_articles
from benchmarks.measure import compare
from labeler import borders, nlp, schema, transfer
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Document, Project, db

ARTICLES = 1000
REACH = 100
"""Tokens between two entities up to which every pair is written."""


def main() -> None:
    """Print both rates and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Settings.from_env({"LABELER_INSTANCE": name}))
        with app.app_context():
            slug = project_with_articles(ARTICLES).slug
            project = db.session.query(Project).filter_by(slug=slug).one()
            borders.tokens(db.session.query(Document).all())  # kept from labeling, as usual
            db.session.expunge_all()
            memory = _memory()

            def ours() -> None:
                found = db.session.query(Project).filter_by(id=project.id).one()
                transfer.export(found, "docbin", folder=Path(name) / "ours")
                db.session.expunge_all()

            compare(
                f"exporting, {ARTICLES} articles of 350 tokens, 30 entities, 10 relations",
                ours,
                lambda: _floor(memory, Path(name) / "floor.spacy"),
                wanted=0.7,
                unit=ARTICLES,
            )


def _memory() -> list[tuple[list[str], list[bool], dict[str, Any], schema.Tokens]]:
    """Return words, spaces, annotations and borders of every article."""
    lines = list(articles(ARTICLES))
    borders = nlp.tokenize([line["text"] for line in lines], "en")
    return [
        (
            [line["text"][s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)],
            [line["text"][e : e + 1] == " " for e in tokens.ends],
            line,
            tokens,
        )
        for line, tokens in zip(lines, borders, strict=True)
    ]


def _floor(
    memory: list[tuple[list[str], list[bool], dict[str, Any], schema.Tokens]], path: Path
) -> None:
    vocab: Vocab = spacy.blank("en").vocab
    if not Doc.has_extension("rel"):
        Doc.set_extension("rel", default={})
    packed = DocBin(store_user_data=True)
    for words, spaces, line, tokens in memory:
        doc = Doc(vocab, words=words, spaces=spaces)
        first = {start: index for index, start in enumerate(tokens.starts)}
        last = {end: index + 1 for index, end in enumerate(tokens.ends)}
        spans = {
            e["id"]: Span(doc, first[e["start"]], last[e["end"]], e["label"], span_id=e["id"])
            for e in line["entities"]
        }
        ordered = list(spans.values())
        doc.ents = ordered
        doc.spans["sc"] = ordered
        labels = {"MET_WITH": 0.0, "LEADER_OF": 0.0}
        pairs = {
            (a.start, b.start): dict(labels)
            for a in ordered
            for b in ordered
            if abs(a.start - b.start) <= REACH
        }
        for relation in line["relations"]:
            head, tail = spans[relation["head"]], spans[relation["tail"]]
            pairs.setdefault((head.start, tail.start), dict(labels))[relation["label"]] = 1.0
        doc._.rel = pairs
        doc.user_data["relations"] = line["relations"]
        doc.user_data["meta"] = line["meta"]
        packed.add(doc)
    packed.to_disk(path)
