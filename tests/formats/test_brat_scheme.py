"""brat's annotation.conf read as a scheme."""

from pathlib import Path

import pytest

from labeler import nlp, projects
from labeler.formats import Exported
from labeler.formats.brat import BratExporter
from labeler.formats.brat_scheme import is_configuration, plain_scheme
from labeler.schema import (
    MAX_DECLARED,
    MAX_VALUES,
    Document,
    Entity,
    Layer,
    Scheme,
    parse_scheme,
)
from tests.conftest import NEWS, SHARED

CONFIGURATION = """\
# types below others are kinds of them
<NAMED>=Person|Org

[entities]
!Being
\tPerson
\t\tLeader
Org
--------
Date

[relations]
Leads Arg1:Leader, Arg2:<NAMED>
Near\tArg1:Being, Arg2:<ENTITY>, <REL-TYPE>:symmetric-transitive
Near Arg1:Date, Arg2:Date
Typo Arg1:Persn, Arg2:Org
<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>

[events]
Attack Agent{1-2}:Person|<EVENT>, Target2?:<ANY>

[attributes]
Sure Arg:<ANY>
"""


def _scheme(source: str) -> Scheme:
    return projects.parse_scheme(source.encode())


def test_types_with_kinds_of_them_and_macros_are_spelled_out() -> None:
    """Where a type is allowed, so is what stands below it; lines of one name add up."""
    scheme = _scheme(CONFIGURATION)
    names = ["Person", "Leader", "Org", "Date", "Attack"]
    assert [label.name for label in scheme.entities] == names
    said = {r.name: (r.head, r.tail, r.symmetric) for r in scheme.relations}
    people = ("Person", "Leader")
    assert said["Leads"] == (("Leader",), (*people, "Org"), False)
    assert said["Near"] == ((*people, "Date"), (*people, "Org", "Date"), True)


def test_events_are_triggers_with_relations_for_their_roles() -> None:
    """As their annotations are imported; what all labels may be is any."""
    said = {r.name: (r.head, r.tail) for r in _scheme(CONFIGURATION).relations}
    assert said["Agent"] == (("Attack",), ("Person", "Leader", "Attack"))
    assert said["Target"] == (("Attack",), ())


def test_a_name_that_is_no_label_is_told_in_the_description() -> None:
    """It cannot be an end, and does not keep the rest from coming in."""
    [typo] = [r for r in _scheme(CONFIGURATION).relations if r.name == "Typo"]
    assert (typo.head, typo.tail) == ((), ("Org",))
    assert "Persn" in typo.description


def test_attributes_are_declared_by_the_labels_they_are_for() -> None:
    """Lines of one name add up; what cannot be declared, and what may be anything, stays free."""
    source = """<SURE>=yes|no
[entities]
Person
\tLeader
Org
[relations]
Leads Arg1:Leader, Arg2:Org
[events]
Attack Agent:Person
[attributes]
Negated  Arg:<EVENT>
Belief  Arg:Person|Leads, Value:<SURE>
Belief  Arg:Leader, Value:no|perhaps
Belief  Arg:Org
Belief  Arg:Org, Value:yes
Open  Arg:<RELATION>, Value:a:b|c
not:one  Arg:Org
Lost  Arg:Nobody
"""
    scheme = _scheme(source)
    labels = (*scheme.entities, *scheme.relations)
    told = {x.name: [(a.name, a.values) for a in x.attributes] for x in labels}
    assert told == {
        "Person": [("Belief", ("yes", "no"))],
        "Leader": [("Belief", ("yes", "no", "perhaps"))],
        "Org": [("Belief", ())],
        "Attack": [("Negated", ())],
        "Leads": [("Belief", ("yes", "no")), ("Open", ())],
        "Agent": [("Open", ())],
    }


def test_macros_synonyms_and_signs_are_understood() -> None:
    """A macro is text, a type may have other names, and values may be named by their signs."""
    source = """<WHERE>=Place?:Town, Time?:<WHEN>
<WHEN>=Day
[entities]
Town|ID:5
Day
[relations]
[events]
<NONE>=
Visit|ID:7  Who:Town, <WHERE>, <NONE>
[attributes]
!Level  Arg:<EVENT>, L1:➊, L2:➋, <DEFAULT>:L1, <GLYPH-POS>:left
"""
    scheme = _scheme(source)
    assert [label.name for label in scheme.entities] == ["Town", "Day", "Visit"]
    said = {r.name: (r.head, r.tail) for r in scheme.relations}
    visit = ("Visit",)
    assert said == {
        "Who": (visit, ("Town",)), "Place": (visit, ("Town",)), "Time": (visit, ("Day",))
    }  # fmt: skip
    assert [(a.name, a.values) for a in scheme.entities[2].attributes] == [("Level", ("L1", "L2"))]


