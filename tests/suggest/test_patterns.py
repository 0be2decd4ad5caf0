"""Patterns that a lead writes: read, refused in words, found, and never run for ever."""

import json

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.errors import Unavailable
from labeler.schema import Entity, parse_scheme
from labeler.suggest.patterns import PatternSuggester, read_file, read_lines, write_file

SCHEME = parse_scheme({"entities": [{"name": "ORG"}, {"name": "GENE"}]})
TEXT = "The Central Bank, the Bank of New England\n\nBerlin’s BRCA1 and brca2. 👩‍👧 Central Bank"


def found(*lines: str, text: str = TEXT) -> list[str]:
    """Return the words that the patterns on these lines find in a text."""
    patterns, problems = read_lines("ORG", "\n".join(lines))
    assert problems == []
    rows = [pattern.as_json() for pattern in patterns]
    suggester = PatternSuggester(language="en", options={"patterns": rows, "number": 3})
    [made] = suggester.suggest([text], SCHEME)
    assert all(isinstance(item, Entity) for item in made)
    return [text[item.start : item.end] for item in made if isinstance(item, Entity)]


def test_each_kind_of_pattern_finds_what_it_says() -> None:
    """Words stand as written, expressions as Python has them, token patterns as spaCy has them."""
    assert found("Central  Bank") == ["Central Bank", "Central Bank"]
    assert found("/BRCA[12]/") == ["BRCA1"]
    assert found("/brca[12]/i") == ["BRCA1", "brca2"]
    assert found('[{"lower": "bank"}, {"LOWER": "of"}, {"IS_TITLE": true, "OP": "+"}]') == [
        "Bank of New England"
    ]
    assert found('[{"TEXT": {"REGEX": "^Berl"}}]', "[sic]") == ["Berlin"]
    assert found("/(?<=Bank of )New England$/") == ["New England"]


def test_a_find_says_why_and_by_which_version() -> None:
    """A proposal has score, version and the pattern in words."""
    rows = [{"label": "GENE", "regex": "BRCA1"}]
    [[item]] = PatternSuggester(language="en", options={"patterns": rows, "number": 3}).suggest(
        [TEXT], SCHEME
    )
    assert item.origin == {
        "suggester": "patterns", "version": "patterns 3", "score": 0.95,
        "reason": "pattern /BRCA1/",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/(/", "missing )"),
        ("/a*/", "fits nothing at all"),
        ("/abc", "between slashes"),
        ('[{"LOWER"', "is not JSON"),
        ('[{"POS": "NOUN"}]', "needs a trained pipeline"),
        ('[{"LOWER": 3}]', "Token 1, LOWER"),
        ('[{"LOWER": "a"}, {"LOWER": "b", "OP": "&"}]', "Token 2: OP is one of"),
        ('[{"IS_ALPHA": {"REGEX": "a"}}]', "REGEX takes one regular expression"),
        ('[{"OP": "+"}, {"OP": "+"}, {"OP": "*"}]', "Too many tokens repeat"),
        ('[{"LOWER": "a", "OP": "{1,90}"}]', "Too many tokens repeat"),
        ("x" * 3_000, "longer than"),
    ],
)
def test_what_cannot_be_sought_is_refused_in_words(line: str, words: str) -> None:
    """The line and what is wrong with it are told; the other lines are read."""
    patterns, problems = read_lines("ORG", f"Central Bank\n\n{line}\nFed")
    assert [pattern.sought for pattern in patterns] == ["Central Bank", "Fed"]
    assert [problem.line for problem in problems] == [3]
    assert words in problems[0].message


@pytest.mark.parametrize("line", ["/(x+x+)+y/", '[{"OP": "+"}, {"OP": "*"}]'])
def test_no_pattern_runs_for_ever(line: str) -> None:
    """What takes too long on an article ends with a sentence that names it."""
    with pytest.raises(Unavailable, match="more than 2 seconds on one article"):
        found(line, text="x" * 3_000 + " word" * 20_000)


def test_an_expression_for_tokens_ends_too() -> None:
    """An expression within a token pattern has its own limit."""
    with pytest.raises(Unavailable, match="takes too long on the word"):
        found('[{"TEXT": {"REGEX": "(x+x+)+y"}}]', text="x" * 400 + "b")


def test_files_have_the_shape_of_spacys_entity_ruler() -> None:
    """What is written comes back, and spaCy's ruler reads the lines that are no expressions."""
    lines = ["Central Bank", "/BRCA[12]/i", '[{"LOWER": "bank"}]']
    patterns, _ = read_lines("ORG", "\n".join(lines))
    written = "".join(write_file(patterns))
    again, problems = read_file(written.encode(), SCHEME)
    assert (again, problems) == (patterns, [])
    assert [pattern.line for pattern in again] == lines
    rows = [row for row in map(json.loads, written.splitlines()) if "pattern" in row]
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns(rows)  # type: ignore[attr-defined]
    assert [str(span) for span in pipeline("A Central Bank").ents] == ["Central Bank"]


def test_a_file_tells_its_faults_by_line() -> None:
    """A line that is no JSON, has no label or a foreign one, or nothing to seek is told."""
    data = b'{"label": "ORG", "pattern": "Fed", "id": "x"}\nnope\n{"pattern": "a"}\n' + (
        b'{"label": "DISEASE", "pattern": "flu"}\n{"label": "ORG", "pattern": 3}\n\n[]\n'
    )
    patterns, problems = read_file(data, SCHEME)
    assert [pattern.sought for pattern in patterns] == ["Fed"]
    assert [problem.line for problem in problems] == [2, 3, 4, 5, 7]
    assert "no entity label 'DISEASE'" in problems[2].message


@settings(max_examples=30)
@given(words=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_words_of_a_file_find_themselves_however_they_look(words: str) -> None:
    """Words that look like an expression or a token pattern are found all the same."""
    row = json.dumps({"label": "ORG", "pattern": words}).encode()
    patterns, problems = read_file(row, SCHEME)
    if not words.strip():
        assert problems
        return
    [pattern] = patterns
    [again], _ = read_lines("ORG", pattern.line)
    assert again == pattern
    plain = " ".join(words.split())
    assert plain in found(pattern.line, text=f"\n{plain}\n")
