"""Projects: made, changed, and never at the cost of what was labeled."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from labeler import editing, projects, schema, work
from labeler.errors import Conflict, Invalid, NotFound
from labeler.models import Layer, Project, db
from labeler.schema import Edit, Op
from tests.conftest import NEWS, NOW, Corpus


@pytest.mark.usefixtures("app")
def test_every_template_makes_a_project() -> None:
    """News, biomedical, legal and empty each start a project with scheme and guidelines."""
    names = [template.name for template in projects.templates()]
    assert names == ["news", "biomedical", "legal", "empty"]
    for name in names:
        made = projects.from_template(f"my-{name}", name)
        assert made.scheme == projects.template(name).scheme
        assert made.guidelines


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("slug", ["", "A", "a b", "a/b", "-a", "new", "x" * 61, "é", "a\n", ".."])
def test_an_address_is_plain(slug: str) -> None:
    """What could not stand in a link and in a folder's name is no slug."""
    with pytest.raises(Invalid) as refused:
        projects.create(slug)
    assert refused.value.problems[0].path == "slug"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("title", "language"), [(" ", "en"), ("x" * 201, "en"), ("T\n", "en")])
def test_a_title_is_one_line(title: str, language: str) -> None:
    """Empty, endless and broken titles are refused."""
    with pytest.raises(Invalid):
        projects.create("news", title=title, language=language)


@pytest.mark.usefixtures("app")
def test_a_slug_is_taken_once() -> None:
    """A second project of one address is refused, and the first is unharmed."""
    first = projects.create("news", title="First")
    with pytest.raises(Conflict):
        projects.create("news", title="Second")
    assert projects.find("news") == first
    with pytest.raises(NotFound):
        projects.find("nothing")


# ---- scheme files ----------------------------------------------------------------------------

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1)


@given(st.lists(NAMES, unique=True, max_size=5), st.sampled_from(["allow", "nest", "forbid"]))
def test_a_scheme_survives_its_file(names: list[str], overlap: str) -> None:
    """What is written as YAML or JSON is read back as the same scheme."""
    labels = [{"name": name[:100], "description": name} for name in names]
    relations = [{"name": "R", "head": [labels[0]["name"]], "symmetric": True}] if labels else []
    try:
        scheme = schema.parse_scheme(
            {"entities": labels, "relations": relations, "overlap": overlap}
        )
    except Invalid:
        return  # names that are alike once cut
    assert projects.parse_scheme(projects.scheme_yaml(scheme).encode()) == scheme
    assert projects.parse_scheme(json.dumps(schema.scheme_json(scheme)).encode()) == scheme


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"entities: [", "line 1"),
        (b"a: &a [1]\nb: *a", "aliases"),
        (b"!!python/object/apply:os.system [ls]", "neither JSON nor YAML"),
        (b"[" * 5000, "neither JSON nor YAML"),
        (b"x" * 1_000_001, "bytes"),
        (b"", "not a scheme"),
        (b"- 1", "not a scheme"),
        (b"entities: [{name: A}, {name: A}]", "contradicts"),
        (b"entities: [{name: A, colour: 1}]\nrelations: 3", "not a scheme"),
    ],
)
def test_a_broken_scheme_file_is_refused_in_a_sentence(content: bytes, reason: str) -> None:
    """Bytes that are no scheme say why; none runs code or eats the memory."""
    with pytest.raises(Invalid, match=reason):
        projects.parse_scheme(content)


def test_a_missing_scheme_file_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    with pytest.raises(Invalid, match="cannot be read"):
        projects.read_scheme(tmp_path / "none.yaml")


def test_a_scheme_file_is_plain_yaml() -> None:
    """What is downloaded has no tags that other programs could not read."""
    plain = yaml.safe_load(projects.scheme_yaml(NEWS))
    assert plain["relations"][0]["tail"] == ["ORG", "GPE"]


# ---- changing the scheme ---------------------------------------------------------------------


