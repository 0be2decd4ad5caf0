"""Handing out: what comes next for whom, who holds it, and for how long."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from labeler import accounts, proof, work
from labeler.errors import Forbidden, Invalid
from labeler.models import Assignment, Document, Layer, Project, QueueEntry, User, db, transaction
from labeler.work import assignments, passed, queue
from labeler.work.rules import look_again
from tests.conftest import NOW, Corpus

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(any_app: Flask, corpus: Corpus) -> "Desk":
    """Return a project of six documents with three annotators, a curator and a manager."""
    people = {"ana": "annotator", "ben": "annotator", "eva": "annotator"}
    project = corpus.project(**people, cy="curator", max="manager")
    documents = [corpus.document(project, f"Text {n}.", name=f"d{n}") for n in range(1, 7)]
    return Desk(corpus, project, documents)


class Desk:
    """Asks for documents and finishes them, in a word each; documents are told by number."""

    def __init__(self, corpus: Corpus, project: Project, documents: list[Document]) -> None:
        self.corpus, self.project, self.documents = corpus, project, documents
        self.now = NOW

    def rules(self, **values: Any) -> None:
        """Change rules of handing out."""
        work.change_rules(self.project, values)

    def person(self, name: str) -> User:
        """Return the person of a name."""
        return self.corpus.person(name)

    def key(self, number: int) -> int:
        """Return the id of a document."""
        return self.documents[number - 1].id

    def next(self, name: str, after: int = 0) -> int | None:
        """Return the document handed to somebody."""
        key = self.key(after) if after else 0
        found = work.hand_out(self.project, self.person(name), self.now, key).document_id
        return None if found is None else [d.id for d in self.documents].index(found) + 1

    def open(self, name: str, number: int) -> Layer:
        """Open a document for somebody."""
        return work.open_layer(self.documents[number - 1], self.person(name), self.now)

    def set(self, name: str, number: int, status: str = "done", **more: Any) -> None:
        """Say what somebody did with a document."""
        work.set_state(self.open(name, number), {"status": status, **more}, self.now)

    def give(self, name: str, *numbers: int) -> int:
        """Give documents by hand; return how many were new."""
        keys = [self.key(number) for number in numbers]
        return work.act(self.project, "give", keys, person=name, now=self.now)


def test_without_rules_everybody_gets_each_in_order(desk: Desk) -> None:
    """A project that nobody set up hands every document to everybody, as imported."""
    for number in range(1, 7):
        for name in ("ana", "ben"):
            assert desk.next(name) == number
            desk.set(name, number)
    assert desk.next("ana") is None
    assert db.session.query(Assignment).count() == 0


def test_after_a_document_the_next_unfinished_one_comes(desk: Desk) -> None:
    """Who jumped ahead goes on from there, then returns to what was left out."""
    desk.set("ana", 4)
    assert desk.next("ana", after=4) == 5
    desk.set("ana", 5)
    desk.set("ana", 6)
    assert desk.next("ana", after=6) == 1
    assert desk.next("ana", after=1) == 2


def test_a_document_goes_to_so_many_and_no_more(desk: Desk) -> None:
    """With an overlap of two the third person gets other documents."""
    desk.rules(overlap=2)
    assert [desk.next(name) for name in ("ana", "ben", "eva")] == [1, 1, 2]
    desk.set("ana", 1)
    assert [desk.next(name) for name in ("ana", "eva")] == [2, 2]
    assert desk.next("ana") == 2, "who asks again gets the same"


def test_a_document_taken_and_left_comes_back(desk: Desk) -> None:
    """After the lease somebody else gets it; who worked on it meanwhile keeps it."""
    desk.rules(overlap=1, lease=30)
    assert (desk.next("ana"), desk.next("ben")) == (1, 2)
    layer = desk.open("ben", 2)
    desk.now += 20 * MINUTE
    work.set_state(layer, {"seconds": 60}, desk.now)
    desk.now += 11 * MINUTE
    assert desk.next("eva") == 1
    desk.now += 20 * MINUTE
    assert desk.next("ana") == 2, "ben's lease ran out twenty minutes after his last sign of life"


def test_a_skipped_document_goes_to_somebody_else(desk: Desk) -> None:
    """Skipping gives the slot back, tells why, and the person does not get it again."""
    desk.rules(overlap=1)
    assert (desk.next("ana"), desk.next("ben")) == (1, 2)
    desk.set("ana", 1, "skipped", reason="No article")
    assert desk.next("ana") == 3
    desk.set("ben", 2)
    assert desk.next("ben") == 1
    page = work.supervise(desk.project, work.Filter(mark="skipped"))
    [part] = [part for part in page.rows[0].parts if part.name == "ana"]
    assert (part.state, part.reason) == ("skipped", "No article")


def test_what_is_opened_again_is_held_again(desk: Desk) -> None:
    """Reopening keeps the slot, by the annotator or by a manager for them."""
    desk.rules(overlap=1)
    desk.set("ana", 1)
    desk.set("ana", 1, "open")
    assert desk.next("ben") == 2
    desk.set("ana", 1)
    assert work.reopen(desk.project, [desk.key(1)], desk.person("ana"), desk.now) == 1
    assert desk.next("ana") == 1
    assert list(proof.check()) == []


def test_what_is_given_by_hand_comes_first(desk: Desk) -> None:
    """A manager's word goes before the queue and above the overlap, until it is taken back."""
    desk.rules(overlap=1)
    desk.next("ben")
    assert desk.give("ana", 1, 5) == 2
    assert desk.give("ana", 5) == 0, "they have it already"
    assert desk.next("ana") == 1
    desk.set("ana", 1)
    assert desk.next("ana") == 5
    keys = [desk.key(5)]
    assert work.act(desk.project, "take_back", keys, person="ana", now=desk.now) == 1
    assert desk.next("ana") == 2


