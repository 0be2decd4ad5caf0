"""Labels renamed, merged and retired: what changes, what is never lost, and taken back exactly."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from labeler import counters, editing, jobs, label_changes, projects, proof, schema
from labeler.errors import Conflict, Invalid, LabelerError, NotFound, Stale
from labeler.jobs import queue
from labeler.label_changes import Revision, requests, running
from labeler.models import (
    Edit,
    LabelChange,
    Layer,
    Project,
    Settlement,
    SuddenChange,
    User,
    db,
    transaction,
)
from labeler.models import Entity as EntityRow
from labeler.schema import Category, Entity, Op, Relation
from labeler.suggest.patterns import Pattern
from labeler.transfer import patterns
from tests.conftest import NOW, Corpus

TEXT = "Ada met Bob of Acme in Varn."
SPANS = [(0, 3), (8, 11), (15, 19), (23, 27)]
SCHEME = schema.parse_scheme(
    {
        "entities": [
            {"name": "PERSON", "key": "1"},
            {"name": "ORG", "attributes": [{"name": "sure", "values": ["yes", "no"]}]},
            {"name": "GPE", "attributes": [{"name": "sure", "values": ["maybe"]}]},
        ],
        "relations": [
            {"name": "LEADER_OF", "head": ["PERSON"], "tail": ["ORG"]},
            {"name": "WORKS_FOR", "head": ["PERSON"], "tail": ["ORG", "GPE"]},
        ],
        "categories": [{"name": "sport"}, {"name": "games"}],
    }
)


def lena() -> User:
    """Return the lead."""
    return db.session.query(User).filter_by(name="lena").one()


def entity(at: int, label: str, **more: Any) -> Entity:
    """Return an entity on one of the spans."""
    return Entity(f"{label}{at}", *SPANS[at], label, **more)


@pytest.fixture
def project(any_app: Flask, corpus: Corpus) -> Project:
    """Return a project with a lead and two annotators."""
    return corpus.project(scheme=SCHEME, lena="manager", ana="annotator", ben="annotator")


def layer(
    corpus: Corpus,
    project: Project,
    *items: schema.Annotation,
    name: str = "ana",
    document: str = "a1",
    status: schema.Status = "done",
) -> Layer:
    """Return a layer that holds these."""
    known = next((d for d in _documents(project) if d.name == document), None)
    article = known or corpus.document(project, TEXT, document)
    made = corpus.layer(article, name, status)
    with transaction() as session:
        edit = schema.Edit("first", tuple(Op(item.id, None, item) for item in items))
        editing.apply(made.id, 0, [edit], actor_id=made.annotator_id, now=NOW)
        session.refresh(made)
        counters.recount(session, [made])
    return made


def _documents(project: Project) -> list[Any]:
    from labeler.models import Document

    return db.session.query(Document).filter_by(project_id=project.id).all()


def held(layer: Layer) -> dict[str, schema.Annotation]:
    """Return what a layer holds by now."""
    fresh = db.session.get_one(Layer, layer.id, populate_existing=True)
    [record] = editing.load([fresh])
    return {item.id: item for item in record.annotations()}


def change(
    project: Project, action: Any, label: str, into: str = "", kind: Any = "entities"
) -> LabelChange:
    """Change a label as the lead does."""
    return label_changes.change_label(project, Revision(kind, action, label, into), lena())


def undo(project: Project, made: LabelChange) -> LabelChange:
    """Take a change back as the lead does."""
    return label_changes.undo_change(project, made, lena(), NOW)


def plain(scheme: schema.Scheme) -> schema.Scheme:
    """Return a scheme without what its labels were called."""
    kinds = {k: tuple(replace(x, formerly=()) for x in scheme.labels(k)) for k in schema.KINDS}
    return replace(scheme, **kinds)  # type: ignore[arg-type]


def test_a_renamed_label_is_so_in_scheme_layers_and_counts(
    corpus: Corpus, project: Project
) -> None:
    """Annotations, ends of relations and counters have the new name; the log says who did it."""
    made = layer(
        corpus,
        project,
        entity(0, "PERSON"),
        entity(2, "ORG", attributes={"sure": "yes"}),
        Relation("r", "PERSON0", "ORG2", "LEADER_OF"),
    )
    done = change(project, "rename", "ORG", "COMPANY")
    assert (done.state, done.counts) == ("done", {"layers": 1, "annotations": 1, "folded": 0})
    assert held(made)["ORG2"] == Entity("ORG2", 15, 19, "COMPANY", attributes={"sure": "yes"})
    company = project.scheme.entity("COMPANY")
    assert company is not None
    assert (company.formerly, project.scheme.relations[0].tail) == (("ORG",), ("COMPANY",))
    assert counters.total(project, ["entity COMPANY"]) == 1
    assert counters.total(project, ["entity ORG"]) == 0
    log = list(editing.history(made.id))
    assert (log[-1]["key"], log[-1]["actor"]) == (done.key, "lena")
    assert (made.status, made.changed) == ("done", NOW)
    assert list(proof.check()) == []


def test_what_becomes_the_same_becomes_one(corpus: Corpus, project: Project) -> None:
    """It keeps the relations and attributes of both, and what had to be given up is told."""
    made = layer(
        corpus,
        project,
        entity(0, "PERSON"),
        entity(2, "ORG", attributes={"sure": "yes", "note": "bank"}),
        entity(2, "GPE", attributes={"sure": "maybe"}),
        Relation("r", "PERSON0", "ORG2", "WORKS_FOR"),
        Relation("s", "PERSON0", "GPE2", "WORKS_FOR"),
        Relation("t", "PERSON0", "ORG2", "LEADER_OF"),
    )
    before = held(made)
    done = change(project, "merge", "ORG", "GPE")
    assert held(made) == {
        "PERSON0": entity(0, "PERSON"),
        "GPE2": entity(2, "GPE", attributes={"sure": "maybe", "note": "bank"}),
        "s": before["s"],
        "t": Relation("t", "PERSON0", "GPE2", "LEADER_OF"),
    }
    assert done.counts == {"layers": 1, "annotations": 1, "folded": 2}
    assert [told.message for told in jobs.problems(done.job_id or 0)] == ["Given up: sure: yes."]
    assert project.scheme.entity("ORG") is None
    assert project.scheme.relations[0].tail == ("GPE",)
    undo(project, done)
    assert held(made) == before
    assert plain(project.scheme) == SCHEME
    assert list(proof.check()) == []


def test_relations_and_categories_are_merged_too(corpus: Corpus, project: Project) -> None:
    """A relation label is widened by the ends of the other; a document has a category once."""
    made = layer(
        corpus,
        project,
        entity(0, "PERSON"),
        entity(3, "GPE"),
        Relation("r", "PERSON0", "GPE3", "WORKS_FOR"),
        Category("c", "sport"),
        Category("d", "games"),
    )
    before = held(made)
    one = change(project, "merge", "WORKS_FOR", "LEADER_OF", "relations")
    two = change(project, "merge", "games", "sport", "categories")
    assert {item.label for item in held(made).values()} == {"PERSON", "GPE", "LEADER_OF", "sport"}  # type: ignore[union-attr]
    assert project.scheme.relations[0].tail == ("ORG", "GPE")
    undo(project, one)
    undo(project, two)
    assert held(made) == before
    assert plain(project.scheme) == SCHEME


def test_a_retired_label_stays_where_it_is(corpus: Corpus, project: Project) -> None:
    """Its annotations stay and may be added to by who has it open; its key is free for another."""
    made = layer(corpus, project, entity(0, "PERSON"))
    done = change(project, "retire", "PERSON")
    assert (held(made), done.state) == ({"PERSON0": entity(0, "PERSON")}, "done")
    assert project.scheme.offered("entities", "PERSON") is None
    add = schema.Edit("k", (Op("n", None, Entity("n", 8, 11, "PERSON")),))
    editing.apply(made.id, made.revision, [add], actor_id=made.annotator_id, now=NOW)
    taken = replace(project.scheme.entities[1], key="1")
    scheme = replace(
        project.scheme, entities=(project.scheme.entities[0], taken, project.scheme.entities[2])
    )
    projects.change_scheme(project, scheme)
    with pytest.raises(Conflict, match="retired already"):
        change(project, "retire", "PERSON")
    change(project, "restore", "PERSON")
    back = project.scheme.entities[0]
    assert (back.retired, back.key) == (False, "")


def test_a_preview_says_how_many_patterns_propose_anew(project: Project) -> None:
    """It says what becomes of the patterns of a label, of one as of two."""
    revision = Revision("entities", "rename", "ORG", "COMPANY")
    written = [Pattern("ORG", "Acme"), Pattern("ORG", "Varn")]
    for number, words in ((1, "1 pattern of this label proposes"), (2, "2 patterns of this label")):
        patterns.save(project, written[:number], None)
        kept = label_changes.preview(project, revision).kept
        assert [each for each in kept if each.startswith(words)], kept


def test_old_names_still_mean_the_label(corpus: Corpus, project: Project) -> None:
    """An edit from a page opened before says the old name, and is kept by the new one."""
    made = layer(corpus, project, entity(2, "ORG"))
    before = made.revision
    change(project, "rename", "ORG", "COMPANY")
    db.session.refresh(made)
    moved = Op("ORG2", entity(2, "ORG"), Entity("ORG2", 15, 22, "ORG"))
    new = Op("n", None, Entity("n", 8, 11, "ORG"))
    edit = schema.Edit("late", (moved, new))
    with pytest.raises(Stale) as stale:
        editing.apply(made.id, before, [edit], actor_id=made.annotator_id, now=NOW)
    assert len(stale.value.details["missed"]) == 1
    editing.apply(made.id, made.revision, [edit], actor_id=made.annotator_id, now=NOW)
    assert held(made) == {
        "ORG2": Entity("ORG2", 15, 22, "COMPANY"),
        "n": Entity("n", 8, 11, "COMPANY"),
    }
    assert list(proof.check()) == []


def test_undo_keeps_what_was_done_since(corpus: Corpus, project: Project) -> None:
    """What was moved stays moved, what was deleted or relabeled stays so, what is new stays."""
    made = layer(corpus, project, *(entity(at, "ORG") for at in range(4)))
    done = change(project, "merge", "ORG", "GPE")
    db.session.refresh(made)
    now = held(made)
    ops = (
        Op("ORG0", now["ORG0"], replace(now["ORG0"], end=4)),  # type: ignore[arg-type]
        Op("ORG1", now["ORG1"], None),
        Op("ORG2", now["ORG2"], replace(now["ORG2"], label="PERSON")),  # type: ignore[arg-type]
        Op("n", None, Entity("n", 4, 7, "GPE")),
    )
    editing.apply(
        made.id, made.revision, [schema.Edit("k", ops)], actor_id=made.annotator_id, now=NOW
    )
    undo(project, done)
    assert held(made) == {
        "ORG0": Entity("ORG0", 0, 4, "ORG"),
        "ORG2": Entity("ORG2", 15, 19, "PERSON"),
        "ORG3": entity(3, "ORG"),
        "n": Entity("n", 4, 7, "GPE"),
    }


def test_undone_renames_take_what_is_new_along(corpus: Corpus, project: Project) -> None:
    """What was given the new name since has the old one again, also from a page still open."""
    made = layer(corpus, project, entity(0, "ORG"))
    done = change(project, "rename", "ORG", "COMPANY")
    db.session.refresh(made)
    new = schema.Edit("k", (Op("n", None, Entity("n", 8, 11, "COMPANY")),))
    editing.apply(made.id, made.revision, [new], actor_id=made.annotator_id, now=NOW)
    undo(project, done)
    db.session.refresh(made)
    late = schema.Edit("l", (Op("m", None, Entity("m", 15, 19, "COMPANY")),))
    editing.apply(made.id, made.revision, [late], actor_id=made.annotator_id, now=NOW)
    assert {item.label for item in held(made).values()} == {"ORG"}  # type: ignore[union-attr]
    assert plain(project.scheme) == SCHEME
    assert list(proof.check()) == []


def test_nothing_else_is_disturbed(corpus: Corpus, project: Project) -> None:
    """Finished work stays finished, settled gold settled, and no sudden change is told."""
    spans = [(at, at + 1) for at in range(12)]
    many = [Entity(f"e{start}", start, end, "ORG") for start, end in spans]
    ana = layer(corpus, project, *many)
    ben = layer(corpus, project, *many, name="ben")
    with transaction() as session:
        session.query(Settlement).update({"state": "done"})
        ana.first_submitted = ben.first_submitted = 1
    done = change(project, "rename", "ORG", "COMPANY")
    assert [row.state for row in db.session.query(Settlement)] == ["done"]
    db.session.refresh(ana)
    edit = schema.Edit("k", (Op("n", None, Entity("n", 20, 22, "COMPANY")),))
    drop = schema.Edit("l", (Op("e0", held(ana)["e0"], None),))
    editing.apply(ana.id, ana.revision, [edit, drop], actor_id=ana.annotator_id, now=NOW)
    undo(project, done)
    assert db.session.query(SuddenChange).count() == 0
    assert {row.status for row in db.session.query(Layer)} == {"done"}


@pytest.mark.parametrize(
    ("revision", "error", "words"),
    [
        (Revision("entities", "rename", "NONE", "X"), NotFound, "no such label"),
        (Revision("entities", "rename", "ORG", "GPE"), Invalid, "There is a label GPE already"),
        (Revision("entities", "rename", "ORG", ""), Invalid, "contradicts|scheme"),
        (Revision("entities", "merge", "ORG", "ORG"), Invalid, "Choose another"),
        (Revision("entities", "merge", "ORG", "NONE"), Invalid, "no such label"),
        (Revision("entities", "restore", "ORG"), Conflict, "not retired"),
    ],
)
def test_what_cannot_be_is_refused(
    project: Project, revision: Revision, error: type[LabelerError], words: str
) -> None:
    """Nothing changes, and the sentence says what to do."""
    with pytest.raises(error, match=words):
        label_changes.change_label(project, revision, lena())
    db.session.refresh(project)
    assert project.scheme == SCHEME


def test_a_later_change_is_undone_first(corpus: Corpus, project: Project) -> None:
    """An earlier change of the same label waits for the later one; of other labels it does not."""
    layer(corpus, project, entity(0, "ORG"))
    first = change(project, "rename", "ORG", "COMPANY")
    other = change(project, "rename", "PERSON", "HUMAN")
    second = change(project, "merge", "COMPANY", "GPE")
    with pytest.raises(Conflict, match="COMPANY, merged, came after this"):
        undo(project, first)
    undo(project, other)
    undo(project, second)
    undo(project, first)
    with pytest.raises(Conflict, match="undone already"):
        undo(project, first)
    assert plain(project.scheme) == SCHEME


def test_a_name_given_anew_means_the_new_label(corpus: Corpus, project: Project) -> None:
    """Once another label takes an old name, that name means it, and the change stays."""
    layer(corpus, project, entity(0, "ORG"))
    done = change(project, "rename", "ORG", "COMPANY")
    new = replace(project.scheme, entities=(*project.scheme.entities, schema.EntityLabel("ORG")))
    projects.change_scheme(project, new)
    assert project.scheme.current("entities", "ORG") == "ORG"
    with pytest.raises(Conflict, match="There is a label ORG again"):
        undo(project, done)


# ---- in the background -----------------------------------------------------------------------


def taken(job_id: int | None) -> jobs.Claim:
    """Take a job as a worker does."""
    claim = queue.claim("w", job_id)
    assert claim is not None
    return claim


class Killed(BaseException):
    """What ends a worker on the spot."""


class Dying(jobs.JobWork):
    """Work whose process is killed in the middle of its second chunk."""

    chunks = 0

    def chunk(self) -> Any:
        """Run a block, the second one not to its end."""
        self.chunks += 1
        return self._dying() if self.chunks == 2 else super().chunk()

    def _dying(self) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def dying() -> Iterator[jobs.Chunk]:
            with super(Dying, self).chunk() as chunk:
                yield chunk
                raise Killed

        return dying()


def test_it_goes_on_where_a_worker_was_killed(
    corpus: Corpus, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each layer is changed once; meanwhile the old name is as good as the new one."""
    layers = [layer(corpus, project, entity(0, "ORG"), document=f"a{n}") for n in range(5)]
    monkeypatch.setattr(running, "_CHUNK", 2)
    monkeypatch.setattr(requests, "_AT_ONCE", 0)
    done = change(project, "rename", "ORG", "COMPANY")
    with pytest.raises(Killed):
        jobs.perform(Dying(taken(done.job_id)))
    db.session.rollback()
    rows = db.session.scalars(select(EntityRow.label).where(EntityRow.id == "ORG0"))
    assert Counter(rows) == {"COMPANY": 2, "ORG": 3}
    assert list(proof.check()) == []
    assert projects.usage(project)["entities"] == {"COMPANY": 5}
    records = editing.load([db.session.get_one(Layer, each.id) for each in layers])
    assert {item.label for record in records for item in record.entities} == {"COMPANY"}
    late = layers[-1]
    moved = Op("ORG0", Entity("ORG0", 0, 3, "COMPANY"), Entity("ORG0", 0, 7, "ORG"))
    editing.apply(
        late.id, late.revision, [schema.Edit("k", (moved,))], actor_id=late.annotator_id, now=NOW
    )
    with pytest.raises(Conflict, match="ORG is being changed just now"):
        change(project, "rename", "GPE", "PLACE")
    with pytest.raises(Conflict, match="just now"):
        projects.change_scheme(project, SCHEME)
    with pytest.raises(Conflict, match="not done yet"):
        undo(project, done)
    with transaction() as session:
        session.execute(queue.update(queue.JobPart).values(lease=NOW))
    number = done.id
    jobs.perform(jobs.JobWork(taken(done.job_id)))
    done = label_changes.find_change(project, number)
    assert (done.state, done.counts["layers"]) == ("done", 4)
    assert {held(each)["ORG0"].label for each in layers} == {"COMPANY"}  # type: ignore[union-attr]
    edits = db.session.scalars(select(Edit.layer_id).where(Edit.key == done.key)).all()
    assert sorted(edits) == [each.id for each in layers[:-1]]


