"""spaCy's DocBin read: what labeler wrote comes back whole, and what others wrote as it stands."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

import orjson

from labeler import nlp
from labeler.errors import Invalid, Problem
from labeler.formats import Imported
from labeler.formats.drafts import Draft
from labeler.formats.jsonl import JsonlImporter
from labeler.formats.lines import plain
from labeler.schema import Document

_RELATIONS = ("._.", "rel", None, None)
"""Where a Doc keeps `doc._.rel`, whether the extension is registered here or not."""
_TRUE = 0.5
"""From this value on a relation or category holds."""


class DocBinImporter:
    """Reads `.spacy` files, a Doc at a time."""

    name: ClassVar[str] = "docbin"
    title: ClassVar[str] = "spaCy DocBin: ents, spans, relations, categories"
    suffixes: ClassVar[tuple[str, ...]] = (".spacy",)

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article for each Doc; `line` counts the Docs from 1.

        What labeler put into `doc.user_data` is the truth of its own exports. Of others entities
        come from `doc.ents` and all span groups, with what they link to as `kb_id`, relations from
        `doc._.rel`, categories from `doc.cats`, metadata from `doc.user_data["meta"]`.
        """
        try:
            for number, doc in enumerate(nlp.read_docs(stream), start=1):
                if _is_ours(doc.user_data):
                    yield from _ours(doc, file, number)
                else:
                    yield from _others(doc, file, number)
        except Invalid as error:
            yield Problem(error.message, file=file, code="docbin")


def _is_ours(data: Mapping[Any, Any]) -> bool:
    return isinstance(data.get("document"), dict) and isinstance(data.get("entities"), tuple)


def _ours(doc: Any, file: str, number: int) -> Iterator[Imported | Problem]:
    """Read what stands in `doc.user_data` as the line of our JSONL that it is."""
    data = doc.user_data
    line = {
        **{name: value for name, value in data["document"].items() if value not in (None, "")},
        "text": doc.text,
        "meta": data.get("meta") or {},
        "entities": data["entities"],
        "relations": [
            {name: value for name, value in plain(link).items() if name not in _ENDS}
            for link in data.get("relations") or ()
        ],
        "categories": data.get("categories") or (),
    }
    if "annotator" not in line:
        line = {name: value for name, value in line.items() if name not in _OF_LAYERS}
    try:
        content = orjson.dumps(line)
    except TypeError as error:
        yield Problem(f"Its user data is no JSON: {error}.", file=file, line=number, code="docbin")
        return
    for item in JsonlImporter().read(io.BytesIO(content), file):
        yield _at(item, number)


_OF_LAYERS = ("status", "revision", "read_to", "blind")
_ENDS = ("head_start", "head_end", "tail_start", "tail_end")


def _at(item: Imported | Problem, number: int) -> Imported | Problem:
    return replace(item, line=number)


def _others(doc: Any, file: str, number: int) -> Iterator[Imported | Problem]:
    stem = PurePosixPath(file).with_suffix("").as_posix()
    meta = plain(doc.user_data.get("meta"))
    draft = Draft(Document(f"{stem}-{number}", doc.text, meta), file, number, named=False)
    keys: dict[tuple[int, int, str], str] = {}
    starts: dict[int, list[str]] = {}
    for span in _spans(doc):
        place = (span.start_char, span.end_char, span.label_)
        if place not in keys:
            key = keys[place] = span.id_ or f"e{len(keys) + 1}"
            linked = {"kb_id": span.kb_id_} if span.kb_id_ else None
            if draft.entity(key, [place[:2]], span.label_, attributes=linked):
                starts.setdefault(span.start, []).append(key)
    _relations(draft, doc.user_data.get(_RELATIONS), starts)
    for label, value in plain(doc.cats).items():
        if isinstance(value, int | float) and value >= _TRUE:
            draft.category(label)
    looked_at = doc.has_annotation("ENT_IOB") or bool(doc.spans)
    yield from draft.done(looked_at=looked_at)


def _spans(doc: Any) -> Iterator[Any]:
    yield from doc.ents
    for group in doc.spans.values():
        yield from group


def _relations(draft: Draft, pairs: object, starts: Mapping[int, list[str]]) -> None:
    """Take the pairs of `doc._.rel`, known by the first tokens of their ends."""
    for ends, values in plain(pairs).items():
        for label, value in plain(values).items():
            if not isinstance(value, int | float) or value < _TRUE:
                continue
            first: tuple[Any, ...] = ends if isinstance(ends, tuple) else ()
            found: list[list[str]] = [starts.get(token, []) for token in first]
            if len(found) != 2 or not all(found):
                draft.tell(f"Relation {label!r} of the tokens {ends}: no entity begins there.")
            elif any(len(keys) > 1 for keys in found):
                draft.tell(
                    f"Relation {label!r} of the tokens {ends}: several entities begin there."
                )
            else:
                draft.relation(f"{label} {ends}", (found[0][0], found[1][0]), label)