def test_with_no_overlap_documents_come_by_hand_only(desk: Desk) -> None:
    """An overlap of zero hands nothing out that nobody gave."""
    desk.rules(overlap=0)
    assert desk.next("ana") is None
    with pytest.raises(Forbidden, match="given by hand"):
        desk.open("ana", 1)
    desk.give("ana", 3)
    assert desk.next("ana") == 3
    assert desk.open("ana", 3).status == "open"


def test_a_link_opens_what_is_free_and_no_more(desk: Desk) -> None:
    """By its address a document opens while it has a slot, for its holder, and for curators."""
    desk.rules(overlap=1)
    desk.open("ana", 3)
    assert desk.next("ben") == 1
    with pytest.raises(Forbidden, match="One annotator has this document already"):
        desk.open("ben", 3)
    assert desk.open("ana", 3).document_id == desk.key(3)
    assert desk.open("cy", 3).document_id == desk.key(3)
    assert db.session.get_one(QueueEntry, desk.key(3)).slots == 1


def test_some_documents_go_to_everybody(desk: Desk) -> None:
    """The share that all label is handed to each, whatever the overlap of the others."""
    desk.rules(overlap=1, shared=50)
    share = {e.document_id for e in db.session.query(QueueEntry) if e.shared_draw < 32768}
    assert 0 < len(share) < 6, "the texts of this test draw both kinds"
    for name in ("ana", "ben", "eva"):
        while (number := desk.next(name)) is not None:
            desk.set(name, number)
    finished = Counter(layer.document_id for layer in db.session.query(Layer))
    wanted = {d.id: 3 if d.id in share else 1 for d in desk.documents}
    assert finished == wanted


