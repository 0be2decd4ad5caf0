"""Settling over the database: gold is a layer like any other, and nothing is forgotten."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import audit, editing, jobs, proof, schema, settling, transfer, work
from labeler.errors import Conflict, Invalid
from labeler.jobs import queue
from labeler.models import Document, Job, Layer, Project, User, db
from labeler.settling import Choice, automatic, batches
from tests.conftest import NOW, Corpus
from tests.web.pages import Client

LATER = NOW + timedelta(days=1)

TEXT = "Ada Lovelace met Bob in Varn on Monday. Varn was quiet."


@pytest.fixture
def shared(any_app: Flask, corpus: Corpus) -> Document:
    """Return a document that three finished."""
    return three_finished(corpus)


def three_finished(corpus: Corpus) -> Document:
    """Return a document that three finished: one agreed entity, and two that differ."""
    project = corpus.project(ana="annotator", ben="annotator", chidi="annotator", lena="curator")
    document = corpus.document(project, TEXT)
    corpus.layer(document, "ana", "done", PERSON=[(0, 12)], GPE=[(24, 28)])
    corpus.layer(document, "ben", "done", PERSON=[(0, 12), (17, 20)], ORG=[(24, 28)])
    corpus.layer(document, "chidi", "done", PERSON=[(0, 12)], GPE=[(24, 28)])
    return document


def lena() -> User:
    """Return the curator."""
    return db.session.query(User).filter_by(name="lena").one()


def opened(document: Document) -> settling.Case:
    """Open a document as the curator."""
    return settling.open_case(document, lena(), NOW)


def choice(case: settling.Case, question: str, answer: str, **more: str) -> Choice:
    """Return an answer to a question as it stands now."""
    return Choice(question, answer, case.comparison.by_key[question].seen, **more)


def decide(document: Document, key: str, question: str, answer: str, **more: str) -> settling.Case:
    """Settle one question."""
    chosen = choice(opened(document), question, answer, **more)
    return settling.decide(document, [chosen], key, lena(), NOW)


def gold(case: settling.Case) -> set[tuple[int, int, str]]:
    """Return the entities of gold."""
    return {(e.start, e.end, e.label) for e in case.record.entities}


def proven(case: settling.Case) -> list[str]:
    """Return what the proof finds wrong with the gold layer."""
    scheme = settling.project_of(case.document).scheme
    return [str(problem) for problem in editing.prove(case.gold, scheme, TEXT)]


def test_opening_takes_what_all_agree_on(shared: Document) -> None:
    """The gold layer is made by the first opening, and the second one changes nothing."""
    case = opened(shared)
    assert gold(case) == {(0, 12, "PERSON")}
    assert (case.agreed, case.open, case.settled) == (1, 2, 0)
    [entity] = case.record.entities
    assert entity.origin == {
        "curation": {"how": "agreed", "from": ["ana", "ben", "chidi"], "by": "lena"}
    }
    assert opened(shared).gold.revision == case.gold.revision == 1
    assert proven(case) == []


def test_a_decision_is_an_edit_with_its_reason(shared: Document) -> None:
    """Taking a version writes entity and decision in one edit, which sent twice counts once."""
    case = decide(shared, "k1", "e:24-28", "24-28:GPE", reason="guideline", note="a town")
    again = decide(shared, "k1", "e:24-28", "24-28:GPE")
    assert gold(case) == {(0, 12, "PERSON"), (24, 28, "GPE")}
    assert (case.open, case.settled) == (1, 1)
    assert again.gold.revision == case.gold.revision == 2
    [varn] = [e for e in case.record.entities if e.label == "GPE"]
    assert varn.origin is not None
    assert varn.origin["curation"]["from"] == ["ana", "chidi"]
    assert varn.origin["curation"]["reason"] == "guideline"
    assert proven(case) == []


def test_undo_takes_back_decision_and_entity(shared: Document) -> None:
    """The question is open again, and undoing the undoing settles it again."""
    decide(shared, "k1", "e:24-28", "24-28:GPE")
    case = settling.undo(shared, "k1", "k2", lena(), NOW)
    assert (case.open, gold(case)) == (2, {(0, 12, "PERSON")})
    case = settling.undo(shared, "k2", "k3", lena(), NOW)
    assert (case.open, gold(case)) == (1, {(0, 12, "PERSON"), (24, 28, "GPE")})
    decide(shared, "k4", "e:24-28", "24-28:ORG")
    with pytest.raises(Conflict, match="settled otherwise"):
        settling.undo(shared, "k1", "k5", lena(), NOW)


def test_gold_is_accepted_when_no_question_is_open(shared: Document, corpus: Corpus) -> None:
    """Accepting is refused while something is open, and undone by a change of an annotator."""
    opened(shared)
    with pytest.raises(Conflict, match="2 questions are open"):
        settling.finish(shared, lena(), NOW)
    decide(shared, "k1", "e:24-28", "24-28:GPE")
    decide(shared, "k2", "e:17-20", "")
    assert settling.finish(shared, lena(), NOW).status == "done"
    project = settling.project_of(shared)
    assert [row.state for row in settling.documents(project)[0]] == ["done"]
    assert settling.next_to_settle(project) is None
    ana = db.session.query(Layer).join(User).filter(User.name == "ana", ~Layer.gold).one()
    before = schema.Entity("GPE-24-28", 24, 28, "GPE")
    change = schema.Edit("c", (schema.Op(before.id, before, None),))
    editing.apply(ana.id, 1, [change], actor_id=ana.annotator_id, now=NOW + timedelta(hours=1))
    assert [row.state for row in settling.documents(project)[0]] == ["changed"]
    assert settling.next_to_settle(project) == shared.id
    case = opened(shared)
    assert case.gold.status == "open"
    [again] = [each for each in case.questions if each.state == "open"]
    assert again.reopened


def test_one_more_who_agrees_leaves_gold_accepted(shared: Document, corpus: Corpus) -> None:
    """Somebody who finishes later and says what was decided opens nothing again."""
    decide(shared, "k1", "e:24-28", "24-28:GPE")
    decide(shared, "k2", "e:17-20", "")
    settling.finish(shared, lena(), NOW - timedelta(hours=1))
    corpus.layer(shared, "dora", "done", PERSON=[(0, 12)], GPE=[(24, 28)])
    assert [row.state for row in settling.documents(settling.project_of(shared))[0]] == ["done"]
    case = opened(shared)
    assert (case.open, case.gold.status) == (0, "done")
    assert settling.next_to_settle(settling.project_of(shared)) is None


def test_an_answer_to_versions_that_changed_is_refused(shared: Document) -> None:
    """A decision on versions that nobody holds any more changes nothing."""
    opened(shared)
    old = Choice("e:24-28", "24-28:GPE", "0123456789abcdef")
    with pytest.raises(Conflict, match="changed this meanwhile"):
        settling.decide(shared, [old], "k1", lena(), NOW)
    with pytest.raises(Invalid):
        decide(shared, "k2", "e:24-28", "24-28:GPE", reason="because")
    assert opened(shared).open == 2


def test_several_decisions_stand_or_fall_together(shared: Document) -> None:
    """When one of several cannot be done, none is."""
    case = opened(shared)
    good = choice(case, "e:24-28", "24-28:GPE")
    bad = choice(case, "e:17-20", "17-20:NONSENSE")
    with pytest.raises(Conflict):
        settling.decide(shared, [good, bad], "k1", lena(), NOW)
    assert gold(opened(shared)) == {(0, 12, "PERSON")}


def test_documents_are_listed_by_key(any_app: Flask, corpus: Corpus) -> None:
    """Only what two or more finished is listed, a page at a time, with what is open in each."""
    project = corpus.project(ana="annotator", ben="annotator", lena="curator")
    for number in range(5):
        document = corpus.document(project, TEXT, f"a{number}")
        corpus.layer(document, "ana", "done", PERSON=[(0, 12)])
        corpus.layer(document, "ben", "done" if number else "open", GPE=[(24, 28)])
    rows, after = settling.documents(project, limit=3)
    assert [(row.name, row.open, row.annotators) for row in rows] == [
        ("a1", 2, 2), ("a2", 2, 2), ("a3", 2, 2),
    ]  # fmt: skip
    rows, end = settling.documents(project, after=after or 0, limit=3)
    assert ([row.name for row in rows], end) == (["a4"], None)


def test_the_list_follows_every_change_of_a_layer(any_app: Flask, corpus: Corpus) -> None:
    """Finished by two it is open, accepted done, edited changed; reopened it is off the list."""
    project = corpus.project(ana="annotator", ben="annotator", lena="curator")
    document = corpus.document(project, TEXT)
    corpus.layer(document, "ana", "done", GPE=[(24, 28)])
    corpus.layer(document, "ben", "open", GPE=[(24, 28)])
    key = document.id

    def states() -> list[str]:
        assert list(proof.check()) == []
        db.session.expunge_all()
        found = db.session.get_one(Project, project.id)
        return [each for each in settling.STATES if settling.documents(found, state=each)[0]]

    def layer(name: str) -> Layer:
        return db.session.query(Layer).filter(Layer.annotator.has(name=name), ~Layer.gold).one()

    assert states() == []
    work.set_state(layer("ben"), {"status": "done"}, NOW)
    assert states() == ["open"]
    settling.finish(db.session.get_one(Document, key), lena(), NOW)
    assert states() == ["done"]
    more = schema.Op("e9", None, schema.Entity("e9", 0, 3, "PERSON"))
    edit = schema.Edit("k", (more,))
    editing.apply(layer("ana").id, 1, [edit], actor_id=lena().id, now=NOW)
    assert states() == ["changed"]
    opened(db.session.get_one(Document, key))
    assert states() == ["open"]
    work.set_state(layer("ben"), {"status": "open"}, NOW)
    assert states() == []


# ---- many at once ----------------------------------------------------------------------------


def test_what_most_hold_is_settled_by_vote(shared: Document) -> None:
    """Two of three is enough at two thirds; what was counted is settled, and undone."""
    project = settling.project_of(shared)
    counted = settling.settle_all(project, lena(), NOW, threshold=0.66, preview=True)
    assert (counted.documents, counted.questions, counted.left) == (1, 2, 0)
    assert db.session.query(Layer).filter_by(gold=True).count() == 0
    made = settling.settle_all(project, lena(), NOW, threshold=0.66)
    case = opened(shared)
    assert (made.questions, case.open) == (2, 0)
    assert gold(case) == {(0, 12, "PERSON"), (24, 28, "GPE")}
    [varn] = [e for e in case.record.entities if e.label == "GPE"]
    assert (varn.origin or {})["curation"]["how"] == "vote"
    assert case.gold.status == "open"
    undone = settling.undo_batch(project, made.key, lena(), NOW)
    assert (undone.documents, opened(shared).open) == (1, 2)
    strict = settling.settle_all(project, lena(), NOW, threshold=0.9, preview=True)
    assert (strict.questions, strict.left) == (0, 2)


class Stopping(jobs.JobWork):
    """Work that has to end after its first chunk."""

    @contextmanager
    def chunk(self) -> Iterator[jobs.Chunk]:
        """Run a block, and have it be the last one."""
        with super().chunk() as chunk:
            yield chunk
        self._stopping.set()


def taken(job: Job) -> jobs.Claim:
    """Take a job as a worker does."""
    claim = queue.claim("w", job.id)
    assert claim is not None
    return claim


def test_settling_in_the_background_goes_on_where_a_worker_died(
    any_app: Flask, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each document is settled once, under one key, and one undo takes all of it back."""
    project = corpus.project(ana="annotator", ben="annotator", chidi="annotator", lena="curator")
    for number in range(5):
        document = corpus.document(project, TEXT, f"a{number}")
        for name, label in (("ana", "GPE"), ("ben", "GPE"), ("chidi", "ORG")):
            corpus.layer(document, name, "done", **{label: [(24, 28)]})
    monkeypatch.setattr(batches, "PAGE", 2)
    monkeypatch.setattr(automatic, "_AT_ONCE", 0)
    job = settling.queue_settling(project, "vote", 0.66, lena())
    jobs.perform(Stopping(taken(job)))
    assert jobs.find(job.id).done == 2
    jobs.perform(jobs.JobWork(taken(job)))
    ended = jobs.find(job.id)
    assert (ended.state, ended.done, ended.total) == ("done", 5, 5)
    assert ended.result == {"key": job.parameters["key"], "refused": 0} | {
        "documents": 5, "questions": 5, "left": 0, "complete": 5,
    }  # fmt: skip
    assert settling.settle_all(project, lena(), NOW).questions == 0
    undone = settling.queue_undo(project, job.parameters["key"], lena())
    jobs.perform(jobs.JobWork(taken(undone)))
    assert jobs.find(undone.id).result["documents"] == 5  # type: ignore[index]


