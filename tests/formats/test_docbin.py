"""DocBin: everything arrives in spaCy, or the report names it."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span
from spacy.util import filter_spans

from labeler import nlp
from labeler.formats import Exported, Report
from labeler.formats.docbin import LONGEST, DocBinExporter
from labeler.schema import (
    Category,
    Document,
    Entity,
    Layer,
    Relation,
    Scheme,
    Tokens,
    parse_scheme,
)
from tests.conftest import SHARED
from tests.texts import annotated, hard_cases

SCHEME = parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "ORG"}],
        "relations": [{"name": "MET", "symmetric": True}, {"name": "LEADER_OF"}],
    }
)
TEXT = "Ada Lovelace met Bob Page of Acme Inc. in  Rome."


def _record(text: str, *entities: Entity, **about: Any) -> Exported:
    """Return a done layer of an article with these entities, as it goes out."""
    part = about.pop("part", "train")
    document = Document(about.pop("id", "a1"), text, about.pop("meta", {}))
    layer = Layer("ana", about.pop("status", "done"), entities=entities, **about)
    [tokens] = nlp.tokenize([text], "en")
    return Exported(document, layer, tokens, part)


def _export(
    folder: Path, records: Iterable[Exported], *, language: str = "en", **options: Any
) -> Report:
    return DocBinExporter().write(
        records, folder, scheme=SCHEME, language=language, options=options
    )


def _docs(folder: Path, part: str = "train") -> list[Any]:
    return list(DocBin().from_disk(folder / f"{part}.spacy").get_docs(_vocab()))


@cache
def _vocab() -> Any:
    return spacy.blank("en").vocab


def _doc(folder: Path, *entities: Entity, **about: Any) -> tuple[Any, Report]:
    """Return what spaCy reads of one article, and the report."""
    report = _export(folder, [_record(about.pop("text", TEXT), *entities, **about)])
    [doc] = _docs(folder)
    return doc, report


def _codes(report: Report) -> list[tuple[str, str]]:
    return [(problem["code"], problem["id"]) for problem in report.problems]


ADA = Entity("e1", 0, 12, "PERSON")
BOB = Entity("e2", 17, 25, "PERSON")
ACME = Entity("e3", 29, 38, "ORG")


# ---- everything arrives ----------------------------------------------------------------------


@settings(max_examples=40)
@given(st.lists(annotated(links=("MET", "LEADER_OF")), min_size=1, max_size=3))
def test_everything_arrives_or_is_told(
    drawn: list[tuple[str, tuple[Entity, ...], tuple[Relation, ...]]],
) -> None:
    """Each entity and relation is where spaCy looks for it, or the report has it; and in full."""
    with TemporaryDirectory() as name:
        report = _export(
            Path(name),
            [
                _record(text, *entities, relations=relations, id=f"a{number}")
                for number, (text, entities, relations) in enumerate(drawn)
            ],
        )
        docs = _docs(Path(name))
    for number, (doc, (text, entities, relations)) in enumerate(zip(docs, drawn, strict=True)):
        assert doc.text == text
        told = {(p["code"], p["id"]) for p in report.problems if p["document"] == f"a{number}"}
        _assert_entities(doc, entities, told)
        _assert_relations(doc, entities, relations, told)


def _assert_entities(doc: Doc, entities: Sequence[Entity], told: set[tuple[str, str]]) -> None:
    content = {(e.id, e.start, e.end, e.label) for e in entities}
    full = doc.user_data["entities"]
    assert {(e["id"], e["start"], e["end"], e["label"]) for e in full} == content
    spans = {(s.id_, s.start_char, s.end_char, s.label_) for s in doc.spans["sc"]}
    assert spans == {e for e in content if ("misaligned", e[0]) not in told}
    ents = {(e.id_, e.start_char, e.end_char, e.label_) for e in doc.ents}
    assert ents == {e for e in spans if told.isdisjoint({("overlap", e[0]), ("white-space", e[0])})}
    for span in doc.spans["sc"]:
        edged = span[0].is_space or span[-1].is_space
        assert edged == (("white-space", span.id_) in told)


def _assert_relations(
    doc: Doc,
    entities: Sequence[Entity],
    relations: Sequence[Relation],
    told: set[tuple[str, str]],
) -> None:
    ends = {e.id: (e.start, e.end) for e in entities}
    full = doc.user_data["relations"]
    assert {(r["id"], r["head"], r["tail"], r["label"]) for r in full} == {
        (r.id, r.head, r.tail, r.label) for r in relations
    }
    assert all((r["head_start"], r["head_end"]) == ends[r["head"]] for r in full)
    assert all((r["tail_start"], r["tail_end"]) == ends[r["tail"]] for r in full)
    first = {span.id_: span.start for span in doc.spans["sc"]}
    true = {
        (pair, label) for pair, scores in doc._.rel.items() for label in scores if scores[label]
    }
    expected = set()
    for relation in relations:
        if ("relation-end", relation.id) not in told:
            pair = (first[relation.head], first[relation.tail])
            expected.add((pair, relation.label))
            expected |= {(pair[::-1], "MET")} if relation.label == "MET" else set()
    assert true == expected
    assert {(a, b) for a in first.values() for b in first.values() if abs(a - b) <= 100} <= set(
        doc._.rel
    )


@pytest.mark.parametrize("case", hard_cases())
def test_hard_texts_arrive(case: dict[str, Any], tmp_path: Path) -> None:
    """Spans of hard text cover in spaCy what they covered."""
    text = case["text"].replace("\0", " ")
    if not text.strip():
        pytest.skip("a text of white space is refused")
    entities = [Entity(s["id"], s["cp"][0], s["cp"][1], s["label"]) for s in case["spans"]]
    doc, report = _doc(tmp_path, *entities, text=text)
    assert doc.text == text
    told = {id_ for code, id_ in _codes(report) if code == "misaligned"}
    covered = {span.id_: span.text for span in doc.spans["sc"]}
    assert covered == {
        s["id"]: s["text"].replace("\0", " ") for s in case["spans"] if s["id"] not in told
    }


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 6)), max_size=12))
def test_what_overlaps_is_filtered_as_spacy_filters_it(drawn: list[tuple[int, int]]) -> None:
    """The longest span wins and then the first, as in `spacy.util.filter_spans`."""
    doc = Doc(nlp.vocab(), words=["x"] * 16)
    places = [(start, start + size, "A", f"e{i}") for i, (start, size) in enumerate(drawn)]
    spans = [Span(doc, first, last, "A", span_id=key) for first, last, _, key in places]
    kept = [places[index][3] for index in nlp.longest_first(places)]
    assert sorted(kept) == sorted(span.id_ for span in filter_spans(spans))


def test_the_file_is_what_spacys_own_docbin_reads_and_writes(tmp_path: Path) -> None:
    """Written by DocBin itself, the same Docs come back."""
    entities = (ADA, BOB, ACME, Entity("e4", 0, 3, "PERSON"))
    records = [_record(TEXT, *entities, id=f"a{n}", status=("done", "open")[n]) for n in range(2)]
    _export(tmp_path, records)
    docs = _docs(tmp_path)
    again = DocBin(store_user_data=True, docs=docs).to_bytes()
    attributes = ["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "ENT_ID", "NORM"]
    for ours, theirs in zip(docs, DocBin().from_bytes(again).get_docs(_vocab()), strict=True):
        assert (ours.to_array(attributes) == theirs.to_array(attributes)).all()
        assert ours.user_data == theirs.user_data
        assert [s.id_ for s in ours.spans["sc"]] == [s.id_ for s in theirs.spans["sc"]]


def test_an_empty_part_is_a_file_that_spacy_reads(tmp_path: Path) -> None:
    """A corpus of one document has three files all the same."""
    _doc(tmp_path, ADA)
    assert _docs(tmp_path, "dev") == _docs(tmp_path, "test") == []


def test_metadata_and_provenance_travel(tmp_path: Path) -> None:
    """What a machine proposed still says so."""
    origin = {"suggester": "rulers", "score": 0.5}
    about = {"meta": {"date": "2025-09-04"}, "revision": 7, "read_to": 12}
    doc, _ = _doc(tmp_path, Entity("e1", 0, 12, "PERSON", origin), **about)
    assert doc.user_data["meta"] == {"date": "2025-09-04"}
    assert doc.user_data["document"] == {
        "id": "a1",
        "annotator": "ana",
        "status": "done",
        "revision": 7,
        "read_to": 12,
    }
    assert doc.user_data["entities"][0]["origin"] == origin


def test_a_shared_docbin_with_relations_goes_through(tmp_path: Path) -> None:
    """Entities and relations of a published corpus come out of ours as they were."""
    path = SHARED / "data" / "docbin" / "rel_component_60.spacy"
    if not path.exists():
        pytest.skip(f"there is no {path.name} beside this checkout")
    if not Doc.has_extension("rel"):
        Doc.set_extension("rel", default={})
    docs = list(DocBin().from_disk(path).get_docs(_vocab()))
    scheme = {"relations": [{"name": label} for label in _rel_labels(docs)]}
    records = [_from_doc(f"a{number}", doc) for number, doc in enumerate(docs)]
    DocBinExporter().write(
        records, tmp_path, scheme=parse_scheme(scheme), language="en", options={"reach": 10_000}
    )
    for ours, theirs in zip(_docs(tmp_path), docs, strict=True):
        assert [(e.start, e.end, e.label_) for e in ours.ents] == [
            (e.start, e.end, e.label_) for e in theirs.ents
        ]
        assert set(theirs._.rel) <= set(ours._.rel)
        assert _true(ours._.rel) == _true(theirs._.rel)


def _rel_labels(docs: list[Doc]) -> list[str]:
    return sorted({label for doc in docs for scores in doc._.rel.values() for label in scores})


def _true(rel: dict[Any, dict[str, float]]) -> set[tuple[Any, str]]:
    return {(pair, label) for pair, scores in rel.items() for label in scores if scores[label]}


def _from_doc(name: str, doc: Doc) -> Exported:
    """Return a Doc with entities and relations as a layer of an article."""
    tokens = Tokens(
        tuple(token.idx for token in doc), tuple(token.idx + len(token) for token in doc), "given"
    )
    entities = tuple(Entity(f"e{e.start}", e.start_char, e.end_char, e.label_) for e in doc.ents)
    relations = tuple(
        Relation(f"r{number}", f"e{head}", f"e{tail}", label)
        for number, ((head, tail), label) in enumerate(sorted(_true(doc._.rel)))
    )
    layer = Layer("ana", "done", entities=entities, relations=relations)
    return Exported(Document(name, doc.text), layer, tokens)


# ---- what nobody has read --------------------------------------------------------------------


def _iob(doc: Doc) -> str:
    return "".join("-IOB"[token.ent_iob] for token in doc)


@pytest.mark.parametrize(
    ("status", "read_to", "iob"),
    [
        ("done", None, "BIOOOOBIOOOO"),
        ("done", 3, "BIOOOOBIOOOO"),
        ("open", None, "BI----BI----"),
        ("open", 0, "BI----BI----"),
        ("open", 16, "BIO---BI----"),
        ("open", 15, "BI----BI----"),
        ("open", 38, "BIOOOOBI----"),
        ("open", len(TEXT), "BIOOOOBIOOOO"),
    ],
)
def test_unread_tokens_are_missing(
    status: str, read_to: int | None, iob: str, tmp_path: Path
) -> None:
    """“Looked and found nothing” is O, “not looked at yet” is not."""
    doc, _ = _doc(tmp_path, ADA, ACME, status=status, read_to=read_to)
    assert _iob(doc) == iob


def test_tokens_of_what_does_not_fit_are_missing(tmp_path: Path) -> None:
    """A person saw something there: the model is not taught that there is nothing."""
    doc, report = _doc(tmp_path, ADA, Entity("e9", 17, 23, "PERSON"), Entity("e8", 40, 41, "ORG"))
    assert [(token.text, "-IOB"[token.ent_iob]) for token in doc][2:9] == [
        *(("met", "O"), ("Bob", "-"), ("Page", "-"), ("of", "O")),
        *(("Acme", "O"), ("Inc.", "O"), ("in", "-")),
    ]
    assert _codes(report) == [("misaligned", "e9"), ("misaligned", "e8")]


# ---- what does not fit -----------------------------------------------------------------------


def test_an_entity_off_token_borders_is_told_with_the_nearest_fit(tmp_path: Path) -> None:
    """It is neither shrunk nor widened, and stands in user_data in full."""
    _, report = _doc(tmp_path, Entity("e1", 1, 10, "PERSON"))
    [problem] = report.problems
    assert problem["code"] == "misaligned"
    assert (problem["document"], problem["annotator"]) == ("a1", "ana")
    assert (problem["start"], problem["end"], problem["text"]) == (1, 10, "da Lovela")
    assert (problem["nearest"], problem["nearest_text"]) == ([0, 12], "Ada Lovelace")


def test_an_entity_with_white_space_around_has_its_core_nearest(tmp_path: Path) -> None:
    """A space too much is the commonest slip."""
    _, report = _doc(tmp_path, Entity("e1", 12, 17, "ORG"))
    [problem] = report.problems
    assert (problem["code"], problem["nearest_text"]) == ("misaligned", "met")


def test_white_space_at_an_edge_keeps_an_entity_out_of_ents(tmp_path: Path) -> None:
    """spaCy would train on it without a word, and never predict it."""
    entity = Entity("e1", 42, 47, "ORG")
    doc, report = _doc(tmp_path, entity)
    assert [span.text for span in doc.spans["sc"]] == [" Rome"]
    assert doc.ents == ()
    assert _codes(report) == [("white-space", "e1")]


def test_overlaps_stay_in_spans_and_are_told(tmp_path: Path) -> None:
    """doc.ents has the longest."""
    inner, crossing = Entity("e4", 4, 12, "ORG"), Entity("e5", 4, 16, "ORG")
    doc, report = _doc(tmp_path, ADA, inner, crossing)
    assert [ent.id_ for ent in doc.ents] == ["e1"]
    assert [span.id_ for span in doc.spans["sc"]] == ["e1", "e5", "e4"]
    assert _codes(report) == [("overlap", "e5"), ("overlap", "e4")]


def test_the_same_span_twice_is_kept_twice(tmp_path: Path) -> None:
    """Two labels on one span: the first by name is in doc.ents, always the same."""
    doc, _ = _doc(tmp_path, Entity("b", 0, 12, "PERSON"), Entity("a", 0, 12, "ORG"))
    assert [(ent.id_, ent.label_) for ent in doc.ents] == [("a", "ORG")]
    assert len(doc.spans["sc"]) == 2


def test_relations_of_entities_that_start_together_are_told(tmp_path: Path) -> None:
    """doc._.rel knows entities by their first token."""
    first = Entity("e4", 0, 3, "PERSON")
    relations = (Relation("r1", "e4", "e2", "LEADER_OF"),)
    doc, report = _doc(tmp_path, ADA, BOB, first, relations=relations)
    assert doc._.rel[0, 3] == {"MET": 0.0, "LEADER_OF": 1.0}
    assert _codes(report) == [("overlap", "e4"), ("collision", "e4"), ("relation-collision", "r1")]
    assert [p["entities"] for p in list(report.problems)[1:3]] == [["e1", "e4"]] * 2


def test_a_relation_with_an_end_off_borders_is_told(tmp_path: Path) -> None:
    """It is in user_data only."""
    cut = Entity("e4", 1, 3, "PERSON")
    relations = (Relation("r1", "e4", "e2", "MET"),)
    doc, report = _doc(tmp_path, cut, BOB, relations=relations)
    assert _codes(report) == [("misaligned", "e4"), ("relation-end", "r1")]
    assert _true(doc._.rel) == set()
    assert doc.user_data["relations"][0]["head"] == "e4"


def test_long_entities_are_told_where_the_config_cannot_find_them(tmp_path: Path) -> None:
    """Only a span categorizer, which is for overlaps, looks at so many tokens and no more."""
    text = "word " * 40
    long = Entity("e1", 0, 5 * LONGEST + 4, "ORG")
    _, report = _doc(tmp_path, long, text=text)
    assert _codes(report) == []
    _, report = _doc(tmp_path, long, Entity("e2", 0, 4, "ORG"), text=text)
    assert _codes(report) == [("overlap", "e2"), ("long", "e1")]


# ---- relations -------------------------------------------------------------------------------


def test_every_ordered_pair_within_reach_is_written_and_every_true_one(tmp_path: Path) -> None:
    """Zeros teach, true pairs stand however far apart; the tutorial's scorer misses no pair."""
    text = " ".join(f"w{number}" for number in range(300))
    entities = [Entity(f"e{n}", *_word(text, n), "PERSON") for n in (0, 50, 101, 299)]
    relations = (Relation("r1", "e0", "e299", "LEADER_OF"),)
    doc, _ = _doc(tmp_path, *entities, text=text, relations=relations)
    near = {(0, 0), (0, 50), (50, 0), (50, 50), (50, 101), (101, 50), (101, 101), (299, 299)}
    assert set(doc._.rel) == {*near, (0, 299)}
    assert doc._.rel[0, 299] == {"MET": 0.0, "LEADER_OF": 1.0}
    assert doc._.rel[0, 50] == {"MET": 0.0, "LEADER_OF": 0.0}


