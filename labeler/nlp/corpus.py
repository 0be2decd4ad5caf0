"""Corpora for training: Docs with all that was labeled, `.spacy` files, and the config to train."""

import tempfile
import zlib
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from labeler.errors import Invalid
from labeler.nlp.packing import msgpack
from labeler.nlp.tokens import tokenizing
from labeler.schema import Tokens

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

SPANS_KEY = "sc"
"""Span group in which all entities travel: where spaCy's span categorizer looks."""

Place = tuple[int, int, str, str]
"""First token, token behind the last, label, id."""
Range = tuple[int, int]
"""First token, token behind the last."""

_MISSING, _INSIDE, _OUTSIDE, _BEGINS = 0, 1, 2, 3
"""What spaCy's ENT_IOB says of a token."""


# ---- docs ------------------------------------------------------------------------------------


def vocab() -> "Vocab":
    """Return an empty vocabulary."""
    from spacy.vocab import Vocab

    return Vocab()


def to_doc(vocab: "Vocab", text: str, tokens: Tokens) -> "Doc":
    """Return the text as a Doc with these tokens; its text is the same to the letter.

    Raises Invalid where the tokens do not cover the text but for single spaces between them.
    """
    from spacy.tokens import Doc

    words = [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    following = (*tokens.starts[1:], len(text))
    gaps = [text[end:start] for end, start in zip(tokens.ends, following, strict=True)]
    covered = sum(map(len, words)) + sum(map(len, gaps))
    if tokens.starts[:1] != (0,) or not {"", " "}.issuperset(gaps) or covered != len(text):
        raise Invalid("These tokens are not those of the text. Prove the database: labeler check")
    return Doc(vocab, words=words, spaces=[gap == " " for gap in gaps])


def build_doc(
    doc: "Doc",
    places: Sequence[Place],
    flat: Sequence[int],
    *,
    unknown: Sequence[Range] = (),
    pairs: dict[tuple[int, int], dict[str, float]],
    cats: dict[str, float],
    user_data: dict[str, Any],
) -> "Doc":
    """Give a Doc its entities, relations and whatever else shall travel with it, and return it.

    All `places` go into `doc.spans["sc"]`, those at the indices `flat`, which must not overlap,
    into `doc.ents`. Of the tokens outside them those in `unknown` are missing, that is, nothing is
    said of them. `pairs` become `doc._.rel`, `cats` `doc.cats`.
    """
    from spacy.tokens import Doc, Span

    if not Doc.has_extension("rel"):
        Doc.set_extension("rel", default={})
    strings = doc.vocab.strings
    said = np.zeros((len(doc), len(_ENTITIES)), dtype=np.uint64)
    said[:, 0] = _OUTSIDE
    for first, last in unknown:
        said[first:last, 0] = _MISSING
    for first, last, label, key in (places[index] for index in flat):
        said[first:last] = _INSIDE, strings.add(label), strings.add(key)
        said[first, 0] = _BEGINS
    doc.from_array(list(_ENTITIES), said)  # type: ignore[arg-type]
    spans = [Span(doc, first, last, label, span_id=key) for first, last, label, key in places]
    doc.spans[SPANS_KEY] = spans
    doc._.rel = pairs
    doc.cats = cats
    doc.user_data.update(user_data)
    return doc


_ENTITIES = ("ENT_IOB", "ENT_TYPE", "ENT_ID")


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


# ---- files -----------------------------------------------------------------------------------

_PARTS = ("tokens", "spaces", "cats", "span_groups", "user_data")
_BLOCK = 1 << 20
"""Bytes that are compressed at once, and that each part holds in memory."""
_MOST = 2**32 - 1
"""Bytes that a part may have: msgpack counts no further."""


class Bin:
    """Docs on their way into one `.spacy` file, as spaCy's DocBin writes it.

    DocBin holds every Doc until the end and then all of them several times over; this one keeps
    only what each file part needs as a whole: lengths and strings.
    """

    def __init__(self) -> None:
        from spacy.tokens import DocBin

        form = DocBin(attrs=_ENTITIES)
        self._version = form.version
        self._attributes: list[int | str] = list(form.attrs)
        self._pack = msgpack().Packer(use_bin_type=True).pack
        self._lengths = array("i")
        self._hashes: set[int] = set()
        self._parts = {name: _part() for name in _PARTS}

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, doc: "Doc") -> None:
        """Take a Doc in."""
        tokens: Any = doc.to_array(self._attributes)
        self._lengths.append(len(doc))
        self._hashes.update(tokens.ravel().tolist())
        self._hashes.update(*((span.label, span.id) for span in doc.spans[SPANS_KEY]))
        self._parts["tokens"].write(tokens.tobytes())
        self._parts["spaces"].write(doc.to_array("SPACY").astype(bool).tobytes())
        self._parts["span_groups"].write(self._pack(doc.spans.to_bytes()))
        self._parts["cats"].write(self._pack(doc.cats))
        self._parts["user_data"].write(self._pack(self._pack(doc.user_data)))

    def write(self, path: Path, vocab: "Vocab") -> None:
        """Write the file and let the Docs go; `vocab` is the one they were made with."""
        packer = zlib.compressobj()
        with path.open("wb") as file:
            for content in self._message(vocab):
                file.write(packer.compress(content))
            file.write(packer.flush())
        for part in self._parts.values():
            part.close()

    def _message(self, vocab: "Vocab") -> Iterator[bytes]:
        """Yield the file as msgpack: a map of what DocBin reads, its large parts as they lie."""
        count = len(self)
        small = {
            "version": self._version,
            "attrs": self._attributes,
            "lengths": self._lengths.tobytes(),
            "strings": sorted(vocab.strings[key] for key in self._hashes if key > _BEGINS),
            "flags": [{"has_unknown_spaces": False}] * count,
        }
        yield bytes([0x80 | len(small) + len(self._parts)])
        for name, value in small.items():
            yield self._pack(name) + self._pack(value)
        for name, part in self._parts.items():
            yield self._pack(name) + _header(name, part.tell(), count)
            part.seek(0)
            while block := part.read(_BLOCK):
                yield block


def _part() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_BLOCK)


def _header(name: str, size: int, count: int) -> bytes:
    """Return how msgpack announces so many bytes, or a list of so many items."""
    if size > _MOST:
        raise Invalid("This is too much for one .spacy file. Export fewer documents at once.")
    if name in ("tokens", "spaces"):
        return b"\xc6" + size.to_bytes(4, "big")
    return b"\xdd" + count.to_bytes(4, "big")


# ---- config ----------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def training_config(language: str, components: tuple[str, ...], longest: int, dev: str) -> str:
    """Return a config that `spacy train` takes in the folder of the files it names.

    `longest` is the most tokens that an entity of the span categorizer may have; `dev` the file
    that training is judged by. The tokenizer is the one of `tokenize`.
    """
    from spacy.cli.init_config import init_config

    pipeline, _ = tokenizing(language)
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
