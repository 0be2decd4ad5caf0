"""Files of other tools: what comes in, what is told, and what those tools' own files hold."""

import io
import json
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import Exported, Imported, archive, exporters, importers
from labeler.formats.tags import spans, tagged
from labeler.formats.units import Units
from labeler.schema import Category, Document, Entity, Layer, Relation, parse_scheme
from tests.conftest import SHARED
from tests.texts import texts

DATA = SHARED / "data"
SCHEME = parse_scheme(
    {
        "entities": [{"name": "PER"}, {"name": "ORG"}],
        "relations": [{"name": "MET", "symmetric": True}, {"name": "LEADS", "head": ["PER"]}],
        "categories": [{"name": "NEWS"}],
    }
)
shared = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside this checkout")


def read(name: str, content: str | bytes, file: str = "") -> tuple[list[Imported], list[Problem]]:
    """Return the articles of a file and what was told of it."""
    content = content.encode() if isinstance(content, str) else content
    file = file or f"set/x{importers[name].suffixes[0]}"
    items = list(importers[name]().read(io.BytesIO(content), file))
    return [i for i in items if isinstance(i, Imported)], [
        i for i in items if isinstance(i, Problem)
    ]


def folder(
    path: Path, importer: str = "auto", **files: str | bytes
) -> tuple[list[Imported], list[Problem]]:
    """Write files (`a__txt` is a.txt, `ana___a__txt` ana/a.txt) and return what they hold."""
    for name, content in files.items():
        target = path / name.replace("___", "/").replace("__", ".")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return found(path, importer)


def found(path: Path, importer: str = "auto") -> tuple[list[Imported], list[Problem]]:
    """Return what a folder holds."""
    items = list(archive.read([path], importer))
    return [i for i in items if isinstance(i, Imported)], [
        i for i in items if isinstance(i, Problem)
    ]


def said(item: Imported) -> dict[str, Any]:
    """Return the annotations of an article by id."""
    items = item.layer.annotations() if item.layer else item.suggestions
    return {each.id: each for each in items}


def export(name: str, path: Path, *records: Exported, **options: Any) -> list[dict[str, Any]]:
    """Write records and return what the report tells."""
    path.mkdir(exist_ok=True)
    report = exporters[name]().write(records, path, scheme=SCHEME, language="en", options=options)
    return list(report.problems)


def record(text: str, *items: Any, name: str = "a1", annotator: str = "ana") -> Exported:
    """Return a finished layer on its way out."""
    [tokens] = nlp.tokenize([text], "en")
    layer = Layer(
        annotator,
        "done",
        entities=tuple(i for i in items if isinstance(i, Entity)),
        relations=tuple(i for i in items if isinstance(i, Relation)),
        categories=tuple(i for i in items if isinstance(i, Category)),
    )
    return Exported(Document(name, text), layer, tokens)


# ---- brat ------------------------------------------------------------------------------------

BRAT = """T1\tPER 0 3;12 20\tAda Lovelace
T2\tPER 25 28\tEve
R1\tMET Arg1:T1 Arg2:T2\t
*\tSAME T1 T2
A1\tSure T1
A2\tMood T2 Irrealis
N1\tReference T1 Wikidata:Q7259\tAda Lovelace
#1\tAnnotatorNotes T1\tnée Byron
#2\tAnnotatorNotes R1\tcheck
"""
BRAT_TEXT = "Ada and Bob Lovelace met Eve."


def test_brat_comes_in_whole(tmp_path: Path) -> None:
    """Parts, relations, equivalences, attributes, references and notes all have a place."""
    [article], problems = folder(tmp_path, a__txt=BRAT_TEXT, a__ann=BRAT)
    assert problems == []
    items = said(article)
    assert items["T1"].parts == ((0, 3), (12, 20))
    assert items["T1"].attributes == {
        "Sure": True,
        "reference Wikidata": "Q7259\tAda Lovelace",
        "note": "née Byron",
    }
    assert items["R1"].attributes == {"note": "check"}
    assert Counter(type(i).__name__ for i in items.values()) == {"Entity": 2, "Relation": 2}


