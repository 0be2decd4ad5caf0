"""UIMA CAS as XMI, as INCEpTION and DKPro write it: one document with its type system beside it.

The format: https://uima.apache.org, UIMA References, "XMI CAS Serialization". CAS as JSON
(https://github.com/apache/uima-uimaj-io-jsoncas) has its types within, and is read as well.
dkpro-cassis reads and writes both, and converts offsets from UTF-16 units.
"""

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, ClassVar
from warnings import catch_warnings, simplefilter

from cassis import Cas, TypeSystem, load_cas_from_json, load_cas_from_xmi, load_typesystem

from labeler.errors import Problem
from labeler.formats import Beside, Exported, Imported, nothing_beside
from labeler.formats.drafts import Draft
from labeler.formats.lines import whole_text
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.schema import Document, Entity, Relation

_TYPES = ("TypeSystem.xml", "typesystem.xml")
_ASIDE = {
    "Token", "Sentence", "Paragraph", "Heading", "Div", "DocumentAnnotation", "DocumentMetaData",
    "TagsetDescription", "TagDescription", "CASMetadata", "Sofa",
}  # fmt: skip
"""Types that say how a text is cut, or what a file is, and nothing that people label."""
_JSON = re.compile(rb'"%(TYPES|FEATURE_STRUCTURES|VIEWS)"\s*:')
"""What is in a CAS as JSON."""
_SKIPPED = {"sofa", "begin", "end"}
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""
_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
_SEGMENTS = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type."
_RELATION = "webanno.custom.Relation"
_CATEGORY = "webanno.custom.Category"
_LINE = re.compile(r"[^\r\n]+")
_FEATURE = re.compile(
    r"(?!(?:value|begin|end|sofa|self|type|id|Governor|Dependent)$)[A-Za-z]\w*", re.ASCII
)
"""Names that features can have beside those that are there."""
_KINDS: dict[type, str] = {
    str: "uima.cas.String", bool: "uima.cas.Boolean",
    int: "uima.cas.Long", float: "uima.cas.Double",
}  # fmt: skip


# ---- in --------------------------------------------------------------------------------------


class XmiImporter:
    """Reads one document with one person's annotations."""

    name: ClassVar[str] = "xmi"
    title: ClassVar[str] = "UIMA CAS XMI, with TypeSystem.xml beside it, or UIMA CAS JSON"
    suffixes: ClassVar[tuple[str, ...]] = (".xmi",)
    by_content: ClassVar[tuple[str, ...]] = (".json",)
    companions: ClassVar[tuple[str, ...]] = _TYPES
    by_document: ClassVar[bool] = True

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Tell whether a file of JSON has the types or the contents of a CAS."""
        return bool(_JSON.search(head))

    def read(
        self, stream: BinaryIO, file: str, beside: Beside = nothing_beside
    ) -> Iterator[Imported | Problem]:
        """Yield the document. The first feature that says something is the label of a span.

        Annotations with a governor and a dependent are relations; annotations of the whole
        document are categories. What refers to others in another way is told.
        """
        try:
            with catch_warnings(record=True) as unknown:
                simplefilter("always")
                cas = _loaded(_text(stream, file), file, beside)
        except _Unreadable as error:
            yield error.problem
            return
        except Exception as error:  # noqa: BLE001 - the library does not say what it may raise
            message = f"It is no CAS of its type system: {str(error)[:200]}. Export it again."
            yield Problem(message, file=file, code="cas")
            return
        name = PurePosixPath(file).with_suffix("").as_posix()
        draft = Draft(Document(name, cas.sofa_string or ""), file, named=False)
        for message in dict.fromkeys(str(warning.message) for warning in unknown):
            draft.tell(f"Not taken: {message[:200]}", code="ignored")
        yield from _taken(cas, draft)


class _Unreadable(Exception):
    """A file that is not given to the library, and why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def _loaded(content: str, file: str, beside: Beside) -> Cas:
    """Return the CAS in a file, JSON with its types or XML with those beside it."""
    if content.lstrip().startswith("{"):
        return load_cas_from_json(content, lenient=True)
    opened = next((found for name in _TYPES if (found := beside(name))), None)
    if opened is None:
        raise _Unreadable(
            Problem("There is no TypeSystem.xml beside it.", file=file, code="missing")
        )
    with opened:
        where = PurePosixPath(file).with_name(_TYPES[0]).as_posix()
        types = _types(_xml(_text(opened, where), where))
    return load_cas_from_xmi(io.BytesIO(_xml(content, file)), types, lenient=True)


