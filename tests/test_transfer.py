"""Imports, suggestions and exports over the database: what came in, what goes out, what is told."""

import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import spacy
from flask import Flask
from spacy.tokens import DocBin

from labeler import accounts, editing, projects, schema, transfer
from labeler.errors import Invalid
from labeler.models import Document, Layer, Project, Suggestion, db
from tests.conftest import NEWS, SHARED, Corpus

ARTICLE = {
    "id": "a1",
    "text": "Ada met Bob in Rome 😋.",
    "meta": {"source": "wire"},
    "annotator": "ana",
    "status": "done",
    "revision": 5,
    "entities": [
        {"id": "e1", "start": 0, "end": 3, "label": "PERSON"},
        {"id": "e2", "start": 8, "end": 11, "label": "PERSON", "origin": {"suggester": "x"}},
        {"id": "e3", "start": 15, "end": 19, "label": "GPE"},
    ],
    "relations": [{"id": "r1", "head": "e1", "tail": "e2", "label": "MET_WITH"}],
}


def lines(path: Path, *articles: dict[str, Any]) -> Path:
    """Write articles as JSONL and return the file."""
    text = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)
    path.write_text(text, encoding="utf-8")
    return path


def take(project: Project, *paths: Path, **options: Any) -> transfer.ImportReport:
    """Import files as an admin."""
    return transfer.import_paths(project, paths, actor=accounts.ensure_user("lead"), **options)


def layers(project: Project) -> list[schema.Layer]:
    """Return the layers of a project in order."""
    rows = db.session.query(Layer).filter_by(project_id=project.id).order_by(Layer.id).all()
    return editing.load(rows)


def docs(folder: Path, part: str = "train") -> list[Any]:
    """Return the Docs of an exported part."""
    vocab = spacy.blank("en").vocab
    return list(DocBin().from_disk(folder / f"{part}.spacy").get_docs(vocab))


# ---- in ----------------------------------------------------------------------------------------