def test_an_event_becomes_its_trigger_with_relations(tmp_path: Path) -> None:
    """Arguments that are events are their triggers; attributes of events go to the triggers."""
    lines = "E2\tSay:T4 What:E1\nE1\tMeet:T3 Who:T1 Who2:T2\nA1\tNegated E1\n"
    lines += "T1\tPER 0 3\tAda\nT2\tPER 8 11\tBob\nT3\tMeet 4 7\tmet\nT4\tSay 12 16\tsaid\n"
    [article], [told] = folder(tmp_path, a__txt="Ada met Bob said.", a__ann=lines)
    links = {(r.head, r.label, r.tail) for r in said(article).values() if isinstance(r, Relation)}
    assert links == {("T3", "Who", "T1"), ("T3", "Who", "T2"), ("T4", "What", "T3")}
    assert said(article)["T3"].attributes == {"Negated": True}
    assert told.code == "ignored"


def test_wrong_lines_of_brat_are_told_one_by_one(tmp_path: Path) -> None:
    """Offsets that read otherwise, lost ends and lines of no kind; the rest comes in."""
    lines = (
        "T1\tPER 0 3\tBob\r\nT2\tPER 8 11\tBob\r\nT3\tPER 8 99\tBob.\r\nR1\tMET Arg1:T1 Arg2:T2\r\n"
    )
    lines += "hello\r\nT4\tPER x y\tz\r\nA1\tSure T9"
    [article], problems = folder(tmp_path, a__txt="Ada met Bob.", a__ann=lines)
    assert list(said(article)) == ["T2"]
    assert [problem.line for problem in problems] == [1, 3, 6, 4, 5, 7]


def test_folders_of_annotators_become_layers(tmp_path: Path) -> None:
    """Where folders beside each other hold the same articles; otherwise they are only folders."""
    ann = "T1\tPER 0 3\tAda\n"
    articles, problems = folder(
        tmp_path, ana___a__txt="Ada.", ana___a__ann=ann, bob___a__txt="Ada.", bob___a__ann=""
    )
    assert problems == []
    assert [(i.document.id, i.layer and i.layer.annotator) for i in articles] == [
        ("a", "ana"),
        ("a", "bob"),
    ]
    (tmp_path / "bob" / "a.txt").write_text("Eve.")
    articles, _ = found(tmp_path)
    assert [(item.document.id, item.layer) for item in articles] == [
        ("ana/a", None),
        ("bob/a", None),
    ]


def test_folders_of_documents_are_no_annotators(tmp_path: Path) -> None:
    """A folder for each article, whose files share their names, stays a folder."""
    ann = "T1\tPER 0 3\tAda\n"
    articles, problems = folder(
        tmp_path, a___text__txt="Ada.", a___text__ann=ann, b___text__txt="Adam", b___text__ann=ann
    )
    assert problems == []
    assert [(i.document.id, i.layer) for i in articles] == [("a/text", None), ("b/text", None)]


def test_brat_goes_out_with_its_configuration(tmp_path: Path) -> None:
    """Each annotator has a folder; spans over lines are cut as brat has them, and joined again."""
    ada = Entity("e1", 0, 8, "PER", None, (), {"note": "x", "mood": "sad"})
    records = [record("Ada\nLove met.", ada, annotator=who) for who in ("ana", "bob")]
    assert export("brat", tmp_path, *records, manifest={"layer": "all"}) == []
    assert (tmp_path / "ana/a1.ann").read_text() == (
        "T1\tPER 0 3;4 8\tAda Love\nA1\tmood T1 sad\n#1\tAnnotatorNotes T1\tx\n"
    )
    conf = (tmp_path / "annotation.conf").read_text()
    assert "MET Arg1:<ENTITY>, Arg2:<ENTITY>, <REL-TYPE>:symmetric" in conf
    assert "LEADS Arg1:PER, Arg2:<ENTITY>" in conf
    articles, _ = found(tmp_path, "brat")
    assert [item.layer and item.layer.annotator for item in articles] == ["ana", "bob"]
    assert said(articles[0])["T1"].parts == ()


@shared
def test_the_corpora_of_brat_users_come_in_whole() -> None:
    """Every line of real corpora, with the layers of four annotators."""
    articles, problems = found(DATA / "somesci" / "Creation_sentences")
    assert (len(articles), problems) == (109, [])
    assert sum(len(item.suggestions) for item in articles) == 1648
    articles, _ = found(DATA / "bratiaa/example-files/example-project", "brat")
    layers = Counter(item.layer.annotator for item in articles if item.layer)
    assert layers == {"Lisa": 7, "Maria": 7, "Max": 7, "Peter": 7}
    articles, problems = found(DATA / "brat-tutorial-bio", "brat")
    assert len(articles) == 13
    assert {problem.code for problem in problems} == {"ignored"}


