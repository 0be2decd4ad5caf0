"""Token borders by spaCy's tokenizers, and what stands on them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING

from labeler.errors import Unavailable
from labeler.schema import Tokens

if TYPE_CHECKING:
    from spacy.language import Language

_WORDS = 300_000
"""Different words that a tokenizer may have met before it is made anew: it keeps every one."""
_RUN = 500
"""Code points without white space that spaCy gets at once: a run of brackets takes it time with the
square of its length, 20 seconds for 10,000."""
_LONG_RUN = re.compile(rf"\S{{{_RUN}}}(?=\S)")
_CHARACTERS = {
    "nlp": {"tokenizer": {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": "char"}}
}


def blank(language: str) -> "Language":
    """Return an empty pipeline of the language; raises Unavailable when spaCy lacks it."""
    import spacy

    try:
        return spacy.blank(language)
    except ImportError as error:
        raise Unavailable(
            f"spaCy has no tokenizer for {language!r} here: {sentence(error)}"
        ) from None


@lru_cache(maxsize=8)
def tokenizing(language: str) -> tuple["Language", str]:
    """Return an empty pipeline whose tokenizer does for the language, and the name of that.

    A language that spaCy does not know gets the tokenizer for any language. Where one needs a
    library that is not installed, as Japanese does, each character is a token.
    """
    import spacy

    name = f"spacy {spacy_version()}"
    try:
        return spacy.blank(language), f"{name} {language}"
    except ImportError as error:
        if "E048" in str(error):
            return spacy.blank("xx"), f"{name} xx"
        return spacy.blank("xx", config=_CHARACTERS), f"{name} characters"


def tokenize(texts: Iterable[str], language: str) -> Iterator[Tokens]:
    """Yield the token borders of each text, by spaCy's tokenizer of the language.

    Where that is not installed each character is a token, and the name of the tokenizer says so.
    Not for several threads at once.
    """
    for text in texts:
        pipeline, name = tokenizing(language)
        yield _borders(pipeline, text, name)
        if len(pipeline.vocab) > _WORDS:
            tokenizing.cache_clear()


def _borders(pipeline: "Language", text: str, name: str) -> Tokens:
    starts: list[int] = []
    ends: list[int] = []
    for offset, piece in pieces(text):
        doc = pipeline.tokenizer(piece)
        first = len(starts)
        starts += [offset + token.idx for token in doc]
        ends += [start + len(token) for start, token in zip(starts[first:], doc, strict=True)]
    return Tokens(tuple(starts), tuple(ends), name)


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text in pieces with their offsets, cut within runs that are too long for spaCy."""
    start = 0
    for run in _LONG_RUN.finditer(text):
        yield start, text[start : run.end()]
        start = run.end()
    yield start, text[start:]


def align(tokens: Tokens, start: int, end: int) -> tuple[int, int] | None:
    """Return the tokens [first, last) that a span covers exactly, None when its ends do not fit."""
    first = bisect_left(tokens.starts, start)
    last = bisect_left(tokens.ends, end)
    fits = (
        first < len(tokens.starts)
        and tokens.starts[first] == start
        and last < len(tokens.ends)
        and tokens.ends[last] == end
        and first <= last
    )
    return (first, last + 1) if fits else None


def expand(tokens: Tokens, start: int, end: int) -> tuple[int, int] | None:
    """Return the least span on token borders that holds this one, None where no token is in it."""
    first = bisect_right(tokens.ends, start)
    last = bisect_left(tokens.starts, end) - 1
    if first > last:
        return None
    return tokens.starts[first], tokens.ends[last]


def spacy_version() -> str:
    """Return the version of spaCy without importing it."""
    return metadata.version("spacy")


def sentence(error: Exception) -> str:
    """Return the first line of what an error says, as a sentence."""
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line if line.endswith((".", "!", "?")) else f"{line}."
