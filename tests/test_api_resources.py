"""Programs run a project from its making to its end, by the functions that the pages call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from labeler import accounts, audit, schema, work
from labeler.models import Layer, Project, db
from tests.conftest import NEWS, NOW, Corpus
from tests.web.pages import changed_suddenly, doubted, evaluated, trained

Ask = Callable[..., Any]


@pytest.fixture
def ask(app: Flask, corpus: Corpus) -> Ask:
    """Return a function that asks as an admin who manages a project, and returns the JSON."""
    corpus.project(root="manager", ana="annotator")
    corpus.person("root").role = "admin"
    db.session.commit()
    return asking(app, corpus, "root")


def asking(app: Flask, corpus: Corpus, name: str, status: int = 200) -> Ask:
    """Return a function that asks as somebody, and expects a status."""
    bearer = {"Authorization": f"Bearer {accounts.api_token(corpus.person(name))}"}
    client = app.test_client()

    def ask(method: str, path: str, status: int = status, **body: Any) -> Any:
        answer = client.open(f"/api/v1{path}", method=method, headers=bearer, json=body or None)
        assert answer.status_code == status, answer.text
        return answer.json

    return ask


def test_a_project_is_made_and_set(app: Flask, ask: Ask) -> None:
    """What was sent is kept; what was not sent stays; what does not fit is told with its place."""
    made = ask("POST", "/projects", slug="sport", title="Sport", template="news")
    assert made["scheme"]["entities"]
    assert ask("POST", "/projects", 409, slug="sport")["code"] == "conflict"
    assert ask("POST", "/projects", 422, slug="x", colour="red")["problems"][0]["path"] == "colour"
    settings = ask("PATCH", "/projects/sport/settings", title="Sports", train_every=7)
    assert (settings["title"], settings["train_every"], settings["language"]) == ("Sports", 7, "en")
    settings = ask("PATCH", "/projects/sport/settings", skip_reasons=["Too long"])
    assert settings["skip_reasons"] == ["Too long"]
    assert settings["title"] == "Sports"
    assert ask("GET", "/projects/sport/settings") == settings
    ask("PATCH", "/projects/sport/settings", 404, suggester="nobody")
    ask("PATCH", "/projects/sport/settings", 422, title=7)


def test_a_scheme_is_changed_on_what_was_seen(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """A scheme made from an older one is refused, and so is one that labels stand against."""
    project = db.session.query(Project).one()
    corpus.layer(corpus.document(project), "ana", PERSON=[(0, 3)])
    seen = ask("GET", "/projects/news/scheme")
    assert seen["usage"]["entities"] == {"PERSON": 1}
    plain = seen["scheme"]
    more = {**plain, "entities": [*plain["entities"], {"name": "EVENT"}]}
    changed = ask("PUT", "/projects/news/scheme", scheme=more, seen=seen["seen"])
    assert [label["name"] for label in changed["scheme"]["entities"]][-1] == "EVENT"
    assert ask("PUT", "/projects/news/scheme", 409, scheme=plain, seen=seen["seen"])
    assert ask("PUT", "/projects/news/scheme", 422, scheme={"entities": []})["problems"]


def test_labels_are_renamed_merged_and_taken_back(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """A preview counts and shows what a change would do; it is done, and taken back."""
    project = db.session.query(Project).one()
    made = corpus.layer(corpus.document(project), "ana", PERSON=[(0, 3)], ORG=[(0, 3), (8, 11)])
    asked = "kind=entities&action=merge&label=ORG&into=PERSON"
    seen = ask("GET", f"/projects/news/label-changes/preview?{asked}")
    assert [(each["layers"], each["annotations"]) for each in seen["affected"]] == [
        ("finished", 0), ("open", 2), ("gold", 0),
    ]  # fmt: skip
    assert seen["notes"] == ["LEADER_OF may lead to PERSON."]
    shown = [(each["words"], each["becomes"]) for each in seen["examples"]]
    assert shown == [("Ada", "becomes one with PERSON here"), ("Bob", "")]
    sent = {"kind": "entities", "action": "merge", "label": "ORG", "into": "PERSON"}
    done = ask("POST", "/projects/news/label-changes", **sent)
    assert (done["state"], done["counts"]["folded"], done["actor"]) == ("done", 1, "root")
    layer = ask("GET", f"/layers/{made.id}")
    assert {each["label"] for each in layer["entities"]} == {"PERSON"}
    assert ask("GET", "/projects/news/label-changes")["changes"][0] == done
    undone = ask("POST", f"/projects/news/label-changes/{done['id']}/undo")
    assert undone["undone_by"] == "root"
    assert ask("GET", f"/projects/news/label-changes/{done['id']}")["state"] == "undone"
    back = {each["label"] for each in ask("GET", f"/layers/{made.id}")["entities"]}
    assert back == {"PERSON", "ORG"}
    assert ask("POST", "/projects/news/label-changes", 422, **{**sent, "into": "NONE"})["problems"]
    ask("POST", "/projects/news/label-changes", 404, **{**sent, "label": "NONE"})


def test_people_come_and_go(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """Members, invitations, users and tokens are made, listed and ended."""
    ask("POST", "/users", name="zoe")
    ask("POST", "/users", 409, name="zoe")
    for _ in range(2):
        ask("PUT", "/projects/news/people/zoe", role="curator")
    people = {one["name"]: one["role"] for one in ask("GET", "/projects/news/people")["people"]}
    assert people == {"ana": "annotator", "root": "manager", "zoe": "curator"}
    ask("DELETE", "/projects/news/people/zoe")
    ask("DELETE", "/projects/news/people/zoe", 404)
    ask("PUT", "/projects/news/people/zoe", 422, role="king")
    link = ask("POST", "/projects/news/invitations", role="annotator", days=3, uses=2)["link"]
    assert "/join/" in link
    [one] = ask("GET", "/projects/news/invitations")["invitations"]
    ask("DELETE", f"/projects/news/invitations/{one['id']}")
    assert ask("GET", "/projects/news/invitations") == {"invitations": [], "next": None}
    zoe = next(user for user in ask("GET", "/users")["users"] if user["name"] == "zoe")
    assert ask("PATCH", f"/users/{zoe['id']}", role="member", active=False)["active"] is False
    ask("PUT", f"/users/{zoe['id']}/password", 422, password="short")
    assert "/sign-in/" in ask("POST", f"/users/{zoe['id']}/link")["link"]
    token = ask("POST", "/account/tokens", title="reads", scope="read", days=1)["token"]
    assert accounts.use_token(token) == (corpus.person("root"), "read")
    kept = next(t for t in ask("GET", "/account/tokens")["tokens"] if t["title"] == "reads")
    ask("DELETE", f"/account/tokens/{kept['id']}")
    assert accounts.use_token(token) is None
    assert ask("GET", "/account") == {"name": "root", "role": "admin", "scope": "manage"}
    assert ask("GET", "/account/keys") == {"keys": None}
    chosen = {"keys": {"relate": ["K"], "label PERSON": []}}
    assert ask("PUT", "/account/keys", **chosen) == chosen
    assert ask("GET", "/account/keys") == chosen
    assert ask("PUT", "/account/keys", keys={}) == {"keys": {}}


def test_guidelines_have_versions(app: Flask, ask: Ask) -> None:
    """They are read, replaced, added to, and those of before can be had again."""
    assert ask("GET", "/projects/news/guidelines") == {"number": 0, "text": ""}
    first = ask("PUT", "/projects/news/guidelines", text="Label names.")
    second = ask("POST", "/projects/news/guidelines/lines", line="And titles.")
    assert second["text"] == "Label names.\nAnd titles.\n"
    before = ask("GET", f"/projects/news/guidelines/versions/{first['number']}")
    assert before["text"] == "Label names."
    ask("PUT", "/projects/news/guidelines", text=before["text"])
    assert len(ask("GET", "/projects/news/guidelines/versions")["versions"]) >= 3
    ask("POST", "/projects/news/guidelines/lines", 422, line=" ")
    assert ask("GET", "/projects/news/guidelines/lines") == {"lines": []}


def test_patterns_are_tried_and_kept(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """Patterns are tried without a change, kept as a version, and faults are told by line."""
    corpus.document(db.session.query(Project).one())
    rows = [{"label": "PERSON", "pattern": "Ada"}, {"label": "PERSON", "regex": "B.b"}]
    tried = ask("POST", "/projects/news/patterns/try", patterns=rows)
    assert (tried["documents"], tried["found"]) == (1, {"PERSON": 2})
    assert ask("GET", "/projects/news/patterns") == {"number": None, "patterns": []}
    for _ in range(2):
        assert ask("PUT", "/projects/news/patterns", patterns=rows)["number"] == 1
    assert ask("GET", "/projects/news/patterns?version=1")["patterns"] == rows
    assert len(ask("GET", "/projects/news/patterns/versions")["versions"]) == 1
    wrong = ask("PUT", "/projects/news/patterns", 422, patterns=[{"label": "NONE", "pattern": "x"}])
    assert wrong["problems"]


def test_models_are_trained_chosen_and_judged(
    app: Flask, corpus: Corpus, ask: Ask, tmp_path: Path
) -> None:
    """A training is a job; a version is chosen by its number; evaluations are listed."""
    project = db.session.query(Project).one()
    number, evaluation = trained(project, tmp_path), evaluated(project)
    assert ask("POST", "/projects/news/models")["state"] == "queued"
    [model] = ask("GET", "/projects/news/models")["models"]
    assert (model["number"], model["current"]) == (number, False)
    assert ask("PUT", "/projects/news/models/current", number=number) == {"number": number}
    assert ask("GET", "/projects/news/models")["models"][0]["current"]
    ask("PUT", "/projects/news/models/current", number=0)
    ask("PUT", "/projects/news/models/current", 404, number=99)
    listed = ask("GET", "/projects/news/evaluations")
    assert [row["id"] for row in listed["evaluations"]] == [evaluation]
    assert "rulers" in listed["candidates"]
    assert ask("GET", f"/projects/news/evaluations/{evaluation}")["evidence"] == []
    assert ask("POST", "/projects/news/evaluations", key="rulers")["kind"] == "evaluate"


def test_differences_are_settled(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """What waits is listed and counted, settled in the background, and taken back."""
    project = db.session.query(Project).one()
    document = corpus.document(project)
    for name, label in (("ana", "PERSON"), ("ben", "PERSON"), ("cy", "ORG")):
        corpus.layer(document, name, "done", **{label: [(0, 3)]})
    page = ask("GET", "/projects/news/adjudication")
    assert [(row["id"], row["open"]) for row in page["documents"]] == [(document.id, 1)]
    assert ask("GET", "/projects/news/adjudication/next") == {"document": document.id}
    automatic = "/projects/news/adjudication/automatic"
    counted = ask("POST", automatic, by="vote", threshold=60, preview=True)
    assert (counted["documents"], counted["questions"]) == (1, 1)
    assert ask("POST", automatic, by="vote", threshold=60)["job"]["kind"]
    ask("POST", automatic, 422, by="dice", threshold=60)
    assert ask("POST", "/projects/news/adjudication/undo", undone="none")["kind"]


def test_words_are_labeled_alike_and_changes_judged(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """Occurrences, sudden changes and doubts are listed, and what is done about them is kept."""
    project = db.session.query(Project).one()
    document = corpus.document(project)
    layer = corpus.layer(document, "ana", "done", PERSON=[(0, 3)])
    place = {"document": document.id, "start": 0, "end": 3}
    alike = {"key": "one", "label": "ORG", "places": [place]}
    assert ask("POST", "/projects/news/consistency", **alike)["occurrences"] == 1
    change, doubt = changed_suddenly(layer), doubted(layer)
    [listed] = ask("GET", "/projects/news/sudden-changes")["changes"]
    assert (listed["id"], listed["document"]) == (change, document.id)
    ask("POST", f"/projects/news/sudden-changes/{change}/keep")
    assert ask("GET", "/projects/news/sudden-changes")["changes"] == []
    ask("POST", f"/projects/news/sudden-changes/{change}/undo", key="")
    assert len(ask("GET", "/projects/news/sudden-changes")["changes"]) == 1
    ask("POST", f"/projects/news/sudden-changes/{change}/undo", 404, layer=layer.id, key="none")
    [one] = ask("GET", "/projects/news/doubts")["doubts"]
    assert (one["id"], one["proposed"]) == (doubt, "PERSON “Ada”")
    ask("POST", f"/projects/news/doubts/{doubt}/keep")
    ask("POST", f"/projects/news/doubts/{doubt}/undo", key="any")
    assert len(ask("GET", "/projects/news/doubts")["doubts"]) == 1
    assert ask("POST", "/projects/news/doubts")["kind"] == "doubts"


def test_progress_and_the_record_are_read(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """How far everybody is, one's own documents, and who did what come a page at a time."""
    project = db.session.query(Project).one()
    for number in range(3):
        corpus.layer(corpus.document(project, name=f"a{number}"), "root", PERSON=[(0, 3)])
    told = ask("GET", "/projects/news/progress")
    assert told["documents"] == 3
    assert {one["name"]: one["open"] for one in told["people"]} == {"ana": 0, "root": 3}
    mine = ask("GET", "/projects/news/mine")["documents"]
    assert [row["entities"] for row in mine] == [1, 1, 1]
    assert [row["name"] for row in ask("GET", "/projects/news/mine?words=a1")["documents"]] == [
        "a1"
    ]
    audit.record("project.settings", "News", project=project)
    [entry] = ask("GET", "/projects/news/audit?action=project.settings")["entries"]
    assert (entry["subject"], entry["project"]) == ("News", "news")
    assert ask("GET", "/audit")["entries"]
    assert ask("GET", "/jobs")["jobs"] == []


