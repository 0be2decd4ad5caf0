"""Labels of suggesters find their names in a scheme."""

import pytest

from labeler.errors import Invalid
from labeler.schema import Scheme, parse_scheme
from labeler.suggest.labels import LabelMap


def scheme(*names: str, relations: tuple[str, ...] = ()) -> Scheme:
    """Return a scheme of these labels."""
    return parse_scheme(
        {
            "entities": [{"name": name} for name in names],
            "relations": [{"name": name, "head": [names[0]]} for name in relations],
        }
    )


@pytest.mark.parametrize(
    ("label", "names", "found"),
    [
        ("PERSON", ("PERSON", "PER"), "PERSON"),
        ("PERSON", ("PER", "LOC"), "PER"),
        ("PER", ("Person",), "Person"),
        ("person", ("People",), "People"),
        ("ORG", ("Organisations",), "Organisations"),
        ("ORG", ("organization",), "organization"),
        ("GPE", ("LOC", "PLACE"), "PLACE"),
        ("GPE", ("Location",), "Location"),
        ("LOC", ("GPE", "LOC"), "LOC"),
        ("NORP", ("Nationalities",), "Nationalities"),
        ("NORP", ("MISC",), "MISC"),
        ("DATE", ("TIME",), "TIME"),
        ("TIME", ("DATE",), None),
        ("CARDINAL", ("Number",), "Number"),
        ("PERCENT", ("CARDINAL",), None),
        ("WORK_OF_ART", ("Work of art",), "Work of art"),
        ("GENE", ("Gene", "PERSON"), "Gene"),
        ("GENE", ("PERSON",), None),
    ],
)
def test_finds_the_closest_name(label: str, names: tuple[str, ...], found: str | None) -> None:
    """The exact name wins, then the same in other letters, then the closest synonym."""
    assert found == LabelMap(scheme(*names)).entity(label)


def test_own_choice_wins() -> None:
    """What the project chose is taken even where a better name exists; None proposes nothing."""
    labels = LabelMap(scheme("GPE", "PLACE", "DATE"), {"GPE": "PLACE", "DATE": None})

    assert labels.entity("GPE") == "PLACE"
    assert labels.entity("DATE") is None


def test_refuses_a_choice_the_scheme_lacks() -> None:
    """A choice that names no label is refused with the label."""
    with pytest.raises(Invalid, match="no label PLACES"):
        LabelMap(scheme("GPE"), {"GPE": "PLACES"})


def test_relations_keep_to_allowed_ends() -> None:
    """A relation is proposed under the scheme's name, between entities that it allows."""
    labels = LabelMap(scheme("PERSON", "ORG", relations=("leads",)))

    assert labels.relation("LEADER_OF", "PERSON", "ORG") == "leads"
    assert labels.relation("LEADER_OF", "ORG", "PERSON") is None
    assert labels.relation("LOCATED_IN", "PERSON", "ORG") is None