# ---- taken back exactly ----------------------------------------------------------------------

_numbers = count()


@st.composite
def annotations(draw: st.DrawFn) -> list[schema.Annotation]:
    """Draw what one layer holds."""
    labels = ("PERSON", "ORG", "GPE")
    places = draw(st.sets(st.tuples(st.integers(0, 3), st.sampled_from(labels)), max_size=6))
    sure = {"ORG": ["yes", "no"], "GPE": ["maybe"], "PERSON": ["who knows"]}
    items: list[schema.Annotation] = []
    for at, label in sorted(places):
        told = draw(st.none() | st.sampled_from(sure[label]))
        items.append(entity(at, label, attributes={"sure": told} if told else None))
    people = [item for item in items if isinstance(item, Entity) and item.label == "PERSON"]
    others = [item for item in items if isinstance(item, Entity) and item.label != "PERSON"]
    for head in people:
        for tail in others:
            allowed = ("LEADER_OF", "WORKS_FOR") if tail.label == "ORG" else ("WORKS_FOR",)
            for label in sorted(draw(st.sets(st.sampled_from(allowed)))):
                items.append(Relation(f"{head.id}>{tail.id} {label}", head.id, tail.id, label))
    items += [
        Category(name, name) for name in sorted(draw(st.sets(st.sampled_from(("sport", "games")))))
    ]
    return items


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(schema.KINDS),
        st.sampled_from(("rename", "merge", "retire", "restore")),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=4,
)


