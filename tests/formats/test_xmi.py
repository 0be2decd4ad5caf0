"""UIMA CAS XMI: what is taken, what is told, and what is refused."""

import io
import json
import re
import zipfile
from pathlib import Path

from cassis import load_cas_from_xmi, load_typesystem

from labeler import nlp
from labeler.errors import Problem
from labeler.formats import Exported, Imported, archive
from labeler.formats.xmi import XmiExporter, XmiImporter
from labeler.schema import Category, Document, Entity, Layer, Relation, Scheme

TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>
<typeDescription><name>custom.Person</name><supertypeName>uima.tcas.Annotation</supertypeName>
<features><featureDescription><name>value</name><rangeTypeName>uima.cas.String</rangeTypeName>
</featureDescription><featureDescription><name>sure</name>
<rangeTypeName>uima.cas.Boolean</rangeTypeName></featureDescription></features></typeDescription>
<typeDescription><name>custom.Tie</name><supertypeName>uima.tcas.Annotation</supertypeName>
<features><featureDescription><name>Governor</name>
<rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription><featureDescription>
<name>Dependent</name><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription>
</features></typeDescription>
<typeDescription><name>custom.Genre</name><supertypeName>uima.cas.AnnotationBase</supertypeName>
<features><featureDescription><name>kind</name><rangeTypeName>uima.cas.String</rangeTypeName>
</featureDescription></features></typeDescription>
<typeDescription><name>custom.Slot</name><supertypeName>uima.tcas.Annotation</supertypeName>
<features><featureDescription><name>filler</name>
<rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription></features>
</typeDescription>
</types></typeSystemDescription>"""
CAS = """<?xml version="1.0" encoding="UTF-8"?>
<xmi:XMI xmlns:cas="http:///uima/cas.ecore" xmlns:xmi="http://www.omg.org/XMI"
 xmlns:custom="http:///custom.ecore" xmlns:other="http:///other.ecore" xmi:version="2.0">
<cas:NULL xmi:id="0"/>
<custom:Person xmi:id="2" sofa="1" begin="3" end="6" value="PERSON" sure="true"/>
<custom:Person xmi:id="3" sofa="1" begin="11" end="14"/>
<custom:Tie xmi:id="4" sofa="1" begin="11" end="14" Governor="2" Dependent="3"/>
<custom:Genre xmi:id="5" sofa="1" kind="news"/>
<custom:Slot xmi:id="6" sofa="1" begin="3" end="6" filler="3"/>
<other:Thing xmi:id="7" sofa="1" begin="3" end="6"/>
<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text"
 sofaString="😀 Ada met Bob."/>
<cas:View sofa="1" members="2 3 4 5 6"/>
</xmi:XMI>"""


def read(content: str, types: str | None = TYPES) -> list[Imported | Problem]:
    """Read one file with this type system beside it."""

    def beside(name: str) -> io.BytesIO | None:
        return io.BytesIO(types.encode()) if types and name == "TypeSystem.xml" else None

    return list(XmiImporter().read(io.BytesIO(content.encode()), "a.xmi", beside))


def test_spans_relations_and_categories_are_taken() -> None:
    """Offsets are converted, the first feature is the label, or else the type's name."""
    *_, article = read(CAS)
    assert isinstance(article, Imported)
    entities = [item for item in article.suggestions if isinstance(item, Entity)]
    text = article.document.text
    assert [(text[e.start : e.end], e.label, e.attributes) for e in entities] == [
        ("Ada", "PERSON", {"sure": True}),
        ("Bob", "Person", None),
        ("Ada", "Slot", None),
    ]
    [link] = [item for item in article.suggestions if isinstance(item, Relation)]
    assert (link.head, link.tail, link.label) == (entities[0].id, entities[1].id, "Tie")
    [genre] = [item for item in article.suggestions if isinstance(item, Category)]
    assert genre.label == "news"


