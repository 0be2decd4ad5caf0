"""Hugging Face `datasets` read from Parquet: texts or tokens, with spans, tags or a label."""

import io
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

import orjson

from labeler.errors import Problem, Unavailable
from labeler.formats import Imported
from labeler.formats.drafts import Draft
from labeler.formats.lines import listed, plain
from labeler.formats.parquet import UNKNOWN, pyarrow_here
from labeler.formats.tags import is_tag, spans
from labeler.schema import Document, Status

_READ = 50
"""Articles read at once."""
_TEXT = ("text", "content", "article", "sentence", "body")
_TOKENS = ("tokens", "words")
_TAGS = ("ner_tags", "tags", "ner", "labels")
_SPANS = ("entities", "spans")
_NAME = ("id", "document", "doc_id", "name")
_LABEL = ("label", "category", "class")
_LABELS = (*_LABEL, "labels")
"""Where there are no tokens, these are those of the text."""
_NO_LABEL = (None, "", -1)
_OWN = {
    "meta", "annotator", "status", "revision", "read_to", "token_starts", "relations", "categories",
}  # fmt: skip
_STATUS: dict[object, Status] = {"open": "open", "skipped": "skipped"}


class ParquetImporter:
    """Reads a table of articles: texts or tokens, with spans, tags or a label."""

    name: ClassVar[str] = "parquet"
    title: ClassVar[str] = "Parquet of Hugging Face datasets"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet",)

    def read(self, stream: BinaryIO, file: str) -> Iterator[Imported | Problem]:
        """Yield an article a row, counted from 1 as its line.

        Spans by characters count before tags of tokens. Where there is no text, tokens are joined
        by spaces. A label becomes a category, what is left and plain metadata.
        """
        try:
            pyarrow, parquet = pyarrow_here()
        except Unavailable as error:
            yield Problem(error.message, file=file, code="unavailable")
            return
        with ExitStack() as stack:
            if not isinstance(stream, io.BufferedReader | io.BytesIO):  # packed: no place to go to
                copy = stack.enter_context(tempfile.TemporaryFile())
                shutil.copyfileobj(stream, copy)
                stream = copy
            try:
                table = parquet.ParquetFile(stream, pre_buffer=False)
                rows = _Rows(file, table.schema_arrow)
                batches = table.iter_batches(batch_size=_READ)
                records = chain.from_iterable(batch.to_pylist() for batch in batches)
                for number, row in enumerate(records, start=1):
                    yield from rows.read(row, number)
            except (pyarrow.ArrowException, OSError, ValueError) as error:
                why = str(error).splitlines()[0][:200].rstrip(".")
                message = f"It is no Parquet, or it is damaged: {why}. Write it again."
                yield Problem(message, file=file, code="parquet")


