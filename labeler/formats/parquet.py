"""Hugging Face `datasets` as Parquet: a row an article, with token tags and character spans.

The format: https://huggingface.co/docs/datasets/about_dataset_features. pyarrow, the extra
`labeler[parquet]`, reads and writes the files.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import orjson

from labeler.errors import Unavailable
from labeler.formats import KEPT, Exported, Report
from labeler.formats.outgoing import Outgoing
from labeler.formats.splits import PARTS
from labeler.formats.tagging import flat_tags, words_of
from labeler.schema import Entity, Relation, Scheme

UNKNOWN = -100
"""The tag of a token of which nothing is said: what loss functions pass over."""
_ROWS = 500
"""Articles of a row group, and those held in memory."""
_HINT = "Install it: pip install 'labeler[parquet]'"


def pyarrow_here() -> tuple[Any, Any]:
    """Return pyarrow and its Parquet module; raises Unavailable saying what to install."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise Unavailable(f"Parquet needs pyarrow, which is not installed. {_HINT}") from None
    return pyarrow, parquet


class ParquetExporter:
    """Writes a Parquet file for each part, and the card by which `datasets` knows them."""

    name: ClassVar[str] = "parquet"
    title: ClassVar[str] = "Parquet for Hugging Face datasets"
    keeps: ClassVar[frozenset[str]] = frozenset(KEPT)

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,
        language: str,
        options: dict[str, Any],
    ) -> Report:
        """Write the folder; what tags cannot say is told, and stands in `entities`.

        Raises Unavailable where pyarrow is not installed.
        """
        pyarrow, parquet = pyarrow_here()
        out = Outgoing(folder, options, self.keeps, scheme)
        names = ["O", *(f"{kind}-{label.name}" for label in scheme.entities for kind in "BI")]
        schema = _schema(pyarrow, names)
        with ExitStack() as stack:
            open_ = {
                part: stack.enter_context(
                    parquet.ParquetWriter(folder / f"{part}.parquet", schema, compression="zstd")
                )
                for part in PARTS
            }
            waiting: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
            for record in records:
                out.count(record)
                rows = waiting[record.part]
                rows.append(_row(record, out, {name: i for i, name in enumerate(names)}))
                if len(rows) == _ROWS:
                    open_[record.part].write_table(pyarrow.Table.from_pylist(rows, schema))
                    rows.clear()
            for part, rows in waiting.items():
                open_[part].write_table(pyarrow.Table.from_pylist(rows, schema))
        (folder / "README.md").write_text(_card(language), encoding="utf-8")
        return out.finish(libraries=("pyarrow",))


def _card(language: str) -> str:
    names = {"train": "train", "dev": "validation", "test": "test"}
    files = "".join(f"  - split: {names[part]}\n    path: {part}.parquet\n" for part in PARTS)
    head = f"language: {language}\nconfigs:\n- config_name: default\n  data_files:\n{files}"
    return f"---\n{head}---\n\nWhat was labeled; `manifest.json` tells of what it is made.\n"


def _row(record: Exported, out: Outgoing, numbers: Mapping[str, int]) -> dict[str, Any]:
    document, layer = record.document, record.layer
    entities, relations = out.fitting(record)
    tags, reasons = flat_tags(record)
    for entity in entities:
        if entity.id in reasons:
            reason = f"{reasons[entity.id]} Tags do not say it, the column entities does."
            out.tell(record, entity, "tags", reason)
    unknown = _unknown(record, reasons)
    words = [
        (start, end, UNKNOWN if unknown(start, end, tag) else numbers.get(tag, UNKNOWN))
        for start, end, tag, _ in words_of(record, tags)
    ]
    return {
        "id": document.id,
        "text": document.text,
        "meta": _dumped(document.meta),
        "annotator": layer.annotator or None,
        "status": layer.status if layer.annotator else None,
        "revision": layer.revision if layer.annotator else None,
        "read_to": layer.read_to,
        "tokens": [document.text[start:end] for start, end, _ in words],
        "token_starts": [start for start, _, _ in words],
        "ner_tags": [tag for _, _, tag in words],
        "entities": [_item(entity) for entity in entities],
        "relations": [_item(relation) for relation in relations],
        "categories": [{"id": item.id, "label": item.label} for item in layer.categories],
    }


def _unknown(record: Exported, reasons: Mapping[str, str]) -> Any:
    """Return what tells whether nothing is said of a token: unread, or of what tags cannot say."""
    layer = record.layer
    read_to = len(record.document.text) if layer.status == "done" else layer.read_to or 0
    unsaid = [e for e in layer.entities if e.id in reasons]

    def unknown(start: int, end: int, tag: str) -> bool:
        touched = any(first < end and start < last for e in unsaid for first, last in e.extents())
        return tag == "O" and (end > read_to or touched)

    return unknown


def _item(item: Entity | Relation) -> dict[str, Any]:
    about: dict[str, Any] = {"id": item.id, "label": item.label}
    about |= {"attributes": _dumped(item.attributes), "origin": _dumped(item.origin)}
    if isinstance(item, Relation):
        return {**about, "head": item.head, "tail": item.tail}
    parts = [{"start": start, "end": end} for start, end in item.parts]
    return {**about, "start": item.start, "end": item.end, "parts": parts}


def _dumped(value: Mapping[str, Any] | None) -> str | None:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if value else None


_ABOUT = {"id": "string", "label": "string", "attributes": "string", "origin": "string"}
_PLACE = {"start": "int32", "end": "int32"}
_COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("id", "text", "meta", "annotator", "status"), "string"),
    **dict.fromkeys(("revision", "read_to"), "int32"),
    "tokens": ["string"],
    "token_starts": ["int32"],
    "ner_tags": ["int64"],
    "entities": [{**_ABOUT, **_PLACE, "parts": [_PLACE]}],
    "relations": [{**_ABOUT, "head": "string", "tail": "string"}],
    "categories": [{"id": "string", "label": "string"}],
}
"""The columns: a type, a list of one, or a list of fields."""


def _schema(pyarrow: Any, names: Sequence[str]) -> Any:
    """Return the schema, with the features that `datasets` reads; `names` are those of the tags."""
    features = {column: _feature(kind) for column, kind in _COLUMNS.items()}
    features["ner_tags"] = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
    told = orjson.dumps({"info": {"features": features}})
    fields = [pyarrow.field(column, _arrow(pyarrow, kind)) for column, kind in _COLUMNS.items()]
    return pyarrow.schema(fields, metadata={"huggingface": told})


def _arrow(pyarrow: Any, kind: Any) -> Any:
    if isinstance(kind, list):
        return pyarrow.list_(_arrow(pyarrow, kind[0]))
    if isinstance(kind, dict):
        return pyarrow.struct([(name, _arrow(pyarrow, each)) for name, each in kind.items()])
    return pyarrow.type_for_alias(kind)


def _feature(kind: Any) -> Any:
    if isinstance(kind, list):
        return [_feature(kind[0])]
    if isinstance(kind, dict):
        return {name: _feature(each) for name, each in kind.items()}
    return {"dtype": kind, "_type": "Value"}