def test_a_layer_comes_in_whole(any_app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Text, metadata, entities, relations, origins and revision are those of the file."""
    project = corpus.project()
    report = take(project, lines(tmp_path / "in.jsonl", ARTICLE))
    assert (report.documents, report.layers, report.problems) == (1, 1, [])
    [layer] = layers(project)
    assert layer.revision == 5
    assert [e.id for e in layer.entities] == ["e1", "e2", "e3"]
    assert layer.entities[1].origin == {"suggester": "x"}
    assert layer.relations == (schema.Relation("r1", "e1", "e2", "MET_WITH"),)
    assert db.session.query(Document).one().text == ARTICLE["text"]


def test_importing_twice_changes_nothing(any_app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """The same file again is counted as unchanged, and no row is added."""
    project = corpus.project()
    (tmp_path / "b.txt").write_text("Plain text.", encoding="utf-8")
    paths = (lines(tmp_path / "in.jsonl", ARTICLE), tmp_path / "b.txt")
    take(project, *paths)
    before = (layers(project), db.session.query(Document).count())
    report = take(project, *paths)
    assert (report.documents, report.layers, report.unchanged, report.problems) == (0, 0, 2, [])
    assert (layers(project), db.session.query(Document).count()) == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": "Another text entirely, long enough."}, "Another text"),
        ({"entities": ARTICLE["entities"][:2], "relations": []}, "otherwise"),
    ],
)
def test_what_differs_from_what_is_known_is_refused(
    app: Flask, corpus: Corpus, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    """A second text or layer under a known id is told by file and line; the first is kept."""
    project = corpus.project()
    take(project, lines(tmp_path / "in.jsonl", ARTICLE))
    before = layers(project)
    report = take(project, lines(tmp_path / "two.jsonl", {**ARTICLE, **change}))
    [problem] = report.problems
    assert told in problem.message
    assert (problem.file, problem.line) == ("two.jsonl", 1)
    assert layers(project) == before


def test_labels_that_the_scheme_lacks_are_refused_with_their_list(
    app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Unknown labels keep their articles out, until they may be added; the rest comes in."""
    project = corpus.project()
    odd = {**ARTICLE, "id": "a2", "entities": [{**ARTICLE["entities"][0], "label": "SHIP"}]}  # type: ignore[index]
    odd["relations"] = []
    file = lines(tmp_path / "in.jsonl", odd, ARTICLE)
    report = take(project, file)
    assert report.documents == 1
    assert ["'SHIP'" in problem.message for problem in report.problems] == [True]
    assert take(project, file, add_labels=True).documents == 1
    assert project.scheme.entity("SHIP") is not None


def test_an_empty_scheme_takes_the_labels_that_come(
    app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """The first import into an empty scheme fills it."""
    project = corpus.project(scheme=schema.Scheme())
    assert take(project, lines(tmp_path / "in.jsonl", ARTICLE)).problems == []
    assert [label.name for label in project.scheme.entities] == ["PERSON", "GPE"]
    assert [label.name for label in project.scheme.relations] == ["MET_WITH"]


def test_ends_that_the_scheme_forbids_are_refused_by_line(
    app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """A relation from a place to a person breaks the scheme, and its line stays out."""
    project = corpus.project()
    wrong = {**ARTICLE, "relations": [{"id": "r", "head": "e3", "tail": "e1", "label": "MET_WITH"}]}
    report = take(project, lines(tmp_path / "in.jsonl", ARTICLE | {"id": "a0"}, wrong))
    assert report.documents == 1
    [problem] = report.problems
    assert (problem.line, problem.code) == (2, "ends")


def test_annotations_of_nobody_are_suggestions(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Without an annotator entities and relations are proposals; with one they are a layer."""
    project = corpus.project()
    nobody = {key: value for key, value in ARTICLE.items() if key != "annotator"}
    report = take(project, lines(tmp_path / "in.jsonl", nobody))
    assert (report.layers, report.suggestions) == (0, 4)
    made, problem = transfer.suggestions(project, db.session.query(Document).one())
    assert problem is None
    assert {"s:0-3:PERSON", "s:15-19:GPE", "s:0-3:8-11:MET_WITH"} <= {item["id"] for item in made}
    report = take(project, lines(tmp_path / "in.jsonl", nobody), annotator="ben")
    assert report.layers == 1
    assert [layer.annotator for layer in layers(project)] == ["ben"]


def test_what_was_guessed_comes_from_the_file(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """A guess of the label names no suggester: what it is proposed by is the file, as all of it."""
    project = corpus.project()
    origin = {"guess": "PERSON", "score": 0.9}
    guessed = {"id": "e1", "start": 0, "end": 3, "label": "PERSON", "origin": origin}
    take(project, lines(tmp_path / "in.jsonl", {"text": "Zorb met.", "entities": [guessed]}))
    [made], _ = transfer.suggestions(project, db.session.query(Document).one())
    named = {name: made["origin"][name] for name in ("suggester", "guess", "score")}
    assert named == {"suggester": "import", "guess": "PERSON", "score": 0.9}


def test_an_unknown_annotator_cannot_sign_in(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Who comes in with a file is a person without a password, and an annotator here."""
    project = corpus.project()
    take(project, lines(tmp_path / "in.jsonl", {**ARTICLE, "annotator": "zoe"}))
    zoe = accounts.find_user("zoe")
    assert zoe.password_hash is None
    assert accounts.role_in(project, zoe) == "annotator"


def test_the_shared_article_comes_in_as_its_users_expect(app: Flask, corpus: Corpus) -> None:
    """Its leading date becomes metadata, and the text begins with the article."""
    seeds = SHARED / "seeds"
    if not seeds.is_dir():
        pytest.skip("the shared seeds are not here")
    project = corpus.project()
    assert take(project, seeds).problems == []
    document = db.session.query(Document).one()
    assert document.meta["date"] == "2025-09-04"
    assert document.text.startswith("In this pool photograph")
    assert "title" not in document.meta


def test_archives_and_folders_are_read_through(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Files in folders and zip archives come in by their relative names."""
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    (folder / "one.txt").write_text("One article.", encoding="utf-8")
    (tmp_path / "in" / "bad.pdf").write_bytes(b"%PDF")
    with zipfile.ZipFile(tmp_path / "in" / "more.zip", "w") as archive:
        archive.writestr("two.txt", "Two articles.")
        archive.writestr("three.jsonl", json.dumps(ARTICLE))
    report = take(corpus.project(), tmp_path / "in")
    assert report.documents == 3
    assert [problem.file for problem in report.problems] == ["bad.pdf"]


# ---- suggestions -------------------------------------------------------------------------------


def test_suggestions_are_made_once_and_kept(app: Flask, corpus: Corpus) -> None:
    """Opening a document makes them, opening it again reads them, a new label makes them anew."""
    project = corpus.project()
    document = corpus.document(project, "President Ada Lovelace flew to Paris on Monday.")
    first, _ = transfer.suggestions(project, document)
    assert {"PERSON", "GPE", "DATE"} <= {item["label"] for item in first}
    assert all(item["origin"]["suggester"] == "rulers" for item in first)
    assert transfer.suggestions(project, document)[0] == first
    assert db.session.query(Suggestion).count() == 1
    assert transfer.suggest(project) == 0


def test_a_corpus_is_suggested_for_in_one_go(app: Flask, corpus: Corpus) -> None:
    """Every document without proposals gets them, and the count is told."""
    project = corpus.project()
    for number in range(3):
        corpus.document(project, f"Paris, on Monday {number}.", f"a{number}")
    assert transfer.suggest(project) == 3
    assert transfer.suggest(project) == 0


def test_a_missing_pipeline_is_told_and_the_document_opens(app: Flask, corpus: Corpus) -> None:
    """A suggester that cannot run gives a sentence, not an error."""
    project = corpus.project()
    project.suggester, project.suggester_options = "spacy", {"pipeline": "no_such_pipeline"}
    db.session.commit()
    made, problem = transfer.suggestions(project, corpus.document(project))
    assert made == []
    assert problem is not None
    assert "no_such_pipeline" in problem


# ---- out ---------------------------------------------------------------------------------------


def test_what_was_labeled_is_what_spacy_reads(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Entities, spans, relations and origins of a layer are in the DocBin, and nothing else."""
    project = corpus.project()
    take(project, lines(tmp_path / "in.jsonl", ARTICLE))
    made = transfer.export(project, "docbin", folder=tmp_path / "out")
    assert made.report.problems == []
    [doc] = docs(tmp_path / "out")
    assert doc.text == ARTICLE["text"]
    assert [(e.text, e.label_) for e in doc.ents] == [
        ("Ada", "PERSON"),
        ("Bob", "PERSON"),
        ("Rome", "GPE"),
    ]
    assert next((s.text, s.label_, s.id_) for s in doc.spans["sc"]) == ("Ada", "PERSON", "e1")
    true = {pair for pair, labels in doc._.rel.items() if labels["MET_WITH"] == 1.0}
    assert true == {(0, 2), (2, 0)}
    assert len(doc._.rel) == 9
    [relation] = doc.user_data["relations"]
    assert (relation["id"], relation["head"], relation["tail"]) == ("r1", "e1", "e2")
    assert doc.user_data["entities"][1]["origin"] == {"suggester": "x"}
    assert doc.user_data["meta"] == {"source": "wire"}


def test_jsonl_comes_in_again_the_same(any_app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Exported JSONL gives equal layers in another project, and equal bytes when exported."""
    first, second = corpus.project("first"), corpus.project("second")
    skipped = {**ARTICLE, "id": "a2", "entities": [], "relations": [], "revision": 0}
    take(first, lines(tmp_path / "in.jsonl", ARTICLE, skipped))
    transfer.export(first, "jsonl", folder=tmp_path / "one", layer="all")
    assert take(second, tmp_path / "one" / "layers.jsonl").problems == []
    assert layers(second) == layers(first)
    transfer.export(second, "jsonl", folder=tmp_path / "two", layer="all")
    assert (tmp_path / "one/layers.jsonl").read_bytes() == (
        tmp_path / "two/layers.jsonl"
    ).read_bytes()


def test_the_same_export_gives_the_same_bytes(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Every file of a repeated export is equal, byte for byte."""
    project = corpus.project()
    articles = [
        {**ARTICLE, "id": f"a{n}", "text": f"{ARTICLE['text']} {n} {n * n}"} for n in range(9)
    ]
    take(project, lines(tmp_path / "in.jsonl", *articles))
    for name in ("one", "two"):
        transfer.export(project, "docbin", folder=tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == [
        "config.cfg",
        "dev.spacy",
        "manifest.json",
        "report.json",
        "test.spacy",
        "train.spacy",
    ]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_suggestions_are_never_exported_as_gold(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """What nobody accepted stays out of gold, and can be exported under its own name."""
    project = corpus.project()
    document = corpus.document(project, "President Ada Lovelace flew to Paris on Monday.")
    transfer.suggest(project)
    corpus.layer(document, PERSON=[(10, 22)], status="done")
    transfer.export(project, "docbin", folder=tmp_path / "gold")
    [doc] = docs(tmp_path / "gold")
    assert [e.text for e in doc.ents] == ["Ada Lovelace"]
    transfer.export(project, "docbin", folder=tmp_path / "suggested", layer="suggestions")
    [doc] = docs(tmp_path / "suggested")
    assert "Paris" in [e.text for e in doc.ents]


def test_looked_and_found_nothing_differs_from_not_looked(
    app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Finished without entities is O everywhere; unfinished is missing beyond what was read."""
    project = corpus.project()
    corpus.layer(corpus.document(project, "Nobody here at all.", "a1"), status="done")
    partly = corpus.layer(corpus.document(project, "Ada met Bob in Rome.", "a2"), PERSON=[(0, 3)])
    partly.read_to = 7
    corpus.document(project, "Never opened.", "a3")
    opened = corpus.layer(corpus.document(project, "Only opened.", "a4"))
    db.session.commit()
    transfer.export(project, "docbin", folder=tmp_path / "out", split=(100, 0, 0))
    found = {doc.user_data["document"]["id"]: doc for doc in docs(tmp_path / "out")}
    assert sorted(found) == ["a1", "a2"]
    assert {token.ent_iob_ for token in found["a1"]} == {"O"}
    assert [token.ent_iob_ for token in found["a2"]] == ["B", "O", "", "", "", ""]
    assert opened.revision == 0


def test_annotators_who_differ_are_told_and_left_out(
    app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Gold is what all who finished say; where they differ the report names them."""
    project = corpus.project(ana="annotator", ben="annotator")
    same = corpus.document(project, "Ada met Bob today.", "same")
    other = corpus.document(project, "Ada met Bob again.", "other")
    for name, end in (("ana", 3), ("ben", 7)):
        corpus.layer(same, name, "done", PERSON=[(0, 3)])
        corpus.layer(other, name, "done", PERSON=[(0, end)])
    made = transfer.export(project, "docbin", folder=tmp_path / "out")
    [doc] = docs(tmp_path / "out")
    assert doc.user_data["document"]["id"] == "same"
    [problem] = made.report.problems
    assert problem["document"] == "other"
    assert "ana, ben" in problem["message"]
    transfer.export(project, "docbin", folder=tmp_path / "all", layer="all")
    assert sum(len(docs(tmp_path / "all", part)) for part in ("train", "dev", "test")) == 4


def test_parts_stay_when_documents_are_added(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """A document keeps its part for good; other weights or another seed deal anew."""
    project = corpus.project()

    def parts(count: int, **options: Any) -> dict[str, str]:
        for number in range(count):
            name = f"a{number}"
            if db.session.query(Document).filter_by(name=name).count() == 0:
                text = " ".join(f"w{number}x{word}" for word in range(30))
                corpus.layer(corpus.document(project, text, name), status="done", PERSON=[(0, 3)])
        folder = tmp_path / f"out{count}{options}"
        transfer.export(project, "docbin", folder=folder, **options)
        return {
            doc.user_data["document"]["id"]: part
            for part in ("train", "dev", "test")
            for doc in docs(folder, part)
        }

    few, many = parts(10), parts(20)
    assert {name: many[name] for name in few} == few
    assert sorted(many.values()).count("dev") == 2
    assert parts(20, seed=1) != many
    assert parts(20) == many


def test_exports_that_deal_the_parts_at_once_agree(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Two jobs that deal the parts of new documents in the same moment have the same parts."""
    project, together = corpus.project(ana="annotator"), threading.Barrier(2)
    slug = project.slug

    def export(folder: Path) -> None:
        with any_app.app_context():
            found = projects.find(slug)
            together.wait()
            transfer.export(found, "docbin", layer="ana", folder=folder)
            db.session.remove()

    for turn in range(5):
        for number in range(12):
            document = corpus.document(project, f"Ada met Bob {turn} {number}.", f"{turn}-{number}")
            corpus.layer(document, "ana", PERSON=[(0, 3)])
        folders = [tmp_path / f"{turn}{name}" for name in "ab"]
        with ThreadPoolExecutor() as threads:
            list(threads.map(export, folders))
        one, other = (texts_by_part(folder) for folder in folders)
        assert one == other


def texts_by_part(folder: Path) -> dict[str, list[str]]:
    """Return the texts of each part of an export."""
    blank = spacy.blank("en")
    return {
        path.stem: [doc.text for doc in DocBin().from_disk(path).get_docs(blank.vocab)]
        for path in sorted(folder.glob("*.spacy"))
    }


def test_what_does_not_fit_is_told_item_by_item(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Misaligned, overlapping and white-space entities are in the report by document and text."""
    project = corpus.project()
    text = "Ada Lovelace met Bobby."
    corpus.layer(
        corpus.document(project, text),
        status="done",
        PERSON=[(0, 12), (0, 3), (17, 20), (12, 16)],
    )
    made = transfer.export(project, "docbin", folder=tmp_path / "out")
    told = {problem["text"]: problem["code"] for problem in made.report.problems}
    assert told == {"Ada": "overlap", "Bob": "misaligned", " met": "misaligned"}
    [doc] = docs(tmp_path / "out")
    assert [e.text for e in doc.ents] == ["Ada Lovelace"]
    assert sorted(s.text for s in doc.spans["sc"]) == ["Ada", "Ada Lovelace"]
    assert len(doc.user_data["entities"]) == 4
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["problems"] == made.report.problems


def test_nothing_labeled_is_said(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """An export of nothing, of nobody and with a wrong split are refused in a sentence."""
    project = corpus.project()
    corpus.document(project)
    for options in ({}, {"layer": "ana"}, {"layer": "suggestions"}, {"split": (1, 2)}):
        with pytest.raises(Invalid):
            transfer.export(project, "docbin", folder=tmp_path / "out", **options)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_an_export_is_remembered(app: Flask, corpus: Corpus, tmp_path: Path) -> None:
    """Where it lies, how it was made and what it counted stand in the database."""
    project = corpus.project(scheme=NEWS)
    corpus.layer(corpus.document(project), status="done", PERSON=[(0, 3)])
    made = transfer.export(project, "docbin", made_by="ana")
    [row] = db.session.execute(db.text("SELECT folder, made_by FROM export")).all()
    assert (row.folder, row.made_by) == (str(made.folder), "ana")
    assert made.folder.parent == tmp_path / "exports"


def test_two_exports_in_one_second_do_not_meet(app: Flask, corpus: Corpus) -> None:
    """Each export has a folder of its own, however fast they follow."""
    project = corpus.project()
    corpus.layer(corpus.document(project), status="done", PERSON=[(0, 3)])
    folders = [transfer.export(project, "jsonl").folder for _ in range(4)]
    assert len(set(folders)) == 4
    assert all((folder / "layers.jsonl").is_file() for folder in folders)
