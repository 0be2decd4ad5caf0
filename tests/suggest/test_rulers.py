"""The built-in suggester: what it finds in news, and what it must leave alone."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labeler.schema import Entity, Relation, parse_scheme
from labeler.suggest.rulers import RulerSuggester

SHARED = Path(__file__).resolve().parents[3] / "shared"
SEEDS = Path(__file__).resolve().parents[2] / "seeds"
KINDS = (
    "PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "DATE", "TIME", "EVENT", "CARDINAL", "ORDINAL",
    "MONEY", "PERCENT", "QUANTITY", "AGE", "TITLE", "LANGUAGE",
)  # fmt: skip
SCHEME = parse_scheme(
    {
        "entities": [{"name": name} for name in KINDS],
        "relations": [
            {"name": "LEADER_OF", "head": ["PERSON"], "tail": ["ORG", "GPE", "NORP"]},
            {"name": "LOCATED_IN", "tail": ["GPE", "LOC"]},
            {"name": "MEMBER_OF", "head": ["PERSON"], "tail": ["ORG"]},
            {"name": "MET_WITH", "head": ["PERSON"], "tail": ["PERSON"], "symmetric": True},
        ],
    }
)

GOLD = """[TALLINN|GPE]: [Estonian|NORP] [Prime Minister|TITLE] [Maarja Saar|PERSON] said on \
[Tuesday|DATE] that her country would buy [twelve|CARDINAL] patrol boats for \
[€340 million|MONEY], [15 percent|PERCENT] less than was planned [last year|DATE].

[Saar|PERSON], [51|AGE], spoke after a meeting with [Dr.|TITLE] [Henrik Lassen|PERSON], who heads \
the [Nordic Defence Agency|ORG] ([NDA|ORG]) in [Copenhagen|GPE]. “The [Baltic Sea|LOC] is not a \
lake,” she told [Reuters|ORG].

The [NDA|ORG] was founded in [2016|DATE], [two years|DATE] after [Russia|GPE] took \
[Crimea|GPE]. It employs about [1,200|CARDINAL] people, many of them [Danes|NORP] and \
[Swedes|NORP].

[Lassen|PERSON] said the boats would reach [Tallinn|GPE] by [1 May 2027|DATE]. A spokesman for the \
[Ministry of Defence|ORG], [Juhan Tamm|PERSON], declined to name the shipyard. The contract goes \
to [Lindgren Marine Ltd|ORG] of [Gothenburg|GPE], [Sweden|GPE], according to the newspaper \
[Postimees|ORG].

