"""The same words across a corpus: found, told, and made alike with one undo."""

import random
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labeler import jobs, lessons, settling
from labeler.errors import Invalid
from labeler.jobs import queue
from labeler.models import Document, Project, User, db, texts
from labeler.settling.consistency import whole
from tests.conftest import NOW, Corpus

TEXT = "Varn lies north of Varnburg. They left Varn."


@pytest.fixture
def project(any_app: Flask, corpus: Corpus) -> Project:
    """Return a project where one labels Varn otherwise in one document."""
    made = corpus.project(ana="annotator", ben="annotator", lena="curator")
    for number in range(3):
        document = corpus.document(made, TEXT, f"a{number}")
        corpus.layer(document, "ana", "done", GPE=[(0, 4), (39, 43)])
        label = "ORG" if number == 1 else "GPE"
        corpus.layer(document, "ben", "done", **{label: [(0, 4)]})
    corpus.document(made, "Nothing here.", "other")
    lessons.catch_up(made.id, NOW)
    return made


def lena() -> User:
    """Return the curator."""
    return db.session.query(User).filter_by(name="lena").one()


def test_words_labeled_in_more_than_one_way_come_first(project: Project) -> None:
    """What is contested is counted each way, and not labeled is one."""
    [varn] = settling.contested(project)
    assert varn.words == "Varn"
    assert varn.usual == "GPE"
    assert varn.counts["ORG"] == 1
    assert varn.counts[""] == 3


def test_occurrences_are_whole_words_with_who_said_what(project: Project) -> None:
    """Each place is told with its context and the label of each annotator."""
    found, following = settling.occurrences(project, "Varn")
    assert following is None
    assert [(each.start, each.end) for each in found[:2]] == [(0, 4), (39, 43)]
    assert found[2].said == [("ana", "GPE"), ("ben", "ORG")]
    assert found[1].said == [("ana", "GPE"), ("ben", "")]
    assert found[1].before.endswith("They left ")
    assert settling.occurrences(project, "100%_Varn")[0] == []