@pytest.mark.parametrize("overlap", [None, 1])
def test_the_random_order_is_that_of_the_lots(desk: Desk, overlap: int | None) -> None:
    """Random is by lot, which a text has wherever it is imported, new documents included."""
    desk.rules(overlap=overlap, ordering="random")
    seen = []
    for _ in range(3):
        number = desk.next("ana")
        assert number is not None
        seen.append(number)
        desk.set("ana", number)
    text = next(t for t in map(str, range(9999)) if _lot(t) < min(_lot(f"Text {n}.") for n in seen))
    desk.documents.append(desk.corpus.document(desk.project, text, name="d7"))
    assert desk.next("ana") == 7
    lots = [_lot(f"Text {n}.") for n in seen]
    assert lots == sorted(lots)


def _lot(text: str) -> int:
    from labeler.models.documents import text_sha256

    return int(text_sha256(text)[:7], 16)


def test_the_most_useful_come_first(desk: Desk) -> None:
    """The lower the mean score of its suggestions, the earlier a document comes."""
    with transaction():
        for number, score in ((2, 0.4), (5, 0.2)):
            db.session.get_one(QueueEntry, desk.key(number)).score = score
    desk.rules(overlap=1, ordering="useful")
    assert [desk.next(name) for name in ("ana", "ben", "eva")] == [5, 2, 1]


def test_curators_can_be_left_out(desk: Desk) -> None:
    """Where only annotators are handed documents, others are told so, and get what is given."""
    desk.rules(annotators_only=True)
    assert desk.next("ana") == 1
    told = work.hand_out(desk.project, desk.person("cy"), desk.now)
    assert told.document_id is None
    assert told.reason
    desk.give("cy", 2)
    assert desk.next("cy") == 2


def test_a_control_is_remembered_by_the_layer(desk: Desk) -> None:
    """A layer made without suggestions says so for good, whatever the share is later."""
    desk.rules(control=100)
    assert desk.open("ana", 1).blind
    desk.rules(control=0)
    assert not desk.open("ana", 2).blind
    assert work.is_blind(desk.documents[0], desk.open("ana", 1))


def test_rules_that_do_not_fit_are_refused(desk: Desk) -> None:
    """Each rule that cannot be is named, and none is changed."""
    wrong = {"overlap": 21, "shared": 101, "ordering": "best", "lease": 0, "colour": 1}
    with pytest.raises(Invalid) as refused:
        desk.rules(control=5, **wrong)
    assert {problem.path for problem in refused.value.problems} == set(wrong)
    assert work.rules_of(desk.project) == work.Rules()


# ---- training --------------------------------------------------------------------------------


@pytest.fixture
def school(desk: Desk) -> Desk:
    """Return the desk with two training documents that have gold, and a pass mark."""
    from labeler import editing, schema

    cy = desk.person("cy")
    entity = schema.Entity("e", 0, 4, "ORG")
    layer = schema.Layer("cy", "done", entities=(entity,))
    news = [editing.NewLayer(desk.project.id, desk.key(n), cy.id, layer, gold=True) for n in (2, 4)]
    editing.create(news, actor_id=cy.id, now=NOW, key="gold")
    keys = [document.id for document in desk.documents]
    assert work.act(desk.project, "train", keys, now=NOW) == 2
    desk.rules(overlap=1, training=2, pass_mark=60)
    return desk


def test_a_newcomer_is_tested_first(school: Desk) -> None:
    """Training documents come first, without suggestions; who passes goes on to the queue."""
    from labeler import editing, schema

    assert (school.next("ana"), school.next("ben")) == (2, 2)
    with pytest.raises(Forbidden, match="training documents first"):
        school.open("ana", 1)
    entity = {"start": 0, "end": 4, "label": "ORG"}
    for number in (2, 4):
        assert school.next("ana") == number
        layer = school.open("ana", number)
        assert layer.blind
        ops = [{"id": "e", "before": None, "after": entity}]
        base, edits = schema.parse_edits({"base": 0, "edits": [{"key": "k", "ops": ops}]})
        editing.apply(layer.id, base, edits, actor_id=layer.annotator_id, now=NOW)
        school.set("ana", number)
    assert school.next("ana") == 1
    [ana, ben, _] = work.trainees(school.project)
    assert (ana.name, ana.finished, ana.entities, ana.passed) == ("ana", 2, 1.0, True)
    assert (ben.finished, ben.entities, ben.passed) == (0, None, None)