# ---- JSON ------------------------------------------------------------------------------------


def test_a_task_of_prodigy_is_a_layer_of_its_session() -> None:
    """Ends of relations are found by their spans, and without those by their tokens."""
    task = {
        "text": "Ada met Bob.",
        "_input_hash": 7,
        "_session_id": "news-ana",
        "answer": "accept",
        "meta": {"source": "x"},
        "spans": [
            {"start": 0, "end": 3, "label": "PER", "token_start": 0, "token_end": 0},
            {"start": 8, "end": 11, "label": "PER", "token_start": 2, "token_end": 2},
        ],
        "relations": [{"head": 0, "child": 2, "label": "MET"}],
        "accept": ["NEWS"],
    }
    [article], problems = read("prodigy", json.dumps(task))
    assert problems == []
    assert article.document == Document("set/x-7", "Ada met Bob.", {"source": "x"})
    assert article.layer
    assert (article.layer.annotator, article.layer.status) == ("ana", "done")
    [link] = article.layer.relations
    starts = {entity.id: entity.start for entity in article.layer.entities}
    assert (starts[link.head], starts[link.tail]) == (0, 8)
    assert [category.label for category in article.layer.categories] == ["NEWS"]


@pytest.mark.parametrize(
    ("answer", "session", "status"),
    [
        ("ignore", "d-ana", "skipped"),
        ("reject", "d-ana", None),
        (None, "d-ana", "open"),
        ("accept", "2024-01-02_03-04-05", None),
    ],
)
def test_what_prodigy_s_answers_mean(answer: str | None, session: str, status: str | None) -> None:
    """Ignored is skipped, rejected is no annotation, a moment is nobody."""
    spans = [{"start": 0, "end": 3, "label": "PER"}]
    task = {"text": "Ada.", "spans": spans, "answer": answer, "_session_id": session}
    [article], problems = read("prodigy", json.dumps(task))
    assert (article.layer.status if article.layer else None) == status
    assert bool(problems) == (answer == "reject")
    assert bool(said(article)) == (answer != "reject")


def test_prodigy_places_spans_by_their_tokens_and_links_them_to_knowledge() -> None:
    """Where a span says no characters, its tokens do; an end that no span has is told readably."""
    tokens = [{"start": 0, "end": 3, "id": 0}, {"start": 4, "end": 7, "id": 1}]
    task = {
        "text": "Ada met", "tokens": tokens,
        "spans": [{"token_start": 0, "token_end": 0, "label": "PER", "kb_id": "Q7259"},
                  {"token_start": 0, "token_end": 9, "label": "PER"}],
        "relations": [{"head": 0, "child": 1, "label": "OF", "head_span": {"start": 0, "end": 3},
                       "child_span": {"start": 4, "end": 7, "label": None}}],
    }  # fmt: skip
    [article], problems = read("prodigy", json.dumps(task))
    [entity] = article.suggestions
    assert isinstance(entity, Entity)
    assert (entity.start, entity.end, entity.attributes) == (0, 3, {"kb_id": "Q7259"})
    assert ["'[4, 7)'" in problem.message for problem in problems] == [False, True]


def test_doccano_has_three_kinds_of_lines() -> None:
    """Labels with offsets, labels of the whole, entities with relations; the rest is metadata."""
    lines = [
        {"id": 1, "text": "Ada met Bob.", "label": [[0, 3, "PER"], [5, 99, "PER"]], "year": 1843},
        {"id": 2, "text": "Rain.", "label": ["NEWS"], "Comments": ["why?"]},
        {
            "id": 3,
            "text": "Ada met Bob.",
            "entities": [
                {"id": 10, "label": "PER", "start_offset": 0, "end_offset": 3},
                {"id": 11, "label": "PER", "start_offset": 8, "end_offset": 11},
            ],
            "relations": [
                {"id": 1, "from_id": 10, "to_id": 11, "type": "MET"},
                {"id": 2, "from_id": 10, "to_id": 12, "type": "MET"},
            ],
        },
    ]
    content = "\ufeff" + "\r\n".join(json.dumps(line) for line in lines)
    articles, problems = read("doccano", content)
    assert [item.document.id for item in articles] == ["1", "2", "3"]
    assert articles[0].document.meta == {"year": 1843}
    assert [Counter(type(i).__name__ for i in said(item).values()) for item in articles] == [
        {"Entity": 1},
        {"Category": 1},
        {"Entity": 2, "Relation": 1},
    ]
    assert [(p.line, p.code) for p in problems] == [(1, "invalid"), (2, "ignored"), (3, "invalid")]