def test_a_body_is_read_strictly(app: Flask, ask: Ask) -> None:
    """What is of another kind, too much, or cannot be kept is told by its path."""
    for body, path in (
        ({"role": "annotator", "days": "3", "uses": 1}, "days"),
        ({"role": "annotator", "days": 3}, "uses"),
        ({"role": "annotator", "days": 10**30, "uses": 1}, "days"),
    ):
        told = ask("POST", "/projects/news/invitations", 422, **body)
        assert path in {problem["path"] for problem in told["problems"]}
    told = ask("PATCH", "/projects/news/settings", 422, title="a\0b")
    assert told["problems"][0]["path"] == "title"


def test_the_shape_of_a_scheme_is_what_is_answered(app: Flask, ask: Ask) -> None:
    """A scheme that was answered is read again as it was."""
    plain = ask("GET", "/projects/news/scheme")["scheme"]
    assert schema.parse_scheme(plain) == NEWS


def test_a_number_of_progress_opens_its_list(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """Counters name their layers, a page at a time; annotators are told of themselves only."""
    project = db.session.query(Project).one()
    for number in range(3):
        document = corpus.document(project, name=f"a{number}")
        for name in ("ana", "root"):
            layer = corpus.layer(document, name, PERSON=[(0, 3)])
            work.set_state(layer, {"status": "done"}, NOW)
    counted = {
        one["counter"]: one for one in ask("GET", "/projects/news/progress/counters")["counters"]
    }
    assert counted["entity PERSON"] == {
        "counter": "entity PERSON",
        "count": 6,
        "words": "Entities labeled PERSON",
    }
    path = "/projects/news/progress/counted?counter=entity PERSON&limit=4"
    first = ask("GET", path)
    second = ask("GET", f"{path}&after={first['next']}")
    rows = [*first["layers"], *second["layers"]]
    assert (first["total"], len(rows), second["next"]) == (6, 6, None)
    assert [(one["name"], one["annotator"]) for one in rows[:2]] == [("a0", "root"), ("a0", "ana")]
    ana = asking(app, corpus, "ana")
    assert ana("GET", path)["total"] == 3
    assert ana("GET", "/projects/news/progress/people/ana")["done"] == 3
    ana("GET", f"{path}&person=root", 404)
    ana("GET", "/projects/news/progress/people/root", 404)
    ask("GET", "/projects/news/progress/counted?counter=nothing", 404)
    ask("GET", f"{path}&after=x", 422)


def test_what_can_be_chosen_is_listed(ask: Ask) -> None:
    """Formats, suggesters and templates have the names that other endpoints take."""
    formats = ask("GET", "/formats")
    assert {"jsonl", "docbin"} <= {one["name"] for one in formats["exporters"]}
    assert ".jsonl" in next(o for o in formats["importers"] if o["name"] == "jsonl")["suffixes"]
    assert "rulers" in {one["name"] for one in ask("GET", "/suggesters")["suggesters"]}
    first = ask("GET", "/templates")["templates"][0]
    made = ask("POST", "/projects", slug="other", template=first["name"])
    assert made["scheme"] == first["scheme"]
    assert ask("GET", "/projects/news/learning")["least"] == 5


def _five_of_everything(ask: Ask, corpus: Corpus, layer: Layer) -> None:
    """Make five rows for each list that the API has."""
    project = db.session.get_one(Project, layer.project_id)
    for number in range(5):
        name, pattern = str(number), {"label": "PERSON", "pattern": str(number)}
        after = {"start": 4, "end": 5 + number, "label": "ORG"}
        edit = {"key": name, "ops": [{"id": f"e{number}", "before": None, "after": after}]}
        base = ask("GET", f"/layers/{layer.id}")["revision"]
        hook = {"url": f"https://example.org/{number}", "events": ["job.finished"]}
        corpus.person(f"p{number}")
        ask("PUT", f"/projects/news/people/p{number}", role="annotator")
        ask("POST", "/projects/news/invitations", role="annotator", days=3, uses=2)
        ask("POST", "/account/tokens", title=name)
        ask("PUT", "/projects/news/guidelines", text=f"Version {number}.")
        ask("PUT", "/projects/news/patterns", patterns=[pattern])
        ask("POST", f"/documents/{layer.document_id}/comments", key=name, body="Why?")
        ask("POST", f"/layers/{layer.id}/edits", base=base, edits=[edit])
        ask("POST", "/projects/news/webhooks", **hook)
        ask("POST", "/projects", slug=f"s{number}")
        evaluated(project)


def test_lists_go_on_where_the_page_before_ended(app: Flask, corpus: Corpus, ask: Ask) -> None:
    """Every list gives the same rows in small pages as in a large one, each once."""
    document = corpus.document(db.session.query(Project).one())
    layer = corpus.layer(document, "root", PERSON=[(0, 3)])
    _five_of_everything(ask, corpus, layer)
    for path, name in {
        "/users": "users",
        "/projects": "projects",
        "/account/tokens": "tokens",
        "/projects/news/people": "people",
        "/projects/news/invitations": "invitations",
        "/projects/news/guidelines/versions": "versions",
        "/projects/news/patterns/versions": "versions",
        "/projects/news/evaluations": "evaluations",
        "/projects/news/webhooks": "webhooks",
        "/projects/news/audit": "entries",
        f"/documents/{document.id}/comments": "comments",
        f"/layers/{layer.id}/edits": "edits",
    }.items():
        whole, rows, place = ask("GET", f"{path}?limit=1000"), list[Any](), ""
        while place is not None:
            page = ask("GET", f"{path}?limit=2&after={place}" if place else f"{path}?limit=2")
            rows, place = [*rows, *page[name]], page["next"]
        assert (rows, whole["next"]) == (whole[name], None), path
        assert len(rows) >= 5, path
    ask("GET", "/users?limit=0", 422)
    ask("GET", "/users?limit=1001", 422)
