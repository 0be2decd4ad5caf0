"""The door to spaCy: what comes through is the text itself, to the letter."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import nlp
from labeler.errors import Invalid, Unavailable
from labeler.nlp.tokens import tokenizing
from labeler.schema import Tokens
from tests.texts import hard_cases, texts

LANGUAGES = ("en", "de", "fr", "he", "ar", "zh", "ja", "th", "tlh")


def _tokens(text: str, language: str = "en") -> Tokens:
    [found] = nlp.tokenize([text], language)
    return found


def _words(text: str, language: str = "en") -> list[str]:
    tokens = _tokens(text, language)
    return [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]


def test_importing_the_door_does_not_import_spacy() -> None:
    """A page that needs no tokens does not wait for spaCy."""
    code = "import sys, labeler.nlp, labeler.formats.docbin; sys.exit('spacy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- tokens ----------------------------------------------------------------------------------


@settings(max_examples=150)
@given(texts(), st.sampled_from(LANGUAGES))
def test_a_doc_of_the_tokens_has_the_text_to_the_letter(text: str, language: str) -> None:
    """Nothing is normalised, and nothing but single spaces lies between tokens."""
    tokens = _tokens(text, language)
    doc = nlp.to_doc(nlp.vocab(), text, tokens)
    assert doc.text == text
    assert [(token.idx, token.idx + len(token)) for token in doc] == [
        *zip(tokens.starts, tokens.ends, strict=True)
    ]


@pytest.mark.parametrize("case", hard_cases())
def test_hard_texts_are_tokenized_to_the_letter(case: dict[str, Any]) -> None:
    """Emoji, marks, line ends, writing from right to left: the Doc has the same text."""
    if not case["text"]:
        pytest.skip("an empty text is refused at import")
    text = case["text"].replace("\0", " ")
    assert nlp.to_doc(nlp.vocab(), text, _tokens(text)).text == text


@settings(max_examples=50)
@given(st.lists(texts(4), max_size=3))
def test_tokens_do_not_depend_on_the_texts_before(batch: list[str]) -> None:
    """Tokenized together or alone, a text has the same tokens, and as spaCy alone gives it."""
    together = list(nlp.tokenize(batch, "en"))
    assert together == [_tokens(text) for text in batch]
    make_doc = _blank().make_doc
    assert [list(found.starts) for found in together] == [
        [token.idx for token in make_doc(text)] for text in batch
    ]


def _blank(kept: dict[str, Any] = {}) -> Any:  # noqa: B006 - kept on purpose: it takes a while
    return kept.setdefault("en", spacy.blank("en"))


def test_texts_are_tokenized_as_they_are_asked_for() -> None:
    """An endless stream of texts is no trouble."""

    def endless() -> Any:
        while True:
            yield "One more."

    assert next(nlp.tokenize(endless(), "en")).ends == (3, 8, 9)


def test_memory_stays_flat_over_ever_new_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tokenizer that has met too many words is made anew, and cuts as before."""
    monkeypatch.setattr("labeler.nlp.tokens._WORDS", 2000)
    text = " ".join(f"w{number}" for number in range(3000))
    first, second = nlp.tokenize([text, text], "en")
    assert first == second
    pipeline, _ = tokenizing("en")
    assert len(pipeline.vocab) < 2000


def test_where_a_tokenizer_is_not_installed_characters_are_tokens() -> None:
    """Japanese needs a library: without it each character is a token, and the name says so."""
    try:
        spacy.blank("ja")
    except ImportError:
        assert _words("日本 語😀。", "ja") == ["日", "本", "語", "😀", "。"]
        assert _tokens("日本", "ja").tokenizer == f"spacy {spacy.__version__} characters"
    else:
        pytest.skip("the Japanese tokenizer is installed")


def test_a_language_unknown_to_spacy_is_cut_at_white_space_and_punctuation() -> None:
    """Klingon gets the tokenizer for any language."""
    assert _words("nuqneH, tera'ngan?", "tlh") == ["nuqneH", ",", "tera'ngan", "?"]
    assert _tokens("nuqneH", "tlh").tokenizer == f"spacy {spacy.__version__} xx"


