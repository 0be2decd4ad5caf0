"""Any spaCy pipeline suggests: built, trained and saved here, then loaded from its folder."""

import random
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from labeler.errors import Invalid, Unavailable
from labeler.schema import Entity, Relation, Scheme, parse_scheme
from labeler.suggest.pipeline import PIECE, PipelineSuggester
from labeler.suggest.trained import TrainedSuggester

SCHEME = parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "PLACE"}],
        "relations": [{"name": "LIVES_IN", "head": ["PERSON"], "tail": ["PLACE"]}],
    }
)


def saved(pipeline: Language, folder: Path, **meta: str) -> PipelineSuggester:
    """Return the suggester for a pipeline saved to a folder."""
    pipeline.meta.update(meta)
    pipeline.to_disk(folder / "pipeline")
    return PipelineSuggester(language="en", options={"pipeline": str(folder / "pipeline")})


def ruler() -> Language:
    """Return a pipeline that finds a few names."""
    pipeline = spacy.blank("en")
    patterns = [{"label": "PER", "pattern": "Ana Ruiz"}, {"label": "GPE", "pattern": "Lyon"}]
    pipeline.add_pipe("entity_ruler").add_patterns(patterns)  # type: ignore[attr-defined]
    return pipeline


def words(text: str, made: list[Any]) -> list[tuple[str, str]]:
    """Return the words and labels of the proposed entities."""
    return [(text[e.start : e.end], e.label) for e in made if isinstance(e, Entity)]


def test_reads_entities(tmp_path: Path) -> None:
    """`doc.ents` are proposed in the scheme's names, with the pipeline's name and version."""
    suggester = saved(ruler(), tmp_path, name="names", version="1.2.3")
    text = "Ana Ruiz left Lyon."

    [made] = suggester.suggest([text], SCHEME)

    assert words(text, made) == [("Ana Ruiz", "PERSON"), ("Lyon", "PLACE")]
    assert suggester.version == "en_names 1.2.3"
    assert made[0].origin == {
        "suggester": "spacy",
        "version": "en_names 1.2.3",
        "reason": "entity of the pipeline",
    }


def test_reads_scores_of_a_span_categorizer(tmp_path: Path) -> None:
    """Spans of a trained categorizer overlap, and bring the scores that it gives."""
    suggester = saved(_trained_spancat(), tmp_path)
    text = "Ana Ruiz lives in Lyon"

    [made] = suggester.suggest([text], SCHEME)

    assert ("Ana Ruiz", "PERSON") in words(text, made)
    assert all(0.5 <= (item.origin or {})["score"] <= 1 for item in made)


def _trained_spancat() -> Language:
    pipeline = spacy.blank("en")
    config = {
        "spans_key": "sc",
        "suggester": {"@misc": "spacy.ngram_suggester.v1", "sizes": [1, 2]},
    }
    component: Any = pipeline.add_pipe("spancat", config=config)
    component.add_label("PERSON")
    component.add_label("PLACE")
    examples = []
    for first in ("Ana", "Tom", "Ida", "Max"):
        for place in ("Lyon", "Oslo", "Kyiv"):
            doc = pipeline.make_doc(f"{first} Ruiz lives in {place}")
            spans = [(0, len(first) + 5, "PERSON"), (len(first) + 15, len(doc.text), "PLACE")]
            examples.append(Example.from_dict(doc, {"spans": {"sc": spans}}))
    random.seed(0)
    spacy.util.fix_random_seed(0)
    optimizer = pipeline.initialize(lambda: examples)
    for _ in range(25):
        pipeline.update(examples, sgd=optimizer)
    return pipeline


def test_reads_every_span_group_or_the_one_named(tmp_path: Path) -> None:
    """All groups are read, a span in two of them once; `spans_key` chooses one."""
    pipeline = spacy.blank("en")
    for key, pattern in (("one", "Lyon"), ("two", "Oslo"), ("three", "Lyon")):
        component: Any = pipeline.add_pipe("span_ruler", name=key, config={"spans_key": key})
        component.add_patterns([{"label": "PLACE", "pattern": pattern}])
    folder = tmp_path / "groups"
    pipeline.to_disk(folder)
    text = "Lyon and Oslo"

    [made] = PipelineSuggester(language="en", options={"pipeline": str(folder)}).suggest(
        [text], SCHEME
    )
    [chosen] = PipelineSuggester(
        language="en", options={"pipeline": str(folder), "spans_key": "two"}
    ).suggest([text], SCHEME)

    assert words(text, made) == [("Lyon", "PLACE"), ("Oslo", "PLACE")]
    assert words(text, chosen) == [("Oslo", "PLACE")]


@Language.component("test_relations")
def _relations(doc: Doc) -> Doc:
    if not Doc.has_extension("rel"):
        Doc.set_extension("rel", default={})
    starts = [span.start for span in doc.ents]
    doc._.rel = {
        (head, tail): {"LIVES_IN": 0.9 if head < tail else 0.4, "EATS": 0.9}
        for head in starts
        for tail in starts
        if head != tail
    }
    return doc


def test_reads_relations(tmp_path: Path) -> None:
    """`doc._.rel` gives relations from a half up, of labels and ends that the scheme allows."""
    pipeline = ruler()
    pipeline.add_pipe("test_relations")
    suggester = saved(pipeline, tmp_path)

    [made] = suggester.suggest(["Ana Ruiz left Lyon."], SCHEME)

    [relation] = [item for item in made if isinstance(item, Relation)]
    assert (relation.head, relation.tail) == (made[0].id, made[1].id)
    assert relation.label == "LIVES_IN"
    assert (relation.origin or {})["score"] == 0.9


