"""The write path: what was said is kept, once, and the current state is the fold of the log."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from labeler import editing, schema
from labeler.errors import Invalid, Stale
from labeler.models import Layer, Project, db, transaction
from tests.conftest import NEWS, NOW, Corpus

TEXT = "Ada Lovelace met Bob in Rome on Monday, 😋 Ada said."


def entity(start: int, end: int, label: str = "PERSON") -> dict[str, Any]:
    """Return the body of an entity."""
    return {"start": start, "end": end, "label": label}


def edit(key: str, *ops: tuple[str, Any, Any]) -> schema.Edit:
    """Return an edit of ops (id, before, after)."""
    body = {"key": key, "ops": [{"id": i, "before": b, "after": a} for i, b, a in ops]}
    _, [parsed] = schema.parse_edits({"base": 0, "edits": [body]})
    return parsed


def say(layer: Layer, base: int, *edits: schema.Edit) -> int:
    """Apply edits as the layer's annotator."""
    return editing.apply(layer.id, base, edits, actor_id=layer.annotator_id, now=NOW)


def items(layer: Layer) -> dict[str, schema.Annotation]:
    """Return the current annotations of a layer by id."""
    [record] = editing.load([layer])
    return {item.id: item for item in record.annotations()}


def proven(layer: Layer) -> list[str]:
    """Return what the proof finds wrong with a layer."""
    return [str(problem) for problem in editing.prove(layer, NEWS, layer.document.text)]


@pytest.fixture
def layer(any_app: Flask, corpus: Corpus) -> Layer:
    """Return an empty layer of a document, on either database."""
    return corpus.layer(corpus.document(corpus.project(), TEXT))


def test_an_edit_is_kept_and_counted(layer: Layer) -> None:
    """An edit that fits becomes the state, and the revision counts it."""
    assert say(layer, 0, edit("k1", ("e1", None, entity(0, 12)))) == 1
    assert items(layer) == {"e1": schema.Entity("e1", 0, 12, "PERSON")}
    assert proven(layer) == []


def test_sending_twice_changes_nothing_the_second_time(layer: Layer) -> None:
    """A known key is skipped, also when part of a longer request."""
    first = edit("k1", ("e1", None, entity(0, 12)))
    assert say(layer, 0, first) == 1
    assert say(layer, 0, first) == 1
    assert say(layer, 0, first, edit("k2", ("e2", None, entity(17, 20)))) == 2
    assert [e["key"] for e in editing.history(layer.id)] == ["k1", "k2"]


def test_an_old_base_is_refused_with_what_was_missed(layer: Layer) -> None:
    """A save on an old revision is answered with the edits missed, and changes nothing."""
    say(layer, 0, edit("other", ("e1", None, entity(0, 12))))
    with pytest.raises(Stale) as refused:
        say(layer, 0, edit("mine", ("e2", None, entity(17, 20))))
    assert refused.value.details["revision"] == 1
    assert [e["key"] for e in refused.value.details["missed"]] == ["other"]
    assert list(items(layer)) == ["e1"]


def test_a_lost_answer_followed_by_a_foreign_edit_is_stale(layer: Layer) -> None:
    """A known edit sent again does not hide that another came after it."""
    mine = edit("mine", ("e1", None, entity(0, 12)))
    say(layer, 0, mine)
    say(layer, 1, edit("other", ("e2", None, entity(17, 20))))
    with pytest.raises(Stale) as refused:
        say(layer, 0, mine)
    assert [e["key"] for e in refused.value.details["missed"]] == ["mine", "other"]


def test_a_base_from_the_future_is_refused(layer: Layer) -> None:
    """A revision that the layer never had is refused."""
    with pytest.raises(Stale):
        say(layer, 7, edit("k1", ("e1", None, entity(0, 12))))


def test_a_before_that_does_not_hold_is_refused(layer: Layer) -> None:
    """An op on something that is otherwise is refused by its path."""
    say(layer, 0, edit("k1", ("e1", None, entity(0, 12))))
    with pytest.raises(Invalid) as refused:
        say(layer, 1, edit("k2", ("e1", entity(0, 3), None)))
    assert [p.path for p in refused.value.problems] == ["edits[0].ops[0].before"]