def test_label_studio_counts_in_utf_16_and_some_of_its_backends_do_not() -> None:
    """Offsets are read by what the text says; one that reads otherwise either way is told."""
    value = {"text": "Ada", "labels": ["PER"]}
    regions = [(3, 6), (2, 5), (9, 12)]
    result = [
        {"id": f"r{start}", "type": "labels", "value": {**value, "start": start, "end": end}}
        for start, end in regions
    ]
    for region in result:
        task = {"id": 1, "data": {"text": "😀 Ada met."}, "predictions": [{"result": [region]}]}
        [article], problems = read("label-studio", json.dumps([task]))
        if region["id"] == "r9":
            assert len(problems) == 1
        else:
            [entity] = article.suggestions
            assert isinstance(entity, Entity)
            assert (entity.start, entity.end) == (2, 5)


def test_a_task_of_label_studio_has_a_layer_an_annotation() -> None:
    """Relations with and without labels and either way, choices of the whole and of regions."""
    people = [
        {"id": "a", "type": "labels", "value": {"start": 0, "end": 3, "labels": ["PER"]}},
        {"id": "b", "type": "labels", "value": {"start": 8, "end": 11, "labels": ["PER", "ORG"]}},
    ]
    links = [
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "left", "labels": ["MET"]},
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
    ]
    choices = [
        {"id": "c", "type": "choices", "value": {"choices": ["NEWS"]}},
        {
            "id": "a",
            "type": "choices",
            "from_name": "sure",
            "value": {"choices": ["yes"], "start": 0},
        },
        {"id": "d", "type": "brush", "value": {}},
    ]
    task = {
        "id": 5,
        "data": {"text": "Ada met Bob.", "url": "x"},
        "annotations": [
            {"completed_by": {"email": "ana@x.org"}, "result": [*links, *people, *choices]},
            {"completed_by": 3, "result": [], "was_cancelled": True},
        ],
    }
    [first, second], [told] = read("label-studio", json.dumps(task))
    assert first.layer
    assert second.layer
    assert (first.layer.annotator, second.layer.annotator) == ("ana@x.org", "user-3")
    assert second.layer.status == "skipped"
    assert {(r.head, r.label, r.tail) for r in first.layer.relations} == {
        ("b", "MET", "a"),
        ("a", "related", "b"),
    }
    assert len(first.layer.entities) == 3
    assert said(first)["a"].attributes == {"sure": "yes"}
    assert [category.label for category in first.layer.categories] == ["NEWS"]
    assert "brush" in told.message


def test_regions_of_hypertext_are_taken_where_the_text_reads_so() -> None:
    """Others are refused one by one, with what to do: their places are in a page as drawn."""
    value = {
        "start": "/text()[1]", "end": "/text()[1]", "startOffset": 3, "endOffset": 6,
        "globalOffsets": {"start": 3, "end": 6}, "text": "Ada", "hypertextlabels": ["PER"],
    }  # fmt: skip
    labels = {**value, "start": "/p[1]/text()[1]", "text": "Bob", "labels": ["PER"]}
    result = [
        {"id": "a", "type": "hypertextlabels", "value": value, "meta": {"text": ["sure"]}},
        {"id": "b", "type": "labels", "value": labels},
        {"id": "c", "type": "hypertextlabels", "value": {**value, "globalOffsets": None}},
        {"id": "t", "type": "taxonomy", "value": {"taxonomy": [["News", "Sport"], ["Law"]]}},
    ]
    task = {"id": 1, "data": {"html": "😀 Ada met."}, "annotations": [{"result": result}]}
    [article], problems = read("label-studio", json.dumps([{**task, "drafts": [{}]}]))
    entity, *categories = article.suggestions
    assert isinstance(entity, Entity)
    assert (entity.start, entity.end, entity.attributes) == (2, 5, {"note": "sure"})
    assert [item.label for item in categories if isinstance(item, Category)] == [
        "News / Sport", "Law"
    ]  # fmt: skip
    assert ["'b' ('Bob')" in problems[0].message, "'c' ('Ada')" in problems[1].message] == [
        True
    ] * 2
    assert "1 drafts" in problems[2].message


