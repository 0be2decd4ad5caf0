"""CoNLL-U: words with their white space, and entities as tags or as brackets."""

import io
from pathlib import Path
from typing import Any

import pytest

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import Exported, Imported, archive
from labeler.formats.conllu import ConlluExporter, ConlluImporter
from labeler.schema import Document, Entity, Layer, Relation, Scheme


def _rows(*words: tuple[str, str, str]) -> str:
    return "".join("\t".join([key, form, *["_"] * 7, misc]) + "\n" for key, form, misc in words)


def _read(tmp_path: Path, content: str) -> tuple[list[Imported], list[Problem]]:
    path = tmp_path / "x.conllu"
    path.write_text(content, encoding="utf-8")
    items = list(archive.read([path]))
    return [i for i in items if isinstance(i, Imported)], [
        i for i in items if isinstance(i, Problem)
    ]


def _said(article: Imported) -> list[tuple[str, str]]:
    text = article.document.text
    entities = [item for item in article.suggestions if isinstance(item, Entity)]
    return sorted((text[e.start : e.end], e.label) for e in entities)


@pytest.mark.parametrize("key", ["NER", "ner", "NE", "Entity"])
def test_tags_are_taken_under_any_of_their_names(key: str, tmp_path: Path) -> None:
    """IOB2 or BIOES; documents, sentences and paragraphs are where the file says."""
    content = "# newdoc id = d1\n# sent_id = 1\n"
    content += _rows(("1", "Ada", f"{key}=B-PER"), ("2", "Page", f"{key}=E-PER|SpaceAfter=No"))
    content += _rows(("3", ".", "SpacesAfter=\\s\\n")) + "\n# sent_id = 2\n"
    content += _rows(("1", "Bob", f"{key}=S-PER|Lang=en")) + "\n# newdoc id = d2\n# newpar\n"
    content += _rows(("1", "Rain", "_")) + "\n# newpar\n" + _rows(("1", "Sun", "_")) + "\n"
    [first, second], problems = _read(tmp_path, content)
    assert problems == []
    assert (first.document.id, first.document.text) == ("d1", "Ada Page. \nBob")
    assert _said(first) == [("Ada Page", "PER"), ("Bob", "PER")]
    assert (second.document.id, second.document.text) == ("d2", "Rain\nSun")


def test_words_of_a_multiword_token_stand_where_it_does(tmp_path: Path) -> None:
    """Empty nodes stand nowhere; what is in them is not lost."""
    content = _rows(
        ("1-2", "don't", "_"), ("1", "do", "_"), ("2", "not", "NER=B-X"), ("2.1", "see", "_"),
        ("3", "see", "_"),
    )  # fmt: skip
    [article], problems = _read(tmp_path, "# sent_id = s7\n" + content)
    assert problems == []
    assert article.document == Document("s7", "don't see")
    assert _said(article) == [("don't", "X")]


def test_brackets_nest_and_cross(tmp_path: Path) -> None:
    """Their label is where the head of the file says; what is open or unopened is told."""
    content = "# global.Entity = eid-etype-head-other\n# newdoc id = d\n"
    content += _rows(
        ("1", "Ada", "Entity=(e1-person-1-x"), ("2", "of", "_"),
        ("3", "York", "Entity=(e2-place-1-)e1)"), ("4", "ran", "Entity=e9)(e3-event-1-"),
    )  # fmt: skip
    [article], problems = _read(tmp_path, content)
    assert _said(article) == [("Ada of York", "person"), ("York", "place")]
    assert [("e9" in p.message, "e3" in p.message) for p in problems] == [
        (True, False),
        (False, True),
    ]


def test_a_row_that_is_none_is_told_by_line(tmp_path: Path) -> None:
    """The rest goes on."""
    [article], [problem] = _read(tmp_path, "1\tAda\n" + _rows(("2", "ran", "_")))
    assert (article.document.text, problem.line) == ("ran", 1)


def test_white_space_and_labels_go_out_as_they_are(tmp_path: Path) -> None:
    """What the format cannot say is listed by annotation."""
    text = "  Ada\tmet \u2028Bob|x.\n\nRain.\n"
    [tokens] = nlp.tokenize([text], "en")
    entities = (Entity("e1", 2, 5, "A|50%"), Entity("e2", 2, 9, "B"), Entity("e3", 19, 23, "C"))
    relations = (Relation("r1", "e1", "e2", "R"),)
    layer = Layer("ana", "done", entities=entities, relations=relations)
    record = Exported(Document("d1", text, {}), layer, tokens)
    report = ConlluExporter().write([record], tmp_path, scheme=Scheme(), language="en", options={})
    assert sorted(p["id"] for p in report.problems) == ["e1", "r1"]
    [article] = archive.read([tmp_path / "train.conllu"])
    assert isinstance(article, Imported)
    assert (article.document.id, article.document.text) == ("d1", text)
    assert _said(article) == [("Ada\tmet", "B"), ("Rain", "C")]


def test_a_space_at_the_end_comes_back(tmp_path: Path) -> None:
    """White space behind the last word is said, where between words it goes without saying."""
    [tokens] = nlp.tokenize(["Ada met Bob "], "en")
    record = Exported(Document("d1", "Ada met Bob ", {}), Layer("ana", "done"), tokens)
    ConlluExporter().write([record], tmp_path, scheme=Scheme(), language="en", options={})
    [article] = archive.read([tmp_path / "train.conllu"])
    assert isinstance(article, Imported)
    assert article.document.text == "Ada met Bob "


def test_later_mentions_have_the_label_of_the_first_and_empty_nodes_are_told() -> None:
    """A bracket may leave its type out; what is said of words that are not there is not lost."""
    rows = [
        "# newdoc id = a",
        _row(1, "Ada", "Entity=(e1-person-1)"),
        _row("1.1", "she", "Entity=(e1)"),
        _row(2, "She", "Entity=(e1)"),
        "",
    ]
    *problems, article = _taken("\n".join(rows))
    assert [e.label for e in article.suggestions] == ["person", "person"]
    assert ["1.1" in problem.message for problem in problems] == [True]


def _row(key: object, form: str, misc: str) -> str:
    return "\t".join([str(key), form, *["_"] * 7, misc])


def _taken(content: str) -> list[Any]:
    return list(ConlluImporter().read(io.BytesIO(content.encode()), "a.conllu"))
