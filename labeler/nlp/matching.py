"""Words, token patterns and regular expressions found in texts, each within a limit of time.

What people write here runs over a whole corpus, so nothing they write may take for ever: regular
expressions by the library `regex`, which can be given a limit, also those within token patterns,
which spaCy would run without one; token patterns over `WINDOW` tokens at a time, since the matcher
keeps every way in which repeated tokens can be read.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import regex  # type: ignore[import-untyped]

from labeler.errors import Invalid, Unavailable
from labeler.nlp.tokens import blank, pieces, sentence

if TYPE_CHECKING:
    from spacy.matcher import Matcher
    from spacy.tokens import Doc, Span, Token

WINDOW = 100
"""Tokens of a line that token patterns see at once; longer lines are cut, after a sentence."""
PATIENCE = 2.0
"""Seconds that a regular expression may take for one text, or all token patterns together; of
the clock for the one, of the processor for the other."""
LONGEST = 300
"""Code points that a find may have."""
_TOKEN_PATIENCE = 0.2
"""Seconds that a regular expression may take for one token."""
_MOST_FINDS = 10_000
"""Finds of one regular expression in one text."""
_MOST_READINGS = 32
"""Ways in which the tokens of a pattern may repeat: without end counts as five, `?` as two."""
_ENDLESS = 5
_WORDS = 300_000
"""Different words after which the matchers are made anew: a vocabulary keeps every one."""
_COMPLAINT = regex.compile(r"^- \[pattern -> (\d+)(?: -> (\w+))?[^\]]*\] (.*)$", regex.MULTILINE)
"""How spaCy tells what is wrong with a token of a pattern."""
_OPERATOR = regex.compile(r"[?*+!]|\{\d{1,2}\}|\{\d{1,2},\d{0,2}\}|\{,\d{1,2}\}")
_FLAGS = regex.V0 | regex.MULTILINE
_TEXTUAL = ("TEXT", "ORTH", "LOWER", "NORM", "SHAPE", "PREFIX", "SUFFIX")
_ASKED = (
    "IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_UPPER IS_TITLE IS_PUNCT IS_SPACE IS_STOP IS_BRACKET "
    "IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_CURRENCY LIKE_NUM LIKE_URL LIKE_EMAIL"
)
ATTRIBUTES = (*_TEXTUAL, "LENGTH", "SPACY", *_ASKED.split(), "OP")
"""What a token pattern may ask of a token, none of which needs a trained pipeline."""


class Expression(NamedTuple):
    """A regular expression over a text, in the syntax of Python's `re`."""

    source: str


TokenPattern = list[dict[str, Any]]
"""A token pattern as spaCy's Matcher takes it: a table of conditions for each token."""
Sought = str | Expression | TokenPattern


class Find(NamedTuple):
    """Code points `[start, end)` of a text, and which of what was sought stands there."""

    start: int
    end: int
    which: int


def check(sought: Sought) -> None:
    """Raise Invalid, in a sentence that says what to change, unless this can be sought."""
    if isinstance(sought, Expression):
        _compiled(sought.source)
    elif isinstance(sought, str):
        if not sought.strip():
            raise Invalid("There are no words to look for.")
    else:
        _check_tokens(sought)