def test_json_min_has_what_was_said_beside_the_data() -> None:
    """Under whatever names: regions, choices, and what becomes metadata or is told."""
    task = {
        "id": 4, "text": "Ada met Bob.", "source": "x", "annotator": 2, "lead_time": 1.5,
        "ner": [{"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}],
        "topic": {"choices": ["NEWS", "LAW"]}, "mood": "glad", "box": [{"x": 1}],
    }  # fmt: skip
    [article], [told] = read("label-studio", json.dumps([task]))
    assert article.layer
    assert article.layer.annotator == "user-2"
    assert [entity.label for entity in article.layer.entities] == ["PER"]
    assert [category.label for category in article.layer.categories] == ["NEWS", "LAW"]
    assert article.document.meta == {"source": "x", "mood": "glad"}
    assert "'box'" in told.message


@shared
def test_what_the_json_tools_wrote_themselves_comes_in() -> None:
    """Their own samples, with the one wrong offset among them told."""
    articles, problems = found(DATA / "explosion-projects/tutorials/rel_component/assets")
    assert len(articles) == 149
    items = [item for article in articles for item in said(article).values()]
    assert sum(isinstance(item, Entity) for item in items) == 466
    twice = sum("twice" in problem.message for problem in problems)
    assert sum(isinstance(item, Relation) for item in items) == 267 - twice
    assert len(problems) == twice
    path = DATA / "label-studio-samples/kiji_sample_predictions.json"
    [article], [problem] = found(path)
    assert "[68, 90)" in problem.message
    assert len(article.suggestions) == 6
    articles, problems = found(DATA / "doccano-import/backend/data_import/tests/data")
    assert len(articles) == 10
    assert len(problems) == 3


@given(texts(), st.data())
def test_units_and_code_points_are_converted_both_ways(text: str, data: Any) -> None:
    """A code point is found again by its unit, which is where UTF-16 has it."""
    point = data.draw(st.integers(0, len(text)))
    units = Units(text)
    assert units.point(units.unit(point)) == point
    assert units.unit(point) == len(text[:point].encode("utf-16-le")) // 2


# ---- tokens ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O B-PER I-PER O B-PER B-PER", [(1, 3, "PER"), (4, 5, "PER"), (5, 6, "PER")]),
        ("I-PER I-PER B-PER I-ORG", [(0, 2, "PER"), (2, 3, "PER"), (3, 4, "ORG")]),
        ("B-PER L-PER U-PER U-ORG O", [(0, 2, "PER"), (2, 3, "PER"), (3, 4, "ORG")]),
        ("S-PER B-PER I-PER E-PER", [(0, 1, "PER"), (1, 4, "PER")]),
        ("- O _", []),
        ("", []),
    ],
)
def test_each_scheme_of_tags_is_read(tags: str, expected: list[Any]) -> None:
    """IOB, IOB2, BILOU and BIOES say the same in their ways."""
    assert list(spans(tags.split())) == expected


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2), st.sampled_from(["A", "B-C"]))))
@settings(max_examples=50)
def test_tags_say_spans(pieces: list[tuple[int, int, str]]) -> None:
    """What is written as IOB2 is read as it was."""
    places, count = [], 0
    for length, gap, label in pieces:
        places.append((count, count + length, label))
        count += length + gap
    assert list(spans(tagged(count, places))) == places


def test_conll_has_documents_sentences_or_neither() -> None:
    """Documents begin with a mark; without marks each sentence is one; tags end with sentences."""
    marked = "-DOCSTART- -X- O O\n\nAda NNP _ B-PER\nmet VBD _ O\n\nBob NNP _ I-PER\n\n"
    marked += "-DOCSTART- O\nEve O"
    articles, problems = read("conll", marked)
    assert [item.document.text for item in articles] == ["Ada met\nBob", "Eve"]
    assert problems == []
    assert [(e.start, e.end) for e in said(articles[0]).values()] == [(0, 3), (8, 11)]
    articles, problems = read("conll", "Ada\tB-PER\r\nx\r\nmet\tWHAT\r\n\r\n\r\nEve\tS-PER")
    assert [item.document.text for item in articles] == ["Ada x met", "Eve"]
    assert [problem.line for problem in problems] == [2, 3]


def test_conll_2012_is_named_and_refused(tmp_path: Path) -> None:
    """Its brackets are no tags, and its first column is no word."""
    rows = "nw/x 0 0 Ada NNP (TOP* - - - - (PERSON) -\n\n#end document\n"
    for name in ("a.conll", "a.txt"):
        (tmp_path / name).write_text(f"#begin document (nw/x); part 000\n{rows}")
        articles, [problem] = found(tmp_path / name)
        assert (articles, problem.code, problem.line) == ([], "version", 1)


