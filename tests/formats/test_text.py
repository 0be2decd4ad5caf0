"""Plain text: one article a file, to the letter, or a reason why not."""

import io

import pytest
from hypothesis import given

from labeler.errors import Problem
from labeler.formats import Imported
from labeler.formats.text import TextImporter
from labeler.schema import MAX_TEXT
from tests.conftest import SHARED
from tests.texts import texts


def _read(content: bytes, file: str = "news/one.txt") -> Imported | Problem:
    [item] = TextImporter().read(io.BytesIO(content), file)
    return item


def _article(content: bytes, file: str = "news/one.txt") -> Imported:
    item = _read(content, file)
    assert isinstance(item, Imported), item
    return item


def _problem(content: bytes) -> Problem:
    item = _read(content)
    assert isinstance(item, Problem), item
    return item


@given(texts())
def test_the_text_is_that_of_the_file(text: str) -> None:
    """Line ends, marks, white space at both ends: nothing is changed."""
    text = text.lstrip("\ufeff")
    assert text.isspace() or not text or _article(text.encode()).document.text == text


def test_an_article_is_named_by_its_file() -> None:
    """The name is the path without the suffix, and the file is noted as the source."""
    document = _article(b"Hello.\n", "2025/a.b.txt").document
    assert (document.id, document.meta) == ("2025/a.b", {"source": "2025/a.b.txt"})


def test_a_byte_order_mark_is_no_text() -> None:
    """The mark that some editors write is left out, and nothing else."""
    assert _article(b"\xef\xbb\xbfHello.\r\n").document.text == "Hello.\r\n"


@pytest.mark.parametrize(
    ("content", "date", "text"),
    [
        (" date 2025-09-04 In this picture", "2025-09-04", "In this picture"),
        ("date 2025-09-04\r\n\r\n  In", "2025-09-04", "In"),
        ("\ufeffdate\t2024-02-29\nLeap", "2024-02-29", "Leap"),
        ("date 2025-02-29 In", None, "date 2025-02-29 In"),
        ("date 2025-09-04", None, "date 2025-09-04"),
        ("date 2025-09-04 \n", None, "date 2025-09-04 \n"),
        ("date 2025-09-041 In", None, "date 2025-09-041 In"),
        ("date ٢٠٢٥-٠٩-٠٤ In", None, "date ٢٠٢٥-٠٩-٠٤ In"),
        ("update 2025-09-04 In", None, "update 2025-09-04 In"),
        ("A date 2025-09-04 In", None, "A date 2025-09-04 In"),
    ],
)
def test_a_leading_date_is_metadata(content: str, date: str | None, text: str) -> None:
    """Only a real date before a text is taken off it."""
    document = _article(content.encode()).document
    assert (document.meta.get("date"), document.text) == (date, text)


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Ferry accord signed\n\nPORT ELLERY: The", "Ferry accord signed"),
        ("\n  Ferry accord signed \r\n \t\r\nPORT ELLERY: The", "Ferry accord signed"),
        ("date 2025-09-04 Ferry accord signed\n\nPORT", "Ferry accord signed"),
        ("Ferry accord signed\nPORT ELLERY: The", None),
        ("The accord was signed.\n\nPORT", None),
        ("“The accord was signed.”\n\nPORT", None),
        ("He said:\n\nPORT", None),
        ("* * *\n\nPORT", None),
        ("x" * 121 + "\n\nPORT", None),
        ("Ferry accord signed\n\n \n", None),
        ("Ferry accord signed", None),
        ("Old\rMac\n\nPORT", None),
    ],
)
def test_a_title_is_guessed_never_invented(content: str, title: str | None) -> None:
    """A short first line above a blank one is the title, unless it ends like a sentence."""
    document = _article(content.encode()).document
    assert document.meta.get("title") == title
    assert title is None or title in document.text


def test_a_long_line_of_spaces_takes_no_time() -> None:
    """Guessing a title looks at each character once."""
    content = b"x" + b" " * 900_000 + b"y"
    assert _article(content).document.meta == {"source": "news/one.txt"}


@pytest.mark.parametrize(
    ("content", "line", "code", "message"),
    [
        (b"One\nTw\xff\n", 2, "encoding", "Byte 6 is not UTF-8"),
        ("Ä".encode("latin-1"), 1, "encoding", "Byte 0 is not UTF-8"),
        ("Hello".encode("utf-16"), 1, "encoding", "Byte 0 is not UTF-8"),
        (b"One\n\xed\xa0\x80", 2, "encoding", "Byte 4 is not UTF-8"),
        (b"One\nTw\0o\n", 2, "text", "Character 6 is a NUL"),
        (b"", None, "text", "There is no text in it."),
        (b"\xef\xbb\xbf \r\n\xc2\xa0", None, "text", "There is no text in it."),
        (b"x" * (MAX_TEXT + 1), None, "text", "1,000,001 characters"),
        (b"x" * (5 * MAX_TEXT), None, "text", "more than 1,000,000 characters"),
    ],
)
def test_what_cannot_be_an_article_is_refused_with_its_place(
    content: bytes, line: int | None, code: str, message: str
) -> None:
    """File, line and reason are told."""
    problem = _problem(content)
    assert (problem.file, problem.line, problem.code) == ("news/one.txt", line, code)
    assert message in problem.message


def test_the_longest_text_is_taken() -> None:
    """The limit itself is possible, in characters of four bytes."""
    assert len(_article(("😀" * MAX_TEXT).encode()).document.text) == MAX_TEXT


@pytest.mark.parametrize("file", ["x" * 201 + ".txt", "a\nb.txt", "a\udcff.txt"])
def test_a_file_whose_name_cannot_be_kept_is_refused(file: str) -> None:
    """Databases and pages need a name that can be written."""
    item = _read(b"Hello.", file)
    assert isinstance(item, Problem)
    assert "Rename it." in item.message


def test_the_users_article_comes_in() -> None:
    """An article of a news dump has its date as metadata and starts with its first sentence."""
    paths = sorted((SHARED / "seeds").glob("*.txt"))
    if not paths:
        pytest.skip("there are no shared articles beside this checkout")
    for path in paths:
        content = path.read_bytes()
        document = _article(content, path.name).document
        assert document.meta["date"]
        assert content.decode().endswith(document.text)
        assert document.text[0].isupper()
