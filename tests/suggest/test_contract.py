"""What every suggester keeps, whoever wrote it: one suite over the registry."""

from typing import Any

import pytest
import spacy

from labeler.schema import Entity, Relation, Scheme, Suggestion, parse_scheme
from labeler.suggest import Suggester, suggesters

TEXTS = (
    "",
    " \n\t ",
    "SEOUL: North Korean leader Kim Jong Un met President Vladimir Putin on Wednesday.",
    "👩‍👩‍👧 in Paris 🇫🇷 paid €5 on 3 May 2024.\r\nMayor Ana Ruiz of Lyon\r\nagreed.",
    "Cafe\u0301 owner Jose\u0301 Marti\u0301n spoke in Bogota\u0301.",
    "ולדימיר פוטין ביקר בירושלים ביום 3.9.2025",
    "زار فلاديمير بوتين بكين في 3 سبتمبر 2025",
    "The of and (U.S.) — “A” ‘B’ C. D? 1,000.5% $ € -- ... !!! U.S.-led Kim-Putin's I'I",
    "A" * 3_000 + " " + "Inc " * 2_000,
    "President " * 2_000,
    "In Paris, the Bank of England said on Monday that Ana Ruiz, 45, had 3 cats.\n\n" * 1_300,
)
SCHEME = parse_scheme(
    {
        "entities": [
            {"name": name} for name in ("PERSON", "ORG", "GPE", "NORP", "DATE", "CARDINAL")
        ],
        "relations": [
            {"name": "LEADER_OF", "head": ["PERSON"], "tail": ["ORG", "GPE", "NORP"]},
            {"name": "LOCATED_IN", "tail": ["GPE"]},
        ],
    }
)


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return options with which each suggester that needs any can run."""
    folder = tmp_path_factory.mktemp("version") / "pipeline"
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("span_ruler", config={"annotate_ents": True})
    ruler.add_patterns([{"label": "GPE", "pattern": "Paris"}, {"label": "ORG", "pattern": "Inc"}])
    pipeline.to_disk(folder)
    counts = [
        ["entity", "Paris", "GPE", 3],
        ["entity", "Kim Jong Un", "PERSON", 2],
        ["entity", "Vladimir Putin", "PERSON", 2],
        ["between", "PERSON\tPERSON\tmet president", "LEADER_OF>", 2],
        ["between", "PERSON\tGPE\tof", "LOCATED_IN>", 2],
        ["entity", "Ana Ruiz", "PERSON", 2],
    ]
    return {
        "spacy": {"pipeline": str(folder)},
        "dictionary": {"counts": counts},
        "patterns": {
            "patterns": [
                {"label": "GPE", "pattern": "Paris"},
                {
                    "label": "ORG",
                    "pattern": [{"LOWER": "bank"}, {"LOWER": "of"}, {"IS_TITLE": True}],
                },
                {"label": "CARDINAL", "regex": "[0-9]+"},
            ]
        },
        "trained": {"folder": str(folder.parent), "number": 1},
    }


@pytest.fixture(scope="module", params=suggesters.names())
def suggester(request: pytest.FixtureRequest, options: dict[str, dict[str, Any]]) -> Suggester:
    """Return each suggester there is."""
    name = request.param
    return suggesters[name](language="en", options=options.get(name, {}))


@pytest.fixture(scope="module")
def proposals(suggester: Suggester) -> list[list[Suggestion]]:
    """Return what each suggester proposes for each text."""
    return list(suggester.suggest(iter(TEXTS), SCHEME))


def test_keeps_the_number_and_order_of_texts(
    suggester: Suggester, proposals: list[list[Suggestion]]
) -> None:
    """As many lists come out as texts go in, each what its text alone would have."""
    assert proposals == [next(suggester.suggest([text], SCHEME)) for text in TEXTS]
    assert list(suggester.suggest([], SCHEME)) == []


def test_proposes_spans_that_fit(proposals: list[list[Suggestion]]) -> None:
    """Spans lie in their text, hold something and have no white space at their edges."""
    for text, made in zip(TEXTS, proposals, strict=True):
        for entity in (item for item in made if isinstance(item, Entity)):
            piece = text[entity.start : entity.end]
            assert 0 <= entity.start < entity.end <= len(text)
            assert piece == piece.strip()


def test_speaks_the_scheme(proposals: list[list[Suggestion]]) -> None:
    """Labels are the scheme's, and relations link entities that they allow."""
    for made in proposals:
        entities = {item.id: item for item in made if isinstance(item, Entity)}
        assert all(SCHEME.entity(item.label) for item in entities.values())
        for relation in (item for item in made if isinstance(item, Relation)):
            label = SCHEME.relation(relation.label)
            assert label is not None
            assert label.allows(entities[relation.head].label, entities[relation.tail].label)


def test_names_proposals_by_content(
    suggester: Suggester, proposals: list[list[Suggestion]]
) -> None:
    """An id occurs once, says the place and label, and is the same the next time."""
    assert proposals == list(suggester.suggest(TEXTS, SCHEME))
    for made in proposals:
        assert len({item.id for item in made}) == len(made)
        for item in made:
            if isinstance(item, Entity):
                assert item.id == f"s:{item.start}-{item.end}:{item.label}"


def test_orders_by_place(proposals: list[list[Suggestion]]) -> None:
    """Entities come by place, before the relations."""
    for made in proposals:
        places = [(item.start, item.end) for item in made if isinstance(item, Entity)]
        assert places == sorted(places)
        kinds = [isinstance(item, Relation) for item in made]
        assert kinds == sorted(kinds)


def test_says_where_proposals_come_from(
    suggester: Suggester, proposals: list[list[Suggestion]]
) -> None:
    """Each proposal names its suggester and version, and its score is a share of one."""
    for item in (item for made in proposals for item in made):
        origin = item.origin or {}
        assert origin["suggester"] == suggester.name
        assert origin["version"] == suggester.version
        assert origin["reason"]
        assert 0 <= origin.get("score", 1) <= 1


@pytest.mark.parametrize("rule", ["nest", "forbid"])
def test_keeps_the_rule_on_overlap(suggester: Suggester, rule: str) -> None:
    """All proposals together are something the scheme lets stand."""
    scheme = Scheme(SCHEME.entities, SCHEME.relations, rule)  # type: ignore[arg-type]
    for made in suggester.suggest(TEXTS[:10], scheme):
        ends = 0
        for entity in (item for item in made if isinstance(item, Entity)):
            assert rule == "nest" or entity.start >= ends
            ends = entity.end


def test_has_a_title(suggester: Suggester) -> None:
    """People can choose it from a list by its title."""
    assert suggester.title
    assert suggesters[suggester.name] is type(suggester)


def test_proposes_nothing_for_an_empty_scheme(suggester: Suggester) -> None:
    """A scheme without labels gets no proposals, or a sentence that says so."""
    if suggester.name == "spacy":
        pytest.skip("says that the scheme has none of its labels: see test_pipeline")
    assert list(suggester.suggest([TEXTS[2]], Scheme())) == [[]]