def test_conll_tells_what_tags_cannot_say(tmp_path: Path) -> None:
    """The shorter of two that overlap, what is off tokens, what crosses a line."""
    text = "Ada Lovelace met\nBob."
    entities = [
        Entity("e1", 0, 12, "PER"),
        Entity("e2", 4, 12, "ORG"),
        Entity("e3", 1, 3, "PER"),
        Entity("e4", 13, 20, "PER"),
        Entity("e5", 17, 20, "PER"),
    ]
    told = export("conll", tmp_path, record(text, *entities))
    assert sorted(problem["id"] for problem in told) == ["e2", "e3", "e4"]
    lines = (tmp_path / "train.conll").read_text().splitlines()
    assert lines[2:5] == ["Ada -X- -X- B-PER", "Lovelace -X- -X- I-PER", "met -X- -X- O"]


@shared
def test_the_samples_of_spacy_in_iob_say_what_its_json_says() -> None:
    """Each entity of each sample, found by its words."""
    base = DATA / "spacy-iob/extra/example_data/ner_example_data"
    for stem in (
        "ner-sent-per-line",
        "ner-token-per-line-conll2003",
        "ner-token-per-line-with-pos",
    ):
        articles, problems = found(base / f"{stem}.iob")
        tokens = [
            (token["orth"], token["ner"])
            for document in json.loads((base / f"{stem}.json").read_bytes())
            for paragraph in document["paragraphs"]
            for sentence in paragraph["sentences"]
            for token in sentence["tokens"]
        ]
        expected = [
            (" ".join(word for word, _ in tokens[first:last]), label)
            for first, last, label in spans(tag for _, tag in tokens)
        ]
        words = [
            (" ".join(item.document.text[e.start : e.end].split()), e.label)
            for item in articles
            for e in said(item).values()
        ]
        assert (words, problems) == (expected, [])


# ---- tables ----------------------------------------------------------------------------------


def test_a_table_of_texts_comes_in() -> None:
    """By the names of its columns; quoted line breaks are part of the text."""
    content = '\ufeffid,Text,label,year\n7,"Ada\r\nmet, Bob.",NEWS,1843\n,Eve.,,\n'
    articles, problems = read("table", content)
    assert problems == []
    assert articles[0].document == Document("7", "Ada\r\nmet, Bob.", {"year": "1843"})
    assert [category.label for category in said(articles[0]).values()] == ["NEWS"]
    assert articles[1].document.id == "set/x-4"


def test_a_table_without_texts_is_told() -> None:
    """The names that would do are named; rows that belong nowhere are told by line."""
    articles, [problem] = read("table", "name,age\nAda,36\n")
    assert not articles
    assert "text" in problem.message
    rows = "kind,document,text,start,end,label\nentity,a,,0,1,PER\ndocument,a,Ada.,,,\n"
    rows += "entity,a,,x,1,PER\n"
    [article], problems = read("table", rows)
    assert said(article) == {}
    assert [problem.line for problem in problems] == [2, 4]


# ---- DocBin ----------------------------------------------------------------------------------


@shared
def test_docs_of_others_come_in_with_their_relations() -> None:
    """The entities of each, once though they stand in two places, and the pairs that hold."""
    [path] = (DATA / "docbin").rglob("*.spacy")
    docs = list(nlp.read_docs(io.BytesIO(path.read_bytes())))
    articles, problems = found(path)
    assert [item.document.text for item in articles] == [doc.text for doc in docs]
    for doc, article in zip(docs, articles, strict=True):
        entities = {
            (e.start, e.end, e.label) for e in said(article).values() if isinstance(e, Entity)
        }
        spans_of = (*doc.ents, *(span for group in doc.spans.values() for span in group))
        assert entities == {(s.start_char, s.end_char, s.label_) for s in spans_of}
    pairs = [doc.user_data["._.", "rel", None, None] for doc in docs]
    true = sum(value for each in pairs for values in each.values() for value in values.values())
    relations = [i for a in articles for i in said(a).values() if isinstance(i, Relation)]
    assert len(relations) == true - len(problems)


@pytest.mark.parametrize(
    "content", [b"", b"hello", zlib.compress(b"hello"), zlib.compress(b"\x80")]
)
def test_damaged_docbins_are_told(content: bytes) -> None:
    """What is no DocBin is one problem."""
    articles, problems = read("docbin", content)
    assert (articles, len(problems)) == ([], 1)


