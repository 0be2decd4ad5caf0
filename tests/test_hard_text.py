"""Any text and any spans: what goes in comes out, in the DocBin or named in the report."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin

from labeler import accounts, transfer
from labeler.models import Document, Project, db, transaction
from tests.conftest import SHARED

CASES = SHARED / "data" / "hard-text" / "cases.jsonl"


def hard_cases() -> list[dict[str, Any]]:
    """Return the shared cases that have text, as lines of our JSONL."""
    # Not splitlines: it would also cut at the odd line separators inside the texts.
    cases = [json.loads(line) for line in CASES.read_bytes().split(b"\n") if line]
    return [
        {
            "id": case["id"],
            "text": case["text"],
            "annotator": "ana",
            "entities": [
                {"id": s["id"], "start": s["cp"][0], "end": s["cp"][1], "label": s["label"]}
                for s in case.get("spans", [])
            ],
            "relations": [
                {"id": f"r{n}", "head": r["head"], "tail": r["child"], "label": r["label"]}
                for n, r in enumerate(case.get("relations", []))
            ],
        }
        for case in cases
        if case["text"].strip() and "\0" not in case["text"]
    ]


def through(lines: list[dict[str, Any]], folder: Path, slug: str) -> tuple[Project, Any]:
    """Import lines into a new project with an empty scheme and export it as DocBin."""
    with transaction() as session:
        project = Project(slug=slug, title=slug)
        session.add(project)
    folder.mkdir(exist_ok=True)
    file = folder / f"{slug}.jsonl"
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.write_bytes(content.encode())
    report = transfer.import_paths(project, [file], actor=accounts.ensure_user("lead"))
    assert report.problems == []
    made = transfer.export(project, "docbin", folder=folder / slug, split=(100, 0, 0))
    return project, made


def assert_all_arrived(lines: list[dict[str, Any]], folder: Path, made: Any) -> None:
    """Compare each span and relation with the DocBin and the report."""
    vocab = spacy.blank("en").vocab
    docs = {
        doc.user_data["document"]["id"]: doc
        for doc in DocBin().from_disk(folder / "train.spacy").get_docs(vocab)
    }
    told = {(p["document"], p.get("id")) for p in made.report.problems}
    for line in lines:
        doc = docs[line["id"]]
        assert doc.text == line["text"]
        spans = {(s.start_char, s.end_char, s.label_, s.id_) for s in doc.spans["sc"]}
        ents = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        for entity in line["entities"]:
            place = (entity["start"], entity["end"], entity["label"])
            in_spans = (*place, entity["id"]) in spans
            assert in_spans or (line["id"], entity["id"]) in told
            assert place in ents or (line["id"], entity["id"]) in told
        full = {(r["id"], r["head"], r["tail"], r["label"]) for r in doc.user_data["relations"]}
        assert full == {(r["id"], r["head"], r["tail"], r["label"]) for r in line["relations"]}
        kept = [(e["start"], e["end"], e["label"]) for e in doc.user_data["entities"]]
        assert sorted(kept) == sorted((e["start"], e["end"], e["label"]) for e in line["entities"])


@pytest.mark.skipif(not CASES.is_file(), reason="the shared hard texts are not here")
def test_hard_texts_arrive_whole(any_app: Flask, tmp_path: Path) -> None:
    """Emoji, combining marks, CRLF, right-to-left and odd spans: all there, or told."""
    lines = hard_cases()
    project, made = through(lines, tmp_path, "hard")
    stored = {d.name: d.text for d in db.session.query(Document).filter_by(project_id=project.id)}
    assert stored == {line["id"]: line["text"] for line in lines}
    assert_all_arrived(lines, tmp_path / "hard", made)


texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from("ab .,\r\n\t😋e\u0301\u200d\u202eאبあ"),
    ),
    min_size=1,
    max_size=40,
).filter(lambda text: bool(text.strip()))


@st.composite
def annotated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an article with spans anywhere and relations between any of them."""
    text = draw(texts)
    borders = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    labels = st.sampled_from(["A", "B"])
    spans = draw(st.lists(st.tuples(borders, labels), max_size=5, unique_by=_place))
    entities = [
        {"id": f"e{n}", "start": min(place), "end": max(place), "label": label}
        for n, (place, label) in enumerate(spans)
        if place[0] != place[1]
    ]
    names = [entity["id"] for entity in entities]
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)) if names else st.nothing()
    links = draw(st.lists(pairs, max_size=4, unique=True)) if names else []
    relations = [
        {"id": f"r{n}", "head": head, "tail": tail, "label": "REL"}
        for n, (head, tail) in enumerate(links)
    ]
    return {"text": text, "annotator": "ana", "entities": entities, "relations": relations}


def _place(span: tuple[tuple[int, int], str]) -> tuple[int, int, str]:
    (first, second), label = span
    return (min(first, second), max(first, second), label)


@settings(max_examples=40)
@given(articles=st.lists(annotated(), min_size=1, max_size=4))
def test_any_spans_in_any_text_arrive_or_are_told(
    app: Flask, tmp_path: Path, articles: list[dict[str, Any]]
) -> None:
    """Whatever is annotated, nothing is dropped, shrunk or widened without a word."""
    slug = f"p{db.session.query(Project).count()}"
    lines = [{"id": f"{slug}-{n}", **article} for n, article in enumerate(articles)]
    _, made = through(lines, tmp_path, slug)
    assert_all_arrived(lines, tmp_path / slug, made)


def test_crossing_spans_on_one_token_are_told_apart_in_full(app: Flask, tmp_path: Path) -> None:
    """Relations whose ends start on one token collide in doc._.rel; the report names both."""
    line = {
        "id": "a1",
        "text": "New York City met Bob.",
        "annotator": "ana",
        "entities": [
            {"id": "city", "start": 0, "end": 13, "label": "GPE"},
            {"id": "state", "start": 0, "end": 8, "label": "GPE"},
            {"id": "bob", "start": 18, "end": 21, "label": "PERSON"},
        ],
        "relations": [{"id": "r1", "head": "city", "tail": "bob", "label": "MET"}],
    }
    _, made = through([line], tmp_path, "crossing")
    collision = next(p for p in made.report.problems if p["code"] == "relation-collision")
    assert collision["entities"] == ["city", "state"]
