"""The documentation of formats against the formats there are."""

import re
from pathlib import Path

from labeler.formats import KEPT, exporters, importers

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def test_every_format_is_in_the_table_as_it_is() -> None:
    """Each is there, with whether it is read and written, and what it keeps."""
    rows = re.findall(r"^\| `([\w-]+)` \| (yes|no) \| (yes|no) \| (.*?) ?\|$", TEXT, re.MULTILINE)
    expected = []
    for name in sorted({*importers.names(), *exporters.names()}):
        keeps = exporters[name].keeps if name in exporters else frozenset()
        kept = ", ".join(part for part in KEPT if part in keeps)
        if name in exporters and not keeps:
            kept = "words and entities only"
        there = ["yes" if name in registry else "no" for registry in (importers, exporters)]
        expected.append((name, *there, kept))
    assert rows == expected


def test_every_format_has_its_chapter() -> None:
    """In the order of the table."""
    assert re.findall(r"^## `([\w-]+)`$", TEXT, re.MULTILINE) == sorted(
        {*importers.names(), *exporters.names()}
    )
