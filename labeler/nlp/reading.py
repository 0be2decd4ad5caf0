"""Docs that others made, out of their `.spacy` files."""

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from labeler.errors import Invalid
from labeler.nlp.tokens import sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

_MOST = 2 * 1024**3
"""Bytes that a file may unpack to."""
_DAMAGE = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, struct.error)


def read_docs(content: bytes) -> Iterator["Doc"]:
    """Yield the Docs of a `.spacy` file; raises Invalid where it is none, or damaged.

    DocBin holds the whole file, unpacked, in memory; the Docs are made one by one.
    """
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab
    from srsly.msgpack.exceptions import UnpackException  # type: ignore[import-untyped]

    try:
        unpacking = zlib.decompressobj()
        unpacking.decompress(content, _MOST)
        if unpacking.unconsumed_tail:
            raise Invalid("It would unpack to more than 2 GB. Split it.")
        yield from DocBin().from_bytes(content).get_docs(Vocab())
    except zlib.error:
        raise Invalid("It is no .spacy file, or it is damaged.") from None
    except (*_DAMAGE, UnpackException) as error:
        raise Invalid(f"It is damaged: {sentence(error)}") from None
