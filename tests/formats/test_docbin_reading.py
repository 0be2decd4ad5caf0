"""DocBin read a few Docs at a time: as spaCy reads it as a whole."""

import io
import zlib

import numpy as np
import pytest
import spacy
import srsly
from spacy.tokens import Doc, DocBin, Span

from labeler import nlp
from labeler.errors import Invalid
from labeler.formats import Imported
from labeler.formats.docbin_reading import DocBinImporter
from labeler.schema import Entity


def _same(doc: Doc, other: Doc) -> bool:
    attributes = ["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "ENT_ID", "LEMMA", "HEAD"]
    spans = (
        [[(s.start, s.end, s.label) for s in g] for g in d.spans.values()] for d in (doc, other)
    )
    return bool(
        (doc.to_array(attributes) == other.to_array(attributes)).all()
        and next(spans) == next(spans)
        and (doc.cats, doc.user_data) == (other.cats, other.user_data)
    )


def test_docs_are_read_as_spacy_reads_them() -> None:
    """More than are made at once, of its own DocBin with every attribute, and in any order."""
    english = spacy.blank("en")
    docs = [english.make_doc(f"Ada met {number} people.  ") for number in range(250)]
    for number, doc in enumerate(docs):
        doc.set_ents([doc[0:1]] if number % 3 else [], default="missing")
        doc.spans["sc"] = [Span(doc, 0, 3, f"L{number}")]
        doc.cats = {"LONG": number / 250}
        doc.user_data["meta"] = {"number": number, "words": ["a", "b"]}
        doc.user_data["vector"] = np.float32(number)
    packed = DocBin(docs=docs, store_user_data=True).to_bytes()
    expected = list(DocBin().from_bytes(packed).get_docs(english.vocab))
    found = list(nlp.read_docs(io.BytesIO(packed)))
    assert len(found) == len(docs)
    assert all(map(_same, found, expected))


@pytest.mark.parametrize("lacking", ["span_groups", "flags"])
def test_files_of_earlier_versions_are_read(lacking: str) -> None:
    """Which had no such part."""
    doc = spacy.blank("en").make_doc("Ada met Bob.")
    message = srsly.msgpack_loads(zlib.decompress(DocBin(docs=[doc]).to_bytes()))
    del message[lacking]
    [found] = nlp.read_docs(io.BytesIO(zlib.compress(srsly.msgpack_dumps(message))))
    assert found.text == doc.text


def test_a_file_that_ends_too_early_or_unpacks_to_no_end_is_refused() -> None:
    """Neither is read on; what is damaged inside is told when it is met."""
    packed = DocBin(docs=[spacy.blank("en").make_doc("Ada met Bob.")]).to_bytes()
    bomb = zlib.compress(b"\x81\xa5attrs" + bytes(100_000_000))
    for content in (packed[:-8], packed[:20], bomb):
        with pytest.raises(Invalid):
            list(nlp.read_docs(io.BytesIO(content)))


def test_what_an_entity_links_to_is_an_attribute() -> None:
    """Of others' files; labeler's own say it in `doc.user_data`."""
    doc = spacy.blank("en").make_doc("Ada met Bob.")
    doc.ents = [Span(doc, 0, 1, "PER", kb_id="Q7259"), Span(doc, 2, 3, "PER")]
    [article] = DocBinImporter().read(io.BytesIO(DocBin(docs=[doc]).to_bytes()), "a.spacy")
    assert isinstance(article, Imported)
    attributes = [e.attributes for e in article.suggestions if isinstance(e, Entity)]
    assert attributes == [{"kb_id": "Q7259"}, None]