def test_competence_outweighs_number(any_app: Flask, corpus: Corpus) -> None:
    """One who is nearly always right outweighs two who are not; it takes three annotators."""
    people = dict.fromkeys(("ana", "ben", "chidi"), "annotator")
    project = corpus.project(lena="curator", **people)
    labels = ("PERSON", "ORG", "GPE", "DATE")
    for number in range(24):
        document = corpus.document(project, TEXT, f"a{number}")
        right, wrong = labels[number % 4], labels[(number + 1 + number // 4 % 3) % 4]
        corpus.layer(document, "ana", "done", **{right: [(24, 28)]})
        corpus.layer(document, "ben", "done", **{right if number % 2 else wrong: [(24, 28)]})
        corpus.layer(document, "chidi", "done", **{wrong if number % 2 else right: [(24, 28)]})
    accuracy = automatic.competence(project)
    assert accuracy["ana"] > 0.9 > max(accuracy["ben"], accuracy["chidi"])
    made = settling.settle_all(project, lena(), NOW, by="competence", threshold=0.9)
    assert made.questions == 24
    with pytest.raises(Invalid):
        settling.settle_all(project, lena(), NOW, by="guess")


def test_the_same_words_are_settled_alike_everywhere(any_app: Flask, corpus: Corpus) -> None:
    """Open questions about the same words get the same answer, and one undo takes all back."""
    project = corpus.project(ana="annotator", ben="annotator", lena="curator")
    found = []
    for number in range(3):
        document = corpus.document(project, TEXT, f"a{number}")
        corpus.layer(document, "ana", "done", GPE=[(24, 28), (40, 44)], PERSON=[(0, 3)])
        corpus.layer(document, "ben", "done", ORG=[(24, 28), (40, 44)])
        found.append(document)
    chosen = choice(opened(found[0]), "e:24-28", "24-28:GPE", reason="guideline")
    assert settling.documents_alike(project, "Varn") == 3
    counted = settling.settle_alike(found[0], chosen, "k0", lena(), NOW, preview=True)
    assert (counted.documents, counted.questions) == (3, 6)
    settling.settle_alike(found[0], chosen, "k1", lena(), NOW)
    for document in found:
        case = opened(document)
        assert (case.open, gold(case)) == (1, {(24, 28, "GPE"), (40, 44, "GPE")})
    assert settling.precedents(project, "Varn") == {"GPE": 6}
    undone = settling.undo_batch(project, "k1", lena(), NOW)
    assert undone.documents == 3
    told = [(entry.action, entry.subject) for entry in audit.entries(project).rows]
    assert told[:2] == [("gold.undo", "k1"), ("gold.alike", "“Varn” as GPE")]
    assert [opened(document).open for document in found] == [3, 3, 3]


def test_the_page_counts_settles_and_takes_back(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """A curator counts first, settles, reads what came of it, and takes it back as a whole."""
    shared = three_finished(corpus)
    lead = Client(signed_in("lena"))
    address = "/projects/news/adjudicate/automatic"
    assert "2</b> questions" in lead.get(f"{address}?by=vote&threshold=66").text
    made = lead.post(address, {"by": "vote", "threshold": "66"})
    page = lead.get(made.location).text
    assert re.search(">2</b> questions of <b[^>]*>1</b> documents were settled", page)
    [key] = re.findall(r'name="key" value="(vote-[0-9a-f]+)"', page)
    undone = lead.post("/projects/news/adjudicate/undo", {"key": key})
    assert "What was settled is as it was before" in lead.get(undone.location).text
    assert opened(shared).open == 2
    other = jobs.enqueue("count", "Other", project_id=shared.project_id)
    assert lead.get(f"{address}?job={other.id}").status_code == 404


def test_what_annotators_say_after_gold_was_labeled_by_hand_opens_it_again(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """What was said is noted with the edit itself, not when somebody looks at the page next."""
    case = opened(three_finished(corpus))
    lead = Client(signed_in("lena"))
    after = {"start": 24, "end": 28, "label": "DATE"}
    body = {"base": case.gold.revision, "edits": [
        {"key": "k", "ops": [{"id": "own", "before": None, "after": after}]}
    ]}  # fmt: skip
    token = lead.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = lead.client.post(
        f"/api/v1/layers/{case.gold.id}/edits", json=body, headers={"X-CSRFToken": token}
    )
    assert answer.json["revision"] == case.gold.revision + 2
    ben = db.session.query(Layer).filter(Layer.annotator.has(name="ben")).one()
    entity = next(e for e in editing.load([ben])[0].entities if e.label == "ORG")
    op = schema.Op(entity.id, entity, replace(entity, label="PERSON"))
    editing.apply(ben.id, ben.revision, [schema.Edit("b", (op,))], actor_id=lena().id, now=NOW)
    states = {each.slot.key: each.state for each in opened(case.document).questions}
    assert states["e:24-28"] == "open"


# ---- exports ---------------------------------------------------------------------------------


def exported(project: Project, folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Export gold, and return its layers and what was left out."""
    transfer.export(project, "jsonl", folder=folder)
    lines = (folder / "layers.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines], orjson.loads(
        (folder / "report.json").read_bytes()
    )["problems"]


def test_gold_is_exported_when_it_is_accepted(shared: Document, tmp_path: Path) -> None:
    """Half-settled gold stays out and is told; accepted gold goes out with its provenance."""
    project = settling.project_of(shared)
    opened(shared)
    lines, problems = exported(project, tmp_path / "half")
    assert lines == []
    assert [problem["code"] for problem in problems] == ["unsettled"]
    decide(shared, "k1", "e:24-28", "24-28:GPE", reason="slip")
    decide(shared, "k2", "e:17-20", "")
    settling.finish(shared, lena(), NOW)
    [line], problems = exported(project, tmp_path / "whole")
    assert problems == []
    assert [(e["start"], e["label"]) for e in line["entities"]] == [(0, "PERSON"), (24, "GPE")]
    assert line["entities"][1]["origin"]["curation"]["reason"] == "slip"
    assert {decision["id"] for decision in line["decisions"]} >= {"q:e:24-28", "q:e:17-20"}


def test_what_is_settled_by_vote_is_exported_once_accepted_as_a_whole(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """Documents in which a vote leaves nothing open are accepted with it, or later; one key takes
    both back, but where somebody changed gold since."""
    shared = three_finished(corpus)
    project = settling.project_of(shared)
    all_agree = corpus.document(project, "Ada.", "a2")
    tied = corpus.document(project, "Bob.", "a3")
    for name in ("ana", "ben"):
        corpus.layer(all_agree, name, "done", PERSON=[(0, 3)])
        corpus.layer(tied, name, "done", **{"PERSON" if name == "ana" else "ORG": [(0, 3)]})
    plain = settling.queue_settling(project, "vote", 0.66, lena())
    counted = {"documents": 1, "questions": 2, "left": 1, "complete": 2}
    assert plain.result is not None
    assert {name: plain.result[name] for name in counted} == counted
    lines, _ = exported(project, tmp_path / "before")
    assert [line["id"] for line in lines] == ["a2"]  # as both have it, without gold
    job = settling.queue_settling(project, "vote", 0.66, lena(), accepting=True)
    assert job.result is not None
    assert (job.result["complete"], job.result["questions"]) == (2, 0)
    lines, _ = exported(project, tmp_path / "after")
    assert [line["id"] for line in lines] == ["a1", "a2"]
    assert {line["annotator"] for line in lines} == {"lena"}
    rows, following = settling.settled(project, job.parameters["key"], "vote")
    assert [(row.id, row.accepted) for row in rows] == [(shared.id, True), (all_agree.id, True)]
    assert following is None
    assert opened(tied).open == 1
    changed = opened(all_agree).gold
    edit = schema.Edit("hand", (schema.Op("x", None, schema.Entity("x", 3, 4, "ORG")),))
    settling.label_by_hand(changed, changed.revision, [edit], lena(), LATER)
    settling.queue_undo(project, job.parameters["key"], lena())
    lines, _ = exported(project, tmp_path / "back")
    assert [line["id"] for line in lines] == ["a2"]
    settling.queue_undo(project, plain.parameters["key"], lena())
    assert opened(shared).open == 2
    assert list(proof.check()) == []


REQUIRING = schema.parse_scheme(
    {
        "entities": [
            {
                "name": "PERSON",
                "attributes": [{"name": "certainty", "values": ["sure", "no"], "required": True}],
            }
        ]
    }
)


def test_gold_is_accepted_once_required_attributes_are_given(
    any_app: Flask, corpus: Corpus, tmp_path: Path
) -> None:
    """What all left out is asked for when gold is accepted, by a person or by vote, and told in
    exports of what was finished without it; `labeler check` lists it and finds no fault."""
    roles = {"ana": "annotator", "ben": "annotator", "lena": "curator"}
    document = corpus.document(corpus.project("strict", REQUIRING, **roles), TEXT)
    for name in ("ana", "ben"):
        corpus.layer(document, name, "done", PERSON=[(0, 12)])
    project = settling.project_of(document)
    [problem] = exported(project, tmp_path / "bare")[1]
    assert (problem["code"], problem["text"]) == ("untold", "Ada Lovelace")
    assert problem["message"] == "certainty of PERSON must be given."
    assert [(p.file, p.code) for p in proof.lacking()] == [
        ("strict, document a1, ana", "untold"),
        ("strict, document a1, ben", "untold"),
    ]
    assert settling.settle_all(project, lena(), NOW, accepting=True).complete == 0
    with pytest.raises(Invalid, match="Not accepted: certainty of PERSON must be given") as refusal:
        settling.finish(document, lena(), NOW)
    case = opened(document)
    [entity] = case.record.entities
    assert [each.path for each in refusal.value.problems] == [entity.id]
    told = replace(entity, attributes={"certainty": "sure"})
    edit = schema.Edit("hand", (schema.Op(entity.id, entity, told),))
    settling.label_by_hand(case.gold, case.gold.revision, [edit], lena(), NOW)
    assert settling.settle_all(project, lena(), NOW, preview=True).complete == 1
    assert settling.finish(document, lena(), NOW).status == "done"
    assert exported(project, tmp_path / "whole")[1] == []
    assert list(proof.check()) == []


# ---- who may ---------------------------------------------------------------------------------

PATHS = ("adjudication", "adjudication/reopen", "adjudication/undo", "adjudication/accept")


def test_annotators_reach_nothing_of_it(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Neither pages nor interface tell an annotator what others did, nor gold."""
    project = corpus.project(ana="annotator", ben="annotator", lena="curator")
    document = corpus.document(project, TEXT)
    for name in ("ana", "ben"):
        corpus.layer(document, name, "done", PERSON=[(0, 12)])
    case = opened(document)
    ana, curator = signed_in("ana"), signed_in("lena")
    root = f"/api/v1/documents/{document.id}"
    pages = [
        "/projects/news/adjudicate",
        "/projects/news/adjudicate/next",
        f"/projects/news/adjudicate/{document.id}",
        f"/projects/news/adjudicate/{document.id}/gold",
        f"{root}/adjudication",
    ]
    assert {ana.get(page).status_code for page in pages} == {403}
    assert {curator.get(page).status_code for page in pages} <= {200, 302}
    assert ana.get(f"/api/v1/layers/{case.gold.id}").status_code == 404
    assert curator.get(f"/api/v1/layers/{case.gold.id}").status_code == 200