def test_a_long_run_without_white_space_takes_no_time() -> None:
    """spaCy alone takes minutes for 20,000 brackets in a row."""
    text = "So: " + "(" * 20_000 + "a" * 999 + "."
    start = time.monotonic()
    tokens = _tokens(text)
    assert time.monotonic() - start < 10
    assert nlp.to_doc(nlp.vocab(), text, tokens).text == text


@settings(max_examples=100)
@given(texts(), st.data())
def test_align_finds_exactly_the_spans_on_token_borders(text: str, data: st.DataObject) -> None:
    """A span aligns as spaCy's own strict alignment does, with the same tokens."""
    tokens = _tokens(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = nlp.to_doc(nlp.vocab(), text, tokens).char_span(start, end)
    assert nlp.align(tokens, start, end) == (None if span is None else (span.start, span.end))


@settings(max_examples=100)
@given(texts(), st.data())
def test_expand_finds_the_least_span_of_tokens_that_holds_one(
    text: str, data: st.DataObject
) -> None:
    """What is found stands on borders and holds every token character of the span."""
    tokens = _tokens(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    touched = [
        (first, last)
        for first, last in zip(tokens.starts, tokens.ends, strict=True)
        if first < end and start < last
    ]
    expected = (touched[0][0], touched[-1][1]) if touched else None
    assert nlp.expand(tokens, start, end) == expected
    assert expected is None or nlp.align(tokens, *expected) is not None


@pytest.mark.parametrize(
    "tokens",
    [
        Tokens((0,), (3,), "short"),
        Tokens((0, 4), (3, 6), "leaves a letter out"),
        Tokens((1, 4), (3, 7), "starts late"),
        Tokens((0, 5), (3, 7), "leaves a letter out in the middle"),
    ],
    ids=lambda tokens: tokens.tokenizer,
)
def test_tokens_of_another_text_are_refused(tokens: Tokens) -> None:
    """A Doc that would have another text is never made."""
    with pytest.raises(Invalid, match="not those of the text"):
        nlp.to_doc(nlp.vocab(), "Ada met", tokens)


# ---- pipelines -------------------------------------------------------------------------------


def test_a_pipeline_is_loaded_from_a_folder(tmp_path: Path) -> None:
    """What spaCy saved opens by its path."""
    spacy.blank("en").to_disk(tmp_path / "pipeline")
    assert nlp.load(str(tmp_path / "pipeline")).lang == "en"


def test_a_missing_pipeline_says_what_to_give() -> None:
    """The sentence names what was asked for and what there could be."""
    with pytest.raises(Unavailable, match=r"no spaCy pipeline 'nowhere'.*package.*folder"):
        nlp.load("nowhere")


def test_a_broken_pipeline_says_so(tmp_path: Path) -> None:
    """A folder that lost its config is told, with what to do."""
    spacy.blank("en").to_disk(tmp_path)
    (tmp_path / "config.cfg").unlink()
    with pytest.raises(Unavailable, match=r"cannot be loaded by spaCy.*config.*train it again"):
        nlp.load(str(tmp_path))


def test_a_damaged_model_says_so(tmp_path: Path) -> None:
    """Weights that were cut off are told, not a traceback."""
    pipeline = spacy.blank("en")
    pipeline.add_pipe("ner").add_label("ORG")
    pipeline.initialize()
    pipeline.to_disk(tmp_path)
    (tmp_path / "ner" / "model").write_bytes(b"\x93cut off")
    with pytest.raises(Unavailable, match="cannot be loaded by spaCy"):
        nlp.load(str(tmp_path))


def _made_for_another_version(folder: Path) -> None:
    spacy.blank("en").to_disk(folder)
    meta = json.loads((folder / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps({**meta, "spacy_version": ">=3.0.0,<3.1.0"}))


def test_a_pipeline_of_another_version_is_refused(tmp_path: Path) -> None:
    """The sentence says which version it was made for, which this is, and what to do."""
    _made_for_another_version(tmp_path)
    expected = rf"made for spaCy {spacy.__version__} \(it was made for spaCy >=3.0.0,<3.1.0\)"
    with pytest.raises(Unavailable, match=expected) as told:
        nlp.load(str(tmp_path))
    assert "train it again" in told.value.message


def test_installed_pipelines_are_listed_by_name() -> None:
    """The list is sorted; it may be empty."""
    assert nlp.pipelines() == sorted(nlp.pipelines())