def test_macros_do_not_grow_without_end() -> None:
    """One of many others of its kind is left as it stands, and the rest is read."""
    bomb = "<A>=" + "<A>" * 1000 + "\n[entities]\nB\n[relations]\nR Arg1:<A>, Arg2:B\n"
    [relation] = plain_scheme(bomb)["relations"]
    assert len(relation["description"]) < 10_000


def test_more_values_and_attributes_than_there_may_be_stay_free() -> None:
    """The rest of the configuration comes in."""
    values = "|".join(f"v{number}" for number in range(MAX_VALUES + 1))
    lines = [f"a{number} Arg:A, Value:{values}" for number in range(MAX_DECLARED + 1)]
    [label] = _scheme("\n".join(["[entities]", "A", "[attributes]", *lines])).entities
    assert len(label.attributes) == MAX_DECLARED
    assert {attribute.values for attribute in label.attributes} == {()}


def test_attributes_go_out_and_come_in(tmp_path: Path) -> None:
    """Those that the scheme declares, with their values, and those in use besides."""
    sure = {"name": "sure", "values": ["yes", "no"]}
    said = {
        "entities": [
            {"name": "PERSON", "attributes": [sure, {"name": "role", "values": ["a b", "c"]}]},
            {"name": "ORG", "attributes": [sure, {"name": "kind"}]},
            {"name": "GPE"},
        ],
        "relations": [{"name": "IN", "attributes": [sure]}],
    }
    used = (
        Entity("e1", 0, 3, "PERSON", attributes={"sure": "yes", "free": True}),
        Entity("e2", 4, 7, "GPE", attributes={"sure": "often"}),
    )
    [tokens] = nlp.tokenize(["Ada Ulm"], "en")
    record = Exported(Document("a", "Ada Ulm"), Layer("ana", "done", entities=used), tokens)
    scheme = parse_scheme(said)
    BratExporter().write(iter([record]), tmp_path, scheme=scheme, language="en", options={})
    written = (tmp_path / "annotation.conf").read_text().partition("[attributes]\n\n")[2]
    assert written.splitlines() == [
        "free Arg:<ENTITY>",
        "kind Arg:ORG",
        "role Arg:PERSON",
        "sure Arg:PERSON|ORG, Value:yes|no",
        "sure Arg:GPE",
        "sure Arg:IN, Value:yes|no",
    ]
    back = projects.read_scheme(tmp_path / "annotation.conf")
    assert back.relations[0].attributes == scheme.relations[0].attributes
    assert scheme.entities[0].attributes[0] in back.entities[0].attributes


def test_what_goes_out_comes_in(tmp_path: Path) -> None:
    """The configuration beside an export says the scheme again."""
    BratExporter().write(iter(()), tmp_path, scheme=NEWS, language="en", options={})
    back = projects.read_scheme(tmp_path / "annotation.conf")
    assert [label.name for label in back.entities] == [label.name for label in NEWS.entities]
    for mine, theirs in zip(back.relations, NEWS.relations, strict=True):
        assert (mine.name, mine.symmetric) == (theirs.name, theirs.symmetric)
        assert (mine.head, mine.tail) == (theirs.head, theirs.tail)


@pytest.mark.parametrize(
    "source", ["", "# nothing\n", "entities: []\n", "[1, 2]\n", "[other]\nA\n"]
)
def test_other_files_are_no_configuration(source: str) -> None:
    """They are read as JSON or YAML, or refused."""
    assert not is_configuration(source)


def test_a_macro_that_names_itself_ends() -> None:
    """It allows nothing."""
    scheme = plain_scheme("<A>=<A>|B\n[entities]\nB\n[relations]\nR Arg1:<A>, Arg2:B\n")
    assert parse_scheme(scheme).relations[0].name == "R"


@pytest.mark.skipif(not (SHARED / "data").exists(), reason="no shared data beside this checkout")
def test_the_configurations_of_real_corpora_are_schemes() -> None:
    """Every one that is there."""
    found = [
        path for path in (SHARED / "data").rglob("annotation.conf") if path.stat().st_size > 99
    ]
    sizes = {len(projects.read_scheme(path).entities) for path in found}
    assert len(found) > 2
    assert min(sizes) >= 4