def test_training_that_begins_later_counts_what_was_done(school: Desk) -> None:
    """Who finished the documents before they were training is judged by that work, at once; who
    rightly found nothing has passed as well."""
    from labeler import editing, schema

    school.rules(overlap=1, training=0)
    for name, label in (("ana", "ORG"), ("ben", "GPE")):
        entity = schema.Entity("e", 0, 4, label)
        layer = schema.Layer(name, "done", entities=(entity,))
        news = [
            editing.NewLayer(school.project.id, school.key(n), school.person(name).id, layer)
            for n in (2, 4)
        ]
        editing.create(news, actor_id=school.person(name).id, now=NOW, key=f"before {name}")
    school.rules(overlap=1, training=2, pass_mark=60)
    [ana, ben, *_] = work.trainees(school.project)
    assert (ana.entities, ana.passed) == (1.0, True)
    assert (ben.entities, ben.passed) == (0.0, False)
    assert school.next("ana") == 1
    assert "0 %" in (work.hand_out(school.project, school.person("ben"), school.now).reason or "")


def test_who_rightly_finds_nothing_passes(school: Desk) -> None:
    """Where gold has nothing and the newcomer found nothing, there is no F1, and they pass."""
    from labeler.models import Entity, transaction

    with transaction() as session:
        session.query(Entity).delete()
    for number in (2, 4):
        school.set("ana", number)
    assert school.next("ana") == 1


def test_who_does_not_pass_waits_for_a_manager(school: Desk) -> None:
    """Below the mark nothing is handed out, with the reason, until a manager lets them on."""
    for number in (2, 4):
        school.set("ana", number)
    told = work.hand_out(school.project, school.person("ana"), school.now)
    assert told.document_id is None
    assert "0 %" in (told.reason or "")
    work.admit(school.project, school.person("ana"), school.now)
    assert school.next("ana") == 1
    assert school.next("cy") == 1 or school.next("cy") == 3


# ---- many at once ----------------------------------------------------------------------------