Critics call the price absurd. “For that money you may build a bridge to [Finland|GPE],” said \
[Kadri Oja|PERSON], a lawmaker of the [Green Party|ORG], which lost [three|CARDINAL] seats in \
[March|DATE]. At the [Helsinki Security Forum|EVENT] in [October|DATE] she had asked for \
[60 km|QUANTITY] of fences instead."""


def read(marked: str) -> tuple[str, set[tuple[int, int, str]]]:
    """Return a text and the places and labels that are marked in it as `[words|LABEL]`."""
    text, places = "", set()
    for before, words, label in re.findall(r"([^\[]*)(?:\[([^|\]]+)\|(\w+)\])?", marked):
        text += before
        if label:
            places.add((len(text), len(text) + len(words), label))
        text += words
    return text, places


def propose(text: str, language: str = "en", **options: Any) -> list[Entity]:
    """Return the entities proposed for a text."""
    suggester = RulerSuggester(language=language, options=options)
    [made] = suggester.suggest([text], SCHEME)
    return [item for item in made if isinstance(item, Entity)]


def found(text: str, language: str = "en") -> dict[str, str]:
    """Return what is proposed for a text: words and label."""
    return {text[item.start : item.end]: item.label for item in propose(text, language)}


def related(text: str) -> set[tuple[str, str, str]]:
    """Return the relations proposed for a text: words of head, label, words of tail."""
    [made] = RulerSuggester(language="en", options={}).suggest([text], SCHEME)
    words = {item.id: text[item.start : item.end] for item in made if isinstance(item, Entity)}
    return {
        (words[item.head], item.label, words[item.tail])
        for item in made
        if isinstance(item, Relation)
    }


def test_labels_news_well() -> None:
    """Of what people would label in a report nine tenths are found, and nearly all finds are it."""
    text, gold = read(GOLD)

    made = {(item.start, item.end, item.label) for item in propose(text)}

    right = len(gold & made)
    assert right >= 0.9 * len(gold), sorted((text[a:b], label) for a, b, label in gold - made)
    assert right >= 0.95 * len(made), sorted((text[a:b], label) for a, b, label in made - gold)


def test_labels_the_article_that_users_bring() -> None:
    """The people, states, agencies, wars, dates and numbers of a wire report are all found."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip(f"no articles in {folder}")
    [path] = folder.glob("*.txt")

    labels = found(path.read_text(encoding="utf-8"))

    expected = {
        "PERSON": ("Kim Jong Un", "Vladimir Putin", "Xi Jinping", "Kim", "Putin", "Xi"),
        "ORG": ("KCNA", "Sputnik", "AFP"),
        "GPE": ("SEOUL", "Beijing", "North Korea", "Russia", "Japan", "Ukraine", "China", "Moscow"),
        "NORP": ("Russian", "North Korean", "Chinese"),
        "DATE": ("September 3, 2025", "Wednesday", "Thursday", "this week", "Last year"),
        "EVENT": ("World War II", "World War Two", "Cold War"),
        "CARDINAL": ("2,000", "6,000", "1,000"),
        "TITLE": ("President", "leader"),
    }
    for label, words in expected.items():
        assert {word: labels.get(word) for word in words} == dict.fromkeys(words, label)