def test_long_texts_are_cut_between_paragraphs(tmp_path: Path) -> None:
    """What is found beyond the first piece of a long text still lies where it stands."""
    suggester = saved(ruler(), tmp_path)
    text = ("Ana Ruiz left Lyon.\r\n\r\n" + "x" * 975 + "\r\n") * 250
    assert len(text) > 2 * PIECE

    [made, short] = suggester.suggest([text, "Lyon"], SCHEME)

    assert words(text, made) == [("Ana Ruiz", "PERSON"), ("Lyon", "PLACE")] * 250
    assert words("Lyon", short) == [("Lyon", "PLACE")]


def test_surest_stand_where_the_scheme_forbids_overlap(tmp_path: Path) -> None:
    """Of spans that overlap the surest and longest is kept."""
    pipeline = ruler()
    component: Any = pipeline.add_pipe("span_ruler")
    component.add_patterns([{"label": "PLACE", "pattern": "Ruiz"}])
    suggester = saved(pipeline, tmp_path)
    text = "Ana Ruiz left Lyon."

    [made] = suggester.suggest([text], Scheme(SCHEME.entities, (), "forbid"))

    assert words(text, made) == [("Ana Ruiz", "PERSON"), ("Lyon", "PLACE")]


def test_white_space_is_no_part_of_a_name(tmp_path: Path) -> None:
    """Line ends that a pipeline takes into an entity are left out."""
    pipeline = spacy.blank("en")
    component: Any = pipeline.add_pipe("entity_ruler")
    component.add_patterns([{"label": "PLACE", "pattern": [{"TEXT": "Lyon"}, {"IS_SPACE": True}]}])
    text = "In Lyon\r\n\r\nit rains."

    [made] = saved(pipeline, tmp_path).suggest([text], SCHEME)

    assert words(text, made) == [("Lyon", "PLACE")]


def test_refuses_a_pipeline_with_other_labels(tmp_path: Path) -> None:
    """Where the scheme has none of its labels, people are told which those are."""
    suggester = saved(ruler(), tmp_path)
    scheme = parse_scheme({"entities": [{"name": "GENE"}]})

    with pytest.raises(Invalid, match="The pipeline finds GPE, PER"):
        list(suggester.suggest(["Ana Ruiz"], scheme))


def test_own_mapping_makes_other_labels_fit(tmp_path: Path) -> None:
    """A mapping in the options brings labels into a scheme that has other names."""
    saved(ruler(), tmp_path)
    options = {"pipeline": str(tmp_path / "pipeline"), "labels": {"PER": "GENE"}}
    scheme = parse_scheme({"entities": [{"name": "GENE"}]})

    [made] = PipelineSuggester(language="en", options=options).suggest(["Ana Ruiz"], scheme)

    assert [item.label for item in made] == ["GENE"]


@pytest.mark.parametrize("name", ["no_such_pipeline", "/no/such/folder"])
def test_says_what_to_do_without_the_pipeline(name: str) -> None:
    """A pipeline that is not there is named, and where one is looked for."""
    suggester = PipelineSuggester(language="en", options={"pipeline": name})

    with pytest.raises(Unavailable, match=f"spaCy pipeline '{name}'"):
        list(suggester.suggest(["Ana"], SCHEME))


@pytest.mark.parametrize("broken", ["config.cfg", "meta.json", "vocab", "entity_ruler"])
def test_says_what_is_wrong_with_a_broken_pipeline(tmp_path: Path, broken: str) -> None:
    """A folder that lacks a part, or has nonsense in its place, gives a sentence."""
    saved(ruler(), tmp_path)
    part = tmp_path / "pipeline" / broken
    if part.is_dir():
        for file in part.iterdir():
            file.write_bytes(b"\x00nonsense")
    else:
        part.write_text("nonsense")
    suggester = PipelineSuggester(language="en", options={"pipeline": str(tmp_path / "pipeline")})

    with pytest.raises(Unavailable, match="pipeline"):
        list(suggester.suggest(["Ana"], SCHEME))


@Language.component("test_failing")
def _failing(doc: Doc) -> Doc:
    raise ValueError("no weights")


def test_says_when_the_pipeline_fails(tmp_path: Path) -> None:
    """A component that fails on a text ends the run with its reason."""
    pipeline = ruler()
    pipeline.add_pipe("test_failing")

    with pytest.raises(Unavailable, match="failed on a text: no weights"):
        list(saved(pipeline, tmp_path).suggest(["Ana"], SCHEME))


def test_asks_for_a_pipeline() -> None:
    """Without a pipeline named, people are asked for one."""
    with pytest.raises(Invalid, match="Name the spaCy pipeline"):
        list(PipelineSuggester(language="en", options={}).suggest(["Ana"], SCHEME))


def test_a_version_whose_files_are_gone_says_what_to_do(tmp_path: Path) -> None:
    """People are told where they were, and that another version may be used."""
    suggester = TrainedSuggester(language="en", options={"folder": str(tmp_path), "number": 3})

    with pytest.raises(Unavailable, match="files of model 3 are not at"):
        list(suggester.suggest(["Ana"], SCHEME))
