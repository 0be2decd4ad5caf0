"""UIMA CAS as XMI, as INCEpTION and DKPro write it: one document with its type system beside it.

The format: https://uima.apache.org, UIMA References, "XMI CAS Serialization". dkpro-cassis reads
and writes it, and converts offsets from UTF-16 units.
"""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, ClassVar
from warnings import catch_warnings, simplefilter

from cassis import Cas, TypeSystem, load_cas_from_xmi, load_typesystem

from labeler.errors import Problem
from labeler.formats import Beside, Exported, Imported, Report, nothing_beside
from labeler.formats.drafts import Draft
from labeler.formats.lines import whole_text
from labeler.formats.outgoing import Outgoing
from labeler.schema import Document, Scheme

_TYPES = ("TypeSystem.xml", "typesystem.xml")
_ASIDE = {
    "Token", "Sentence", "Paragraph", "Heading", "Div", "DocumentAnnotation", "DocumentMetaData",
    "TagsetDescription", "TagDescription", "CASMetadata", "Sofa",
}  # fmt: skip
"""Types that say how a text is cut, or what a file is, and nothing that people label."""
_SKIPPED = {"sofa", "begin", "end"}
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""
_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
_SEGMENTS = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type."
_RELATION = "webanno.custom.Relation"
_CATEGORY = "webanno.custom.Category"
_LINE = re.compile(r"[^\r\n]+")


# ---- in --------------------------------------------------------------------------------------


class XmiImporter:
    """Reads one document with one person's annotations."""

    name: ClassVar[str] = "xmi"
    title: ClassVar[str] = "UIMA CAS XMI, with TypeSystem.xml beside it"
    suffixes: ClassVar[tuple[str, ...]] = (".xmi",)
    companions: ClassVar[tuple[str, ...]] = _TYPES
    by_document: ClassVar[bool] = True

    def read(
        self, stream: BinaryIO, file: str, beside: Beside = nothing_beside
    ) -> Iterator[Imported | Problem]:
        """Yield the document. The first feature that says something is the label of a span.

        Annotations with a governor and a dependent are relations; annotations of the whole
        document are categories. What refers to others in another way is told.
        """
        content = _xml(stream, file)
        opened = next((found for name in _TYPES if (found := beside(name))), None)
        if opened is None:
            yield Problem("There is no TypeSystem.xml beside it.", file=file, code="missing")
            return
        with opened:
            types = _xml(opened, PurePosixPath(file).with_name(_TYPES[0]).as_posix())
        if isinstance(content, Problem) or isinstance(types, Problem):
            yield from (found for found in (types, content) if isinstance(found, Problem))
            return
        try:
            known = load_typesystem(io.BytesIO(types))
            with catch_warnings(record=True) as unknown:
                simplefilter("always")
                cas = load_cas_from_xmi(io.BytesIO(content), known, lenient=True)
            text = cas.sofa_string or ""
        except Exception as error:  # noqa: BLE001 - the library does not say what it may raise
            message = f"It is no CAS of this type system: {str(error)[:200]}"
            yield Problem(message, file=file, code="xml")
            return
        name = PurePosixPath(file).with_suffix("").as_posix()
        draft = Draft(Document(name, text), file, named=False)
        for message in dict.fromkeys(str(warning.message) for warning in unknown):
            draft.tell(f"Not taken: {message[:200]}", code="ignored")
        yield from _taken(cas, draft)


def _xml(stream: BinaryIO, file: str) -> bytes | Problem:
    """Return a file of XML without entities of its own, which could unpack to any size."""
    text = whole_text(stream, file)
    if isinstance(text, Problem):
        return text
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Problem("It declares a document type; that is not read.", file=file, code="xml")
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


class XmiExporter:
    """Writes an `.xmi` for each document, and `TypeSystem.xml` beside it."""

    name: ClassVar[str] = "xmi"
    title: ClassVar[str] = "UIMA CAS XMI, with the types of DKPro and INCEpTION"
    keeps: ClassVar[frozenset[str]] = frozenset(
        ("text", "overlapping entities", "relations", "categories")
    )

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,  # noqa: ARG002 - other exporters need it
        language: str,
        options: dict[str, Any],
    ) -> Report:
        """Write the folder; where several people labeled, each has a folder in it."""
        out = Outgoing(folder, options, self.keeps)
        types = _types()
        for record in records:
            out.count(record)
            if _UNWRITABLE.search(record.document.text):
                for item in record.layer.annotations():
                    out.tell(record, item, "left-out", "XML cannot hold a character of its text.")
                out.tell(record, None, "left-out", "XML cannot hold a character of its text.")
                continue
            path = out.path(record, ".xmi")
            path.write_bytes(_cas(record, out, types, language).to_xmi().encode())
            beside = path.with_name(_TYPES[0])
            if not beside.exists():
                beside.write_bytes(types.to_xml().encode())
        return out.finish(libraries=("dkpro-cassis",))


def _types() -> TypeSystem:
    """Return the types that INCEpTION knows for entities, and such as it makes for the rest."""
    types = TypeSystem()
    for name in ("Token", "Sentence"):
        types.create_type(_SEGMENTS + name, supertypeName="uima.tcas.Annotation")
    entity = types.create_type(_ENTITY, supertypeName="uima.tcas.Annotation")
    relation = types.create_type(_RELATION, supertypeName="uima.tcas.Annotation")
    category = types.create_type(_CATEGORY, supertypeName="uima.cas.AnnotationBase")
    for end in ("Dependent", "Governor"):
        types.create_feature(relation, end, "uima.tcas.Annotation")
    for kind in (entity, relation, category):
        types.create_feature(kind, "value", "uima.cas.String")
    return types


def _cas(record: Exported, out: Outgoing, types: TypeSystem, language: str) -> Cas:
    """Return a layer as a CAS, with tokens, and each line as a sentence."""
    text = record.document.text
    cas = Cas(
        typesystem=types, sofa_string=text, sofa_mime="text/plain", document_language=language
    )
    make = {name: types.get_type(_SEGMENTS + name) for name in ("Token", "Sentence")}
    made = [make["Sentence"](begin=m.start(), end=m.end()) for m in _LINE.finditer(text)]
    for start, end in zip(record.tokens.starts, record.tokens.ends, strict=True):
        if not text[start:end].isspace():
            made.append(make["Token"](begin=start, end=end))
    entities, relations = out.fitting(record)
    there: dict[str, Any] = {}
    for entity in entities:
        place = {"begin": entity.start, "end": entity.end}
        there[entity.id] = types.get_type(_ENTITY)(**place, value=entity.label)
    for relation in relations:
        ends = {"Governor": there[relation.head], "Dependent": there[relation.tail]}
        place = {"begin": ends["Dependent"].begin, "end": ends["Dependent"].end}
        made.append(types.get_type(_RELATION)(**place, **ends, value=relation.label))
    made += there.values()
    made += [types.get_type(_CATEGORY)(value=item.label) for item in record.layer.categories]
    cas.add_all(made)
    return cas