@pytest.mark.parametrize(
    ("text", "words", "label"),
    [
        ("They met President Ana Ruiz there.", "Ana Ruiz", "PERSON"),
        ("He is the striker Okan Demirel of old.", "Okan Demirel", "PERSON"),
        ("“No,” said Ulvi Qasim, 61, a baker.", "Ulvi Qasim", "PERSON"),
        ("Ulvi Qasim, a carpenter, agreed.", "Ulvi Qasim", "PERSON"),
        ("Then Ursula von der Leyen spoke.", "Ursula von der Leyen", "PERSON"),
        ("Park Geun-hye resigned.", "Park Geun-hye", "PERSON"),
        ("Bashar al-Assad fled.", "Bashar al-Assad", "PERSON"),
        ("Timothy B. Wall, 55, agreed.", "Timothy B. Wall", "PERSON"),
        ("Chief of Detectives Ivo Brand agreed.", "Ivo Brand", "PERSON"),
        ("Goalkeeper Kwabena Mensah dived.", "Kwabena Mensah", "PERSON"),
        ("The Harbour Authority said so.", "Harbour Authority", "ORG"),
        ("He studied at the University of East Anglia.", "University of East Anglia", "ORG"),
        ("She joined Norvik Foods Ltd. in June.", "Norvik Foods Ltd.", "ORG"),
        ("The firm Brekke & Lund closed.", "Brekke & Lund", "ORG"),
        ("The Port Workers' Union agreed.", "Port Workers' Union", "ORG"),
        ("The People's Liberation Army marched.", "People's Liberation Army", "ORG"),
        ("The Ministry of Health and Welfare agreed.", "Ministry of Health and Welfare", "ORG"),
        ("Its members met at the Northern Ports Summit.", "Northern Ports Summit", "EVENT"),
        ("Typhoon Ragasa reached land.", "Typhoon Ragasa", "EVENT"),
        ("It flows into Lake Victoria.", "Lake Victoria", "LOC"),
        ("A fire broke out in Varnmouth on Monday.", "Varnmouth", "GPE"),
        ("GENEVA (AFP) — Talks failed.", "GENEVA", "GPE"),
        ("PORT ELLERY, Ore. (AP) Snow fell.", "PORT ELLERY", "GPE"),
        ("PORT ELLERY, Ore. (AP) Snow fell.", "Ore.", "GPE"),
        ("PORT ELLERY: Snow. Roads to Port Ellery are shut.", "Port Ellery", "GPE"),
        ("In the town of Varn a Varnian host spoke.", "Varnian", "NORP"),
        ("The U.S. agreed.", "U.S.", "GPE"),
        ("Many New Zealanders left.", "New Zealanders", "NORP"),
        ("It ended in the early 1990s.", "the early 1990s", "DATE"),
        ("He came on Sept. 3.", "Sept. 3", "DATE"),
        ("They left two years ago.", "two years ago", "DATE"),
        ("Doors open at 8:30 p.m. sharp.", "8:30 p.m.", "TIME"),
        ("It cost £4.2bn in all.", "£4.2bn", "MONEY"),
        ("He paid 30 million yen.", "30 million yen", "MONEY"),
        ("Turnout was 52.7%, a record.", "52.7%", "PERCENT"),
        ("A 34-year-old nurse fell.", "34-year-old", "AGE"),
        ("Two dozen ships sank.", "Two dozen", "CARDINAL"),
    ],
)
def test_finds(text: str, words: str, label: str) -> None:
    """Each rule finds what it is for, whole and no wider."""
    assert found(text).get(words) == label


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You may march on, said the mobile nurse reading a nice turkey recipe.", ""),
        ("Reading is fun. Nice weather. Mobile phones. May I? March on. Polish it.", "Reading"),
        ("IT WILL HELP US AND IT IS OK", "US"),
        ("The General Assembly met President's Day shoppers.", "Assembly"),
        ("A CEO, a TV and an ID.", "CEO"),
        ("He bought bread. The baker smiled. However, Monday came.", "However"),
        ("The House said no.", "House"),
        ("World War II veterans in line II.", "II"),
        ("He visited the Houston Chronicle.", "Houston"),
        ("1. Cut it.\n2. Glue it.", "1"),
        ("That makes Ian Florida's worst storm.", "Ian Florida"),
        ("A Dollar General Store burned.", "Store"),
    ],
)
def test_leaves_alone(text: str, words: str) -> None:
    """Ordinary words are no names because a list or a capital says so."""
    labels = found(text)
    assert words not in labels
    assert words or not labels


def test_knows_people_by_their_family_name() -> None:
    """Once named in full a person is found by the family name, before and after."""
    text = "Jordan wins again. Michael Jordan scored 40 points; Jordan and Ewing shook hands."

    labels = [(text[e.start : e.end], e.label) for e in propose(text) if e.label == "PERSON"]

    assert labels == [("Jordan", "PERSON"), ("Michael Jordan", "PERSON"), ("Jordan", "PERSON")]


def test_title_case_headlines_are_no_names() -> None:
    """A headline of capitals proposes known names and those that the article names in full."""
    text = "Mayor Okafor Opens New Harbour Gate\n\nMayor Ines Okafor opened the gate in June."

    assert {"Ines Okafor", "Okafor"} <= {w for w, label in found(text).items() if label == "PERSON"}
    assert "Okafor Opens New" not in found(text)


def test_says_why() -> None:
    """Each proposal gives the rule in words."""
    reasons = {item.label: item.origin["reason"] for item in propose(read(GOLD)[0]) if item.origin}

    assert reasons["EVENT"] == "ends in “Forum”"
    assert reasons["MONEY"] == "currency sign"


def test_number_alone_where_the_scheme_has_no_measures() -> None:
    """Without labels for shares and measures their numbers are proposed, without the unit."""
    scheme = parse_scheme({"entities": [{"name": "NUMBER"}, {"name": "DATE"}]})
    text = "It rose 4.5% to 30 km when she was 73 years old."

    [made] = RulerSuggester(language="en", options={}).suggest([text], scheme)

    words = [(text[e.start : e.end], e.label) for e in made if isinstance(e, Entity)]
    assert words == [("4.5", "NUMBER"), ("30", "NUMBER"), ("73 years old", "DATE")]


