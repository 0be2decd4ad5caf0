"""WebAnno TSV 3 as it goes out: rows, stacks, parts of tokens, relations, sentences."""

from pathlib import Path

from labeler import nlp
from labeler.formats import Exported, Imported, Report, archive
from labeler.formats.webanno import WebAnnoExporter
from labeler.schema import Category, Document, Entity, Layer, Relation, Scheme

TEXT = "😀 Ada Page met\n\nBob\\x_y."


def _export(folder: Path, text: str, layer: Layer) -> tuple[list[str], Report]:
    [tokens] = nlp.tokenize([text], "en")
    record = Exported(Document("news/a1", text, {}), layer, tokens)
    report = WebAnnoExporter().write([record], folder, scheme=Scheme(), language="en", options={})
    return (folder / "news" / "a1.tsv").read_text(encoding="utf-8").split("\n"), report


def test_a_document_is_written_as_inception_reads_it(tmp_path: Path) -> None:
    """Offsets in units, numbers for spans, sources of relations on the row of their target."""
    entities = (
        Entity("e1", 2, 10, "PER"),
        Entity("e2", 2, 5, "A|B"),
        Entity("e3", 16, 19, "PER"),
        Entity("e4", 2, 4, "PART"),
    )
    layer = Layer("ana", "done", 0, entities, (Relation("r1", "e1", "e3", "MET"),))
    lines, report = _export(tmp_path, TEXT, layer)
    assert report.problems == []
    assert lines[0] == "#FORMAT=WebAnno TSV 3.3"
    body = lines[lines.index("#Text=😀 Ada Page met") :]
    assert body[1:8] == [
        "1-1\t0-2\t😀\t_\t_\t_\t",
        "1-2\t3-6\tAda\tPER[1]|A\\|B[2]\t_\t_\t",
        "1-2.1\t3-5\tAd\tPART[3]\t_\t_\t",
        "1-3\t7-11\tPage\tPER[1]\t_\t_\t",
        "1-4\t12-15\tmet\t_\t_\t_\t",
        "",
        "#Text=Bob\\\\x_y.",
    ]
    assert any(row.startswith("2-1.1\t17-20\tBob\tPER[4]\tMET\t1-2[1_4]") for row in body)


def test_what_the_format_lacks_is_listed(tmp_path: Path) -> None:
    """Item by item; the rest comes back."""
    layer = Layer(
        "ana",
        "done",
        entities=(
            Entity("e1", 2, 14, "PER", None, ((2, 5), (11, 14))),
            Entity("e2", 1, 5, "PER"),
            Entity("e3", 6, 10, "PER", attributes={"sure": True}),
        ),
        relations=(Relation("r1", "e1", "e3", "MET"),),
        categories=(Category("c1", "NEWS"),),
    )
    _, report = _export(tmp_path, TEXT, layer)
    told = sorted((problem["id"], problem["code"]) for problem in report.problems)
    lost = [("e1", "left-out"), ("e2", "left-out"), ("e3", "attributes"), ("r1", "left-out")]
    assert told == lost
    [article] = archive.read([tmp_path / "news"])
    assert isinstance(article, Imported)
    assert article.document.text == TEXT
    entity, category = article.suggestions
    assert isinstance(entity, Entity)
    assert (entity.start, entity.end, entity.attributes) == (6, 10, {"sure": "true"})
    assert category == Category("c1", "NEWS")


def test_attributes_are_features_and_categories_spans_over_all(tmp_path: Path) -> None:
    """Each span has a value in each column, `*` where it says nothing."""
    entities = (
        Entity("e1", 2, 10, "PER", attributes={"note": "a|b\n", "role": "*"}),
        Entity("e2", 2, 5, "PART"),
        Entity("e3", 16, 19, "PER", attributes={"x.y": "1"}),
    )
    link = Relation("r1", "e1", "e3", "MET", attributes={"sure": "yes"})
    layer = Layer("ana", "done", 0, entities, (link,), categories=(Category("c1", "NEWS"),))
    lines, report = _export(tmp_path, TEXT, layer)
    assert [(p["id"], p["code"]) for p in report.problems] == [("e3", "attributes")]
    assert lines[1:4] == [
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value|note|role",
        "#T_SP=webanno.custom.Category|value",
        "#T_RL=webanno.custom.Relation|value|sure"
        "|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity",
    ]
    ada = r"1-2	3-6	Ada	PER[1]|PART[2]	a\|b\n[1]|*[2]	\*[1]|*[2]	NEWS[4]	_	_	_	"
    assert ada in lines
    assert any(line.endswith("\tPER[3]\t*[3]\t*[3]\t_\tMET\tyes\t1-2[1_3]\t") for line in lines)
    [article] = archive.read([tmp_path / "news"])
    assert isinstance(article, Imported)
    items = {item.label: item for item in article.suggestions if isinstance(item, Entity)}
    assert items["PART"].attributes is None
    [first, *_, category] = article.suggestions
    assert isinstance(first, Entity)
    assert (first.attributes, category.label) == (entities[0].attributes, "NEWS")
    [back] = [item for item in article.suggestions if isinstance(item, Relation)]
    assert (back.label, back.attributes) == ("MET", {"sure": "yes"})