# ---- what other tools' files taught ----------------------------------------------------------


def _labels(articles: list[Imported]) -> list[list[tuple[str, str]]]:
    """Return words and label of each entity, by article; categories have no words."""
    found = []
    for article in articles:
        text, items = article.document.text, said(article).values()
        found.append(
            [(text[i.start : i.end] if isinstance(i, Entity) else "", i.label) for i in items]
        )
    return found


@pytest.mark.parametrize(
    ("name", "content", "labels"),
    [
        ("train.txt", "I O\nlike O\nPort B-LOC\nEllery I-LOC\n\n-DOCSTART-\n\nAda B-PER\n",
         [[("Port Ellery", "LOC")], [("Ada", "PER")]]),
        ("spaces.conll", "It O +\nis O +\nGerman B-LOC -\n- O -\nmade O +\n",
         [[("German", "LOC")]]),
        ("nested.tsv", "#\thttp://a.example\t[2009-08-13]\n1\tPort\tB-ORG\tB-LOC\n"
         "2\tEllery\tI-ORG\tI-LOC\n3\tFerries\tI-ORG\tO\n",
         [[("Port Ellery Ferries", "ORG"), ("Port Ellery", "LOC")]]),
        ("numbers.conll", "1 CD B-NP B-DATE\nJanuary NNP I-NP I-DATE\n", [[("1 January", "DATE")]]),
        ("plus.conllup", "# global.columns = ID FORM NER MISC\n1\tAda\tB-PER\tSpaceAfter=No\n"
         "2\t.\tO\t_\n", [[("Ada", "PER")]]),
        ("table.tsv", "text\tlabel\nB-PER is a tag\tYES\n", [[("", "YES")]]),
        ("plain.txt", "Title\n\nThe letter O\nis B-side.\n", [[]]),
    ],
)  # fmt: skip
def test_tags_are_found_whatever_the_columns(
    tmp_path: Path, name: str, content: str, labels: list[list[tuple[str, str]]]
) -> None:
    """In files that end like texts and tables, before columns of something else, one in another."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    items = list(archive.read([tmp_path / name]))
    assert _labels([item for item in items if isinstance(item, Imported)]) == labels
    assert [
        str(item) for item in items if isinstance(item, Problem) and item.code != "ignored"
    ] == []


@pytest.mark.parametrize(
    ("line", "people", "labels"),
    [
        ('{"id": 1, "text": "Ada met Bob.", "annotations": [{"label": 12, "start_offset": 0, '
         '"end_offset": 3, "user": 1}, {"label": 3, "user": 2}], "annotation_approver": null}',
         ["user-1", "user-2"], [[("Ada", "12")], [("", "3")]]),
        ('{"text": "Stir it.", "cats": {"soup": 1.0, "cake": 0.0, "meat": 0.5}}', [],
         [[("", "soup"), ("", "meat")]]),
        ('{"text": "Fine.", "label": "good"}', [], [[("", "good")]]),
    ],
)  # fmt: skip
def test_doccano_has_labels_in_many_forms(
    tmp_path: Path, line: str, people: list[str], labels: list[list[tuple[str, str]]]
) -> None:
    """By user and number, with values, or alone; none goes to the metadata or is lost."""
    (tmp_path / "all.jsonl").write_text(line + "\n", encoding="utf-8")
    articles = [item for item in archive.read([tmp_path]) if isinstance(item, Imported)]
    assert _labels(articles) == labels
    assert [article.layer.annotator for article in articles if article.layer] == people
    assert all("annotations" not in article.document.meta for article in articles)


def test_prodigy_takes_what_else_is_said_of_a_text() -> None:
    """Plain values are metadata, deeper ones are told; what is Prodigy's own is neither."""
    task = {"text": "Ada.", "spans": [], "answer": "accept", "title": "News", "_view_id": "ner",
            "versions": [{"text": "Ada."}], "meta": {"source": "a"}, "options": []}  # fmt: skip
    [article], problems = read("prodigy", json.dumps(task))
    assert article.document.meta == {"title": "News", "source": "a"}
    assert [(p.code, "versions" in p.message) for p in problems] == [("ignored", True)]