@pytest.mark.parametrize(
    ("ops", "code"),
    [
        ([("e1", None, entity(0, 999))], "bounds"),
        ([("e1", None, entity(5, 5))], "bounds"),
        ([("e1", None, entity(0, 3, "NOPE"))], "label"),
        ([("e1", None, entity(0, 3)), ("e2", None, entity(0, 3))], "twice"),
        ([("r1", None, {"head": "x", "tail": "y", "label": "MET_WITH"})], "end"),
        (
            [
                ("e1", None, entity(0, 12)),
                ("e2", None, entity(24, 28, "GPE")),
                ("r1", None, {"head": "e2", "tail": "e1", "label": "LEADER_OF"}),
            ],
            "ends",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_whole(layer: Layer, ops: list[Any], code: str) -> None:
    """An edit whose result breaks a rule changes nothing, and says which."""
    with pytest.raises(Invalid) as refused:
        say(layer, 0, edit("k1", *ops))
    assert code in {problem.code for problem in refused.value.problems}
    assert items(layer) == {}
    assert db.session.get_one(Layer, layer.id).revision == 0


def test_values_that_a_label_does_not_declare_are_refused(layer: Layer) -> None:
    """The sentence names the values that are possible; what nothing declares stays free."""
    scheme = schema.parse_scheme(
        {
            "entities": [
                {
                    "name": "PERSON",
                    "attributes": [{"name": "sure", "values": ["yes", "no"]}, {"name": "note"}],
                }
            ],
            "relations": [{"name": "KNOWS", "attributes": [{"name": "kind", "values": ["well"]}]}],
        }
    )
    with transaction() as session:
        session.get_one(Project, layer.project_id).scheme = scheme

    def told(**attributes: Any) -> dict[str, Any]:
        return {**entity(0, 3), "attributes": attributes}

    say(layer, 0, edit("k1", ("a", None, told(sure="yes", note="x", other=3))))
    for number, value in enumerate(("maybe", True, 1, "")):
        with pytest.raises(Invalid) as caught:
            say(layer, 1, edit(f"k{number}x", ("b", None, {**told(sure=value), "start": 1})))
        [problem] = caught.value.problems
        assert problem.code == "attributes"
        assert problem.message == f"sure of PERSON is one of yes, no, not {value!r}."
    link = {"head": "a", "tail": "a", "label": "KNOWS", "attributes": {"kind": "badly"}}
    with pytest.raises(Invalid, match="breaks a rule") as caught:
        say(layer, 1, edit("k9", ("r", None, link)))
    assert "kind of KNOWS is one of well" in caught.value.problems[0].message


def test_an_entity_cannot_leave_its_relations_behind(layer: Layer) -> None:
    """Deleting an entity without its relations is refused; with them it is one edit."""
    relation = {"head": "e1", "tail": "e2", "label": "MET_WITH"}
    ops = [("e1", None, entity(0, 12)), ("e2", None, entity(17, 20)), ("r1", None, relation)]
    say(layer, 0, edit("k1", *ops))
    with pytest.raises(Invalid):
        say(layer, 1, edit("k2", ("e1", entity(0, 12), None)))
    say(layer, 1, edit("k3", ("e1", entity(0, 12), None), ("r1", relation, None)))
    assert list(items(layer)) == ["e2"]
    assert proven(layer) == []


def test_origin_is_kept_and_may_be_left_out_of_before(layer: Layer) -> None:
    """What proposed an entity stays with it; a program need not repeat it to delete."""
    origin = {"suggester": "rulers", "version": "1", "score": 0.9}
    say(layer, 0, edit("k1", ("s:0-12:PERSON", None, {**entity(0, 12), "origin": origin})))
    assert items(layer)["s:0-12:PERSON"].origin == origin  # type: ignore[union-attr]
    say(layer, 1, edit("k2", ("s:0-12:PERSON", entity(0, 12), None)))
    [_, deleted] = editing.history(layer.id)
    assert deleted["ops"][0]["before"]["origin"] == origin


def test_a_verdict_is_an_edit_like_any_other(layer: Layer) -> None:
    """Rejecting a suggestion is logged, kept, and can be taken back."""
    say(layer, 0, edit("k1", ("s:0-3:ORG", None, {"verdict": "rejected"})))
    assert items(layer) == {"s:0-3:ORG": schema.Verdict("s:0-3:ORG", "rejected")}
    say(layer, 1, edit("k2", ("s:0-3:ORG", {"verdict": "rejected"}, entity(0, 3, "ORG"))))
    assert isinstance(items(layer)["s:0-3:ORG"], schema.Entity)
    assert proven(layer) == []


def test_the_log_cannot_be_changed(layer: Layer) -> None:
    """The database itself refuses to update or delete an edit."""
    say(layer, 0, edit("k1", ("e1", None, entity(0, 12))))
    for statement in ("UPDATE edit SET key = 'x'", "DELETE FROM edit"):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(sql(statement))
        db.session.rollback()


def test_concurrent_writers_lose_nothing(layer: Layer, any_app: Flask) -> None:
    """Many writers on one layer: each edit acknowledged is there once, others were told stale."""
    layer_id, actor = layer.id, layer.annotator_id
    db.session.commit()
    acknowledged: list[str] = []

    def write(writer: int) -> None:
        with any_app.app_context():
            for number in range(8):
                key, base = f"w{writer}-{number}", 0
                place = writer * 8 + number
                op = (key, None, {"verdict": "rejected"} if place % 2 else entity(place % 40, 41))
                while True:
                    try:
                        editing.apply(layer_id, base, [edit(key, op)], actor_id=actor, now=NOW)
                        acknowledged.append(key)
                        break
                    except Stale as stale:
                        base = stale.details["revision"]  # type: ignore[assignment]
                    except Invalid:
                        break
            db.session.remove()

    threads = [threading.Thread(target=write, args=[writer]) for writer in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    kept = [e["key"] for e in editing.history(layer_id)]
    assert sorted(kept) == sorted(acknowledged)
    assert proven(db.session.get_one(Layer, layer_id)) == []


ANOTHER = """
from labeler import editing, schema
from labeler.app import create_app
from labeler.models.database import now

with create_app().app_context():
    entity = schema.Entity("e2", 17, 20, "PERSON")
    edit = schema.Edit("k2", (schema.Op("e2", None, entity),))
    print(editing.apply({layer}, 0, [edit], actor_id={actor}, now=now()))
"""


def test_what_a_longer_transaction_took_back_is_not_remembered(
    layer: Layer, any_app: Flask, tmp_path: Path
) -> None:
    """An edit undone with its transaction leaves no trace, also when another process goes on."""
    layer_id, actor = layer.id, layer.annotator_id

    def fail() -> None:
        with transaction():
            say(layer, 0, edit("k1", ("e1", None, entity(0, 12))))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    url = any_app.config["LABELER"].database_url
    env = {**os.environ, "LABELER_DATABASE_URL": url, "LABELER_INSTANCE": str(tmp_path / "two")}
    program = ANOTHER.format(layer=layer_id, actor=actor)
    subprocess.run([sys.executable, "-c", program], env=env, check=True, capture_output=True)
    db.session.expire_all()
    with pytest.raises(Invalid):
        say(layer, 1, edit("k3", ("e1", entity(0, 12), None)))
    assert list(items(layer)) == ["e2"]
    assert proven(layer) == []


# ---- any edits ---------------------------------------------------------------------------------

places = st.tuples(st.integers(0, 48), st.integers(1, 6)).map(lambda p: (p[0], p[0] + p[1]))
bodies = st.one_of(
    st.none(),
    st.builds(lambda p, name: entity(*p, name), places, st.sampled_from(["PERSON", "ORG"])),
    st.builds(
        lambda h, t: {"head": h, "tail": t, "label": "MET_WITH"},
        st.sampled_from("abc"),
        st.sampled_from("abc"),
    ),
    st.just({"verdict": "rejected"}),
)


@settings(max_examples=60)
@given(gestures=st.lists(st.lists(st.tuples(st.sampled_from("abcdr"), bodies), min_size=1)))
def test_any_edits_leave_a_layer_whole(
    app: Flask, gestures: list[list[tuple[str, dict[str, Any] | None]]]
) -> None:
    """Whatever is sent, accepted or refused, the state stays the fold of the log."""
    corpus = Corpus()
    name = f"p{db.session.execute(sql('SELECT count(*) FROM project')).scalar()}"
    layer = corpus.layer(corpus.document(corpus.project(name), TEXT))
    revision = 0
    for number, gesture in enumerate(gestures):
        current = items(layer)
        ops = []
        for op_id, after in dict(gesture).items():
            before = schema.annotation_json(current.get(op_id), with_id=False)
            if before is not None or after is not None:
                ops.append((op_id, before, after))
        if not ops:
            continue
        try:
            revision = say(layer, revision, edit(f"k{number}", *ops))
        except Invalid:
            assert items(layer) == current
    assert proven(layer) == []
