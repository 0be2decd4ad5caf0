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
    assert sorted(problem["id"] for problem in report.problems) == ["c1", "e1", "e2", "e3", "r1"]
    [article] = archive.read([tmp_path / "news"])
    assert isinstance(article, Imported)
    assert article.document.text == TEXT
    assert [(e.start, e.end) for e in article.suggestions] == [(6, 10)]  # type: ignore[union-attr]