@settings(max_examples=15)
@given(contents=st.lists(annotations(), min_size=1, max_size=3), wanted=CHANGES)
def test_changes_are_taken_back_exactly(
    any_app: Flask, corpus: Corpus, contents: list[list[schema.Annotation]], wanted: Any
) -> None:
    """Whatever was renamed, merged and retired in whatever order: all is as it was before."""
    project = corpus.project(f"p{next(_numbers)}", SCHEME, lena="manager", ana="annotator")
    layers = [
        layer(corpus, project, *items, document=f"d{n}")
        for n, items in enumerate(contents)
        if items
    ]
    before = [(held(each), each.counted) for each in layers]
    made = [done for each in wanted if (done := _asked(project, *each)) is not None]
    for each in layers:
        assert not schema.check(held(each), project.scheme, len(TEXT))
    for done in reversed(made):
        undo(project, done)
    assert [(held(each), _counted(each)) for each in layers] == before
    assert plain(project.scheme) == SCHEME


@settings(max_examples=10)
@given(
    items=annotations(),
    wanted=CHANGES.filter(bool),
    gone=st.integers(0, 5),
    label=st.integers(0, 3),
)
def test_work_in_between_stays(
    any_app: Flask,
    corpus: Corpus,
    items: list[schema.Annotation],
    wanted: Any,
    gone: int,
    label: int,
) -> None:
    """What was added since is there after all was taken back, what was deleted is not."""
    project = corpus.project(f"p{next(_numbers)}", SCHEME, lena="manager", ana="annotator")
    kept = [Entity("kept", 4, 7, "PERSON"), *items]
    done = layer(corpus, project, *kept, document=f"d{next(_numbers)}")
    before = held(done)
    made = [change for each in wanted if (change := _asked(project, *each)) is not None]
    now = held(done)
    labels = project.scheme.entities
    new = Entity("new", 20, 22, labels[label % len(labels)].name)
    loose = [i for i in now.values() if isinstance(i, Category) or i.id == "kept"]
    lost = loose[gone % len(loose)]
    ops = (Op(new.id, None, new), Op(lost.id, lost, None))
    revision = db.session.get_one(Layer, done.id, populate_existing=True).revision
    edit = schema.Edit("between", ops)
    editing.apply(done.id, revision, [edit], actor_id=done.annotator_id, now=NOW)
    for each in reversed(made):
        undo(project, each)
    after = held(done)
    assert after["new"].start == 20  # type: ignore[union-attr]
    assert lost.id not in after
    same = {name for name in before if name != lost.id and name in after}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    missing = before.keys() - after.keys() - {lost.id}
    assert all(isinstance(before[name], Category) for name in missing)
    assert not schema.check(after, project.scheme, len(TEXT))


def _counted(layer: Layer) -> Any:
    db.session.refresh(layer, ["counted"])
    return layer.counted


def _asked(project: Project, kind: Any, action: Any, which: int, into: int) -> LabelChange | None:
    """Change a label, unless that cannot be."""
    names = [label.name for label in project.scheme.labels(kind)]
    name = names[which % len(names)]
    target = "" if action in ("retire", "restore") else names[into % len(names)]
    try:
        return change(
            project, action, name, f"NEW{next(_numbers)}" if action == "rename" else target, kind
        )
    except LabelerError:
        db.session.rollback()
        return None