def scheme(**changes: object) -> schema.Scheme:
    """Return the news scheme with changes, as plain JSON values have it."""
    return schema.parse_scheme({**schema.scheme_json(NEWS), **changes})


def labeled(corpus: Corpus) -> Project:
    """Return a project whose one layer has a relation, and entities that cross."""
    project = corpus.project()
    layer = corpus.layer(
        corpus.document(project), PERSON=[(0, 3), (8, 11)], ORG=[(0, 7)], GPE=[(4, 11)]
    )
    relation = schema.Relation("r", "PERSON-0-3", "ORG-0-7", "LEADER_OF")
    edit = Edit("k", (Op("r", None, relation),))
    editing.apply(layer.id, layer.revision, [edit], actor_id=layer.annotator_id, now=NOW)
    return project


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        (
            {"entities": [{"name": n} for n in ("ORG", "GPE", "HUMAN")], "relations": []},
            ["entities.PERSON", "relations.LEADER_OF"],
        ),
        ({"relations": [{"name": "MET_WITH"}]}, ["relations.LEADER_OF"]),
        ({"relations": [{"name": "LEADER_OF", "tail": ["GPE"]}]}, ["relations.LEADER_OF"]),
        ({"relations": [{"name": "LEADER_OF", "head": ["ORG"]}]}, ["relations.LEADER_OF"]),
        ({"overlap": "nest"}, ["overlap"]),
        ({"overlap": "forbid"}, ["overlap"]),
    ],
)
def test_a_change_that_breaks_what_is_labeled_is_refused(
    any_app: Flask, corpus: Corpus, changes: dict[str, object], paths: list[str]
) -> None:
    """Each label, end or rule in the way is named with its count, and nothing is changed."""
    project = labeled(corpus)
    with pytest.raises(Invalid) as refused:
        projects.change_scheme(project, scheme(**changes))
    assert [problem.path for problem in refused.value.problems] == paths
    assert all(any(c.isdigit() for c in p.message) for p in refused.value.problems)
    db.session.rollback()
    db.session.expire_all()
    assert projects.find("news").scheme == NEWS


@pytest.mark.parametrize(
    "changes",
    [
        {"entities": [{"name": n} for n in ("GPE", "ORG", "PERSON", "PLACE")]},
        {"relations": [{"name": "LEADER_OF"}, {"name": "NEW", "head": ["GPE"]}]},
        {"relations": [{"name": "LEADER_OF", "head": ["PERSON"], "tail": ["ORG"]}]},
    ],
)
def test_a_change_that_keeps_what_is_used_is_made(
    any_app: Flask, corpus: Corpus, changes: dict[str, object]
) -> None:
    """Unused labels may go, and labels may come, be moved and be described otherwise."""
    project = labeled(corpus)
    wanted = scheme(**changes)
    projects.change_scheme(project, wanted)
    db.session.expire_all()
    assert projects.find("news").scheme == wanted


def test_a_change_that_can_break_nothing_reads_nothing(any_app: Flask, corpus: Corpus) -> None:
    """A label more or another colour takes no longer where a million documents are labeled."""
    project = labeled(corpus)
    asked: list[str] = []

    def keep(_c: object, _u: object, statement: str, *_: object) -> None:
        asked.append(statement)

    relations = [{**each, "color": "#000000"} for each in schema.scheme_json(NEWS)["relations"]]
    event.listen(db.engine, "before_cursor_execute", keep)
    projects.change_scheme(project, scheme(relations=[*relations, {"name": "NEW"}]))
    event.remove(db.engine, "before_cursor_execute", keep)
    assert not [each for each in asked if re.search(r"FROM (entity|relation|category)\b", each)]


def test_the_rule_on_overlap_may_tighten_where_it_holds(any_app: Flask, corpus: Corpus) -> None:
    """Nested entities do not stand in the way of the rule that allows them."""
    project = corpus.project()
    corpus.layer(corpus.document(project), PERSON=[(0, 3)], ORG=[(0, 7), (4, 7)])
    projects.change_scheme(project, scheme(overlap="nest"))
    with pytest.raises(Invalid, match="labeled would break"):
        projects.change_scheme(project, scheme(overlap="forbid"))
    assert projects.find("news").scheme.overlap == "nest"


