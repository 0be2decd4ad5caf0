"""The scheme page: labels come, move, change and go by a plain form, and never hurt layers."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from labeler import editing, projects, schema
from labeler.models import db
from labeler.schema import Scheme
from tests.conftest import NEWS, NOW, Corpus
from tests.web.pages import Client

PAGE = "/projects/news/scheme"


@pytest.fixture
def manager(corpus: Corpus, signed_in: Callable[[str], FlaskClient]) -> Client:
    """Return the browser of the manager of a project where PERSON is used."""
    project = corpus.project(max="manager")
    corpus.layer(corpus.document(project), "max", PERSON=[(0, 3)])
    return Client(signed_in("max"))


def filled(client: Client) -> MultiDict[str, str]:
    """Return the form of the page as a browser without scripts would send it."""
    page = client.get(PAGE).text
    form: MultiDict[str, str] = MultiDict()
    page = page[page.index("data-scheme") : page.index("Replace by a file")]
    for tag in re.findall(r"<input\b[^>]*>", page):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = values.get("type") not in ("checkbox", "radio") or " checked" in tag
        if ticked and values.get("name") != "csrf_token":
            form.add(values["name"], values.get("value", ""))
    return form


def kept() -> Scheme:
    """Return the scheme as the database has it."""
    db.session.expire_all()
    return projects.find("news").scheme


def send(client: Client, form: MultiDict[str, str], **changes: Any) -> Any:
    """Send the form with some fields changed."""
    form = form.copy()
    for name, value in changes.items():
        form.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return client.post(PAGE, form.to_dict(flat=False))


def test_saving_the_page_as_it_is_changes_nothing(manager: Client) -> None:
    """The form holds the whole scheme."""
    assert send(manager, filled(manager)).status_code == 302
    assert kept() == NEWS


def test_labels_are_added_described_and_coloured(manager: Client) -> None:
    """The spare rows make new labels; relations take the ends that are ticked."""
    changes = {
        "entities__4__name": " LAW ",
        "entities__4__key": "l",
        "entities__0__color": "#123456",
        "entities__0__description": "Somebody",
        "relations__2__name": "BREAKS",
        "relations__2__head": ["PERSON", "ORG"],
        "relations__2__tail": ["LAW"],
        "relations__2__symmetric": "y",
        "overlap": "nest",
    }
    assert send(manager, filled(manager), **changes).status_code == 302
    scheme = kept()
    assert [label.name for label in scheme.entities] == ["PERSON", "ORG", "GPE", "DATE", "LAW"]
    assert scheme.entities[0].color == "#123456"
    breaks = scheme.relation("BREAKS")
    assert breaks is not None
    assert (breaks.head, breaks.tail, breaks.symmetric) == (("PERSON", "ORG"), ("LAW",), True)
    assert scheme.overlap == "nest"


def test_labels_of_documents_are_made_changed_and_removed(manager: Client) -> None:
    """They have a group beside what other labels have; one that is used stays."""
    first = {
        "categories__0__name": "SPORT",
        "categories__0__group": " topic ",
        "categories__0__key": "s",
    }
    assert send(manager, filled(manager), **first).status_code == 302
    second = {"categories__1__name": "LOCAL", "categories__0__description": "Games"}
    assert send(manager, filled(manager), **second).status_code == 302
    sport, local = kept().categories
    assert (sport.name, sport.group, sport.key, sport.description) == (
        "SPORT",
        "topic",
        "s",
        "Games",
    )
    assert (local.name, local.group) == ("LOCAL", "")
    assert send(manager, filled(manager), move="categories:0:down").status_code == 302
    assert [label.name for label in kept().categories] == ["LOCAL", "SPORT"]
    assert send(manager, filled(manager), categories__0__remove="y").status_code == 302
    assert [label.name for label in kept().categories] == ["SPORT"]
    assert send(manager, filled(manager), categories__0__remove="y").status_code == 302
    assert kept() == NEWS


def test_a_label_of_documents_that_is_used_stays(manager: Client, corpus: Corpus) -> None:
    """Removing it is refused with the count, beside its row."""
    send(manager, filled(manager), categories__0__name="SPORT")
    project = projects.find("news")
    document = corpus.document(project, "Another text.", "other")
    max_ = corpus.person("max")
    layer = schema.Layer(annotator="max", categories=(schema.Category("c1", "SPORT"),))
    new = editing.NewLayer(project.id, document.id, max_.id, layer)
    editing.create([new], actor_id=max_.id, now=NOW, key="made")
    page = send(manager, filled(manager), categories__0__remove="y").text
    assert "SPORT is used by 1 category" in page
    assert [label.name for label in kept().categories] == ["SPORT"]


def test_an_unused_label_is_renamed_wherever_it_stands(manager: Client) -> None:
    """The ends of relations follow the new name."""
    assert send(manager, filled(manager), entities__2__name="PLACE").status_code == 302
    relation = kept().relation("LEADER_OF")
    assert relation is not None
    assert relation.tail == ("ORG", "PLACE")


def test_an_unused_label_is_removed_from_relations_too(manager: Client) -> None:
    """What is left of the ends stays."""
    assert send(manager, filled(manager), entities__1__remove="y").status_code == 302
    relation = kept().relation("LEADER_OF")
    assert relation is not None
    assert relation.tail == ("GPE",)


@pytest.mark.parametrize("change", [{"entities__0__remove": "y"}, {"entities__0__name": "HUMAN"}])
def test_a_used_label_stays(manager: Client, change: dict[str, str]) -> None:
    """Removing or renaming it is refused with the count, and what to do stands beside it."""
    page = send(manager, filled(manager), **change).text
    assert (
        "PERSON is used by 1 entity. Rename it, merge it into another label, or retire it." in page
    )
    assert kept() == NEWS


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("entities:0:down", ["ORG", "PERSON", "GPE", "DATE"]),
        ("entities:3:up", ["PERSON", "ORG", "DATE", "GPE"]),
        ("entities:0:up", ["PERSON", "ORG", "GPE", "DATE"]),
        ("entities:99:up", ["PERSON", "ORG", "GPE", "DATE"]),
        ("nonsense", ["PERSON", "ORG", "GPE", "DATE"]),
    ],
)
def test_labels_are_moved_without_a_script(manager: Client, order: str, names: list[str]) -> None:
    """The arrows are buttons of the form."""
    assert send(manager, filled(manager), move=order).status_code == 302
    assert [label.name for label in kept().entities] == names


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"entities__4__name": "ORG"}, "has the name"),
        ({"entities__1__key": "xy"}, "at most 1"),
        ({"entities__1__name": ""}, "Enter a name"),
        ({"entities__4__name": "A", "entities__4__color": "red"}, "pattern"),
        ({"overlap": "maybe"}, "Not a valid choice"),
    ],
)
def test_what_does_not_fit_is_told_beside_the_label(
    manager: Client, changes: dict[str, str], told: str
) -> None:
    """Nothing is saved, and what was typed stays in the form."""
    page = send(manager, filled(manager), **changes).text
    assert told in " ".join(re.findall(r'class="error"[^>]*>([^<]*)<', page))
    assert kept() == NEWS


def test_labels_declare_attributes(manager: Client) -> None:
    """They stand on a line, with the values to choose from, and come back as they were."""
    line = " certainty * : sure,unsure ;note; role: deputy mayor, mayor "
    changes = {"entities__0__attributes": line, "relations__0__attributes": "since*"}
    assert send(manager, filled(manager), **changes).status_code == 302
    person = kept().entity("PERSON")
    assert person
    assert person.attributes == (
        schema.DeclaredAttribute("certainty", ("sure", "unsure"), required=True),
        schema.DeclaredAttribute("note"),
        schema.DeclaredAttribute("role", ("deputy mayor", "mayor")),
    )
    scheme = kept()
    assert scheme.relations[0].attributes == (schema.DeclaredAttribute("since", required=True),)
    assert send(manager, filled(manager)).status_code == 302
    assert kept() == scheme == projects.parse_scheme(projects.scheme_yaml(scheme).encode())
    starred = {"entities__0__attributes": "sure**"}
    assert "ends with a star" in send(manager, filled(manager), **starred).text


def test_declared_values_leave_what_was_labeled_whole(manager: Client, corpus: Corpus) -> None:
    """Values that are in use and not declared are counted, and the scheme stays as it was."""
    project = projects.find("news")
    layer = corpus.layer(corpus.document(project, "Ada left.", "a7"), "max")
    ada = schema.Entity("e1", 0, 3, "PERSON", attributes={"certainty": "maybe"})
    edits = [schema.Edit("k", (schema.Op("e1", None, ada),))]
    editing.apply(layer.id, 0, edits, actor_id=layer.annotator_id, now=NOW)
    refused = send(manager, filled(manager), entities__0__attributes="certainty: sure, unsure")
    assert "certainty has other values in 1 entity PERSON" in refused.text
    assert kept() == NEWS
    taken = {"entities__0__attributes": "certainty: sure, maybe"}
    assert send(manager, filled(manager), **taken).status_code == 302
    twice = {"entities__0__attributes": "certainty: sure, maybe; certainty"}
    assert "declares an attribute twice" in send(manager, filled(manager), **twice).text


def test_a_form_that_is_behind_overwrites_nothing(manager: Client) -> None:
    """Who saves an old page is told that somebody changed the scheme meanwhile."""
    old = filled(manager)
    send(manager, filled(manager), entities__4__name="NEW")
    assert "Somebody changed the scheme" in send(manager, old, entities__4__name="OTHER").text
    assert kept().entity("OTHER") is None


def test_the_scheme_goes_out_and_comes_in_as_a_file(manager: Client) -> None:
    """A download can be changed and uploaded; one that would break layers is refused."""
    answer = manager.get(f"{PAGE}.yaml")
    assert "news-scheme.yaml" in answer.headers["Content-Disposition"]
    plain = yaml.safe_load(answer.data)
    plain["entities"].append({"name": "LAW"})
    for scheme, status in ((plain, 302), ({"entities": [], "relations": []}, 200)):
        file = (io.BytesIO(yaml.safe_dump(scheme).encode()), "scheme.yaml")
        answer = manager.post(f"{PAGE}/upload", {"scheme": file})
        assert answer.status_code == status
    assert "PERSON is used by 1 entity" in answer.text
    assert kept().entity("LAW")
