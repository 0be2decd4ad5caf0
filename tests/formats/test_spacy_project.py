"""The spaCy project: `spacy project run` trains entities and relations in it, with spaCy alone."""

import ast
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy
import yaml
from spacy.tokens import Doc, Span

from labeler import nlp
from labeler.formats import Exported, Report
from labeler.formats.spacy_project import SpacyProjectExporter
from labeler.nlp import relations
from labeler.schema import Document, Entity, Layer, Relation, Scheme, parse_scheme
from labeler.suggest.pipeline import PipelineSuggester

SCHEME = parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "ORG"}],
        "relations": [{"name": "LEADER_OF", "head": ["PERSON"], "tail": ["ORG"]}],
    }
)
PEOPLE = ("Ada", "Bob", "Cleo", "Eve", "Finn", "Gus", "Hal")
FIRMS = ("Acme", "Borg", "Ceta", "Dyno")
PARTS = ("train", "train", "train", "dev", "test")
FASTER = ("--vars.max_steps", "80", "--vars.judge_every", "40")


def _record(number: int, *, overlapping: bool = False, related: bool = True) -> Exported:
    """Return an article in which one of two people leads a firm, or nobody does."""
    deal = random.Random(number)
    leader, other = deal.sample(PEOPLE, 2)
    firm = deal.choice(FIRMS)
    leads = related and deal.random() < 0.5
    said = (
        f"{leader}, who leads {firm}, met {other}" if leads else f"{leader} met {other} at {firm}"
    )
    text = f"On Monday {said}, they told."
    names = ((leader, "PERSON"), (other, "PERSON"), (firm, "ORG"))
    entities = [
        Entity(f"e{index}", text.index(name), text.index(name) + len(name), label)
        for index, (name, label) in enumerate(names)
    ]
    if overlapping:
        entities.append(Entity("e9", 3, entities[0].end, "PERSON"))
    links = (Relation("r1", "e0", "e2", "LEADER_OF"),) if leads else ()
    [tokens] = nlp.tokenize([text], "en")
    layer = Layer("ana", "done", entities=tuple(entities), relations=links)
    return Exported(Document(f"a{number}", text, {}), layer, tokens, PARTS[number % 5])


def _export(folder: Path, *, scheme: Scheme = SCHEME, **about: Any) -> Report:
    return SpacyProjectExporter().write(
        (_record(number, **about) for number in range(40)),
        folder,
        scheme=scheme,
        language="en",
        options={"manifest": {"project": "Port news"}},
    )


def _run(folder: Path, *what: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "spacy", "project", "run", *what],
        check=True,
        cwd=folder,
        capture_output=True,
    )


def test_a_project_trains_and_judges_entities_and_relations(tmp_path: Path) -> None:
    """What comes out finds both, is scored by label, and suggests here as any pipeline does."""
    report = _export(tmp_path)
    assert (report.problems, report.warnings) == ([], [])
    _run(tmp_path, "all", ".", *FASTER)
    scores = json.loads((tmp_path / "metrics" / "scores.json").read_bytes())
    assert scores["ents_f"] > 0.8
    assert scores["rels_per_type"]["LEADER_OF"]["f"] > 0.8
    best = str(tmp_path / "training" / "model-best")
    suggester = PipelineSuggester(language="en", options={"pipeline": best})
    [found] = suggester.suggest(["On Monday Cleo, who leads Borg, met Hal, they told."], SCHEME)
    [link] = [item for item in found if isinstance(item, Relation)]
    ends = {item.id: (item.start, item.end) for item in found if isinstance(item, Entity)}
    assert (ends[link.head], ends[link.tail]) == ((10, 14), (26, 30))


def test_where_entities_overlap_relations_are_between_spans(tmp_path: Path) -> None:
    """The span categorizer finds them then."""
    _export(tmp_path, overlapping=True)
    config = spacy.util.load_config(tmp_path / "configs" / "config.cfg")
    assert config["nlp"]["pipeline"] == ["tok2vec", "ner", "spancat", "relations"]
    assert config["components"]["relations"]["spans_key"] == nlp.SPANS_KEY


def test_a_project_without_relations_needs_no_component(tmp_path: Path) -> None:
    """It is told where the scheme has some that nobody labeled."""
    report = _export(tmp_path, related=False)
    assert report.warnings == ["No relation is in train.spacy: the project trains entities only."]
    assert not (tmp_path / "scripts").exists()
    commands = yaml.safe_load((tmp_path / "project.yml").read_bytes())["commands"]
    assert "--code" not in json.dumps(commands)
    assert commands[1]["script"][0].startswith("python -m spacy evaluate")


def test_every_file_that_a_command_needs_is_there(tmp_path: Path) -> None:
    """What one command leaves, the next one takes."""
    _export(tmp_path)
    project = yaml.safe_load((tmp_path / "project.yml").read_bytes())
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    for command in project["commands"]:
        needed = {dep.replace("${vars.test}", project["vars"]["test"]) for dep in command["deps"]}
        assert needed <= there
        there |= set(command.get("outputs", ()))
    assert project["vars"]["name"] == "port_news"


def test_the_component_needs_nothing_but_spacy() -> None:
    """Nor anything of labeler: it is copied into folders that others train in."""
    tree = ast.parse(nlp.relation_component())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    others = {str(name).split(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert others == {"numpy", "spacy", "thinc"}


# ---- the component ---------------------------------------------------------------------------


def _doc(*spans: tuple[int, int, str]) -> Doc:
    doc = spacy.blank("en").make_doc("a b c d e f g h")
    doc.spans["sc"] = [Span(doc, start, end, label) for start, end, label in spans]
    return doc


@pytest.mark.parametrize(
    ("reach", "rules", "expected"),
    [
        (9, {"R": {}}, {(0, 2), (2, 0), (0, 6), (6, 0), (2, 6), (6, 2)}),
        (2, {"R": {}}, {(0, 2), (2, 0)}),
        (9, {"R": {"head": ["A"], "tail": ["B"]}}, {(0, 2), (6, 2)}),
        (9, {}, set()),
    ],
)
def test_pairs_are_near_and_allowed(
    reach: int, rules: relations.Rules, expected: set[tuple[int, int]]
) -> None:
    """In both orders; of spans that begin together only the longest."""
    doc = _doc((0, 1, "B"), (0, 2, "A"), (2, 3, "B"), (6, 7, "A"))
    found = relations.pairs(doc, "sc", reach, rules)
    assert {pair.key for pair in found} == expected
    assert all(pair.head.label_ == "A" for pair in found if pair.head.start == 0)


def test_no_span_of_a_pair_is_empty() -> None:
    """Whatever overlaps or touches: a mean of nothing would be no number."""
    doc = _doc((0, 4, "A"), (1, 2, "B"), (4, 5, "A"))
    for pair in relations.pairs(doc, "sc", 9, {"R": {}}):
        assert all(0 <= start < end <= len(doc) for start, end in pair.spans())