def test_a_cas_as_json_says_the_same(tmp_path: Path) -> None:
    """It has its types within, and is told from other JSON by them; offsets are units as well."""
    types = load_typesystem(io.BytesIO(TYPES.encode()))
    cas = load_cas_from_xmi(io.BytesIO(re.sub("<other:.*/>", "", CAS).encode()), types)
    (tmp_path / "annotation" / "a.txt").mkdir(parents=True)
    (tmp_path / "annotation" / "a.txt" / "ana.json").write_text(cas.to_json(), encoding="utf-8")
    tasks = '[{"data": {"text": "Bob.", "id": "b"}, "annotations": []}]'
    (tmp_path / "annotation" / "a.txt" / "tasks.json").write_text(tasks, encoding="utf-8")
    *told, article, other = archive.read([tmp_path])
    assert isinstance(article, Imported)
    assert isinstance(other, Imported)
    assert [item.message for item in told if isinstance(item, Problem)] == [
        "References of Slot were not taken."
    ]
    assert (article.document.id, article.layer and article.layer.annotator) == ("a", "ana")
    assert other.document.id == "b"
    *_, same = read(CAS)
    assert isinstance(same, Imported)
    assert article.layer
    assert [*article.layer.annotations()] == [*same.suggestions]


def test_what_has_no_place_is_told() -> None:
    """Slots and unknown types are named; the rest goes on."""
    told = [item.message for item in read(CAS) if isinstance(item, Problem)]
    assert any("other.Thing" in message for message in told)
    assert "References of Slot were not taken." in told


def test_what_is_no_cas_is_refused() -> None:
    """No type system, no XML, and a document type, which could unpack to any size."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + CAS
    deep = '{"%VIEWS": ' + "[" * 100_000
    wrong = [(CAS, None), ("<x", TYPES), (bomb, TYPES), (CAS, "<x"), (CAS, bomb), (deep, None)]
    for content, types in wrong:
        [problem] = read(content, types)
        assert isinstance(problem, Problem)


def test_files_of_people_become_their_layers(tmp_path: Path) -> None:
    """Below `annotation`, as INCEpTION has it, a file is the layer of whom it is named for."""
    for person in ("ana", "ben"):
        folder = tmp_path / "annotation" / "a.txt"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{person}.xmi").write_text(CAS, encoding="utf-8")
        (folder / "TypeSystem.xml").write_text(TYPES, encoding="utf-8")
    read = [item for item in archive.read([tmp_path]) if isinstance(item, Imported)]
    layers = [(item.document.id, item.layer.annotator) for item in read if item.layer]
    assert layers == [("a", "ana"), ("a", "ben")]


def test_what_inception_packed_by_person_is_read_as_it_lies(tmp_path: Path) -> None:
    """In the export of a project, a document's folder has a zip archive of each person."""
    folder = tmp_path / "annotation" / "a.txt"
    folder.mkdir(parents=True)
    for person in ("ana", "ben"):
        with zipfile.ZipFile(folder / f"{person}.zip", "w") as packed:
            packed.writestr(f"{person}1234.xmi", CAS)
            packed.writestr("TypeSystem.xml", TYPES)
    read = [item for item in archive.read([tmp_path]) if isinstance(item, Imported)]
    layers = [(item.document.id, item.layer.annotator) for item in read if item.layer]
    assert layers == [("a", "ana"), ("a", "ben")]


def test_a_text_that_xml_cannot_hold_is_told(tmp_path: Path) -> None:
    """The document is listed with its annotations, and the others are written."""
    records = []
    for name, text in (("a", "Ada \x01"), ("b", "Ada")):
        [tokens] = nlp.tokenize([text], "en")
        layer = Layer("ana", "done", entities=(Entity("e1", 0, 3, "PERSON"),))
        records.append(Exported(Document(name, text), layer, tokens))
    XmiExporter().write(records, tmp_path, scheme=Scheme(), language="en", options={})
    assert [path.name for path in tmp_path.glob("*.xmi")] == ["b.xmi"]
    problems = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["problems"]
    assert [problem.get("id") for problem in problems] == ["e1", None]
