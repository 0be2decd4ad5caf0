"""The only door to spaCy, imported when first needed: tokens, alignment, pipelines."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeler.errors import Unavailable
from labeler.schema import Tokens

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

# ---- tokens ----------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def blank(language: str) -> "Language":
    """Return an empty pipeline of the language; raises Unavailable when spaCy lacks it.

    It is shared: don't add components to it.
    """
    return _new(language)


def _new(language: str) -> "Language":
    import spacy

    try:
        return spacy.blank(language)
    except ImportError as error:
        reason = str(error).strip().splitlines()[0]
        raise Unavailable(f"spaCy has no tokenizer for {language!r} here: {reason}") from None


def tokenize(texts: Iterable[str], language: str) -> Iterator[Tokens]:
    """Yield the token borders of each text, by the tokenizer of the language.

    Where it is not installed, each character outside white space is a token, and the name of the
    tokenizer says so.
    """

    try:
        pipeline = _new(language)
    except Unavailable:
        for text in texts:
            yield _characters(text)
        return
    name = f"spacy {_version()} {language}"
    for text in texts:
        doc = pipeline.tokenizer(text)
        starts = [token.idx for token in doc]
        ends = [token.idx + len(token) for token in doc]
        yield Tokens(tuple(starts), tuple(ends), name)


def _characters(text: str) -> Tokens:
    """Return every character as a token, but for a space behind one."""
    starts: list[int] = []
    for place, character in enumerate(text):
        if character != " " or not starts or starts[-1] != place - 1:
            starts.append(place)
    return Tokens(tuple(starts), tuple(start + 1 for start in starts), "characters")


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

    White space that no token covers, other than a single space behind one, becomes a token.
    """
    from spacy.tokens import Doc

    words: list[str] = []
    spaces: list[bool] = []
    last = 0
    for start, end in zip(tokens.starts, tokens.ends, strict=True):
        _fill(words, spaces, text[last:start])
        words.append(text[start:end])
        spaces.append(False)
        last = end
    _fill(words, spaces, text[last:])
    return Doc(vocab, words=words, spaces=spaces)


def _fill(words: list[str], spaces: list[bool], gap: str) -> None:
    """Put the white space between two tokens where spaCy keeps it."""
    if gap.startswith(" ") and words and not spaces[-1]:
        spaces[-1] = True
        gap = gap[1:]
    if gap:
        words.append(gap)
        spaces.append(False)


# ---- pipelines -------------------------------------------------------------------------------


def pipelines() -> list[str]:
    """Return the names of the pipelines that are installed as packages."""
    import spacy

    return sorted(spacy.util.get_installed_models())


@lru_cache(maxsize=2)
def load(name: str) -> "Language":
    """Return the pipeline of a package or folder; raises Unavailable saying what to do."""
    import spacy

    try:
        return spacy.load(name)
    except OSError as error:
        if "E050" in str(error):
            known = ", ".join(pipelines()) or "none"
            raise Unavailable(
                f"There is no spaCy pipeline {name!r}: give the name of an installed package "
                f"({known}) or the path of a folder."
            ) from None
        raise Unavailable(f"The pipeline {name!r} is not whole: {_first_line(error)}") from None
    except (ImportError, ValueError, KeyError) as error:
        raise Unavailable(
            f"The pipeline {name!r} cannot be loaded by spaCy {_version()}: "
            f"{_first_line(error)} Install what it needs, or train it again with this version."
        ) from None


def _version() -> str:
    return metadata.version("spacy")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


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
    that training is judged by. Raises Unavailable where spaCy lacks the language's tokenizer.
    """
    from spacy.cli.init_config import init_config

    blank(language)
    config = init_config(
        lang=language, pipeline=list(components), optimize="efficiency", gpu=False, silent=True
    )
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
