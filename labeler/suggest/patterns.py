"""The suggester by patterns that a lead writes: words, token patterns, regular expressions.

A pattern is written on a line: words as they stand, a token pattern as spaCy's Matcher has it in
JSON, or a regular expression between slashes. As a file they are lines of JSON in the shape of
spaCy's entity ruler, with `regex` in the place of `pattern` for a regular expression.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from labeler import nlp
from labeler.errors import Invalid, Problem
from labeler.schema import Entity, Scheme, Suggestion
from labeler.suggest import entity_suggestion

MOST = 5_000
"""Patterns that a project may have."""
LONGEST = 2_000
"""Characters of one pattern."""
SCORE = 0.95
"""How sure a find is, before what people say of it counts."""
_EXAMPLE = "[{“LOWER”: “central”}, {“LOWER”: “bank”}]"


class Pattern(NamedTuple):
    """What is to be labeled so, wherever it stands."""

    label: str
    sought: nlp.Sought

    @property
    def line(self) -> str:
        """Return the pattern as it is written on a line."""
        if isinstance(self.sought, nlp.Expression):
            source = self.sought.source
            plain = source.removeprefix("(?i)")
            return f"/{plain}/i" if plain != source else f"/{source}/"
        if isinstance(self.sought, list):
            return json.dumps(self.sought, ensure_ascii=False)
        return self.sought

    def as_json(self) -> dict[str, Any]:
        """Return the pattern as a line of a file has it."""
        if isinstance(self.sought, nlp.Expression):
            return {"label": self.label, "regex": self.sought.source}
        return {"label": self.label, "pattern": self.sought}


def from_json(row: Mapping[str, Any]) -> Pattern:
    """Return the pattern of a line of a file that was checked before."""
    if "regex" in row:
        return Pattern(row["label"], nlp.Expression(row["regex"]))
    return Pattern(row["label"], row["pattern"])


# ---- reading what people write ---------------------------------------------------------------


def read_lines(label: str, text: str) -> tuple[list[Pattern], list[Problem]]:
    """Return the patterns on the lines of a text, and what is wrong with the others, by line."""
    patterns, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            patterns.append(Pattern(label, _checked(_read(line.strip()))))
        except Invalid as error:
            problems.append(Problem(error.message, path=label, line=number))
    return patterns, problems


def _read(line: str) -> nlp.Sought:
    if line.startswith("/"):
        body, slash, flags = line[1:].rpartition("/")
        if not slash or flags not in ("", "i") or not body:
            raise Invalid("A regular expression stands between slashes: /BRCA[12]/ or /brca/i.")
        return nlp.Expression(f"(?i){body}" if flags else body)
    if not line.startswith("[") or "{" not in line[:3]:
        return " ".join(line.split())
    try:
        read = json.loads(line)
    except ValueError as error:
        raise Invalid(f"The token pattern is not JSON ({error}). Write {_EXAMPLE}.") from None
    return read  # that it is a list of tables is checked next


def _checked(sought: Any) -> nlp.Sought:
    if len(str(sought)) > LONGEST:
        raise Invalid(f"This is longer than {LONGEST:,} characters.")
    nlp.check(sought)
    return sought


def read_file(data: bytes, scheme: Scheme) -> tuple[list[Pattern], list[Problem]]:
    """Return the patterns of a JSONL file, and what is wrong with the other lines."""
    patterns, problems = [], []
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            patterns.append(_read_row(line, scheme))
        except Invalid as error:
            problems.append(Problem(error.message, line=number))
    return patterns, problems


def _read_row(line: bytes, scheme: Scheme) -> Pattern:
    try:
        row = json.loads(line)
    except ValueError:
        raise Invalid("This line is not JSON.") from None
    if not isinstance(row, dict) or not isinstance(row.get("label"), str):
        raise Invalid("A pattern names its label: {“label”: “ORG”, “pattern”: “Central Bank”}.")
    label = scheme.current("entities", row["label"])
    if scheme.entity(label) is None:
        raise Invalid(
            f"The scheme has no entity label {row['label']!r}. Add it there, or change the line."
        )
    sought = row.get("pattern")
    if isinstance(row.get("regex"), str):
        sought = nlp.Expression("".join(row["regex"].splitlines()))
    elif not isinstance(sought, str | list):
        raise Invalid("“pattern” is text or a list of tokens; “regex” is a regular expression.")
    elif isinstance(sought, str):
        sought = _as_words(sought)
    return Pattern(label, _checked(sought))


def _as_words(words: str) -> nlp.Sought:
    """Return words so that they can be written on a line: those that look like something else too.

    What begins as a regular expression or a token pattern does is found by an expression.
    """
    plain = " ".join(words.split())
    if plain.startswith(("/", "[{", "[ {")):
        escaped = "".join(c if c.isalnum() or c == " " else f"\\{c}" for c in plain)
        return nlp.Expression(escaped)
    return plain


def write_file(patterns: Iterable[Pattern]) -> Iterator[str]:
    """Yield patterns as lines of JSON."""
    for pattern in patterns:
        yield json.dumps(pattern.as_json(), ensure_ascii=False) + "\n"


# ---- suggesting ------------------------------------------------------------------------------


class PatternSuggester:
    """Proposes what a lead's patterns fit.

    Options: `patterns`, a list as in a file (`{"label": "ORG", "pattern": "Central Bank"}`), and
    `number`, the version they are.
    """

    name: ClassVar[str] = "patterns"
    title: ClassVar[str] = "Patterns written for this project"

    def __init__(self, *, language: str, options: dict[str, Any]) -> None:
        self._language = language
        self._patterns = [from_json(row) for row in options.get("patterns", ())]
        self._number = options.get("number", 0)

    @property
    def version(self) -> str:
        """Name the version."""
        return f"patterns {self._number}"

    def suggest(self, texts: Iterable[str], scheme: Scheme) -> Iterator[list[Suggestion]]:
        """Yield the proposals for each text; raises Unavailable naming a pattern too slow for it.

        Patterns with a label that the scheme no longer has, or that is retired, propose nothing;
        those with a name that a label had formerly propose that label.
        """
        for text in texts:
            made: dict[str, Entity] = {}
            for found in self.find(text):
                pattern = self._patterns[found.which]
                label = scheme.offered("entities", pattern.label)
                if label is not None:
                    why = {**self._origin, "reason": f"pattern {_shortened(pattern.line)}"}
                    entity = entity_suggestion(found.start, found.end, label, why)
                    made.setdefault(entity.id, entity)
            placed = sorted(made.values(), key=lambda item: (item.start, item.end, item.label))
            yield list(placed)

    def find(self, text: str) -> list[nlp.Find]:
        """Return what the patterns fit in a text, by place; raises Unavailable as `suggest`."""
        return sorted(self._finder.find(text))

    @cached_property
    def _origin(self) -> dict[str, Any]:
        return {"suggester": self.name, "version": self.version, "score": SCORE}

    @cached_property
    def _finder(self) -> nlp.Finder:
        return nlp.Finder(self._language, [pattern.sought for pattern in self._patterns])


def _shortened(line: str) -> str:
    return line if len(line) <= 60 else f"{line[:59]}…"


def by_label(patterns: Sequence[Pattern]) -> dict[str, list[Pattern]]:
    """Return patterns by their label, in their order."""
    found: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        found.setdefault(pattern.label, []).append(pattern)
    return found