def test_web_annotations_come_from_plain_json_as_well(tmp_path: Path) -> None:
    """Recogito's exports end in .json; the context says what they are."""
    (tmp_path / "a.txt").write_text("Ada met Bob.", encoding="utf-8")
    selector = {"type": "TextPositionSelector", "start": 0, "end": 3}
    page = [{"@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation",
             "body": [{"purpose": "tagging", "value": "PER"}],
             "target": {"selector": [selector]}}]  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(page), encoding="utf-8")
    items = [item for item in archive.read([tmp_path]) if isinstance(item, Imported)]
    assert [("Ada", "PER")] in _labels(items)


# ---- WebAnno ---------------------------------------------------------------------------------


def test_webanno_stacks_spans_and_relations_over_utf_16() -> None:
    """Numbers tell stacked spans and ends apart; offsets are units; features are attributes."""
    content = (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.Span|value|sure\n"
        "#T_RL=x.Link|kind|BT_x.Span\n#T_CH=x.C|a|b\n"
        "\n\n#Text=😀 Ada met Bob\n"
        "1-1\t0-2\t😀\t_\t_\t_\t_\t_\t_\t\n"
        "1-2\t3-6\tAda\tPER[1]|A\\|B[2]\tyes[1]|*[2]\t_\t_\t_\t_\t\n"
        "1-3\t7-10\tmet\tPER[1]\tyes[1]\t_\t_\t*->1-1\t*\t\n"
        "1-4\t11-14\tBob\t*\t*\tMET\t1-2[1_0]\t_\t_\t\n"
        "1-4.1\t11-11\t\tX\t_\t_\t_\t_\t_\t\n"
    )
    [article], problems = read("webanno", content)
    assert article.document.text == "😀 Ada met Bob"
    items = list(said(article).values())
    entities = [i for i in items if isinstance(i, Entity)]
    assert [(e.start, e.end, e.label, e.attributes) for e in entities] == [
        (2, 9, "PER", {"sure": "yes"}),
        (2, 5, "A|B", None),
        (10, 13, "Span", None),
    ]
    [link] = [i for i in items if isinstance(i, Relation)]
    assert (link.head, link.tail, link.label) == (entities[0].id, entities[2].id, "MET")
    assert [problem.code for problem in problems] == ["ignored", "ignored"]


def test_webanno_names_a_span_by_its_value() -> None:
    """INCEpTION has the features of a layer in the order of their names: the label is `value`."""
    content = (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|identifier|value\n\n\n#Text=Ada Bob\n"
        "1-1\t0-3\tAda\thttp://kb/Q7259\tPER\t\n1-2\t4-7\tBob\thttp://kb/Q1\t*\t\n"
    )
    [article], problems = read("webanno", content)
    labels = [(e.label, e.attributes) for e in article.suggestions if isinstance(e, Entity)]
    assert labels == [("PER", {"identifier": "http://kb/Q7259"}), ("http://kb/Q1", None)]
    assert problems == []


@pytest.mark.parametrize(
    ("version", "head"),
    [(1, "#id=1\n#text=Ada met Bob\n1\tAda\t_\tNNP\tB_PER\t2\tSUBJ\t_\t_\n"),
     (2, " # x.NamedEntity | value\n#id=1\n#text=Ada met Bob\n1-1\tAda\tB-PER\n")],
)  # fmt: skip
def test_older_webanno_tsv_is_named_and_refused(tmp_path: Path, version: int, head: str) -> None:
    """What the file is and what to do are told, not what its columns lack."""
    (tmp_path / "a.tsv").write_text(head)
    articles, [problem] = found(tmp_path)
    assert (articles, problem.code, problem.line) == ([], "version", 1)
    assert f"WebAnno TSV {version};" in problem.message


@shared
def test_the_suites_of_inception_and_a_corpus_come_in() -> None:
    """Every file of their suites is an article, its tokens where they say; so is a whole corpus."""
    for path in sorted((DATA / "webanno-tsv3").rglob("*.tsv")):
        [article], _ = found(path)
        _stands(path, article)
    for path in sorted((DATA / "gum-news-tsv").glob("*.tsv")):
        [article], problems = found(path)
        assert problems == []
        assert len(article.suggestions) > 80
        _stands(path, article)
    for path in sorted((DATA / "inception-curation" / "testsuite").rglob("*.tsv")):
        assert len(found(path)[0]) == 1


def _stands(path: Path, article: Imported) -> None:
    units = Units(article.document.text)
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) > 3 and not line.startswith("#") and "\\" not in cells[2]:
            start, end = (units.point(int(unit)) for unit in cells[1].split("-"))
            assert article.document.text[start:end] == cells[2], (path, line)
