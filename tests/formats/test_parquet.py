"""Parquet of Hugging Face datasets: what goes out, and what tables of others hold."""

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from pyarrow import parquet

from labeler import nlp
from labeler.errors import Problem, Unavailable
from labeler.formats import Exported, Imported, Report, archive
from labeler.formats.parquet import UNKNOWN, ParquetExporter
from labeler.formats.parquet_reading import ParquetImporter
from labeler.schema import Category, Document, Entity, Layer, Relation, parse_scheme

SCHEME = parse_scheme({"entities": [{"name": "PER"}, {"name": "ORG"}]})
TEXT = "Ada Lovelace met\nBob of Acme Inc."


def _record(*entities: Entity, status: str = "done", **about: Any) -> Exported:
    [tokens] = nlp.tokenize([TEXT], "en")
    layer = Layer("ana", status, entities=entities, **about)  # type: ignore[arg-type]
    return Exported(Document("a1", TEXT, {"year": 1843}), layer, tokens)


def _export(folder: Path, *records: Exported) -> Report:
    return ParquetExporter().write(records, folder, scheme=SCHEME, language="en", options={})


def _read(table: pa.Table) -> tuple[list[Imported], list[Problem]]:
    stream = io.BytesIO()
    parquet.write_table(table, stream)
    stream.seek(0)
    items = list(ParquetImporter().read(stream, "x.parquet"))
    return [i for i in items if isinstance(i, Imported)], [
        i for i in items if isinstance(i, Problem)
    ]


def _named(table: pa.Table, column: str, names: list[str]) -> pa.Table:
    """Return a table whose column has classes of these names, as `datasets` writes it."""
    feature = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
    told = orjson.dumps({"info": {"features": {column: feature}}})
    return table.replace_schema_metadata({"huggingface": told})


# ---- out -------------------------------------------------------------------------------------


def test_a_row_has_tokens_tags_and_spans(tmp_path: Path) -> None:
    """White space is no token; the names of the tags travel as `datasets` reads them."""
    _export(tmp_path, _record(Entity("e1", 0, 12, "PER"), Entity("e2", 24, 33, "ORG")))
    table = parquet.read_table(tmp_path / "train.parquet")
    [row] = table.to_pylist()
    assert row["tokens"] == ["Ada", "Lovelace", "met", "Bob", "of", "Acme", "Inc."]
    assert [TEXT[start:][:3] for start in row["token_starts"][:2]] == ["Ada", "Lov"]
    assert row["ner_tags"] == [1, 2, 0, 0, 0, 3, 4]
    told = orjson.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert told["ner_tags"]["feature"]["names"] == ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"]
    assert set(told) == set(table.column_names)
    assert "split: validation\n    path: dev.parquet" in (tmp_path / "README.md").read_text()


def test_of_what_tags_cannot_say_they_say_nothing(tmp_path: Path) -> None:
    """Neither of unread tokens: their tag is one that loss functions pass over."""
    report = _export(
        tmp_path,
        _record(Entity("e1", 0, 12, "PER"), Entity("e2", 1, 3, "PER"), Entity("e3", 24, 28, "GPE")),
        _record(Entity("e1", 0, 3, "PER"), status="open", read_to=16),
    )
    assert [(p["code"], p["id"]) for p in report.problems] == [("tags", "e2")]
    first, second = parquet.read_table(tmp_path / "train.parquet")["ner_tags"].to_pylist()
    assert first == [1, 2, 0, 0, 0, UNKNOWN, 0]
    assert second == [1, 0, 0, *[UNKNOWN] * 4]


def test_all_of_a_layer_comes_back(tmp_path: Path) -> None:
    """Provenance, attributes, parts and how far it was read; also out of an archive."""
    entities = (
        Entity("e1", 0, 12, "PER", {"suggester": "x"}, attributes={"sure": True}),
        Entity("e2", 17, 33, "ORG", None, ((17, 20), (24, 33))),
    )
    link = Relation("r1", "e1", "e2", "MET", {"score": 0.5}, {"since": 1843})
    there = _record(*entities, status="open", relations=(link,), read_to=20,
                    categories=(Category("c7", "NEWS"),))  # fmt: skip
    _export(tmp_path, there)
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.write(tmp_path / "train.parquet", "train.parquet")
    for path in (tmp_path / "train.parquet", packed):
        [article] = archive.read([path])
        assert isinstance(article, Imported)
        assert (article.document, article.layer) == (there.document, there.layer)


def test_many_rows_are_written_and_read_in_groups(tmp_path: Path) -> None:
    """So that memory does not grow with them."""
    [record] = (_record(Entity("e1", 0, 12, "PER")),)
    _export(tmp_path, *[record] * 1100)
    assert parquet.ParquetFile(tmp_path / "train.parquet").metadata.num_row_groups == 3
    items = list(archive.read([tmp_path / "train.parquet"]))
    assert [item.line for item in items] == list(range(1, 1101))  # type: ignore[union-attr]


def test_without_pyarrow_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a sentence, for files that come and for those that would go."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    [problem] = ParquetImporter().read(io.BytesIO(b"PAR1"), "x.parquet")
    assert isinstance(problem, Problem)
    assert "labeler[parquet]" in problem.message
    with pytest.raises(Unavailable, match="labeler\\[parquet\\]"):
        _export(tmp_path, _record())


