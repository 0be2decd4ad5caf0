"""The only door to spaCy, imported when first needed: tokens, alignment, pipelines."""

import json
import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeler.errors import Invalid, Unavailable
from labeler.schema import Tokens

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

# ---- tokens ----------------------------------------------------------------------------------

_BATCH = 64
"""Texts tokenized between two times that spaCy forgets the words it met."""
_RUN = 500
"""Code points without white space that spaCy gets at once: a run of brackets takes it time with the
square of its length, 20 seconds for 10,000."""
_LONG_RUN = re.compile(rf"\S{{{_RUN}}}(?=\S)")
_CHARACTERS = {
    "nlp": {"tokenizer": {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": "char"}}
}


def _new(language: str) -> "Language":
    """Return an empty pipeline of the language; raises Unavailable when spaCy lacks it."""
    import spacy

    try:
        return spacy.blank(language)
    except ImportError as error:
        raise Unavailable(
            f"spaCy has no tokenizer for {language!r} here: {_first_line(error)}"
        ) from None


@lru_cache(maxsize=8)
def _tokenizing(language: str) -> tuple["Language", str]:
    """Return an empty pipeline whose tokenizer does for the language, and the name of that.

    A language that spaCy does not know gets the tokenizer for any language. Where one needs a
    library that is not installed, as Japanese does, each character is a token.
    """
    import spacy

    name = f"spacy {_version()}"
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
    pipeline, name = _tokenizing(language)
    remaining = iter(texts)
    while batch := list(islice(remaining, _BATCH)):
        with pipeline.memory_zone():
            found = [_borders(pipeline, text, name) for text in batch]
        yield from found


def _borders(pipeline: "Language", text: str, name: str) -> Tokens:
    starts: list[int] = []
    ends: list[int] = []
    for offset, piece in _pieces(text):
        doc = pipeline.tokenizer(piece)
        first = len(starts)
        starts += [offset + token.idx for token in doc]
        ends += [start + len(token) for start, token in zip(starts[first:], doc, strict=True)]
    return Tokens(tuple(starts), tuple(ends), name)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
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


def to_doc(vocab: "Vocab", text: str, tokens: Tokens) -> "Doc":
    """Return the text as a Doc with these tokens; its text is the same to the letter.

    Raises Invalid where the tokens do not cover the text but for single spaces between them.
    """
    from spacy.tokens import Doc

    words = [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    following = (*tokens.starts[1:], len(text))
    spaces = [end < start for end, start in zip(tokens.ends, following, strict=True)]
    doc = Doc(vocab, words=words, spaces=spaces)
    if doc.text != text:
        raise Invalid("These tokens are not those of the text. Prove the database: labeler check")
    return doc


# ---- pipelines -------------------------------------------------------------------------------


def pipelines() -> list[str]:
    """Return the names of the pipelines that are installed as packages."""
    import spacy

    return sorted(spacy.util.get_installed_models())


@lru_cache(maxsize=2)
def load(name: str) -> "Language":
    """Return the pipeline of a package or folder; raises Unavailable saying what to do."""
    import spacy

    # A pipeline made for another version may well work; where it does not, the error says so.
    warnings.filterwarnings("ignore", message=r"\[W095\]")
    try:
        return spacy.load(name)
    except (OSError, ImportError, ValueError, LookupError, TypeError, AttributeError) as error:
        if "E050" in str(error):
            known = ", ".join(pipelines()) or "none"
            raise Unavailable(
                f"There is no spaCy pipeline {name!r}: give the name of an installed package "
                f"({known}) or the path of a folder."
            ) from None
        raise Unavailable(
            f"The pipeline {name!r} cannot be loaded by spaCy {_version()}"
            f"{_made_for(name)}: {_first_line(error)} "
            "Install what it needs, or train it again with this version."
        ) from error


def _made_for(name: str) -> str:
    """Return which spaCy a folder's pipeline was made for, as part of a sentence, if it says so."""
    try:
        made_for = json.loads((Path(name) / "meta.json").read_bytes()).get("spacy_version")
    except (OSError, ValueError, AttributeError):
        return ""
    return f" (it was made for spaCy {made_for})" if made_for else ""


def _version() -> str:
    return metadata.version("spacy")


def _first_line(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line if line.endswith((".", "!", "?")) else f"{line}."


Hits = Iterator[tuple[int, int, int]]
Rules = Callable[[str, list[str], Hits], tuple[Sequence[Any], Sequence[Any]]]


# ---- pipelines of rulers ---------------------------------------------------------------------

RULED = "rulers"
"""Span group in which a pipeline of rulers leaves what it found."""


def ruler_pipeline(language: str, names: Sequence[tuple[str, str]], rules: Rules) -> Any:
    """Return a spaCy pipeline that looks names up and then applies rules; raises Unavailable.

    `names` are spellings with labels, found in any case. `rules` gets a text, its tokens and the
    names found as (start token, end token, index in `names`); it returns spans (start token, end
    token, label, score, reason) and relations between them (indices of head and tail, label,
    score, reason). They end up in `doc.spans[RULED]` and its attributes.
    """
    from spacy.language import Language

    pipeline = _new(language)
    settings = {"spans_key": "names", "phrase_matcher_attr": "LOWER", "annotate_ents": False}
    ruler: Any = pipeline.add_pipe("span_ruler", config=settings)
    ruler.add_patterns(
        [{"label": label, "pattern": text, "id": str(i)} for i, (text, label) in enumerate(names)]
    )
    Language.factory("labeler_rules", func=_ruled)
    # The rules come in here: registered as a function, the first ones would serve every language.
    component: Any = pipeline.add_pipe("labeler_rules")
    component.rules = rules
    return pipeline


def _ruled(nlp: "Language", name: str) -> "_Ruled":
    del nlp, name  # what every factory is given
    return _Ruled()


class _Ruled:
    """The component that applies rules to the names that the ruler before it found."""

    rules: Rules

    def __call__(self, doc: "Doc") -> "Doc":
        from spacy.tokens import Span, SpanGroup

        hits = ((span.start, span.end, int(span.id_)) for span in doc.spans.pop("names"))
        spans, links = self.rules(doc.text, [token.text for token in doc], hits)
        attrs = {
            "scores": [score for *_, score, _ in spans],
            "reasons": [reason for *_, reason in spans],
            "links": [tuple(link) for link in links],
        }
        found = [Span(doc, start, end, label=label) for start, end, label, _, _ in spans]
        doc.spans[RULED] = SpanGroup(doc, name=RULED, spans=found, attrs=attrs)
        return doc


# ---- corpora for training --------------------------------------------------------------------

SPANS_KEY = "sc"
"""Span group in which all entities travel: where spaCy's span categorizer looks."""
_ATTRIBUTES = ("ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "ENT_ID", "ENT_KB_ID")

Place = tuple[int, int, str, str]
"""First token, token behind the last, label, id."""


def build_doc(  # noqa: PLR0913 - what travels in a Doc, by name
    vocab: "Vocab",
    text: str,
    tokens: Tokens,
    *,
    places: Sequence[Place],
    flat: Sequence[int],
    read: int | None,
    pairs: dict[tuple[int, int], dict[str, float]],
    user_data: dict[str, Any],
) -> "Doc":
    """Return a Doc with entities, relations and whatever else shall travel with it.

    All `places` go into `doc.spans["sc"]`, those at the indices `flat`, which must not overlap,
    into `doc.ents`. Of the other tokens the first `read` are outside entities and the rest are
    missing, that is, unknown; None for all read. `pairs` become `doc._.rel`.
    """
    from spacy.tokens import Doc, Span

    if not Doc.has_extension("rel"):
        Doc.set_extension("rel", default={})
    doc = to_doc(vocab, text, tokens)
    spans = [Span(doc, first, last, label, span_id=key) for first, last, label, key in places]
    entities = sorted((spans[index] for index in flat), key=lambda span: span.start)
    if read is None:
        doc.set_ents(entities, default="outside")
    else:
        doc.set_ents(entities, outside=_gaps(doc, entities, read), default="missing")
    doc.spans[SPANS_KEY] = spans
    doc._.rel = pairs
    doc.user_data.update(user_data)
    return doc


def _gaps(doc: "Doc", entities: Sequence[Any], read: int) -> list[Any]:
    """Return the spans between entities in the first `read` tokens."""
    gaps, last = [], 0
    for start, end in [*((e.start, e.end) for e in entities), (read, read)]:
        if last < min(start, read):
            gaps.append(doc[last : min(start, read)])
        last = max(last, end)
    return gaps


def longest_first(places: Sequence[Place]) -> list[int]:
    """Return the indices of places that do not overlap, as `spacy.util.filter_spans` keeps them."""
    order = sorted(
        range(len(places)),
        key=lambda index: (places[index][1] - places[index][0], -places[index][0]),
        reverse=True,
    )
    kept: list[int] = []
    taken: set[int] = set()
    for index in order:
        first, last = places[index][:2]
        if first not in taken and last - 1 not in taken:
            kept.append(index)
            taken.update(range(first, last))
    return sorted(kept)


class Bin:
    """Docs on their way into one `.spacy` file, held compactly."""

    def __init__(self) -> None:
        from spacy.tokens import DocBin

        self._docs = DocBin(attrs=_ATTRIBUTES, store_user_data=True)

    def __len__(self) -> int:
        return len(self._docs)

    def add(self, doc: "Doc") -> None:
        """Take a Doc in."""
        self._docs.add(doc)

    def write(self, path: Path) -> None:
        """Write the file."""
        path.write_bytes(self._docs.to_bytes())


@lru_cache(maxsize=8)
def training_config(language: str, components: tuple[str, ...], longest: int, dev: str) -> str:
    """Return a config that `spacy train` takes in the folder of the files it names.

    `longest` is the most tokens that an entity of the span categorizer may have; `dev` the file
    that training is judged by. The tokenizer is the one of `tokenize`.
    """
    from spacy.cli.init_config import init_config

    pipeline, _ = _tokenizing(language)
    config = init_config(
        lang=str(pipeline.lang), pipeline=list(components), optimize="efficiency", gpu=False
    )
    config["nlp"]["tokenizer"] = pipeline.config["nlp"]["tokenizer"]
    config["paths"].update({"train": "train.spacy", "dev": dev})
    if "spancat" in components:
        config["components"]["spancat"]["spans_key"] = SPANS_KEY
        config["components"]["spancat"]["suggester"] = {
            "@misc": "spacy.ngram_range_suggester.v1",
            "min_size": 1,
            "max_size": longest,
        }
    return config.to_str() + "\n"


def vocab() -> "Vocab":
    """Return an empty vocabulary."""
    from spacy.vocab import Vocab

    return Vocab()