@pytest.mark.parametrize("overlap", [1, 3])
def test_many_who_ask_at_once_never_get_too_many(
    any_app: Flask, corpus: Corpus, overlap: int
) -> None:
    """Forty people ask in the same moment; each gets one document, none goes to too many."""
    names = [f"p{n}" for n in range(40)]
    project = corpus.project(**dict.fromkeys(names, "annotator"))
    documents = [corpus.document(project, name=f"d{n}") for n in range(15)]
    work.change_rules(project, {"overlap": overlap})
    people = [corpus.person(name).id for name in names]
    slug, start = project.slug, threading.Barrier(len(names))
    handed: list[int | None] = []

    def ask(user_id: int) -> None:
        with any_app.app_context():
            from labeler import projects

            start.wait()
            found = projects.find(slug)
            handed.append(work.hand_out(found, accounts.user_by_id(user_id), NOW).document_id)
            db.session.remove()

    threads = [threading.Thread(target=ask, args=[key]) for key in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = Counter(key for key in handed if key is not None)
    assert len(handed) == len(names)
    assert sum(counted.values()) == min(len(names), overlap * len(documents))
    assert max(counted.values()) <= overlap
    db.session.rollback()
    assert list(proof.check()) == []


@pytest.mark.parametrize("few", [1, 100])
def test_what_many_gave_back_is_handed_out_again_in_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Who was past the documents gets them, whether each was marked or all are looked at anew."""
    monkeypatch.setattr(assignments, "_FEW", few)
    desk.rules(overlap=1)
    desk.give("eva", 1, 2, 3, 4)
    assert desk.next("ana") == 5
    desk.set("ana", 5)
    keys = [desk.key(number) for number in (1, 2, 3, 4)]
    assert work.act(desk.project, "take_back", keys, person="eva", now=desk.now) == 4
    assert db.session.query(QueueEntry).filter(text("returned")).count() == (4 if few > 1 else 0)
    seen = []
    while (number := desk.next("ana")) is not None:
        desk.set("ana", number)
        seen.append(number)
    assert seen == [1, 2, 3, 4, 6]
    assert db.session.query(QueueEntry).filter(text("returned")).count() == 0


def test_what_lies_before_is_looked_through_in_parts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who finished many gets a later document meanwhile; what they left out comes all the same."""
    monkeypatch.setattr(passed, "_PART", 2)
    desk.rules(overlap=None)
    for number in (1, 2, 3, 5):
        desk.set("ana", number)
    assert desk.next("ana") == 6
    desk.set("ana", 6)
    assert desk.next("ana") == 4
    desk.set("ana", 4)
    assert desk.next("ana") is None


def test_documents_that_nobody_takes_hide_none_of_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where more are marked as put back than are looked at, the marks go and all are looked at."""
    monkeypatch.setattr(assignments, "RETURNED", 2)
    monkeypatch.setattr(queue, "RETURNED", 2)
    desk.rules(overlap=1)
    for number in range(1, 6):
        assert desk.next("ana") == number
        desk.set("ana", number, "skipped", reason="No article")
    desk.give("eva", 5)
    assert desk.next("ana") == 6
    desk.set("ana", 6)
    work.take_back(desk.project, [desk.key(5)], desk.person("eva"))
    assert [desk.next("ben", after=0), desk.next("ben", after=1)] == [1, 2]
    assert desk.next("ana") is None


STEP = st.tuples(
    st.sampled_from(["ana", "ben", "eva"]),
    st.sampled_from(
        [
            "next",
            "next",
            "done",
            "done",
            "skipped",
            "open",
            "wait",
            "give",
            "link",
            "again",
            "order",
        ]
    ),
    st.integers(1, 6),
)


@given(
    steps=st.lists(STEP, max_size=30),
    overlap=st.sampled_from([None, 1, 2]),
    part=st.sampled_from([1, 2, 2000]),
)
@hypothesis_settings(max_examples=20)
def test_whatever_people_do_the_counts_hold_and_nothing_free_is_kept_back(
    app: Flask, steps: list[tuple[str, str, int]], overlap: int | None, part: int
) -> None:
    """The queue never goes over the overlap, and says that nothing is left only when it is so.

    However few entries it looks through again with each request.
    """
    corpus = Corpus()
    people = dict.fromkeys(("ana", "ben", "eva"), "annotator")
    project = corpus.project(f"p{db.session.query(Project).count()}", **people)
    documents = [corpus.document(project, f"{n}", name=f"d{n}") for n in range(1, 7)]
    desk = Desk(corpus, project, documents)
    desk.rules(overlap=overlap, lease=10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passed, "_PART", part)
        for name, deed, number in steps:
            _do(desk, name, deed, number, overlap)
    assert [p for p in proof.check() if p.code in ("queue", "tally")] == []


def _do(desk: Desk, name: str, deed: str, number: int, overlap: int | None) -> None:
    if deed == "next":
        before, most = _slots(desk), 9 if overlap is None else overlap
        found = desk.next(name)
        after = _slots(desk)
        grown = [n for n in after if after[n] > before[n]]
        assert all(after[n] <= most for n in grown)
        if found is None:
            assert not [n for n in after if after[n] < most and _could(desk, name, n)]
    elif deed == "again":
        look_again(desk.project.id)
    elif deed == "order":
        desk.rules(ordering=work.ORDERINGS[number % 3])
    elif deed == "wait":
        desk.now += 6 * MINUTE
    elif deed == "give":
        desk.give(name, number)
    else:
        _touch(desk, name, deed, number)


def _touch(desk: Desk, name: str, deed: str, number: int) -> None:
    try:
        layer = desk.open(name, number)
    except Forbidden:
        assert _slots(desk)[number] > 0
        return
    if deed != "link":
        work.set_state(layer, {"status": deed}, desk.now)


def _slots(desk: Desk) -> dict[int, int]:
    db.session.rollback()
    rows = {e.document_id: e.slots for e in db.session.query(QueueEntry).populate_existing()}
    return {number: rows[desk.key(number)] for number in range(1, 7)}


def _could(desk: Desk, name: str, number: int) -> bool:
    """Tell whether this person has neither finished nor skipped nor holds a document."""
    user, key = desk.person(name), desk.key(number)
    layer = db.session.query(Layer).filter_by(document_id=key, annotator_id=user.id).one_or_none()
    held = db.session.get(Assignment, (key, user.id))
    return held is None and (layer is None or layer.status == "open")


# ---- for managers ----------------------------------------------------------------------------


def listed(desk: Desk, **values: Any) -> list[int]:
    """Return the numbers of the documents of a filter, whose pages agree in both directions."""
    wanted = work.Filter(**values)
    page = work.supervise(desk.project, wanted, limit=2)
    rows = list(page.rows)
    while page.after:
        page = work.supervise(desk.project, wanted, after=page.after, limit=2)
        rows += page.rows
    back = list(page.rows)
    while page.before:
        page = work.supervise(desk.project, wanted, before=page.before, limit=2)
        back = [*page.rows, *back]
    assert back == rows
    return [[d.id for d in desk.documents].index(row.id) + 1 for row in rows]


def test_filters_name_the_documents_that_they_say(desk: Desk) -> None:
    """Each filter, and two at once, list what holds, whole and in order."""
    desk.rules(overlap=2)
    desk.set("ana", 1)
    desk.set("ben", 1)
    desk.set("ana", 2, "skipped", reason="odd")
    desk.set("ana", 3, "open", flag="why")
    desk.give("ana", 4)
    assert listed(desk) == [1, 2, 3, 4, 5, 6]
    assert listed(desk, finished=2) == [1]
    assert listed(desk, finished=0) == [2, 3, 4, 5, 6]
    assert listed(desk, mark="flagged") == [3]
    assert listed(desk, mark="skipped") == [2]
    assert listed(desk, mark="training") == listed(desk, mark="control") == []
    assert listed(desk, person="ana", state="done") == [1]
    assert listed(desk, person="ana", state="unopened") == [4, 5, 6]
    assert listed(desk, person="ana", state="given") == [4]
    assert listed(desk, person="ana", state="taken") == [3]
    assert listed(desk, person="ana", state="skipped", finished=0, mark="skipped") == [2]
    assert listed(desk, words="d5") == [5]
    assert listed(desk, words="d", person="ben", state="done") == [1]


def test_all_that_match_are_given_at_once(desk: Desk) -> None:
    """A filter stands for all its documents, on every page."""
    desk.rules(overlap=0)
    chosen = work.Filter(words="d")
    assert work.act(desk.project, "give", chosen, person="ben", now=desk.now) == 6
    assert listed(desk, person="ben", state="given") == [1, 2, 3, 4, 5, 6]
    assert work.act(desk.project, "take_back", chosen, person="ben", now=desk.now) == 6
    assert list(proof.check()) == []


@pytest.mark.parametrize(
    ("action", "person", "path"),
    [("burn", "ana", "action"), ("give", "nobody", "person"), ("give", "root", "person")],
)
def test_what_cannot_be_done_is_refused(desk: Desk, action: str, person: str, path: str) -> None:
    """An unknown action or person is named."""
    desk.corpus.person("root")
    with pytest.raises(Invalid) as refused:
        work.act(desk.project, action, [desk.key(1)], person=person, now=desk.now)
    assert [problem.path for problem in refused.value.problems] == [path]