def test_a_project_tells_what_it_holds(any_app: Flask, corpus: Corpus) -> None:
    """Counts are those of all layers, by label and by status."""
    told = projects.describe(labeled(corpus))
    assert told["documents"] == 1
    assert told["layers"] == {"open": 1}
    assert told["entities"] == {"PERSON": 2, "GPE": 1, "ORG": 1}
    assert told["relations"] == {"LEADER_OF": 1}
    assert told["people"] == {"ana": "annotator"}
    assert json.dumps(told)


def test_labeling_waits_for_a_scheme_that_changes(any_app: Flask, corpus: Corpus) -> None:
    """An edit with a label that goes away at the same moment is refused, or keeps the label."""
    project = corpus.project()
    layers = [corpus.layer(corpus.document(project, name=f"a{n}")).id for n in range(8)]
    actor = corpus.person().id
    without = scheme(entities=[{"name": n} for n in ("ORG", "GPE")], relations=[])

    def label(layer_id: int) -> None:
        with any_app.app_context():
            edits = [Edit("k", (Op("e", None, schema.Entity("e", 0, 3, "PERSON")),))]
            with suppress(Invalid):
                editing.apply(layer_id, 0, edits, actor_id=actor, now=NOW)

    def change() -> None:
        with any_app.app_context(), suppress(Invalid):
            projects.change_scheme(projects.find("news"), without)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(label, layer) for layer in layers[:4]]
        work += [pool.submit(change), *(pool.submit(label, layer) for layer in layers[4:])]
        for one in work:
            one.result()
    db.session.rollback()
    db.session.expire_all()
    project = projects.find("news")
    used = set(projects.usage(project)["entities"])
    assert used <= {label.name for label in project.scheme.entities}
    assert db.session.query(Layer).count() == 8


# ---- settings --------------------------------------------------------------------------------


@pytest.mark.usefixtures("app")
def test_settings_are_changed_as_a_whole(corpus: Corpus) -> None:
    """A setting that does not fit changes none of them."""
    project = corpus.project()
    with pytest.raises(Invalid):
        projects.change_settings(project, title="Two", language="English", guidelines="x")
    db.session.rollback()
    assert (project.title, project.language) == ("News", "en")
    projects.change_settings(project, title=" Two ", language="de", guidelines="x")
    assert (project.title, project.language, project.guidelines) == ("Two", "de", "x")


@pytest.mark.usefixtures("app")
def test_a_suggester_is_one_of_those_known(corpus: Corpus) -> None:
    """An unknown suggester is refused; another's options are not taken over."""
    project = corpus.project()
    with pytest.raises(NotFound, match="Known: rulers, spacy"):
        projects.use_suggester(project, "magic")
    projects.use_suggester(project, "spacy", {"pipeline": "x"})
    projects.use_suggester(project, "spacy")
    assert project.suggester_options == {"pipeline": "x"}
    projects.use_suggester(project, "rulers")
    assert project.suggester_options == {}


def test_labels_of_many_layers_are_counted_as_they_were_submitted(
    any_app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many layers the counters of finished ones tell; a label that none of those has is
    still known to be used where the first layers have it."""
    monkeypatch.setattr("labeler.projects.scheme_changes.COUNTED", 3)
    project = corpus.project(ana="annotator", ben="annotator")
    for number in range(5):
        document = corpus.document(project, name=f"d{number}")
        layer = corpus.layer(document, "ana", "open", PERSON=[(0, 3), (8, 11)])
        work.set_state(layer, {"status": "done", "seconds": 9}, NOW)
        if not number:
            corpus.layer(document, "ben", "open", GPE=[(0, 3)])
    found = projects.usage(project)
    assert (found["entities"].pop("PERSON"), found["relations"]) == (10, {})
    assert found["entities"] in ({}, {"GPE": 1})