class _Rows:
    """The rows of one file, read by the names of their columns."""

    def __init__(self, file: str, schema: Any) -> None:
        self._file = file
        self._stem = PurePosixPath(file).with_suffix("").as_posix()
        names = {name.lower(): name for name in schema.names}

        def column(known: Sequence[str]) -> str | None:
            return next((names[name] for name in known if name in names), None)

        self._text, self._tokens = column(_TEXT), column(_TOKENS)
        self._tags = column(_TAGS) if self._tokens else None
        spans_of = column(_SPANS)
        self._spans = spans_of if spans_of and _has_objects(schema, spans_of) else None
        self._name, self._label = column(_NAME), column(_LABEL if self._tags else _LABELS)
        used = {self._text, self._tokens, self._tags, self._spans, self._name, self._label}
        self._rest = [name for name in schema.names if name not in used | _OWN]
        self._names = _class_names(schema)
        self._told: set[str] = set()

    def read(self, row: Mapping[str, Any], number: int) -> Iterator[Imported | Problem]:
        """Yield the article of a row, or what is wrong with it."""
        tokens = [str(token) for token in listed(row.get(self._tokens or ""))]
        text = row.get(self._text or "")
        if not isinstance(text, str):
            text = " ".join(tokens)
        if self._text is None and self._tokens is None:
            yield from self._once("text", f"No column is called {', '.join((*_TEXT, *_TOKENS))}.")
            return
        named = row.get(self._name or "") not in (None, "")
        name = str(row[self._name or ""]) if named else f"{self._stem}-{number}"
        meta, left = self._meta(row)
        draft = Draft(Document(name, text, meta), self._file, number, named=named)
        for key in left:
            yield from self._once(key, f"The column {key!r} was not taken, here and below.")
        if self._spans:
            _take(draft, row, self._spans, self._names.get(self._spans, ()))
        elif self._tags:
            self._tagged(draft, tokens, listed(row.get(self._tags)))
        self._categories(draft, row)
        annotator = row.get("annotator")
        status, read_to = _STATUS.get(row.get("status"), "done"), row.get("read_to")
        yield from draft.done(
            annotator if isinstance(annotator, str) else None,
            status,
            read_to if isinstance(read_to, int) and 0 <= read_to <= len(text) else None,
            looked_at=bool(self._spans or self._tags or self._label),
        )

    def _once(self, key: str, message: str) -> Iterator[Problem]:
        if key not in self._told:
            self._told.add(key)
            yield Problem(message, file=self._file, line=1, code="ignored")

    def _meta(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the metadata of a row, and the columns that are too deep for it."""
        said = {name: row[name] for name in self._rest if row[name] is not None}
        fitting = {n: v for n, v in said.items() if isinstance(v, bool | int | float | str)}
        return {**fitting, **_json(row.get("meta"))}, sorted(set(said) - set(fitting))

    def _tagged(self, draft: Draft, tokens: Sequence[str], tags: Sequence[Any]) -> None:
        """Take what the tags say, where it is known what they mean and where the tokens stand."""
        starts = _starts(draft.document.text, tokens)
        names = self._names.get(self._tags or "", ())
        said = [_tag(tag, names) for tag in tags]
        if None in said:
            draft.tell(f"Tag {tags[said.index(None)]!r} has no name: no tag of it was taken.")
        elif len(tokens) != len(said):
            draft.tell(f"{len(tokens)} tokens have {len(said)} tags: none was taken.")
        elif len(starts) < len(tokens):
            draft.tell(f"Token {tokens[len(starts)][:60]!r} is not in the text: no tag was taken.")
        else:
            # Classes such as `person` do not say where one begins: it goes on while they do.
            marked = (tag if not tag or is_tag(tag) else f"I-{tag}" for tag in said)
            for first, last, label in spans(tag or "O" for tag in marked):
                extent = (starts[first], starts[last - 1] + len(tokens[last - 1]))
                draft.entity(f"e{first}-{last}", [extent], label)

    def _categories(self, draft: Draft, row: Mapping[str, Any]) -> None:
        said, names = row.get(self._label or ""), self._names.get(self._label or "", ())
        for label in said if isinstance(said, list) else [said]:
            if label not in _NO_LABEL:
                draft.category(_tag(label, names) or str(label))
        for category in listed(row.get("categories")):
            given = plain(category)
            draft.category(str(given.get("label", category)), given.get("id"))


def _has_objects(schema: Any, column: str) -> bool:
    """Tell whether a column holds objects, and not such as the words of entities only."""
    return "struct" in str(schema.field(column).type)


def _class_names(schema: Any) -> dict[str, Sequence[str]]:
    """Return the names of classes by column, as `datasets` keeps them beside the schema."""
    told = _json((schema.metadata or {}).get(b"huggingface"))
    found: dict[str, Sequence[str]] = {}
    for name, feature in plain(plain(told.get("info")).get("features")).items():
        inner = _inner(feature)
        names = inner.get("names") or plain(inner.get("label")).get("names")
        if isinstance(names, list):
            found[name] = [str(each) for each in names]
    return found


def _inner(feature: object) -> dict[str, Any]:
    """Return a feature without the lists around it."""
    if isinstance(feature, list):
        return _inner(feature[0]) if feature else {}
    given = plain(feature)
    return _inner(given["feature"]) if "feature" in given else given


def _records(value: object) -> list[dict[str, Any]]:
    """Return a list of objects; `datasets` keeps it as an object of lists as well."""
    if not isinstance(value, dict):
        return [plain(each) for each in listed(value)]
    lists = {name: each for name, each in value.items() if isinstance(each, list)}
    most = max(map(len, lists.values()), default=0)
    return [{k: each[n] for k, each in lists.items() if n < len(each)} for n in range(most)]


def _tag(tag: object, names: Sequence[str]) -> str | None:
    """Return what a tag says, None where it is a number without a name."""
    if isinstance(tag, str):
        return tag
    if tag is None or tag == UNKNOWN:
        return "O"
    return names[tag] if isinstance(tag, int) and 0 <= tag < len(names) else None


def _starts(text: str, tokens: Sequence[str]) -> list[int]:
    """Return where the tokens begin in a text, up to the first that is not there."""
    starts: list[int] = []
    place = 0
    for token in tokens:
        found = text.find(token, place)
        if found < 0:
            break
        starts.append(found)
        place = found + len(token)
    return starts


def _take(draft: Draft, row: Mapping[str, Any], column: str, names: Sequence[str]) -> None:
    """Take entities and relations as they stand in a row, in labeler's names of their fields.

    `names` are those of labels that are numbers.
    """
    for index, entity in enumerate(_records(row.get(column))):
        label = entity.get("type") if entity.get("label") is None else entity["label"]
        key = entity.get("id") or f"e{index + 1}"
        parts = [
            (part.get("start"), part.get("end")) for part in map(plain, listed(entity.get("parts")))
        ]
        draft.entity(
            key,
            parts or [(entity.get("start"), entity.get("end"))],
            _tag(label, names) or "" if isinstance(label, int) and names else str(label or ""),
            text=entity["text"] if isinstance(entity.get("text"), str) else None,
            attributes=_json(entity.get("attributes")),
            origin=_json(entity.get("origin")) or None,
        )
    for index, link in enumerate(_records(row.get("relations"))):
        key, ends = link.get("id") or f"r{index + 1}", (link.get("head"), link.get("tail"))
        draft.relation(
            key,
            ends,
            str(link.get("label") or ""),
            attributes=_json(link.get("attributes")),
            origin=_json(link.get("origin")) or None,
        )


def _json(value: object) -> dict[str, Any]:
    try:
        return plain(orjson.loads(value)) if isinstance(value, str | bytes) and value else {}
    except orjson.JSONDecodeError:
        return {}
