"""W3C Web Annotation as JSON-LD: a page of annotations of the text that lies beside it.

The model: https://www.w3.org/TR/annotation-model/. Relations link annotations as Recogito writes
them: two targets, head and tail, that are ids.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, ClassVar
from urllib.parse import quote, unquote

import orjson

from labeler.errors import Problem
from labeler.formats import Beside, Exported, Imported, nothing_beside
from labeler.formats.drafts import Draft
from labeler.formats.lines import listed, plain, with_text
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.formats.units import Units
from labeler.schema import Document

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_TAGGING = ("tagging", "classifying", "")
"""Purposes of a body that is a label."""
_AROUND = 32
"""Code points of a quote's prefix and suffix."""
_FRAGMENT = re.compile(r"char=(\d+),(\d+)")
Extent = tuple[Any, Any]


# ---- in --------------------------------------------------------------------------------------


class W3CImporter:
    """Reads a `.jsonld` file with the `.txt` beside it."""

    name: ClassVar[str] = "w3c"
    title: ClassVar[str] = "W3C Web Annotation: .jsonld files beside their .txt"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonld",)
    by_content: ClassVar[tuple[str, ...]] = (".json",)
    companions: ClassVar[tuple[str, ...]] = (".txt",)
    layered: ClassVar[bool] = True

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Tell whether a file of JSON names the context of Web Annotations."""
        return b"www.w3.org/ns/anno" in head

    def read(
        self, stream: BinaryIO, file: str, beside: Beside = nothing_beside
    ) -> Iterator[Imported | Problem]:
        """Yield the article once for each creator of annotations; nobody's are suggestions.

        The first body that tags is the label, others are attributes named for their purpose.
        Annotations of the whole text are categories, links between two annotations relations.
        """
        found = with_text(stream, file, beside)
        if isinstance(found, list):
            yield from found
            return
        document, content = found
        try:
            page = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            message = f"This is not JSON: {error.msg} at column {error.colno}. Is the file whole?"
            yield Problem(message, file=file, line=error.lineno, code="json")
            return
        yield from _Page(document, file).read(page)


class _Page:
    """The annotations of one text."""

    def __init__(self, document: Document, file: str) -> None:
        self._document = document
        self._file = file
        self._units = Units(document.text)
        self._drafts: dict[str, Draft] = {}

    def read(self, page: Any) -> Iterator[Imported | Problem]:
        """Yield the article with what each creator says of it."""
        items, creator = list(_items(page)), _creator(plain(page))
        links = []
        for number, item in enumerate(items, start=1):
            draft = self._draft(_creator(item) or creator)
            ends = _ends(item)
            if ends:
                links.append((draft, item, ends, number))
            else:
                self._take(draft, item, number)
        for draft, item, ends, number in links:
            label, attributes = self._said(draft, item, number)
            if label:
                draft.relation(_key(item, number), ends, label, attributes=attributes)
        if not items:
            self._draft(creator)
        for name, draft in self._drafts.items():
            yield from draft.done(name or None)

    def _draft(self, creator: str) -> Draft:
        return self._drafts.setdefault(creator, Draft(self._document, self._file, named=False))

    def _take(self, draft: Draft, item: Mapping[str, Any], number: int) -> None:
        """Take an annotation of words, or of the whole text."""
        label, attributes = self._said(draft, item, number)
        if not label:
            return
        selectors = [_several(target.get("selector")) for target in _targets(item)]
        if not any(selectors):
            draft.category(label, _key(item, number))
            return
        places = [self._place(each) for each in selectors]
        found = [place for place in places if place]
        if len(found) < len(places):
            draft.tell(f"Annotation {number}: its selectors find no one place in the text.")
            return
        quotes = [_quote(each) for each in selectors]
        said = " ".join(filter(None, quotes)) if all(quotes) else None
        draft.entity(_key(item, number), found, label, text=said, attributes=attributes)

    def _said(
        self, draft: Draft, item: Mapping[str, Any], number: int
    ) -> tuple[str, dict[str, Any]]:
        """Return the label of an annotation and its attributes; tell what has no place."""
        label, attributes = "", dict[str, Any]()
        for body in _several(item.get("body")):
            given = {"value": body} if isinstance(body, str) else plain(body)
            purpose, value = str(given.get("purpose") or ""), given.get("value")
            value = given.get("source") or given.get("id") if value is None else value
            if given.get("format") == "application/json" and isinstance(value, str):
                attributes |= _json(value)
            elif purpose in _TAGGING and not label and isinstance(value, str):
                label = value
            elif (purpose or "body") in attributes or not isinstance(value, str):
                draft.tell(f"A body of annotation {number} was not taken.", code="ignored")
            else:
                attributes[purpose or "body"] = value
        if not label:
            draft.tell(f"Annotation {number} has no body that tags: it was not taken.")
        return label, attributes

    def _place(self, selectors: Sequence[Any]) -> Extent | None:
        """Return where a target is: by position, in code points or else units, or by its quote."""
        said = _quote(selectors)
        if any("refinedBy" in plain(selector) for selector in selectors):
            return None  # the place is within the one that is named
        for selector in map(plain, selectors):
            start, end = selector.get("start"), selector.get("end")
            fragment = _FRAGMENT.search(str(selector.get("value") or ""))
            if fragment:
                start, end = int(fragment[1]), int(fragment[2])
            if not isinstance(start, int) or not isinstance(end, int):
                continue
            in_units = (self._units.point(start), self._units.point(end))
            if said is not None and self._document.text[slice(*in_units)] == said:
                return in_units if self._document.text[start:end] != said else (start, end)
            return start, end
        return self._quoted(selectors)

    def _quoted(self, selectors: Sequence[Any]) -> Extent | None:
        """Return the one place where a quote stands."""
        for selector in map(plain, selectors):
            if isinstance(selector.get("exact"), str):
                before, exact = str(selector.get("prefix") or ""), selector["exact"]
                whole = before + exact + str(selector.get("suffix") or "")
                if exact and self._document.text.count(whole) == 1:
                    start = self._document.text.index(whole) + len(before)
                    return start, start + len(exact)
        return None


def _items(page: Any) -> Iterator[dict[str, Any]]:
    """Yield the annotations of a page, a collection with its pages, a list, or the only one."""
    for item in _several(page):
        inside = plain(item)
        nested = [inside.get(name) for name in ("items", "first", "@graph") if name in inside]
        if inside.get("type") != "Annotation" and nested:
            for each in nested:
                yield from _items(each)
        elif inside.get("type") == "Annotation" or "target" in inside:
            yield inside


def _several(value: object) -> list[Any]:
    """Return a list as it is, and what may stand for a list of one as that."""
    return listed(value) if isinstance(value, list) else [] if value is None else [value]


def _creator(item: Mapping[str, Any]) -> str:
    first = next(iter(_several(item.get("creator"))), "")
    about = plain(first)
    return str(about.get("name") or about.get("nickname") or about.get("id") or first or "")


def _key(item: Mapping[str, Any], number: int) -> str:
    """Return what an annotation is known by."""
    return _name(str(item.get("id") or number))


def _name(key: str) -> str:
    """Return what an id within the page names; others are left as they are."""
    return unquote(key.removeprefix("#")) if key.startswith("#") else key


def _targets(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the targets of an annotation, those of a composite one by one."""
    found = []
    for target in _several(item.get("target")):
        given = plain(target)
        inside = [plain(part) for part in listed(given.get("items"))]
        found += inside or [given]
    return found