@lru_cache(maxsize=1)
def _types(content: bytes) -> TypeSystem:
    """Return a type system; the one before is kept, since all files of a folder share theirs."""
    return load_typesystem(io.BytesIO(content))


def _text(stream: BinaryIO, file: str) -> str:
    text = whole_text(stream, file)
    if isinstance(text, Problem):
        raise _Unreadable(text)
    return text


def _xml(text: str, file: str) -> bytes:
    """Return XML without entities of its own, which could unpack to any size."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        message = "It declares a document type; that is not read. Export it without."
        raise _Unreadable(Problem(message, file=file, code="xml"))
    return text.encode()


def _taken(cas: Cas, draft: Draft) -> Iterator[Imported | Problem]:
    told: dict[str, None] = {}
    if len(cas.views) > 1:
        told["Views other than the first were not taken."] = None
    there = [fs for fs in cas.select_all_fs() if _short(fs) not in _ASIDE]
    there.sort(key=lambda fs: fs.xmiID)
    links = []
    for fs in there:
        label, attributes, references = _said(fs)
        if {"Governor", "Dependent"} <= references:
            links.append((fs, label, attributes))
            continue
        if references:
            told[f"References of {_short(fs)} were not taken."] = None
        if hasattr(fs, "begin"):
            draft.entity(fs.xmiID, [(fs.begin, fs.end)], label, attributes=attributes)
        elif cas.typesystem.subsumes("uima.cas.AnnotationBase", fs.type):
            draft.category(label)
        else:
            told[f"{_short(fs)} was not taken: it stands nowhere in the text."] = None
    for fs, label, attributes in links:
        ends = (getattr(fs.Governor, "xmiID", None), getattr(fs.Dependent, "xmiID", None))
        draft.relation(fs.xmiID, ends, label, attributes=attributes)
    for message in told:
        draft.tell(message, code="ignored")
    yield from draft.done()


def _said(fs: Any) -> tuple[str, dict[str, Any], set[str]]:
    """Return the label of an annotation, its other plain features, and those that refer."""
    plain: dict[str, Any] = {}
    references: set[str] = set()
    for feature in fs.type.all_features:
        value = getattr(fs, feature.name, None)
        if feature.name in _SKIPPED or value in (None, ""):
            continue
        if isinstance(value, bool | int | float | str):
            plain[feature.name] = value
        else:
            references.add(feature.name)
    names = [name for name in plain if isinstance(plain[name], str)]
    named = next((name for name in ("value", *names) if name in names), None)
    return str(plain.pop(named)) if named else _short(fs), plain, references


def _short(fs: Any) -> str:
    return str(fs.type.name).rpartition(".")[2]


# ---- out -------------------------------------------------------------------------------------


class XmiExporter(ByRecord):
    """Writes an `.xmi` for each document, and `TypeSystem.xml` beside it."""

    name: ClassVar[str] = "xmi"
    title: ClassVar[str] = "UIMA CAS XMI, with the types of DKPro and INCEpTION"
    keeps: ClassVar[frozenset[str]] = frozenset(
        ("text", "overlapping entities", "relations", "attributes", "categories")
    )

    libraries: ClassVar[tuple[str, ...]] = ("dkpro-cassis",)

    def __init__(self) -> None:
        self._types = _Types()
        self._folders: dict[Path, None] = {}

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write a document; where several people labeled, into a folder of each."""
        if _UNWRITABLE.search(record.document.text):
            for item in (*record.layer.annotations(), None):
                out.tell(record, item, "left-out", "XML cannot hold a character of its text.")
            return
        path = out.path(record, ".xmi")
        path.write_bytes(_cas(record, out, self._types).to_xmi().encode())
        self._folders[path.parent] = None

    def end(self, out: Outgoing) -> None:  # noqa: ARG002 - the folders are known
        """Write the types into each folder, with the features that there were."""
        for folder in self._folders:
            (folder / _TYPES[0]).write_bytes(self._types.system.to_xml().encode())