def test_words_that_are_hard_to_find_are_looked_for_a_part_at_a_time(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page reads texts for so long at most, and says where the next one goes on."""
    monkeypatch.setattr("labeler.settling.consistency._READ", 2)
    monkeypatch.setattr("labeler.settling.consistency._PATIENCE", 0)
    found, after = settling.occurrences(project, "lies")
    assert [each.title for each in found] == ["a0", "a1"]
    [last], following = settling.occurrences(project, "lies", after)
    assert last.title == "a2"
    assert settling.occurrences(project, "lies", following) == ([], None)
    found, after = settling.occurrences(project, "VARN")  # the index knows no capitals
    assert found == []
    assert after is not None
    monkeypatch.setattr("labeler.settling.consistency._PATIENCE", 10)
    assert settling.occurrences(project, "VARN", after) == ([], None)


def test_the_index_leaves_no_document_out(any_app: Flask, corpus: Corpus) -> None:
    """Whatever a text is made of, it is among those that may hold each of its words."""
    made, other = corpus.project(), corpus.project("other")
    deal = random.Random(0)
    words = "a B Zé e\u0301 北京 1 ß İ क्षि 𞤀 U.S. AND labelerproject1"
    pieces = (*words.split(), *"_-. \n/@%'\"😀", "x" * 90)
    written = {
        corpus.document(made, "".join(deal.choices(pieces, k=12)) + "a", f"d{number}").id: number
        for number in range(40)
    }
    corpus.document(other, "".join(pieces), "elsewhere")
    kept = {each.id: each.text for each in db.session.query(Document).filter_by(project_id=made.id)}
    assert kept.keys() == written.keys()
    for text in kept.values():
        for start, end in deal.sample([(s, e) for e in range(len(text)) for s in range(e)], 8):
            asked = text[start:end]
            holding = {key for key, each in kept.items() if any(whole(asked, each))}
            assert holding <= set(texts.may_hold(made.id, asked, 0, 100)), asked


def test_chosen_occurrences_are_made_alike_and_undone(project: Project) -> None:
    """Gold gets the label where it was chosen, one undo takes all back, other projects stay."""
    found, _ = settling.occurrences(project, "Varn")
    chosen: dict[int, list[tuple[int, int]]] = {}
    for each in found:
        chosen.setdefault(each.document_id, []).append((each.start, each.end))
    made = settling.make_alike(project, chosen, "ORG", "k1", lena(), NOW)
    assert (made.documents, made.questions) == (3, 6)
    assert {each.gold for each in settling.occurrences(project, "Varn")[0]} == {"ORG"}
    again = settling.make_alike(project, chosen, "ORG", "k2", lena(), NOW)
    assert again.questions == 0
    gone = settling.make_alike(project, {found[0].document_id: [(0, 4)]}, "", "k3", lena(), NOW)
    assert gone.questions == 1
    assert settling.undo_batch(project, "k3", lena(), NOW).documents == 1
    assert settling.undo_batch(project, "k1", lena(), NOW).documents == 3
    assert {each.gold for each in settling.occurrences(project, "Varn")[0]} == {""}
    with pytest.raises(Invalid):
        settling.make_alike(project, chosen, "NONSENSE", "k4", lena(), NOW)
    assert settling.make_alike(project, {10**6: [(0, 4)]}, "ORG", "k5", lena(), NOW).documents == 0


def test_ones_own_layers_are_made_alike_and_undone(project: Project) -> None:
    """Only the layers of who asks are changed, where there is one, and one undo takes all back."""
    ben = db.session.query(User).filter_by(name="ben").one()
    found, _ = settling.occurrences(project, "Varn")
    chosen = {each.document_id: [(0, 4), (39, 43)] for each in found}
    before = [each.said for each in found]
    made = settling.make_alike(project, chosen, "ORG", "k1", ben, NOW, own=True)
    assert (made.documents, made.questions, made.refused) == (3, 5, [])
    after, _ = settling.occurrences(project, "Varn")
    assert {dict(each.said)["ben"] for each in after} == {"ORG"}
    assert {dict(each.said)["ana"] for each in after} == {"GPE"}
    assert {each.gold for each in after} == {None}
    assert settling.undo_batch(project, "k1", lena(), NOW).documents == 0
    assert settling.undo_own_batch(project, "k1", ben, NOW).documents == 3
    assert [each.said for each in settling.occurrences(project, "Varn")[0]] == before
    other = settling.make_alike(project, chosen, "ORG", "k2", lena(), NOW, own=True)
    assert (other.documents, len(other.refused)) == (0, 3)


def test_the_page_counts_what_came_in(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Layers that came in without being counted are counted when the page is opened."""
    made = corpus.project(ana="annotator", lena="curator")
    corpus.layer(corpus.document(made, TEXT), "ana", "done", GPE=[(0, 4)], ORG=[(39, 43)])
    page = signed_in("lena").get("/projects/news/consistency").text
    assert page.count(">1×</a>") == 2  # labeled GPE once, ORG once
    assert "Not all finished layers" not in page


def test_a_worker_counts_what_many_layers_hold(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """Where many layers came in, the page counts a few and a worker the others."""
    made = corpus.project(ana="annotator", lena="curator")
    for number in range(51):
        corpus.layer(corpus.document(made, TEXT, f"d{number}"), "ana", "done", GPE=[(0, 4)])
    queue.arrive("w", "here", 1)
    page = signed_in("lena").get("/projects/news/consistency").text
    assert "A worker counts the others" in page
    assert lessons.waiting(made.id) == 1
    assert [job.kind for job in jobs.listed(made.id)] == ["learn"]


def test_programs_read_it_as_well(
    app: Flask, corpus: Corpus, signed_in: Callable[[str], FlaskClient]
) -> None:
    """The API tells curators what is contested and where words stand, and nobody else."""
    made = corpus.project(ana="annotator", lena="curator")
    document = corpus.document(made, TEXT)
    corpus.layer(document, "ana", "done", GPE=[(0, 4)], ORG=[(39, 43)])
    lessons.catch_up(made.id, NOW)
    address = "/api/v1/projects/news/consistency"
    lead = signed_in("lena")
    [varn] = lead.get(address).json["contested"]
    assert varn == {"words": "Varn", "counts": {"GPE": 1, "ORG": 1}}
    told = lead.get(f"{address}/occurrences", query_string={"words": "Varn"}).json
    assert told["next"] is None
    assert [(each["start"], each["annotators"]) for each in told["occurrences"]] == [
        (0, [{"name": "ana", "label": "GPE"}]),
        (39, [{"name": "ana", "label": "ORG"}]),
    ]
    assert signed_in("ana").get(address).status_code == 403