def _ends(item: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the ids of the two annotations that one links, None where it links none."""
    if item.get("motivation") != "linking":
        return None
    targets = _several(item.get("target"))
    if len(targets) == 1 and plain(targets[0]).get("type") == "List":
        targets = listed(targets[0].get("items"))
    ids = [target if isinstance(target, str) else plain(target).get("id") for target in targets]
    names = [_name(each) for each in ids if isinstance(each, str)]
    return (names[0], names[1]) if len(names) == len(targets) == 2 else None


def _quote(selectors: Sequence[Any]) -> str | None:
    quotes = (plain(selector).get("exact") for selector in selectors)
    return next((said for said in quotes if isinstance(said, str)), None)


def _json(value: str) -> dict[str, Any]:
    try:
        return plain(orjson.loads(value))
    except orjson.JSONDecodeError:
        return {}


# ---- out -------------------------------------------------------------------------------------


class W3CExporter(ByRecord):
    """Writes a `.txt` and a `.jsonld` for each article."""

    name: ClassVar[str] = "w3c"
    title: ClassVar[str] = "W3C Web Annotation as JSON-LD"
    keeps: ClassVar[frozenset[str]] = frozenset(
        ("text", "overlapping entities", "relations", "parts", "attributes", "categories", "ids")
    )

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write text and annotations; where several people labeled, into a folder of each."""
        if record.layer.status != "done":
            out.tell(record, None, "unfinished", "The format cannot say that it is unfinished.")
        text = out.path(record, ".txt")
        text.write_bytes(record.document.text.encode())
        dumped = orjson.dumps(_page(record, out, text.name), option=orjson.OPT_INDENT_2)
        text.with_suffix(".jsonld").write_bytes(dumped + b"\n")


def _page(record: Exported, out: Outgoing, name: str) -> dict[str, Any]:
    """Return an article's annotations as a page; they point at the file of this name."""
    text, source = record.document.text, quote(name)
    entities, relations = out.fitting(record)
    items = []
    for entity in entities:
        parts = [_target(text, source, *extent) for extent in entity.extents()]
        target = parts[0] if len(parts) == 1 else {"type": "Composite", "items": parts}
        items.append(_annotation(entity.id, "tagging", entity.label, target, entity.attributes))
    for relation in relations:
        ends = [{"id": _id(relation.head)}, {"id": _id(relation.tail)}]
        attributes = relation.attributes
        items.append(_annotation(relation.id, "linking", relation.label, ends, attributes))
    for category in record.layer.categories:
        place = {"source": source}
        items.append(_annotation(category.id, "classifying", category.label, place, None))
    page: dict[str, Any] = {"@context": _CONTEXT, "type": "AnnotationPage"}
    if record.layer.annotator:
        page["creator"] = {"type": "Person", "name": record.layer.annotator}
    return {**page, "language": out.language, "items": items}


def _annotation(
    key: str, motivation: str, label: str, target: Any, attributes: Mapping[str, Any] | None
) -> dict[str, Any]:
    bodies = [{"type": "TextualBody", "purpose": "tagging", "value": label}]
    if attributes:
        value = orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode()
        about = {"type": "TextualBody", "purpose": "describing", "format": "application/json"}
        bodies.append({**about, "value": value})
    about = {"id": _id(key), "type": "Annotation", "motivation": motivation}
    return {**about, "body": bodies, "target": target}


def _id(key: str) -> str:
    return f"#{quote(key)}"


def _target(text: str, source: str, start: int, end: int) -> dict[str, Any]:
    quoted = {
        "type": "TextQuoteSelector",
        "exact": text[start:end],
        "prefix": text[max(0, start - _AROUND) : start],
        "suffix": text[end : end + _AROUND],
    }
    position = {"type": "TextPositionSelector", "start": start, "end": end}
    return {"source": source, "selector": [position, quoted]}