class Finder:
    """Finds what is sought in texts of a language; not for several threads at once."""

    def __init__(self, language: str, sought: Sequence[Sought]) -> None:
        self._language, self._sought = language, sought
        self._expressions = [
            (index, _compiled(each.source))
            for index, each in enumerate(sought)
            if isinstance(each, Expression)
        ]
        self._prepare()

    def _prepare(self) -> None:
        from spacy.matcher import Matcher, PhraseMatcher

        self._pipeline = blank(self._language)
        self._phrases = PhraseMatcher(self._pipeline.vocab)
        self._matcher = Matcher(self._pipeline.vocab)
        for index, each in enumerate(self._sought):
            if isinstance(each, list):
                self._matcher.add(str(index), [_limited(each)], greedy="LONGEST")
            elif isinstance(each, str):
                self._phrases.add(str(index), [self._pipeline.tokenizer(each)])

    def find(self, text: str) -> Iterator[Find]:
        """Yield what is found; raises Unavailable naming what takes too long on this text."""
        if len(self._pipeline.vocab) > _WORDS:
            self._prepare()
        if len(self._phrases) or len(self._matcher):
            for offset, piece in pieces(text):
                yield from self._in_tokens(self._pipeline.tokenizer(piece), offset)
        for index, expression in self._expressions:
            yield from _by_expression(expression, text, index)

    def _in_tokens(self, doc: "Doc", offset: int) -> Iterator[Find]:
        strings = self._pipeline.vocab.strings
        hits = list(self._phrases(doc)) if len(self._phrases) else []
        if len(self._matcher):
            hits += self._by_token_patterns(doc)
        for key, first, last in hits:
            start, end = doc[first].idx, doc[last - 1].idx + len(doc[last - 1])
            if end - start <= LONGEST:
                yield Find(offset + start, offset + end, int(strings[key]))

    def _by_token_patterns(self, doc: "Doc") -> list[tuple[int, int, int]]:
        hits, deadline = [], time.thread_time() + PATIENCE
        for window in _windows(doc):
            try:
                found = self._matcher(window)
            except TimeoutError:
                raise Unavailable(
                    "A regular expression in a token pattern takes too long on the word "
                    f"“{max((token.text for token in window), key=len)[:40]}”. Make it simpler: "
                    "no repetition within a repetition."
                ) from None
            hits += [(key, window.start + first, window.start + last) for key, first, last in found]
            if time.thread_time() > deadline:
                raise Unavailable(
                    f"The token patterns take more than {PATIENCE:g} seconds on one article. "
                    "Repeat fewer tokens, or say more of the tokens that repeat."
                )
        return hits


def _windows(doc: "Doc") -> Iterator["Span"]:
    """Yield the lines of a Doc, in pieces of `WINDOW` tokens at most, cut after sentences first."""
    first, stop = 0, 0
    for token in doc:
        if token.text in (".", "!", "?", "。"):
            stop = token.i + 1
        if "\n" in token.text:
            yield from [doc[first : token.i]] if token.i > first else []
            first = token.i + 1
        elif token.i - first >= WINDOW:
            cut = stop if stop > first else token.i
            yield doc[first:cut]
            first = cut
    if first < len(doc):
        yield doc[first:]


# ---- regular expressions -----------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _compiled(source: str) -> "regex.Pattern[str]":
    """Return a regular expression made ready; raises Invalid saying what is wrong with it."""
    try:
        made = regex.compile(source, _FLAGS)
        empty = made.fullmatch("", timeout=_TOKEN_PATIENCE)
    except TimeoutError:
        empty = None
    except (regex.error, OverflowError, RecursionError) as error:
        raise Invalid(f"The regular expression cannot be read: {sentence(error)}") from None
    if empty:
        raise Invalid("The regular expression also fits nothing at all: use + in the place of *.")
    return made


def _by_expression(expression: "regex.Pattern[str]", text: str, index: int) -> Iterator[Find]:
    try:
        for count, found in enumerate(expression.finditer(text, timeout=PATIENCE)):
            start, end = found.span()
            while start < end and text[start].isspace():
                start += 1
            while start < end and text[end - 1].isspace():
                end -= 1
            if 0 < end - start <= LONGEST:
                yield Find(start, end, index)
            if count >= _MOST_FINDS:
                return
    except TimeoutError:
        raise Unavailable(
            f"The regular expression /{expression.pattern[:80]}/ takes more than {PATIENCE:g} "
            "seconds on one article. Make it simpler: no repetition within a repetition."
        ) from None


# ---- token patterns ----------------------------------------------------------------------------