def test_options_map_labels() -> None:
    """The project says which kind is which label, and which is not proposed."""
    made = propose("Oslo, 3 May 2024", labels={"GPE": "LOC", "DATE": None})

    assert [item.label for item in made] == ["LOC"]


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("US President Joe Biden spoke.", ("Joe Biden", "LEADER_OF", "US")),
        ("Russian President Vladimir Putin left.", ("Vladimir Putin", "LEADER_OF", "Russian")),
        ("China’s leader Xi Jinping left.", ("Xi Jinping", "LEADER_OF", "China")),
        ("Ana Ruiz, the mayor of Lisbon, left.", ("Ana Ruiz", "LEADER_OF", "Lisbon")),
        (
            "The President of France Emmanuel Macron left.",
            ("Emmanuel Macron", "LEADER_OF", "France"),
        ),
        ("The fire in Lyon, France, is out.", ("Lyon", "LOCATED_IN", "France")),
        ("Ana Ruiz of the Green Party left.", ("Ana Ruiz", "MEMBER_OF", "Green Party")),
        ("Ana Ruiz met President Tom Hill.", ("Ana Ruiz", "MET_WITH", "Tom Hill")),
        ("Ana Ruiz and Tom Hill met there.", ("Ana Ruiz", "MET_WITH", "Tom Hill")),
    ],
)
def test_relates_neighbours(text: str, relation: tuple[str, str, str]) -> None:
    """Relations that stand in the words between two names are proposed."""
    assert related(text) == {relation}


@pytest.mark.parametrize(
    "text",
    [
        "Reuters reported from Lyon that Ana Ruiz left.",
        "He saw Paris, Lyon, France and Spain.",
        "French Foreign Minister Ana Ruiz left.",
        "Ana Ruiz and Tom Hill",
    ],
)
def test_relates_nothing_unsaid(text: str) -> None:
    """Standing side by side alone relates nothing."""
    assert related(text) == set()


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "de",
            "Am 3. September 2025 fuhr er nach Österreich.",
            {"3. September 2025", "Österreich"},
        ),
        ("fr", "Le 3 septembre 2025, la Chine a payé 20 €.", {"3 septembre 2025", "Chine", "20 €"}),
        ("es", "El 3 de septiembre de 2025 llegó a Japón.", {"3 de septiembre de 2025", "Japón"}),
        ("sv", "Han for till Norge den 3 september 2025.", {"Norge", "3 september 2025"}),
        ("ru", "Китай купил 12% акций.", {"Китай", "12%"}),
        ("zh", "他去了法国。", {"法国"}),
        ("ar", "زار اليابان", {"اليابان"}),
    ],
)
def test_knows_other_languages(language: str, text: str, expected: set[str]) -> None:
    """Countries, dates, money and shares are found in the project's language."""
    assert expected <= set(found(text, language))


@pytest.mark.parametrize("path", sorted((SEEDS / "articles").glob("*.txt")), ids=lambda p: p.stem)
def test_finds_something_in_each_sample(path: Path) -> None:
    """Each sample article opens with suggestions there already."""
    assert len(propose(path.read_text(encoding="utf-8"))) > 3


def test_first_proposal_is_light() -> None:
    """From a cold start the first article is proposed for in little memory."""
    program = (
        "import pathlib\n"
        "from labeler.schema import parse_scheme\n"
        "from labeler.suggest.rulers import RulerSuggester\n"
        "scheme = parse_scheme({'entities': [{'name': 'GPE'}]})\n"
        "made = list(RulerSuggester(language='en', options={}).suggest(['In Paris.'], scheme))\n"
        "assert made[0]\n"
        # The most memory of this program alone: what it was started from does not count.
        "told = pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]\n"
        "print(told)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert int(done.stdout) < 400_000  # 190,000 of which spaCy alone takes half