def _word(text: str, number: int) -> tuple[int, int]:
    start = text.index(f"w{number}")
    return start, start + len(f"w{number}")


def test_the_reach_can_be_chosen(tmp_path: Path) -> None:
    """In tokens between the first tokens of both ends."""
    _export(tmp_path, [_record(TEXT, ADA, BOB, ACME)], reach=3)
    [doc] = _docs(tmp_path)
    assert set(doc._.rel) == {(0, 0), (0, 3), (3, 0), (3, 3), (3, 6), (6, 3), (6, 6)}


def test_symmetric_relations_stand_both_ways(tmp_path: Path) -> None:
    """Who met is met."""
    relations = (Relation("r1", "e2", "e1", "MET"), Relation("r2", "e1", "e3", "LEADER_OF"))
    doc, _ = _doc(tmp_path, ADA, BOB, ACME, relations=relations)
    assert _true(doc._.rel) == {((0, 3), "MET"), ((3, 0), "MET"), ((0, 6), "LEADER_OF")}


# ---- the folder ------------------------------------------------------------------------------


def test_the_manifest_names_what_the_export_is_made_of(tmp_path: Path) -> None:
    """Counts by part and label, versions, and a checksum of each file; no place and no moment."""
    records = [_record(TEXT, ADA, BOB), _record(TEXT, ACME, id="a2", part="dev")]
    _export(tmp_path, records, manifest={"project": "news"})
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["project"] == "news"
    assert manifest["parts"]["train"] == {
        "documents": 1,
        "entities": {"PERSON": 2},
        "relations": {},
    }
    assert manifest["parts"]["dev"]["entities"] == {"ORG": 1}
    assert manifest["counts"] == {
        "documents": 2,
        "train": 1,
        "dev": 1,
        "entities": 3,
        "relations": 0,
    }
    assert manifest["versions"]["spacy"] == spacy.__version__
    assert manifest["tokenizers"] == [f"spacy {spacy.__version__} en"]
    names = {"train.spacy", "dev.spacy", "test.spacy", "config.cfg", "report.json"}
    assert set(manifest["sha256"]) == names
    for name, expected in manifest["sha256"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == expected
    assert str(tmp_path) not in (tmp_path / "manifest.json").read_text()


_REPEAT = """
import sys
from pathlib import Path
from labeler import nlp
from labeler.formats import Exported
from labeler.formats.docbin import DocBinExporter
from labeler.schema import Document, Entity, Layer, Relation, parse_scheme

text = "Ada Lovelace met Bob Page of Acme Inc. in  Rome."
[tokens] = nlp.tokenize([text], "en")
places = [(start, end) for start in range(9) for end in (12, 25, 38)]
entities = tuple(Entity(f"e{n}", *place, "ORG") for n, place in enumerate(places))
relations = tuple(Relation(f"r{n}", f"e{n}", "e0", "MET") for n in range(9))
layer = Layer("ana", "done", 3, entities, relations)
records = (
    Exported(Document(f"a{n}", text, {"tags": ["a", "b"]}), layer, tokens, ("train", "dev")[n % 2])
    for n in range(4)
)
scheme = parse_scheme({"relations": [{"name": "MET", "symmetric": True}, {"name": "LED"}]})
folder, options = Path(sys.argv[1]), {"manifest": {"project": "news"}}
DocBinExporter().write(records, folder, scheme=scheme, language="en", options=options)
"""


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Whatever Python's hashes are seeded with."""
    contents = []
    for seed in ("0", "77"):
        folder = tmp_path / seed
        folder.mkdir()
        command = [sys.executable, "-c", _REPEAT, str(folder)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 6


def test_the_order_of_annotations_in_memory_changes_no_byte(tmp_path: Path) -> None:
    """Only what they are counts."""
    relations = (Relation("r1", "e1", "e2", "MET"), Relation("r2", "e2", "e3", "MET"))
    contents = []
    for step in (1, -1):
        folder = tmp_path / str(step)
        folder.mkdir()
        _doc(folder, *(ADA, BOB, ACME)[::step], relations=relations[::step])
        contents.append((folder / "train.spacy").read_bytes())
    assert contents[0] == contents[1]


def test_warnings_say_what_training_will_not_have(tmp_path: Path) -> None:
    """No dev part, nothing to learn."""
    report = _export(tmp_path, [_record(TEXT)])
    learned, judged = report.warnings
    assert "nothing to do" in learned
    assert "scores say nothing" in judged
    report = _export(tmp_path, [_record(TEXT, ADA), _record(TEXT, ADA, part="dev")])
    assert report.warnings == []


def test_unread_text_is_told_where_the_config_takes_it_for_read(tmp_path: Path) -> None:
    """doc.ents can have missing tokens, a span group cannot."""
    inner = Entity("e4", 0, 3, "PERSON")
    dev = _record(TEXT, ADA, part="dev")
    assert _export(tmp_path, [_record(TEXT, ADA, status="open"), dev]).warnings == []
    [warning] = _export(tmp_path, [_record(TEXT, ADA, inner, status="open"), dev]).warnings
    assert "1 documents are unfinished" in warning


def test_a_language_without_tokenizer_has_a_config_that_cuts_in_the_same_way(
    tmp_path: Path,
) -> None:
    """What was labeled on characters is trained on characters."""
    text = "日本の首相"
    [tokens] = nlp.tokenize([text], "ja")
    if not tokens.tokenizer.endswith("characters"):
        pytest.skip("the Japanese tokenizer is installed")
    layer = Layer("ana", "done", entities=(Entity("e1", 0, 2, "ORG"),))
    record = Exported(Document("a", text), layer, tokens)
    report = _export(tmp_path, [record], language="ja")
    assert "each character is a token" in report.warnings[-1]
    config = spacy.util.load_config(tmp_path / "config.cfg")
    pipeline = spacy.util.load_model_from_config(config, auto_fill=True)
    [doc] = _docs(tmp_path)
    assert [token.text for token in pipeline.make_doc(text)] == [token.text for token in doc]


def test_spacy_trains_on_the_folder_as_it_is(tmp_path: Path) -> None:
    """`spacy train config.cfg` runs to a saved model that finds entities and spans."""
    records = [
        _record(
            TEXT,
            ADA,
            Entity("e4", 0, 3, "PERSON"),
            ACME,
            id=f"a{number}",
            status=("done", "open")[number == 3],
            part=("train", "dev")[number == 4],
        )
        for number in range(5)
    ]
    _export(tmp_path, records)
    steps = ["--training.max_steps", "20", "--training.eval_frequency", "10"]
    subprocess.run(
        [sys.executable, "-m", "spacy", "train", "config.cfg", "--output", "model", *steps],
        check=True,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    pipeline = spacy.load(tmp_path / "model" / "model-last")
    assert pipeline.pipe_names == ["tok2vec", "ner", "spancat"]
    assert set(pipeline.get_pipe("ner").labels) == {"PERSON", "ORG"}
    assert set(pipeline.get_pipe("spancat").labels) == {"PERSON", "ORG"}
    assert pipeline(TEXT).text == TEXT


def test_a_scheme_without_relations_has_an_empty_table(tmp_path: Path) -> None:
    """Nothing is made up."""
    DocBinExporter().write(
        [_record(TEXT, ADA, BOB)], tmp_path, scheme=Scheme(), language="en", options={}
    )
    [doc] = _docs(tmp_path)
    assert doc._.rel == {}


def test_discontinuous_entities_are_told_and_nowhere_else(tmp_path: Path) -> None:
    """One of several parts stands in user data with its relations; its tokens are missing."""
    parts = Entity("e1", 0, 20, "PERSON", None, ((0, 3), (17, 20)), {"note": "shared name"})
    met = Relation("r1", "e1", "e2", "MET", None, {"sure": True})
    record = _record(TEXT, parts, Entity("e2", 29, 33, "ORG"), relations=(met,))
    report = _export(tmp_path, [record])
    assert [problem["code"] for problem in report.problems] == ["discontinuous", "relation-end"]
    assert next(iter(report.problems))["parts"] == ((0, 3), (17, 20))
    [doc] = _docs(tmp_path)
    assert [span.text for span in (*doc.ents, *doc.spans["sc"])] == ["Acme", "Acme"]
    assert [doc[0].ent_iob, doc[3].ent_iob, doc[1].ent_iob] == [0, 0, 2]
    assert doc.user_data["entities"][0]["parts"] == ((0, 3), (17, 20))
    assert doc.user_data["relations"][0]["attributes"] == {"sure": True}


def test_categories_are_what_a_text_categorizer_learns_from(tmp_path: Path) -> None:
    """A finished document says yes or no to each category; an unfinished one only yes."""
    scheme = parse_scheme({"categories": [{"name": "SPORT"}, {"name": "LONG"}]})
    records = [
        _record(TEXT, id="a1", categories=(Category("c1", "SPORT"),)),
        _record(TEXT, id="a2"),
        _record(TEXT, id="a3", status="open", categories=(Category("c1", "LONG"),)),
    ]
    DocBinExporter().write(records, tmp_path, scheme=scheme, language="en", options={})
    docs = _docs(tmp_path)
    assert [doc.cats for doc in docs] == [
        {"SPORT": 1.0, "LONG": 0.0},
        {"SPORT": 0.0, "LONG": 0.0},
        {"LONG": 1.0},
    ]
    assert docs[0].user_data["categories"] == ({"id": "c1", "label": "SPORT"},)
