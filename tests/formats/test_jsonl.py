"""Our JSONL: lossless out and in, and a reason for every line refused."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.errors import Problem
from labeler.formats import Exported, Imported
from labeler.formats.jsonl import MAX_LINE, JsonlExporter, JsonlImporter, line_of
from labeler.schema import (
    MAX_TEXT,
    STATUSES,
    Category,
    Document,
    Entity,
    Layer,
    Relation,
    Scheme,
    Tokens,
    Verdict,
)
from tests.texts import annotated, hard_cases

NO_TOKENS = Tokens((), (), "none")
LAYER = {
    "id": "a1",
    "text": "Ada met Bob.",
    "meta": {"year": 1843},
    "annotator": "ana",
    "status": "open",
    "revision": 12,
    "read_to": 7,
    "flag": "The text is broken",
    "reason": "Zu lang 👩‍🚀",
    "entities": [
        {"id": "e1", "start": 0, "end": 3, "label": "PERSON", "origin": {"score": 0.5}},
        {"id": "e2", "start": 8, "end": 11, "label": "PERSON"},
    ],
    "relations": [{"id": "r1", "head": "e1", "tail": "e2", "label": "MET"}],
    "categories": [{"id": "c1", "label": "SPORT"}],
    "verdicts": [{"id": "s:0-3:ORG", "verdict": "rejected"}],
}


def _read(*lines: object) -> list[Imported | Problem]:
    content = b"".join(_line(line) + b"\n" for line in lines)
    return list(JsonlImporter().read(io.BytesIO(content), "set/layers.jsonl"))


def _line(line: object) -> bytes:
    return line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode()


def _article(**line: object) -> Imported:
    [item] = _read(line)
    assert isinstance(item, Imported), item
    return item


def _problems(*lines: object) -> list[Problem]:
    items = _read(*lines)
    return [item for item in items if isinstance(item, Problem)]


# ---- layers ----------------------------------------------------------------------------------


def test_a_line_with_an_annotator_is_a_layer() -> None:
    """Everything a layer has comes in, with where it stood."""
    item = _article(**LAYER)
    assert item.document == Document("a1", "Ada met Bob.", {"year": 1843})
    assert item.layer == Layer(
        annotator="ana",
        status="open",
        revision=12,
        entities=(Entity("e1", 0, 3, "PERSON", {"score": 0.5}), Entity("e2", 8, 11, "PERSON")),
        relations=(Relation("r1", "e1", "e2", "MET"),),
        categories=(Category("c1", "SPORT"),),
        verdicts=(Verdict("s:0-3:ORG", "rejected"),),
        read_to=7,
        flag="The text is broken",
        reason="Zu lang 👩‍🚀",
    )
    assert (item.suggestions, item.file, item.line) == ((), "set/layers.jsonl", 1)


def test_a_layer_is_done_unless_it_says_otherwise() -> None:
    """An annotator who found nothing has looked."""
    layer = _article(text="Ada.", annotator="ana").layer
    assert layer == Layer("ana", "done")


def test_annotations_of_nobody_are_suggestions() -> None:
    """They keep their ids and origin; there is no layer."""
    item = _article(text="Ada met Bob.", entities=LAYER["entities"], relations=LAYER["relations"])
    assert item.layer is None
    assert [suggestion.id for suggestion in item.suggestions] == ["e1", "e2", "r1"]


def test_a_missing_id_is_made_from_file_and_line() -> None:
    """Importing the file again finds the same articles; empty lines count."""
    items = _read({"text": "One."}, b"", {"text": "Two."})
    assert [item.document.id for item in items if isinstance(item, Imported)] == [
        "set/layers-1",
        "set/layers-3",
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    """Files from Windows come in."""
    content = b'\xef\xbb\xbf{"text": "One."}\r\n\r\n{"text": "Two."}'
    items = list(JsonlImporter().read(io.BytesIO(content), "a.jsonl"))
    assert [item.document.text for item in items if isinstance(item, Imported)] == ["One.", "Two."]


# ---- refused ---------------------------------------------------------------------------------

ENTITY = {"id": "e1", "start": 0, "end": 3, "label": "PERSON"}


@pytest.mark.parametrize(
    ("line", "path", "message"),
    [
        (b'{"text": "Ada"', "", "This is not JSON: EOF while parsing an object at column"),
        (b'{"text": "A\xff"}', "", "This is not JSON"),
        (b'{"text": "A\\ud800"}', "", "This is not JSON"),
        (b'{"text": "A\xed\xa0\x80"}', "", "This is not JSON"),
        (b"[" * 100_000, "", "This is not JSON"),
        ([1], "", "should be an object"),
        ({"id": "a"}, "text", "required"),
        ({"text": 5}, "text", "string"),
        ({"text": "A\0"}, "", "Character 1 is a NUL"),
        ({"text": " \n"}, "", "no text"),
        ({"text": "x" * (MAX_TEXT + 1)}, "", "1,000,001 characters"),
        ({"text": "A", "id": "x" * 201}, "", "201 characters"),
        ({"text": "A", "id": "a\nb"}, "", "cannot be printed"),
        ({"text": "A", "annotator": ""}, "annotator", "at least 1 character"),
        ({"text": "A", "annotator": "a", "status": "ready"}, "status", "'open', 'done'"),
        ({"text": "A", "meta": [1]}, "meta", "object"),
        (b'{"text": "A", "meta": {"a": [NaN]}}', "meta", "too large for JSON, or no number"),
        (b'{"text": "A", "meta": {"a": 1e999}}', "meta", "too large for JSON"),
        ({"text": "A", "meta": {"a": 2**63}}, "meta", "too large for JSON"),
        ({"text": "A", "annotator": "a", "revision": 2**40}, "revision", "less than"),
        ({"text": "A", "annotator": "a", "read_to": 2}, "read_to", "2 does not fit a text of 1"),
        (
            {"text": "Ad", "entities": [ENTITY]},
            "entities[0]",
            "[0, 3) does not fit a text of 2 characters",
        ),
        ({"text": "Ada", "entities": [{**ENTITY, "start": 3}]}, "entities[0]", "[3, 3)"),
        ({"text": "Ada", "entities": [{**ENTITY, "start": -1}]}, "entities[0].start", "greater"),
        ({"text": "Ada", "entities": [{**ENTITY, "start": "0"}]}, "entities[0].start", "integer"),
        ({"text": "Ada", "entities": [{**ENTITY, "end": True}]}, "entities[0].end", "integer"),
        ({"text": "Ada", "entities": [{**ENTITY, "label": ""}]}, "entities[0].label", "least 1"),
        ({"text": "Ada", "entities": [{"id": "e1"}]}, "entities[0].start", "required"),
        ({"text": "Ada", "entities": [ENTITY, ENTITY]}, "entities[1].id", "used twice"),
        (
            b'{"text": "Ada", "entities": '
            b'[{"id": "e", "start": 0, "end": 3, "label": "A", "origin": {"score": NaN}}]}',
            "entities[0].origin",
            "no number",
        ),
        (
            {
                "text": "Ada",
                "entities": [ENTITY],
                "relations": [{"id": "e1", "head": "e1", "tail": "e1", "label": "SELF"}],
            },
            "relations[0].id",
            "used twice",
        ),
        (
            {
                "text": "Ada",
                "entities": [ENTITY],
                "relations": [{"id": "r1", "head": "e1", "tail": "e9", "label": "MET"}],
            },
            "relations[0].tail",
            "'e9' is no entity of this line",
        ),
        (
            {"text": "A", "annotator": "a", "verdicts": [{"id": "s", "verdict": "liked"}]},
            "verdicts[0].verdict",
            "'rejected'",
        ),
    ],
)
def test_a_line_that_does_not_fit_is_refused_and_the_rest_goes_on(
    line: object, path: str, message: str
) -> None:
    """File, line, path and reason are told; the lines around it are taken."""
    items = _read({"text": "Before."}, line, {"text": "After."})
    taken = [item.document.text for item in items if isinstance(item, Imported)]
    assert taken == ["Before.", "After."]
    problem = next(item for item in items if isinstance(item, Problem))
    assert (problem.file, problem.line, problem.path) == ("set/layers.jsonl", 2, path)
    assert message in problem.message


def test_a_layer_tells_that_it_was_made_without_suggestions() -> None:
    """`blind` comes in and goes out; where nothing says so, nothing is written."""
    for blind in (True, False):
        line = {**LAYER, **({"blind": True} if blind else {})}
        article = _article(**line)
        assert article.layer is not None
        assert article.layer.blind is blind
        told = line_of(Exported(article.document, article.layer, NO_TOKENS))
        assert told.get("blind", False) is blind
        assert ("blind" in told) is blind


def test_a_line_full_of_faults_is_told_in_brief() -> None:
    """Nobody reads a hundred thousand sentences on one line."""
    wrong = [{**ENTITY, "start": "0"}] * 1000
    assert len(_problems({"text": "Ada", "entities": wrong})) == 20
    outside = [{**ENTITY, "id": f"e{index}", "end": 9} for index in range(1000)]
    assert len(_problems({"text": "Ada", "entities": outside})) == 20


def test_a_line_without_end_is_refused_and_skipped() -> None:
    """Memory holds one longest line, and the next line is read."""

    class Endless(io.RawIOBase):
        """A file with one line that is too long, made as it is read."""

        left = MAX_LINE + 10

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            self.left -= size
            buffer[:size] = b" " * size
            return size

    content = io.BufferedReader(Endless())
    [problem] = JsonlImporter().read(content, "a.jsonl")
    assert isinstance(problem, Problem)
    assert "longer than" in problem.message


# ---- not taken -------------------------------------------------------------------------------


def test_keys_that_the_format_does_not_know_are_told_once() -> None:
    """The article is taken all the same, and nothing is dropped in silence."""
    line = {"text": "Ada", "mood": 1, "entities": [{**ENTITY, "text": "Ada"}]}
    items = _read(line, line)
    problems = [item for item in items if isinstance(item, Problem)]
    assert [(p.code, p.line, p.path) for p in problems] == [
        ("ignored", 1, "entities.text"),
        ("ignored", 1, "mood"),
    ]
    assert [item.suggestions for item in items if isinstance(item, Imported)] == [
        (Entity("e1", 0, 3, "PERSON"),),
        (Entity("e1", 0, 3, "PERSON"),),
    ]


def test_what_is_said_of_a_layer_without_saying_whose_is_told() -> None:
    """A status needs an annotator."""
    problems = _problems({"text": "Ada", "status": "done", "read_to": 0}, {"text": "B"})
    assert [(p.code, p.path) for p in problems] == [("ignored", "status"), ("ignored", "read_to")]


# ---- out and in ------------------------------------------------------------------------------


def _export(folder: Path, *records: Exported) -> bytes:
    JsonlExporter().write(records, folder, scheme=Scheme(), language="en", options={})
    return (folder / "layers.jsonl").read_bytes()


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False,
    allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@given(annotated(), st.sampled_from(STATUSES), st.integers(0, 9), st.data())
def test_what_is_exported_imports_to_the_same_layer(
    drawn: tuple[str, tuple[Entity, ...], tuple[Relation, ...]],
    status: Any,
    revision: int,
    data: st.DataObject,
) -> None:
    """Text, metadata, annotations with origin, verdicts, state: all of it, in a settled order."""
    text, entities, relations = drawn
    meta = data.draw(st.dictionaries(st.text("ab", min_size=1), _json, max_size=3))
    origin = data.draw(st.none() | st.dictionaries(st.text("ab"), _json, max_size=2))
    entities = tuple(Entity(e.id, e.start, e.end, e.label, origin) for e in entities)
    read_to = data.draw(st.none() | st.integers(0, len(text)))
    verdicts = (Verdict("s:1", "rejected"),)
    said = st.none() | st.text("a \n'👩‍🚀", min_size=1)
    layer = Layer("ana", status, revision, entities, relations, verdicts, read_to)
    layer = replace(layer, flag=data.draw(said), reason=data.draw(said))
    line = line_of(Exported(Document("a", text, meta), layer, NO_TOKENS))
    item = _article(**line)
    assert item.document == Document("a", text, meta)
    assert item.layer is not None
    assert set(map(repr, item.layer.annotations())) == set(map(repr, layer.annotations()))
    assert replace(item.layer, entities=(), relations=()) == replace(
        layer, entities=(), relations=()
    )
    assert line_of(Exported(item.document, item.layer, NO_TOKENS)) == line


def test_the_bytes_do_not_depend_on_the_order_in_memory(tmp_path: Path) -> None:
    """Annotations stand by place, longest first; text is UTF-8, not escaped."""
    entities = (Entity("b", 0, 2, "X"), Entity("a", 0, 4, "X"), Entity("c", 0, 2, "W"))
    document = Document("ä", "Jörg")
    there, back = tmp_path / "there", tmp_path / "back"
    there.mkdir()
    back.mkdir()
    first = _export(there, Exported(document, Layer("ana", "done", 0, entities), NO_TOKENS))
    second = _export(back, Exported(document, Layer("ana", "done", 0, entities[::-1]), NO_TOKENS))
    assert first == second
    assert '"id":"ä","text":"Jörg"' in first.decode()
    assert [entity["id"] for entity in json.loads(first)["entities"]] == ["a", "c", "b"]


def test_suggestions_go_out_and_come_in_as_suggestions(tmp_path: Path) -> None:
    """What nobody accepted names no annotator, so it never becomes somebody's layer."""
    proposal = Entity("s:0-3:PERSON", 0, 3, "PERSON", {"suggester": "rulers", "score": 0.9})
    layer = Layer("", "done", 0, (proposal,))
    content = _export(tmp_path, Exported(Document("a", "Ada"), layer, NO_TOKENS))
    [item] = JsonlImporter().read(io.BytesIO(content), "layers.jsonl")
    assert isinstance(item, Imported)
    assert (item.layer, item.suggestions) == (None, (proposal,))


@pytest.mark.parametrize("case", hard_cases())
def test_hard_texts_go_out_and_come_in(case: dict[str, Any], tmp_path: Path) -> None:
    """Spans of hard text lie where they lay."""
    entities = tuple(Entity(s["id"], s["cp"][0], s["cp"][1], s["label"]) for s in case["spans"])
    text = case["text"].replace("\0", " ")
    if not text.strip():
        pytest.skip("a text of white space is refused")
    layer = Layer("ana", "done", 0, entities)
    content = _export(tmp_path, Exported(Document(case["id"], text), layer, NO_TOKENS))
    [item] = JsonlImporter().read(io.BytesIO(content), "layers.jsonl")
    assert isinstance(item, Imported)
    assert item.document.text == text
    assert item.layer is not None
    for span, entity in zip(case["spans"], sorted(item.layer.entities, key=_id), strict=True):
        assert item.document.text[entity.start : entity.end] == span["text"].replace("\0", " ")


def _id(entity: Entity) -> int:
    return int(entity.id.lstrip("s"))