class _Types:
    """The types that INCEpTION knows for entities, and such as it makes for the rest.

    Attributes become features as they come: the first value of a name says of which kind all are.
    """

    def __init__(self) -> None:
        self.system = TypeSystem()
        for name in ("Token", "Sentence"):
            self._create(_SEGMENTS + name)
        for name in (_ENTITY, _RELATION):
            self.system.create_feature(self._create(name), "value", "uima.cas.String")
        for end in ("Dependent", "Governor"):
            self.system.create_feature(self[_RELATION], end, "uima.tcas.Annotation")
        category = self.system.create_type(_CATEGORY, supertypeName="uima.cas.AnnotationBase")
        self.system.create_feature(category, "value", "uima.cas.String")
        self._kinds: dict[tuple[str, str], type] = {}

    def _create(self, name: str) -> Any:
        return self.system.create_type(name, supertypeName="uima.tcas.Annotation")

    def __getitem__(self, name: str) -> Any:
        return self.system.get_type(name)

    def problem(self, name: str, feature: str, value: Any) -> str | None:
        """Return why a type cannot have this value of a feature; where it can, it has it then."""
        if not _FEATURE.fullmatch(feature):
            return f"No feature can be named {feature!r}: left out."
        if isinstance(value, str) and (not value or _UNWRITABLE.search(value)):
            return f"XML cannot hold the value of {feature!r}: left out."
        if self._kinds.setdefault((name, feature), type(value)) is not type(value):
            return f"The value of {feature!r} is of another kind than before: left out."
        if self[name].get_feature(feature) is None:
            self.system.create_feature(self[name], feature, _KINDS[type(value)])
        return None


def _cas(record: Exported, out: Outgoing, types: _Types) -> Cas:
    """Return a layer as a CAS, with tokens, and each line as a sentence."""
    text = record.document.text
    cas = Cas(
        typesystem=types.system,
        sofa_string=text,
        sofa_mime="text/plain",
        document_language=out.language,
    )
    token, sentence = types[_SEGMENTS + "Token"], types[_SEGMENTS + "Sentence"]
    made = [sentence(begin=m.start(), end=m.end()) for m in _LINE.finditer(text)]
    for start, end in zip(record.tokens.starts, record.tokens.ends, strict=True):
        if not text[start:end].isspace():
            made.append(token(begin=start, end=end))
    entities, relations = out.fitting(record)
    there: dict[str, Any] = {}
    for entity in entities:
        said = _features(record, entity, out, types, _ENTITY)
        there[entity.id] = types[_ENTITY](begin=entity.start, end=entity.end, **said)
    for relation in relations:
        said = _features(record, relation, out, types, _RELATION)
        ends = {"Governor": there[relation.head], "Dependent": there[relation.tail]}
        place = {"begin": ends["Dependent"].begin, "end": ends["Dependent"].end}
        made.append(types[_RELATION](**place, **ends, **said))
    made += there.values()
    made += [types[_CATEGORY](value=item.label) for item in record.layer.categories]
    cas.add_all(made)
    return cas


def _features(
    record: Exported, item: Entity | Relation, out: Outgoing, types: _Types, name: str
) -> dict[str, Any]:
    """Return the label and the attributes that features can say; the others are told."""
    said: dict[str, Any] = {"value": item.label}
    for feature, value in sorted((item.attributes or {}).items()):
        problem = types.problem(name, feature, value)
        if problem:
            out.tell(record, item, "attributes", problem)
        else:
            said[feature] = value
    return said
