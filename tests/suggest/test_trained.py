"""What a version proposes: by its tagger, and by its pipeline within and around that."""

from dataclasses import replace
from pathlib import Path

import pytest
import spacy

from labeler.schema import Entity, Overlap, parse_scheme
from labeler.suggest.tagging import train
from labeler.suggest.trained import PIPELINE, TAGGER, TrainedSuggester
from tests.suggest.test_tagging import WORDS, corpus

PATTERNS = (("WORD", "Hill"), ("WORD", "Zoe Hill"), ("WORD", "Hill is"), ("WORD", "mayor"))


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """Return the folder of a version: a pipeline of patterns, and a tagger beside it."""
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("span_ruler", config={"spans_key": "sc"})
    ruler.add_patterns([  # type: ignore[attr-defined]
        {"label": label, "pattern": words} for label, words in PATTERNS
    ])  # fmt: skip
    pipeline.to_disk(tmp_path / PIPELINE)
    return tmp_path


def proposed(folder: Path, overlap: Overlap, *, nested: bool) -> list[tuple[str, str]]:
    """Return the words that a version proposes with their labels."""
    tagger = train(corpus(), {})
    assert tagger is not None
    replace(tagger, nested=nested).save(folder / TAGGER)
    labels = [{"name": name} for name in ("PERSON", "GPE", "WORD")]
    scheme = parse_scheme({"entities": labels, "overlap": overlap})
    text = WORDS[0].format(person="Zoe Hill", town="Uppsala")
    [made] = TrainedSuggester(language="en", options={"folder": str(folder)}).suggest(
        [text], scheme
    )
    return [(text[item.start : item.end], item.label) for item in made if isinstance(item, Entity)]


@pytest.mark.parametrize(
    ("overlap", "nested", "more"),
    [("allow", True, [("Hill", "WORD")]), ("allow", False, []), ("forbid", True, [])],
)
def test_a_pipeline_proposes_within_what_the_tagger_finds(
    version: Path, overlap: Overlap, nested: bool, more: list[tuple[str, str]]
) -> None:
    """Only what is nested and crosses nothing, where the version says so and the scheme lets it."""
    flat = [("Zoe Hill", "PERSON"), ("Uppsala", "GPE")]
    assert sorted(proposed(version, overlap, nested=nested)) == sorted([*flat, *more])