def _check_tokens(pattern: TokenPattern) -> None:
    readings = 1
    for number, token in enumerate(pattern, 1):
        if not isinstance(token, dict):
            raise Invalid(f"Token {number} is no table such as {{“LOWER”: “bank”}}.")
        unknown = sorted(str(name) for name in token if str(name).upper() not in ATTRIBUTES)
        if unknown:
            raise Invalid(
                f"Token {number}: {', '.join(unknown)} is nothing that can be asked here. "
                f"Use {', '.join(ATTRIBUTES[:7])} and the like: what needs a trained pipeline, "
                "such as POS or LEMMA, is not known of the articles."
            )
        op = str(_upper(token).get("OP", "{1}"))
        if not _OPERATOR.fullmatch(op):
            raise Invalid(f"Token {number}: OP is one of ? * + ! {{2}} {{1,3}}, not {op[:20]!r}.")
        readings *= _readings(op)
    if readings > _MOST_READINGS:
        raise Invalid("Too many tokens repeat: two without end, or five that may be missing.")
    _check_by_spacy(_limited(pattern))


def _readings(op: str) -> int:
    """Return in how many ways a token with this operator may be read."""
    if op in ("+", "*"):
        return _ENDLESS
    if op == "?":
        return 2
    least, comma, most = op.strip("{}").partition(",")
    if not comma:
        return 1
    return int(most) - int(least or 0) + 1 if most.isdigit() else _ENDLESS


def _check_by_spacy(pattern: TokenPattern) -> None:
    from spacy.errors import MatchPatternError

    try:
        _validating().add("pattern", [pattern])
    except MatchPatternError as error:
        # Of several lines the last names the simplest that would do.
        token, attribute, reason = _COMPLAINT.findall(str(error))[-1]
        place = f"Token {int(token) + 1}" + (f", {attribute}" if attribute else "")
        raise Invalid(f"{place}: {sentence(ValueError(reason))}") from None
    except ValueError as error:
        raise Invalid(
            "The pattern has no tokens." if "E012" in str(error) else sentence(error)
        ) from None


@lru_cache(maxsize=1)
def _validating() -> "Matcher":
    from spacy.matcher import Matcher
    from spacy.vocab import Vocab

    return Matcher(Vocab(), validate=True)


def _upper(token: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).upper(): value for name, value in token.items()}


def _limited(pattern: TokenPattern) -> TokenPattern:
    """Return a token pattern whose regular expressions are run by us, with a limit of time."""
    return [_limited_token(_upper(token)) for token in pattern]


def _limited_token(token: dict[str, Any]) -> dict[str, Any]:
    kept, asked = {}, {}
    for name, value in token.items():
        if not (isinstance(value, dict) and "REGEX" in value):
            kept[name] = value
            continue
        if name not in _TEXTUAL or not isinstance(value["REGEX"], str):
            raise Invalid(f"{name}: REGEX takes one regular expression, as text, for a word.")
        asked[_extension(name, value["REGEX"])] = True
        others = {key: each for key, each in value.items() if key != "REGEX"}
        if others:
            kept[name] = others
    return {**kept, "_": asked} if asked else kept


def _extension(attribute: str, source: str) -> str:
    """Return the name under which spaCy's tokens answer whether an expression is found in them.

    The name says all of what it asks, so that it can be shared and set again.
    """
    from spacy.tokens import Token

    name = f"labeler_{attribute.lower()}_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    if not Token.has_extension(name):
        Token.set_extension(name, getter=_asking(attribute, source))
    return name


def _asking(attribute: str, source: str) -> Callable[["Token"], bool]:
    expression = _compiled(source)
    field = {"TEXT": "text", "ORTH": "text"}.get(attribute, f"{attribute.lower()}_")

    @lru_cache(maxsize=20_000)
    def is_found(words: str) -> bool:
        return expression.search(words, timeout=_TOKEN_PATIENCE) is not None

    return lambda token: is_found(getattr(token, field))