# ---- in --------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_numbers", [True, False])
def test_tokens_and_tags_of_others_come_in(as_numbers: bool) -> None:
    """As numbers with names or as names; tokens are joined by spaces."""
    names = ["O", "B-PER", "I-PER"]
    tags: list[Any] = [[1, 2, 0, UNKNOWN]]
    if not as_numbers:
        tags = [["B-PER", "I-PER", "O", None]]
    columns = {"tokens": [["Ada", "Page", "ran", "."]], "ner_tags": tags, "year": [1843]}
    [article], problems = _read(_named(pa.table(columns), "ner_tags", names))
    assert problems == []
    assert article.document == Document("x-1", "Ada Page ran .", {"year": 1843})
    [entity] = article.suggestions
    assert isinstance(entity, Entity)
    assert (entity.start, entity.end, entity.label) == (0, 8, "PER")


def test_classes_without_a_beginning_go_on_while_they_are_the_same() -> None:
    """Tags such as `person`, with the words of entities in a column that says no places."""
    columns = {
        "tokens": [["Ada", "Page", "met", "Bob"]],
        "ner_tags": [[1, 1, 0, 1]],
        "spans": [["person: Ada Page", "person: Bob"]],
    }
    [article], [told] = _read(_named(pa.table(columns), "ner_tags", ["O", "person"]))
    entities = [i for i in article.suggestions if isinstance(i, Entity)]
    assert [(e.start, e.end, e.label) for e in entities] == [(0, 8, "person"), (13, 16, "person")]
    assert "'spans'" in told.message


def test_labels_of_texts_are_categories() -> None:
    """One or several by name; -1 is none, as `datasets` has it."""
    for column, values in (("label", [1, 0, -1]), ("labels", [[1, 0], [0], []])):
        table = _named(pa.table({"text": ["a", "b", "c"], column: values}), column, ["no", "yes"])
        articles, problems = _read(table)
        assert problems == []
        labels = [[i.label for i in item.suggestions if isinstance(i, Category)]
                  for item in articles]  # fmt: skip
        assert labels == [["yes"] if column == "label" else ["yes", "no"], ["no"], []]


def test_tokens_are_found_in_the_text_that_is_there() -> None:
    """Where one is not, no tag is taken, and that is told by row."""
    columns = {
        "text": ["Ada  ran.", "Ada ran."],
        "tokens": [["Ada", "ran", "."], ["Ada", "sat", "."]],
        "tags": [["O", "B-X", "O"], ["O", "B-X", "O"]],
    }
    [first, second], [problem] = _read(pa.table(columns))
    [entity] = first.suggestions
    assert isinstance(entity, Entity)
    assert (entity.start, entity.end) == (5, 8)
    assert second.suggestions == ()
    assert (problem.line, "'sat'" in problem.message) == (2, True)


def test_spans_relations_and_a_label_of_others_come_in() -> None:
    """Where they read otherwise they are told; so are columns that have no place."""
    spans = [{"start": 0, "end": 3, "label": "PER", "text": "Ada"},
             {"start": 8, "end": 11, "label": "PER", "text": "Eve"}]  # fmt: skip
    columns = {"text": ["Ada met Bob."], "spans": [spans], "label": ["NEWS"], "deep": [[1, 2]]}
    [article], problems = _read(pa.table(columns))
    assert [item.label for item in article.suggestions] == ["PER", "NEWS"]  # type: ignore[union-attr]
    assert [(p.code, "deep" in p.message or "Eve" in p.message) for p in problems] == [
        ("ignored", True),
        ("invalid", True),
    ]


@pytest.mark.parametrize("as_list", [True, False])
def test_spans_come_as_lists_of_objects_or_as_objects_of_lists(as_list: bool) -> None:
    """`datasets` stores a sequence of objects as the latter; labels may be numbers with names."""
    spans: Any = {"start": [0, 8], "end": [3, 11], "label": [1, 0]}
    if as_list:
        spans = [
            dict(zip(spans, values, strict=True)) for values in zip(*spans.values(), strict=True)
        ]
    table = pa.table({"text": ["Ada met Bob."], "entities": pa.array([spans])})
    label = {"names": ["ORG", "PER"], "_type": "ClassLabel"}
    features = {"entities": {"feature": {"label": label}, "_type": "Sequence"}}
    told = json.dumps({"info": {"features": features}})
    [article], problems = _read(table.replace_schema_metadata({"huggingface": told}))
    assert problems == []
    entities = [item for item in article.suggestions if isinstance(item, Entity)]
    assert [(e.start, e.end, e.label) for e in entities] == [(0, 3, "PER"), (8, 11, "ORG")]


def test_tags_without_names_and_tables_without_text_are_told() -> None:
    """The first leaves the article, of the second nothing is taken, which is told once."""
    [article], [problem] = _read(pa.table({"tokens": [["Ada"]], "ner_tags": [[3]]}))
    assert article.suggestions == ()
    assert "no name" in problem.message
    articles, problems = _read(pa.table({"number": [1, 2]}))
    assert (articles, len(problems)) == ([], 1)
