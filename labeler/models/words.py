"""The words by which documents are found: a title in small pieces, in small letters."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

MAX_WORDS = 40
"""Words of a title that are searched."""
_MAX_WORD = 40
# Scripts that put no spaces between words are searched by their characters.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text, each once, folded so that case and width do not matter."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return list(dict.fromkeys(word[:_MAX_WORD] for word in _WORD.findall(folded)))


def title_words(meta: Mapping[str, Any]) -> list[str]:
    """Return the words of the title that the metadata of a document have, at most `MAX_WORDS`."""
    title = meta.get("title")
    return words_of(str(title))[:MAX_WORDS] if title else []
