"""What the built-in rules find in scientific texts, where a scheme has labels for it."""

import pytest

from labeler.schema import Entity, parse_scheme
from labeler.suggest.rulers import RulerSuggester

NAMES = ("URL", "Email", "Reference", "Version", "Protein", "Drug", "Disease", "Organism")


def found(text: str, *names: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the words and labels that are proposed for a text."""
    scheme = parse_scheme({"entities": [{"name": name} for name in names]})
    [made] = RulerSuggester(language=language, options={}).suggest([text], scheme)
    places = [item for item in made if isinstance(item, Entity)]
    return [(text[item.start : item.end], item.label) for item in places]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It is at http://lpg.nci.nih.gov (free).", [("http://lpg.nci.nih.gov", "URL")]),
        ("Write to ana.b@uni.example.", [("ana.b@uni.example", "Email")]),
        ("As shown before [3, 5-7].", [("[3, 5-7]", "Reference")]),
        ("It is common (Reed et al., 2019).", [("(Reed et al., 2019)", "Reference")]),
        ("We used version 1.5 and MrBayes 3.1.2.", [("1.5", "Version"), ("3.1.2", "Version")]),
        ("BMP-2 activates STAT3 and p53.", [(x, "Protein") for x in ("BMP-2", "STAT3", "p53")]),
        ("Th2 cells and mRNA of HIV-1.", [("HIV-1", "Organism")]),
        ("Rinsed by sodium chloride.", [("sodium chloride", "Drug")]),
        ("Lidocaine for hepatitis.", [("Lidocaine", "Drug"), ("hepatitis", "Disease")]),
        ("It is Crohn’s disease.", [("Crohn’s disease", "Disease")]),
        ("Grown in E. coli and mice.", [("E. coli", "Organism"), ("mice", "Organism")]),
    ],
)  # fmt: skip
def test_scientific_names_are_found(text: str, wanted: list[tuple[str, str]]) -> None:
    """Addresses, references, versions and the names of nomenclatures are labeled in any scheme."""
    assert found(text, *NAMES) == wanted


def test_other_schemes_get_none_of_it() -> None:
    """A scheme without such labels is proposed what it was: STAT3 takes no place from others."""
    text = "The BBC said STAT3 was named in Paris, see http://bbc.example [2]."
    assert found(text, "ORG", "GPE") == [("BBC", "ORG"), ("Paris", "GPE")]


def test_addresses_are_found_in_any_language() -> None:
    """What all languages write alike is found in each."""
    text = "Unter https://example.org/a?b=1 steht mehr."
    assert found(text, "Link", language="de") == [("https://example.org/a?b=1", "Link")]
